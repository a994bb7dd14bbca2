"""The page of the population: what it draws, what it hides, that it asks for nothing, and its route on the server."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from app.features.population.frames import HIDDEN, build_frames, note_of
from app.features.population.page import ASSETS, standalone_page
from app.features.population.words import WORDS
from geodata.errors import Text
from geodata.synthetic import grid_city
from scenarios.files import parse_scenario
from scenarios.people import population_years

GUIDE = """
schema: ekisei-scenario/1
id: guide
title: {ja: "駅</script>へ", en: "To the <stations>"}
description: {ja: 例, en: Example}
year: 2025
plan_status: hypothetical
modifications:
  - {id: g, type: guide-residents, where: {near_stations_m: 800}, persons: 200}
"""
YEARS = (2023, 2025, 2030)
CITY = grid_city()
SCENARIO = parse_scenario(GUIDE, "guide.yaml")


@pytest.fixture(scope="module")
def people():
    return population_years(CITY, YEARS, SCENARIO)


@pytest.fixture(scope="module")
def frames(people):
    return build_frames(people, SCENARIO.title.text, note_of(people, SCENARIO))


def test_numbers_by_cell_and_year_are_those_of_the_projection(people, frames):
    assert frames["years"] == list(YEARS)
    shown = np.array(frames["total"])
    assert shown.shape == (3, CITY.population.n_cells)
    assert np.abs(shown - people.persons.sum(axis=2)).max() <= 0.5
    assert [c["total"] for c in frames["city"]] == [round(float(t)) for t in people.persons.sum(axis=(1, 2))]
    assert [len(c["bands"]) for c in frames["city"]] == [4, 4, 4]
    assert frames["by_measures"][0] == [0.0] * CITY.population.n_cells
    assert sum(frames["by_measures"][1]) == pytest.approx(0, abs=96 * 0.05)  # rounded to a tenth
    assert len(frames["cells"]) == len(frames["boxes"]) == len(frames["district"]) == CITY.population.n_cells


def test_small_cells_and_groups_are_hidden():
    persons = CITY.population.persons.copy()
    persons[0] = [4.0, 5.0, 0.0, 0.0]
    persons[1] = [10.0, 10.0, 5.0, 2.0]
    small = CITY.replace(population=CITY.population.with_persons(persons))
    found = build_frames(population_years(small, (2023,)), Text("", ""), Text("", ""))
    assert found["total"][0][0] == found["base"][0] == HIDDEN
    assert found["total"][0][1] == 27
    assert (found["older"][0][1], found["oldest"][0][1]) == (HIDDEN, HIDDEN)
    assert found["older"][0][2] == 30


def test_districts_tell_the_same_as_the_cells(people, frames):
    west = people.persons.sum(axis=2)[:, CITY.population.district == 0].sum(axis=1)
    assert [rows[0]["total"] for rows in frames["by_district"]] == [round(float(t)) for t in west]
    assert frames["by_district_base"] == [4800, 4800]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_page_stands_alone(frames, lang):
    page = standalone_page(CITY, frames, lang)
    assert f'<html lang="{lang}">' in page
    assert not re.search(r"""(src|href)\s*=|url\(|@import|https?://(?!www\.w3\.org/)""", page.split("people-frames")[0])
    kept = re.search(r'id="people-frames">(.*?)</script>', page, re.DOTALL)[1]
    content = json.loads(kept)
    assert content["title"]["ja"] == "駅</script>へ"
    assert "<stations>" not in page
    assert any("仮想" in note["ja"] for note in content["notes"])
    assert any("10人未満" in note["ja"] for note in content["notes"])


def test_every_word_that_the_script_asks_for_exists():
    script = (ASSETS / "population.js").read_text(encoding="utf-8")
    asked = set(re.findall(r'say\("([a-z_]+)"\)', script))
    measures = re.search(r"const MEASURES = \{(.*?)\n  \};", script, re.DOTALL)[1]
    asked |= {f"m_{name}" for name in re.findall(r"^    (\w+):", measures, re.MULTILINE)}
    asked |= {
        f"c_{name}" for name in ("district", "persons", "percent", "older_share", "oldest_persons", "by_measures")
    }
    assert asked <= set(WORDS)
    assert all(text.ja and text.en for text in WORDS.values())


def test_the_server_shows_the_page_and_its_numbers(client, page_services):
    assert client.get("/population").status_code == 200
    layout = client.get("/_dash-layout", headers={"Referer": "http://localhost/population?run=new-clinic&lang=en"})
    assert "people-host" in layout.text
    assert "Future population by year" in layout.text
    other = client.get("/_dash-layout", headers={"Referer": "http://localhost/"})
    assert "people-host" not in other.text
    key = page_services.list_runs()["new-clinic"].key
    answer = client.get(f"/population/new-clinic.json?key={key}", headers={"Accept-Encoding": "identity"})
    found = json.loads(answer.data)
    assert found["years"] == list(range(2023, 2036))
    assert found["by_measures"] is None
    assert client.get("/population/none.json").status_code == 404
