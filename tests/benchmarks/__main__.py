"""
Print what a planner waits for, beside the goals: ``make bench``.

Goals are printed, never asserted; ratios against a peer are taken in one process, in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.benchmarks.timing import Figure, interleaved, timed


def command_figures(runs: int) -> list[Figure]:
    """Time whole commands, each in its own process, with an empty result store first."""
    with tempfile.TemporaryDirectory() as scratch:
        env = {**os.environ, "EKISEI_HOME": str(Path(scratch) / "home")}
        numbers = iter(range(1000))

        def ekisei(*words: str) -> None:
            subprocess.run([sys.executable, "-m", "app.cli", *words], check=True, env=env, capture_output=True)

        def run_afresh() -> None:
            env["EKISEI_HOME"] = str(Path(scratch) / f"home-{next(numbers)}")
            ekisei("run", "baseline-r5", "--out", str(Path(scratch) / f"out-{next(numbers)}"))

        def run_again() -> None:
            ekisei("run", "baseline-r5", "--out", str(Path(scratch) / f"out-{next(numbers)}"))

        ekisei("run", "baseline-r5", "--out", str(Path(scratch) / "warm"))
        return [
            timed("ekisei --help", lambda: ekisei("--help"), runs),
            timed("ekisei run baseline-r5 (empty store, compiled kernels)", run_afresh, runs),
            timed("ekisei run baseline-r5 (again)", run_again, runs),
        ]


def coverage_figures(runs: int) -> list[Figure]:
    """Compare the covered population of a union of circles with geopandas' overlay on the same polygons."""
    import geopandas as gpd
    import shapely

    from geodata.synthetic import grid_city
    from sim.catchment import cover_share

    city = grid_city(n_x=40, n_y=50)
    rng = np.random.default_rng(0)
    centres = rng.uniform((0, 0), (20_000, 25_000), size=(60, 2))
    cells = gpd.GeoDataFrame({"persons": city.population.total}, geometry=city.population.polygon_xy)

    def overlay() -> float:
        circles = gpd.GeoDataFrame(geometry=shapely.buffer(shapely.points(centres), 800.0, quad_segs=64))
        cut = gpd.overlay(cells, circles.dissolve(), how="intersection")
        return float((cut["persons"] * cut.area / 250_000.0).sum())

    def ours() -> float:
        share = cover_share(city.population.polygon_xy, centres, np.full(len(centres), 800.0))
        return float(city.population.total @ share)

    difference = abs(overlay() - ours()) / overlay()
    print(f"coverage: relative difference to geopandas overlay {difference:.1e} (circles as polygons)")
    return interleaved({"geopandas: union + overlay, 2,000 cells": overlay, "ours: cover_share": ours}, runs)


def main() -> None:
    """Print the table and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path, default=None)
    chosen = parser.parse_args()
    print(
        f"machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}"
    )
    figures = command_figures(chosen.runs)
    coverage = coverage_figures(chosen.runs)
    for figure in [*figures, *coverage]:
        print(figure.row())
    goal = figures[2].median
    print(
        f"goal: ekisei run baseline-r5 after the first time in single seconds (< 10 s) … {'met' if goal < 10 else 'NOT met'} ({goal:.2f} s)"
    )
    start = figures[0].median
    print(f"goal: start-up of the command line under 1 s … {'met' if start < 1 else 'NOT met'} ({start:.2f} s)")
    print(f"ratio: geopandas ÷ ours = {coverage[0].median / coverage[1].median:.1f}")
    if chosen.json:
        chosen.json.write_text(json.dumps({f.name: f.seconds for f in [*figures, *coverage]}, indent=2), "utf-8")


if __name__ == "__main__":
    main()
