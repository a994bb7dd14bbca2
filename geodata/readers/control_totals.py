"""Owns control totals: official tables by district and age that the cells are fitted to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.district_names import NameMatches, match_names, stem_of
from geodata.errors import CitySimError, DataError, Problem, Severity, Text, error, warning
from geodata.fitting import Margins, band_of, fit_cells
from geodata.readers.age_tables import AgeTable, age_table
from geodata.readers.control_findings import Official, compared_with_city, fit_findings
from geodata.readers.grid_table import Grid, read_grid
from geodata.readers.population_layout import header_rows, read_headings
from geodata.readers.population_table import parse_population
from geodata.readers.records import file_record
from geodata.readers.tables import note
from geodata.reading import FileRecord, ReaderInfo, Reading
from geodata.title_dates import date_in

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geodata.config.fitting import ControlsConfig
    from geodata.population import PopulationCells
    from geodata.units import FloatArray

READER = ReaderInfo(
    "control_totals",
    Text("地区別・年齢別人口の表", "population by district and age"),
    "自治体標準オープンデータセット「地域・年齢別人口」（デジタル庁, 2022–2023）、および市町村の統計表の通例の形",
    verified=False,
)


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
    officials, files, problems, dates = _read_all(configs, find, population)
    cells, more, repairs = _fit_all(officials, population)
    problems += more
    newest = max(dates)
    if len(set(dates)) > 1:
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
) -> tuple[list[Official], list[FileRecord], list[Problem], list[dt.date]]:
    officials: list[Official] = []
    dates: list[dt.date] = []
    files: list[FileRecord] = []
    problems: list[Problem] = []
    for config in configs:
        path = find(config.path)
        try:
            grid, found = read_grid(path)
            problems += found
            table = parse_population(grid, config, {stem_of(str(n)) for n in population.district_name})
            dates.append(_date(grid, config))
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
    return officials, files, problems, dates


def _date(grid: Grid, config: ControlsConfig) -> dt.date:
    """Return the date that a person gave, else that of the title, else the newest in a column of dates."""
    if config.date is not None:
        return config.date
    first, last = header_rows(grid, config)
    found = date_in(cell for row in grid.cells[:first] for cell in row)
    dated = [n for n, h in enumerate(read_headings(grid, first, last, config)) if h.role == "date"]
    if found is None and dated:
        days = (date_in([row[dated[0]]]) for row in grid.cells[last + 1 :])
        found = max((day for day in days if day is not None), default=None)
    if found is None:
        raise DataError(
            error(
                "controls.no_date",
                grid.name,
                Text("表に基準日（令和6年4月1日現在 など）がありません", "the table tells no date"),
                Text("controls: に date: 2024-04-01 のように書いてください", "give date: 2024-04-01 in controls:"),
            )
        )
    return found


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
) -> Official:
    """Return a table by the districts of the city; names the city does not have become errors in `problems`."""
    bands = tuple(band_of(*b) for b in table.bands)
    if not table.names:
        return Official(table.name, (), table.totals, bands, table.ages)
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
        return Official(table.name, (), np.zeros(1), (), None)
    names = [str(n) for n in population.district_name]
    persons = dict(zip(table.names, table.totals.tolist(), strict=True))
    matches = match_names(table.names, names, renamed=config.names, where=table.name, code="controls", persons=persons)
    problems += matches.problems
    problems += _other_kind(matches, population, table.name)
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
    return Official(table.name, tuple(known), totals, bands, ages)


def _other_kind(matches: NameMatches, population: PopulationCells, name: str) -> list[Problem]:
    """Return an error where areas of schools met bare names but people live between them: those are towns."""
    between = ~np.isin(population.district, list(matches.found.values())) & (population.district >= 0)
    persons = float(population.total[between].sum())
    if not matches.crossed or persons <= 0:
        return []
    pair = next(iter(matches.crossed.items()))
    left = sorted(set(population.district[between].tolist()))
    return [
        error(
            "controls.other_kind",
            name,
            Text(
                f"表は学校の区域（{pair[0]} など）で、都市データの地区（{pair[1]} など）は別の区域のようです。"
                f"表にない地区 {len(left)} か所に {persons:,.0f} 人がいます（例: {population.district_name[left[0]]}）",
                f"the table is about areas of schools (such as {pair[0]}), the districts of the city (such as "
                f"{pair[1]}) are others: {persons:,.0f} persons live in {len(left)} districts without a row",
            ),
            Text(
                "districts: に学校区のポリゴン（国土数値情報 A27 など）を書いてください。"
                "同じ区域なら names: に対応を書きます",
                "give the areas of schools (such as 国土数値情報 A27) in districts:; or pairs in names: where they are "
                "one",
            ),
        ),
    ]


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
    officials: Sequence[Official], population: PopulationCells
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
        problems += fit_findings(name, before, fit, margins)
        if fit.new_bands:
            repairs["controls.bands_from_table"] = cells.n_cells
    for whole in wholes:
        problems += compared_with_city(whole, cells)
    return cells, problems, repairs


def _plain_step(plain: Sequence[Official], city: Official | None) -> tuple[str, Margins]:
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
