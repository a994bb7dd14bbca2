"""Owns what is said where a draft cannot be read, saved or restored, and what to do about it."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from geodata.errors import Problem, Text, error, warning

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scenarios.draft_history import Revision

MAX_SHOWN = 60
FULL = (errno.ENOSPC, errno.EDQUOT)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def bad_id(scenario_id: str) -> Problem:
    """Say that an id cannot be a file name."""
    told = repr(scenario_id[:MAX_SHOWN])
    message = Text(f"id {told} は使えません", f"the id {told} cannot be used")
    hint = Text(
        "英小文字・数字・ハイフンだけ、80 字以内で書いてください", "use small letters, digits and hyphens, at most 80"
    )
    return error("draft.bad_id", "id", message, hint)


def not_found(scenario_id: str) -> Problem:
    """Say that there is no such draft."""
    message = Text(f"シナリオ {scenario_id} がありません", f"no scenario {scenario_id}")
    hint = Text("消したものは履歴から戻せます", "a deleted one can be restored from its history")
    return error("draft.not_found", scenario_id, message, hint)


def locked(scenario_id: str) -> Problem:
    """Say that an id belongs to what comes along."""
    message = Text(
        f"{scenario_id} は同梱のシナリオなので書き換えられません", f"{scenario_id} comes along and is locked"
    )
    return error("draft.locked", scenario_id, message, _other_id())


def exists(scenario_id: str, last: Revision | None) -> Problem:
    """Say that a new draft has the id of another."""
    by = "" if last is None else f"（{told_of(last)}）"
    message = Text(f"{scenario_id} はもうあります{by}", f"{scenario_id} exists already{by}")
    hint = Text("別の id にするか、開いてから保存してください", "choose another id, or open it first")
    return error("draft.exists", scenario_id, message, hint)


def conflict(scenario_id: str, last: Revision | None, expected: int) -> Problem:
    """Say who saved, changed or deleted a draft while it was edited."""
    hint = Text("別の id で保存するか、開き直して変更をやり直してください", "save under another id, or open it again")
    if last is None or last.number <= expected:
        message = Text(
            f"編集中に別の方法で書き換えられたか、消されました（開いたのは {expected} 版）",
            f"changed or removed by other means meanwhile (you opened {expected})",
        )
        return error("draft.conflict", scenario_id, message, hint)
    done = Text("を消しました", "deleted it") if last.deleted else Text("を保存しました", "saved it")
    message = Text(
        f"編集中に別の人がこのシナリオ{done.ja}（{told_of(last)}、{last.number} 版。開いたのは {expected} 版）",
        f"somebody {done.en} meanwhile ({told_of(last)}, revision {last.number}; you opened {expected})",
    )
    return error("draft.conflict", scenario_id, message, hint)


def no_revision(scenario_id: str, number: int, known: Iterable[int]) -> Problem:
    """Say that there is no such revision, or that its text is lost."""
    numbers = ", ".join(map(str, known))
    message = Text(f"{number} 版がないか、壊れています", f"revision {number} is missing or damaged")
    hint = Text(f"ある版: {numbers or 'なし'}", f"revisions: {numbers or 'none'}")
    return error("draft.no_revision", scenario_id, message, hint)


def other_name(inside: str, scenario_id: str, file: str) -> Problem:
    """Warn that a file is not called what it says that it is."""
    message = Text(f"ファイル名と中の id（{inside}）が違います", f"the file's name and its id ({inside}) differ")
    hint = Text("どちらかに合わせてください", "make them the same")
    return warning("draft.other_name", f"{file} id {scenario_id}", message, hint)


def unwritable(path: Path, cause: OSError) -> Problem:
    """Refuse what cannot be written: the disk is full, or rights are missing."""
    if cause.errno in FULL:
        message = Text("保存先のディスクに空きがありません", "the disk of its folder is full")
        hint = Text(
            "空きを作って、もう一度保存してください（前の版はそのままです）",
            "make room, then save again (the revisions before stay)",
        )
    elif cause.errno in FORBIDDEN:
        message = Text("保存先のフォルダに書き込む権限がありません", "no right to write into its folder")
        hint = Text(
            "サーバーの管理者に書き込みの権限を直してもらい、もう一度保存してください（前の版はそのままです）",
            "have the rights of the folder mended, then save again (the revisions before stay)",
        )
    else:
        said = cause.strerror or str(cause)
        message = Text(f"保存先のフォルダに書き込めません（{said}）", f"its folder cannot be written to ({said})")
        hint = Text(
            "保存先の空き容量と権限を確かめて、もう一度保存してください（前の版はそのままです）",
            "check the space and the rights of its folder, then save again (the revisions before stay)",
        )
    return error("draft.unwritable", str(path), message, hint)


def damaged_record(where: str) -> Problem:
    """Warn that the record of one revision cannot be read."""
    message = Text(
        "この版の記録が壊れています（ほかの版は使えます）", "this record is damaged; other revisions can be used"
    )
    hint = Text(
        "バックアップから戻すか、このままにしてください（番号は飛びます）", "restore it from a backup, or leave it"
    )
    return warning("draft.damaged_history", where, message, hint)


def told_of(revision: Revision) -> str:
    """Return when and by whom a revision was saved, to the minute."""
    return f"{revision.at[:16].replace('T', ' ')} UTC, {revision.who or '?'}"


def _other_id() -> Text:
    return Text("別の id を付けて保存してください", "save it under another id")
