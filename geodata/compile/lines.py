"""Owns the growing timetable while it is compiled: stops, routes, patterns, trips, as rows of text."""

from __future__ import annotations

from dataclasses import dataclass, field

from geodata.compile.tables import Row, Table, clock, degrees, seconds_of, table

EVERY_DAY, WEEKDAY, HOLIDAY = "everyday", "weekday", "holiday"
FIRST_DAY, LAST_DAY = "2020-01-01", "2050-12-31"


@dataclass(frozen=True, slots=True)
class StopTime:
    """One stop of a pattern: stop id, arrival and departure after the first departure [s]."""

    stop_id: str
    arrival_s: int
    departure_s: int


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Rows gathered so far; the order of adding is the order in the files."""

    stops: list[Row] = field(default_factory=list)
    routes: list[Row] = field(default_factory=list)
    patterns: list[Row] = field(default_factory=list)
    pattern_stops: list[Row] = field(default_factory=list)
    shapes: list[Row] = field(default_factory=list)
    trips: list[Row] = field(default_factory=list)

    def add_stop(self, stop_id: str, name: tuple[str, str], lonlat: tuple[float, float], **more: str | float) -> None:
        """Add a stop; `name` = (Japanese, English); `more`: in_city, position_error_m, status, source_id."""
        self.stops.append(
            {
                "stop_id": stop_id,
                "name": name[0],
                "name_en": name[1],
                "lon": degrees(lonlat[0]),
                "lat": degrees(lonlat[1]),
                "in_city": str(int(more.get("in_city", 1))),
                "position_error_m": f"{float(more['position_error_m']):.0f}",
                "status": str(more["status"]),
                "source_id": str(more["source_id"]),
            },
        )

    def add_route(self, route_id: str, name: tuple[str, str], **more: str) -> None:
        """Add a route; `name` = (Japanese, English); `more`: agency, type, class, color, status, source, note."""
        self.routes.append(
            {
                "route_id": route_id,
                "name": name[0],
                "name_en": name[1],
                "agency": more["agency"],
                "route_type": more["route_type"],
                "route_class": more["route_class"],
                "color": more["color"],
                "status": more["status"],
                "source_id": more["source_id"],
                "note": more["note"],
            },
        )

    def add_pattern(
        self,
        pattern_id: str,
        route_id: str,
        direction: int,
        headsign: str,
        times: list[StopTime],
        shape: list[tuple[float, float]] | None = None,
    ) -> None:
        """Add a pattern with its running times and, where known, the line to draw [degrees]."""
        self.patterns.append(
            {
                "pattern_id": pattern_id,
                "route_id": route_id,
                "direction": str(direction),
                "headsign": headsign,
            },
        )
        for i, t in enumerate(times):
            self.pattern_stops.append(
                {
                    "pattern_id": pattern_id,
                    "sequence": str(i + 1),
                    "stop_id": t.stop_id,
                    "arrival_s": str(t.arrival_s),
                    "departure_s": str(t.departure_s),
                },
            )
        for i, (lon, lat) in enumerate(shape or []):
            self.shapes.append(
                {"pattern_id": pattern_id, "sequence": str(i + 1), "lon": degrees(lon), "lat": degrees(lat)},
            )

    def add_run(self, pattern_id: str, service_id: str, departure: str) -> None:
        """Add one run that leaves the first stop at a published time HH:MM."""
        self._add_trip(pattern_id, service_id, seconds_of(departure), 0, 0)

    def add_runs(self, pattern_id: str, service_id: str, start: str, headway_min: int, n_runs: int) -> None:
        """Add `n_runs` runs at a headway; where in the headway they leave is not known."""
        first = seconds_of(start)
        self._add_trip(pattern_id, service_id, first, headway_min * 60, first + n_runs * headway_min * 60)

    def _add_trip(self, pattern_id: str, service_id: str, start_s: int, headway_s: int, end_s: int) -> None:
        number = sum(1 for t in self.trips if t["pattern_id"] == pattern_id and t["service_id"] == service_id)
        self.trips.append(
            {
                "trip_id": f"{pattern_id}:{service_id}:{number + 1}",
                "pattern_id": pattern_id,
                "service_id": service_id,
                "start": clock(start_s),
                "end": clock(end_s) if headway_s else "",
                "headway_s": str(headway_s),
            },
        )

    def tables(self) -> list[Table]:
        """Return the files of the timetable."""
        return [
            table("stops.csv", self.stops),
            table("routes.csv", self.routes),
            table("patterns.csv", self.patterns),
            table("pattern_stops.csv", self.pattern_stops),
            table("shapes.csv", self.shapes),
            table("trips.csv", self.trips),
            services_table(),
        ]


def services_table() -> Table:
    """Return services.csv: days as a mask (bit 0 Monday … 6 Sunday, 7 Japanese holidays)."""
    masks = {EVERY_DAY: 0b1111_1111, WEEKDAY: 0b0001_1111, HOLIDAY: 0b1110_0000}
    return table(
        "services.csv",
        [
            {
                "service_id": service,
                "day_mask": str(mask),
                "holiday_aware": "1",
                "start_date": FIRST_DAY,
                "end_date": LAST_DAY,
            }
            for service, mask in masks.items()
        ],
    )
