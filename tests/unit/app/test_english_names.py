"""English names of places that the city names in Japanese alone, in notes of cards and in the list of places."""

from __future__ import annotations

import dataclasses
import json

import pytest
from plotly.utils import PlotlyJSONEncoder

from app.components.kpi_card import kpi_card
from app.english_names import in_english
from app.features.compare.cards import build_cards
from app.features.compare.steps import start_state
from app.services import Services
from app.settings import Settings
from app.text.notes import card_notes, translate_notes
from tests.shared_runs import bundled_runs

NAMES = {"日立駅前": "Hitachi Station", "中里": "Nakasato", "十王": "Juo"}


@pytest.fixture(scope="module")
def services(shared_folder):
    return Services(Settings(runs_folder=bundled_runs(shared_folder / "hitachi")[0]))


def test_notes_name_places_in_english():
    note = "駅: 日立駅前; 最も低い地区: 中里、十王（1,234人）"
    assert translate_notes(note, "en", NAMES) == [
        "station: Hitachi Station",
        "lowest district: Nakasato, Juo (1,234 people)",
    ]
    assert translate_notes(note, "ja", NAMES) == note.split("; ")
    assert card_notes("駅: 日立駅前", "en", names=NAMES) == ["station: Hitachi Station"]
    assert in_english("無名の丘", NAMES) == "無名の丘"


def test_every_station_and_district_of_the_bundled_city_has_an_english_name(services):
    names, city = services.english_names, services.city
    rail = city.timetable.stops.name[city.timetable.stops_of_class("rail")].tolist()
    asked = [*rail, *city.facilities.name[city.facilities.of_kind("station_front")], *city.population.district_name]
    assert {
        name: names.get(str(name), str(name)) for name in asked if not names.get(str(name), str(name)).isascii()
    } == {}
    assert names["常陸多賀駅前"] == "Hitachi-Taga Station"
    assert names["豊浦支所（位置は仮定）"] == "Toyoura Branch Office (position assumed)"
    assert names["大沼交流センター（体育館含む）"] == "Onuma Community Centre (with its gymnasium)"
    assert names["日立市役所（本庁舎）"] == "Hitachi City Hall (main building)"
    assert "南部支所" not in names, "no place of that name is known: nothing is made up"
    assert services.places[next(k for k, p in services.places.items() if p.name.ja == "小木津駅前")].name.en == (
        "Ogitsu Station"
    )


def test_a_card_of_the_page_names_the_station_in_english(page_services):
    state = start_state(page_services, "en")
    left, right = page_services.pair(state.left, state.right)
    card = build_cards(left, right, page_services.baseline, page_services.city.targets, "all", names=NAMES)[0]
    told = dataclasses.replace(card, right=dataclasses.replace(card.right, value=1.0, note="駅: 日立駅前"))
    shown = json.dumps(kpi_card(told, "en", {"kind": "card", "kpi": "x"}), cls=PlotlyJSONEncoder, ensure_ascii=False)
    assert "station: Hitachi Station" in shown
    assert "駅" not in shown
