"""Who may do what: every role on every route, in every way to start the server."""

from __future__ import annotations

import pytest

from app.access import Role, User
from app.access.roles import AT_THE_DESK, read_role
from geodata.errors import UsageError
from tests.guarded import NAMES

ROUTES = (("GET", "/look"), ("POST", "/edit"), ("POST", "/moderate"), ("GET", "/w/ab12"), ("POST", "/w/ab12"))
ALLOWED = {
    "nobody": (401, 401, 401, 200, 200),
    "yuki": (200, 403, 403, 200, 200),
    "hanako": (200, 200, 403, 200, 200),
    "taro": (200, 200, 200, 200, 200),
}


def statuses(guarded, environ=None):
    found = []
    for method, path in ROUTES:
        call = guarded.read if method == "GET" else guarded.send
        found.append(call(path, environ_base=environ or {}).status_code)
    return tuple(found)


@pytest.mark.parametrize("name", ALLOWED)
def test_every_role_on_every_route_after_a_login(office, name):
    if name in NAMES:
        assert office.log_in(name).status_code == 303
    assert statuses(office) == ALLOWED[name]


@pytest.mark.parametrize("name", ALLOWED)
def test_every_role_on_every_route_behind_a_proxy(behind_proxy, name):
    refused_here = tuple(403 if status == 401 else status for status in ALLOWED[name])  # no login of ours would help
    environ = {"REMOTE_ADDR": "10.1.0.7"} | ({"HTTP_X_REMOTE_USER": name} if name in NAMES else {})
    assert statuses(behind_proxy, environ) == refused_here


def test_at_the_desk_everything_may_be_done(desk):
    assert statuses(desk) == (200, 200, 200, 200, 200)
    assert desk.read("/look").json == {"name": ""}
    assert desk.send("/edit").json == {"by": "この PC の利用者"}


def test_guests_may_look_and_take_part(guests):
    assert statuses(guests) == (200, 403, 403, 200, 200)
    told = guests.send("/edit").json["error"]
    assert "「編集」の役割が必要" in told
    assert "--users" in told


def test_guests_may_look_beside_a_login_only_if_that_was_said(office, tmp_path):
    from tests.guarded import guard_server

    assert office.read("/look").status_code == 401
    users = office.access.rules.users_file
    open_house = guard_server(tmp_path / "second", host="10.1.0.9", users_file=users, guests_view=True)
    assert statuses(open_house) == (200, 401, 401, 200, 200)


def test_small_numbers_are_for_staff(office, guests, desk):
    assert desk.read("/look?public=0").status_code == 200
    assert guests.read("/look?public=1").status_code == 200
    refused = guests.read("/look?public=0")
    assert refused.status_code == 403
    assert "10 人未満" in refused.json["error"]
    office.log_in("yuki")
    assert office.read("/look?public=0").status_code == 200


def test_a_view_of_the_map_hides_small_numbers_from_guests_whatever_they_ask(office, guests, desk):
    from app.features.compare.state import ViewState

    def state():
        asked = ViewState(left="a", right="b", metric="m")
        asked = ViewState.from_query("pub=0", asked).changed(public=False)
        return {"public": asked.public}

    for guarded, hidden in ((desk, False), (guests, True), (office, False)):
        guarded.server.add_url_rule("/state", "state", state)
        if guarded is office:
            guarded.log_in("yuki")
        assert guarded.read("/state").json == {"public": hidden}


def test_each_role_may_do_what_the_ones_below_it_may():
    for role in Role:
        user = User("x", role, is_staff=True)
        assert [user.may(each) for each in Role] == [each <= role for each in Role]
    assert not User("x", None, is_staff=False).may(Role.VIEWER)
    assert AT_THE_DESK.may(Role.FACILITATOR)


@pytest.mark.parametrize(
    ("word", "role"),
    [("閲覧", Role.VIEWER), ("編集", Role.EDITOR), ("進行", Role.FACILITATOR), ("Editor", Role.EDITOR)],
)
def test_roles_have_words_in_both_languages(word, role):
    assert read_role(word) is role


def test_an_unknown_role_is_refused_with_the_ones_there_are():
    with pytest.raises(UsageError) as refused:
        read_role("boss")
    assert "進行" in refused.value.problems[0].hint.ja
