"""Owns what changes on the facilitator's page: counts, story, voices to judge, summary, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from app.clock import JST
from app.components.attributes import aria
from app.features.workshop.export import reason_word
from app.features.workshop.ids import Kind
from app.features.workshop.minutes import list_notes
from app.features.workshop.moderation import APPROVED, HIDDEN, REASONS, STATES, WAITING, list_voices
from app.features.workshop.record import clock_time, run_names, summary_sections, votes_section
from app.features.workshop.story import build_story
from app.features.workshop.themes import theme_word
from app.features.workshop.turnout import phone_counts
from app.text import say

if TYPE_CHECKING:
    from app.features.workshop.board import Workshop
    from app.features.workshop.moderation import Voice
    from app.features.workshop.record import Section
    from app.features.workshop.room import Room
    from app.features.workshop.turnout import Turnout


def counts(turnout: Turnout, lang: str) -> list[Any]:
    """Return how many take part."""
    told = (("ws_votes_all", turnout.votes), ("ws_queue_waiting", turnout.waiting))
    words = (*phone_counts(turnout, lang), *(say(lang, key, n=n) for key, n in told))
    return [html.Span(word, className="ws-count") for word in words]


def story(room: Room, workshop: Workshop, lang: str) -> list[Any]:
    """Return the steps of the story as buttons; the one on the wall is marked."""
    runs = room.services.list_runs()
    now, _ = room.step_of(workshop)
    steps = build_story(workshop, runs)

    def button(number: int, children: Any, kind: str, *, disabled: bool = False) -> html.Button:
        return html.Button(
            children,
            id={"kind": Kind.STEP, "to": number, "by": kind},
            type="button",
            className="ws-step" if kind == "list" else "button quiet",
            disabled=disabled or not workshop.is_open,
            **(aria(current="step") if kind == "list" and number == now else {}),
        )

    rows = []
    for number, step in enumerate(steps):
        kind = say(lang, f"ws_step_{step.kind}")
        words: list[Any] = [html.B(runs[step.run_id].title.get(lang)), " ", kind] if step.run_id else [html.B(kind)]
        rows.append(html.Li(button(number, words, "list")))
    ways = html.Div(
        [
            button(max(now - 1, 0), f"◀ {say(lang, 'ws_back')}", "back", disabled=now == 0),
            html.Span(f"{now + 1} / {len(steps)}", className="ws-place"),
            button(min(now + 1, len(steps) - 1), f"{say(lang, 'ws_next')} ▶", "next", disabled=now == len(steps) - 1),
        ],
        className="ws-ways",
    )
    return [ways, html.Ol(rows, className="ws-steps")]


# ---------------------------------------------------------------- voices


def tabs(turnout: Turnout, lang: str) -> list[dict[str, str]]:
    """Return the states of voices with their counts, to choose from."""
    numbers = {WAITING: turnout.waiting, APPROVED: turnout.approved, HIDDEN: turnout.hidden}
    return [{"value": state, "label": say(lang, f"ws_queue_{state}", n=numbers[state])} for state in STATES]


def queue(room: Room, workshop: Workshop, state: str, lang: str) -> list[Any]:
    """Return the voices of one state; those that wait longest come first, the others latest first."""
    voices = list_voices(room.database, workshop.workshop_id, state)
    if not voices:
        return [html.P(say(lang, "ws_queue_empty"), className="ws-quiet")]
    names, districts = run_names(room, workshop, lang), room.districts(lang)
    order = voices if state == WAITING else voices[::-1]
    return [html.Ul([_voice(one, names, districts, workshop, lang) for one in order], className="ws-voices")]


def _voice(voice: Voice, names: dict[str, str], districts: dict[str, str], workshop: Workshop, lang: str) -> html.Li:
    labels = [f"{voice.posted_at.astimezone(JST):%H:%M}", names.get(voice.run_id, "")]
    labels.append(f"{say(lang, 'ws_place_head')}: {districts.get(voice.place, voice.place)}" if voice.place else "")
    labels.append(f"{say(lang, 'ws_reason_head')}: {reason_word(voice.reason, lang)}" if voice.reason else "")
    theme = [html.Span(theme_word(voice.theme, lang), className="ws-theme")] if voice.theme else []
    return html.Li(
        [
            html.P(voice.text or say(lang, "ws_pin_only"), className="ws-words"),
            html.P([*theme, *(html.Span(label) for label in labels if label)], className="ws-labels"),
            html.Div(_decisions(voice, lang), className="ws-decisions") if workshop.is_open else "",
        ]
    )


def _decisions(voice: Voice, lang: str) -> list[Any]:
    short = voice.text[:30] or say(lang, "ws_pin_only")

    def decide(state: str, word: str, reason: str, class_name: str) -> html.Button:
        return html.Button(
            word,
            id={"kind": Kind.JUDGE, "post": voice.post_id, "to": state, "why": reason},
            type="button",
            className=class_name,
            **aria(label=f"{word}: {short}"),
        )

    parts: list[Any] = []
    if voice.state != APPROVED:
        parts.append(decide(APPROVED, say(lang, "ws_approve"), "", "button"))
    if voice.state != WAITING:
        parts.append(decide(WAITING, say(lang, "ws_return"), "", "button quiet"))
    if voice.state != HIDDEN:
        # always in sight: what has to be unfolded first would fold again whenever a new voice arrives
        hide = say(lang, "ws_hide")
        reasons = [decide(HIDDEN, say(lang, f"ws_reason_{one}"), one, "ws-reason") for one in REASONS]
        parts.append(html.Div([html.Span(f"{hide}: "), *reasons], className="ws-why", role="group", **aria(label=hide)))
    return parts


# ---------------------------------------------------------------- summary and notes


def summary(room: Room, workshop: Workshop, lang: str) -> list[Any]:
    """Return votes by scenario and the sections by theme, age and district, as the record has them."""
    found = room.summary(workshop)
    names = run_names(room, workshop, lang)
    sections = (votes_section(found, names, lang), *summary_sections(room, found, names, lang))
    return [html.Div([_section(one, lang) for one in sections], className="ws-tables")]


def _section(section: Section, lang: str) -> html.Section:
    parts: list[Any] = [html.H3(section.title)]
    table = section.table
    if table is None or not table.rows:
        parts.append(html.P(say(lang, "ws_none"), className="ws-quiet"))
    else:
        head = html.Thead(html.Tr([html.Th(cell, scope="col") for cell in table.heads]))
        rows = [
            html.Tr([html.Th(row[0], scope="row"), *(html.Td(cell, className="num") for cell in row[1:])])
            for row in table.rows
        ]
        shown = html.Table([head, html.Tbody(rows)])
        parts.append(html.Div(shown, className="table-scroll", tabIndex=0, role="group", **aria(label=section.title)))
    parts += [html.P(line, className="ws-quiet") for line in section.lines]
    return html.Section(parts)


def notes(room: Room, workshop: Workshop, lang: str) -> list[Any]:
    """Return the notes with their moment and what was on the wall, the latest first."""
    found = list_notes(room.database, workshop.workshop_id)
    if not found:
        return [html.P(say(lang, "ws_minute_empty"), className="ws-quiet")]
    names = run_names(room, workshop, lang)
    word = say(lang, "ws_minute_strike")
    rows = [
        html.Li(
            [
                html.P([html.Time(clock_time(one.noted_at)[-5:]), " ", html.Span(names.get(one.run_id, ""))]),
                html.P(one.text, className="ws-words"),
                html.Button(
                    word,
                    id={"kind": Kind.STRIKE, "number": one.number},
                    type="button",
                    className="link",
                    **aria(label=f"{word}: {one.text[:30]}"),
                )
                if workshop.is_open
                else "",
            ]
        )
        for one in reversed(found)
    ]
    return [html.Ul(rows, className="ws-notes")]
