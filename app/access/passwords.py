"""Owns passwords: hashed with argon2id, checked in the same time whether or not the name is known."""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geodata.errors import Text, UsageError, error

LEAST, MOST = 8, 256
"""Characters of a password."""
AT_ONCE = 2
"""Checks that run side by side: each takes 64 MiB."""

_HASHER = PasswordHasher()
_TURNS = BoundedSemaphore(AT_ONCE)


def hash_password(password: str) -> str:
    """Return what is kept instead of a password."""
    return _HASHER.hash(_composed(password))


def is_right(kept: str | None, password: str) -> bool:
    """Return whether a password is the one of `kept`; without one the check takes as long, and fails."""
    if len(password) > MOST:
        return False
    with _TURNS:
        try:
            _HASHER.verify(kept or _nobody(), _composed(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Return whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def check_password(password: str, name: str) -> None:
    """
    Refuse a password that is too short, too long, or the name.

    Raises
    ------
    UsageError
        With what is expected; the password is not repeated.
    """
    if not LEAST <= len(password) <= MOST or password.casefold() == name.casefold():
        message = Text(
            f"パスワードは {LEAST} 文字以上 {MOST} 文字以下で、名前と違うものにしてください",
            f"a password has {LEAST} to {MOST} characters and is not the name",
        )
        raise UsageError(error("access.password", name, message))


def _composed(password: str) -> str:
    """Return one spelling of what can be typed in several ways, such as が."""
    return unicodedata.normalize("NFC", password)


@lru_cache(maxsize=1)
def _nobody() -> str:
    """Return a hash that no password fits."""
    return _HASHER.hash(secrets.token_urlsafe(32))
