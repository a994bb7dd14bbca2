"""Service dates, Japanese holidays, GTFS times."""

import pytest

from geodata.calendar import day_type, format_time, is_japanese_holiday, parse_date, parse_gtfs_time
from geodata.errors import DataError
from geodata.synthetic import timetable_from_text

FEED = """
stop A 0 0
stop B 100 0
service plain 1111100 2025-10-01 2025-10-31
service aware 1111100 0 2025-10-01 2025-10-31
service rest  0000011 1 2025-10-01 2025-10-31
trip R service=plain A 10:00 B 10:01
trip R service=aware A 11:00 B 11:01
trip R service=rest A 12:00 B 12:01
"""


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:00:00", 0),
        ("7:05", 25_500),
        ("25:10:05", 90_605),
        (" 9:00:00 ", 32_400),
        ("", None),
        ("7:61", None),
        ("x", None),
    ],
)
def test_gtfs_time(text, seconds):
    assert parse_gtfs_time(text) == seconds


def test_format_time_is_the_inverse():
    assert all(parse_gtfs_time(format_time(s)) == s for s in range(0, 200_000, 997))


@pytest.mark.parametrize(
    ("date", "kind"),
    [
        ("2025-10-15", "weekday"),
        ("2025-10-18", "saturday"),
        ("2025-10-19", "holiday"),
        ("2025-10-13", "holiday"),  # スポーツの日, a Monday
        ("2026-05-06", "holiday"),  # 振替休日
        ("2026-09-22", "holiday"),  # 国民の休日 between two holidays
    ],
)
def test_day_type(date, kind):
    assert day_type(date) == kind


def test_a_holiday_stops_only_services_that_know_holidays():
    services = timetable_from_text(FEED).services
    assert is_japanese_holiday("2025-10-13")
    assert services.active_on("2025-10-13").tolist() == [True, False, True]
    assert services.active_on("2025-10-14").tolist() == [True, True, False]
    assert services.active_on("2025-10-19").tolist() == [False, False, True]
    assert not services.active_on("2025-11-03").any()


def test_a_bad_date_says_how_to_write_it():
    with pytest.raises(DataError) as caught:
        parse_date("令和7年", "config.yaml:3 date")
    problem = caught.value.problems[0]
    assert problem.where == "config.yaml:3 date"
    assert "2025-10-01" in problem.hint.ja
