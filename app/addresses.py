"""Owns the addresses of what the page fetches: geometry once, then plain value arrays."""

from __future__ import annotations

from urllib.parse import quote

UNREACHABLE = 1e9  # stands for inf (its negative for −inf), which JSON cannot write; map.js knows the same number


def geometry_url(city_key: str) -> str:
    """Return where the outlines of all cells are: fetched once per city."""
    return f"geometry/{quote(city_key)}"


def values_url(run_id: str, run_key: str, column: str, *, public: bool, by_district: bool = False) -> str:
    """Return where one value per cell is; the key changes with the result, so that browsers may keep it."""
    district = "&district=1" if by_district else ""
    return f"values/{quote(run_id)}/{quote(column)}?key={quote(run_key)}&public={int(public)}{district}"


def timed_url(address: str, window: str, percentile: int | None, lang: str) -> str:
    """Return where the values of an address are for another time of day and percentile; `lang`: of a refusal."""
    return f"{address.replace('values/', 'timed/', 1)}&w={window}&q={percentile or 0}&lang={lang}"


def reach_url(run_id: str, cell_id: str, key: str, question: tuple[str, int | None, str], *, public: bool) -> str:
    """Return where minutes from a cell to every cell are; `question`: time of day, percentile, walker."""
    window, percentile, walker = question
    asked = f"key={quote(key)}&w={window}&q={percentile or 0}&by={walker}&public={int(public)}"
    return f"reach/{quote(run_id)}/{quote(cell_id)}?{asked}"


def winners_url(left_id: str, right_id: str, key: str, aim: str, *, public: bool) -> str:
    """Return where it is told of each cell whether most people of it gain or lose from the left run to the right."""
    return f"winners/{quote(left_id)}/{quote(right_id)}?key={quote(key)}&aim={quote(aim)}&public={int(public)}"


def layers_url(run_id: str, left_id: str, key: str) -> str:
    """Return where lines, stops, facilities and places of a run are, marked by what differs from the left run."""
    return f"layers/{quote(run_id)}?left={quote(left_id)}&key={quote(key)}"


def cells_csv_url(run_id: str, kpi_id: str, group: str, *, public: bool) -> str:
    """Return where the contributions of cells to a KPI can be saved from."""
    return f"cells/{quote(run_id)}/{quote(kpi_id)}.csv?group={quote(group)}&public={int(public)}"


def table_csv_url(run_id: str, name: str) -> str:
    """Return where a table of services of a run can be saved from."""
    return f"tables/{quote(run_id)}/{quote(name)}.csv"


def people_url(run_id: str, run_key: str) -> str:
    """Return where the residents of a run by year are."""
    return f"population/{quote(run_id)}.json?key={quote(run_key)}"
