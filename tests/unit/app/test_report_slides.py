"""Slides that are handed out, read back: native charts with the numbers of the runs, fonts, sizes, words and notes."""

from __future__ import annotations

import math
import re
import zipfile

import pytest
from lxml import etree
from pptx import Presentation
from pptx.util import Emu

from app.features.compare.target_view import find_paths
from app.report import pptx_map, pptx_slides
from app.report.catalogue import find_kind
from app.report.order import Order, View
from app.report.pptx_charts import Bars, Line, Spot, bar_chart, path_chart, round_step
from app.report.pptx_deck import FONT, LEAST_PT, Deck
from app.report.pptx_slides import SHARES
from app.report.wording import status_word
from sim.kpi import KPIS

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


@pytest.fixture(scope="module")
def runs(page_services):
    known = page_services.list_runs()
    return known["baseline-r5"], known["new-clinic"]


@pytest.fixture(scope="module")
def deck_file(page_services, runs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("slides")
    (path,) = find_kind("slides").build(Order(page_services, (runs[1],), "pptx", folder))
    return path


@pytest.fixture(scope="module")
def deck(deck_file):
    return Presentation(str(deck_file))


@pytest.fixture
def blank():
    made = Deck("題", "版", "ja")
    return made, made.slide("題", ["ノート"])


def parts(path, pattern):
    with zipfile.ZipFile(path) as file:
        return {name: etree.fromstring(file.read(name)) for name in file.namelist() if re.search(pattern, name)}


def charts(deck):
    return [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]


def test_every_run_of_text_names_its_east_asian_font_and_language(deck_file):
    found = 0
    for name, root in parts(deck_file, r"ppt/(slides|notesSlides)/[^/]+\.xml$").items():
        for run in root.iter(f"{A}r"):
            look = run.find(f"{A}rPr")
            fonts = [child.tag.removeprefix(A) for child in look if child.tag.removeprefix(A) in {"latin", "ea", "cs"}]
            assert fonts == ["latin", "ea", "cs"], name
            assert {child.get("typeface") for child in look if child.get("typeface")} == {FONT}
            assert (look.get("lang"), look.get("altLang")) == ("ja-JP", "en-US")
            found += 1
    assert found > 60


def test_charts_and_theme_name_east_asian_fonts_too(deck_file):
    known = parts(deck_file, r"ppt/charts/chart[^/]*\.xml$")
    assert known
    for name, root in known.items():
        looks = list(root.iter(f"{A}defRPr"))
        assert looks, name
        for look in looks:
            assert [look.find(f"{A}{script}").get("typeface") for script in ("latin", "ea", "cs")] == [FONT] * 3, name
            assert int(look.get("sz")) >= LEAST_PT * 100
    for root in parts(deck_file, r"ppt/theme/theme1\.xml$").values():
        assert {one.get("typeface") for one in root.iter(f"{A}latin", f"{A}ea", f"{A}cs")} == {FONT}


def test_nothing_on_a_slide_is_too_small_for_the_last_row(deck_file, deck):
    for name, root in parts(deck_file, r"ppt/slides/[^/]+\.xml$").items():
        sizes = [int(look.get("sz")) for look in root.iter(f"{A}rPr")]
        assert sizes, name
        assert min(sizes) >= LEAST_PT * 100, name
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, abs=1e-3)


def test_every_slide_has_a_title_and_notes_with_sources_and_version(deck, runs):
    assert len(deck.slides) >= 6
    for slide in deck.slides:
        assert slide.shapes.title.text_frame.text
        notes = slide.notes_slide.notes_text_frame.text
        assert "出典: " in notes
        assert runs[1].key in notes


def test_pictures_and_charts_are_told_in_words(deck):
    told = [s for slide in deck.slides for s in slide.shapes if s.has_chart or s.shape_type == 13]
    assert len([s for s in told if not s.has_chart]) == 1  # the map
    for shape in told:
        assert shape._element.xpath(".//*[local-name()='cNvPr']")[0].get("descr")


def test_nothing_stands_outside_a_slide(deck):
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width + Emu(20_000)
            assert shape.top >= 0
            assert shape.top + shape.height <= deck.slide_height + Emu(20_000)


def test_bars_are_the_values_of_kpi_csv(deck, runs):
    chart = charts(deck)[0]
    titles = {KPIS[kpi_id].title.ja: kpi_id for kpi_id in SHARES}
    known = [titles[name] for name in chart.plots[0].categories]
    assert len(known) >= 4
    assert [series.name for series in chart.plots[0].series] == ["基準（R5）", "診療所の新設 2023年（R5）"]
    for run, series in zip(runs, chart.plots[0].series, strict=True):
        wanted = [run.rows[kpi_id, "default", "all"].value for kpi_id in known]
        assert list(series.values) == pytest.approx([math.nan if v is None else v for v in wanted], rel=1e-12)


def test_paths_are_those_of_the_page(deck, page_services, runs):
    paths = [p for p in find_paths(page_services, [runs[1]]) if p.judged and p.forecasts[0].value is not None]
    found = [c for c in charts(deck) if c.plots[0].series[0].name == "目標線（直線）"]
    assert len(found) == len(paths) > 0
    for chart, path in zip(found, paths, strict=True):
        line, actual, run = chart.plots[0].series
        years = list(chart.plots[0].categories)
        assert actual.values[years.index(f"R{path.baseline.year - 2018}")] == pytest.approx(path.baseline.value)
        assert line.values[years.index(f"R{path.target.year - 2018}")] == pytest.approx(path.target.value)
        assert run.values[years.index(f"R{runs[1].year - 2018}")] == pytest.approx(path.forecasts[0].value, rel=1e-12)


def test_cost_is_that_of_the_run_in_thousands(deck, runs):
    title = KPIS["operating_cost_yen"].title.ja
    chart = next(c for c in charts(deck) if c.plots[0].series[0].name.startswith(title))
    wanted = [run.rows["operating_cost_yen", "default", "all"].value / 1000 for run in runs]
    assert list(chart.plots[0].series[0].values) == pytest.approx(wanted, rel=1e-12)


def test_the_table_of_targets_holds_every_judged_kpi(deck, page_services, runs):
    table = next(s.table for slide in deck.slides for s in slide.shapes if s.has_table)
    paths = [path for path in find_paths(page_services, [runs[1]]) if path.judged]
    assert [table.cell(r, 0).text for r in range(1, len(table.rows))] == [path.title.ja for path in paths]


# ---------------------------------------------------------------- charts by hand


def test_an_interval_becomes_error_bars_of_its_own_length(blank):
    _, slide = blank
    nan = math.nan
    lines = [Line("案", (nan, 0.25, nan), "run", (nan, 0.2, nan), (nan, 0.375, nan))]
    chart = path_chart(Spot(slide, (0, 1, 9, 5), "0.0%", "図"), ["R5", "R6", "R7"], lines)
    (bars,) = chart._chartSpace.iter(f"{C}errBars")
    ends = {side: [(p.get("idx"), float(p.find(f"{C}v").text)) for p in bars.find(f"{C}{side}").iter(f"{C}pt")]
            for side in ("plus", "minus")}  # fmt: skip
    assert ends == {"plus": [("1", 0.125)], "minus": [("1", pytest.approx(0.05))]}
    order = [child.tag.removeprefix(C) for child in bars.getparent()]
    assert order.index("dLbls") < order.index("errBars") < order.index("cat") < order.index("val")
    axis = chart.value_axis
    assert axis.minimum_scale <= 0.2
    assert axis.maximum_scale >= 0.375
    assert axis.major_unit == pytest.approx(0.05)


def test_ticks_are_round_and_few():
    for wide in (0.013, 0.4, 7.0, 123_456.0):
        step = round_step(wide)
        assert 2 <= wide / step <= 8
        assert round(step / 10 ** math.floor(math.log10(step)), 6) in {1, 2, 2.5, 5, 10}


def test_names_that_look_like_formulas_stay_texts_in_the_sheet_behind_a_chart(blank, tmp_path):
    import io

    import openpyxl

    _, slide = blank
    chart = bar_chart(Spot(slide, (0, 1, 9, 5), "0.0%", "図"), ["=1+1"], [Bars("=2+2", (0.5,))])
    sheet = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert sheet["A2"].value == "'=1+1"


def test_bars_differ_by_more_than_colour_from_the_third_on(blank):
    _, slide = blank
    bars = [Bars(name, (0.1, 0.2)) for name in ("a", "b", "c", "d")]
    chart = bar_chart(Spot(slide, (0, 1, 9, 5), "0.0%", "図"), ["x", "y"], bars)
    hatched = [[one.get("prst") for one in series._element.iter(f"{A}pattFill")] for series in chart.plots[0].series]
    assert hatched == [[], [], ["dkUpDiag"], ["dkHorz"]]


def test_the_lines_of_a_cell_stand_under_each_other_without_an_empty_one_first(blank):
    made, slide = blank
    table = made.table(slide, [["指標", "値"], ["率", "27.1%\nR5"]], [2.0, 2.0], 1.5)
    assert [[p.text for p in cell.text_frame.paragraphs] for row in table.table.rows for cell in row.cells] == [
        ["指標"],
        ["値"],
        ["率"],
        ["27.1%", "R5"],
    ]


def test_what_has_no_cost_is_said_and_not_called_nan(runs, blank, monkeypatch):
    made, _ = blank
    cost = {runs[0].run_id: math.nan, runs[1].run_id: 2_000.0}
    monkeypatch.setattr(pptx_slides, "_value", lambda run, _: cost[run.run_id])
    pptx_slides._cost(made, runs)
    told = [s._element.xpath(".//p:cNvPr/@descr") for slide in made.deck.slides for s in slide.shapes if s.has_chart]
    assert told
    assert all("nan" not in one and "算定不可" in one for (one,) in told)


def test_the_slide_of_a_map_says_whose_it_is_and_how_sure(blank, page_services, runs, tmp_path):
    made, _ = blank
    view = View("clinic_nearest_min", "75plus")
    pptx_map.add_map(made, Order(page_services, runs[1:], "pptx", tmp_path, view=view), *runs, [])
    told = [s.text_frame.text for slide in made.deck.slides for s in slide.shapes if s.has_text_frame]
    assert any("75歳以上" in text and status_word(runs[1], "ja") in text for text in told)
