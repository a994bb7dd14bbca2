"""The page of on-demand fleets: the day it plays is the one the run logged, place by place and second by second."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from app.features.mobility import routes
from app.features.mobility.day import day_of, rows_of_service, service_ids
from app.features.mobility.names import line_names, service_names
from app.features.mobility.tables import autonomous_table, fate_of, fates_told, requests_table
from app.features.mobility.waits import waits
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


def test_who_never_came_is_counted_and_the_vehicle_was_there():
    rows = [
        {"kind": "accepted", "request": 0, "point": 1, "desired_s": 100, "persons": 2, "vehicle": -1, "time_s": 0},
        {"kind": "rejected", "request": 1, "point": 2, "desired_s": 50, "persons": 1, "vehicle": -1, "time_s": 0},
        {"kind": "departed", "request": -1, "point": 3, "vehicle": 0, "time_s": 60, "load": 0},
        {"kind": "arrived", "request": -1, "point": 1, "vehicle": 0, "time_s": 160, "load": 0},
        {"kind": "no_show", "request": 0, "point": 1, "vehicle": 0, "time_s": 190, "load": 0},
    ]
    made = day_of(rows, np.array([[140.0, 36.0], [140.1, 36.1], [140.2, 36.2], [140.3, 36.3]]), 1, (0, 300))
    never = made["requests"][1]
    assert (fate_of(never), never["missed"], never["at"], "to" in never) == ("no_show", 190, [140.1, 36.1], False)
    assert made["vehicles"][0]["moves"][0]["b"] == never["at"]
    assert fates_told(made["requests"], "ja") == "この日のリクエスト 2 件: 乗車 0、お断り 1、取下げ 0、来なかった 1"


def test_the_day_tells_the_share_of_no_shows_that_is_assumed(page_services, events, monkeypatch):
    run = page_services.list_runs()["new-clinic"]
    stored = replace(run.stored, tables={"on_demand_events": events})
    city = grid_city().replace(on_demand=(service("door-to-door", FleetWait(1_800, 1.8)),))
    plan = replace(city.on_demand[0].plan, no_show_share=0.02)
    city = city.replace(on_demand=(replace(city.on_demand[0], plan=plan),))
    world = SimpleNamespace(city=city, context=RunContext(city, Analysis(n_draws=1), Params(on_demand_days=2), Reuse()))
    monkeypatch.setattr(page_services.travel, "world", lambda _: world)
    found = routes.day_data(page_services, replace(run, key="no-shows", stored=stored), "s")
    assert found["no_show_share"] == 0.02


def test_names_follow_the_language(page_services):
    run = page_services.list_runs()["new-clinic"]
    named = {"service_id": "s", "name": "予約バス", "name_en": "Call bus"}
    layers = {"on_demand": {"features": [{"properties": named}, {"properties": {"service_id": "t"}}]}}
    made = replace(run, stored=replace(run.stored, layers=layers))
    assert service_names(made, "ja") == {"s": "予約バス"}
    assert service_names(made, "en") == {"s": "Call bus"}
    assert line_names(made, "en") == {}


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
    told = texts(autonomous_table([{"properties": properties}] * 2, {}, "ja"))
    assert told.count("ひたちBRT") == 1
    assert "遠隔" in told
    english = texts(autonomous_table([{"properties": properties}], {"ひたちBRT": "Hitachi BRT"}, "en"))
    assert "Hitachi BRT" in english
    assert "ひたちBRT" not in english
    assert "自動運転はありません" in "".join(texts(autonomous_table([], {}, "ja")))


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
