"""Owns the secret of a server, and what is sealed with it: the id of a visit, its form token."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from app.access.users import write_private
from geodata.errors import CitySimError

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "session.key"
_BYTES = 32


def read_secret(folder: Path | None) -> bytes:
    """
    Return the secret kept in a folder, a new one if there is none.

    Without a folder, or where nothing can be kept, it lasts as long as the server: a restart logs everybody out.
    """
    if folder is None:
        return secrets.token_bytes(_BYTES)
    path = folder / FILE_NAME
    try:
        found = path.read_bytes()
    except OSError:
        found = b""
    if len(found) == _BYTES:
        return found
    made = secrets.token_bytes(_BYTES)
    try:
        write_private(path, made)
    except CitySimError:
        return made
    return path.read_bytes()  # of two servers that start at once, both take the one that stayed


class Seals:
    """
    Seals and checks; every comparison takes the same time whatever it finds.

    Parameters
    ----------
    secret
        Known to this server only.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        mark = self._seal("cookie", "")[:8].replace("-", "x").replace("_", "x")
        # cookies are shared by all ports of a machine: two servers with different secrets must not take each other's
        self.visit_cookie = f"ekisei_visit_{mark}"
        self.token_cookie = f"ekisei_token_{mark}"

    def new_visit(self) -> str:
        """Return the id of a new visit, sealed."""
        visit = secrets.token_urlsafe(24)
        return f"{visit}.{self._seal('visit', visit)}"

    def is_visit(self, text: str) -> bool:
        """Return whether this server gave out a visit's id."""
        visit, _, seal = text.partition(".")
        return _same(seal, self._seal("visit", visit))

    def form_token(self, visit: str) -> str:
        """Return what forms and scripts of a visit must send back."""
        return self._seal("form", visit)

    def is_token(self, visit: str, token: str) -> bool:
        """Return whether a token belongs to a visit."""
        return _same(token, self.form_token(visit))

    def pseudonym(self, visit: str) -> str:
        """Return a name for a visit that leads nobody back to its cookie."""
        return self._seal("visitor", visit)

    def _seal(self, purpose: str, text: str) -> str:
        digest = hmac.digest(self._secret, f"{purpose}\0{text}".encode("utf-8", "replace"), hashlib.sha256)
        return urlsafe_b64encode(digest).decode().rstrip("=")


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
