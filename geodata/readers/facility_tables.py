"""Owns facilities from a table, a vector file or counts by cell, and zones from a vector file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.addresses import lies_in
from geodata.readers.consultation_hours import Hours
from geodata.readers.facility_cells import counted_in_cells
from geodata.readers.facility_headings import KNOWN, NAMES, WORDS, hazard_columns, table_kind
from geodata.readers.facility_hours import hours_of, read_hours_table, tell_known
from geodata.readers.facility_kinds import guess_kind, known_kinds, tell_kinds
from geodata.readers.facility_places import Placed, address_texts, place_rows, positions_of
from geodata.readers.facility_rows import FacilityRow, facilities_of
from geodata.readers.headings import Columns, guess_columns, missing_field, tell_columns
from geodata.readers.records import file_record
from geodata.readers.rows import column_of, matching, read_features, require_columns
from geodata.readers.sheets import FILE, columns_in, place_of, read_sheet
from geodata.readers.tables import ROW, at, listed, note, numbers_of
from geodata.readers.vector import is_vector
from geodata.reading import FileRecord, ReaderInfo, Reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from geodata.config.places import FacilityConfig
    from geodata.population import PopulationCells
    from geodata.towns import Towns


__all__ = ["HOURS_READER", "READER", "FacilityRow", "facilities_of", "read_facilities"]

READER = ReaderInfo(
    "facilities",
    Text("施設の表（CSV・GeoJSON など）", "Table of facilities (CSV, GeoJSON and others)"),
    "デジタル庁 自治体標準オープンデータセット 正式版（公共施設一覧・医療機関一覧 ほか, 2023）; "
    "厚生労働省 医療情報ネット オープンデータ（…_facility_info, 2024）; 地方厚生局 コード内容別医療機関一覧表",
    verified=False,
)
HOURS_READER = ReaderInfo(
    "facility-hours",
    Text("診療時間の表（医療情報ネット）", "Table of consultation hours (医療情報ネット)"),
    "厚生労働省 医療情報ネット オープンデータ（…_speciality_hours, 2024）",
    verified=False,
)
DESIGNATED = ("1", "○", "〇", "◯", "有")
"""What a list of shelters writes for a hazard it is designated for."""

CODE_LENGTH = 5
"""Guessed ids this long are official codes and stand alone; shorter ones are running numbers."""


def read_facilities(
    config: FacilityConfig,
    find: Callable[[str], Path],
    population: PopulationCells,
    cells: pd.DataFrame | None,
    towns: Towns | None = None,
) -> Reading[list[FacilityRow]]:
    """
    Return the facilities of one entry of the configuration.

    Raises
    ------
    DataError
        Naming file and row: missing file, column or position; a kind that cannot be translated.
    """
    if config.cells_column is not None:
        rows, problems = counted_in_cells(config, population, cells)
        return Reading(rows, tuple(problems))
    path = find(str(config.path))
    frame, problems = _open(config, path)
    rows_in = len(frame)
    columns, more = _columns(config, frame, path.name)
    problems += more
    frame = frame[matching(frame, config.where, path.name)].reset_index(drop=True)
    frame, more = _of_municipality(config, frame, columns)
    problems += more
    kinds, more = _kinds(config, frame, columns, path)
    problems += more
    placed = place_rows(frame, positions_of(frame, columns), address_texts(frame, columns), towns)
    problems += placed.problems
    hours, specialty, records, more = _hours(config, frame, columns, find)
    problems += more
    ids, more = _ids(config, frame, columns, path)
    problems += more
    rows = _rows(config, path, frame, columns, _Parts(ids, kinds, placed, hours, specialty))
    by_address = int(np.isfinite(placed.error_m).sum())
    counts = {"facilities_by_address": by_address} if by_address else {}
    known = sum(bool(r.hours) for r in rows)
    counts |= {"facilities_with_hours": known} if known else {}
    record = file_record(path, READER, rows_in, len(rows))
    return Reading(rows, tuple(problems), (record, *records), counts)


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """What was found out about each row of a table."""

    ids: list[str]
    kinds: list[str]
    placed: Placed
    hours: list[Hours]
    specialty: list[str]


def _open(config: FacilityConfig, path: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the rows of a table, or of the places of a vector file, which bring their own ``lon`` and ``lat``."""
    if not is_vector(path):
        return read_sheet(path, KNOWN, [c for c in _named(config) if c not in {config.lon, config.lat}])
    features, problems = read_features(path, config.layer)
    points = shapely.get_coordinates(shapely.point_on_surface(np.array(features.shapes, dtype=object)))
    frame = features.table.drop(columns=["lon", "lat"], errors="ignore")
    frame = frame.assign(lon=[repr(float(v)) for v in points[:, 0]], lat=[repr(float(v)) for v in points[:, 1]])
    return frame.assign(**{FILE: path.name}), problems


def _named(config: FacilityConfig) -> list[str]:
    """Return the columns that the configuration names."""
    single = (config.id, config.name, config.kind_column, config.capacity, config.specialty, config.quality_column)
    place = (config.lon, config.lat, config.address)
    return [*(c for c in (*single, *place) if c is not None), *(config.hours or ()), *config.where, *config.hazards]


def _columns(config: FacilityConfig, frame: pd.DataFrame, name: str) -> tuple[Columns, list[Problem]]:
    require_columns(frame, _named(config), name)
    found = columns_in(frame)
    plain = {n: n for n in ("lon", "lat") if n in found}  # the usual names need no telling
    place = {"lon": config.lon or plain.get("lon"), "lat": config.lat or plain.get("lat")}
    given = {"id": config.id, "name": config.name, "address": config.address, "specialty": config.specialty, **place}
    if config.hours:
        given["hours"] = config.hours[0]
    words = dict(WORDS)
    if config.kind is not None or config.kind_column is not None:
        del words["type"], words["beds"]
    columns = guess_columns(found, words, given)
    if ("lon" not in columns.of or "lat" not in columns.of) and not _addressed(columns):
        raise DataError(
            missing_field(name, Text("緯度・経度か住所", "latitude and longitude or address"), "lat", found)
        )
    return columns, tell_columns(columns, NAMES, name, "facilities")


def _addressed(columns: Columns) -> bool:
    return columns.get("address") is not None or columns.get("place_town") is not None


def _of_municipality(
    config: FacilityConfig, frame: pd.DataFrame, columns: Columns
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the rows whose address lies in the municipality asked for, and a note on how many do not."""
    wanted = config.municipality
    if wanted is None or not len(frame):
        return frame, []
    where = place_of(frame, 0)
    addresses = address_texts(frame, columns)
    if addresses is None:
        raise DataError(missing_field(where, NAMES["address"], "address", columns_in(frame)))
    inside = np.array([lies_in(a, wanted) for a in addresses], dtype=np.bool_)
    if not inside.any():
        raise DataError(
            error(
                "facilities.no_municipality",
                where,
                Text(f"住所が {wanted} の行がありません", f"no address lies in {wanted}"),
                Text(f"住所の例: {listed(addresses)}", f"addresses, for example: {listed(addresses)}"),
            ),
        )
    left = int((~inside).sum())
    if not left:
        return frame, []
    text = Text(
        f"住所が {wanted} ではない {left} 行は使いません", f"{left} rows whose address is not in {wanted} are left out"
    )
    return frame[inside].reset_index(drop=True), [note("facilities.other_municipality", where, text, count=left)]


def _hours(
    config: FacilityConfig, frame: pd.DataFrame, columns: Columns, find: Callable[[str], Path]
) -> tuple[list[Hours], list[str], list[FileRecord], list[Problem]]:
    """Return hours and departments of each row, from the table itself or a second one by id."""
    specialty = column_of(frame, columns.get("specialty"))
    if config.hours_path is None:
        hours, problems = hours_of(frame, columns, config.hours)
        return hours, specialty, [], problems + tell_known(frame, hours)
    key = columns.get("id")
    path = find(config.hours_path)
    if key is None:
        raise DataError(missing_field(str(config.path), NAMES["id"], "id", columns_in(frame)))
    by_id, departments, rows_in, problems = read_hours_table(path)
    hours = [by_id.get(i, Hours(blank=True)) for i in frame[key]]
    specialty = [own or departments.get(i, "") for own, i in zip(specialty, frame[key], strict=True)]
    used = set(frame[key]) & by_id.keys()
    problems += [*tell_known(frame, hours), _joined(path.name, len(used), len(by_id))]
    return hours, specialty, [file_record(path, HOURS_READER, rows_in, rows_in)], problems


def _joined(name: str, used: int, there: int) -> Problem:
    return note(
        "facilities.hours_joined",
        name,
        Text(
            f"{there} 施設の時間のうち {used} 施設分を ID で結びました",
            f"hours of {used} of {there} places were joined by id",
        ),
        count=used,
    )


def _ids(config: FacilityConfig, frame: pd.DataFrame, columns: Columns, path: Path) -> tuple[list[str], list[Problem]]:
    """Return an id for each row: as configured; else a column of codes; else the file's name and the row."""
    column = columns.get("id")
    by_row = [f"{path.stem}-{row}" for row in frame[ROW]]
    if column is None:
        return by_row, []
    values = column_of(frame, column)
    if config.id is not None:
        return values, []
    filled = [v for v in values if v]
    if len(set(filled)) < len(values):
        text = Text(
            f"{column} に空か重複があるため、ファイル名と行番号を id にしました",
            f"{column} is empty or repeated in places, so that file name and row became the ids",
        )
        return by_row, [note("facilities.ids_by_row", at(path.name, 1), text)]
    return (values if min(map(len, values), default=0) >= CODE_LENGTH else [f"{path.stem}-{v}" for v in values]), []


def _rows(
    config: FacilityConfig, path: Path, frame: pd.DataFrame, columns: Columns, parts: _Parts
) -> list[FacilityRow]:
    """Return the rows that have a kind and a place."""
    names = column_of(frame, columns.get("name"))
    capacity = numbers_of(frame, config.capacity) if config.capacity else np.full(len(frame), np.nan)
    if config.capacity_from_hours:
        capacity = np.array([h.weekly_h if h.known else np.nan for h in parts.hours])
    quality = column_of(frame, config.quality_column)
    by_address = np.isfinite(parts.placed.error_m)
    codes = config.hazards
    if not codes and config.kind is None and config.kind_column is None:
        codes = hazard_columns(columns_in(frame))
    hazards = {column: frame[column].isin(DESIGNATED).to_numpy() for column in codes}
    return [
        FacilityRow(
            facility_id=parts.ids[n],
            name=names[n] or parts.ids[n],
            kind=kind,
            lon=float(parts.placed.lonlat[n, 0]),
            lat=float(parts.placed.lonlat[n, 1]),
            position_error_m=float(parts.placed.error_m[n])
            if by_address[n]
            else config.errors_m.get(quality[n], config.position_error_m),
            capacity=float(capacity[n]),
            specialty=parts.specialty[n],
            hazards="|".join(code for column, code in codes.items() if hazards[column][n]),
            source_id=config.source or path.stem,
            status=config.status.value,
            hours=parts.hours[n].openings,
        )
        for n, kind in enumerate(parts.kinds)
        if kind and np.isfinite(parts.placed.lonlat[n, 0])
    ]


def _kinds(
    config: FacilityConfig, frame: pd.DataFrame, columns: Columns, path: Path
) -> tuple[list[str], list[Problem]]:
    """Return row → kind; "" = left out, with a warning, because ``kinds`` does not name it."""
    if config.kind is not None:
        return [config.kind] * len(frame), []
    if config.kind_column is None:
        table = table_kind(columns_in(frame))
        read = [column_of(frame, columns.get(n)) for n in ("type", "name", "specialty", "beds")]
        guessed = [guess_kind(t, n, table, s, b) for t, n, s, b in zip(*read, strict=True)]
        return guessed, tell_kinds(guessed, path.name)
    name = path.name
    raw = column_of(frame, config.kind_column)
    if not config.kinds:
        kinds, told = known_kinds(raw, at(name, 1), config.kind_column)
        return kinds, told + _blank_kinds(frame, raw, config.kind_column)
    unknown = [(row, kind) for row, kind in zip(frame[ROW], raw, strict=True) if kind not in config.kinds]
    if len(unknown) == len(raw):
        row, kind = unknown[0] if unknown else (1, "")
        raise DataError(error("facilities.unknown_kind", at(name, row), *_unknown_kind(config, kind)))
    problems = []
    if unknown:
        row, kind = unknown[0]
        message, hint = _unknown_kind(config, kind)
        problems = [warning("facilities.unknown_kind", at(name, row), message, hint, len(unknown))]
    return [config.kinds.get(kind, "") for kind in raw], problems


def _blank_kinds(frame: pd.DataFrame, raw: list[str], column: str) -> list[Problem]:
    blank = [n for n, kind in enumerate(raw) if not kind]
    if not blank:
        return []
    return [
        warning(
            "facilities.blank_kind",
            place_of(frame, blank[0]),
            Text(f"{column} が空の行があります", f"rows with an empty {column}"),
            Text("これらの行は使いません。種別を書いてください", "they are left out; write a kind"),
            len(blank),
        ),
    ]


def _unknown_kind(config: FacilityConfig, kind: str) -> tuple[Text, Text]:
    return (
        Text(f"種別 {kind!r} は kinds にありません", f"kinds: does not name {kind!r}"),
        Text(
            f"この行を使うには kinds に加えてください（ある: {listed(config.kinds, 6)}）",
            f"add it to kinds to use such rows (there are: {listed(config.kinds, 6)})",
        ),
    )
