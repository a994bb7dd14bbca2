"""FEATURE UNDER TEST: cities nobody here wrote run an empty baseline and one added line, from raw files to kpi.csv."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from geodata.build import build_city
from geodata.snapshot import read_city, write_city
from scenarios.batch import run_batch
from scenarios.compare import compare_runs
from scenarios.store import ResultStore, read_run

ROOT = Path(__file__).resolve().parents[2]


AROUND_THE_LINE = {"lon": (-51.20, -51.13), "lat": (-30.06, -30.01)}
"""Of Porto Alegre 354 of 1,227 hexagons, with 38 of 141 clinics: every place costs as much, and proves the same."""


def originals(name, shared_data, tmp_path):
    """Return the raw files of a city; of the big one the hexagons around the line, all lines and all streets."""
    if name != "porto-alegre":
        return shared_data / name
    folder = tmp_path / "originals"
    folder.mkdir()
    for path in (shared_data / name).iterdir():
        (folder / path.name).symlink_to(path)
    hexagons = folder / "poa_hexgrid.csv"
    with hexagons.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [r for r in rows if all(low <= float(r[axis]) <= high for axis, (low, high) in AROUND_THE_LINE.items())]
    assert len(kept) == 354
    assert sum(float(row["healthcare"]) for row in kept) == 38
    hexagons.unlink()
    with hexagons.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(kept)
    return folder


@pytest.mark.parametrize("name", ["muroran", "porto-alegre"])
def test_a_real_city_runs_a_baseline_and_an_added_line(name, shared_data, tmp_path):
    inputs = originals(name, shared_data, tmp_path)
    report = build_city(ROOT / "geodata" / "examples" / f"{name}.yaml", inputs=inputs)
    city = read_city(write_city(report.city, tmp_path / "city"))
    files = [ROOT / "scenarios" / "examples" / f"{name}-{what}.yaml" for what in ("baseline", "line")]
    done = run_batch(files, city, out=tmp_path / "runs", store=ResultStore(tmp_path / "store"))
    assert not done.failures
    base, line = (read_run(tmp_path / "runs" / f"{name}-{what}") for what in ("baseline", "line"))
    assert base.manifest["digests"]["applied_city"] == city.digest
    assert base.kpi[base.kpi["status"] != "no-data"]["value"].notna().all()
    frame = compare_runs(base, line)
    changed = frame[(frame["group"] == "all") & (frame["setting"] == "default") & (frame["difference"].abs() > 0)]
    assert "frequent_stop_share" in set(changed["kpi_id"])
    assert (changed[changed["kpi_id"] == "frequent_stop_share"]["difference"] > 0).all()
    added = [f for f in line.layers["lines"]["features"] if f["properties"]["change"] == "added"]
    assert [f["properties"]["name"] for f in added] == ["例の路線"]
