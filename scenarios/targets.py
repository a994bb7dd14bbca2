"""Owns what may be said of a target: a KPI over the years, its intervals, and whether the target is met."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from geodata.errors import Text
from geodata.provenance import Status
from scenarios.premises import Decline

DRAWS, DEFINITION = "draws", "definition"
"""Lines of uncertainty: same assumptions, other draws; other data and definitions."""
SAME = 1e-9
"""How near the target counts as reached, of the target: no more than the machine's own rounding."""
_SHARE_STEP = 0.01
"""One point of a share, the unit its decimals are counted in."""


class Verdict(StrEnum):
    """What is said about a value and its target."""

    MET = "met"
    NOT_MET = "not-met"
    UNDECIDED = "undecided"
    NO_INTERVAL = "no-interval"
    NO_VALUE = "no-value"
    INFEASIBLE = "infeasible"


VERDICT_TEXT: dict[Verdict, Text] = {
    Verdict.MET: Text("達成", "met"),
    Verdict.NOT_MET: Text("未達", "not met"),
    Verdict.UNDECIDED: Text("区別できない", "not distinguishable"),
    Verdict.NO_INTERVAL: Text("幅が未計算", "no interval"),
    Verdict.NO_VALUE: Text("データなし", "no data"),
    Verdict.INFEASIBLE: Text("成立しない", "not feasible"),
}


@dataclass(frozen=True, slots=True)
class Interval:
    """One line of uncertainty around a value: ``draws`` or ``definition``."""

    line: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of one year; `date` and `source` as printed."""

    year: int
    value: float
    date: str = ""
    source: str = ""
    status: Status = Status.OBSERVED


@dataclass(frozen=True, slots=True)
class Forecast:
    """
    What one run says of one KPI in its year, and what follows for the target.

    `broken`: the limits that the run does not keep, in words; then `verdict` is 成立しない whatever the value, and
    `alone` what the value by itself would be. `apparent`: 見かけの変化 within the value. `without`: what the value
    without it would be, where that is another verdict; then the value alone is 区別できない. `decline`: how much of
    なりゆき it carries; `own_people`: whether the scenario itself states how many residents there are.
    """

    run_id: str
    title: Text
    year: int
    value: float | None
    status: Status = Status.NO_DATA
    intervals: tuple[Interval, ...] = ()
    verdict: Verdict = Verdict.NO_VALUE
    cautions: tuple[Text, ...] = ()
    note: str = ""
    alone: Verdict = Verdict.NO_VALUE
    broken: tuple[Text, ...] = ()
    apparent: float = 0.0
    without: Verdict | None = None
    decline: Decline | None = None
    own_people: bool = False

    @property
    def by_apparent(self) -> bool:
        """Whether 見かけの変化 decides: without it the verdict of the value would be another."""
        return self.without is not None

    @property
    def low(self) -> float | None:
        """Lowest end of all lines; None without any."""
        return min((i.low for i in self.intervals), default=None)

    @property
    def high(self) -> float | None:
        """Highest end of all lines; None without any."""
        return max((i.high for i in self.intervals), default=None)


@dataclass(frozen=True, slots=True)
class Path:
    """
    One KPI over the years.

    `up`: more is better. `judged` False = 参照・入力のみ: no model claims it. `absolute`: the absolute number of a rate
    (its official points follow from rate × residents).
    """

    kpi_id: str
    title: Text
    unit: str
    decimals: int
    judged: bool
    up: bool
    baseline: Point | None = None
    target: Point | None = None
    actuals: tuple[Point, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    absolute: Path | None = None

    def line_at(self, year: int) -> float | None:
        """Return the straight line from baseline to target in a year between them; None elsewhere."""
        if self.baseline is None or self.target is None or not self.baseline.year <= year <= self.target.year:
            return None
        share = (year - self.baseline.year) / max(self.target.year - self.baseline.year, 1)
        return self.baseline.value + share * (self.target.value - self.baseline.value)

    @property
    def step(self) -> float:
        """The last digit that is shown, in the unit of the values."""
        return (_SHARE_STEP if self.unit == "share" else 1.0) * 10.0**-self.decimals

    @property
    def latest(self) -> Point | None:
        """The newest actual."""
        return max(self.actuals, key=lambda point: point.year, default=None)


def reaches(value: float, target: float, *, up: bool) -> bool:
    """Return whether a value is at the target or beyond, unrounded: the one rule of targets and of goal search."""
    return (1.0 if up else -1.0) * (value - target) >= -SAME * max(1.0, abs(target))


def only_by_rounding(value: float, target: float, *, up: bool, step: float) -> bool:
    """Return whether a value is short of its target and yet is shown as reaching it; `step`: the last digit shown."""
    slack = step / 2 if up else -step / 2
    return not reaches(value, target, up=up) and reaches(value + slack, target, up=up)


@dataclass(frozen=True, slots=True)
class Level:
    """A value with every line of uncertainty around it."""

    value: float | None
    intervals: tuple[Interval, ...] = ()


def judge_target(level: Level, target: float, *, up: bool, real: Level | None = None) -> tuple[Verdict, Verdict | None]:
    """
    Say whether a value reaches its target, interval and all.

    Parameters
    ----------
    level
        The value (None = no data) and its lines; all of them must stand on the same side of the target. Without the
        line of draws nothing is said.
    target
        The official figure; compared with unrounded values, see `reaches`.
    up
        Whether more is better.
    real
        The same without 見かけの変化, where it has any.

    Returns
    -------
    verdict, without
        区別できない where only 見かけの変化 decides; `without` is then what `real` says by itself, else None.
    """
    found = _standing(level, target, up=up)
    if real is None or found in {Verdict.NO_VALUE, Verdict.NO_INTERVAL}:
        return found, None
    without = _standing(real, target, up=up)
    return (found, None) if without is found else (Verdict.UNDECIDED, without)


def _standing(level: Level, target: float, *, up: bool) -> Verdict:
    if level.value is None or math.isnan(level.value):
        return Verdict.NO_VALUE
    if all(one.line != DRAWS for one in level.intervals):  # definitions alone do not say how sure a number is
        return Verdict.NO_INTERVAL
    found = {reaches(end, target, up=up) for one in level.intervals for end in (one.low, one.high)}
    return Verdict.UNDECIDED if len(found) > 1 else Verdict.MET if True in found else Verdict.NOT_MET


def judge_actual(path: Path) -> Text:
    """
    Say how the newest actual stands to the target.

    From the target's year on whether it was reached; before that whether it keeps to the straight line towards it.
    """
    latest, target = path.latest, path.target
    if latest is None or target is None:
        return Text("", "")
    if latest.year >= target.year:
        exact = Level(latest.value, (Interval(DRAWS, latest.value, latest.value),))
        said = VERDICT_TEXT[judge_target(exact, target.value, up=path.up)[0]]
        if not only_by_rounding(latest.value, target.value, up=path.up, step=path.step):
            return said
        return Text(f"{said.ja}（表示桁では届く）", f"{said.en} (reached as rounded)")
    line = path.line_at(latest.year)
    if line is None:
        return Text("", "")
    short = (line - latest.value) * (1 if path.up else -1) > path.step / 2
    return Text("目標線に届かない", "behind the line") if short else Text("目標線の上", "on track")
