"""Owns what each wish of the planner does to the scenario: plain functions from state to state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from app.access import signed
from app.features.edit import edits, starting
from app.features.edit.places import Places
from app.features.edit.state import EditState
from app.features.edit.wording import summary, type_word
from app.text import say
from geodata.errors import ScenarioError, Text, error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.desk import Desk
    from app.features.edit.state import Plain

BOTH = ("ja", "en")
PLACES = "ekisei-edit-places"


def places_of(desk: Desk) -> Places:
    """Return the names of the city, made when they are first asked for."""
    kept: Places | None = desk.__dict__.get(PLACES)
    if kept is None:
        kept = desk.__dict__[PLACES] = Places(desk.services.city)
    return kept


def words(key: str, *of: str) -> tuple[str, str]:
    """Return what a step did, in both languages, for undo; `of`: to which change."""
    ja, en = (": ".join((say(lang, key), *of[n : n + 1])) for n, lang in enumerate(BOTH))
    return ja, en


def words_of(desk: Desk, key: str, mod: Plain) -> tuple[str, str]:
    """Return what a step did to a change, as the list names it."""
    return words(key, *(f"{type_word(mod, lang)} {summary(mod, places_of(desk), lang)}".strip() for lang in BOTH))


def _mod(state: EditState, mod_id: str) -> Plain:
    return next((mod for mod in edits.own_modifications(state.content) if mod.get("id") == mod_id), {"id": mod_id})


def requested(desk: Desk, known: EditState | None, request: Mapping[str, Any]) -> EditState:
    """Return the state after what the map, a key or the opening of the page asks for."""
    do = request.get("do")
    if do == "resume":
        return resumed(request.get("state"))
    if do == "start":
        return starting.start(desk, desk.services.list_runs(), str(request["choice"]))
    if known is None:
        raise ScenarioError(
            error("edit.nothing_open", "edit", Text("シナリオを開いてください", "open a scenario first"))
        )
    if do == "undo":
        return known.undone()
    if do == "redo":
        return known.redone()
    mod_id = str(request["mod"])
    at = (float(request["lon"]), float(request["lat"]))
    content = edits.move(known.content, mod_id, str(request.get("path", "")), at)
    return known.stepped(edits.checked(content, desk.drafts), words_of(desk, "edit_did_move", _mod(known, mod_id)))


def resumed(kept: Any) -> EditState:
    """Return the state that a browser kept; refuse one of another version, or that somebody wrote into."""
    try:
        return EditState.model_validate(kept)
    except ValidationError:
        message = Text("この端末の控えは読めません", "what this browser kept cannot be read")
        hint = Text("一覧からシナリオを開き直してください", "open a scenario from the list")
        raise ScenarioError(error("edit.unreadable_copy", "edit", message, hint)) from None


def with_tool(
    desk: Desk, known: EditState, in_hand: Mapping[str, Any], values: Mapping[str, Any], spots: Sequence[Plain]
) -> EditState:
    """Return the state after the form of a tool was taken over."""
    instead = str(in_hand.get("instead") or "")
    taken = [str(mod["id"]) for mod in starting.inherited(desk, known.content)]
    content, made = edits.use_tool(known.content, str(in_hand["tool"]), values, spots, taken=taken, instead=instead)
    edits.checked(content, desk.drafts)
    mod = next(one for one in content["modifications"] if one["id"] == made[0])
    return known.stepped(content, words_of(desk, "edit_did_change" if instead else "edit_did_add", mod))


def switched(desk: Desk, known: EditState, mod_id: str, *, on: bool) -> EditState:
    """Return the state with one change in force or not."""
    key = "edit_did_on" if on else "edit_did_off"
    return known.stepped(edits.switch(known.content, mod_id, on=on), words_of(desk, key, _mod(known, mod_id)))


def deleted(desk: Desk, known: EditState, mod_id: str) -> EditState:
    """Return the state without one change."""
    return known.stepped(edits.delete(known.content, mod_id), words_of(desk, "edit_did_delete", _mod(known, mod_id)))


def rewritten(desk: Desk, known: EditState, mod_id: str, text: str) -> EditState:
    """Return the state with one change as it was written."""
    content = edits.checked(edits.write_text(known.content, mod_id, text), desk.drafts)
    return known.stepped(content, words_of(desk, "edit_did_change", _mod(known, mod_id)))


def described(desk: Desk, known: EditState, about: Mapping[str, str]) -> EditState:
    """
    Return the state with what the scenario is told to be.

    `about`: ``title_ja``, ``title_en``, ``what_ja``, ``what_en``, ``year`` and ``against``, as entered.
    """
    for key, ja, en in (
        ("title", "題名を入れてください", "give it a title"),
        ("what", "説明を入れてください（何を試すシナリオか）", "say what it tries"),
    ):
        if not (about[f"{key}_ja"].strip() or about[f"{key}_en"].strip()):
            raise ScenarioError(error("edit.no_title", key, Text(ja, en)))
    content = edits.describe(
        known.content,
        title=(about["title_ja"], about["title_en"]),
        what=(about["what_ja"], about["what_en"]),
        year=int(about["year"]),
        against=about["against"],
    )
    return known.stepped(edits.checked(content, desk.drafts), words("edit_did_about"))


def saved(desk: Desk, known: EditState, note: Mapping[str, str], *, as_new: bool) -> EditState:
    """
    Return the state after it was saved.

    Parameters
    ----------
    desk, known
        Where to, and what.
    note
        ``id``, ``title_ja``, ``title_en``, ``who`` and ``why``, as entered.
    as_new
        Whether to take another id where this one is taken.
    """
    for key, ja, en in (
        ("who", "だれが保存するかを入れてください（担当・役職など）", "say who saves it (a role will do)"),
        ("why", "なぜ変えたかを入れてください。履歴に残ります", "say why it was changed; it stays in the history"),
    ):
        if not note[key].strip():
            raise ScenarioError(error("edit.no_note", key, Text(ja, en)))
    wanted = note["id"].strip() or known.scenario_id
    if as_new:
        from scenarios.files import list_library  # noqa: PLC0415 -- with the language of scenarios

        wanted = starting.free_id(wanted, {*desk.drafts.ids(), *desk.drafts.deleted(), *list_library()})
    content = edits.rename(known.content, wanted, (note["title_ja"], note["title_en"]))
    expected = known.revision if wanted == known.scenario_id and not as_new else None
    revision = desk.drafts.save(content, who=signed(note["who"]), why=note["why"], expected=expected)
    return known.renamed(content["id"], content["title"]).kept_as(revision.number)


def reloaded(desk: Desk, known: EditState) -> EditState:
    """Return the state of the scenario as it is saved now; what was not saved is given up."""
    return starting.start(desk, {}, f"{starting.OWN}:{known.scenario_id}")


def restored(desk: Desk, known: EditState, number: int) -> EditState:
    """Return the state with the values of an earlier revision, as a step that can be undone; not saved yet."""
    return known.stepped(desk.drafts.at(known.scenario_id, number), words("edit_did_restore"))
