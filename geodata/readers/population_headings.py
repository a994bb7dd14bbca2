"""Owns what the headings and row names of Japanese population tables mean: ages, sexes, totals, districts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Role = Literal["district", "age", "sex", "date", "persons", "households", "other"]
Ages = tuple[int, int | None]
Sex = Literal["male", "female", "total"]

OLDEST = 130
UNKNOWN_AGE: Ages = (-1, -1)

_TO = r"[~〜∼\-‐‑‒–—―−ーｰ_から]+"
_RANGE = re.compile(rf"(?<!\d)(\d{{1,3}})歳?{_TO}(\d{{1,3}})(?!\d)")
_OPEN = re.compile(rf"(?<!\d)(\d{{1,3}})歳?(?:以上|以降|\+|{_TO}(?!\d))")
_BELOW = re.compile(r"(?<!\d)(\d{1,3})歳?(未満|以下)")
_SINGLE = re.compile(r"(?<!\d)(\d{1,3})歳")
_BARE = re.compile(r"\d{1,3}")
_NAMED: tuple[tuple[str, Ages], ...] = (
    ("年少", (0, 14)),
    ("生産年齢", (15, 64)),
    ("前期高齢", (65, 74)),
    ("後期高齢", (75, None)),
    ("老年", (65, None)),
    ("高齢者", (65, None)),
)
_DERIVED = re.compile(
    r"率|割合|構成比|性比|比$|平均|密度|増減|面積|指数|順位|前月|前年|前回|転入|転出|出生|死亡|外国人|日本人|緯度|経度|備考|方書"
)
_HOUSEHOLDS = re.compile(r"世帯")
_DATE = re.compile(r"(調査|基準|集計)?年月日?|(調査|基準)(年|日|時点)|時点|年度|年月$|^年$|^月$|^日付$")
_CODE = re.compile(r"コード|番号|^No\.?$|^ID$|カナ|かな|英字|英語|ローマ", re.IGNORECASE)
_ABOVE_CITY = re.compile(r"都道府県|市区町村|市町村|地方公共団体|団体名|^市名$")
_DISTRICT = re.compile(
    r"(地区|学区|校区|小学校|中学校|町丁|町字|町名|町目|丁目|大字|小字|^字|字名|地域|行政区|自治会|町内会|区域|管区|支所|コミュニティ|地名|区名|集落)"
    r"|^町$|^町・|^地$|^住所$|^所在地$"
)
_AGE = re.compile(r"^(年齢|年令|各歳|歳|年代)(別|階級|区分|層|各歳|階層)?(\(.*\)|\[.*\])?$|^年齢.{0,6}$")
_SEX = re.compile(r"^(男女|性別|男女別|性)(区分)?$")
_PERSONS = re.compile(
    r"^(総|常住|推計|登録|住民|住基|昼間|夜間)?(人口|人数|総数|合計|総計|総人口|住民数|住民基本台帳人口|計|男女計|男女合計|男|女|男性|女性|男子|女子)"
    r"(総数|合計|計|数|人口|合計|男|女|男性|女性|\(総数\)|\(計\))*(\(.*\)|\[.*\])?$"
)
_TOTAL_NAME = re.compile(
    r"^(計|合計|総計|総数|総合計|全市|全体|市全体|全域|全地区|全区|市内|人口総数|総人口|男女計)$|(計|合計|総数|総計)$"
)
_SEXES = {
    "男": "male",
    "男性": "male",
    "男子": "male",
    "女": "female",
    "女性": "female",
    "女子": "female",
    "計": "total",
    "総数": "total",
    "合計": "total",
    "男女計": "total",
    "男女合計": "total",
    "総計": "total",
    "男女": "total",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """What one column holds: its role; for numbers the ages (None = all) and the sex; `words`: as written."""

    words: str
    role: Role | None
    ages: Ages | None = None
    sex: Sex = "total"


def ages_of(text: str, *, bare: bool = False) -> Ages | None:  # noqa: PLR0911 -- one way of writing each
    """
    Return first and last age that a heading or row name means; None where it is no age.

    `bare`: a plain number is an age too. The last age None = and older; `UNKNOWN_AGE` = 年齢不詳.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if "不詳" in plain:
        return UNKNOWN_AGE
    if found := _RANGE.search(plain):
        first, last = int(found[1]), int(found[2])
        marked = "歳" in plain or bare or re.fullmatch(_RANGE, plain) is not None or "人口" in plain
        return (first, last) if marked and first <= last <= OLDEST else None
    if (found := _BELOW.search(plain)) and int(found[1]) <= OLDEST:
        return 0, int(found[1]) - (found[2] == "未満")
    if (found := _OPEN.search(plain)) and int(found[1]) <= OLDEST:
        return int(found[1]), None
    if (found := _SINGLE.search(plain)) and int(found[1]) <= OLDEST:
        return int(found[1]), int(found[1])
    if bare and _BARE.fullmatch(plain) and int(plain) <= OLDEST:
        return int(plain), int(plain)
    return next((ages for word, ages in _NAMED if word in plain), None)


def sex_of(text: str) -> Sex | None:
    """Return the sex a heading speaks of, None where it says nothing about it."""
    if "男" in text and "女" in text:
        return "total"
    if "男" in text:
        return "male"
    if "女" in text:
        return "female"
    return "total" if re.search(r"計|総数", text) else None


def exact_sex(text: str) -> Sex | None:
    """Return the sex a cell names and nothing else."""
    return _SEXES.get(re.sub(r"\s", "", text))  # type: ignore[return-value]


def is_total_name(text: str) -> bool:
    """Return whether a row name is that of a sum of other rows."""
    return _TOTAL_NAME.search(re.sub(r"[\s()]", "", text)) is not None


def heading_of(pieces: tuple[str, ...], *, bare: bool = False) -> Heading:
    """Return what a column holds, from its headings top to bottom."""
    words = " ".join(dict.fromkeys(p for p in pieces if p))
    plain = re.sub(r"\s", "", words)
    said = [re.sub(r"\s", "", p) for p in pieces if p]
    if not plain:
        return Heading("", None)
    if _HOUSEHOLDS.search(plain):
        return Heading(words, "households")
    if _DERIVED.search(plain) and not any(_AGE.match(p) for p in said):
        return Heading(words, "other")
    aged = [p for p in said if not _AGE.match(p)]
    ages = next((a for a in (ages_of(p, bare=bare) for p in aged) if a is not None), None)
    sexes = [s for s in map(sex_of, said) if s is not None]
    sex: Sex = next((s for s in sexes if s != "total"), "total")
    if ages is not None:
        return Heading(words, "persons", ages, sex)
    role = _role_of(said)
    return Heading(words, role, None, sex)


def _role_of(said: list[str]) -> Role | None:
    for piece in said:
        if _CODE.search(piece) or _ABOVE_CITY.search(piece):
            return "other"
        if _SEX.match(piece):
            return "sex"
        if _AGE.match(piece):
            return "age"
    if all(_PERSONS.match(p) for p in said) or (_PERSONS.match(said[-1]) and not _DISTRICT.search(said[0])):
        return "persons"
    if any(_DATE.search(p) for p in said):
        return "date"
    return "district" if any(_DISTRICT.search(p) for p in said) else None
