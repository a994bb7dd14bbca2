"""Owns the values of a survey of opinions: ages as groups of ten years, dates as ISO days."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

OLDEST_GROUP = 90
MAX_AGE = 120
_AGE = re.compile(r"^(?:満|約)?(\d{1,3})(?:歳|才)?$")
_DECADE = re.compile(r"^(\d{1,2})0(?:歳|才)?代?$")
_GROUP = re.compile(r"代|以上|以下|未満|[~〜～－\-–]|高齢|若|学生|子育て|回答しない|無回答|不明|未回答|その他")
_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日|$|[\sT午])")
_ERA = re.compile(r"^(令和|平成|R|H)\.?(\d{1,2}|元)[-/.年](\d{1,2})[-/.月](\d{1,2})")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_FIRST_YEAR = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
_YEARLIKE = re.compile(r"\d{4}|昭和|平成|大正|令和|[SHTR]\d{1,2}[.年]")


def age_group(text: str) -> tuple[str, bool]:
    """
    Return an age as a group of ten years, and whether the text was more exact than that.

    Groups as written stay; a year of birth gives "" (it is personal and no age).
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if not plain:
        return "", False
    found = _AGE.match(plain)
    if found and int(found[1]) <= MAX_AGE:
        age = int(found[1])
        exact = not (age % 10 == 0 and age >= 10 and "代" in plain)  # noqa: PLR2004
        return _decade(age), exact
    if _YEARLIKE.search(plain):
        return "", True
    decade = _DECADE.match(plain)
    if decade:
        return f"{decade[1]}0代", False
    if _GROUP.search(plain) or not re.search(r"\d", plain):
        return text, False
    return "", True


def _decade(age: int) -> str:
    if age >= OLDEST_GROUP:
        return f"{OLDEST_GROUP}歳以上"
    return "10歳未満" if age < 10 else f"{age // 10}0代"  # noqa: PLR2004


def iso_day(text: str) -> str:
    """Return the day of a date or time stamp as ISO 8601; as written where it is no date."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _DATE.match(plain) or _COMPACT.match(plain)
    try:
        if found:
            return dt.date(int(found[1]), int(found[2]), int(found[3])).isoformat()
        era = _ERA.match(plain)
        if era:
            year = _FIRST_YEAR[era[1]] + (1 if era[2] == "元" else int(era[2]))
            return dt.date(year, int(era[3]), int(era[4])).isoformat()
    except ValueError:
        return text
    return text
