"""One full matrix in a fresh process: prints its peak memory and seconds as a line of JSON."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from geodata.snapshot import read_city
from tests.benchmarks.engine import full_matrix
from tests.benchmarks.inputs import make_input
from tests.benchmarks.timing import clock, peak_mb


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--city", type=Path, required=True)
    parser.add_argument("--cells", type=int, required=True)
    parser.add_argument("--facilities", type=int, required=True)
    chosen = parser.parse_args()
    asked = make_input(read_city(chosen.city), chosen.cells, chosen.facilities)
    started = peak_mb()
    seconds = clock(lambda: full_matrix(asked.city, asked.cells, asked.facilities, asked.request))
    print(json.dumps({"started_mb": started, "peak_mb": peak_mb(), "seconds": seconds}))


if __name__ == "__main__":
    main()
