"""Owns showing texts that others wrote: what nobody sees, or what would begin a line, is written out."""

from __future__ import annotations

import unicodedata


def one_line(text: str, kept: str = "") -> str:
    r"""
    Return a text with its control signs written out (``\n``, ``\x1b``, ``\u202e``), but those `kept`.

    A name in a file could else forge another line of a message, steer a terminal or turn the order of its words.
    """
    if text.isprintable():
        return text
    return "".join(one if one in kept or _is_seen(one) else _written(one) for one in text)


def _is_seen(one: str) -> bool:
    """Return whether a sign can be seen: Python calls the ASCII space alone printable, Japanese has another."""
    return one.isprintable() or unicodedata.category(one) == "Zs"


def _written(one: str) -> str:
    return one.encode("unicode_escape").decode()
