"""Owns Shapefile and GeoPackage: which parts belong together, which encoding the texts have, reading both with GDAL."""

from __future__ import annotations

import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.dbf import text_encoding
from geodata.readers.geojson import plain
from geodata.readers.tables import ROW, listed, note
from geodata.readers.vector_shapes import RawFeatures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from geodata.readers.archive import Archive

PARTS = (".shp", ".shx", ".dbf")
"""Parts without which a Shapefile cannot be read."""
GPKG_SUFFIX = ".gpkg"

_COMPANIONS = (".prj", ".cpg")
_SHP_MAGIC = b"\x00\x00\x27\x0a"
_SQLITE_MAGIC = b"SQLite format 3\x00"
_HEADER_BYTES = 100
_SHX_RECORD_BYTES = 8
_BYTEWISE = "ISO-8859-1"  # every byte becomes one character, so nothing is lost before we decode


def read_shapefile(tree: Archive, stem: str, where: str) -> RawFeatures:
    """
    Return the features of a Shapefile in a zip or folder.

    Parameters
    ----------
    tree
        The opened zip or folder.
    stem
        Lower-case path in it without ``.shp``.
    where
        What messages call it.

    Raises
    ------
    DataError
        If a part is missing, cut short, of another form, or the parts do not belong together.
    """
    parts = {part: stem + part for part in (*PARTS, *_COMPANIONS) if stem + part in tree.members}
    missing = [part for part in PARTS if part not in parts]
    if missing:
        raise DataError(_parts_missing(where, missing))
    if ".prj" in parts and not tree.read_bytes(parts[".prj"]).isascii():
        parts.pop(".prj")  # no coordinate system is written so, and GDAL would stumble over it
    with unpacked(tree, parts) as shp:
        n_shapes = _checked_sizes(shp, where)
        cpg = shp.with_suffix(".cpg")
        named = cpg.read_text("ascii", "replace") if cpg.is_file() else ""
        encoding, n_records, problems = text_encoding(shp.with_suffix(".dbf"), named, where)
        if n_records != n_shapes:
            raise DataError(_counts_differ(where, n_shapes, n_records))
        raw = _read(shp, None, where, encoding)
    lost = n_records - len(raw.shapes)
    told = [_deleted(where, lost)] if lost else []
    return RawFeatures(raw.table, raw.shapes, raw.crs, [*problems, *raw.problems, *told])


def gpkg_layers(path: Path, where: str) -> list[str]:
    """Return the layers of a GeoPackage that hold geometries; another form raises `DataError`."""
    import pyogrio  # noqa: PLC0415 -- slow to import

    with path.open("rb") as stream:
        magic = stream.read(len(_SQLITE_MAGIC))
    if magic != _SQLITE_MAGIC:
        raise DataError(_damaged(where, "no SQLite header"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = pyogrio.list_layers(path)
    except (RuntimeError, ValueError, OSError) as exc:
        raise DataError(_damaged(where, str(exc))) from exc
    names = [str(name) for name, kind in found if kind is not None]
    if not names:
        raise DataError(_damaged(where, "no layer with geometries"))
    return names


def read_gpkg(tree: Archive | None, path: Path, inside: str, layer: str, where: str) -> RawFeatures:
    """Return the features of a layer of a GeoPackage; `tree` and `inside` where it lies in a zip or folder."""
    if tree is None:
        return _read(path, layer, where, None)
    with unpacked(tree, {GPKG_SUFFIX: inside}) as copy:
        return _read(copy, layer, where, None)


@contextmanager
def unpacked(tree: Archive, parts: Mapping[str, str]) -> Iterator[Path]:
    """
    Yield the first of some members as a file on disk, the others beside it, for as long as they are needed.

    They get names of our own in a new temporary folder: no name in the archive decides where something is written.
    """
    with tempfile.TemporaryDirectory(prefix="ekisei-") as folder:
        base = Path(folder) / "layer"
        for suffix, member in parts.items():
            tree.copy_out(member, base.with_suffix(suffix))
        yield base.with_suffix(next(iter(parts)))


def _read(path: Path, layer: str | None, where: str, encoding: str | None) -> RawFeatures:
    import pyogrio.raw  # noqa: PLC0415 -- slow to import

    try:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            meta, _, shapes, columns = pyogrio.raw.read(
                path,
                layer=layer,
                encoding=None if encoding is None else _BYTEWISE,
                force_2d=True,
                datetime_as_string=True,
            )
        with np.errstate(invalid="ignore"):  # of coordinates that are no numbers: they are told later
            shapes = shapely.from_wkb(shapes, on_invalid="ignore")
    except (RuntimeError, ValueError, OSError, shapely.errors.ShapelyError) as exc:
        raise DataError(_damaged(where, str(exc))) from exc
    names = [_decoded(str(name), encoding) for name in meta["fields"]]
    table = pd.DataFrame(
        {name: _texts(column, encoding) for name, column in zip(names, columns, strict=True)},
        index=range(len(shapes)),
        dtype="str",
    )
    table[ROW] = np.arange(1, len(shapes) + 1)
    crs = meta["crs"]
    named = None if crs is None or "Undefined" in crs or "unknown" in crs.lower()[:40] else str(crs)
    said = sorted({str(w.message)[:200] for w in heard})
    return RawFeatures(table, shapes, named, [_remark(where, said)] if said else [])


def _texts(column: npt.NDArray[Any], encoding: str | None) -> list[str]:
    if encoding is None or column.dtype.kind != "O":
        return [plain(value) for value in column.tolist()]
    return [_decoded(value, encoding).strip() if isinstance(value, str) else plain(value) for value in column]


def _decoded(text: str, encoding: str | None) -> str:
    """Return a text that was read byte by byte; a character cut off at the end of a field is left out."""
    if encoding is None or text.isascii():
        return text
    return text.encode(_BYTEWISE, "replace").decode(encoding, "ignore")


def _checked_sizes(shp: Path, where: str) -> int:
    """Return how many shapes there are; a file of another form or cut short raises `DataError`."""
    with shp.open("rb") as stream:
        header = stream.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES or header[:4] != _SHP_MAGIC:
        raise DataError(_damaged(where, "no Shapefile header"))
    stated = 2 * int.from_bytes(header[24:28], "big")
    size = shp.stat().st_size
    if stated > size:
        raise DataError(_cut_short(where, size, stated))
    return max(shp.with_suffix(".shx").stat().st_size - _HEADER_BYTES, 0) // _SHX_RECORD_BYTES


def _remark(where: str, said: list[str]) -> Problem:
    return note(
        "vector.remark", where, Text(f"読み取り時の注意: {listed(said)}", f"said while reading: {listed(said)}")
    )


def _parts_missing(where: str, missing: list[str]) -> Problem:
    names = ", ".join(missing)
    return error(
        "vector.parts",
        where,
        Text(f"Shapefile の {names} がありません", f"the Shapefile has no {names}"),
        Text(
            ".shp .shx .dbf .prj を同じ名前で同じフォルダに置いてください（zip のままでも読めます）",
            "put .shp .shx .dbf .prj of one name in one folder (or give the zip as it was published)",
        ),
    )


def _counts_differ(where: str, n_shapes: int, n_records: int) -> Problem:
    return error(
        "vector.parts",
        where,
        Text(
            f"図形 {n_shapes} 件と属性 {n_records} 件の数が合いません",
            f"{n_shapes} shapes but {n_records} rows of attributes",
        ),
        Text(
            "別の Shapefile の .dbf や .shx が混ざっていないか確かめてください",
            "see that all parts are of one Shapefile",
        ),
    )


def _deleted(where: str, count: int) -> Problem:
    return warning(
        "vector.deleted",
        where,
        Text("削除済みの印がある行を除きました", "rows that are marked as deleted were left out"),
        Text("QGIS などで保存し直すと消えます", "saving it again in a GIS removes them"),
        count,
    )


def _cut_short(where: str, size: int, stated: int) -> Problem:
    return error(
        "vector.truncated",
        where,
        Text(f"途中で切れています（{size:,} / {stated:,} バイト）", f"cut short ({size:,} of {stated:,} bytes)"),
        Text("提供元から取り直してください", "get the file again from its publisher"),
    )


def _damaged(where: str, detail: str) -> Problem:
    return error(
        "vector.unreadable",
        where,
        Text(f"壊れているか、別の形式です: {detail[:200]}", f"damaged, or of another form: {detail[:200]}"),
        Text(
            "QGIS で開けるか確かめ、提供元から取り直してください",
            "see if QGIS opens it; get it again from its publisher",
        ),
    )
