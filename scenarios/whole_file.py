"""Owns files that are whole or not there: written beside their place, then moved, and gone where the writing fails."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX, SUFFIX = ".part-", ".part"


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file to write into, which stands in its place once the block has ended well; replaces an earlier one."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=PREFIX, suffix=SUFFIX, delete=False) as part:
        beside = Path(part.name)
        try:
            yield part
        except BaseException:
            part.close()
            beside.unlink(missing_ok=True)  # a full disk must not be filled with what could not be finished
            raise
    beside.replace(path)
