"""Logging in and out: forms without a script, sessions that end, hashes that are renewed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from app.access import Role, passwords
from app.access.access import Access
from app.access.page import safe_goal
from app.access.passwords import hash_password, is_outdated, is_right
from app.access.sessions import IDLE, LONGEST, Sessions, access_sessions
from app.access.users import make_account
from geodata.errors import DataError, UsageError
from tests.guarded import PASSWORD, WEAK, WRONG, guard_server
from tests.visits import open_page, token_of

REAL = passwords._HASHER
HTML = {"Accept": "text/html", "Sec-Fetch-Dest": "document"}


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock(office):
    made = Clock()
    office.access._sessions = Sessions(office.access._database, made)
    return made


def test_a_page_leads_to_the_login_and_back(office):
    sent = office.client.get("/look?l=a&r=b", headers=HTML)
    assert sent.status_code == 303
    assert sent.headers["Location"].startswith("/login?")
    page = office.client.get(sent.headers["Location"], headers=HTML)
    goal = re.search(r'name="next" value="([^"]*)"', page.text).group(1).replace("&amp;", "&")
    assert goal == "/look?l=a&r=b"
    back = office.log_in("hanako", next=goal)
    assert back.headers["Location"] == goal
    assert "hanako" in office.client.get("/", headers=HTML).text


def test_the_form_works_without_a_script_and_is_told_in_both_languages(office):
    page = office.client.get("/login", headers=HTML).text
    assert '<html lang="ja">' in page
    assert "<script" not in page
    for field in ("name", "password"):
        assert f'<label for="{field}">' in page
    assert 'autocomplete="current-password"' in page
    assert "Password" in office.client.get("/login?lang=en", headers=HTML).text


def test_a_wrong_password_and_an_unknown_name_are_told_alike(office):
    answers = [office.log_in("hanako", WRONG), office.log_in("nobody", WRONG), office.log_in("hanako", "x" * 5_000)]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    pages = [re.sub(r'value="[^"]*"', "", answer.text) for answer in answers]
    assert pages[0] == pages[1] == pages[2]
    assert 'role="alert"' in pages[0]
    assert WRONG not in answers[0].text
    assert office.read("/look").status_code == 401


def test_an_unknown_name_is_checked_as_long_as_a_known_one(monkeypatch):
    checked = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *a: checked.append(a[1]) or verify(*a))
    kept = hash_password(PASSWORD)
    assert is_right(kept, PASSWORD)
    assert not is_right(None, PASSWORD)
    parameters = [text.split("$")[1:4] for text in checked]
    assert len(checked) == 2
    assert parameters[0] == parameters[1]


def test_hashes_are_as_costly_as_is_recommended():
    """RFC 9106, second recommendation: 64 MiB and three passes."""
    assert (REAL.type.name, REAL.memory_cost >= 65_536, REAL.time_cost >= 3) == ("ID", True, True)


def test_names_are_found_however_they_are_typed(office):
    assert office.log_in("ＨＡＮＡＫＯ ").status_code == 303


def test_passwords_are_found_however_they_are_composed():
    assert is_right(hash_password("か\u3099くせい-2026"), "がくせい-2026")


def test_logging_in_gives_the_visit_another_id(office):
    open_page(office.client)
    planted = {cookie.key: cookie.value for cookie in office.client._cookies.values()}
    office.log_in("hanako")
    name = office.access.seals.visit_cookie
    office.client.set_cookie(name, planted[name])
    assert office.read("/look").status_code == 401


def test_logging_out_ends_the_session_for_whoever_kept_the_cookie(office):
    office.log_in("hanako")
    name = office.access.seals.visit_cookie
    kept = office.client.get_cookie(name).value
    assert "hanako" in open_page(office.client).text
    left = office.send("/logout")
    assert left.headers["Location"].startswith("/login")
    assert left.headers["Clear-Site-Data"] == '"cache"'
    office.client.set_cookie(name, kept)
    assert office.read("/look").status_code == 401


def test_a_session_ends_when_nobody_uses_it(office, clock):
    office.log_in("hanako")
    for _ in range(3):
        clock.now += IDLE - timedelta(minutes=1)
        assert office.read("/look").status_code == 200
    clock.now += IDLE + timedelta(minutes=1)
    assert office.read("/look").status_code == 401


def _changed(*names, value=1):
    parts = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names]
    return {"output": "x.y", "inputs": [{**part, "value": value} for part in parts], "changedPropIds": list(names)}


@pytest.mark.parametrize(
    "body",
    [
        None,
        _changed("jobs-tick.n_intervals"),
        {**_changed("jobs-tick.n_intervals"), "changedPropIds": ["jobs-tick.n_intervals", "button.n_clicks"]},
        _changed("button.n_clicks", value=None),  # drawn anew by a tick
    ],
)
def test_a_page_that_asks_by_itself_keeps_nobody_logged_in(office, clock, body):
    """An office PC that is left with a page open: a phone's, the list of jobs, the editor."""
    office.log_in("hanako")
    for _ in range(7):
        clock.now += IDLE / 6
        if body is None:
            for path in ("/w/x/now", "/edit/live/x?request=1"):
                office.read(path)
        else:
            office.send("/_dash-update-component", json=body)
    assert office.read("/look").status_code == 401


def test_a_wall_before_a_room_does_not_run_out(office, clock):
    office.log_in("hanako")
    for _ in range(7):
        clock.now += IDLE / 6
        office.read("/workshop/wall/x/now")
    assert office.read("/look").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        _changed("button.n_clicks"),
        _changed("jobs-tick.n_intervals", "field.value"),
        {**_changed("x.y"), "inputs": [{"id": {"kind": "k", "n": 1}, "property": "n_clicks", "value": 2}]}
        | {"changedPropIds": ['{"kind":"k","n":1}.n_clicks']},
        {"output": "x.y", "changedPropIds": 5},  # unreadable: refused elsewhere
    ],
)
def test_whoever_presses_something_stays_logged_in(office, clock, body):
    office.log_in("hanako")
    for _ in range(7):
        clock.now += IDLE / 6
        office.send("/_dash-update-component", json=body)
    assert office.read("/look").status_code == 200


def test_a_session_ends_at_the_end_of_the_day_whoever_uses_it(office, clock):
    office.log_in("hanako")
    end = clock.now + LONGEST
    while clock.now < end:
        assert office.read("/look").status_code == 200
        clock.now += IDLE - timedelta(minutes=1)
    assert office.read("/look").status_code == 401


def test_sessions_that_ran_out_are_forgotten_and_the_table_holds_no_cookie(office, clock):
    office.log_in("hanako")
    clock.now += IDLE * 2
    office.log_in("taro")
    with office.access._database().reading() as connection:
        rows = connection.execute(select(access_sessions)).all()
    assert [row.name for row in rows] == ["taro"]
    assert office.client.get_cookie(office.access.seals.visit_cookie).value not in str(rows)


def test_a_session_lives_through_a_restart(office, tmp_path):
    office.log_in("hanako")
    again = guard_server(tmp_path, host="10.1.0.9", users_file=office.access.rules.users_file)
    again.access.seals = office.access.seals  # as read from the home folder
    name = office.access.seals.visit_cookie
    again.client.set_cookie(name, office.client.get_cookie(name).value)
    assert again.read("/look").json == {"name": "hanako"}


def test_who_is_taken_out_or_gets_another_password_is_out_at_once(office):
    users = office.access.users
    office.log_in("hanako")
    users.put(make_account("hanako", Role.VIEWER, users.find("hanako").password), replace=True)
    assert office.send("/edit").status_code == 403  # another role holds at once too
    users.put(make_account("hanako", Role.EDITOR, hash_password(WRONG)), replace=True)
    assert office.read("/look").status_code == 401
    office.log_in("hanako", WRONG)
    assert office.read("/look").status_code == 200
    users.remove("hanako")
    assert office.read("/look").status_code == 401


def test_a_weak_hash_is_renewed_when_its_owner_logs_in(office):
    users = office.access.users
    weak = WEAK.hash(PASSWORD)
    users.put(make_account("hanako", Role.EDITOR, weak), replace=True)
    assert is_outdated(weak)
    assert office.log_in("hanako").status_code == 303
    assert not is_outdated(users.find("hanako").password)
    assert office.read("/look").status_code == 200
    assert office.log_in("hanako").status_code == 303


def test_a_hash_that_cannot_be_renewed_stays(office, monkeypatch):
    users = office.access.users
    weak = WEAK.hash(PASSWORD)
    users.put(make_account("hanako", Role.EDITOR, weak), replace=True)

    def refuse(*_, **__):
        raise UsageError(())

    monkeypatch.setattr(users, "_write", refuse)
    assert office.log_in("hanako").status_code == 303
    assert users.find("hanako").password == weak
    assert office.read("/look").status_code == 200


def test_who_has_no_password_cannot_log_in(office):
    office.access.users.put(make_account("proxy-only", Role.EDITOR, None))
    for password in ("", "None", PASSWORD):
        assert office.log_in("proxy-only", password).status_code == 401


def test_a_damaged_file_of_users_lets_nobody_in(office):
    office.log_in("hanako")
    path = office.access.rules.users_file
    path.write_text('{"schema": "ekisei-users/1", "users": [{"name": "x", "role": "king"}]}', encoding="utf-8")
    answer = office.read("/look")
    assert answer.status_code == 500
    assert str(path) not in answer.text
    with pytest.raises(DataError):
        office.access.check()


def test_a_server_nobody_could_log_in_to_does_not_start(tmp_path, office):
    for name in ("yuki", "hanako", "taro"):
        office.access.users.put(make_account(name, Role.EDITOR, None), replace=True)
    with pytest.raises(UsageError) as refused:
        office.access.check()
    assert refused.value.problems[0].code == "access.no_users"
    missing = guard_server(tmp_path / "x", host="10.1.0.9", users_file=tmp_path / "none.json").access
    with pytest.raises(DataError) as told:
        missing.check()
    assert "ekisei user add" in told.value.problems[0].hint.ja


@pytest.mark.parametrize("mode", ["desk", "guests", "behind_proxy"])
def test_where_nobody_logs_in_the_page_says_why(request, mode):
    guarded = request.getfixturevalue(mode)
    page = guarded.client.get("/login", headers=HTML)
    assert page.status_code == 200
    assert "<form" not in page.text
    assert guarded.send("/login", data={"name": "taro", "password": PASSWORD}).status_code == 200
    assert guarded.access._sessions is None
    assert guarded.send("/logout").status_code == 303


def test_an_unencrypted_login_says_so_unless_it_is_on_this_machine(office):
    here = office.client.get("/login", headers=HTML).text
    there = office.client.get("/login", headers=HTML, environ_base={"REMOTE_ADDR": "192.168.1.20"}).text
    assert "暗号化されていません" not in here
    assert "暗号化されていません" in there


@pytest.mark.parametrize(
    "goal",
    [
        "//evil.example/",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\tevil",
        "evil",
        "",
        "/login?next=/login",
        "/logout",
        "\\\\evil.example",
        "/%0d%0aSet-Cookie:x\r\n",
    ],
)
def test_the_login_leads_nowhere_else(office, goal):
    assert safe_goal(goal) == "/"
    assert office.log_in("hanako", next=goal).headers["Location"] == "/"


def test_the_secret_is_kept_between_starts(tmp_path):
    from app.access.rules import AccessRules

    first, second = (Access(AccessRules(), tmp_path / "home", lambda: None, "ja") for _ in range(2))
    assert first.seals.is_visit(second.seals.new_visit())
    key = tmp_path / "home" / "session.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.write_bytes(b"short")
    third = Access(AccessRules(), tmp_path / "home", lambda: None, "ja")
    assert len(key.read_bytes()) == 32
    assert not first.seals.is_visit(third.seals.new_visit())
    assert first.token_cookie != third.token_cookie  # so that two servers on one machine leave each other's alone


def test_a_home_that_cannot_be_written_costs_only_the_next_start(tmp_path):
    (tmp_path / "file").touch()
    from app.access.rules import AccessRules

    made = Access(AccessRules(), tmp_path / "file", lambda: None, "ja")
    assert made.seals.is_visit(made.seals.new_visit())


def test_the_form_token_belongs_to_the_visit(office):
    open_page(office.client)
    token = token_of(office.client)
    other = office.server.test_client()
    open_page(other)
    assert token_of(other) != token
    answer = other.post(
        "/login", data={"name": "hanako", "password": PASSWORD, "csrf_token": token}, headers={"Accept": "text/html"}
    )
    assert answer.status_code == 403
