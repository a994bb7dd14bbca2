"""Owns GIS layers of a run beside another: cells with values and changes, lines, stops, places; fields described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from app.features.compare.metrics import PERSONS_COLUMN, find_metric, list_metrics
from app.features.compare.paint import is_by_district
from app.report.maps_scene import differences
from app.report.wording import credits_line, digest_line, status_word
from app.spreadsheet import frame_csv
from app.text import CATALOGUES, say
from geodata.provenance import STATUS_TEXT
from sim.kpi import CELL_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from geopandas import GeoDataFrame

    from app.report.order import Order
    from app.runs import Run
    from geodata.units import FloatArray

JGD2011, WGS84 = "EPSG:6668", "EPSG:4326"
JAPAN = range(6669, 6688)
"""Plane systems of JGD2011: their degrees are EPSG:6668."""
BEFORE, AFTER, CHANGE = "_before", "_after", "_change"
README = "readme"
CELLS = "cells"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a layer, described in both languages' words of the order."""

    layer: str
    name: str
    title: str
    unit: str
    note: str = ""


def write_layers(order: Order) -> tuple[Path, ...]:
    """Write layers as one GeoPackage, or as GeoParquet files beside each other in a folder."""
    left, right = order.pairs[0]
    order.tell(say(order.lang, "report.layers"), 0.1)
    layers, fields = collect(order, left, right)
    if order.format == "gpkg":
        return (write_package(order, right, layers, fields),)
    return write_parquet(order, right, layers, fields)


def collect(order: Order, left: Run, right: Run) -> tuple[dict[str, GeoDataFrame], list[Field]]:
    """Return layers by name, and what their fields mean."""
    cells, fields = cell_layer(order, left, right)
    found = {CELLS: cells}
    for name, collection in order.services.layers_beside(right, left).items():
        layer = feature_layer(collection.get("features") or [], crs_of(order))
        if layer is not None:
            found[name] = layer
            fields += [feature_field(order, name, column) for column in layer.columns if column != "geometry"]
    return found, fields


def crs_of(order: Order) -> str:
    """Return the geographic system of the city's degrees."""
    return JGD2011 if order.services.city.epsg in JAPAN else WGS84


# ---------------------------------------------------------------- cells


def cell_layer(order: Order, left: Run, right: Run) -> tuple[GeoDataFrame, list[Field]]:
    """Return the cells with residents by age and every metric, before, after and changed."""
    import geopandas  # noqa: PLC0415 - slow

    cells, lang = order.services.city.population, order.lang
    known = cells.district >= 0
    district = np.where(known, cells.district_id[np.maximum(cells.district, 0)], "")
    names = cells.district_name_en if lang == "en" else cells.district_name
    name = np.where(known, names[np.maximum(cells.district, 0)], "")
    columns: dict[str, Any] = {"cell_id": cells.cell_id.astype(object), "district_id": district.astype(object)}
    columns["district"] = name.astype(object)
    fields = [Field(CELLS, key, say(lang, f"report.field_{key}"), "") for key in columns]
    for column in (*PERSONS_COLUMN.values(), *(m for m in list_metrics() if m not in PERSONS_COLUMN.values())):
        before, after = pair_of(order, left, right, column)
        if np.isnan(after).all() and np.isnan(before).all():
            continue
        columns |= {column + BEFORE: before, column + AFTER: after, column + CHANGE: plain_change(before, after)}
        fields += fields_of(order, left, right, column)
    frame = geopandas.GeoDataFrame(columns, geometry=cells.polygon_lonlat, crs=crs_of(order))
    return frame, fields


def pair_of(order: Order, left: Run, right: Run, column: str) -> tuple[FloatArray, FloatArray]:
    """Return the values of both runs as the page may show them: hidden ones are empty."""
    by_district = is_by_district((left, right), column)
    before, after = (
        order.services.column(run, column, public=order.public, by_district=by_district) for run in (left, right)
    )
    return before, after


def plain_change(before: FloatArray, after: FloatArray) -> FloatArray:
    """Return after − before; ±inf where reach itself changes."""
    found = differences(before, after)
    reach = np.isinf(before) != np.isinf(after)
    return np.where(reach & ~np.isnan(found), np.copysign(np.inf, found), found)


def fields_of(order: Order, left: Run, right: Run, column: str) -> list[Field]:
    """Return what the three fields of a metric mean."""
    lang, metric = order.lang, find_metric(column)
    unit = CELL_COLUMNS[column].unit
    note = [say(lang, "report.unreachable")] if metric.has_limit else []
    note += [say(lang, "by_district_only")] if is_by_district((left, right), column) else []
    sides = ((BEFORE, left.title.get(lang)), (AFTER, right.title.get(lang)), (CHANGE, say(lang, "report.difference")))
    title = metric.label.get(lang)
    return [Field(CELLS, column + end, f"{title}（{word}）", unit, " ".join(note)) for end, word in sides]


# ---------------------------------------------------------------- lines, stops, places


def feature_layer(features: list[dict[str, Any]], crs: str) -> GeoDataFrame | None:
    """Return features as a layer; lists become text; None where there is nothing."""
    import geopandas  # noqa: PLC0415 - slow

    if not features:
        return None
    plain = [{**f, "properties": {k: flat(v) for k, v in f["properties"].items()}} for f in features]
    return geopandas.GeoDataFrame.from_features(plain, crs=crs)


def flat(value: Any) -> Any:
    """Return a value that a field of a GIS table can hold."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def feature_field(order: Order, layer: str, column: str) -> Field:
    """Return what a field of a layer of features means; one without words keeps its name."""
    key = f"report.field_{column}"
    title = say(order.lang, key) if key in CATALOGUES["ja"] else column
    unit = next((end for end in ("min", "m") if column.endswith(f"_{end}")), "")
    return Field(layer, column, title, unit)


# ---------------------------------------------------------------- files


def readme_rows(order: Order, left: Run, right: Run, fields: list[Field]) -> list[dict[str, str]]:
    """Return the description of the whole and of every field."""
    lang, city = order.lang, order.services.city
    whole = [
        ("title", f"{city.name.get(lang)}: {left.title.get(lang)} → {right.title.get(lang)}"),
        ("crs", say(lang, "report.crs", crs=crs_of(order), plane=city.epsg)),
        ("years", f"{left.year} → {right.year}"),
        ("status", status_word(right, lang)),
        ("not_official", say(lang, "report.not_official")),
        ("digest", digest_line(order.services, (left, right), lang)),
        ("sources", credits_line(order.services, lang)),
        *((["public", say(lang, "report.public")],) if order.public else ()),
        ("statuses", "、".join(f"{one} {word.get(lang)}" for one, word in STATUS_TEXT.items())),
    ]
    rows = [{"layer": "", "field": key, "meaning": text, "unit": "", "note": ""} for key, text in whole]
    return rows + [
        {"layer": f.layer, "field": f.name, "meaning": f.title, "unit": f.unit, "note": f.note} for f in fields
    ]


def write_package(order: Order, right: Run, layers: dict[str, GeoDataFrame], fields: list[Field]) -> Path:
    """Write one GeoPackage: a table for each layer, and one that describes them."""
    import pandas as pd  # noqa: PLC0415 - slow
    import pyogrio  # noqa: PLC0415

    path = order.folder / f"{right.run_id}.gpkg"
    left = order.reference_of(right)
    for number, (name, layer) in enumerate(layers.items()):
        order.tell(say(order.lang, "report.layers"), 0.2 + 0.7 * number / len(layers))
        described = {f.name: f"{f.title} [{f.unit}]" if f.unit else f.title for f in fields if f.layer == name}
        pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG", layer_metadata=described)
    pyogrio.write_dataframe(pd.DataFrame(readme_rows(order, left, right, fields)), path, layer=README, driver="GPKG")
    return path


def write_parquet(order: Order, right: Run, layers: dict[str, GeoDataFrame], fields: list[Field]) -> tuple[Path, ...]:
    """Write a GeoParquet file for each layer, and a table that describes them."""
    import pandas as pd  # noqa: PLC0415 - slow

    folder = order.folder / f"{right.run_id}-geoparquet"
    folder.mkdir()
    paths = []
    for name, layer in layers.items():
        layer.to_parquet(folder / f"{name}.parquet", index=False)
        paths.append(folder / f"{name}.parquet")
    readme = folder / f"{README}.csv"
    rows = readme_rows(order, order.reference_of(right), right, fields)
    readme.write_bytes(frame_csv(pd.DataFrame(rows)).encode("utf-8-sig"))
    return (*paths, readme)
