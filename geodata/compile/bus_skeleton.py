"""Owns the assumed bus lines: estates and district centres to the nearest station, until a real GTFS replaces them."""

from __future__ import annotations

import itertools
import math

import numpy as np

from geodata.compile import facts
from geodata.compile.inputs import Inputs
from geodata.compile.lines import HOLIDAY, WEEKDAY, Lines, StopTime
from geodata.compile.tables import place, plane

STATION = "駅"


def _parse_routes(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the places of each route; a route starts with a dash."""
    return tuple(tuple(route.split()) for route in text.split("-")[1:])


ROUTES = _parse_routes("""
    - 日立駅 弁天町一丁目 鹿島町一丁目 助川町一丁目 高鈴町一丁目 高鈴町二丁目 高鈴町四丁目 高鈴町五丁目
    - 日立駅 平和町二丁目 若葉町三丁目 神峰町四丁目 本宮町一丁目 滑川町一丁目 滑川本町一丁目 滑川本町五丁目
      田尻町五丁目 田尻町四丁目 日高町五丁目 小木津駅
    - 日立駅 東町一丁目 東町二丁目 本宮町四丁目 東滑川町一丁目 東滑川町二丁目 東滑川町三丁目 東滑川町四丁目
      東滑川町五丁目 田尻町六丁目
    - 日立駅 若葉町一丁目 神峰町二丁目 宮田町二丁目 宮田町四丁目 白銀町一丁目 白銀町二丁目 白銀町三丁目
    - 日立駅 弁天町二丁目 鹿島町三丁目 助川町二丁目 助川町四丁目 助川町五丁目 城南町五丁目 城南町四丁目
    - 日立駅 旭町二丁目 幸町三丁目 会瀬町三丁目 会瀬町二丁目 東成沢町二丁目 東成沢町一丁目 鮎川町四丁目
      国分町一丁目 多賀町四丁目 常陸多賀駅
    - 日立駅 弁天町三丁目 城南町一丁目 会瀬町四丁目 中成沢町一丁目 中成沢町二丁目 西成沢町一丁目
      西成沢町二丁目 西成沢町四丁目
    - 常陸多賀駅 多賀町四丁目 多賀町五丁目 鮎川町二丁目 鮎川町五丁目 中成沢町三丁目 西成沢町三丁目
      西成沢町二丁目
    - 常陸多賀駅 千石町二丁目 桜川町一丁目 桜川町四丁目 諏訪町一丁目 諏訪町二丁目 諏訪町三丁目 諏訪町四丁目
      諏訪町六丁目
    - 常陸多賀駅 千石町一丁目 大久保町一丁目 末広町二丁目 末広町三丁目 末広町四丁目 末広町五丁目 中丸町一丁目
      中丸町二丁目
    - 常陸多賀駅 千石町三丁目 大久保町三丁目 大久保町五丁目 塙山町一丁目 塙山町二丁目
    - 常陸多賀駅 東多賀町五丁目 千石町四丁目 金沢町二丁目 金沢町三丁目 金沢町五丁目 金沢町六丁目 金沢町七丁目
      台原町二丁目 台原町三丁目
    - 常陸多賀駅 東多賀町五丁目 東金沢町三丁目 東金沢町四丁目 金沢町一丁目 東金沢町五丁目 東大沼町二丁目
      東大沼町三丁目 森山町一丁目 森山町五丁目 大甕駅
    - 常陸多賀駅 河原子町一丁目 河原子町二丁目 河原子町三丁目 東金沢町一丁目 東大沼町一丁目 東大沼町四丁目
      水木町一丁目 大みか町三丁目 大甕駅
    - 大甕駅 森山町五丁目 森山町二丁目 森山町三丁目 みかの原町二丁目 みかの原町一丁目 大沼町三丁目
      大沼町四丁目 大沼町一丁目
    - 大甕駅 大みか町二丁目 大みか町四丁目 大みか町五丁目 久慈町二丁目
    - 大甕駅 大みか町六丁目 久慈町七丁目 石名坂町一丁目 石名坂町二丁目 大和田町一丁目 大和田町
    - 大甕駅 大みか町六丁目 南高野町三丁目 南高野町二丁目 南高野町一丁目 茂宮町 下土木内町 神田町
    - 大甕駅 久慈町六丁目 久慈町五丁目 久慈町三丁目 久慈町四丁目 留町
    - 小木津駅 日高町一丁目 田尻町一丁目 田尻町二丁目 かみあい町一丁目 かみあい町二丁目 かみあい町三丁目
    - 小木津駅 日高町五丁目 相田町一丁目 相田町二丁目 日高町四丁目 日高町三丁目
    - 小木津駅 日高町二丁目 小木津町三丁目 小木津町四丁目 折笠町 川尻町一丁目 川尻町三丁目 川尻町四丁目
      川尻町五丁目 川尻町七丁目 折笠町一丁目 川尻町六丁目 十王駅
    - 小木津駅 小木津町一丁目 小木津町二丁目
    - 十王駅 十王町友部東二丁目 十王町城の丘一丁目 十王町城の丘三丁目 十王町城の丘五丁目 十王町城の丘四丁目
    - 十王駅 十王町伊師本郷 十王町伊師
""")
"""Invented: which 町丁目 a bus would call at between stations. 「N駅」 is a station, everything else a 町丁目."""

REMOTE_ROUTES = _parse_routes("""
    - 十王駅 十王町城の丘二丁目 十王町友部 十王町山部
    - 日立駅 若葉町一丁目 宮田町二丁目 入四間町 東河内町 下深荻町
""")
"""Invented: the same for the hill country, with few runs."""

STOP_SPACING_M = 450.0
OPEN_COUNTRY_M = 2_000.0
"""Longer hops have no stops in between: nobody lives on the pass."""
ROAD_FACTOR, SPEED_KMH, REMOTE_SPEED_KMH = 1.3, 18.0, 25.0
"""Road length ÷ straight line, and speed with stops. Assumptions (cars in the peak: 23.5 km/h observed, H22)."""
POSITION_ERROR_M = 300.0

TOWN_BLOCKS = {
    WEEKDAY: (("06:30", 30, 5), ("09:00", 60, 7), ("16:00", 30, 6), ("19:00", 60, 2)),
    HOLIDAY: (("07:30", 60, 12),),
}
REMOTE_BLOCKS = {WEEKDAY: (("06:30", 120, 7),), HOLIDAY: (("07:30", 180, 4),)}
"""First departure, headway [min], runs. Assumptions: hourly by day; real ones are not to be had."""


def add_bus_skeleton(lines: Lines, inputs: Inputs) -> None:
    """Add all assumed lines; their stops are shared by name."""
    stops: dict[str, tuple[str, np.ndarray]] = {}
    for i, names in enumerate((*ROUTES, *REMOTE_ROUTES)):
        remote = i >= len(ROUTES)
        _add_line(lines, inputs, stops, i + 1, names, remote=remote)


def _add_line(
    lines: Lines,
    inputs: Inputs,
    stops: dict[str, tuple[str, np.ndarray]],
    number: int,
    names: tuple[str, ...],
    *,
    remote: bool,
) -> None:
    route_id = f"assumed-{number:02d}"
    lines.add_route(
        route_id,
        (f"仮定のバス路線 {number}", f"Assumed bus line {number}"),
        agency="",
        route_type="3",
        route_class="bus",
        color="9ca3af",
        status="assumed",
        source_id="bus-skeleton",
        note="実在の路線ではない。経路・停留所・運行間隔はすべて仮定。実GTFSを入れると置き換わる。",
    )
    sequence = [_stop(lines, stops, *p) for p in _places(inputs, names)]
    speed_m_s = (REMOTE_SPEED_KMH if remote else SPEED_KMH) / 3.6
    for direction, order in ((0, sequence), (1, sequence[::-1])):
        hops = [math.dist(a[1], b[1]) * ROAD_FACTOR / speed_m_s for a, b in itertools.pairwise(order)]
        clock = np.concatenate([[0.0], np.cumsum(hops)])
        times = [StopTime(s[0], round(t), round(t)) for s, t in zip(order, clock.tolist(), strict=True)]
        pattern = f"{route_id}-{direction}"
        end = names[-1] if direction == 0 else names[0]
        lines.add_pattern(pattern, route_id, direction, f"{end}（仮定）", times)
        for service, blocks in (REMOTE_BLOCKS if remote else TOWN_BLOCKS).items():
            for start, headway_min, n_runs in blocks:
                lines.add_runs(pattern, service, start, headway_min, n_runs)


def _places(inputs: Inputs, names: tuple[str, ...]) -> list[tuple[str, np.ndarray]]:
    """Return (name, xy) of all stops: the named places, and stops between them where the way is long."""
    named = [(n, _xy(inputs, n)) for n in names]
    places = [named[0]]
    for (before, a), (after, b) in itertools.pairwise(named):
        length = math.dist(a, b)
        n_hops = 1 if length > OPEN_COUNTRY_M else math.ceil(length / STOP_SPACING_M)
        places += [
            (f"{before}・{after} 間 {k}" if n_hops > 2 else f"{before}・{after} 間", a + (b - a) * k / n_hops)  # noqa: PLR2004
            for k in range(1, n_hops)
        ]
        places.append((after, b))
    return places


def _xy(inputs: Inputs, name: str) -> np.ndarray:
    if name.endswith(STATION):
        row = inputs.jr_stations[inputs.jr_stations["name"] == name.removesuffix(STATION)].iloc[0]
        return plane(facts.EPSG, float(row["lon"]), float(row["lat"]))
    town = inputs.town(name)
    return plane(facts.EPSG, town.lon, town.lat)


def _stop(
    lines: Lines,
    stops: dict[str, tuple[str, np.ndarray]],
    name: str,
    xy: np.ndarray,
) -> tuple[str, np.ndarray]:
    if name not in stops:
        stop_id = f"assumed-stop-{len(stops) + 1:03d}"
        lines.add_stop(
            stop_id,
            (f"{name}（仮定の停留所）", "assumed stop"),
            place(facts.EPSG, xy),
            position_error_m=POSITION_ERROR_M,
            status="assumed",
            source_id="bus-skeleton",
        )
        stops[name] = (stop_id, xy)
    return stops[name]
