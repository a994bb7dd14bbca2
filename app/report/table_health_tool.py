"""Owns CSV files with names and columns of MLIT's 都市構造評価ツール (Project PLATEAU, UC24-08)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from app.report.table_csv import write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from app.report.table_csv import Value
    from app.report.table_health import Examined

TRANSPORT, LIVING = "IF104_公共交通関連評価指標ファイル", "IF101_居住誘導区域関連評価指標ファイル"
"""Beginnings of the tool's file names; a suffix follows."""
NONE = "―"
"""What the tool writes where it has no value."""
SHARE_DECIMALS, CHANGE_DECIMALS, DENSITY_DECIMALS = 3, 2, 2
"""Decimals that the tool rounds to."""
MODES = {"rail": "rail_pop", "bus": "bus_pop", "transit": "transit_pop"}
TRANSPORT_COLUMNS = (
    "year",
    *(f"transit_walk_pop_coverage{tail}" for tail in ("", "_delta", "_national_avg", "_pref_avg")),
    *(
        f"{start}_{tail}"
        for start in MODES.values()
        for tail in ("covered", "coverage", "coverage_delta", "coverage_national_avg", "coverage_pref_avg")
    ),
)
LIVING_COLUMNS = (
    "year",
    "pop_share_rpa_pop",
    "pop_share_rsma_pop",
    "pop_share_rpa_pop_sheet_a",
    "pop_share_admin_pop",
    "pop_share_none",
    "pop_share_rpa_delta",
    "pop_share_rpa_national_avg",
    "pop_share_rpa_national_sd",
    "pop_share_rpa_pref_avg",
    "pop_share_rpa_pref_sd",
    "pop_share_rpa_pop_delta_rate",
    "trend_vs_past_rpa_pop_2010",
    "trend_vs_past_rsma_pop_2010",
    "trend_vs_past_rpa_pop_2020_sheet_a",
    "trend_vs_past_admin_pop_2010",
    "trend_vs_past_rpa_pop_share",
    "pop_density_rpa",
    "pop_density_rsma",
    "pop_density_rpa_sheet_a",
    "use_hypothetical_areas",
)
ZONE = "residential_guidance"


def write_tool_files(folder: Path, before: Examined | None, found: Examined) -> list[Path]:
    """
    Write the tool's files on public transport and on the residential guidance area.

    Parameters
    ----------
    before
        The city of an earlier year, for the row above and the change; None = one row.
    found
        The run.

    Notes
    -----
    As the tool writes them: UTF-8 without a mark, shares of three decimals, the change of rounded shares to two, ―
    where there is no value, empty where the tool computes nothing. Without a guidance area its file has a heading only.
    """
    years = [found] if before is None else [before, found]
    parts = ((TRANSPORT, TRANSPORT_COLUMNS, transport_rows), (LIVING, LIVING_COLUMNS, living_rows))
    return [
        write_csv(
            folder / f"{name}_{found.run.run_id}.csv",
            columns,
            [[row.get(column, "") for column in columns] for row in rows_of(years)],
            mark=False,
        )
        for name, columns, rows_of in parts
    ]


def transport_rows(years: list[Examined]) -> list[dict[str, Value]]:
    """Return a row for each year: residents near railways, buses and either."""
    rows: list[dict[str, Value]] = []
    for found in years:
        row: dict[str, Value] = {"year": found.run.year}
        for mode, start in MODES.items():
            cover = found.covers.get(mode)
            share = math.nan if cover is None else cover.share
            row[f"{start}_covered"] = NONE if cover is None else round(cover.persons)
            row[f"{start}_coverage"] = _rounded(share, SHARE_DECIMALS)
            row[f"{start}_coverage_delta"] = _change(rows, f"{start}_coverage", row, CHANGE_DECIMALS)
        rows.append(row)
    return rows


def living_rows(years: list[Examined]) -> list[dict[str, Value]]:
    """Return a row for each year with residents of the guidance area; none where the city has no such area."""
    rows: list[dict[str, Value]] = []
    for found in years:
        table = found.run.stored.tables.get("zones")
        hit = None if table is None else table[(table["zone_kind"] == ZONE) & (table["side"] == "inside")]
        if hit is None or hit.empty:
            return []
        inside = hit.iloc[0]
        share = _rounded(float(inside["persons_share"]), SHARE_DECIMALS)
        row: dict[str, Value] = {
            "year": found.run.year,
            "pop_share_rpa_pop": int(inside["persons"]),
            "pop_share_admin_pop": int(found.persons),
            "pop_share_none": share,
            "trend_vs_past_rpa_pop_share": share,
            "pop_density_rpa": _rounded(float(inside["persons_per_ha"]), DENSITY_DECIMALS),
            "use_hypothetical_areas": 0,
        }
        row["pop_share_rpa_pop_delta_rate"] = _change(rows, "pop_share_none", row, SHARE_DECIMALS)
        rows.append(row)
    return rows


def _rounded(value: float, decimals: int) -> Value:
    return NONE if math.isnan(value) else round(value, decimals)


def _change(rows: list[dict[str, Value]], name: str, row: dict[str, Value], decimals: int) -> Value:
    """Return what a rounded value changes from the year before, rounded again."""
    before, now = (rows[-1].get(name) if rows else None), row.get(name)
    known = isinstance(before, float) and isinstance(now, float)
    return round(now - before, decimals) if known else NONE  # type: ignore[operator]
