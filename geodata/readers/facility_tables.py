"""Owns facilities from CSV, GeoJSON or counts by cell, and zones from GeoJSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.boundaries import Zone
from geodata.crs import to_plane
from geodata.errors import DataError, Problem, Text, error, warning
from geodata.facilities import Facilities
from geodata.readers.records import file_record
from geodata.readers.rows import checked_numbers, column_of, matching, read_features, read_rows, require_columns
from geodata.readers.tables import ROW, at, listed, numbers_of
from geodata.reading import ReaderInfo, Reading
from geodata.trip_columns import text_array

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from geodata.config.places import BoundaryConfig, FacilityConfig
    from geodata.population import PopulationCells
    from geodata.towns import Towns


READER = ReaderInfo(
    "facilities",
    Text("施設の表（CSV・GeoJSON）", "Table of facilities (CSV, GeoJSON)"),
    "デジタル庁 自治体標準オープンデータセット（公共施設一覧・医療機関一覧 ほか）",
    verified=True,
)


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """
    One facility before it becomes columns.

    `hours`: opening rows (bit mask of days: bit 0 Monday … 6 Sunday, 7 holiday; open; close [s]).
    """

    facility_id: str
    name: str
    kind: str
    lon: float
    lat: float
    position_error_m: float
    capacity: float
    specialty: str
    hazards: str
    source_id: str
    status: str
    hours: tuple[tuple[int, int, int], ...] = ()


class FacilityReading(Reading[list[FacilityRow]]):
    """Facilities as read; unpacks into rows and problems for callers that know no more."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows, then the problems."""
        yield self.value
        yield self.problems


def read_facilities(
    config: FacilityConfig,
    find: Callable[[str], Path],
    population: PopulationCells,
    cells: pd.DataFrame | None,
    towns: Towns | None = None,
) -> FacilityReading:
    """
    Return the facilities of one entry of the configuration.

    Raises
    ------
    DataError
        Naming file and row: missing file, column or position; a kind that cannot be translated.
    """
    if config.cells_column is not None:
        rows, problems = _counted(config, population, cells)
        return FacilityReading(rows, tuple(problems), (), {"facilities": len(rows)})
    del towns
    path = find(str(config.path))
    named = [config.id, config.name, config.kind_column, config.capacity, config.specialty, config.quality_column]
    columns = [*(c for c in named if c is not None), *config.where, *config.hazards]
    frame, problems = read_rows(path, columns, (config.lon, config.lat))
    frame = frame[matching(frame, config.where, path.name)].reset_index(drop=True)
    kinds, more = _kinds(config, frame, path.name)
    stem = path.stem
    names = column_of(frame, config.name)
    ids = column_of(frame, config.id) if config.id else [f"{stem}-{row}" for row in frame[ROW]]
    capacity = numbers_of(frame, config.capacity) if config.capacity else np.full(len(frame), np.nan)
    specialty = column_of(frame, config.specialty)
    quality = column_of(frame, config.quality_column)
    rows = [
        FacilityRow(
            facility_id=ids[n],
            name=names[n] or ids[n],
            kind=kind,
            lon=float(frame["lon"].iloc[n]),
            lat=float(frame["lat"].iloc[n]),
            position_error_m=config.errors_m.get(quality[n], config.position_error_m),
            capacity=float(capacity[n]),
            specialty=specialty[n],
            hazards="|".join(code for column, code in config.hazards.items() if frame[column].iloc[n] == "1"),
            source_id=config.source or stem,
            status=config.status.value,
        )
        for n, kind in enumerate(kinds)
        if kind
    ]
    record = file_record(path, READER, len(frame), len(rows))
    return FacilityReading(rows, tuple(problems + more), (record,), {"facilities": len(rows)})


def facilities_of(rows: Sequence[FacilityRow], epsg: int) -> tuple[Facilities, list[Problem]]:
    """Return facilities as columns; a later row with an id seen before gets ``#2`` and so on, with a warning."""
    ids, problems = _unique_ids([r.facility_id for r in rows])
    lonlat = np.array([(r.lon, r.lat) for r in rows], dtype=np.float64).reshape(-1, 2)
    hours = [(n, *opening) for n, row in enumerate(rows) for opening in row.hours]
    opening = np.array(hours, dtype=np.int32).reshape(-1, 4)
    facilities = Facilities(
        facility_id=text_array(ids),
        name=text_array([r.name for r in rows]),
        kind=text_array([r.kind for r in rows]),
        lonlat=lonlat,
        xy=to_plane(epsg, lonlat),
        position_error_m=np.array([r.position_error_m for r in rows], dtype=np.float64),
        capacity=np.array([r.capacity for r in rows], dtype=np.float64),
        open_to_public=np.ones(len(rows), dtype=np.bool_),
        specialty=text_array([r.specialty for r in rows]),
        hazards=text_array([r.hazards for r in rows]),
        source_id=text_array([r.source_id for r in rows]),
        status=text_array([r.status for r in rows]),
        hours_facility=opening[:, 0].copy(),
        hours_days=opening[:, 1].copy(),
        hours_start_s=opening[:, 2].copy(),
        hours_end_s=opening[:, 3].copy(),
    )
    return facilities, problems


def read_zones(config: BoundaryConfig, path: Path, epsg: int) -> tuple[list[Zone], list[Problem]]:
    """Return the polygons of a GeoJSON file as zones; points and lines raise `DataError`."""
    features, problems = read_features(path)
    named = [c for c in (config.id, config.name) if c is not None]
    require_columns(features.table, named, path.name)
    keep = matching(features.table, config.where, path.name)
    wrong = [n for n, s in enumerate(features.shapes) if keep[n] and s.geom_type not in {"Polygon", "MultiPolygon"}]
    if wrong:
        raise DataError(
            error(
                "geojson.not_polygon",
                f"{path.name} feature {wrong[0] + 1}",
                Text("面（Polygon）ではありません", "this is no polygon"),
                Text("境界は Polygon か MultiPolygon にしてください", "boundaries must be Polygon or MultiPolygon"),
            ),
        )
    ids = column_of(features.table, config.id) if config.id else [f"{path.stem}-{r}" for r in features.table[ROW]]
    names = column_of(features.table, config.name) if config.name else ids
    zones = [
        Zone(
            ids[n],
            config.kind,
            Text(names[n], names[n]),
            shape,
            shapely.transform(shape, lambda points: to_plane(epsg, points)),
        )
        for n, shape in enumerate(features.shapes)
        if keep[n]
    ]
    return zones, problems


def _counted(
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
            kind=str(config.kind or config.kind_column),
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


def _kinds(config: FacilityConfig, frame: pd.DataFrame, name: str) -> tuple[list[str], list[Problem]]:
    """Return row → kind; "" = left out, with a warning, because ``kinds`` does not name it."""
    if config.kind is not None:
        return [config.kind] * len(frame), []
    raw = column_of(frame, config.kind_column)
    if not config.kinds:
        return raw, []
    unknown = [(row, kind) for row, kind in zip(frame[ROW], raw, strict=True) if kind not in config.kinds]
    if len(unknown) == len(raw):
        row, kind = unknown[0]
        raise DataError(error("facilities.unknown_kind", at(name, row), *_unknown_kind(config, kind)))
    problems = []
    if unknown:
        row, kind = unknown[0]
        message, hint = _unknown_kind(config, kind)
        problems = [warning("facilities.unknown_kind", at(name, row), message, hint, len(unknown))]
    return [config.kinds.get(kind, "") for kind in raw], problems


def _unknown_kind(config: FacilityConfig, kind: str) -> tuple[Text, Text]:
    return (
        Text(f"種別 {kind!r} は kinds にありません", f"kinds: does not name {kind!r}"),
        Text(
            f"この行を使うには kinds に加えてください（ある: {listed(config.kinds, 6)}）",
            f"add it to kinds to use such rows (there are: {listed(config.kinds, 6)})",
        ),
    )


def _unique_ids(ids: Sequence[str]) -> tuple[list[str], list[Problem]]:
    seen: dict[str, int] = {}
    found, again = [], []
    for name in ids:
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            again.append(name)
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    if not again:
        return found, []
    return found, [
        warning(
            "facilities.duplicate_id",
            "facilities",
            Text(f"施設の id が重複しています: {listed(again)}", f"facility ids occur again: {listed(again)}"),
            Text("あとの行の id に #2 などを付けました", "later ones got #2 and so on"),
            len(again),
        ),
    ]
