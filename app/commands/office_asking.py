"""Owns what ``ekisei office site`` asks: a scenario with one mobile office whose places the tool chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.commands.words import both
from geodata.errors import UsageError, error

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.city import City
    from scenarios.schema import Scenario

ASKED_ID = "office-site"


@dataclass(frozen=True, slots=True)
class OfficeAsk:
    """The options of the command; `n_places` or `hours_per_month`; `depot` "" = the city hall."""

    n_places: int | None
    hours_per_month: float | None
    objective: str
    weights: str
    walk_m: float
    candidates: tuple[str, ...]
    fixed: tuple[str, ...]
    forbidden: tuple[str, ...]
    vehicles: int
    visits_per_month: int
    dwell_min: float
    depot: str


def ask_scenario(ask: OfficeAsk, base: str | None, folder: Path | None) -> Scenario:
    """
    Return a scenario (`base`, else the city as it is) with one more plan, to be chosen.

    Raises
    ------
    ScenarioError
        If an option does not fit, located in the scenario that was asked.
    """
    from app.commands.folders import load_city
    from scenarios.files import parse_scenario, read_scenario
    from scenarios.yaml_reading import dump_yaml

    city = load_city(folder)
    if base is None:
        content = _empty(city)
    else:
        content = read_scenario(base).model_dump(mode="json", by_alias=True, exclude_defaults=True)
        content["modifications"] = [m for m in content["modifications"] if m["id"] != ASKED_ID]
    content["id"] = ASKED_ID
    content["modifications"] = [*content["modifications"], _plan(ask, city)]
    return parse_scenario(dump_yaml(content), "ekisei office site")


def _empty(city: City) -> dict[str, Any]:
    title = {"ja": "動く市役所 この条件で最良の配置", "en": "Mobile city office at the best places"}
    return {
        "schema": "ekisei-scenario/1",
        "id": ASKED_ID,
        "title": title,
        "description": title,
        "year": city.population.year,
        "plan_status": "hypothetical",
        "modifications": [],
    }


def _plan(ask: OfficeAsk, city: City) -> dict[str, Any]:
    lon, lat = _depot(ask.depot, city)
    how_many = {"p": ask.n_places, "vehicle_hours_per_month": ask.hours_per_month}
    return {
        "id": ASKED_ID,
        "type": "mobile-service",
        "services": ["証明書", "マイナンバーカード", "相談"],
        "vehicles": ask.vehicles,
        "catchment": {"radius_m": ask.walk_m},
        "depot": {"lat": lat, "lon": lon},
        "setup_min": 15,
        "shift": {"start": "08:30", "end": "17:15"},
        "lunch": {"earliest": "11:30", "latest": "13:30", "minutes": 60},
        "optimise": {
            "candidates": {"facilities": list(ask.candidates)},
            **{k: v for k, v in how_many.items() if v is not None},
            "objective": ask.objective,
            "weights": ask.weights,
            "visits_per_month": ask.visits_per_month,
            "dwell_min": ask.dwell_min,
            "fixed_places": list(ask.fixed),
            "forbidden_places": list(ask.forbidden),
        },
    }


def _depot(text: str, city: City) -> tuple[float, float]:
    """Return (lon, lat) of the depot: as given, else the first city hall."""
    if text:
        from app.commands.journey import parse_lonlat

        return parse_lonlat(text, "--depot")
    halls = city.facilities.of_kind("city_office")
    if not len(halls):
        raise UsageError(error("cli.no_depot", "--depot", both("office.no_depot"), both("office.no_depot_hint")))
    lon, lat = city.facilities.lonlat[int(halls[0])].tolist()
    return lon, lat
