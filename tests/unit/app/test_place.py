"""A chosen place on the comparison: how it is chosen, what is told of it, what its address brings back."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from app.addresses import UNREACHABLE
from app.components.foreign import mark_japanese
from app.features.compare import place_view
from app.features.compare.goals import GOALS, goals_of
from app.features.compare.ids import Id
from app.features.compare.metrics import REACH, shown_column
from app.features.compare.paint import build_paint, within
from app.features.compare.place_panel import place_options
from app.features.compare.place_reach import depart_s, place_side
from app.features.compare.place_view import place_body
from app.features.compare.shown import when_of
from app.features.compare.steps import at_place, from_address, start_state
from app.features.compare.tables import district_rows
from app.places import find_cell, read_lonlat
from app.text import say
from app.travel import World, course_of
from scenarios.stored_context import context_of

CELL = 10


@pytest.fixture
def state(page_services):
    cell_id = str(page_services.city.population.cell_id[CELL])
    return start_state(page_services, "ja").changed(metric="clinic_nearest_min", place=cell_id)


def texts(component):
    """Return every text in a tree of components."""
    if isinstance(component, str):
        return [component]
    if isinstance(component, list | tuple):
        return [text for one in component for text in texts(one)]
    return texts(getattr(component, "children", None) or [])


def test_what_is_reached_is_what_the_cells_of_the_run_say(page_services, state):
    for run in page_services.pair(state.left, state.right):
        side = place_side(page_services, run, state, CELL, hidden=False)
        assert side.goals["clinic"].minutes == pytest.approx(run.cells.clinic_nearest_min.iloc[CELL], abs=1e-5)
        assert side.goals["office"].minutes == pytest.approx(run.cells.city_office_nearest_min.iloc[CELL], abs=1e-5)
        assert list(side.goals) == goals_of(page_services.city)
    left, right = (
        place_side(page_services, r, state, CELL, hidden=False) for r in page_services.pair("baseline-r5", "new-clinic")
    )
    assert right.goals["clinic"].total == left.goals["clinic"].total + 1
    assert right.goals["clinic"].n >= left.goals["clinic"].n


def test_counts_follow_the_time_limit_and_the_walker(page_services, state):
    run = page_services.list_runs()["new-clinic"]
    near, far = (place_side(page_services, run, state.changed(threshold=t), CELL, hidden=False) for t in (15, 60))
    assert near.goals["clinic"].n < far.goals["clinic"].n
    assert near.persons < far.persons
    minutes = page_services.travel.minutes_to_cells(run, CELL, when_of(state))
    assert far.persons == pytest.approx(run.cells.persons[minutes <= 60].sum())
    older = place_side(page_services, run, state.changed(group="75plus"), CELL, hidden=False)
    assert older.goals["clinic"].minutes == pytest.approx(run.cells.clinic_nearest_min_older.iloc[CELL], abs=1e-5)


def test_the_panel_tells_both_sides_and_the_way(page_services, state):
    body, ways = place_body(page_services, state.changed(goal="office", depart="09:10"))
    told = "".join(texts(body))
    assert "西地区" in told
    assert "09:10" in told
    assert "市役所・支所" in told
    assert "仮定" in told  # the streets are
    assert set(ways) == {"left", "right"}
    assert ways["left"]["features"][0]["geometry"]["type"] == "LineString"
    english = "".join(texts(place_body(page_services, state.changed(lang="en"))[0]))
    assert not set(english) & set("のをはがに")
    assert place_body(page_services, state.changed(place=None)) == ([], {})


def test_names_there_are_in_japanese_only_are_marked_in_an_english_page():
    marked = mark_japanese("Hitachi City Hall → ひたちクリニック（本院） in 3 min", "en")
    assert [getattr(part, "children", part) for part in marked] == [
        "Hitachi City Hall → ",
        "ひたちクリニック（本院）",
        " in 3 min",
    ]
    assert marked[1].lang == "ja"
    assert mark_japanese("Hitachi City Hall → Juo・Ose", "en") == ["Hitachi City Hall → Juo・Ose"]
    assert mark_japanese("日立市役所", "ja") == ["日立市役所"]


def test_the_english_panel_says_which_names_are_japanese(page_services, state, monkeypatch):
    assert "in Japanese" not in "".join(texts(place_body(page_services, state.changed(lang="en"))[0]))
    side = place_view.place_side

    def in_japanese(*args, **more):
        found = side(*args, **more)
        goals = {key: one and dataclasses.replace(one, nearest="多賀医院") for key, one in found.goals.items()}
        return dataclasses.replace(found, goals=goals)

    monkeypatch.setattr(place_view, "place_side", in_japanese)
    body = str(place_body(page_services, state.changed(lang="en"))[0])
    assert "Span(children='多賀医院', lang='ja')" in body
    assert say("en", "place_in_japanese") in body
    assert say("ja", "place_in_japanese") not in str(place_body(page_services, state)[0])


def test_no_closed_clinic_can_be_told_from_the_panel(page_services, state, monkeypatch):
    monkeypatch.setattr(
        page_services.travel,
        "world",
        lambda run: World(*context_of(page_services.city, run.stored), hides_clinics=True),
    )
    body, ways = place_body(page_services, state)
    told = "".join(texts(body))
    assert "地区の中央値だけ" in told
    assert "clinic" not in told
    assert "医療機関への行き方" not in told
    assert "市役所・支所への行き方" in told
    assert all(way["features"] for way in ways.values())


def test_minutes_from_the_place_are_sent_and_kept(client, page_services, state):
    paint = build_paint(page_services, state)
    assert shown_column(state) == REACH
    assert paint["place"] == pytest.approx(page_services.city.population.lonlat[CELL].tolist(), abs=1e-6)
    answer = client.get("/" + paint["left"]["values"], headers={"Accept-Encoding": "identity"})
    got = json.loads(answer.data)["values"]
    assert "immutable" in answer.headers["Cache-Control"]
    run = page_services.list_runs()[state.left]
    minutes = page_services.travel.minutes_to_cells(run, CELL, when_of(state))
    assert np.allclose([np.inf if v == UNREACHABLE else v for v in got], minutes, atol=1e-4)
    for bad in (
        "reach/none/c0010",
        "reach/baseline-r5/nowhere",
        "reach/baseline-r5/c0010?q=33",
        "reach/baseline-r5/c0010?w=night",
    ):
        assert client.get("/" + bad).status_code == 404
    assert build_paint(page_services, state.changed(bands=False))["left"]["values"].startswith("values/")


def test_the_tables_and_the_caption_twin_the_bands(page_services, state):
    left, _ = district_rows(page_services, state)
    run = page_services.list_runs()[state.left]
    minutes = page_services.travel.minutes_to_cells(run, CELL, when_of(state))
    west = page_services.city.population.district == 0
    assert left[0]["value"] == pytest.approx(minutes[west & np.isfinite(minutes)].mean(), abs=0.51)
    inside, share = within(page_services, run, state.changed(threshold=30))
    assert inside == pytest.approx(run.cells.persons[minutes <= 30].sum())
    assert 0 < share < 1


def test_another_time_of_day_and_percentile_are_other_questions(page_services, state):
    run = page_services.list_runs()[state.left]
    world = page_services.travel.world(run)
    assert world.request(when_of(state)).window_start_s == world.context.routing_request("standard").window_start_s
    evening = world.request(when_of(state.changed(window="evening", percentile=90)))
    assert (evening.window_start_s, evening.window_end_s, evening.percentiles) == (61_200, 68_400, (90,))
    usual, unlucky = (
        page_services.travel.minutes_to_cells(run, CELL, when_of(state.changed(percentile=q))) for q in (50, 90)
    )
    assert (unlucky >= usual).all()
    assert (unlucky > usual).any()


def test_a_place_is_chosen_by_click_name_or_text(page_services, state):
    empty = state.changed(place=None)
    assert at_place(page_services, empty, Id.PICKED, {"cell": CELL}).place == state.place
    assert at_place(page_services, empty, Id.PICKED, {"cell": 10_000}).place is None
    named = at_place(page_services, empty, Id.PLACE, "facility:clinic-2")
    assert (named.place, named.named) == ("c0000", "facility:clinic-2")
    assert at_place(page_services, named, Id.PICKED, {"cell": CELL}).named is None
    assert at_place(page_services, empty, Id.PLACE_TEXT, "c0041").place == "c0041"
    wrong = at_place(page_services, empty, Id.PLACE_TEXT, "東京")
    assert (wrong.place, wrong.unfound) == (None, "東京")
    assert at_place(page_services, state, Id.PLACE_CLOSE, 1).place is None
    lon, lat = page_services.city.population.lonlat[CELL]
    assert find_cell(page_services, f"{lat:.6f}, {lon:.6f}") == state.place
    assert find_cell(page_services, "0,0") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [("36.5,140.6", (140.6, 36.5)), (" 36.5 、140.6 ", (140.6, 36.5)), ("136.5,36", None), ("here", None), ("", None)],
)
def test_latitude_comes_first(text, found):
    assert read_lonlat(text) == found


def test_an_address_brings_the_place_back_and_drops_one_that_is_not_there(page_services, state):
    query = state.changed(window="morning", percentile=90, goal="office", depart="07:15").to_query()
    found = from_address(page_services, "?" + query)
    assert (found.place, found.window, found.percentile, found.goal, found.depart) == (
        state.place, "morning", 90, "office", "07:15",
    )  # fmt: skip
    assert from_address(page_services, "?at=nowhere").place is None
    assert depart_s(page_services, page_services.list_runs()["baseline-r5"], found) == 7 * 3_600 + 900


def test_every_named_place_can_be_chosen_once(page_services):
    options = place_options(page_services.places, "ja")
    values = [item["value"] for group in options for item in group["items"]]
    assert len(values) == len(set(values)) == len(page_services.places)
    for group in options:
        labels = [item["label"] for item in group["items"]]
        assert len(labels) == len(set(labels))
    assert {kind for kinds in GOALS.values() for kind in kinds} >= {"clinic", "city_office"}


def test_a_ride_is_drawn_along_the_stops_it_calls_at(page_services):
    run = page_services.list_runs()["baseline-r5"]
    timetable = page_services.travel.world(run).city.timetable
    stops = {name: n for n, name in enumerate(timetable.stops.stop_id.tolist())}
    ends = tuple(tuple(timetable.stops.xy[stops[s]].tolist()) for s in ("J0", "J2"))
    found = page_services.travel.itinerary(run, ends, 8 * 3_600)
    ride = next(leg for leg in found.legs if leg.mode == "transit")
    assert len(course_of(timetable, ride)) == ride.n_stops + 1 == 3
    assert page_services.travel.headway_min(run, ride.trip_id) == 30
