"""Rides of the bundled city: the official figure, and what the choice implies beside the literature."""

from __future__ import annotations

import pytest

from geodata.hitachi import load_hitachi
from sim.context import RunContext
from sim.params import PARAMETERS, Analysis, Params
from sim.reuse import Reuse
from sim.ridership.implied import find_implied
from sim.ridership.outcome import ride_outcome

MOST_BY_BUS = 14.5 / (1.96 * 243 + 1.47 * 122)
"""Share of all trips if every boarding were a trip (models.md §9)."""


@pytest.fixture(scope="module")
def context():
    return RunContext(load_hitachi(), Analysis(n_draws=1), Params(), Reuse(), {})


def test_the_baseline_is_14_5_boardings_a_year_and_at_most_2_2_percent_of_trips(context):
    outcome = ride_outcome(context)
    assert outcome.per_person == pytest.approx(14.5, rel=1e-6)
    trips = float(outcome.persons.sum()) * (1.96 * 243 + 1.47 * 122)
    assert outcome.linked_total / trips < MOST_BY_BUS < 0.0222
    assert outcome.linked_total < outcome.boardings_total < 1.5 * outcome.linked_total


@pytest.mark.parametrize(("lever", "name"), [("fare", "ride_fare_elasticity"), ("time", "ride_time_elasticity")])
def test_implied_elasticities_lie_within_the_literature(context, lever, name):
    known = PARAMETERS[name]
    assert known.low <= find_implied(context).of_all[lever] <= known.high


def test_the_implied_frequency_elasticity_is_near_the_literature(context):
    known = PARAMETERS["ride_frequency_elasticity"]
    assert 0.75 * known.low <= find_implied(context).of_all["frequency"] <= known.high
