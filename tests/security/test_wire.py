"""What is wrong with a request itself: two readings of one message, other protocols, senders who never end."""

from __future__ import annotations

import socket
import time

import pytest

from app.slow_senders import HEAD_S, WHOLE_S, end_slow_senders
from tests.security.conftest import made_server
from tests.security.test_attacks import Attack, answer_to

HOST = "Host: 127.0.0.1\r\n"
HIDDEN = "GET /moderate HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
"""A second request inside of what a proxy takes for the body of the first."""


def talk(port, text, wait_s=20):
    """Send bytes as they are; return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait_s) as wire:
        wire.sendall(text.encode("latin-1"))
        wire.shutdown(socket.SHUT_WR)
        received = b""
        while part := wire.recv(65_536):
            received += part
    return received.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Content-Length: 4\r\nContent-Length: 5\r\n", "abcde"),
        ("Content-Length: 4, 5\r\n", "abcde"),
        ("Content-Length: +4\r\n", "abcd"),
        ("Content-Length: 0x4\r\n", "abcd"),
        ("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        ("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
        ("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\n", "zz\r\nx\r\n0\r\n\r\n"),
        ("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
        ("X: a\nContent-Length: 4\r\n", "abcd"),
    ],
)
def test_a_message_that_can_be_read_in_two_ways_is_read_in_none(servers, head, body):
    """Else a proxy and this server would disagree where a request ends (smuggling)."""
    _, port = servers["desk"]
    text = talk(port, f"POST /edit HTTP/1.1\r\n{HOST}{head}\r\n{body}{HIDDEN}")
    assert text.startswith("HTTP/1.")
    assert int(text.split(" ", 2)[1]) in {400, 403, 501}
    assert " 200 " not in text
    assert '"by"' not in text


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK", "DEBUG", "PROPFIND"])
def test_methods_that_tell_what_was_sent_are_not_answered(servers, method):
    """TRACE would give cookies back that no script may read."""
    guarded, port = servers["desk"]
    status, text = answer_to(Attack("", "desk", "/look", 0, method, {"Cookie": "secret=umi"}), guarded, port)
    assert status in {400, 403, 405, 501}
    assert "umi" not in text


@pytest.mark.parametrize("wanted", ["websocket", "h2c", "TLS/1.3"])
def test_no_other_protocol_is_spoken(servers, wanted):
    """A socket that stays open would pass by what is asked of every request."""
    guarded, port = servers["office"]
    headers = {"Connection": "Upgrade", "Upgrade": wanted, "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "eA=="}
    text = answer_to(Attack("", "office", "/look", 0, headers=headers), guarded, port)[1]
    assert text.startswith("HTTP/1.1 401")
    assert "101 Switching" not in text


@pytest.mark.parametrize(
    "path", ["/console", "/look?__debugger__=yes&cmd=resource&f=style.css", "/_reload-hash", "/debug", "/server-status"]
)
def test_nothing_made_for_developers_is_there(servers, path):
    guarded, port = servers["desk"]
    text = answer_to(Attack("", "desk", path, 0), guarded, port)[1]
    assert "werkzeug" not in text.lower()
    assert "debugger" not in text.lower()
    assert int(text.split(" ", 2)[1]) in {200, 404}


def test_the_answer_does_not_say_what_the_server_is_made_of(servers):
    guarded, port = servers["desk"]
    for path in ("/look", "/none", "/broken"):
        head = answer_to(Attack("", "desk", path, 0), guarded, port)[1].partition("\r\n\r\n")[0].lower()
        assert "server:" not in head
        assert not any(name in head for name in ("waitress", "werkzeug", "python", "x-powered-by"))


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def waiting_for(found, wait_s=20):
    until = time.monotonic() + wait_s
    while not found():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("begun", "limit_s"),
    [("GET /look HTTP/1.1\r\nX: a", HEAD_S), (f"POST /edit HTTP/1.1\r\n{HOST}Content-Length: 9\r\n\r\nx", WHOLE_S)],
    ids=["head", "body"],
)
def test_who_sends_a_byte_now_and_then_gives_the_place_back(servers, begun, limit_s):
    clock = Clock()
    with made_server(servers["desk"][0].server) as server:
        end_slow_senders(server, clock)
        with (
            socket.create_connection(("127.0.0.1", server.effective_port), timeout=20) as slow,
            socket.create_connection(("127.0.0.1", server.effective_port), timeout=20) as idle,
        ):
            slow.sendall(begun.encode())
            waiting_for(lambda: [c for c in server.active_channels.values() if c.request is not None])
            waiting_for(lambda: len(server.active_channels) == 2)
            server.maintenance(time.time())
            clock.now = limit_s
            slow.sendall(b"y")  # it is still there, and still not done
            server.maintenance(time.time())
            assert not [c for c in server.active_channels.values() if c.will_close]
            clock.now = limit_s + 1
            server.maintenance(time.time())
            assert slow.recv(100) == b""
            idle.sendall(f"GET /look HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode())
            assert idle.recv(100).startswith(b"HTTP/1.1 200")


def test_the_server_that_is_started_ends_slow_senders_and_takes_no_huge_head(monkeypatch, tmp_path):
    import app.serve as started

    given = {}

    class Stopped(Exception):  # noqa: N818 - no error: the test has seen enough
        pass

    def create(_app, **kwargs):
        given.update(kwargs)
        return object()

    def ended(server):
        given["ends_slow"] = server
        raise Stopped

    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))
    monkeypatch.setattr("waitress.create_server", create)
    monkeypatch.setattr(started, "end_slow_senders", ended)
    monkeypatch.setattr(started, "keep_log", lambda *_: None)
    monkeypatch.setattr(started, "create_app", lambda *_: type("App", (), {"server": None})())
    monkeypatch.setattr(started.Services, "list_runs", lambda _: {})
    monkeypatch.setattr("app.engine.Engine.start", lambda *_, **__: None, raising=False)
    with pytest.raises(Stopped):
        started.serve(tmp_path / "runs", port=0)
    assert "ends_slow" in given
    assert given["connection_limit"] >= 200
    assert given["max_request_header_size"] <= 65_536
    assert given["ident"] is None
