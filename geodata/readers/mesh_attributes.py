"""Owns reading only the figures of a mesh file (Shapefile, GeoJSON, CSV): its codes tell the outlines."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pandas as pd

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.archive import Archive, decode, missing_input, open_tree
from geodata.readers.shapefile import unpacked
from geodata.readers.tables import ROW, listed, parse_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_FORMS = (".dbf", ".geojson", ".json", ".gpkg", ".csv", ".txt")
"""Forms in order of preference: of copies of one layer the quickest is read."""
_GDAL = frozenset({".dbf", ".shp", ".geojson", ".json", ".gpkg"})


@dataclass(frozen=True, slots=True, eq=False)
class MeshAttributes:
    """
    The wanted columns of one layer and `ROW`; numbers as numbers, or as text in a CSV.

    `name`: of the file; `columns`: all that it has.
    """

    name: str
    frame: pd.DataFrame
    columns: tuple[str, ...]


def read_mesh_attributes(path: Path, wanted: Callable[[str], bool]) -> tuple[list[MeshAttributes], list[Problem]]:
    """
    Read the columns whose names are wanted, of every layer in a file, zip or folder.

    Parameters
    ----------
    path
        A file, a zip or a folder with any sub-folders; several prefectures are several layers.
    wanted
        Whether a column is needed.

    Raises
    ------
    DataError
        If it is missing, damaged, or holds no table.
    """
    found: list[MeshAttributes] = []
    problems: list[Problem] = []
    for name, file in _layers(path):
        if file.suffix.lower() in _GDAL:
            frame, columns = _with_gdal(file, wanted, name)
        else:
            text, more = decode(file.read_bytes(), name)
            frame, told = parse_table(text, name)
            problems += [p for p in [*more, *told] if p.code != "input.encoding"]
            columns = tuple(str(c) for c in frame.columns if c != ROW)
            frame = frame[[*(c for c in columns if wanted(c)), ROW]]
        found.append(MeshAttributes(name, frame, columns))
    return found, problems


def _layers(path: Path) -> Iterator[tuple[str, Path]]:
    """Yield the layers of a path as files on disk, each for as long as the next is not asked for."""
    if not path.exists():
        raise DataError(missing_input(path))
    if not path.is_dir() and path.suffix.lower() != ".zip":
        beside = path.with_suffix(".dbf")
        yield path.name, beside if path.suffix.lower() == ".shp" and beside.is_file() else path
        return
    tree = open_tree(path)
    chosen = _chosen(tree)
    if not chosen:
        raise DataError(_nothing(path.name, tree))
    for key in chosen:
        with _on_disk(tree, key) as file:
            yield f"{path.name}/{tree.members[key]}", file


@contextmanager
def _on_disk(tree: Archive, key: str) -> Iterator[Path]:
    if tree.path.is_dir():
        yield tree.path / tree.members[key]
        return
    with unpacked(tree, {PurePosixPath(key).suffix: key}) as file:
        yield file


def _chosen(tree: Archive) -> list[str]:
    """Return one member per layer: the same name in another form or folder is a copy."""
    best: dict[str, tuple[int, str]] = {}
    for key in sorted(tree.members):
        place = PurePosixPath(key)
        if place.suffix not in _FORMS or "__macosx" in key or place.name.startswith((".", "readme")):
            continue
        rank = (_FORMS.index(place.suffix), key)
        best[place.stem] = min(best.get(place.stem, rank), rank)
    with_figures = {stem: r for stem, r in best.items() if r[0] < _FORMS.index(".csv")}
    return [key for _, key in sorted((with_figures or best).values(), key=lambda r: r[1])]


def _with_gdal(file: Path, wanted: Callable[[str], bool], name: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    import pyogrio  # noqa: PLC0415 -- slow to import
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError  # noqa: PLC0415

    # Codes and figures are ASCII: any encoding that refuses no byte will do.
    encoding = "ISO-8859-1" if file.suffix.lower() == ".dbf" else None
    try:
        every = tuple(str(c) for c in pyogrio.read_info(file, encoding=encoding)["fields"])
        columns = [c for c in every if wanted(c)]
        frame = pyogrio.read_dataframe(file, columns=columns, read_geometry=False, encoding=encoding)
    except (DataSourceError, DataLayerError, FeatureError, FieldError, ValueError, RuntimeError, OSError) as exc:
        raise DataError(_damaged(name, str(exc))) from exc
    frame = pd.DataFrame({c: frame[c] for c in columns})
    frame[ROW] = range(1, len(frame) + 1)
    return frame, every


def _nothing(name: str, tree: Archive) -> Problem:
    inner = [n for k, n in tree.members.items() if k.endswith(".zip")]
    hint = (
        Text(
            f"zip の中に zip があります。都道府県の zip（{listed(inner)}）を取り出して path: に書いてください",
            f"there are zips in the zip: take out that of the prefecture ({listed(inner)}) and name it in path:",
        )
        if inner
        else Text(
            "Shapefile か GeoJSON の zip を取得し直してください（GML だけの zip は読めません）",
            "get the zip of Shapefile or GeoJSON (GML alone is not read)",
        )
    )
    return error(
        "mesh.no_layer",
        name,
        Text("中にメッシュの表（Shapefile, GeoJSON, CSV）がありません", "there is no mesh table in it"),
        hint,
    )


def _damaged(name: str, detail: str) -> Problem:
    return error(
        "mesh.unreadable",
        name,
        Text(f"壊れているか、読めない形式です: {detail}", f"damaged, or of a form that is not read: {detail}"),
        Text("提供元から取り直してください", "get the file again from its publisher"),
    )
