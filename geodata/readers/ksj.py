"""Owns reading 国土数値情報 (National Land Numerical Information): which dataset a file is, and what it brings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.ksj_bus import read_bus_routes, read_bus_stops
from geodata.readers.ksj_catalogue import READERS, reader_of
from geodata.readers.ksj_municipality import read_municipality
from geodata.readers.ksj_places import read_places
from geodata.readers.ksj_rail import read_rail
from geodata.readers.ksj_tables import DATASETS, Findings, KsjRows, checked_dataset, dataset_of_name, matches, skipped
from geodata.readers.ksj_zones import read_zones
from geodata.readers.records import file_record
from geodata.readers.tables import listed
from geodata.readers.vector import list_layers, read_layer
from geodata.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from geodata.boundaries import Zone
    from geodata.config.ksj import KsjConfig
    from geodata.readers.facility_tables import FacilityRow
    from geodata.readers.vector import VectorLayer
    from geodata.timetable_sketch import SketchLine, SketchStop

__all__ = ["READERS", "KsjLayer", "read_ksj"]


_OTHER = Text("読まない種類のデータです", "a dataset that is not read")


@dataclass(frozen=True, slots=True, eq=False)
class KsjLayer:
    """
    What one file of 国土数値情報 brings.

    `outline`: of the municipality, from N03 alone.
    """

    dataset: str
    zones: tuple[Zone, ...] = ()
    facilities: tuple[FacilityRow, ...] = ()
    lines: tuple[SketchLine, ...] = ()
    stops: tuple[SketchStop, ...] = ()
    outline: BaseGeometry | None = None


@dataclass(slots=True)
class _File:
    """The layers of a file that are of one dataset, and how many rows it has."""

    dataset: str
    layers: list[KsjRows] = field(default_factory=list)
    rows_in: int = 0


def read_ksj(
    config: KsjConfig,
    find: Callable[[str], Path],
    *,
    epsg: int | None,
    outline: BaseGeometry | None,
) -> Reading[KsjLayer]:
    """
    Read one file of 国土数値情報.

    Parameters
    ----------
    config
        The entry of the configuration.
    find
        Path as written → path on disk.
    epsg
        Plane system of the city; None = that of the place.
    outline
        The municipality [degrees]; what lies outside is left out where ``clip`` is on. None = keep everything.

    Returns
    -------
    reading
        Zones, facilities, lines and stops; what was left out is told and counted.

    Raises
    ------
    DataError
        If the file cannot be read, is of another dataset, lacks a column, or holds nothing of the city.
    """
    path = find(config.path)
    found = Findings()
    file = _layers_of(config, path, found)
    within = outline if config.clip else None
    layer, kept = _read(config, file, epsg, within, found)
    record = file_record(path, reader_of(file.dataset), file.rows_in, kept)
    return Reading(layer, tuple(found.problems), (record,), found.counts, found.repairs)


def _read(
    config: KsjConfig, file: _File, epsg: int | None, outline: BaseGeometry | None, found: Findings
) -> tuple[KsjLayer, int]:
    """Return what the layers bring, and how many rows of the file stand in it."""
    name, layers = file.dataset, file.layers
    if name == "N03":
        zones, edge, kept = read_municipality(layers, config.municipality, epsg, outline, found)
        return KsjLayer(name, zones=zones, outline=edge), kept
    if name in {"A27", "A31", "A33", "A50"}:
        zones, kept = read_zones(name, layers, epsg, outline, found)
        return KsjLayer(name, zones=zones), kept
    if name == "N02":
        lines, stops, kept = read_rail(layers, config, outline, found)
        return KsjLayer(name, lines=lines, stops=stops), kept
    if name == "P11":
        lines, stops, kept = read_bus_stops(layers, config, outline, found)
        return KsjLayer(name, lines=lines, stops=stops), kept
    if name == "N07":
        lines, kept = read_bus_routes(layers, config, outline, found)
        return KsjLayer(name, lines=lines), kept
    facilities, kept = read_places(name, layers, outline, found)
    return KsjLayer(name, facilities=facilities), kept


def _layers_of(config: KsjConfig, path: Path, found: Findings) -> _File:
    layers = _wanted(list_layers(path), config.layer, path.name)
    files: dict[str, _File] = {}
    unknown: list[tuple[int, Problem]] = []
    for one in layers:
        features, problems = read_layer(path, one, epsg=config.epsg)
        found.problems += problems
        where = f"{path.name}/{one.inside}" if one.inside else path.name
        columns = [str(c) for c in features.table.columns]
        try:
            dataset = checked_dataset(where, path.name, columns, config.dataset)
        except DataError as exc:
            unknown += [(features.n_in, p) for p in exc.problems]
            continue
        if dataset is None:
            found.problems.append(skipped(where, _OTHER, features.n_in))
            continue
        rows = KsjRows(dataset, features.table, features.shapes, where, one.name, config.source or path.stem)
        file = files.setdefault(dataset, _File(dataset))
        file.rows_in += features.n_in
        file.layers.append(rows.kept(matches(rows, config.where)))
    if not files:
        raise DataError([p for _, p in unknown] or _not_read(path.name))
    found.problems += [skipped(p.where, p.message, count) for count, p in unknown]
    if len(files) > 1:
        raise DataError(_several(path.name, list(files)))
    file = next(iter(files.values()))
    if config.where and not any(rows.shapes for rows in file.layers):
        raise DataError(_no_match(path.name, config.where))
    return file


def _wanted(layers: list[VectorLayer], name: str | None, where: str) -> list[VectorLayer]:
    if name is None:
        return layers
    chosen = [one for one in layers if name.lower() in f"{one.inside}/{one.name}".lower()]
    if chosen:
        return chosen
    names = listed([one.name for one in layers], 12)
    raise DataError(
        error(
            "vector.layer",
            where,
            Text(f"レイヤー {name!r} がありません（ある: {names}）", f"no layer {name!r} (there are: {names})"),
            Text("layer: を直すか消してください", "mend layer: or remove it"),
        ),
    )


def _not_read(where: str) -> Problem:
    return error(
        "ksj.not_read",
        where,
        Text(
            f"{dataset_of_name(where) or 'このデータ'} は読めません（読めるもの: {', '.join(DATASETS)}）",
            f"{dataset_of_name(where) or 'this dataset'} is not read (read are: {', '.join(DATASETS)})",
        ),
        Text("面なら boundaries:、点なら facilities: で読めます", "use boundaries: for areas, facilities: for points"),
    )


def _several(where: str, datasets: list[str]) -> Problem:
    return error(
        "ksj.several",
        where,
        Text(f"複数のデータが入っています: {', '.join(datasets)}", f"it holds several datasets: {', '.join(datasets)}"),
        Text("データごとに分け、dataset: か layer: を書いてください", "one entry for each, with dataset: or layer:"),
    )


def _no_match(where: str, wanted: dict[str, str]) -> Problem:
    return error(
        "ksj.no_match",
        where,
        Text(f"条件 {wanted} に合う行がありません", f"no row has {wanted}"),
        Text("列名と値を確かめてください", "check the column and the value"),
    )
