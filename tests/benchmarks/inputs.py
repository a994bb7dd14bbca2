"""
Owns the input of the comparison: porto-alegre as its files tell it, a regular grid of cells, street nodes as facilities.

``python -m tests.benchmarks.inputs --out FOLDER`` writes the city folder, cells.csv and facilities.csv.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import geodata
from geodata.crs import to_lonlat
from geodata.snapshot import read_city, write_city
from geodata.streets import StreetNetwork
from sim.routing.types import Places, RoutingRequest

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import BoolArray, FloatArray, IntArray
    from tests.benchmarks.report import Tell

ROOT = Path(__file__).resolve().parents[2]
INPUTS = ROOT.parent / "shared" / "data" / "porto-alegre"
CONFIG = Path(geodata.__file__).parent / "examples" / "porto-alegre.yaml"
OUT = ROOT / "out" / "bench"
N_CELLS = 3_000
N_FACILITIES = 300
SEED = 0
REQUEST = RoutingRequest(
    date="2019-05-13",
    window_start_s=14 * 3_600,
    window_end_s=15 * 3_600,
    direction="depart",
    departure_mode="random",
    max_transfers=3,
    max_access_s=1_200,
    max_transfer_s=600,
    percentiles=(50,),
    walk_speed_m_min=84.0,  # 1.4 m/s
)
"""Monday, 60 departures, walk 1.4 m/s, access up to 1,200 s, at most 3 transfers."""


@dataclass(frozen=True, slots=True)
class BenchInput:
    """What every engine is asked about: the city, cells and facilities as places, the question."""

    city: City
    cells: Places
    facilities: Places
    request: RoutingRequest = REQUEST

    def lonlat(self, places: Places) -> FloatArray:
        """Return the positions of places [degrees], shape (N, 2)."""
        return to_lonlat(self.city.epsg, places.xy)

    def some_cells(self, n: int) -> Places:
        """Return about `n` cells, spread evenly over the grid."""
        return take(self.cells, np.unique(np.linspace(0, len(self.cells.xy) - 1, n).astype(np.int64)))


def take(places: Places, rows: IntArray | BoolArray) -> Places:
    """Return some of the places."""
    return Places(places.place_id[rows], places.xy[rows])


def missing_inputs() -> str:
    """Return why the input cannot be made, "" if it can."""
    if not INPUTS.is_dir():
        return f"no {INPUTS.parent.name}/{INPUTS.name} beside this checkout (its SOURCE.md says where it comes from)"
    try:
        import rasterio  # noqa: F401
    except ImportError:
        return "rasterio is missing (extra: elevation)"
    return ""


def load_city(tell: Tell, out: Path = OUT) -> City:
    """Return the city, built from the originals unless just that was built before; it lies in `out`/city-…."""
    folder = city_folder(out)
    if not folder.is_dir():
        from geodata.build import build_city

        tell("building porto-alegre from its originals")
        write_city(build_city(CONFIG, inputs=INPUTS).city, folder)
    return read_city(folder)


def city_folder(out: Path = OUT) -> Path:
    """Return where the built city lies: named after the originals, the configuration and the code that builds it."""
    told = hashlib.sha256()
    sources = sorted(Path(geodata.__file__).parent.rglob("*.py"))
    for path in [*sorted(INPUTS.iterdir()), CONFIG, *sources]:
        told.update(path.name.encode())
        told.update(path.read_bytes())
    return out / f"city-{told.hexdigest()[:12]}"


def grid_points(low: FloatArray, high: FloatArray, n_points: int) -> FloatArray:
    """Return the centres of about `n_points` equal squares over a box, row by row from the south west, shape (N, 2)."""
    size = np.asarray(high, np.float64) - np.asarray(low, np.float64)
    n_x, n_y = (max(1, round(float(side) / float(np.sqrt(size.prod() / n_points)))) for side in size)
    x = low[0] + (np.arange(n_x) + 0.5) * size[0] / n_x
    y = low[1] + (np.arange(n_y) + 0.5) * size[1] / n_y
    return np.stack([np.tile(x, n_y), np.repeat(y, n_x)], axis=1)


def walkable_nodes(streets: StreetNetwork) -> IntArray:
    """Return the street nodes that a walker can leave, ascending."""
    origin = np.repeat(np.arange(len(streets.node_xy)), np.diff(streets.edge_offsets))
    return np.unique(origin[np.isfinite(streets.edge_effort_m)]).astype(np.int32)


def make_input(city: City, n_cells: int = N_CELLS, n_facilities: int = N_FACILITIES) -> BenchInput:
    """Return cells as a regular grid over the extent of the streets, and street nodes drawn with seed 0."""
    streets = city.streets
    assert isinstance(streets, StreetNetwork)
    cells = grid_points(streets.node_xy.min(axis=0), streets.node_xy.max(axis=0), n_cells)
    drawn = np.random.default_rng(SEED).choice(walkable_nodes(streets), N_FACILITIES, replace=False)[:n_facilities]
    return BenchInput(city, places("c", cells), places("f", streets.node_xy[drawn]))


def places(prefix: str, xy: FloatArray) -> Places:
    """Return points as places with ids in order."""
    return Places(np.array([f"{prefix}{n:04d}" for n in range(len(xy))]), np.array(xy, np.float64))


def flat(city: City) -> City:
    """Return the city without slope: every walkable street takes its length."""
    streets = city.streets
    assert isinstance(streets, StreetNetwork)
    walkable = np.isfinite(streets.edge_effort_m)
    effort = np.where(walkable, streets.edge_length_m, np.inf)
    return city.replace(streets=replace(streets, edge_effort_m=effort, has_slope=False))


def main() -> None:
    """Write the input as files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args()
    why = missing_inputs()
    if why:
        raise SystemExit(why)
    made = make_input(load_city(print, chosen.out))
    for name, rows in (("cells", made.cells), ("facilities", made.facilities)):
        with (chosen.out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            table = [(i, *p) for i, p in zip(rows.place_id.tolist(), made.lonlat(rows).tolist(), strict=True)]
            csv.writer(file).writerows([("id", "lon", "lat"), *table])
    print(f"{len(made.cells.xy)} cells, {len(made.facilities.xy)} facilities in {chosen.out}")


if __name__ == "__main__":
    main()
