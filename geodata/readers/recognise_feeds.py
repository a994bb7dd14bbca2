"""Owns telling a GTFS feed, an extract of streets or a raster of heights by the names and first bytes in it."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from geodata.errors import Text
from geodata.readers.recognise_peek import member_text
from geodata.recognised import RecognisedFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.readers.recognise_peek import Peek

_STOPS = {"stops.txt"}
_FEED = {"routes.txt", "trips.txt", "stop_times.txt"}
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def recognise_feed(peeked: Peek) -> RecognisedFile | None:
    """Return a GTFS feed with its publisher, days and stops; None where the names are others."""
    names = {PurePosixPath(m).name.lower() for m in peeked.members}
    if not (names >= _STOPS and names & _FEED):
        return None
    japanese = any(n.endswith("_jp.txt") for n in names)
    why = Text(
        f"stops.txt・{'・'.join(sorted(names & _FEED))} がある" + ("（GTFS-JP の表もある）" if japanese else ""),
        f"holds stops.txt, {', '.join(sorted(names & _FEED))}" + (" and tables of GTFS-JP" if japanese else ""),
    )
    agencies, about = _records(peeked, "agency.txt"), _records(peeked, "feed_info.txt")
    calendar = _records(peeked, "calendar.txt")
    traits = {
        "agencies": [name for a in agencies if (name := a.get("agency_name", ""))][:3],
        "publisher": next((name for a in about if (name := a.get("feed_publisher_name", ""))), ""),
        "start": _day(about, "feed_start_date", min) or _day(calendar, "start_date", min),
        "end": _day(about, "feed_end_date", max) or _day(calendar, "end_date", max),
        "lonlat": _stops(peeked),
        "trips": hashlib.sha256(member_text(peeked, "trips.txt").encode()).hexdigest(),
        "japanese": japanese,
        "route_types": sorted({r.get("route_type", "") for r in _records(peeked, "routes.txt")} - {""}),
    }
    entry = {"path": peeked.name}
    return RecognisedFile(peeked.name, "gtfs", {"gtfs": [entry]}, 1.0, why, traits)


def recognise_streets(peeked: Peek) -> RecognisedFile | None:
    """Return an OpenStreetMap extract, a saved graph, or a raster of heights; None where it is none of these."""
    name = peeked.name.lower()
    if name.endswith((".pbf", ".osm", ".osm.bz2", ".osm.gz")):
        why = Text("名前の終わり", "the ending of its name")
        return RecognisedFile(peeked.name, "osm_pbf", {"streets": {"osm_pbf": peeked.name}}, 0.9, why)
    if name.endswith(".graphml"):
        why = Text("名前の終わり", "the ending of its name")
        return RecognisedFile(peeked.name, "graphml", {"streets": {"graphml": peeked.name}}, 0.9, why)
    if peeked.magic[:4] in _TIFF:
        why = Text("TIFF の印", "the mark of a TIFF")
        return RecognisedFile(peeked.name, "elevation", {"streets": {"elevation": peeked.name}}, 0.7, why)
    return None


def _records(peeked: Peek, table: str) -> list[dict[str, str]]:
    text = member_text(peeked, table)
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error:
        return []
    header = [h.strip() for h in rows[0]] if rows else []
    return [dict(zip(header, (v.strip() for v in row), strict=False)) for row in rows[1:]]


def _day(records: list[dict[str, str]], column: str, choose: Callable[..., str]) -> str:
    days = [d for r in records if len(d := r.get(column, "")) == 8 and d.isdigit()]  # noqa: PLR2004 -- YYYYMMDD
    day = choose(days, default="")
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else ""


def _stops(peeked: Peek) -> list[tuple[float, float]]:
    found = []
    for stop in _records(peeked, "stops.txt"):
        try:
            lon, lat = float(stop.get("stop_lon", "")), float(stop.get("stop_lat", ""))
        except ValueError:
            continue
        if (lon or lat) and abs(lon) <= 180 and abs(lat) <= 90:  # noqa: PLR2004 -- degrees
            found.append((lon, lat))
    return found
