"""Owns what a run is compared with: the scenario it names, else the city as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.commands.run_view import RunView, rows_of, splits_of
from geodata.errors import ScenarioError, Text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from geodata.city import City
    from scenarios.runner import RunFolder
    from scenarios.schema import Scenario

AS_IT_IS = "city-as-it-is"


class References:
    """
    Finds and, where need be, computes what runs are compared with.

    `seed`: as given on the command line. Results come from the store of the user, so a reference that was computed
    before costs nothing.
    """

    def __init__(self, city: City, known: Iterable[RunView] = (), seed: int | None = None) -> None:
        self.city = city
        self.known = {view.run_id: view for view in known}
        unchanged = [view for view in self.known.values() if not view.changed]
        if unchanged:
            self.known[AS_IT_IS] = unchanged[0]
        self.seed = seed

    def find(self, run: RunView, beside: Path | None = None) -> RunView | None:
        """Return what `run` is compared with; None for the city as it is itself."""
        if run.compare_to is None or run.compare_to == run.run_id:
            return self.as_it_is() if run.changed else None
        if run.compare_to not in self.known:
            self.known[run.compare_to] = self._compute(run.compare_to, beside)
        return self.known[run.compare_to]

    def as_it_is(self) -> RunView:
        """Return the view of the city without any change: the reference of levels."""
        if AS_IT_IS not in self.known:
            from scenarios.schema import Scenario

            title = {"ja": f"{self.city.name.ja}の現況", "en": f"{self.city.name.en} as it is"}
            empty: dict[str, Any] = {
                "schema": "ekisei-scenario/1",
                "id": AS_IT_IS,
                "title": title,
                "description": title,
                "year": self.city.population.year,
                "plan_status": "planned",
                "modifications": [],
            }
            self.known[AS_IT_IS] = self._run(Scenario.model_validate(empty))
        return self.known[AS_IT_IS]

    def _compute(self, scenario_id: str, beside: Path | None) -> RunView:
        from scenarios.files import read_scenario

        file = beside / f"{scenario_id}.yaml" if beside else None
        try:
            return self._run(read_scenario(file if file and file.is_file() else scenario_id))
        except ScenarioError:
            return self.as_it_is()  # a reference of another city: the table's heading names what was taken

    def _run(self, scenario: Scenario) -> RunView:
        from scenarios.runner import run_scenario

        return view_folder(run_scenario(with_seed(scenario, self.seed), self.city))


def with_seed(scenario: Scenario, seed: int | None) -> Scenario:
    """Return the scenario with another random seed, if one was given."""
    if seed is None:
        return scenario
    return scenario.model_copy(update={"analysis": scenario.analysis.model_copy(update={"seed": seed})})


def view_folder(folder: RunFolder) -> RunView:
    """Return a finished run as the tables see it."""
    from scenarios.store import read_run

    scenario = folder.scenario
    splits = {}
    if folder.result is not None:
        splits = {(s.kpi_id, s.setting, s.group): s for s in folder.result.splits}
    elif folder.folder is not None:
        splits = splits_of(read_run(folder.folder).splits)
    return RunView(
        scenario.id,
        Text(scenario.title.ja, scenario.title.en),
        scenario.year,
        str(scenario.plan_status),
        scenario.compare_to,
        rows_of(folder.kpi),
        splits,
        folder.manifest["digests"]["applied_city"] != folder.manifest["digests"]["city"],
    )
