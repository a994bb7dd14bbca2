"""Owns which callback bodies are answered: what our own pages could send, anything else is refused in words."""

from __future__ import annotations

import json
import logging
import math
from typing import TYPE_CHECKING, Any

from flask import request
from flask.json.provider import DefaultJSONProvider

from app.access.activity import CALLBACK
from app.access.refusals import UNREADABLE, RefusedError, in_words
from app.logs import event_of

if TYPE_CHECKING:
    from dash import Dash
    from flask import Flask

LOG = logging.getLogger("ekisei.access")
MOST_DEEP = 60
"""Levels of a body; our deepest, an edited scenario with a drawn area, has a dozen."""
LARGEST_WHOLE = 2**53
"""No browser can hold a larger whole number exactly."""
_TEXT, _COUNT, _SWITCH = (str,), (int,), (bool,)
KINDS: dict[str, tuple[type, ...]] = {
    "n_clicks": _COUNT,
    "n_intervals": _COUNT,
    "submit_n_clicks": _COUNT,
    "checked": _SWITCH,
    "opened": _SWITCH,
    "search": _TEXT,
    "contents": _TEXT,
    "filename": _TEXT,
    "value": (str, bool, int, float, list),
    "data": (str, bool, int, float, list, dict),
}
"""What a property of a component holds where it is not empty."""


class BrowserJSON(DefaultJSONProvider):
    """JSON as browsers write it: finite numbers, whole ones that they can hold, no bottomless nesting."""

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Return the content of a text; a ValueError, which Flask answers with 400, for what no browser writes."""
        try:
            found = json.loads(s, parse_constant=_refuse, parse_float=_finite, parse_int=_whole)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        return _shallow(found)


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text[:20])


def _whole(text: str) -> int:
    number = int(text) if len(text) <= len(str(LARGEST_WHOLE)) + 1 else LARGEST_WHOLE + 1
    return number if abs(number) <= LARGEST_WHOLE else _refuse(text[:20])


def _shallow(found: Any) -> Any:
    """Return a value unless it is nested deeper than `MOST_DEEP`: later code walks it by recursion."""
    level = [found]
    for _ in range(MOST_DEEP):
        inside = [one for one in level if isinstance(one, (list, dict))]
        if not inside:
            return found
        level = [part for one in inside for part in (one.values() if isinstance(one, dict) else one)]
    raise ValueError("nested too deeply")


def guard_payloads(dash_app: Dash) -> None:
    """Refuse bodies that no page of ours sends, before Dash takes them apart."""
    server: Flask = dash_app.server
    server.json = BrowserJSON(server)

    def check() -> None:
        if request.path == CALLBACK and request.method == "POST":
            check_body(request.get_json(), dash_app.callback_map)

    server.before_request(check)


def check_body(body: Any, wired: dict[str, Any]) -> None:
    """
    Refuse a body that does not fit the wire it names.

    Parameters
    ----------
    body
        What was sent.
    wired
        Name of the outputs → the wire, as Dash keeps them.

    Raises
    ------
    RefusedError
        400, in words.
    """
    if not fits(body, wired):
        LOG.warning("a callback body that no page sends was refused", extra=event_of("refused.body"))
        raise RefusedError(UNREADABLE, in_words("refused_400"))


def fits(body: Any, wired: dict[str, Any]) -> bool:
    """Return whether a body has the shape of the wire it names."""
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        return False
    wire = wired.get(body["output"])
    changed, outputs = body.get("changedPropIds", []), body.get("outputs", [])
    if wire is None or not _are(changed, str) or not _are_components(outputs):
        return False
    return all(_reads(body.get(part, []), wire[kind]) for part, kind in (("inputs", "inputs"), ("state", "state")))


def _are(found: Any, kind: type) -> bool:
    return isinstance(found, list) and all(isinstance(one, kind) for one in found)


def _are_components(found: Any) -> bool:
    if isinstance(found, list):
        return all(_are_components(one) for one in found)
    return isinstance(found, dict) and isinstance(found.get("property"), str) and _is_id(found.get("id"))


def _is_id(found: Any) -> bool:
    plain = (str, int, float, bool)
    return isinstance(found, str) or (
        isinstance(found, dict) and bool(found) and all(isinstance(value, plain) for value in found.values())
    )


def _reads(given: Any, wanted: list[dict[str, Any]]) -> bool:
    return (
        isinstance(given, list)
        and len(given) == len(wanted)
        and all(_is_part(part, want) for part, want in zip(given, wanted, strict=True))
    )


def _is_part(part: Any, want: dict[str, Any]) -> bool:
    """Return whether one input or state is what its wire reads; a wildcard reads components with the same keys."""
    if not want["id"].startswith("{"):
        return _is_value(part, want["id"], want["property"])
    pattern = json.loads(want["id"])
    many = any(value in (["ALL"], ["ALLSMALLER"]) for value in pattern.values())
    if many != isinstance(part, list):
        return False
    return all(
        isinstance(one, dict)
        and isinstance(one.get("id"), dict)
        and one["id"].keys() == pattern.keys()
        and _is_value(one, one["id"], want["property"])
        for one in (part if many else [part])
    )


def _is_value(part: Any, component: Any, name: str) -> bool:
    if (
        not isinstance(part, dict)
        or part.get("id") != component
        or part.get("property") != name
        or not _is_id(component)
    ):
        return False
    value = part.get("value")
    kinds = KINDS.get(name)
    if value is None or kinds is None:
        return True
    return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
