"""A file is whole or as it was, and nothing of what could not be finished stays."""

from __future__ import annotations

import errno

import numpy as np
import pytest

from scenarios.draft_history import write_whole
from scenarios.step_shelf import StepFolder
from scenarios.travel_shelf import TravelShelf
from scenarios.whole_file import whole_file


def full(file, *_, **__):
    file.write(b"x" * 1_000)
    raise OSError(errno.ENOSPC, "No space left on device")


def test_it_replaces_an_earlier_one_only_when_it_is_whole(tmp_path):
    path = tmp_path / "x.yaml"
    write_whole(path, b"first")

    def fail():
        with whole_file(path) as part:
            part.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert path.read_bytes() == b"first"
    write_whole(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_no_parts_on_the_shelves(tmp_path, monkeypatch):
    monkeypatch.setattr(np, "savez", full)
    StepFolder(tmp_path).keep("step", {"cells": "1"}, {"a": np.zeros(2)})
    TravelShelf(tmp_path).keep("key", {(0.0, 0.0): np.zeros(2, np.float32)})
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
