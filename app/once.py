"""Owns values that are made when they are first asked for, once, however many threads ask at that moment."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - used as a decorator, like the one it stands for
    """
    A property that is computed once for each object, and may be set.

    `functools.cached_property` keeps no lock since Python 3.12: of two first requests each would begin a queue of its
    own.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._lock = RLock()
        self._name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, owner: None, kind: type[Any]) -> Self: ...

    @overload
    def __get__(self, owner: object, kind: type[Any]) -> T: ...

    def __get__(self, owner: object | None, kind: type[Any]) -> Self | T:
        """Return the value of an object; python asks here only until it is kept in the object itself."""
        if owner is None:
            return self
        kept = owner.__dict__
        with self._lock:
            if self._name not in kept:
                kept[self._name] = self._make(owner)
        found: T = kept[self._name]
        return found
