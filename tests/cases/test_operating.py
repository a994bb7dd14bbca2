"""What OPERATIONS.md promises of servers: the unit, the container file, and a copy that comes back as it was."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from app.access.guard import HEALTH
from app.database import Database
from tests.guarded import write_users

ROOT = Path(__file__).parents[2]
UNIT = (ROOT / "app/deploy/ekisei.service").read_text(encoding="utf-8")
CONTAINER = (ROOT / "app/deploy/Containerfile").read_text(encoding="utf-8")
GUIDE = (ROOT / "OPERATIONS.md").read_text(encoding="utf-8")
DRAFT = "schema: ekisei-scenario/1\nid: mine\n"


def blocks(heading):
    part = GUIDE.partition(f"\n### {heading}\n")[2].partition("\n### ")[0]
    return re.findall(r"```sh\n(.*?)```", part, re.DOTALL)


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    (folder / "scenarios" / ".history").mkdir(parents=True)
    (folder / "scenarios" / "mine.yaml").write_text(DRAFT)
    (folder / "scenarios" / ".history" / "mine.jsonl").write_text("{}\n")
    (folder / "session.key").write_text("k" * 64)
    (folder / "results").mkdir()
    write_users(folder / "users.json")
    database = Database(folder / "desk.sqlite")
    database.prepare()
    database.close()
    (folder / "runs").mkdir()
    (folder / "runs" / "actuals.csv").write_text("kpi_id,year,value\n")
    return folder


def run(script, home, backup):
    environ = {"PATH": os.environ["PATH"], "EKISEI_HOME": str(home), "BACKUP": str(backup)}
    return subprocess.run(["sh", "-eu", "-c", script], env=environ, capture_output=True, text=True, check=False)


def contents(folder):
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and "before-restore" not in str(path))
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_what_people_wrote_comes_back_from_its_copy(home, tmp_path):
    save, restore = blocks("控えと戻し方")
    before, backup = contents(home), tmp_path / "backup"
    assert run(save, home, backup).returncode == 0
    assert backup.stat().st_mode & 0o077 == 0
    (home / "scenarios" / "mine.yaml").write_text("spoiled")
    (home / "scenarios" / "later.yaml").write_text("later")
    (home / "desk.sqlite").write_bytes(b"spoiled")
    (home / "users.json").unlink()
    done = run(restore, home, backup)
    assert done.returncode == 0, done.stderr
    assert contents(home) == before
    aside = next(home.glob("before-restore-*"))
    assert (aside / "scenarios" / "later.yaml").read_text() == "later"  # nothing is lost by coming back
    assert (aside / "desk.sqlite").read_bytes() == b"spoiled"


def test_a_damaged_copy_is_not_put_back(home, tmp_path):
    save, restore = blocks("控えと戻し方")
    assert run(save, home, tmp_path / "backup").returncode == 0
    (tmp_path / "backup" / "scenarios" / "mine.yaml").write_text("damaged")
    before = contents(home)
    assert run(restore, home, tmp_path / "backup").returncode != 0
    assert contents(home) == before


def test_the_copy_names_everything_that_people_write(home, tmp_path):
    run(blocks("控えと戻し方")[0], home, tmp_path / "backup")
    kept = set(contents(tmp_path / "backup"))
    assert {name.removeprefix("runs/") for name in contents(home)} <= kept


def test_the_unit_is_hardened_and_restarts():
    lines = set(UNIT.splitlines())
    wanted = (
        "User=ekisei",
        "Restart=on-failure",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "StateDirectory=ekisei",
    )
    assert {*wanted, "Environment=EKISEI_HOME=/var/lib/ekisei", "CapabilityBoundingSet="} <= lines


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_the_unit_is_one(tmp_path):
    unit = tmp_path / "ekisei.service"
    unit.write_text(UNIT.replace("/opt/ekisei/.venv/bin/ekisei", sys.executable))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "line", [re.search(r"ExecStart=\S+/ekisei (.*)", UNIT)[1], *re.findall(r'CMD \["ekisei", (.*)\]', CONTAINER)]
)
def test_what_they_start_is_a_command_of_ours(line, monkeypatch, capsys):
    from app.cli import run_cli

    handed = {}
    monkeypatch.setattr("app.commands.session.Session.ready_kernels", lambda *_: None)
    monkeypatch.setattr("app.serve.serve", lambda *_, **given: handed.update(given))
    monkeypatch.setenv("EKISEI_LOG_FORMAT", "text")  # put back afterwards
    assert run_cli(re.sub(r'[",]', " ", line).split(), {}) == 0, capsys.readouterr().err
    assert (handed["log"].format, str(handed["log"].file)) == ("json", "-")


def test_the_container_copies_what_is_there_and_has_the_right_python():
    for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINER, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists(), source
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    least = project["requires-python"].removeprefix(">=")
    assert re.findall(r"FROM \S+/python:(\d+\.\d+)", CONTAINER) == [least, least]
    packages = {"app", "geodata", "sim", "scenarios"}
    assert packages <= set(re.findall(r"^COPY (\w+) \w+$", CONTAINER, re.MULTILINE))


def test_the_container_runs_as_nobody_special_and_is_asked_for_its_health():
    assert re.search(r"^USER 10001$", CONTAINER, re.MULTILINE)
    assert HEALTH in CONTAINER.partition("HEALTHCHECK")[2]
    last = CONTAINER.partition("USER 10001")[2]
    assert not re.search(r"^(RUN|COPY|ADD)", last, re.MULTILINE)
