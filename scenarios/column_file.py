"""
Owns files of columns kept for reuse: an .npz whose archive comment holds version, code and checksum.

Any program that reads .npz reads them. The first version had no comment; its files are read by the checksums that zip
keeps of each column.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np

from scenarios.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sim.shelved import Columns

_SEAL = re.compile(rb"ekisei-columns/2 code=([0-9a-z-]{64}) sha256=([0-9a-f]{64})")
_LENGTH = len("ekisei-columns/2 code= sha256=") + 2 * 64
_END = 22
"""Bytes of the end record of an archive without a comment; its last two are the length of the comment."""
_UNREADABLE = (EOFError, KeyError, OverflowError, RuntimeError, struct.error, zipfile.BadZipFile, zlib.error)
"""What numpy and zipfile raise on damage, beside ValueError."""


@dataclass(frozen=True, slots=True)
class ColumnSeal:
    """`code`: digest of the code that made a file, "" of the first version, which has no `sha256` either."""

    code: str = ""
    sha256: str = ""


def write_columns(path: Path, columns: Mapping[str, np.ndarray], code: str) -> None:
    """Write columns and their seal, whole or not at all; not waited for, since they can be computed again."""
    with whole_file(path, durable=False) as part:
        np.savez(part, **columns)  # type: ignore[arg-type]
        part.seek(-2, 2)
        part.write(struct.pack("<H", _LENGTH))
        padded = f"{code[:64]:->64}"
        digest = _digest_up_to(part, part.tell(), padded)
        part.write(f"ekisei-columns/2 code={padded} sha256={digest}".encode())


def read_columns(path: Path) -> Columns:
    """
    Return columns that are as they were written.

    Raises
    ------
    OSError, ValueError
        If the file is not there, or any byte of it was changed.
    """
    with path.open("rb") as file:
        check_columns(file)
        file.seek(0)
        try:
            with np.load(file, allow_pickle=False) as held:
                return {name: held[name] for name in held.files}
        except _UNREADABLE as cause:
            raise ValueError(path.name) from cause


def check_columns(file: IO[bytes]) -> ColumnSeal:
    """
    Return the seal of an open file of columns.

    Raises
    ------
    ValueError
        If it was changed; of the first version, if its end is missing.
    """
    size = file.seek(0, 2)
    file.seek(max(size - _LENGTH, 0))
    found = _SEAL.fullmatch(file.read())
    if found is not None:
        padded, sha256 = found[1].decode(), found[2].decode()
        if _digest_up_to(file, size - _LENGTH, padded) != sha256:
            raise ValueError("sha256")
        return ColumnSeal(padded.lstrip("-"), sha256)
    file.seek(max(size - _END, 0))
    end = file.read()
    if not end.startswith(b"PK\x05\x06") or end[-2:] != b"\0\0":
        raise ValueError("zip")
    return ColumnSeal()


def code_of(path: Path) -> str:
    """Return what code a file says it was made by, unchecked; "" where it does not say."""
    try:
        with path.open("rb") as file:
            file.seek(max(file.seek(0, 2) - _LENGTH, 0))
            found = _SEAL.fullmatch(file.read())
    except OSError:
        return ""
    return "" if found is None else found[1].decode().lstrip("-")


def _digest_up_to(file: IO[bytes], end: int, code: str) -> str:
    """Return the SHA-256 of the first bytes of a file, which is left standing behind them, and of its code."""
    file.seek(0)
    hasher, left = hashlib.sha256(), end
    while left > 0 and (lot := file.read(min(left, 1 << 20))):
        hasher.update(lot)
        left -= len(lot)
    hasher.update(code.encode())
    return hasher.hexdigest()
