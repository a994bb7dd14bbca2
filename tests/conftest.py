"""What all tests share: the browser to use, and how property tests behave."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Compiling a kernel takes longer than any deadline; a shared machine must see the same examples each time.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

CHROMIUM_ARGS = [
    "--no-sandbox",  # tests may run as root
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",  # WebGL without a graphics card
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-gpu-watchdog",  # a busy machine draws slowly; without this its maps lose their context for it
]


def find_chromium() -> str | None:
    """Return the Chromium of the machine: no browser is downloaded."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM") or next((p for p in map(shutil.which, names) if p), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium found: apt install chromium fonts-noto-cjk, or set CHROMIUM", pytrace=False)
    return {**browser_type_launch_args, "executable_path": path, "args": CHROMIUM_ARGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "ja-JP", "timezone_id": "Asia/Tokyo"}


SHARED_DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of original inputs, which stands beside the checkout where the project is built."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the original inputs (../shared/data) are not beside this checkout")
    return SHARED_DATA.resolve()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of this run of the tests."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


FIRST = (
    "tests/cases/test_library.py",
    "tests/cases/test_damaged_layers.py",
    "tests/property/test_fuzz_readers.py",
    "tests/cases/test_real_city_runs.py",
    "tests/browser/test_compare_page.py",
    "tests/property/test_incremental.py",
    "tests/property/test_incremental_history.py",
    "tests/property/test_watched_settings.py",
)
"""
Files that take minutes. They stay on one worker each, so they come first, and short files fill up the end.

The second and third need no kernel: while the first worker compiles them all, another need not do the same.
"""


def pytest_configure(config: pytest.Config) -> None:
    config.option.loadscopereorder = False  # of pytest-xdist: else it hands out files by their number of tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {name: rank for rank, name in enumerate(FIRST)}
    items.sort(key=lambda item: ranks.get(item.nodeid.partition("::")[0], len(FIRST)))
