"""Owns the three roles, one above the other, and who acts in a request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from geodata.errors import Text, UsageError, error


class Role(IntEnum):
    """
    What somebody may do; each role may do what the ones below it may.

    A facilitator projects a scenario and changes it on the spot: whoever leads a workshop must be able to edit.
    """

    VIEWER = 1
    EDITOR = 2
    FACILITATOR = 3


ROLE_TEXT = {
    Role.VIEWER: Text("閲覧", "viewer"),
    Role.EDITOR: Text("編集", "editor"),
    Role.FACILITATOR: Text("進行", "facilitator"),
}


@dataclass(frozen=True, slots=True)
class User:
    """
    Who acts in a request.

    Parameters
    ----------
    name
        As in the file of users; empty for a guest, and for whoever sits at a desk without login.
    role
        None: may see what participants of a workshop see, and nothing else.
    is_staff
        Logged in, or at the desk itself: may see cells and groups of few persons.
    """

    name: str
    role: Role | None
    is_staff: bool

    def may(self, role: Role) -> bool:
        """Return whether this user may do what `role` may."""
        return self.role is not None and self.role >= role

    def label(self, lang: str) -> str:
        """Return who it is, for a note beside what was written."""
        return self.name or (_DESK if self.is_staff else _GUEST).get(lang)


_DESK = Text("この PC の利用者", "user of this PC")
_GUEST = Text("ログインしていない人", "not logged in")

AT_THE_DESK = User("", Role.FACILITATOR, is_staff=True)
"""Whoever opens the page on the machine it runs on, where there is no login."""


def read_role(word: str) -> Role:
    """
    Return the role of a word, Japanese or English.

    Raises
    ------
    UsageError
        If there is no such role.
    """
    for role, text in ROLE_TEXT.items():
        if word.strip().lower() in text:
            return role
    known = ", ".join(f"{text.ja} ({text.en})" for text in ROLE_TEXT.values())
    message = Text(f"役割 {word!r} はありません", f"there is no role {word!r}")
    raise UsageError(error("access.role", "--role", message, Text(f"選べるもの: {known}", f"choose one of: {known}")))
