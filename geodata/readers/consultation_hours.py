"""Owns opening hours written for people (診療時間, 開館時間): text → days and times, or told as not understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geodata.readers.hours_words import DAYS, EVERY_DAY, N_DAYS, NOON_S, Token, TokenKind, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable

Opening = tuple[int, int, int]
"""Bit mask of days (bit 0 Monday … 6 Sunday, 7 holiday), open, close [s after midnight]."""

_HOLIDAY = 1 << DAYS.index("祝")
_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Hours:
    """
    Weekly opening hours of one place.

    `openings`: sorted, without overlaps on a day. `partly`: something was not understood, or is not weekly (第2土曜,
    隔週); what could be read stands. `blank`: nothing was written.
    """

    openings: tuple[Opening, ...] = ()
    partly: bool = False
    blank: bool = False

    @property
    def known(self) -> bool:
        """Whether any hours could be read."""
        return bool(self.openings)

    @property
    def weekly_h(self) -> float:
        """Hours open in a week without a holiday [h]."""
        return sum((end - start) * (days & ~_HOLIDAY).bit_count() for days, start, end in self.openings) / _HOUR_S


@dataclass(slots=True)
class _Week:
    """What is known while a text is read: times by day, times without days, closures to be made at the end."""

    times: list[list[tuple[int, int]]] = field(default_factory=lambda: [[] for _ in DAYS])
    loose: list[tuple[int, int]] = field(default_factory=list)
    last: list[tuple[int, int]] = field(default_factory=list)
    closures: list[tuple[int, int | None]] = field(default_factory=list)
    days: int = 0
    filled: bool = False
    ignoring: bool = False
    partly: bool = False

    def begin(self, days: int) -> None:
        """Say which days the next times are for; days that follow each other without times add up."""
        self.days = days if self.filled else self.days | days
        self.filled = self.ignoring = False

    def add_time(self, start: int, end: int) -> None:
        """Open on the days said, or on days not yet known."""
        if self.ignoring:
            return
        if not self.days:
            self.loose.append((start, end))
            return
        if not self.filled:
            self.last = []
        self.filled = True
        self.last.append((start, end))
        self.put(self.days, [(start, end)])

    def put(self, days: int, times: list[tuple[int, int]]) -> None:
        """Open on some days."""
        for day in range(N_DAYS):
            if days >> day & 1:
                self.times[day] += times

    def only_half(self, days: int, half: int) -> None:
        """Keep one half of the days; days without times of their own get that half of the last times."""
        times = [t for t in self.last or self.loose if (t[0] >= NOON_S) == bool(half)]
        bare = sum(1 << day for day in range(N_DAYS) if days >> day & 1 and not self.times[day])
        if bare and not self.loose:
            self.put(bare, times)
        self.closures.append((days, 1 - half))

    def close(self) -> None:
        """Apply what is closed."""
        for days, half in self.closures:
            for day in range(N_DAYS):
                if days >> day & 1:
                    kept = [] if half is None else [t for t in self.times[day] if (t[0] >= NOON_S) != bool(half)]
                    self.times[day] = kept

    def openings(self) -> tuple[Opening, ...]:
        """Return rows, times that touch or overlap joined, days with the same times together."""
        masks: dict[tuple[int, int], int] = {}
        for day, times in enumerate(self.times):
            for span in joined(times):
                masks[span] = masks.get(span, 0) | 1 << day
        return tuple(sorted((mask, start, end) for (start, end), mask in masks.items()))


def joined(times: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return times of one day in order, those that touch or overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(times):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def read_hours(text: str, days: int = 0, closed: str = "") -> Hours:
    """
    Return the weekly hours that a text tells.

    Parameters
    ----------
    text
        Such as ``月火水金 9:00～12:00 14:00～18:00／土 9:00-12:30 休診 木・日・祝``.
    days
        Mask of the days that times without days are for (a column 診療曜日); 0 = not known.
    closed
        Days off from a column of their own (休診日, 休館日).

    Returns
    -------
    hours
        Without openings where no time, or no day for a time, is told. Times without days but with days off stand for
        all other days.
    """
    if not text.strip():
        return Hours(blank=True)
    found, partly = tokens_of(text)
    week = _Week(partly=partly)
    if closed.strip():
        off, more = tokens_of(closed)
        week.partly |= more or any(t.kind is TokenKind.NTH for t in off)
        week.closures += [(t.days, None) for t in off if t.kind is TokenKind.DAYS]
    _interpret(week, found)
    if week.loose:
        _place_loose(week, days)
    week.close()
    return Hours(week.openings(), week.partly)


def days_in(text: str) -> int:
    """Return the mask of the days that a text names, such as ``月火水木金`` or ``月曜日;火曜日``; 0 = none."""
    found, _ = tokens_of(text)
    return sum_masks(t.days for t in found if t.kind is TokenKind.DAYS)


def hours_by_day(cells: list[str]) -> Hours:
    """Return the hours of a table with one column for each day, Monday to Sunday and holiday; a blank day is closed."""
    if not any(c.strip() for c in cells):
        return Hours(blank=True)
    week = _Week()
    for day, cell in enumerate(cells):
        found, partly = tokens_of(cell)
        week.partly |= partly
        times = [(t.start, t.end) for t in found if t.kind is TokenKind.TIME]
        week.partly |= not times and not _says_closed(cell, found)
        week.put(1 << day, times)
    return Hours(week.openings(), week.partly)


def sum_masks(masks: Iterable[int]) -> int:
    """Return the days of all masks."""
    total = 0
    for mask in masks:
        total |= mask
    return total


def openings_of(spans: Iterable[Opening]) -> tuple[Opening, ...]:
    """Return opening rows joined and sorted, so that no two of a day overlap."""
    week = _Week()
    for days, start, end in spans:
        week.put(days, [(start, end)])
    return week.openings()


def _says_closed(cell: str, found: list[Token]) -> bool:
    return not cell.strip(" -－ー―‐−×") or any(t.kind is TokenKind.CLOSED for t in found)


def _place_loose(week: _Week, days: int) -> None:
    """Give times without days the days told elsewhere, or all days but those off; unknown stays unknown."""
    off = sum_masks(mask for mask, half in week.closures if half is None)
    if days:
        week.put(days, week.loose)
    elif off:
        week.put(EVERY_DAY & ~off, week.loose)
    else:
        week.partly = True


def _interpret(week: _Week, found: list[Token]) -> None:
    n = 0
    while n < len(found):
        n += _step(week, found, n)


def _step(week: _Week, found: list[Token], n: int) -> int:
    """Take in the token at `n` with those that belong to it; return how many."""
    kinds = [t.kind for t in found[n : n + 3]] + [TokenKind.END] * 3
    token = found[n]
    if token.kind is TokenKind.TIME:
        week.add_time(token.start, token.end)
    elif token.kind is TokenKind.DAYS:
        return _days(week, found, n, kinds)
    elif token.kind is TokenKind.NTH:
        week.partly = True
        if kinds[1] is TokenKind.TIME:
            week.ignoring = True
    elif token.kind is TokenKind.HALF and kinds[1] is TokenKind.CLOSED and kinds[2] is TokenKind.DAYS:
        week.closures.append((found[n + 2].days, token.start))
        return 3
    elif token.kind is TokenKind.CLOSED and kinds[1] is TokenKind.DAYS:
        week.closures.append((found[n + 1].days, None))
        return 2
    elif token.kind in {TokenKind.HALF, TokenKind.ONLY}:
        week.partly = True
    return 1


def _days(week: _Week, found: list[Token], n: int, kinds: list[TokenKind]) -> int:
    token = found[n]
    if kinds[1] is TokenKind.CLOSED:
        week.closures.append((token.days, None))
        return 2
    if kinds[1] is TokenKind.HALF and kinds[2] is TokenKind.CLOSED:
        week.closures.append((token.days, found[n + 1].start))
        return 3
    if kinds[1] is TokenKind.HALF and (kinds[2] is TokenKind.ONLY or kinds[2] is TokenKind.END):
        week.only_half(token.days, found[n + 1].start)
        return 3 if kinds[2] is TokenKind.ONLY else 2
    if week.loose and not week.days and kinds[1] is not TokenKind.TIME:  # 9:00-17:00 月～金
        week.put(token.days, week.loose)
        week.last, week.loose = week.loose, []
        return 1
    week.begin(token.days)
    return 1
