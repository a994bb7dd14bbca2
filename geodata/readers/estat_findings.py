"""Owns what is told about census tables: suppressed and unknown figures, copies, rows that do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geodata.errors import Problem, Text, error, warning
from geodata.readers.estat_tables import GIVEN_TO
from geodata.readers.mesh_cells import merged_names
from geodata.readers.tables import ROW, at, note

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import pandas as pd

    from geodata.readers.band_labels import BandPlan
    from geodata.readers.suppression import Settled

FILE = "__file"
"""Column that holds the file of a row, beside `ROW`."""


def settled_findings(settled: Settled, name: str, plan: BandPlan, shared: Text) -> list[Problem]:
    """Return what to tell about figures that were shared out, spread or lost; `shared`: how they were shared."""
    problems: list[Problem] = []
    n_shared = int(settled.shared.sum())
    if n_shared:
        people = float(settled.total[settled.shared].sum())
        counted = Text(f"（{people:,.0f} 人）", f" ({people:,.0f} persons)")
        message = Text(shared.ja + counted.ja, shared.en + counted.en)
        problems.append(note("estat.suppressed_shared", name, message, count=n_shared))
    if settled.unknown_age > 0 and not plan.whole:
        problems.append(unknown_age(name, settled.unknown_age))
    for n, told in (
        (settled.n_no_ages, no_ages),
        (settled.n_at_receiver, at_receiver),
        (settled.n_lost, lost_totals),
        (settled.n_conflicts, ages_conflict),
    ):
        if n:
            problems.append(told(name, n))
    return problems


def unknown_age(name: str, persons: float) -> Problem:
    """Return the note on people of unknown age, spread over the groups."""
    return note(
        "population.unknown_age",
        name,
        Text(
            f"年齢不詳の {persons:,.0f} 人を、そのセルの年齢構成に比例して割り振りました",
            f"{persons:,.0f} persons of unknown age are spread over the age groups of their cell",
        ),
    )


def no_ages(name: str, n: int) -> Problem:
    """Return the warning on areas whose ages are not published anywhere."""
    return warning(
        "estat.no_ages",
        name,
        Text(
            "総数だけで年齢が判らない区域に、全体の年齢構成を当てました（試算）",
            "areas with a total but no ages were given the ages of all areas together (modelled)",
        ),
        Text(
            "合算先を含むファイルをすべて path: に書いてください",
            "give all files, with the areas that carry them, in path:",
        ),
        count=n,
    )


def at_receiver(name: str, n: int) -> Problem:
    """Return the warning on areas whose people are counted in the area that carries their figures."""
    return warning(
        "estat.stays_at_receiver",
        name,
        Text(
            "総数も秘匿の区域の人を、合算先の区域に置いたままにしました（その区域は 0 人になります）",
            "people of areas without a published total stay in the area that carries them (they count nobody)",
        ),
        Text(
            "総数を公表している統計表を使えば、分けられます",
            "with a table that publishes the totals they are shared out",
        ),
        count=n,
    )


def lost_totals(name: str, n: int) -> Problem:
    """Return the warning on areas of which not even the total is published."""
    return warning(
        "estat.no_total",
        name,
        Text("総数も秘匿の区域があり、0 人としました", "areas without a published total count nobody"),
        Text("総数を公表している統計表を使ってください", "use a table that publishes the totals"),
        count=n,
    )


def ages_conflict(name: str, n: int) -> Problem:
    """Return the warning on areas whose ages sum to more than their total."""
    return warning(
        "estat.ages_exceed_total",
        name,
        Text(
            "年齢別の合計が総数より多い区域があります。総数に合わせて縮めました",
            "ages sum to more than the total in some areas; they were scaled down to it",
        ),
        Text(
            "列の読み方（population.columns）を確かめてください", "check how the columns were read (population.columns)"
        ),
        count=n,
    )


def not_used(names: Sequence[str], used: str) -> Problem:
    """Return the note on a table with coarser ages than another."""
    return note(
        "estat.other_table",
        merged_names(names),
        Text(f"年齢のより細かい {used} を使い、この表は使いません", f"{used} has finer ages; this table is not used"),
        count=len(names),
    )


def lacks(name: str, columns: Sequence[str]) -> Problem:
    """Return the error for a file without columns that the others have."""
    return error(
        "table.missing_column",
        at(name, 1),
        Text(
            f"ほかのファイルにある列 {', '.join(columns)} がありません",
            f"lacks {', '.join(columns)} of the other files",
        ),
        Text("同じ統計表のファイルをそろえてください", "give files of the same statistical table"),
    )


def copies(names: str, n: int) -> Problem:
    """Return the warning on rows that occur twice."""
    return warning(
        "estat.duplicate_rows",
        names,
        Text("同じ行が二度あります。一度だけ数えました", "rows occur twice; each was counted once"),
        Text("同じファイルを二度書いていないか確かめてください", "check that no file is given twice"),
        count=n,
    )


def border(names: str, n: int) -> Problem:
    """Return the note on cells added up over prefectures."""
    return note(
        "estat.prefecture_border",
        names,
        Text("県境のセルは各県のファイルの分を足しました", "cells on the border of prefectures: the parts were added"),
        count=n,
    )


def twice(row: dict[Hashable, Any]) -> Problem:
    """Return the error for a cell that occurs again with other figures."""
    return error(
        "population.duplicate_cell",
        at(str(row[FILE]), float(row[ROW])),
        Text(f"コード {row['code']} が違う値で二度あります", f"code {row['code']} occurs again with other figures"),
        Text("片方の行（ファイル）を外してください", "leave one of the rows (files) out"),
    )


def negative(row: dict[Hashable, Any], label: Text) -> Problem:
    """Return the error for an age group that is negative by difference."""
    return error(
        "estat.ages_conflict",
        at(str(row[FILE]), float(row[ROW])),
        Text(f"{label.ja} が差し引きで負になります", f"{label.en} is negative by difference"),
        Text(
            "年齢の列の値を確かめるか、bands: に列名を書いてください",
            "check the age columns, or name the columns in bands:",
        ),
    )


def receiver_outside(row: pd.Series[Any], count: int) -> Problem:
    """Return the warning on cells whose figures stand in a cell of no file; `row`: the first."""
    return warning(
        "estat.receiver_missing",
        at(str(row[FILE]), float(row[ROW])),
        Text(
            f"合算先 {row[GIVEN_TO]} がファイルにありません",
            f"the cell {row[GIVEN_TO]} that carries its figures is not in the files",
        ),
        Text(
            "隣の 1 次メッシュのファイルも path: に加えてください",
            "add the file of the neighbouring primary mesh to path:",
        ),
        count=count,
    )
