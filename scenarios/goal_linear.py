"""Owns the goal search by mixed integer programs: levers that move a KPI in proportion, such as persons and sites."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from scenarios.goal_finding import Found, better, frontier_of, pareto
from scenarios.goal_points import SAME_YEN
from scenarios.goal_surrogate import MILLION, make_surrogate, parts_of, summed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geodata.units import FloatArray
    from scenarios.goal_points import Evaluator, Outcome
    from scenarios.goal_surrogate import Surrogate
    from scenarios.lever_book import LeverBook
    from scenarios.levers import Values

MOST_CUTS = 60
"""Choices of one program that the model may refute before the search gives up."""
LADDER = 8
"""Levels of the KPI at which the frontier is looked for."""


class Programs:
    """The mixed integer programs over one surrogate: a column for every value of every linear lever, one of each."""

    def __init__(self, made: Surrogate, evaluator: Evaluator, settings: Sequence[str]) -> None:
        self.made, self.evaluator, self.settings = made, evaluator, settings
        self.sizes = [len(known) for known in made.usable]
        self.cost = np.concatenate(made.cost)
        self.top, self.below = parts_of(made.start, evaluator, settings)
        self._cuts: list[FloatArray] = []

    def cut(self, chosen: Sequence[int]) -> None:
        """Leave out one choice from now on."""
        row = np.zeros(sum(self.sizes))
        row[np.cumsum([0, *self.sizes[:-1]]) + np.array(chosen, int)] = 1.0
        self._cuts.append(row)

    def cheapest(self, target: float) -> tuple[int, ...] | None:
        """Return the cheapest choice that may reach a target under every setting, allowing for the error; or None."""
        sign, error = self.evaluator.ask.sign, self.made.error
        rows = [sign * self._gain(s, target) for s in range(len(self.settings))]
        # A rate is above its target where numerator − target × denominator is; the error counts per resident.
        least = [
            -sign * (self.top[s] - target * self.below) - error[s] * self._most_below() - 1e-7 * max(1.0, self.below)
            for s in range(len(self.settings))
        ]
        return self._solve(self.cost, rows, least, maximize=False, budget=None)

    def furthest(self, setting: int, budget_yen: float | None) -> tuple[int, ...] | None:
        """Return the choice with the best KPI under one setting, within a budget for these levers."""
        sign, chosen = self.evaluator.ask.sign, None
        level = self.top[setting] / self.below
        for _ in range(20):  # a ratio is maximized by raising the level it is measured from (Dinkelbach)
            found = self._solve(sign * self._gain(setting, level), [], [], maximize=True, budget=budget_yen)
            if found is None or found == chosen:
                break
            chosen, level = found, summed(self.made, self.evaluator, self.settings, found)[setting]
        return chosen

    def _gain(self, setting: int, level: float) -> FloatArray:
        """Return column → what it adds to numerator − level × denominator."""
        both = zip(self.made.upper, self.made.lower, strict=True)
        return np.concatenate([top[:, setting] - level * below for top, below in both])

    def _most_below(self) -> float:
        return float(self.below + sum(max(0.0, float(table.max())) for table in self.made.lower))

    def _solve(
        self, gain: FloatArray, rows: list[FloatArray], least: list[float], *, maximize: bool, budget: float | None
    ) -> tuple[int, ...] | None:
        import scipy.sparse  # noqa: PLC0415 -- heavy

        from sim.siting.highs import Program, solve  # noqa: PLC0415 -- heavy

        one = scipy.sparse.block_diag([np.ones((1, n)) for n in self.sizes], format="csr").toarray()
        spent = [] if budget is None else [self.cost]
        lower = [*(1.0 for _ in one), *least, *(-np.inf for _ in (*self._cuts, *spent))]
        most = [len(self.sizes) - 1.0 for _ in self._cuts] + [
            0.0 if budget is None else budget / MILLION for _ in spent
        ]
        upper = [*(1.0 for _ in one), *(np.inf for _ in rows), *most]
        n = sum(self.sizes)
        program = Program(
            gain=np.asarray(gain, float),
            lower=np.zeros(n),
            upper=np.ones(n),
            whole=np.ones(n, bool),
            rows=scipy.sparse.csr_array(np.array([*one, *rows, *self._cuts, *spent])),
            row_lower=np.array(lower),
            row_upper=np.array(upper),
            maximize=maximize,
        )
        solution = solve(program, "goal-seek")
        if solution is None:
            return None
        parts = np.split(solution.values, np.cumsum(self.sizes)[:-1])
        return tuple(int(part.argmax()) for part in parts)


def combinations(book: LeverBook, levers: Sequence[int]) -> Iterator[Values]:
    """Yield every combination of the levers that are not linear, the linear ones off."""
    choices = [values[:1] if n in levers else values for n, values in enumerate(book.grid)]
    yield from itertools.product(*choices)


def seek_linear(
    evaluator: Evaluator, levers: tuple[int, ...], settings: Sequence[str], *, keep_limits: bool = True
) -> Found:
    """
    Return the cheapest choice that reaches the target under every setting, by a program for each other combination.

    Notes
    -----
    The program asks a little less than the target, by the error of the sum; what it finds is evaluated by the model,
    and left out where it falls short, until one holds. So the answer is the cheapest as long as the error between the
    corners is not more than `MARGIN` times that at the corners; 0 for one lever of residents.
    """
    best: Outcome | None = None
    furthest: Outcome | None = None
    proven, error = True, 0.0
    for held in combinations(evaluator.book, levers):
        if evaluator.full:
            proven = False
            break
        made = make_surrogate(evaluator, held, levers, settings)
        if made is None:
            continue
        error = max(error, float(np.nanmax(made.error, initial=0.0)))
        programs = Programs(made, evaluator, settings)
        found, sure = _cheapest(programs, evaluator, settings, best, keep_limits=keep_limits)
        proven &= sure
        best = better(best, found)
        for setting in range(len(settings)):
            furthest = _further(furthest, programs, evaluator, settings, setting, keep_limits=keep_limits)
    return Found("milp", best, furthest, proven=proven, error=error)


def _cheapest(
    programs: Programs, evaluator: Evaluator, settings: Sequence[str], best: Outcome | None, *, keep_limits: bool
) -> tuple[Outcome | None, bool]:
    """Return the cheapest choice of one program that the model confirms, and whether none cheaper is left."""
    ask, start = evaluator.ask, programs.made.start
    for _ in range(MOST_CUTS):
        chosen = programs.cheapest(ask.target)
        if chosen is None:
            return None, True
        values = programs.made.values(chosen)
        expected = evaluator.book.own_cost(values).total_yen + (start.cost.operating_yen or 0.0)
        if best is not None and expected > best.cost.total_yen + SAME_YEN:
            return None, True  # all that follow cost more than what is known
        if keep_limits and ask.budget_yen is not None and expected > ask.budget_yen + SAME_YEN:
            return None, True
        outcome = evaluator.at(values)
        if outcome.reaches(ask, settings) and (outcome.allowed or not (keep_limits or outcome.refused)):
            return outcome, abs(outcome.cost.total_yen - expected) <= SAME_YEN
        programs.cut(chosen)
    return None, False


def _further(
    known: Outcome | None,
    programs: Programs,
    evaluator: Evaluator,
    settings: Sequence[str],
    setting: int,
    *,
    keep_limits: bool,
) -> Outcome | None:
    ask, spent = evaluator.ask, programs.made.start.cost.total_yen
    budget = ask.budget_yen - spent if keep_limits and ask.budget_yen is not None else None
    chosen = programs.furthest(setting, budget)
    if chosen is None:
        return known
    found = evaluator.at(programs.made.values(chosen))
    if found.refused or (keep_limits and not found.allowed):
        return known
    if known is None or found.weakest(ask, settings) > known.weakest(ask, settings):
        return found
    return known


def frontier_linear(evaluator: Evaluator, levers: tuple[int, ...], setting: str) -> tuple[Outcome, ...]:
    """Return the cheapest choices for a ladder of values of the KPI, evaluated by the model, none beaten by another."""
    ask, found = evaluator.ask, []
    for held in combinations(evaluator.book, levers):
        made = None if evaluator.full else make_surrogate(evaluator, held, levers, (setting,))
        if made is None:
            continue
        programs = Programs(made, evaluator, (setting,))
        top = programs.furthest(0, None)
        ends = [float(summed(made, evaluator, (setting,), c)[0]) for c in (top, tuple(0 for _ in levers)) if c]
        for level in dict.fromkeys((*np.linspace(min(ends), max(ends), LADDER).tolist(), ask.target)):
            chosen = programs.cheapest(level)
            if chosen is not None:
                value = float(summed(made, evaluator, (setting,), chosen)[0])
                own = evaluator.book.own_cost(made.values(chosen)).total_yen + (made.start.cost.operating_yen or 0.0)
                found.append((own, ask.sign * value, made.values(chosen)))
    kept = pareto(dict.fromkeys(found), lambda f: (f[0], f[1]))
    return frontier_of([evaluator.at(values) for _, _, values in kept], ask, setting)
