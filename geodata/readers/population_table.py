"""Owns a published population table as counts: which district, which ages, how many people, from which row."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from geodata.district_names import stem_of
from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.grid_table import Grid, number_of
from geodata.readers.population_headings import Ages, Heading, Sex, ages_of, exact_sex, heading_of, is_total_name
from geodata.readers.tables import at, listed, note

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from geodata.config.fitting import ControlsConfig

_HEADER_WITHIN = 60
_HALF = 0.5
_MOSTLY = 0.8
_SEQUENCE = 10
_CLOSE = 0.005


@dataclass(frozen=True, slots=True)
class Count:
    """One number of the table; `district` "" = the whole city, `ages` None = all ages, NaN persons = kept secret."""

    district: str
    ages: Ages | None
    sex: Sex
    persons: float
    row: int


@dataclass(slots=True)
class PopulationTable:
    """Counts of a table, those of rows that are sums of others apart, and what was found."""

    name: str
    counts: list[Count] = field(default_factory=list)
    totals: list[Count] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    n_rows: int = 0
    n_used: int = 0
    guessed: list[str] = field(default_factory=list)
    level: int = -1
    """Which of several columns of districts is counted by, from the left."""
    known: frozenset[str] = frozenset()
    """Stems of the names of the city's districts."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Columns of one table among those side by side."""

    district: tuple[int, ...]
    age: int | None
    sex: int | None
    values: tuple[int, ...]


def parse_population(grid: Grid, config: ControlsConfig, known: Collection[str]) -> PopulationTable:
    """
    Return the counts of a table.

    Parameters
    ----------
    grid
        The cells.
    config
        Columns a person named, rows to keep.
    known
        Stems of the names of the city's districts, which tell what a table of several levels counts.

    Returns
    -------
    table
        Counts and findings; nothing of a row that is neither a number nor a footnote is left out silently.

    Raises
    ------
    DataError
        If no header is found, or no column of persons, or a number cannot be read.
    """
    table = PopulationTable(grid.name, known=frozenset(known) | {stem_of(n) for n in config.names})
    first, last = _header_rows(grid, config)
    headings = _headings(grid, first, last, config)
    body = [n for n in range(last + 1, len(grid.cells)) if not _is_heading_row(grid.cells[n], config)]
    body = _kept(grid, headings, body, config, table)
    headings = _by_values(grid, headings, body, config)
    blocks = _blocks(headings)
    table.level = _level(grid, blocks[0].district, body, known)
    blocks = [_once(grid, headings, block, table) for block in blocks]
    table.n_rows = len(body)
    table.guessed = _told(headings)
    used: set[int] = set()
    for block in blocks:
        used |= _read_block(grid, headings, block, body, config, table)
    table.n_used = len(used)
    left = [n for n in body if n not in used]
    if left:
        table.problems.append(
            note(
                "controls.rows_without_numbers",
                at(grid.name, grid.lines[left[0]]),
                Text("数値のない行（注記など）は使いません", "rows without numbers, such as footnotes, are not used"),
                count=len(left),
            ),
        )
    if not table.counts and not table.totals:
        raise DataError(
            [
                *[p for p in table.problems if p.severity.value == "error"],
                error(
                    "controls.no_numbers",
                    at(grid.name, grid.lines[last]),
                    Text(
                        f"人口の列が見つかりません（見出し: {listed(h.words for h in headings)}）",
                        f"no column of persons was found (headings: {listed(h.words for h in headings)})",
                    ),
                    Text("persons: または bands: に列名を書いてください", "name the columns in persons: or bands:"),
                ),
            ],
        )
    return table


def _named(config: ControlsConfig) -> dict[str, str]:
    """Return heading a person named → what it is."""
    named = {c: r for c, r in ((config.district, "district"), (config.age, "age"), (config.persons, "persons")) if c}
    return named | dict.fromkeys(config.bands.values(), "persons")


def _is_heading_row(cells: Sequence[str], config: ControlsConfig) -> bool:
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


def _header_rows(grid: Grid, config: ControlsConfig) -> tuple[int, int]:
    """Return the first and last row of the headings."""
    for first in range(min(len(grid.cells), _HEADER_WITHIN)):
        if _is_heading_row(grid.cells[first], config):
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
    if _is_heading_row(cells, config):
        return True
    said = [c for c in cells if c]  # such as 計 男 女 under merged headings, the first cell empty
    return bool(said) and not cells[0] and all(exact_sex(c) or ages_of(c) for c in said)


def _headings(grid: Grid, first: int, last: int, config: ControlsConfig) -> list[Heading]:
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


def _kept(
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
    wanted = config.date.isoformat()
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
    import re  # noqa: PLC0415

    numbers = [int(n) for n in re.findall(r"\d+", text)]
    if "令和" in text and numbers:
        numbers[0] += 2018
    elif "平成" in text and numbers:
        numbers[0] += 1988
    if len(numbers) == 1 and numbers[0] > 10_000_000:  # noqa: PLR2004 -- 20251001
        numbers = [numbers[0] // 10_000, numbers[0] // 100 % 100, numbers[0] % 100]
    return "-".join(f"{n:04d}" if i == 0 else f"{n:02d}" for i, n in enumerate(numbers[:3]))


def _by_values(grid: Grid, headings: list[Heading], body: Sequence[int], config: ControlsConfig) -> list[Heading]:
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


def _blocks(headings: Sequence[Heading]) -> list[_Block]:
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
        blocks.append(_Block(tuple(inside), ages[0] if ages else None, sexes[0] if sexes else None, tuple(values)))
    return blocks


def _once(grid: Grid, headings: Sequence[Heading], block: _Block, table: PopulationTable) -> _Block:
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


def _level(grid: Grid, columns: Sequence[int], body: Sequence[int], known: Collection[str]) -> int:
    """Return which column of districts names most of the city's: of equal ones the finest."""
    hits = [len({stem_of(grid.cells[n][c]) for n in body} & set(known)) for c in columns]
    return max(range(len(hits)), key=lambda i: (hits[i], i), default=-1)


def _told(headings: Sequence[Heading]) -> list[str]:
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


def _read_block(
    grid: Grid,
    headings: Sequence[Heading],
    block: _Block,
    body: Iterable[int],
    config: ControlsConfig,
    table: PopulationTable,
) -> set[int]:
    """Add the counts of one block; return the rows used."""
    used = set()
    above = [""] * len(block.district)
    for n in body:
        row = grid.cells[n]
        values = [(c, number_of(row[c])) for c in block.values if row[c]]
        _tell_unreadable(
            grid, n, [row[c] for c, v in values if v is None], any(v is not None for _, v in values), table
        )
        values = [(c, v) for c, v in values if v is not None]
        if not values:
            continue
        names = [row[c] for c in block.district]
        if block.age is not None or block.sex is not None:  # merged cells: the name stands in the first row only
            names = [name or last for name, last in zip(names, above, strict=True)]
        elif len(names) > 1:
            names = [
                name or last if i < len(names) - 1 else name
                for i, (name, last) in enumerate(zip(names, above, strict=True))
            ]
        above = names
        ages = None if block.age is None else ages_of(row[block.age], bare=True)
        if block.age is not None and ages is None and not _is_all_ages(row[block.age]):
            continue
        if block.district and not any(names):
            continue
        used.add(n)
        sex = exact_sex(row[block.sex]) if block.sex is not None else None
        for column, value in values:
            _add(grid, headings[column], _Cell(names, ages, sex, float(value or 0.0), n), config, table)
    return used


@dataclass(frozen=True, slots=True)
class _Cell:
    names: list[str]
    ages: Ages | None
    sex: Sex | None
    persons: float
    n: int


def _is_all_ages(text: str) -> bool:
    return not text or is_total_name(text)


def _add(grid: Grid, heading: Heading, cell: _Cell, config: ControlsConfig, table: PopulationTable) -> None:
    names = cell.names
    ages = cell.ages if cell.ages is not None else heading.ages
    sex: Sex = cell.sex if cell.sex is not None else heading.sex
    if not names and heading.role is None:  # a district by column
        names, said_of = heading.words.split(" ")[:1], map(exact_sex, heading.words.split(" ")[1:])
        told: Sex | None = next((s for s in said_of if s is not None), None)
        sex = cell.sex or told or sex
    if cell.persons < 0:
        table.problems.append(
            error(
                "controls.negative",
                at(grid.name, grid.lines[cell.n]),
                Text(f"人口が負の値です（{cell.persons:,.0f}）", f"persons are negative ({cell.persons:,.0f})"),
                Text("元の表の数値を確かめてください", "check the number in the table"),
            ),
        )
        return
    said = [n for n in names if n]
    total = any(is_total_name(n) or n in config.total_rows for n in said)
    name = names[table.level] if names and len(names) > 1 else next(iter(said), "")
    if not total and names and not name:
        return
    count = Count("" if total else name, ages, sex, cell.persons, grid.lines[cell.n])
    if not total:
        table.counts.append(count)
    elif len(said) == 1 and not _is_part(said[0]):
        table.totals.append(count)


def _is_part(name: str) -> bool:
    """Return whether a total is of a part of the city (小計, 多賀地区計)."""
    plain = "".join(name.split())
    whole = {
        "計",
        "合計",
        "総計",
        "総数",
        "総合計",
        "全市",
        "全体",
        "市全体",
        "全域",
        "全地区",
        "全区",
        "市内",
        "総人口",
        "人口総数",
    }
    return plain not in whole and not plain.startswith(("市", "全", "総")) and "市" not in plain


def _tell_unreadable(grid: Grid, n: int, texts: Sequence[str], has_numbers: bool, table: PopulationTable) -> None:
    if texts and has_numbers:
        table.problems.append(
            error(
                "controls.number",
                at(grid.name, grid.lines[n]),
                Text(f"数値として読めません: {texts[0]!r}", f"this is no number: {texts[0]!r}"),
                Text("半角の数値にするか、その行を消してください", "write a plain number, or delete the row"),
            ),
        )


def by_sex(counts: Iterable[Count], table: PopulationTable) -> Iterator[Count]:
    """Yield counts of both sexes together: the total where it stands, else men and women; a difference is told."""
    grouped: dict[tuple[str, Ages | None], list[Count]] = defaultdict(list)
    for count in counts:
        grouped[(count.district, count.ages)].append(count)
    differing: list[tuple[Count, float]] = []
    again: list[Count] = []
    alone: list[Count] = []
    for (district, ages), found in grouped.items():
        if len(found) > len({c.sex for c in found}):
            again.append(found[0])
        sums = {s: math.fsum(c.persons for c in found if c.sex == s) for s in {c.sex for c in found}}
        parts = sums.get("male", 0.0) + sums.get("female", 0.0)
        if "total" in sums:
            if {"male", "female"} <= set(sums) and abs(parts - sums["total"]) > _CLOSE:
                differing.append((found[0], parts))
            yield Count(district, ages, "total", sums["total"], found[0].row)
        elif {"male", "female"} <= set(sums):
            yield Count(district, ages, "total", parts, found[0].row)
        else:
            alone.append(found[0])
    if differing:
        count, parts = differing[0]
        table.problems.append(
            warning(
                "controls.sexes_differ",
                at(table.name, count.row),
                Text(
                    f"男＋女（{parts:,.0f} 人）が計と一致しません。計を使います",
                    "men and women do not sum to the total, which is used",
                ),
                count=len(differing),
            ),
        )
    if again and again[0].district:
        table.problems.append(
            note(
                "controls.rows_summed",
                at(table.name, again[0].row),
                Text(f"同じ地区の行を合計しました（例: {again[0].district}）", "rows of one district were summed"),
                count=len({c.district for c in again}),
            ),
        )
    if alone:
        table.problems.append(
            error(
                "controls.one_sex",
                at(table.name, alone[0].row),
                Text("男女の一方しかありません", "there is only one of the sexes"),
                Text("計の列、または男女両方の列が必要です", "a total, or both sexes, are needed"),
            ),
        )
