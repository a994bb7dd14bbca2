"""Owns telling whether the folder of a sweep is as it was written: its data set, its tables, its page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from geodata.errors import Problem, Text, error
from scenarios.sealed import file_digest, has_right_sum
from scenarios.sweep_results import DESIGNS, KPI_FOLDER, MANIFEST, SCHEMA_ID, is_whole, part_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FAMILY = SCHEMA_ID.partition("/")[0].encode()
AGAIN = Text(
    "ekisei sweep に --resume を付けて計算し直してください（壊れたものだけ作り直します）",
    "compute it again by ekisei sweep with --resume (only what is damaged is made anew)",
)


def is_sweep(folder: Path) -> bool:
    """Return whether a sweep file's results are, or were to be, in a folder; a file of it may be damaged or gone."""
    if (folder / DESIGNS).is_file() or part_files(folder / KPI_FOLDER):
        return True
    manifest = folder / MANIFEST
    return manifest.is_file() and FAMILY in manifest.read_bytes()


def digests_of(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the checksum of each file, by its name beneath the folder."""
    return {name: file_digest(folder / name) for name in names}


def wrong_of_sweep(folder: Path) -> tuple[list[Path], list[Problem]]:
    """
    Return the files of a sweep that are damaged or gone, and what else is wrong with the folder.

    Of a sweep that was not finished, and of one that an earlier version wrote, the parts are checked by their names.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["schema"] != SCHEMA_ID:
            return [], [_newer(folder, manifest["schema"])]
        wrong = [] if has_right_sum(manifest) else [folder / MANIFEST]
        files = manifest.get("files", {}) if manifest["complete"] else {}
        wrong += _wrong_files(folder, files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        wrong, files = [folder / MANIFEST], {}
    return [*wrong, *_wrong_parts(folder, files)], []


def _wrong_files(folder: Path, files: Mapping[str, str]) -> list[Path]:
    return [folder / name for name, digest in files.items() if _digest(folder / name) != digest]


def _wrong_parts(folder: Path, known: Mapping[str, str]) -> list[Path]:
    parts = (path for path in part_files(folder / KPI_FOLDER) if f"{KPI_FOLDER}/{path.name}" not in known)
    return [path for path in parts if not is_whole(path)]


def _digest(path: Path) -> str:
    try:
        return file_digest(path)
    except FileNotFoundError:
        return ""


def _newer(folder: Path, schema: object) -> Problem:
    message = Text(
        f"この版では読めない形式の掃引です（{schema}、この版は {SCHEMA_ID} まで）",
        f"a sweep of a format that this version does not know ({schema}; it knows {SCHEMA_ID})",
    )
    hint = Text("Ekisei を新しくするか、--force を付けて計算し直してください", "update Ekisei, or sweep with --force")
    return error("sweep.newer", str(folder), message, hint)
