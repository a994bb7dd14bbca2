"""The page of on-demand fleets: the day it plays is the one the run logged, place by place and second by second."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from app.features.mobility import layout, routes
from app.features.mobility.day import day_of, rows_of_service, service_ids
from app.features.mobility.tables import autonomous_table, fate_of, requests_table, waits
from geodata.on_demand import FleetWait
from geodata.synthetic import grid_city
from geodata.synthetic.text_feed import flat_lonlat
from sim.context import RunContext
from sim.on_demand.service import service_asks
from sim.on_demand.tables import on_demand_events, on_demand_hours, on_demand_services, on_demand_vehicles
from sim.params import Analysis, Params
from sim.reuse import Reuse
from tests.unit.app.test_place import texts
from tests.unit.sim.test_reach import service


@pytest.fixture(scope="module")
def context():
    city = grid_city().replace(on_demand=(service("door-to-door", FleetWait(1_800, 1.8)),))
    return RunContext(city, Analysis(n_draws=1), Params(on_demand_days=2), Reuse())


@pytest.fixture(scope="module")
def events(context):
    return on_demand_events(context)


@pytest.fixture(scope="module")
def day(context, events):
    ask = service_asks(context)[0]
    lonlat = flat_lonlat(ask.points_xy)
    hours = ask.rules.start_s, ask.rules.end_s
    return day_of(rows_of_service(events, "s"), lonlat, ask.rules.n_vehicles, hours)


def test_vehicles_drive_on_from_where_they_stand(day):
    moves = day["vehicles"][0]["moves"]
    assert len(moves) > 2
    assert moves[0]["a"] == day["depot"]
    for before, after in pairwise(moves):
        assert after["a"] == before["b"]
        assert after["from"] >= before["to"]
    assert day["start"] <= moves[0]["from"]
    assert moves[-1]["to"] <= day["end"]


def test_people_are_picked_up_where_they_wait_and_set_down_later(day, events):
    stands = {(move["to"], tuple(move["b"])) for vehicle in day["vehicles"] for move in vehicle["moves"]}
    served = [one for one in day["requests"] if fate_of(one) == "served"]
    assert served
    for one in served:
        assert any(at == tuple(one["at"]) and t <= one["picked"] for t, at in stands)
        assert one["wish"] <= one["picked"] < one["down"]
    told = events[events.kind.isin(["accepted", "rejected", "withdrawn"])]
    assert len(day["requests"]) == len(told)
    assert sum(one["persons"] for one in day["requests"]) == told.persons.sum()
    assert [one["wish"] for one in day["requests"]] == sorted(one["wish"] for one in day["requests"])


def test_nobody_is_on_board_at_the_end(day):
    assert day["events"][-1]["load"] == 0
    assert max(event["load"] for event in day["events"]) > 0


def test_the_tables_tell_what_the_day_was(day, context):
    told = texts(requests_table(day["requests"], "ja"))
    assert told.count("乗車") - 1 == sum(fate_of(one) == "served" for one in day["requests"])
    hours = [{str(k): v for k, v in row.items()} for row in on_demand_hours(context).to_dict("records")]
    shown = waits(hours, "en")
    assert shown[0].to_plotly_json()["props"]["aria-label"].startswith("Waits by hour (min): ")
    assert waits([], "ja") == []
    assert service_ids(None) == []


def test_what_drives_itself_is_listed_once():
    properties = {"operation_id": "op", "name": "ひたちBRT", "max_speed_kmh": 40, "weather_availability": 0.9,
                  "attendant": "remote", "runs": 8}  # fmt: skip
    told = texts(autonomous_table([{"properties": properties}] * 2, "ja"))
    assert told.count("ひたちBRT") == 1
    assert "遠隔" in told
    assert "自動運転はありません" in "".join(texts(autonomous_table([], "ja")))


def test_the_page_and_its_day_are_served(client, page_services, context, events, monkeypatch):
    run = page_services.list_runs()["new-clinic"]
    frames = {
        "on_demand_events": events,
        "on_demand_services": on_demand_services(context),
        "on_demand_hours": on_demand_hours(context),
        "on_demand_vehicles": on_demand_vehicles(context),
    }
    made = replace(run, stored=replace(run.stored, tables=frames))
    monkeypatch.setattr(page_services, "list_runs", lambda: {"new-clinic": made})
    found = {"requests": [], "vehicles": []}
    monkeypatch.setattr(layout, "day_data", lambda *_: found)
    monkeypatch.setattr(routes, "day_data", lambda _, __, service: found if service == "s" else None)
    page = client.get("/_dash-layout", headers={"Referer": "http://localhost/mobility?lang=en"})
    assert "mobility-player" in page.text
    answer = client.get("/mobility/new-clinic/s.json?key=x", headers={"Accept-Encoding": "identity"})
    assert json.loads(answer.data) == found
    assert client.get("/mobility/new-clinic/other.json").status_code == 404
    assert client.get("/mobility/none/s.json").status_code == 404


def test_a_day_of_another_city_is_not_placed(page_services, events):
    run = page_services.list_runs()["new-clinic"]  # its scenario has no service
    stored = replace(run.stored, tables={"on_demand_events": events})
    assert routes.day_data(page_services, replace(run, key="other", stored=stored), "s") is None
    assert np.isfinite(events.time_s).all()


def test_without_a_fleet_the_page_says_how_to_make_one(client):
    page = client.get("/_dash-layout", headers={"Referer": "http://localhost/mobility"})
    assert "ekisei run estate-hub-feeder" in page.text
