"""The month of a mobile office as a table and as an iCalendar file: the same dates, the same day of the vehicle."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from geodata.errors import Text
from geodata.mobile_office import LunchBreak, MobileOfficePlan, OfficePlace, OfficeVisit
from geodata.streets import DetourPlane
from geodata.synthetic import grid_city
from scenarios.files import parse_scenario
from scenarios.office_calendar import CALENDAR_FILE, calendar_bytes, fiscal_year
from scenarios.runner import run_scenario
from scenarios.store import ResultStore
from sim.context import RunContext
from sim.mobile_office.month import (
    COLUMNS,
    HOLIDAY,
    NEW_YEAR,
    OPEN,
    month_table,
    office_month,
    status_of,
    week_of_month,
)
from sim.params import Analysis, Params
from sim.reuse import Reuse

H, M = 3_600, 60
JST = dt.timezone(dt.timedelta(hours=9))


def plan_of(*visits, use="office", lunch=None, depot=(0.0, 0.0), setup_min=15):
    """One place per list of visits, 5 km apart on a line; the depot at 0."""
    places = tuple(
        OfficePlace(
            f"van:{n + 1}", Text(f"所{n}", f"place {n}"), (140.6 + n / 100, 36.5), (5_000.0 * (n + 1), 0.0), tuple(v)
        )
        for n, v in enumerate(visits)
    )
    return MobileOfficePlan(
        "van", Text("動く市役所", "office"), "hypothetical", ("証明書",), 2, places, 500.0,
        use=use, depot_xy=depot, setup_s=setup_min * M, shift_s=(8 * H, 18 * H), lunch=lunch,
    )  # fmt: skip


def drives(plan):
    at = np.array([p.xy[0] for p in plan.places] + [0.0])
    return (np.abs(at[:, None] - at[None, :]) / 500 * M).astype(np.int32)  # 30 km/h


TUESDAYS = OfficeVisit(1, 10 * H, 12 * H, (), 0)

# ---------------------------------------------------------------- dates


def test_nth_weekdays_of_a_month():
    table = month_table(plan_of([replace(TUESDAYS, weeks_of_month=(1, 3))]), 2029, 5)
    assert table["date"].tolist() == ["2029-05-01", "2029-05-15"]  # the first of May is a Tuesday
    assert table["week_of_month"].tolist() == [1, 3]
    assert set(table["weekday"]) == {"火"}
    assert list(table.columns) == list(COLUMNS)
    fifth = month_table(plan_of([replace(TUESDAYS, weeks_of_month=(5,))]), 2029, 5)
    assert fifth["date"].tolist() == ["2029-05-29"]
    assert month_table(plan_of([replace(TUESDAYS, weeks_of_month=(5,))]), 2029, 6).empty


@pytest.mark.parametrize("day", [1, 7, 8, 14, 15, 28, 29, 31])
def test_week_of_the_month_counts_weekdays(day):
    assert week_of_month(dt.date(2029, 5, day)) == -(-day // 7)


def test_holidays_and_the_new_year_rest_but_not_in_emergencies():
    assert status_of(dt.date(2029, 10, 8), "office") == HOLIDAY  # スポーツの日
    assert status_of(dt.date(2029, 10, 9), "office") == OPEN
    assert [status_of(dt.date(2029, 12, d), "shop") for d in (28, 29)] == [OPEN, NEW_YEAR]
    assert [status_of(dt.date(2030, 1, d), "shop") for d in (3, 4)] == [NEW_YEAR, OPEN]
    assert status_of(dt.date(2029, 10, 8), "disaster") == status_of(dt.date(2030, 1, 1), "voting") == OPEN
    mondays = [OfficeVisit(0, 10 * H, 12 * H, (), 0)]
    resting = month_table(plan_of(mondays), 2029, 10, drives(plan_of(mondays)))
    assert resting["status"].tolist() == [OPEN, HOLIDAY, OPEN, OPEN, OPEN]
    assert resting["leave"].tolist()[1] == ""
    assert resting["leave"].tolist()[0] != ""


# ---------------------------------------------------------------- the day of the vehicle


def test_the_day_of_a_vehicle_by_hand():
    """10 min to the first place, 10 between, 20 home; 15 min to set up and to pack; lunch in the hour between."""
    lunch = LunchBreak(12 * H, 13 * H + 30 * M, H)
    plan = plan_of([OfficeVisit(1, 10 * H, 12 * H, (), 0)], [OfficeVisit(1, 14 * H, 16 * H, (), 0)], lunch=lunch)
    first, second = month_table(plan, 2029, 5, drives(plan)).head(2).to_dict("records")
    assert (first["leave"], first["arrive"], first["open"], first["close"]) == ("09:35", "09:45", "10:00", "12:00")
    assert (second["leave"], second["arrive"], second["open"]) == ("13:35", "13:45", "14:00")
    assert (first["drive_min"], second["drive_min"]) == (10, 10)
    assert {(r["lunch_start"], r["lunch_end"]) for r in (first, second)} == {("12:15", "13:15")}
    assert (first["return_depot"], second["return_depot"]) == ("", "16:35")
    assert (first["order"], second["order"], first["vehicle"]) == (1, 2, 1)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ((12 * H + 15 * M, 13 * H + 15 * M), ("13:20", "13:30", "12:15")),  # before leaving
        ((12 * H + 24 * M, 13 * H + 30 * M), ("12:15", "12:25", "12:25")),  # on arrival
        ((12 * H + 21 * M, 13 * H + 22 * M), ("12:20", "13:30", "12:21")),  # on the way
    ],
)
def test_lunch_is_taken_before_leaving_on_arrival_or_on_the_way(window, expected):
    lunch = LunchBreak(*window, H)
    plan = plan_of(
        [OfficeVisit(1, 10 * H, 12 * H, (), 0)], [OfficeVisit(1, 13 * H + 45 * M, 16 * H, (), 0)], lunch=lunch
    )
    _, second = month_table(plan, 2029, 5, drives(plan)).head(2).to_dict("records")
    assert (second["leave"], second["arrive"], second["lunch_start"]) == expected


def test_lunch_after_the_last_visit_is_taken_at_the_depot():
    plan = plan_of([OfficeVisit(1, 10 * H, 12 * H, (), 0)], lunch=LunchBreak(11 * H, 14 * H, H))
    row = month_table(plan, 2029, 5, drives(plan)).to_dict("records")[0]
    assert (row["return_depot"], row["lunch_start"], row["lunch_end"]) == ("12:25", "12:25", "13:25")


def test_without_a_depot_nothing_is_said_of_leaving_it():
    plan = plan_of([TUESDAYS], depot=None)
    row = month_table(plan, 2029, 5, np.zeros((2, 2), np.int32)).to_dict("records")[0]
    assert (row["leave"], row["arrive"], row["return_depot"]) == ("", "", "")


def test_two_vehicles_have_a_day_each():
    plan = plan_of([replace(TUESDAYS, vehicle=0)], [replace(TUESDAYS, vehicle=1)])
    first, second = month_table(plan, 2029, 5, drives(plan)).head(2).to_dict("records")
    assert [(r["vehicle"], r["order"], r["return_depot"]) for r in (first, second)] == [
        (1, 1, "12:25"),
        (2, 1, "12:35"),
    ]


def test_the_month_of_a_run_drives_off_the_peak():
    plan = plan_of([TUESDAYS])  # 5 km from the depot
    context = RunContext(
        grid_city().replace(streets=DetourPlane(1.0, 1.0), mobile_offices=(plan,)),
        Analysis(n_draws=1), Params(car_offpeak_kmh=30.0, car_peak_kmh=10.0), Reuse(),
    )  # fmt: skip
    table = office_month(context)
    assert set(table["drive_min"]) == {10}
    assert set(table["leave"]) == {"09:35"}


# ---------------------------------------------------------------- iCalendar


def expanded(event):
    """Return the dates and times of an event as another library expands its rule."""
    start = event.decoded("dtstart")
    rule = rrulestr(event["rrule"].to_ical().decode(), dtstart=start)
    exceptions = event.get("exdate", [])
    out = {d.dt for group in (exceptions if isinstance(exceptions, list) else [exceptions]) for d in group.dts}
    return [d for d in rule if d not in out]


def events_of(plan, year):
    return list(Calendar.from_ical(calendar_bytes([plan], year)).walk("VEVENT"))


def months(year):
    return [(year + (m > 12), (m - 1) % 12 + 1) for m in range(4, 16)]


visits = st.builds(
    OfficeVisit,
    weekday=st.integers(0, 6),
    start_s=st.sampled_from([9 * H, 10 * H + 30 * M]),
    end_s=st.sampled_from([12 * H, 24 * H]),
    weeks_of_month=st.sampled_from([(), (1, 3), (2, 4), (1,), (5,), (3, 1), (2, 3, 5)]),
    vehicle=st.sampled_from([-1, 0, 1]),
)


@given(
    st.lists(st.lists(visits, max_size=2), min_size=1, max_size=2),
    st.sampled_from(["office", "disaster"]),
    st.integers(2025, 2035),
)
@settings(max_examples=25)
def test_the_file_expands_to_the_dates_of_the_table(of_places, use, year):
    plan = plan_of(*of_places, use=use)
    tables = [month_table(plan, *month) for month in months(year)]
    told = sorted(
        (row["date"], row["open"], row["place"])
        for t in tables
        for row in t.to_dict("records")
        if row["status"] == OPEN
    )
    found = sorted(
        (d.strftime("%Y-%m-%d"), d.strftime("%H:%M"), str(event["location"]))
        for event in events_of(plan, year)
        for d in expanded(event)
    )
    assert found == told


def test_an_event_says_what_when_and_where():
    (event,) = events_of(plan_of([replace(TUESDAYS, weeks_of_month=(1, 3))]), 2029)
    assert event["rrule"].to_ical().startswith(b"FREQ=MONTHLY;")
    assert b"BYDAY=1TU,3TU" in event["rrule"].to_ical()
    assert event.decoded("dtstart") == dt.datetime(2029, 4, 3, 10, tzinfo=JST)
    assert event.decoded("dtend") == dt.datetime(2029, 4, 3, 12, tzinfo=JST)
    assert event["dtstart"].params["TZID"] == "Asia/Tokyo"
    assert (str(event["summary"]), str(event["location"])) == ("動く市役所: 所0", "所0")
    assert event["geo"].to_ical() == "36.5;140.6"
    assert str(event["uid"]) == "van-1-1@ekisei"
    assert "仮想" in str(event["description"])
    assert "車両 1" in str(event["description"])
    assert b"TZOFFSETTO:+0900" in calendar_bytes([plan_of([TUESDAYS])], 2029)
    (weekly,) = events_of(plan_of([TUESDAYS]), 2029)
    assert b"FREQ=WEEKLY" in weekly["rrule"].to_ical()


def test_every_event_has_its_own_id_and_equal_plans_equal_bytes():
    plan = plan_of([TUESDAYS, replace(TUESDAYS, weekday=3)], [replace(TUESDAYS, weekday=2)])
    uids = [str(e["uid"]) for e in events_of(plan, 2029)]
    assert len(set(uids)) == len(uids) == 3
    assert calendar_bytes([plan], 2029) == calendar_bytes([plan], 2029)
    assert calendar_bytes([plan], 2029).count(b"BEGIN:VTIMEZONE") == 1


def test_a_fiscal_year_begins_in_april():
    assert [fiscal_year(2030, m) for m in (1, 3, 4, 12)] == [2029, 2029, 2030, 2030]


# ---------------------------------------------------------------- in a run


def test_a_run_writes_month_and_calendar(tmp_path):
    city = grid_city()
    lon, lat = city.population.lonlat[20]
    text = f"""
schema: ekisei-scenario/1
id: van
title: {{ja: 例, en: Example}}
description: {{ja: 例, en: Example}}
year: 2023
plan_status: hypothetical
modifications:
  - id: van
    type: mobile-service
    services: [証明書]
    vehicles: 1
    stops: [{{name: 所, location: {{lat: {lat}, lon: {lon}}}, visits: [{{weekday: tue, start: "10:00", end: "12:00"}}]}}]
"""
    run = run_scenario(parse_scenario(text), city, out=tmp_path / "run", store=ResultStore(tmp_path / "store"))
    (event,) = Calendar.from_ical((tmp_path / "run" / CALENDAR_FILE).read_bytes()).walk("VEVENT")
    assert event.decoded("dtstart") == dt.datetime(2023, 4, 4, 10, tzinfo=JST)
    assert {CALENDAR_FILE, "tables/office_month.csv"} <= set(run.manifest["files"])
    lines = (tmp_path / "run" / "tables" / "office_month.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 6  # the Tuesdays of October 2023
    assert "2023-10-03" in lines[1]
    empty = parse_scenario(text.partition("modifications:")[0] + "modifications: []\n")
    bare = run_scenario(empty, city, out=tmp_path / "bare", store=ResultStore(tmp_path / "store"))
    assert CALENDAR_FILE not in bare.manifest["files"]
    assert not (tmp_path / "bare" / CALENDAR_FILE).exists()
