"""Every parameter is named, sourced and within its range; analysis settings refuse what cannot be meant."""

import math

import pytest
from pydantic import BaseModel, ValidationError

from geodata.errors import DataError
from geodata.provenance import Status
from geodata.synthetic import grid_city
from sim.params import PARAMETERS, Analysis, Params, parameter_status
from sim.uncertainty.roles import drawn_spreads


def test_every_parameter_has_unit_source_and_status():
    assert set(PARAMETERS) == set(Params.model_fields)
    for name, meaning in PARAMETERS.items():
        assert meaning.label.ja, name
        assert meaning.source.ja, name
        assert meaning.source.en, name
        assert meaning.status in set(Status) - {Status.NO_DATA}, name


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_low_mid_high_ascend_and_mid_is_what_runs_use(name):
    meaning, value = PARAMETERS[name], getattr(Params(), name)
    if meaning.low is not None and meaning.mid is not None and meaning.high is not None:
        assert meaning.low <= meaning.mid <= meaning.high
    if meaning.mid is not None and value is not None:
        assert value == meaning.mid


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_the_whole_range_is_accepted(name):
    meaning = PARAMETERS[name]
    for value in (meaning.low, meaning.mid, meaning.high):
        if value is not None:
            assert math.isclose(getattr(Params.model_validate({name: value}), name), value)


@pytest.mark.parametrize(
    "wrong", [{"walk_standard_m_min": 0}, {"typo": 1}, {"death_rates": ((50, 0.1), (40, 0.2))}, {"older_from_age": 20}]
)
def test_values_out_of_bounds_and_unknown_names_are_refused(wrong):
    with pytest.raises(ValidationError):
        Params.model_validate(wrong)


@pytest.mark.parametrize("wrong", [("12:00", "10:00"), ("x", "10:00"), ("10:00", "10:00")])
def test_windows_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValidationError):
        Analysis(window=wrong)


def test_a_date_that_is_none_is_refused():
    with pytest.raises((ValidationError, DataError)):
        Analysis(date="someday")


def test_days_and_windows_come_from_the_city_where_nothing_is_set():
    city = grid_city()
    assert Analysis().service_date(city) == city.defaults.date
    assert Analysis(date="holiday").service_date(city) == city.defaults.holiday
    assert Analysis(date="2025-10-20").service_date(city) == "2025-10-20"
    assert Analysis().window_s(city) == (36_000, 43_200)
    assert Analysis(window=("07:30", "09:00")).window_s(city) == (27_000, 32_400)


def test_a_result_is_never_surer_than_its_weakest_parameter():
    assert parameter_status("walk_standard_m_min") is Status.OBSERVED
    assert parameter_status("walk_standard_m_min", "walk_older_m_min") is Status.ASSUMED


def test_no_check_of_one_family_of_parameters_hides_that_of_another():
    """`Params` inherits from all of them: two validators of one name, and only one of them runs."""
    families = [family for family in Params.__mro__ if issubclass(family, BaseModel) and family is not BaseModel]
    own = [n for f in families for n in vars(f) if n in f.__pydantic_decorators__.model_validators]
    assert len(own) > 5
    assert sorted(own) == sorted(set(own))
    with pytest.raises(ValueError, match="ride_work_shares: ages must ascend from 0"):
        Params(ride_work_shares=((5.0, 0.0),))
    with pytest.raises(ValueError, match="ride_clinic_shares: a share lies within 0–1"):
        Params(ride_clinic_shares=((0.0, 3.0),))


def test_purposes_take_at_most_all_trips_of_an_age():
    with pytest.raises(ValueError, match=r"together at most 1 at every age, 1\.10 from age 20"):
        Params(ride_work_shares=((0.0, 0.0), (20.0, 0.68), (65.0, 0.0)))
    with pytest.raises(ValueError, match=r"1\.05 from age 30"):  # between the steps of the other tables
        Params(ride_errand_shares=((0.0, 0.3), (30.0, 0.58), (65.0, 0.7)))
    full = Params(ride_work_shares=((0.0, 0.0), (20.0, 0.58), (65.0, 0.15), (75.0, 0.03)))
    assert full.ride_work_shares[1] == (20.0, 0.58)  # exactly all of them


def test_what_the_choice_of_a_way_weighs_has_a_span_and_is_drawn():
    spreads = {s.name: s for s in drawn_spreads(grid_city(), Params())}
    for name in ("path_walk_weight", "path_wait_weight", "path_slack_weight", "path_change_min"):
        known = PARAMETERS[name]
        assert known.low < known.mid < known.high
        assert spreads[name].reroutes
