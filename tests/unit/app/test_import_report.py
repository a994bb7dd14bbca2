"""The page of an import: every text escaped, both languages, nothing fetched, all findings, a bounded size."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
import shapely

from app.import_report.canvas import canvas_of, cells_path, dots, line, segments
from app.import_report.page import MOST, SHOWN, render_page, street_km
from app.import_report.render import PAGE, VALUES, report_files
from app.import_report.words import count_name
from geodata.boundaries import Zone
from geodata.crs import to_lonlat
from geodata.empty_layers import empty_facilities, empty_timetable, mesh_without_people
from geodata.errors import Text, error, warning
from geodata.hitachi import load_hitachi
from geodata.import_report import ImportReport, LayerImport
from geodata.opinions import Opinions
from geodata.outlook import PopulationOutlook
from geodata.population import AgeBand
from geodata.provenance import Source, Status
from geodata.reading import FileRecord, ReaderInfo
from geodata.synthetic.grid import grid_city

NASTY = "<script>alert('x')</script>&\"\x07</td>"
READER = ReaderInfo("r", Text(f"読み手{NASTY}", "reader"), NASTY, verified=False)
VOID = {"meta", "input", "br"}


class Balance(HTMLParser):
    """Collects tags, attributes and texts, and refuses what is not closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.texts, self.links = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in {"href", "src", "xlink:href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def parsed(page):
    seen = Balance()
    seen.feed(page)
    seen.close()
    assert seen.open == []
    return seen


def report(*problems, name="timetable", **fields):
    layer = LayerImport(
        name,
        Status.OBSERVED,
        files=(FileRecord(f"feed{NASTY}.zip", READER, 1_234_567, "ab" * 32, 10, 9),),
        counts_in={"trips": 10, NASTY: 1},
        counts={"trips": 9},
        repairs={NASTY: 7},
        problems=problems,
        sources=(Source("s", name, Text(NASTY, "bus"), NASTY, NASTY, NASTY, Status.OBSERVED, Text(NASTY, NASTY)),),
    )
    return ImportReport("tiny", Text(f"市{NASTY}", "City"), NASTY, (layer,), **fields)


def finding(n):
    return warning(f"x.{NASTY}", f"stops.txt row {n}", Text(f"誤り{n}{NASTY}", f"wrong {n}"), Text(NASTY, "mend"), n)


@pytest.fixture(scope="module")
def hitachi():
    return load_hitachi()


def test_every_text_is_escaped_and_every_tag_closed(hitachi):
    page = render_page(report(finding(2), digest="d" * 64, layer_digests={NASTY: NASTY}), hitachi)
    seen = parsed(page)
    assert "script" not in seen.tags
    assert "\x07" not in page
    assert sum("alert" in text for text in seen.texts) > 10


def test_the_page_fetches_nothing(hitachi):
    page = render_page(report(finding(2)), hitachi)
    assert all(link.startswith("#") for link in parsed(page).links)
    assert not re.search(r"https?://|@import|url\(", page)


def test_both_languages_stand_in_the_page():
    page = render_page(report(finding(2)), None)
    assert "取り込みの報告" in page
    assert "Import report" in page
    assert "wrong 2" in page
    assert 'id="lang-en"' in page


def test_all_findings_are_in_the_page_and_beyond_twenty_folded():
    problems = [finding(n) for n in range(2, 60)]
    page = render_page(report(*problems), None)
    folded = page[page.index("<details>") :]
    assert page.count('<li class="warning">') == len(problems)
    assert folded.count('<li class="warning">') == len(problems) - SHOWN


def test_very_many_findings_are_all_in_the_json_and_counted_in_the_page():
    problems = [finding(n) for n in range(2, MOST + 500)]
    files = report_files(report(*problems), None)
    assert len(json.loads(files[VALUES])["layers"][0]["problems"]) == len(problems)
    page = files[PAGE].decode()
    assert page.count('<li class="warning">') == MOST
    assert f"{len(problems):,}" in page
    assert len(files[PAGE]) < 3_000_000


def test_errors_stand_first_and_say_that_no_city_was_made():
    stopped = report(finding(2), error("a.b", "x.csv row 3", Text("だめ", "no")))
    page = render_page(stopped, None)
    assert "都市は作られていません" in page
    assert page.index('<li class="error">') < page.index('<li class="warning">')


def test_what_was_not_tried_on_an_original_file_is_marked():
    assert render_page(report(), None).count("原ファイル未検証") == 2  # in the list of layers, and beside the file


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("N02_lines", "国土数値情報 N02: 路線"),
        ("P04_clinic", "国土数値情報 P04: 診療所"),
        ("N07_outside", "国土数値情報 N07: 市域の外で使わないもの"),
        ("sketch_stops", "時刻表のない停留所・駅"),
        ("stops", "停留所・のりば"),
    ],
)
def test_counts_are_said_in_words(key, words):
    assert count_name(key).ja == words
    assert count_name("N02_") is count_name("nothing") is None


def test_a_file_name_that_is_no_text_does_not_stop_the_report():
    broken = ImportReport("x", Text("市", "City"), "bad\udcff.yaml")
    assert all(isinstance(content, bytes) for content in report_files(broken, None).values())


def full_city():
    """Return a grid city with every layer that has a map."""
    city = grid_city()
    people = city.population
    n = people.n_cells
    square = shapely.box(*np.hstack([people.xy.min(axis=0), people.xy.max(axis=0)]))
    lonlat_square = shapely.transform(square, lambda xy: to_lonlat(city.epsg, xy))
    texts = np.array(["バス", "バス", "道"])
    return city.replace(
        zones=(Zone("z", "flood", Text("浸水", "flood"), lonlat_square, square),),
        outlook=PopulationOutlook((2020, 2050), (AgeBand("all", Text("全", "all"), 0, None),), np.ones((2, n, 1))),
        opinions=Opinions(
            np.vstack([to_lonlat(city.epsg, people.xy[[0, -1]]), [np.nan, np.nan]]),
            np.array(["point", "point", "none"]),
            np.array([-1, -1, -1], np.int32),
            texts,
            texts,
            texts,
            texts,
            texts,
        ),
    )


def test_every_layer_that_has_something_has_a_map():
    city = full_city()
    layers = ("population", "outlook", "timetable", "facilities", "zones", "opinions")
    shown = ImportReport("x", Text("市", "City"), "x", tuple(LayerImport(n, Status.OBSERVED) for n in layers))
    page = render_page(shown, city)
    parsed(page)
    expected = len(layers) - (city.facilities.n_facilities == 0)
    assert page.count("<figure>") == expected
    assert "図の外 1<" in page  # the opinion whose place is not known


def test_the_page_of_the_bundled_city_is_small(hitachi):
    names = ("population", "timetable", "streets", "facilities", "zones")
    shown = ImportReport("x", Text("市", "City"), "x", tuple(LayerImport(n, hitachi.status_of(n)) for n in names))
    assert 50_000 < len(render_page(shown, hitachi).encode()) < 1_500_000


def test_the_map_covers_the_people_and_its_bar_is_true(hitachi):
    canvas = canvas_of(hitachi)
    pixels = canvas.pixels(hitachi.population.xy)
    assert canvas.inside(pixels).all()
    bar_px, label = canvas.scale_bar()
    value, unit = label.split()
    metres = float(value) * (1_000 if unit == "km" else 1)
    assert bar_px * canvas.m_per_px == pytest.approx(metres)
    assert bar_px <= canvas.width / 4


def test_paths_leave_out_what_falls_together():
    same = np.array([[1.0, 1.0], [1.1, 1.1], [5.0, 5.0]])
    assert dots(same).count("M") == 2
    assert line(same) == "M1 1L5 5"
    assert line(same[:2]) == ""
    back_and_forth = segments(np.array([[0.0, 0], [4, 0]]), np.array([[4.0, 0], [0, 0]]), 10)
    assert back_and_forth == "M0 0L4 0"
    many = np.arange(200.0)
    starts = np.stack([many * 3, many], axis=1)
    assert segments(starts, starts + 2, 50).count("M") <= 50


def test_cells_are_boxes_where_they_are_boxes(hitachi):
    canvas = canvas_of(hitachi)
    path = cells_path(canvas, hitachi.population.polygon_xy)
    assert path.count("M") >= hitachi.population.n_cells
    assert len(path) < 45 * hitachi.population.n_cells


def cells_where(people, kept):
    """Return the cells that are kept; none of them, for a city without people."""
    names = ("cell_id", "lonlat", "xy", "polygon_xy", "polygon_lonlat", "persons", "district")
    return replace(people, **{name: getattr(people, name)[kept] for name in names})


def test_a_city_without_people_is_drawn_around_its_stops(hitachi):
    people = mesh_without_people(6677, hitachi.timetable.stops.lonlat[:1], base_date="2025-01-01")
    none = np.zeros(people.n_cells, dtype=bool)
    nobody = hitachi.replace(
        population=cells_where(people, none), timetable=empty_timetable(), facilities=empty_facilities(), zones=()
    )
    assert canvas_of(nobody) is None
    with_stops = nobody.replace(timetable=hitachi.timetable)
    assert canvas_of(with_stops) is not None
    shown = ImportReport("x", Text("市", "City"), "x", (LayerImport("timetable", Status.OBSERVED),))
    assert render_page(shown, with_stops).count("<figure>") == 1
    assert "<figure>" not in render_page(shown, nobody)
    assert street_km(nobody) == 0
