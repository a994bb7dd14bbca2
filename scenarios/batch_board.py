"""Owns what tells how far the running tasks of a batch are: a number for each in memory that the processes share."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

T = TypeVar("T")
POLL_S = 1.0
"""How often the running tasks are looked at."""


def running_told(names: Sequence[str], shares: Sequence[float]) -> str:
    """Return the tasks that run with how far they are, as ``trend-r11 64%, package-2031 12%``; those yet at 0 alone."""
    parts = [f"{name} {share:.0%}" for name, share in zip(names, shares, strict=True)]
    return ", ".join(part.removesuffix(" 0%") for part in parts)


def watched(
    futures: dict[Future[T], int], names: Mapping[int, str], shares: Sequence[float], tell: Callable[[int, str], None]
) -> Iterator[tuple[int, T]]:
    """
    Yield the number and the outcome of tasks as they end, and tell meanwhile how far the others are.

    Parameters
    ----------
    futures
        Task → its number.
    names, shares
        By number: what a task is called, and how far it is, 0–1.
    tell
        Takes how many have ended, and the words of those that run.
    """
    open_tasks, ended = set(futures), 0
    while open_tasks:
        done, open_tasks = wait(open_tasks, timeout=POLL_S, return_when=FIRST_COMPLETED)
        for future in done:
            ended += 1
            yield futures[future], future.result()
        numbers = sorted(futures[future] for future in open_tasks if future.running() and shares[futures[future]] > 0)
        if numbers:
            tell(ended, running_told([names[n] for n in numbers], [shares[n] for n in numbers]))
