"""Owns drawing a run again: how many draws, the same ones for every scenario, each kept where it was made before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from geodata.errors import CitySimError, Problem, Text, UsageError, error, warning
from scenarios.apply import apply_scenario
from scenarios.population_path import PopulationPath, path_of
from scenarios.run_folder import settings_digest
from scenarios.travel_shelf import memory_of
from sim.population_path import PATHS
from sim.uncertainty.definition import other_cases, with_definitions
from sim.uncertainty.draws import joined
from sim.uncertainty.evaluating import Case, Subject, draw_cases
from sim.uncertainty.interval import FEWEST_DRAWS, LEVEL, is_enough, level_of
from sim.uncertainty.lines import with_lines
from sim.uncertainty.recording import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from geodata.city import City
    from scenarios.apply import Applied
    from scenarios.schema import Scenario
    from scenarios.store import ResultStore
    from sim.results import RunResult
    from sim.uncertainty.draws import Draws

DEFAULT_DRAWS = 20
"""Draws of ``ekisei run`` and ``ekisei batch`` where nobody says otherwise: the routes take most of their time."""
MOST_DRAWS = 1_000
ROUTES = 3
"""Sets of routes that the draws share, at most."""
OTHER_PATHS = {PATHS["ipss"]: PATHS["vision"], PATHS["vision"]: PATHS["ipss"]}
"""Path of the residents → the one that might as well be taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What is drawn: the city as it is, the scenario and its applied form, the store, the number of draws."""

    city: City
    scenario: Scenario
    applied: Applied
    store: ResultStore
    n_draws: int

    @property
    def n_routes(self) -> int:
        """Number of sets of routes."""
        return min(ROUTES, self.n_draws)


def check_draws(n_draws: int | None, where: str) -> None:
    """Refuse a number of draws that gives no interval, or one without end."""
    if n_draws is None or 1 <= n_draws <= MOST_DRAWS:
        return
    message = Text(f"試行回数 {n_draws} では幅を計算できません", f"{n_draws} draws give no interval")
    hint = Text(f"1 以上 {MOST_DRAWS} 以下にしてください", f"choose 1 to {MOST_DRAWS}")
    raise UsageError(error("run.draws", where, message, hint))


def few_draws(n_draws: int) -> Text | None:
    """Return what must be said of intervals of too few draws; None where there are enough."""
    level = level_of(n_draws)
    if level >= LEVEL:
        return None
    enough = next(n for n in range(n_draws, MOST_DRAWS) if level_of(n) >= LEVEL)
    more = Text("", "")
    if n_draws < FEWEST_DRAWS:
        more = Text(
            f"。{FEWEST_DRAWS} 回未満の幅では何も判定しない", f"; nothing is judged by fewer than {FEWEST_DRAWS}"
        )
    return Text(
        f"試行 {n_draws} 回の幅は {LEVEL:.0%} の幅ではない（{level:.0%} ほど。{enough} 回以上で {LEVEL:.0%}）{more.ja}",
        f"the interval of {n_draws} draw{'s' * (n_draws > 1)} is not one of {LEVEL:.0%} but of about {level:.0%}; "
        f"{enough} draws or more give {LEVEL:.0%}{more.en}",
    )


def is_too_few(manifest: Mapping[str, Any]) -> bool:
    """Return whether a run was drawn too few times to judge anything by its interval; False where it was not drawn."""
    drawn = manifest.get("draws")
    return drawn is not None and not is_enough(drawn["n_draws"], drawn["n_rerouted"])


def warn_few(n_draws: int | None) -> tuple[Problem, ...]:
    """Return a warning where intervals are asked of too few draws."""
    said = None if n_draws is None else few_draws(n_draws)
    return () if said is None else (warning("run.few_draws", "draws", said),)


def drawn_result(
    drawn: Drawn, reference: RunResult, result: RunResult, progress: Callable[[float], None] | None = None
) -> RunResult:
    """
    Return the result of a run with both lines of uncertainty.

    The baseline is drawn first and kept: every scenario is told from it draw by draw.
    """
    base = draws_of_baseline(drawn, reference, progress)
    if drawn.applied.city.digest == drawn.city.digest:
        return with_lines(result, base)
    subject = Subject(
        drawn.applied.city, drawn.applied.analysis, drawn.applied.params, result, memory_of(drawn.store),
        drawn.city, reference, base,
    )  # fmt: skip
    key = _key(drawn, drawn.applied.city, drawn.city.digest, _path_key(drawn))
    return with_lines(result, _draws(drawn, _Asked(subject, key, tuple(_other_paths(drawn))), progress))


def draws_of_baseline(drawn: Drawn, reference: RunResult, progress: Callable[[float], None] | None = None) -> Draws:
    """Return the draws of the city as it is."""
    return _draws(drawn, _baseline(drawn, reference), progress)


def part_of_baseline(
    drawn: Drawn, reference: RunResult, part: int, progress: Callable[[float], None] | None = None
) -> Draws | None:
    """
    Return the draws of the city as it is on one set of routes, for processes that share the work.

    Other data and definitions go with the first. None where the whole is in the store.
    """
    asked = _baseline(drawn, reference)
    if drawn.store.find_draws(asked.key) is not None:
        return None
    return _evaluated(asked.subject, lambda: asked.cases(drawn, part), progress)


def keep_baseline(drawn: Drawn, reference: RunResult, parts: Sequence[Draws]) -> None:
    """Put the draws of the city as it is into the store, of which processes made the parts."""
    asked = _baseline(drawn, reference)
    labels = [case.label for case in asked.cases(drawn)]
    drawn.store.put_draws(asked.key, with_definitions(joined(parts, labels), asked.subject))


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A run to be drawn, the key of its draws in the store, and its city on other paths of the residents."""

    subject: Subject
    key: str
    paths: tuple[tuple[str, City], ...] = ()

    def cases(self, drawn: Drawn, only: int | None = None) -> Iterator[Case]:
        """Yield the evaluations, `only` those of one set of routes."""
        if not only:
            yield from other_cases(self.subject, self.paths)  # first: the run's own journeys are in the memory yet
        yield from draw_cases(self.subject, drawn.n_draws, drawn.n_routes, only)


def _baseline(drawn: Drawn, reference: RunResult) -> _Asked:
    applied = drawn.applied
    subject = Subject(drawn.city, applied.analysis, applied.params, reference, memory_of(drawn.store))
    return _Asked(subject, _key(drawn, drawn.city))


def _key(drawn: Drawn, city: City, reference: str = "", paths: str = "") -> str:
    return drawn.store.key(
        draws=f"{drawn.n_draws}/{drawn.n_routes}",
        city=city.digest,
        settings=settings_digest(drawn.applied),
        reference=reference,
        paths=paths,
    )


def _draws(drawn: Drawn, asked: _Asked, progress: Callable[[float], None] | None) -> Draws:
    """Return the draws of the scenario, or of the baseline, from the store where they are there."""
    found = drawn.store.find_draws(asked.key)
    if found is not None:
        return found
    made = with_definitions(_evaluated(asked.subject, lambda: asked.cases(drawn), progress), asked.subject)
    drawn.store.put_draws(asked.key, made)
    return made


def _evaluated(
    subject: Subject, cases: Callable[[], Iterator[Case]], progress: Callable[[float], None] | None
) -> Draws:
    """Return the draws under some cases; they are made twice, the first time to be counted."""
    total = sum(1 for _ in cases())
    return evaluate(subject, cases(), None if progress is None else lambda done: progress(done / total))


def _path_key(drawn: Drawn) -> str:
    """Return what the other path of the residents depends on beside the city: the scenario itself."""
    return drawn.scenario.digest if _other_path(drawn) else ""


def _other_path(drawn: Drawn) -> str | None:
    """Return the path of the residents that might as well be taken; None in the base year or where there is none."""
    scenario, city = drawn.scenario, drawn.city
    if scenario.year == city.population.year:
        return None
    other = OTHER_PATHS.get(str(path_of(scenario)))
    years = city.targets.path("population", other) if other else {}
    return other if years and max(years) >= scenario.year else None


def _other_paths(drawn: Drawn) -> list[tuple[str, City]]:
    """Return the scenario's city on the other path of the residents, where it can be applied there."""
    other = _other_path(drawn)
    if other is None:
        return []
    name: Literal["ipss", "vision"] = "vision" if other == PATHS["vision"] else "ipss"
    scenario = drawn.scenario.model_copy(update={"population": PopulationPath(path=name)})
    try:
        return [(name, apply_scenario(drawn.city, scenario, allow_no_effect=True).city)]
    except CitySimError:
        return []
