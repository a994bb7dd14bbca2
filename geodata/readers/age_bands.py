"""Owns which disjoint age bands follow from nested and overlapping ones of a published table."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from geodata.readers.population_headings import UNKNOWN_AGE, Ages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

Held = dict[str, dict[Ages | None, float]]
"""district → ages → persons; ages None = everybody."""

_END = 1_000
_TOLD = 0.5


class AgeContradiction(NamedTuple):
    """Persons of an age as published in a district, and as they follow from the other columns."""

    district: str
    ages: Ages
    published: float
    followed: float


def finest(found: AbstractSet[Ages]) -> tuple[Ages, ...]:
    """Return the most bands that tile all ages from 0, ascending; none if no choice does."""
    starts: dict[int, list[int]] = defaultdict(list)
    for ages in found:
        starts[ages[0]].append(_end(ages))

    @cache
    def best(age: int) -> tuple[int, ...] | None:
        if age == _END:
            return (_END,)
        ways = [w for end in sorted(starts.get(age, [])) if (w := best(end)) is not None]
        return (age, *max(ways, key=len)) if ways else None

    return _tiles(best(0) or ())


def refined(held: Held, bands: tuple[Ages, ...]) -> tuple[tuple[Ages, ...], list[AgeContradiction]]:
    """
    Return bands that tile all ages, split where nested ones say more; the new ones are added to `held`.

    0–14, 15–64, 65歳以上 and うち75歳以上 give 65–74 as the difference. A split that would leave less than nobody in a
    district is not made, and told.
    """
    older: dict[int, dict[str, float]] = {_END: dict.fromkeys(held, 0.0)}
    for ages in reversed(bands):
        older[ages[0]] = {n: older[_end(ages)][n] + by_age.get(ages, 0.0) for n, by_age in held.items()}
    return _split(held, older)


def by_difference(held: Held) -> tuple[tuple[Ages, ...], list[AgeContradiction]]:
    """
    Return the finest bands that follow from totals and bands that do not tile all ages, and add them to `held`.

    総数, 65歳以上 and 75歳以上 give 0–64, 65–74 and 75+.
    """
    everybody = {n: by_age[None] - by_age.get(UNKNOWN_AGE, 0.0) for n, by_age in held.items()}
    bands, contradictions = _split(held, {_END: dict.fromkeys(held, 0.0), 0: everybody})
    return (bands if len(bands) > 1 else ()), contradictions


def unmet(held: Mapping[str, Mapping[Ages | None, float]], bands: tuple[Ages, ...]) -> list[AgeContradiction]:
    """Return published persons of ages that the sum of the bands does not give (NaN where no bands add up to them)."""
    found = []
    starts = {b[0] for b in bands} | {_END}
    for name, by_age in held.items():
        for ages, persons in by_age.items():
            if ages is None or ages == UNKNOWN_AGE or ages in bands:
                continue
            inside = [b for b in bands if b[0] >= ages[0] and _end(b) <= _end(ages)]
            nested = ages[0] in starts and _end(ages) in starts
            followed = sum(by_age.get(b, 0.0) for b in inside) if nested else float("nan")
            if not abs(persons - followed) <= _TOLD:
                found.append(AgeContradiction(name, ages, persons, followed))
    return found


def _split(held: Held, older: dict[int, dict[str, float]]) -> tuple[tuple[Ages, ...], list[AgeContradiction]]:
    """Follow columns that all districts have from known ages to new ones; `older`: age → persons as old or older."""
    common = set.intersection(*(set(by_age) for by_age in held.values())) - {None, UNKNOWN_AGE}
    links = sorted((a for a in common if a is not None), key=lambda a: (a[0], _end(a)))
    contradictions: list[AgeContradiction] = []
    refused: set[Ages] = set()
    changed = True
    while changed:
        changed = False
        for ages in links:
            for known, other, sign in ((_end(ages), ages[0], 1), (ages[0], _end(ages), -1)):
                if known not in older or other in older or ages in refused:
                    continue
                new = {n: v + sign * held[n][ages] for n, v in older[known].items()}
                below, above = max(a for a in older if a < other), min(a for a in older if a > other)
                bad = [n for n, v in new.items() if not older[above][n] - _TOLD <= v <= older[below][n] + _TOLD]
                contradictions += [
                    AgeContradiction(n, ages, held[n][ages], _possible(older, n, below, above)) for n in bad
                ]
                refused |= {ages} if bad else set()
                if not bad:
                    older[other] = new
                    changed = True
    bands = _tiles(tuple(sorted(older)))
    for n, by_age in held.items():
        for band in bands:
            by_age.setdefault(band, max(older[band[0]][n] - older[_end(band)][n], 0.0))
    return bands, contradictions


def _possible(older: dict[int, dict[str, float]], name: str, below: int, above: int) -> float:
    return older[below][name] - older[above][name]


def _tiles(edges: tuple[int, ...]) -> tuple[Ages, ...]:
    return tuple((a, None if b == _END else b - 1) for a, b in pairwise(edges))


def _end(ages: Ages) -> int:
    return _END if ages[1] is None else ages[1] + 1
