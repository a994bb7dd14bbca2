"""Owns the warning, where it is written, that a change is larger than elasticities are applied to."""

from __future__ import annotations

from geodata.errors import Text
from scenarios.modifications.base import ModificationBase, Notes

_ROUNDING = 1e-9


def warn_of_range(mod: ModificationBase, at: str, ratio: float, what: Text, notes: Notes) -> None:
    """
    Warn where something changes by more than elasticities are applied to; nothing within.

    Parameters
    ----------
    mod, at
        The modification, and the key that says so.
    ratio
        After ÷ before.
    what
        What changes so, as ``運賃が 0.4 倍になります``.
    notes
        Take the warning; their parameters hold the limit.
    """
    limit = notes.params.ride_arc_limit_share
    if abs(ratio - 1.0) <= limit + _ROUNDING:
        return
    message = Text(
        f"{what.ja}。弾力性は ±{limit:.0%} までの変化にしか当てはめません",
        f"{what.en}; elasticities are not applied to changes beyond ±{limit:.0%}",
    )
    hint = Text(
        "弾力性による値（設定 elasticity）は、その人々の変化を数えないか、出ません。増分ロジットの値を見てください",
        "by elasticities these riders are left as they are, or there is no value: look at that of the logit",
    )
    notes.warn(mod, at, "elasticity_range", message, hint)
