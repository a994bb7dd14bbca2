"""Opinions that name a district of the base city are placed there, also where own people come without districts."""

from __future__ import annotations

import textwrap

import pytest

from geodata.build import build_city
from geodata.hitachi import load_hitachi

PEOPLE = """
population:
  kind: cells_csv
  path: cells.csv
  id: id
  lon: lon
  lat: lat
  persons: people
  base_date: 2025-10-01
  year: 2025
"""


@pytest.mark.parametrize("people", ["", PEOPLE], ids=["people of the base", "own people"])
def test_opinions_find_the_districts_of_the_base(tmp_path, people):
    cells = load_hitachi().population
    at = int((cells.district == 3).argmax())
    name = cells.district_name[3]
    lon, lat = cells.lonlat[at]
    (tmp_path / "cells.csv").write_text(
        f"id,lon,lat,people\nc1,{lon},{lat},100\nc2,{lon + 0.003},{lat},50\n", encoding="utf-8"
    )
    voices = f"地区,テーマ,ご意見\n{name},バス,増やして\nどこにもない区,医療,遠い\n"
    (tmp_path / "voices.csv").write_text(voices, encoding="utf-8")
    config = textwrap.dedent("""
        id: own
        name: {ja: 手元, en: Own}
        inputs: .
        base: hitachi
        opinions:
          - path: voices.csv
    """)
    (tmp_path / "city.yaml").write_text(config + people, encoding="utf-8")
    report = build_city(tmp_path / "city.yaml")
    found = report.city.opinions
    assert found.district.tolist() == [3, -1]
    assert report.city.population.district_name[found.district[0]] == name
    assert found.place_quality.tolist()[1] == "none"
    assert {p.code: p.count for p in report.problems}["opinions.unknown_place"] == 1
