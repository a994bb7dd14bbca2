"""Owns the attributes that Dash has no names for."""

from __future__ import annotations

from typing import Any


def aria(**words: str) -> dict[str, Any]:
    """Return ``aria-…`` attributes: `aria(label="…")`."""
    return {f"aria-{name}": word for name, word in words.items()}


def marked(**words: str) -> dict[str, Any]:
    """Return ``data-…`` attributes, read by map.js and the style sheet."""
    return {f"data-{name}": word for name, word in words.items()}
