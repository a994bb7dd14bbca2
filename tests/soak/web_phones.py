"""What thirty phones of a workshop do: look at the wall, vote, comment and pin, and send again what was not answered."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.soak.web_client import AwayError, Browser
from tests.soak.web_site import BASELINE, RUN

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


MOST_VOICES = 45
"""Fewer than a phone may post in one workshop."""
LANDING = (140.6, 36.6)


@dataclass
class Phone:
    """
    One phone, as the script on its page behaves.

    `queue`: what no answer has come for. `kept`: ids of posts that the server said it has. `votes`: the vote of the
    highest turn that it said it has, by scenario.
    """

    number: int
    browser: Browser
    code: str
    random: Random
    place: tuple[float, float]
    queue: list[dict[str, Any]] = field(default_factory=list)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    votes: dict[str, tuple[int, int]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    page_token: str = ""
    revision: str = "0"
    turn: int = 0
    voices: int = 0

    def join(self) -> None:
        """Open the page, with what stands on it."""
        page = self.browser.get(f"/w/{self.code}", is_page=True).text
        self.page_token = re.findall(r'data-token="([^"]+)"', page)[0]
        for address in re.findall(r'(?:src|href)="(/[^"]+\.(?:css|js)[^"]*)"', page):
            self.browser.get(address)
        for what in ("join", "mine"):
            self.browser.send(f"/w/{self.code}/{what}?lang=ja", {"token": self.token}, self.page_token)

    def look(self) -> None:
        """Ask for what is on the wall, and for its map now and then."""
        answer = self.browser.get(f"/w/{self.code}/now?lang=ja&have={self.revision}")
        if answer.status == 200:
            self.revision = str(answer.json()["revision"])
        if self.random.random() < 0.05:
            self.browser.get(f"/w/{self.code}/areas/{self.random.choice((BASELINE, RUN))}.json?lang=ja")

    def act(self) -> None:
        """Vote, comment or put a pin; it is kept before it is sent."""
        item: dict[str, Any] = {"id": secrets.token_hex(16), "run": RUN}
        if self.voices >= MOST_VOICES or self.random.random() < 0.5:
            self.turn += 1
            item |= {"kind": "vote", "choice": self.random.choice((-1, 0, 1)), "turn": self.turn}
        else:
            self.voices += 1
            item |= {"kind": "voice", "text": f"声 {self.number} の {self.voices}"}
            if self.voices % 3 == 0:
                item |= {"lon": self.place[0], "lat": self.place[1]}
                item["text"] = "" if self.voices % 2 else item["text"]
        self.queue.append(item)

    def flush(self) -> None:
        """Send what is kept; only what was answered leaves the queue."""
        if not self.queue:
            return
        posts = self.queue[:30]
        answer = self.browser.send(
            f"/w/{self.code}/posts?lang=ja", {"token": self.token, "posts": posts}, self.page_token
        )
        if answer.status != 200:
            self.refused.append(f"{answer.status} {answer.text[:120]}")
            if answer.status == 403:
                self.join()
            return
        for told in answer.json()["answers"]:
            post = next(one for one in posts if one["id"] == told["id"])
            self.queue.remove(post)
            if not told["kept"]:
                self.refused.append(f"{told['code']} {post}")
                continue
            self.kept[post["id"]] = post
            if post["kind"] == "vote" and post["turn"] > self.votes.get(post["run"], (0, 0))[0]:
                self.votes[post["run"]] = (post["turn"], post["choice"])
        if self.random.random() < 0.3:
            self.browser.send(f"/w/{self.code}/mine?lang=ja", {"token": self.token}, self.page_token)

    def live(self, is_over: Callable[[], bool], pause: Callable[[float], None], tempo: float) -> None:
        """Take part until it is over, then send what is left."""
        while not self._tried(self.join):
            pause(0.3)
        while not is_over():
            self._tried(self.look)
            if self.random.random() < 0.4:
                self.act()
            self._tried(self.flush)
            pause(tempo * self.random.uniform(0.85, 1.15))
        for _ in range(100):
            if not self.queue:
                return
            self._tried(self.flush)
            pause(0.3)

    @staticmethod
    def _tried(deed: Callable[[], None]) -> bool:
        try:
            deed()
        except AwayError:
            return False
        return True
