"""The days that stand for a timetable are days on which its edition says it is true."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from geodata.readers.gtfs import read_gtfs
from geodata.service_days import choose_days, declared_spans
from tests.unit.geodata.feed_texts import flat, write_feed

CALENDAR = """
    service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
    wk,1,1,1,1,1,0,0,20240401,20250930
    we,0,0,0,0,0,1,1,20240401,20250930
"""
SATURDAY = 5
WHOLE = ("2024-04-01", "2025-09-30")


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        ("20250401", "20250831", ("2025-04-01", "2025-08-31")),
        ("20250401", "", ("2025-04-01", WHOLE[1])),
        ("", "20250831", (WHOLE[0], "2025-08-31")),
        ("", "", WHOLE),
        ("20230101", "20990101", WHOLE),
        ("20260101", "20261231", WHOLE),  # shares no day with the calendar
    ],
)
def test_the_days_lie_in_the_calendar_and_in_what_the_feed_declares(tmp_path, start, end, span):
    about = f"""
        feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date
        みなと,http://example.org,ja,{start},{end}
    """
    reading = read_gtfs([write_feed(tmp_path / "f.zip", calendar=CALENDAR, feed_info=about)], project=flat)
    assert declared_spans(reading) == {"f.zip": span}
    days, _ = choose_days(SimpleNamespace(date=None, saturday=None, holiday=None), reading)
    assert all(dt.date.fromisoformat(span[0]) <= day <= dt.date.fromisoformat(span[1]) for day in days)
    assert days[0].weekday() < days[1].weekday() == SATURDAY
