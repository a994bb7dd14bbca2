"""Owns the memory of one draw: it finds what runs share, and what it adds is forgotten with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sim.reuse import Recalled, Reuse, spell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sim.travel_memory import Point, TravelColumns, Variant

T = TypeVar("T")


class DrawMemory(Reuse):
    """
    Memory on top of the one that runs share.

    Hundreds of draws leave nothing there that would push out what later runs need; journeys alone are kept, for they
    hang on the routes, which many draws share. One thread only.
    """

    def __init__(self, shared: Reuse) -> None:
        super().__init__(steps=shared.steps)
        self._shared = shared

    def find(self, key: str) -> Any | None:
        """Return the value of a key, or None."""
        known = super().find(key)
        return self._shared.find(key) if known is None else known

    def prepared(self, key: str, compute: Callable[[], T], size: Callable[[T], int]) -> tuple[T, bool]:
        """Return (a prepared search, whether it was known)."""
        return self._shared.prepared(key, compute, size)

    def recall(
        self,
        step: str,
        digest_of_read: Callable[[str], str],
        spelled: Callable[[tuple[str, ...]], str] | None = None,
    ) -> Recalled:
        """Return what is known of a step in a city."""
        spell_it = spelled or (lambda names: spell(names, digest_of_read))
        known = self._held(step, spell_it)
        if known is not None:
            return known
        return self._shared.recall(step, digest_of_read, spell_it)

    def travel_columns(self, key: str, points: Iterable[Point]) -> TravelColumns:
        """Return the columns of a key that are known among those of some places."""
        return self._shared.travel_columns(key, points)

    def knows_travel(self, key: str) -> bool:
        """Tell whether any column of a key has been known."""
        return self._shared.knows_travel(key)

    def travel_variants(self, question: str) -> tuple[Variant, ...]:
        """Return how a question was asked under other on-demand rides, the first one first."""
        return self._shared.travel_variants(question)

    def note_variant(self, question: str, variant: Variant) -> None:
        """Remember that a question was asked under certain on-demand rides."""
        self._shared.note_variant(question, variant)

    def keep_travel(self, key: str, columns: TravelColumns) -> None:
        """Keep further columns of a key."""
        self._shared.keep_travel(key, columns)
