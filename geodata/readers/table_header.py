"""Owns where the header of a planner's table stands and what separates its columns."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import TYPE_CHECKING

from geodata.errors import Problem, Severity, Text, warning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

SEPARATORS = {",": Text("カンマ", "comma"), "\t": Text("タブ", "tab"), ";": Text("セミコロン", "semicolon")}
LOOKED_AT = 20
"""How many lines from the top may be titles."""


def find_header(
    text: str, where: str, required: AbstractSet[str], known: Callable[[str], bool]
) -> tuple[str, int, str, list[Problem]]:
    """
    Find the line of headings near the top, and the separator of the table.

    The line with the most known headings counts, the first of equals; where none is known, the first line with two
    values or more.

    Parameters
    ----------
    text
        The whole file, decoded.
    where
        What messages call it.
    required
        Columns that must be there: known headings too.
    known
        Says whether a value is a known heading.

    Returns
    -------
    separator, skipped, rest, problems
        The separator; how many lines stand above the headings; the text from them on; a warning about the separator
        and a note about the lines.
    """
    separator = _separator(text, lambda value: value in required or known(value))
    records = list(islice(_records(text, separator), LOOKED_AT))
    hits = [sum(bool(v) and (v in required or known(v)) for v in values) for _, values in records]
    best = max(hits, default=0)
    if best:
        chosen = hits.index(best)
    else:
        chosen = next((n for n, (_, values) in enumerate(records) if sum(map(bool, values)) > 1), 0)
    skipped = records[chosen][0] if records else 0
    rest = _from_line(text, skipped)
    problems = []
    if separator != ",":
        problems.append(_other_separator(where, SEPARATORS[separator]))
    if skipped:
        problems.append(_titles(where, skipped))
    return separator, skipped, rest, problems


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of lines above it, values) of each record."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    above = 0
    while True:
        try:
            values = next(reader)
        except (StopIteration, csv.Error):
            return
        yield above, [v.strip() for v in values]
        above = reader.line_num


def _from_line(text: str, skipped: int) -> str:
    stream = io.StringIO(text, newline="")
    for _ in range(skipped):
        next(stream)
    return stream.read()


def _separator(text: str, known: Callable[[str], bool]) -> str:
    """Return the separator that shows most known headings in a line near the top, else most values; comma wins."""

    def score(sign: str) -> tuple[int, int]:
        rows = [values for _, values in islice(_records(text, sign), LOOKED_AT)]
        return (
            max((sum(bool(v) and known(v) for v in values) for values in rows), default=0),
            min((len(values) for values in rows if any(values)), default=0),
        )

    return max(SEPARATORS, key=score)


def _other_separator(where: str, name: Text) -> Problem:
    return warning(
        "table.separator",
        where,
        Text(f"カンマではなく{name.ja}で区切られた表として読みました", f"read as separated by {name.en}, not by comma"),
        Text("できればカンマ区切り（CSV）で保存し直してください", "save it separated by commas if you can"),
    )


def _titles(where: str, skipped: int) -> Problem:
    return Problem(
        Severity.INFO,
        "table.title_lines",
        f"{where} row 1",
        Text(
            f"列名は {skipped + 1} 行目にあります。上の {skipped} 行は表題として読み飛ばしました",
            f"the headings stand in line {skipped + 1}; the {skipped} line(s) above are taken for titles",
        ),
    )
