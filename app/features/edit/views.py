"""Owns what the parts of the editor show for a state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import ctx, html, no_update

from app.clock import told_minute
from app.components.attributes import aria
from app.components.legend import sign_legend
from app.features.compare.metrics import find_metric
from app.features.edit import starting, steps
from app.features.edit.about_view import year_word
from app.features.edit.cards_view import build_cards
from app.features.edit.edits import own_modifications
from app.features.edit.form_view import build_form, spot_rows, tool_buttons, tool_of
from app.features.edit.ids import Id, Kind
from app.features.edit.list_view import build_list, list_mark
from app.features.edit.paint import build_paint, map_signs, tell_difference
from app.features.edit.routes import board_of
from app.features.edit.state import EditState, Hand, Spot
from app.features.edit.wording import both_languages
from app.text import say
from geodata.errors import CitySimError
from scenarios.files import list_library
from scenarios.yaml_reading import dump_yaml

if TYPE_CHECKING:
    from app.desk import Desk

SIGN_WORDS = {"added": "edit_added", "changed": "edit_changed", "removed": "edit_removed", "handle": "edit_handle_sign"}
"""Here nothing is left or right of anything."""
SAVED_BY = frozenset({Id.SAVE, Id.SAVE_AS})


def done_words(triggered: Any, before: EditState | None, after: EditState, lang: str) -> Any:
    """Return what is told after a wish was fulfilled."""
    if isinstance(triggered, dict):
        if triggered["kind"] == Kind.RESTORE:
            return html.P(say(lang, "edit_restored"), className="edit-done")
    elif triggered in SAVED_BY:
        return html.P(say(lang, "edit_saved_as", id=after.scenario_id, number=after.revision), className="edit-done")
    elif triggered == Id.RELOAD:
        return html.P(say(lang, "edit_reloaded"), className="edit-done")
    elif triggered in (Id.IMPORT, Id.UPLOAD):
        return html.P(say(lang, "edit_imported", id=after.scenario_id), className="edit-done")
    if before is not None and len(after.past) > len(before.past) and after.past:
        return say(lang, "edit_did", what=_did(after.past[-1].did, lang))
    return []


def _did(did: tuple[str, str], lang: str) -> str:
    return did[1] if lang == "en" else did[0]


def show_form(desk: Desk, *, in_hand: Hand | None, known: dict[str, Any] | None, lang: str) -> dict[str, Any]:
    """Show the form of the tool in hand."""
    hand = in_hand or {}
    key, instead = str(hand.get("tool", "")), str(hand.get("instead", ""))
    tool = tool_of(key)
    shown = {"tools": tool_buttons(lang, key), "hidden": tool is None, "as_text": not instead, "problems": []}
    if tool is None:
        return {**shown, "form": [], "area": True, "title": "", "help": ""}
    own = own_modifications(EditState.model_validate(known).content) if known else []
    fields = build_form(tool, hand.get("values") or {}, steps.places_of(desk), own, lang)
    if tool.spots == "none":
        return {**shown, "form": fields, "area": True, "title": "", "help": ""}
    words = {"title": say(lang, f"edit_spots_{tool.spots}"), "help": say(lang, f"edit_spots_help_{tool.spots}")}
    return {**shown, **words, "form": fields, "area": False}


def show_spots(spots: list[Spot] | None, lang: str) -> Any:
    """Show the places chosen so far."""
    return spot_rows(spots or [], lang)


def show_list(desk: Desk, known: dict[str, Any] | None, told: Any, shown: Any, session: str, lang: str) -> Any:
    """
    Show the changes, with what the engine found; a list that shows it already is left, and with it where the keys are.

    What is shown decides, not what asked: Dash drops an answer on its way when the next question comes.
    """
    del told
    if known is None:
        return html.P(say(lang, "edit_opening"), className="edit-none", role="status")
    state = EditState.model_validate(known)
    found = board_of(desk).told(session)
    problems = found.problems if found is not None and found.digest == state.digest else ()
    if f"'{list_mark(state, problems)}'" in str(shown):
        return no_update
    inherited, places = starting.inherited(desk, state.content), steps.places_of(desk)
    parent = _parent(desk, str(state.content.get("extends") or ""), lang)
    return build_list(state, inherited, problems, places, lang, parent)


def show_cards(desk: Desk, told: Any, session: str, lang: str) -> Any:
    """Show the numbers known so far."""
    del told
    return build_cards(board_of(desk).told(session), desk.services.city.targets, lang)


def show_map(  # noqa: PLR0917 -- one argument for each input, in their order
    desk: Desk,
    known: dict[str, Any] | None,
    told: Any,
    column: str,
    as_change: bool,
    presses: int | None,
    session: str,
    lang: str,
) -> Any:
    """Order what the map shows, and explain its colours: the difference once there is one, unless somebody chose."""
    del told
    if known is None:
        return no_update, no_update, no_update, no_update
    state = EditState.model_validate(known)
    found = board_of(desk).told(session)
    by_hand = bool(presses) or any(one["prop_id"].startswith(f"{Id.SHOWN_AS}.") for one in ctx.triggered)
    shown_as = bool(as_change) if by_hand else bool(tell_difference(found, column))
    order = build_paint(desk.services, session, state, found, column=column, as_change=shown_as, lang=lang)
    signs = sign_legend(map_signs(desk.services, order, found), lang, words=SIGN_WORDS)
    return order, _legend(order, lang), signs, no_update if by_hand else shown_as


def _legend(order: dict[str, Any], lang: str) -> list[Any]:
    if not order["column"]:
        return [html.Span(say(lang, "edit_no_cells"), className="edit-at")]
    metric = find_metric(order["column"])
    unit = (metric.difference_unit if order["change"] else metric.unit).get(lang)
    factor = 1.0 if metric.clock else metric.factor
    limits = [f"{limit * factor:+g}" if order["change"] else f"{limit * factor:g}" for limit in order["breaks"]]
    classes = [
        html.Span(
            [
                html.Span(className="swatch", style={"background": color}),
                *([html.Span(limits[n].replace("-", "−"), className="limit")] if n < len(limits) else []),
            ],
            className="class",
        )
        for n, color in enumerate(order["colors"])
    ]
    ends = ["edit_worse", "edit_better"] if metric.good != "down" else ["edit_better", "edit_worse"]
    words = [say(lang, end) if order["change"] and metric.good != "none" else "" for end in ends]
    return [
        html.Span(words[0], className="legend-end"),
        html.Span(classes, className="strip"),
        html.Span(words[1], className="legend-end"),
        html.Span(f"{metric.label.get(lang)} [{unit}]", className="edit-at"),
        *([] if order["differs"] else [html.Span(say(lang, "edit_no_difference"), className="edit-same")]),
    ]


def show_head(desk: Desk, *, known: dict[str, Any] | None, lang: str) -> dict[str, Any]:
    """Show what is being edited, whether it is saved, and what undo and redo would do."""
    if known is None:
        nothing = [True, say(lang, "edit_undo")]
        return {"head": "", "undo": nothing, "redo": nothing, "command": "", "yaml": "", "compute": no_update}
    state = EditState.model_validate(known)
    ja, en = both_languages(state.content.get("title"))
    word = "edit_is_saved" if state.is_saved else "edit_is_unsaved"
    base, year = state.content.get("extends"), state.content.get("year")
    parts = [
        html.B(en if lang == "en" else ja),
        html.Span(say(lang, word), className=f"badge edit-{'saved' if state.is_saved else 'unsaved'}"),
        *([html.Span(year_word(year, lang), className="edit-at")] if isinstance(year, int) else []),
        html.Span(f"id: {state.scenario_id}", className="edit-at"),
        *(
            [html.Span(say(lang, "edit_upon", parent=_parent(desk, str(base), lang)), className="edit-at")]
            if base
            else []
        ),
    ]
    back = state.past[-1].did if state.past else None
    forth = state.future[0].did if state.future else None
    file = f"{state.scenario_id}.yaml"
    path = str(desk.drafts.root / file) if state.revision is not None else file
    return {
        "head": parts,
        "undo": [back is None, _step_title("edit_undo", back, lang)],
        "redo": [forth is None, _step_title("edit_redo", forth, lang)],
        "command": f"ekisei run {path} --out out/{state.scenario_id}",
        "yaml": dump_yaml(state.content),
        "compute": f"/jobs?scenario={state.scenario_id}&lang={lang}",
    }


def _step_title(key: str, did: tuple[str, str] | None, lang: str) -> str:
    return say(lang, key) if did is None else f"{say(lang, key)}: {_did(did, lang)}"


def _parent(desk: Desk, parent: str, lang: str) -> str:
    """Return the title of what a scenario is built upon: a run, a shipped scenario or one of one's own."""
    run = desk.services.list_runs().get(parent)
    if run is not None:
        return run.title.get(lang)
    if parent in list_library():
        return starting.title_of(parent, lang)
    return next((info.title.get(lang) for info in desk.drafts.infos() if info.scenario_id == parent), parent)


def show_history(desk: Desk, opened: bool | None, known: dict[str, Any] | None, lang: str) -> Any:
    """Show who saved the scenario when and why; each revision can be taken up again."""
    if not opened or known is None:
        return no_update
    state = EditState.model_validate(known)
    try:
        revisions = desk.drafts.history(state.scenario_id)
    except CitySimError:
        revisions = ()
    if not revisions:
        return html.P(say(lang, "edit_no_history"), className="edit-none")
    rows = [
        html.Li(
            [
                html.Span(
                    [
                        html.B(say(lang, "edit_revision", number=one.number)),
                        html.Span(f"{told_minute(one.at, lang)}　{one.who}", className="edit-at"),
                        html.Span(one.why),
                    ],
                    className="edit-words",
                ),
                html.Button(
                    say(lang, "edit_restore"),
                    id={"kind": Kind.RESTORE, "number": one.number},
                    type="button",
                    className="link",
                    **aria(label=say(lang, "edit_restore_one", number=one.number)),
                ),
            ],
            className="edit-revision",
        )
        for one in reversed(revisions)
    ]
    return html.Ul(rows, className="edit-changes")
