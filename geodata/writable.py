"""Owns whether something can be written to a place, asked before anything is computed."""

from __future__ import annotations

import tempfile
from pathlib import Path

from geodata.errors import Text, UsageError, error

HINT = Text(
    "書き込めるフォルダの中の名前を指定してください（例: out/my-run）", "name a place in a folder you may write to"
)


def require_writable(out: Path) -> None:
    """
    Refuse a file or folder that could not be written: its nearest existing parent must take a new folder.

    Raises
    ------
    UsageError
        If that parent is a file, or nothing can be made in it.
    """
    place = out.absolute()
    try:
        parent = next(p for p in place.parents if p.exists())
        if not parent.is_dir():
            message = Text(f"{parent} はフォルダではなくファイルです", f"{parent} is a file, not a folder")
            raise UsageError(error("out.parent_is_file", str(out), message, HINT))
        Path(tempfile.mkdtemp(prefix=".ekisei-", dir=parent)).rmdir()
    except OSError as cause:
        message = Text(f"書き込めない場所です（{cause.strerror}）", f"nothing can be written here ({cause.strerror})")
        raise UsageError(error("out.unwritable", str(out), message, HINT)) from None
