"""Bytes read as choices, so that one target serves hypothesis, atheris and plain chance alike."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    2**53,
    1e308,
    "",
    "x",
    "ja",
    "日立",
    "\x00",
    "../x",
    "=1+1",
    "<script>",
    "2023",
    "nan",
    "baseline-r5",
    "new-clinic",
    "A" * 3_000,
    [],
    [None],
    [[]],
    [1, 2, 3],
    {},
    {"a": 1},
    {"id": None},
    {"left": "baseline-r5"},
    {"lat": "x", "lon": []},
)
"""What stands where a page holds something else."""
ODD_TEXTS = (
    "",
    "x",
    "0",
    "-1",
    "1e999",
    "nan",
    "../x",
    "..%2f..%2fetc%2fpasswd",
    "%00",
    "\x00",
    "日立",
    "a" * 400,
    "baseline-r5",
    "new-clinic",
    "baseline-r5,new-clinic",
    "clinic_nearest_min",
    "persons",
    "east",
    "station",
    "36.5,140.6",
    "08:00",
    "25:99",
    "2031",
    "99999999999999999999",
    "{}",
    "[",
    "<script>",
    "en",
    "winners",
    "own:x",
    "copy:new-clinic",
    "kpi",
    "pdf",
)
"""What stands in an address."""


class Choices:
    """Bytes, taken one after another; those that are used up count as 0."""

    def __init__(self, raw: bytes) -> None:
        self._rest = iter(raw)

    def number(self, below: int) -> int:
        """Return a number from 0 up to, without, `below`, at most 65,536."""
        return ((next(self._rest, 0) << 8) + next(self._rest, 0)) % max(below, 1)

    def one(self, of: Sequence[Any]) -> Any:
        """Return one of some values."""
        return of[self.number(len(of))]

    def some(self, of: Sequence[Any], most: int) -> list[Any]:
        """Return up to `most` of some values."""
        return [self.one(of) for _ in range(self.number(most + 1))]

    def rest(self) -> bytes:
        """Return the bytes nobody took."""
        return bytes(self._rest)

    def damaged(self, value: Any) -> Any:
        """Return a value with something odd at one place within."""
        return _put(value, self.one(list(_places(value))), self.one(ODD_VALUES))


def _places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield above
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from _places(part, (*above, key))


def _put(value: Any, place: tuple[Any, ...], odd: Any) -> Any:
    if not place:
        return odd
    changed = copy.copy(value)
    changed[place[0]] = _put(value[place[0]], place[1:], odd)
    return changed
