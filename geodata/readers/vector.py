"""Owns vector files as they are published: GeoJSON, GeoPackage, Shapefile, bare or in a zip, as features in degrees."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.archive import Archive, missing_input, open_tree
from geodata.readers.geojson import read_geojson
from geodata.readers.shapefile import GPKG_SUFFIX, PARTS, gpkg_layers, read_gpkg, read_shapefile, unpacked
from geodata.readers.tables import listed
from geodata.readers.vector_shapes import Features, RawFeatures, in_degrees, sound
from geodata.reading import ReaderInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

__all__ = ["READERS", "Features", "VectorLayer", "is_vector", "list_layers", "read_layer", "read_vector"]

READERS = (
    ReaderInfo("geojson", Text("GeoJSON", "GeoJSON"), "RFC 7946 (2016); crs member of GeoJSON 2008", verified=True),
    ReaderInfo(
        "shapefile",
        Text("Shapefile（単体・zip）", "Shapefile, bare or in a zip"),
        "ESRI Shapefile Technical Description (1998); dBASE III, cp932 or UTF-8",
        verified=False,
    ),
    ReaderInfo("geopackage", Text("GeoPackage", "GeoPackage"), "OGC 12-128r18 GeoPackage 1.3.1", verified=False),
)

GEOJSON_SUFFIXES = frozenset({".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson"})
MAX_TREE_BYTES = 100_000_000
"""A GeoJSON larger than this is read only where there is no other copy: as a tree it takes ten times its size."""
_OTHER_FORMS = frozenset({".kml", ".kmz", ".gml", ".xml", ".gdb", ".tab", ".mif", ".dxf", ".fgb", ".topojson", ".csv"})


_OLD_ENCODING = ("shift-jis", "shift_jis", "sjis", "shiftjis")
_COPY_FOLDERS = frozenset(
    {*_OLD_ENCODING, "utf-8", "utf8", "geojson", "shape", "shapefile", "shp", "gml", "geopackage"}
)


@dataclass(frozen=True, slots=True)
class VectorLayer:
    """
    One layer that a file offers.

    `name`: what a configuration calls it; `inside`: its path in the zip or folder, "" for a bare file; `form`:
    ``geojson``, ``shapefile`` or ``geopackage``.
    """

    name: str
    inside: str
    form: str


def read_vector(path: Path, layer: str | None = None, *, epsg: int | None = None) -> tuple[Features, list[Problem]]:
    """
    Return the features of one layer of a vector file, in degrees, with their properties as text.

    Heights and measures are left out; features without a geometry are dropped and counted; polygons that cross
    themselves are repaired and counted.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, ``.shp`` with its companions, or a zip or folder of these with any sub-folders.
    layer
        Name of the layer, or a part of it that only one has; needed where there are several.
    epsg
        Coordinate system of a file that does not name its own.

    Returns
    -------
    features, problems
        What was read; warnings, among them how often something was repaired or left out.

    Raises
    ------
    DataError
        If it is missing, of another form, damaged, not in a known coordinate system, or if the layer is not clear.
    """
    layers = list_layers(path)
    return read_layer(path, _wanted(layers, layer, path.name), epsg=epsg)


def is_vector(path: Path) -> bool:
    """Return whether a file is of a form that `read_vector` reads; a zip, if it holds such a file."""
    suffix = path.suffix.lower()
    if suffix != ".zip":
        return suffix in GEOJSON_SUFFIXES or suffix in {GPKG_SUFFIX, *PARTS}
    tree = open_tree(path)
    return any(_candidate(key, tree) is not None for key in tree.members)


def list_layers(path: Path) -> list[VectorLayer]:
    """
    Return the layers of a vector file, each once: of copies the UTF-8 one, of forms GeoJSON, then Shapefile.

    Raises
    ------
    DataError
        If there is no such file, or no layer in it.
    """
    suffix = path.suffix.lower()
    if suffix == ".zip" or path.is_dir():
        return _inside(open_tree(path))
    if not path.is_file():
        raise DataError(missing_input(path))
    if suffix in GEOJSON_SUFFIXES:
        return [VectorLayer(path.stem, "", "geojson")]
    if suffix == GPKG_SUFFIX:
        return [VectorLayer(name, "", "geopackage") for name in gpkg_layers(path, path.name)]
    if suffix in PARTS:
        return [VectorLayer(path.stem, "", "shapefile")]
    raise DataError(_no_layer(path.name, [path.name]))


def read_layer(path: Path, layer: VectorLayer, *, epsg: int | None = None) -> tuple[Features, list[Problem]]:
    """Return the features of a layer named by `list_layers`; else as `read_vector`."""
    where = f"{path.name}/{layer.inside}" if layer.inside else path.name
    raw = _read(path, layer, where)
    raw, problems = in_degrees(raw, where, epsg)
    features, more = sound(raw, where)
    return features, [*raw.problems, *problems, *more]


def _read(path: Path, layer: VectorLayer, where: str) -> RawFeatures:
    tree = open_tree(path) if layer.inside else None
    if layer.form == "geojson":
        return read_geojson(tree.read_bytes(layer.inside.lower()) if tree else path.read_bytes(), where)
    if layer.form == "geopackage":
        return read_gpkg(tree, path, layer.inside.lower(), layer.name, where)
    if tree is None:
        tree = open_tree_of_parts(path)
        return read_shapefile(tree, path.stem.lower(), where)
    return read_shapefile(tree, layer.inside.lower().rpartition(".")[0], where)


def open_tree_of_parts(path: Path) -> Archive:
    """Return the folder of a bare Shapefile as an archive of its parts alone."""
    stem = path.stem.lower()
    beside = [p for p in path.parent.iterdir() if p.is_file() and p.stem.lower() == stem]
    # of names that differ in case alone the one written as asked for comes last, and wins
    beside.sort(key=lambda p: (p.stem == path.stem, p.name))
    return Archive(path.parent, path.parent.name, {p.name.lower(): p.name for p in beside})


def _inside(tree: Archive) -> list[VectorLayer]:
    """Return the layers in a zip or folder, the best copy of each, in the order of their names."""
    found = [c for key in tree.members if (c := _candidate(key, tree)) is not None]
    if not found:
        raise DataError(_no_layer(tree.label, tree.members))
    # settings and metadata are .json too: only where nothing else is there may one be the layer
    found = [c for c in found if not c.inside.lower().endswith(".json")] or found
    found.sort(key=lambda c: (_place(c), *_rank(c, tree)))
    best = _told_apart([next(same) for _, same in itertools.groupby(found, key=_place)])
    layers: list[VectorLayer] = []
    for one in best:
        if one.form == "geopackage":
            layers += _gpkg_inside(tree, one)
        else:
            layers.append(one)
    return layers


def _gpkg_inside(tree: Archive, one: VectorLayer) -> list[VectorLayer]:
    with unpacked(tree, {GPKG_SUFFIX: one.inside.lower()}) as copy:
        names = gpkg_layers(copy, f"{tree.label}/{one.inside}")
    return [VectorLayer(name, one.inside, "geopackage") for name in names]


def _candidate(key: str, tree: Archive) -> VectorLayer | None:
    suffix = PurePosixPath(key).suffix
    inside = tree.shown.get(key, key)
    stem = PurePosixPath(inside).stem
    if suffix in GEOJSON_SUFFIXES:
        return VectorLayer(stem, inside, "geojson")
    if suffix == GPKG_SUFFIX:
        return VectorLayer(stem, inside, "geopackage")
    return VectorLayer(stem, inside, "shapefile") if suffix == ".shp" else None


def _place(layer: VectorLayer) -> tuple[str, ...]:
    """Return what copies of one layer share: its name, and the folders that do not name a form or an encoding."""
    folders = PurePosixPath(layer.inside.lower()).parts[:-1]
    return (layer.name.lower(), *(f for f in folders if f not in _COPY_FOLDERS))


def _told_apart(layers: Sequence[VectorLayer]) -> list[VectorLayer]:
    """Return the layers with the folder in the name of those that are called alike."""
    times = Counter(one.name.lower() for one in layers)
    return [
        replace(one, name=f"{PurePosixPath(one.inside).parent}/{one.name}") if times[one.name.lower()] > 1 else one
        for one in layers
    ]


def _rank(layer: VectorLayer, tree: Archive) -> tuple[bool, bool, int, str]:
    """Return what makes a copy the better one: complete, not Shift-JIS, GeoJSON if it is not huge, the first path."""
    inside = layer.inside.lower()
    whole = layer.form != "shapefile" or all(inside.rpartition(".")[0] + part in tree.members for part in PARTS)
    old = any(word in inside for word in _OLD_ENCODING)
    order = {"geojson": 0, "geopackage": 1, "shapefile": 2}
    huge = layer.form == "geojson" and tree.n_bytes(inside) > MAX_TREE_BYTES
    return not whole, old, 3 if huge else order[layer.form], layer.inside


def _wanted(layers: Sequence[VectorLayer], name: str | None, where: str) -> VectorLayer:
    if name is None:
        if len(layers) == 1:
            return layers[0]
        raise DataError(_which_layer(where, layers, None))
    wanted = name.lower()
    rules: tuple[Callable[[VectorLayer], bool], ...] = (
        lambda one: wanted in {one.name.lower(), one.inside.lower(), PurePosixPath(one.inside).name.lower()},
        lambda one: wanted in one.name.lower(),
    )
    for fits in rules:
        found = [one for one in layers if fits(one)]
        if len(found) == 1:
            return found[0]
        if found:
            raise DataError(_which_layer(where, found, name))
    raise DataError(_which_layer(where, layers, name))


def _which_layer(where: str, layers: Sequence[VectorLayer], name: str | None) -> Problem:
    names = listed([one.name for one in layers], 12)
    message = (
        Text(f"レイヤーが複数あります: {names}", f"there are several layers: {names}")
        if name is None
        else Text(
            f"レイヤー {name!r} が決まりません（ある: {names}）", f"layer {name!r} is not clear (there are: {names})"
        )
    )
    return error("vector.layer", where, message, Text("layer: に名前を書いてください", "name one with layer:"))


def _no_layer(where: str, names: Iterable[str]) -> Problem:
    other = [n for n in names if PurePosixPath(n).suffix.lower() in _OTHER_FORMS]
    return error(
        "vector.form",
        where,
        Text(
            f"GeoJSON・GeoPackage・Shapefile がありません（ある: {listed(other or list(names), 6)}）",
            f"there is no GeoJSON, GeoPackage or Shapefile (there are: {listed(other or list(names), 6)})",
        ),
        Text(
            "提供元で Shapefile か GeoJSON の版を選ぶか、QGIS で GeoJSON に書き出してください",
            "choose the Shapefile or GeoJSON edition, or export it as GeoJSON from QGIS",
        ),
    )
