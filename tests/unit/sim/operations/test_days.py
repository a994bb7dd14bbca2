"""The days of a year: every date once, holidays as the calendar says, and services on the days of their bits."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.calendar import day_type
from geodata.synthetic import grid_city
from sim.operations.days import fiscal_year, service_days, year_days

DEFAULTS = grid_city().defaults


@given(st.dates(dt.date(2000, 4, 1), dt.date(2050, 3, 31)))
def test_a_fiscal_year_holds_its_date_and_every_day_once(date):
    days = fiscal_year(date.isoformat())
    assert date.isoformat() in days
    assert len(set(days)) == len(days) in {365, 366}
    assert days[0].endswith("-04-01")
    assert days[-1].endswith("-03-31")


def test_day_types_part_the_year():
    days = year_days(DEFAULTS)
    assert sum(d.n_days for d in days) == 365
    assert days[0].n_days == sum(day_type(d) == "weekday" for d in fiscal_year(DEFAULTS.date))
    assert [d.date for d in days] == [DEFAULTS.date, DEFAULTS.saturday, DEFAULTS.holiday]


def test_the_year_of_a_scenario_changes_no_days():
    assert year_days(DEFAULTS) == year_days(replace(DEFAULTS, window_start_s=0))


@pytest.mark.parametrize(
    ("bits", "days"), [(0b0011111, 246), (0b11111111, 365), (0, 0), (0b10000000, 18), (0b0000001, 43)]
)
def test_services_run_on_the_days_of_their_bits(bits, days):
    assert service_days(bits, DEFAULTS.date) == days
