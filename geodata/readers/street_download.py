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
from geodata.readers.tables import note
from geodata.reading import ReaderInfo
from geodata.units import EARTH_RADIUS_M

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geodata.readers.osm import Area

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

_BY_HAND = Text(
    "地域の .osm.pbf を（Geofabrik などから）ダウンロードして osm_pbf: に書いてください",
    "download the .osm.pbf of the region (from Geofabrik, for example) and name it under osm_pbf:",
)
_LATER = Text(
    "時間をおいてやり直すか、" + _BY_HAND.ja,
    "try again later, or " + _BY_HAND.en,
)


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
        raise DataError(_no_area())
    size = area_km2(area)
    if size > MAX_AREA_KM2:
        raise DataError(_too_large(size))
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


def _patiently(area: Area, server: Overpass) -> Any:
    """Ask, and again after a pause while the server is busy."""
    for pause in (*PAUSES_S, None):
        try:
            return _asked(area, server)
        except _BusyError as exc:
            if pause is None:
                raise DataError(_busy(server, exc.status)) from exc
            time.sleep(pause)
    raise AssertionError


def _asked(area: Area, server: Overpass) -> Any:
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
        raise DataError(_failed(server, "truncated", _CUT_OFF)) from exc
    except ValueError as exc:  # osmnx found no node of the area
        raise DataError(_failed(server, "empty", _EMPTY)) from exc
    if not graph.number_of_edges():
        raise DataError(_failed(server, "empty", _EMPTY))
    # A street ends where the way does, so that no edge mixes the tags of two ways.
    return osmnx.simplify_graph(graph, edge_attrs_differ=["osmid"])


def _not_answered(server: Overpass, exc: OSError) -> Problem:
    """Return what kept the answer from coming, by the kinds of errors that requests has."""
    kinds = {kind.__name__ for kind in type(exc).__mro__}
    if kinds & {"InvalidURL", "MissingSchema", "InvalidSchema", "LocationParseError"}:
        return _bad_address(server)
    if "Timeout" in kinds:
        return _failed(server, "timeout", _timed_out(server))
    if "ChunkedEncodingError" in kinds:
        return _failed(server, "truncated", _CUT_OFF)
    return _failed(server, "unreachable", _unreachable(exc))


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
        raise DataError(_failed(server, "http", _http(response.status_code, response.reason)))
    head = response.content[:_SHOWN].lstrip().lower()
    if head.startswith(b"<"):
        raise DataError(_failed(server, "not_json", _NOT_JSON))
    try:
        told = response.json()
        elements, remark = told["elements"], told.get("remark", "")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError(_failed(server, "truncated", _CUT_OFF)) from None
    if remark:
        raise DataError(_failed(server, "remark", Text(f"サーバーの注記: {remark}", f"the server remarks: {remark}")))
    if not elements:
        raise DataError(_failed(server, "empty", _EMPTY))
    answer.n_elements += len(elements)
    answer.osm_base = str((told.get("osm3s") or {}).get("timestamp_osm_base", ""))


def _save(graph: Any, keep: Path) -> None:
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


_CUT_OFF = Text("応答が途中で切れています", "the answer is cut off")
_EMPTY = Text("この範囲の道が 1 本も返りませんでした", "the answer holds no street of this area")
_NOT_JSON = Text(
    "道路ではなく Web ページ（エラー画面など）が返りました", "a web page came instead of streets, perhaps an error page"
)


def _http(status: int, reason: str) -> Text:
    return Text(f"エラー {status} {reason} が返りました", f"it answered with the error {status} {reason}")


def _timed_out(server: Overpass) -> Text:
    return Text(f"{server.timeout_s:g} 秒待っても応答がありません", f"no answer within {server.timeout_s:g} s")


def _unreachable(exc: Exception) -> Text:
    return Text(
        f"接続できません（{type(exc).__name__}）。通信・プロキシの設定を確かめてください",
        f"no connection ({type(exc).__name__}); check network and proxy",
    )


def _failed(server: Overpass, code: str, what: Text) -> Problem:
    return error(
        f"overpass.{code}",
        server.url,
        Text(f"道路をダウンロードできません: {what.ja}", f"streets cannot be downloaded: {what.en}"),
        _LATER,
    )


def _busy(server: Overpass, status: int) -> Problem:
    n = len(PAUSES_S) + 1
    what = Text(f"サーバーが混んでいます（{status}、{n} 回試行）", f"the server is busy ({status}, asked {n} times)")
    return _failed(server, "busy", what)


def _bad_address(server: Overpass) -> Problem:
    return error(
        "overpass.address",
        server.url,
        Text("overpass_url: が Web アドレスではありません", "overpass_url: is no web address"),
        Text(f"例: {PUBLIC_URL}", f"for example {PUBLIC_URL}"),
    )


def _no_area() -> Problem:
    return error(
        "streets.no_area",
        "streets.download",
        Text(
            "取得する範囲が決まりません（人口も停留所もありません）",
            "no area to fetch: there are no people and no stops",
        ),
        Text(
            "population: か gtfs: を設定するか、osm_pbf: を使ってください",
            "configure population: or gtfs:, or use osm_pbf:",
        ),
    )


def _too_large(size: float) -> Problem:
    return error(
        "streets.area_too_large",
        "streets.download",
        Text(
            f"範囲が広すぎます（{size:,.0f} km²、上限 {MAX_AREA_KM2:,.0f} km²）",
            f"the area is too large ({size:,.0f} km², at most {MAX_AREA_KM2:,.0f} km²)",
        ),
        _BY_HAND,
    )
