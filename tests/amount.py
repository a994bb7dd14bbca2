"""How much the tests try: little enough to be run before every change, or (`make long`) as much as pays."""

from __future__ import annotations

import os

LONG = bool(os.environ.get("EKISEI_LONG_TESTS"))
"""Whether this is the long run: more examples of the same properties, and variants that differ little."""


def examples(few: int, *, long: int) -> int:
    """Return how many examples a property is tried with."""
    return long if LONG else few
