"""Owns ひたちBRT of the bundled city: real stop order, snapped to a line through known points, with error radii."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.compile import facts
from geodata.compile.inputs import Inputs
from geodata.compile.lines import HOLIDAY, WEEKDAY, Lines, StopTime
from geodata.compile.tables import place, plane
from geodata.errors import Text
from geodata.units import FloatArray

ROUTE_ID = "hitachi-brt"
WORKS_PATTERN = "hitachi-brt-works"
TAGA, KAWARAGO, OMIKA, LIBRARY, SAKANA = 1, 6, 13, 19, 23
WORKS_STOPS = (24, 25)
BETWEEN_ERROR_M = 100.0
"""Added to the interpolated radius of a stop that has no point of its own. Assumption."""
OLD_STATION_ERROR_M = 300.0
"""Radius of a stop placed by the chainage of the former railway. Assumption: that of the neighbouring points."""
WORKS_ERROR_M = 800.0
DWELL_S = 20


@dataclass(frozen=True, slots=True, eq=False)
class BrtLine:
    """
    The line through the known points, and where each stop lies on it.

    `vertices` (V, 2) and `measure` (V,): points of the line [m] and their distance along it [m]; `position`: stop
    order → distance along the line [m]; `error_m`: stop order → radius [m]; `km`: stop order → published kilometres
    from 多賀駅前.
    """

    vertices: FloatArray
    measure: FloatArray
    position: dict[int, float]
    error_m: dict[int, float]
    km: dict[int, float]

    def point(self, order: int) -> FloatArray:
        """Return the place of a stop on the line [m], shape (2,)."""
        at = self.position[order]
        return np.array([np.interp(at, self.measure, self.vertices[:, axis]) for axis in (0, 1)])

    @property
    def length_km(self) -> float:
        """Length of the drawn line [km]."""
        return float(self.measure[-1]) / 1000

    @property
    def busway_km(self) -> float:
        """Length of the drawn busway, 河原子 to 南部図書館 [km]."""
        return (self.position[LIBRARY] - self.position[KAWARAGO]) / 1000


def lay_line(inputs: Inputs) -> BrtLine:
    """Draw the line through the anchors and place all stops on it, in order."""
    anchors = {
        int(r["order_from_taga"]): (float(r["anchor_lon"]), float(r["anchor_lat"]), float(r["anchor_error_m_guess"]))
        for r in inputs.brt_stops.to_dict("records")
        if r["anchor_lat"] and int(r["order_from_taga"]) <= SAKANA
    }
    orders = sorted(anchors)
    vertices = np.array([plane(facts.EPSG, *anchors[o][:2]) for o in orders])
    measure = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(vertices, axis=0).T))])
    position = dict(zip(orders, measure.tolist(), strict=True))
    error = {o: anchors[o][2] for o in orders}
    _place_old_stations(inputs, position, error)
    known = sorted(position)
    for order in range(TAGA, SAKANA + 1):
        if order not in position:
            position[order] = float(np.interp(order, known, [position[k] for k in known]))
            error[order] = float(np.interp(order, known, [error[k] for k in known])) + BETWEEN_ERROR_M
    return BrtLine(vertices, measure, position, error, _kilometres(position))


def _place_old_stations(inputs: Inputs, position: dict[int, float], error: dict[int, float]) -> None:
    """Place stops that stand at former stations by the chainage of the old railway, between 河原子 and 大甕."""
    order_of = {r["name"]: int(r["order_from_taga"]) for r in inputs.brt_stops.to_dict("records")}
    length_km = facts.BRT_OLD_LINE_KM["河原子（BRT）"]
    for name, km in facts.BRT_OLD_LINE_KM.items():
        order = order_of[name]
        if KAWARAGO < order < OMIKA:
            span = position[OMIKA] - position[KAWARAGO]
            position[order] = position[KAWARAGO] + (length_km - km) / length_km * span
            error[order] = max(error.get(order, 0.0), OLD_STATION_ERROR_M)


def _kilometres(position: dict[int, float]) -> dict[int, float]:
    """Return stop → published kilometres from 多賀駅前, the drawn line stretched between the lengths that are known."""
    south_km = facts.BRT_PHASE1_KM + facts.BRT_OLD_LINE_KM["南部図書館"]  # 南部図書館 to おさかなセンター
    library_km = facts.BRT_ROUTE_KM - south_km
    kawarago_km = library_km - facts.BRT_BUSWAY_KM
    omika_km = kawarago_km + facts.BRT_OLD_LINE_KM["河原子（BRT）"]
    ends = [position[o] for o in (TAGA, KAWARAGO, OMIKA, LIBRARY, SAKANA)]
    known = [0.0, kawarago_km, omika_km, library_km, facts.BRT_ROUTE_KM]
    return {order: float(np.interp(at, ends, known)) for order, at in position.items()}


def running_minutes(line: BrtLine) -> dict[int, float]:
    """Return stop → minutes from 多賀駅前: 21 min on the busway, the speed of the interim route on ordinary roads."""
    first, last = line.km[KAWARAGO], line.km[LIBRARY]
    road = facts.BRT_INTERIM_MIN / facts.BRT_INTERIM_KM
    busway = facts.BRT_BUSWAY_MIN / facts.BRT_BUSWAY_KM
    known_km = [0.0, first, last, facts.BRT_ROUTE_KM]
    known_min = np.cumsum([0.0, first * road, (last - first) * busway, (facts.BRT_ROUTE_KM - last) * road])
    return {order: float(np.interp(km, known_km, known_min)) for order, km in line.km.items()}


def note_of(line: BrtLine) -> Text:
    """Return what a page says about the line: what is real, and how far the drawn line is from the published length."""
    total, busway = facts.BRT_ROUTE_KM, facts.BRT_BUSWAY_KM
    return Text(
        "停留所の順・起終点の始発終発（2019-04）は実測。停留所の位置は目安の点を通る線上の試算（誤差半径つき）。"
        f"描いた線は {line.length_km:.2f} km（公表 {total} km）、"
        f"うち専用道 {line.busway_km:.2f} km（公表 {busway} km）。"
        "始発と終発の間は2013年I期の本数（平日36往復・休日24往復）を当てた仮定。"
        "所要は専用道21分（公表）と一般道の試算。",
        "Order, first and last departures (2019-04) are real; stops are modelled on a line through known points, with "
        f"error radii. The drawn line is {line.length_km:.2f} km (published {total} km), its busway "
        f"{line.busway_km:.2f} km (published {busway} km). Between first and last run the counts of 2013 are assumed; "
        "21 min on the busway are published, the rest is modelled.",
    )


def add_brt(lines: Lines, inputs: Inputs) -> None:
    """Add stops, line, both directions and the works branch (listed without runs: its times are not known)."""
    line = lay_line(inputs)
    names = {int(r["order_from_taga"]): str(r["name"]) for r in inputs.brt_stops.to_dict("records")}
    orders = list(range(TAGA, SAKANA + 1))
    for order in orders:
        _add_stop(lines, order, names[order], line.point(order), line.error_m[order])
    lines.add_route(
        ROUTE_ID,
        ("ひたちBRT", "Hitachi BRT"),
        agency="茨城交通",
        route_type="3",
        route_class="brt",
        color="c2410c",
        status="modelled",
        source_id="brt-facts",
        note=note_of(line).ja,
    )
    minutes = running_minutes(line)
    shape = [place(facts.EPSG, xy) for xy in _line_points(line)]
    for direction, sequence in ((0, orders), (1, orders[::-1])):
        times = _stop_times(sequence, minutes)
        pattern = f"{ROUTE_ID}-{direction}"
        points = shape if direction == 0 else shape[::-1]
        lines.add_pattern(pattern, ROUTE_ID, direction, names[sequence[-1]], times, points)
        _add_departures(lines, pattern, direction)
    _add_works_branch(lines, inputs, line, names)


def _add_departures(lines: Lines, pattern: str, direction: int) -> None:
    for service in (WEEKDAY, HOLIDAY):
        first, last, blocks = facts.BRT_DEPARTURES[service, direction]
        lines.add_run(pattern, service, first)
        for start, headway_min, n_runs in blocks:
            lines.add_runs(pattern, service, start, headway_min, n_runs)
        lines.add_run(pattern, service, last)


def _stop_times(sequence: list[int], minutes: dict[int, float]) -> list[StopTime]:
    start = minutes[sequence[0]]
    times = []
    for i, order in enumerate(sequence):
        arrival = round(abs(minutes[order] - start) * 60)
        # The stop itself is part of the published running time, so it is taken out of it.
        dwell = DWELL_S if 0 < i < len(sequence) - 1 else 0
        times.append(StopTime(_stop_id(order), arrival - dwell, arrival))
    return times


def _line_points(line: BrtLine) -> FloatArray:
    """Return the vertices of the line and the stops on it, in order along the line [m]."""
    measure = np.unique(np.round(np.concatenate([line.measure, list(line.position.values())]), 3))
    return np.column_stack([np.interp(measure, line.measure, line.vertices[:, axis]) for axis in (0, 1)])


def _add_works_branch(lines: Lines, inputs: Inputs, line: BrtLine, names: dict[int, str]) -> None:
    front, works = WORKS_STOPS
    row = next(r for r in inputs.brt_stops.to_dict("records") if int(r["order_from_taga"]) == works)
    end = plane(facts.EPSG, float(row["anchor_lon"]), float(row["anchor_lat"]))
    _add_stop(lines, front, names[front], (line.point(OMIKA + 1) + end) / 2, WORKS_ERROR_M)
    _add_stop(lines, works, names[works], end, float(row["anchor_error_m_guess"]))
    points = [line.point(OMIKA), (line.point(OMIKA + 1) + end) / 2, end]
    speed = facts.BRT_INTERIM_MIN * 60 / (facts.BRT_INTERIM_KM * 1000)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    times = [
        StopTime(_stop_id(o), round(d * speed), round(d * speed))
        for o, d in zip((OMIKA, front, works), along, strict=True)
    ]
    lines.add_pattern(WORKS_PATTERN, ROUTE_ID, 0, f"{names[works]}（通勤便・運行時刻不明）", times)


def _add_stop(lines: Lines, order: int, name: str, xy: FloatArray, error_m: float) -> None:
    lines.add_stop(
        _stop_id(order),
        (name, facts.BRT_ROMAJI[order - 1]),
        place(facts.EPSG, xy),
        position_error_m=np.ceil(error_m / 50) * 50,
        status="assumed" if order in WORKS_STOPS else "modelled",
        source_id="brt-facts",
    )


def _stop_id(order: int) -> str:
    return f"brt-{order:02d}"
