"""
Owns the seals of what is stored: which version of a format it has, which code made it, and that nobody changed a byte.

A record (a small JSON file) carries the checksum of itself; a folder carries a record with the checksums of its files.
What an earlier version wrote has no seal, or one without code, and is read as far as it can be checked.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.digest import canonical_json
from scenarios.whole_file import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCHEMA, SUM = "schema", "sum"
SUMS_FILE = "checksums.json"


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def record_sum(record: Mapping[str, Any]) -> str:
    """Return the checksum of a record as it will be read from JSON, its own checksum apart."""
    plain = json.loads(canonical_json({key: value for key, value in record.items() if key != SUM}))
    return hashlib.sha256(canonical_json(plain).encode()).hexdigest()


def with_sum(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with its checksum as the last key."""
    return {**{key: value for key, value in record.items() if key != SUM}, SUM: record_sum(record)}


def has_right_sum(record: Mapping[str, Any]) -> bool:
    """Return whether a record is as it was written; one of a version without checksums cannot be told."""
    return SUM not in record or record[SUM] == record_sum(record)


@dataclass(frozen=True, slots=True)
class Seal:
    """The seal of a folder; `code`: digest of the code that made it, "" where an earlier version did not say."""

    schema: str
    code: str
    files: Mapping[str, str]

    def holds(self, folder: Path, schema: str) -> bool:
        """Return whether a folder is of a format, or the version before it, and nothing in it was changed."""
        return self.schema in {"", schema} and not self.wrong_in(folder)

    def wrong_in(self, folder: Path) -> tuple[str, ...]:
        """Return the files that are missing or were changed."""
        return tuple(name for name, wanted in self.files.items() if _digest_or_none(folder / name) != wanted)


def _digest_or_none(path: Path) -> str | None:
    try:
        return file_digest(path)
    except OSError:
        return None


@contextmanager
def sealed_folder(folder: Path, schema: str, code: str) -> Iterator[Path]:
    """Yield a folder to write into; sealed, and put in the place of a damaged one, once the block has ended well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder.parent))
    try:
        yield part
        sums = {path.name: file_digest(path) for path in sorted(part.iterdir())}
        record = with_sum({SCHEMA: schema, "code": code, "files": sums})
        (part / SUMS_FILE).write_text(json.dumps(record), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def read_seal(folder: Path) -> Seal:
    """
    Return the seal of a folder.

    Raises
    ------
    OSError, ValueError
        If there is none that can be read, or it was changed.
    """
    record = json.loads((folder / SUMS_FILE).read_text(encoding="utf-8"))
    if not isinstance(record, dict) or not has_right_sum(record):
        raise ValueError(SUMS_FILE)
    if SCHEMA not in record:  # version 1: names and checksums, nothing else
        return Seal("", "", record)
    return Seal(str(record[SCHEMA]), str(record["code"]), dict(record["files"]))
