"""Owns fetching streets from an Overpass server through osmnx, once: what came is kept as GraphML beside the inputs."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from math import cos, radians
from typing import TYPE_CHECKING, Any

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.osm_tags import USED_TAGS
from geodata.readers.street_download_problems import (
    CUT_OFF,
    EMPTY,
    NOT_JSON,
    bad_address,
    busy,
    failed,
    http,
    no_area,
    timed_out,
    too_large,
    unreachable,
)
from geodata.readers.tables import note
from geodata.reading import ReaderInfo
from geodata.units import EARTH_RADIUS_M

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import networkx as nx

    from geodata.readers.osm_counts import Area

READER = ReaderInfo(
    "overpass",
    Text("Overpass からの取得（osmnx）", "download from Overpass (osmnx)"),
    "Overpass API, answer in JSON; osmnx 2",
    verified=False,
)

PUBLIC_URL = "https://overpass-api.de/api"
MAX_AREA_KM2 = 2_500.0
PAUSES_S = (15.0, 45.0)
"""How long to wait before asking a busy server again [s]; then it is given up."""

_FILTER = '["highway"]["highway"!~"abandoned|construction|no|planned|proposed|raceway|razed"]'
_AGENT = "Ekisei (city access simulator; osmnx)"
_BUSY = frozenset({429, 503, 504})
_OK = 200
_SHOWN = 120
_SLACK_DEGREES = 1e-4
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Overpass:
    """Where to ask, and how long to wait for an answer [s]."""

    url: str = PUBLIC_URL
    timeout_s: float = 180.0


@dataclass(slots=True)
class _Answer:
    """What the answers told about themselves; `osm_base`: date of the data."""

    osm_base: str = ""
    n_elements: int = 0
    remarks: list[str] = field(default_factory=list)


class _BusyError(Exception):
    """The server asks to come back later."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def fetch_streets(area: Area | None, server: Overpass, keep: Path) -> None:
    """
    Ask an Overpass server for the streets of an area, and keep them as GraphML; a file that is there is replaced.

    Nothing is written when anything goes wrong. Proxies of the environment are respected.

    Parameters
    ----------
    area
        West, south, east, north [degrees].
    server
        Where to ask.
    keep
        The file to write.

    Raises
    ------
    DataError
        If there is no area or too large a one, the server cannot be reached, is busy, or answers with anything but
        streets; or the file cannot be written.
    """
    if area is None:
        raise DataError(no_area())
    size = area_km2(area)
    if size > MAX_AREA_KM2:
        raise DataError(too_large(size, MAX_AREA_KM2))
    answer = _Answer()
    with _one_at_a_time, _osmnx_settings(server, answer):
        graph = _patiently(area, server)
    graph.graph["area_lonlat"] = ",".join(f"{v:.6f}" for v in area)
    graph.graph["osm_base"] = answer.osm_base
    _save(graph, keep)


def area_km2(area: Area) -> float:
    """Return the size of an area between meridians and parallels [km²]."""
    west, south, east, north = area
    metres = radians(1.0) * EARTH_RADIUS_M
    return (east - west) * cos(radians((south + north) / 2)) * (north - south) * metres**2 / 1e6


def kept_note(keep: Path, about: dict[str, str]) -> Problem:
    """Return the note on where streets come from, of what date, under which licence."""
    date = about.get("osm_base") or about.get("created_date") or "?"
    return note(
        "streets.downloaded",
        keep.name,
        Text(
            f"Overpass から取得した {date} 時点の道路です。© OpenStreetMap contributors、ODbL 1.0",
            f"streets as of {date}, fetched from Overpass; © OpenStreetMap contributors, ODbL 1.0",
        ),
        Text("取り直すにはこのファイルを消してください", "delete this file to fetch them again"),
    )


def smaller_note(keep: Path, about: dict[str, str], area: Area | None) -> list[Problem]:
    """Return a warning where kept streets do not reach as far as the city does now."""
    try:
        west, south, east, north = (float(v) for v in about.get("area_lonlat", "").split(","))
    except ValueError:
        return []
    slack = _SLACK_DEGREES
    if area is None or (
        west <= area[0] + slack and south <= area[1] + slack and east >= area[2] - slack and north >= area[3] - slack
    ):
        return []
    return [
        warning(
            "streets.kept_smaller",
            keep.name,
            Text("保存した道路の範囲より都市の範囲が広くなっています", "the city now reaches beyond the kept streets"),
            Text("このファイルを消すと、次の作成時に取り直します", "delete this file and they are fetched again"),
        )
    ]


def _patiently(area: Area, server: Overpass) -> nx.MultiDiGraph[int]:
    """Ask, and again after a pause while the server is busy."""
    for pause in (*PAUSES_S, None):
        try:
            return _asked(area, server)
        except _BusyError as exc:
            if pause is None:
                raise DataError(busy(server, exc.status, len(PAUSES_S) + 1)) from exc
            time.sleep(pause)
    raise AssertionError


def _asked(area: Area, server: Overpass) -> nx.MultiDiGraph[int]:
    import networkx as nx  # noqa: PLC0415 -- slow to load
    import osmnx  # noqa: PLC0415 -- takes seconds to load
    import shapely  # noqa: PLC0415

    try:
        graph = osmnx.graph_from_polygon(
            shapely.box(*area),
            network_type="all",
            simplify=False,
            retain_all=True,
            truncate_by_edge=True,
            custom_filter=_FILTER,
        )
    except DataError:
        raise
    except OSError as exc:  # the errors of requests are among them
        raise DataError(_not_answered(server, exc)) from exc
    except (KeyError, TypeError) as exc:
        raise DataError(failed(server, "truncated", CUT_OFF)) from exc
    except ValueError as exc:  # osmnx found no node of the area
        raise DataError(failed(server, "empty", EMPTY)) from exc
    if nx.is_empty(graph):
        raise DataError(failed(server, "empty", EMPTY))
    # A street ends where the way does, so that no edge mixes the tags of two ways.
    return osmnx.simplify_graph(graph, edge_attrs_differ=["osmid"])


def _not_answered(server: Overpass, exc: OSError) -> Problem:
    """Return what kept the answer from coming, by the kinds of errors that requests has."""
    kinds = {kind.__name__ for kind in type(exc).__mro__}
    if kinds & {"InvalidURL", "MissingSchema", "InvalidSchema", "LocationParseError"}:
        return bad_address(server)
    if "Timeout" in kinds:
        return failed(server, "timeout", timed_out(server))
    if "ChunkedEncodingError" in kinds:
        return failed(server, "truncated", CUT_OFF)
    return failed(server, "unreachable", unreachable(exc))


@contextmanager
def _osmnx_settings(server: Overpass, answer: _Answer) -> Iterator[None]:
    """Set what osmnx reads from its module, and put everything back: it is shared by the whole process."""
    import osmnx  # noqa: PLC0415

    wanted: dict[str, Any] = {
        "overpass_url": server.url.rstrip("/").removesuffix("/interpreter"),
        "overpass_rate_limit": False,
        "requests_timeout": server.timeout_s,
        "overpass_settings": "[out:json][timeout:" + str(max(1, int(server.timeout_s))) + "]{maxsize}",
        "requests_kwargs": {"hooks": {"response": lambda response, **_: _check_answer(response, server, answer)}},
        "use_cache": False,
        "cache_only_mode": False,
        "doh_url_template": None,
        "http_user_agent": _AGENT,
        "useful_tags_way": [*USED_TAGS, "name"],
        "all_oneway": False,
        "log_console": False,
        "log_file": False,
    }
    before = {name: getattr(osmnx.settings, name) for name in wanted}
    resolve = socket.getaddrinfo  # osmnx replaces it
    for name, value in wanted.items():
        setattr(osmnx.settings, name, value)
    try:
        yield
    finally:
        socket.getaddrinfo = resolve
        for name, value in before.items():
            setattr(osmnx.settings, name, value)


def _check_answer(response: Any, server: Overpass, answer: _Answer) -> None:
    """Refuse what is no complete answer; osmnx itself would wait for ever, or take a part for the whole."""
    if response.is_redirect:
        return
    response.content  # noqa: B018 -- read to the end, so that the connection is given back even when refused
    if response.status_code in _BUSY:
        raise _BusyError(response.status_code)
    if response.status_code != _OK:
        raise DataError(failed(server, "http", http(response.status_code, response.reason)))
    head = response.content[:_SHOWN].lstrip().lower()
    if head.startswith(b"<"):
        raise DataError(failed(server, "not_json", NOT_JSON))
    try:
        told = response.json()
        elements, remark = told["elements"], told.get("remark", "")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError(failed(server, "truncated", CUT_OFF)) from None
    if remark:
        raise DataError(failed(server, "remark", Text(f"サーバーの注記: {remark}", f"the server remarks: {remark}")))
    if not elements:
        raise DataError(failed(server, "empty", EMPTY))
    answer.n_elements += len(elements)
    answer.osm_base = str((told.get("osm3s") or {}).get("timestamp_osm_base", ""))


def _save(graph: nx.MultiDiGraph[int], keep: Path) -> None:
    import osmnx  # noqa: PLC0415

    draft = keep.with_name(f".{keep.name}.{os.getpid()}.tmp")
    try:
        osmnx.save_graphml(graph, draft)
        draft.replace(keep)
    except OSError as exc:
        raise DataError(
            error(
                "streets.not_saved",
                str(keep),
                Text(f"取得した道路を保存できません: {exc.strerror}", f"the streets cannot be kept: {exc.strerror}"),
                Text("keep: を書き込める場所にしてください", "let keep: name a place that can be written"),
            ),
        ) from exc
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
