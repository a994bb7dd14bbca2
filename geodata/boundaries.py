"""Owns municipal, guidance-area and hazard polygons of a city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from geodata.crs import plane_epsg, to_plane

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata.errors import Text


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """One polygon of a kind (``residential_guidance``, ``urban_function``, ``flood``, ``user``, …), in both systems."""

    zone_id: str
    kind: str
    name: Text
    lonlat: BaseGeometry
    xy: BaseGeometry


def zone_of(zone_id: str, kind: str, name: Text, lonlat: BaseGeometry, epsg: int | None) -> Zone:
    """Return a zone from its polygon in degrees; `epsg`: plane of the city, None = that of the place."""
    if epsg is None:
        centre = lonlat.centroid
        epsg = plane_epsg(centre.x, centre.y)
    plane = epsg
    return Zone(zone_id, kind, name, lonlat, shapely.transform(lonlat, lambda points: to_plane(plane, points)))
