"""The secret of a server: kept between starts, one for all who start at once, read by its owner alone."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

from app.access.seals import FILE_NAME, read_secret


def test_servers_that_start_at_once_have_one_secret(tmp_path):
    for k in range(10):
        with ThreadPoolExecutor(8) as pool:
            found = set(pool.map(read_secret, [tmp_path / f"{k}"] * 8))
        assert len(found) == 1
        assert found == {read_secret(tmp_path / f"{k}")}
        assert [path.name for path in (tmp_path / f"{k}").iterdir()] == [FILE_NAME]
        assert stat.S_IMODE((tmp_path / f"{k}" / FILE_NAME).stat().st_mode) == 0o600


def test_a_damaged_secret_is_made_anew_and_without_a_place_it_is_not_kept(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"short")
    assert read_secret(tmp_path) == read_secret(tmp_path)
    (tmp_path / "file").touch()
    assert len({read_secret(tmp_path / "file"), read_secret(tmp_path / "file"), read_secret(None)}) == 3
