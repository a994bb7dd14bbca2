"""Owns what a reader of people returns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geodata.readers.records import file_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pandas as pd

    from geodata.errors import Problem
    from geodata.population import PopulationCells
    from geodata.reading import FileRecord, ReaderInfo


@dataclass(frozen=True, slots=True, eq=False)
class PeopleReading:
    """
    People as read.

    `epsg`: the plane system used. `table`: rows of the file in the order of the cells, for facilities counted in them
    (`cells_column`), or None. The others as in `geodata.reading.Reading`.
    """

    population: PopulationCells
    epsg: int
    table: pd.DataFrame | None = None
    problems: tuple[Problem, ...] = ()
    files: tuple[FileRecord, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    repairs: dict[str, int] = field(default_factory=dict)


def by_file(
    paths: Sequence[Path], reader: ReaderInfo, rows_in: Iterable[str], rows_kept: Iterable[str]
) -> tuple[FileRecord, ...]:
    """Return one record per path; `rows_in`, `rows_kept`: for each row the table it comes from (``a.zip/b.txt``)."""
    counted_in, counted_kept = Counter(rows_in), Counter(rows_kept)

    def rows(counts: Counter[str], path: Path) -> int:
        return sum(n for name, n in counts.items() if name == path.name or name.startswith(f"{path.name}/"))

    return tuple(file_record(p, reader, rows(counted_in, p), rows(counted_kept, p)) for p in paths)
