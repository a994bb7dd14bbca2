"""First use: every kernel is found, called once on a tiny city, and told while it compiles."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

from numba import njit

from sim.routing import compiling
from sim.routing.compiling import list_kernels, watch_compiling

ROOT = Path(__file__).resolve().parents[4]
PLAIN = """
import sys, threading
from sim.routing.compiling import compile_kernels, list_kernels
called = set()
def note(frame, event, _):
    if event == "call":
        called.add((str(frame.f_globals.get("__name__")), frame.f_code.co_name))
assert list_kernels() == {}  # nothing is compiled
sys.setprofile(note)
threading.setprofile(note)
compile_kernels(lambda *_: None)
sys.setprofile(None)
for module, name in sorted(called):
    if module.startswith("sim."):
        print(f"{module.rpartition('.')[2]}.{name}")
"""
AT_ONCE = """
import numpy as np
from sim.routing.samples import order_statistics
samples = np.arange(12, dtype=np.int32).reshape(1, 6, 2)
values, reached = np.empty((1, 2, 1), np.int32), np.empty((1, 2), np.int32)
order_statistics(samples, np.array([2], np.int32), values, reached)
print(values.tolist(), reached.tolist())
"""


def run_python(code, **environ):
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environ}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def written_kernels():
    """Return the functions of the models that the sources mark as compiled on their own."""
    found = set()
    for path in sorted((ROOT / "sim").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            marks = [ast.unparse(mark) for mark in node.decorator_list] if isinstance(node, ast.FunctionDef) else []
            if any("njit" in mark and "inline=" not in mark for mark in marks):
                found.add(f"{path.stem}.{node.name}")
    return found


def test_all_kernels_of_the_sources_are_found():
    assert set(list_kernels()) == written_kernels()
    assert "transfers.find_transfers" in list_kernels()


def test_the_tiny_city_calls_every_kernel_and_all_run_uncompiled_too():
    done = run_python(PLAIN, NUMBA_DISABLE_JIT="1")
    out, err = done.communicate()
    assert done.returncode == 0, err
    missed = written_kernels() - set(out.split())
    # One that only other kernels call is compiled with them, whether or not the tiny city needs it.
    assert [name for name in missed if "._" not in name] == []


def test_a_kernel_is_told_when_it_compiles_and_only_then(monkeypatch):
    kernel = njit(lambda x: x + 1)
    monkeypatch.setattr(compiling, "list_kernels", lambda: {"here.plus_one": kernel, "here.other": None})
    told = []
    with watch_compiling(lambda *found: told.append(found)):
        assert kernel(1) == 2
        assert kernel(2) == 3
    assert told == [("here.plus_one", 1, 2)]
    kernel(1.5)
    assert len(told) == 1


def test_two_processes_may_fill_an_empty_cache_at_once(tmp_path):
    cache = tmp_path / "kernels"
    both = [run_python(AT_ONCE, NUMBA_CACHE_DIR=str(cache)) for _ in range(2)]
    ended = [(*process.communicate(), process.returncode) for process in both]
    assert ended == [("[[[4], [5]]] [[6, 6]]\n", "", 0)] * 2
    assert list(cache.rglob("*.nbi"))
