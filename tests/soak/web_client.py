"""A browser without a screen: one connection, cookies, the token of its visit, and how long each answer took."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from threading import Lock
from typing import Any
from urllib.parse import urlencode

TOKEN = "X-CSRFToken"  # noqa: S105 - the name of a header
PATIENCE_S = 60.0
LONG = ("/edit/live/",)
"""Addresses that wait for news by intent: how long they take says nothing."""


class AwayError(Exception):
    """The server did not answer: what was sent may or may not have arrived."""


@dataclass
class Figures:
    """What all clients measured together."""

    reads_s: list[float] = field(default_factory=list)
    writes_s: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    worst: list[tuple[float, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Answers that should not have been given: 5xx, and refusals of what is allowed."""
    away: int = 0
    is_measured: bool = True
    _lock: Lock = field(default_factory=Lock)

    def add(self, method: str, path: str, status: int, took_s: float) -> None:
        """Note one answer."""
        with self._lock:
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status >= 500 or status == 429:
                self.broken.append(f"{status} {method} {path}")
            if not self.is_measured or path.startswith(LONG):
                return
            (self.reads_s if method == "GET" else self.writes_s).append(took_s)
            self.worst = sorted([*self.worst, (took_s, f"{method} {path.partition('?')[0]}")], reverse=True)[:8]

    def add_away(self) -> None:
        """Note a request that was not answered."""
        with self._lock:
            self.away += 1


@dataclass
class Answer:
    """Status and content of an answer."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def text(self) -> str:
        """Return the content as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the content as JSON."""
        return json.loads(self.body)


class Browser:
    """One person's browser."""

    def __init__(self, port: int, figures: Figures) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self._figures = figures
        self._cookies: dict[str, str] = {}
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)

    @property
    def token(self) -> str:
        """Return the token that scripts of a page read from its cookie."""
        return next((value for name, value in self._cookies.items() if name.startswith("ekisei_token_")), "")

    def get(self, path: str, *, is_page: bool = False, on_page: str = "") -> Answer:
        """Ask for something, from the page where this matters."""
        page = {"Accept": "text/html", "Sec-Fetch-Dest": "document"}
        script = {"Accept": "application/json"} | ({"Referer": self.origin + on_page} if on_page else {})
        return self._ask("GET", path, None, page if is_page else script)

    def send(self, path: str, content: Any, token: str = "") -> Answer:
        """Send JSON as a page's script does."""
        headers = {"Content-Type": "application/json", TOKEN: token or self.token, "Accept": "application/json"}
        return self._ask("POST", path, json.dumps(content).encode(), headers)

    def log_in(self, name: str, password: str) -> None:
        """Fill in the form of the login."""
        self.get("/login", is_page=True)
        form = urlencode({"name": name, "password": password, "csrf_token": self.token}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
        answer = self._ask("POST", "/login", form, headers)
        if answer.status != 303:
            raise RuntimeError(f"{name} could not log in: {answer.status}")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: bytes | None, more: dict[str, str]) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()), **more}
        if body is not None:
            headers |= {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
        began = time.perf_counter()
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, HTTPException) as cause:
            self._connection.close()
            self._figures.add_away()
            raise AwayError(str(cause)) from None
        self._figures.add(method, path, response.status, time.perf_counter() - began)
        for line in response.headers.get_all("Set-Cookie") or ():
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Answer(response.status, content, dict(response.headers.items()))
