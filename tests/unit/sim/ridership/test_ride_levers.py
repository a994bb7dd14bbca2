"""Fares, passes, suppositions and draws: each moves rides the right way, and redoes no more than it touches."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.behaviour import BehaviourChange
from geodata.fare_changes import AgePass, FareChange
from sim.context import RunContext
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.ridership.baseline import BASE_COLUMNS
from sim.ridership.by_elasticity import elastic_rides
from sim.ridership.implied import user_gain
from sim.ridership.outcome import ride_outcome
from sim.ridership.tables import ride_gains, ride_modes, ride_revenue
from tests.unit.sim.ridership.test_rides import OFFICIAL, baseline, city_of, line, scenario


def fares(**change):
    return scenario(city_of(fare_changes=(FareChange("fare", **change),)))


def supposed(**change):
    return scenario(city_of(behaviour=(BehaviourChange("people", **change),)))


def test_cheaper_fares_bring_riders_by_about_the_elasticity_and_cost_revenue():
    before, after = ride_outcome(baseline()[0]), ride_outcome(fares(scale=0.9))
    answer = np.log(after.per_person / OFFICIAL) / np.log(0.9)
    assert answer == pytest.approx(-0.3, abs=0.03)
    assert after.revenue_yen == pytest.approx(before.revenue_yen * 0.9**0.7, rel=0.01)
    assert ride_outcome(fares(scale=1.2)).per_person < OFFICIAL


def test_a_pass_moves_the_ages_that_hold_it():
    before = ride_outcome(baseline()[0])
    after = ride_outcome(fares(passes=(AgePass(75, None, 0.0),)))
    gained = (after.boardings - before.boardings).sum(axis=0)
    assert gained[-1] > 0
    assert gained[-1] / before.boardings.sum(axis=0)[-1] > 2 * gained[1] / before.boardings.sum(axis=0)[1]
    assert after.revenue_yen < before.revenue_yen


def test_suppositions_about_people_move_rides_their_way():
    assert ride_outcome(supposed(liking_min=(("bus", -5.0),))).per_person > OFFICIAL
    assert ride_outcome(supposed(liking_min=(("car", -5.0),))).per_person < OFFICIAL
    assert ride_outcome(supposed(licences=((65, None, -0.3),))).per_person > OFFICIAL
    faster = city_of(line(900))
    plain = ride_outcome(scenario(faster)).per_person
    keener = scenario(faster.replace(behaviour=(BehaviourChange("people", fare_factor=1.5),)))
    assert ride_outcome(keener).per_person > plain > OFFICIAL


def test_a_light_parameter_redoes_neither_journeys_nor_the_pattern():
    reuse = Reuse()
    slow = {"paths", "skim ways", "skim fares"}
    for params in (Params(), Params(ride_fare_elasticity=-0.4, ride_wait_weight=1.8, fare_first_yen=210.0)):
        context = RunContext(city_of(), Analysis(n_draws=1), params, reuse, {})
        ride_outcome(context)
        computed = {(note.kind, note.name) for note in context.journal.notes() if note.n_computed}
    kinds, names = {kind for kind, _ in computed}, {name for kind, name in computed if kind == "rides"}
    assert not kinds & slow
    assert "pattern" not in names
    assert not any(name.startswith("parts") for name in names)
    assert {"change", "choice default", "outcome default"} <= names


def test_the_columns_of_the_baseline_depend_on_no_light_parameter():
    light = Params(ride_fare_elasticity=-0.4, ride_wait_weight=1.8, fare_first_yen=210.0, car_peak_kmh=20.0)
    one = RunContext(city_of(), Analysis(n_draws=1), Params(), Reuse(), {})
    other = RunContext(city_of(), Analysis(n_draws=1), light, Reuse(), {})
    for name, compute in BASE_COLUMNS.items():
        assert np.array_equal(compute(one), compute(other), equal_nan=True), name


def test_tables_tell_what_the_outcome_holds():
    context = scenario(city_of(line(900)))
    outcome = ride_outcome(context)
    modes = ride_modes(context)
    assert modes["trips"].sum() == pytest.approx(outcome.mode_trips.sum())
    of_market = modes.groupby(["purpose", "captive", "older_walker"])["trips"].transform("sum")
    assert (modes["share_baseline"] * of_market).sum() == pytest.approx(modes["trips"].sum())
    bus = modes["mode"] == "bus"
    assert modes["trips"][bus].sum() > (modes["share_baseline"] * of_market)[bus].sum()
    assert ride_revenue(context)["revenue_yen"].sum() == pytest.approx(outcome.revenue_yen)
    assert (ride_gains(context)["hours_a_year"] > 0).all()
    assert len(ride_gains(baseline()[0])) == 0


def test_revenue_on_assumed_lines_is_withheld_until_asked_for():
    city = city_of(line(status="assumed"))
    context = RunContext(city, Analysis(n_draws=1), Params(), Reuse(), {})
    assert ride_revenue(context)["revenue_yen"].isna().all()
    assert set(ride_revenue(context)["note"]) == {"算定不可（実GTFSが必要）"}
    asked = RunContext(city, Analysis(n_draws=1, include_assumed_lines=True), Params(), Reuse(), {})
    assert ride_revenue(asked)["revenue_yen"].sum() > 0
    assert set(ride_revenue(asked)["note"]) == {"参考値"}


def test_elasticities_answer_a_pass_as_they_answer_the_same_fare_for_all():
    everybody = fares(passes=(AgePass(0, None, 0.8),))
    cheaper = fares(scale=0.8)
    by_pass, by_fare = (elastic_rides(context).boardings.sum() for context in (everybody, cheaper))
    assert by_pass / elastic_rides(baseline()[0]).boardings.sum() == pytest.approx(0.8**-0.3)
    assert by_pass == pytest.approx(by_fare, rel=0.005)  # cheaper rides lead a little farther, too
    assert elastic_rides(fares(passes=(AgePass(0, None, 0.0),))).refused_share == pytest.approx(1.0)  # ends at zero


def test_a_pass_is_worth_to_its_users_what_the_same_fare_is_to_all():
    by_pass = user_gain(fares(passes=(AgePass(0, None, 0.8),)))
    by_fare = user_gain(fares(scale=0.8))
    assert by_pass.logsum_min > 0
    assert by_pass.logsum_min == pytest.approx(by_fare.logsum_min, rel=0.05)
    assert by_pass.rule_of_half_min == pytest.approx(by_pass.logsum_min, rel=0.02)


@pytest.mark.parametrize("name", ["ride_pattern_scale", "ride_captive_rides_share", "ride_pupil_rides_share"])
def test_rides_under_another_pattern_are_not_answered_from_memory(name):
    opened = line(
        900,
        more="""
        stop D 250 5050
        route N bus 新線 modelled
        trip N id=n1 service=all dir=0 headway=900@05:00-22:00 D 05:00 B 05:12
        trip N id=n2 service=all dir=1 headway=900@05:00-22:00 B 05:00 D 05:12
        """,
    )

    def rides(params, reuse):
        base = RunContext(city_of(), Analysis(n_draws=1), params, reuse, {})
        columns = {column: compute(base) for column, compute in BASE_COLUMNS.items()}
        now = RunContext(city_of(opened), Analysis(n_draws=1), params, reuse, {}, base=columns)
        return ride_outcome(now).per_person

    memory = Reuse()
    plain, other = Params(), Params(**{name: 0.8 * getattr(Params(), name)})
    before = rides(plain, memory)
    assert rides(other, memory) == rides(other, Reuse()) != before
