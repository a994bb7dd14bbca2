"""Owns what one can start from: locked scenarios that are built upon, shipped ones that are copied, own ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from app.features.edit.edits import first_title
from app.features.edit.state import EditState, opened
from app.text import say
from geodata.errors import CitySimError, ScenarioError, Text, error
from scenarios.drafts import is_id
from scenarios.files import FIRST_IN_LIBRARY, LIBRARY, list_library, read_scenario, scenario_text
from scenarios.yaml_reading import parse_document, read_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.desk import Desk
    from app.features.edit.places import Option
    from app.features.edit.state import Plain
    from app.runs import Run

OWN, UPON, COPY, RUN = "own", "upon", "copy", "run"
SCHEMA = "ekisei-scenario/1"
_COPIES = re.compile(r"-\d+$")


def options(desk: Desk, runs: Mapping[str, Run], lang: str) -> list[Option]:
    """Return what one can start from, grouped; the value is a word and an id."""
    own = [
        (f"{OWN}:{info.scenario_id}", f"{info.title.get(lang)}（{info.scenario_id}）") for info in desk.drafts.infos()
    ]
    locked = [(f"{UPON}:{name}", title_of(name, lang)) for name in locked_bases(runs)]
    shipped = [(f"{COPY}:{name}", title_of(name, lang)) for name in list_library() if name not in FIRST_IN_LIBRARY]
    known = {*list_library(), *desk.drafts.ids()}
    others = [(f"{RUN}:{run.run_id}", run.title.get(lang)) for run in runs.values() if run.run_id not in known]
    groups = {"own": own, "upon": locked, "run": others, "copy": shipped}
    return [
        {
            "group": say(lang, f"edit_start_{key}"),
            "items": [{"value": value, "label": label} for value, label in rows],
        }
        for key, rows in groups.items()
        if rows
    ]


def locked_bases(runs: Mapping[str, Run]) -> tuple[str, ...]:
    """Return the scenarios that are built upon and never changed: those that others are compared with."""
    return tuple(name for name in FIRST_IN_LIBRARY if name in runs) or FIRST_IN_LIBRARY[:1]


def usual(runs: Mapping[str, Run]) -> str:
    """Return what a new scenario is built upon where nothing else is chosen: the do-nothing future, if it was run."""
    return f"{UPON}:{locked_bases(runs)[-1]}"


def title_of(name: str, lang: str) -> str:
    """Return the title of a shipped scenario."""
    return read_scenario(name).title.text.get(lang)


def start(desk: Desk, runs: Mapping[str, Run], choice: str) -> EditState:
    """
    Return the state of a scenario to begin with.

    Raises
    ------
    ScenarioError
        Where there is none of that name, or its file cannot be read.
    """
    how, _, name = (choice if ":" in choice else _named(desk, runs, choice)).partition(":")
    if how == OWN:
        content, revision = desk.drafts.read(name)
        return opened(content, revision)
    taken = {*list_library(), *desk.drafts.ids(), *desk.drafts.deleted()}
    if how == UPON and name in list_library():
        return opened(_upon(name, free_id(f"{name}-plan", taken)), None)
    if how == COPY and name in list_library():
        return opened(_copy(_plain(read_document(LIBRARY / f"{name}.yaml").content), free_id(name, taken)), None)
    if how == RUN and name in runs:
        text = scenario_text(runs[name].stored.scenario)
        content = _plain(parse_document(text, name).content)
        content.pop("resolved_from", None)
        content.pop("extends", None)
        return opened(_copy(content, free_id(name, taken)), None)
    message = Text(f"シナリオ {name} がありません", f"no scenario {name}")
    hint = Text("一覧から選んでください", "choose one of the list")
    raise ScenarioError(error("edit.nothing_to_start_from", name, message, hint))


def _named(desk: Desk, runs: Mapping[str, Run], name: str) -> str:
    """Return how an address that holds nothing but an id is meant: one's own, a copy of the library's, a run."""
    how = OWN if name in desk.drafts.ids() else COPY if name in list_library() else RUN if name in runs else ""
    return f"{how}:{name}"


def imported(text: str, name: str, desk: Desk) -> EditState:
    """Return the state of a file that was handed over; refuse one that cannot be run, with its lines."""
    from scenarios.files import parse_scenario  # noqa: PLC0415 -- its name is of the file

    parse_scenario(text, name, desk.drafts.root)
    content = _plain(parse_document(text, name).content)
    taken = {*list_library(), *desk.drafts.ids()}
    if content.get("id") in taken:
        content["id"] = free_id(str(content["id"]), taken)
    return opened(content, None)


def _plain(content: Any) -> Plain:
    return dict(content)


def _upon(name: str, scenario_id: str) -> Plain:
    base = read_scenario(name)
    about = {"ja": "画面で作ったシナリオ", "en": "A scenario made on the screen"}
    return {
        "schema": SCHEMA,
        "id": scenario_id,
        "title": first_title(base.title),
        "description": about,
        "extends": name,
        "compare_to": name,
        "year": base.year,
        "plan_status": "hypothetical",
        "modifications": [],
    }


def _copy(content: Plain, scenario_id: str) -> Plain:
    title = content.get("title")
    words = title if isinstance(title, dict) else {"ja": str(title), "en": str(title)}
    renamed = {"ja": f"{words.get('ja')}（写し）", "en": f"{words.get('en')} (copy)"}
    return {**content, "id": scenario_id, "title": renamed}


def free_id(wanted: str, taken: Iterable[str]) -> str:
    """Return an id that is not taken: the wanted one, or it with a number."""
    known = set(taken)
    number, stem = 2, _COPIES.sub("", wanted) if wanted in known else wanted
    found = wanted
    while found in known:
        found = f"{stem}-{number}"
        number += 1
    return found


def inherited(desk: Desk, content: Plain) -> list[Plain]:
    """Return the modifications that come from the parents: shown, and locked."""
    parent = str(content.get("extends") or "")
    if not is_id(parent):  # the browser hands it over: it must not lead out of the folder
        return []
    try:
        path = desk.drafts.root / f"{parent}.yaml"
        found = read_scenario(path if path.is_file() else parent)
    except CitySimError:
        return []  # the scenario's own problems tell it
    own = {mod.get("id") for mod in content.get("modifications") or []}
    plain = [mod.model_dump(mode="json", exclude_defaults=True) | {"type": mod.type} for mod in found.modifications]
    return [mod for mod in plain if mod["id"] not in own]
