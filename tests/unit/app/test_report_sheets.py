"""What is handed out, on the grid city: figures are those of kpi.csv and of the page, files whole or not at all."""

from __future__ import annotations

import io
import json
import math
import re
import struct
import sys
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pypdf
import pytest
from dash import html

from app.components.kpi_card import kpi_card
from app.features.compare.cards import show
from app.features.compare.cards_view import cards as page_cards
from app.features.compare.steps import start_state
from app.features.overview.stories import story
from app.report import pdf
from app.report.catalogue import KINDS, find_kind
from app.report.facts import cards_of, goal_of, goals, pair_facts
from app.report.making import build_report
from app.report.maps_panel import bar_length
from app.report.maps_scene import classes_of, difference_scene, value_scene
from app.report.maps_signs import Pen
from app.report.maps_world import camera_extent, fitted, frame_of, shape_of, world_of
from app.report.order import Order, View
from app.report.pdf_summary import converted_caution, means_part
from app.report.wording import day, fiscal_year, thousand_yen
from app.text import say
from app.theme import class_colors, difference_colors
from geodata.errors import UsageError
from sim.kpi import KPIS

RUN, OTHER = "new-clinic", "baseline-r5"


@pytest.fixture(scope="module")
def order(page_services, tmp_path_factory):
    runs = page_services.list_runs()
    return Order(page_services, (runs[RUN],), "pdf", tmp_path_factory.mktemp("order"), view=View("clinic_nearest_min"))


@pytest.fixture(scope="module")
def card_text(page_services, tmp_path_factory):
    (path,) = build_report(page_services, [RUN], "card", "", tmp_path_factory.mktemp("card"))
    return plain("\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages))


@pytest.fixture(scope="module")
def page(page_services, tmp_path_factory):
    (path,) = build_report(page_services, [RUN], "html", "", tmp_path_factory.mktemp("html"))
    return path.read_text(encoding="utf-8")


def plain(text):
    return re.sub(r"\s+", "", text)


class Words(HTMLParser):
    """Collects the words of a page, scripts and styles left out."""

    def __init__(self):
        super().__init__()
        self.words, self.silent = [], 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in {"script", "style"}

    def handle_endtag(self, tag):
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self.silent:
            self.words.append(data)


def words_of(markup):
    found = Words()
    found.feed(markup)
    return plain("".join(found.words))


def words_on(component):
    children = getattr(component, "children", component)
    parts = children if isinstance(children, list | tuple) else [children]
    return "".join(p if isinstance(p, str) else words_on(p) if hasattr(p, "children") else "" for p in parts)


# ------------------------------------------------------------- same figures


def stored(services, run_id):
    """Return the default rows of kpi.csv for the whole city, read from the file."""
    frame = pd.read_csv(services.settings.runs_folder / run_id / "kpi.csv")
    return frame[(frame["setting"] == "default") & (frame["group"] == "all") & frame["value"].notna()]


def test_every_value_of_the_sheet_is_that_of_kpi_csv(page_services, card_text):
    rows = stored(page_services, RUN)
    shown = [r for r in rows.to_dict("records") if plain(KPIS[r["kpi_id"]].title.ja) in card_text]
    assert len(shown) > 10
    for row in shown:
        spec = KPIS[row["kpi_id"]]
        told = thousand_yen(row["value"]) if spec.unit == "yen" else show(spec, row["value"])
        start = card_text.index(plain(spec.title.ja))
        assert any(
            plain(told) in card_text[m.start() : m.start() + 420]
            for m in re.finditer(re.escape(plain(spec.title.ja)), card_text)
        ), (row["kpi_id"], told, card_text[start : start + 200])


def test_every_value_of_the_page_in_one_file_is_that_of_kpi_csv(page_services, page):
    text = words_of(page)
    for row in stored(page_services, RUN).to_dict("records"):
        spec = KPIS[row["kpi_id"]]
        if plain(spec.title.ja) in text:
            told = thousand_yen(row["value"]) if spec.unit == "yen" else show(spec, row["value"])
            assert plain(told) in text


def test_changes_and_verdicts_are_those_of_the_cards_on_the_page(page_services, order, page):
    left, right = order.pairs[0]
    text = words_of(page)
    facts = pair_facts(order, left, right)
    told = {line.kpi_id: line for line in facts.cards}
    for card in cards_of(page_services, left, right, "all"):
        on_page = words_on(kpi_card(card, "ja", {"kind": "card", "kpi": card.spec.kpi_id}))
        line = told[card.spec.kpi_id]
        assert line.word in on_page
        assert plain(line.word) in text
        if line.change and card.spec.unit != "yen":
            assert line.change.split(" ")[1] in on_page
    column = page_cards(page_services, start_state(page_services, "ja"))
    assert len(told) == sum(isinstance(part, html.Button) for part in column)


def test_the_sentence_is_that_of_the_overview(page_services, order, card_text, page):
    left, right = order.pairs[0]
    sentence = pair_facts(order, left, right).sentence
    assert sentence in words_on(story(page_services, right, "ja"))
    assert plain(sentence) in card_text
    assert plain(sentence) in words_of(page)


def test_values_of_the_map_in_one_file_are_those_the_page_fetches(page_services, page):
    found = content_of(page)
    for metric in found["metrics"]:
        if metric["column"] == "persons":
            continue
        for run_id, values in zip((OTHER, RUN), metric["values"], strict=True):
            fetched = json.loads(page_services.values(run_id, metric["column"], public=False))["values"]
            assert values == fetched, metric["column"]
    assert {"clinic_nearest_min", "persons"} <= {metric["column"] for metric in found["metrics"]}
    assert [side["name"] for side in found["sides"]] == ["基準（R5）", "診療所の新設"]


def content_of(page):
    return json.loads(re.search(r'id="handout-content">(.*?)</script>', page, re.DOTALL)[1])


def test_the_page_in_one_file_asks_for_nothing(page):
    assert "default-src 'none'" in page
    assert not re.search(r'<(?:script|img|link)[^>]+(?:src|href)="(?!data:)', page)
    assert page.count("</script>") == 4  # content, library, layers, ours: none ends early


def test_public_files_hold_no_cell_of_few(page_services, tmp_path):
    (path,) = build_report(page_services, [RUN], "html", "", tmp_path / "html", public=True)
    persons = content_of(path.read_text(encoding="utf-8"))["persons"][0]
    raw = page_services.list_runs()[OTHER].cells["persons"].to_numpy()
    few = (raw > 0) & (raw < page_services.city.defaults.public_min_persons)
    assert [p is None for p in persons] == few.tolist()


# ------------------------------------------------------------- maps


def test_maps_have_the_classes_of_the_page(order):
    left, right = order.pairs[0]
    values, change = value_scene(order, right, left, right), difference_scene(order, left, right)
    assert list(values.colors) == class_colors(len(values.breaks) + 1, "down")
    assert list(change.colors) == difference_colors(len(change.breaks) + 1, "down")
    assert classes_of(np.array([-6.0, 0.0, 5.0, np.nan]), (-5.0, 5.0)).tolist() == [0, 1, 2, -1]
    assert np.nanmax(change.values) <= 0  # a clinic more is never farther
    assert np.nanmin(change.values) < 0


def test_a_map_shows_the_whole_extent_in_its_shape(page_services):
    world = world_of(page_services)
    for ratio in (0.5, 1.0, 2.0):
        left, bottom, right, top = frame_of(world, None, ratio)
        assert (right - left) / (top - bottom) == pytest.approx(ratio)
        west, south, east, north = world.whole
        corners = world.plane(np.array([[west, south], [east, north]]))
        assert left < corners[:, 0].min() < corners[:, 0].max() < right
        assert bottom < corners[:, 1].min() < corners[:, 1].max() < top


def test_the_camera_of_an_address_is_the_middle_of_the_extent():
    west, south, east, north = camera_extent(140.65, 36.59, 11.0)
    assert (west + east) / 2 == pytest.approx(140.65)
    assert (south + north) / 2 == pytest.approx(36.59, abs=0.001)
    closer = camera_extent(140.65, 36.59, 12.0)
    assert (closer[2] - closer[0]) * 2 == pytest.approx(east - west)


def test_the_camera_tells_the_corners_of_the_map_on_the_screen():
    """Web Mercator by its own formula: x of the world in pixels of 512 at zoom 0, y likewise."""
    lon, lat, zoom, wide, high = 140.65, 36.59, 11.3, 640, 420
    west, south, east, north = camera_extent(lon, lat, zoom, wide, high)
    world = 512 * 2**zoom

    def y_px(of: float) -> float:
        return world * (0.5 - math.log(math.tan(math.pi / 4 + math.radians(of) / 2)) / (2 * math.pi))

    assert (east - west) / 360 * world == pytest.approx(wide)
    assert y_px(south) - y_px(north) == pytest.approx(high)
    assert y_px(lat) - y_px(north) == pytest.approx(high / 2)


@pytest.mark.parametrize("size", [(640, 420), (300, 560), (1330, 600)])
def test_a_picture_shows_what_the_screen_shows_and_no_more(page_services, size):
    world = world_of(page_services)
    extent = camera_extent(140.65, 36.59, 11.3, *size)
    left, bottom, right, top = frame_of(world, extent, shape_of(world, extent))
    corners = world.plane(np.array([extent[:2], extent[2:]]))
    assert left <= corners[:, 0].min() and corners[:, 0].max() <= right  # noqa: PT018 - one claim
    assert (right - left) / np.ptp(corners[:, 0]) < 1.04  # meridians lean by half a degree in the plane
    assert (top - bottom) / np.ptp(corners[:, 1]) < 1.04


def test_a_sheet_keeps_the_shape_of_the_screen_within_its_room(page_services):
    world = world_of(page_services)
    wide, high = fitted(world, camera_extent(140.65, 36.59, 11.3, 600, 300), 100.0, 80.0)
    assert (wide, high) == (100.0, pytest.approx(50.0, rel=0.03))
    wide, high = fitted(world, camera_extent(140.65, 36.59, 11.3, 300, 400), 100.0, 80.0)
    assert (wide, high) == (pytest.approx(60.0, rel=0.03), 80.0)
    assert fitted(world, None, 100.0, 80.0) == (100.0, 80.0)


def test_a_view_that_no_map_has_makes_a_map_all_the_same(page_services):
    assert camera_extent(140.65, 36.59, 99.0) == camera_extent(140.65, 36.59, 16.0)
    assert camera_extent(140.65, 36.59, -99.0) == camera_extent(140.65, 36.59, 7.0)
    world = world_of(page_services)
    assert frame_of(world, camera_extent(999.0, 999.0, 10.0), 1.0) == frame_of(world, None, 1.0)


def test_scale_bars_are_round():
    assert [bar_length(width) for width in (20_000.0, 3_600.0, 700.0)] == [5000, 1000, 100]


def test_pictures_are_of_300_dots_an_inch(page_services, tmp_path):
    paths = build_report(page_services, [RUN], "png", "", tmp_path)
    assert len(paths) == 3
    assert [p.name.startswith(n) for p, n in zip(paths, (OTHER, RUN, f"{RUN}-minus-{OTHER}"), strict=True)] == [
        True
    ] * 3
    for path in paths:
        data = path.read_bytes()
        at = data.index(b"pHYs") + 4
        assert struct.unpack(">I", data[at : at + 4])[0] == round(300 / 0.0254)


# ------------------------------------------------------------- sheets


def test_a_summary_is_a3_with_page_numbers_and_every_judged_kpi(page_services, order, tmp_path):
    (path,) = build_report(page_services, [RUN], "summary", "pdf", tmp_path)
    read = pypdf.PdfReader(path)
    width, height = (float(side) / 72 * 25.4 for side in read.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (420, 297)
    first = plain(read.pages[0].extract_text())
    assert f"1/{len(read.pages)}" in first
    judged = goals(page_services, order.runs)
    assert judged
    for goal in judged:
        assert plain(goal.title.ja) in first
        value = goal.forecasts[0].value
        assert plain(show(KPIS[goal.kpi_id], value)) in first
    fonts = {str(f.get_object()["/BaseFont"]) for page in read.pages for f in page["/Resources"]["/Font"].values()}
    assert all("IPAexGothic" in font for font in fonts)  # one typeface, embedded
    right = order.runs[0]
    assert right.key[:8] in first
    assert len(read.pages) == 2  # sources are one paragraph, no page of their own
    second = plain(read.pages[1].extract_text())
    assert all(plain(source.title.ja) in second for source in page_services.city.sources)


@pytest.mark.parametrize(("lang", "word"), [("ja", "換算 "), ("en", "converted ")])
def test_a_number_of_clinics_with_decimals_is_told_to_be_no_count(page_services, order, lang, word):
    paths = goals(page_services, order.runs)
    told = {path.kpi_id: goal_of(path, order.runs[0], lang).absolute for path in paths}
    assert told["clinics_per_100k"].startswith(word)
    assert all(not text.startswith(word) for kpi, text in told.items() if kpi != "clinics_per_100k")
    asked = replace(order, lang=lang)
    assert converted_caution(asked, order.runs) == [say(lang, "report.converted_means")]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_plans_take_has_no_verdict_in_its_heading(order, lang):
    facts = [pair_facts(replace(order, lang=lang), left, right) for left, right in order.pairs]
    heading = re.findall(r"<th[^>]*>([^<]*)</th>", "".join(means_part(facts, lang)))[-1]
    assert heading == {"ja": "変化", "en": "change"}[lang]


def test_names_at_the_right_rim_of_a_printed_map_stand_to_the_left(page_services):
    from matplotlib.figure import Figure

    axes = Figure(figsize=(2, 3), dpi=100).add_axes((0, 0, 1, 1))
    world = world_of(page_services)
    corners = world.plane(np.array([world.whole[:2], world.whole[2:]]))
    axes.set(xlim=(corners[0, 0] - 1, corners[1, 0] + 1), ylim=(corners[0, 1] - 1, corners[1, 1] + 1))
    features = [
        {"geometry": {"coordinates": list(at)}, "properties": {"name": "東の駅"}}
        for at in (world.whole[:2], world.whole[2:])
    ]
    Pen(axes, world, 1.0, thin=False).words(features, "name", 8.0, "#000", 1.0, offset=(4.0, 0.0))
    assert [text.get_ha() for text in axes.texts] == ["left", "right"]


def test_a_sheet_lists_every_assumption_with_what_the_scenario_does(order, card_text):
    from scenarios.assumptions import list_assumptions

    every = list_assumptions()
    missing = [one.name for one in every if plain(one.parameter.label.ja.translate(pdf.SIGNS)) not in card_text]
    assert not missing
    changes = order.runs[0].stored.manifest["changes"]
    assert changes
    assert all(plain(change["ja"]) in card_text for change in changes)
    assert "仮想" in card_text


def test_english_sheets_hold_no_japanese_frame(page_services, tmp_path):
    (path,) = build_report(page_services, [RUN], "html", "", tmp_path, lang="en")
    text = words_of(path.read_text(encoding="utf-8"))
    assert "Whogainsandwholoses" in text
    assert "便利になる人" not in text


def test_without_pango_one_message_says_what_to_do(page_services, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "import_module", missing_pango)
    with pytest.raises(UsageError) as refused:
        build_report(page_services, [RUN], "card", "", tmp_path)
    assert "libpango" in refused.value.render("ja")
    assert list(tmp_path.iterdir()) == []


def missing_pango(name):
    raise OSError(f"cannot load library 'libpango' for {name}")


# ------------------------------------------------------------- layers and routes


def test_layers_for_a_gis_say_what_every_field_is(page_services, tmp_path):
    import geopandas
    import pyogrio

    (path,) = build_report(page_services, [RUN], "geo", "gpkg", tmp_path)
    layers = {str(name) for name, _ in pyogrio.list_layers(path)}
    assert {"cells", "lines", "stops", "facilities", "readme"} <= layers
    cells = pyogrio.read_dataframe(path, layer="cells")
    readme = pyogrio.read_dataframe(path, layer="readme")
    told = set(readme[readme["layer"] == "cells"]["field"])
    assert set(cells.columns) - {"geometry"} == told
    left, right = (page_services.list_runs()[run].cells for run in (OTHER, RUN))
    np.testing.assert_allclose(cells["clinic_nearest_min_after"], right["clinic_nearest_min"], rtol=1e-6)
    change = cells["clinic_nearest_min_after"] - cells["clinic_nearest_min_before"]
    np.testing.assert_allclose(cells["clinic_nearest_min_change"].fillna(0), change.fillna(0), atol=1e-6)
    np.testing.assert_allclose(cells["persons_75plus_before"], left["persons_75plus"], rtol=1e-6)
    parquet = build_report(page_services, [RUN], "geo", "parquet", tmp_path, public=True)
    public = geopandas.read_parquet(next(p for p in parquet if p.name == "cells.parquet"))
    assert public.crs == cells.crs
    some = public["persons_after"].dropna()
    assert not ((some > 0) & (some < page_services.city.defaults.public_min_persons)).any()


def test_lines_without_times_show_headways_and_no_minutes(page_services, tmp_path):
    paths = build_report(page_services, [RUN], "routes", "csv", tmp_path)
    runs = pd.read_csv(next(p for p in paths if p.name.endswith("timetable.csv")))
    trips = page_services.city.timetable.trips
    every = runs["headway_secs"].notna()
    assert runs.loc[every, "departure_time"].isna().all()
    assert (runs.loc[every, "note"] != "").all()
    assert set(runs.loc[every, "trip_id"]) == set(trips.trip_id[trips.headway_s > 0].tolist()) & set(runs["trip_id"])
    (path,) = build_report(page_services, [RUN], "routes", "pdf", tmp_path)
    text = plain("".join(page.extract_text() for page in pypdf.PdfReader(path).pages))
    for name in page_services.city.timetable.routes.name.tolist():
        assert plain(name) in text


# ------------------------------------------------------------- orders


def test_every_kind_has_a_writer_that_can_be_called():
    assert all(callable(kind.build) for kind in KINDS)
    assert len({kind.id for kind in KINDS}) == len(KINDS)
    assert find_kind("nothing") is None


def test_what_is_there_is_replaced_only_when_told_so(page_services, tmp_path):
    paths = build_report(page_services, [RUN], "routes", "csv", tmp_path)
    before = {path: path.stat().st_mtime_ns for path in paths}
    with pytest.raises(UsageError, match=r"report\.there"):
        build_report(page_services, [RUN], "routes", "csv", tmp_path)
    assert {path: path.stat().st_mtime_ns for path in paths} == before
    assert build_report(page_services, [RUN], "routes", "csv", tmp_path, force=True) == paths
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize(
    ("runs", "kind", "format_", "code"),
    [
        (["nowhere"], "summary", "", "report.no_run"),
        ([RUN], "karte", "", "report.no_kind"),
        ([RUN], "summary", "docx", "report.no_format"),
    ],
)
def test_what_cannot_be_made_is_refused_with_what_can(page_services, tmp_path, runs, kind, format_, code):
    with pytest.raises(UsageError) as refused:
        build_report(page_services, runs, kind, format_, tmp_path / "out")
    assert [p.code for p in refused.value.problems] == [code]
    assert not (tmp_path / "out").exists()


def test_a_failure_leaves_nothing_behind(page_services, tmp_path, monkeypatch):
    import app.report.route_tables as tables

    monkeypatch.setattr(tables, "run_rows", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build_report(page_services, [RUN], "routes", "csv", tmp_path)
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------- the page


def test_the_page_has_an_address_of_its_own(client):
    from app.pages import page_at

    assert page_at("/reports").key == "reports"
    assert client.get("/reports?lang=ja").status_code == 200


def test_files_are_made_at_their_addresses(client):
    one = client.get(f"/report/{RUN}/districts.csv?lang=ja&public=1")
    assert one.status_code == 200
    several = client.get(f"/report/{RUN}/routes.csv?lang=ja")
    assert several.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(several.data)) as archive:
        assert {name.removeprefix(RUN) for name in archive.namelist()} == {
            "-routes.csv", "-route-stops.csv", "-timetable.csv",
        }  # fmt: skip
    assert several.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["nowhere/routes.csv", f"{RUN}/nothing.pdf", f"{RUN}/summary.exe"])
def test_what_cannot_be_made_is_no_file(client, address):
    found = client.get(f"/report/{address}?lang=en")
    assert found.status_code == 404
    assert "Traceback" not in found.text


def test_addresses_of_the_page_lead_to_files(page_services, page_settings):
    from app.desk import Desk
    from app.features.reports.layout import build
    from app.visit import Visit

    desk = Desk(page_settings, page_services)
    visit = Visit(desk, page_services.list_runs(), "", {"m": "clinic_nearest_min"}, "ja", "0")
    links = re.findall(r"'(report/[^']+)'", repr(build(visit).to_plotly_json()))
    found = {tuple(urlsplit(link).path.split("/")[-1].split(".")) for link in links}
    assert found == {(kind.id, format_) for kind in KINDS for format_ in kind.formats}
    assert all("m=clinic_nearest_min" in link and f"/{RUN}/" in link for link in links)


def test_compared_with_another_run_the_differences_follow(order, page_services):
    baseline = page_services.list_runs()[OTHER]
    turned = replace(order, runs=(baseline,), compare=order.runs[0])
    left, right = turned.pairs[0]
    assert (left.run_id, right.run_id) == (RUN, OTHER)
    there, back = difference_scene(turned, left, right), difference_scene(order, right, left)
    np.testing.assert_allclose(there.values, -back.values)  # noqa: PD011 - no table of pandas


def test_years_days_and_money_are_written_as_a_city_hall_does():
    import datetime as dt

    assert fiscal_year(2029, "ja") == "令和11年度（2029年度）"
    assert fiscal_year(2019, "ja") == "令和元年度（2019年度）"
    assert fiscal_year(2013, "ja") == "平成25年度（2013年度）"
    assert day(dt.date(2026, 11, 22), "ja") == "令和8年11月22日"
    assert day(dt.date(2019, 4, 30), "ja") == "2019年4月30日"
    assert thousand_yen(922_558_432.4) == "922,558"
    assert thousand_yen(-1_500.0, signed=True) == "−2"
    assert thousand_yen(None) == "—"


def test_drawing_libraries_wait_until_they_are_needed():
    import subprocess

    told = "import sys, app.cli; print([m for m in ('matplotlib', 'weasyprint', 'pptx') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_layers_of_earlier_files_do_not_stay_beside_new_ones(page_services, tmp_path):
    first = build_report(page_services, [RUN], "geo", "parquet", tmp_path)
    left = first[0].with_name("zones-of-before.parquet")
    left.write_bytes(b"x")
    beside = tmp_path / "mine.parquet"
    beside.write_bytes(b"y")
    assert build_report(page_services, [RUN], "geo", "parquet", tmp_path, force=True) == first
    assert not left.exists()
    assert beside.exists()
