"""The page of journeys: its question, the departures of two hours, both scenarios beside each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.features.journey import view
from app.features.journey.callbacks import answer
from app.features.journey.departures import find_departures, latest_s, mean_minutes, worthwhile
from app.features.journey.layout import map_order
from app.features.journey.question import Question, best_label, find_spot, labels_of, read_question
from geodata.errors import ModelError, Text, error
from sim.routing.types import Itinerary, Leg
from tests.unit.app.test_place import texts

HERE = (140.0, 36.0)
H8 = 8 * 3_600


def leg(mode, start, end):
    return Leg(mode, "a", "b", start, end, HERE, HERE, status="assumed", trip_id="t" if mode == "transit" else "")


def by_bus(asked, bus_s=900, ride_s=600, walk_s=120):
    """Return the journey of who leaves at a moment: two minutes' walk, the next bus of every quarter, ten minutes."""
    at_stop = asked + walk_s
    leaves = -(-at_stop // bus_s) * bus_s
    legs = [leg("walk", asked, at_stop)]
    legs += [leg("wait", at_stop, leaves)] if leaves > at_stop else []
    legs.append(leg("transit", leaves, leaves + ride_s))
    return Itinerary(asked, leaves + ride_s, tuple(legs), 0)


def on_foot(asked, seconds=1_500):
    return Itinerary(asked, asked + seconds, (leg("walk", asked, asked + seconds),), -1)


def test_no_departure_is_missed_and_none_told_twice():
    found = find_departures(by_bus, H8, H8 + 3_600)
    assert [one.leave_s - H8 for one in found] == [780, 1_680, 2_580, 3_480, 4_380]
    assert [one.found.arrive_s - H8 for one in found] == [1_500, 2_400, 3_300, 4_200, 5_100]
    assert {one.minutes for one in found} == {12.0}  # the last too, though one may leave for it after the while
    assert latest_s(on_foot(H8)) == H8


def test_the_mean_counts_the_wait_at_home():
    found = find_departures(by_bus, H8, H8 + 3_600)
    minute_by_minute = [(by_bus(H8 + s).arrive_s - H8 - s) / 60 for s in range(0, 3_600, 10)]
    assert mean_minutes(found, H8, H8 + 3_600) == pytest.approx(sum(minute_by_minute) / len(minute_by_minute), abs=0.6)
    last = [one for one in found if one.leave_s < H8 + 1_700]
    assert mean_minutes(last, H8, H8 + 3_600) is None  # after the last bus
    walks = find_departures(on_foot, H8, H8 + 3_600)
    assert len(walks) == 1
    assert mean_minutes(walks, H8, H8 + 3_600) == pytest.approx(25)


def test_only_journeys_that_none_beats_are_listed():
    found = find_departures(by_bus, H8, H8 + 3_600)
    slower = replace(found[0], leave_s=found[0].leave_s - 300)
    assert worthwhile([slower, *found]) == found
    assert worthwhile([]) == []


def test_nothing_after_the_last_bus():
    assert find_departures(lambda _: None, H8, H8 + 3_600) == []


def test_the_address_is_read_and_what_is_wrong_takes_its_usual_value(page_services):
    runs = page_services.list_runs()
    asked = read_question(runs, {"l": "gone", "r": "new-clinic", "from": " 駅0 ", "day": "monday", "dep": "25:00"})
    assert asked == Question("baseline-r5", "new-clinic", "駅0", "", "weekday", "08:00", "standard")
    assert read_question(runs, {"dep": "07:15", "by": "older", "day": "holiday"}).depart_s == 7 * 3_600 + 900


def test_ends_are_names_parts_of_names_coordinates_or_cells(page_services):
    labels = labels_of(page_services.places, "ja")
    assert len(labels) == len(page_services.places)
    assert best_label(labels, "駅1") == "駅1"
    assert best_label(["北茨城", "茨城大学"], "茨城") == "茨城大学"
    assert best_label(labels, "どこにもない") is None
    assert best_label(labels, "") is None
    assert find_spot(page_services, "c0010", "ja").xy == tuple(page_services.city.population.xy[10])
    assert find_spot(page_services, "0,0", "ja") is None


def test_both_scenarios_are_answered_and_drawn(page_services):
    asked = Question("baseline-r5", "new-clinic", "c0003", "c0091", depart="08:00")
    body, order = view.journeys(page_services, asked, "ja")
    told = "".join(texts(body))
    assert "どちらも同じ" in told
    assert "時刻表なし" in told
    assert "格子" not in told
    assert set(order["ends"]) == {"from", "to"}
    assert order["ways"]["left"] == order["ways"]["right"]
    assert order["ways"]["left"]["features"]
    english = "".join(texts(view.journeys(page_services, asked, "en")[0]))
    assert "both arrive" in english
    night = replace(asked, depart="23:30")
    assert "着きません" in "".join(texts(view.journeys(page_services, night, "ja")[0]))


@pytest.mark.parametrize("target", ["c0001", "c0014", "c0041", "c0091"])
def test_shorter_searches_and_what_is_kept_change_no_departure(page_services, monkeypatch, target):
    run, travel = page_services.list_runs()["new-clinic"], page_services.travel
    asked = Question("baseline-r5", "new-clinic", "c0003", target)
    ends = tuple(find_spot(page_services, text, "ja") for text in (asked.origin, asked.target))
    found = view.departures_of(page_services, run, asked, ends)
    whole = find_departures(
        lambda now: travel.itinerary(run, (ends[0].xy, ends[1].xy), now, "standard", "2025-10-15"),
        asked.depart_s,
        asked.depart_s + view.WINDOW_S,
    )
    assert found == whole
    assert any(one.on_foot for one in found) or target in {"c0041", "c0091"}
    monkeypatch.setattr(travel, "itinerary", None)  # asked again, nothing is searched
    assert view.departures_of(page_services, run, asked, ends) == whole


def test_of_a_walk_that_a_bus_beats_the_bus_is_told(page_services):
    run, travel = page_services.list_runs()["new-clinic"], page_services.travel
    spots = [find_spot(page_services, text, "ja") for text in ("c0003", "c0091")]
    ends = spots[0].xy, spots[1].xy
    whole = [travel.itinerary(run, ends, now) for now in range(H8, H8 + 3_600, 60)]
    assert any(not view.is_walk(one) for one in whole)
    assert [travel.itinerary(run, ends, now, walk_s=5_400) for now in range(H8, H8 + 3_600, 60)] == whole


def test_what_is_missing_or_cannot_be_asked_is_told(page_services, monkeypatch):
    empty = Question("baseline-r5", "new-clinic", "", "東京")
    told = "".join(texts(view.journeys(page_services, empty, "ja")[0]))
    assert "出発地を入れてください" in told
    assert "「東京」は見つかりません" in told

    def refuse(*_):
        raise ModelError(error("x", "y", Text("もう計算できません", "cannot be asked")))

    monkeypatch.setattr(page_services.travel, "world", refuse)
    asked = Question("baseline-r5", "new-clinic", "c0000", "c0095")
    assert "もう計算できません" in "".join(texts(view.journeys(page_services, asked, "ja")[0]))


def test_the_callback_and_the_map_speak_of_the_same_runs(page_services):
    plain = {"left": "baseline-r5", "right": "new-clinic", "origin": "c0000", "target": "c0041", "lang": "en"}
    body, drawn = answer(page_services, plain)
    assert "c0000 → c0041" in "".join(texts(body))
    assert drawn["ends"]["from"] == page_services.city.population.lonlat[0].tolist()
    order = map_order(page_services, Question("baseline-r5", "new-clinic", "", ""), "ja")
    assert order["layers"].startswith("layers/new-clinic?left=baseline-r5")


def test_the_page_is_served(client):
    layout = client.get("/_dash-layout", headers={"Referer": "http://localhost/journey?from=c0000&lang=en"})
    assert "journey-map" in layout.text
    assert "c0000" in layout.text
