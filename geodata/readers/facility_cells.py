"""Owns facilities counted in a column of the population cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.facility_rows import FacilityRow
from geodata.readers.rows import checked_numbers, require_columns
from geodata.readers.tables import ROW, at

if TYPE_CHECKING:
    import pandas as pd

    from geodata.config.places import FacilityConfig
    from geodata.population import PopulationCells


def counted_in_cells(
    config: FacilityConfig,
    population: PopulationCells,
    cells: pd.DataFrame | None,
) -> tuple[list[FacilityRow], list[Problem]]:
    """Return as many facilities at the centre of each cell as its column counts; an empty count is none."""
    column = str(config.cells_column)
    if cells is None:
        raise DataError(
            error(
                "config.value",
                f"facilities.cells_column: {column}",
                Text("この人口データにはセルの表がありません", "this population has no table of cells"),
                Text("population.kind が cells_csv か mesh_csv のとき使えます", "use it with cells_csv or mesh_csv"),
            ),
        )
    name = str(cells.attrs.get("file", "population"))
    require_columns(cells, [column], name)
    blank = cells[column] == ""
    problems = [_blank_counts(name, column, cells.loc[blank, ROW].iloc[0], int(blank.sum()))] if blank.any() else []
    filled = cells.assign(**{column: cells[column].where(~blank, "0")})
    counts = checked_numbers(filled, column, name, least=0).astype(int)
    reach = np.sqrt(population.area_m2 / np.pi)
    rows = [
        FacilityRow(
            facility_id=f"{config.kind}-{population.cell_id[c]}-{n + 1}",
            name=f"{config.kind} {population.cell_id[c]}",
            kind=str(config.kind),
            lon=float(population.lonlat[c, 0]),
            lat=float(population.lonlat[c, 1]),
            position_error_m=float(np.ceil(reach[c])),
            capacity=float("nan"),
            specialty="",
            hazards="",
            source_id=config.source or "population",
            status=config.status.value,
        )
        for c, count in enumerate(counts)
        for n in range(count)
    ]
    return rows, problems


def _blank_counts(name: str, column: str, row: int, count: int) -> Problem:
    return warning(
        "facilities.blank_count",
        at(name, row),
        Text(f"{column} が空のセルがあります", f"cells with an empty {column}"),
        Text("0 として扱いました。0 なら 0 と書いてください", "they count as 0; write 0 where there is none"),
        count,
    )
