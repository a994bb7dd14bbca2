"""Tables that are handed out, read back by another library: the same numbers as kpi.csv, and nothing that may not be."""

from __future__ import annotations

import csv
import datetime as dt
import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from app.features.compare.target_view import find_paths
from app.report.catalogue import find_kind
from app.report.order import Order
from app.report.table_all_kpis import ROW_KEYS, group_name
from app.report.table_book import Figure, change, figure, sheet_name, signed_form
from app.report.table_district_book import CSV_COLUMNS
from app.report.table_districts import KPI_COLUMNS
from app.report.table_health import Reading, examine, readings
from app.report.table_health_book import CSV_COLUMNS as HEALTH_COLUMNS
from app.report.table_health_list import INDICATORS
from app.report.table_stops import near_stops
from app.report.table_walk_cover import covered, shared_area, walk_covers
from app.services import Services
from app.settings import Settings
from app.spreadsheet import safe_text
from geodata.errors import Text
from geodata.provenance import Status
from geodata.synthetic import grid_city, timetable_from_text
from sim.kpi import KPIS
from sim.kpi.words import format_clock

KINDS = ("districts", "strategy", "transport-plan", "health-check", "all-kpis")
IF104 = (
    "year,transit_walk_pop_coverage,transit_walk_pop_coverage_delta,transit_walk_pop_coverage_national_avg,"
    "transit_walk_pop_coverage_pref_avg,rail_pop_covered,rail_pop_coverage,rail_pop_coverage_delta,"
    "rail_pop_coverage_national_avg,rail_pop_coverage_pref_avg,bus_pop_covered,bus_pop_coverage,"
    "bus_pop_coverage_delta,bus_pop_coverage_national_avg,bus_pop_coverage_pref_avg,transit_pop_covered,"
    "transit_pop_coverage,transit_pop_coverage_delta,transit_pop_coverage_national_avg,transit_pop_coverage_pref_avg"
)
"""Heading of the file as MLIT's tool writes it."""
FORMULA = '=HYPERLINK("http://example.org","x")'


@pytest.fixture
def order(page_services, tmp_path):
    run = page_services.list_runs()["new-clinic"]
    return Order(page_services, (run,), "xlsx", tmp_path)


def written(order, kind):
    """Build a kind and return its first file opened."""
    return openpyxl.load_workbook(find_kind(kind).build(order)[0])


def table_of(sheet, first):
    """Return the rows of a sheet as dicts; its heading is the row that begins with `first`."""
    rows = list(sheet.iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if row[0] == first)
    names = [f"{name}#{n}" if rows[head].count(name) > 1 else name for n, name in enumerate(rows[head])]
    body = []
    for row in rows[head + 1 :]:
        if all(cell is None for cell in row):
            break
        body.append(dict(zip(names, row, strict=True)))
    return body


def stored_number(cell, unit):
    """Return the number of kpi.csv that a cell stands for."""
    if isinstance(cell, dt.timedelta):
        return cell.total_seconds()
    return cell * {"yen": 1000.0}.get(unit, 1.0)


def test_the_columns_of_csv_files_are_documented():
    told = (Path(__file__).parents[3] / "OPERATIONS.md").read_text(encoding="utf-8")
    missing = [name for name in (*CSV_COLUMNS, *HEALTH_COLUMNS) if f"`{name}`" not in told]
    assert missing == []


def test_a_small_change_is_shown_with_more_decimals_and_none_as_nought():
    assert change(0.0004, "share", 1) == Figure(pytest.approx(0.04), signed_form(2))
    assert change(0.02, "share", 1) == Figure(pytest.approx(2.0), signed_form(1))
    assert change(1e-9, "share", 1).form == '"±0"'
    assert change(-2_400_000.0, "yen", 0) == Figure(-2400.0, signed_form(0))
    assert change(float("inf"), "min", 1) == "—"


@pytest.mark.parametrize("seconds", [79_883.2, 79_909.0, 79_910.0, 79_890.0, 87_350.1])
def test_a_time_of_day_is_shown_as_the_page_has_it(seconds):
    minutes = figure(seconds, "time", 0, "ja").value * 86_400 / 60
    assert minutes == pytest.approx(round(minutes))  # a spreadsheet cuts what is beyond
    assert f"{round(minutes) // 60:02d}:{round(minutes) % 60:02d}" == format_clock(seconds)


# ---------------------------------------------------------------- all of them


@pytest.mark.parametrize("kind", KINDS)
def test_every_sheet_is_ready_for_the_printer_and_says_where_it_is_from(order, kind):
    book = written(order, kind)
    run = order.runs[0]
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 9
        assert (int(sheet.page_setup.fitToWidth or 1), int(sheet.page_setup.fitToHeight)) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.freeze_panes is not None
        assert sheet.print_title_rows
        text = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)
        assert run.key in text
        assert "Ekisei" in text
    layers = {row["層"] for row in table_of(book["出典と基準年"], "層")}
    assert {"人口", "公共交通", "施設"} <= layers


@pytest.mark.parametrize("kind", KINDS)
def test_a_title_that_looks_like_a_formula_stays_a_text(order, kind):
    run = replace(order.runs[0], title=Text(FORMULA, FORMULA))
    for sheet in written(replace(order, runs=(run,)), kind):
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)


@pytest.mark.parametrize("kind", KINDS)
def test_tables_speak_english(order, kind):
    book = written(replace(order, lang="en"), kind)
    assert "Sources and base years" in book.sheetnames


def test_texts_of_csv_are_no_formulas():
    assert [safe_text(t) for t in ("=1", "+1", "-1", "@x", "\t=1", "＝1", "日立", "")] == [
        "'=1", "'+1", "'-1", "'@x", "'\t=1", "'＝1", "日立", "",
    ]  # fmt: skip


def test_names_of_sheets_are_allowed_and_differ():
    first = sheet_name("複合案: [2031]/案*?" + "長" * 40)
    second = sheet_name("複合案: [2031]/案*?" + "長" * 40, (first,))
    assert len(first) <= 31
    assert len(second) <= 31
    assert first != second
    assert not set("[]:*?/\\") & set(first + second)


# ---------------------------------------------------------------- every KPI


def test_every_row_of_kpi_csv_stands_in_the_workbook(order):
    run = order.runs[0]
    book = written(order, "all-kpis")
    rows = table_of(book[book.sheetnames[2]], "指標 ID")
    assert len(rows) == len(run.stored.kpi) > 100
    n_numbers = 0
    for row, wanted in zip(rows, run.stored.result.kpis, strict=True):
        assert (row["指標 ID"], row["設定 ID"], row["区分 ID"]) == (wanted.kpi_id, wanted.setting, wanted.group)
        assert row["区分"] == group_name(order, wanted.group)
        if wanted.value is None:
            assert row["値"] == "データなし"
        elif math.isinf(wanted.value):
            assert row["値"] == "到達できない"
        else:
            assert stored_number(row["値"], wanted.unit) == pytest.approx(wanted.value, rel=1e-12)
            n_numbers += 1
    assert n_numbers > 50


def test_the_index_explains_every_column(order):
    book = written(order, "all-kpis")
    told = {row["列・語"] for row in table_of(book["はじめに"], "列・語")}
    head = table_of(book[book.sheetnames[2]], "指標 ID")[0]
    assert len(head) == len(ROW_KEYS)
    assert {name.split("#")[0] for name in head} <= told
    assert {row["指標 ID"] for row in table_of(book["指標の一覧"], "指標 ID")} == set(KPIS)
    assert len(table_of(book["前提条件一覧"], "パラメータ")) > 50


# ---------------------------------------------------------------- districts


def test_districts_hold_the_rows_of_kpi_csv_and_their_difference(order):
    run = order.runs[0]
    reference = order.reference_of(run)
    book = written(order, "districts")
    after, before, change = (table_of(book[name], "地区") for name in book.sheetnames[:3])
    assert [row["地区"] for row in after] == ["西地区", "東地区", "市全体"]
    for number, district in enumerate(("west", "east")):
        inside = run.cells["district_id"] == district
        assert after[number]["人口"] == pytest.approx(run.cells["persons"][inside].sum())
        assert after[number]["75歳以上"] == pytest.approx(run.cells["persons_75plus"][inside].sum())
        heads = ("駅勢圏内率", "公共交通カバー率", "医療機関まで（分）", "医療機関30分以内", "市役所・支所30分以内")
        for head, kpi_id in zip(heads, KPI_COLUMNS.values(), strict=True):
            a, b = (one.rows[kpi_id, "default", f"district:{district}"].value for one in (reference, run))
            assert before[number][head] == pytest.approx(a, rel=1e-12)
            assert after[number][head] == pytest.approx(b, rel=1e-12)
            share = KPIS[kpi_id].unit == "share"
            name = f"{head}（ポイント）" if share else head
            assert change[number][name] == pytest.approx((b - a) * (100 if share else 1), abs=1e-9)
    assert change[1]["医療機関まで（分）"] < 0  # the new clinic stands in the east


def test_the_csv_of_districts_holds_both_runs_and_the_difference(order):
    (path,) = find_kind("districts").build(replace(order, format="csv"))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [row["role"] for row in rows] == ["reference"] * 3 + ["scenario"] * 3 + ["difference"] * 3
    run = order.runs[0]
    kpi = run.rows["clinic_within_30min_share", "default", "district:west"].value
    assert float(rows[3]["clinic_30min_share"]) == kpi
    assert float(rows[6]["persons"]) == 0.0


def few_people(run, district, column, persons):
    """Return the run with so many people of a column in a district, all in one cell."""
    cells = run.cells.copy()
    inside = np.flatnonzero(cells["district_id"] == district)
    cells.loc[inside, column] = 0.0
    cells.loc[inside[0], column] = persons
    return replace(run, stored=replace(run.stored, cells=cells))


def test_a_public_table_hides_small_districts_and_age_groups(order):
    run = few_people(order.runs[0], "west", "persons_75plus", 9.0)
    shown = replace(order, runs=(run,), public=True)
    sheet = written(shown, "districts").worksheets[0]
    west, east, _ = table_of(sheet, "地区")
    assert west["75歳以上"] == "非表示"
    assert west["人口"] > 0
    assert east["75歳以上"] == "非表示", "the total minus east would be west"
    assert east["人口"] > 0
    run = few_people(order.runs[0], "west", "persons", 9.0)
    book = written(replace(shown, runs=(run,)), "districts")
    for name in (book.sheetnames[0], book.sheetnames[2]):
        west = table_of(book[name], "地区")[0]
        assert set(west.values()) == {"西地区", "非表示"}
    (path,) = find_kind("districts").build(replace(shown, runs=(run,), format="csv"))
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {(row["role"], row["district_id"]): row for row in csv.DictReader(file)}
    for role in ("scenario", "difference"):
        assert rows[role, "west"]["persons"] == rows[role, "west"]["clinic_min"] == ""
        assert rows[role, "west"]["hidden"] == "all 65plus 75plus"
    book = written(replace(shown, runs=(run,)), "all-kpis")
    cells = {row["値"] for row in table_of(book.worksheets[2], "指標 ID") if row["区分 ID"] == "district:west"}
    assert cells == {"非表示"}
    west = table_of(written(replace(shown, runs=(run,), public=False), "districts").worksheets[0], "地区")[0]
    assert west["人口"] == 9.0


def test_closures_that_nobody_may_locate_are_said(order):
    run = order.runs[0]
    manifest = {**run.stored.manifest, "district_level": ["clinic_nearest_min"]}
    run = replace(run, stored=replace(run.stored, manifest=manifest))
    sheet = written(replace(order, runs=(run,)), "districts").worksheets[0]
    assert any("仮定の閉院" in str(row[0]) for row in sheet.iter_rows(values_only=True))


STOPS = """
stop NEAR 1000 3500 近い
stop FAR 1000 5900 遠い
stop GHOST 1000 3100 仮定
stop IDLE 1000 3001 休止
route R bus 路線 modelled
route G bus 仮定の路線 assumed
trip R NEAR 08:00 FAR 08:10
trip R NEAR 09:00 FAR 09:10
trip R dir=1 FAR 10:00 NEAR 10:10
trip G GHOST 08:00 FAR 08:10
"""


def test_the_nearest_stop_is_found_by_hand(order):
    city = grid_city(timetable=timetable_from_text(STOPS))
    real, every = (near_stops(city, "ja", with_assumed=flag)[0] for flag in (False, True))
    assert (real.name, real.distance_m, real.departures) == ("近い", 500.0, 2.0)  # the west lives around 1000, 3000
    assert (every.name, every.distance_m, every.departures, every.assumed) == ("", 100.0, 1.0, True)


# ---------------------------------------------------------------- strategy and transport plan


@pytest.fixture
def own_order(page_settings, tmp_path):
    """An order on a copy of the runs, beside which actuals can be written."""
    shutil.copytree(page_settings.runs_folder, tmp_path / "runs")
    services = Services(Settings(runs_folder=tmp_path / "runs", city_folder=page_settings.city_folder))
    return Order(services, (services.list_runs()["new-clinic"],), "xlsx", tmp_path)


def test_the_sheet_of_the_strategy_says_what_the_page_says(own_order):
    (own_order.services.settings.runs_folder / "actuals.csv").write_text(
        "kpi_id,year,value\ncatchment_population_share,R6,27.3%\n", encoding="utf-8"
    )
    run = own_order.runs[0]
    book = written(own_order, "strategy")
    paths = {path.title.ja: path for path in find_paths(own_order.services, own_order.runs) if path.judged}
    rows = [row for row in table_of(book["判定一覧"], "指標") if row["指標"] in paths]
    assert [row["指標"] for row in rows] == list(paths)
    for row in rows:
        path = paths[row["指標"]]
        assert row["基準値"] == pytest.approx(path.baseline.value, rel=1e-12)
        assert row["評価指標（目標）"] == pytest.approx(path.target.value, rel=1e-12)
        value = run.rows[path.kpi_id, "default", "all"].value
        assert row["試算"] == (pytest.approx(value, rel=1e-12) if value is not None else "—")
        assert row["判定"]
    yearly = table_of(book["年度別の検証"], "指標")
    actual = next(r for r in yearly if r["指標"] == "駅勢圏内の人口比率" and r["項目"] == "基準値・実績")
    assert actual["R6\n(2024)"] == pytest.approx(0.273)
    assert actual["R7\n(2025)"] is None  # to be entered, never guessed


def test_a_table_of_actuals_with_mistakes_is_said_on_the_sheet(own_order):
    (own_order.services.settings.runs_folder / "actuals.csv").write_text(
        "kpi_id,year,value\ncatchment_population_share,R6,many\n", encoding="utf-8"
    )
    for kind in ("strategy", "transport-plan"):
        text = " ".join(str(row[0]) for row in written(own_order, kind).worksheets[0].iter_rows(values_only=True))
        assert "実績の表に問題" in text


def test_the_transport_plan_holds_what_is_computed_and_cells_for_the_rest(order):
    run = order.runs[0]
    book = written(order, "transport-plan")
    sheet = book.worksheets[0]
    rows = table_of(sheet, "区分")
    year = f"R{run.year - 2018}\n({run.year})"
    own = [row for row in rows if row["項目"] == f"試算: {run.title.ja}"]
    for kpi_id in ("operating_cost_yen", "bus_rides_total", "vehicle_km_year", "subsidy_yen"):
        wanted = run.rows[kpi_id, "default", "all"]
        cell = next(row for row in own if row["指標"] == KPIS[kpi_id].title.ja)
        if wanted.value is None:
            assert cell[year] == "データなし"
            assert cell["注・算定できない理由"]
        else:
            assert stored_number(cell[year], wanted.unit) == pytest.approx(wanted.value, rel=1e-12)
    assert {row[year] for row in rows if row["項目"] == "目標" and row["指標"] == "補助額"} <= {None}
    assert {row["確かさ"] for row in rows if row["項目"] == "目標"} <= {None, "公表の目標"}
    yellow = [cell for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == "FFFFF6D6"]
    assert len(yellow) > 20
    routes = run.stored.tables["operations_routes"]
    assert len(table_of(book.worksheets[1], "路線・サービス")) >= len(routes) > 0


# ---------------------------------------------------------------- health check


def test_the_health_check_names_every_indicator_and_why_it_has_no_value(order):
    rows = table_of(written(order, "health-check").worksheets[0], "分野")
    assert [row["指標"] for row in rows] == [one.title.ja for one in INDICATORS]
    by_title = dict(zip((one.key for one in INDICATORS), rows, strict=True))
    run = order.runs[0]
    head = next(name for name in rows[0] if name.startswith(run.title.ja))
    for key, kpi_id in (("transit_cover", "transit_coverage_share"), ("frequent_cover", "frequent_stop_share")):
        assert by_title[key][head] == pytest.approx(run.rows[kpi_id, "default", "all"].value, rel=1e-12)
    assert "800 m" in by_title["rail_cover"]["使った定義"]
    assert "30 本" in by_title["frequent_cover"]["使った定義"]
    for row in rows:
        if row[head] == "データなし":
            assert row["注・データなしの理由"], row["指標"]


def test_cover_by_places_of_which_some_close_is_assumed(order):
    found = examine(order, order.runs[0])

    def told(**changed: object) -> dict[str, Reading]:
        manifest = found.run.stored.manifest
        manifest = manifest | {"statuses": dict.fromkeys(manifest["statuses"], "observed")} | changed
        return readings(replace(found, run=replace(found.run, stored=replace(found.run.stored, manifest=manifest))))

    closed = told(closures=[{"kind": "clinic", "count": 1}])
    assert told()["medical_cover"].status is Status.MODELLED
    assert closed["medical_cover"].status is Status.ASSUMED
    assert closed["rail_cover"].status is Status.MODELLED


def test_circles_agree_with_the_kpi_and_with_each_other(page_services):
    city = page_services.city
    found = walk_covers(city, 800.0, 300.0)
    baseline = page_services.baseline
    kpi = baseline.rows["transit_coverage_share", "default", "all"].value
    assert found["transit"].share == pytest.approx(kpi, rel=1e-9)
    both = found["rail"].persons + found["bus"].persons - found["transit"].persons
    assert 0 < both < min(found["rail"].persons, found["bus"].persons)
    assert "daily" not in found  # no shops and no welfare in the grid


def test_what_lies_in_all_circles_is_an_intersection():
    city = grid_city()
    groups = [
        [(np.array([[1000.0, 1000.0]]), 900.0)],
        [(np.array([[1600.0, 1000.0]]), 900.0)],
        [(np.array([[1300.0, 1500.0]]), 900.0)],
    ]
    share = shared_area(city, groups)
    discs = [shapely.Point(*xy[0]).buffer(radius, quad_segs=512) for group in groups for xy, radius in group]
    lens = discs[0] & discs[1] & discs[2]
    wanted = shapely.area(shapely.intersection(city.population.polygon_xy, lens)) / city.population.area_m2
    assert share == pytest.approx(wanted, abs=2e-4)
    assert covered(city, share).persons == pytest.approx(float(city.population.total @ wanted), rel=1e-3)
    apart = [[(np.array([[0.0, 0.0]]), 300.0)], [(np.array([[3000.0, 3000.0]]), 300.0)]]
    assert shared_area(city, apart) == pytest.approx(0.0, abs=1e-12)


def test_files_of_the_tool_have_its_columns_and_its_rounding(order):
    paths = find_kind("health-check").build(replace(order, format="csv"))
    own, transport, living = paths
    assert transport.name == "IF104_公共交通関連評価指標ファイル_new-clinic.csv"
    lines = transport.read_text(encoding="utf-8").splitlines()
    assert lines[0] == IF104
    row = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    run = order.runs[0]
    share = run.rows["transit_coverage_share", "default", "all"].value
    assert float(row["transit_pop_coverage"]) == round(share, 3)
    assert int(row["transit_pop_covered"]) == round(share * run.cells["persons"].sum())
    assert row["transit_pop_coverage_delta"] == "―"
    assert row["rail_pop_coverage_national_avg"] == ""
    assert len(living.read_text(encoding="utf-8").splitlines()) == 1  # no guidance area: the heading alone
    with own.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == HEALTH_COLUMNS
    assert [one["indicator"] for one in rows] == [one.key for one in INDICATORS]


def test_the_change_in_a_file_of_the_tool_is_that_of_rounded_shares(page_services):
    from app.report.table_health import Examined
    from app.report.table_health_tool import transport_rows
    from app.report.table_walk_cover import Covered

    run = page_services.baseline
    years = [
        Examined(run, {"rail": Covered(persons, 1000.0, 1.0)}, 800.0, 300.0, 30.0, "ja") for persons in (204.6, 250.4)
    ]
    first, second = transport_rows(years)
    assert first["rail_pop_coverage"] == 0.205
    assert second["rail_pop_coverage_delta"] == round(0.25 - 0.205, 2)
    assert second["bus_pop_coverage"] == "―"


def test_a_guidance_area_is_read_from_the_table_of_zones(order):
    zones = pd.DataFrame(
        {
            "zone_kind": ["residential_guidance", "residential_guidance", "flood"],
            "side": ["inside", "outside", "inside"],
            "persons": [6000.4, 3600.0, 100.0],
            "persons_share": [0.62504, 0.37496, 0.0104],
            "persons_per_ha": [41.256, 3.0, 2.0],
            "status": ["modelled", "modelled", "assumed"],
        }
    )
    run = order.runs[0]
    tables = {**run.stored.tables, "zones": zones}
    run = replace(run, key="zones", stored=replace(run.stored, tables=tables))
    order = replace(order, runs=(run,))
    rows = table_of(written(order, "health-check").worksheets[0], "分野")
    by_key = dict(zip((one.key for one in INDICATORS), rows, strict=True))
    head = next(name for name in rows[0] if name.startswith(run.title.ja))
    assert by_key["rpa_pop_share"][head] == 0.62504
    assert by_key["rpa_pop_density"][head] == 41.256
    assert by_key["flood_pop_share"][head] == 0.0104
    assert by_key["landslide_pop_share"]["注・データなしの理由"] == "区域データ未登録"
    living = find_kind("health-check").build(replace(order, format="csv"))[2]
    with living.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["pop_share_rpa_pop"], row["pop_share_none"], row["pop_density_rpa"]) == ("6000", "0.625", "41.26")
    assert row["pop_share_rsma_pop"] == ""


# ---------------------------------------------------------------- cities of which little is known


def test_where_nobody_is_known_tables_and_slides_say_so(tmp_path):
    """A city of a timetable alone: every cell has a reason, nothing is nought."""
    from geodata.empty_layers import empty_facilities, mesh_without_people, source_without_people
    from geodata.snapshot import write_city
    from geodata.targets import Targets
    from scenarios.files import read_scenario
    from scenarios.runner import run_scenario
    from scenarios.store import ResultStore

    full, day = grid_city(n_x=4, n_y=6), "2025-10-15"
    kept = tuple(s for s in full.sources if s.layer not in {"population", "facilities", "targets"})
    city = full.replace(
        sources=(*kept, source_without_people(day)),
        population=mesh_without_people(full.epsg, full.timetable.stops.lonlat, base_date=day),
        facilities=empty_facilities(),
        targets=Targets(),
    )
    write_city(city, tmp_path / "city")
    scenario = read_scenario("baseline-r5").model_copy(update={"year": city.population.year})
    run_scenario(scenario, city, out=tmp_path / "runs" / scenario.id, store=ResultStore(tmp_path / "store"))
    services = Services(Settings(runs_folder=tmp_path / "runs", city_folder=tmp_path / "city"))
    (run,) = services.list_runs().values()
    for kind in (*KINDS, "slides"):
        found = find_kind(kind)
        for form in found.formats:
            assert found.build(Order(services, (run,), form, tmp_path))
    whole = table_of(openpyxl.load_workbook(tmp_path / "districts-baseline-r5.xlsx").worksheets[0], "地区")[-1]
    assert whole["人口"] == whole["駅勢圏内率"] == "データなし"
