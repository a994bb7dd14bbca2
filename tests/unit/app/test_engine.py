"""The warm engine: the same numbers as a run, the newest request of a session only, never a traceback."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from app import engine as engines
from app.engine import Engine
from app.engine_answer import Answer
from app.engine_result import LIVE_COLUMNS, LIVE_KPIS
from geodata.errors import ScenarioError, Severity, Text, error
from geodata.synthetic import grid_city
from scenarios.compare import compare_runs
from scenarios.drafts import DraftFolder
from scenarios.files import parse_scenario
from scenarios.runner import run_scenario
from scenarios.store import ResultStore, read_run
from sim.kpi import KPIS

HEAD = {
    "schema": "ekisei-scenario/1",
    "id": "mine",
    "title": {"ja": "例", "en": "Example"},
    "description": {"ja": "例", "en": "Example"},
    "year": 2023,
    "plan_status": "hypothetical",
}
CLINIC = {
    "id": "clinic",
    "type": "add-facility",
    "category": "clinic",
    "name": {"ja": "新しい診療所", "en": "New clinic"},
    "district": "east",
}
FASTER = {"id": "brt", "type": "adjust-frequency", "route_class": ["brt"], "scale": 1.4}
CLOSING = {"id": "cl", "type": "remove-facility", "category": "clinic", "count": 1}
LINE = {
    "id": "line",
    "type": "add-trips",
    "name": {"ja": "新線", "en": "New line"},
    "stops": [
        {"lat": 36.55, "lon": 140.62, "name": {"ja": "一", "en": "One"}},
        {"lat": 36.56, "lon": 140.63, "name": {"ja": "二", "en": "Two"}},
    ],
    "speed_kmh": 20,
    "timetables": [{"start": "07:00", "end": "19:00", "headway_min": 30}],
}


@pytest.fixture(scope="module")
def town():
    return grid_city()


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("engine")


@pytest.fixture(scope="module")
def drafts(root):
    return DraftFolder(root / "drafts")


@pytest.fixture(scope="module")
def engine(town, root, drafts):
    warm = Engine(lambda: town, drafts, ResultStore(root / "store"))
    yield warm
    warm.stop()


def plain(*modifications, **keys):
    return {**HEAD, **keys, "modifications": list(modifications)}


def answer(engine, content, session="a", **wishes):
    number = engine.ask_plain(content, session=session, **wishes)
    found = engine.wait(session, number)
    while not found.over:
        found = engine.wait(session, number, part=found.part)
    return found


def line_in(town, modification):
    """The modification at places of the town."""
    lonlat = town.population.lonlat[[0, -1]].tolist()
    stops = [{**stop, "lat": lat, "lon": lon} for stop, (lon, lat) in zip(LINE["stops"], lonlat, strict=True)]
    return {**modification, "stops": stops}


@pytest.mark.parametrize("kind", ["clinic", "faster", "closing", "line", "line, then clinic", "nothing"])
def test_numbers_are_those_of_a_run_bit_for_bit(engine, town, root, drafts, kind):
    line = line_in(town, LINE)
    edits = {
        "clinic": [CLINIC],
        "faster": [FASTER],
        "closing": [CLOSING],
        "line": [line],
        "line, then clinic": [line, CLINIC],
        "nothing": [],
    }[kind]
    live = answer(engine, plain(*edits), wanted=tuple(KPIS), columns=(*LIVE_COLUMNS, "clinic_nearest_min_older"))
    assert (live.state, live.pending, live.problems) == ("done", (), ())
    run = run_scenario(drafts.scenario(plain(*edits)), town, store=ResultStore(root / f"whole {kind}"))
    wanted = [row for row in run.result.kpis if row.setting == "default"]
    assert [repr(row) for row in live.rows] == [repr(row) for row in wanted]
    for name, values in live.cells.items():
        assert values.tobytes() == run.result.cells[name].to_numpy(np.float64).tobytes(), name


def test_it_is_compared_and_judged_as_runs_are(engine, town, root, drafts):
    drafts.save(plain(FASTER, id="before"), who="x", why="", expected=None)
    content = plain(FASTER, CLOSING, compare_to="before")
    live = answer(engine, content, wanted=tuple(KPIS))
    assert (live.against, live.against_title) == ("before", Text("例", "Example"))
    runs = []
    for name, one in (("before", drafts.read("before")[0]), ("mine", content)):
        run_scenario(drafts.scenario(one), town, out=root / "runs" / name, store=ResultStore(root / "compared"))
        runs.append(read_run(root / "runs" / name))
    table = compare_runs(*runs)
    table = table[table["setting"] == "default"].set_index(["kpi_id", "group"])
    assert {key: str(said) for key, said in live.judgements.items()} == table["judgement"].to_dict()
    assert {(r.kpi_id, r.group): r.value for r in live.rows_against if r.value is not None} == {
        key: value for key, value in table["a"].items() if not np.isnan(value)
    }
    assert live.unmoved["transit_coverage_share"].ja
    assert "clinics_count" not in live.unmoved


def test_a_saved_change_of_what_it_is_compared_with_shows_at_once(engine, drafts):
    drafts.save(plain(id="other"), who="x", why="", expected=None)
    first = answer(engine, plain(CLINIC, compare_to="other"))
    drafts.save(plain(CLINIC, id="other"), who="x", why="", expected=1)
    second = answer(engine, plain(CLINIC, compare_to="other"))
    values = [live.row("clinics_count", against=True).value for live in (first, second)]
    assert values[1] == values[0] + 1
    assert second.row("clinics_count").value == values[1]


def test_a_new_title_of_what_it_is_compared_with_shows_at_once(engine, drafts):
    drafts.save(plain(CLINIC, id="named"), who="x", why="", expected=None)
    first = answer(engine, plain(compare_to="named"))
    drafts.save(plain(CLINIC, id="named", title={"ja": "改", "en": "Anew"}), who="x", why="", expected=1)
    second = answer(engine, plain(compare_to="named"))
    assert (first.against_title.ja, second.against_title.ja) == ("例", "改")


def test_quick_numbers_come_first_and_the_rest_is_told_as_pending(engine):
    parts = []
    live = answer(engine, plain(CLINIC, id="parts"), wanted=tuple(KPIS), on_rows=parts.append)
    assert [p.part for p in parts] == sorted({p.part for p in parts})
    assert parts[0].pending[0] == "clinic_within_30min_share"
    assert {r.kpi_id for r in parts[0].rows} <= set(LIVE_KPIS)
    for one in parts:
        known = {r.kpi_id for r in one.rows}
        assert known.isdisjoint(one.pending)
        assert known | set(one.pending) == set(KPIS)
    assert parts[-1] is live
    assert list(live.took_ms) == ["apply", "baseline", "geometry", "access", "cells", "map", "rest"]


def test_changes_are_marked_on_the_map(engine, town):
    live = answer(engine, plain(CLINIC, line_in(town, LINE)))
    change = {
        layer: {f["properties"].get("change") for f in live.layers[layer]["features"]}
        for layer in ("lines", "facilities")
    }
    assert change == {"lines": {"same", "added"}, "facilities": {"same", "added"}}
    assert answer(engine, plain(CLINIC), with_layers=False).layers == {}


def test_nothing_tells_which_clinic_closed(engine):
    for modification, against in ((CLOSING, None), (CLINIC, "closed")):
        if against:
            engine.drafts.save(plain(CLOSING, id=against), who="x", why="", expected=None)
        live = answer(engine, plain(modification, compare_to=against))
        district = answer(engine, plain(CLOSING), columns=("persons",))
        assert district.state == "done"
        for cells in (live.cells, live.cells_against):
            assert len(set(cells["clinic_nearest_min"].tolist())) <= engine_districts(engine)
    open_to_all = answer(engine, plain(CLINIC))
    assert len(set(open_to_all.cells["clinic_nearest_min"].tolist())) > engine_districts(engine)


def engine_districts(engine):
    return len(engine._city().population.district_id) + 1


# ------------------------------------------------------------------ problems


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (plain({**CLINIC, "category": "castle"}), "scenario"),
        (plain({**FASTER, "routes": ["nowhere"], "route_class": None}), "scenario"),
        (plain(CLINIC, extends="nothing"), "scenario.unknown_parent"),
        (plain(CLINIC, year="soon"), "scenario"),
        ({"id": "../x"}, "scenario"),
        ({}, "scenario"),
    ],
)
def test_a_broken_draft_gives_problems(engine, content, code):
    live = answer(engine, content)
    assert live.state == "refused"
    assert live.problems
    assert all(p.code.startswith(code) and p.where for p in live.problems)


def test_a_modification_that_changes_nothing_is_a_warning(engine):
    nothing = {"id": "none", "type": "adjust-speed", "route_class": ["brt"], "scale": 1}
    live = answer(engine, plain(nothing, CLINIC))
    assert live.state == "done"
    assert [(p.code, p.severity) for p in live.problems] == [("scenario.no_effect", Severity.WARNING)]
    assert "modifications[0]" in live.problems[0].where


def test_an_unforeseen_error_ends_one_request_and_no_other(engine, monkeypatch, caplog):
    with monkeypatch.context() as patch:
        patch.setattr(Answer, "_numbers", lambda *_: 1 / 0)
        live = answer(engine, plain(CLINIC))
    assert (live.state, [p.code for p in live.problems]) == ("refused", ["run.unexpected"])
    assert "ZeroDivisionError" in caplog.text, "where it happened is kept for whoever mends it"
    assert answer(engine, plain(CLINIC)).state == "done"


def test_where_the_city_cannot_be_read_that_is_said(drafts, tmp_path):
    def no_city():
        raise ScenarioError(error("city.gone", "city", Text("ない", "gone")))

    cold = Engine(no_city, drafts, ResultStore(tmp_path))
    assert cold.warm == "cold"
    live = answer(cold, plain(CLINIC))
    assert (cold.warm, cold.problems[0].code) == ("failed", "city.gone")
    assert (live.state, live.problems) == ("refused", cold.problems)
    cold.stop()


# ------------------------------------------------------------------ many requests


class Gate:
    """Holds the engine between two steps of one session."""

    def __init__(self, monkeypatch, session):
        self.reached, self.open = threading.Event(), threading.Event()
        steps = Answer.steps

        def held(this):
            for n, found in enumerate(steps(this)):
                if n == 2 and this.asked.session == session and not self.open.is_set():
                    self.reached.set()
                    assert self.open.wait(30)
                yield found

        monkeypatch.setattr(Answer, "steps", held)


def test_a_newer_request_of_a_session_ends_the_older(engine, monkeypatch):
    answer(engine, plain(CLINIC))
    gate, told = Gate(monkeypatch, "s"), []
    old = engine.ask_plain(plain(CLINIC), session="s", on_rows=told.append)
    assert gate.reached.wait(30)
    new = engine.ask_plain(plain(CLINIC, FASTER, id="newer"), session="s")
    gate.open.set()
    assert engine.wait("s", old).state == "cancelled"
    found = engine.wait("s", new, part=0)
    while not found.over:
        found = engine.wait("s", new, part=found.part)
    assert (found.state, found.scenario_id, new) == ("done", "newer", old + 1)
    assert told == []
    assert engine.latest("s") is found


def test_who_waits_comes_before_what_follows_in_the_background(engine, monkeypatch):
    """A session whose first numbers are shown lets another's first numbers pass, and both are answered."""
    order = []
    answer(engine, plain(CLINIC))
    gate = Gate(monkeypatch, "behind")
    first = engine.ask_plain(
        plain(CLINIC), session="behind", wanted=tuple(KPIS), on_rows=lambda r: order.append(("behind", r.over))
    )
    assert gate.reached.wait(30)
    second = engine.ask_plain(plain(CLINIC), session="quick", on_rows=lambda r: order.append(("quick", r.over)))
    gate.open.set()
    for session, number in (("quick", second), ("behind", first)):
        found = engine.wait(session, number)
        while not found.over:
            found = engine.wait(session, number, part=found.part)
        assert found.state == "done"
    assert [session for session, _ in order[:6]] == ["behind"] * 3 + ["quick"] * 3  # geometry, cells, map
    assert order[5] == ("quick", True)
    assert order[-1] == ("behind", True)


def test_sessions_do_not_disturb_each_other(engine):
    found = {}

    def ask(n):
        found[n] = answer(engine, plain(CLINIC, id=f"p{n}"), session=f"s{n}")

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {n: (one.state, one.scenario_id, one.session) for n, one in found.items()} == {
        n: ("done", f"p{n}", f"s{n}") for n in range(8)
    }


def test_only_so_many_sessions_are_held(engine, monkeypatch):
    monkeypatch.setattr(engines, "MOST_SESSIONS", 2)
    for n in range(4):
        answer(engine, plain(id=f"q{n}"), session=f"q{n}")
    assert engine.latest("q0") is None
    assert engine.latest("q3").state == "done"
    assert engine.wait("q0", 1).state == "cancelled"


def test_waiting_ends_after_a_while(engine, monkeypatch):
    gate = Gate(monkeypatch, "slow")
    number = engine.ask_plain(plain(CLINIC), session="slow")
    assert gate.reached.wait(30)
    found = engine.wait("slow", number, timeout_s=0.01)
    assert (found.state, found.part) == ("working", 0)
    assert set(found.pending) == set(LIVE_KPIS)
    gate.open.set()
    assert engine.wait("slow", number).part > 0


def test_an_engine_that_is_stopped_cancels_what_was_asked(town, drafts, tmp_path, root):
    held = threading.Event()
    slow = Engine(lambda: (held.wait(30), town)[1], drafts, ResultStore(root / "store"))
    number = slow.ask_plain(plain(CLINIC), session="a")
    assert slow.warm == "warming"
    stopping = threading.Thread(target=slow.stop)
    stopping.start()
    assert slow.wait("a", number).state == "cancelled"
    held.set()
    stopping.join(60)
    with pytest.raises(RuntimeError):
        slow.ask_plain(plain(CLINIC), session="a")


def test_warming_up_may_wait_until_somebody_asks(town, drafts, root):
    later = Engine(lambda: town, drafts, ResultStore(root / "store"))
    later.start(after_s=600)
    assert later.warm == "cold"
    assert answer(later, plain(CLINIC)).state == "done"
    assert later.warm == "ready"
    later.stop()
    never = Engine(lambda: pytest.fail("asked for the city"), drafts)
    never.start(after_s=600)
    never.stop()
    assert never.warm == "cold"


def test_evaluate_waits_to_the_end(engine):
    scenario = parse_scenario(engine.drafts.export_text("before"), "x.yaml", engine.drafts.root)
    parts = []
    found = engine.evaluate(scenario, session="e", wanted=("clinics_count",), on_rows=parts.append)
    assert found.over
    assert {row.kpi_id for row in found.rows} == {"clinics_count", "clinics_per_100k"}  # told from each other
    assert parts[-1] is found
