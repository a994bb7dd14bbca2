"""What stands beside a city comes and goes with it; single outlines share one file, and load fast."""

import json
import time

import numpy as np
import pytest
import shapely

from geodata import snapshot
from geodata.boundaries import Zone
from geodata.errors import DataError, Text
from geodata.snapshot import INDEX, read_city, write_city
from geodata.snapshot_values import FolderReader
from geodata.synthetic import grid_city


def with_zones(n):
    circles = [shapely.Point(k, k).buffer(10, quad_segs=100) for k in range(n)]
    zones = tuple(Zone(f"z{k}", "flood", Text("浸水", "flood"), c, c) for k, c in enumerate(circles))
    return grid_city().replace(zones=zones)


def test_extras_are_written_with_the_city_and_are_no_part_of_it(tmp_path):
    city = grid_city()
    folder = write_city(city, tmp_path / "a", extras={"report.html": b"<p>", "values.json": b"{}"})
    assert (folder / "report.html").read_bytes() == b"<p>"
    assert read_city(folder, verify=True).digest == city.digest
    (folder / "report.html").unlink()
    assert read_city(folder, verify=True).digest == city.digest
    write_city(city, folder, force=True, extras={"other.txt": b"x"})
    assert not (folder / "values.json").exists()


@pytest.mark.parametrize("name", ["city.json", "CITY.JSON", "../x", "a/b", "", "..", "population.xy.npy"])
def test_an_extra_cannot_take_the_place_of_the_city(tmp_path, name):
    with pytest.raises(ValueError, match=name or "^$"):
        write_city(grid_city(), tmp_path / "city", extras={name: b""})
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_of_an_extra_leaves_the_old_city_and_its_extras(tmp_path, monkeypatch):
    folder = write_city(grid_city(), tmp_path / "city", extras={"report.html": b"old"})

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot, "_write_extras", full)
    with pytest.raises(DataError, match="No space"):
        write_city(with_zones(1), folder, force=True, extras={"report.html": b"new"})
    assert (folder / "report.html").read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["city"]


def test_many_outlines_are_one_file_and_come_back_in_order(tmp_path):
    city = with_zones(300)
    folder = write_city(city, tmp_path / "city")
    assert (folder / INDEX).stat().st_size < 200_000
    again = read_city(folder, verify=True)
    assert all(a.lonlat.equals_exact(b.lonlat, 0) for a, b in zip(again.zones, city.zones, strict=True))


def test_outlines_written_by_earlier_versions_are_read(tmp_path):
    box = shapely.box(0, 0, 1, 1)
    assert FolderReader(tmp_path).decode({"@wkb": box.wkb_hex}).equals_exact(box, 0)


@pytest.mark.parametrize("index", [99, "x", None])
def test_an_outline_that_is_not_there_is_named_as_damage(tmp_path, index):
    folder = write_city(with_zones(2), tmp_path / "city")
    tree = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    tree["city"]["fields"]["zones"]["@tuple"][0]["fields"]["xy"]["@shape"] = index
    (folder / INDEX).write_text(json.dumps(tree), encoding="utf-8")
    with pytest.raises(DataError, match="damaged"):
        read_city(folder)


def test_large_outlines_load_in_a_fraction_of_a_second(tmp_path):
    """600 outlines of 400 corners in both systems: hexadecimal text took over a second, bytes take some 0.05 s."""
    folder = write_city(with_zones(600), tmp_path / "city")
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        read_city(folder)
        seconds.append(time.perf_counter() - start)
    assert np.min(seconds) < 1.0
