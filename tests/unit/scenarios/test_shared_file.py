"""One file instead of a copy for each process: equal values and digests, pages that all share, nothing left behind."""

from __future__ import annotations

import errno
import os
import pickle
import signal
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from geodata.errors import RunError
from geodata.population import PopulationCells
from geodata.synthetic import grid_city
from scenarios import shared_file as shared_file_module
from scenarios.mapped_cells import MappedCells
from scenarios.shared_file import ALIGNED, PREFIX, read_shared, remove_shared, shared_file
from tests.benchmarks.worker_memory import KNOWN, memory_of_city

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="kills and rights are POSIX's")
PATIENCE_S, SMALL_PAGE = 60, 4096


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_city_comes_back_with_the_same_digests_and_read_only(folder):
    city = grid_city()
    with shared_file(city) as path:
        found = read_shared(path)
        assert found.layer_digests() == city.layer_digests()
        for array in (found.population.persons, found.population.cell_id, found.facilities.lonlat):
            assert not array.flags.writeable
            with pytest.raises(ValueError, match="WRITEABLE"):
                array.flags.writeable = True
        assert found.population.persons.tobytes("A") == city.population.persons.tobytes("A")
    assert list(folder.iterdir()) == []


def test_arrays_of_every_kind_lie_where_compiled_code_likes_them(folder):
    value = {
        "columns": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        "texts": np.array(["日立", "大甕", ""]),
        "flags": np.array([True]),
        "none": np.empty((0, 2)),
        "some": np.arange(20)[::3],
    }
    with shared_file(value) as path:
        found = read_shared(path)
        for name, array in value.items():
            np.testing.assert_array_equal(found[name], array)
            assert found[name].dtype == array.dtype
        assert found["columns"].flags.f_contiguous
        assert {found[name].ctypes.data % ALIGNED for name in ("columns", "texts", "flags")} == {0}


def test_outlines_are_made_when_somebody_asks(folder):
    cells = grid_city().population
    with shared_file(cells) as path:
        found = read_shared(path)
    assert isinstance(found, MappedCells)
    assert shapely.to_wkb(found.polygon_lonlat).tolist() == shapely.to_wkb(cells.polygon_lonlat).tolist()
    assert found.polygon_xy is found.polygon_xy  # asked for by every run, so kept
    assert not found.polygon_xy.flags.writeable
    moved = replace(found, polygon_xy=cells.polygon_xy[::-1])
    assert moved.polygon_xy[0].equals(cells.polygon_xy[-1])
    again = pickle.loads(pickle.dumps(found))  # noqa: S301 -- its own bytes
    assert type(again) is PopulationCells
    assert again.polygon_xy[0].equals(cells.polygon_xy[0])


@POSIX
def test_nobody_else_can_read_it(folder):
    with shared_file(1) as path:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_it_is_gone_however_the_block_ends(folder):
    with pytest.raises(KeyError), shared_file(1) as path:
        raise KeyError
    assert not path.parent.exists()
    remove_shared(path)  # whoever is second finds nothing
    with pytest.raises(AttributeError), shared_file(lambda: None):  # no value for others
        pass
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(not KNOWN or os.sysconf("SC_PAGE_SIZE") > SMALL_PAGE, reason="told by Linux, in small pages")
def test_a_further_process_takes_a_tenth_of_the_city_at_most():
    from geodata.hitachi import load_hitachi

    city = load_hitachi()
    found = memory_of_city(city)
    assert found.digest == city.digest
    assert found.loaded <= found.city / 10


ORPHANS = """
import sys, time
from pathlib import Path
from geodata.synthetic import grid_city
from scenarios import many_spawned
from scenarios.many_work import ManyWork
from scenarios.store import ResultStore

def wait_for_ever(scenario):
    Path(sys.argv[1], f"began-{scenario}").touch()
    time.sleep(3600)

if __name__ == "__main__":
    many_spawned._task = wait_for_ever
    work = ManyWork(grid_city(), ResultStore(Path(sys.argv[1]) / "store"))
    list(many_spawned.run_spawned({1: "a", 2: "b"}, work, 2))
"""


def test_a_full_disk_is_told_with_a_remedy(folder, monkeypatch):
    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shared_file_module, "_write", full)
    with pytest.raises(RunError, match="TMPDIR"), shared_file(1):
        pass
    assert list(folder.iterdir()) == []


@POSIX
def test_a_process_that_is_killed_leaves_no_file(tmp_path):
    script, temporary = tmp_path / "orphans.py", tmp_path / "temporary"
    temporary.mkdir()
    script.write_text(ORPHANS, encoding="utf-8")
    root = Path(__file__).parents[3]
    environment = os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": str(root)}
    process = subprocess.Popen([sys.executable, script, tmp_path], env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: all((tmp_path / f"began-{name}").exists() for name in "ab"))
        assert list(temporary.glob(f"{PREFIX}*"))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    wait_until(lambda: not list(temporary.glob(f"{PREFIX}*")))


def wait_until(is_so):
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)
