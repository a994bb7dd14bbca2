"""Owns みんなの声: opinions of residents from a survey table, placed, without any personal field."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geodata.errors import DataError, Problem, Text, warning
from geodata.opinions import Opinions, no_opinions
from geodata.readers.headings import Columns
from geodata.readers.opinion_columns import KNOWN, find_columns
from geodata.readers.opinion_places import Places, place_opinions
from geodata.readers.opinion_values import age_group, iso_day
from geodata.readers.personal_fields import mask_text
from geodata.readers.records import file_record
from geodata.readers.rows import column_of
from geodata.readers.sheets import place_of, read_sheet
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
    columns, more = find_columns(config, frame, path.name)
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
