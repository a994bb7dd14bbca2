"""ekisei doctor: each thing fine, worth a warning or in the way, with what to do; for people and for programs."""

from __future__ import annotations

import datetime as dt
import json
import socket

import pytest

from app.cli import run_cli
from app.commands import doctor_checks as checks
from app.commands import doctor_store as stored
from app.commands.doctor_checks import State
from app.commands.session import Session

SESSION = Session("en")
NAMES = [
    *("program", "python", "libraries", "font", "pango", "browser", "vendor", "home", "out", "disk", "database"),
    *("store", "clock", "port", "encoding", "kernels", "city", "library"),
]


def states(capsys, *arguments):
    code = run_cli(["doctor", "--json", *arguments], {})
    told = json.loads(capsys.readouterr().out)
    for one in told["findings"]:
        assert ("remedy" in one) == (one["state"] != "ok"), one
        assert one["finding"]
    return code, told["state"], {one["name"]: one["state"] for one in told["findings"]}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_everything_is_looked_at_and_the_code_follows_the_worst(capsys, page_settings, tmp_path):
    city = ("--city", str(page_settings.city_folder))
    code, state, found = states(capsys, *city)
    assert list(found) == NAMES
    assert {found[name] for name in ("python", "libraries", "home", "store", "city", "database")} == {"ok"}
    assert (code == 3) == (state == "fail") == ("fail" in found.values())
    code, state, found = states(capsys, "--city", str(tmp_path / "nothing"))
    assert (code, state, found["city"]) == (3, "fail", "fail")


@pytest.mark.parametrize(
    ("lang", "words"), [("ja", ("状態", "良い", "計算部の準備")), ("en", ("state", "ok", "kernels"))]
)
def test_people_read_a_table(capsys, page_settings, lang, words):
    run_cli(["doctor", "--lang", lang, "--city", str(page_settings.city_folder)], {})
    told = capsys.readouterr().out
    assert all(word in told for word in words)
    assert "doctor." not in told


def test_a_folder_that_cannot_be_written_is_in_the_way(tmp_path):
    (tmp_path / "file").touch()
    for name in ("home", "out"):
        found = checks.look_at_folder(SESSION, name, tmp_path / "file" / "x")
        assert (found.state, bool(found.remedy)) == (State.FAIL, True)
        assert checks.look_at_folder(SESSION, name, tmp_path / "a" / "b").state is State.OK
    assert [path.name for path in tmp_path.iterdir()] == ["file"]  # looked at, not made


def test_a_full_disk_a_wrong_clock_and_a_taken_port_are_told(tmp_path, monkeypatch):
    for free, state in ((10, State.FAIL), (10**9, State.WARN), (10**12, State.OK)):
        monkeypatch.setattr(checks.shutil, "disk_usage", lambda _, free=free: type("Disk", (), {"free": free}))
        assert checks.look_at_disk(SESSION, tmp_path).state is state
    assert checks.look_at_clock(SESSION, tmp_path).state is State.OK
    for year in (1980, 2090):
        assert checks.look_at_clock(SESSION, tmp_path, dt.datetime(year, 1, 1, tzinfo=dt.UTC)).state is State.WARN
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert checks.look_at_port(SESSION, taken.getsockname()[1]).state is State.WARN
    assert checks.look_at_port(SESSION, taken.getsockname()[1] if taken.fileno() != -1 else 18_999).state is State.OK


def test_libraries_that_are_too_old_or_others_than_tested_are_told(monkeypatch, tmp_path):
    assert checks.locked_versions("numpy==2.2.1 \\\n    --hash=x\npolars==1.0 ; sys_platform == 'linux' \\\n") == {
        "numpy": "2.2.1",
        "polars": "1.0",
    }
    lock = tmp_path / "requirements.lock"
    lock.write_text("numpy==0.0.1 \\\n")
    monkeypatch.setattr(checks, "LOCK", lock)
    assert checks.look_at_libraries(SESSION).state is State.WARN
    monkeypatch.setattr(checks, "installed_version", lambda name: None if name == "numpy" else "999")
    found = checks.look_at_libraries(SESSION)
    assert found.state is State.FAIL
    assert "numpy -" in found.found


def test_missing_fonts_pango_maps_and_browsers_say_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr("app.report.fonts.font_file", lambda: tmp_path / "none.ttf")
    assert checks.look_at_font(SESSION).state is State.FAIL
    monkeypatch.setattr(checks, "VENDOR", tmp_path)
    assert checks.look_at_vendor(SESSION).state is State.FAIL
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(checks.shutil, "which", lambda _: None)
    assert checks.look_at_browser(SESSION).state is State.WARN

    def broken(_name):
        raise OSError("cannot load library 'libpango'")

    monkeypatch.setattr("importlib.import_module", broken)
    assert checks.look_at_pango(SESSION).state is State.WARN


def test_kernels_that_cannot_be_kept_are_told(tmp_path):
    assert checks.look_at_kernels(SESSION, {}).state is State.WARN
    found = checks.look_at_kernels(SESSION, {"NUMBA_CACHE_DIR": str(tmp_path / "kernels")})
    assert (found.state, "first run" in found.found) == (State.OK, True)


def test_a_damaged_database_or_store_is_in_the_way(tmp_path):
    file = tmp_path / "desk.sqlite"
    assert stored.look_at_database(SESSION, str(file)).state is State.FAIL  # no address at all
    assert stored.look_at_database(SESSION, f"sqlite:///{file}").state is State.OK  # not made yet, and not made by this
    assert not file.exists()
    file.write_text("no database " * 1_000)
    assert stored.look_at_database(SESSION, f"sqlite:///{file}").state is State.FAIL
    assert stored.look_at_store(SESSION, tmp_path).state is State.OK
    broken = tmp_path / "results" / "ab" / ("ab" + "0" * 62)
    broken.mkdir(parents=True)
    (broken / "manifest.json").write_text("{")
    assert stored.look_at_store(SESSION, tmp_path).state is State.FAIL


def test_no_password_of_a_database_is_shown():
    found = stored.look_at_database(SESSION, "postgresql+psycopg://a:geheim@127.0.0.1:1/b")
    assert found.state is State.FAIL
    assert "geheim" not in found.found
