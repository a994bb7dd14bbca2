"""Owns who holds a driving licence, by age, after some have returned theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.params import Params


def licence_table(params: Params) -> tuple[tuple[float, float], ...]:
    """Return (first age, share with a licence): the parameters' table, less what older holders have returned."""
    limit, kept = float(params.licence_return_from_age), 1.0 - params.licence_return_share
    before = [(age, share) for age, share in params.licence_shares if age < limit]
    after = [(age, share * kept) for age, share in params.licence_shares if age > limit]
    at_limit = [share for age, share in params.licence_shares if age <= limit][-1]
    return (*before, (limit, at_limit * kept), *after)
