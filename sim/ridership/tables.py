"""Owns the tables of rides that a run writes: ways of travelling, fares paid, elasticities and gains of users."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sim.assumed_lines import has_assumed_lines
from sim.ridership.demand import find_choice
from sim.ridership.implied import ride_elasticities, user_gain
from sim.ridership.markets import MARKETS, MODES, trip_rates
from sim.ridership.outcome import ride_outcome
from sim.ridership.purposes import PURPOSES

if TYPE_CHECKING:
    from sim.context import RunContext

WITHHELD = "算定不可（実GTFSが必要）"
INDICATIVE = "参考値"


def ride_modes(context: RunContext) -> pd.DataFrame:
    """Return the table `ride_modes`: one-way trips of a year by purpose, captivity and way of travelling."""
    columns = ["purpose", "captive", "older_walker", "mode", "trips", "share", "share_baseline"]
    outcome, choice = ride_outcome(context), find_choice(context)
    if outcome is None or choice is None:
        return pd.DataFrame(columns=columns)
    trips_of = trip_rates(context, changed=not context.is_baseline) @ outcome.persons.T
    rows = []
    for row, market in enumerate(MARKETS):
        total = float(outcome.mode_trips[row].sum())
        if total <= 0:
            continue
        before = choice.before[row] @ trips_of[row]
        for mode, name in enumerate(MODES):
            trips = float(outcome.mode_trips[row, mode])
            share = float(before[mode] / before.sum()) if before.sum() > 0 else 0.0
            rows.append((market.purpose, market.captive, market.older, name, trips, trips / total, share))
    return pd.DataFrame(rows, columns=columns)


def ride_revenue(context: RunContext) -> pd.DataFrame:
    """
    Return the table `ride_revenue`: fares of buses a year by purpose and age group [yen].

    Withheld where they rest on assumed lines, unless the analysis asks for them (参考値).
    """
    columns = ["purpose", "band", "revenue_yen", "status", "note"]
    outcome = ride_outcome(context)
    if outcome is None:
        return pd.DataFrame(columns=columns)
    assumed = has_assumed_lines(context.city)
    withheld = assumed and not context.analysis.include_assumed_lines
    note = (WITHHELD if withheld else INDICATIVE) if assumed else ""
    status = "no-data" if withheld else "assumed"
    rows = [
        (purpose, band.band_id, None if withheld else float(outcome.revenue[p, b]), status, note)
        for p, purpose in enumerate(PURPOSES)
        for b, band in enumerate(context.city.population.bands)
        if outcome.revenue[p, b] > 0
    ]
    return pd.DataFrame(rows, columns=columns)


def ride_gains(context: RunContext) -> pd.DataFrame:
    """Return the table `ride_gains`: hours a year that today's residents gain on the baseline, told in two ways."""
    columns = ["method", "hours_a_year"]
    gain = None if context.is_baseline else user_gain(context)
    if gain is None:
        return pd.DataFrame(columns=columns)
    rows = [("rule-of-half", gain.rule_of_half_min / 60.0), ("logsum", gain.logsum_min / 60.0)]
    return pd.DataFrame(rows, columns=columns)


__all__ = ["ride_elasticities", "ride_gains", "ride_modes", "ride_revenue"]
