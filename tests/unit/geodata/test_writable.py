"""Places that can be written to, asked beforehand."""

import pytest

from geodata.errors import UsageError
from geodata.writable import require_writable


def test_a_new_place_in_a_folder_is_fine_and_nothing_is_left(tmp_path):
    require_writable(tmp_path / "a" / "b")
    require_writable(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_place_below_a_file_is_refused_with_the_file(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("x")
    with pytest.raises(UsageError) as refused:
        require_writable(file / "a" / "b")
    (problem,) = refused.value.problems
    assert problem.code == "out.parent_is_file"
    assert str(file) in problem.message.ja
    assert problem.hint.ja


@pytest.mark.parametrize("cause", [PermissionError(13, "Permission denied"), OSError(30, "Read-only file system")])
def test_a_folder_that_takes_nothing_is_refused(tmp_path, monkeypatch, cause):
    def refuse(**_where):
        raise cause

    monkeypatch.setattr("geodata.writable.tempfile.mkdtemp", refuse)
    with pytest.raises(UsageError) as refused:
        require_writable(tmp_path / "a")
    assert refused.value.problems[0].code == "out.unwritable"
    assert cause.strerror in refused.value.problems[0].message.en
