"""The editor without a browser: its page, its forms, its list and numbers, what it saves and what it asks the engine."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask

from app.access import Mode, Role, User
from app.access.seals import Seals
from app.access.visitor import Visitor
from app.desk import Desk
from app.engine import Engine
from app.engine_result import LiveResult
from app.features.edit import layout, live, routes, starting, steps, views
from app.features.edit.about_view import against_options, year_options
from app.features.edit.callbacks import NOT_DONE
from app.features.edit.cards_view import build_cards
from app.features.edit.edits import AS_IT_IS, use_tool
from app.features.edit.form_view import GROUPS, build_form
from app.features.edit.ids import Id
from app.features.edit.list_view import build_list, problem_rows
from app.features.edit.paint import build_paint, named_handles, tell_difference
from app.features.edit.places import Places
from app.features.edit.routes import board_of
from app.features.edit.state import opened
from app.features.edit.tools import TOOLS
from app.text import say
from app.visit import Visit
from geodata.errors import ScenarioError, Text, error, warning
from geodata.provenance import Status
from geodata.targets import Targets
from scenarios.files import parse_scenario, read_scenario
from scenarios.store import ResultStore
from scenarios.yaml_reading import dump_yaml
from sim.results import KpiRow
from tests.unit.app.test_edit_edits import content, filled  # noqa: F401 -- one set of filled forms

LANGS = ("ja", "en")


@pytest.fixture(scope="module")
def city(page_services):
    return page_services.city


@pytest.fixture(scope="module")
def places(city):
    return Places(city)


@pytest.fixture(scope="module")
def desk(page_settings, page_services, tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    made = Desk(page_settings.model_copy(update={"scenarios_folder": folder / "own"}), page_services)
    made.engine = Engine(lambda: page_services.city, made.drafts, ResultStore(folder / "store"))
    yield made
    made.engine.stop()


@pytest.fixture
def hub(desk, city):
    """A scenario upon the baseline, with one hub."""
    state = starting.start(desk, desk.services.list_runs(), "upon:baseline-r5")
    stop = steps.places_of(desk).spot(f"stop:{city.timetable.stops.stop_id[0]}", "ja")
    hand = {"tool": "hub", "instead": "", "values": {}}
    values = {"name": "ハブ", "radius_m": 200, "min_transfer_time_min": 2}
    return steps.with_tool(desk, state, hand, values, [stop])


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_is_built(desk, lang):
    runs = desk.services.list_runs()
    found = str(layout.build(Visit(desk, runs, "", {}, lang, "0", (("edit", "/edit"),))))
    for key in TOOLS:
        assert f"'tool': '{key}'" in found
    assert "baseline-r5" in found


def test_pages_that_ask_all_along_are_not_forgotten(monkeypatch):
    class Deaf:
        def ask_plain(self, _plain, *, session):
            return len(session)

    monkeypatch.setattr(live, "MOST_SESSIONS", 2)
    board, state = live.LiveBoard(Deaf()), opened({"id": "x"}, None)
    for session in ("first", "second", "first", "third"):
        board.ask(session, state)
    assert [board.asked(session, state) is None for session in ("first", "second", "third")] == [False, True, False]


def test_every_tool_stands_in_one_group():
    assert sorted(key for keys in GROUPS.values() for key in keys) == sorted(TOOLS)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("key", TOOLS)
def test_every_form_is_built_empty_and_filled(key, lang, places, filled):  # noqa: F811
    for values in ({}, filled[key][0]):
        fields = build_form(TOOLS[key], values, places, [], lang)
        labels = [part.label for part in fields if hasattr(part, "label")]
        assert len(labels) == len(set(labels)) == len(TOOLS[key].fields)


def test_one_starts_from_bases_copies_and_own_ones(desk):
    runs = desk.services.list_runs()
    groups = starting.options(desk, runs, "ja")
    values = [item["value"] for group in groups for item in group["items"]]
    assert "upon:baseline-r5" in values
    assert "copy:baseline-r5" not in values  # locked: built upon, never copied over
    assert "copy:brt-extend-hitachi" in values
    assert "run:new-clinic" in values
    assert len(set(values)) == len(values)
    copy = starting.start(desk, runs, "copy:brt-extend-hitachi")
    assert copy.scenario_id == "brt-extend-hitachi-2"
    assert copy.revision is None
    assert "写し" in copy.content["title"]["ja"]
    run = starting.start(desk, runs, "run:new-clinic")
    assert [mod["type"] for mod in run.content["modifications"]] == ["add-facility"]
    parse_scenario(dump_yaml(run.content))
    for unknown in ("copy:none", "upon:none", "own:none", ""):
        with pytest.raises(ScenarioError):
            starting.start(desk, runs, unknown)


def test_changes_of_the_base_are_shown_and_locked(desk, places):
    state = starting.start(desk, {}, "copy:clinic-succession")
    inherited = starting.inherited(desk, state.content)
    assert {mod["id"] for mod in inherited} == {"fewer-brt", "fewer-buses"}  # the third is overridden
    found = str(build_list(state, inherited, (), places, "ja", "なりゆき"))
    assert found.count("edit-delete") == len(state.content["modifications"])
    assert "引き継いだ変更 2 件（固定: なりゆき）" in found


@pytest.mark.parametrize("lang", LANGS)
def test_a_year_and_what_it_is_compared_with_are_chosen_from_what_there_is(desk, hub, city, lang):
    years = [one["value"] for one in year_options(city, 2023, lang)]
    assert years == [str(year) for year in range(2023, 2036)]  # to the end of the city's path
    assert year_options(city, 2050, lang)[-1]["value"] == "2050"  # what a file holds is shown
    options = against_options(desk, desk.services.list_runs(), {**hub.content, "compare_to": "away"}, lang)
    values = [item["value"] for group in options for item in group["items"]]
    assert {AS_IT_IS, "baseline-r5", "trend-r11", "package-2031", "away"} <= set(values)
    assert len(values) == len(set(values))
    assert hub.scenario_id not in values


def test_what_is_shown_is_called_by_name_and_not_by_id(desk, hub, places):
    mod = hub.content["modifications"][0]
    placed = {**mod, "at_stop": None, "location": {"lat": 36.5, "lon": 140.6}}
    line = {"id": "new-line-1", "type": "add-trips", "stops": [{"lat": 36.5, "lon": 140.6, "name": {"ja": "坂上"}}]}
    bare = {**line, "id": "bare", "stops": [{"lat": 36.5, "lon": 140.6}]}
    own = {**hub.content, "modifications": [placed, line, bare]}
    assert [one["name"] for one in named_handles(own, "ja")] == ["ハブ", "坂上", "新しい路線"]
    done = steps.switched(desk, hub, mod["id"], on=False).past[-1].did
    assert "ハブ" in done[0]
    assert mod["id"] not in "".join(done)
    head = str(views.show_head(desk, known=hub.model_dump(mode="json"), lang="ja")["head"])
    assert "基準（R5）" in head
    assert "2023年度（R5）" in head


def test_what_a_scenario_is_needs_words_and_is_a_step(desk, hub):
    about = {"title_ja": "案", "title_en": "", "what_ja": "", "what_en": "", "year": "2029", "against": AS_IT_IS}
    with pytest.raises(ScenarioError, match="say what it tries"):
        steps.described(desk, hub, about)
    told = steps.described(desk, hub, {**about, "what_en": "Tries a hub"})
    assert (told.content["year"], told.content.get("compare_to")) == (2029, None)
    assert "年" in told.past[-1].did[0]
    assert told.undone().content == hub.content


def test_parents_are_looked_for_in_the_folder_only(desk, places):
    desk.drafts.root.mkdir(exist_ok=True)
    outside = desk.drafts.root.parent / "outside.yaml"
    outside.write_text(dump_yaml(starting.start(desk, {}, "copy:clinic-succession").content), encoding="utf-8")
    for parent in ("../outside", str(outside.with_suffix("")), str(outside), ["x"], "none"):
        assert starting.inherited(desk, {"extends": parent}) == [], parent
    assert starting.inherited(desk, {"extends": "clinic-succession"})


@pytest.mark.parametrize("kept", [None, {}, "text", {"content": {}, "of_another_version": 1}])
def test_a_copy_that_cannot_be_read_is_refused_in_words(desk, kept):
    with pytest.raises(ScenarioError) as refused:
        steps.requested(desk, None, {"do": "resume", "state": kept})
    assert refused.value.problems[0].code == "edit.unreadable_copy"


def test_problems_stand_at_their_change(desk, hub, places):
    where = f"{hub.scenario_id}.yaml:12 modifications[0].radius_m"
    problem = error("scenario.x", where, Text("広すぎます", "too wide"), Text("狭く", "narrower"))
    row = next(p for p in build_list(hub, [], [problem], places, "ja") if type(p).__name__ == "Ul").children[0]
    assert "広すぎます" in str(row)
    assert "狭く" in str(row)


def test_saving_needs_a_note_and_a_free_id(desk, hub):
    note = {"id": "a-hub", "title_ja": "ハブ", "title_en": "", "who": "都市政策課", "why": "試す"}
    for key in ("who", "why"):
        with pytest.raises(ScenarioError) as told:
            steps.saved(desk, hub, {**note, key: " "}, as_new=False)
        assert told.value.problems[0].where == key
    with pytest.raises(ScenarioError):
        steps.saved(desk, hub, {**note, "id": "baseline-r5"}, as_new=False)
    kept = steps.saved(desk, hub, note, as_new=False)
    assert kept.is_saved
    assert kept.content["title"] == {"ja": "ハブ", "en": "ハブ"}
    assert read_scenario(desk.drafts.root / "a-hub.yaml").modifications[0].type == "add-hub"
    with pytest.raises(ScenarioError) as told:
        steps.saved(desk, hub, note, as_new=False)  # a second page that never opened it
    assert told.value.problems[0].code == "draft.exists"
    assert steps.saved(desk, hub, note, as_new=True).scenario_id == "a-hub-2"
    assert kept.undone().scenario_id == "a-hub"  # undoing a change leaves the name
    again = steps.saved(desk, kept.undone(), note, as_new=False)
    assert again.revision == 2
    assert steps.reloaded(desk, kept).content == again.content
    with Flask("x").test_request_context():
        Visitor(User("hanako", Role.EDITOR, is_staff=True), "visit", False, Mode.LOGIN, Seals(b"")).begins()
        steps.saved(desk, again, note, as_new=False)
    assert [one.who for one in desk.drafts.history("a-hub")] == ["都市政策課", "都市政策課", "都市政策課（hanako）"]
    back = steps.restored(desk, again, 1)
    assert back.content == kept.content
    assert not back.is_saved
    history = str(views.show_history(desk, True, back.model_dump(mode="json"), "en"))
    assert "Revision 2" in history


@pytest.mark.parametrize("lang", LANGS)
def test_what_was_refused_is_named_by_what_was_wished(lang):
    full = error("draft.unwritable", "x.yaml", Text("満杯", "full"), Text("空きを作る", "make room"))
    over = {wish: str(problem_rows([full], lang, word)) for wish, word in NOT_DONE.items()}
    computed = str(problem_rows([full], lang))
    assert say(lang, "edit_problem_error") in computed
    for wish, told in over.items():
        assert say(lang, "edit_problem_error") not in told, wish
    assert say(lang, "edit_not_saved") in over[Id.SAVE]
    assert say(lang, "edit_export") in over[Id.SAVE]
    warned = str(problem_rows([warning("x", "x", Text("a", "a"))], lang, NOT_DONE[Id.SAVE]))
    assert say(lang, "edit_problem_warning") in warned  # a warning refuses nothing


def test_a_file_that_cannot_run_is_not_taken_in(desk, hub):
    text = dump_yaml(hub.content)
    assert starting.imported(text, "x.yaml", desk).content == hub.content
    with pytest.raises(ScenarioError) as told:
        starting.imported(text.replace("add-hub", "add-hab"), "x.yaml", desk)
    assert told.value.problems[0].where.startswith("x.yaml:")


def wait_for(desk, session):
    board = board_of(desk)
    number = board._asked[session][0]
    found = desk.engine.wait(session, number, part=0, timeout_s=120)
    while not found.over:
        found = desk.engine.wait(session, number, part=found.part, timeout_s=120)
    return board.told(session)


def test_numbers_stay_until_newer_ones_are_there(desk, content, filled):  # noqa: F811
    board, targets = board_of(desk), desk.services.city.targets
    assert board_of(desk) is board
    assert "計算しています" in str(build_cards(board.told("one"), targets, "ja"))
    start = opened(content, None)
    board.ask("one", start)
    first = wait_for(desk, "one")
    assert first.is_fresh
    assert tell_difference(first, "transit_covered_share") is False
    assert "まだ比べる相手と違いがありません" in str(build_cards(first, targets, "ja"))
    made, _ = use_tool(content, "extend", *filled["extend"])
    longer = start.stepped(made, ("延ばした", "extended"))
    board.ask("one", longer)
    told = board.told("one")
    assert told.result is not None  # older, or newer already
    second = wait_for(desk, "one")
    assert second.of == longer.digest
    assert tell_difference(second, "transit_covered_share") is True
    assert tell_difference(second, "no such column") is None
    assert second.result.row("transit_coverage_share") is not None
    assert "edit-kpi" in str(build_cards(second, targets, "en"))
    order = build_paint(desk.services, "one", longer, second, column="transit_covered_share", as_change=True, lang="ja")
    assert order["of"] == longer.digest
    assert len(order["handles"]) == 3
    assert len(order["colors"]) == len(order["breaks"]) + 1
    refused = longer.stepped({**made, "year": "when"}, ("誤り", "wrong"))
    board.ask("one", refused)
    third = board.told("one")
    assert third.refused
    assert third.result is second.result
    assert not third.is_fresh
    assert "この変更は適用できません" in str(build_cards(third, targets, "ja"))


def test_answers_are_sent_as_json(desk, page_settings, page_services):
    from app.factory import create_app

    client = create_app(page_settings, page_services, desk).server.test_client()
    board_of(desk).ask("two", starting.start(desk, {}, "upon:baseline-r5"))
    told = wait_for(desk, "two")
    live = json.loads(client.get(f"/edit/live/two?request={told.result.request}&seen=0").data)
    assert live == {"request": told.result.request, "part": told.result.part, "state": "done"}
    values = json.loads(client.get("/edit/values/two/transit_covered_share?n=1").data)
    assert {len(column) for column in values.values()} == {desk.services.city.population.n_cells}
    layers = json.loads(client.get("/edit/layers/two?n=1").data)
    assert layers["lines"]["features"]
    assert client.get("/edit/values/two/cell_id?n=1").status_code == 404
    assert client.get("/edit/values/nobody/persons?n=1").status_code == 404
    assert client.get("/edit/layers/nobody?n=1").status_code == 404
    assert json.loads(client.get("/edit/live/nobody?request=1&seen=0").data)["state"] == "cancelled"


@pytest.mark.parametrize(("minutes", "told"), [((8.0, 8.2), 1), ((8.0, 8.01), 0)])
def test_that_times_may_be_of_the_phase_is_said_once_where_they_moved(minutes, told):
    sides = [
        tuple(
            KpiRow(kpi_id, "default", "all", value, value, "min", Status.MODELLED)
            for kpi_id in ("clinic_nearest_min", "station_front_30min_population")
        )
        for value in minutes
    ]
    result = LiveResult(
        "s", 1, "x", "done", rows=sides[1], rows_against=sides[0],
        by_phase=frozenset({"clinic_nearest_min", "station_front_30min_population"}),
    )  # fmt: skip
    for phased, count in ((result, told), (replace(result, by_phase=frozenset()), 0)):
        said = str(build_cards(live.Told("d", phased, "d"), Targets(()), "ja"))
        assert said.count("運行間隔の路線の便の時刻（仮定の位相）") == count


def test_pages_that_wait_for_news_leave_threads_to_others(desk, monkeypatch):
    """As many as may wait long do so; one more is answered soon, and after them there is room again."""
    asked = []
    full, may_go = threading.Event(), threading.Event()

    class Slow:
        def wait(self, session, request, *, part, timeout_s):
            del part
            asked.append(timeout_s)
            if len(asked) == routes.MOST_PATIENT:
                full.set()
            if timeout_s == routes.PATIENCE_S:
                assert may_go.wait(30)
            return LiveResult(session, request, "", "working")

    server = Flask("waiting")
    monkeypatch.setattr(desk, "engine", Slow())

    def ask(_number):
        with server.test_request_context("/edit/live/x?request=1&seen=0"):
            return routes.live(desk, "x").json["state"]

    with ThreadPoolExecutor(routes.MOST_PATIENT) as pool:
        waiting = pool.map(ask, range(routes.MOST_PATIENT))
        assert full.wait(30)
        assert ask(0) == "working"
        may_go.set()
        assert list(waiting) == ["working"] * routes.MOST_PATIENT
    ask(0)
    long, soon = routes.PATIENCE_S, routes.IMPATIENCE_S
    assert asked == [long] * routes.MOST_PATIENT + [soon, long]
