"""Owns which scenarios can be run from the page, and what a run of them is: never a file that the page names."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.jobs.record import Order
from geodata.errors import CitySimError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.desk import Desk

DRAWS = (None, 20, 200)
"""Draws offered; none leaves low and high empty."""


def offered(desk: Desk) -> dict[str, str | None]:
    """Return id → file of the planner's own scenarios, and id → None of the library; an own one comes first."""
    from scenarios.files import list_library  # noqa: PLC0415 -- brings the language of scenarios

    own = {scenario_id: str(desk.drafts.root / f"{scenario_id}.yaml") for scenario_id in desk.drafts.ids()}
    return {**own, **{scenario_id: None for scenario_id in list_library() if scenario_id not in own}}


def titles(offer: dict[str, str | None], lang: str) -> dict[str, str]:
    """Return id → title and id of what is offered; one that cannot be read has its id alone."""
    return {name: _title(file or name, _stamp(file), lang) or name for name, file in offer.items()}


def _stamp(file: str | None) -> int:
    try:
        return 0 if file is None else Path(file).stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=512)
def _title(source: str, _changed: int, lang: str) -> str:
    from scenarios.files import read_scenario  # noqa: PLC0415 -- likewise

    try:
        scenario = read_scenario(Path(source) if source.endswith(".yaml") else source)
    except CitySimError:
        return ""
    return f"{scenario.title.ja if lang == 'ja' else scenario.title.en}（{scenario.id}）"


def order_of(desk: Desk, wanted: Iterable[str], draws: int | None, who: str) -> Order | None:
    """Return the order for the scenarios that are offered, in order of the offer; None where none of them is."""
    asked = set(wanted)
    chosen = {scenario_id: file for scenario_id, file in offered(desk).items() if scenario_id in asked}
    if not chosen:
        return None
    return Order(
        scenarios=chosen,
        runs_folder=desk.settings.runs_folder,
        city_folder=desk.settings.city_folder,
        draws=draws if draws in DRAWS else None,
        processes=min(2, len(chosen)),
        who=who,
    )
