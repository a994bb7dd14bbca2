"""School, work, the last way home and the station front on a street of 20 cells, against arithmetic."""

from dataclasses import replace

import numpy as np
import pytest

from geodata.provenance import Status
from geodata.synthetic import grid_city, timetable_from_text
from geodata.synthetic.grid import facilities_from_rows
from sim.context import RunContext
from sim.explain import explain
from sim.kpi.measures import MEASURES
from sim.main_station import find_main_station, last_home_s, station_minutes
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.run import run_models
from tests.unit.sim.few_kpis import run_of

# Cells every 500 m from x = 250 to 9,750; people walk 80 m/min, so 60 min are 4,800 m and 20 min 1,600 m.
STOPS = "stop A 250 250\nstop M 5250 250\nstop B 9750 250\nroute R bus\n"
MORNING, EVENING = "trip R A 07:30 B 08:00\n", "trip R B 18:30 A 19:00\n"
SCHOOL = [("s", "high_school", (9750.0, 250.0), "")]
WORKS = [("w", "large_workplace", (9750.0, 250.0), "")]


def street(feed, rows=()):
    return grid_city(
        n_x=20, n_y=1, timetable=timetable_from_text(STOPS + feed), facilities=facilities_from_rows(list(rows))
    )


def first(city, kpi_id, params=None):
    context = RunContext(city, Analysis(), params or Params(), Reuse())
    return context, next(iter(MEASURES[kpi_id](context)))


def n_cells(city, kpi_id="school_arrival_share", params=None):
    """Return how many of the 20 cells count."""
    return first(city, kpi_id, params)[1].standard.sum()


def test_pupils_walk_an_hour_or_ride_there_and_back():
    city = street(MORNING + EVENING, SCHOOL)
    # On foot from 5,250 m on (10 cells); by bus from the 4 cells within 20 min of its first stop.
    assert n_cells(city) == 14
    minutes = run_models(city, Analysis(), Params(), reuse=Reuse()).cells["school_min"].to_numpy()
    assert minutes[[0, 1, 3, 19]] == pytest.approx([30, 36.25, 48.75, 0])
    assert np.isinf(minutes[4:10]).all()


@pytest.mark.parametrize(
    ("feed", "changes", "expected"),
    [
        (MORNING, {}, 10),  # no way home
        (EVENING, {}, 10),  # no way there
        (MORNING + "trip R B 17:59 A 18:29", {}, 10),
        (MORNING + "trip R B 18:00 A 18:30", {}, 14),
        (MORNING + "trip R B 19:30 A 20:00", {}, 11),  # home by 20:00 only where the bus stops
        (MORNING + EVENING, {"school_bell": "07:59"}, 10),
        (MORNING + EVENING, {"school_bell": "08:00"}, 14),
        (MORNING + EVENING, {"commute_leave_from": "07:20"}, 12),  # 17.5 and 18.75 min to the stop are too much
        (MORNING + EVENING, {"school_within_min": 40.0}, 9),  # 3,200 m on foot (7 cells), 10 min to the stop (2)
    ],
)
def test_bell_evening_and_limit_decide(feed, changes, expected):
    assert n_cells(street(feed, SCHOOL), params=Params(**changes)) == expected


def test_the_way_home_starts_at_the_same_school():
    stops = "stop C 9750 20000\nstop D 9750 40000\nroute R bus\nstop A 250 250\n"
    feed = stops + "trip R A 07:30 C 08:00\ntrip R D 18:30 A 19:00"
    far = [("c", "high_school", (9750.0, 20000.0), ""), ("d", "high_school", (9750.0, 40000.0), "")]
    city = grid_city(n_x=20, n_y=1, timetable=timetable_from_text(feed), facilities=facilities_from_rows(far))
    assert n_cells(city) == 0
    both = timetable_from_text(feed + "\ntrip R C 18:30 A 19:00")
    assert n_cells(city.replace(timetable=both)) == 4


def test_work_needs_no_evening_and_starts_earlier():
    city = street(MORNING, WORKS)
    assert n_cells(city, "works_arrival_share") == 14
    assert n_cells(city, "works_arrival_share", Params(works_start="07:59")) == 10


def test_only_people_of_that_age_count_and_age_groups_have_no_rows():
    city = street(MORNING + EVENING, SCHOOL + WORKS)
    result = run_models(city, Analysis(), Params(), reuse=Reuse())
    for kpi_id, years in (("school_arrival_share", 4), ("works_arrival_share", 45)):
        rows = [r for r in result.kpis if r.kpi_id == kpi_id and r.setting == "default"]
        assert [r.group for r in rows] == ["all", "district:west", "district:east"]
        assert [r.value for r in rows] == pytest.approx([0.7, 0.4, 1.0])
        found = explain(city, result, kpi_id, Analysis(), Params())
        assert found.inputs[0].value == pytest.approx(20 * 60 * years / 50)  # the band 15–64 holds 60 persons
        assert found.contributions["persons"].sum() == pytest.approx(20 * 60 * years / 50)


# ------------------------------------------------------------------ the main station

RAIL = "route JR rail\ntrip JR A 18:00 M 18:15 B 18:30\ntrip JR A 22:15 M 22:30 B 22:45\n"


def test_the_last_train_home_is_that_of_the_street_it_serves():
    context, measure = first(street(RAIL), "last_bus_time")
    last = measure.standard
    assert np.isnan(last[:4]).all()  # within 20 min on foot of the station
    served = [7, 8, 9, 10, 11, 12, 13, 16, 17, 18, 19]  # within 20 min of the other stops
    assert (last[served] == 22 * 3600 + 15 * 60).all()
    assert np.isneginf(np.delete(last[4:], np.array(served) - 4)).all()
    # 11 of 16 cells are served: the median is the last train
    row = run_of(context.city, "last_bus_time").find("last_bus_time")
    assert (row.value, row.unit, row.note) == (80_100.0, "time", "駅: A")


def test_a_later_bus_on_half_the_way_helps_only_those_it_serves():
    city = street(RAIL + "trip R A 23:00 M 23:15")
    last = first(city, "last_bus_time")[1].standard
    assert last[10] == 23 * 3600
    assert last[19] == 80_100.0
    row = run_of(city, "last_bus_time").find("last_bus_time")
    assert row.value == 80_100.0  # 5 without, 4 at 22:15, 7 at 23:00


def test_a_ride_slower_than_the_limit_or_than_walking_is_no_way_home():
    last = first(street("route JR rail\ntrip JR A 22:00 M 22:50"), "last_bus_time")[1].standard
    # 50 min by train, then 6.25 min on foot: as long as walking the 4,500 m, so it counts; 1,000 m take past 60 min.
    assert np.flatnonzero(np.isfinite(last)).tolist() == [9, 10, 11]
    slower = first(street("route JR rail\ntrip JR A 22:00 M 22:51"), "last_bus_time")[1].standard
    assert np.flatnonzero(np.isfinite(slower)).tolist() == [10, 11]


def test_the_evening_has_a_beginning_and_an_end():
    city = street(RAIL + "trip JR A 25:15 B 25:45")
    assert first(city, "last_bus_time")[1].standard[19] == 80_100.0  # at 24:30 one would wait too long for 25:15
    assert first(city, "last_bus_time", Params(last_bus_to="25:15"))[1].standard[19] == 25 * 3600 + 15 * 60
    assert np.isneginf(first(city, "last_bus_time", Params(last_bus_from="22:16"))[1].standard[19])


def test_half_without_a_way_home_makes_the_median_unreachable():
    city = street("route JR rail\ntrip JR A 18:00 B 18:30")
    result = run_models(city, Analysis(), Params(), reuse=Reuse())
    row = result.find("last_bus_time")
    assert np.isneginf(row.value)
    assert "半数以上が到達できない" in row.note
    assert explain(city, result, "last_bus_time", Analysis(), Params()).reproduce() == row.value


def test_people_who_walk_home_need_no_bus():
    city = grid_city(n_x=2, n_y=1, timetable=timetable_from_text(STOPS + RAIL))
    row = run_of(city, "last_bus_time").find("last_bus_time")
    assert (row.value, row.status, row.note) == (None, Status.NO_DATA, "該当する人口なし")


def test_the_main_station_is_the_named_one_else_the_busiest():
    feed = RAIL + "trip JR B 09:00 M 09:15 A 09:30\ntrip JR M 10:00 B 10:15"
    fronts = [("f1", "station_front", (5250.0, 250.0), ""), ("f2", "station_front", (9750.0, 250.0), "")]

    def named(city, **changes):
        found = find_main_station(RunContext(city, Analysis(), Params(**changes), Reuse()))
        return found.name, found.xy[0, 0]

    assert named(street(feed)) == ("M", 5250.0)  # three departures one way
    assert named(street(feed), main_station="B") == ("B", 9750.0)
    assert named(street(feed, fronts), main_station="f2") == ("f2", 9750.0)
    assert named(street(feed, fronts)) == ("M", 5250.0)


def test_people_near_the_station_front_are_counted_by_their_own_walk():
    city = street("route JR rail\ntrip JR A 05:00 B 05:30")
    result = run_models(city, Analysis(), Params(), reuse=Reuse())
    # 30 min on foot: 2,400 m at 80 m/min (5 cells), 1,800 m at 60 m/min (4 cells); 90 and 10 persons a cell
    assert result.find("station_front_30min_population").value == pytest.approx(5 * 90 + 4 * 10)
    assert result.find("station_front_30min_population", group="75plus").value == pytest.approx(4 * 10)
    assert result.cells["station_front_min"].iloc[4] == pytest.approx(25.0)


def test_missing_places_are_no_data_with_a_reason():
    city = street("trip R A 10:00 B 10:30")
    result = run_models(city, Analysis(), Params(), reuse=Reuse())
    for kpi_id, reason in (
        ("school_arrival_share", "施設データ未登録"),
        ("works_arrival_share", "施設データ未登録"),
        ("last_bus_time", "市内に鉄道駅がない"),
        ("station_front_30min_population", "市内に鉄道駅がない"),
    ):
        row = result.find(kpi_id)
        assert (row.value, row.status, row.note) == (None, Status.NO_DATA, reason)
    columns = ["school_min", "works_min", "station_front_min", "last_bus_s"]
    assert result.cells[columns].isna().all(axis=None)


def test_journeys_of_other_hours_are_remembered_apart_and_rightly():
    city, reuse = street(RAIL + MORNING + EVENING, SCHOOL + WORKS), Reuse()

    def values(context):
        walkers = ("standard", "older")
        arrays = [a for kpi in ("school_arrival_share", "works_arrival_share") for a in [_first(context, kpi).standard]]
        arrays += [last_home_s(context, w) for w in walkers] + [station_minutes(context, w) for w in walkers]
        return np.stack(arrays)

    def _first(context, kpi_id):
        return next(iter(MEASURES[kpi_id](context)))

    variants = [Params(), Params(school_bell="07:50", works_start="07:40"), Params(last_bus_to="21:00"), Params()]
    warm = [values(RunContext(city, Analysis(), p, reuse)) for p in variants]
    cold = [values(RunContext(city, Analysis(), p, Reuse())) for p in variants]
    np.testing.assert_array_equal(warm, cold)
    assert not np.array_equal(warm[0], warm[1], equal_nan=True)
    again = RunContext(city, Analysis(), Params(), reuse)
    values(again)
    assert any("所要時間" in name for name in again.reused)


def test_ages_the_city_is_unsure_of_weaken_shares_of_an_age():
    city = street(MORNING + EVENING, SCHOOL)
    split = replace(city.sources[0], layer="population.ages", status=Status.ASSUMED)
    context = RunContext(city.replace(sources=(split,)), Analysis(), Params(), Reuse())
    assert context.ages_status() is Status.ASSUMED


def test_clocks_out_of_order_are_refused():
    with pytest.raises(ValueError, match="school_home_from must be earlier"):
        Params(school_home_from="20:00")
    with pytest.raises(ValueError, match="school_bell"):
        Params(school_bell="8:40")
