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
from sim.uncertainty.evaluating import Case, Subject, draw_cases, evaluate
from sim.uncertainty.interval import FEWEST_DRAWS, LEVEL, is_enough, level_of
from sim.uncertainty.lines import with_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

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
    return with_lines(result, _draws(drawn, result, subject, progress))


def draws_of_baseline(drawn: Drawn, reference: RunResult, progress: Callable[[float], None] | None = None) -> Draws:
    """Return the draws of the city as it is."""
    return _draws(drawn, reference, None, progress)


def _draws(drawn: Drawn, result: RunResult, subject: Subject | None, progress: Callable[[float], None] | None) -> Draws:
    """Return the draws of the scenario, or of the baseline (`subject` None), from the store where they are there."""
    applied, store = drawn.applied, drawn.store
    city = drawn.city if subject is None else subject.city
    key = store.key(
        draws=f"{drawn.n_draws}/{drawn.n_routes}",
        city=city.digest,
        settings=settings_digest(applied),
        reference="" if subject is None else drawn.city.digest,
        paths=_path_key(drawn) if subject is not None else "",
    )
    found = store.find_draws(key)
    if found is not None:
        return found
    if subject is None:
        subject = Subject(drawn.city, applied.analysis, applied.params, result, memory_of(store))
    paths = () if subject.base is None else tuple(_other_paths(drawn))
    source = subject

    def cases() -> Iterator[Case]:
        yield from other_cases(source, paths)  # first, while the journeys of the run itself are in the memory
        yield from draw_cases(source, drawn.n_draws, drawn.n_routes)

    total = sum(1 for _ in cases())
    tell = None if progress is None else lambda done: progress(done / total)
    made = with_definitions(evaluate(subject, cases(), tell), subject)
    store.put_draws(key, made)
    return made


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
