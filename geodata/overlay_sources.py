"""Owns the sources of an overlaid city: those of what went go, those of what came come."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Problem, Text, warning
from geodata.provenance import Source, Status, weakest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.city import City

ON_CELLS = ("population", "daytime", "outlook", "opinions", "streets")
"""Layers that are replaced whole."""


def sources_after(base: City, city: City, own: Sequence[Source], problems: list[Problem]) -> tuple[Source, ...]:
    """
    Return the sources of a city laid over a base: of the base's, those that still feed something; then the own ones.

    A source of a replaced layer that rows of another layer cite moves there, so that its credit line stays. A feed or
    facility list for which none is given gets one, of the status of its rows, and a warning.
    """
    stays: list[Source] = []
    taken = {s.source_id for s in own}
    cited = _cited(city)
    for source in base.sources:
        layer = _layer_now(base, city, source, cited)
        if layer is not None and source.source_id not in taken:
            stays.append(source if layer == source.layer else replace(source, layer=layer))
    known = {s.source_id for s in (*stays, *own)}
    found = [*stays, *own]
    for layer in ("timetable", "facilities"):
        if getattr(city, layer) is not getattr(base, layer):
            for source_id in sorted(cited[layer] - known - {""}):
                found.append(_unnamed(city, layer, source_id))
                problems.append(_told(layer, source_id))
    return tuple(found)


def _layer_now(base: City, city: City, source: Source, cited: dict[str, set[str]]) -> str | None:
    """Return the layer that a source of the base feeds now; None = none."""
    whole, _, part = source.layer.partition(".")
    before, now = getattr(base, whole, None), getattr(city, whole, None)
    if before is now:
        return source.layer
    if whole in cited and source.source_id in cited[whole]:
        return source.layer
    if whole == "population" and (_same_districts(base, city) if part == "districts" else _same_cells(base, city)):
        return source.layer
    if whole not in {*ON_CELLS, *cited}:
        return source.layer
    return next((layer for layer, ids in cited.items() if source.source_id in ids), None)


def _same_cells(base: City, city: City) -> bool:
    return np.array_equal(base.population.cell_id, city.population.cell_id)


def _same_districts(base: City, city: City) -> bool:
    return np.array_equal(base.population.district_id, city.population.district_id)


def _cited(city: City) -> dict[str, set[str]]:
    """Return layer → ids of the sources that its rows name."""
    return {
        "timetable": set(np.unique(city.timetable.routes.source_id).tolist()),
        "facilities": set(np.unique(city.facilities.source_id).tolist()),
        "targets": {r.source for r in city.targets.rows},
    }


def _unnamed(city: City, layer: str, source_id: str) -> Source:
    rows = city.timetable.routes if layer == "timetable" else city.facilities
    statuses = np.unique(rows.status[rows.source_id == source_id]).tolist()
    return Source(
        source_id=source_id,
        layer=layer,
        title=Text(f"取り込んだファイル {source_id}", f"file {source_id}"),
        credit="",
        licence="",
        date="",
        status=weakest(Status(s) for s in statuses),
        note=Text("設定の sources: に出典がありません", "no entry in sources: of the configuration"),
    )


def _told(layer: str, source_id: str) -> Problem:
    return warning(
        "overlay.no_source",
        f"{layer}: {source_id}",
        Text(
            f"「{source_id}」の出典・利用条件・基準日がありません",
            f"no source, licence and date are given for “{source_id}”",
        ),
        Text(
            f"設定の sources: に id: {source_id}、layer: {layer} の項目を書いてください（結果の頁と出力に載ります）",
            f"add an entry id: {source_id}, layer: {layer} to sources: (pages and exports print it)",
        ),
    )
