"""Owns who gains and who loses between two runs: the same people, before and after, by cell, district and age."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Text, UsageError, error
from geodata.provenance import Status
from geodata.units import SECONDS_PER_MIN
from scenarios.anonymous import DISTRICT_LEVEL, by_district
from scenarios.winner_kinds import (
    AGES,
    ANY,
    BETTER,
    DEFAULT_LEAST_MIN,
    DESTINATIONS,
    MIXED,
    MOST_LEAST_MIN,
    SAME,
    UNDIVIDED,
    UNKNOWN,
    WORSE,
    AgePart,
    Destination,
    Whose,
)
from scenarios.winner_notes import district_names, hides_clinics, notes_on, status_of
from sim.params import Params

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from geodata.units import BoolArray, FloatArray, IntArray
    from scenarios.store import StoredRun

ROUNDING_MIN = 1e-4
"""What single precision may take from a difference of minutes."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """
    One age group on cells.

    `persons`: shape (C,). `change_min`, `verdict`, `kept`, `broken`: destination → minutes gained (see
    `gained_minutes`), BETTER … UNKNOWN, whether the time limit is newly kept, no longer kept; shapes (C,). `verdict`
    also holds `any`.
    """

    age: AgePart
    persons: FloatArray
    change_min: Mapping[str, FloatArray]
    verdict: Mapping[str, IntArray]
    kept: Mapping[str, BoolArray]
    broken: Mapping[str, BoolArray]


@dataclass(frozen=True, slots=True, eq=False)
class Winners:
    """
    Who gains and who loses from run `a` to run `b`.

    `people`: whose residents are counted, on both sides. `notes`: what else differs between the runs, and what is told
    by district only. `status`: weakest of the times compared. `places`: cell_id, lon, lat, district_id of each cell;
    `names`: district → name.
    """

    a: str
    b: str
    people: Whose
    least_min: float
    parts: tuple[Part, ...]
    places: pd.DataFrame
    names: Mapping[str, Text] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()
    status: Status = Status.ASSUMED

    @property
    def destinations(self) -> tuple[str, ...]:
        """Destinations compared, `any` first."""
        return tuple(self.parts[0].verdict)

    def name_of(self, district: str) -> Text:
        """Return the name of a district; its id where no table of the run names it."""
        return self.names.get(district, Text(district, district))


def find_winners(
    a: StoredRun,
    b: StoredRun,
    *,
    to: Sequence[str] = tuple(DESTINATIONS),
    least_min: float = DEFAULT_LEAST_MIN,
    people: Whose = "b",
) -> Winners:
    """
    Return who gets somewhere sooner, and who later, in `b` than in `a`.

    Parameters
    ----------
    a, b
        Runs of one city.
    to
        Destinations.
    least_min
        Change from which a person counts as better or worse off [min].
    people
        Run whose residents are counted on both sides, so that nobody gains or loses by moving, ageing or dying.

    Raises
    ------
    UsageError
        For a destination that is not known, a threshold out of 0–180 min, or runs on different cells.
    """
    check_question(to, least_min)
    if list(a.cells["cell_id"]) != list(b.cells["cell_id"]):
        message = Text("2 つの結果のメッシュが違います", "the two runs are on different cells")
        hint = Text("同じ都市データの結果を 2 つ指定してください", "name two runs of the same city")
        raise UsageError(error("winners.cells", f"{a.run_id} / {b.run_id}", message, hint))
    sides = _side(a, hidden=hides_clinics(a, b)), _side(b, hidden=hides_clinics(a, b))
    told = tuple(name for name in to if all(side.tells(DESTINATIONS[name]) for side in sides))
    if not told:
        message = Text("どちらかの結果に、比べる所要時間がありません", "one of the runs has none of these times")
        hint = Text("時刻表と施設を登録して計算し直してください", "register timetable and facilities and run again")
        raise UsageError(error("winners.nothing", f"{a.run_id} / {b.run_id}", message, hint))
    counted = (a if people == "a" else b).cells
    ages = _ages(counted)
    parts = tuple(_part(sides, age, persons, told, least_min) for age, persons in ages)
    places = a.cells[["cell_id", "lon", "lat", "district_id"]].reset_index(drop=True)
    left_out = tuple(name for name in to if name not in told)
    notes = tuple(notes_on(a, b, counted, left_out, [side.older_from for side in sides]))
    status = status_of((a, b), told)
    return Winners(a.run_id, b.run_id, people, least_min, parts, places, district_names(a), notes, status)


def check_question(to: Iterable[str], least_min: float) -> None:
    """Refuse destinations that are not known and a threshold out of bounds."""
    problems = []
    names = tuple(to)
    unknown = [name for name in names if name not in DESTINATIONS]
    known = "、".join(DESTINATIONS), ", ".join(DESTINATIONS)
    if unknown or not names:
        wrong = ", ".join(unknown) or "—"
        message = Text(f"行き先 {wrong} はありません", f"no destination {wrong}")
        problems.append(error("winners.destination", "--to", message, Text(f"使える値: {known[0]}", f"use {known[1]}")))
    if not 0 < least_min <= MOST_LEAST_MIN:
        message = Text(
            f"分の境 {least_min:g} は 0 より大きく {MOST_LEAST_MIN:g} 以下にしてください",
            f"{least_min:g} must be above 0 and at most {MOST_LEAST_MIN:g} min",
        )
        hint = Text(f"例: --least 5（既定は {DEFAULT_LEAST_MIN:g} 分）", "such as --least 5")
        problems.append(error("winners.least", "--least", message, hint))
    if problems:
        raise UsageError(problems)


# ---------------------------------------------------------------- one age group


def _ages(cells: pd.DataFrame) -> list[tuple[AgePart, FloatArray]]:
    """Return the age groups with their residents by cell."""
    total, older, oldest = (
        cells[name].to_numpy(np.float64) for name in ("persons", "persons_65plus", "persons_75plus")
    )
    if np.isnan(older).any() or np.isnan(oldest).any():
        return [(UNDIVIDED[0], np.nan_to_num(total))]
    held = (total - older, older - oldest, oldest)
    return [(age, np.maximum(persons, 0.0)) for age, persons in zip(AGES, held, strict=True)]


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One of the two runs: its cells, the age of its older walker, and its time limits by destination [min]."""

    cells: pd.DataFrame
    older_from: int
    limits: Mapping[str, float]

    def tells(self, place: Destination) -> bool:
        """Return whether it knows any time to a destination."""
        return bool(self.cells[[place.standard, place.older]].notna().to_numpy().any())

    def minutes(self, place: Destination, age: AgePart) -> FloatArray:
        """Return cell → minutes by the walker of an age; a time of day counts backwards, so that less is better."""
        values = self.cells[place.older if age.from_age >= self.older_from else place.standard].to_numpy(np.float64)
        return -values / SECONDS_PER_MIN if place.later else values


def _side(run: StoredRun, *, hidden: bool) -> _Side:
    chosen = run.manifest["parameters_changed"]

    def value(name: str) -> float:
        return float(chosen.get(name, getattr(Params(), name)))

    limits = {name: value(place.limit) if place.limit else float("nan") for name, place in DESTINATIONS.items()}
    cells = _told_by_district(run.cells) if hidden else run.cells
    return _Side(cells, int(value("older_from_age")), limits)


def _told_by_district(cells: pd.DataFrame) -> pd.DataFrame:
    district = cells["district_id"].to_numpy()
    medians = {
        column: by_district(cells[column].to_numpy(np.float64), cells[people].to_numpy(np.float64), district)
        for column, people in DISTRICT_LEVEL.items()
        if column in cells
    }
    return cells.assign(**medians)


def _part(sides: tuple[_Side, _Side], age: AgePart, persons: FloatArray, to: Sequence[str], least_min: float) -> Part:
    change: dict[str, FloatArray] = {}
    verdict: dict[str, IntArray] = {}
    kept: dict[str, BoolArray] = {}
    broken: dict[str, BoolArray] = {}
    for name in to:
        before, after = (side.minutes(DESTINATIONS[name], age) for side in sides)
        limit_before, limit_after = (side.limits[name] for side in sides)
        change[name] = gained_minutes(before, after)
        verdict[name] = verdict_of(before, after, least_min)
        kept[name] = (before > limit_before) & (after <= limit_after)
        broken[name] = (before <= limit_before) & (after > limit_after)
    return Part(age, persons, change, {ANY: any_of(tuple(verdict.values())), **verdict}, kept, broken)


def gained_minutes(before: FloatArray, after: FloatArray) -> FloatArray:
    """
    Return minutes gained, shape (C,).

    > 0 = sooner; inf = newly reached, −inf = no longer; 0 where it is out of reach before and after; NaN = unknown.
    """
    both = np.isinf(before) & np.isinf(after)
    gained: FloatArray = np.where(both, 0.0, before) - np.where(both, 0.0, after)
    return gained


def verdict_of(before: FloatArray, after: FloatArray, least_min: float) -> IntArray:
    """Return cell → BETTER, WORSE, SAME or UNKNOWN; a change of just `least_min` counts."""
    gained, least = gained_minutes(before, after), least_min - ROUNDING_MIN
    found = np.select([np.isnan(gained), gained >= least, gained <= -least], [UNKNOWN, BETTER, WORSE], SAME)
    return found.astype(np.int32)


def any_of(verdicts: Sequence[IntArray]) -> IntArray:
    """Return BETTER where some are and none is worse, WORSE where it is the other way round, MIXED where both are."""
    better, worse = (np.any([v == one for v in verdicts], axis=0) for one in (BETTER, WORSE))
    unknown = np.all([v == UNKNOWN for v in verdicts], axis=0)
    found = np.select([better & worse, better, worse, unknown], [MIXED, BETTER, WORSE, UNKNOWN], SAME)
    return found.astype(np.int32)
