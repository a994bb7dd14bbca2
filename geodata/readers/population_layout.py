"""Owns where the parts of a published population table stand: headings, tables side by side, rows that count."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from geodata.district_names import stem_of
from geodata.errors import DataError, Text, error, warning
from geodata.readers.grid_table import Grid, number_of
from geodata.readers.population_headings import Heading, ages_of, exact_sex, heading_of, is_total_name
from geodata.readers.tables import at, listed, note

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from geodata.config.fitting import ControlsConfig
    from geodata.readers.population_table import PopulationTable

_HEADER_WITHIN = 60
_HALF = 0.5
_MOSTLY = 0.8
_SEQUENCE = 10


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of one table among those side by side."""

    district: tuple[int, ...]
    age: int | None
    sex: int | None
    values: tuple[int, ...]


def _named(config: ControlsConfig) -> dict[str, str]:
    """Return heading a person named → what it is."""
    named = {c: r for c, r in ((config.district, "district"), (config.age, "age"), (config.persons, "persons")) if c}
    return named | dict.fromkeys(config.bands.values(), "persons")


def is_heading_row(cells: Sequence[str], config: ControlsConfig) -> bool:
    """Return whether a row holds headings: columns a person named, mostly known words, or 0, 1, 2 …"""
    said = [c for c in cells if c]
    if _named(config) and set(said) & set(_named(config)):
        return True
    if len(said) < 2 or sum(number_of(c) is not None for c in said) > _HALF * len(said):  # noqa: PLR2004 -- a title is alone
        return _is_sequence(said)
    known = sum(heading_of((c,)).role is not None for c in said)
    return known >= _HALF * len(said) and not any(number_of(c) is not None for c in said[1:])


def _is_sequence(said: Sequence[str]) -> bool:
    numbers = [c for c in said if c.isdigit()]
    return len(numbers) >= _SEQUENCE and [int(c) for c in numbers] == list(
        range(int(numbers[0]), int(numbers[0]) + len(numbers))
    )


def header_rows(grid: Grid, config: ControlsConfig) -> tuple[int, int]:
    """Return the first and last row of the headings."""
    for first in range(min(len(grid.cells), _HEADER_WITHIN)):
        if is_heading_row(grid.cells[first], config):
            last = first
            while last + 1 < len(grid.cells) and _continues(grid.cells[last + 1], config):
                last += 1
            return first, last
    raise DataError(
        error(
            "controls.no_header",
            at(grid.name, grid.lines[0]),
            Text("見出しの行が見つかりません（地区名・年齢・総数・男・女など）", "no row of headings was found"),
            Text(
                "見出しの行を確かめるか、設定に district:、age:、persons: で列名を書いてください",
                "check the headings, or name the columns in district:, age: and persons:",
            ),
        ),
    )


def _continues(cells: Sequence[str], config: ControlsConfig) -> bool:
    if is_heading_row(cells, config):
        return True
    said = [c for c in cells if c]  # such as 計 男 女 under merged headings, the first cell empty
    return bool(said) and not cells[0] and all(exact_sex(c) or ages_of(c) for c in said)


def read_headings(grid: Grid, first: int, last: int, config: ControlsConfig) -> list[Heading]:
    """Return what each column holds, from the rows of headings; merged cells reach to the right."""
    rows = [list(grid.cells[n]) for n in range(first, last + 1)]
    for row, below in pairwise(rows):  # a merged heading stands in its first cell only
        for column in range(1, len(row)):
            if not row[column] and row[column - 1] and below[column]:
                row[column] = row[column - 1]
    bare = any(_is_sequence([c for c in row if c]) for row in rows)
    named = _named(config)
    bands = {column: band for band, column in config.bands.items()}
    headings = []
    for pieces in zip(*rows, strict=True):
        heading = heading_of(pieces, bare=bare)
        words = next((p for p in (*reversed(pieces), heading.words) if p in named), None)
        if words is not None:
            ages = ages_of(bands.get(words, ""), bare=True) if words in bands else heading.ages
            heading = Heading(words, named[words], ages, heading.sex)  # type: ignore[arg-type]
        elif config.bands and heading.role == "persons":
            heading = Heading(heading.words, "other")
        headings.append(heading)
    return headings


def kept_rows(
    grid: Grid, headings: Sequence[Heading], body: list[int], config: ControlsConfig, table: PopulationTable
) -> list[int]:
    """Return the rows that `where` keeps, of one date where there are several."""
    words = {h.words: n for n, h in enumerate(headings)}
    missing = [c for c in config.where if c not in words]
    if missing:
        raise DataError(
            error(
                "table.missing_column",
                grid.name,
                Text(f"列 {missing[0]} がありません（ある列: {listed(words, 12)}）", f"no column {missing[0]}"),
            ),
        )
    body = [n for n in body if all(grid.cells[n][words[c]] == v for c, v in config.where.items())]
    dated = next((n for n, h in enumerate(headings) if h.role == "date"), None)
    dates = {} if dated is None else {d: _iso(d) for d in dict.fromkeys(grid.cells[n][dated] for n in body) if d}
    if dated is None or len(dates) <= 1:
        return body
    wanted = config.date.isoformat() if config.date else ""
    same = [d for d, iso in dates.items() if iso == wanted]
    chosen = same[0] if same else max(dates, key=lambda d: dates[d])
    table.problems.append(
        note(
            "controls.date_chosen",
            grid.name,
            Text(
                f"{headings[dated].words} が {len(dates)} 通りあります。{chosen} の行だけを使います",
                f"{len(dates)} dates in {headings[dated].words}: only rows of {chosen} are used",
            ),
        ),
    )
    return [n for n in body if grid.cells[n][dated] == chosen]


def _iso(text: str) -> str:
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    if "令和" in text and numbers:
        numbers[0] += 2018
    elif "平成" in text and numbers:
        numbers[0] += 1988
    if len(numbers) == 1 and numbers[0] > 10_000_000:  # noqa: PLR2004 -- 20251001
        numbers = [numbers[0] // 10_000, numbers[0] // 100 % 100, numbers[0] % 100]
    return "-".join(f"{n:04d}" if i == 0 else f"{n:02d}" for i, n in enumerate(numbers[:3]))


def headings_by_values(
    grid: Grid, headings: list[Heading], body: Sequence[int], config: ControlsConfig
) -> list[Heading]:
    """Return headings corrected by what stands under them: names, ages and sexes tell themselves."""
    found = list(headings)
    roles = Counter(h.role for h in headings)
    for column, heading in enumerate(headings):
        values = [v for v in (grid.cells[n][column] for n in body) if v]
        if not values or heading.words in _named(config):
            continue
        numeric = sum(number_of(v) is not None for v in values) / len(values)
        aged = sum(ages_of(v, bare=True) is not None or is_total_name(v) for v in values) / len(values)
        sexed = sum(exact_sex(v) is not None for v in values) / len(values)
        if sexed > _MOSTLY and len(set(values)) > 1:
            found[column] = Heading(heading.words, "sex")
        elif heading.role == "age" or (
            heading.role in {None, "district"} and numeric < _HALF and aged > _MOSTLY and not roles["age"]
        ):
            found[column] = Heading(heading.words, "age")
        elif heading.role == "district" and numeric > _HALF:
            found[column] = Heading(heading.words, None)
    if not any(h.role in {"district", "age"} for h in found):
        for column, heading in enumerate(found):
            values = [v for v in (grid.cells[n][column] for n in body) if v]
            texts = sum(number_of(v) is None for v in values)
            if heading.role is None and values and texts > _HALF * len(values):
                found[column] = Heading(heading.words, "district")
                break
    return found


def side_by_side(headings: Sequence[Heading]) -> list[Block]:
    """Return the tables side by side: a key column that comes again after numbers begins the next."""
    roles = [h.role for h in headings]
    key = "age" if "age" in roles else "district"
    keys = [n for n, role in enumerate(roles) if role == key]
    starts = [k for i, k in enumerate(keys) if i == 0 or any(r == "persons" for r in roles[keys[i - 1] : k])]
    shared = [n for n, role in enumerate(roles) if role == "district" and starts and n < starts[0]]
    blocks = []
    for start, end in zip(starts or [0], [*starts[1:], len(roles)], strict=True):
        span = range(start if starts else 0, end)
        inside = shared + [n for n in span if roles[n] == "district"]
        values = [n for n in span if roles[n] == "persons" or (key == "age" and roles[n] is None and headings[n].words)]
        ages = [n for n in span if roles[n] == "age"]
        sexes = [n for n, role in enumerate(roles) if role == "sex"]
        if start == (starts or [0])[0]:  # numbers left of the key belong to the first
            values = [n for n in range(start) if roles[n] == "persons"] + values
        blocks.append(Block(tuple(inside), ages[0] if ages else None, sexes[0] if sexes else None, tuple(values)))
    return blocks


def one_column_each(grid: Grid, headings: Sequence[Heading], block: Block, table: PopulationTable) -> Block:
    """Return the block with one column per ages and sex; further ones are told."""
    seen: dict[tuple[Any, ...], int] = {}
    again: list[str] = []
    for column in block.values:
        heading = headings[column]
        key = (heading.ages, heading.sex, heading.words if heading.role is None else "")
        if seen.setdefault(key, column) != column:
            again.append(heading.words)
    if again:
        table.problems.append(
            warning(
                "controls.same_columns",
                grid.name,
                Text(
                    f"同じ意味の列が 2 つ以上あるため、最初の列だけを使います（使わない列: {listed(again)}）",
                    f"columns of one meaning: only the first is used (not used: {listed(again)})",
                ),
                Text("persons: に使う列名を書いてください", "name the column to use in persons:"),
                len(again),
            ),
        )
    return replace(block, values=tuple(seen.values()))


def district_level(grid: Grid, columns: Sequence[int], body: Sequence[int], known: Collection[str]) -> int:
    """Return which column of districts names most of the city's: of equal ones the finest."""
    hits = [len({stem_of(grid.cells[n][c]) for n in body} & set(known)) for c in columns]
    return max(range(len(hits)), key=lambda i: (hits[i], i), default=-1)


def said_of(headings: Sequence[Heading]) -> list[str]:
    """Return in a few words how the columns were read."""
    words = {"district": "地区", "age": "年齢", "sex": "男女", "date": "日付"}
    parts = [f"{words[h.role]}={h.words}" for h in headings if h.role in words]
    plain = [h.words for h in headings if h.role == "persons" and h.ages is None]
    banded = [h.words for h in headings if h.role == "persons" and h.ages is not None]
    if plain:
        parts.append(f"人口={'・'.join(plain[:4])}")
    if banded:
        parts.append(f"年齢別={banded[0]}…{banded[-1]}（{len(banded)} 列）")
    ignored = [h.words for h in headings if h.role in {"other", "households"}]
    if ignored:
        parts.append(f"使わない列={'・'.join(ignored[:4])}{'…' if len(ignored) > 4 else ''}")  # noqa: PLR2004
    return parts
