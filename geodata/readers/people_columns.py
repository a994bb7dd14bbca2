"""Owns the choice of columns: which hold the people, which the ages, as configured or guessed from their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.band_labels import (
    NO_PLAN,
    AgeColumn,
    BandPlan,
    describe,
    merge_bands,
    plain_label,
    plan_bands,
    read_label,
)
from geodata.readers.population_tables import age_band, spread_bands
from geodata.readers.tables import listed, missing_column, note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geodata.config.base import Band
    from geodata.population import AgeBand
    from geodata.units import FloatArray


def find_column(labels: Mapping[str, str], wanted: str, where: str) -> str:
    """Return the column called `wanted`, by its name or its label, in any case, width and spacing."""
    if wanted in labels:
        return wanted
    plain = plain_label(wanted)
    found = [c for c, label in labels.items() if plain in {plain_label(c), plain_label(label)}]
    if len(found) != 1:
        shown = [f"{c}（{label.strip()}）" if label != c else c for c, label in labels.items()]
        raise DataError(missing_column(where, wanted, shown))
    return found[0]


def age_columns(labels: Mapping[str, str]) -> list[AgeColumn]:
    """Return what the labels of a table say about ages, in the order of its columns."""
    found = (read_label(name, label) for name, label in labels.items())
    return [column for column in found if column is not None]


def choose_plan(
    labels: Mapping[str, str], persons: str | None, bands: Sequence[Band], where: str
) -> tuple[BandPlan, list[Problem]]:
    """
    Return how people by age follow from the columns of a table: as configured, else guessed from the labels.

    Parameters
    ----------
    labels
        Column → label.
    persons
        Configured column of all ages, or None.
    bands
        Configured age groups; those without columns are summed, or spread, afterwards (`in_wanted_bands`).
    where
        What messages call the table.

    Returns
    -------
    plan, problems
        The plan, and a note that says which column went where if it was guessed.

    Raises
    ------
    DataError
        If a configured column is not there, or no column of people can be guessed.
    """
    total = (find_column(labels, persons, where),) if persons is not None else ()
    named = [b for b in bands if b.column is not None]
    if named:
        terms = tuple(((find_column(labels, str(b.column), where), 1),) for b in named)
        return BandPlan(tuple(age_band(b) for b in named), terms, total), []
    columns = age_columns(labels)
    shares = any(b.share is not None for b in bands)
    if shares:
        columns = [c for c in columns if c.is_total]
    if total:
        columns = [AgeColumn(total[0], 0, 999), *(c for c in columns if not c.is_total and c.name != total[0])]
    plan = plan_bands(columns)
    if plan is NO_PLAN:
        raise DataError(no_people(where, labels.values()))
    return plan, [_guessed(plan, labels, where)]


def in_wanted_bands(
    bands: tuple[AgeBand, ...], persons: FloatArray, wanted: Sequence[Band], where: str
) -> tuple[tuple[AgeBand, ...], FloatArray]:
    """
    Return persons in the configured age groups: as they are, summed from finer ones, or spread by shares.

    Raises
    ------
    DataError
        If the groups that were read do not add up to the wanted ones.
    """
    if not wanted or any(b.column is not None for b in wanted):
        return bands, persons
    if any(b.share is not None for b in wanted):
        return spread_bands(wanted, persons.sum(axis=1), where)
    groups = tuple(age_band(b) for b in wanted)
    summed = merge_bands(bands, persons, groups)
    if summed is None:
        edges = listed([b.label.ja for b in bands], 30)
        raise DataError(
            error(
                "population.bands",
                where,
                Text(
                    f"bands: の年齢の区切りに、ファイルの年齢階級（{edges}）をまとめられません",
                    f"the age groups of the file ({listed([b.band_id for b in bands], 30)}) do not add up to bands:",
                ),
                Text(
                    "0 歳から切れ目なく、ファイルの区切りに合わせて書くか、bands: を消してください",
                    "cover all ages from 0 along the groups of the file, or leave bands: out",
                ),
            ),
        )
    return groups, summed


def no_people(where: str, labels: Iterable[str]) -> Problem:
    """Return the error for a table in which no column of people is found."""
    shown = listed([label.strip() for label in labels], 12)
    return error(
        "population.no_people",
        where,
        Text(f"人口の列が見つかりません（ある列: {shown}）", f"no column of people is found (found: {shown})"),
        Text(
            "persons: または bands: の column: に列名を書いてください",
            "name the column in persons:, or in column: of bands:",
        ),
    )


def _guessed(plan: BandPlan, labels: Mapping[str, str], where: str) -> Problem:
    total = " + ".join(f"{c}（{labels.get(c, '').strip()}）" for c in plan.total)
    text = describe(plan, labels)
    return note(
        "population.columns",
        where,
        Text(
            f"列の読み方: 総数 = {total or '各年齢の合計'}; {text}",
            f"columns read as: all = {total or 'sum of the ages'}; {text}",
        ),
        Text(
            "違うときは persons: と bands: に列名を書いてください",
            "if that is wrong, name the columns in persons: and bands:",
        ),
    )
