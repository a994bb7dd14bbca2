"""Owns what tells that somebody is there: not what an open page asks by itself, or no login would ever run out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Request

CALLBACK = "/_dash-update-component"
POLLS = "/now"
"""How addresses end that phones ask every few seconds."""
WALLS = "/workshop/wall/"
"""How addresses of walls begin. A wall stands before a room full of people: its login lasts while it is open."""
WAITS = ("/edit/live/",)
"""How addresses begin at which pages wait for news."""
TICKS = ".n_intervals"


def is_by_itself(asked: Request) -> bool:
    """Return whether a page sends this request without anybody having done anything."""
    if asked.path.startswith(WALLS):
        return False
    if asked.path.endswith(POLLS) or asked.path.startswith(WAITS):
        return True
    if asked.path != CALLBACK or asked.method != "POST":
        return False
    body = asked.get_json(silent=True)
    changed = body.get("changedPropIds") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(changed, list) or not changed:
        return False
    done = {name for name in changed if isinstance(name, str) and not name.endswith(TICKS)}
    return not any(name in done and value is not None for name, value in _inputs(body.get("inputs")))


def _inputs(given: Any) -> list[tuple[str, Any]]:
    """Return name and value of every input; a button that was only drawn anew has no value."""
    if isinstance(given, list):
        return [found for part in given for found in _inputs(part)]
    if not isinstance(given, dict):
        return []
    component = given.get("id")
    if not isinstance(component, str):
        component = json.dumps(component, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return [(f"{component}.{given.get('property')}", given.get("value"))]
