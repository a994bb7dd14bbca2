"""A few of what `make soak` does by the hundred: kill, fill up, forbid, damage, set clocks wrong, run two at once."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.soak.clock import YEARS_S, wrong_clocks
from tests.soak.damage import round_of
from tests.soak.disk import NoMountError, batch_on_a_full_disk, drafts_on_a_full_disk
from tests.soak.kills import VICTIMS, Batch
from tests.soak.rights import can_drop, without_rights
from tests.soak.rows import Options
from tests.soak.together import two_batches
from tests.soak.town import Town, make_town

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills and rights of POSIX")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return make_town(tmp_path_factory.mktemp("soak") / "town", scenarios=2)


@pytest.fixture
def chance():
    return random.Random(8)  # noqa: S311 -- moments, not secrets


@pytest.mark.parametrize("victim", [victim for victim, _ in VICTIMS], ids=lambda one: one.done)
def test_killed_at_a_random_moment_nothing_promised_is_lost(town, tmp_path, chance, victim):
    if isinstance(victim, Batch):
        victim = replace(victim, lasts_s=5.0)  # not measured: a kill after the end is tried again
    kills, wrong = victim.round(town, tmp_path, chance, 1)
    assert (kills, wrong) == (1, "")


def test_without_options_the_soak_has_its_usual_amounts():
    assert [type(amount) for amount in (Options.kills, Options.seconds, Options.seed)] == [int, float, int]


def test_a_full_disk_is_told_in_words_and_with_room_it_goes_on(town, tmp_path):
    cannot = _cannot_mount(tmp_path)
    if cannot and os.environ.get("CI") and os.geteuid() == 0:
        pytest.fail(f"root could mount nothing: {cannot}")
    if cannot:
        pytest.skip(f"no file system can be mounted: {cannot}")
    assert batch_on_a_full_disk(town, tmp_path, 300, store_too=True) == ""
    assert drafts_on_a_full_disk(tmp_path, 200) == ""


def _cannot_mount(folder):
    from tests.soak.disk import small_disk

    try:
        with small_disk(folder / "probe", "100k"):
            return ""
    except NoMountError as cause:
        return str(cause) or "refused"


def test_without_the_right_to_write_it_is_told_in_words(town):
    if not can_drop():
        pytest.skip("only root, with setpriv, can become a user without rights")
    with tempfile.TemporaryDirectory() as folder:  # the folders of pytest are closed to others
        Path(folder).chmod(0o755)
        shutil.copytree(town.folder / "files", Path(folder) / "town" / "files")
        shutil.copytree(town.folder / "city", Path(folder) / "town" / "city")
        assert without_rights(Town(Path(folder) / "town", town.expected), Path(folder) / "rights") == []


def test_damaged_files_are_named_and_made_anew(town, tmp_path, chance):
    assert round_of(town, tmp_path, chance)[1] == ""


def test_a_clock_ten_years_ahead_changes_no_result_and_keeps_nobody_waiting(town, tmp_path):
    assert wrong_clocks(town, tmp_path, (YEARS_S,)) == []


def test_two_batches_on_one_store_and_one_folder_both_end_the_same(town, tmp_path):
    assert two_batches(town, tmp_path, one_folder=True) == ""
