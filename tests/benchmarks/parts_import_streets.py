"""
Owns the figures of reading large street extracts: the real one of the bench copied side by side, built afresh.

Seconds are those of the processor, so that a busy machine does not bend the line.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.benchmarks.inputs import INPUTS, ROOT
from tests.benchmarks.report import Goal, Part
from tests.benchmarks.timing import Figure, peak_mb

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

EXTRACT = "poa_osm.pbf"
COPIES = (1, 4, 16, 64)
STEP_DEGREES = (0.15, 0.14)
"""More than the extract measures, so that copies do not overlap."""
ID_STEP = 10_000_000_000
PEAK_MB = 4096
LINEAR = 1.3
EPSG = 32722


def import_streets(bench: Bench) -> Part:
    """Build streets of extracts of growing size, whole and clipped to one city, each in a fresh process."""
    part = Part("import-streets", "street extracts: copies of the real one side by side, each in a fresh process")
    taken: dict[str, list[dict[str, float]]] = {"whole": [], "clipped": []}
    for copies in COPIES:
        bench.tell(f"writing an extract of {copies} copies")
        path = replicate(INPUTS / EXTRACT, copies, bench.scratch / f"streets-{copies}.osm.pbf")
        for kind, area in (("whole", None), ("clipped", first_copy(INPUTS / EXTRACT))):
            bench.tell(f"reading {copies} copies, {kind}")
            found = _afresh(path, area)
            taken[kind].append(found)
            part.add(
                Figure(f"{copies}× {kind}: {found['ways']:,} of {found['ways_in']:,} ways", (found["seconds"],)),
                Figure(f"{copies}× {kind}: peak", (found["peak_mb"],), "MB"),
            )
        path.unlink()
    part.facts["runs"] = taken
    _goals(part, taken)
    return part


def _goals(part: Part, taken: dict[str, list[dict[str, float]]]) -> None:
    for kind, runs in taken.items():
        most = max(run["peak_mb"] for run in runs)
        part.add(Goal(f"peak memory of {COPIES[-1]} copies, {kind}", most, PEAK_MB, at_least=False, unit=" MB"))
    small, large = taken["whole"][-2], taken["whole"][-1]
    for name in ("seconds", "peak_mb"):
        growth = large[name] / small[name] / (COPIES[-1] / COPIES[-2])
        part.add(Goal(f"{name} for each copy, {COPIES[-1]} against {COPIES[-2]}", growth, LINEAR, at_least=False))


def replicate(extract: Path, copies: int, out: Path) -> Path:
    """Write an extract of so many copies in a square, each with ids of its own."""
    import osmium

    side = max(1, round(copies**0.5))
    with osmium.SimpleWriter(str(out), overwrite=True) as writer:
        for copy in range(copies):
            east, north = (copy % side) * STEP_DEGREES[0], (copy // side) * STEP_DEGREES[1]
            for node in osmium.FileProcessor(str(extract), osmium.osm.NODE):
                place = (node.location.lon + east, node.location.lat + north)
                writer.add_node(node.replace(id=node.id + copy * ID_STEP, location=place))
        for copy in range(copies):
            for way in osmium.FileProcessor(str(extract), osmium.osm.WAY):
                nodes = [node.ref + copy * ID_STEP for node in way.nodes]
                writer.add_way(way.replace(id=way.id + copy * ID_STEP, nodes=nodes))
    return out


def first_copy(extract: Path) -> tuple[float, float, float, float]:
    """Return an area that holds the middle of the first copy."""
    import osmium

    places = [(n.location.lon, n.location.lat) for n in osmium.FileProcessor(str(extract), osmium.osm.NODE)]
    (west, south), (east, north) = np.quantile(np.array(places), (0.25, 0.75), axis=0)
    return float(west), float(south), float(east), float(north)


def _afresh(path: Path, area: tuple[float, float, float, float] | None) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.parts_import_streets", "--extract", str(path)]
    if area is not None:
        command.append("--area=" + ",".join(map(str, area)))
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def main() -> None:
    """Read one extract in this process; print seconds, peak memory and ways as a line of JSON."""
    from geodata.crs import to_plane
    from geodata.readers.osm import read_osm

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extract", type=Path, required=True)
    parser.add_argument("--area", default="")
    chosen = parser.parse_args()
    area = tuple(float(v) for v in chosen.area.split(",")) if chosen.area else None
    began = time.process_time()
    counts = read_osm(chosen.extract, project=lambda lonlat: to_plane(EPSG, lonlat), area_lonlat=area).counts
    seconds = time.process_time() - began
    found = {"seconds": seconds, "peak_mb": peak_mb(), "ways_in": counts["osm_ways_in"], "ways": counts["osm_ways"]}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
