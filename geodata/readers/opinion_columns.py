"""Owns which columns of a survey hold opinions: by their names, else by their headings; personal ones are shut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import DataError, Problem, Text
from geodata.readers.headings import Columns, guess_columns, headings_of, missing_field, plain_heading, tell_columns
from geodata.readers.personal_fields import personal_columns
from geodata.readers.rows import require_columns
from geodata.readers.sheets import columns_in
from geodata.readers.tables import at, listed, note

if TYPE_CHECKING:
    import pandas as pd

    from geodata.config.opinions import OpinionsConfig

WORDS: dict[str, tuple[str, ...]] = {
    "lat": ("緯度", "lat", "latitude"),
    "lon": ("経度", "lon", "lng", "longitude"),
    "text": (
        *(
            "ご意見",
            "意見",
            "自由記述",
            "自由意見",
            "自由回答",
            "自由記載",
            "ご意見・ご要望",
            "意見・要望",
            "意見内容",
            "ご意見の内容",
        ),
        *("コメント", "内容", "回答", "要望", "投稿内容", "本文", "text", "comment", "opinion"),
    ),
    "theme": ("テーマ", "分野", "分類", "カテゴリ", "カテゴリー", "項目", "種別", "区分", "theme", "category"),
    "place": (
        *(
            "場所",
            "地点",
            "停留所",
            "停留所名",
            "バス停",
            "町名",
            "町丁目",
            "町丁目名",
            "町字",
            "お住まいの町名",
            "お住まいの町",
        ),
        *("居住町名", "居住地", "住所（町名まで）", "住所（町丁目まで）", "place", "town"),
    ),
    "district": (
        *(
            "地区",
            "地区名",
            "お住まいの地区",
            "居住地区",
            "学区",
            "小学校区",
            "お住まいの学区",
            "中学校区",
            "地域",
            "お住まいの地域",
        ),
        *("区域", "district", "area"),
    ),
    "age_group": (
        "年代",
        "年齢層",
        "年齢区分",
        "年齢階級",
        "年齢",
        "ご年齢",
        "世代",
        "あなたの年代",
        "age_group",
        "age",
    ),
    "date": (
        *(
            "日付",
            "回答日",
            "投稿日",
            "受付日",
            "記入日",
            "タイムスタンプ",
            "回答日時",
            "受付日時",
            "投稿日時",
            "年月日",
        ),
        *("date", "timestamp"),
    ),
}
NAMES: dict[str, Text] = {
    "lat": Text("緯度", "latitude"),
    "lon": Text("経度", "longitude"),
    "text": Text("意見", "text"),
    "theme": Text("テーマ", "theme"),
    "place": Text("場所", "place"),
    "district": Text("地区", "district"),
    "age_group": Text("年代", "age group"),
    "date": Text("日付", "date"),
}
KNOWN = headings_of(WORDS)
_LIKE_TEXT = ("意見", "要望", "自由", "コメント", "お聞かせ", "お書き", "ご記入", "困って")


def find_columns(config: OpinionsConfig, frame: pd.DataFrame, name: str) -> tuple[Columns, list[Problem]]:
    """
    Return the columns that are read, and what was guessed, withheld or not used.

    Parameters
    ----------
    config
        Columns where the headings do not tell, and those to leave out.
    frame
        The table as read.
    name
        What messages call it.

    Raises
    ------
    DataError
        If a column that was named is missing, or none holds the text.
    """
    given = {n: getattr(config, n) for n in WORDS}
    require_columns(frame, [*(c for c in given.values() if c is not None), *config.drop], name)
    asked = {c for c in given.values() if c is not None}
    personal = [c for c in personal_columns(columns_in(frame)) if c not in asked]
    open_to_us = [c for c in columns_in(frame) if c not in {*personal, *config.drop}]
    columns = guess_columns(open_to_us, WORDS, given)
    if "text" not in columns.of:
        columns = _by_question(columns, open_to_us, name)
    problems = tell_columns(columns, NAMES, name, "opinions")
    if personal:
        text = Text(
            f"個人情報にあたる列は読んでいません: {'、'.join(personal)}",
            f"personal columns are not read: {', '.join(personal)}",
        )
        problems.append(note("opinions.personal_columns", at(name, 1), text, count=len(personal)))
    used = {*columns.of.values(), *personal}
    unused = [c for c in columns_in(frame) if c not in used]
    if unused:
        text = Text(f"使わない列: {listed(unused, 12)}", f"columns not used: {listed(unused, 12)}")
        problems.append(note("opinions.unused_columns", at(name, 1), text, count=len(unused)))
    return columns, problems


def _by_question(columns: Columns, found: list[str], name: str) -> Columns:
    """Return the columns with a heading that asks for an opinion as the text, as forms word it."""
    asking = [c for c in found if c not in columns.of.values() and any(w in plain_heading(c) for w in _LIKE_TEXT)]
    if not asking:
        raise DataError(missing_field(name, NAMES["text"], "text", found))
    others = columns.others | ({"text": tuple(asking[1:])} if len(asking) > 1 else {})
    return Columns({**columns.of, "text": asking[0]}, columns.given, others)
