"""Owns telling what a map layer is (Shapefile, GeoJSON, GeoPackage) by its columns, then by its name."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, get_args

from geodata.config.ksj import KsjDataset
from geodata.errors import Text
from geodata.readers.recognise_ages import age_columns
from geodata.readers.recognise_places import facility_of_columns, town_columns
from geodata.recognised import RecognisedFile, plain

if TYPE_CHECKING:
    from geodata.readers.recognise_peek import Layer, Peek

_KSJ_COLUMN = re.compile(r"^([A-Z]\d{2})[a-z]?\d?_\d{2,3}", re.IGNORECASE)
_KSJ_NAME = re.compile(r"(?:^|[^A-Z0-9])([A-Z]\d{2})[a-z]?\d?[-_]\d{2}", re.IGNORECASE)
_DATASETS = frozenset(get_args(KsjDataset))
_FUTURE = re.compile(r"^(PTN_|POP|PT0_)(20\d\d)$", re.IGNORECASE)
_BARRIER = re.compile("通れない|通行止|通行不可|通行不能|障壁|閉鎖|barrier(?![-_ ]?free)")
_PEOPLE = ("人口", "総人口", "人口総数", "population", "persons", "pop", "jinko", "総数", "people")


def recognise_layers(peeked: Peek) -> RecognisedFile | None:
    """Return what the layers of a file are; None where they say nothing."""
    for layer in peeked.layers:
        for rule in (_ksj, _did, _small_area, _mesh_outline, _future, _barriers, _towns, _facilities, _people):
            found = rule(peeked, layer)
            if found is not None:
                return found
    return None


def _ksj(peeked: Peek, layer: Layer) -> RecognisedFile | None:
    codes = [m.group(1).upper() for c in layer.columns if (m := _KSJ_COLUMN.match(c))]
    by_columns = bool(codes) and len(codes) * 2 >= len(layer.columns)
    code = max(set(codes), key=codes.count) if by_columns else ""
    if not code:
        named = _KSJ_NAME.search(PurePosixPath(layer.name).name) or _KSJ_NAME.search(PurePosixPath(peeked.name).name)
        code = named.group(1).upper() if named and not layer.columns else ""
    if code == "A16":
        return _did_of_ksj(peeked, layer)
    if code == "N03":
        why = Text("列 N03_…（行政区域）", "columns N03_… (administrative areas)")
        return RecognisedFile(peeked.name, "municipality", {"boundaries": [{"path": peeked.name}]}, 1.0, why)
    if code not in _DATASETS:
        return None
    fragment = {"ksj": [{"path": peeked.name, "dataset": code}]}
    why = Text(f"列またはファイル名 {code}", f"columns or name of {code}")
    return RecognisedFile(peeked.name, "ksj", fragment, 1.0 if by_columns else 0.6, why, {"dataset": code})


def _did(peeked: Peek, layer: Layer) -> RecognisedFile | None:
    columns = {c.upper(): c for c in layer.columns}
    has_kind = {"DIDID", "CLASS", "DID_CODE", "DIDCODE"} & columns.keys()
    if not {"JINKO", "MENSEKI"} <= columns.keys() or "KEY_CODE" in columns or not has_kind:
        return None
    return _did_file(peeked, columns["JINKO"], columns.get("CITYNAME", ""), columns.get("CITY", ""))


def _did_of_ksj(peeked: Peek, layer: Layer) -> RecognisedFile:
    name = "A16_003" if "A16_003" in layer.columns else ""
    return _did_file(peeked, "A16_005", name, "A16_002")


def _did_file(peeked: Peek, persons: str, name: str, code: str) -> RecognisedFile:
    fragment = {"population": {"kind": "did_towns", "did": peeked.name, "did_persons": persons}}
    why = Text(f"列 {persons}（人口集中地区の人口）", f"column {persons} (people of densely inhabited districts)")
    traits = {"city_column": name, "code_column": code, "year": census_year(peeked.name)}
    return RecognisedFile(peeked.name, "did", fragment, 0.95, why, traits)


def _small_area(peeked: Peek, layer: Layer) -> RecognisedFile | None:
    columns = {c.upper() for c in layer.columns}
    if "KEY_CODE" not in columns or not columns & {"S_NAME", "KIHON1", "HCODE", "MOJI", "KCODE1"}:
        return None
    why = Text("列 KEY_CODE と S_NAME など（小地域の境界）", "columns KEY_CODE and S_NAME (small areas)")
    fragment = {"population": {"kind": "small_area", "boundaries": [peeked.name]}}
    year = census_year(peeked.name) or census_year(layer.name)
    traits = {"has_people": "JINKO" in columns, "year": year, "city": layer.first.get("CITY_NAME", "")}
    return RecognisedFile(peeked.name, "small_area", fragment, 1.0, why, traits)


def _mesh_outline(peeked: Peek, layer: Layer) -> RecognisedFile | None:
    columns = {c.upper() for c in layer.columns}
    if not ("KEY_CODE" in columns and {"MESH1_ID", "MESH2_ID"} & columns):
        return None
    why = Text(
        "地域メッシュの境界（境界はコードから決まるので要りません）",
        "outlines of mesh cells (not needed: they follow from the codes)",
    )
    return RecognisedFile(peeked.name, "part", {}, 1.0, why)


def _future(peeked: Peek, layer: Layer) -> RecognisedFile | None:
    years = sorted({int(m.group(2)) for c in layer.columns if (m := _FUTURE.match(c))})
    return future_file(peeked.name, years) if years and _has_mesh_id(layer.columns) else None


def future_file(name: str, years: list[int]) -> RecognisedFile:
    """Return a file of 将来推計人口メッシュ."""
    why = Text(
        f"列 MESH_ID と {years[0]}–{years[-1]} 年の推計", f"columns MESH_ID and projections {years[0]}–{years[-1]}"
    )
    fragment = {"outlook": {"path": [name]}}
    return RecognisedFile(name, "future_mesh", fragment, 1.0, why, {"years": years})


def _has_mesh_id(columns: tuple[str, ...]) -> bool:
    return any(plain(c) in {"meshid", "meshcode", "keycode", "メッシュコード"} for c in columns)


def _barriers(peeked: Peek, layer: Layer) -> RecognisedFile | None:
    """Return lines or areas drawn by a person: no column tells them, their name does."""
    title = unicodedata.normalize("NFKC", PurePosixPath(peeked.name).name).lower()
    if layer.geometry not in {"Line", "Polygon"} or not _BARRIER.search(title):
        return None
    why = Text("線や面で、名前が通れない所と言う", "lines or areas, and its name says that nobody crosses them")
    return RecognisedFile(peeked.name, "barriers", {"streets": {"barriers": [{"path": peeked.name}]}}, 0.7, why)


def _towns(peeked: Peek, layer: Layer) -> RecognisedFile | None:
    if layer.geometry != "Point" or not town_columns(layer.columns):
        return None
    why = Text("町丁目名の列のある点", "points with a column of 町丁目")
    return RecognisedFile(peeked.name, "towns", {"towns": {"path": [peeked.name]}}, 0.9, why)


def _facilities(peeked: Peek, layer: Layer) -> RecognisedFile | None:
    if layer.geometry not in {"Point", "Polygon", ""}:
        return None
    return facility_of_columns(peeked.name, layer.columns, (layer.first,), placed=True)


def _people(peeked: Peek, layer: Layer) -> RecognisedFile | None:
    column = people_column(layer.columns)
    if column is None or layer.geometry == "Line":
        return None
    entry: dict[str, Any] = {"kind": "features", "path": peeked.name}
    if not age_columns(layer.columns):  # with ages the reader finds total and groups by itself
        entry["persons"] = column
    fragment: dict[str, Any] = {"population": entry}
    why = Text(f"列 {column}（人口）のある図形", f"shapes with the column {column}")
    return RecognisedFile(peeked.name, "features", fragment, 0.6, why, {"year": census_year(peeked.name)})


def people_column(columns: tuple[str, ...]) -> str | None:
    """Return the column that holds all residents, if one does."""
    names = {plain(c): c for c in reversed(columns)}
    return next((names[p] for p in _PEOPLE if p in names), None)


def census_year(name: str) -> int | None:
    """Return the year that a file name tells, if it does."""
    found = re.search(r"(?<!\d)(19[89]\d|20[0-6]\d)(?:\D|$|0[1-9]|1[0-2]|DDSW)", name)
    if found:
        return int(found.group(1))
    era = re.search(r"(?:^|[^a-z])(?:r|令和)0?([1-9]\d?)(?:\D|$)", name.lower())
    return 2018 + int(era.group(1)) if era else None
