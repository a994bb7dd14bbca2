"""Owns how streets are configured: an extract, a saved graph, a download, or a plane."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from geodata.config.base import Frozen


class BarrierConfig(Frozen):
    """Lines or polygons (any vector file) that nobody crosses: `modes` may name ``walk``, ``car`` or both."""

    path: str
    layer: str | None = None
    where: dict[str, str] = Field(default_factory=dict)
    modes: tuple[Literal["walk", "car"], ...] = ("walk", "car")


class StreetsConfig(Frozen):
    """
    A network from `osm_pbf`, or from `graphml` as osmnx saves it, or by `download`; else straight line × `detour`.

    `osm_pbf`: an extract of any size (``.osm.pbf``, ``.osm``, ``.gz``, ``.bz2``); only the part around the city is
    kept. `download`: fetch the streets around the city by osmnx from an Overpass server (`overpass_url`: another one
    than the public one; `overpass_timeout_s`: how long to wait) and keep them in `keep` (a GraphML file beside the
    inputs), which later builds read. `elevation`: rasters of heights or folders of them, for slopes on a network.
    `margin_m`: streets farther than this from people and stops are left out. `barriers`: what nobody crosses.
    """

    osm_pbf: str | None = None
    graphml: str | None = None
    download: bool = False
    overpass_url: str | None = None
    overpass_timeout_s: float = Field(default=180.0, gt=0)
    keep: str = "streets.graphml"
    margin_m: float = Field(default=3_000.0, gt=0)
    barriers: tuple[BarrierConfig, ...] = ()
    elevation: str | tuple[str, ...] | None = None
    max_snap_m: float = Field(default=1_000.0, gt=0)
    detour: float = Field(default=1.3, ge=1)
    car_detour: float = Field(default=1.4, ge=1)

    @model_validator(mode="after")
    def _needs_network(self) -> StreetsConfig:
        n_networks = (self.osm_pbf is not None) + (self.graphml is not None) + self.download
        if n_networks > 1:
            msg = "osm_pbf:、graphml:、download: はどれか一つだけです|give only one of osm_pbf:, graphml: and download:"
            raise ValueError(msg)
        for key, given in (("elevation", bool(self.elevation)), ("barriers", bool(self.barriers))):
            if given and not n_networks:
                msg = (
                    f"{key}: には osm_pbf:、graphml:、download: のどれかが必要です"
                    f"|{key}: needs osm_pbf:, graphml: or download:"
                )
                raise ValueError(msg)
        if not self.keep.lower().endswith(".graphml"):
            msg = "keep: は .graphml で終わる名前にします|keep: must end in .graphml"
            raise ValueError(msg)
        if self.overpass_url is not None and not self.download:
            msg = "overpass_url: は download: true と一緒に書きます|overpass_url: needs download: true"
            raise ValueError(msg)
        return self
