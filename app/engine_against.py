"""Owns what a live scenario is compared with: found, applied and held once, with the map layers between the two."""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.features.compare.geometry import collect_layers, mark_against
from geodata.digest import digest_of
from geodata.errors import CitySimError, ScenarioError, Text
from scenarios.apply import Applied, apply_scenario
from scenarios.files import SUFFIXES, list_library, read_scenario
from scenarios.reactions import find_reactions
from scenarios.schema import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geodata.city import City
    from scenarios.live import LiveCity, LiveRun
    from scenarios.reactions import Reaction

MOST_KEPT = 12
MOST_USUAL = 2
"""Scenarios that are held beside the city as it is, before anybody asks."""
MOST_LAYERS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Against:
    """What a scenario is compared with; `scenario` None and id "" = the city as it is."""

    scenario_id: str
    title: Text
    scenario: Scenario | None
    run: LiveRun
    city: City

    def reactions(self, scenario: Scenario) -> tuple[Reaction, ...]:
        """Return which KPIs a scenario can move against this."""
        return find_reactions(scenario, self.city, self.scenario)


class AgainstBook:
    """Finds what scenarios name in `compare_to`: a draft, else one of the library, else the city as it is."""

    def __init__(self, base: LiveCity, drafts: Path) -> None:
        self.base, self.drafts = base, drafts
        self._read: dict[str, tuple[object, Scenario | None]] = {}
        self._held: OrderedDict[str, Against] = OrderedDict()
        self._layers: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def find(self, scenario: Scenario) -> Against:
        """Return what a scenario is compared with; one that cannot be read or applied counts as the city as it is."""
        named = scenario.compare_to if scenario.compare_to != scenario.id else None
        other = None if named is None else self._scenario(named)
        wanted = other or as_it_is(self.base.city, scenario)
        key = digest_of(wanted.model_dump_json())  # not its digest: titles and names are shown too
        if key not in self._held:
            try:
                applied = apply_scenario(self.base.city, wanted, allow_no_effect=True)
            except CitySimError:
                if other is None:
                    raise
                return self.find(scenario.model_copy(update={"compare_to": None}))
            title = self.base.city.name if other is None else Text(other.title.ja, other.title.en)
            named_id = "" if other is None else other.id
            self._held[key] = Against(named_id, title, other, self.base.run(applied), self.base.city)
            while len(self._held) > MOST_KEPT:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return self._held[key]

    def usual(self) -> list[Against]:
        """Return the city as it is, and what the library and the drafts compare with, most named first."""
        plain = as_it_is(self.base.city)
        named: Counter[str] = Counter()
        for scenario_id in (*list_library(), *(p.stem for p in sorted(self.drafts.glob(f"*{SUFFIXES[0]}")))):
            scenario = self._scenario(scenario_id)
            if scenario is not None and scenario.compare_to not in (None, scenario.id):
                named[str(scenario.compare_to)] += 1
        most = [name for name, _ in named.most_common(MOST_USUAL)]
        found = [self.find(plain), *(self.find(plain.model_copy(update={"compare_to": name})) for name in most)]
        return list({id(one): one for one in found}.values())

    def _scenario(self, name: str) -> Scenario | None:
        """Return a scenario by its id, read again where a file of the drafts changed."""
        stamp = self._stamp()
        if name not in self._read or self._read[name][0] != stamp:
            beside = self.drafts / f"{name}{SUFFIXES[0]}"
            try:
                found: Scenario | None = read_scenario(beside if beside.is_file() else name)
            except ScenarioError:
                found = None
            self._read[name] = (stamp, found)
        return self._read[name][1]

    def _stamp(self) -> object:
        if not self.drafts.is_dir():
            return ()
        files = [(path.name, path.stat()) for path in sorted(self.drafts.glob(f"*{SUFFIXES[0]}"))]
        return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in files)

    # ---------------------------------------------------------------- map

    def layers(self, applied: Applied, against: Against) -> dict[str, Any]:
        """Return what is drawn of a scenario, marked by what tells it from the other, as the page of comparison is."""
        from scenarios.export import moving_layers, placed_layers  # noqa: PLC0415 -- only once maps are drawn

        base, other = self.base.city, against.run.applied

        def placed(one: Applied) -> dict[str, Any]:
            key = digest_of(["placed", one.city.digest, repr(one.closures)])
            return self._kept(key, lambda: collect_layers(placed_layers(base, one.city, one.closures)))

        own, left = placed(applied), placed(other)
        tables = [one.city.layer_digest("timetable") for one in (other, applied)]
        drawn = self._kept(
            digest_of(["moving", *tables]), lambda: moving_layers(other.city.timetable, applied.city.timetable)
        )
        return mark_against(own, left) | {name: drawn[name] for name in ("lines", "stops")}

    def _kept(self, key: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        if key not in self._layers:
            self._layers[key] = make()
            while len(self._layers) > MOST_LAYERS:
                self._layers.popitem(last=False)
        self._layers.move_to_end(key)
        return self._layers[key]


def as_it_is(city: City, like: Scenario | None = None) -> Scenario:
    """Return the city without any change, under the settings of a scenario where one is given."""
    title = {"ja": f"{city.name.ja}の現況", "en": f"{city.name.en} as it is"}
    empty: dict[str, Any] = {
        "schema": "ekisei-scenario/1",
        "id": "city-as-it-is",
        "title": title,
        "description": title,
        "year": city.population.year,
        "plan_status": "planned",
        "modifications": [],
    }
    plain = Scenario.model_validate(empty)
    return (
        plain if like is None else plain.model_copy(update={"analysis": like.analysis, "parameters": like.parameters})
    )


__all__ = ["Against", "AgainstBook", "as_it_is"]
