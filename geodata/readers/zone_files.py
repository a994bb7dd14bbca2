"""Owns zones from the polygons of a vector file: municipalities, 居住誘導区域, 都市機能誘導区域 and any others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from geodata.boundaries import Zone
from geodata.crs import to_plane
from geodata.errors import DataError, Text, error
from geodata.readers.records import file_record
from geodata.readers.rows import column_of, matching, read_features, require_columns
from geodata.readers.tables import ROW
from geodata.reading import ReaderInfo, Reading

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.config.places import BoundaryConfig


READER = ReaderInfo(
    "zones", Text("区域のポリゴン", "polygons of zones"), "GeoJSON, GeoPackage, Shapefile of any columns", verified=True
)


def read_zones(config: BoundaryConfig, path: Path, epsg: int) -> Reading[list[Zone]]:
    """Return the polygons of a vector file as zones; points and lines raise `DataError`."""
    features, problems = read_features(path, config.layer)
    named = [c for c in (config.id, config.name) if c is not None]
    require_columns(features.table, named, path.name)
    keep = matching(features.table, config.where, path.name)
    wrong = [n for n, s in enumerate(features.shapes) if keep[n] and s.geom_type not in {"Polygon", "MultiPolygon"}]
    if wrong:
        raise DataError(
            error(
                "geojson.not_polygon",
                f"{path.name} feature {features.table[ROW].iloc[wrong[0]]}",
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
    return Reading(zones, tuple(problems), (file_record(path, READER, features.n_in, len(zones)),))
