"""The page of the mobile city office: its month, figures and tables are those the run wrote."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.components.plain_table import number, people, per_cent
from app.features.office import layout, tables
from app.features.office.layout import map_order, ring
from app.features.office.month import month_table
from scenarios.office_calendar import CALENDAR_FILE
from tests.unit.app.test_place import texts

PLACE = {
    "plan_id": "p", "plan_status": "hypothetical", "use": "office", "name_en": "Hall", "lon": 140.65, "lat": 36.55,
    "visits_per_month": 2.0, "hours_per_month": 4.0, "persons": 1_234.5, "persons_65plus": 500.0, "free_persons": 300.0,
    "any_mode_persons": 9_000.0, "overlap_persons": 0.0, "nearest_office": "支所", "nearest_office_m": 800.0,
    "needs_per_month": 5.0, "to_convenience_per_month": 1.0, "to_offices_per_month": 0.5, "demand_per_month": 3.5,
    "capacity_per_month": 24.0, "procedures_per_month": 3.5, "binding": "demand", "status": "assumed",
}  # fmt: skip
DISTRICT = {
    "use": "office", "name_ja": "市全域", "name_en": "whole city", "covered": 2_000.0, "uncovered": 7_600.0,
    "covered_75plus": 150.0, "uncovered_75plus": 800.0, "covered_share": 0.2083, "free_covered_share": 0.1,
    "any_mode_share": 0.8, "visit_or_office_share": 0.9, "visits_per_month": 0.4, "status": "modelled",
}  # fmt: skip
DAY = {"plan_id": "p", "week_of_month": 1, "vehicle": 1, "status": "開設", "close": "11:30", "drive_min": 4}
FRAMES = {
    "office_places": pd.DataFrame(
        [
            {**PLACE, "place_id": "a", "name_ja": "会館", "persons_75plus": 7.0},
            {**PLACE, "place_id": "b", "name_ja": "公民館", "persons_75plus": 90.0},
            {**PLACE, "place_id": "c", "name_ja": "移動販売の場所", "persons_75plus": 9.0, "use": "shop"},
        ]
    ),
    "office_districts": pd.DataFrame([{**DISTRICT, "district_id": np.nan}, {**DISTRICT, "district_id": "west"}]),
    "office_month": pd.DataFrame(
        [
            {
                **DAY,
                "date": "2031-10-01",
                "weekday": "水",
                "order": 2,
                "place_id": "b",
                "place": "公民館",
                "open": "13:00",
            },
            {
                **DAY,
                "date": "2031-10-01",
                "weekday": "水",
                "order": 1,
                "place_id": "a",
                "place": "会館",
                "open": "09:30",
            },
            {
                **DAY,
                "date": "2031-10-13",
                "weekday": "月",
                "order": 1,
                "place_id": "a",
                "place": "会館",
                "open": "09:30",
                "status": "休み（祝日）",
            },
        ]
    ),
}


@pytest.fixture
def with_plan(page_services, monkeypatch, tmp_path):
    (tmp_path / CALENDAR_FILE).write_text("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", encoding="utf-8")
    run = page_services.list_runs()["new-clinic"]
    stored = replace(run.stored, tables=FRAMES, folder=tmp_path)
    runs = {**page_services.list_runs(), "new-clinic": replace(run, stored=stored)}
    monkeypatch.setattr(page_services, "list_runs", lambda: runs)
    return runs["new-clinic"]


def test_the_month_is_a_calendar_of_the_visits_in_order():
    told = texts(month_table(FRAMES["office_month"], {"a": 1, "b": 2}, "ja"))
    assert "2031年10月" in told[0]
    first = told.index("会館")
    assert told[first - 2 : first + 4] == ["1", "09:30–11:30", "会館", "2", "13:00–11:30", "公民館"]
    assert "休み" in told
    assert told.count("31") == 1


def test_places_without_an_english_name_of_their_own_take_the_one_of_the_city():
    named = tables.named_in_english(
        {"name_ja": "中里交流センター", "name_en": "中里交流センター"}, {"中里交流センター": "N"}
    )
    assert named["name_en"] == "N"
    assert tables.named_in_english({"name_ja": "会館", "name_en": "Hall"}, {"会館": "Other"})["name_en"] == "Hall"
    assert tables.named_in_english({"name_ja": "会館", "name_en": "会館"}, {})["name_en"] == "会館"
    told = texts(month_table(FRAMES["office_month"], {"a": 1, "b": 2}, "en", {"a": "Hall"}))
    assert "Hall" in told
    assert "会館" not in told
    assert "公民館" in told, "what has no English name keeps its own"


def test_figures_and_tables_are_those_of_the_run(page_services, with_plan):
    told = "".join(texts(layout._body(page_services, with_plan, "ja")))
    assert "2,000 (20.8 %)" in told
    assert "会館" in told
    assert "移動販売の場所" not in told
    assert "needs" not in told
    english = "".join(texts(layout._body(page_services, with_plan, "en")))
    assert "Within a walk" in english
    order = map_order(page_services, with_plan, tables.rows_of(FRAMES["office_places"]), "ja")
    assert [visit["n"] for visit in order["visits"]] == [1, 2]


def test_figures_are_rounded_alike_wherever_they_stand(page_services, with_plan):
    told = texts(layout._body(page_services, with_plan, "ja"))
    assert "7.0" in told  # procedures of both places, with the digit of the table that they sum
    assert told[told.index("処理能力（件/月）") + 1] == "48.0"
    shown = {**dict.fromkeys(("hours_per_month", "covered", "covered_75plus", "demand_per_month"), 1.0), "rule_ja": ""}
    plan = {**shown, "capacity_per_month": 1.0, "procedures_per_month": 1.0, "mynumber_points": 0.000436}
    marginal = texts(tables.marginal_table([{**plan, "variant": "as-planned"}], "ja"))
    points = pd.DataFrame(
        [{"case": "mid", "procedures_per_month": 1.0, "with_card_per_year": 1.0, "points": 0.000436, "use": "office"}]
    )
    assert "0.0436" in marginal
    assert "0.0436" in texts(tables.points_table(points, "ja"))


def test_the_key_tells_the_walk_and_the_shorter_radius(page_services, with_plan):
    told = "".join(texts(layout._body(page_services, with_plan, "ja")))
    detour = page_services.city.streets.walk_detour
    assert f"徒歩 500 m。道は曲がるので円の半径は {500 / detour:.0f} m" in told


def test_the_walk_around_a_place_is_a_circle_of_its_radius():
    east = max(lon for lon, _ in ring((140.65, 36.55), 400.0))
    north = max(lat for _, lat in ring((140.65, 36.55), 400.0))
    assert (east - 140.65) * 111_320 * np.cos(np.radians(36.55)) == pytest.approx(400, abs=1)
    assert (north - 36.55) * 111_320 == pytest.approx(400, abs=1)


def test_numbers_are_printed_as_people_read_them():
    assert [number(1_234.5), number(-0.04, 1, signed=True), number(-3.2, 1, signed=True), number(None)] == [
        "1,234", "±0.0", "−3.2", "–",
    ]  # fmt: skip
    assert (per_cent(0.1234), per_cent(float("nan"))) == ("12.3 %", "–")
    assert people(1_000, "ja") == "1,000"


def test_few_people_are_hidden_from_the_public(monkeypatch):
    from app.components import plain_table

    monkeypatch.setattr(plain_table, "sees_small_numbers", lambda: False)
    assert [people(v, "ja") for v in (0.0, 7.0, 10.0)] == ["0", "秘匿", "10"]


def test_the_page_is_served_with_its_calendar(client, with_plan):
    page = client.get("/_dash-layout", headers={"Referer": "http://localhost/office?lang=en"})
    assert "office-map" in page.text
    calendar = client.get("/office/new-clinic.ics")
    assert calendar.mimetype == "text/calendar"
    assert calendar.data.startswith(b"BEGIN:VCALENDAR")
    assert client.get("/office/none.ics").status_code == 404


def test_without_a_plan_the_page_says_how_to_make_one(client):
    page = client.get("/_dash-layout", headers={"Referer": "http://localhost/office"})
    assert "ekisei run mobile-office-best" in page.text
