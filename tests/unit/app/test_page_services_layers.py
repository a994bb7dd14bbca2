"""The page over a run with services: what is drawn, the tables to be saved, the cards."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest

from app.addresses import table_csv_url
from app.factory import create_app
from app.features.compare import cards_view, views
from app.features.compare.cards import build_cards
from app.features.compare.paint import build_paint
from app.features.compare.steps import start_state
from app.services import Services
from app.settings import Settings
from app.text import CATALOGUES
from geodata.snapshot import write_city
from geodata.synthetic import grid_city
from scenarios.files import parse_scenario, read_scenario
from scenarios.runner import run_scenario
from scenarios.store import ResultStore
from sim.kpi import Judgement
from sim.ridership.sides import TABLE as RIDE_SIDES
from sim.service_tables import TABLES

SERVICES = """
schema: ekisei-scenario/1
id: services
title: {ja: いろいろな足, en: All kinds of services}
description: {ja: 試し, en: a trial}
compare_to: baseline-r5
year: 2023
plan_status: hypothetical
modifications:
  - {id: hub, type: add-hub, name: {ja: 駅ハブ, en: Station hub}, at_stop: J1}
  - {id: gate, type: add-entrance, at_stop: J1, name: {ja: 東口, en: East gate}, location: {lat: LAT, lon: LON}, inside_min: 1}
  - id: cars
    type: add-on-demand
    name: {ja: 西の足, en: West cars}
    zones: {districts: [west]}
    to: [hub]
    window: {start: "08:00", end: "18:00"}
    fleet: {vehicles: 1, seats: 4, speed_kmh: 25}
    wait: {model: fleet, max_wait_min: 30, max_detour_factor: 2}
    requests_per_day: 30
  - {id: auto, type: autonomous, routes: [BRT], domain: {from_stop: B1, to_stop: B3}, max_speed_kmh: 40}
  - id: van
    type: mobile-service
    name: {ja: 動く市役所, en: Van}
    services: [証明書]
    vehicles: 1
    depot: {lat: LAT, lon: LON}
    stops:
      - name: {ja: 中央, en: Centre}
        location: {lat: LAT, lon: LON}
        visits: [{week_of_month: [1, 3], weekday: tue, start: "10:00", end: "12:00"}]
"""
DRAWN = {"hubs", "entrances", "on_demand", "autonomous", "tours", "places"}


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    folder = tmp_path_factory.mktemp("services-page")
    city = grid_city()
    write_city(city, folder / "city")
    station = city.timetable.stops.lonlat[list(city.timetable.stops.stop_id).index("J1")]
    text = SERVICES.replace("LAT", f"{station[1]:.5f}").replace("LON", f"{station[0] + 0.0015:.5f}")
    store = ResultStore(folder / "store")
    for run in (read_scenario("baseline-r5"), parse_scenario(text)):
        run_scenario(run, city, out=folder / "runs" / run.id, store=store)
    return Services(Settings(runs_folder=folder / "runs", city_folder=folder / "city"))


@pytest.fixture(scope="module")
def served(services):
    settings = Settings(runs_folder=services.settings.runs_folder, city_folder=services.settings.city_folder)
    return create_app(settings, services).server.test_client()


def drawn(served, services, side, state):
    answer = served.get("/" + build_paint(services, state)[side]["layers"], headers={"Accept-Encoding": "identity"})
    layers = json.loads(answer.data)
    return {name: {f["properties"]["change"] for f in layers[name]["features"]} for name in DRAWN}


def test_services_are_drawn_where_they_are_and_marked_as_new(served, services):
    state = start_state(services, "ja")
    assert drawn(served, services, "left", state) == {name: set() for name in DRAWN}
    assert drawn(served, services, "right", state) == {name: {"added"} for name in DRAWN}
    same = state.changed(left="services", right="services")
    assert drawn(served, services, "right", same) == {name: {"same"} for name in DRAWN}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_legend_names_what_is_drawn_and_nothing_else(services, lang):
    state = start_state(services, lang)
    words = {
        name: CATALOGUES[lang][f"legend_{name}"] for name in ("hub", "entrance", "on_demand", "autonomous", "tour")
    }
    shown = str(views.legend(services, state))
    assert all(word in shown for word in words.values())
    without = str(views.legend(services, state.changed(right="baseline-r5")))
    assert not any(word in without for word in words.values())


def test_every_table_that_is_offered_can_be_saved(served, services):
    stored = services.list_runs()["services"].stored
    assert (
        {"office_places", "office_month", "on_demand_services", "on_demand_events"}
        <= set(stored.tables)
        <= {*TABLES, RIDE_SIDES}
    )
    offered = str(views.notes(services, start_state(services, "ja")))
    for name, table in stored.tables.items():
        address = table_csv_url("services", name)
        assert address in offered
        answer = served.get("/" + address.removeprefix("/"))
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == f'attachment; filename="services-{name}.csv"'
        assert answer.data.startswith("\ufeff".encode())
        told = pd.read_csv(io.BytesIO(answer.data))
        assert list(told.columns) == list(table.columns)
        assert len(told) == len(table)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_table_has_a_name_in_words(lang):
    for name in (*TABLES, RIDE_SIDES):
        assert views.table_title(name, lang) != name


@pytest.mark.parametrize(
    "address",
    [
        "services/none.csv",
        "services/kpi.csv",
        "none/office_month.csv",
        "baseline-r5/office_month.csv",
        "services/..%2Fkpi.csv",
        "services/../kpi.csv",
        "services/..%2F..%2Fbaseline-r5%2Fkpi.csv",
        "services/%2e%2e%5ckpi.csv",
        "..%2Fruns%2Fservices/office_month.csv",
        "services/%2Fetc%2Fpasswd.csv",
        "services/office_month%00.csv",
    ],
)
def test_nothing_but_a_table_of_a_run_is_served(served, address):
    answer = served.get(f"/tables/{address}")
    # A path that is no address of a table leads to the page itself, like any other unknown one.
    assert answer.status_code == 404 or (answer.mimetype == "text/html" and b"<title>" in answer.data)
    assert "Content-Disposition" not in answer.headers
    assert not any(word in answer.data for word in (b"kpi_id", b"root:", b"place_id"))


def test_cards_tell_of_services(services):
    left, right = services.pair("baseline-r5", "services")
    cards = {c.spec.kpi_id: c for c in build_cards(left, right, left, services.city.targets, "all")}
    assert cards["mobile_office_visits_per_month"].judgement is Judgement.IMPROVED
    for kpi_id in ("on_demand_wait_p90_min", "on_demand_rejection_share", "on_demand_rides_per_vehicle_hour"):
        card = cards[kpi_id]
        assert card.left.value is None
        assert card.right.value >= 0
        assert card.change is None
        assert card.judgement is Judgement.NONE
    for lang in ("ja", "en"):
        shown = str(cards_view.cards(services, start_state(services, lang)))
        assert cards["on_demand_wait_p90_min"].spec.title.get(lang) in shown
