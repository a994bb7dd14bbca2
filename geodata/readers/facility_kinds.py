"""Owns which kind a facility is, guessed from its type (医療機関の種類, 施設種別) and its name, and told."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from geodata.errors import Text
from geodata.readers.tables import note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.errors import Problem

HOSPITAL_BEDS = 20
"""A place with so many beds is a hospital (医療法 第1条の5)."""

NAMES: dict[str, Text] = {
    "hospital": Text("病院", "hospital"),
    "clinic": Text("診療所", "clinic"),
    "dental_clinic": Text("歯科診療所", "dental clinic"),
    "pharmacy": Text("薬局", "pharmacy"),
    "city_office": Text("市役所・町村役場", "city office"),
    "branch_office": Text("支所・出張所", "branch office"),
    "elementary_school": Text("小学校", "elementary school"),
    "junior_high_school": Text("中学校", "junior high school"),
    "high_school": Text("高等学校", "high school"),
    "university": Text("大学・短大", "university"),
    "nursery": Text("保育所・幼稚園・こども園", "nursery"),
    "library": Text("図書館", "library"),
    "community_centre": Text("交流センター・公民館", "community centre"),
    "welfare": Text("福祉・介護・保健", "welfare"),
    "park_or_sports": Text("公園・スポーツ", "park or sports"),
    "shelter": Text("避難所", "shelter"),
    "shop": Text("店舗", "shop"),
    "toilet": Text("公衆トイレ", "public toilet"),
    "aed": Text("AED", "AED"),
    "other": Text("その他", "other"),
}

_MEDICAL_RULES: tuple[tuple[str, str], ...] = (
    ("pharmacy", r"薬局|ドラッグ|ファーマシー"),
    ("dental_clinic", r"歯科|デンタル|矯正|口腔"),
    ("other", r"動物病院|獣医|助産|鍼灸|接骨|整骨"),
    ("hospital", r"病院(?!前)|医療センター|メディカルセンター$"),
    (
        "clinic",
        r"診療所|クリニック|医院|内科|外科|眼科|皮膚科|小児科|耳鼻|産婦人科|婦人科|泌尿器|整形|医務室|診療室|健康管理セン",
    ),
)
_PUBLIC_RULES: tuple[tuple[str, str], ...] = (
    ("other", r"児童クラブ|学童|給食|郵便局"),
    (
        "park_or_sports",
        r"(?:学校|高校|大学|役所|役場)(?:の|前)?(?:体育館|グラウンド|グランド|運動場|プール|校庭|武道場)",
    ),
    ("nursery", r"保育|幼稚園|こども園|子ども園|託児"),
    ("high_school", r"高等学校|高校|高等専門学校|中等教育学校"),
    ("elementary_school", r"小学校(?!区)|義務教育学校|小中学校"),
    ("junior_high_school", r"中学校(?!区)"),
    ("university", r"大学"),
    ("branch_office", r"支所|出張所|行政センター|行政サービス|市民サービスセンター|サービスコーナー|連絡所|市民窓口"),
    ("city_office", r"市役所|区役所|町役場|村役場|市庁舎|本庁舎|本庁$|^役場"),
    ("library", r"図書館"),
    ("welfare", r"福祉|介護|デイサービス|老人|地域包括|グループホーム|ケア|訪問|保健|リハビリ|養護|居宅"),
    (
        "community_centre",
        r"交流センター|交流館|公民館|コミュニティ|コミセン|市民センター|地区センター|集会所|自治会館|会館|生涯学習|文化センター|区民センター",
    ),
    ("park_or_sports", r"公園|体育館|グラウンド|グランド|球場|プール|スポーツ|運動|武道館|競技場|テニス"),
    ("toilet", r"トイレ|便所"),
    ("shelter", r"避難"),
    ("shop", r"スーパー|ショッピング|商店|百貨店|コンビニ|店$"),
)
_RULES = tuple((kind, re.compile(pattern)) for kind, pattern in (*_MEDICAL_RULES, *_PUBLIC_RULES))
_SCHOOL = re.compile(r"学校|園$")
_FORMER = re.compile(r"^(?:旧|元)|跡地?$|閉校|廃校")
_CODES = {"1": "hospital", "2": "clinic", "3": "dental_clinic", "4": "other", "5": "pharmacy"}
"""機関区分 of 医療情報ネット."""

_BEDS = re.compile(r"\d+")


def guess_kind(type_text: str, name: str, table: str = "", specialty: str = "", beds: str = "") -> str:
    """
    Return the kind of a facility.

    Parameters
    ----------
    type_text
        What a column of types says, "" = none; it decides where it can be read.
    name
        Name of the facility.
    table
        Kind that the whole table lists, "" = not told.
    specialty, beds
        Departments, and number of beds, as written.

    Returns
    -------
    kind
        ``other`` where nothing tells. Former schools (旧…) are ``other`` too.
    """
    if type_text in NAMES:
        return type_text
    medical = table in {"clinic", "pharmacy"}
    told = _by_words(type_text) or (_CODES.get(type_text.strip(), "") if medical else "")
    if told and told != "clinic":
        return told
    if table in {"toilet", "aed", "shelter"}:  # named after the place they stand at
        return table
    named = _by_words(name)
    if told:
        return "dental_clinic" if named == "dental_clinic" else told
    if medical and named not in {"hospital", "dental_clinic", "pharmacy", "clinic"}:
        named = ""
    if named:
        return named
    return _by_departments(specialty, beds) if table == "clinic" else table or "other"


def _by_departments(specialty: str, beds: str) -> str:
    """Return which kind of medical institution departments and beds tell."""
    departments = [d for d in re.split(r"[;、,・\s|／/]+", specialty) if d]
    if departments and all("歯" in d or "矯正" in d for d in departments):
        return "dental_clinic"
    found = _BEDS.search(unicodedata.normalize("NFKC", beds))
    return "hospital" if found and int(found.group()) >= HOSPITAL_BEDS else "clinic"


def known_kinds(values: Sequence[str], where: str, column: str) -> tuple[list[str], list[Problem]]:
    """Return a column of kinds with Japanese words such as 病院 as the kinds of models, and a note on them."""
    words = {v: _by_words(v) or v for v in dict.fromkeys(values) if v not in NAMES}
    changed = {v: kind for v, kind in words.items() if v and kind != v}
    if not changed:
        return list(values), []
    pairs = [(v, _name(kind)) for v, kind in changed.items()]
    text = Text(
        f"{column} の値を種類に読み替えました: " + "、".join(f"{v} → {t.ja}" for v, t in pairs),
        f"values of {column} were read as kinds: " + ", ".join(f"{v} → {t.en}" for v, t in pairs),
    )
    hint = Text("違うときは設定に kinds: を書いてください", "write kinds: where this is wrong")
    return [changed.get(v, v) for v in values], [note("facilities.kinds_read", where, text, hint)]


def tell_kinds(kinds: Sequence[str], where: str) -> list[Problem]:
    """Return a note that counts the guessed kinds."""
    counts = Counter(kinds).most_common()
    if not counts:
        return []
    return [
        note(
            "facilities.kinds_guessed",
            where,
            Text(
                "施設の種類を種別・名称から判断しました: " + "、".join(f"{_name(k).ja} {n}" for k, n in counts),
                "kinds guessed from type and name: " + ", ".join(f"{_name(k).en} {n}" for k, n in counts),
            ),
            Text(
                "違うときは設定に kind: か kind_column: を書いてください",
                "write kind: or kind_column: where this is wrong",
            ),
        ),
    ]


def _name(kind: str) -> Text:
    return NAMES.get(kind, Text(kind, kind))


def _by_words(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if not plain:
        return ""
    if _FORMER.search(plain) and _SCHOOL.search(plain):
        return "other"
    return next((kind for kind, pattern in _RULES if pattern.search(plain)), "")
