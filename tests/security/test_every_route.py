"""Every address of the whole app: none is open by oversight, and none changes anything for another site."""

from __future__ import annotations

import json
import re

import pytest

from app.access import AccessRules
from app.access.guard import HEADERS, HEALTH, OPEN
from app.factory import create_app
from app.services import Services
from app.settings import Settings
from tests.guarded import PASSWORD, write_users
from tests.visits import open_page, script_headers, token_of

SAFE = {"GET", "HEAD", "OPTIONS"}
TAKEN = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """The app with all its rooms, without a run, for people who log in."""
    folder = tmp_path_factory.mktemp("whole")
    users = write_users(folder / "users.json").path
    settings = Settings(
        runs_folder=folder / "runs",
        scenarios_folder=folder / "scenarios",
        jobs_folder=folder / "jobs",
        database=folder / "desk.sqlite",
        access=AccessRules(users_file=users),
        listen_host="10.1.0.9",
    )
    return create_app(settings, Services(settings)).server


def addresses(server):
    """Return (method, an address of it) of every rule."""
    return sorted(
        (method, TAKEN.sub("x", rule.rule)) for rule in server.url_map.iter_rules() for method in rule.methods
    )


def test_nobody_reads_anything_but_the_login_and_the_workshop(office):
    found = [
        path for method, path in addresses(office) if method == "GET" and not path.startswith(OPEN) and path != HEALTH
    ]
    assert {"/", "/_dash-layout", "/_dash-dependencies", "/x"} <= set(found)
    client = office.test_client()
    for path in found:
        assert client.get(path).status_code == 401, path
        page = client.get(path, headers={"Accept": "text/html", "Sec-Fetch-Dest": "document"})
        assert page.status_code == 303, path
        assert page.headers["Location"].startswith("/login?next="), path


def test_nothing_is_changed_without_the_token_not_even_by_who_is_logged_in(office):
    found = [(method, path) for method, path in addresses(office) if method not in SAFE]
    assert ("POST", "/_dash-update-component") in found
    client = office.test_client()
    open_page(client)
    form = {"name": "taro", "password": PASSWORD, "csrf_token": token_of(client)}
    assert client.post("/login", data=form, headers={"Accept": "text/html"}).status_code == 303
    assert client.get("/_dash-dependencies").status_code == 200
    headers = script_headers(client)
    for method, path in found:
        refused = client.open(path, method=method, json={})
        assert (refused.status_code, refused.headers["X-Ekisei-Refusal"]) == (403, "1"), path
        for other in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            refused = client.open(path, method=method, json={}, headers=headers | other)
            assert (refused.status_code, refused.headers["X-Ekisei-Refusal"]) == (403, "1"), path


def test_a_viewer_reads_pages_but_the_editor_answers_editors_only(office):
    client = office.test_client()

    def log_in(name):
        open_page(client)
        form = {"name": name, "password": PASSWORD, "csrf_token": token_of(client)}
        assert client.post("/login", data=form, headers={"Accept": "text/html"}).status_code == 303

    log_in("yuki")
    wiring = client.get("/_dash-dependencies").json
    # also those that only read what stands on the page of the editor
    outputs = [callback["output"] for callback in wiring if "edit-" in json.dumps(callback)]
    assert len(outputs) > 5
    for output in outputs:
        refused = client.post("/_dash-update-component", json={"output": output}, headers=script_headers(client))
        assert refused.status_code == 403, output
        assert "「編集」の役割" in refused.json["error"]
    routes = {path for _, path in addresses(office) if path.startswith("/edit/")}
    assert routes
    for path in routes:
        assert client.get(path).status_code == 403, path
    log_in("hanako")
    for path in routes:
        assert client.get(path).status_code != 403, path


def test_every_address_answers_with_the_headers(office):
    client = office.test_client()
    for method, path in addresses(office):
        answer = client.open(path, method=method)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, path
        policy = answer.headers["Content-Security-Policy"]
        for rule in ("default-src 'self'", "object-src 'none'", "base-uri 'self'", "form-action 'self'"):
            assert rule in policy, path
        script = next(rule for rule in policy.split("; ") if rule.startswith("script-src"))
        assert "unsafe" not in script
        assert "http" not in script


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../settings.py",
        "/assets/..%2fsettings.py",
        "/assets/%2e%2e/settings.py",
        "/assets/....//settings.py",
        "/_dash-component-suites/dash/../../../etc/passwd",
        "/_dash-component-suites/os/environ",
        "/w/../app/settings.py",
    ],
)
def test_no_address_leads_out_of_the_assets(office, path):
    answer = office.test_client().get(path)
    assert b"runs_folder" not in answer.data
    assert b"root:" not in answer.data
    assert answer.status_code == 404, answer.data[:200]
