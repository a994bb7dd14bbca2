"""Owns the record of a file on disk: size and digest, for the import report."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from geodata.reading import FileRecord, ReaderInfo

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK_BYTES = 1 << 20


def file_record(path: Path, reader: ReaderInfo, rows_in: int, rows_kept: int) -> FileRecord:
    """Return the record of a file on disk, with its digest."""
    if path.is_dir():
        return FileRecord(path.name, reader, 0, "", rows_in, rows_kept)
    hasher = hashlib.sha256()
    size = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            hasher.update(block)
            size += len(block)
    return FileRecord(path.name, reader, size, hasher.hexdigest(), rows_in, rows_kept)
