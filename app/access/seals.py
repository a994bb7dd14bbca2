"""Owns the secret of a server, and what is sealed with it: the id of a visit, its form token."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from contextlib import suppress
from typing import TYPE_CHECKING

from app.access.users import write_private
from geodata.errors import CitySimError
from scenarios.file_lock import alone

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
    found = _kept(path)
    if found:
        return found
    with suppress(OSError):  # told to nobody: it only is not kept then
        folder.mkdir(parents=True, exist_ok=True)
    with alone(path.with_name(f".{FILE_NAME}.lock")):
        found = _kept(path)  # of two servers that start at once, the second takes what the first has made
        if not found:
            found = secrets.token_bytes(_BYTES)
            with suppress(CitySimError):
                write_private(path, found)
    return found


def _kept(path: Path) -> bytes:
    """Return the secret of a file, nothing where there is none or it is no such thing."""
    try:
        found = path.read_bytes()
    except OSError:
        return b""
    return found if len(found) == _BYTES else b""


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
