"""Owns what to say when streets could not be downloaded: one message for each cause, each with its remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import Problem, Text, error

if TYPE_CHECKING:
    from geodata.readers.street_download import Overpass

BY_HAND = Text(
    "地域の .osm.pbf を（Geofabrik などから）ダウンロードして osm_pbf: に書いてください",
    "download the .osm.pbf of the region (from Geofabrik, for example) and name it under osm_pbf:",
)
LATER = Text(
    "時間をおいてやり直すか、" + BY_HAND.ja,
    "try again later, or " + BY_HAND.en,
)


CUT_OFF = Text("応答が途中で切れています", "the answer is cut off")
EMPTY = Text("この範囲の道が 1 本も返りませんでした", "the answer holds no street of this area")
NOT_JSON = Text(
    "道路ではなく Web ページ（エラー画面など）が返りました", "a web page came instead of streets, perhaps an error page"
)


def http(status: int, reason: str) -> Text:
    """Return what to say of an error that the server answered with."""
    return Text(f"エラー {status} {reason} が返りました", f"it answered with the error {status} {reason}")


def timed_out(server: Overpass) -> Text:
    """Return what to say of a server that stays silent."""
    return Text(f"{server.timeout_s:g} 秒待っても応答がありません", f"no answer within {server.timeout_s:g} s")


def unreachable(exc: Exception) -> Text:
    """Return what to say where there is no connection."""
    return Text(
        f"接続できません（{type(exc).__name__}）。通信・プロキシの設定を確かめてください",
        f"no connection ({type(exc).__name__}); check network and proxy",
    )


def failed(server: Overpass, code: str, what: Text) -> Problem:
    """Return the error for a download that failed, with the remedies that all share."""
    return error(
        f"overpass.{code}",
        server.url,
        Text(f"道路をダウンロードできません: {what.ja}", f"streets cannot be downloaded: {what.en}"),
        LATER,
    )


def busy(server: Overpass, status: int, n: int) -> Problem:
    """Return the error for a server that was busy `n` times."""
    what = Text(f"サーバーが混んでいます（{status}、{n} 回試行）", f"the server is busy ({status}, asked {n} times)")
    return failed(server, "busy", what)


def bad_address(server: Overpass) -> Problem:
    """Return the error for what is no web address."""
    return error(
        "overpass.address",
        server.url,
        Text("overpass_url: が Web アドレスではありません", "overpass_url: is no web address"),
        Text("例: https://overpass-api.de/api", "for example https://overpass-api.de/api"),
    )


def no_area() -> Problem:
    """Return the error for a city without people and stops."""
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


def too_large(size: float, most: float) -> Problem:
    """Return the error for an area that no public server should be asked for [km²]."""
    return error(
        "streets.area_too_large",
        "streets.download",
        Text(
            f"範囲が広すぎます（{size:,.0f} km²、上限 {most:,.0f} km²）",
            f"the area is too large ({size:,.0f} km², at most {most:,.0f} km²)",
        ),
        BY_HAND,
    )
