"""Owns saying why no tours exist: which constraint, loosened alone, would make them possible, and by how much."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Problem, Text, error
from sim.mobile_office.tour_days import fits_alone
from sim.mobile_office.tour_model import Effort, crew_day_s, opening_bounds, work_s
from sim.mobile_office.tour_types import NO_ROAD_S, TourAsk
from sim.mobile_office.touring import is_feasible
from sim.mobile_office.words import clock, minutes_up

if TYPE_CHECKING:
    from collections.abc import Iterator

QUARTER_S = 900
MIDNIGHT_S = 24 * 3_600
MORE_VEHICLES = 3
SHOWN_NAMES = 5
FAMILIES = ("lunch", "opening", "shift", "setup", "vehicles", "drive")
"""Constraints that are dropped one at a time, in the order in which they are told."""


def misfits(ask: TourAsk) -> list[Problem]:
    """Return the places that cannot be visited on any day, even alone and without a lunch break."""
    return [problem for place in range(ask.crew.n_places) for problem in _misfit(ask, place)]


def _misfit(ask: TourAsk, place: int) -> Iterator[Problem]:
    name, dwell = ask.crew.names[place], int(ask.dwell_s[place])
    opens, closes = (int(s) for s in ask.opening_s[place])
    start, end = ask.shift_s
    out, back = int(ask.crew.drive_s[-1, place]), int(ask.crew.drive_s[place, -1])
    needed = dwell + 2 * ask.crew.setup_s + out + back
    low, high = opening_bounds(ask, place)
    if max(out, back) >= NO_ROAD_S:
        text = Text(f"{name.ja}へは車庫から車で行けません", f"no road leads from the depot to {name.en}")
        yield error("tour.no_road", name.ja, text)
    elif dwell > closes - opens:
        text = Text(
            f"{name.ja}の開設 {minutes_up(dwell)} 分は開けられる時間帯 {clock(opens)}–{clock(closes)} より長い",
            f"{name.en}: {minutes_up(dwell)} min open is longer than the window {clock(opens)}–{clock(closes)}",
        )
        yield error("tour.longer_than_opening", name.ja, text, _SHORTER)
    elif needed > end - start:
        text = Text(
            f"{name.ja}は 1 日 {minutes_up(needed)} 分必要（走行 {minutes_up(out + back)} 分、準備・撤収 "
            f"{minutes_up(2 * ask.crew.setup_s)} 分、開設 {minutes_up(dwell)} 分）ですが、勤務時間は "
            f"{(end - start) // 60} 分です",
            f"{name.en} takes {minutes_up(needed)} min of a day (driving {minutes_up(out + back)}, set-up and packing "
            f"{minutes_up(2 * ask.crew.setup_s)}, open {minutes_up(dwell)}); the shift has {(end - start) // 60} min",
        )
        yield error("tour.longer_than_shift", name.ja, text, _SHORTER)
    elif -(-low // ask.step_s) > high // ask.step_s:
        text = Text(
            f"{name.ja}は勤務時間 {clock(start)}–{clock(end)} と開けられる時間帯 {clock(opens)}–{clock(closes)} の"
            f"両方には収まりません（早くて {clock(low)}、遅くとも {clock(max(high, 0))} に開ける必要）",
            f"{name.en} fits no day: the shift {clock(start)}–{clock(end)} with the window {clock(opens)}–"
            f"{clock(closes)} would need opening from {clock(low)} and by {clock(max(high, 0))}",
        )
        yield error("tour.never_open", name.ja, text, _SHORTER)


def _without_lunch(ask: TourAsk) -> list[Problem]:
    """Return one problem that names the places whose visit leaves no lunch break on any day, even alone."""
    lunch = ask.crew.lunch
    places = [p for p in range(ask.crew.n_places) if not fits_alone(ask, p)]
    if lunch is None or not places:
        return []
    window, length = f"{clock(lunch.earliest_s)}–{clock(lunch.latest_s)}", minutes_up(lunch.duration_s)
    names = [ask.crew.names[p] for p in places[:SHOWN_NAMES]]
    more = (
        Text("", "") if len(places) <= SHOWN_NAMES else Text(f" ほか計 {len(places)} か所", f" … {len(places)} in all")
    )
    message = Text(
        f"{'、'.join(n.ja for n in names)}{more.ja}を開ける日は、{window} の間に {length} 分の昼休みを取れません",
        f"a day with {', '.join(n.en for n in names)}{more.en} leaves no lunch break of {length} min within {window}",
    )
    return [error("tour.no_lunch_alone", "tour", message, _LUNCH_IN_TURNS)]


def why_infeasible(ask: TourAsk, effort: Effort) -> list[Problem]:
    """Return one problem: which constraints bind, each with what would do, or the hours needed and there are."""
    remedies = [found for family in FAMILIES if (found := _remedy(ask, family, effort)) is not None]
    head, hours = _headline(ask), hours_told(ask)
    if not remedies and (alone := _without_lunch(ask)):
        return alone
    if not remedies:
        none = Text("条件を一つだけ緩めても組めません", "no single constraint, dropped alone, makes them possible")
        message = Text(f"{head.ja}。{none.ja}（{hours.ja}）", f"{head.en}; {none.en} ({hours.en})")
        return [error("tour.infeasible", "tour", message, _LESS)]
    family = remedies[0][0] if len(remedies) == 1 else "several"
    ja, en = "、または".join(t.ja for _, t in remedies), "; or ".join(t.en for _, t in remedies)
    message = Text(f"{head.ja}（{hours.ja}）", f"{head.en} ({hours.en})")
    return [error(f"tour.binds_{family}", "tour", message, Text(f"{ja}組めます", f"possible {en}"))]


def binding_families(ask: TourAsk, effort: Effort | None = None) -> tuple[str, ...]:
    """Return the constraints that, dropped or loosened alone, make tours possible."""
    limits = effort or Effort()
    return tuple(family for family in FAMILIES if _remedy(ask, family, limits) is not None)


def hours_told(ask: TourAsk) -> Text:
    """Return the vehicle hours of weeks 1–4 that are needed at least, and those there are."""
    frequency = ask.visits_per_month.astype(np.int64)
    needed = float(np.dot(frequency, work_s(ask))) / 3600
    days = ask.crew.n_vehicles * len(ask.weekdays) * 4
    available = days * max(0, crew_day_s(ask)) / 3600
    return Text(
        f"月 {int(frequency.sum())} 回の開設・準備・走行に少なくとも {needed:.1f} 時間、使えるのは {days} 日・台で "
        f"{available:.1f} 時間",
        f"{int(frequency.sum())} visits a month need at least {needed:.1f} h with set-up and driving; {days} "
        f"vehicle-days have {available:.1f} h",
    )


def _headline(ask: TourAsk) -> Text:
    vehicles, days = ask.crew.n_vehicles, len(ask.weekdays)
    return Text(
        f"{ask.crew.n_places} か所の巡回が車両 {vehicles} 台・週 {days} 日では組めません",
        f"no tours to {ask.crew.n_places} places with {vehicles} vehicle(s) on {days} day(s) a week",
    )


def _remedy(ask: TourAsk, family: str, effort: Effort) -> tuple[str, Text] | None:
    """Return a family with the words of what would do, if dropping or loosening it alone does."""
    if family == "shift":
        return _shift_remedy(ask, effort)
    if family == "vehicles":
        return _vehicle_remedy(ask, effort)
    without = _dropped(ask)[family]
    if without is None or not is_feasible(without, effort.feasible):
        return None
    return family, _words_without(ask, family)


def _dropped(ask: TourAsk) -> dict[str, TourAsk | None]:
    """Return family → the question without it; None where it asks nothing."""
    crew = ask.crew
    whole = np.tile(np.array(ask.shift_s, np.int32), (crew.n_places, 1))
    return {
        "lunch": None if crew.lunch is None else _with(ask, lunch=None),
        "opening": None if (ask.opening_s == whole).all() else replace(ask, opening_s=whole),
        "setup": _with(ask, setup_s=0) if crew.setup_s else None,
        "drive": _with(ask, drive_s=np.zeros_like(crew.drive_s)) if crew.drive_s.any() else None,
    }


def _words_without(ask: TourAsk, family: str) -> Text:
    setup, lunch = minutes_up(ask.crew.setup_s), ask.crew.lunch
    if family == "lunch" and lunch is not None:
        length, window = minutes_up(lunch.duration_s), f"{clock(lunch.earliest_s)}–{clock(lunch.latest_s)}"
        return Text(
            f"昼休み（{window} の間の {length} 分）を外せば",
            f"without the lunch break ({length} min within {window})",
        )
    return {
        "opening": Text("開けられる時間帯を勤務時間いっぱいに広げれば", "with opening hours as long as the shift"),
        "setup": Text(f"準備・撤収（各 {setup} 分）がなければ", f"without set-up and packing ({setup} min each)"),
        "drive": Text("走行時間がなければ（場所か車庫が近ければ）", "without driving (places or depot nearer)"),
    }[family]


def _shift_remedy(ask: TourAsk, effort: Effort) -> tuple[str, Text] | None:
    """Return by how many quarters of an hour the shift must end later, if that does."""
    start, end = ask.shift_s
    low, high = 0, (MIDNIGHT_S - end) // QUARTER_S
    if high <= 0 or not is_feasible(_with(ask, shift_s=(start, end + high * QUARTER_S)), effort.feasible):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        later = _with(ask, shift_s=(start, end + middle * QUARTER_S))
        low, high = (low, middle) if is_feasible(later, effort.feasible) else (middle, high)
    until = clock(end + high * QUARTER_S)
    return "shift", Text(
        f"勤務の終わりを {clock(end)} から {until} に延ばせば", f"with a shift until {until} instead of {clock(end)}"
    )


def _vehicle_remedy(ask: TourAsk, effort: Effort) -> tuple[str, Text] | None:
    """Return how many more vehicles do, if a few do."""
    for more in range(1, MORE_VEHICLES + 1):
        total = ask.crew.n_vehicles + more
        if is_feasible(_with(ask, n_vehicles=total), effort.feasible):
            return "vehicles", Text(
                f"車両をあと {more} 台（計 {total} 台）にすれば", f"with {more} more vehicle(s), {total} in all"
            )
    return None


def _with(ask: TourAsk, **crew: object) -> TourAsk:
    return replace(ask, crew=replace(ask.crew, **crew))  # type: ignore[arg-type]


_SHORTER = Text(
    "開設時間（dwell_min）を短くするか、勤務・開設の時間帯を広げてください",
    "shorten the visit (dwell_min), or widen the shift or the opening hours",
)
_LUNCH_IN_TURNS = Text(
    "開設（dwell_min）を短くするか、職員が交代で休むなら昼休みを外してください（lunch: {minutes: 0}）",
    "shorten the visit (dwell_min), or, where the staff rest in turns, ask no break (lunch: {minutes: 0})",
)
_LESS = Text(
    "場所・回数・開設時間を減らすか、車両・曜日を増やしてください",
    "ask fewer places, visits or hours, or give more vehicles or weekdays",
)
