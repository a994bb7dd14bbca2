"""Owns telling a list of facilities, or of 町丁目 points, by its headings, and which column means what."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from geodata.errors import Text
from geodata.facilities import FacilityKind
from geodata.recognised import RecognisedFile, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_NAME = (
    "名称",
    "施設名",
    "施設名称",
    "施設場所名",
    "医療機関名",
    "医療機関名称",
    "事業所名",
    "事業所の名称",
    "name",
    "学校名",
    "正式名称",
    "店舗名",
)
_LON = ("経度", "lon", "longitude", "lng", "x座標", "x", "所在地座標経度")
_LAT = ("緯度", "lat", "latitude", "y座標", "y", "所在地座標緯度")
_ADDRESS = ("住所", "所在地", "所在地住所", "所在地連結表記", "address", "医療機関住所")
_ID = ("id", "共通id", "施設id", "医療機関コード", "instcode", "facilityid", "学校コード")
_KIND = ("kind", "種別", "施設種別", "施設区分", "category", "カテゴリー", "カテゴリ", "医療機関の種類", "種類", "区分")
_TOWN = ("大字町丁目名", "大字丁目名", "大字町丁目", "町丁目", "町丁目名", "town", "町字名")
_HAZARDS = {
    "洪水": "flood",
    "内水氾濫": "inland_flood",
    "崖崩れ": "landslide",
    "土石流": "landslide",
    "土砂災害": "landslide",
    "高潮": "storm_surge",
    "地震": "earthquake",
    "津波": "tsunami",
    "大規模な火事": "fire",
    "火山現象": "volcano",
}
_KINDS: tuple[tuple[str, FacilityKind], ...] = (
    (r"避難|shelter|evacuation|emergency", FacilityKind.SHELTER),
    (r"病院|hospital", FacilityKind.HOSPITAL),
    (r"医療|診療所|クリニック|clinic|medical", FacilityKind.CLINIC),
    (r"支所|出張所|市民サービス|branch", FacilityKind.BRANCH_OFFICE),
    (r"市役所|町役場|村役場|本庁|city_?(hall|office)", FacilityKind.CITY_OFFICE),
    (r"小学校|elementary", FacilityKind.ELEMENTARY_SCHOOL),
    (r"中学校|junior", FacilityKind.JUNIOR_HIGH_SCHOOL),
    (r"高校|高等学校|high_?school", FacilityKind.HIGH_SCHOOL),
    (r"公民館|集会|コミュニティ|交流センター|公共施設|community|public", FacilityKind.COMMUNITY_CENTRE),
    (r"介護|福祉|保育|子育て|welfare|care|health", FacilityKind.WELFARE),
    (r"店舗|商業|スーパー|買物|shop|market|store", FacilityKind.SHOP),
    (r"事業所|工場|企業|workplace|factory", FacilityKind.LARGE_WORKPLACE),
    (r"公園|体育|スポーツ|park|sport", FacilityKind.PARK_OR_SPORTS),
)
_FEW = 4
_ERRORS_M = {"chome-centroid": 300, "town-centroid": 1000}
"""Radius for places put at the point of a 町丁目, by the words of `coord_quality`."""


def facility_of_columns(
    name: str, columns: Sequence[str], rows: Iterable[Mapping[str, str]], *, placed: bool
) -> RecognisedFile | None:
    """
    Return a list of facilities, with the columns as they are mapped; None where it is none.

    `rows`: the first rows; `placed`: the positions are in the geometry, so no columns of them are asked for.
    """
    lon, lat, address = (pick(columns, names) for names in (_LON, _LAT, _ADDRESS))
    title, point_id = pick(columns, _NAME), pick(columns, _ID)
    known = title or (point_id if lon and lat and not placed else None)
    if known is None or not (placed or (lon and lat) or address):
        return None
    entry: dict[str, Any] = {"path": name}
    seen = list(rows)
    if point_id and all(row.get(point_id) for row in seen):  # cities leave the column of codes empty
        entry["id"] = point_id
    entry["name"] = known
    if lon and lat and not placed:
        entry |= {"lon": lon, "lat": lat}
    kind = _kind(name, columns, seen)
    hazards = hazard_columns(columns)
    if kind.get("kind") == FacilityKind.SHELTER.value or "kind_column" in kind:
        entry |= kind  # the reader tells the kinds of other lists row by row
    if hazards and entry.get("kind") == FacilityKind.SHELTER.value:
        entry["hazards"] = hazards
    if "coord_quality" in columns:
        entry |= {"quality_column": "coord_quality", "errors_m": dict(_ERRORS_M)}
    why = Text(f"列 {known} と位置または住所", f"column {known} with a position or address")
    traits = {
        "placed": bool(placed or (lon and lat)),
        "hazards": bool(hazards),
        "kind": kind.get("kind", ""),
        "kinds": sorted({kind["kind"]} if "kind" in kind else set(kind["kinds"].values())),
        "cities": _cities(row.get(address, "") for row in seen) if address else [],
    }
    return RecognisedFile(name, "facilities", {"facilities": [entry]}, 0.7 if title else 0.4, why, traits)


def town_columns(columns: Sequence[str]) -> bool:
    """Return whether a table lists 町丁目: it has their name, and no name of a facility."""
    return pick(columns, _TOWN) is not None and pick(columns, _NAME) is None


def positions(columns: Sequence[str]) -> tuple[str, str] | None:
    """Return the columns of longitude and latitude, if there are both."""
    lon, lat = pick(columns, _LON), pick(columns, _LAT)
    return (lon, lat) if lon and lat else None


def pick(columns: Sequence[str], names: Sequence[str]) -> str | None:
    """Return the column whose heading is one of `names`, the earliest of these first."""
    known = {plain(c): c for c in reversed(columns)}
    return next((known[plain(n)] for n in names if plain(n) in known), None)


def hazard_columns(columns: Sequence[str]) -> dict[str, str]:
    """Return the columns of hazards a shelter is designated for → code, such as ``災害種別_洪水``."""
    found = {}
    for column in columns:
        word = plain(column).removeprefix("災害種別")
        code = next((c for w, c in _HAZARDS.items() if word.startswith(plain(w))), None)
        if code:
            found[column] = code
    return found


def kind_of(text: str) -> FacilityKind | None:
    """Return the kind of facility that a file name, a category or a name speaks of."""
    return next((kind for pattern, kind in _KINDS if re.search(pattern, text.lower())), None)


def _kind(name: str, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return `kind` or `kind_column` with `kinds`."""
    if len(hazard_columns(columns)) > 1:
        return {"kind": FacilityKind.SHELTER.value}
    column = pick(columns, _KIND)
    values = sorted({row.get(column, "") for row in rows} - {""}) if column else []
    kinds = {value: kind.value for value in values if (kind := _category(value))}
    if column and kinds and len(kinds) == len(values) and all(v.isascii() for v in values):
        return {"kind_column": column, "kinds": kinds}
    kind = kind_of(PurePosixPath(name).stem) or kind_of(" ".join(columns)) or FacilityKind.OTHER
    return {"kind": kind.value}


def _cities(addresses: Iterable[str]) -> list[str]:
    """Return the municipalities that addresses name, such as 日立市; none where addresses leave them out."""
    found = (
        re.match(r"(?:北海道|東京都|京都府|大阪府|.{2,3}県)?(?:[^\d]{1,4}郡)?([^\d\s]{1,6}?[市町村区])", a)
        for a in addresses
    )
    names = Counter(m.group(1) for m in found if m and m.group(1).endswith("市"))
    return [name for name, n in names.most_common() if n > 1 or len(names) < _FEW]


def hours_of_columns(name: str, columns: Sequence[str]) -> RecognisedFile | None:
    """Return a table of consultation hours by id, as 医療情報ネット gives them beside the institutions."""
    if pick(columns, _ID) is None or pick(columns, _NAME) or not any("診療開始時間" in c for c in columns):
        return None
    why = Text("ID と診療開始時間の列", "columns of an id and of hours")
    return RecognisedFile(name, "hours", {}, 0.9, why)


def _category(value: str) -> FacilityKind | None:
    known = {k.value: k for k in FacilityKind}
    return known.get(value) or kind_of(value)
