"""Owns the step from counts of a published table to totals and ages by district: bands that tile all ages, checked."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.district_names import stem_of
from geodata.errors import DataError, Problem, Text, error, warning
from geodata.fitting import band_of
from geodata.readers.age_bands import AgeContradiction, by_difference, finest, refined, unmet
from geodata.readers.population_headings import UNKNOWN_AGE, Ages
from geodata.readers.population_table import Count, PopulationTable, by_sex
from geodata.readers.tables import at, listed, note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata.units import FloatArray

_CLOSE = 0.005
_TOLD = 0.5
_OLD = 84
"""A table whose ages end here or later is complete."""


@dataclass(frozen=True, slots=True, eq=False)
class AgeTable:
    """
    Official persons: `names` (K,) of districts, none = one row for the whole city; `totals` (K,) or (1,).

    `bands` (first, last) tile all ages and `ages` (K, B) sum to `totals`; None = the table has no ages.
    """

    name: str
    names: tuple[str, ...]
    totals: FloatArray
    bands: tuple[Ages, ...]
    ages: FloatArray | None


def age_table(table: PopulationTable) -> AgeTable:
    """
    Return totals and ages by district; what does not add up is added to the problems of the table.

    Of overlapping bands (単年, 5 歳階級, 3 区分) the finest that tile all ages are used. Gaps are filled from the
    total. 年齢不詳 is shared in proportion to the known ages. A total that differs from its ages wins.
    """
    counts = list(by_sex(table.counts, table))
    totals = list(by_sex(table.totals, table))
    counts, more = _without_sums(table, counts)
    totals += more
    city_only = not any(c.district for c in counts)
    held: dict[str, dict[Ages | None, float]] = defaultdict(dict)
    rows: dict[str, int] = {}
    for count in [*counts, *(totals if city_only else [])]:
        held[count.district].setdefault(count.ages, count.persons)
        rows.setdefault(count.district, count.row)
    secret = [c for c in counts if math.isnan(c.persons)]
    names = list(held)
    _open_top(table, held)
    published = {a for by_age in held.values() for a in by_age if a is not None and a != UNKNOWN_AGE}
    bands = finest(published)
    straddling: list[AgeContradiction] = []
    if bands and not secret:
        bands, straddling = refined(held, bands)
    known = bool(held) and not any(math.isnan(by_age.get(None, math.nan)) for by_age in held.values())
    if not bands and known:
        bands, straddling = by_difference(held)
    table.problems += _contradictions(table, rows, [] if secret else straddling)
    if secret and known:
        bands = ()
        _tell_secret(table, secret)
    elif secret:
        raise DataError([*table.problems, _secret_error(table, secret)])
    if not bands and not known:
        table.problems += [_no_bands(table, held)] if held else []
        return AgeTable(table.name, (), np.zeros(1), (), None)
    ages = np.array([[held[n].get(b, 0.0) for b in bands] for n in names]) if bands else None
    wanted = np.array([held[n].get(None, math.nan) for n in names])
    if ages is not None:
        told = {(c.district, c.ages) for c in straddling}
        table.problems += _unmet(table, rows, [c for c in unmet(held, bands) if (c.district, c.ages) not in told])
        ages = _reconciled(table, names, rows, ages, wanted, np.array([held[n].get(UNKNOWN_AGE, 0.0) for n in names]))
        wanted = np.where(np.isnan(wanted), ages.sum(axis=1), wanted)
        ages = _met(ages, wanted)
    if not city_only:
        _check_totals(table, totals, wanted)
    return AgeTable(table.name, () if city_only else tuple(names), wanted, bands, ages)


def _without_sums(table: PopulationTable, counts: list[Count]) -> tuple[list[Count], list[Count]]:
    """
    Return counts without rows that say what others say: the city by its name, and parts below a district.

    A row with a name the city does not know is the whole city where all the others sum to it, or where it is alone and
    named 市, 町 or 村. Unknown rows that follow a district and sum to it are its parts.
    """
    size: dict[str, float] = defaultdict(float)
    for count in counts:
        size[count.district] += count.persons if count.ages is None else 0.0
    names = [n for n in size if n]
    unknown = [n for n in names if stem_of(n) not in table.known]
    whole = [n for n in unknown if _is_whole(n, size, names)]
    whole = whole if len(whole) == 1 and (len(names) == 1 or len(unknown) < len(names)) else []
    parts = _parts(size, names, set(unknown) - set(whole))
    if not whole and not parts:
        return counts, []
    told = [*whole, *parts]
    table.problems.append(
        note(
            "controls.rows_as_sums",
            table.name,
            Text(
                f"ほかの行の合計または内訳とみなし、地区としては数えません: {listed(told)}",
                f"taken for sums or parts of other rows, not for districts: {listed(told)}",
            ),
            count=len(told),
        ),
    )
    rest = [c for c in counts if c.district not in told]
    return rest, [replace(c, district="") for c in counts if c.district in whole]


def _is_whole(name: str, size: dict[str, float], names: list[str]) -> bool:
    if len(names) == 1:
        return name.endswith(("市", "町", "村"))
    return size[name] > 0 and abs(2 * size[name] - math.fsum(size[n] for n in names)) < _TOLD


def _parts(size: dict[str, float], names: list[str], unknown: set[str]) -> list[str]:
    """Return the unknown names if each run of them sums to the known one above it; else none."""
    above, left = "", 0.0
    for name in names:
        if name not in unknown:
            if above and abs(left) > _TOLD and abs(left - size[above]) > _TOLD:
                return []
            above, left = name, size[name]
        elif not above:
            return []
        else:
            left -= size[name]
    complete = not above or abs(left) <= _TOLD or abs(left - size[above]) <= _TOLD
    return [n for n in names if n in unknown] if complete else []


def _open_top(table: PopulationTable, held: dict[str, dict[Ages | None, float]]) -> None:
    """Take the oldest single age or band for open-ended where no band is: 0, 1, … 100 ends with 100 and older."""
    found = {a for by_age in held.values() for a in by_age if a is not None and a != UNKNOWN_AGE}
    if not found or any(last is None for _, last in found):
        return
    top = max(found, key=lambda a: (a[1] or 0, a[0]))
    if (top[1] or 0) < _OLD:
        return
    for by_age in held.values():
        by_age[(top[0], None)] = by_age.pop(top, 0.0)
    table.problems.append(
        note(
            "controls.open_top",
            table.name,
            Text(
                f"最も上の年齢（{top[0]}歳）を {top[0]} 歳以上とみなしました",
                f"the oldest age {top[0]} stands for {top[0]}+",
            ),
        ),
    )


def _contradictions(table: PopulationTable, rows: dict[str, int], found: list[AgeContradiction]) -> list[Problem]:
    if not found:
        return []
    worst = max(found, key=lambda c: abs(c.published - c.followed))
    return [
        warning(
            "controls.ages_contradict",
            at(table.name, rows[worst.district]),
            Text(
                f"年齢別の数値どうしが矛盾しています（例: {worst.district or '市全体'} {_label(worst.ages).ja} "
                f"{worst.published:,.0f} 人、ほかの列からは最大 {worst.followed:,.0f} 人）。"
                "この年齢には合わせていません",
                f"ages contradict each other (such as {worst.district or 'the city'}, {_label(worst.ages).en}: "
                f"{worst.published:,.0f}, but at most {worst.followed:,.0f} by other columns): these are not met",
            ),
            Text("元の表の数値を確かめてください", "check the numbers in the table"),
            len(found),
        ),
    ]


def _label(ages: Ages) -> Text:
    return band_of(*ages).label


def _unmet(table: PopulationTable, rows: dict[str, int], found: list[AgeContradiction]) -> list[Problem]:
    if not found:
        return []
    said = listed(dict.fromkeys(_label(c.ages).ja for c in found), 5)
    said_en = listed(dict.fromkeys(_label(c.ages).en for c in found), 5)
    return [
        warning(
            "controls.ages_unmet",
            at(table.name, rows[found[0].district]),
            Text(
                f"ほかの年齢区分と両立しないため、合わせていない公表値があります: {said}",
                f"published numbers that the other ages leave no place for are not met: {said_en}",
            ),
            Text(
                "区切りのそろう列だけを残すか、元の数値を確かめてください",
                "keep columns of nested ages, or check the numbers",
            ),
            len(found),
        ),
    ]


def _reconciled(
    table: PopulationTable,
    names: list[str],
    rows: dict[str, int],
    ages: FloatArray,
    wanted: FloatArray,
    unknown: FloatArray,
) -> FloatArray:
    """Tell where ages and totals differ, and share those of unknown age among the known."""
    with np.errstate(invalid="ignore"):
        differ = np.flatnonzero(np.abs(ages.sum(axis=1) + unknown - wanted) > _TOLD)
    if len(differ):
        worst = differ[np.abs((ages.sum(axis=1) + unknown - wanted)[differ]).argmax()]
        table.problems.append(
            warning(
                "controls.total_differs",
                at(table.name, rows[names[worst]]),
                Text(
                    f"年齢の合計が総数と一致しない行があります（例: {names[worst] or '市全体'} "
                    f"総数 {wanted[worst]:,.0f} 人、年齢計 {ages[worst].sum() + unknown[worst]:,.0f} 人）。"
                    "総数を使い、年齢は比例で合わせます",
                    f"ages do not sum to the total (such as {names[worst] or 'the city'}: {wanted[worst]:,.0f}, "
                    f"ages {ages[worst].sum() + unknown[worst]:,.0f}): the total wins",
                ),
                count=len(differ),
            ),
        )
    if unknown.sum() > 0:
        table.problems.append(
            warning(
                "controls.unknown_ages",
                table.name,
                Text(
                    f"年齢不詳の {unknown.sum():,.0f} 人を、地区ごとに年齢別人口の比で配分しました",
                    f"{unknown.sum():,.0f} persons of unknown age were shared in proportion to the known ages",
                ),
                count=int((unknown > 0).sum()),
            ),
        )
    return _met(ages, ages.sum(axis=1) + unknown)


def _met(ages: FloatArray, totals: FloatArray) -> FloatArray:
    sums = ages.sum(axis=1)
    factor = np.divide(totals, sums, out=np.ones(len(sums)), where=sums > 0)
    scaled: FloatArray = ages * factor[:, None]
    bare = (sums <= 0) & (totals > 0)
    if bare.any():  # a total without any age: as all the others together
        everyone = ages.sum(axis=0)
        share = everyone / everyone.sum() if everyone.sum() > 0 else np.full(ages.shape[1], 1 / ages.shape[1])
        scaled[bare] = totals[bare, None] * share
    return scaled


def _check_totals(table: PopulationTable, totals: Iterable[Count], wanted: FloatArray) -> None:
    total = next((c for c in totals if c.ages is None), None)
    if total is None or math.isnan(total.persons) or abs(total.persons - wanted.sum()) <= _CLOSE:
        return
    table.problems.append(
        warning(
            "controls.total_row_differs",
            at(table.name, total.row),
            Text(
                f"合計の行（{total.persons:,.0f} 人）が各行の和（{wanted.sum():,.0f} 人）と一致しません"
                f"（差 {total.persons - wanted.sum():+,.0f} 人）。各行の値を使います",
                f"the total row ({total.persons:,.0f}) differs from the sum of rows ({wanted.sum():,.0f}): rows win",
            ),
            Text(
                "秘匿・丸め、または抜けている地区がないか確かめてください",
                "check for suppressed, rounded or missing rows",
            ),
        ),
    )


def _tell_secret(table: PopulationTable, secret: list[Count]) -> None:
    table.problems.append(
        warning(
            "controls.suppressed",
            at(table.name, secret[0].row),
            Text(
                "秘匿（X・*）の数値があるため、年齢別の値は使わず総数にだけ合わせます",
                "numbers are suppressed: ages are not used, only totals",
            ),
            count=len(secret),
        ),
    )


def _secret_error(table: PopulationTable, secret: list[Count]) -> Problem:
    return error(
        "controls.suppressed_total",
        at(table.name, secret[0].row),
        Text("秘匿（X・*）の数値があり、総数もありません", "numbers are suppressed, and there is no total"),
        Text("総数の列を加えるか、その地区の行を消してください", "add a column of totals, or delete the row"),
    )


def _no_bands(table: PopulationTable, held: dict[str, dict[Ages | None, float]]) -> Problem:
    found = sorted({a for by_age in held.values() for a in by_age if a is not None}, key=str)
    said = listed([f"{a}–{'' if b is None else b}" for a, b in found], 12)
    return error(
        "controls.ages_incomplete",
        table.name,
        Text(
            f"年齢の区分が 0 歳から上まで切れ目なく並びません（{said or '年齢なし'}）。総数の列もありません",
            f"the bands do not tile all ages ({said or 'none'}), and there are no totals",
        ),
        Text("総数の列、または欠けている年齢を加えてください", "add totals, or the missing ages"),
    )
