"""Owns what a process has to itself and how long it worked, as Linux tells it, and what a shared city takes."""

from __future__ import annotations

import importlib
import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.shared_file import read_shared, shared_bytes, shared_file

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from geodata.city import City

KNOWN = Path("/proc/self/smaps_rollup").exists()
"""Whether the system tells."""


def private_bytes(process: int | str = "self") -> int:
    """Return the bytes of a process that it shares with no other."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()[1:]
    kb = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
    return 1024 * (kb["Private_Dirty"] + kb["Private_Clean"])


def processor_s(process: int) -> float:
    """Return the processor time that a running process has taken."""
    after_name = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class CityMemory:
    """Bytes of a city, and what a further process has of it for itself: loaded, and with its outlines and digests."""

    city: int
    loaded: int
    used: int
    digest: str


def memory_of_city(city: City) -> CityMemory:
    """Return what a further process takes for a city that this one has written for it."""
    with shared_file(city) as path:
        here: City = read_shared(path)  # pages that two processes have are private to none
        own, heard = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=_load_and_tell, args=(path, heard))
        process.start()
        loaded, used, digest = own.recv()
        process.join()
        assert here.city_id == city.city_id
        return CityMemory(shared_bytes(path), loaded, used, digest)


def _load_and_tell(path: Path, tell: Connection[Any, Any]) -> None:
    importlib.import_module("scenarios.many_spawned")  # which a process of a sweep has anyway
    first = private_bytes()
    before = private_bytes()
    noise = before - first  # what looking takes itself
    city: City = read_shared(path)
    loaded = private_bytes() - before - noise
    outlines, digest = city.population.polygon_xy, city.digest
    tell.send((loaded, private_bytes() - before - noise, digest if len(outlines) else ""))
