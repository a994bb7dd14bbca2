"""Fares by arithmetic: by distance, of a feed, changed; passes by age; suppositions about behaviour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geodata.behaviour import BehaviourChange
from geodata.fare_changes import AgePass, FareChange
from geodata.provenance import Status
from geodata.synthetic import grid_city, timetable_from_text
from geodata.synthetic.grid import facilities_from_rows
from geodata.timetable import Fares
from sim.context import RunContext
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.ridership.behaviour import behaviour
from sim.ridership.fares import fare_factor, fare_yen
from sim.ridership.skims import skim_of

FEED = """
stop A 250 250
stop M 5250 250
stop B 9750 250
route R bus
route J rail
trip R A 06:30 M 06:50
trip J M 07:00 B 07:10
"""
SCHOOL = [("s", "high_school", (9750.0, 250.0), "")]


def town(**layers):
    city = grid_city(n_x=20, n_y=1, timetable=timetable_from_text(FEED), facilities=facilities_from_rows(SCHOOL))
    return city.replace(**layers)


def context_of(city, **params):
    return RunContext(city, Analysis(), Params(**params), Reuse())


def fares(city, **params):
    """Return (bus, rail) fares from the first cell: 5 km by bus, 4.5 km by train."""
    skim = skim_of(context_of(city, **params), "school")
    return float(skim.bus_fare_yen[0, 0]), float(skim.rail_fare_yen[0, 0])


def changed(**what):
    return town(fare_changes=(FareChange("x", **what),))


def test_a_fare_grows_with_the_distance_beyond_the_lowest_fare():
    assert fares(town()) == (pytest.approx(200 + 3 * 40), pytest.approx(150 + 1.5 * 11))
    assert fares(town(), fare_first_yen=180.0, fare_per_km_yen=30.0) == (pytest.approx(270), pytest.approx(166.5))
    assert fares(town(), fare_first_km=10.0)[0] == pytest.approx(200)


def test_nobody_pays_more_than_half_a_day_ticket_one_way():
    assert fares(town(), fare_day_pass_yen=500.0)[0] == pytest.approx(250)


@pytest.mark.parametrize(
    ("what", "bus", "rail"),
    [
        ({"scale": 0.5}, 160, 83.25),
        ({"scale": 0.0}, 0, 0),
        ({"flat_yen": 100.0}, 100, 100),
        ({"route_classes": ("bus",), "flat_yen": 100.0}, 100, 166.5),
        ({"route_ids": ("J",), "scale": 0.5}, 320, 83.25),
        ({"route_ids": ("no-such-line",), "scale": 0.5}, 320, 166.5),
        ({"area_xy": shapely.box(0, 0, 6000, 500), "flat_yen": 100.0}, 100, 166.5),
        ({"area_xy": shapely.box(0, 0, 5000, 500), "flat_yen": 100.0}, 320, 166.5),  # gets off outside
    ],
)
def test_a_change_of_fares_is_about_its_rides_alone(what, bus, rail):
    assert fares(changed(**what)) == (pytest.approx(bus), pytest.approx(rail))


def test_changes_follow_each_other_in_their_order():
    both = town(fare_changes=(FareChange("a", flat_yen=100.0), FareChange("b", scale=0.5)))
    assert fares(both) == (pytest.approx(50), pytest.approx(50))


def test_the_fares_of_a_feed_come_before_those_by_distance():
    timetable = town().timetable
    zones = np.array(["a", "m", "b"])
    fare = Fares(np.array([230.0, 210.0]), np.array([0, -1], np.int32), np.array(["a", "a"]), np.array(["m", "m"]))
    stops = replace(timetable.stops, zone_id=zones)
    assert fares(town(timetable=replace(timetable, fares=fare, stops=stops))) == (210, pytest.approx(166.5))
    foreign = replace(fare, currency="EUR")
    assert fares(town(timetable=replace(timetable, fares=foreign, stops=stops)))[0] == pytest.approx(320)


def test_a_mean_of_what_fares_are_made_of_has_the_mean_fare():
    basis = np.array([[0, 1, 2.0, 0, 0, 0], [100, 0, 0, 0, 1, 4.0]])
    bus, rail = fare_yen(Params(), basis)
    mean_bus, mean_rail = fare_yen(Params(), basis.mean(axis=0))
    assert mean_bus == pytest.approx(bus.mean())
    assert mean_rail == pytest.approx(rail.mean())


# ---------------------------------------------------------------- by age


def test_season_tickets_and_support_lower_what_is_paid():
    context = context_of(
        town(), ride_work_pass_share=0.5, ride_work_pass_discount=0.4, older_pass_share=0.25, older_pass_discount=0.8
    )
    assert fare_factor(context, "work", 40, 64) == pytest.approx(0.8)
    assert fare_factor(context, "errand", 40, 64) == 1.0
    assert fare_factor(context, "errand", 75, None) == pytest.approx(0.8)
    assert fare_factor(context, "errand", 65, 74) == pytest.approx(1 - 0.2 / 2)  # five of ten years from 70
    assert fare_factor(context, "work", 75, None) == fare_factor(context, "work", 40, 64)


@pytest.mark.parametrize(
    ("ages", "expected"), [((20, 39), 1.0), ((65, 74), 0.75), ((75, 84), 0.5), ((85, None), 0.5), ((60, 69), 1.0)]
)
def test_a_pass_counts_by_the_years_it_covers(ages, expected):
    one = FareChange("x", passes=(AgePass(70, None, 0.5),))
    context = context_of(town(fare_changes=(one,)), older_pass_share=0.0)
    assert fare_factor(context, "clinic", *ages) == pytest.approx(expected)
    assert fare_factor(context, "clinic", *ages, changed=False) == 1.0


def test_half_of_the_riders_with_a_free_pass_pay_half_together():
    half = FareChange("x", passes=(AgePass(70, 80, 0.0, uptake=0.5),))
    context = context_of(town(fare_changes=(half,)), older_pass_share=0.0)
    assert fare_factor(context, "errand", 70, 80) == pytest.approx(0.5)
    assert fare_factor(context, "errand", 85, None) == 1.0


# ---------------------------------------------------------------- behaviour


def test_a_city_that_supposes_nothing_is_neutral():
    found = behaviour(context_of(town()))
    assert found.neutral
    assert set(found.asc_shift_min.values()) == {0.0}
    assert found.licensed(0.7, 80) == 0.7


def test_suppositions_add_minutes_multiply_factors_and_are_assumed():
    first = BehaviourChange(
        "a", liking_min=(("bus", -5.0), ("car", 2.0)), fare_factor=2.0, licences=((75, None, -0.1),)
    )
    second = BehaviourChange("b", liking_min=(("bus", -1.0),), fare_factor=0.5, licences=((80, 84, -0.2),))
    found = behaviour(context_of(town(behaviour=(first, second))))
    assert found.asc_shift_min["bus"] == -6.0
    assert found.asc_shift_min["car"] == 2.0
    assert found.fare_elasticity_factor == 1.0
    assert found.status is Status.ASSUMED
    assert not found.neutral
    assert found.licensed(0.5, 74) == 0.5
    assert found.licensed(0.5, 79) == pytest.approx(0.4)
    assert found.licensed(0.5, 84) == pytest.approx(0.2)
    assert found.licensed(0.05, 90) == 0.0
