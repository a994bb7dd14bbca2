"""Owns looking over own scenarios: the file, every record of its history, and every text that was ever saved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from geodata.errors import CitySimError, Problem, Severity, Text, error, warning
from scenarios.draft_history import DIGITS, FOLDER, TEXTS, DraftHistory, Revision, digest_of_file
from scenarios.drafts import SUFFIX, is_id
from scenarios.yaml_reading import read_document

if TYPE_CHECKING:
    from pathlib import Path

_BACKUP = Text("バックアップから戻してください", "put it back from a backup")


def draft_ids(root: Path) -> tuple[str, ...]:
    """Return the ids of all drafts of a folder, deleted ones too."""
    history = root / FOLDER
    found = {p.stem for p in root.glob(f"*{SUFFIX}")} if root.is_dir() else set()
    found |= {p.name for p in history.iterdir() if p.is_dir()} if history.is_dir() else set()
    return tuple(sorted(name for name in found if is_id(name)))


def check_draft(path: Path) -> list[Problem]:
    """Return what is damaged of a draft and its history."""
    root, scenario_id = path.parent, path.stem
    history = DraftHistory(root)
    revisions, problems = history.revisions(scenario_id)
    found = [replace(one, where=str(root / one.where), severity=Severity.ERROR) for one in problems]
    found += _gone_records(history, scenario_id)
    last = revisions[-1] if revisions else None
    raw = path.read_bytes() if path.is_file() else None
    found += [
        _damaged_text(history.root / TEXTS / f"{one.digest}{SUFFIX}", path, one, raw)
        for one in revisions
        if history.find(one.digest) is None
    ]
    if raw is None:
        return found if last is None or last.deleted else [*found, _gone(path, last)]
    if last is None or last.number < history.last_number(scenario_id) or digest_of_file(raw) == last.digest:
        return found
    return [*found, _changed(path, last)]


def _gone_records(history: DraftHistory, scenario_id: str) -> list[Problem]:
    folder = history.root / scenario_id
    wanted = (folder / f"{n:0{DIGITS}}.json" for n in range(1, history.last_number(scenario_id)))
    message = Text("この版の記録がなくなっています", "the record of this revision is gone")
    return [error("store.damaged", str(p), message, _BACKUP) for p in wanted if not p.exists()]


def _damaged_text(text: Path, path: Path, revision: Revision, raw: bytes | None) -> Problem:
    message = Text(
        f"{path.stem} の {revision.number} 版の文が壊れているか、なくなっています",
        f"the text of revision {revision.number} of {path.stem} is damaged or gone",
    )
    if raw is not None and digest_of_file(raw) == revision.digest:
        hint = Text(f"{path} が同じ文です。写してください", f"{path} has the same text: copy it there")
        return error("store.damaged", str(text), message, hint)
    return error("store.damaged", str(text), message, _BACKUP)


def _gone(path: Path, last: Revision) -> Problem:
    message = Text("なくなっています", "gone")
    return error("store.damaged", str(path), message, _restore(path, last))


def _changed(path: Path, last: Revision) -> Problem:
    """Tell a file that nobody saved here: a person may have edited it, so it is damage only if it cannot be read."""
    restore = _restore(path, last)
    try:
        read_document(path)
    except CitySimError:
        message = Text("壊れているか、書き換えられています", "damaged or changed")
        return error("store.damaged", str(path), message, restore)
    message = Text(
        f"最後に保存した {last.number} 版と違います", f"it differs from revision {last.number}, the last one saved"
    )
    hint = Text(
        f"手で直したのなら、このままで構いません。そうでなければ {restore.ja}",
        f"leave it if somebody edited it by hand; else {restore.en}",
    )
    return warning("store.changed", str(path), message, hint)


def _restore(path: Path, last: Revision) -> Text:
    command = f"ekisei scenario restore {path.stem} {last.number} --folder {path.parent}"
    return Text(f"{command} で戻してください", f"put it back by {command}")
