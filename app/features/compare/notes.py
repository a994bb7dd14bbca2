"""Owns the cautions a reader must see: walking model, base year, assumed lines, different years."""

from __future__ import annotations

from app.features.compare.sureness import few_draws_of, find_unpaired
from app.services import Run, Services
from app.text import say
from geodata.city import City
from geodata.provenance import Status
from geodata.streets import DetourPlane
from scenarios.premises import decline_in


def list_notes(services: Services, left: Run, right: Run, lang: str) -> list[str]:
    """Return the cautions for a pair of runs."""
    city = services.city
    notes = []
    if isinstance(city.streets, DetourPlane):
        notes.append(say(lang, "note_detour", factor=f"{city.streets.walk_detour:g}"))
    if not city.streets.has_slope:
        notes.append(say(lang, "note_slope"))
    if has_assumed_lines(city):
        notes.append(say(lang, "note_assumed_lines"))
    if any(s.layer == "population.districts" and s.status is Status.ASSUMED for s in city.sources):
        notes.append(say(lang, "note_districts"))
    total = f"{city.population.total.sum():,.0f}"
    notes.append(say(lang, "note_base_year", date=city.population.base_date, persons=total))
    if left.year != right.year:
        notes.append(say(lang, "note_years_differ", left=left.year, right=right.year))
    notes += premise_note(left, right, lang)
    unpaired = services.kept(("unpaired", left.key, right.key), lambda: find_unpaired(left, right))
    few = dict.fromkeys(few_draws_of(run) for run in (left, right))
    notes += [said.get(lang) for said in (unpaired, *few) if said is not None]
    return notes


def premise_note(left: Run, right: Run, lang: str) -> list[str]:
    """Return what to say where one of a pair carries the decline of なりゆき and the other does not, else nothing."""
    of_left, of_right = (decline_in(run.stored.scenario) for run in (left, right))
    if of_left is of_right:
        return []
    names = {"left": left.title.get(lang), "right": right.title.get(lang)}
    declines = {
        "of_left": say(lang, f"premise_decline_{of_left}"),
        "of_right": say(lang, f"premise_decline_{of_right}"),
    }
    return [say(lang, "note_premises_differ", **names, **declines)]


def has_assumed_lines(city: City) -> bool:
    """Tell whether any line of the city is assumed."""
    return bool((city.timetable.routes.status == Status.ASSUMED).any())
