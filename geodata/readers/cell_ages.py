"""Owns the ages of a table of cells that names only its people: what its other columns tell, and which stay unused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import DataError, Problem, Text, warning
from geodata.readers.band_labels import OPEN_AGE, AgeColumn, describe, plan_bands, read_label
from geodata.readers.rows import checked_numbers
from geodata.readers.tables import ROW, at, listed, note

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from geodata.population import AgeBand
    from geodata.units import FloatArray

_TOLD = 0.5


def ages_beside(
    frame: pd.DataFrame, persons: str, taken: Sequence[str], name: str
) -> tuple[tuple[AgeBand, ...], FloatArray, list[Problem]]:
    """
    Return people by age where columns beside the one of all people tell ages: 0–64 = 人口総数 − 65歳以上.

    Parameters
    ----------
    frame
        Rows as text.
    persons
        Column of all people.
    taken
        Columns that mean something else.
    name
        File, for messages.

    Returns
    -------
    bands, persons, problems
        No bands where nothing follows from the labels or their numbers contradict the total; then the columns that
        stay unused are told.
    """
    found = [read_label(str(c), str(c)) for c in frame.columns if c not in {ROW, persons, *taken}]
    columns = [c for c in found if c is not None and not c.is_total]
    if not columns:
        return (), np.zeros((len(frame), 0)), []
    plan = plan_bands([AgeColumn(persons, 0, OPEN_AGE), *columns])
    used = set(plan.columns) - {persons}
    unused = [c.name for c in columns if c.name not in used]
    if len(plan.bands) < 2 or not used:  # noqa: PLR2004 -- one group of all ages says nothing
        return (), np.zeros((len(frame), 0)), [_unused(name, unused)]
    try:
        numbers = {c: checked_numbers(frame, c, name, least=0) for c in plan.columns}
    except DataError as exc:
        return (), np.zeros((len(frame), 0)), [_no_numbers(name, sorted(used), exc)]
    ages, total = plan.persons(numbers), numbers.get(persons, checked_numbers(frame, persons, name, least=0))
    bad = np.flatnonzero((ages.min(axis=1) < -_TOLD) | (np.abs(ages.sum(axis=1) - total) > _TOLD))
    if len(bad):
        return (), ages[:, :0], [_contradict(at(name, frame[ROW].iloc[int(bad[0])]), sorted(used), len(bad))]
    said = describe(plan, {})
    problems = [
        note(
            "population.ages_from_columns",
            name,
            Text(f"年齢の列をこう読みました: {said}", f"ages were read as: {said}"),
            Text("違うときは bands: に書いてください", "write bands: where that is wrong"),
        ),
    ]
    return plan.bands, np.maximum(ages, 0.0), problems + ([_unused(name, unused)] if unused else [])


def _unused(name: str, columns: Sequence[str]) -> Problem:
    return note(
        "population.ages_unused",
        name,
        Text(
            f"使っていない年齢の列があります: {listed(columns, 12)}",
            f"columns of ages that are not used: {listed(columns, 12)}",
        ),
        Text("使うには bands: に年齢の区切りと列名を書いてください", "write ages and columns in bands: to use them"),
        len(columns),
    )


def _no_numbers(name: str, columns: Sequence[str], exc: DataError) -> Problem:
    first = exc.problems[0]
    return warning(
        "population.ages_no_numbers",
        first.where or name,
        Text(
            f"年齢の列（{listed(columns, 6)}）に数として読めない値があるため、年齢は使いません",
            f"columns of ages ({listed(columns, 6)}) have values that are no numbers: ages are not used",
        ),
        Text("値を直すか、空の欄に 0 を書いてください", "mend the values, or write 0 in empty cells"),
        len(exc.problems),
    )


def _contradict(where: str, columns: Sequence[str], count: int) -> Problem:
    return warning(
        "population.ages_contradict",
        where,
        Text(
            f"年齢の列（{listed(columns, 6)}）が総数と合わない行があるため、年齢は使いません",
            f"ages ({listed(columns, 6)}) do not go with the total in rows: ages are not used",
        ),
        Text("年齢の列と総数の列を確かめてください", "check the columns of ages and of the total"),
        count,
    )
