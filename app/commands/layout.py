"""Owns how tables fit a terminal: widths by what stands in the columns, and lines broken where words end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text as Styled

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP = 2
"""Blanks between two columns; one more stands at either edge of the table."""
LEAST_FIRST, LEAST_WORDS, LEAST_ELASTIC = 16, 8, 10
"""Least widths: of columns of words while others may still give way, then of those, then of the elastic column."""
NEVER_FIRST = "）」』、。・ー％ぁぃぅぇぉっゃゅょァィゥェォッャュョ)]%,."
KANJI, HIRAGANA, KATAKANA = "一-鿿々〇", "ぁ-ゖ", "ァ-ヶー"
WORDS = re.compile(
    "|".join(
        (
            r"(?<=[ 　])(?=\S)",  # after a blank
            r"(?<=[、。・）」』])(?![、。・）」』])",  # after Japanese punctuation
            r"(?<!^)(?=[（「『])",  # before a bracket
            f"(?<=[{HIRAGANA}])(?=[{KANJI}{KATAKANA}0-9A-Za-z])",  # where a Japanese word begins
            f"(?<=[{KANJI}])(?=[{KATAKANA}])",
        )
    )
)

SEAM = re.compile(f"(?<=[{KATAKANA}])(?=[{KANJI}])")
"""Where a word that is too long is cut first."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, whether numbers stand in it, and how wide it may grow at most [cells]."""

    head: str | Styled
    right: bool = False
    most: int | None = None


def wrap(text: str, width: int) -> str:
    """Return the text in lines of at most `width` cells, broken where words end; longer words are cut."""
    return "\n".join(line for part in text.split("\n") for line in _wrap_line(part, width))


def fitted_table(
    title: str, columns: Sequence[Column], rows: Sequence[Sequence[Styled]], width: int, *, elastic: int = 0
) -> Table:
    """Return a table at most `width` cells wide: the `elastic` column takes what the others leave."""
    widths = [_natural(column, [row[n] for row in rows]) for n, column in enumerate(columns)]
    free = width - 2 - (sum(widths) - widths[elastic]) - GAP * (len(columns) - 1)
    widths[elastic] = max(min(widths[elastic], free), LEAST_FIRST)
    _spare_numbers(columns, widths, width, elastic)
    table = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, GAP - 1, 0, 0),
    )
    for column, wide in zip(columns, widths, strict=True):
        justify = "right" if column.right else "left"
        table.add_column(wrapped(column.head, wide), justify=justify, width=wide, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(wrapped(cell, wide) for cell, wide in zip(row, widths, strict=True)))
    return table


def _spare_numbers(columns: Sequence[Column], widths: list[int], width: int, elastic: int) -> None:
    """Narrow the columns of words, the widest first, where a table is still too wide: a number is never broken."""
    over = sum(widths) + 2 + GAP * (len(columns) - 1) - width
    words = sorted((n for n, c in enumerate(columns) if not c.right and n != elastic), key=lambda n: -widths[n])
    for order, least in ((words, LEAST_FIRST), (words, LEAST_WORDS), ([elastic], LEAST_ELASTIC)):
        for n in order:
            spare = max(0, min(over, widths[n] - least))
            widths[n] -= spare
            over -= spare


def wrapped(cell: str | Styled, width: int) -> Styled:
    """Return a cell with its lines broken; one that is wide enough keeps its parts' styles."""
    styled = cell if isinstance(cell, Styled) else Styled(cell)
    lines = styled.split("\n", allow_blank=True)
    kept = [
        line if cell_len(line.plain) <= width else Styled(wrap(line.plain, width), _style_of(line)) for line in lines
    ]
    return Styled("\n").join(kept)


def _style_of(line: Styled) -> str:
    return str(line.spans[0].style if line.spans else line.style)


def _natural(column: Column, cells: Sequence[Styled]) -> int:
    """Return the width that a column wants: its longest line, or the longest word of its heading."""
    lines = [line for cell in cells for line in cell.plain.split("\n")]
    head = str(column.head)
    words = [cell_len(word.strip()) for word in WORDS.split(head)] if column.most is None else [cell_len(head)]
    wanted = max([*map(cell_len, lines), *words], default=0)
    return wanted if column.most is None else min(wanted, column.most)


def _wrap_line(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in WORDS.split(text):
        if cell_len(line + word.rstrip()) <= width:
            line += word
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = word
        while cell_len(line.rstrip()) > width:
            cut = _cut(line, width)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line.rstrip()]


def _cut(word: str, width: int) -> int:
    """Return how many signs of a long word stand in the line; the next one may begin a line."""
    fits = max(n for n in range(1, len(word) + 1) if n == 1 or cell_len(word[:n]) <= width)
    seams = [m.start() for m in SEAM.finditer(word) if 1 < m.start() <= fits]
    if seams:
        return seams[-1]
    better = next((n for n in range(fits, 0, -1) if n == len(word) or word[n] not in NEVER_FIRST), fits)
    return better if better > fits // 2 else fits
