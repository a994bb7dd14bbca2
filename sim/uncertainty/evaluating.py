"""Owns evaluating a run again and again: under draws, other routes, other residents and other definitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.context import RunContext
from sim.step_context import with_walk_detour
from sim.uncertainty.base_draws import BaseColumns
from sim.uncertainty.drawing import Sets, drawn_params, rerouted
from sim.uncertainty.draws import DRAW, ROUTE
from sim.uncertainty.memory import DrawMemory
from sim.uncertainty.roles import drawn_spreads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.city import City
    from sim.params import Analysis, Params
    from sim.results import RunResult
    from sim.reuse import Reuse
    from sim.uncertainty.base_draws import Digests
    from sim.uncertainty.draws import Draws


MODELS = 21
"""Sets of models that the draws share, at most: what people choose, whom they compete with, what is worth the while."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """
    A finished run whose numbers are drawn again.

    Parameters
    ----------
    city, analysis, params, result
        The run.
    reuse
        Memory that runs share.
    base_city, base, base_draws
        Of a scenario: the baseline's city, result and draws; None = this run is the baseline.
    """

    city: City
    analysis: Analysis
    params: Params
    result: RunResult
    reuse: Reuse
    base_city: City | None = None
    base: RunResult | None = None
    base_draws: Draws | None = None


Known = dict[int, tuple["City", "City", "RunContext"]]
"""Identity of a city → that city, the same with the factor on walks of these cases, and the latest context of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """
    One evaluation: its label, settings, memory, and the city where it is another than the run's.

    `base_city`: the baseline's city where that is another too, so that what is told from it is told from its like.
    `rides_of`: whose on-demand rides feed the journeys. `still`: only numbers that ask for no journey are wanted.
    `beside`: no numbers of on-demand services, which are simulated for their own residents only. `known`: what cases of
    the same city and the same factor on walks share. `digests`: of the baseline's columns, which all cases may share.
    """

    label: str
    analysis: Analysis
    params: Params
    reuse: Reuse
    city: City | None = None
    base_city: City | None = None
    rides_of: RunContext | None = None
    still: bool = False
    beside: bool = False
    known: Known = field(default_factory=dict)
    digests: Digests = field(default_factory=dict)


def context_of(subject: Subject, case: Case) -> RunContext:
    """Return the context of one evaluation; radii fitted to the official figure stay those of the run."""
    return told_from(subject, case)[0]


def told_from(subject: Subject, case: Case) -> tuple[RunContext, BaseColumns | None]:
    """Return the context of one evaluation, and the columns it is told from; None where it is of the baseline."""
    base = None
    if subject.base_city is not None:
        base = BaseColumns(_base_context(subject, subject.base_city, case), case.digests)
    city = subject.city if case.city is None else case.city
    return _context(subject, city, case, base, case.rides_of), base


def _base_context(subject: Subject, base_city: City, case: Case) -> RunContext:
    """Return the context of the baseline; the rides of its on-demand services are those of its own residents."""
    own = _context(subject, base_city, case)
    return own if case.base_city is None else _context(subject, case.base_city, case, rides_of=own)


def _context(
    subject: Subject,
    city: City,
    case: Case,
    base: BaseColumns | None = None,
    rides_of: RunContext | None = None,
) -> RunContext:
    _, walked, like = case.known.get(id(city), (None, None, None))
    walked = with_walk_detour(city, case.params) if walked is None else walked
    context = RunContext(
        walked, case.analysis, case.params, case.reuse, _fitted(subject), base=base, rides_of=rides_of, like=like
    )
    case.known[id(city)] = city, walked, context  # the city too, so that no other comes to bear its number
    return context


def _fitted(subject: Subject) -> dict[str, float]:
    return dict((subject.base or subject.result).fitted)


def draw_cases(subject: Subject, n_draws: int, n_routes: int, only: int | None = None) -> Iterator[Case]:
    """
    Yield the sets of routes with all else as set, then the draws; `only` those of one set of routes, None = of all.

    Draw d stands on the models d mod M and the routes d mod `n_routes`, where M, at most `MODELS`, is a multiple of the
    routes. Draws on the same models come one after another; the routes come before them all.
    """
    spreads, seed = drawn_spreads(subject.city, subject.params), subject.analysis.seed
    known: list[Known] = [{} for _ in range(n_routes)]
    digests: Digests = {}
    routes = range(n_routes) if only is None else (only,)
    for route in routes:
        params = drawn_params(subject.params, spreads, seed, Sets(route))
        analysis, shared = rerouted(subject.analysis, route), (known[route], digests)
        yield Case(f"{ROUTE}{route}", analysis, params, subject.reuse, known=shared[0], digests=shared[1])
    n_models, memory = model_count(n_draws, n_routes), DrawMemory(subject.reuse)
    for model in range(min(n_models, n_draws)):
        route = model % n_routes
        if route not in routes:
            continue
        analysis = rerouted(subject.analysis, route)
        for draw in range(model, n_draws, n_models):
            params = drawn_params(subject.params, spreads, seed, Sets(route, model, draw))
            yield Case(f"{DRAW}{draw}", analysis, params, memory, known=known[route], digests=digests)


def model_count(n_draws: int, n_routes: int) -> int:
    """Return how many sets of models the draws share: a multiple of the routes, so that a set has routes of its own."""
    return min(-(-n_draws // n_routes), MODELS // n_routes) * n_routes
