"""Owns the goal search by trying choices: all of them, or by halves where more of a lever never makes it worse."""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from scenarios.goal_limits import BUDGET
from scenarios.goal_points import SAME_YEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scenarios.goal_points import Ask, Evaluator, Outcome
    from scenarios.levers import Values

T = TypeVar("T")
Method = Literal["milp", "exhaustive", "bounding"]
_SAME = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """
    What a search found.

    Parameters
    ----------
    method
        How it was searched.
    cheapest
        The cheapest choice that reaches the target; None = none does.
    furthest
        The choice with the best KPI; None = none can be applied.
    proven
        Whether nothing cheaper (or, where none reaches it, nothing at all) was left out.
    error
        Error of the linear sum that was allowed for, in the unit of the KPI.
    not_monotone
        Pairs of choices in which more of every lever gave a worse KPI, though levers were said to be monotone.
    """

    method: Method
    cheapest: Outcome | None
    furthest: Outcome | None
    proven: bool
    error: float = 0.0
    not_monotone: tuple[tuple[Values, Values], ...] = ()


def better(known: Outcome | None, found: Outcome | None) -> Outcome | None:
    """Return the cheaper of two choices that reach the target; of equal ones the one that moves levers less."""
    if known is None or found is None:
        return known or found
    return min(known, found, key=_rank)


def _rank(outcome: Outcome) -> tuple[float, tuple[float, ...]]:
    return round(outcome.cost.total_yen, 3), tuple(abs(v) for v in outcome.values)


def pareto(items: Iterable[T], told: Callable[[T], tuple[float, float]]) -> tuple[T, ...]:
    """Return the items that no other beats, by cost; `told`: item → (cost, value, where more is better)."""
    best, kept = -math.inf, []
    for item in sorted(items, key=lambda i: (told(i)[0], -told(i)[1])):
        if told(item)[1] > best + _SAME * max(1.0, abs(best) if math.isfinite(best) else 1.0):
            best = told(item)[1]
            kept.append(item)
    return tuple(kept)


def frontier_of(outcomes: Iterable[Outcome], ask: Ask, setting: str) -> tuple[Outcome, ...]:
    """Return the choices that no other beats in cost and KPI; a budget cuts none of them off, other limits do."""
    kept = [o for o in outcomes if not o.refused and {*o.broken} <= {BUDGET} and o.numbers.get(setting) is not None]
    return pareto(kept, lambda o: (o.cost.total_yen, o.weakest(ask, (setting,))))


def seek_all(evaluator: Evaluator, settings: Sequence[str], *, keep_limits: bool = True) -> Found:
    """Return the cheapest of all choices that reaches the target; every one is evaluated."""
    ask = evaluator.ask
    known = [evaluator.at(values) for values in itertools.product(*evaluator.book.grid)]
    usable = [o for o in known if not o.refused and (o.allowed or not keep_limits)]
    reaching = [o for o in usable if o.reaches(ask, settings)]
    furthest = max(usable, key=lambda o: (o.weakest(ask, settings), -o.cost.total_yen), default=None)
    return Found("exhaustive", min(reaching, key=_rank, default=None), furthest, proven=True)


def seek_bounding(evaluator: Evaluator, settings: Sequence[str], *, keep_limits: bool = True) -> Found:
    """
    Return the cheapest choice that reaches the target where more of a lever never makes KPI, cost or limits less.

    Boxes of choices are taken up by the cost of their weakest corner. One whose strongest corner falls short holds no
    answer; one whose weakest corner reaches the target is the answer, since all others cost at least as much. What
    was evaluated is checked against what the file said of its levers.
    """
    ask, grid = evaluator.ask, evaluator.book.grid
    ends = tuple(len(values) - 1 for values in grid)
    boxes = [(-math.inf, 0, tuple(0 for _ in ends), ends)]
    counter = itertools.count(1)
    cheapest: Outcome | None = None
    proven = True
    while boxes:
        bound, _, low, high = heapq.heappop(boxes)
        if evaluator.full:
            proven = False
            break
        top = evaluator.at(_values(grid, high))
        if top.known(settings) and not top.reaches(ask, settings):
            continue
        bottom = evaluator.at(_values(grid, low))
        if bottom.cost.total_yen > bound + SAME_YEN:  # its vehicles cost more than was thought: others may come first
            heapq.heappush(boxes, (bottom.cost.total_yen, next(counter), low, high))
            continue
        if keep_limits and bottom.broken:
            continue  # more of a lever never needs less
        if not bottom.refused and bottom.reaches(ask, settings):
            cheapest = bottom
            break
        for part in _halves(low, high):
            corner = _values(grid, part[0])
            cost = evaluator.book.own_cost(corner).total_yen
            operating = (
                evaluator.at(corner).cost.operating_yen if evaluator.knows(corner) else bottom.cost.operating_yen
            )
            heapq.heappush(boxes, (cost + (operating or 0.0), next(counter), *part))
    usable = [o for o in evaluator.outcomes if not o.refused and (o.allowed or not keep_limits)]
    furthest = max(usable, key=lambda o: (o.weakest(ask, settings), -o.cost.total_yen), default=None)
    against = not_monotone(evaluator.outcomes, grid, ask, settings)
    return Found("bounding", cheapest, furthest, proven=proven and not against, not_monotone=against)


def _values(grid: Sequence[Values], places: Sequence[int]) -> Values:
    return tuple(values[place] for values, place in zip(grid, places, strict=True))


def _halves(low: tuple[int, ...], high: tuple[int, ...]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return the two halves of a box along its longest side; none of a single choice."""
    widths = [h - b for b, h in zip(low, high, strict=True)]
    side = max(range(len(widths)), key=lambda n: widths[n])
    if widths[side] == 0:
        return []
    middle = (low[side] + high[side]) // 2
    upper = (*high[:side], middle, *high[side + 1 :])
    lower = (*low[:side], middle + 1, *low[side + 1 :])
    return [(low, upper), (lower, high)]


def not_monotone(
    outcomes: Sequence[Outcome], grid: Sequence[Values], ask: Ask, settings: Sequence[str]
) -> tuple[tuple[Values, Values], ...]:
    """Return pairs (less, more) of evaluated choices in which more of every lever gave a worse KPI, or cost less."""
    known = [o for o in outcomes if o.known(settings) and all(v in g for v, g in zip(o.values, grid, strict=True))]
    places = {o.values: tuple(g.index(v) for v, g in zip(o.values, grid, strict=True)) for o in known}
    found = []
    for a, b in itertools.permutations(known, 2):
        if all(x <= y for x, y in zip(places[a.values], places[b.values], strict=True)):
            worse = a.weakest(ask, settings) - b.weakest(ask, settings)
            saved = a.cost.total_yen - b.cost.total_yen
            if worse > _SAME * max(1.0, abs(ask.target)) or saved > SAME_YEN:
                found.append((a.values, b.values))
    return tuple(found)
