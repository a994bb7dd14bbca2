"""What printed sheets say beside their numbers: whose they are, how sure they are."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pypdf
import pytest

from app.report.facts import card_line, cards_of, goals, pair_facts
from app.report.geo import cell_layer
from app.report.making import build_report
from app.report.order import Order, View
from app.report.pdf_blocks import goals_table
from app.report.pdf_summary import means_part
from app.report.route_facts import routes_of
from app.report.route_tables import STOP_COLUMNS, write_tables
from app.report.wording import status_word
from geodata.provenance import STATUS_TEXT, Status

RUN = "new-clinic"


@pytest.fixture
def order(page_services, tmp_path):
    return Order(page_services, (page_services.list_runs()[RUN],), "pdf", tmp_path, view=View("clinic_nearest_min"))


def test_a_sheet_of_an_age_group_says_whose_its_numbers_are(page_services, tmp_path):
    shown = View("clinic_nearest_min", "75plus")
    (path,) = build_report(page_services, [RUN], "html", "", tmp_path, view=shown)
    assert re.search(r"<h2[^>]*>指標の前と後: 診療所の新設（75歳以上）</h2>", path.read_text(encoding="utf-8"))
    (path,) = build_report(page_services, [RUN], "card", "", tmp_path, view=shown)
    text = re.sub(r"\s+", "", "".join(page.extract_text() for page in pypdf.PdfReader(path).pages))
    assert "指標の前と後:診療所の新設（75歳以上）" in text
    assert "費用と運転士など（全年齢）" in text


def test_what_a_plan_takes_is_told_of_the_whole_city_whatever_the_age_group(order):
    left, right = order.pairs[0]
    everybody = pair_facts(order, left, right)
    older = pair_facts(Order(order.services, order.runs, "pdf", order.folder, view=View("", "75plus")), left, right)
    assert len(everybody.means) > 1
    assert older.means == everybody.means
    assert older.cards != everybody.cards


def test_a_printed_kpi_is_as_sure_as_the_weaker_of_its_two_values(order):
    left, right = order.pairs[0]
    (card, *_) = (c for c in cards_of(order.services, left, right, "all") if c.left and c.right)
    sure, weak = Status.OBSERVED, Status.ASSUMED
    for before, after in ((sure, weak), (weak, sure)):
        told = replace(card, left=replace(card.left, status=before), right=replace(card.right, status=after))
        assert card_line(told, "ja").status == "仮定"


def test_every_value_of_the_judged_kpis_has_its_status_on_paper(order):
    left, right = order.pairs[0]
    paths = [path for path in goals(order.services, (left, right)) if path.forecasts[0].value is not None]
    assert paths
    table = goals_table(order, paths, (left, right))
    for path in paths:
        told = STATUS_TEXT[path.forecasts[0].status].ja
        cell = table[table.index(f">{path.title.ja}<") :].partition("</tr>")[0]
        assert f'<span class="badge">{told}</span>' in cell
    nothing = [replace(path, forecasts=(replace(path.forecasts[0], value=None),)) for path in paths]
    assert "badge" not in goals_table(order, nothing, (left, right))


def test_what_only_another_scenario_can_tell_is_in_the_table_of_means(order):
    left, right = order.pairs[0]
    facts = pair_facts(order, left, right)
    line = facts.means[0]
    without = replace(facts, means=(replace(line, right="–", notes=("資料なし",)), *facts.means[1:]))
    told = replace(facts, means=(replace(line, right="12,345", status="実測"), *facts.means[1:]))
    _, table, *notes = means_part([without, told], "ja")
    assert "12,345" in table
    assert "実測" in notes[0]
    _, table, *notes = means_part([without, without], "ja")
    assert line.title not in table
    assert any(line.title in note and "資料なし" in note for note in notes)


def test_what_cannot_be_told_has_the_reason_of_its_own(order):
    left, right = order.pairs[0]
    facts = pair_facts(order, left, right)
    one, other = (
        replace(line, right="–", notes=(why,)) for line, why in zip(facts.means, ("その一", "その二"), strict=False)
    )
    _, _, *notes = means_part([replace(facts, means=(one, other))], "ja")
    assert [("その一" in note, "その二" in note) for note in notes] == [(True, False), (False, True)]


def test_the_map_in_one_file_says_how_sure_its_values_are(page_services, tmp_path):
    (path,) = build_report(page_services, [RUN], "html", "", tmp_path)
    head = path.read_text(encoding="utf-8").partition('id="handout-map"')[0]
    assert status_word(page_services.list_runs()[RUN], "ja") in head


def test_districts_of_a_gis_layer_have_their_names_in_the_language_of_the_order(order):
    left, right = order.pairs[0]
    cells = order.services.city.population
    for lang, names in (("ja", cells.district_name), ("en", cells.district_name_en)):
        layer, _ = cell_layer(replace(order, lang=lang), left, right)
        assert set(layer["district"]) - {""} == set(names[np.unique(cells.district[cells.district >= 0])].tolist())
    assert set(cells.district_name.tolist()) != set(cells.district_name_en.tolist())


def test_names_of_routes_in_csv_are_no_formulas_and_a_table_without_rows_has_its_heading(order, tmp_path):
    run = order.runs[0]
    (first, *_) = routes_of(order.services.city, "ja")
    named = replace(first, name="=1+1", status=Status.ASSUMED)
    paths = write_tables(replace(order, folder=tmp_path), run, (named,))
    told = {path.stem.removeprefix(f"{run.run_id}-"): path.read_text(encoding="utf-8-sig") for path in paths}
    assert "'=1+1" in told["routes"]
    assert told["route-stops"].strip() == ",".join(STOP_COLUMNS)
    assert told["timetable"].count("\n") > 1


def test_money_that_changes_by_less_than_is_printed_is_unchanged(order):
    left, right = order.pairs[0]
    (card,) = (c for c in cards_of(order.services, left, right, "all") if c.spec.kpi_id == "operating_cost_yen")
    for change, told in ((300.0, "＝ 変化なし"), (-300.0, "＝ 変化なし"), (2_300.0, "▲ +2 千円/年")):
        line = card_line(replace(card, right=replace(card.right, value=card.left.value + change)), "ja")
        assert line.change == told
        assert (line.word == "変化なし") is told.startswith("＝")
