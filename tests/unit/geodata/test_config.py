"""The configuration of a city: what a person writes, and what they are told when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

import geodata
from geodata.city_config import inputs_root, read_city_config
from geodata.config.population import CellsCsv, DidTowns, MeshCsv
from geodata.errors import DataError
from tests.unit.geodata.feed_texts import CONFIG, dedent

EXAMPLES = Path(geodata.__file__).parent / "examples"


def write(folder: Path, text: str = CONFIG, old: str = "", new: str = "") -> Path:
    assert old in text
    path = folder / "city.yaml"
    path.write_text(dedent(text.replace(old, new, 1) if old else text), encoding="utf-8")
    return path


def problems_of(path: Path) -> list:
    with pytest.raises(DataError) as caught:
        read_city_config(path)
    return list(caught.value.problems)


@pytest.mark.parametrize(("name", "kind"), [("porto-alegre", CellsCsv), ("muroran", DidTowns)])
def test_the_examples_are_valid(name, kind):
    config = read_city_config(EXAMPLES / f"{name}.yaml")
    assert config.id == name
    assert isinstance(config.population, kind)
    named = {f.source for f in config.gtfs} | {f.source for f in config.facilities}
    assert named <= {s.id for s in config.sources}


def test_unquoted_times_dates_and_leading_zeros_stay_text(tmp_path):
    more = "window: [10:00, 12:30]\n    boundaries: [{path: b.geojson, where: {code: 01205}}]\n    gtfs:"
    config = read_city_config(write(tmp_path, old="gtfs:", new=more))
    assert config.window == (36_000, 45_000)
    assert str(config.date) == "2025-10-15"
    assert config.boundaries[0].where == {"code": "01205"}


def test_a_plain_text_stands_for_both_languages(tmp_path):
    config = read_city_config(write(tmp_path, old="{ja: 小さな市, en: Tiny}", new="Tiny"))
    assert config.name.text == ("Tiny", "Tiny")


def test_mesh_and_bands(tmp_path):
    text = """
    id: m
    name: M
    population:
      kind: mesh_csv
      path: mesh.csv
      bands:
        - {id: young, label: 若, from: 0, to: 64, column: a}
        - {id: old, label: 老, from: 65, column: b}
      year: 2020
      base_date: 2020-10-01
    gtfs: [f.zip]
    """
    population = read_city_config(write(tmp_path, text)).population
    assert isinstance(population, MeshCsv)
    assert [(b.from_age, b.to_age, b.column) for b in population.bands] == [(0, 64, "a"), (65, None, "b")]


@pytest.mark.parametrize(
    ("old", "new", "code", "where", "hint"),
    [
        ("facilities:", "facilitys:", "config.unknown_key", "city.yaml:11 facilitys", "facilities"),
        ("persons:", "person:", "config.unknown_key", "city.yaml:7 population.person", "persons"),
        ("kind: clinic", "kinds_: clinic", "config.unknown_key", "city.yaml:12 facilities[0].kinds_", "kind"),
        ("gtfs: [feed.zip]", "ksj: [{dataset: P99}]", "config.value", "city.yaml:10 ksj[0].dataset", "P04"),
        ("id: tiny", "id: 小市", "config.value", "city.yaml:1 id", "英小文字"),
        ("date: 2025-10-15", "date: 2025-02-30", "config.value", "city.yaml:3 date", "2025-10-01"),
        ("year: 2025", "year: 令和7年", "config.value", "city.yaml:8 population.year", "整数"),
        ("kind: cells_csv", "kind: cells", "config.value", "city.yaml:4 population", "kind は次の"),
        (
            "gtfs: [feed.zip]",
            "window: ['12:00', '10:00']\n    gtfs: [feed.zip]",
            "config.value",
            "city.yaml:1",
            "始まりより後",
        ),
        (
            "gtfs: [feed.zip]",
            "window: [late, '10:00']\n    gtfs: [feed.zip]",
            "config.value",
            "city.yaml:10 window[0]",
            "10:00 の形",
        ),
        (
            "gtfs: [feed.zip]",
            "streets: {elevation: h.tif}\n    gtfs: [feed.zip]",
            "config.value",
            "city.yaml:10 streets",
            "osm_pbf",
        ),
        (
            "gtfs: [feed.zip]",
            "streets: {osm_pbf: a.pbf, graphml: a.graphml}\n    gtfs: [feed.zip]",
            "config.value",
            "city.yaml:10 streets",
            "どれか",
        ),
        ("id: tiny", "", "config.missing_key", "city.yaml:1 id", "id"),
        ("persons: population", "district: ku", "config.value", "city.yaml:4 population", "列名"),
        ("gtfs: [feed.zip]", "id: twice\n    gtfs: [feed.zip]", "yaml.duplicate_key", "city.yaml:10 id", "消して"),
        ("name: {ja: 小さな市, en: Tiny}", "name: {ja: 小さな市, en: Tiny", "yaml.syntax", "city.yaml:3", "引用符"),
    ],
)
def test_every_error_has_its_line_and_a_remedy(tmp_path, old, new, code, where, hint):
    found = problems_of(write(tmp_path, old=old, new=new))
    match = [p for p in found if p.code == code]
    assert match, found
    assert match[0].where.startswith(where)
    assert hint in match[0].hint.ja


def test_all_errors_are_told_at_once(tmp_path):
    path = write(tmp_path, CONFIG.replace("year: 2025", "year: x").replace("facilities:", "facility:"))
    assert {p.code for p in problems_of(path)} == {"config.value", "config.unknown_key"}


@pytest.mark.parametrize(
    ("text", "code"), [("", "config.empty"), ("- a\n- b", "config.empty"), (None, "input.missing")]
)
def test_no_configuration(tmp_path, text, code):
    path = tmp_path / "city.yaml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert [p.code for p in problems_of(path)] == [code]


def test_inputs_may_be_overridden(tmp_path, monkeypatch):
    path = write(tmp_path, old="date:", new="inputs: raw\n    date:")
    config = read_city_config(path)
    assert inputs_root(config, path) == tmp_path / "raw"
    monkeypatch.setenv("EKISEI_INPUTS", str(tmp_path / "env"))
    assert inputs_root(config, path) == tmp_path / "env"
    assert inputs_root(config, path, tmp_path / "given") == tmp_path / "given"
