"""Cities of which only some layers are known: every command and the page work, or say データなし; never a share of nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.cli import run_cli
from geodata.city import City
from geodata.empty_layers import (
    ALL_AGES,
    empty_facilities,
    empty_timetable,
    mesh_without_people,
    source_without_people,
)
from geodata.provenance import Status
from geodata.synthetic.grid import grid_city
from geodata.targets import Targets
from geodata.trip_columns import text_array
from sim.kpi import CELL_COLUMNS, KPIS
from sim.params import Analysis, Params
from sim.population import project_population
from sim.results import RunResult
from sim.reuse import Reuse
from sim.run import run_models

if TYPE_CHECKING:
    from pathlib import Path

FULL = grid_city(n_x=4, n_y=6)
DAY = "2025-10-15"
WALK_ONLY = "時刻表データ未登録（徒歩だけ）"


def without(*layers: str) -> City:
    """Return the city with neither sources nor contents of some layers."""
    kept = tuple(s for s in FULL.sources if s.layer not in layers)
    places = FULL.facilities.lonlat if "timetable" in layers else FULL.timetable.stops.lonlat
    people = "population" in layers
    empty = {
        "population": lambda: mesh_without_people(FULL.epsg, places, base_date=DAY),
        "timetable": empty_timetable,
        "facilities": empty_facilities,
        "targets": Targets,
    }
    return FULL.replace(
        sources=(*kept, source_without_people(DAY)) if people else kept, **{name: empty[name]() for name in layers}
    )


PEOPLE = FULL.population
CITIES = {
    "timetable only": without("population", "facilities", "targets"),
    "people only": without("timetable", "facilities", "targets"),
    "facilities only": without("population", "timetable", "targets"),
    "no facilities": without("facilities"),
    "no timetable": without("timetable"),
    "nobody, with official figures": FULL.replace(population=PEOPLE.with_persons(np.zeros_like(PEOPLE.persons))),
    "one band of all ages": FULL.replace(
        population=replace(PEOPLE, bands=(ALL_AGES,), persons=PEOPLE.total[:, None].copy())
    ),
    "no districts": FULL.replace(
        population=replace(
            PEOPLE,
            district=np.full(PEOPLE.n_cells, -1, dtype=np.int32),
            district_id=text_array([]),
            district_name=text_array([]),
            district_name_en=text_array([]),
        )
    ),
    "no sources": FULL.replace(sources=()),
}


OF_VEHICLES = {"drivers_needed", "vehicle_km_year", "operating_cost_yen"}
"""What vehicles take is known from the timetable alone, whoever rides."""


@pytest.fixture(scope="module")
def results() -> dict[str, RunResult]:
    return {name: run_models(city, Analysis(), Params(), reuse=Reuse()) for name, city in CITIES.items()}


@pytest.fixture(scope="module")
def whole() -> RunResult:
    return run_models(FULL, Analysis(), Params(), reuse=Reuse())


@pytest.mark.parametrize("name", CITIES)
def test_every_kpi_has_a_value_or_says_why_not(results: dict[str, RunResult], name: str) -> None:
    assert {row.kpi_id for row in results[name].kpis} == set(KPIS)
    for row in results[name].kpis:
        assert (row.value is None) == (row.status is Status.NO_DATA)
        assert row.value is not None or row.note
        assert row.value is None or not np.isnan(row.value)
    assert set(results[name].cells.columns) == set(CELL_COLUMNS)


@pytest.mark.parametrize("name", ["timetable only", "facilities only", "nobody, with official figures"])
def test_without_people_there_is_no_share_and_no_count_of_people(results: dict[str, RunResult], name: str) -> None:
    runs = results[name].find("transit_coverage_share").note != "時刻表データ未登録"
    for row in results[name].kpis:
        of_vehicles = (row.kpi_id, row.setting) == ("co2_t", "vehicles") or row.kpi_id in OF_VEHICLES
        assert row.value is None or row.kpi_id == "clinics_count" or (of_vehicles and runs)
    assert results[name].find("transit_coverage_share").note in {"人口データ未登録", "時刻表データ未登録"}
    assert results[name].cells["persons"].isna().all()


@pytest.mark.parametrize("name", ["people only", "facilities only", "no timetable"])
def test_without_a_timetable_nothing_is_said_about_transport(results: dict[str, RunResult], name: str) -> None:
    result = results[name]
    for kpi_id in ("catchment_population_share", "transit_coverage_share", "transit_gap_population", "last_bus_time"):
        assert (result.find(kpi_id).value, result.find(kpi_id).note) == (None, "時刻表データ未登録")
    for column in ("station_distance_m", "transit_covered_share", "frequent_covered_share", "last_bus_s"):
        assert result.cells[column].isna().all()


def test_without_a_timetable_journeys_are_on_foot_and_say_so(results: dict[str, RunResult], whole: RunResult) -> None:
    row = results["no timetable"].find("clinic_within_30min_share")
    assert WALK_ONLY in row.note
    by_line = whole.find("clinic_within_30min_share")
    assert row.value is not None
    assert by_line.value is not None
    assert row.value <= by_line.value


def test_without_facilities_no_time_to_them(results: dict[str, RunResult]) -> None:
    for kpi_id in ("clinic_nearest_min", "shelter_walk_min", "city_office_within_30min_share", "school_arrival_share"):
        row = results["no facilities"].find(kpi_id)
        assert (row.value, row.note) == (None, "施設データ未登録")
    assert results["no facilities"].cells["clinic_nearest_min"].isna().all()


def test_one_band_of_all_ages_tells_nothing_about_the_old(results: dict[str, RunResult], whole: RunResult) -> None:
    result = results["one band of all ages"]
    for group in ("65plus", "75plus"):
        row = result.find("transit_coverage_share", group=group)
        assert (row.value, row.note) == (None, "年齢別人口データ未登録")
    school = result.find("school_arrival_share")
    assert (school.value, school.note) == (None, "年齢別人口データ未登録")
    assert result.cells["persons_65plus"].isna().all()
    assert result.find("transit_coverage_share").value == pytest.approx(whole.find("transit_coverage_share").value)


def test_nobody_stays_nobody_in_every_year() -> None:
    empty = CITIES["nobody, with official figures"]
    assert project_population(empty, 2029, Params()) is empty
    assert project_population(FULL, 2029, Params()).population.total.sum() == pytest.approx(0.9 * PEOPLE.total.sum())


def test_an_open_band_does_not_tell_older_ages() -> None:
    assert PEOPLE.knows_age(65)
    assert PEOPLE.knows_age(75)
    assert not PEOPLE.knows_age(80)
    assert not CITIES["one band of all ages"].population.knows_age(1)


BASELINE = """
schema: ekisei-scenario/1
id: baseline-r5
title: {ja: 現況, en: Present}
description: {ja: 何も変えない, en: Nothing is changed}
year: 2025
plan_status: planned
modifications: []
"""
ON_PAGE = ("timetable only", "people only", "one band of all ages")


@pytest.fixture(scope="module", params=ON_PAGE)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one of the cities, and its baseline run twice as two scenarios."""
    from geodata.snapshot import write_city
    from scenarios.files import read_scenario
    from scenarios.runner import run_scenario
    from scenarios.store import ResultStore

    root = tmp_path_factory.mktemp("partial")
    city = CITIES[request.param]
    write_city(city, root / "city")
    for name in ("baseline-r5", "again"):
        written = root / f"{name}.yaml"
        text = BASELINE.replace("baseline-r5", name)
        written.write_text(text + ("compare_to: baseline-r5\n" if name == "again" else ""), encoding="utf-8")
    for name in ("baseline-r5", "again"):
        scenario = read_scenario(root / f"{name}.yaml")
        run_scenario(scenario, city, out=root / "runs" / name, store=ResultStore(root / "store"))
    return root


def test_the_commands_work_on_what_there_is(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EKISEI_HOME", str(folder / "home"))
    city, runs = folder / "city", folder / "runs"
    lonlat = CITIES["facilities only"].population.lonlat[0]
    here = f"{lonlat[1]:.5f},{lonlat[0]:.5f}"
    for words in (
        ["city", "show", "--city", str(city)],
        ["compare", str(runs / "baseline-r5"), str(runs / "again")],
        ["explain", str(runs / "again"), "clinic_nearest_min", "--city", str(city)],
        ["route", "--city", str(city), "--from", here, "--to", here, "--depart", "08:00"],
    ):
        code = run_cli(words, {})
        said = "".join(capsys.readouterr())
        assert "予期しない" not in said, words
        assert code == 0 or (code in {2, 3} and "→" in said), (words, said)
        assert "nan" not in said, words


def test_the_page_shows_what_there_is(folder: Path) -> None:
    from app.features.compare import cards_view, views
    from app.features.compare.steps import start_state
    from app.services import Services
    from app.settings import Settings

    services = Services(Settings(runs_folder=folder / "runs", city_folder=folder / "city"))
    assert services.geometry
    for lang in ("ja", "en"):
        start = start_state(services, lang)
        for state in (
            start.changed(threshold=30, tables=True, kpi="last_bus_time"),
            start.changed(mode="diff", group="75plus", kpi="clinic_within_30min_share"),
            start.changed(metric="persons", tables=True, kpi="transit_coverage_share"),
            start.changed(metric="catchment_share", presenting=True, public=True),
        ):
            for build in (cards_view.cards, views.notes, views.captions, views.legend, views.tables, views.orders):
                assert "nan" not in str(build(services, state)).lower().replace("nano", "")
            views.explanation(services, state)
            views.inputs(services, state)
            for run in services.list_runs():
                assert services.values(run, state.metric, public=state.public)
