"""Owns the record of a workshop: what was shown, said, voted and noted, as headings, lines and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.clock import JST
from app.features.workshop.minutes import list_notes
from app.features.workshop.moderation import APPROVED, list_voices
from app.features.workshop.posts import AGE_BANDS
from app.features.workshop.summary import UNKNOWN, Group, Summary
from app.features.workshop.tables import wall
from app.features.workshop.themes import theme_word
from app.features.workshop.turnout import phone_counts
from app.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from app.features.workshop.board import Workshop
    from app.features.workshop.room import Room
    from app.features.workshop.turnout import Turnout


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts; the first column names the rows."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines, a table, or both."""

    title: str
    lines: tuple[str, ...] = ()
    table: Table | None = None


def build_record(room: Room, workshop: Workshop, lang: str) -> tuple[Section, ...]:
    """Return everything of a workshop that may leave the room; small groups are hidden, nobody is named."""
    summary = room.summary(workshop)
    names = run_names(room, workshop, lang)
    return (
        _about(workshop, room.board.turnout(workshop.workshop_id), lang),
        votes_section(summary, names, lang),
        *summary_sections(room, summary, names, lang),
        _voices(room, workshop, names, lang),
        _minutes(room, workshop, names, lang),
        _walls(room, workshop, names, lang),
    )


def run_names(room: Room, workshop: Workshop, lang: str) -> dict[str, str]:
    """Return scenario → title; one that has gone since keeps its id."""
    runs = room.services.list_runs()
    return {run: runs[run].title.get(lang) if run in runs else run for run in workshop.runs}


def clock_time(moment: datetime) -> str:
    """Return a moment in Japanese time."""
    return f"{moment.astimezone(JST):%Y-%m-%d %H:%M}"


def _about(workshop: Workshop, turnout: Turnout, lang: str) -> Section:
    lines = [f"{say(lang, 'ws_held_on')}: {workshop.held_on:%Y-%m-%d}"]
    lines += [f"{say(lang, 'ws_venue')}: {workshop.place}"] if workshop.place else []
    lines += [f"{say(lang, 'ws_question')}: {workshop.question}"] if workshop.question else []
    lines += [*phone_counts(turnout, lang), say(lang, "ws_phones_help")]
    lines += [say(lang, "ws_disclaimer"), say(lang, "ws_modelled")]
    lines.append(say(lang, "ws_notice_time", day=f"{workshop.expires_on:%Y-%m-%d}"))
    return Section(workshop.title, tuple(lines))


def votes_section(summary: Summary, names: Mapping[str, str], lang: str) -> Section:
    """Return the votes by scenario."""
    heads = (say(lang, "ws_scenario"), say(lang, "ws_up"), say(lang, "ws_down"))
    rows = tuple((names[run], str(count.up), str(count.down)) for run, count in summary.runs.items() if count.total)
    return Section(say(lang, "ws_votes_title"), (say(lang, "ws_disclaimer"),), Table(heads, rows))


def summary_sections(
    room: Room, summary: Summary, names: Mapping[str, str], lang: str
) -> tuple[Section, Section, Section, Section]:
    """Return voices by theme, and who took part by age, by district and by both."""
    hidden = (say(lang, "ws_hidden_groups", n=summary.least),)
    heads = (say(lang, "ws_theme"), *(say(lang, f"ws_state_{s}") for s in ("approved", "waiting", "hidden")))
    themes = tuple(
        (theme_word(one.theme, lang) or say(lang, "ws_no_theme"), str(one.approved), str(one.waiting), str(one.hidden))
        for one in summary.themes
        if one.theme or one.approved or one.waiting or one.hidden
    )
    ages = {age: say(lang, f"ws_age_{age}") for age in AGE_BANDS} | {UNKNOWN: say(lang, "ws_not_said")}
    districts = room.districts(lang) | {UNKNOWN: say(lang, "ws_not_said")}
    return (
        Section(say(lang, "ws_by_theme"), (), Table(heads, themes)),
        Section(say(lang, "ws_by_age"), hidden, _groups(summary.ages, ages, names, say(lang, "ws_age"), lang)),
        Section(
            say(lang, "ws_by_district"),
            hidden,
            _groups(summary.districts, districts, names, say(lang, "ws_district"), lang),
        ),
        Section(say(lang, "ws_by_both"), hidden, _pairs(summary, ages, districts, lang)),
    )


def _groups(
    groups: tuple[Group, ...], words: Mapping[str, str], names: Mapping[str, str], head: str, lang: str
) -> Table:
    rows = []
    voted = [run for run in names if any(group.votes and group.votes[run].total for group in groups)]
    for group in groups:
        votes = group.votes
        cells = [f"{votes[run].up} / {votes[run].down}" if votes else "–" for run in voted]
        persons = say(lang, "ws_hidden_group") if group.persons is None else str(group.persons)
        rows.append((words.get(group.name, group.name), persons, *cells))
    heads = [say(lang, "ws_up_down", title=names[run]) for run in voted]
    return Table((head, say(lang, "ws_persons"), *heads), tuple(rows))


def _pairs(summary: Summary, ages: Mapping[str, str], districts: Mapping[str, str], lang: str) -> Table:
    heads = (say(lang, "ws_age"), say(lang, "ws_district"), say(lang, "ws_persons"))
    shown = [(age, district, count) for (age, district), count in summary.pairs.items() if count is not None]
    rows = tuple((ages.get(age, age), districts.get(name, name), str(count)) for age, name, count in shown)
    return Table(heads, rows)


def _voices(room: Room, workshop: Workshop, names: Mapping[str, str], lang: str) -> Section:
    districts = room.districts(lang)
    heads = tuple(say(lang, f"ws_{key}") for key in ("theme", "opinion", "place_head", "scenario"))
    rows = tuple(
        (
            theme_word(one.theme, lang) or say(lang, "ws_no_theme"),
            one.text or say(lang, "ws_pin_only"),
            districts.get(one.place, one.place),
            names.get(one.run_id, ""),
        )
        for one in list_voices(room.database, workshop.workshop_id, APPROVED)
    )
    return Section(say(lang, "ws_voices"), (say(lang, "ws_disclaimer"),), Table(heads, rows))


def _minutes(room: Room, workshop: Workshop, names: Mapping[str, str], lang: str) -> Section:
    heads = (say(lang, "ws_moment"), say(lang, "ws_on_wall"), say(lang, "ws_note"))
    notes = list_notes(room.database, workshop.workshop_id)
    rows = tuple((clock_time(one.noted_at), names.get(one.run_id, one.run_id), one.text) for one in notes)
    return Section(say(lang, "ws_minutes"), (), Table(heads, rows))


def _walls(room: Room, workshop: Workshop, names: Mapping[str, str], lang: str) -> Section:
    wanted = select(wall).where(wall.c.workshop_id == workshop.workshop_id).order_by(wall.c.first_at, wall.c.run_id)
    with room.database.reading() as connection:
        found = connection.execute(wanted).mappings().all()
    heads = tuple(say(lang, f"ws_{key}") for key in ("scenario", "result_key", "moment", "figures_kept"))
    rows = tuple(
        (
            names.get(row["run_id"], row["run_id"]),
            row["run_key"],
            clock_time(row["first_at"]),
            " ／ ".join(row["figures"]["figures"].values()),
        )
        for row in found
    )
    return Section(say(lang, "ws_walls"), (say(lang, "ws_walls_help"),), Table(heads, rows))
