"""Findings of a build: errors of one layer do not hide those of another; nothing is counted twice."""

from __future__ import annotations

import datetime as dt

import pytest

from geodata.build_findings import Findings
from geodata.errors import DataError, Text, error, warning
from geodata.reading import Reading
from geodata.usual_days import usual_days


def refuse(code):
    def call():
        raise DataError(error(code, "a.csv row 2", Text("だめ", "bad")))

    return call


def test_errors_of_all_layers_are_kept():
    found = Findings()
    assert found.take("population", refuse("a.b")) is None
    assert found.take("timetable", lambda: Reading(7)) == 7
    assert found.read("streets", refuse("c.d")) is None
    assert found.failed
    assert [p.code for p in found.problems] == ["a.b", "c.d"]


def test_repairs_add_up_and_the_same_problem_stands_once():
    found = Findings()
    told = warning("x.y", "b.csv", Text("変", "odd"), count=2)
    for layer in ("facilities", "zones"):
        found.take(layer, lambda: Reading(1, (told,), counts={"rows": 3}, repairs={"fix": 2}))
    found.take("facilities", lambda: Reading(1, counts={"rows": 4}, repairs={"fix": 1}))
    assert found.problems == (told,)
    assert found.repairs == {"fix": 5}
    assert found.of("facilities").counts == {"rows": 4}
    assert not found.failed


def test_an_error_that_is_no_refusal_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        Findings().read("population", lambda: 1 // 0)


@pytest.mark.parametrize("year", range(2015, 2031))
def test_usual_days_are_no_holidays(year):
    weekday, saturday, sunday = usual_days(year)
    assert [d.weekday() for d in (weekday, saturday, sunday)] == [2, 5, 6]
    assert {d.year for d in (weekday, saturday, sunday)} == {year}
    assert all(dt.date(year, 10, 10) <= d < dt.date(year, 11, 7) for d in (weekday, saturday, sunday))
