"""Owns what is said about a fit to official totals: what was met, spread, kept, and what looks wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Problem, Text, warning
from geodata.fitting import Fit, Margins, age_sums, band_groups, band_of
from geodata.readers.tables import listed, note

if TYPE_CHECKING:
    from geodata.population import AgeBand, PopulationCells
    from geodata.units import FloatArray


_LARGE_CHANGE = 2.0


_TOLD_DIFFERENCE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Official:
    """One table brought to the districts of the city: rows of `districts`, empty = the whole city."""

    name: str
    districts: tuple[int, ...]
    totals: FloatArray
    bands: tuple[AgeBand, ...]
    ages: FloatArray | None


def fit_findings(name: str, before: PopulationCells, fit: Fit, margins: Margins) -> list[Problem]:
    """Return what a person must know about one fit."""
    cells = fit.population
    persons = float(cells.total[~fit.kept].sum())
    was = float(before.total[~fit.kept].sum())
    places = f"{len(margins.districts)} 地区" if len(margins.districts) else "市全体"
    where = f"{len(margins.districts)} districts" if len(margins.districts) else "the whole city"
    problems = [
        note(
            "controls.fitted",
            name,
            Text(
                f"{places}・年齢 {len(fit.groups)} 階級の公表値に合わせました（{was:,.0f} 人 → {persons:,.0f} 人）",
                f"fitted to {where} by {len(fit.groups)} age groups ({was:,.0f} → {persons:,.0f} persons)",
            ),
        ),
    ]
    if fit.new_bands:
        problems.append(
            note(
                "controls.new_bands",
                name,
                Text(
                    f"セルに年齢別の人口がないため、表の {len(cells.bands)} 階級を地区内で一律に割り当てました（試算）",
                    f"cells had no ages: the {len(cells.bands)} bands of the table apply evenly in a district",
                ),
            ),
        )
    problems += _coarse(name, fit, margins)
    problems += _spread(name, fit, margins)
    problems += _unlisted(name, fit, margins)
    return problems + _changes(name, before, fit, margins)


def _coarse(name: str, fit: Fit, margins: Margins) -> list[Problem]:
    bands = fit.population.bands
    if not margins.table_bands or len(fit.groups) >= min(len(bands), len(margins.table_bands)):
        return []
    said = "、".join(band_of(*g).label.ja for g in fit.groups)
    said_en = ", ".join(band_of(*g).label.en for g in fit.groups)
    return [
        warning(
            "controls.coarse_ages",
            name,
            Text(
                f"表と都市データの年齢の区切りがずれているため、共通の区切りでだけ合わせました: {said}",
                f"bands of table and city straddle: only common groups were met: {said_en}",
            ),
            Text(
                "区切りのそろう表（5 歳階級など）にするか、population: の bands: を変えてください",
                "use a table of finer bands, or change bands: of the population",
            ),
        ),
    ]


def _spread(name: str, fit: Fit, margins: Margins) -> list[Problem]:
    problems = []
    for found, code, how, how_en in (
        (fit.by_area, "controls.spread_by_area", "セルの面積", "area"),
        (fit.by_persons, "controls.spread_by_persons", "セルの人口", "residents"),
    ):
        if not found:
            continue
        rows = sorted({row for row, _ in found})
        names = [_district(fit.population, margins, row) for row in rows]
        problems.append(
            warning(
                code,
                name,
                Text(
                    f"元のセルに人がいない地区・年齢に人数があり、{how}で配分しました: {listed(names, 5)}",
                    f"nobody of that group lived in the cells before; spread by {how_en}: {listed(names, 5)}",
                ),
                Text(
                    "地区の対応と人口データの年次を確かめてください",
                    "check the districts and the year of the population",
                ),
                len(found),
            ),
        )
    return problems


def _district(cells: PopulationCells, margins: Margins, row: int) -> str:
    return str(cells.district_name[margins.districts[row]]) if len(margins.districts) else "市全体"


def _unlisted(name: str, fit: Fit, margins: Margins) -> list[Problem]:
    cells = fit.population
    if not fit.kept.any():
        return []
    persons = float(cells.total[fit.kept].sum())
    missing = np.setdiff1d(np.arange(len(cells.district_id)), margins.districts)
    names = listed([str(cells.district_name[d]) for d in missing], 5)
    none = int((cells.district[fit.kept] < 0).sum())
    said = "、".join(
        s for s in (f"表にない地区: {names}" if names else "", f"地区のないセル {none}" if none else "") if s
    )
    said_en = ", ".join(
        s
        for s in (
            f"districts not in the table: {names}" if names else "",
            f"{none} cells without district" if none else "",
        )
        if s
    )
    return [
        warning(
            "controls.unlisted",
            name,
            Text(
                f"表に行のない {persons:,.0f} 人は元の値のままです（{said}）",
                f"{persons:,.0f} persons without a row keep their values ({said_en})",
            ),
            Text("市全体の合計は公表値と一致しません", "the sum of the city then differs from the official one"),
            int(fit.kept.sum()),
        ),
    ]


def _changes(name: str, before: PopulationCells, fit: Fit, margins: Margins) -> list[Problem]:
    """Return a warning about districts whose residents changed beyond belief: names or years may be wrong."""
    if not len(margins.districts):
        return []
    n = len(before.district_id)
    inside = before.district >= 0
    was, now = (
        np.bincount(before.district[inside], weights=c.total[inside], minlength=n)[margins.districts]
        for c in (before, fit.population)
    )
    wild = (was > 0) & ((now > _LARGE_CHANGE * was) | (was > _LARGE_CHANGE * now))
    if not wild.any():
        return []
    said = listed(
        [f"{before.district_name[margins.districts[i]]} {was[i]:,.0f}→{now[i]:,.0f}" for i in np.flatnonzero(wild)],
        5,
    )
    return [
        warning(
            "controls.large_change",
            name,
            Text(
                f"公表値がセルの合計の 2 倍を超えるか半分に満たない地区: {said}",
                f"more than doubled or halved: {said}",
            ),
            Text("地区名の対応、表の単位と年次を確かめてください", "check names, unit and year of the table"),
            int(wild.sum()),
        ),
    ]


def compared_with_city(whole: Official, cells: PopulationCells) -> list[Problem]:
    """Return a warning where a table of the whole city differs from the fitted cells: the finer place has won."""
    found, wanted = float(cells.total.sum()), float(whole.totals[0])
    said = []
    if abs(found - wanted) > _TOLD_DIFFERENCE:
        said.append((f"総数 {wanted:,.0f} 人に対し {found:,.0f} 人", f"total {wanted:,.0f}, cells {found:,.0f}"))
    if whole.ages is not None:
        group, groups = band_groups(cells.bands, whole.bands)
        official = age_sums(whole.ages, whole.bands, groups)[0]
        held = np.bincount(group, weights=cells.persons.sum(axis=0), minlength=len(groups))
        worst = int(np.abs(held - official).argmax())
        if len(groups) > 1 and abs(held[worst] - official[worst]) > _TOLD_DIFFERENCE:
            label = band_of(*groups[worst]).label
            said.append(
                (
                    f"{label.ja} {official[worst]:,.0f} 人に対し {held[worst]:,.0f} 人",
                    f"{label.en}: {official[worst]:,.0f}, cells {held[worst]:,.0f}",
                ),
            )
    if not said:
        return []
    return [
        warning(
            "controls.city_differs",
            whole.name,
            Text(
                f"市全体の表と地区の合計が一致しません（{'、'.join(ja for ja, _ in said)}）。地区の値を優先しました",
                f"the table of the whole city differs ({'; '.join(en for _, en in said)}): districts win",
            ),
            Text("基準日と対象（住民基本台帳・推計人口）をそろえてください", "use tables of one date and one kind"),
        ),
    ]
