"""Names that mean to be markup, a formula, a path or no text, in PDF, PNG, GeoPackage, GeoParquet: read by others' readers."""

from __future__ import annotations

import csv
import json
import subprocess
from shutil import which

import pyogrio
import pytest
from PIL import Image

from app.report.making import build_report
from app.services import Services
from app.settings import Settings
from geodata.snapshot import write_city
from geodata.synthetic import grid_city
from scenarios.files import read_scenario
from scenarios.runner import run_scenario
from scenarios.store import ResultStore

SCENARIO = """
schema: ekisei-scenario/1
id: {id}
title: {{ja: {name}, en: {name}}}
description: {{ja: {name}, en: {name}}}
compare_to: baseline-r5
year: 2023
plan_status: hypothetical
modifications:
  - id: clinic
    type: add-facility
    category: clinic
    name: {{ja: {name}, en: {name}}}
    district: east
"""
NAMES = {
    "formula": "=cmd|'/C calc'!A0",
    "markup": "</title></script><script>alert(1)</script><img src=file:///etc/hostname><!--",
    "path": "../../x",
    "direction": "診療所\u202egpj.exe",
    "controls": "a\x00b\x1b[31mc\x0bd\ufffe",
    "long": "長" * 10_000,
    "mathtext": "$\\frac{1$ ^_{ \\int",
    "sql": 'x"; DROP TABLE "cells";--',
    "style": "</style><style>*{display:none}</style>{{7*7}}%s",
}
LARGEST_PIXELS = 40_000_000
"""Of a picture for paper: A3 at 300 dpi is 17 million."""
needs_pdftotext = pytest.mark.skipif(which("pdftotext") is None, reason="pdftotext is not installed")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return runs of scenarios, each of which calls itself and its clinic by one of the names."""
    folder = tmp_path_factory.mktemp("hostile")
    city = grid_city()
    write_city(city, folder / "city")
    store = ResultStore(folder / "store")
    run_scenario(read_scenario("baseline-r5"), city, out=folder / "runs" / "baseline-r5", store=store)
    for run_id, name in NAMES.items():
        written = folder / f"{run_id}.yaml"
        written.write_text(SCENARIO.format(id=run_id, name=json.dumps(name)), encoding="utf-8")
        run_scenario(read_scenario(written), city, out=folder / "runs" / run_id, store=store)
    return folder


@pytest.fixture(scope="module")
def services(place):
    return Services(Settings(runs_folder=place / "runs", city_folder=place / "city"))


@pytest.fixture(params=NAMES)
def run_id(request):
    return request.param


def reachable(place, tmp_path):
    """Return what lies beside the folder of a test and in that of the runs; other folders there are other tests'."""
    return {path for path in (*place.parent.iterdir(), *place.rglob("*")) if path != tmp_path}


def export(services, place, run_id, kind, form, tmp_path):
    """Return the files of one export, none of which lies, or is named, where the name says."""
    before = reachable(place, tmp_path)
    out = tmp_path / "deep" / "down" / "out"
    paths = build_report(services, [run_id], kind, form, out)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == set(paths)
    assert reachable(place, tmp_path) == before
    for path in paths:
        assert path.resolve().is_relative_to(out.resolve())
        assert path.relative_to(out).parts[0].startswith((run_id, "baseline-r5", "summary", "ekisei"))
    return paths


@needs_pdftotext
@pytest.mark.parametrize(
    ("kind", "run_id"), [*(("card", one) for one in NAMES), ("summary", "markup"), ("summary", "long")]
)
def test_a_pdf_opens_runs_nothing_and_shows_the_name_as_text(services, place, run_id, kind, tmp_path):
    (path,) = export(services, place, run_id, kind, "pdf", tmp_path)
    raw = path.read_bytes()
    assert not [word for word in (b"/JavaScript", b"/JS", b"/OpenAction", b"/Launch", b"/EmbeddedFile") if word in raw]
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
    words = "".join(done.stdout.split())
    assert not [sign for sign in done.stdout if sign in "\u202e\x00\x1b"]
    if run_id in {"formula", "markup", "path", "sql", "style"}:
        assert "".join(NAMES[run_id].split())[:12] in words
    assert "人口" in words, "the rest of the sheet is there"


def test_a_picture_opens_and_stays_within_its_sheet(services, place, run_id, tmp_path):
    for path in export(services, place, run_id, "png", "png", tmp_path):
        with Image.open(path) as picture:
            picture.load()
            assert picture.format == "PNG"
            assert picture.width * picture.height < LARGEST_PIXELS
            assert not {"</script>", "=cmd"} & set(map(str, picture.info.values()))


def rows_of(layers):
    """Return every text that stands in a field of a layer."""
    return {value for frame in layers for column in frame for value in frame[column] if isinstance(value, str)}


def test_a_geopackage_opens_with_its_own_layers_and_the_name_is_a_value(services, place, run_id, tmp_path):
    (path,) = export(services, place, run_id, "geo", "gpkg", tmp_path)
    names = {name for name, _ in pyogrio.list_layers(path)}
    assert names <= {"readme", "cells", "lines", "stops", "facilities", "places", "closures", "hubs", "entrances"}
    assert {"readme", "cells", "facilities"} <= names
    found = rows_of([pyogrio.read_dataframe(path, layer="facilities")])
    assert any(one[:5] == NAMES[run_id][:5] or run_id == "controls" for one in found)
    assert len(pyogrio.read_dataframe(path, layer="cells")) == services.city.population.cell_id.size


def test_geoparquet_opens_and_its_list_of_fields_holds_no_formula(services, place, run_id, tmp_path):
    import geopandas

    paths = export(services, place, run_id, "geo", "parquet", tmp_path)
    frames = [geopandas.read_parquet(path) for path in paths if path.suffix == ".parquet"]
    assert all(frame.crs is not None and len(frame) for frame in frames)
    assert any(one[:5] == NAMES[run_id][:5] or run_id == "controls" for one in rows_of(frames))
    (readme,) = (path for path in paths if path.suffix == ".csv")
    with readme.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
