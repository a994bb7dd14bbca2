"""
Owns the drawing of ride requests: who asks, when, from where to where, and who does not come.

Every number is a hash of what it is for, so that two scenarios share the requests of everything they share.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from geodata.units import BoolArray, FloatArray, IntArray, StrArray
from sim.on_demand.types import PURPOSES, Demand, Requests
from sim.on_demand_params import OnDemandParams

SECONDS_PER_HOUR = 3_600
SHORTEST_STAY_S = 1_200
"""Nobody goes out who could not stay so long before the last call. Assumption."""
LAST_CALL_S = 1_800
"""So long before the end of the service nobody asks any more; a quarter of a short one. Assumption."""
OUT_HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 6, 10, 10, 6, 3, 5, 5, 3, 2, 1, 1, 1, 0, 0, 0, 0)
"""
Hour → weight of going out; rides home follow from the stay.

Assumption: clinics and shops by day, most between 9 and 11, a second wave from 13; no counts by hour are published.
"""

_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_STEP = np.uint64(0x9E3779B97F4A7C15)
_Keys = np.ndarray[Any, np.dtype[np.uint64]]


def draw_requests(
    demand: Demand,
    params: OnDemandParams,
    *,
    seed: int,
    service_id: str,
    draw: int,
    day: int,
) -> Requests:
    """
    Draw the requests of one day of operation.

    Outings are a Poisson count by cell and class of age; a share of them ride home after a stay. Numbers go by the time
    of being made.

    Parameters
    ----------
    demand
        Who may ask, and where they go.
    params
        Rates by age, purposes, shares.
    seed, service_id, draw, day
        What the chance is keyed by.

    Returns
    -------
    requests
        May be none.

    Notes
    -----
    Removing a cell removes its requests and changes no other; a higher rate adds requests and keeps the others; a place
    that is added takes requests from others of its purpose, and moves none between them; the fleet changes nothing.
    """
    chance = _Chance(seed, service_id, draw, day, demand.cell_id)
    outings = _draw_outings(demand, params, chance)
    return _join(demand, params, chance, outings)


def mean_requests(demand: Demand, params: OnDemandParams) -> float:
    """Return the expected requests of a day, rides home included."""
    return float(_outing_means(demand, params).sum()) * _rides_per_outing(demand, params)


@dataclass(frozen=True, slots=True, eq=False)
class _Outings:
    """Who goes out: home, class of age and number among those of its cell and class, shapes (N,)."""

    home: IntArray
    age_class: IntArray
    number: IntArray


class _Chance:
    """Numbers in (0, 1) by what they are for, cell, class of age and number."""

    def __init__(self, seed: int, service_id: str, draw: int, day: int, cell_ids: StrArray) -> None:
        self._key = (seed, "on-demand", service_id, draw, day)
        self._cells = np.array([_hashed_name(name) for name in cell_ids.tolist()], np.uint64)

    def numbers(self, what: str, outings: _Outings, of: _Keys | None = None) -> FloatArray:
        """Return one number per outing, shape (N,); with keys `of` things chosen from, shape (N, len(of))."""
        keys = _mixed(self._cells[outings.home] ^ np.uint64(_hashed(*self._key, what)))
        keys = _mixed(keys + _STEP * (outings.age_class.astype(np.uint64) + np.uint64(1)))
        keys = _mixed(keys + _STEP * (outings.number.astype(np.uint64) + np.uint64(1)))
        if of is not None:
            keys = _mixed(keys[:, None] ^ of[None, :])
        unit: FloatArray = ((keys >> np.uint64(11)).astype(np.float64) + 0.5) / (1 << 53)
        return unit


def _hashed(*key: object) -> int:
    text = "\x1f".join(str(part) for part in key)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


@lru_cache(maxsize=1 << 17)
def _hashed_name(name: str) -> int:
    """Return the hash of an id, which every day of every draw asks for again."""
    return _hashed(name)


def _mixed(keys: _Keys) -> _Keys:
    """Return keys mixed as in SplitMix64 (Steele, Lea, Flood 2014)."""
    keys = keys + _STEP
    keys = (keys ^ (keys >> np.uint64(30))) * _MIX[0]
    keys = (keys ^ (keys >> np.uint64(27))) * _MIX[1]
    mixed: _Keys = keys ^ (keys >> np.uint64(31))
    return mixed


def poisson_counts(unit: FloatArray, mean: FloatArray) -> IntArray:
    """Return the smallest counts whose Poisson probability of at most that many is `unit` or more."""
    from scipy.special import pdtr, pdtrik  # noqa: PLC0415 -- heavy

    above = np.zeros(unit.shape, np.float64)
    some = (mean > 0) & (pdtr(0, np.maximum(mean, 0)) < unit)  # most counts are 0, and told without a search
    above[some] = np.ceil(np.maximum(pdtrik(unit[some], mean[some]), 0))
    below = np.maximum(above - 1, 0)
    holds = some & (pdtr(below, np.where(some, mean, 1.0)) >= unit)
    return np.where(holds, below, above).astype(np.int32)


def _outing_means(demand: Demand, params: OnDemandParams) -> FloatArray:
    """Return the expected outings of a day by home and class of age."""
    rates = np.array([params.on_demand_rides_under65, params.on_demand_rides_65to74, params.on_demand_rides_75plus])
    goes_somewhere = _purpose_weights(demand, params).sum(axis=2) > 0
    means: FloatArray = np.where(goes_somewhere, demand.persons * rates[None, :], 0.0)
    usual = float(means.sum())
    wanted = usual / (1 + params.on_demand_companion_share)
    if demand.requests_per_day is not None:
        wanted = demand.requests_per_day
    if usual <= 0 or not _asks(demand):
        return np.zeros_like(means)
    if demand.factor is not None:
        means = means * demand.factor
    return means * (wanted / usual / _rides_per_outing(demand, params))


def demand_growth(demand: Demand, params: OnDemandParams) -> float:
    """Return the expected requests ÷ those where every factor is 1; 1 where nobody asks."""
    usual = mean_requests(replace(demand, factor=None), params)
    return mean_requests(demand, params) / usual if usual > 0 else 1.0


def _rides_per_outing(demand: Demand, params: OnDemandParams) -> float:
    """Return the requests of an outing; nobody rides home who did not come."""
    return 1 + (params.on_demand_return_share * (1 - demand.no_show_share) if demand.homeward else 0.0)


def _asks(demand: Demand) -> bool:
    """Return whether the service runs at an hour at which anybody goes out."""
    return bool(_hour_edges(demand)[1][-1] > 0)


def _draw_outings(demand: Demand, params: OnDemandParams, chance: _Chance) -> _Outings:
    means = _outing_means(demand, params)
    home, age_class = (index.ravel().astype(np.int32) for index in np.indices(means.shape))
    groups = _Outings(home, age_class, np.zeros(len(home), np.int32))
    counts = poisson_counts(chance.numbers("count", groups), means.ravel())
    first = np.repeat(np.cumsum(counts) - counts, counts)
    number = np.arange(len(first)) - first
    return _Outings(np.repeat(home, counts), np.repeat(age_class, counts), number.astype(np.int32))


def _purpose_weights(demand: Demand, params: OnDemandParams) -> FloatArray:
    """Return the weight of each purpose by home and class of age; 0 where no place serves it."""
    older = (params.on_demand_clinic_share, params.on_demand_shop_share, params.on_demand_community_share)
    rest = max(0.0, 1 - sum(older))
    shares = np.array([UNDER_65_PURPOSES, (*older, rest / 2, rest / 2), (*older, rest / 2, rest / 2)])
    served = np.zeros((len(demand.home), len(PURPOSES)), bool)
    for k in range(len(PURPOSES)):
        served[:, k] = demand.weight[:, demand.purpose == k].sum(axis=1) > 0
    weights: FloatArray = shares[None, :, :] * served[:, None, :]
    # Whoever finds none of the usual purposes goes where the service goes.
    none = weights.sum(axis=2) <= 0
    return np.where(none[:, :, None], served[:, None, :].astype(np.float64), weights)


UNDER_65_PURPOSES = (0.1, 0.2, 0.1, 0.4, 0.2)
"""Purpose → share of outings below 65. Assumption: no counts are published; few of them ride."""


def _race(unit: FloatArray, weights: FloatArray) -> IntArray:
    """Return the column chosen in each row with chances as the weights; columns compete as exponential clocks."""
    with np.errstate(divide="ignore"):
        clocks = np.where(weights > 0, -np.log(unit) / weights, np.inf)
    chosen: IntArray = np.argmin(clocks, axis=1).astype(np.int32)
    return chosen


def _hour_edges(demand: Demand) -> tuple[FloatArray, FloatArray]:
    """Return times and the weight of going out before each, within the hours in which one does."""
    margin = min(LAST_CALL_S, (demand.end_s - demand.start_s) / 4)
    last = max(demand.start_s + 1.0, demand.end_s - margin - (SHORTEST_STAY_S if demand.homeward else 0))
    hours = np.arange(demand.start_s // SECONDS_PER_HOUR, int(last - 1e-9) // SECONDS_PER_HOUR + 1)
    edges = np.clip(np.append(hours, hours[-1] + 1) * float(SECONDS_PER_HOUR), demand.start_s, last)
    weights = np.diff(edges) * np.array(OUT_HOURS)[hours % len(OUT_HOURS)]
    if not weights.any():
        weights = np.diff(edges)
    return edges, np.concatenate([[0.0], np.cumsum(weights)])


def _join(demand: Demand, params: OnDemandParams, chance: _Chance, outings: _Outings) -> Requests:
    """Make requests of outings: the way there, and for some the way home."""
    weights = _purpose_weights(demand, params)[outings.home, outings.age_class]
    purposes = np.array([_hashed(name) for name in PURPOSES], np.uint64)
    purpose = _race(chance.numbers("purpose", outings, purposes), weights)
    places = np.array([_hashed_name(name) for name in demand.place_id.tolist()], np.uint64)
    pull = np.where(demand.purpose[None, :] == purpose[:, None], demand.weight[outings.home], 0.0)
    place = demand.place[_race(chance.numbers("place", outings, places), pull)] if len(places) else purpose
    edges, before = _hour_edges(demand)
    leaves = np.floor(np.interp(chance.numbers("hour", outings) * before[-1], before, edges))
    no_show = chance.numbers("no-show", outings) < demand.no_show_share
    rides_back = _rides_back(demand, params, chance, outings, no_show)
    back = _home_at(demand, params, chance, outings, leaves)
    home = demand.home[outings.home]
    n = len(outings.home)
    row = np.concatenate([np.arange(n), np.flatnonzero(rides_back)])
    is_back = np.arange(len(row)) >= n
    desired = np.where(is_back, back[row], leaves[row])
    known = _known(demand, chance.numbers("booked", outings)[row], desired)
    order = np.lexsort((is_back, outings.number[row], outings.age_class[row],
                        demand.cell_id[outings.home[row]], desired, known))  # fmt: skip
    place_of = np.empty(len(row), np.int64)
    place_of[order] = np.arange(len(row))
    row, is_back = row[order], is_back[order]
    return Requests(
        desired_s=desired[order].astype(np.int32),
        known_s=known[order].astype(np.int32),
        origin=np.where(is_back, place[row], home[row]).astype(np.int32),
        destination=np.where(is_back, home[row], place[row]).astype(np.int32),
        persons=(1 + (chance.numbers("companion", outings) < params.on_demand_companion_share))[row].astype(np.int32),
        no_show=no_show[row],
        age_class=outings.age_class[row],
        purpose=purpose[row],
        cell=demand.cell[outings.home[row]].astype(np.int32),
        outbound=np.where(is_back, place_of[row], -1).astype(np.int32),
    )


def _rides_back(
    demand: Demand, params: OnDemandParams, chance: _Chance, outings: _Outings, no_show: BoolArray
) -> BoolArray:
    if not demand.homeward:
        return np.zeros(len(no_show), bool)
    rides: BoolArray = (chance.numbers("return", outings) < params.on_demand_return_share) & ~no_show
    return rides


def _home_at(
    demand: Demand, params: OnDemandParams, chance: _Chance, outings: _Outings, leaves: FloatArray
) -> FloatArray:
    """Return when people wish to ride home: after half to one and a half of the mean stay, before the last call."""
    stay = 60 * params.on_demand_stay_min * (0.5 + chance.numbers("stay", outings))
    last = demand.end_s - min(LAST_CALL_S, (demand.end_s - demand.start_s) / 4)
    back: FloatArray = np.floor(np.maximum(leaves, np.minimum(leaves + stay, last)))
    return back


def _known(demand: Demand, unit: FloatArray, desired: FloatArray) -> FloatArray:
    """
    Return when requests are made.

    At the latest moment that the lead allows; where that is before the service opens, at any moment of the hours of the
    day before (a lead of a day or more means "by the day before"). The ride home is booked in the same call as the way
    out, or later.
    """
    if demand.min_lead_s <= 0:
        return desired
    latest = desired - demand.min_lead_s
    eve = demand.start_s - 86_400 + np.floor(unit * (demand.end_s - demand.start_s))
    return np.where(latest >= demand.start_s, latest, eve)
