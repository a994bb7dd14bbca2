"""One large feed read in a fresh process: prints its peak memory and seconds as a line of JSON."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from geodata.digest import digest_of
from geodata.readers.gtfs import read_gtfs
from geodata.units import FloatArray
from tests.benchmarks.timing import clock, peak_mb


def _flat(lonlat: FloatArray) -> FloatArray:
    return np.asarray(lonlat, dtype=np.float64) * 100_000.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feed", type=Path, required=True)
    chosen = parser.parse_args()
    found = []
    started = peak_mb()
    seconds = clock(lambda: found.append(read_gtfs([chosen.feed], project=_flat)))
    peak = peak_mb()
    table = found[0].timetable
    print(
        json.dumps(
            {
                "seconds": seconds,
                "started_mb": started,
                "peak_mb": peak,
                "stop_times": len(table.trips.arrival_s),
                "trips": len(table.trips.trip_id),
                "digest": digest_of(table),
            }
        )
    )


if __name__ == "__main__":
    main()
