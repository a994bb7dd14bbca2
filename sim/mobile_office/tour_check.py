"""
Owns judging tours and calendars by walking through every week and day; it knows nothing of how they were found.

Weeks of the month 1–5 are gone through one by one: who is where, in which order, and whether the way between, setting
up, packing, the shift and the lunch break fit.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from geodata.errors import Problem, Text, error
from sim.mobile_office.tour_types import WEEKS, Crew, TourAsk, Tours, weeks_visited
from sim.mobile_office.words import DAYS, clock, minutes_up, when

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geodata.mobile_office import LunchBreak, OfficeVisit

MONTH_WEEKS = (*WEEKS, 5)


_PATTERNS: dict[int, tuple[tuple[int, ...], ...]] = {4: ((),), 2: ((1, 3), (2, 4)), 1: ((1,), (2,), (3,), (4,))}


class Stay(NamedTuple):
    """One recurring visit to one place."""

    place: int
    visit: OfficeVisit


@dataclass(frozen=True, slots=True)
class Clash:
    """What cannot be: stable code, the stays concerned (by number, the later one last), words and remedy."""

    code: str
    stays: tuple[int, ...]
    message: Text
    hint: Text


class Gap(NamedTuple):
    """Time between two things of a day [s]: from packed (or the shift's start) to setting up (or its end)."""

    start_s: int
    end_s: int
    drive_s: int


def check_tours(ask: TourAsk, tours: Tours) -> tuple[Problem, ...]:
    """Return everything in which tours do not do what was asked; none = they do."""
    problems = [p for place, visit in enumerate(tours.visits) for p in _not_as_asked(ask, place, visit)]
    if len(tours.visits) != ask.crew.n_places:
        problems.append(error("tour.places", "tours", Text("場所の数が違います", "not one visit for each place")))
    stays = [Stay(place, visit) for place, visit in enumerate(tours.visits)]
    found = check_days(ask.crew, stays)
    problems += [error(f"tour.{c.code}", _named(ask.crew, stays, c.stays), c.message, c.hint) for c in found]
    return tuple(problems)


def check_days(crew: Crew, stays: Sequence[Stay]) -> tuple[Clash, ...]:
    """Return what cannot be on any day of any vehicle, each finding once (not for every week)."""
    clashes: dict[tuple[str, tuple[int, ...]], Clash] = {}
    for number, stay in enumerate(stays):
        if not 0 <= stay.visit.vehicle < crew.n_vehicles:
            text = Text("担当する車両がありません", "no vehicle is assigned")
            clashes["vehicle", (number,)] = Clash("vehicle", (number,), text, Text("", ""))
    for day in _days(stays):
        for clash in _check_day(crew, stays, day):
            clashes.setdefault((clash.code, clash.stays), clash)
    return tuple(clashes.values())


def needed_between_s(crew: Crew, first: int, second: int) -> int:
    """Return the time from closing at one place to opening at another [s]: pack, drive, set up; none if it stays."""
    return 0 if first == second else 2 * crew.setup_s + int(crew.drive_s[first, second])


def gaps_of_day(crew: Crew, stays: Sequence[Stay]) -> list[Gap]:
    """Return the gaps of one vehicle's day in order, stays by opening; before the first and after the last included."""
    depot = crew.n_places
    shift_start, shift_end = crew.shift_s or (0, 24 * 3600)
    gaps = []
    before, place_before, packed = shift_start, depot, 0
    for stay in stays:
        moved = stay.place != place_before
        opening = stay.visit.start_s - (crew.setup_s if moved else 0)
        gaps.append(Gap(before + packed * moved, opening, int(crew.drive_s[place_before, stay.place])))
        before, place_before, packed = stay.visit.end_s, stay.place, crew.setup_s
    gaps.append(Gap(before + packed, shift_end, int(crew.drive_s[place_before, depot])))
    return gaps


def fit_lunch(lunch: LunchBreak, gaps: Sequence[Gap]) -> int | None:
    """Return the first gap that holds a lunch break beside its drive; None = none does."""
    for number, gap in enumerate(gaps):
        start = max(gap.start_s, lunch.earliest_s)
        end = start + lunch.duration_s
        if end <= min(gap.end_s, lunch.latest_s) and gap.end_s - gap.start_s >= lunch.duration_s + gap.drive_s:
            return number
    return None


def _days(stays: Sequence[Stay]) -> Iterator[list[int]]:
    """Yield the numbers of the stays of each week, weekday and vehicle, by opening."""
    days: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for number, stay in enumerate(stays):
        for week in MONTH_WEEKS:
            if week in weeks_visited(stay.visit):
                days[week, stay.visit.weekday, stay.visit.vehicle].append(number)
    for day in days.values():
        yield sorted(day, key=lambda n: (stays[n].visit.start_s, stays[n].visit.end_s, n))


def _check_day(crew: Crew, stays: Sequence[Stay], day: Sequence[int]) -> Iterator[Clash]:
    for first, second in pairwise(day):
        clash = too_close(crew, stays, first, second)
        if clash is not None:
            yield clash
            return  # the rest of the day follows from it
    ordered = [stays[n] for n in day]
    gaps = gaps_of_day(crew, ordered)
    if crew.shift_s is not None:
        yield from _outside_shift(crew, stays, day, gaps)
    lunch = crew.lunch
    if lunch is not None and fit_lunch(lunch, gaps) is None:
        yield Clash("no_lunch", tuple(day), _no_lunch(lunch, crew, ordered), _NO_LUNCH_HINT)


def too_close(crew: Crew, stays: Sequence[Stay], first: int, second: int) -> Clash | None:
    """Return why one vehicle cannot make two visits of one day, the first one opening earlier; None = it can."""
    a, b = stays[first], stays[second]
    needed = needed_between_s(crew, a.place, b.place)
    available = b.visit.start_s - a.visit.end_s
    if available >= needed:
        return None
    names = crew.names[a.place], crew.names[b.place]
    if available < 0:
        text = Text(
            f"{names[0].ja}（{when(a.visit).ja}）と{names[1].ja}（{when(b.visit).ja}）の時間が重なり、"
            "1 台では両方に居られません",
            f"{names[0].en} ({when(a.visit).en}) and {names[1].en} ({when(b.visit).en}) overlap: "
            "one vehicle cannot be at both",
        )
        return Clash("overlap", (first, second), text, _OVERLAP_HINT)
    drive = minutes_up(int(crew.drive_s[a.place, b.place]))
    setup = minutes_up(crew.setup_s)
    text = Text(
        f"{DAYS[b.visit.weekday].ja}曜の{names[0].ja}（{clock(a.visit.end_s)} まで）から"
        f"{names[1].ja}（{clock(b.visit.start_s)} から）までは {minutes_up(needed)} 分必要ですが"
        f"（撤収 {setup} 分 + 走行 {drive} 分 + 準備 {setup} 分）、{available // 60} 分しかありません",
        f"from {names[0].en} (until {clock(a.visit.end_s)}) to {names[1].en} (from {clock(b.visit.start_s)}) on "
        f"{DAYS[b.visit.weekday].en} takes {minutes_up(needed)} min (packing {setup} + driving {drive} + set-up "
        f"{setup}), but only {available // 60} min are left",
    )
    return Clash("too_close", (first, second), text, _OVERLAP_HINT)


def _outside_shift(crew: Crew, stays: Sequence[Stay], day: Sequence[int], gaps: Sequence[Gap]) -> Iterator[Clash]:
    start, end = crew.shift_s or (0, 0)
    for number, gap, ja, en in ((day[0], gaps[0], "出発", "leave"), (day[-1], gaps[-1], "帰着", "be back")):
        short = gap.drive_s - (gap.end_s - gap.start_s)
        if short <= 0:
            continue
        stay = stays[number]
        name = crew.names[stay.place]
        text = Text(
            f"{name.ja}（{when(stay.visit).ja}）は勤務時間 {clock(start)}–{clock(end)} に収まりません"
            f"（車庫の{ja}まで数えて {minutes_up(short)} 分はみ出す）",
            f"{name.en} ({when(stay.visit).en}) does not fit the shift {clock(start)}–{clock(end)}: "
            f"to {en} at the depot takes {minutes_up(short)} min too many",
        )
        yield Clash("outside_shift", (number,), text, _SHIFT_HINT)


def _no_lunch(lunch: LunchBreak, crew: Crew, day: Iterable[Stay]) -> Text:
    ja = "、".join(f"{crew.names[s.place].ja}（{when(s.visit).ja}）" for s in day)
    en = ", ".join(f"{crew.names[s.place].en} ({when(s.visit).en})" for s in day)
    window = f"{clock(lunch.earliest_s)}–{clock(lunch.latest_s)}"
    length = minutes_up(lunch.duration_s)
    return Text(
        f"{window} の間に {length} 分の昼休みを取れない日があります: {ja}",
        f"a day without a lunch break of {length} min within {window}: {en}",
    )


def _not_as_asked(ask: TourAsk, place: int, visit: OfficeVisit) -> Iterator[Problem]:
    """Yield where a visit itself differs from what its place asks."""
    weeks = _PATTERNS[int(ask.visits_per_month[place])]
    opens, closes = (int(s) for s in ask.opening_s[place])
    wrong = {
        "weeks": visit.weeks_of_month not in weeks,
        "dwell": visit.end_s - visit.start_s != int(ask.dwell_s[place]),
        "opening": visit.start_s < opens or visit.end_s > closes,
        "weekday": visit.weekday not in ask.weekdays,
    }
    for code in [code for code, is_wrong in wrong.items() if is_wrong]:
        where = ask.crew.names[place].ja
        yield error(f"tour.{code}", where, Text(f"求めと違う: {visit}", f"not as asked: {visit}"))


def _named(crew: Crew, stays: Sequence[Stay], numbers: Iterable[int]) -> str:
    return "、".join(crew.names[stays[n].place].ja for n in numbers)


_OVERLAP_HINT = Text(
    "曜日か時刻をずらすか、vehicles を増やしてください", "move one of the visits, or give more vehicles"
)
_SHIFT_HINT = Text(
    "開設を短くするか時刻をずらす、または shift を広げてください", "shorten or move the visit, or widen the shift"
)
_NO_LUNCH_HINT = Text(
    "開設を分けるか時刻をずらす、または lunch の時間帯を広げてください",
    "split or move a visit, or widen the window of lunch",
)
