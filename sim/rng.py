"""Owns chance: numbers that depend only on what they are for, never on the order in which they are drawn."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata.units import FloatArray

_BITS = 53  # as many as a float holds


def unit_number(seed: int, *key: object) -> float:
    """
    Return a number in [0, 1) that is a hash of a seed and of what the number is for.

    Parameters
    ----------
    seed
        The seed of the run.
    *key
        What the number is for, such as a stream name, a draw and an id; compared by their text.

    Returns
    -------
    number
        Uniform on [0, 1) over keys.

    Notes
    -----
    Counter-based: adding, removing or reordering other keys changes nothing, so two scenarios share the numbers of
    everything they share (common random numbers).
    """
    text = "\x1f".join((str(seed), *(str(part) for part in key)))
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> (64 - _BITS)) / (1 << _BITS)


def unit_numbers(seed: int, stream: str, draw: int, ids: Iterable[str]) -> FloatArray:
    """Return one number in [0, 1) per id, in the order of `ids`; see `unit_number`."""
    return np.array([unit_number(seed, stream, draw, name) for name in ids], np.float64)
