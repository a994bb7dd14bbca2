"""Owns content identity: one hash for any frozen value, independent of memory layout and of the clock."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Mapping


_PLAIN = frozenset({str, int, float, bool, type(None)})


def digest_of(value: Any) -> str:
    """Return the SHA-256 hex digest of a frozen value (dataclass, pydantic model, array, or plain data)."""
    hasher = hashlib.sha256()
    _feed(hasher, value)
    return hasher.hexdigest()


def canonical_json(value: Any) -> str:
    """Return JSON with sorted keys and no spaces, for hashing and comparing."""
    return json.dumps(
        value,
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=True,
        default=str,
    )


def _feed(hasher: Any, value: Any) -> None:
    if type(value) in _PLAIN:  # most of what is fed, and none of what follows
        hasher.update(f"{type(value).__name__}:{value!r};".encode())
    elif isinstance(value, np.ndarray):
        _feed_array(hasher, value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        hasher.update(f"<{type(value).__name__}>".encode())
        for name, label in _fields_of(type(value)):
            hasher.update(label)
            _feed(hasher, getattr(value, name))
    elif isinstance(value, BaseModel):
        hasher.update(canonical_json(value.model_dump(mode="json")).encode())
    elif isinstance(value, Enum):
        hasher.update(f"e:{value.value}".encode())
    elif isinstance(value, dict):
        _feed_mapping(hasher, value)
    elif isinstance(value, (list, tuple)):
        hasher.update(f"[{len(value)}".encode())
        for item in value:
            _feed(hasher, item)
    elif hasattr(value, "wkb"):
        hasher.update(b"g:" + value.wkb)
    else:
        hasher.update(f"{type(value).__name__}:{value!r};".encode())


@cache
def _fields_of(kind: type) -> tuple[tuple[str, bytes], ...]:
    """Return the fields of a dataclass, each with what stands before its value."""
    return tuple((field.name, f".{field.name}=".encode()) for field in dataclasses.fields(kind))


def _feed_array(hasher: Any, array: np.ndarray[Any, Any]) -> None:
    hasher.update(f"a:{array.shape}".encode())
    if array.dtype == object and array.size and shapely.is_geometry(array).all():
        for outline in shapely.to_wkb(array.ravel()):  # thousands of cells: one call instead of one each
            hasher.update(b"g:" + outline)
    elif array.dtype == object:
        for item in array.ravel():
            _feed(hasher, item)
    elif array.dtype.kind == "U":
        # The fixed width of a text array depends on the longest entry, so its bytes would too.
        hasher.update(canonical_json(array.ravel().tolist()).encode())
    else:
        hasher.update(array.dtype.str.encode())
        hasher.update(np.ascontiguousarray(array).tobytes())


def _feed_mapping(hasher: Any, mapping: Mapping[Any, Any]) -> None:
    hasher.update(f"{{{len(mapping)}".encode())
    for key in sorted(mapping, key=str):
        hasher.update(f"{key}:".encode())
        _feed(hasher, mapping[key])
