"""Owns municipal, guidance-area and hazard polygons of a city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.errors import Text

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """One polygon of a kind (``residential_guidance``, ``urban_function``, ``flood``, ``user``, …), in both systems."""

    zone_id: str
    kind: str
    name: Text
    lonlat: BaseGeometry
    xy: BaseGeometry
