"""Measures on people move the numbers the right way, for the right reason: who lives where, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geodata.boundaries import Zone
from geodata.errors import Text
from geodata.synthetic import grid_city
from scenarios.apply import apply_scenario
from scenarios.files import parse_scenario
from sim.kpi.coverage import measure_catchment
from sim.params import Params
from sim.run import build_context
from sim.zones import zone_table

FLOOD = shapely.box(0, 0, 1000, 6000)
TOWN = grid_city().replace(zones=(Zone("flood-1", "flood", Text("浸水想定", "flood"), FLOOD, FLOOD),))
HEAD = """\
schema: ekisei-scenario/1
id: example
title: {ja: 例, en: Example}
description: {ja: 例, en: Example}
plan_status: hypothetical
"""
GUIDE = "{id: m, type: guide-residents, where: {near_stations_m: 700}, persons: 500}"


def applied(modification="", **keys):
    lines = "".join(f"{key}: {value}\n" for key, value in ({"year": 2029} | keys).items())
    body = f"modifications: [{modification}]\n"
    return apply_scenario(TOWN, parse_scenario(HEAD + lines + body, "example.yaml"))


def catchment(city):
    """Return (share, persons) within 1,000 m of the stations, unpivoted."""
    context = build_context(city, applied().analysis, Params(), reference=None)
    inside = next(iter(measure_catchment(context))).standard
    persons = city.population.total
    return float(inside @ persons / persons.sum()), float(inside @ persons)


@pytest.fixture(scope="module")
def trend():
    return applied()


def test_guidance_to_the_stations_raises_the_catchment_and_only_by_those_who_moved(trend):
    plan = applied(GUIDE)
    (share, persons), (before, were) = catchment(plan.city), catchment(trend.city)
    assert share > before
    assert 0 < persons - were <= 500 + 1e-6
    assert catchment(plan.demographic) == (before, were)  # the year's people alone: no effect of the measure
    assert plan.city.timetable is trend.city.timetable


def test_guidance_away_from_the_stations_lowers_it(trend):
    plan = applied("{id: m, type: guide-residents, where: {cells: [c0000, c0007, c0056]}, persons: 500}")
    assert catchment(plan.city)[0] < catchment(trend.city)[0]


def test_more_who_move_raise_it_more():
    shares = [catchment(applied(GUIDE.replace("500", str(n))).city)[0] for n in (100, 300, 900)]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]


def test_a_rate_may_fall_while_the_number_rises(trend):
    """Commuters who move to the edge of the catchment add persons everywhere: the number and the rate part ways."""
    plan = applied("{id: m, type: attract-commuters, where: {everywhere: true}, workers: 400, household_persons: 2}")
    (share, persons), (before, were) = catchment(plan.city), catchment(trend.city)
    assert persons > were
    assert share == pytest.approx(before, abs=1e-12)
    far = applied("{id: m, type: attract-commuters, where: {cells: [c0007]}, workers: 400}").city
    assert catchment(far)[0] < before
    assert catchment(far)[1] == pytest.approx(were)


def test_homes_at_a_station_raise_it_more_the_more_come_from_outside(trend):
    near = "{id: m, type: add-housing, where: {near_stations_m: 700}, persons: 500, from_city_share: SHARE}"
    outside, inside = (catchment(applied(near.replace("SHARE", s)).city)[1] for s in ("0", "1"))
    assert outside > inside > catchment(trend.city)[1]


def test_relocation_empties_the_hazard_area_and_the_table_of_zones_says_so(trend):
    plan = applied("{id: m, type: relocate-residents, where: {zones: [洪水浸水想定区域]}, share: 0.4}")
    before, after = (_flooded(a.city) for a in (trend, plan))
    assert after["persons"] == pytest.approx(0.6 * before["persons"])
    assert after["persons_75plus"] == pytest.approx(0.6 * before["persons_75plus"])
    assert plan.city.population.total.sum() == pytest.approx(trend.city.population.total.sum())


def _flooded(city):
    return (
        zone_table(build_context(city, applied().analysis, Params(), reference=None)).query("side == 'inside'").iloc[0]
    )


def test_the_young_move_first_so_the_estates_grow_older(trend):
    plan = applied(GUIDE.replace("500", "900"))
    left = plan.city.population.total < trend.city.population.total
    ages = [a.city.population.at_least(65)[left].sum() / a.city.population.total[left].sum() for a in (trend, plan)]
    assert ages[1] > ages[0]


def test_the_path_of_the_residents_moves_numbers_not_shares_of_place():
    """A smaller path on the same places: fewer persons within the catchment, in proportion where all cells are alike."""
    low, high = (applied(population=f"{{totals: {{2029: {n}}}}}").city for n in (8000, 9000))
    assert catchment(low)[1] == pytest.approx(8 / 9 * catchment(high)[1])
    assert catchment(low)[0] == pytest.approx(catchment(high)[0])
    assert np.isclose(low.population.total.sum(), 8000)
