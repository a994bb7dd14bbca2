"""Owns which groups are too small to be shown, so that nobody's vote can be read off, nor worked out by subtraction."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping

Cross = tuple[str, str]


def shown_groups(persons: Mapping[str, int], least: int) -> frozenset[str]:
    """
    Return the groups that may be shown beside their total.

    A group of fewer than `least` persons is hidden. What is hidden together must be nobody or at least as many, or the
    total would give it away: the smallest group shown is hidden too until that holds.

    Parameters
    ----------
    persons
        Group → persons [count]. Groups without anybody are shown: there is nothing to hide.
    least
        Fewest persons of a group that is shown [count].
    """
    shown = {group for group, count in persons.items() if count == 0 or count >= least}
    while 0 < sum(count for group, count in persons.items() if group not in shown) < least:
        candidates = [group for group in shown if persons[group]]
        if not candidates:
            break
        shown.discard(min(candidates, key=lambda group: (persons[group], group)))
    return frozenset(shown)


def shown_pairs(
    persons: Mapping[Cross, int], rows: Collection[str], columns: Collection[str], least: int
) -> frozenset[Cross]:
    """
    Return the cells of a table of two ways that may be shown beside the sums of its `rows` and `columns`.

    Only cells of rows and columns that are shown themselves are candidates; along each of these what is hidden is
    nobody or at least `least` persons.
    """
    shown = {
        pair
        for pair, count in persons.items()
        if pair[0] in rows and pair[1] in columns and (count == 0 or count >= least)
    }
    lines: list[tuple[int, str]] = [*((0, row) for row in rows), *((1, column) for column in columns)]
    again = True
    while again:
        again = False
        for way, name in lines:
            line = {pair: count for pair, count in persons.items() if pair[way] == name}
            hidden = sum(count for pair, count in line.items() if pair not in shown)
            candidates = [pair for pair in line if pair in shown and line[pair]]
            if 0 < hidden < least and candidates:
                shown.discard(min(candidates, key=lambda pair: (line[pair], pair)))
                again = True
    return frozenset(shown)


def told_of(age: str, district: str, shown: tuple[Collection[Hashable], ...]) -> tuple[str, str]:
    """
    Return what may stand beside a single voice: both, the district, the age, or neither.

    Parameters
    ----------
    age, district
        Of its author, empty where not given.
    shown
        Ages, districts and pairs of both that may be shown.
    """
    ages, districts, pairs = shown
    if age and district and (age, district) in pairs:
        return age, district
    if district and district in districts:
        return "", district
    return (age, "") if age and age in ages else ("", "")
