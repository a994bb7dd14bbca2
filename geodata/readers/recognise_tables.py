"""Owns telling what a text table is by its headings: census, projections, 町丁目, districts, opinions, facilities."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from geodata.errors import Text
from geodata.readers.recognise_ages import whole_bands
from geodata.readers.recognise_layers import census_year, future_file, people_column
from geodata.readers.recognise_places import facility_of_columns, hours_of_columns, pick, positions, town_columns
from geodata.recognised import RecognisedFile, plain
from geodata.title_dates import date_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geodata.readers.recognise_peek import Peek, Table

_ESTAT_TABLE = re.compile(r"^T\d{6}\d{3}$")
_FUTURE = re.compile(r"^(PTN_|POP|PT0_)(20\d\d)$", re.IGNORECASE)
_MESH = ("keycode", "メッシュコード", "meshcode", "meshid", "地域メッシュコード", "mesh")
_MESH_DIGITS = {8: 1000, 9: 500, 10: 250, 11: 125}
_DISTRICT = ("地区名", "地区", "学区", "小学校区", "地域名", "町名", "町丁名", "町丁字名", "区域", "district", "行政区")
_DISTRICT_NAMED = re.compile(
    r"(?:行政区|町丁目?|町丁・?字等?|町・?字|字|大字|自治会|町内会|校区|中学校区|小学校区|地域|地区|学区|区域|住所)(?:別|名|名称)?"
)
_DAY = ("調査年月日", "基準日", "年月日", "時点", "date")
_DAYTIME = ("昼間人口", "昼間人口総数", "daytimepopulation", "daytime")
_OPINION = (
    "意見",
    "ご意見",
    "自由記述",
    "コメント",
    "ご意見ご要望",
    "要望",
    "回答",
    "内容",
    "text",
    "comment",
    "opinion",
    "声",
)
_THEME = ("テーマ", "分野", "分類", "カテゴリ", "theme", "topic")
_ID = ("id", "cellid", "cell", "no", "code")
_HEADER_ROWS = 8


def recognise_tables(peeked: Peek) -> RecognisedFile | None:
    """Return what the tables of a file are; None where they say nothing."""
    for table in peeked.tables:
        for start in range(min(_HEADER_ROWS, len(table.rows))):
            columns = table.rows[start]
            if sum(bool(c) for c in columns) < 2:  # noqa: PLR2004 -- a title, not a header
                continue
            body = [dict(zip(columns, row, strict=False)) for row in table.rows[start + 1 :]]
            for rule in (_estat, _future, _towns, _opinions, _daytime, _mesh, _cells, _controls, _hours, _facilities):
                found = rule(peeked, table, columns, body)
                if found is not None:
                    return found
    return None


def _estat(peeked: Peek, table: Table, columns: Sequence[str], body: list[dict[str, str]]) -> RecognisedFile | None:
    names = {c.upper(): c for c in columns}
    values = [c for c in names if _ESTAT_TABLE.match(c)]
    if "KEY_CODE" not in names or not (values or "HTKSYORI" in names):
        return None
    codes = [digits for row in body if (digits := row.get(names["KEY_CODE"], "")).isdigit()]
    if {"HYOSYO", "NAME", "CITYNAME"} & names.keys():
        return _small_area_table(peeked, table, names, body)
    size_m = _MESH_DIGITS.get(len(codes[0])) if codes else None
    if size_m is None:
        return None
    if not _tells_people(body):
        return None
    why = Text(
        f"1 行目に KEY_CODE、コード {len(codes[0])} 桁（{size_m:,} m メッシュ）",
        f"KEY_CODE in line 1, codes of {len(codes[0])} digits ({size_m:,} m mesh)",
    )
    fragment = {"population": {"kind": "estat_mesh", "path": [peeked.name]}}
    return RecognisedFile(peeked.name, "estat_mesh", fragment, 1.0, why, {"size_m": size_m, "codes": codes[:5]})


def _tells_people(body: list[dict[str, str]]) -> bool:
    labels = " ".join(body[0].values()) if body else ""
    return "人口" in labels or not re.search(r"[^\W\d_]", labels)


def _small_area_table(
    peeked: Peek, table: Table, names: dict[str, str], body: list[dict[str, str]]
) -> RecognisedFile | None:
    why = Text("列 KEY_CODE と HYOSYO・NAME（小地域の統計表）", "columns KEY_CODE and HYOSYO, NAME (small areas)")
    city = next(
        (row.get(names.get("CITYNAME", ""), "") for row in body if row.get(names["KEY_CODE"], "").isdigit()), ""
    )
    labels = [v for v in (body[0].values() if body else ()) if v]
    has_ages = any("歳" in label for label in labels)
    has_people = has_ages or any("人口" in label or "総数" in label for label in labels)
    traits = {"city": city, "has_ages": has_ages, "has_people": has_people, "table": table.name}
    return RecognisedFile(peeked.name, "small_area_table", {}, 1.0, why, traits)


def _future(peeked: Peek, _table: Table, columns: Sequence[str], _body: list[dict[str, str]]) -> RecognisedFile | None:
    years = sorted({int(m.group(2)) for c in columns if (m := _FUTURE.match(c))})
    return future_file(peeked.name, years) if years and pick(columns, _MESH) else None


def _towns(peeked: Peek, _table: Table, columns: Sequence[str], _body: list[dict[str, str]]) -> RecognisedFile | None:
    if not town_columns(columns) or positions(columns) is None or people_column(tuple(columns)):
        return None
    why = Text("大字・町丁目名と緯度・経度の列", "columns of 町丁目, latitude and longitude")
    return RecognisedFile(peeked.name, "towns", {"towns": {"path": [peeked.name]}}, 0.95, why)


def _opinions(
    peeked: Peek, _table: Table, columns: Sequence[str], _body: list[dict[str, str]]
) -> RecognisedFile | None:
    text = pick(columns, _OPINION) or next((c for c in columns if re.search("意見|自由記述|ご要望|コメント", c)), None)
    if text is None or not (
        pick(columns, _THEME) or re.search("意見|記述|要望|声|opinion|survey|voice", text + peeked.name.lower())
    ):
        return None
    why = Text(f"列 {text}（意見の文）", f"column {text} (what was said)")
    return RecognisedFile(peeked.name, "opinions", {"opinions": [{"path": peeked.name}]}, 0.8, why)


def _daytime(peeked: Peek, _table: Table, columns: Sequence[str], _body: list[dict[str, str]]) -> RecognisedFile | None:
    column = pick(columns, _DAYTIME) or next((c for c in columns if plain(c).startswith("昼間人口")), None)
    if column is None:
        return None
    entry: dict[str, Any] = {"path": [peeked.name], "persons": column}
    mesh, district, place = pick(columns, _MESH), pick(columns, _DISTRICT), positions(columns)
    if mesh:
        entry["code"] = mesh
    elif district:
        entry["district"] = district
    elif place:
        entry |= {"lon": place[0], "lat": place[1]}
    inflow = next((c for c in columns if re.search("流入|通勤.*者", c)), None)
    if inflow:
        entry["inflow"] = inflow
    entry["year"] = census_year(peeked.name)
    why = Text(f"列 {column}", f"column {column}")
    return RecognisedFile(peeked.name, "daytime", {"daytime": entry}, 0.9, why, {"year": entry["year"]})


def _mesh(peeked: Peek, _table: Table, columns: Sequence[str], body: list[dict[str, str]]) -> RecognisedFile | None:
    code, persons = pick(columns, _MESH), people_column(tuple(columns))
    digits = {len(v) for row in body if (v := row.get(code or "", "")).isdigit()}
    bands = [] if persons else whole_bands(columns)
    if code is None or not (persons or bands) or not digits <= _MESH_DIGITS.keys() or not digits:
        return None
    entry: dict[str, Any] = {"kind": "mesh_csv", "path": peeked.name, "code": code}
    entry |= {"bands": bands} if bands else {"persons": persons}
    shown = bands[0]["column"] if bands else persons
    why = Text(f"列 {code} と {shown}", f"columns {code} and {shown}")
    size = _MESH_DIGITS[max(digits)]
    traits = {"size_m": size, "year": census_year(peeked.name)}
    return RecognisedFile(peeked.name, "mesh_csv", {"population": entry}, 0.9, why, traits)


def _cells(peeked: Peek, _table: Table, columns: Sequence[str], _body: list[dict[str, str]]) -> RecognisedFile | None:
    place, persons, name = positions(columns), people_column(tuple(columns)), pick(columns, _ID)
    bands = [] if persons else whole_bands(columns)
    if place is None or not (persons or bands) or name is None:
        return None
    entry: dict[str, Any] = {"kind": "cells_csv", "path": peeked.name, "id": name, "lon": place[0], "lat": place[1]}
    entry |= {"bands": bands} if bands else {"persons": persons}
    shown = bands[0]["column"] if bands else persons
    why = Text(f"列 {place[0]}・{place[1]} と {shown}", f"columns {place[0]}, {place[1]} and {shown}")
    read = {name, *place, persons, *(b["column"] for b in bands)}
    others = [c for c in columns if c not in read]
    traits = {"year": census_year(peeked.name), "other_columns": others}
    return RecognisedFile(peeked.name, "cells_csv", {"population": entry}, 0.8, why, traits)


def _controls(peeked: Peek, table: Table, columns: Sequence[str], body: list[dict[str, str]]) -> RecognisedFile | None:
    district = pick(columns, _DISTRICT) or next((c for c in columns if _DISTRICT_NAMED.fullmatch(squeezed(c))), None)
    ages = [c for c in columns if re.search(r"\d+\s*[-~〜～－―ー]\s*\d*\s*歳|\d+歳以上", c)]
    persons = people_column(tuple(columns)) or pick(columns, ("計", "総数", "人口計"))
    if district is None or not (ages or persons) or (positions(columns) is not None and not ages):
        return None
    why = Text(f"列 {district} と人口の列", f"column {district} with columns of people")
    entry: dict[str, Any] = {"path": peeked.name, "date": None}
    titles = table.rows[: table.rows.index(tuple(columns))]
    titled = date_in(cell for row in titles for cell in row)
    day = _day(row.get(pick(columns, _DAY) or "", "") for row in body) or (titled.isoformat() if titled else "")
    year = int(day[:4]) if day else census_year(peeked.name)
    traits = {"date": day, "year": year, "ages": len(ages), "schools": _of_schools(district, body)}
    return RecognisedFile(peeked.name, "controls", {"controls": [entry]}, 0.8, why, traits)


def _of_schools(heading: str, body: list[dict[str, str]]) -> bool:
    """Return whether districts are areas of schools, by their heading or by most of their names."""
    names = [name for row in body if (name := row.get(heading, "").strip())]
    schools = sum(bool(re.search(r"(学校区?|学区|校区)$", name)) for name in names)
    return bool(re.search("学区|校区|学校", heading)) or schools * 2 > len(names)


def squeezed(heading: str) -> str:
    """Return a heading half-width and without blanks."""
    return "".join(unicodedata.normalize("NFKC", heading).split())


def _day(values: Iterable[str]) -> str:
    """Return the first value that is a date, ISO 8601."""
    for value in values:
        found = re.match(r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})", value)
        if found and 1 <= int(found.group(2)) <= 12 and 1 <= int(found.group(3)) <= 31:  # noqa: PLR2004 -- calendar
            return f"{found.group(1)}-{int(found.group(2)):02d}-{int(found.group(3)):02d}"
    return ""


def _hours(peeked: Peek, _table: Table, columns: Sequence[str], _body: list[dict[str, str]]) -> RecognisedFile | None:
    return hours_of_columns(peeked.name, columns)


def _facilities(
    peeked: Peek, _table: Table, columns: Sequence[str], body: list[dict[str, str]]
) -> RecognisedFile | None:
    return facility_of_columns(peeked.name, columns, body, placed=False)
