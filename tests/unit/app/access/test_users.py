"""The file of users: its owner's alone, whole, and no password in any message."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.access import Role
from app.access.passwords import check_password, is_right
from app.access.users import UserFile, make_account
from app.cli import run_cli
from geodata.errors import CitySimError, DataError, UsageError
from scenarios import file_lock
from tests.guarded import HASH, PASSWORD, WEAK


@pytest.fixture
def file(tmp_path):
    return UserFile(tmp_path / "users.json")


def test_users_come_back_as_they_were_put(file):
    file.put(make_account("hanako", Role.EDITOR, HASH))
    file.put(make_account("山田", Role.FACILITATOR, None))
    again = UserFile(file.path)
    assert [(a.name, a.power) for a in again.read().values()] == [
        ("hanako", Role.EDITOR),
        ("山田", Role.FACILITATOR),
    ]
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert list(file.path.parent.iterdir()) == [file.path]
    assert HASH not in repr(again.read())


def test_of_many_who_write_at_once_nobody_is_lost(file):
    """The command line and several servers stand on one file."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: UserFile(file.path).put(make_account(f"user{n}", Role.VIEWER, HASH)), range(8)))
    assert sorted(file.read()) == [f"user{n}" for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: UserFile(file.path).remove(f"user{n}"), range(7)))
    assert sorted(file.read()) == ["user7"]
    assert list(file.path.parent.iterdir()) == [file.path]


def test_a_newer_hash_brings_nobody_back_and_undoes_no_change(file):
    file.put(make_account("hanako", Role.FACILITATOR, WEAK.hash(PASSWORD)))
    seen = file.find("hanako")
    file.put(make_account("hanako", Role.VIEWER, seen.password), replace=True)
    assert file.renew(seen, HASH) is seen
    assert file.find("hanako").power is Role.VIEWER
    file.remove("hanako")
    assert file.renew(seen, HASH) is seen
    assert file.find("hanako") is None
    file.put(seen)
    assert file.renew(seen, HASH).password == HASH
    assert file.find("hanako").password == HASH


def test_who_writes_for_too_long_is_told_of(file, monkeypatch):
    monkeypatch.setattr(file_lock, "MOST_WAIT_S", 0.0)
    with pytest.raises(UsageError) as refused:
        file.put(make_account("hanako", Role.EDITOR, HASH))
    assert refused.value.problems[0].code == "access.users_busy"
    assert not file.path.exists()


def test_a_name_is_taken_once_and_removed_once(file):
    file.put(make_account("hanako", Role.EDITOR, HASH))
    with pytest.raises(UsageError) as taken:
        file.put(make_account("ＨＡＮＡＫＯ", Role.VIEWER, HASH))
    assert taken.value.problems[0].code == "access.user_exists"
    file.put(make_account("Hanako", Role.VIEWER, HASH), replace=True)
    assert [(a.name, a.power) for a in file.read().values()] == [("Hanako", Role.VIEWER)]
    file.remove("hanako")
    with pytest.raises(UsageError) as gone:
        file.remove("hanako")
    assert gone.value.problems[0].code == "access.no_user"


@pytest.mark.parametrize("name", ["", "a b", "a:b", "x" * 65, "<b>", "a\nb", "a/b"])
def test_names_that_cannot_be_one_are_refused(name):
    with pytest.raises(UsageError) as refused:
        make_account(name, Role.VIEWER, None)
    assert refused.value.problems[0].code == "access.user_name"


@pytest.mark.parametrize("password", ["short12", "x" * 257, "", "Yamada-Hanako"])
def test_passwords_that_are_none_are_refused_without_repeating_them(password):
    with pytest.raises(UsageError) as refused:
        check_password(password, "yamada-hanako")
    assert password == "" or password not in refused.value.render("ja").replace("yamada-hanako", "")
    check_password("12345678", "yamada-hanako")


@pytest.mark.parametrize("mode", [0o644, 0o620, 0o604])
def test_a_file_that_others_may_touch_is_refused(file, mode):
    file.put(make_account("hanako", Role.EDITOR, HASH))
    file.path.chmod(mode)
    with pytest.raises(DataError) as refused:
        UserFile(file.path).read()
    assert refused.value.problems[0].code == "access.users_open"
    assert "chmod 600" in refused.value.problems[0].hint.ja


ROW = {"name": "x", "role": "viewer", "password": HASH}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "\x00",
        json.dumps({"users": []}),
        json.dumps({"schema": "ekisei-users/3", "users": []}),
        json.dumps({"schema": "ekisei-users/1", "users": [ROW | {"role": "admin"}]}),
        json.dumps({"schema": "ekisei-users/1", "users": [ROW | {"password": "geheim-im-klartext"}]}),
        json.dumps({"schema": "ekisei-users/1", "users": [ROW | {"more": 1}]}),
        json.dumps({"schema": "ekisei-users/1", "users": [ROW, ROW | {"name": "X"}]}),
    ],
)
def test_a_damaged_file_is_refused_with_where_and_no_secret(file, content):
    file.path.write_text(content, encoding="utf-8")
    file.path.chmod(0o600)
    with pytest.raises(DataError) as refused:
        file.read()
    assert refused.value.problems[0].where == str(file.path)
    assert "geheim" not in refused.value.render("ja")
    assert HASH not in refused.value.render("ja")


def test_the_file_is_read_again_when_it_changes(file):
    file.put(make_account("hanako", Role.EDITOR, HASH))
    other = UserFile(file.path)
    assert other.find("hanako").power is Role.EDITOR
    file.put(make_account("hanako", Role.VIEWER, HASH), replace=True)
    assert other.find("hanako").power is Role.VIEWER
    assert other.read() is other.read()


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError) as refused:
        UserFile(tmp_path / "file" / "users.json")._write({})
    assert refused.value.problems[0].code == "access.unwritable"
    with pytest.raises(CitySimError):
        UserFile(tmp_path / "file" / "users.json").read()


# ---------------------------------------------------------------- the commands


@pytest.fixture
def ekisei(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))

    def call(*arguments, typed=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = run_cli(arguments, {})
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_users_are_added_listed_and_removed(ekisei, tmp_path):
    code, out, _ = ekisei("user", "add", "hanako", "--role", "編集", "--password-stdin", typed=PASSWORD + "\n")
    assert code == 0
    assert "hanako（編集）" in out
    kept = UserFile(tmp_path / "users.json").find("hanako")
    assert is_right(kept.password, PASSWORD)
    assert ekisei("user", "add", "taro", "--role", "facilitator", "--no-password")[0] == 0
    _, out, _ = ekisei("user", "list")
    rows = [line.split() for line in out.splitlines()]
    assert rows == [["hanako", "編集"], ["taro", "進行", "リバースプロキシの認証だけ"]]
    assert kept.password not in out
    code, _, err = ekisei("user", "add", "hanako", "--password-stdin", typed=PASSWORD)
    assert code == 2
    assert "--replace" in err
    assert ekisei("user", "add", "hanako", "--role", "viewer", "--replace", "--no-password")[0] == 0
    assert ekisei("user", "remove", "hanako")[0] == 0
    assert ekisei("user", "remove", "hanako")[0] == 2


def test_a_bad_password_is_refused_and_not_repeated(ekisei, tmp_path):
    code, out, err = ekisei("user", "add", "hanako", "--password-stdin", typed="kurz\n")
    assert code == 2
    assert "8 文字以上" in err
    assert "kurz" not in out + err
    assert not (tmp_path / "users.json").exists()


def test_without_a_terminal_nothing_is_asked(ekisei):
    code, _, err = ekisei("user", "add", "hanako")
    assert code == 2
    assert "--password-stdin" in err


def test_the_password_is_asked_twice_without_echo(monkeypatch):
    from app.commands import users
    from app.commands.session import Session

    class Terminal:
        def isatty(self):
            return True

    answers = iter([PASSWORD, PASSWORD, PASSWORD, "another-one"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(answers))
    monkeypatch.setattr(users.sys, "stdin", Terminal())
    assert users.ask_password(Session(), "hanako") == PASSWORD
    with pytest.raises(UsageError) as refused:
        users.ask_password(Session(), "hanako")
    assert refused.value.problems[0].code == "user.differ"


def test_a_file_of_the_first_version_lets_people_in_and_has_no_checksum_until_it_is_written(file):
    file.path.write_text(json.dumps({"schema": "ekisei-users/1", "users": [ROW]}), encoding="utf-8")
    file.path.chmod(0o600)
    assert len(file.read()) == 1
    assert file.is_as_written()
    file.put(make_account("newer", Role.VIEWER, None))
    assert json.loads(file.path.read_text(encoding="utf-8"))["schema"] == "ekisei-users/2"
    assert file.is_as_written()
    file.path.write_text(file.path.read_text(encoding="utf-8").replace("newer", "other"), encoding="utf-8")
    assert not file.is_as_written()
    assert len(file.read()) == 2, "who edits the file by hand is let in all the same"
