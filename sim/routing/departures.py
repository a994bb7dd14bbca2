"""
Owns the step from one departure of a place to the next, the latest first, while minutes of the window lie at the roots.

Inlined: as a call of its own it makes the search for the nearest up to twice as slow. What its callers do with the
minutes stays with them: a loop that tells a function of each run of minutes takes half as long again. Compiled callers
are kept by their own files, so they have to be touched when this changes.
"""

# ruff: noqa: ANN001, ANN201, FURB136, PLR0917 -- a kernel is typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from numba import njit


@njit(cache=True, nogil=True, inline="always")
def leave_next(arrivals, never, leaving_s, node, p, last, earliest, reached):
    """
    Write the earliest arrival at every root by the boardings left for together.

    Parameters
    ----------
    arrivals, never
        node, root → arrival − base, shape (E, B); what stands for none.
    leaving_s, node, p, last
        The boardings of a place, the latest leaving first; the first one to look at, and the end of the place's.
    earliest
        root → earliest arrival of those who left later, shape (B,).
    reached
        root → earliest arrival of those who leave now; written.

    Returns
    -------
    p, better
        The first boarding left for before that, and whether any root is reached earlier than so far.
    """
    n_roots = arrivals.shape[1]
    leaving = leaving_s[p]
    reached[:] = never
    while p < last and leaving_s[p] == leaving:
        row = node[p]
        for b in range(n_roots):
            x = arrivals[row, b]
            y = reached[b]
            reached[b] = x if x < y else y
        p += 1
    better = False
    for b in range(n_roots):
        better |= reached[b] < earliest[b]
    return p, better
