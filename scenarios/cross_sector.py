"""
Owns the cross-sector effect of public transport: a table that the user fills in, read, checked and added up.

What other sectors would have to pay if the lines were gone (分野別代替費用) less what the city pays for them. Nothing
here knows a unit cost: the user enters each with its source.

References
----------
Source: 西村ほか (2014)「社会全体の支出抑制効果から見る公共交通が生み出す価値」; 近畿運輸局 (2017) のリーフレット.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from geodata.errors import DataError, Problem, Text, error, raise_errors, warning
from geodata.provenance import Status, weakest
from geodata.readers.rows import read_rows
from geodata.readers.tables import ROW, at, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scenarios.store import StoredRun

REQUIRED = ("sector", "measure", "quantity", "unit_cost_yen")
KNOWN = (*REQUIRED, "times_per_year", "source")
SPENDING = ("財政支出", "spending")
"""Sectors of what the city pays for public transport itself; all others are what would replace it."""
SECTORS = ("医療", "商業", "教育", "観光", "福祉", "財政", "建設")
KPI_PREFIX, FINDING_PREFIX = "kpi:", "finding:"
SENTENCES = "equity_sentences"
MOST = 1e13
COLUMNS = (
    "sector",
    "measure",
    "quantity",
    "quantity_of",
    "times_per_year",
    "unit_cost_yen",
    "yen",
    "status",
    "source",
)
TEMPLATE = """sector,measure,quantity,times_per_year,unit_cost_yen,source
医療,通院のタクシー券（30分で医療機関に着けない免許のない75歳以上）,finding:clinic-75plus-no-licence-left,,,
医療,病院送迎バスの運行（台）,,1,,
商業,買物バスの運行（台）,,1,,
商業,移動販売の委託（か所）,,1,,
教育,スクールバスの運行（台）,,1,,
教育,通学のタクシー券（人）,,1,,
福祉,外出支援のタクシー券（人）,,1,,
観光,観光客の送迎バス（台）,,1,,
財政,土地の値下がりによる税収の減（円）,,1,1,
建設,混雑に対応する道路整備（円）,,1,1,
財政支出,公共交通への補助・委託（円）,kpi:subsidy_yen,1,1,
"""
"""A table to be filled in: sectors of the literature, quantities where the tool knows them, no unit costs of others."""


@dataclass(frozen=True, slots=True)
class CrossSectorRow:
    """
    One line of the table.

    `quantity` None = the run has no such number; `quantity_of`: where it comes from, "" = entered. `yen` None = not
    counted: quantity or unit cost is missing.
    """

    where: str
    sector: str
    measure: str
    quantity: float | None
    quantity_of: str
    times_per_year: float
    unit_cost_yen: float | None
    source: str
    status: Status

    @property
    def is_spending(self) -> bool:
        """Return whether it is what the city pays for public transport."""
        return self.sector in SPENDING

    @property
    def yen(self) -> float | None:
        """Yen a year: quantity × times a year × unit cost."""
        if self.quantity is None or self.unit_cost_yen is None:
            return None
        return self.quantity * self.times_per_year * self.unit_cost_yen


@dataclass(frozen=True, slots=True)
class CrossSectorEffect:
    """The lines, and warnings about them; yen a year."""

    rows: tuple[CrossSectorRow, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def replacing_yen(self) -> float:
        """What other sectors would pay, of the lines that are counted."""
        return sum(row.yen or 0.0 for row in self.rows if not row.is_spending)

    @property
    def spending_yen(self) -> float | None:
        """What the city pays for public transport; None where the table does not say."""
        told = [row.yen for row in self.rows if row.is_spending and row.yen is not None]
        return sum(told) if told else None

    @property
    def effect_yen(self) -> float | None:
        """What is saved: `replacing_yen` − `spending_yen`; None where spending is not known."""
        return None if self.spending_yen is None else self.replacing_yen - self.spending_yen

    @property
    def left_out(self) -> tuple[CrossSectorRow, ...]:
        """Lines that are not counted."""
        return tuple(row for row in self.rows if row.yen is None)

    @property
    def status(self) -> Status:
        """Weakest status of the lines that are counted; no data where none is."""
        told = [row.status for row in self.rows if row.yen is not None]
        return weakest(told) if told else Status.NO_DATA

    def frame(self) -> pd.DataFrame:
        """Return the lines as a table."""
        rows = [[getattr(row, name) for name in COLUMNS] for row in self.rows]
        return pd.DataFrame(rows, columns=list(COLUMNS)).assign(status=[str(row.status) for row in self.rows])


def read_cross_sector(path: Path, run: StoredRun, without: StoredRun | None = None) -> CrossSectorEffect:
    """
    Return the cross-sector effect by a table that the user has filled in.

    Parameters
    ----------
    path
        CSV with sector, measure, quantity (a number, ``kpi:ID[/setting[/group]]`` or ``finding:ID`` of the run),
        times_per_year (1 if left out), unit_cost_yen, source. Sector 財政支出 = what the city pays now.
    run
        Run with public transport, whose numbers are meant.
    without
        Run without it: then numbers of a run are `without` − `run`, the additional people; spending is that of `run`.

    Returns
    -------
    effect
        A line without quantity or unit cost is kept but not counted. One without a source is 仮定.

    Raises
    ------
    DataError
        With every problem of the table at once, each with its row.
    """
    frame, problems = read_rows(path, REQUIRED, None)
    unknown = [str(c) for c in frame.columns if c not in {*KNOWN, ROW}]
    if unknown:
        message = Text(f"使わない列: {listed(unknown)}", f"columns that are not used: {listed(unknown)}")
        problems.append(warning("cross_sector.column", path.name, message))
    if len(frame) == 0:
        message = Text("行がありません", "there are no rows")
        hint = Text("--template で書式を作れます", "--template writes a table to fill in")
        problems.append(error("cross_sector.empty", path.name, message, hint))
    rows = []
    for record in frame.to_dict("records"):
        where = at(path.name, record[ROW])
        row, found = _row({str(k): str(v) for k, v in record.items()}, where, run, without)
        problems += found
        rows.append(row)
    raise_errors(problems, DataError)
    problems += list(_doubles(rows))
    return CrossSectorEffect(tuple(rows), tuple(problems))


def _row(
    written: dict[str, str], where: str, run: StoredRun, without: StoredRun | None
) -> tuple[CrossSectorRow, list[Problem]]:
    problems: list[Problem] = []
    sector, measure, source = (written.get(name, "") for name in ("sector", "measure", "source"))
    for name, value in (("sector", sector), ("measure", measure)):
        if not value:
            message = Text(f"{name} が空です", f"{name} is empty")
            hint = Text(f"{name} の列に書いてください", f"fill the column {name}")
            problems.append(error("cross_sector.empty_value", where, message, hint))
    asked, status = written["quantity"], Status.MODELLED if source else Status.ASSUMED
    quantity: float | None
    if asked.startswith((KPI_PREFIX, FINDING_PREFIX)):
        other = None if sector in SPENDING else without
        quantity, surety, found = _number_of(asked, where, run, other)
        problems += found
        status = weakest([status, surety])
    else:
        quantity = _number(asked, "quantity", where, problems)
        asked = ""
    times = _number(written.get("times_per_year", "") or "1", "times_per_year", where, problems)
    cost = _number(written["unit_cost_yen"], "unit_cost_yen", where, problems)
    return CrossSectorRow(where, sector, measure, quantity, asked, times or 0.0, cost, source, status), problems


def _number(value: str, name: str, where: str, problems: list[Problem]) -> float | None:
    """Return a number of the table, None where it is empty; what is no number of 0 or more is a problem."""
    if not value:
        return None
    try:
        number = float(value.replace(",", ""))
    except ValueError:
        number = math.nan
    if not 0 <= number <= MOST:
        message = Text(
            f"{name} の {value!r} は 0 以上の数ではありません", f"{name} {value!r} is no number of 0 or more"
        )
        hint = Text("例: 1200 または 1,200（単位や円は書かない）", "such as 1200 or 1,200, without a unit")
        problems.append(error("cross_sector.number", where, message, hint))
        return None
    return number


def _number_of(
    asked: str, where: str, run: StoredRun, without: StoredRun | None
) -> tuple[float | None, Status, list[Problem]]:
    """Return a number of a run, or how much more it is in the run without public transport."""
    values: list[float | None] = []
    statuses: list[Status] = []
    for one in (run, *([] if without is None else [without])):
        value, status, problem = _find(asked, where, one)
        if problem is not None:
            return None, Status.NO_DATA, [problem]
        values.append(value)
        statuses.append(status)
    here = values[0]
    if here is None or values[-1] is None:
        return None, Status.NO_DATA, []
    number = here if without is None else values[-1] - here
    if number < 0:
        message = Text(
            f"{asked} は公共交通のない結果のほうが小さい（{number:,.1f}）ため、0 とします",
            f"{asked} is smaller without public transport ({number:,.1f}): counted as 0",
        )
        return 0.0, weakest(statuses), [warning("cross_sector.less", where, message)]
    return number, weakest(statuses), []


def _find(asked: str, where: str, run: StoredRun) -> tuple[float | None, Status, Problem | None]:
    if asked.startswith(KPI_PREFIX):
        kpi_id, setting, group = ([*asked.removeprefix(KPI_PREFIX).split("/"), "", ""])[:3]
        known = list(dict.fromkeys(run.kpi["kpi_id"]))
        key = (kpi_id, setting or "default", group or "all")
        frame = run.kpi[(run.kpi[["kpi_id", "setting", "group"]] == list(key)).all(axis=1)]
    else:
        kpi_id = asked.removeprefix(FINDING_PREFIX)
        table = run.tables.get(SENTENCES)
        frame = run.kpi.head(0) if table is None else table[table["sentence_id"] == kpi_id]
        known = [] if table is None else list(table["sentence_id"])
    if len(frame) == 0:
        message = Text(f"結果 {run.run_id} に {asked} がありません", f"the run {run.run_id} has no {asked}")
        near = nearest(kpi_id, known)
        some = known[:6]
        hint = (
            Text(f"{near} ではありませんか", f"did you mean {near}?")
            if near
            else Text(f"使える名前: {'、'.join(some)} …", f"known: {', '.join(some)} …")
            if some
            else Text(
                "この結果に文の表がありません。ekisei run で計算し直してください", "the run has none: run it again"
            )
        )
        return None, Status.NO_DATA, error("cross_sector.unknown", where, message, hint)
    value = float(frame["value"].iloc[0])
    return (None if math.isnan(value) else value), Status(str(frame["status"].iloc[0])), None


def _doubles(rows: list[CrossSectorRow]) -> Iterator[Problem]:
    """Warn about lines that stand twice: their yen would count twice."""
    seen: dict[tuple[str, str], str] = {}
    for row in rows:
        first = seen.setdefault((row.sector, row.measure), row.where)
        if first != row.where:
            message = Text(f"{first} と同じ分野・施策です", f"sector and measure are those of {first}")
            yield warning("cross_sector.double", row.where, message)
