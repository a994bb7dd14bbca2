"""
A table of attacks, each sent over the wire to a real server: what is asked, and how it is answered.

Rows that come from one idea stand together. An attack counts as refused only if its status is the one expected, nothing
was changed, and nothing of what is kept from the sender stands in the answer.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from tests.guarded import NAMES, PASSWORD
from tests.visits import TOKEN, open_page, token_of

SECRETS = ("secret detail", "Traceback", "argon2", "session.key", "/users.json", '"by"', "hanako", "taro")
"""What no answer to an attack may hold; `by` is what the routes say that changed something."""


@dataclass(frozen=True)
class Attack:
    """
    One request.

    Parameters
    ----------
    name
        What is tried.
    mode
        How the server was started.
    path, method, headers, body
        What is sent; `{token}` and `{cookie}` in a header stand for those of a visit of the attacker's own.
    status
        What is answered: one of these; 0 where the line is cut without a word.
    line
        The whole first line, where it is no plain one.
    """

    name: str
    mode: str
    path: str
    status: int | tuple[int, ...]
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    line: str = ""


OWN = {"Cookie": "{cookie}", TOKEN: "{token}"}
"""An attacker has a visit of his own, and its token: on a server without login anybody has."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CHUNKED = b"%x\r\n" % 1_500_000 + b"x" * 1_500_000 + b"\r\n0\r\n\r\n"

ATTACKS = (
    # another page in the planner's browser
    Attack("form of another site", "desk", "/edit", 403, "POST", FORM | {"Origin": "https://evil.example"}, b"a=b"),
    Attack("form of a site that hides itself", "desk", "/edit", 403, "POST", FORM | {"Origin": "null"}, b"a=b"),
    Attack("script of another site", "desk", "/edit", 403, "POST", OWN | {"Sec-Fetch-Site": "cross-site"}),
    Attack("another port of this machine", "desk", "/edit", 403, "POST", OWN | {"Origin": "http://127.0.0.1:1"}),
    Attack("a subdomain", "desk", "/edit", 403, "POST", OWN | {"Sec-Fetch-Site": "same-site"}),
    Attack("no token", "desk", "/edit", 403, "POST", {"Cookie": "{cookie}"}),
    Attack("token without its visit", "desk", "/edit", 403, "POST", {TOKEN: "{token}"}),
    Attack("token in the address", "desk", "/edit?csrf_token={token}", 403, "POST", {"Cookie": "{cookie}"}),
    Attack("token in JSON", "desk", "/edit", 403, "POST", {"Cookie": "{cookie}"}, b'{"csrf_token": "x"}'),
    Attack("JSON as plain text", "desk", "/edit", 403, "POST", {"Content-Type": "text/plain"}, b"{}"),
    Attack("method in a header", "guests", "/edit", 405, "GET", {"X-HTTP-Method-Override": "POST"}),
    Attack("method in the address", "guests", "/edit?_method=POST", 405),
    Attack("an unknown method", "desk", "/edit", (403, 405, 501), "BREW", {"Cookie": "{cookie}"}),
    # a name that points to this machine
    Attack("rebound name reads", "desk", "/look", 421, headers={"Host": "evil.example"}),
    Attack("rebound name writes", "desk", "/edit", 421, "POST", OWN | {"Host": "evil.example"}),
    Attack("name that looks like an address", "desk", "/look", 421, headers={"Host": "127.0.0.1.evil.example"}),
    Attack("name before an @", "desk", "/look", 421, headers={"Host": "localhost@evil.example"}),
    Attack("no host", "desk", "/look", (400, 421), headers={"Host": ""}),
    Attack(
        "host from the proxy's header",
        "desk",
        "/look",
        421,
        headers={"Host": "e.example", "X-Forwarded-Host": "localhost"},
    ),
    Attack(
        "host in the first line",
        "desk",
        "/look",
        421,
        headers={"Host": "evil.example"},
        line="GET http://localhost/look HTTP/1.1",
    ),
    # who is not logged in
    Attack("guest edits", "guests", "/edit", 403, "POST", OWN),
    Attack("guest moderates", "guests", "/moderate", 403, "POST", OWN),
    Attack("guest asks for few persons", "guests", "/look?public=0", 403, headers=OWN),
    Attack("nobody reads", "office", "/look", 401),
    Attack("nobody edits", "office", "/edit", 401, "POST", OWN),
    Attack("path that begins as an open one", "office", "/w/../look", (401, 404)),
    Attack("path that begins as an open one, encoded", "office", "/w/%2e%2e/look", (401, 404)),
    Attack("two slashes", "office", "//look", (308, 401, 404)),
    Attack("upper case", "office", "/LOOK", (401, 404)),
    Attack("a NUL in the path", "office", "/look%00.css", (400, 401, 404)),
    Attack("assets with dots", "office", "/assets/../../etc/passwd", (401, 404)),
    # forged visits
    Attack("made-up session", "office", "/look", 401, headers={"Cookie": "{name}=abc.def"}),
    Attack("session with another's seal", "office", "/look", 401, headers={"Cookie": "{name}={cut}"}),
    Attack("session as text for the database", "office", "/look", 401, headers={"Cookie": "{name}=' OR 1=1 --"}),
    Attack("two cookies of one name", "office", "/look", 401, headers={"Cookie": "{cookie}; {cookie}"}),
    Attack("a cookie of 60 kB", "office", "/look", (400, 401, 431), headers={"Cookie": "{name}=" + "x" * 60_000}),
    # headers of a proxy that is none
    Attack("name in a header, no proxy named", "office", "/look", 401, headers={"X-Remote-User": "taro"}),
    Attack("name in a header, at a desk", "guests", "/edit", 403, "POST", OWN | {"X-Remote-User": "taro"}),
    Attack("name in a header from elsewhere", "no_proxy", "/look", 403, headers={"X-Remote-User": "taro"}),
    Attack(
        "and a forged way through the proxy",
        "no_proxy",
        "/look",
        403,
        headers={"X-Remote-User": "taro", "X-Forwarded-For": "10.1.0.7"},
    ),
    Attack("header with an underscore past the proxy", "proxy", "/look", 403, headers={"X_Remote_User": "taro"}),
    Attack("two names in one header", "proxy", "/look", 403, headers={"X-Remote-User": "yuki, taro"}),
    Attack("a line break in the name", "proxy", "/look", 403, headers={"X-Remote-User": "yuki%0ataro"}),
    Attack("forwarded user", "office", "/look", 401, headers={"Forwarded": "for=127.0.0.1", "Remote-User": "taro"}),
    Attack("basic authentication", "office", "/look", 401, headers={"Authorization": "Basic dGFybzp4"}),
    # too much
    Attack("more than a form", "desk", "/edit", 413, "POST", OWN, b"x" * 1_000_001),
    Attack(
        "more than a form, without its length",
        "desk",
        "/edit",
        413,
        "POST",
        OWN | {"Transfer-Encoding": "chunked"},
        CHUNKED,
    ),
    Attack("more than was said", "desk", "/edit", (0, 400, 413), "POST", OWN | {"Content-Length": "99999999"}),
    Attack("a negative length", "desk", "/edit", 400, "POST", OWN | {"Content-Length": "-1"}),
    Attack(
        "length and chunks",
        "desk",
        "/edit",
        (400, 403),
        "POST",
        {"Transfer-Encoding": "chunked", "Content-Length": "4"},
        b"0\r\n\r\n",
    ),
    Attack("a header of 300 kB", "desk", "/look", (0, 431), headers={"X": "x" * 300_000}),
    # words that become something else
    Attack("another site after the login", "office", "/login?next=https://evil.example/", 200),
    Attack("script in the address of the login", "office", "/login?next=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E", 200),
    Attack("script as language", "office", "/login?lang=%22%3E%3Cscript%3E", 200),
    Attack("a line break in the address", "office", "/login?next=/%0d%0aSet-Cookie:%20a=b", 200),
    Attack("a query that is no text", "desk", "/look?lang=\xff", 400),
    Attack("a query that is no text, at the login", "office", "/login?next=\xff\xfe", 400),
    Attack("what breaks inside", "desk", "/broken", 500),
)


def answer_to(attack, guarded, port):
    """Send an attack as it is written; return status, headers and body as one text."""
    browser = guarded.server.test_client()
    open_page(browser)
    name = guarded.access.seals.visit_cookie
    visit = browser.get_cookie(name).value
    parts = {"{token}": token_of(browser), "{cookie}": f"{name}={visit}", "{name}": name, "{cut}": visit[:-2] + "xx"}

    def filled(text):
        for mark, value in parts.items():
            text = text.replace(mark, value)
        return text

    headers = {"Host": "127.0.0.1", "Connection": "close", **attack.headers}
    if attack.body and not {"Content-Length", "Transfer-Encoding"} & set(headers):
        headers["Content-Length"] = str(len(attack.body))
    line = attack.line or f"{attack.method} {filled(attack.path)} HTTP/1.1"
    head = "\r\n".join([line, *(f"{key}: {filled(value)}" for key, value in headers.items())]) + "\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        wire.sendall(head.encode("latin-1"))
        with suppress(OSError):  # refused before all of it was read
            wire.sendall(attack.body)
            wire.shutdown(socket.SHUT_WR)
        received = b""
        with suppress(ConnectionResetError):
            while part := wire.recv(65_536):
                received += part
    text = received.decode("utf-8", "replace")
    return int(text.split(" ", 2)[1]) if text else 0, text


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_the_attack_is_refused(attack, servers, tmp_path, monkeypatch):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))
    guarded, port = servers[attack.mode]
    status, text = answer_to(attack, guarded, port)
    assert status in (attack.status if isinstance(attack.status, tuple) else (attack.status,)), text[:400]
    for secret in SECRETS:
        assert secret not in text
    assert "<script" not in text
    assert "evil.example" not in text.partition("\r\n\r\n")[0]
    assert "Set-Cookie: a=b" not in text


def test_there_are_as_many_attacks_as_were_promised():
    assert len(ATTACKS) >= 40
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize("mode", ["desk", "office", "proxy"])
def test_the_same_server_answers_whom_it_should(servers, mode):
    """Else a server that refuses everything would pass."""
    guarded, port = servers[mode]
    guarded.client = guarded.server.test_client()
    headers = {}
    if mode == "office":
        guarded.log_in("hanako", PASSWORD)
        cookie = guarded.access.seals.visit_cookie
        headers = {"Cookie": f"{cookie}={guarded.client.get_cookie(cookie).value}"}
    if mode == "proxy":
        headers = {"X-Remote-User": "hanako"}
    wire = Attack("none", mode, "/look", 200, headers=headers)
    status, text = answer_to(wire, guarded, port)
    assert status == 200
    assert ("hanako" in text) is (mode != "desk")
    assert "hanako" in NAMES


def test_an_attacker_who_guesses_is_slowed_down(servers):
    guarded, _ = servers["office"]
    guarded.client = guarded.server.test_client()
    found = [guarded.log_in("taro", f"guess-number-{k}").status_code for k in range(8)]
    assert found[0] == 401
    assert found[-1] == 429
    assert guarded.log_in("taro", PASSWORD).status_code == 429
