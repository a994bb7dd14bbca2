"""Whether what a server acknowledged is there: the tables of the workshop and the drafts of the editors, by content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.database import Database
from app.features.workshop.joining import name_of
from app.features.workshop.tables import voice, vote
from scenarios.drafts import DraftFolder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.soak.web_editors import Editor
    from tests.soak.web_phones import Phone


@dataclass(frozen=True)
class Posted:
    """What of the workshop was acknowledged, and what is wrong with it."""

    votes: int
    comments: int
    pins: int
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Edited:
    """What editors saved, how often they were told of another's save, and what is wrong."""

    saves: int
    conflicts: int
    revisions: int
    wrong: tuple[str, ...]


def check_posts(database: str, workshop_id: str, phones: Sequence[Phone]) -> Posted:
    """Compare what phones were told is kept with the tables, both ways."""
    opened = Database(database)
    try:
        with opened.reading() as connection:
            cast = connection.execute(select(vote).where(vote.c.workshop_id == workshop_id)).mappings().all()
            said = connection.execute(select(voice).where(voice.c.workshop_id == workshop_id)).mappings().all()
    finally:
        opened.close()
    wrong: list[str] = []
    votes = {(row["phone"], row["run_id"]): (row["turn"], row["choice"]) for row in cast}
    voices = {row["post_id"]: row for row in said}
    kept: dict[str, dict[str, Any]] = {}
    n_votes = 0
    for phone in phones:
        who = name_of(phone.token)
        wrong += [f"phone {phone.number} could not send {post}" for post in phone.queue]
        wrong += [f"phone {phone.number} was refused: {told}" for told in phone.refused]
        n_votes += sum(post["kind"] == "vote" for post in phone.kept.values())
        for run, told in phone.votes.items():
            if votes.get((who, run)) != told:
                wrong.append(f"phone {phone.number} voted {told} on {run}, the table has {votes.get((who, run))}")
        kept |= {post_id: post for post_id, post in phone.kept.items() if post["kind"] == "voice"}
    for post_id, post in kept.items():
        row = voices.get(post_id)
        if row is None:
            wrong.append(f"lost: {post}")
        elif (row["text"], row["lon"]) != (post["text"], post.get("lon")):
            wrong.append(f"changed: {post} is {dict(row)}")
    wrong += [f"nobody sent {dict(row)}" for post_id, row in voices.items() if post_id not in kept]
    pins = sum("lon" in post for post in kept.values())
    return Posted(n_votes, len(kept) - pins, pins, tuple(wrong))


def check_drafts(folder: Path, editors: Sequence[Editor]) -> Edited:
    """Compare what editors were told is saved with the files and their history."""
    drafts = DraftFolder(folder)
    wrong = [f"{editor.name}: {told}" for editor in editors for told in editor.silent]
    names = [editor.name for editor in editors]
    n_revisions = 0
    for scenario_id in sorted({editor.scenario_id for editor in editors}):
        revisions = drafts.history(scenario_id)
        n_revisions += len(revisions)
        contents = {one.number: drafts.at(scenario_id, one.number) for one in revisions}
        who = {one.number: one.who for one in revisions}
        own = [editor for editor in editors if editor.scenario_id == scenario_id]
        told = [number for editor in own for number in editor.saved]
        if len(told) != len(set(told)):
            wrong.append(f"{scenario_id}: one number was given to two saves: {sorted(told)}")
        for editor in own:
            for number, mod in editor.saved.items():
                if mod not in contents.get(number, {}).get("modifications", []) or who[number] != editor.name:
                    there = _change_of(contents.get(number, {}), editor.name)
                    wrong.append(f"{scenario_id}: {editor.name} saved {mod} as {number}, which is {there}")
        wrong += _overwritten(scenario_id, contents, who, names, set(told))
        if revisions and drafts.read(scenario_id)[0] != contents[revisions[-1].number]:
            wrong.append(f"{scenario_id}: the file is not its last revision")
    saves, conflicts = (sum(counts) for counts in zip(*((len(e.saved), e.conflicts) for e in editors), strict=True))
    return Edited(saves, conflicts, n_revisions, tuple(wrong))


def _overwritten(
    scenario_id: str, contents: dict[int, dict[str, Any]], who: dict[int, str], names: Sequence[str], told: set[int]
) -> list[str]:
    """
    Return where a save took away or turned back what another had saved before.

    A save that was killed between history and file was not acknowledged: the file of before, taken in by nobody, stands.
    """
    found = []
    before: dict[str, Any] = {}
    for number in sorted(contents):
        after = {name: _change_of(contents[number], name) for name in names}
        is_unfinished = not who[number] and number - 1 not in told and contents[number] == contents.get(number - 2)
        lost = (
            [] if is_unfinished else [name for name in names if name != who[number] and after[name] != before.get(name)]
        )
        found += [f"{scenario_id}: revision {number} of {who[number]} overwrote the change of {name}" for name in lost]
        before = after
    return found


def _change_of(content: dict[str, Any], name: str) -> Any:
    return next((mod for mod in content.get("modifications", []) if name in str(mod.get("name"))), None)
