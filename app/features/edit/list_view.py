"""Owns the look of the list of changes: blue added, yellow changed, red removed, each with its word and problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import html

from app.components.attributes import aria
from app.features.edit.edits import own_modifications, problems_by_modification
from app.features.edit.ids import Kind
from app.features.edit.wording import sign_of, summary, type_word
from app.text import say
from geodata.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.features.edit.places import Places
    from app.features.edit.state import EditState, Plain
    from geodata.errors import Problem


def build_list(
    state: EditState,
    inherited: Sequence[Plain],
    problems: Sequence[Problem],
    places: Places,
    lang: str,
    parent: str = "",
) -> list[Any]:
    """Return the own changes, what is wrong with them, and those of the parents (title `parent`), which are locked."""
    own = own_modifications(state.content)
    told = problems_by_modification(state.content, problems)
    parts: list[Any] = [*problem_rows(told.get("", ()), lang)]
    mark: dict[str, Any] = {"data-of": list_mark(state, problems)}
    if own:
        rows = [_row(mod, told.get(str(mod.get("id")), ()), places, lang) for mod in own]
        parts.append(html.Ul(rows, className="edit-changes", **mark, **aria(label=say(lang, "edit_changes"))))
    else:
        parts.append(html.P(say(lang, "edit_no_changes"), className="edit-none", **mark))
    if inherited:
        parts.append(
            html.Details(
                [
                    html.Summary(say(lang, "edit_inherited", count=len(inherited), parent=parent)),
                    html.Ul([_locked(mod, places, lang) for mod in inherited], className="edit-changes locked"),
                ],
                className="edit-inherited",
            )
        )
    return parts


def list_mark(state: EditState, problems: Sequence[Problem]) -> str:
    """Return what a list says of itself: the scenario it shows and what was found in it."""
    return "+".join([state.digest, *(problem.code for problem in problems)])


def _words(mod: Plain, places: Places, lang: str) -> list[Any]:
    sign = sign_of(mod)
    return [
        html.Span(say(lang, f"edit_{sign}"), className=f"edit-sign edit-sign-{sign}"),
        html.Span(
            [html.B(type_word(mod, lang)), html.Span(summary(mod, places, lang), className="edit-summary")],
            className="edit-words",
        ),
    ]


def _row(mod: Plain, problems: Iterable[Problem], places: Places, lang: str) -> html.Li:
    mod_id, on = str(mod.get("id")), mod.get("enabled", True) is not False
    name = summary(mod, places, lang) or type_word(mod, lang)
    buttons = html.Span(
        [
            dmc.Switch(
                id={"kind": Kind.SWITCH, "mod": mod_id},
                checked=on,
                size="xs",
                label=say(lang, "edit_on" if on else "edit_off"),
                **aria(label=say(lang, "edit_switch", name=name)),
            ),
            _button(Kind.OPEN, mod_id, say(lang, "edit_open"), say(lang, "edit_open_one", name=name)),
            _button(Kind.DELETE, mod_id, say(lang, "edit_delete"), say(lang, "edit_delete_one", name=name)),
        ],
        className="edit-change-buttons",
    )
    parts = [html.Div(_words(mod, places, lang), className="edit-change-words"), buttons, *problem_rows(problems, lang)]
    return html.Li(parts, className=f"edit-change edit-change-{sign_of(mod)}{'' if on else ' off'}")


def _locked(mod: Plain, places: Places, lang: str) -> html.Li:
    return html.Li(
        html.Div(_words(mod, places, lang), className="edit-change-words"),
        className=f"edit-change edit-change-{sign_of(mod)}",
    )


def _button(kind: Kind, mod_id: str, word: str, label: str) -> html.Button:
    return html.Button(word, id={"kind": kind, "mod": mod_id}, type="button", className="link", **aria(label=label))


def problem_rows(problems: Iterable[Problem], lang: str, refused: str = "edit_problem_error") -> list[Any]:
    """Return findings with their remedy under a word each; `refused`: the word over what could not be done."""
    rows = []
    for problem in dict.fromkeys(problems):
        severity = str(problem.severity.value)
        word = refused if problem.severity is Severity.ERROR else f"edit_problem_{severity}"
        hints = [hint for hint in (problem.hint.get(lang), _kept_here(problem, lang)) if hint]
        rows.append(
            html.Div(
                [
                    html.Span(say(lang, word), className="edit-problem-word"),
                    html.Span(problem.message.get(lang)),
                    *(html.Span(hint, className="edit-problem-hint") for hint in hints),
                ],
                className=f"edit-problem edit-problem-{severity}",
                title=problem.place(lang),
            )
        )
    return rows


def _kept_here(problem: Problem, lang: str) -> str:
    """Return where the work is meanwhile, where the folder of the server takes nothing."""
    if problem.code != "draft.unwritable":
        return ""
    return say(lang, "edit_kept_here", export=say(lang, "edit_export"))
