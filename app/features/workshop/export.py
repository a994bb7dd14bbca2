"""Owns what a workshop hands out: みんなの声, summary and minutes as CSV, the whole record as HTML and Markdown."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from flask import Response
from sqlalchemy import and_, select

from app.clock import JST
from app.features.workshop.errors import Refusal
from app.features.workshop.hiding import told_of
from app.features.workshop.minutes import list_notes
from app.features.workshop.moderation import APPROVED, REASONS, STATES
from app.features.workshop.record import Section, Table, build_record, clock_time, run_names, summary_sections
from app.features.workshop.tables import phone, voice
from app.import_report.markup import esc, tag
from app.spreadsheet import safe_text
from app.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.features.workshop.board import Workshop
    from app.features.workshop.room import Room

FILES = ("voices.csv", "voices-all.csv", "summary.csv", "minutes.csv", "record.html", "record.md")
_MARKS = re.compile(r"([\\`*_\[\]|~]|^\s*[-+#>]|:(?=//)|(?<=www)\.)")
_STYLE = (
    "body{font:16px/1.7 'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic UI',Meiryo,sans-serif;"
    "max-width:60rem;margin:2rem auto;padding:0 1rem;color:#17212b}h1{color:#0b2545}"
    "h2{color:#0b2545;border-left:5px solid #0f766e;padding-left:.6rem;font-size:1.2rem;margin-top:2rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #c8d3dd;padding:.3rem .6rem;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}thead th{background:#eef3f7}@media print{h2{break-after:avoid}}"
)


def answer_file(room: Room, workshop: Workshop, name: str, lang: str) -> Response:
    """
    Return a file to keep.

    Raises
    ------
    Refusal
        ``gone``: no such file.
    """
    if name not in FILES:
        raise Refusal("gone")
    text = write_file(room, workshop, name, lang)
    kinds = {"csv": "text/csv", "html": "text/html", "md": "text/markdown"}
    kept = f'attachment; filename="ekisei-{workshop.held_on:%Y%m%d}-{workshop.code}-{name}"'
    headers = {"Content-Disposition": kept, "Cache-Control": "no-store"}
    return Response(text, mimetype=kinds[name.rpartition(".")[2]], headers=headers)


def write_file(room: Room, workshop: Workshop, name: str, lang: str) -> str:
    """Return the text of a file; CSV begins with the mark by which spreadsheets know UTF-8."""
    if name == "record.html":
        return write_html(build_record(room, workshop, lang), lang)
    if name == "record.md":
        return write_markdown(build_record(room, workshop, lang))
    if name == "summary.csv":
        return write_csv(_summary_rows(room, workshop, lang))
    if name == "minutes.csv":
        return write_csv(_minute_rows(room, workshop, lang))
    states = (APPROVED,) if name == "voices.csv" else STATES
    return write_csv(_voice_rows(room, workshop, lang, states))


# ---------------------------------------------------------------- CSV


def safe_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    return safe_text(value) if isinstance(value, str) else value


def write_csv(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV that Excel opens."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def _voice_rows(room: Room, workshop: Workshop, lang: str, states: Sequence[str]) -> list[Sequence[object]]:
    """Return one row per voice; its headings are those `ekisei city build` knows as みんなの声."""
    shown = room.summary(workshop).shown
    names, districts = run_names(room, workshop, lang), room.districts(lang)
    keys = ("date_head", "theme", "opinion", "place_head", "lat", "lon", "age_head", "district", "scenario")
    heads = [say(lang, f"ws_{key}") for key in (*keys, "result_key", "state_head", "reason_head", "remark")]
    rows: list[Sequence[object]] = [heads]
    wanted = (
        select(voice, phone.c.age_band, phone.c.district)
        .join(phone, and_(phone.c.workshop_id == voice.c.workshop_id, phone.c.phone == voice.c.phone))
        .where(voice.c.workshop_id == workshop.workshop_id, voice.c.state.in_(states))
        .order_by(voice.c.posted_at, voice.c.post_id)
    )
    with room.database.reading() as connection:
        found = connection.execute(wanted).mappings().all()
    for row in found:
        age, district = told_of(row["age_band"] or "", row["district"] or "", shown)
        rows.append(
            [
                f"{row['posted_at'].astimezone(JST):%Y-%m-%d}",
                row["theme"],
                row["text"],
                districts.get(row["place"] or "", ""),
                "" if row["lat"] is None else row["lat"],
                "" if row["lon"] is None else row["lon"],
                say(lang, f"ws_age_{age}") if age else "",
                districts.get(district, ""),
                names.get(row["run_id"], row["run_id"]),
                row["run_key"],
                say(lang, f"ws_state_{row['state']}"),
                reason_word(row["reason"], lang),
                say(lang, "ws_disclaimer"),
            ]
        )
    return rows


def reason_word(reason: str, lang: str) -> str:
    """Return why a voice was hidden, in words; what the moderator wrote as it is."""
    return say(lang, f"ws_reason_{reason}") if reason in REASONS else reason


def _summary_rows(room: Room, workshop: Workshop, lang: str) -> list[Sequence[object]]:
    names = run_names(room, workshop, lang)
    summary = room.summary(workshop)
    rows: list[Sequence[object]] = [[workshop.title], [say(lang, "ws_disclaimer")], []]
    rows.append([say(lang, "ws_scenario"), say(lang, "ws_up"), say(lang, "ws_down")])
    rows += [[names[run], count.up, count.down] for run, count in summary.runs.items()]
    for section in summary_sections(room, summary, names, lang):
        rows += [[], [section.title], *([line] for line in section.lines)]
        if section.table is not None:
            rows += [section.table.heads, *section.table.rows]
    return rows


def _minute_rows(room: Room, workshop: Workshop, lang: str) -> list[Sequence[object]]:
    names = run_names(room, workshop, lang)
    heads = [say(lang, "ws_moment"), say(lang, "ws_on_wall"), say(lang, "ws_note")]
    notes = list_notes(room.database, workshop.workshop_id)
    return [heads, *([clock_time(one.noted_at), names.get(one.run_id, one.run_id), one.text] for one in notes)]


# ---------------------------------------------------------------- one page


def write_html(sections: Sequence[Section], lang: str) -> str:
    """Return a record as one file that opens by a double click and needs nothing else."""
    parts = []
    for number, section in enumerate(sections):
        parts.append(tag("h2" if number else "h1", esc(section.title)))
        parts += [tag("p", esc(line)) for line in section.lines]
        parts.append("" if section.table is None else _html_table(section.table, lang))
    title = tag("title", esc(sections[0].title))
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">{title}{tag("style", _STYLE)}'
    body = tag("main", "".join(parts))
    return f'<!DOCTYPE html>\n<html lang="{esc(lang)}"><head>{head}</head><body>{body}</body></html>\n'


def _html_table(table: Table, lang: str) -> str:
    if not table.rows:
        return tag("p", esc(say(lang, "ws_none")))
    head = "".join(tag("th", esc(cell), scope="col") for cell in table.heads)
    rows = "".join(tag("tr", "".join(tag("td", _lines(cell)) for cell in row)) for row in table.rows)
    return tag("table", tag("thead", tag("tr", head)) + tag("tbody", rows))


def _lines(cell: str) -> str:
    return esc(cell).replace("\n", "<br>")


def write_markdown(sections: Sequence[Section]) -> str:
    """Return a record as Markdown; nothing that somebody typed is markup."""
    parts = []
    for number, section in enumerate(sections):
        parts.append(f"{'##' if number else '#'} {_plain(section.title)}")
        parts += [_plain(line) for line in section.lines]
        if section.table is not None and section.table.rows:
            rows = [section.table.heads, tuple("---" for _ in section.table.heads)]
            written = [f"| {' | '.join(map(_plain, rows[0]))} |", f"| {' | '.join(rows[1])} |"]
            written += [f"| {' | '.join(map(_plain, row))} |" for row in section.table.rows]
            parts.append("\n".join(written))
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    """Return a text in which no sign means anything to Markdown or HTML."""
    marked = _MARKS.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))
    return marked.replace("\n", "<br>")
