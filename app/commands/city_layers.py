"""Owns the table of a city's layers: status, sources, dates, digests, counts, and readers not yet tried in earnest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geodata.errors import Text
from geodata.provenance import STATUS_TEXT, Status

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from app.commands.session import Session
    from geodata.city import City
    from geodata.provenance import Source

_ALWAYS = ("population", "timetable", "facilities", "streets", "zones", "targets")


@dataclass(frozen=True)
class LayerView:
    """One layer of a city as it is shown: `unverified` names the readers that never read an original file."""

    layer: str
    status: Status
    digest: str
    count: int
    sources: tuple[Source, ...]
    unverified: tuple[Text, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "layer": self.layer,
            "status": self.status.value,
            "digest": self.digest,
            "count": self.count,
            "unverified": [{"ja": t.ja, "en": t.en} for t in self.unverified],
            "sources": [
                {
                    "id": s.source_id,
                    "title": {"ja": s.title.ja, "en": s.title.en},
                    "credit": s.credit,
                    "licence": s.licence,
                    "date": s.date,
                    "status": s.status.value,
                }
                for s in self.sources
            ],
        }


def layers_of(city: City, folder: Path | None) -> list[LayerView]:
    """Return every layer that a city holds, in a fixed order."""
    counts = counts_of(city)
    unverified = _unverified(folder)
    digests = city.layer_digests()
    found = []
    for layer, count in counts.items():
        sources = tuple(s for s in city.sources if s.layer.partition(".")[0] == layer)
        if not count and not sources and layer not in _ALWAYS:
            continue
        status = city.status_of(layer) if count or sources else Status.NO_DATA
        found.append(LayerView(layer, status, digests[layer], count, sources, unverified.get(layer, ())))
    return found


def counts_of(city: City) -> dict[str, int]:
    """Return layer → how many: cells, trips, facilities, street nodes, zones, …"""
    return {
        "population": city.population.n_cells,
        "daytime": 0 if city.daytime is None else len(city.daytime.persons),
        "outlook": 0 if city.outlook is None else len(city.outlook.years),
        "timetable": len(city.timetable.trips.trip_id),
        "streets": len(getattr(city.streets, "node_xy", ())),
        "facilities": city.facilities.n_facilities,
        "zones": len(city.zones),
        "opinions": 0 if city.opinions is None else city.opinions.n_opinions,
        "targets": len(city.targets.rows),
        "mobile_offices": len(city.mobile_offices),
        "hubs": len(city.hubs),
        "on_demand": len(city.on_demand),
    }


def layers_table(layers: list[LayerView], session: Session) -> Table:
    """Return every layer with its status, digest and sources, credit line and licence beneath each title."""
    from rich import box
    from rich.table import Table
    from rich.text import Text as Styled

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for key in ("city.layer", "city.count", "result.status", "city.date", "city.title"):
        table.add_column(session.say(key), no_wrap=key != "city.title", overflow="fold")
    for view in layers:
        status = STATUS_TEXT[view.status].get(session.lang)
        name = Styled(session.name_of("layer", view.layer))
        name.append(f"\n{view.digest[:8]}", style="dim")
        table.add_row(name, Styled(f"{view.count:,}"), Styled(status), *_source_cells(view, session))
    return table


def _source_cells(view: LayerView, session: Session) -> tuple[Any, Any]:
    """Return the dates and the titles of a layer's sources, line under line."""
    from rich.text import Text as Styled

    dates, titles = Styled(), Styled()
    for n, source in enumerate(view.sources):
        title = source.title.get(session.lang)
        status = f"（{STATUS_TEXT[source.status].get(session.lang)}）" if source.status is not view.status else ""
        titles.append(("\n" if n else "") + title + status)
        titles.append(f"\n{source.credit} [{source.licence}]", style="dim")
        dates.append(("\n\n" if n else "") + source.date)
    if not view.sources and view.count:
        titles.append(session.say("city.no_source"), style="dim")
    if view.unverified:
        names = ", ".join(t.get(session.lang) for t in view.unverified)
        titles.append(f"\n{session.say('city.unverified', names=names)}", style="yellow")
    return dates, titles


def _unverified(folder: Path | None) -> dict[str, tuple[Text, ...]]:
    """Return layer → readers of its files that never read an original file, as the import report beside it tells."""
    if folder is None or not (folder / "import-report.json").is_file():
        return {}
    try:
        report = json.loads((folder / "import-report.json").read_text(encoding="utf-8"))
        return {
            layer["layer"]: tuple(
                dict.fromkeys(Text(**f["reader"]["title"]) for f in layer["files"] if f["reader"]["verified"] is False)
            )
            for layer in report["layers"]
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # someone edited it; the city stands without it
