"""Owns that a callback gets what its signature says: values of another type are refused before it runs."""

from __future__ import annotations

import builtins
import inspect
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import ConfigDict, TypeAdapter

from app.access.refusals import UNREADABLE, RefusedError, in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_NUMBER = 9
_STRICT = ConfigDict(strict=True)


def number_of(component: Mapping[str, Any], key: str) -> int:
    """
    Return the whole number that a component of many carries in its id.

    Raises
    ------
    RefusedError
        If there is none: then no page of ours drew it.
    """
    written = str(component.get(key, ""))
    if not written.isdecimal() or len(written) > LONGEST_NUMBER:
        raise RefusedError(UNREADABLE, in_words("refused_400"))
    return int(written)


class _Names(dict[str, Any]):
    """The names a signature may use; those that only type checkers know stand for anything."""

    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, Any)


def typed(function: Callable[..., Any]) -> Callable[..., Any]:
    """
    Return a callback that checks what it is handed against its own annotations.

    What stands empty in a browser arrives as None, and is left to the function.

    Raises
    ------
    pydantic.ValidationError
        When called with a value of another type: no page of ours sends one, and the guard answers it with 400.
    """
    checks = _checks(function)
    if not checks:
        return function
    signature = inspect.signature(function)

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        for name, check in checks.items():
            if given.get(name) is not None:
                check.validate_python(given[name])
        return function(*args, **kwargs)

    return checked


def _checks(function: Callable[..., Any]) -> dict[str, TypeAdapter[Any]]:
    """Return the check of each argument that Dash hands over."""
    inner = function
    while isinstance(inner, partial):
        inner = inner.func
    if not inspect.isfunction(inner):
        return {}  # a plain type such as bool takes anything
    hints = get_type_hints(inner, localns=_Names(inner.__globals__), include_extras=True)
    wanted = {name: hints.get(name, Any) for name in inspect.signature(function).parameters}
    return {name: TypeAdapter(hint, config=_STRICT) for name, hint in wanted.items() if hint is not Any}
