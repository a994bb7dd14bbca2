"""The types every room shares: groups of people, statuses, problems, frozen arrays, digests."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.digest import digest_of
from geodata.errors import DataError, Severity, Text, error, raise_errors, render_problems, warning
from geodata.population import AgeBand, share_at_least
from geodata.provenance import Status, weakest
from geodata.synthetic import grid_city, timetable_from_text
from geodata.trip_columns import build_trip_columns, records_of


def test_groups_of_people_follow_the_bands():
    population = grid_city().population
    assert population.group("all").sum() == 9_600
    assert population.group("65plus").sum() == pytest.approx(0.3 * 9_600)
    assert population.group("75plus").sum() == pytest.approx(0.1 * 9_600)
    assert population.group("district:west").sum() + population.group("district:east").sum() == 9_600
    assert population.group("district:nowhere").sum() == 0


@given(st.integers(0, 110), st.integers(0, 60), st.integers(0, 120))
def test_share_of_a_band_above_an_age_is_a_share_and_falls_with_age(start, width, age):
    band = AgeBand("x", Text("x", "x"), start, start + width)
    share = share_at_least(band, age)
    assert 0 <= share <= 1
    assert share_at_least(band, age + 1) <= share
    years = [a for a in range(start, start + width + 1) if a >= age]
    assert share == pytest.approx(len(years) / (width + 1))


def test_the_weakest_status_wins():
    assert weakest([Status.OBSERVED, Status.ASSUMED, Status.MODELLED]) is Status.ASSUMED
    assert weakest([Status.OBSERVED, Status.OFFICIAL_ESTIMATE]) is Status.OFFICIAL_ESTIMATE
    assert weakest([]) is Status.OBSERVED


def test_arrays_of_a_layer_are_read_only():
    city = grid_city()
    with pytest.raises(ValueError, match="read-only"):
        city.population.persons[0, 0] = 5.0


def test_columns_of_different_length_are_refused_by_name():
    population = grid_city().population
    with pytest.raises(DataError, match="persons"):
        replace(population, persons=population.persons[:-1])


def test_digest_depends_on_content_only():
    city, same = grid_city(), grid_city()
    assert city.digest == same.digest
    wider = replace(city.population, cell_id=city.population.cell_id.astype("<U40"))
    assert digest_of(wider) == digest_of(city.population)
    moved = city.population.persons.copy()
    moved[0, 0] += 1e-9
    other = city.replace(population=city.population.with_persons(moved))
    assert other.digest != city.digest
    differing = [k for k, v in city.layer_digests().items() if other.layer_digests()[k] != v]
    assert differing == ["population"]


def test_trip_columns_do_not_depend_on_the_order_of_records():
    timetable = grid_city().timetable
    records = records_of(timetable.patterns, timetable.trips)
    routes = timetable.routes.route_id.tolist()
    assert digest_of(build_trip_columns(records, routes)) == digest_of((timetable.patterns, timetable.trips))
    assert digest_of(build_trip_columns(records[::-1], routes)) == digest_of((timetable.patterns, timetable.trips))


def test_stops_of_a_class_are_those_with_trips():
    timetable = timetable_from_text(
        """
        stop A 0 0
        stop B 1 0
        stop C 2 0
        route R rail
        route X brt
        trip R A 10:00 B 10:01
        """,
    )
    assert timetable.stops_of_class("rail").tolist() == [0, 1]
    assert timetable.stops_of_class("brt").tolist() == []


def test_problems_are_shown_errors_first_and_counted():
    found = [warning("a.b", f"x.txt row {n}", Text("注意", "careful")) for n in range(30)]
    found.append(error("c.d", "y.txt", Text("だめ", "bad"), Text("直す", "mend")))
    text = render_problems(found, "ja")
    assert text.splitlines()[0] == "エラー: y.txt: だめ [c.d]"
    assert "ほか 11 件" in text
    assert render_problems(found, "en").endswith("… and 11 more")
    with pytest.raises(DataError) as caught:
        raise_errors(found, DataError)
    assert caught.value.exit_code == 3
    raise_errors([p for p in found if p.severity is not Severity.ERROR], DataError)


def test_grid_city_timetable_runs_every_day_type():
    services = grid_city().timetable.services
    for date in ("2025-10-15", "2025-10-18", "2025-10-19", "2025-10-13"):
        expected = [True, False] if date == "2025-10-15" else [False, True]
        assert services.active_on(date).tolist() == expected


def test_text_feed_reads_flags_and_headways():
    timetable = timetable_from_text(
        """
        stop A 0 0 駅A
        stop B 300 0 駅B outside
        trip R id=one A 10:00-a B 10:05/10:06-b
        trip R id=many headway=600@08:00-09:00 exact A 08:00 B 08:04
        """,
    )
    trips = timetable.trips
    order = trips.trip_id.tolist()
    assert order == ["many", "one"]
    assert trips.headway_s.tolist() == [600, 0]
    assert trips.exact_times.tolist() == [True, False]
    assert trips.board_allowed.tolist() == [True, True, True, False]
    assert trips.alight_allowed.tolist() == [True, True, False, True]
    assert timetable.stops.in_city.tolist() == [True, False]
    assert np.array_equal(timetable.stops.name, ["駅A", "駅B"])
