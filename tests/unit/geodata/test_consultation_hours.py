"""診療時間 as people write them become days and times, or are told as not understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.readers.consultation_hours import Hours, days_in, hours_by_day, openings_of, read_hours
from geodata.readers.hours_words import DAYS


def mask(days: str) -> int:
    return sum(1 << DAYS.index(d) for d in days)


def clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def week(*rows: str) -> set[tuple[int, int, int]]:
    """Return openings written like ``月火 9:00-12:00``."""
    found = set()
    for row in rows:
        days, times = row.split()
        start, end = times.split("-")
        found.add((mask(days), clock(start), clock(end)))
    return found


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "月火水金 9:00～12:00 14:00～18:00／土 9:00-12:30 休診 木・日・祝",
            ("月火水金 9:00-12:00", "月火水金 14:00-18:00", "土 9:00-12:30"),
        ),
        (
            "月～金 9:00〜12:30、14:30〜18:00 土 9:00〜13:00 休診日：日曜・祝日",
            ("月火水木金 9:00-12:30", "月火水木金 14:30-18:00", "土 9:00-13:00"),
        ),
        (
            "【月・火・木・金】午前8時30分～12時　午後3時～6時30分　【水・土】午前8時30分～12時",
            ("月火水木金土 8:30-12:00", "月火木金 15:00-18:30"),
        ),
        (
            "月-土 9:00-12:00 15:00-18:00(水・土は午前のみ)",
            ("月火水木金土 9:00-12:00", "月火木金 15:00-18:00"),
        ),
        (
            "9:00～12:00、14:00～18:00（木・土曜午後休診、日祝休診）",
            ("月火水木金土 9:00-12:00", "月火水金 14:00-18:00"),
        ),
        ("月～土 9:00-12:00 15:00-18:00（午後休診：水・土）", ("月火水木金土 9:00-12:00", "月火木金 15:00-18:00")),
        ("月～金 9:00～12:00 14:00～18:00 土 午前のみ", ("月火水木金土 9:00-12:00", "月火水木金 14:00-18:00")),
        ("平日 8:30-17:15", ("月火水木金 8:30-17:15",)),
        ("毎週月～土 9時～18時", ("月火水木金土 9:00-18:00",)),
        ("土日祝日を除く 8:30～17:15", ("月火水木金 8:30-17:15",)),
        ("月～金曜日（祝日を除く）午前8時30分～午後5時15分", ("月火水木金 8:30-17:15",)),
        ("9:00-17:00 月～金", ("月火水木金 9:00-17:00",)),
        ("月火水木金:09:00-12:00,13:00-17:00;土:09:00-12:00", ("月火水木金土 9:00-12:00", "月火水木金 13:00-17:00")),
        ("月〜土 9:00〜13:00 / 月火木金 15:00〜18:30", ("月火水木金土 9:00-13:00", "月火木金 15:00-18:30")),
        ("月～金 受付 8:30～11:30 診療 9:00～12:00", ("月火水木金 9:00-12:00",)),
        ("月～金 受付 8:30～11:30", ("月火水木金 8:30-11:30",)),
        ("月火水 9：00～12：00 ／ 木 休診 ／ 金 9-12時", ("月火水金 9:00-12:00",)),
        ("日曜・祝日 休診 9:00-18:00", ("月火水木金土 9:00-18:00",)),
        ("毎日 24時間", ("月火水木金土日祝 0:00-24:00",)),
        ("年中無休 10:00～20:00", ("月火水木金土日祝 10:00-20:00",)),
        ("月曜から金曜 10:00-翌2:00", ("月火水木金 10:00-26:00",)),
        ("月・木 １４：００～正午", ()),
        ("月・木 9時半から正午まで", ("月木 9:30-12:00",)),
        ("火 午後2時～6時", ("火 14:00-18:00",)),
        ("月 9:00-12:00 10:00-13:00 13:00-15:00", ("月 9:00-15:00",)),
    ],
)
def test_common_ways_of_writing(text, rows):
    assert set(read_hours(text).openings) == week(*rows)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("第2・4土曜 9:00-12:00 月-金 9:00-17:00", ("月火水木金 9:00-17:00",)),
        ("月～土 9時～12時 第2・第4土曜休診", ("月火水木金土 9:00-12:00",)),
        ("月～金 9:00～12:00 眼科は火曜のみ", ("月火水木金 9:00-12:00",)),
        ("9:00-17:00 休館日 月曜日（祝日の場合は翌日）", ("火水木金土日祝 9:00-17:00",)),
        ("月 9:00-12:00 火 25:70-99:99", ("月 9:00-12:00",)),
    ],
)
def test_what_is_not_weekly_or_not_understood_is_told(text, rows):
    found = read_hours(text)
    assert set(found.openings) == week(*rows)
    assert found.partly


@pytest.mark.parametrize(
    "text", ["応相談", "不定休", "9:00-12:00", "電話でお問い合わせください", "月火水", "18:00-9:00 月", "休診"]
)
def test_what_tells_no_hours_stays_unknown(text):
    found = read_hours(text)
    assert (found.known, found.blank) == (False, False)


def test_nothing_written_is_blank():
    assert read_hours("　 ") == Hours(blank=True)


def test_days_and_days_off_from_columns_of_their_own():
    assert set(read_hours("9:00～12:00", days_in("月曜日;火曜日;水曜日")).openings) == week("月火水 9:00-12:00")
    assert set(read_hours("9:00-17:00", 0, "月曜日、年末年始").openings) == week("火水木金土日祝 9:00-17:00")
    assert set(read_hours("月～土 9:00-17:00", 0, "水曜").openings) == week("月火木金土 9:00-17:00")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("月火水木金", "月火水木金"),
        ("月曜日・水曜日", "月水"),
        ("土日祝", "土日祝"),
        ("日曜・祝日", "日祝"),
        ("祝祭日", "祝"),
        ("土・日曜日", "土日"),
        ("火～木", "火水木"),
        ("平日、土", "月火水木金土"),
        ("", ""),
    ],
)
def test_days(text, days):
    assert days_in(text) == mask(days)


def test_one_column_for_each_day():
    found = hours_by_day(["9:00-12:00 14:00-17:00", "9:00-12:00", "-", "", "休診", "9:00-12:30", "×"])
    assert set(found.openings) == week("月火 9:00-12:00", "月 14:00-17:00", "土 9:00-12:30")
    assert not found.partly
    assert hours_by_day(["?", "9:00-12:00"]).partly
    assert hours_by_day([""] * 8).blank


def test_weekly_hours_leave_holidays_out():
    assert read_hours("毎日 9:00-10:00").weekly_h == 7


TIMES = st.integers(5 * 12, 23 * 12).map(lambda n: n * 300)


@given(st.lists(st.tuples(st.integers(1, 255), TIMES, st.integers(1, 12).map(lambda n: n * 300)), max_size=12))
def test_joining_keeps_every_second_open_and_no_other(spans):
    rows = [(days, start, start + length) for days, start, length in spans]
    joined = openings_of(rows)
    for day in range(8):
        wanted = {s for d, a, b in rows if d >> day & 1 for s in range(a, b, 300)}
        mine = [(a, b) for d, a, b in joined if d >> day & 1]
        assert {s for a, b in mine for s in range(a, b, 300)} == wanted
        assert sum((b - a) // 300 for a, b in mine) == len(wanted)


@given(st.sets(st.sampled_from("月火水木金土日祝"), min_size=1), TIMES, st.integers(1, 12))
def test_what_is_written_plainly_is_read_back(days, start, length):
    end = start + length * 300
    ordered = "".join(d for d in DAYS if d in days)
    text = f"{'・'.join(ordered)} {start // 3600}:{start % 3600 // 60:02d}～{end // 3600}:{end % 3600 // 60:02d}"
    assert read_hours(text).openings == ((mask(ordered), start, end),)


@given(st.text(alphabet="月火水木金土日祝曜休診午前後第2490:～-/・、() 時分のみ受付", max_size=40))
def test_any_text_is_read_or_told(text):
    found = read_hours(text)
    assert found.blank == (not text.strip())
    for days, start, end in found.openings:
        assert 0 < days < 256
        assert 0 <= start < end <= 30 * 3600


def test_every_week_is_understood_and_leaves_nothing_to_tell():
    assert not read_hours("毎週月～土 9時～18時").partly
