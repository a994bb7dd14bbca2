"""Owns which files a GTFS or GTFS-JP feed may hold and what becomes of each."""

from __future__ import annotations

from geodata.errors import Text
from geodata.reading import ReaderInfo

READER = ReaderInfo(
    "gtfs",
    Text("GTFS・標準的なバス情報フォーマット（GTFS-JP）", "GTFS and GTFS-JP"),
    "GTFS Schedule Reference (gtfs.org, with the tables of 2024); "
    "国土交通省「標準的なバス情報フォーマット」（GTFS-JP）仕様書 第2版 (2019-03) and 第3版 (2021-07)",
    verified=True,
)

CHECKED: dict[str, tuple[str, ...]] = {
    "feed_info": (),
    "attributions": (),
    "agency_jp": ("agency_id",),
    "office_jp": ("office_id",),
    "routes_jp": ("route_id",),
    "pattern_jp": ("jp_pattern_id",),
}
"""Tables that say something about the feed; a fault in one of them never stops the reading."""

UNUSED: dict[str, Text] = {
    "pathways": Text("駅構内の通路", "ways inside stations"),
    "levels": Text("駅の階", "floors of stations"),
    "fare_products": Text("運賃 v2", "fares v2"),
    "fare_media": Text("運賃 v2", "fares v2"),
    "fare_leg_rules": Text("運賃 v2", "fares v2"),
    "fare_leg_join_rules": Text("運賃 v2", "fares v2"),
    "fare_transfer_rules": Text("運賃 v2", "fares v2"),
    "rider_categories": Text("利用者区分", "rider categories"),
    "fare_rider_categories": Text("利用者区分別の運賃", "fares by rider category"),
    "areas": Text("運賃 v2 の区域", "areas of fares v2"),
    "stop_areas": Text("運賃 v2 の区域", "areas of fares v2"),
    "networks": Text("運賃 v2 の路線網", "networks of fares v2"),
    "route_networks": Text("運賃 v2 の路線網", "networks of fares v2"),
    "timeframes": Text("運賃 v2 の時間帯", "time frames of fares v2"),
    "booking_rules": Text("予約の規則", "booking rules"),
    "location_groups": Text("デマンド交通の乗降地点", "places of flexible trips"),
    "location_group_stops": Text("デマンド交通の乗降地点", "places of flexible trips"),
    "locations": Text("デマンド交通の区域", "areas of flexible trips"),
    "directions": Text("方向の名前", "names of directions"),
    "calendar_attributes": Text("運行日の説明", "descriptions of services"),
    "stop_attributes": Text("停留所の属性", "attributes of stops"),
    "route_attributes": Text("路線の属性", "attributes of routes"),
    "farezone_attributes": Text("運賃ゾーンの説明", "descriptions of fare zones"),
    "timetables": Text("時刻表の体裁", "layout of timetables"),
    "timetable_pages": Text("時刻表の体裁", "layout of timetables"),
}
"""Tables that are known and not used, and what they hold."""


def table_of(member: str) -> str:
    """Return the table a file of a feed holds, by its lower-case name: ``stops.txt`` → ``stops``."""
    for ending in (".txt", ".csv", ".geojson"):
        if member.endswith(ending):
            return member.removesuffix(ending)
    return ""
