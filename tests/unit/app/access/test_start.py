"""How the server starts: what it says about who may come, and what it refuses before it listens."""

from __future__ import annotations

import logging
import stat

import pytest

import app.serve as starting
from app.access import AccessRules, Mode
from app.cli import run_cli
from app.desk import Desk
from app.logs import keep_log
from app.serve import start_lines
from app.services import Services
from app.settings import Settings
from tests.guarded import write_users

ANY = "0.0.0.0"  # noqa: S104 - what is tested


def lines(tmp_path, lang="ja", host=ANY, **given):
    settings = Settings(runs_folder=tmp_path, listen_host=host, listen_port=8060, **given)
    return "\n".join(start_lines(Desk(settings, Services(settings)), lang))


def test_the_start_says_who_may_come(tmp_path):
    users = write_users(tmp_path / "users.json").path
    told = lines(tmp_path, host="127.0.0.1")
    assert told == "Ekisei の画面を開けます: http://127.0.0.1:8060/（終了は Ctrl+C）"
    assert "http://[::1]:8060/" in lines(tmp_path, host="::1")
    assert "閲覧とワークショップへの参加だけ" in lines(tmp_path)
    told = lines(tmp_path, access=AccessRules(users_file=users))
    assert "利用者 3 人" in told
    assert "暗号化されていません" in told
    assert "暗号化されていません" not in lines(tmp_path, host="127.0.0.1", access=AccessRules(users_file=users))
    told = lines(tmp_path, access=AccessRules(users_file=users, trusted_header="X-Remote-User", proxies=("10.1.0.7",)))
    assert "X-Remote-User" in told
    assert "10.1.0.7" in told
    assert "Nobody can log in" in lines(tmp_path, lang="en")


def test_the_start_shows_the_database_without_its_password(tmp_path):
    told = lines(tmp_path, database="postgresql://ekisei:geheim@db.example/ekisei?password=geheim2")
    assert "db.example/ekisei" in told
    assert "geheim" not in told


def test_where_it_listens_decides_who_may_come_whatever_the_rules_say(tmp_path):
    settings = Settings(runs_folder=tmp_path, listen_host=ANY, access=AccessRules(host="127.0.0.1"))
    assert Desk(settings, Services(settings)).access.rules.mode is Mode.GUESTS


def test_the_log_is_its_owners_and_holds_no_name_nobody_has(tmp_path, monkeypatch, office):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))
    log = logging.getLogger("ekisei")
    try:
        keep_log()
        office.log_in("my-secret-password", "x")
        office.log_in("hanako", "x")
        office.log_in("hanako")
        office.client.get("/", headers={"Host": "evil.example"})
    finally:
        for handler in list(log.handlers):
            handler.close()
            log.removeHandler(handler)
        log.propagate = True
    path = tmp_path / "logs" / "access.log"
    text = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "login of (unknown) from 127.0.0.1 refused" in text
    assert "hanako logged in from 127.0.0.1" in text
    assert "evil.example" in text
    assert "my-secret-password" not in text


def test_a_log_begun_anew_is_its_owners_too(tmp_path, monkeypatch):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))
    monkeypatch.setattr("app.logs.LOG_BYTES", 200)
    log = logging.getLogger("ekisei")
    try:
        keep_log()
        for k in range(20):
            log.info("hanako logged in from 10.0.0.%s", k)
    finally:
        for handler in list(log.handlers):
            handler.close()
            log.removeHandler(handler)
        log.propagate = True
    written = sorted((tmp_path / "logs").iterdir())
    assert len(written) > 1
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}


def test_nobody_writes_a_line_of_the_log(desk, caplog, tmp_path, monkeypatch):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))
    desk.server.add_url_rule("/broken/<_>", "breaks", lambda _: 1 / 0)
    forged = "%0a2026-01-01 00:00:00,000 INFO taro logged in from 10.0.0.1"
    desk.client.post(f"/edit{forged}", headers={"Origin": "https://evil.example"})
    desk.client.get(f"/broken/{forged}")
    told = [record.getMessage() for record in caplog.records if record.name == "ekisei.access"]
    assert len(told) == 2
    assert not [line for line in told if "\n" in line]


def test_a_home_that_cannot_hold_a_log_does_not_stop_the_server(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path / "file"))
    keep_log()
    assert logging.getLogger("ekisei").handlers == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--trust-header", "X-Remote-User"), "access.no_roles"),
        (("--proxy", "gateway"), "access.proxy"),
        (("--name", "https://x"), "access.name"),
        (("--database", "mysql://a:geheim@b/c"), "database.kind"),
    ],
)
def test_what_cannot_be_kept_is_told_before_anything_takes_time(arguments, code, monkeypatch, capsys):
    monkeypatch.setattr("app.commands.session.Session.ready_kernels", lambda *_: pytest.fail("took time"))
    assert run_cli(["serve", *arguments], {}) == 2
    told = capsys.readouterr().err
    assert code in told
    assert "geheim" not in told


def test_the_command_hands_its_options_over(monkeypatch, tmp_path):
    handed = {}
    monkeypatch.setattr("app.commands.session.Session.ready_kernels", lambda *_: None)
    monkeypatch.setattr(starting, "serve", lambda *_, **given: handed.update(given))
    monkeypatch.setenv("EKISEI_DATABASE", f"sqlite:///{tmp_path}/x.sqlite")
    users = tmp_path / "users.json"
    options = ["--users", str(users), "--name", "a.example", "--name", "b.example", "--guests-view"]
    assert run_cli(["serve", *options, "--trust-header", "X-User", "--proxy", "10.1.0.0/24"], {}) == 0
    assert handed["access"] == AccessRules(
        users_file=users,
        trusted_header="X-User",
        proxies=("10.1.0.0/24",),
        names=("a.example", "b.example"),
        guests_view=True,
    )
    assert handed["database"] == f"sqlite:///{tmp_path}/x.sqlite"
