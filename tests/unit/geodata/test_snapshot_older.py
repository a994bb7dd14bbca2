"""City folders of earlier versions: layers and fields that came since take their defaults; damage is still found."""

from __future__ import annotations

import json

import pytest
import shapely

from geodata.entrances import Entrance
from geodata.errors import DataError, Text
from geodata.hubs import Hub
from geodata.on_demand import FixedWait, OnDemandFleet, OnDemandPlan, OnDemandService
from geodata.provenance import Status
from geodata.snapshot import INDEX, read_city, write_city
from geodata.synthetic import grid_city


def service(plan):
    words = Text("予約", "d")
    return OnDemandService(
        "d", words, words, (0, 1), None, None, 2, None, "電話", words, "s", Status.OBSERVED, plan, note=words
    )


def older_folder(tmp_path):
    """Write a city and give its folder the shape that earlier versions wrote."""
    hub = Hub("h", Text("拠点", "hub"), (140.6, 36.5), (0.0, 0.0), 100.0, ("parking",), 60)
    folder = write_city(grid_city().replace(on_demand=(service(None),), hubs=(hub,)), tmp_path / "city")
    index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    layers = index["city"]["fields"]
    for name in ("entrances", "autonomous"):
        del layers[name]
        del index["layer_digests"][name]
    fields = layers["on_demand"]["@tuple"][0]["fields"]
    for name in ("plan", "plan_status", "note"):
        del fields[name]
    fields["computed"] = False
    for name in ("plan_status", "stop_ids", "role"):
        del layers["hubs"]["@tuple"][0]["fields"][name]
    index["layer_digests"] |= {"on_demand": "as it was", "hubs": "as it was"}
    (folder / INDEX).write_text(json.dumps(index), encoding="utf-8")
    return folder


def test_a_folder_of_an_earlier_version_is_read(tmp_path):
    city = read_city(older_folder(tmp_path), verify=True)
    assert city.on_demand[0].plan is None
    assert not city.on_demand[0].computed
    assert city.on_demand[0].n_vehicles == 2
    assert city.hubs[0].stop_ids == ()
    assert city.entrances == city.autonomous == ()
    assert city.layer_digest("population") == grid_city().layer_digest("population")
    again = read_city(write_city(city, tmp_path / "again"), verify=True)
    assert again.digest == city.digest


def test_damage_in_a_layer_whose_shape_stayed_is_still_found(tmp_path):
    folder = older_folder(tmp_path)
    path = folder / "population.persons.npy"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(DataError) as caught:
        read_city(folder, verify=True)
    assert [p.code for p in caught.value.problems] == ["snapshot.damaged"]
    assert "population" in caught.value.problems[0].message.en
    assert "on_demand" not in caught.value.problems[0].message.en


def test_a_value_that_lacks_what_has_no_default_is_one_clear_message(tmp_path):
    folder = older_folder(tmp_path)
    index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    del index["city"]["fields"]["hubs"]["@tuple"][0]["fields"]["radius_m"]
    (folder / INDEX).write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_city(folder)
    assert [p.code for p in caught.value.problems] == ["snapshot.damaged"]
    assert "ekisei city build" in caught.value.problems[0].hint.ja


def test_a_plan_comes_back_equal(tmp_path):
    plan = OnDemandPlan(
        shapely.box(0, 0, 1000, 1000), "feeder", 31, 0, 3600, OnDemandFleet(1, 4, 20.0), FixedWait(60), ("J0",)
    )
    entrance = Entrance("e", "J0", Text("東口", "east"), (140.6, 36.5), (0.0, 0.0), 60)
    city = grid_city().replace(on_demand=(service(plan),), entrances=(entrance,))
    again = read_city(write_city(city, tmp_path / "city"), verify=True)
    assert again.digest == city.digest
    assert again.on_demand[0].plan.area_xy.equals(plan.area_xy)
