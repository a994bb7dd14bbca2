"""Owns the tables of the page of the mobile city office: places, a step more or less, districts, overlaps, points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from app.components.plain_table import number, people, per_cent, plain_table
from app.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

NAMES = {"ja": "name_ja", "en": "name_en"}
Row = dict[str, Any]
POINT_DIGITS = 4
"""Digits of points added to the My Number indicator, in every table alike."""


def rows_of(table: pd.DataFrame | None, use: str = "office") -> list[Row]:
    """Return the rows of a table for one use of the vehicle."""
    if table is None:
        return []
    rows = [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
    return [row for row in rows if row.get("use", use) == use]


def named_in_english(row: Row, names: Mapping[str, str]) -> Row:
    """Return a place with an English name where the plan has none of its own and `names` (Japanese → English) do."""
    ja, en = (str(row[NAMES[lang]]) for lang in ("ja", "en"))
    return {**row, NAMES["en"]: names.get(ja, en) if en == ja else en}


def place_name(row: Row, n: int, lang: str) -> html.Span:
    """Return the number and the name of a place; one that has no English name is marked as Japanese."""
    name = str(row[NAMES[lang]])
    is_japanese = name == str(row[NAMES["ja"]])
    return html.Span([f"{n}. ", html.Span(name, lang="ja") if is_japanese else name])


def places_table(places: list[Row], lang: str) -> html.Section:
    """Return when each place is open, whom it reaches, and what office is near by."""
    keys = ("visits", "hours", "persons", "oldest", "free", "overlap", "nearest")
    headings = [say(lang, f"office_col_{key}") for key in ("place", *keys)]
    rows = [
        [
            place_name(row, n, lang),
            number(row["visits_per_month"], 1),
            number(row["hours_per_month"], 1),
            people(row["persons"], lang),
            people(row["persons_75plus"], lang),
            people(row["free_persons"], lang),
            people(row["overlap_persons"], lang),
            _nearest(row),
        ]
        for n, row in enumerate(places, start=1)
    ]
    return plain_table(say(lang, "office_places"), headings, rows)


def _nearest(row: Row) -> html.Span:
    office, metres = html.Span(str(row["nearest_office"]), lang="ja"), f"{number(row['nearest_office_m'])} m"
    return html.Span([office, " ", html.Span(metres, className="nearest-metres")], className="nearest-office")


def procedures_table(places: list[Row], lang: str) -> html.Section:
    """Return what is asked at each place against what can be done there, and what others take of it."""
    keys = ("demand", "capacity", "done", "binding", "convenience", "offices")
    headings = [say(lang, f"office_col_{key}") for key in ("place", *keys)]
    rows = [
        [
            place_name(row, n, lang),
            number(row["demand_per_month"], 1),
            number(row["capacity_per_month"], 1),
            number(row["procedures_per_month"], 1),
            say(lang, f"office_binding_{row['binding']}") if row["binding"] in ("demand", "capacity") else "–",
            number(row["to_convenience_per_month"], 1),
            number(row["to_offices_per_month"], 1),
        ]
        for n, row in enumerate(places, start=1)
    ]
    return plain_table(say(lang, "office_procedures"), headings, rows)


def marginal_table(rows: list[Row], lang: str) -> list[Any]:
    """Return what one van more and one hour less would change, and by which rule."""
    if not rows:
        return []
    keys = ("hours", "covered", "covered75", "demand", "capacity", "done", "points")
    names = (
        "hours_per_month",
        "covered",
        "covered_75plus",
        "demand_per_month",
        "capacity_per_month",
        "procedures_per_month",
    )
    headings = [say(lang, f"office_col_{key}") for key in ("variant", *keys)]
    body = []
    for row in rows:
        is_plan = row["variant"] == "as-planned"
        cells: list[Any] = [say(lang, f"office_variant_{str(row['variant']).replace('-', '_')}")]
        for name in names:
            count = people if name.startswith("covered") else None
            value = row[name] if is_plan else row[f"change_{name}"]
            cells.append(count(value, lang, signed=not is_plan) if count else number(value, 1, signed=not is_plan))
        points = row["mynumber_points"] if is_plan else row["change_mynumber_points"]
        cells.append(number(100 * float(points), POINT_DIGITS, signed=not is_plan))
        body.append(cells)
    rules = [
        html.Li([html.B(say(lang, f"office_variant_{str(row['variant']).replace('-', '_')}")), "　", _rule(row, lang)])
        for row in rows
        if row["variant"] != "as-planned"
    ]
    return [plain_table(say(lang, "office_marginal"), headings, body), html.Ul(rules, className="place-notes")]


def _rule(row: Row, lang: str) -> str:
    clashes = row.get("calendar_clashes")
    told = str(row["rule_ja" if lang == "ja" else "rule_en"])
    if clashes is None or clashes != clashes or not clashes:  # noqa: PLR0124 - NaN is not itself
        return told
    return f"{told} — {say(lang, 'office_clashes', n=int(clashes))}"


def districts_table(rows: list[Row], lang: str) -> html.Section:
    """Return who is within a walk of a visit and who is not, by district, the whole city first."""
    keys = ("covered", "uncovered", "uncovered75", "share", "free_share", "any_mode", "either", "visits_person")
    headings = [say(lang, f"office_col_{key}") for key in ("district", *keys)]
    body = [
        [
            str(row[NAMES[lang]]),
            people(row["covered"], lang),
            people(row["uncovered"], lang),
            people(row["uncovered_75plus"], lang),
            per_cent(row["covered_share"]),
            per_cent(row["free_covered_share"]),
            per_cent(row["any_mode_share"]),
            per_cent(row["visit_or_office_share"]),
            number(row["visits_per_month"], 2),
        ]
        for row in rows
    ]
    return plain_table(say(lang, "office_districts"), headings, body)


def overlap_table(rows: list[Row], names: dict[str, str], lang: str) -> list[Any]:
    """Return the pairs of places that reach the same people, or that there are none."""
    if not rows:
        return [html.P(say(lang, "office_no_overlap"))]
    headings = [say(lang, f"office_col_{key}") for key in ("pair", "apart", "persons", "oldest")]
    body = [
        [
            " ↔ ".join(names.get(str(row[key]), str(row[key])) for key in ("place_id", "other_place_id")),
            number(row["apart_m"]),
            people(row["persons"], lang),
            people(row["persons_75plus"], lang),
        ]
        for row in rows
    ]
    return [plain_table(say(lang, "office_overlap"), headings, body)]


def points_table(table: pd.DataFrame | None, lang: str) -> list[Any]:
    """Return the points added to the My Number indicator under low, middle and high assumptions."""
    rows = rows_of(table)
    if not rows:
        return []
    headings = [say(lang, f"office_col_{key}") for key in ("case", "done", "with_card", "points")]
    body = [
        [
            say(lang, f"office_case_{row['case']}"),
            number(row["procedures_per_month"], 1),
            number(row["with_card_per_year"]),
            number(100 * float(row["points"]), POINT_DIGITS),
        ]
        for row in rows
    ]
    return [plain_table(say(lang, "office_points"), headings, body)]
