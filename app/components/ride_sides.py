"""Owns how boardings stand beside linked trips, changes and person-minutes: the same words on page and command line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.errors import Text
from sim.ridership.sides import MINUTES, TABLE

if TYPE_CHECKING:
    from scenarios.store import StoredRun

TITLES = {
    "boardings": Text("乗車", "boardings"),
    "linked_trips": Text("移動（乗換は数えない）", "linked trips"),
    "transfers": Text("乗換", "changes"),
    "walk_min": Text("徒歩", "walking"),
    "wait_min": Text("待ち（早着を含む）", "waiting (too early included)"),
    "ride_min": Text("車内", "on board"),
}
_OF_MINUTES = {"ja": (1e4, ",.0f", "万人分"), "en": (1e6, ",.2f", " m person-min")}
_OF_COUNTS = {"ja": (1.0, ",.0f", "回"), "en": (1.0, ",.0f", "")}


@dataclass(frozen=True, slots=True)
class SideLine:
    """One measure of rides, as it is printed: what it is, at the baseline, in the run, and the change."""

    title: str
    before: str
    now: str
    change: str


def sides_of(run: StoredRun, lang: str) -> list[SideLine]:
    """Return boardings, linked trips, changes and person-minutes of a run; none where no rides are known."""
    table = run.tables.get(TABLE)
    if table is None:
        return []
    lines = []
    for row in table.to_dict("records"):
        unit = (_OF_MINUTES if row["unit"] == MINUTES else _OF_COUNTS)[lang]
        title = TITLES[str(row["measure"])].get(lang)
        was, now, change = (float(row[name]) for name in ("baseline", "run", "change"))
        lines.append(SideLine(title, _told(was, unit), _told(now, unit), _told(change, unit, signed=True)))
    return lines


def sides_sentence(run: StoredRun, lang: str) -> str:
    """Return one line for the command line: each measure, with its change where it changes; "" without rides."""
    lines = sides_of(run, lang)
    still = _told(0.0, _OF_COUNTS[lang], signed=True), _told(0.0, _OF_MINUTES[lang], signed=True)
    parts = [
        f"{one.title} {one.now}" + ("" if one.change in still or not one.change else f" ({one.change})")
        for one in lines
    ]
    return ("、" if lang == "ja" else ", ").join(parts)


def _told(value: float, unit: tuple[float, str, str], *, signed: bool = False) -> str:
    """Return a number with its unit; "" where it is not known."""
    if math.isnan(value):
        return ""
    per, digits, word = unit
    text = format(value / per, f"+{digits}" if signed else digits)
    plain = text.lstrip("+-")
    return f"±{plain}{word}" if signed and not float(plain.replace(",", "")) else f"{text}{word}"
