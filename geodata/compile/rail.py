"""Owns JR 常磐線 of the bundled city: five stations and their neighbours, forty trains a day each way."""

from __future__ import annotations

import itertools

from geodata.compile import facts
from geodata.compile.inputs import Inputs
from geodata.compile.lines import EVERY_DAY, Lines, StopTime
from geodata.compile.tables import seconds_of

ROUTE_ID = "jr-joban"


def add_rail(lines: Lines, inputs: Inputs) -> None:
    """Add stations, the line, and its headway trips; counts are observed, times between them assumed."""
    stations = inputs.jr_stations
    ids = [f"jr-{r.lower()}" for r in stations["romaji"]]
    for stop_id, row in zip(ids, stations.to_dict("records"), strict=True):
        lines.add_stop(
            stop_id,
            (f"{row['name']}駅", str(row["romaji"])),
            (float(row["lon"]), float(row["lat"])),
            in_city=int("Hitachi" in row["where"]),
            position_error_m=0,
            status="observed",
            source_id="rail-counts",
        )
    lines.add_route(
        ROUTE_ID,
        ("JR常磐線", "JR Joban Line"),
        agency="JR東日本",
        route_type="2",
        route_class="rail",
        color="2b6cb0",
        status="modelled",
        source_id="rail-counts",
        note="本数（各駅 上下各40本/日, 普通列車とみられる）は実測。"
        "発車時刻の資料はなく、時間帯への配分は仮定、駅間所要は2016年の2列車による試算。",
    )
    hops = hop_times(inputs)
    names = list(stations["name"])
    for direction, order in ((0, range(len(ids))), (1, range(len(ids) - 1, -1, -1))):
        sequence = list(order)
        times = _running_times([names[i] for i in sequence], [ids[i] for i in sequence], hops)
        pattern = f"{ROUTE_ID}-{direction}"
        lines.add_pattern(pattern, ROUTE_ID, direction, f"{names[sequence[-1]]}方面", times)
        for start, end, per_hour in facts.JR_HOURLY:
            lines.add_runs(pattern, EVERY_DAY, f"{start:02d}:00", 60 // per_hour, (end - start) * per_hour)


def hop_times(inputs: Inputs) -> dict[frozenset[str], int]:
    """Return pair of neighbouring stations → published running time, departure to next departure or arrival [s]."""
    hops: dict[frozenset[str], int] = {}
    for _, train in inputs.jr_trains.groupby("train", sort=False):
        rows = train.to_dict("records")
        for before, after in itertools.pairwise(rows):
            pair = frozenset((str(before["station"]), str(after["station"])))
            hops[pair] = seconds_of(str(after["time"])) - seconds_of(str(before["time"]))
    return hops


def _running_times(names: list[str], ids: list[str], hops: dict[frozenset[str], int]) -> list[StopTime]:
    times, clock_s = [StopTime(ids[0], 0, 0)], 0
    for i in range(1, len(ids)):
        clock_s += hops[frozenset((names[i - 1], names[i]))]
        last = i == len(ids) - 1
        # Published times run to the next departure, but to the arrival where the list ends (日立).
        at_list_end = names[i] == "日立"
        arrival = clock_s if last or at_list_end else clock_s - facts.JR_DWELL_S
        clock_s = arrival if last else arrival + facts.JR_DWELL_S
        times.append(StopTime(ids[i], arrival, clock_s))
    return times
