"""Owns telling which files of a folder a build leaves out, and why: unknown, superseded, a document, damaged."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from geodata.errors import Problem, Text, error
from geodata.import_report import UnusedFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geodata.config_choice import Plan
    from geodata.recognised import RecognisedFile

_OTHER = Text(
    "同じ種類のほかのファイルを使うか、使う層がありません", "another of its kind is used, or no layer needs it"
)


def unused_files(plan: Plan) -> tuple[UnusedFile, ...]:
    """
    Return the files of a folder that its configuration does not read, each with the reason.

    Parts of a Shapefile go with it and are not told one by one.
    """
    used = set(_texts(plan.config))
    reasons: dict[str, Text] = {}
    for left in plan.others.values():
        for fragment, why in left:
            reasons |= dict.fromkeys(_texts(fragment), why)
    return tuple(
        UnusedFile(file.path, file.title, reasons.get(file.path) or (_OTHER if file.config_fragment else file.why))
        for file in plan.files
        if not _is_used(file.path, used) and not file.traits.get("companion")
    )


def damaged_files(files: Sequence[RecognisedFile]) -> tuple[Problem, ...]:
    """Return an error for every file of a folder that cannot be opened: without it the city would be another."""
    return tuple(
        error(
            "recognise.broken",
            file.path,
            file.why,
            Text(
                "提供元から取り直すか、使わないならフォルダーから出してください",
                "get it again from its publisher, or take it out of the folder",
            ),
        )
        for file in files
        if file.what == "broken"
    )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _is_used(path: str, used: set[str]) -> bool:
    """Tell whether a file, or a folder that it lies in, is named."""
    return path in used or any(parent.as_posix() in used for parent in PurePosixPath(path).parents)
