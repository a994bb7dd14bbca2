"""What printed sheets say beside their numbers: whose they are, how sure they are."""

from __future__ import annotations

import re

import pypdf
import pytest

from app.report.facts import pair_facts
from app.report.making import build_report
from app.report.order import Order, View

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
