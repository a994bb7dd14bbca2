"""What the version before stored is read, or computed again; what a later one stored is refused in one clear sentence."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

from geodata.errors import RunError
from geodata.synthetic import grid_city
from scenarios.column_file import check_columns, read_columns, write_columns
from scenarios.drafts import DraftFolder
from scenarios.files import parse_scenario
from scenarios.runner import run_scenario
from scenarios.sealed import has_right_sum, read_seal, with_sum
from scenarios.step_shelf import StepFolder
from scenarios.store import ResultStore, code_digest, read_run
from scenarios.travel_shelf import TravelShelf

SCENARIO = """
schema: ekisei-scenario/1
id: example
title: {ja: 例, en: Example}
description: {ja: 例, en: Example}
year: 2023
plan_status: hypothetical
modifications:
  - {id: a, type: adjust-facility, category: clinic, capacity: 60}
"""
COLUMNS = {"a": np.array([0.1, np.inf, np.nan]), "b": np.arange(6).reshape(2, 3)}


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("formats")
    store = ResultStore(folder / "results")
    scenario = parse_scenario(SCENARIO, "example.yaml")
    run_scenario(scenario, grid_city(), out=folder / "run", store=store, draws=2)
    return folder


def folders(stored, name):
    return sorted(p.parent for p in (stored / "results").rglob(name))


def rewritten(path, change):
    """Return the record of a file after a change, written over it."""
    record = change(json.loads(path.read_text(encoding="utf-8")))
    path.write_text(json.dumps(record), encoding="utf-8")


@pytest.fixture
def copied(stored, tmp_path):
    import shutil

    shutil.copytree(stored, tmp_path / "copy")
    return tmp_path / "copy"


def test_everything_stored_names_its_format_and_the_code_that_made_it(stored):
    seals = [read_seal(folder) for folder in folders(stored, "checksums.json")]
    assert {seal.schema for seal in seals} == {"ekisei-result/2", "ekisei-draws/2"}
    assert {seal.code for seal in seals} == {code_digest()}
    manifest = json.loads((stored / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["schema"] == "ekisei-run/2"
    assert has_right_sum(manifest)
    for path in [*(stored / "travel").rglob("*.npz"), *(stored / "steps").rglob("*.npz")]:
        with path.open("rb") as file:
            assert check_columns(file).code == code_digest()


def test_results_and_draws_of_the_first_version_are_read(copied):
    store = ResultStore(copied / "results")
    for folder in folders(copied, "result.json"):
        rewritten(folder / "checksums.json", lambda record: record["files"])
        assert store.find(folder.name) is not None
    for folder in folders(copied, "draws.parquet"):
        sums = json.loads((folder / "checksums.json").read_text(encoding="utf-8"))["files"]
        (folder / "checksums.json").unlink()
        (folder / "checksum").write_text(sums["draws.parquet"], encoding="utf-8")
        assert store.find_draws(folder.name) is not None
        (folder / "checksum").write_text("0" * 64, encoding="utf-8")
        assert store.find_draws(folder.name) is None


def test_results_of_a_later_version_are_computed_again(copied):
    store = ResultStore(copied / "results")
    for folder in folders(copied, "result.json"):
        rewritten(folder / "checksums.json", lambda record: with_sum(record | {"schema": "ekisei-result/3"}))
        assert store.find(folder.name) is None
    for folder in folders(copied, "draws.parquet"):
        rewritten(folder / "checksums.json", lambda record: with_sum(record | {"schema": "ekisei-draws/3"}))
        assert store.find_draws(folder.name) is None


def test_a_run_folder_of_the_first_version_is_read_and_of_a_later_one_refused(copied):
    manifest = copied / "run" / "manifest.json"
    rewritten(manifest, lambda record: {k: v for k, v in record.items() if k != "sum"} | {"schema": "ekisei-run/1"})
    assert read_run(copied / "run").run_id == "example"
    rewritten(manifest, lambda record: with_sum(record | {"schema": "ekisei-run/3"}))
    with pytest.raises(RunError) as refused:
        read_run(copied / "run")
    assert [p.code for p in refused.value.problems] == ["run.newer"]
    assert "ekisei-run/3" in refused.value.problems[0].message.en


def test_a_manifest_that_was_edited_is_told(copied):
    rewritten(copied / "run" / "manifest.json", lambda record: record | {"seed": record["seed"] + 1})
    with pytest.raises(RunError, match=r"manifest\.json"):
        read_run(copied / "run")


def without_seal(path):
    """Make a file of columns what the first version wrote: a plain .npz."""
    columns = read_columns(path)
    with path.open("wb") as file:
        np.savez(file, **columns)


def test_shelves_of_the_first_version_are_read(tmp_path):
    steps, travel, reads = StepFolder(tmp_path / "steps"), TravelShelf(tmp_path / "travel"), {"cells": "c1"}
    steps.keep("step", reads, COLUMNS)
    travel.keep("key", {(0.1, 2.0): np.array([1, np.inf], np.float32)})
    for path in tmp_path.rglob("*.npz"):
        without_seal(path)
    (told,) = tmp_path.rglob("*.json")
    rewritten(told, lambda record: record["reads"])
    assert steps.find("step", reads.__getitem__)[1]["a"].tobytes() == COLUMNS["a"].tobytes()
    assert list(travel.find("key")) == [(0.1, 2.0)]


def test_names_that_a_step_reads_are_written_again_where_they_are_damaged(tmp_path):
    steps, reads = StepFolder(tmp_path), {"cells": "c1"}
    steps.keep("step", reads, COLUMNS)
    (told,) = tmp_path.rglob("*.json")
    told.write_text(told.read_text(encoding="utf-8").replace("cells", "sells"), encoding="utf-8")
    assert steps.find("step", reads.__getitem__) is None
    steps.keep("step", reads, COLUMNS)
    assert steps.find("step", reads.__getitem__) is not None


def test_any_byte_of_a_file_of_columns_counts(tmp_path):
    path = tmp_path / "x.npz"
    write_columns(path, COLUMNS, "0" * 64)
    raw = path.read_bytes()
    with zipfile.ZipFile(path) as archive:  # any program reads it
        assert sorted(archive.namelist()) == ["a.npy", "b.npy"]
    assert np.array_equal(np.load(path)["b"], COLUMNS["b"])
    for place in range(0, len(raw), 7):
        path.write_bytes(raw[:place] + bytes([raw[place] ^ 0x10]) + raw[place + 1 :])
        with pytest.raises(ValueError):  # noqa: PT011 -- of many kinds
            read_columns(path)
    for end in (0, 10, len(raw) // 2, len(raw) - 1):
        path.write_bytes(raw[:end])
        with pytest.raises(ValueError):  # noqa: PT011 -- likewise
            read_columns(path)


def test_a_history_of_the_first_version_is_read_and_goes_on(tmp_path):
    drafts = DraftFolder(tmp_path)
    plain = {"schema": "ekisei-scenario/1", "id": "mine", "title": {"ja": "例", "en": "E"}, "year": 2031}
    drafts.save(plain, who="A", why="first", expected=None)
    (record,) = tmp_path.rglob("000001.json")
    written = json.loads(record.read_text(encoding="utf-8"))
    assert written["schema"] == "ekisei-revision/2"
    rewritten(record, lambda r: {k: v for k, v in r.items() if k not in {"schema", "sum"}})
    assert [r.who for r in drafts.history("mine")] == ["A"]
    drafts.save(plain | {"year": 2032}, who="B", why="second", expected=1)
    assert [r.number for r in drafts.history("mine")] == [1, 2]
    rewritten(tmp_path / ".history" / "mine" / "000002.json", lambda r: r | {"who": "C"})
    assert [r.number for r in drafts.history("mine")] == [1], "the checksum tells"
    assert any("000002.json" in p.where for p in drafts.info("mine").problems)
