"""Owns urbanaccess + pandana, which live in an older environment: a worker process that is asked over a pipe."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tests.benchmarks.contracted import contracted
from tests.benchmarks.inputs import ROOT
from tests.benchmarks.install_peers import VENV, python_of, reason

if TYPE_CHECKING:
    from tests.benchmarks.inputs import BenchInput

WORKER = ROOT / "tests" / "benchmarks" / "urbanaccess_worker.py"


def missing() -> str:
    """Return why urbanaccess cannot be asked, "" if it can."""
    return "" if python_of(VENV).is_file() and not reason("urbanaccess") else reason("urbanaccess") or "run make bench"


class Urbanaccess:
    """A worker with streets, cells and facilities; asked with a feed, it rebuilds its network and answers."""

    def __init__(self, asked: BenchInput, scratch: Path) -> None:
        graph = contracted(asked.city.streets)
        lon, lat = asked.city.streets.node_lonlat[graph.node].T
        both = np.concatenate
        file = scratch / "urbanaccess.npz"
        np.savez(
            file, node=graph.node, lon=lon, lat=lat,
            a=both([graph.a, graph.b]), b=both([graph.b, graph.a]), metres=both([graph.metres, graph.metres]),
            cells=asked.lonlat(asked.cells), facilities=asked.lonlat(asked.facilities),
        )  # fmt: skip
        self.n_nodes = len(graph.node)
        self.log = (scratch / "urbanaccess.log").open("w", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(python_of(VENV)), "-W", "ignore", str(WORKER), str(file)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, encoding="utf-8", cwd=scratch,
            env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        )  # fmt: skip
        self.versions: dict[str, str] = self._read()["versions"]

    def rebuild(self, feed: Path) -> dict[str, Any]:
        """Rebuild from a feed and answer; return the seconds of each step."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{feed}\n")
        self.process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.log.flush()
            told = Path(self.log.name).read_text("utf-8", errors="replace")
            raise RuntimeError(f"urbanaccess stopped: {told[-2_000:]}")
        found: dict[str, Any] = json.loads(line)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.log.close()
