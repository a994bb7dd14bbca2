"""Owns why a measure of coverage stays: what new stops reach was reached before, or no stop passed the threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Text
from sim.frequency import departures_each_way
from sim.kpi.coverage import coverage_circles, frequent_circles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geodata.units import FloatArray
    from sim.context import RunContext

    Circles = list[tuple[FloatArray, float]]
    Places = set[tuple[float, float, float]]

FREQUENT = "frequent_stop_share"
HALF_A_PERSON = 0.5


def _near(context: RunContext) -> Circles:
    return coverage_circles(context, context.params.coverage_station_m, context.params.coverage_stop_m)


def _beyond(context: RunContext) -> Circles:
    return coverage_circles(context, context.params.gap_station_m, context.params.gap_stop_m)


CIRCLES_OF: Mapping[str, Callable[[RunContext], Circles]] = {
    "transit_coverage_share": _near,
    "transit_gap_population": _beyond,
    FREQUENT: frequent_circles,
}
"""KPI → the circles that it counts the residents of."""


def explain_coverage(kpi_id: str, before: RunContext, after: RunContext) -> Text | None:
    """
    Return why a measure of coverage shows no change though the timetable changed; None of another KPI.

    Parameters
    ----------
    kpi_id
        Of which it is asked.
    before, after
        What it was measured on: the residents are those of `after`.
    """
    circles_of = CIRCLES_OF.get(kpi_id)
    if circles_of is None:
        return None
    old, new = (_places(circles_of(context)) for context in (before, after))
    parts = [
        told
        for mine, others, words in ((new - old, old, _ADDED), (old - new, new, _GONE))
        if mine and (told := _of_places(after, mine, others, words[kpi_id == FREQUENT])) is not None
    ]
    if parts:
        return Text("。".join(part.ja for part in parts), "; ".join(part.en for part in parts))
    if kpi_id == FREQUENT:
        return _of_threshold(before, after)
    return Text(
        "見るのは停留所の有無だけで、停留所は増えも減りもしていない（本数や速さでは動かない）",
        "it looks at whether there is a stop; none came or went (runs and speed do not move it)",
    )


# ---------------------------------------------------------------- places

_ADDED = (
    (
        Text("新しい停留所の圏内", "the reach of the new stops"),
        Text("すでに駅・停留所の圏内でした", "was within reach of a station or stop before"),
    ),
    (
        Text("本数が新しく基準に届いた停留所の圏内", "the reach of the stops that newly have enough departures"),
        Text("すでに本数の多い駅・停留所の圏内でした", "was within reach of frequent transit before"),
    ),
)
_GONE = (
    (
        Text("なくなった停留所の圏内", "the reach of the stops that went"),
        Text("ほかの駅・停留所の圏内のままです", "is still within reach of another station or stop"),
    ),
    (
        Text("本数が基準を下回った停留所の圏内", "the reach of the stops that no longer have enough departures"),
        Text("ほかの本数の多い駅・停留所の圏内のままです", "is still within reach of other frequent transit"),
    ),
)
"""For stops, and for frequent stops: whose reach, and what held or holds it too."""


def _places(circles: Circles) -> Places:
    return {(float(x), float(y), radius) for xy, radius in circles for x, y in xy}


def _of_places(context: RunContext, mine: Places, others: Places, words: tuple[Text, Text]) -> Text | None:
    """Return how many live in circles, all or nearly all of them in others too."""
    persons = context.city.population.total
    own, both = (float(_cover(context, places) @ persons) for places in (mine, mine | others))
    alone = both - float(_cover(context, others) @ persons)
    reach, held = words
    least = context.city.defaults.public_min_persons
    if own < HALF_A_PERSON:
        return Text(f"{reach.ja}に住む人はいません", f"nobody lives within {reach.en}")
    ja, en = (f"{own:,.0f}人", f"{own:,.0f} residents") if own >= least else (f"{least}人未満", f"fewer than {least}")
    nearly = alone >= HALF_A_PERSON
    return Text(
        f"{reach.ja}は、{'ほとんどが' if nearly else ''}{held.ja}（{ja}）",
        f"{'nearly all of ' if nearly else ''}{reach.en} {held.en} ({en})",
    )


def _cover(context: RunContext, places: Places) -> FloatArray:
    ordered = sorted(places)
    radii = sorted({radius for _, _, radius in ordered})
    return context.cover([(np.array([p[:2] for p in ordered if p[2] == radius]), radius) for radius in radii])


# ---------------------------------------------------------------- departures


def _of_threshold(before: RunContext, after: RunContext) -> Text:
    """Return which side of the threshold the stops are on whose departures changed."""
    old, new = (_departures(context) for context in (before, after))
    changed = [(old.get(stop, 0.0), new.get(stop, 0.0)) for stop in old.keys() | new.keys()]
    changed = [pair for pair in changed if pair[0] != pair[1]]
    least = after.params.frequent_departures
    if not changed:
        return Text("1日の本数が変わった停留所はない", "no stop has another number of departures a day")
    most, fewest = max(max(pair) for pair in changed), min(min(pair) for pair in changed)
    if most < least:
        return Text(
            f"本数が変わった停留所は、どれも1日片道{least:g}本に届かない（最も多い所で{most:.0f}本）",
            f"no stop whose departures changed reaches {least:g} a day each way ({most:.0f} at most)",
        )
    if fewest >= least:
        return Text(
            f"本数が変わった停留所は、前も今も1日片道{least:g}本以上（最も少ない所で{fewest:.0f}本）",
            f"the stops whose departures changed had and have {least:g} a day each way or more ({fewest:.0f} at least)",
        )
    return Text(
        f"本数が変わった停留所で、1日片道{least:g}本の境を越えた所はない",
        f"no stop whose departures changed passed the threshold of {least:g} a day each way",
    )


def _departures(context: RunContext) -> dict[str, float]:
    """Return stop → departures a day in its busier direction."""
    timetable = context.city.timetable
    counts = departures_each_way(timetable, context.city.defaults.date)
    return dict(zip(timetable.stops.stop_id.tolist(), counts.tolist(), strict=True))
