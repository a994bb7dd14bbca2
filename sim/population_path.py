"""Owns the path that the total of residents follows: an official one by name, or totals by year that a user gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Problem, Text, error, warning

if TYPE_CHECKING:
    from geodata.city import City

PathOf = str | Mapping[int, float]
"""A `kind` of the target rows `population`, or year → total of a user [persons]."""

PATHS: dict[str, str] = {"ipss": "path", "vision": "path-vision"}
"""Name in a scenario file → `kind` of the target rows `population`."""

PATH_TEXT: dict[str, Text] = {
    "path": Text("社人研 2023", "IPSS 2023"),
    "path-vision": Text("人口ビジョン", "city vision"),
    "user": Text("利用者が入力した総数", "totals entered by the user"),
}
USER = "user"


def path_kind(path: PathOf) -> str:
    """Return the key of `PATH_TEXT` of a path."""
    return path if isinstance(path, str) else USER


def path_points(city: City, path: PathOf) -> dict[int, float]:
    """Return year → total of a path as it is given [persons]."""
    return city.targets.path("population", path) if isinstance(path, str) else dict(path)


def official_population(city: City, year: int, path: PathOf = "path") -> float:
    """Return the total of a year on a path [persons], linear between the years given, from the base year's people."""
    base = city.population.year
    later = {y: v for y, v in path_points(city, path).items() if y > base}
    points = {base: float(city.population.persons.sum()), **later}
    years = sorted(points)
    return float(np.interp(year, years, [points[y] for y in years]))


def check_projection(city: City, year: int, path: PathOf = "path") -> list[Problem]:
    """Return what stands against a projection to a year: an error outside the path, a warning without a path."""
    base = city.population.year
    points = path_points(city, path)
    if not points and path != "path":
        return [_unknown_path(city, path_kind(path))]
    if year == base:
        return []
    if not points:
        return [_no_path(city)]
    if base < year <= max(points):
        return []
    return [
        error(
            "projection.year",
            f"year {year}",
            Text(
                f"{year} 年の人口は計算できません（{base}–{max(points)} 年、{PATH_TEXT[path_kind(path)].ja}）",
                f"no population for {year} ({base}–{max(points)}, {PATH_TEXT[path_kind(path)].en})",
            ),
            Text("年を範囲内にしてください", "choose a year within the range"),
        ),
    ]


def _no_path(city: City) -> Problem:
    base = city.population.year
    return warning(
        "projection.no_path",
        f"year {base}",
        Text(
            f"将来人口の公表値がないため、人口は {base} 年のまま使います",
            f"the city has no official population path: the residents of {base} are used",
        ),
        Text(
            "都市データの目標値に population の path を加えてください",
            "add rows `population` of kind `path` to the city's targets",
        ),
    )


def _unknown_path(city: City, kind: str) -> Problem:
    known = [name for name, k in PATHS.items() if city.targets.path("population", k)]
    listed = "、".join(known) or "totals: {年: 人数}"
    listed_en = ", ".join(known) or "totals: {year: persons}"
    name = PATH_TEXT.get(kind, Text(kind, kind))
    return error(
        "projection.unknown_path",
        "population.path",
        Text(f"将来人口「{name.ja}」の数値が都市データにありません", f"the city has no population path: {name.en}"),
        Text(f"使えるもの: {listed}", f"there is: {listed_en}"),
    )
