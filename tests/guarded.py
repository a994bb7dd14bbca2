"""A small server behind the guard: one route for each role, one that breaks, and the room of a workshop."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, request

from app.access import AccessRules, Role, current, form_token, passwords, require, requires
from app.access.access import Access
from app.access.users import UserFile, make_account
from app.database import Database
from tests.visits import open_page, script_headers, token_of

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PASSWORD = "umi-no-mieru-machi"  # noqa: S105 - of users who do not exist
WRONG = "yama-no-mieru-machi"
NAMES = {"yuki": Role.VIEWER, "hanako": Role.EDITOR, "taro": Role.FACILITATOR}
CHEAP = PasswordHasher(time_cost=1, memory_cost=4_096, parallelism=1)
WEAK = PasswordHasher(time_cost=1, memory_cost=1_024, parallelism=1)
HASH = CHEAP.hash(PASSWORD)
PAGE = "<!DOCTYPE html><title>x</title><p>{name}</p>"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with little work: what is tested is not how slow they are."""
    monkeypatch.setattr(passwords, "_HASHER", CHEAP)
    passwords._nobody.cache_clear()


def write_users(path: Path) -> UserFile:
    """Write a file of one user for each role."""
    file = UserFile(path)
    for name, role in NAMES.items():
        file.put(make_account(name, role, HASH), replace=True)
    return file


@dataclass
class Guarded:
    """The server, what guards it, and a browser."""

    server: Flask
    access: Access
    client: FlaskClient

    def log_in(self, name: str, password: str = PASSWORD, **form: str) -> TestResponse:
        """Fill in the form of the login."""
        open_page(self.client)
        form = {"name": name, "password": password, "csrf_token": token_of(self.client), **form}
        headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
        return self.client.post("/login", data=form, headers=headers)

    def send(self, path: str, **more: Any) -> TestResponse:
        """Send something by a page's script."""
        return self.client.post(path, headers=script_headers(self.client) | more.pop("headers", {}), **more)

    def read(self, path: str, **more: Any) -> TestResponse:
        """Ask for something by a page's script."""
        return self.client.get(path, headers=script_headers(self.client) | more.pop("headers", {}), **more)


def guard_server(folder: Path, **rules: Any) -> Guarded:
    """Return a guarded server; `rules` as in AccessRules."""
    database = Database(folder / "desk.sqlite")
    access = Access(AccessRules(**rules), None, lambda: database, "ja")
    server = Flask("guarded", static_folder=None)
    access.protect(server)
    access.allow_body("/upload", 2_000_000)

    @server.get("/")
    def page() -> str:
        return PAGE.format(name=current().label("ja"))

    @server.get("/look")
    def look() -> dict[str, str]:
        return {"name": current().name}

    @server.route("/edit", methods=["POST", "PUT", "PATCH", "DELETE"])
    @requires(Role.EDITOR)
    def edit() -> dict[str, str]:
        return {"by": current().label("ja")}

    @server.post("/moderate")
    def moderate() -> dict[str, str]:
        return {"by": require(Role.FACILITATOR).name}

    @server.route("/w/ab12", methods=["GET", "POST"])
    def workshop() -> str:
        return PAGE.format(name=form_token() if request.method == "GET" else request.form.get("comment", ""))

    @server.post("/upload")
    @requires(Role.EDITOR)
    def upload() -> dict[str, int]:
        return {"bytes": len(request.get_data())}

    @server.get("/broken")
    def broken() -> str:
        raise RuntimeError("secret detail")

    logging.getLogger("ekisei.access").setLevel(logging.DEBUG)
    return Guarded(server, access, server.test_client())
