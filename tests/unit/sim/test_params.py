"""Every parameter is named, sourced and within its range; analysis settings refuse what cannot be meant."""

import math

import pytest
from pydantic import ValidationError

from geodata.errors import DataError
from geodata.provenance import Status
from geodata.synthetic import grid_city
from sim.params import PARAMETERS, Analysis, Params, parameter_status


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
