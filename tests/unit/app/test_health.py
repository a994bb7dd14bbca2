"""The address of monitors: 200 or 503, without a login, without contents, and cheap however often it is asked."""

from __future__ import annotations

import pytest

from app import health
from app.access import AccessRules
from app.desk import Desk
from app.factory import create_app
from app.services import Services
from app.settings import Settings
from tests.guarded import write_users


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setattr(health, "KEPT_S", 0.0)
    settings = Settings(
        runs_folder=tmp_path / "runs",
        database=tmp_path / "desk.sqlite",
        home_folder=tmp_path,
        access=AccessRules(users_file=write_users(tmp_path / "users.json").path),
        listen_host="10.1.0.9",
    )
    return Desk(settings, Services(settings))


@pytest.fixture
def client(desk):
    return create_app(desk.settings, desk.services, desk).server.test_client()


def test_all_is_well_without_a_login_and_nothing_else_is_told(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "checks": {"runs": True, "database": True, "disk": True}}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert client.head("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/healthz/", "/healthzz", "/healthz/x", "/x/healthz"])
def test_no_other_address_is_opened_by_it(client, path):
    assert client.get(path).status_code == 401


def test_nothing_can_be_sent_to_it(client):
    assert client.post("/healthz").status_code in {401, 403, 405}


def test_a_database_that_is_none_is_told(client, desk, tmp_path):
    (tmp_path / "desk.sqlite").write_text("no database at all, and long enough to be read as a page " * 40)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json == {"status": "failing", "checks": {"runs": True, "database": False, "disk": True}}


def test_a_full_disk_is_told(client, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE", 10**18)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["checks"]["disk"]) == (503, False)


def test_an_answer_is_given_again_for_a_while_and_a_change_is_logged(desk, monkeypatch, caplog):
    found = health.Health(desk)
    looked = []
    monkeypatch.setattr(health, "KEPT_S", 1_000.0)
    monkeypatch.setattr(found, "_has_database", lambda: bool(looked.append(1)))
    for _ in range(50):
        assert found.look()["database"] is False
    assert looked == [1]
    assert [record.fields for record in caplog.records] == [{"of": "database", "fine": False}]
