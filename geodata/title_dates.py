"""Owns reading the date of a table from its title: 令和6年4月1日現在, 2024年4月1日, R6.4.1, 2024-04-01."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_BEFORE = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925, "": 0}
_DATE = re.compile(
    r"(?P<era>令和|平成|昭和|(?<![a-z])[rhs](?=\d))?(?<!\d)(?P<year>元|\d{4}|\d{1,2})[年./-](?P<month>\d{1,2})[月./-](?P<day>\d{1,2})(?!\d)"
)
_BLANK = re.compile(r"\s+")


def date_in(texts: Iterable[str]) -> dt.date | None:
    """
    Return the first date that texts tell; None where they tell none.

    Parameters
    ----------
    texts
        Cells above the headings of a table. Full-width digits and blanks within a date are read; a year without an
        era needs four digits.
    """
    for text in texts:
        plain = _BLANK.sub("", unicodedata.normalize("NFKC", text)).lower()
        for found in _DATE.finditer(plain):
            day = _day(found)
            if day is not None:
                return day
    return None


def _day(found: re.Match[str]) -> dt.date | None:
    era = found["era"] or ""
    written = 1 if found["year"] == "元" else int(found["year"])
    if bool(era) == (len(found["year"]) > 2):  # noqa: PLR2004 -- digits of a year of an era
        return None
    try:
        return dt.date(_BEFORE[era] + written, int(found["month"]), int(found["day"]))
    except ValueError:
        return None
