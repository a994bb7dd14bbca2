"""Owns the timetable of a build: feeds, and lines of 国土数値情報 without times, joined as one."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.build_stages import is_boundary
from geodata.errors import Problem, Text, warning
from geodata.readers.gtfs import FeedReading, read_gtfs
from geodata.readers.tables import listed, note
from geodata.timetable_merge import join_told
from geodata.timetable_sketch import SketchLine, SketchStop, sketch_reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.build_stages import Stages
    from geodata.timetable import Timetable


def read_timetable(stages: Stages) -> None:
    """Read the feeds, and sketch the lines that have no timetable."""
    config = stages.config
    parts: list[Timetable] = []
    if config.gtfs:
        stages.feeds = stages.found.read("timetable", partial(_read_feeds, stages))
        if stages.feeds is not None:
            reading = stages.feeds
            stages.found.of("timetable").add(problems=reading.problems, files=reading.files, repairs=reading.repairs)
            for rows in reading.rows_in.values():
                for table, n in rows.items():
                    known = stages.found.of("timetable").counts_in
                    known[table] = known.get(table, 0) + n
            parts.append(reading.timetable)
    for file in config.ksj:
        if not is_boundary(file):
            stages.read_ksj(file)
    sketch = _sketch(stages)
    if sketch is not None:
        parts.append(sketch)
    if parts:
        stages.timetable = _joined(stages, parts)
        stages.found.of("timetable").counts |= _timetable_counts(stages.timetable)


def _joined(stages: Stages, parts: Sequence[Timetable]) -> Timetable:
    """Return feeds and sketches as one timetable, telling what had to be renamed or left out."""
    joined = join_told(parts)
    found = stages.found.of("timetable")
    if joined.renamed:
        found.add(problems=[_renamed([r.new_id for r in joined.renamed])])
    if joined.fares_dropped:
        found.add(problems=[_fares_dropped(sum(n for _, n in joined.fares_dropped))])
    return joined.timetable


def _read_feeds(stages: Stages) -> FeedReading:
    feeds = stages.config.gtfs
    return read_gtfs(
        [stages.find(f.path) for f in feeds],
        project=stages.project,
        brt_routes=stages.config.brt_routes,
        source_ids=[f.source or Path(f.path).stem for f in feeds],
        holidays=[f.holidays for f in feeds],
    )


def _sketch(stages: Stages) -> Timetable | None:
    lines: list[SketchLine] = [line for _, layer in stages.ksj for line in layer.lines]
    stops: list[SketchStop] = [stop for _, layer in stages.ksj for stop in layer.stops]
    if not lines and not stops:
        return None
    return stages.found.take("timetable", lambda: sketch_reading(lines, stops, project=stages.project))


def _timetable_counts(table: Timetable) -> dict[str, int]:
    return {
        "stops": table.n_stops,
        "routes": len(table.routes.route_id),
        "patterns": len(table.patterns.pattern_id),
        "trips": len(table.trips.trip_id),
        "stop_times": len(table.trips.arrival_s),
        "services": len(table.services.service_id),
    }


def _renamed(ids: Sequence[str]) -> Problem:
    return note(
        "timetable.renamed",
        "timetable",
        Text(
            f"ほかの時刻表と同じ id に、出どころの名前を付けました: {listed(ids)}",
            f"ids that another timetable has too got the name of their source: {listed(ids)}",
        ),
        count=len(ids),
    )


def _fares_dropped(count: int) -> Problem:
    return warning(
        "gtfs.currencies",
        "timetable fares",
        Text("ほかの通貨の運賃は使いません", "fares in another currency are not used"),
        Text("通貨をそろえてください", "use one currency"),
        count,
    )
