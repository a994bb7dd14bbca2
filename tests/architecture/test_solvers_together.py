"""Both solvers load in one process, whichever comes first: a run that chooses places and tours needs both."""

from __future__ import annotations

import subprocess
import sys

import pytest

ORDERS = {
    "highspy first": "import highspy; from ortools.sat.python import cp_model",
    "ortools first": "from ortools.sat.python import cp_model; import highspy",
}


@pytest.mark.parametrize("code", ORDERS.values(), ids=list(ORDERS))
def test_solvers_load_together(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
