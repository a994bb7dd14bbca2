"""Owns what the headings of Japanese tables of facilities mean: fields, hours by weekday, kind of table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from geodata.errors import Text
from geodata.readers.headings import headings_of, plain_heading
from geodata.readers.hours_words import DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

# デジタル庁 自治体標準オープンデータセット（2023）, before it 推奨データセット; 厚生労働省 医療情報ネット;
# 地方厚生局 コード内容別医療機関一覧表; and what cities call the same. The surest heading stands first.
WORDS: dict[str, tuple[str, ...]] = {
    "name": (
        *(
            "名称",
            "施設名称",
            "施設名",
            "正式名称",
            "医療機関名称",
            "医療機関名",
            "事業所名称",
            "事業所の名称",
            "事業所名",
        ),
        *(
            "公共施設名称",
            "学校名称",
            "学校名",
            "病院名",
            "診療所名",
            "園名",
            "保育所名",
            "店舗名",
            "施設・場所名",
            "設置場所名称",
        ),
        *("設置施設名", "避難所名", "公園名", "名前", "facility_name", "name"),
    ),
    "lat": (
        "緯度",
        "所在地座標（緯度）",
        "緯度（世界測地系）",
        "施設_緯度",
        "北緯",
        "緯度（度）",
        "lat",
        "latitude",
        "fY",
    ),
    "lon": (
        "経度",
        "所在地座標（経度）",
        "経度（世界測地系）",
        "施設_経度",
        "東経",
        "経度（度）",
        "lon",
        "lng",
        "long",
        "longitude",
        "fX",
    ),
    "address": (
        *(
            "所在地_連結表記",
            "所在地_連結標記",
            "住所",
            "所在地",
            "医療機関所在地（住所）",
            "医療機関所在地",
            "所在地（住所）",
        ),
        *(
            "所在地住所",
            "事業所所在地",
            "事業所の所在地",
            "事業所住所",
            "施設所在地",
            "施設の所在地",
            "施設住所",
            "設置場所住所",
        ),
        *("所在場所", "住所（所在地）", "住所表記", "address"),
    ),
    "place_city": ("所在地_市区町村", "市区町村名", "市町村名"),
    "place_town": ("所在地_町字", "町字", "町名"),
    "place_rest": ("所在地_番地以下", "番地以下", "番地", "丁目番地等"),
    "id": (
        *("ID", "共通ID", "施設ID", "医療機関コード", "医療機関番号", "介護保険事業所番号", "事業所番号", "施設コード"),
        *("学校コード", "施設番号", "NO", "No.", "番号", "項番", "通番"),
    ),
    "type": (
        *(
            "医療機関の種類",
            "機関区分",
            "施設種別",
            "施設の種類",
            "施設種類",
            "種別",
            "施設分類",
            "施設区分",
            "サービスの種類",
        ),
        *(
            "実施サービス",
            "サービス種別",
            "施設類型",
            "分類",
            "種類",
            "区分",
            "カテゴリ",
            "カテゴリー",
            "業種",
            "category",
            "type",
            "kind",
        ),
    ),
    "specialty": (
        "診療科目",
        "診療科",
        "診療科目名",
        "診療科名",
        "標榜診療科",
        "標榜科目",
        "病床数／診療科名",
        "病床数診療科名",
    ),
    "beds": ("病床数", "合計病床数", "許可病床数"),
    "hours": (
        "診療時間",
        "開館時間",
        "利用時間",
        "営業時間",
        "利用可能時間",
        "開庁時間",
        "業務時間",
        "診療日時",
        "開所時間",
    ),
    "days": ("診療曜日", "利用可能曜日", "開館曜日", "営業曜日", "診療日", "利用曜日"),
    "open": ("診療開始時間", "利用開始時間", "開始時間", "開館開始時間", "営業開始時間", "診療開始時刻", "開始時刻"),
    "close": ("診療終了時間", "利用終了時間", "終了時間", "開館終了時間", "営業終了時間", "診療終了時刻", "終了時刻"),
    "closed": ("休診日", "休館日", "定休日", "休業日", "休園日", "閉館日", "休診曜日"),
}
NAMES: dict[str, Text] = {
    "name": Text("名称", "name"),
    "lat": Text("緯度", "latitude"),
    "lon": Text("経度", "longitude"),
    "address": Text("住所", "address"),
    "place_city": Text("住所の市区町村", "municipality of the address"),
    "place_town": Text("住所の町字", "town of the address"),
    "place_rest": Text("住所の番地", "number of the address"),
    "id": Text("ID", "id"),
    "type": Text("種類", "type"),
    "specialty": Text("診療科目", "specialty"),
    "beds": Text("病床数", "beds"),
    "hours": Text("時間", "hours"),
    "days": Text("曜日", "days"),
    "open": Text("開始時間", "opening time"),
    "close": Text("終了時間", "closing time"),
    "closed": Text("休診・休館日", "days off"),
}
KNOWN = headings_of(WORDS)

TABLE_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("toilet", ("男性トイレ総数", "男性トイレ数（小便器）")),
    ("aed", ("小児対応設備の有無", "AED設置場所", "設置位置（AED）")),
    ("shelter", ("災害種別_洪水", "指定避難所との重複", "想定収容人数")),
    ("welfare", ("介護保険事業所番号", "実施サービス", "介護サービスの種類")),
    ("pharmacy", ("月_開店時間帯1_開始時間",)),
    ("nursery", ("認可等年月日", "一時預かりの有無", "収容定員")),
)
"""Kind of facility → headings that only such tables have; taken for rows whose type and name do not tell."""

HAZARDS = {
    "洪水": "flood",
    "崖崩れ、土石流及び地滑り": "landslide",
    "土砂災害": "landslide",
    "高潮": "storm_surge",
    "地震": "earthquake",
    "津波": "tsunami",
    "大規模な火事": "fire",
    "内水氾濫": "inland_flood",
    "火山現象": "volcano",
}
"""Heading of a list of shelters (alone or after 災害種別_) → hazard code."""

MEDICAL = ("診療科目", "診療科", "診療科目名", "病床数／診療科名", "合計病床数", "医療機関の種類", "医療機関名称")
"""Headings that only lists of hospitals and clinics have."""

_DAY_COLUMN = re.compile(
    r"^(?:診療時間|開館時間|診療|時間)?(?P<day>[月火水木金土日祝])(?:曜日|曜|祝日|日)?(?P<half>午前|午後|am|pm)?(?:診療時間|診療|時間帯?)?"
    r"(?:開店)?(?:時間帯)?(?P<band>\d)?(?P<edge>開始時間|終了時間|開始時刻|終了時刻|開始|終了)?$",
)


class DayColumns(NamedTuple):
    """Columns of one day: texts of times, and pairs of opening and closing times."""

    texts: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]


def day_columns(headings: Sequence[str]) -> dict[int, DayColumns]:
    """
    Return day → the columns of its hours (月, 月曜日, 診療時間（月）, 月_診療開始時間, 月_開店時間帯1_開始時間 …).

    Empty unless three days or more have a column, so that a column 日 or 月 of a date is not taken for one.
    """
    texts: dict[int, list[str]] = {}
    edges: dict[tuple[int, str], dict[str, str]] = {}
    for heading in headings:
        found = _DAY_COLUMN.match(plain_heading(heading))
        if found is None:
            continue
        day = DAYS.index(found["day"])
        if found["edge"]:
            band = (found["band"] or "") + (found["half"] or "")
            edges.setdefault((day, band), {}).setdefault(found["edge"][:2], heading)
        else:
            texts.setdefault(day, []).append(heading)
    pairs: dict[int, list[tuple[str, str]]] = {}
    for (day, _), both in edges.items():
        if len(both) == 2:  # noqa: PLR2004 -- an opening and a closing time
            pairs.setdefault(day, []).append((both["開始"], both["終了"]))
    days = texts.keys() | pairs.keys()
    if len(days) < 3:  # noqa: PLR2004
        return {}
    return {d: DayColumns(tuple(texts.get(d, ())), tuple(pairs.get(d, ()))) for d in sorted(days)}


def hazard_columns(headings: Sequence[str]) -> dict[str, str]:
    """Return column → hazard code of a list of shelters; empty unless it has three such columns or more."""
    codes = {plain_heading(word): code for word, code in HAZARDS.items()}
    plain = {h: plain_heading(h).removeprefix("災害種別") for h in headings}
    found = {h: codes[p] for h, p in plain.items() if p in codes}
    return found if len(found) >= 3 else {}  # noqa: PLR2004


def table_kind(headings: Sequence[str]) -> str:
    """Return the kind of facility that a table as a whole lists, told by headings of its own; "" = not told."""
    plain = {plain_heading(h) for h in headings}
    if hazard_columns(headings):
        return "shelter"
    for kind, words in TABLE_KINDS:
        if any(plain_heading(w) in plain for w in words):
            return kind
    return "clinic" if any(plain_heading(w) in plain for w in MEDICAL) else ""
