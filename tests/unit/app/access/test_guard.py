"""Every request: host, origin, token, size, headers, and what is read by whoever is refused."""

from __future__ import annotations

import json

import pytest

from app.access import AccessRules, Role, current, require
from app.access.guard import HEADERS
from app.access.origin import is_known_host
from app.access.rules import LOOPBACK, check_rules
from geodata.errors import CitySimError, DataError, Text, error
from tests.guarded import guard_server
from tests.visits import TOKEN, open_page, script_headers, token_of

ANY = "0.0.0.0"  # noqa: S104 - what is tested
HTML = {"Accept": "text/html", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_changes_something_needs_the_token(desk, method):
    headers = script_headers(desk.client)
    assert desk.client.open("/edit", method=method, headers=headers).status_code == 200
    for token in ("", "x", token_of(desk.client)[:-1], token_of(desk.client) + "x", "é", "\x00"):
        assert desk.client.open("/edit", method=method, headers=headers | {TOKEN: token}).status_code == 403
    del headers[TOKEN]
    refused = desk.client.open("/edit", method=method, headers=headers)
    assert refused.status_code == 403
    assert "F5" in refused.json["error"]


def test_a_form_sends_the_token_in_a_field(desk):
    open_page(desk.client)
    token = token_of(desk.client)
    for encoding in ("application/x-www-form-urlencoded", "multipart/form-data"):
        sent = {"comment": "バス停が遠い", "csrf_token": token}
        answer = desk.client.post("/w/ab12", data=sent, content_type=encoding)
        assert answer.status_code == 200
        assert "バス停が遠い" in answer.text
        assert desk.client.post("/w/ab12", data={"comment": "x"}, content_type=encoding).status_code == 403
    assert desk.client.post("/w/ab12", json={"csrf_token": token}).status_code == 403
    assert desk.client.post(f"/w/ab12?csrf_token={token}").status_code == 403


def test_the_token_that_a_room_asks_for_is_the_one_that_is_taken(desk):
    page = desk.client.get("/w/ab12", headers=HTML)
    assert token_of(desk.client) in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "https://localhost@evil.example"},
        {"Origin": "localhost"},
        {"Origin": "http://[::1"},
        {"Origin": "http://localhost:port"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
)
def test_another_page_changes_nothing_even_with_the_token(desk, headers):
    known = {TOKEN: script_headers(desk.client)[TOKEN]}
    assert desk.client.post("/edit", headers=known).status_code == 200
    refused = desk.client.post("/edit", headers=known | headers)
    assert refused.status_code == 403
    assert "別のページ" in refused.json["error"]


def test_a_visit_that_is_not_ours_is_given_another_id(desk):
    open_page(desk.client)
    name = desk.access.seals.visit_cookie
    good = desk.client.get_cookie(name).value
    token = token_of(desk.client)
    for bad in (good[:-1] + ("A" if good[-1] != "A" else "B"), "x.y", "", ".", good.split(".")[0], good + "é"):
        desk.client.set_cookie(name, bad)
        assert desk.client.post("/edit", headers={TOKEN: token}).status_code == 403
        page = open_page(desk.client)
        assert any(cookie.startswith(f"{name}=") for cookie in page.headers.getlist("Set-Cookie"))
        assert desk.client.get_cookie(name).value not in {bad, good}


def test_cookies_are_closed_to_scripts_and_other_sites(office):
    def flags(answer):
        found = answer.headers.getlist("Set-Cookie")
        return {cookie.split("=")[0]: {part.strip() for part in cookie.split(";")[1:]} for cookie in found}

    visit, token = office.access.seals.visit_cookie, office.access.token_cookie
    plain = flags(open_page(office.client))
    assert plain[visit] == {"HttpOnly", "Path=/", "SameSite=Lax"}
    assert plain[token] == {"Path=/", "SameSite=Strict"}
    fresh = office.server.test_client()
    assert all("Secure" in found for found in flags(fresh.get("/login", base_url="https://localhost")).values())
    fresh = office.server.test_client()
    behind = fresh.get("/login", headers={"X-Forwarded-Proto": "https"})
    assert all("Secure" in found for found in flags(behind).values())
    fresh = office.server.test_client()
    forged = fresh.get("/login", headers={"X-Forwarded-Proto": "https"}, environ_base={"REMOTE_ADDR": "10.9.9.9"})
    assert not any("Secure" in found for found in flags(forged).values())
    assert flags(open_page(office.client)) == {}  # given once


@pytest.mark.parametrize(
    ("rules", "host", "known"),
    [
        ({}, "localhost:8050", True),
        ({}, "127.0.0.1:8050", True),
        ({}, "[::1]:8050", True),
        ({}, "evil.example", False),
        ({}, "localhost.evil.example:8050", False),
        ({}, "127.0.0.1.nip.example", False),
        ({}, "192.168.1.5", False),
        ({}, "", False),
        ({}, "[::1", False),
        ({"host": ANY}, "192.168.1.5:8050", True),
        ({"host": ANY}, "[fe80::1]:8050", True),
        ({"host": ANY}, "evil.example", False),
        ({"host": ANY, "names": ("ekisei.city.example.jp",)}, "Ekisei.City.example.jp:8050", True),
        ({"host": ANY, "names": ("ekisei.city.example.jp",)}, "x.ekisei.city.example.jp", False),
    ],
)
def test_the_page_is_asked_for_under_names_of_ours_only(rules, host, known):
    assert is_known_host(host, AccessRules(**rules)) is known


def test_this_machines_own_name_is_known(monkeypatch):
    monkeypatch.setattr("app.access.origin.socket.gethostname", lambda: "PLAN-PC7.city.local")
    rules = AccessRules(host=ANY)
    for name in ("plan-pc7", "PLAN-PC7.local", "plan-pc7.city.local", "localhost"):
        assert is_known_host(f"{name}:8050", rules)
    assert not is_known_host("plan-pc8", rules)
    assert not is_known_host("plan-pc7", AccessRules())


def test_a_rebound_name_reads_nothing(desk):
    for path in ("/", "/look", "/login", "/w/ab12", "/assets/x.css"):
        refused = desk.client.get(path, headers={"Host": "evil.example"} | HTML)
        assert refused.status_code == 421
        assert "この名前では開けません" in refused.text


def test_sizes_are_limited_by_address(desk):
    assert desk.send("/edit", data=b"x" * 900_000).status_code == 200
    refused = desk.send("/edit", data=b"x" * 1_000_001)
    assert refused.status_code == 413
    assert "大きすぎます" in refused.json["error"]
    assert desk.send("/upload", data=b"x" * 1_900_000).json == {"bytes": 1_900_000}
    assert desk.send("/upload", data=b"x" * 2_000_001).status_code == 413
    assert desk.access.largest_body == 12_000_000


def test_every_answer_has_the_headers(office):
    office.log_in("hanako")
    answers = [
        open_page(office.client, "/"),
        office.read("/look"),
        office.read("/none"),
        office.read("/broken"),
        office.send("/moderate"),
        office.read("/edit"),
        office.client.get("/", headers={"Host": "evil.example"}),
        office.server.test_client().get("/look", headers=HTML),
        office.server.test_client().get("/look"),
        office.client.post("/edit"),
    ]
    assert [a.status_code for a in answers] == [200, 200, 404, 500, 403, 405, 421, 303, 401, 403]
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
    assert "no-store" in answers[0].headers["Cache-Control"]
    opener = "Cross-Origin-Opener-Policy"
    assert opener not in answers[0].headers
    assert office.client.get("/login", base_url="https://localhost").headers[opener] == "same-origin"


def test_who_is_refused_reads_words_and_no_traceback(desk, monkeypatch, tmp_path):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))
    page = open_page(desk.client, "/broken")
    assert page.status_code == 500
    assert "思いがけないこと" in page.text
    for told in (page.text, desk.read("/broken").text):
        assert "secret detail" not in told
        assert "Traceback" not in told
    assert "secret detail" in (tmp_path / "logs" / "ekisei.log").read_text()
    missing = open_page(desk.client, "/none?lang=en")
    assert missing.status_code == 404
    assert "There is no page at this address" in missing.text
    assert '<html lang="en">' in missing.text
    assert desk.read("/none").json["error"].startswith("このアドレス")
    assert desk.read("/none").headers["X-Ekisei-Refusal"] == "1"


def test_a_refusal_of_ours_is_told_to_staff_only(desk, guests):
    told = DataError(
        error("x.y", "/somewhere/city.json", Text("読めません", "cannot be read"), Text("直す", "mend it"))
    )
    for guarded in (desk, guests):

        def refuse():
            raise told

        guarded.server.add_url_rule("/refused", "refused", refuse)
    assert "/somewhere/city.json" in open_page(desk.client, "/refused").text
    assert "→ 直す" in open_page(desk.client, "/refused").text
    assert "/somewhere" not in open_page(guests.client, "/refused").text


def test_words_in_an_address_do_not_become_markup(office):
    page = open_page(office.client, "/login?next=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E&lang=%22%3E%3Cb%3E")
    assert "<script" not in page.text
    assert '"><b>' not in page.text
    answer = office.log_in('"><script>alert(1)</script>', "x")
    assert "<script" not in answer.text


def test_a_script_that_needs_a_login_is_told_where_it_leads_back_to(office):
    headers = script_headers(office.client) | {"Referer": "http://localhost/edit?s=a"}
    answer = office.client.post("/edit", headers=headers)
    assert answer.status_code == 401
    assert answer.json["login"] == "/login?next=%2Fedit%3Fs%3Da&lang=ja"
    elsewhere = office.client.post("/edit", headers=headers | {"Referer": "https://evil.example/x"})
    assert elsewhere.json["login"] == "/login?next=%2F&lang=ja"


def test_a_header_is_believed_from_a_proxy_only(behind_proxy):
    def name(sender, **headers):
        environ = {"REMOTE_ADDR": sender}
        answer = behind_proxy.client.get("/look", headers=headers, environ_base=environ)
        return answer.json["name"] if answer.status_code == 200 else answer.status_code

    assert name("10.1.0.7", **{"X-Remote-User": "hanako"}) == "hanako"
    assert name("10.1.0.7", **{"X-Remote-User": "HANAKO"}) == "hanako"
    assert name("::ffff:10.1.0.7", **{"X-Remote-User": "hanako"}) == "hanako"
    for sender in ("10.1.1.7", "127.0.0.1", "::1", "", "unix:"):
        assert name(sender, **{"X-Remote-User": "taro"}) == 403
    assert name("10.1.1.7", **{"X-Remote-User": "taro", "X-Forwarded-For": "10.1.0.7"}) == 403
    assert name("10.1.0.7", **{"X-Remote-User": "hanako, taro"}) == 403
    assert name("10.1.0.7", **{"X-Remote-User": ""}) == 403
    assert name("10.1.0.7", **{"X-Remote-User": "nobody-we-know"}) == 403


def test_a_name_in_japanese_comes_through_a_header(behind_proxy):
    from app.access import Role
    from app.access.users import make_account

    behind_proxy.access.users.put(make_account("山田", Role.VIEWER, None))
    raw = "山田".encode().decode("latin-1")
    environ = {"REMOTE_ADDR": "10.1.0.7", "HTTP_X_REMOTE_USER": raw}
    assert behind_proxy.client.get("/look", environ_base=environ).json == {"name": "山田"}


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"trusted_header": "X-Remote-User"}, "access.no_roles"),
        ({"trusted_header": "X Remote", "users_file": "u"}, "access.header"),
        ({"proxies": ("10.1.2.3/99",)}, "access.proxy"),
        ({"proxies": ("gateway",)}, "access.proxy"),
        ({"names": ("https://ekisei.example",)}, "access.name"),
        ({"names": ("ekisei.example:80",)}, "access.name"),
    ],
)
def test_rules_that_cannot_be_kept_are_refused(rules, code):
    with pytest.raises(CitySimError) as refused:
        check_rules(AccessRules(**rules))
    assert refused.value.problems[0].code == code
    assert refused.value.problems[0].hint.ja
    assert check_rules(AccessRules()).proxies == LOOPBACK


def test_outside_of_a_request_nobody_acts_and_nothing_is_hidden(desk):
    from flask import Flask

    from app.access import current, sees_small_numbers

    assert sees_small_numbers()
    with Flask("bare").test_request_context("/"), pytest.raises(RuntimeError, match="protect"):
        current()


def test_a_browser_has_a_name_that_does_not_lead_to_its_cookie(desk):
    from app.access import visitor

    desk.server.add_url_rule("/who", "who", visitor)
    open_page(desk.client)
    first = desk.read("/who").text
    assert first == desk.read("/who").text
    assert first not in json.dumps([cookie.value for cookie in desk.client._cookies.values()])
    other = desk.server.test_client()
    open_page(other)
    assert other.get("/who").text != first


def test_a_callback_that_needs_a_role_answers_in_words(office):
    """Dash passes on what its callbacks raise, and asks for the first page only of who may see it."""
    from dash import Dash, Input, Output, html

    app = Dash("callbacks", server=office.server, pages_folder="", suppress_callback_exceptions=True)
    app.layout = lambda: html.Div([html.Button(id="go"), html.P(current().name, id="told")])

    @app.callback(Output("told", "children"), Input("go", "n_clicks"))
    def act(_):
        return require(Role.EDITOR).name

    body = {
        "output": "told.children",
        "outputs": {"id": "told", "property": "children"},
        "inputs": [{"id": "go", "property": "n_clicks", "value": 1}],
        "changedPropIds": ["go.n_clicks"],
    }
    statuses = {}
    for name in ("", "yuki", "hanako"):
        if name:
            office.log_in(name)
        answer = office.send("/_dash-update-component", json=body)
        statuses[name] = answer.status_code
        layout = office.read("/_dash-layout")
        assert (layout.status_code == 200) is bool(name)
        assert name in layout.text
        if name == "yuki":
            assert "「編集」の役割が必要" in answer.json["error"]
            assert answer.headers["X-Ekisei-Refusal"] == "1"
        if name == "hanako":
            assert answer.json["response"] == {"told": {"children": "hanako"}}
    assert statuses == {"": 401, "yuki": 403, "hanako": 200}


def test_two_servers_on_one_machine_keep_their_cookies_apart(tmp_path):
    one, other = (guard_server(tmp_path / name) for name in ("a", "b"))
    assert one.access.seals.visit_cookie != other.access.seals.visit_cookie
    assert one.access.token_cookie != other.access.token_cookie
