"""Owns the street model: a real network, or straight line × detour factor where none could be had."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.frozen import freeze, require_lengths
from geodata.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class StreetNetwork:
    """
    Streets as a directed graph in CSR form.

    Parameters
    ----------
    node_lonlat, node_xy
        node → position [degrees], [m], shape (N, 2).
    edge_offsets, edge_to
        node → its outgoing edges, CSR, shapes (N+1,), (E,). Walking is possible both ways, so each walkable street
        stands twice.
    edge_length_m
        edge → length [m], shape (E,).
    edge_effort_m
        edge → level metres that take a walker as long as this edge; equals the length without slope, inf = no
        walking, shape (E,). Directed: up and down differ.
    edge_car_s
        edge → free-flow seconds by car; inf = no cars or against a one-way, shape (E,).
    has_slope
        Whether efforts contain slope.

    Notes
    -----
    Slope by Tobler's hiking function: effort = length × exp(3.5 |s + 0.05|) ÷ exp(3.5 × 0.05), s = rise ÷ run.

    References
    ----------
    Tobler (1993), Three presentations on geographical analysis and modeling.
    """

    node_lonlat: FloatArray
    node_xy: FloatArray
    edge_offsets: IntArray
    edge_to: IntArray
    edge_length_m: FloatArray
    edge_effort_m: FloatArray
    edge_car_s: FloatArray
    has_slope: bool = False
    max_snap_m: float = 1_000.0

    def __post_init__(self) -> None:
        require_lengths("streets", len(self.node_xy), node_lonlat=self.node_lonlat)
        require_lengths("streets", len(self.node_xy) + 1, edge_offsets=self.edge_offsets)
        require_lengths(
            "streets",
            len(self.edge_to),
            edge_length_m=self.edge_length_m,
            edge_effort_m=self.edge_effort_m,
            edge_car_s=self.edge_car_s,
        )
        freeze(self)

    @property
    def kind(self) -> str:
        """Name of the model for pages and manifests."""
        return "network"


@dataclass(frozen=True, slots=True)
class DetourPlane:
    """
    Streets where no network could be had: straight line × a factor, no slope, no barriers.

    References
    ----------
    Assumption: 1.3 on foot and 1.4 by car; status assumed, and every page says so.
    """

    walk_detour: float = 1.3
    car_detour: float = 1.4

    @property
    def kind(self) -> str:
        """Name of the model for pages and manifests."""
        return "detour"

    @property
    def has_slope(self) -> bool:
        """Slopes are never considered on the plane."""
        return False


StreetModel = StreetNetwork | DetourPlane
