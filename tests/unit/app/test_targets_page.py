"""The page of targets: an actual that is entered stands on the path at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.desk import Desk
from app.features.compare.target_view import find_paths
from app.features.targets.entry import enter, entered_list, entry_form, remove, table_of
from app.features.targets.ids import Id
from app.features.targets.layout import body_of
from app.features.targets.years import years_table
from app.services import Services
from geodata.errors import Text
from geodata.targets import Targets
from scenarios.targets import Path, Point
from tests.unit.app.test_overview import texts

KPI = "clinics_per_100k"


@pytest.fixture
def desk(page_settings, tmp_path):
    import shutil

    shutil.copytree(page_settings.runs_folder, tmp_path / "runs")
    settings = page_settings.model_copy(update={"runs_folder": tmp_path / "runs"})
    return Desk(settings, Services(settings))


def test_an_actual_entered_on_the_page_stands_on_the_path(desk):
    assert "まだありません。" in texts(entered_list(desk, "ja"))
    assert texts(enter(desk, KPI, "2025", "57.5", " 衛生統計 ", "ja"))[0] == "R7（2025） の実績を登録しました。"
    path = next(p for p in find_paths(desk.services, []) if p.kpi_id == KPI)
    assert [(point.year, point.value) for point in path.actuals] == [(2025, 57.5)]
    told = texts(body_of(desk, list(desk.services.list_runs().values()), "ja"))
    assert any("57.5" in text for text in told)
    assert {"57.5", "衛生統計"} <= set(texts(entered_list(desk, "ja")))
    remove(desk, KPI, 2025)
    assert "まだありません。" in texts(entered_list(desk, "ja"))


def test_a_wrong_value_is_refused_with_its_remedy(desk):
    told = "".join(texts(enter(desk, KPI, "2025", "57%", "", "ja")))
    assert "割合ではない指標に % があります" in told
    assert not table_of(desk).exists()


def test_the_years_say_how_far_the_actual_is_from_the_line():
    title = Text("比率", "Share")
    path = Path("k", title, "share", 1, True, True, Point(2023, 0.271), Point(2025, 0.275), (Point(2024, 0.280),))
    told = texts(years_table(path, "en"))
    assert "27.3%" in told, "half way"
    assert "+0.7 points (beyond)" in told
    assert told.count("±0.0 points") == 1, "the baseline itself"


def test_the_number_beneath_the_baseline_stands_in_its_year():
    title = Text("比率", "Share")
    beneath = Path("n", title, "persons", 0, False, True, Point(2023, 44_938.0), actuals=(Point(2024, 45_000.0),))
    path = Path("k", title, "share", 1, True, True, Point(2023, 0.271), Point(2025, 0.275), (Point(2024, 0.280),))
    told = "".join(texts(years_table(replace(path, absolute=beneath), "ja")))
    assert "44,938" in told
    assert told.index("44,938") < told.index("45,000")


def test_a_city_without_official_figures_still_has_every_field_of_the_form(desk, monkeypatch):
    monkeypatch.setitem(desk.services.__dict__, "city", replace(desk.services.city, targets=Targets(())))
    form = entry_form(desk, "ja")
    assert {Id.KPI, Id.YEAR, Id.VALUE, Id.SOURCE} <= {getattr(one, "id", None) for one in form._traverse()}
