"""What every page tells a planner alike: Japanese time, credits in both languages, tables without scrolling."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import JST, today, told_minute
from app.components.stacked_table import Column, stacked_table
from app.text.credit_lines import credit_line, joined_credits
from geodata.hitachi import load_hitachi

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def test_a_moment_is_told_in_japanese_time_wherever_the_server_stands():
    assert told_minute("2026-11-22T21:09:15+00:00") == "2026-11-23 06:09"
    assert told_minute("2026-11-22T21:09:15") == "2026-11-23 06:09", "kept without a zone: UTC"
    assert told_minute(dt.datetime(2026, 4, 1, 0, 0, tzinfo=JST), "en") == "2026-04-01 00:00 JST"
    assert told_minute("") == ""
    assert today() == dt.datetime.now(tz=ZoneInfo("Asia/Tokyo")).date()


@given(st.integers(min_value=-300_000_000, max_value=4_000_000_000))
def test_japanese_time_is_that_of_tokyo(seconds: int):
    known = dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
    assert known.astimezone(JST).replace(tzinfo=None) == known.astimezone(ZoneInfo("Asia/Tokyo")).replace(tzinfo=None)


def test_credits_of_the_bundled_city_are_told_in_english_and_stay_as_asked_for_in_japanese():
    sources = load_hitachi().sources
    for line in {line for source in sources for line in (source.credit, source.licence)}:
        assert credit_line(line, "ja") == line
        assert not JAPANESE.search(credit_line(line, "en")), line
    assert not JAPANESE.search(joined_credits(sources, "en"))
    assert credit_line("某バス株式会社", "en") == "某バス株式会社", "a publisher nobody translated keeps its words"


@pytest.mark.parametrize(("what", "told"), [("鉄道", "railways"), ("上位計画", "上位計画")])
def test_national_land_information_is_told_by_its_title(what: str, told: str):
    line = f"「国土数値情報（{what}データ）」（国土交通省）を加工して作成"
    assert credit_line(line, "en") == f"National Land Numerical Information, {told} (MLIT), processed"


def test_a_row_of_a_table_carries_its_headings_with_it():
    columns = [Column("年度"), Column("値", numeric=True, class_name="x")]
    made = stacked_table(columns, [["R5", "27.1%"], ["R6", "—"]], "表", ["first", ""])
    table = made.children
    assert getattr(table, "aria-label") == "表"
    first, second = table.children[1].children
    assert [first.className, second.className] == ["first", ""]
    heading, cell = first.children
    assert (heading.children, heading.role, heading.scope) == ("R5", "rowheader", "row")
    assert (cell.children.children, getattr(cell, "data-head"), cell.className) == ("27.1%", "値", "num x")
    assert second.children[1].className == "num x nothing", "left out where a row is a block"
    with pytest.raises(ValueError, match="zip"):
        stacked_table(columns, [["R5"]], "表")
