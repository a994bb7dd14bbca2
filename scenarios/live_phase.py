"""Owns which live changes may be of the phase of headways alone: numbers without draws cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.kpi import KPIS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata.timetable import Timetable
    from scenarios.reactions import Reaction

OF_JOURNEYS = "max_transfers"
"""Parameter of every KPI that asks for journeys, and of no other."""


def told_by_phase(reactions: Iterable[Reaction], timetables: Iterable[Timetable]) -> frozenset[str]:
    """
    Return the KPIs that may have moved only because vehicles meet otherwise.

    A line of a headway has no times of its own: its departures are set within one headway by chance, the same in every
    run. A stop more or a faster ride shifts who catches which by seconds or minutes, which another chance would not.

    Parameters
    ----------
    reactions
        Which KPIs can react, and through what.
    timetables
        Of both sides; where no line of theirs has an unknown phase, nothing may.
    """
    if not any(((one.trips.headway_s > 0) & ~one.trips.exact_times).any() for one in timetables):
        return frozenset()
    return frozenset(
        one.kpi_id
        for one in reactions
        if one.reacts and one.layers == ("timetable",) and OF_JOURNEYS in KPIS[one.kpi_id].parameters
    )
