"""Owns how files of 国土数値情報 are configured."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from geodata.config.base import Frozen

KsjDataset = Literal["N02", "N03", "N07", "P02", "P04", "P05", "P11", "P29", "A27", "A31", "A33", "A50"]


class KsjConfig(Frozen):
    """
    One file of 国土数値情報 (Shapefile zip, Shapefile, GeoJSON); a plain text is its path.

    `dataset` is told from the file's name and columns where it is not given. `clip`: keep only what lies in the
    municipality, where its boundary is known. `headway_min`, `speed_kmh`: of lines without a timetable (N02, P11, N07);
    always assumed. `where`: column → value of rows to keep. `municipality`: name or code of the city in N03, where
    the file holds several. `epsg`: coordinate system of a file that does not name its own.
    """

    path: str
    dataset: KsjDataset | None = None
    layer: str | None = None
    clip: bool = True
    where: dict[str, str] = Field(default_factory=dict)
    municipality: str | None = None
    epsg: int | None = None
    headway_min: float | None = Field(default=None, gt=0)
    speed_kmh: float | None = Field(default=None, gt=0)
    source: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value
