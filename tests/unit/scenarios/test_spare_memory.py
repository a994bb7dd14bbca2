"""Free memory leaves the process: threads share few arenas, and what is free in them is returned."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from scenarios import spare_memory

pytestmark = pytest.mark.skipif(spare_memory._c_library() is None, reason="only the C library of Linux")

THREADS = """
import ctypes, sys, threading
from scenarios.spare_memory import share_arenas
if sys.argv[1] == "share":
    assert share_arenas()
library = ctypes.CDLL("libc.so.6")
library.malloc.restype = ctypes.c_void_p
gate = threading.Barrier(8)
def work():
    gate.wait()
    for _ in range(200):
        library.malloc(20_000)
    gate.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for one in threads: one.start()
for one in threads: one.join()
library.fdopen.restype = ctypes.c_void_p
library.malloc_info(0, ctypes.c_void_p(library.fdopen(1, b"w")))
library.fflush(None)
"""
HOLES = """
from scenarios.spare_memory import give_back
def held_mb():
    with open("/proc/self/smaps_rollup") as told:
        return next(int(line.split()[1]) for line in told if line.startswith("Anonymous:")) / 1000
pieces = [b"x" * 20_000 for _ in range(10_000)]
pieces[:] = pieces[::100] + [b"y" * 20_000]
before = held_mb()
give_back()
print(before - held_mb())
"""


def said(code, *arguments):
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def test_threads_share_few_arenas():
    n_alone, n_shared = (len(re.findall(r"<heap nr=", said(THREADS, how))) for how in ("alone", "share"))
    assert n_shared <= spare_memory.ARENAS < n_alone


def test_what_is_free_between_pieces_in_use_is_returned():
    assert float(said(HOLES)) > 100  # of 200 MB, of which 2 are in use


def test_it_is_given_back_again_and_again(monkeypatch):
    class EndError(Exception):
        pass

    given, slept = [], []

    def sleep(seconds):
        slept.append(seconds)
        if len(slept) > 3:
            raise EndError

    class Now:
        def __init__(self, target, **_):
            with pytest.raises(EndError):
                target()

        def start(self):
            pass

    monkeypatch.setattr(spare_memory.time, "sleep", sleep)
    monkeypatch.setattr(spare_memory, "Thread", Now)
    monkeypatch.setattr(spare_memory, "give_back", lambda: given.append(1))
    spare_memory.give_back_often()
    assert slept == [spare_memory.EVERY_S] * 4
    assert len(given) == 3
