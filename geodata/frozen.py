"""Owns the habit of frozen dataclasses: the constructor takes ownership of arrays and makes them read-only."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from geodata.errors import DataError, Text, error


def freeze(instance: Any) -> None:
    """Make every array field of a dataclass instance read-only, in place."""
    for field in dataclasses.fields(instance):
        value = getattr(instance, field.name)
        if isinstance(value, np.ndarray) and value.flags.writeable:
            value.flags.writeable = False


def require_lengths(owner: str, expected: int, **arrays: Any) -> None:
    """Raise `DataError` naming every array whose first axis is not `expected` long."""
    wrong = {name: len(array) for name, array in arrays.items() if len(array) != expected}
    if wrong:
        raise DataError(
            error(
                "data.shape",
                owner,
                Text(
                    f"長さが {expected} ではない列: {wrong}",
                    f"columns not of length {expected}: {wrong}",
                ),
            ),
        )
