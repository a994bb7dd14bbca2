"""Every callback of the whole app, asked by somebody who may only look: nothing that is kept changes."""

from __future__ import annotations

import hashlib
import json

import pytest

from app.access import AccessRules
from tests.fuzz.site import Site, problem_of
from tests.guarded import PASSWORD, write_users
from tests.visits import open_page, script_headers, token_of

PRESSED = {"n_clicks": 1, "n_submit": 1, "value": "x", "data": {}, "n_intervals": 1, "contents": "data:;base64,eA=="}
"""What a button, a field, a store, a clock and a file hold that were used."""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """The app over two runs, for people who log in."""
    folder = tmp_path_factory.mktemp("asked")
    users = write_users(folder / "users.json").path
    return Site(folder, access=AccessRules(users_file=users), listen_host="10.1.0.9")


def log_in(site, name):
    site.client = site.server.test_client()
    open_page(site.client)
    form = {"name": name, "password": PASSWORD, "csrf_token": token_of(site.client)}
    assert site.client.post("/login", data=form, headers={"Accept": "text/html"}).status_code == 303
    site.headers = script_headers(site.client)


def kept(folder):
    """Return what is kept: files by their content; the database by its tables, but for who was seen when."""
    import sqlite3

    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and "desk.sqlite" not in path.name and "store" not in path.parts
    }
    with sqlite3.connect(folder / "desk.sqlite") as connection:
        names = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
        for name in set(names) - {"access_sessions"}:
            found[f"table {name}"] = repr(connection.execute(f'select * from "{name}"').fetchall())  # noqa: S608
    return found


def bodies(site):
    """Yield what a page sends for every callback, with everything pressed, and once for each thing pressed."""
    for callback in site.callbacks:
        values = [PRESSED.get(one["property"]) for one in callback.reads]
        for changed in callback.changing:
            yield callback.output, callback.body(values, [changed])


def test_who_may_only_look_changes_nothing_by_any_callback(office):
    log_in(office, "yuki")
    before, asked = kept(office.folder), 0
    for output, body in bodies(office):
        answer = office.call(body)
        asked += 1
        assert problem_of(answer, worded_is_enough=True) == "", output
    assert asked > 100
    assert kept(office.folder) == before


def test_nobody_gets_an_answer_from_any_callback(office):
    office.client = office.server.test_client()
    log_in(office, "yuki")
    wanted = list(bodies(office))
    office.client = office.server.test_client()
    office.headers = script_headers(office.client)
    for output, body in wanted:
        assert office.call(body).status_code in {401, 403}, output


def test_a_callback_that_is_called_by_another_name_needs_the_role_of_its_own(office):
    """The role follows from the output that Dash looks up, not from what else stands in the body."""
    log_in(office, "yuki")
    edits = [
        c for c in office.callbacks if '"edit-' in json.dumps(c.output) or c.output.startswith(("edit-", "..edit-"))
    ]
    assert edits
    for callback in edits:
        body = callback.body([None] * len(callback.reads), callback.changing[:1])
        for outputs in ({"id": "overview", "property": "children"}, [], None):
            assert office.call({**body, "outputs": outputs}).status_code in {400, 403}, callback.output
