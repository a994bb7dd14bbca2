"""Owns what railways and buses of 国土数値情報 have in common: ids of lines, what is near the city."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.ksj_tables import Findings, KsjRows, elsewhere, folded
from geodata.readers.tables import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from geodata.timetable import RouteClass

_LEGAL_FORM = re.compile(r"\((株|有|資)\)|㈱|㈲|株式会社|有限会社|合資会社")


def line_id_of(route_class: RouteClass, operator: str, name: str) -> str:
    """Return the id that N07 and P11 give alike to one route, however its operator is written."""
    return f"{route_class.value}:{_LEGAL_FORM.sub('', folded(operator))}:{folded(name)}"


def check_reach(
    dataset: str, where: str, n_kept: int, outside: int, outline: BaseGeometry | None, found: Findings
) -> None:
    """Tell what lies outside; refuse a file of which nothing is near; warn where the city is not known."""
    if n_kept == 0 and outside:
        raise DataError(elsewhere(dataset, where, outside))
    found.outside(dataset, where, outside)
    if outline is None:
        found.problems.append(
            warning(
                "ksj.no_outline",
                where,
                Text("市域が分からないため、全部を使います", "the municipality is not known: everything is used"),
                Text("N03 か boundaries: で市域を書いてください", "give its boundary with N03 or boundaries:"),
            ),
        )


def no_layer(dataset: str, layers: Sequence[KsjRows], what: Text) -> Problem:
    """Return the error for a file that lacks a layer or column."""
    shown = listed([rows.where for rows in layers], 6)
    return error(
        "ksj.columns",
        layers[0].where,
        Text(f"{dataset} の{what.ja}がありません（読んだもの: {shown}）", f"{dataset} lacks {what.en} (read: {shown})"),
        Text("zip のまま指定してください", "give the zip as it was published"),
    )
