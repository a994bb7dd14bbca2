"""What phones send, in short."""

from __future__ import annotations

import hashlib
from typing import Any

from app.features.workshop.posts import Message


def hexed(name: str) -> str:
    """Return a token or id that is always the same for a name."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def message(phone: str, *posts: dict[str, Any]) -> Message:
    """Return a message of a phone."""
    return Message.model_validate({"token": hexed(phone), "posts": list(posts)})


def vote(name: str, run: str, choice: int, turn: int, key: str = "") -> dict[str, Any]:
    """Return a vote."""
    return {"kind": "vote", "id": hexed(name), "run": run, "choice": choice, "turn": turn, "key": key}


def voice(name: str, text: str = "", **more: Any) -> dict[str, Any]:
    """Return a comment or a pin."""
    return {"kind": "voice", "id": hexed(name), "run": "plan-a", "text": text, **more}


def about(name: str, age_band: str = "", district: str = "") -> dict[str, Any]:
    """Return who somebody is."""
    return {"kind": "about", "id": hexed(name), "age_band": age_band, "district": district}
