"""Days of runs made up for tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from sim.operations.duty_rules import DutyRules
from sim.operations.runs import DayRuns

HOUR, MINUTE = 3_600, 60

RULES = DutyRules(
    span_s=13 * HOUR,
    drive_s=9 * HOUR,
    continuous_s=4 * HOUR,
    break_s=30 * MINUTE,
    pause_s=10 * MINUTE,
    sign_on_s=20 * MINUTE,
    sign_off_s=20 * MINUTE,
    depot_s=10 * MINUTE,
    relief_s=15 * MINUTE,
    layover_s=5 * MINUTE,
)


def day_of(rows, agency=None, block=None):
    """Return runs given as (start minute, end minute, origin, destination)."""
    order = sorted(range(len(rows)), key=lambda n: (rows[n][0], n))
    rows = [rows[n] for n in order]
    numbers = np.arange(len(rows), dtype=np.int32)
    start, end, origin, destination = np.array(rows, np.int32).reshape(-1, 4).T
    names = [str((agency or [""] * len(rows))[n]) for n in order]
    blocks = [str((block or [""] * len(rows))[n]) for n in order]
    return DayRuns(
        numbers,
        numbers.copy(),
        numbers.copy(),
        start * MINUTE,
        end * MINUTE,
        origin.copy(),
        destination.copy(),
        np.array(blocks, dtype=str),
        np.array(names, dtype=str),
    )


def shuttle(start, end, run, pause, origin=0, destination=1):
    """Return one vehicle's runs there and back between two minutes of the day."""
    rows, now, here, there = [], start, origin, destination
    while now + run <= end:
        rows.append((now, now + run, here, there))
        now, here, there = now + run + pause, there, here
    return rows


@st.composite
def days(draw, most=60, terminals=3):
    """Draw a day of short runs between few terminals."""
    n = draw(st.integers(1, most))
    rows = []
    for _ in range(n):
        start = draw(st.integers(5 * 60, 22 * 60))
        run = draw(st.integers(5, 90))
        rows.append((start, start + run, draw(st.integers(0, terminals - 1)), draw(st.integers(0, terminals - 1))))
    return day_of(rows)
