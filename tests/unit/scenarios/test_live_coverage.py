"""Why coverage stays: on the grid city, where 100 persons live in each cell of 500 m, all of it by hand."""

import math

import numpy as np
import pytest

from geodata.errors import Text
from geodata.provenance import Status
from geodata.synthetic import grid_city
from geodata.synthetic.text_feed import flat_lonlat
from scenarios.apply import apply_scenario
from scenarios.live_coverage import explain_coverage
from scenarios.live_reasons import STAYED, TINY, find_unmoved
from scenarios.reactions import find_reactions
from sim.params import Analysis, Params
from sim.results import KpiRow
from sim.reuse import Reuse
from sim.run import build_context
from tests.unit.scenarios.conftest import scenario_of

COVERAGE, GAP, FREQUENT = "transit_coverage_share", "transit_gap_population", "frequent_stop_share"
CIRCLE = math.pi * 300**2 * 100 / 500**2  # residents within 300 m of a stop


@pytest.fixture(scope="module")
def contexts():
    """Return what gives the city as it is and with modifications, as models look at them."""
    city, reuse = grid_city(), Reuse()

    def made(modifications):
        changed = apply_scenario(city, scenario_of(modifications)).city
        return tuple(
            build_context(one, Analysis(n_draws=1), Params(), reference=None, reuse=reuse) for one in (city, changed)
        )

    return made


def line(*places, headway_min=60):
    """A line through places of the plane [m]."""
    lonlat = flat_lonlat(np.array(places, dtype=float))
    stops = ", ".join(f"{{lat: {lat}, lon: {lon}, name: 新{n}}}" for n, (lon, lat) in enumerate(lonlat))
    times = f"{{days: [weekday], start: '06:00', end: '22:00', headway_min: {headway_min}}}"
    return f"- {{id: new, type: add-trips, name: 新線, speed_kmh: 20, stops: [{stops}], timetables: [{times}]}}"


def bus(scale):
    """The bus of the city with another number of runs: 16 a day each way as it is."""
    return f"- {{id: bus, type: adjust-frequency, routes: [AS1], scale: {scale}}}"


INSIDE = ((2_000.0, 3_310.0), (2_000.0, 2_690.0))
"""300 m around them, which do not overlap, lie within 800 m of the station at (2000, 3000)."""


def test_stops_within_the_reach_of_a_station_add_nobody(contexts):
    told = explain_coverage(COVERAGE, *contexts(line(*INSIDE)))
    persons = f"{2 * CIRCLE:,.0f}"
    assert told.ja == f"新しい停留所の圏内は、すでに駅・停留所の圏内でした（{persons}人）"
    assert told.en == f"the reach of the new stops was within reach of a station or stop before ({persons} residents)"


def test_a_reach_that_is_nearly_covered_is_told_so_and_betrays_nobody(contexts):
    told = explain_coverage(COVERAGE, *contexts(line(INSIDE[0], (2_000.0, 2_490.0))))  # 10 m beyond the 800 m
    assert told.ja == f"新しい停留所の圏内は、ほとんどがすでに駅・停留所の圏内でした（{2 * CIRCLE:,.0f}人）"
    assert told.en.startswith("nearly all of the reach of the new stops was")


def test_stops_where_nobody_lives_are_told_so(contexts):
    told = explain_coverage(COVERAGE, *contexts(line((-900.0, 9_000.0), (-900.0, 9_900.0))))
    assert told.ja == "新しい停留所の圏内に住む人はいません"


def test_runs_do_not_move_what_looks_at_stops(contexts):
    for kpi_id in (COVERAGE, GAP):
        assert "本数や速さでは動かない" in explain_coverage(kpi_id, *contexts(bus(1.5))).ja


@pytest.mark.parametrize(
    ("modification", "words"),
    [
        (bus(1.5), "どれも1日片道30本に届かない（最も多い所で24本）"),
        ("- {id: brt, type: adjust-frequency, routes: [BRT], scale: 0.75}", "前も今も1日片道30本以上"),
        ("- {id: fast, type: adjust-speed, routes: [BRT], scale: 1.2}", "本数が変わった停留所はない"),
        (
            line(*INSIDE, headway_min=20),
            "本数が新しく基準に届いた停留所の圏内は、すでに本数の多い駅・停留所の圏内でした",
        ),
    ],
)
def test_the_threshold_of_frequent_stops_is_told(contexts, modification, words):
    assert words in explain_coverage(FREQUENT, *contexts(modification)).ja


def test_of_other_kpis_nothing_is_known(contexts):
    assert explain_coverage("clinic_nearest_min", *contexts(bus(1.5))) is None


def test_a_change_that_nobody_can_see_has_a_reason_too(contexts):
    scenario, city = scenario_of(bus(1.5)), grid_city()
    reactions = find_reactions(scenario, city)

    def row(kpi_id, value):
        return KpiRow(kpi_id, "default", "all", value, value, "share", Status.ASSUMED)

    def unmoved(old, new, kpi_id=COVERAGE, **ways):
        return find_unmoved(reactions, [row(kpi_id, old)], [row(kpi_id, new)], Params(), **ways).get(kpi_id)

    def coarse(_spec, change):
        return abs(change) < 0.001

    own = Text("近い", "near")
    assert unmoved(0.5, 0.5) == STAYED
    assert unmoved(0.5, 0.50001) is None
    assert unmoved(0.5, 0.50001, shows_none=coarse) == TINY
    assert unmoved(0.5, 0.50001, shows_none=coarse, explain=lambda _: own) == own
    assert unmoved(0.5, 0.6, shows_none=coarse, explain=lambda _: own) is None
