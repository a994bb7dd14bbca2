"""Dates in titles of tables: eras, full-width digits, blanks; what is no date is none."""

import datetime as dt

import pytest

from geodata.title_dates import date_in


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("令和6年4月1日現在", dt.date(2024, 4, 1)),
        ("甲市地区別人口（令和 ６ 年 10 月 31 日 現在）", dt.date(2024, 10, 31)),
        ("令和元年5月1日", dt.date(2019, 5, 1)),
        ("平成31年4月30日", dt.date(2019, 4, 30)),
        ("R6.4.1", dt.date(2024, 4, 1)),
        ("H30/1/1 時点", dt.date(2018, 1, 1)),
        ("2024年4月1日", dt.date(2024, 4, 1)),
        ("2024-04-01 住民基本台帳", dt.date(2024, 4, 1)),
        ("令和6年13月1日", None),
        ("24.4.1", None),
        ("令和2024年4月1日", None),
        ("元年4月1日", None),
        ("人口 1,234", None),
        ("12345-04-01", None),
    ],
)
def test_dates_of_titles(title, day):
    assert date_in(["甲市", title]) == day


def test_the_first_date_counts():
    assert date_in(["作成", "令和7年1月1日現在", "令和6年1月1日"]) == dt.date(2025, 1, 1)
