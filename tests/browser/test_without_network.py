"""The page draws where there is no network at all."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def can_unshare() -> bool:
    tool = shutil.which("unshare")
    return tool is not None and subprocess.run([tool, "-n", "true"], check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not can_unshare(), reason="needs the right to make a network namespace (root on Linux)")
def test_both_maps_are_drawn_without_any_network(runs_folder: Path, browser_type_launch_args):
    chromium, args = browser_type_launch_args["executable_path"], browser_type_launch_args["args"]
    command = [
        "unshare",
        "-n",
        sys.executable,
        "-m",
        "tests.browser.offline_journey",
        str(runs_folder),
        chromium,
        *args,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert not seen["can_leave"]
    assert min(seen["drawn"].values()) > 300
    assert seen["cards"] >= 8
