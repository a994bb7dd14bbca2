"""
Owns the history of drafts: every text that was ever saved, by content, and who saved it when and why.

Beside the files stands ``.history``: ``.texts/<sha256>.yaml`` and ``<id>/<number>.json``. Several servers may stand on
one folder: who writes holds ``.lock``, and a number is claimed by making its file, which only one can.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import tempfile
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any

from scenarios.draft_refusals import damaged_record
from scenarios.file_lock import alone
from scenarios.sealed import SCHEMA, SUM, has_right_sum, with_sum
from scenarios.whole_file import sync_names, whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geodata.errors import Problem

FOLDER = ".history"
TEXTS = ".texts"
DIGITS = 6
REVISION_SCHEMA = "ekisei-revision/2"


@dataclass(frozen=True, slots=True)
class Revision:
    """
    One saved state of a draft.

    `at`: ISO 8601, UTC. `digest`: SHA-256 of the file. `deleted`: the draft was taken away by this; its file is the one
    it had.
    """

    number: int
    at: str
    who: str
    why: str
    digest: str
    deleted: bool = False


class DraftHistory:
    """The revisions of all drafts of one folder; nothing in it is ever changed or removed."""

    def __init__(self, root: Path) -> None:
        self.root = root / FOLDER
        self._held = 0
        self._threads = RLock()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep all others out, threads and processes; where nothing can be written, threads only."""
        with self._threads:
            self._held += 1
            is_first = self._held == 1 and self.root.is_dir()
            try:
                with alone(self.root / ".lock") if is_first else nullcontext():
                    yield
            finally:
                self._held -= 1

    def revisions(self, scenario_id: str) -> tuple[tuple[Revision, ...], tuple[Problem, ...]]:
        """Return the revisions of a draft, oldest first, and what of its history cannot be read."""
        found: list[Revision] = []
        problems: list[Problem] = []
        for path in sorted((self.root / scenario_id).glob("*.json")):
            try:
                revision = _revision_of(json.loads(path.read_text(encoding="utf-8")))
                if revision.number != int(path.stem) or not all(
                    isinstance(part, str) for part in (revision.at, revision.who, revision.why, revision.digest)
                ):
                    raise ValueError  # noqa: TRY301 -- told like any other damage
                found.append(revision)
            except (OSError, ValueError, TypeError):
                problems.append(damaged_record(f"{FOLDER}/{scenario_id}/{path.name}"))
        return tuple(found), tuple(problems)

    def last_number(self, scenario_id: str) -> int:
        """Return the highest number that is taken, readable or not; 0 = none."""
        taken = [int(p.stem) for p in (self.root / scenario_id).glob("*.json") if p.stem.isdecimal()]
        return max(taken, default=0)

    def find(self, digest: str) -> bytes | None:
        """Return a saved file; None where it is gone or was changed."""
        try:
            raw = self._text_file(digest).read_bytes()
        except OSError:
            return None
        return raw if digest_of_file(raw) == digest else None

    def add(self, scenario_id: str, raw: bytes, revision: Revision) -> bool:
        """Keep a file and its revision; False where another took the number first."""
        target = self._text_file(revision.digest)
        if self.find(revision.digest) is None:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, raw)
        record = self.root / scenario_id / f"{revision.number:0{DIGITS}}.json"
        record.parent.mkdir(parents=True, exist_ok=True)
        plain = with_sum({SCHEMA: REVISION_SCHEMA, **asdict(revision)})
        return _claim(record, json.dumps(plain, ensure_ascii=False, sort_keys=True).encode())

    def _text_file(self, digest: str) -> Path:
        return self.root / TEXTS / f"{digest}.yaml"


def _revision_of(plain: dict[str, Any]) -> Revision:
    """Return the revision of a record; the first version had neither a name of its format nor a checksum."""
    if not has_right_sum(plain) or plain.get(SCHEMA, REVISION_SCHEMA) != REVISION_SCHEMA:
        raise ValueError(SCHEMA)
    return Revision(**{key: value for key, value in plain.items() if key not in {SCHEMA, SUM}})


def digest_of_file(raw: bytes) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(raw).hexdigest()


def now() -> str:
    """Return the time in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()


def write_whole(path: Path, raw: bytes) -> None:
    """Write a file that is complete or not there, replacing an earlier one."""
    with whole_file(path) as part:
        part.write(raw)


def _claim(path: Path, raw: bytes) -> bool:
    """Make a file that nobody else has made, complete from its first moment; False where it is there already."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as part:
        part.write(raw)
        part.flush()
        os.fsync(part.fileno())
    try:
        os.link(part.name, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without links: made in place
        try:
            with path.open("xb") as made:
                made.write(raw)
        except FileExistsError:
            return False
    finally:
        os.unlink(part.name)  # noqa: PTH108 -- likewise
    sync_names(path.parent)
    return True
