"""A time of day is read as people write it, in 24 hours."""

import pytest

from app.components.time_field import read_time


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("8:00", "08:00"),
        ("0800", "08:00"),
        ("800", "08:00"),
        ("１７：３０", "17:30"),
        (" 23:59 ", "23:59"),
        ("0:05", "00:05"),
        ("24:00", None),
        ("8:60", None),
        ("8", None),
        ("1:00 PM", None),
        ("", None),
    ],
)
def test_times_as_people_write_them(written, read):
    assert read_time(written) == read
