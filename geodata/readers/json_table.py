"""Owns tables published as JSON: a list of flat objects, one a row (住所データ of Geolonia, lists of open data)."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

from geodata.errors import DataError, Text, error

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.errors import Problem

_CITY = re.compile(r"[市区町村]$")
_PREFECTURE = re.compile(r"[都道府県]$")


def json_text(text: str, name: str) -> str:
    """
    Return a list of flat objects as a table in CSV, with a column for each key in the order they first occur.

    Raises
    ------
    DataError
        If the text is no such list.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise DataError(_no_list(name, str(exc))) from exc
    rows = json_rows(value)
    if not rows:
        raise DataError(_no_list(name, ""))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def json_rows(value: Any) -> list[list[str]]:
    """Return headings and rows of a list of flat objects; empty where it is none."""
    if not isinstance(value, list) or not value or not all(_is_flat(item) for item in value):
        return []
    columns = list(dict.fromkeys(key for item in value for key in item))
    return [columns, *([_plain(item.get(key)) for key in columns] for item in value)]


def first_rows(text: str) -> list[list[str]]:
    """Return headings and rows of the beginning of such a list, which may be cut anywhere; empty where it is none."""
    if not text.lstrip("\ufeff \t\r\n").startswith("["):
        return []
    whole = text[: text.rfind("}") + 1] + "]"
    for attempt in (text, whole):
        try:
            return json_rows(json.loads(attempt.lstrip("\ufeff")))
        except (ValueError, RecursionError):
            continue
    return []


def place_of_name(path: Path) -> tuple[str, str]:
    """Return prefecture and municipality that a file is named after (石川県/羽咋市.json); "" where it is not."""
    city = path.stem if _CITY.search(path.stem) else ""
    prefecture = path.parent.name if city and _PREFECTURE.search(path.parent.name) else ""
    return prefecture, city


def _is_flat(item: object) -> bool:
    return isinstance(item, dict) and bool(item) and not any(isinstance(v, (dict, list)) for v in item.values())


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _no_list(name: str, why: str) -> Problem:
    return error(
        "table.no_json_list",
        name,
        Text(
            "JSON の行の並び（[{…}, {…}]）ではありません" + (f": {why}" if why else ""),
            "this JSON is no list of rows ([{…}, {…}])" + (f": {why}" if why else ""),
        ),
        Text("CSV か GeoJSON を使ってください", "use CSV or GeoJSON"),
    )
