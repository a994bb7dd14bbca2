"""Owns suppressed figures (秘匿): ages published for a group of areas, shared among them by their published totals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.units import BoolArray, FloatArray

IndexArray = npt.NDArray[np.int64]

_MOST_STEPS = 8
"""Doublings of the way from an area to the one that carries its figures: chains of up to 256 areas."""
_ROUNDING = 0.5  # [persons] published figures are whole


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """
    People by area and age once every suppressed figure is shared out.

    Parameters
    ----------
    total
        area → persons, shape (N,).
    persons
        area, group → persons; rows sum to `total`, shape (N, A).
    shared
        area → whether its ages come from the group it is published with, shape (N,).
    unknown_age
        Persons of unknown age (年齢不詳), spread over the groups like the others.
    n_lost
        Areas without a total anywhere; they count nobody.
    n_at_receiver
        Areas whose total is not published, and whose people stay with the area that carries them.
    n_no_ages
        Areas with people whose ages are known nowhere; they have those of all areas together.
    n_conflicts
        Groups whose ages sum to more than their total.
    """

    total: FloatArray
    persons: FloatArray
    shared: BoolArray
    unknown_age: float
    n_lost: int
    n_at_receiver: int
    n_no_ages: int
    n_conflicts: int


def settle(total: FloatArray, ages: FloatArray, receiver: IndexArray, weight: FloatArray) -> Settled:
    """
    Share the figures that areas are published with together.

    A receiving area (合算先) carries the ages of itself and of all areas given to it; the total of each is mostly
    published all the same. Where it is not, the total of the receiving area is that of the group, and is shared by
    `weight`, or stays with it where there is none.

    Parameters
    ----------
    total
        Persons of all ages as published, NaN = suppressed, shape (N,).
    ages
        Persons by age group as published, NaN = suppressed, shape (N, A); A = 1 and equal to `total` without ages.
    receiver
        area → index of the area its figures are added to, itself if none, shape (N,).
    weight
        What an unpublished total is shared by, NaN = not known, shape (N,).

    Returns
    -------
    settled
        Σ total over each group equals what is published for it; the ages of a group, scaled to its total, are
        shared in proportion to the totals.
    """
    root = _roots(receiver)
    n = len(total)
    whole = _group_totals(total, root, n)
    own = _shared_totals(total, whole, root, weight, n)
    known = ~np.isnan(ages).any(axis=1)
    group_ages = np.zeros((n, ages.shape[1]))
    np.add.at(group_ages, root[known], ages[known])
    sums = group_ages.sum(axis=1)
    no_ages = (sums[root] <= 0) & (own > 0)
    everybody = group_ages.sum(axis=0)
    pattern = everybody / everybody.sum() if everybody.sum() > 0 else np.full(len(everybody), 1 / len(everybody))
    share = np.divide(group_ages, sums[:, None], out=np.tile(pattern, (n, 1)), where=sums[:, None] > 0)
    heads = np.unique(root)
    counted = sums[heads] > 0
    missing = np.clip(whole[heads] - sums[heads], 0, None)[counted]
    grouped = np.bincount(root, minlength=n)[root] > 1
    return Settled(
        total=own,
        persons=own[:, None] * share[root],
        shared=grouped & ~known | (grouped & (root == np.arange(n))),
        unknown_age=float(missing.sum()),
        n_lost=int(np.isnan(whole[root]).sum()),
        n_at_receiver=int((np.isnan(total) & ~np.isnan(whole[root]) & ~(np.nan_to_num(weight) > 0)).sum()),
        n_no_ages=int(no_ages.sum()),
        n_conflicts=int((sums[heads] > np.nan_to_num(whole[heads]) + _ROUNDING).sum()),
    )


def _roots(receiver: IndexArray) -> IndexArray:
    """Return area → the last area its figures are added to; areas that go round in a ring stand alone."""
    root = receiver.copy()
    for _ in range(_MOST_STEPS):
        root = root[root]
    alone = root[root] != root
    root[alone] = np.flatnonzero(alone)
    return root


def _group_totals(total: FloatArray, root: IndexArray, n: int) -> FloatArray:
    """Return the total of each group at its root: the sum of the published ones, NaN if none is."""
    published = ~np.isnan(total)
    sums = np.bincount(root[published], weights=total[published], minlength=n)
    counts = np.bincount(root[published], minlength=n)
    return np.where(counts > 0, sums, np.nan)


def _shared_totals(total: FloatArray, whole: FloatArray, root: IndexArray, weight: FloatArray, n: int) -> FloatArray:
    """Return the total of each area: its own if all of its group are published, else its share of the group's."""
    open_groups = np.zeros(n, dtype=np.bool_)
    open_groups[root[np.isnan(total)]] = True
    mass = np.nan_to_num(weight)
    group_mass = np.bincount(root, weights=mass, minlength=n)
    own = np.nan_to_num(total)
    spread = open_groups[root] & (group_mass[root] > 0)
    own[spread] = np.nan_to_num(whole)[root[spread]] * mass[spread] / group_mass[root[spread]]
    return own
