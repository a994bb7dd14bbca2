"""What editors do: they open the page, change a scenario, read live numbers and save; two of them share one scenario."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.features.edit.ids import Id, Kind
from tests.soak.web_client import AwayError, Browser
from tests.soak.web_site import BASELINE, PASSWORD
from tests.soak.web_wires import WiredPage

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

STATE = f"{Id.STATE}.data"
CONFLICT, TAKEN, SAVED = "編集中に", "もうあります", "版として保存しました"
"""What an editor is told of a save, see `scenarios.draft_refusals` and the words of the page."""
PARTS = 12
"""Parts of one answer of the engine that are waited for at most."""


@dataclass
class Editor:
    """
    One editor, on one scenario.

    `saved`: number of a revision → its own change as it was saved then, of those the server said were saved. `conflicts`:
    how often it was told that somebody else had saved. `silent`: what was neither saved nor refused in words.
    """

    name: str
    browser: Browser
    scenario_id: str
    random: Random
    stop: str
    page: WiredPage = field(init=False)
    saved: dict[int, dict[str, Any]] = field(default_factory=dict)
    conflicts: int = 0
    unanswered: int = 0
    lives: int = 0
    silent: list[str] = field(default_factory=list)

    def open(self) -> None:
        """Log in and open the editor on the own scenario, or a new one."""
        self.browser.log_in(self.name, PASSWORD)
        self.page = WiredPage(self.browser, "/edit")
        self.page.open()
        self._request({"do": "start", "choice": f"own:{self.scenario_id}"})
        if self._state() is None or self._state()["content"]["id"] != self.scenario_id:
            self._request({"do": "start", "choice": f"upon:{BASELINE}"})

    def change(self) -> None:
        """Put a hub where there is none of this editor yet, else change the one that is there."""
        mine = next((mod for mod in self._mods() if self.name in str(mod.get("name"))), None)
        self.page.values[Id.IN_HAND, "data"] = {"tool": "hub", "instead": mine["id"] if mine else "", "values": {}}
        self.page.values[Id.SPOTS, "data"] = [self._spot()]
        others = [n for n in (self.random.randint(20, 1900), 1901) if mine is None or n != mine.get("radius_m")]
        fields = {"name": f"{self.name} の拠点", "radius_m": others[0], "min_transfer_time_min": 2}
        self.page.many[Kind.FIELD] = [
            ({"kind": str(Kind.FIELD), "name": name}, "value", value) for name, value in fields.items()
        ]
        before = json.dumps(self._mods())
        answer = self.page.press(STATE, Id.DO)
        if json.dumps(self._mods()) == before:
            self.silent.append(f"a change was not taken: {answer.status} {answer.text[:300]}")

    def read_numbers(self) -> None:
        """Ask for the live numbers and follow them to the end, with cards, list and map of each part."""
        page = self.page
        page.call(f"{Id.ASKED}.data", STATE)
        page.call(f"{Id.HEAD}.children", STATE)
        asked = page.values[Id.ASKED, "data"]
        session, seen = page.values[Id.SESSION, "data"], 0
        for _ in range(PARTS):
            answer = self.browser.get(f"/edit/live/{session}?request={asked['request']}&seen={seen}")
            found = answer.json()
            seen = found["part"]
            page.values[Id.TOLD, "data"] = {"request": asked["request"], "part": seen, "state": found["state"]}
            told = f"{Id.TOLD}.data"
            page.call(f"{Id.CARDS}.children", told)
            page.call(f"{Id.LIST}.children", told)
            page.call(f"{Id.PAINT}.data", told)
            if found["state"] != "working":
                self.lives += found["state"] == "done"
                break
        self.browser.get(f"/edit/layers/{session}?v={asked['request']}.{seen}")

    def save(self) -> None:
        """Save; where somebody else has saved meanwhile, say so, open it anew and go on from there."""
        page = self.page
        page.values |= {
            (Id.SCENARIO_ID, "value"): self.scenario_id,
            (Id.TITLE_JA, "value"): f"負荷の試験 {self.scenario_id}",
            (Id.TITLE_EN, "value"): f"Under load {self.scenario_id}",
            (Id.WHO, "value"): self.name,
            (Id.WHY, "value"): f"{len(self.saved)} 回目",
        }
        page.values[Id.SAVED, "children"] = None
        try:
            answer = page.press(STATE, Id.SAVE)
        except AwayError:
            self.unanswered += 1
            self._open_anew()
            return
        told = json.dumps(page.values.get((Id.SAVED, "children")), ensure_ascii=False)
        if CONFLICT in told or TAKEN in told:
            self.conflicts += 1
            self._open_anew()
        elif SAVED in told:
            state = self._state()
            self.saved[int(state["revision"])] = self._own()
            page.press(f"{Id.KEEPING}.opened", Id.KEEP_OPEN)
            page.call(f"{Id.HISTORY}.children", f"{Id.KEEPING}.opened")
        else:
            self.silent.append(f"neither saved nor refused: {answer.status} {told[:300]} {answer.text[:200]}")

    def live(self, is_over: Callable[[], bool], pause: Callable[[float], None], tempo: float) -> None:
        """Edit until it is over; after the server was away the page is opened again."""
        is_open = False
        while not is_over():
            try:
                if not is_open:
                    self.open()
                    is_open = True
                self.change()
                self.read_numbers()
                self.save()
            except AwayError:
                is_open = False
            pause(tempo * self.random.uniform(0.5, 1.5))

    def collide(self, other: Editor) -> None:
        """Edit the same revision as another, and save after them: a conflict that does not hang on chance."""
        for one in (self, other):
            one.open()
            one.change()
        self.save()
        other.save()

    def _open_anew(self) -> None:
        self._request({"do": "start", "choice": f"own:{self.scenario_id}"})

    def _request(self, what: dict[str, Any]) -> None:
        self.page.values[Id.REQUEST, "data"] = what
        self.page.call(STATE, f"{Id.REQUEST}.data")

    def _state(self) -> Any:
        return self.page.values.get((Id.STATE, "data"))

    def _mods(self) -> list[dict[str, Any]]:
        state = self._state()
        return [] if state is None else list(state["content"].get("modifications") or [])

    def _own(self) -> dict[str, Any]:
        return next(mod for mod in self._mods() if self.name in str(mod.get("name")))

    def _spot(self) -> dict[str, Any]:
        return {"stop": self.stop, "name": self.stop, "lat": 36.6, "lon": 140.6}
