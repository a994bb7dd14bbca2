"""Owns the edits: a scenario as plain values and a request make another scenario, or a located refusal."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from app.features.edit.shaping import DIGITS, ON_SCREEN, SHAPES, Making, lacking
from app.features.edit.tools import TOOLS
from geodata.errors import Problem, ScenarioError, Text, error
from scenarios.yaml_reading import dump_yaml, parse_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.features.edit.state import Plain
    from scenarios.drafts import DraftFolder
    from scenarios.modifications.base import Bilingual

_AT = re.compile(r"modifications\[(\d+)\]")
_STEP = re.compile(r"[^.\[\]]+")
NEW = "new"
UNNAMED = ("新しいシナリオ（", "New scenario (upon ")
"""How titles begin that the editor gives."""
AS_IT_IS = "="
"""What no id can be: compared with the city as it is, the file names nothing."""
KEPT = ("source", "decision", "enabled", "override")
"""Keys that a form does not show, and leaves as they were."""


def own_modifications(content: Plain) -> list[Plain]:
    """Return the modifications that a scenario itself holds, without those of its parents."""
    return list(content.get("modifications") or [])


def checked(content: Plain, drafts: DraftFolder) -> Plain:
    """Return a scenario that the language of scenarios accepts; refuse another with all its problems."""
    drafts.scenario(content)
    return content


def use_tool(
    content: Plain,
    key: str,
    values: Mapping[str, Any],
    spots: Sequence[Mapping[str, Any]],
    *,
    taken: Iterable[str] = (),
    instead: str = "",
) -> tuple[Plain, list[str]]:
    """
    Return the scenario with what a tool makes, and the ids of that.

    Parameters
    ----------
    content
        The scenario.
    key, values, spots
        The tool, what was entered in its form, and the places chosen.
    taken
        Ids that a new modification may not have: those of the parents.
    instead
        Id of the modification that was opened in the form; "" = a new one.
    """
    tool = TOOLS[key]
    values = {one.name: one.usual for one in tool.fields} | dict(values)
    for one in tool.fields:
        if one.needed and values.get(one.name) in (None, "", []):
            raise lacking(one.name, "まだ入れていない欄があります", "something is not filled in yet")
    if len(spots) < tool.least:
        raise lacking("spots", f"場所を {tool.least} つ以上選んでください", f"choose {tool.least} or more places")
    own = own_modifications(content)
    used = {str(mod.get("id")) for mod in own} | set(taken)
    before = next((mod for mod in own if mod.get("id") == instead), None)
    kept = {} if before is None else {name: before[name] for name in KEPT if name in before}

    def named(word: str) -> str:
        number = 1
        while f"{NEW}-{word}-{number}" in used:
            number += 1
        used.add(f"{NEW}-{word}-{number}")
        return f"{NEW}-{word}-{number}"

    made = SHAPES[key](Making(values, spots, named, own))
    if before is not None:
        made = [{**made[0], "id": instead}, *made[1:]]
    made = [{**mod, "source": mod.get("source", dict(ON_SCREEN)), **kept} for mod in made]
    for mod in made:
        own = with_modification(own, mod)
    return {**content, "modifications": own}, [str(mod["id"]) for mod in made]


def with_modification(own: Sequence[Plain], mod: Plain) -> list[Plain]:
    """Return modifications with one put in the place of that of its id, or at the end."""
    ids = [one.get("id") for one in own]
    if mod["id"] in ids:
        return [mod if one.get("id") == mod["id"] else one for one in own]
    return [*own, mod]


def delete(content: Plain, mod_id: str) -> Plain:
    """Return the scenario without one of its own modifications."""
    kept = [mod for mod in own_modifications(content) if mod.get("id") != mod_id]
    return {**content, "modifications": kept}


def switch(content: Plain, mod_id: str, *, on: bool) -> Plain:
    """Return the scenario with one of its own modifications in force or not."""
    own = []
    for mod in own_modifications(content):
        plain = {key: value for key, value in mod.items() if key != "enabled"}
        own.append(mod if mod.get("id") != mod_id else plain if on else {**plain, "enabled": False})
    return {**content, "modifications": own}


def move(content: Plain, mod_id: str, path: str, lonlat: tuple[float, float]) -> Plain:
    """
    Return the scenario with one place of a modification elsewhere.

    Parameters
    ----------
    content
        The scenario.
    mod_id, path
        The modification, and where in it ``lat`` and ``lon`` stand, such as ``stops[2].location``; "" = in itself.
    lonlat
        New position [degrees].
    """
    moved = copy.deepcopy(content)
    mod = next((one for one in own_modifications(moved) if one.get("id") == mod_id), None)
    place: Any = mod
    try:
        for step in _STEP.findall(path):
            place = place[int(step)] if isinstance(place, list) else place[step]
        place["lat"], place["lon"] = round(lonlat[1], DIGITS), round(lonlat[0], DIGITS)
    except (KeyError, IndexError, TypeError, ValueError):
        message = Text("動かすものが見つかりません", "what should be moved is not there")
        raise ScenarioError(error("edit.nothing_to_move", mod_id, message)) from None
    return moved


def write_text(content: Plain, mod_id: str, text: str) -> Plain:
    """Return the scenario with one modification as it was written in YAML; its place in the list stays."""
    found = parse_document(text, f"{mod_id}.yaml").content
    if not isinstance(found, dict) or not found.get("id"):
        message = Text("変更ひとつを、id から書いてください", "write one modification, beginning with its id")
        raise ScenarioError(error("edit.not_a_modification", mod_id, message))
    own = [found if mod.get("id") == mod_id else mod for mod in own_modifications(content)]
    return {**content, "modifications": own}


def text_of(content: Plain, mod_id: str) -> str:
    """Return one modification as YAML."""
    mod = next((one for one in own_modifications(content) if one.get("id") == mod_id), {})
    return dump_yaml(mod)


def describe(content: Plain, *, title: tuple[str, str], what: tuple[str, str], year: int, against: str) -> Plain:
    """Return the scenario with another title, description (Japanese, English), year, and what it is compared with."""
    titles, told_of = _titled(content, title), _in_both(what)
    told = {**content, "title": titles, "description": told_of, "year": year, "compare_to": against}
    return {key: value for key, value in told.items() if (key, value) != ("compare_to", AS_IT_IS)}


def _in_both(label: tuple[str, str]) -> Plain:
    """Return a label in both languages; one stands in for the other."""
    ja, en = (part.strip() for part in label)
    return {"ja": ja or en, "en": en or ja}


def rename(content: Plain, scenario_id: str, title: tuple[str, str]) -> Plain:
    """Return the scenario under another id and title (Japanese, English); one language stands in for the other."""
    return {**content, "id": scenario_id.strip(), "title": _titled(content, title)}


def first_title(base: Bilingual) -> Plain:
    """Return what a scenario upon a base is called until somebody names it."""
    return {"ja": f"{UNNAMED[0]}{base.ja}から）", "en": f"{UNNAMED[1]}{base.en})"}


def _titled(content: Plain, title: tuple[str, str]) -> Plain:
    """Return a title in both languages: where only one was named, the other is not kept as if nobody had named it."""
    before = content.get("title")
    held = before if isinstance(before, dict) else {"ja": before, "en": before}
    if any(new != held.get(lang) for lang, new in zip(("ja", "en"), title, strict=True)):
        names = [
            "" if new == held.get(lang) and new.startswith(unnamed) else new
            for lang, new, unnamed in zip(("ja", "en"), title, UNNAMED, strict=True)
        ]
        title = (names[0], names[1])
    return _in_both(title)


def handles(content: Plain) -> list[Plain]:
    """Return what can be dragged: modification, path to its position, position and name."""
    found: list[Plain] = []
    for mod in own_modifications(content):
        if mod.get("enabled", True):
            for path, place in _positions(mod):
                found.append({"mod": mod.get("id"), "path": path, "lat": place["lat"], "lon": place["lon"]})
    return found


def _positions(mod: Plain) -> Iterable[tuple[str, Plain]]:
    for path in ("location", "where.location"):
        place: Any = mod
        for step in path.split("."):
            place = place.get(step) if isinstance(place, dict) else None
        if isinstance(place, dict) and {"lat", "lon"} <= place.keys():
            yield path, place
    for number, stop in enumerate(mod.get("stops") or []):
        if not isinstance(stop, dict):
            continue
        if "lat" in stop:
            yield f"stops[{number}]", stop
        elif isinstance(stop.get("location"), dict):
            yield f"stops[{number}].location", stop["location"]


def problems_by_modification(content: Plain, problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Return id of a modification → its problems; those of none under ""."""
    own, file = own_modifications(content), f"{content.get('id', 'scenario')}.yaml"
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        hit = _AT.search(problem.where) if problem.where.startswith(file) else None
        number = int(hit[1]) if hit else -1
        owner = str(own[number].get("id")) if 0 <= number < len(own) else ""
        found.setdefault(owner, []).append(problem)
    return found
