"""Thirty phones at once against a real server, over both databases: every vote and comment is answered and counted."""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any

import pytest

from app.desk import Desk
from app.features.workshop.board import Plan
from app.features.workshop.moderation import list_voices
from tests.serving import serving_desk
from tests.unit.app.workshop.sending import hexed, voice, vote
from tests.visits import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

PHONES = 30
PATIENCE_S = 60
RUN = "new-clinic"


@pytest.fixture
def desk(page_settings, page_services, tmp_path, database_url) -> Iterator[Desk]:
    made = Desk(page_settings.model_copy(update={"database": database_url, "home_folder": tmp_path}), page_services)
    yield made
    made.database.close()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """A server as `ekisei serve` runs it, on a free port of this machine."""
    with serving_desk(desk.settings, desk) as served:
        yield served


class Phone:
    """What the script on a phone does: it opens the page, and sends what it keeps with the page's token."""

    def __init__(self, address: str, code: str, name: str) -> None:
        self.address, self.code, self.name = address, code, name
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
        self._token = ""

    def join(self) -> None:
        self._token = re.search(r'data-token="([^"]+)"', self._ask(f"/w/{self.code}"))[1]

    def look(self) -> dict[str, Any]:
        return json.loads(self._ask(f"/w/{self.code}/now?have=0"))

    def send(self, *posts: dict[str, Any]) -> list[bool]:
        """Return whether each post was kept; anything but a taken message raises."""
        body = json.dumps({"token": hexed(self.name), "posts": list(posts)}).encode()
        answers = json.loads(self._ask(f"/w/{self.code}/posts", body))["answers"]
        assert [one["id"] for one in answers] == [one["id"] for one in posts]
        return [one["kept"] for one in answers]

    def _ask(self, path: str, body: bytes | None = None) -> str:
        headers = {"Content-Type": "application/json", TOKEN: self._token, "Origin": self.address} if body else {}
        with self._opener.open(
            urllib.request.Request(self.address + path, body, headers), timeout=PATIENCE_S
        ) as answer:
            return answer.read().decode()


def test_thirty_phones_vote_and_comment_at_once_and_nothing_is_lost(desk, address):
    plan = Plan("団地の足", dt.date(2029, 10, 1), ("baseline-r5", RUN), themes=("バス",))
    held = desk.workshops.board.open(plan)
    together = threading.Barrier(PHONES + 1, timeout=PATIENCE_S)

    def take_part(number: int) -> list[bool]:
        name = f"phone-{number}"
        phone = Phone(address, held.code, name)
        phone.join()
        first = vote(f"{name}-1", RUN, -1, 1)
        changed = vote(f"{name}-2", RUN, 1 if number % 3 else -1, 2)
        words = {**voice(f"{name}-3", f"声 {number}"), "run": RUN, "theme": "バス"}
        together.wait()
        kept = phone.send(first) + phone.send(words) + phone.send(changed)
        kept += phone.send(first, words)  # once more, as if the answers had been lost on the way
        assert phone.look()["is_open"]
        return kept

    with ThreadPoolExecutor(PHONES) as pool:
        phones = [pool.submit(take_part, number) for number in range(PHONES)]
        together.wait()
        for step in range(6):  # the facilitator goes on meanwhile
            desk.workshops.board.show_step(held.workshop_id, step)
        kept = [phone.result() for phone in phones]
    assert kept == [[True] * 5] * PHONES
    counted = desk.workshops.summary(held).runs[RUN]
    against = len(range(0, PHONES, 3))
    assert (counted.up, counted.down) == (PHONES - against, against)
    voices = list_voices(desk.workshops.database, held.workshop_id)
    assert Counter(one.text for one in voices) == Counter(f"声 {number}" for number in range(PHONES))
    turnout = desk.workshops.board.turnout(held.workshop_id)
    assert (turnout.joined, turnout.sent, turnout.votes, turnout.waiting) == (PHONES,) * 4
