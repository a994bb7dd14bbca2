"""Owns みんなの声: opinions of residents from a survey table, placed, without any personal field."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geodata.errors import DataError, Problem, Text, warning
from geodata.opinions import Opinions, no_opinions
from geodata.readers.headings import Columns, guess_columns, headings_of, missing_field, plain_heading, tell_columns
from geodata.readers.opinion_places import Places, place_opinions
from geodata.readers.opinion_values import age_group, iso_day
from geodata.readers.personal_fields import mask_text, personal_columns
from geodata.readers.records import file_record
from geodata.readers.rows import column_of, require_columns
from geodata.readers.sheets import columns_in, place_of, read_sheet
from geodata.readers.tables import at, listed, note
from geodata.reading import FileRecord, ReaderInfo, Reading
from geodata.trip_columns import text_array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    from geodata.config.opinions import OpinionsConfig
    from geodata.population import PopulationCells
    from geodata.towns import Towns

READER = ReaderInfo(
    "opinions",
    Text("みんなの声（アンケートの自由記述）", "Residents' opinions (free text of a survey)"),
    "公表された様式はない（見出しから推定）; none published, headings are guessed",
    verified=False,
)

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


class _Read(NamedTuple):
    """Opinions of one file, column by column."""

    places: Places
    columns: dict[str, list[str]]


def read_opinions(
    configs: Sequence[OpinionsConfig],
    find: Callable[[str], Path],
    population: PopulationCells,
    towns: Towns | None,
) -> Reading[Opinions]:
    """
    Return the opinions of all entries of the configuration.

    Personal columns are never read. In the text, phones, mail addresses and house numbers become 〇〇. Exact ages
    become groups of ten years. Rows with neither text nor theme are left out and told; all others stay, placed or not.

    Parameters
    ----------
    configs
        Files, and columns where the headings do not tell.
    find
        Path as written → path on disk.
    population
        Cells and districts that places are matched to.
    towns
        Points of 町丁目; None = none configured.

    Raises
    ------
    DataError
        If a file or a column is missing, or no column holds the text; problems of all files together.
    """
    read: list[_Read] = []
    problems: list[Problem] = []
    errors: list[Problem] = []
    files: list[FileRecord] = []
    for config in configs:
        try:
            one, record, found = _read_one(config, find(config.path), population, towns)
        except DataError as exc:
            errors += exc.problems
            continue
        read.append(one)
        files.append(record)
        problems += found
    if errors:
        raise DataError(errors)
    opinions = _joined(read)
    known = int((opinions.place_quality != "none").sum())
    counts = {"opinions": opinions.n_opinions, "opinions_placed": known}
    return Reading(opinions, tuple(problems), tuple(files), counts)


def _read_one(
    config: OpinionsConfig, path: Path, population: PopulationCells, towns: Towns | None
) -> tuple[_Read, FileRecord, list[Problem]]:
    frame, problems = read_sheet(path, KNOWN)
    rows_in = len(frame)
    columns, more = _columns(config, frame, path.name)
    problems += more
    texts = {n: column_of(frame, columns.get(n)) for n in ("text", "theme")}
    said = np.array([bool(a or b) for a, b in zip(texts["text"], texts["theme"], strict=True)], dtype=np.bool_)
    if not rows_in:
        problems.append(_empty(path.name))
    if not said.all():
        problems.append(_silent(place_of(frame, int(np.argmin(said))), int((~said).sum())))
    frame = frame[said].reset_index(drop=True)
    source = [config.source or path.stem] * len(frame)
    masked, veiled = _masked(frame, columns)
    ages, told = _ages(frame, columns)
    places, placing = place_opinions(frame, columns, population, towns)
    dates = [iso_day(d) for d in column_of(frame, columns.get("date"))]
    kept = masked | {"age_group": ages, "date": dates, "source_id": source}
    record = file_record(path, READER, rows_in, len(frame))
    return _Read(places, kept), record, [*problems, *veiled, *told, *placing]


def _columns(config: OpinionsConfig, frame: pd.DataFrame, name: str) -> tuple[Columns, list[Problem]]:
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


def _masked(frame: pd.DataFrame, columns: Columns) -> tuple[dict[str, list[str]], list[Problem]]:
    """Return text and theme without what is personal, and what was masked."""
    done = {n: [mask_text(t) for t in column_of(frame, columns.get(n))] for n in ("text", "theme")}
    texts = {n: [m.text for m in masked] for n, masked in done.items()}
    rows = [[done[n][i] for n in done] for i in range(len(frame))]
    problems = []
    hit = [i for i, both in enumerate(rows) if any(m.total for m in both)]
    if hit:
        every = [m for both in rows for m in both]
        sums = [sum(values) for values in zip(*((m.phones, m.mails, m.streets) for m in every), strict=True)]
        problems.append(
            warning(
                "opinions.masked",
                place_of(frame, hit[0]),
                Text(
                    f"個人情報を 〇〇 に置き換えました（電話 {sums[0]}、メール {sums[1]}、番地・郵便番号 {sums[2]}）",
                    f"personal details became 〇〇 (phones {sums[0]}, mails {sums[1]}, house numbers {sums[2]})",
                ),
                Text("公開の前に元の文も確かめてください", "read the texts once more before they are published"),
                len(hit),
            ),
        )
    people = [i for i, both in enumerate(rows) if any(m.people for m in both)]
    if people:
        problems.append(
            warning(
                "opinions.names",
                place_of(frame, people[0]),
                Text(
                    "人名らしい「〜さん」などが文中にあります", "texts hold what looks like names of persons (〜さん)"
                ),
                Text(
                    "人の名前は自動では消しません。公開の前に確かめてください",
                    "they are not masked; check before publishing",
                ),
                len(people),
            ),
        )
    return texts, problems


def _ages(frame: pd.DataFrame, columns: Columns) -> tuple[list[str], list[Problem]]:
    groups = [age_group(t) for t in column_of(frame, columns.get("age_group"))]
    exact = [n for n, (_, told) in enumerate(groups) if told]
    if not exact:
        return [g for g, _ in groups], []
    lost = sum(not groups[n][0] for n in exact)
    problem = warning(
        "opinions.exact_age",
        place_of(frame, exact[0]),
        Text(
            f"年齢を 10 歳きざみの年代にしました（生年月日など、年代にできず空にした行 {lost}）",
            f"ages became groups of ten years ({lost} that were no age, such as dates of birth, became empty)",
        ),
        Text("公開する表には年代だけを書いてください", "write groups only in a table that is published"),
        len(exact),
    )
    return [g for g, _ in groups], [problem]


def _empty(name: str) -> Problem:
    return warning(
        "opinions.no_rows",
        name,
        Text("意見の行が 1 つもありません", "there is not one row of opinions"),
        Text("回答の入ったファイルを取り直してください", "get the file that holds the answers"),
    )


def _silent(where: str, count: int) -> Problem:
    return warning(
        "opinions.silent",
        where,
        Text("意見もテーマもない行は使いません", "rows with neither text nor theme are left out"),
        Text("意見の列が正しいか確かめてください", "check that the column of the text is right"),
        count,
    )


def _joined(read: Sequence[_Read]) -> Opinions:
    if not read:
        return no_opinions()
    columns = {
        n: text_array([v for one in read for v in one.columns[n]])
        for n in ("theme", "text", "age_group", "date", "source_id")
    }
    return Opinions(
        lonlat=np.concatenate([one.places.lonlat for one in read]),
        place_quality=text_array([q for one in read for q in one.places.quality]),
        district=np.concatenate([one.places.district for one in read]),
        **columns,
    )
