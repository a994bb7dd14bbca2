"""Owns the rules that a duty keeps: span, driving, breaks, and what signing on and changing places takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DutyRules:
    """
    What a duty may be [s].

    `span_s`: from sign-on to sign-off. `drive_s`: driving in all. `continuous_s`: driving until pauses of at least
    `pause_s` each have come to `break_s`. `sign_on_s`, `sign_off_s`: before and after the wheel turns. `depot_s`: empty
    run between depot and terminal, driven at both ends of a duty. `relief_s`: way to another terminal between pieces.
    `layover_s`: least time between two runs, of a driver as of a vehicle.
    """

    span_s: int
    drive_s: int
    continuous_s: int
    break_s: int
    pause_s: int
    sign_on_s: int
    sign_off_s: int
    depot_s: int
    relief_s: int
    layover_s: int

    @property
    def before_s(self) -> int:
        """Time from sign-on to the first run [s]."""
        return self.sign_on_s + self.depot_s

    @property
    def after_s(self) -> int:
        """Time from the last run to sign-off [s]."""
        return self.sign_off_s + self.depot_s


def most_in_a_day(rules: DutyRules) -> int:
    """Return the driving in service that a duty may hold [s]."""
    return rules.drive_s - 2 * rules.depot_s


def most_span(rules: DutyRules) -> int:
    """Return the time from the first departure to the last arrival that a duty may hold [s]."""
    return rules.span_s - rules.before_s - rules.after_s
