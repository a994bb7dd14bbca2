"""Owns control totals: official tables by district and age that the cells are fitted to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.district_names import match_names, stem_of
from geodata.errors import CitySimError, DataError, Problem, Severity, Text, error, warning
from geodata.fitting import Fit, Margins, age_sums, band_groups, band_of, fit_cells
from geodata.readers.age_tables import AgeTable, age_table
from geodata.readers.grid_table import read_grid
from geodata.readers.population_table import parse_population
from geodata.readers.records import file_record
from geodata.readers.tables import listed, note
from geodata.reading import FileRecord, ReaderInfo, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geodata.config.fitting import ControlsConfig
    from geodata.population import AgeBand, PopulationCells
    from geodata.units import FloatArray

READER = ReaderInfo(
    "control_totals",
    Text("地区別・年齢別人口の表", "population by district and age"),
    "自治体標準オープンデータセット「地域・年齢別人口」（デジタル庁, 2022–2023）、および市町村の統計表の通例の形",
    verified=False,
)

_LARGE_CHANGE = 2.0
_TOLD_DIFFERENCE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class _Official:
    """One table brought to the districts of the city: rows of `districts`, empty = the whole city."""

    name: str
    districts: tuple[int, ...]
    totals: FloatArray
    bands: tuple[AgeBand, ...]
    ages: FloatArray | None


def apply_controls(
    configs: Sequence[ControlsConfig], find: Callable[[str], Path], population: PopulationCells
) -> Reading[PopulationCells]:
    """
    Return the cells fitted to official totals, met exactly to 0.01 persons.

    Tables by district and age come first, then totals by district together with ages of the whole city. Where numbers
    contradict each other the finer place wins over the whole city, and the total of a row over the sum of its ages;
    every difference is told. Vintages stay; year and base date are those of the newest table.

    Parameters
    ----------
    configs
        The tables, in any order; none = nothing is done.
    find
        Turns a path of the configuration into one on disk.
    population
        The cells with their districts.

    Returns
    -------
    reading
        Fitted cells; ``controls.bands_from_table`` among the repairs where the ages come from the table (試算).

    Raises
    ------
    DataError
        Naming every district the city does not have, every number that cannot be read, and totals no cells can meet.
    """
    if not configs:
        return Reading(population)
    officials, files, problems = _read_all(configs, find, population)
    cells, more, repairs = _fit_all(officials, population)
    problems += more
    newest = max(c.date for c in configs)
    if len({c.date for c in configs}) > 1:
        problems.append(
            warning(
                "controls.dates_differ",
                "controls",
                Text(
                    f"表の基準日がそろっていません。{newest} とします",
                    f"the dates of the tables differ: {newest} is used",
                ),
            ),
        )
    value = replace(cells, year=newest.year, base_date=newest.isoformat())
    counts = {
        "control_districts": len({d for o in officials for d in o.districts}),
        "control_persons": round(float(value.total.sum())),
    }
    return Reading(value, tuple(problems), tuple(files), counts, repairs)


def _read_all(
    configs: Sequence[ControlsConfig], find: Callable[[str], Path], population: PopulationCells
) -> tuple[list[_Official], list[FileRecord], list[Problem]]:
    officials: list[_Official] = []
    files: list[FileRecord] = []
    problems: list[Problem] = []
    for config in configs:
        path = find(config.path)
        try:
            grid, found = read_grid(path)
            problems += found
            table = parse_population(grid, config, {stem_of(str(n)) for n in population.district_name})
            ages = age_table(table)
            problems += table.problems
            problems.append(_guessed(table.name, table.guessed))
            files.append(file_record(path, READER, table.n_rows, table.n_used))
            if not any(p.severity is Severity.ERROR for p in table.problems):
                officials.append(_official(config, ages, population, problems))
        except DataError as exc:
            problems += exc.problems
    errors = [p for p in problems if p.severity is Severity.ERROR]
    if errors:
        raise DataError(errors)
    return officials, files, problems


def _guessed(name: str, parts: Sequence[str]) -> Problem:
    said = "、".join(parts)
    return note(
        "controls.guessed",
        name,
        Text(f"列をこう読みました: {said}", f"columns were read as: {said}"),
        Text(
            "違うときは district:、age:、persons:、bands: に列名を書いてください",
            "name the columns where that is wrong",
        ),
    )


def _official(
    config: ControlsConfig, table: AgeTable, population: PopulationCells, problems: list[Problem]
) -> _Official:
    """Return a table by the districts of the city; names the city does not have become errors in `problems`."""
    bands = tuple(band_of(*b) for b in table.bands)
    if not table.names:
        return _Official(table.name, (), table.totals, bands, table.ages)
    if not len(population.district_id):
        problems.append(
            error(
                "controls.no_districts",
                table.name,
                Text("都市データに地区がないため、地区別の表に合わせられません", "the city has no districts to fit"),
                Text(
                    "districts: に学区・地区のポリゴンを書くか、人口データの district: に地区の列を書いてください",
                    "give polygons in districts:, or the column of the district in population:",
                ),
            ),
        )
        return _Official(table.name, (), np.zeros(1), (), None)
    names = [str(n) for n in population.district_name]
    matches = match_names(table.names, names, renamed=config.names, where=table.name, code="controls")
    problems += matches.problems
    known = sorted(set(matches.found.values()))
    row = {district: n for n, district in enumerate(known)}
    to = np.array([row.get(matches.found.get(n, -1), -1) for n in table.names])
    totals = np.zeros(len(known))
    np.add.at(totals, to[to >= 0], table.totals[to >= 0])
    ages = None
    if table.ages is not None:
        ages = np.zeros((len(known), table.ages.shape[1]))
        np.add.at(ages, to[to >= 0], table.ages[to >= 0])
    problems += _no_cells(known, totals, population, table.name)
    return _Official(table.name, tuple(known), totals, bands, ages)


def _no_cells(known: Sequence[int], totals: FloatArray, population: PopulationCells, name: str) -> list[Problem]:
    held = set(np.unique(population.district).tolist())
    return [
        error(
            "controls.no_cell",
            name,
            Text(
                f"地区 {population.district_name[d]} にはセルが 1 つもありません（表では {total:,.0f} 人）",
                f"no cell lies in district {population.district_name[d]} ({total:,.0f} persons in the table)",
            ),
            Text(
                "地区のポリゴンと人口メッシュの範囲を確かめてください",
                "check the polygons and the cells of the population",
            ),
        )
        for d, total in zip(known, totals, strict=True)
        if total > 0 and d not in held
    ]


def _fit_all(
    officials: Sequence[_Official], population: PopulationCells
) -> tuple[PopulationCells, list[Problem], dict[str, int]]:
    aged = [o for o in officials if o.districts and o.ages is not None]
    plain = [o for o in officials if o.districts and o.ages is None]
    cities = [o for o in officials if not o.districts and o.ages is not None]
    wholes = [o for o in officials if not o.districts]
    problems: list[Problem] = []
    repairs: dict[str, int] = {}
    cells = population
    steps = [(o.name, Margins(np.array(o.districts, np.int32), o.totals, o.bands, o.ages)) for o in aged]
    city = cities[-1] if cities and not aged else None
    if plain:
        steps.append(_plain_step(plain, city))
    elif not aged and wholes:
        chosen = city or wholes[-1]
        steps.append((chosen.name, Margins(np.zeros(0, np.int32), chosen.totals, chosen.bands, chosen.ages)))
    for name, margins in steps:
        before = cells
        try:
            fit = fit_cells(cells, margins)
        except CitySimError as exc:
            raise DataError([replace(p, where=name) for p in exc.problems]) from exc
        cells = fit.population
        problems += _findings(name, before, fit, margins)
        if fit.new_bands:
            repairs["controls.bands_from_table"] = cells.n_cells
    for whole in wholes:
        problems += _compared(whole, cells)
    return cells, problems, repairs


def _plain_step(plain: Sequence[_Official], city: _Official | None) -> tuple[str, Margins]:
    totals: dict[int, float] = {}
    for official in plain:
        totals |= dict(zip(official.districts, official.totals.tolist(), strict=True))
    order = sorted(totals)
    margins = Margins(
        np.array(order, np.int32),
        np.array([totals[d] for d in order]),
        city_bands=city.bands if city else (),
        city_ages=city.ages[0] if city is not None and city.ages is not None else None,
    )
    return plain[0].name, margins


def _findings(name: str, before: PopulationCells, fit: Fit, margins: Margins) -> list[Problem]:
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
    wild = (was > 0) & (now > 0) & ((now > _LARGE_CHANGE * was) | (was > _LARGE_CHANGE * now))
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


def _compared(whole: _Official, cells: PopulationCells) -> list[Problem]:
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
