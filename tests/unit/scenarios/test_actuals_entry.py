"""Actuals entered one by one: the table stays one that every command reads, and nothing that was there is lost."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest

from geodata.errors import DataError
from geodata.synthetic import grid_city
from scenarios import actuals_entry
from scenarios.actuals import read_actuals
from scenarios.actuals_entry import Entry, enter_actual, list_entries, remove_actual

KPI = "clinics_per_100k"
TARGETS = grid_city().targets


def entered(path, *entries):
    for one in entries:
        enter_actual(path, one, TARGETS, this_year=2026, who="planner")


def logged(path):
    with path.with_name("actuals-log.csv").open(encoding="utf-8-sig") as lines:
        return [(row["who"], row["what"], row["year"], row["value"]) for row in csv.DictReader(lines)]


def test_an_entry_is_read_by_whoever_reads_actuals(tmp_path):
    path = tmp_path / "runs" / "actuals.csv"
    entered(path, Entry(KPI, "R7", "57.5", source="衛生統計, 2025"))
    found, _ = read_actuals(path, TARGETS, this_year=2026)
    row = next(r for r in found.rows if r.kpi_id == KPI and r.kind == "actual" and r.year == 2025)
    assert (row.value, row.source) == (57.5, "衛生統計, 2025")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "spreadsheets read Japanese by this mark"


def test_the_same_indicator_and_year_is_replaced_and_the_log_keeps_what_was_there(tmp_path):
    path = tmp_path / "actuals.csv"
    entered(path, Entry(KPI, "2025", "57.5"), Entry(KPI, "2024", "57.9"), Entry(KPI, "令和7年度", "57.1"))
    assert [(row.year, row.value) for row in list_entries(path)] == [("令和7年度", "57.1"), ("2024", "57.9")]
    assert ("planner", "replaced", "2025", "57.5") in logged(path)


def test_of_what_several_servers_enter_at_once_nothing_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(actuals_entry, "_LOCK", nullcontext())  # as processes: no lock of threads is shared
    path = tmp_path / "actuals.csv"
    years = range(2010, 2022)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda year: entered(path, Entry(KPI, str(year), "57")), years))
        list(pool.map(lambda year: remove_actual(path, KPI, year, TARGETS, this_year=2026), years[:6]))
    assert sorted(row.year for row in list_entries(path)) == [str(year) for year in years[6:]]
    assert len(logged(path)) == len(years) + 6


def test_columns_of_ones_own_stay_in_the_table(tmp_path):
    path = tmp_path / "actuals.csv"
    path.write_text(f"memo,kpi_id,year,value\n速報値,{KPI},2024,57.9\n,{KPI},2023,58.0\n", encoding="utf-8")
    entered(path, Entry(KPI, "2025", "57.5"))
    remove_actual(path, KPI, 2023, TARGETS, this_year=2026)
    with path.open(encoding="utf-8-sig") as lines:
        rows = [(row["year"], row["value"], row["memo"]) for row in csv.DictReader(lines)]
    assert rows == [("2024", "57.9", "速報値"), ("2025", "57.5", "")]
    entered(path, Entry(KPI, "2024", "57.8"))
    assert "速報値" in path.read_text(encoding="utf-8-sig"), "a figure put right keeps what was noted beside it"


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (Entry(KPI, "2025", "many"), "actuals.value"),
        (Entry(KPI, "2027", "57"), "actuals.future"),
        (Entry(KPI, "soon", "57"), "actuals.year"),
        (Entry("nothing", "2025", "57"), "actuals.unknown_kpi"),
    ],
)
def test_what_is_wrong_is_refused_and_the_table_stays(tmp_path, entry, code):
    path = tmp_path / "actuals.csv"
    entered(path, Entry(KPI, "2025", "57.5"))
    before = path.read_bytes()
    with pytest.raises(DataError) as refused:
        entered(path, entry)
    assert refused.value.problems[0].code == code
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["actuals-log.csv", "actuals.csv"]


def test_what_is_taken_out_stays_in_the_log(tmp_path):
    path = tmp_path / "actuals.csv"
    entered(path, Entry(KPI, "2025", "57.5"), Entry(KPI, "2024", "57.9"))
    assert remove_actual(path, KPI, 2025, TARGETS, this_year=2026, who="planner")
    assert not remove_actual(path, KPI, 2025, TARGETS, this_year=2026)
    assert [row.year for row in list_entries(path)] == ["2024"]
    assert logged(path)[-1] == ("planner", "removed", "2025", "57.5")


def test_a_table_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError) as refused:
        entered(tmp_path / "file" / "actuals.csv", Entry(KPI, "2025", "57.5"))
    assert refused.value.problems[0].code == "actuals.unwritable"


def test_cells_that_hold_commas_quotes_and_lines_come_back_as_they_were(tmp_path):
    path = tmp_path / "actuals.csv"
    entered(path, Entry(KPI, "2025", "57.5", source='課, "係"'))
    assert list_entries(path)[0].source == '課, "係"'
