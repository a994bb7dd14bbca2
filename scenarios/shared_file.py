"""
Owns a value that all processes of a machine read from one file instead of each having a copy: a city and its baseline.

The arrays stand in the file as they stand in memory, so a process maps them, read-only, and the system keeps one copy
for all. The rest is a pickle. Only processes of one computation meet here: the file is written by the process that
starts the others, into a folder that nobody else may enter, under a name that only they are told; it never outlives
them, and no file that a person names is ever read this way.
"""

from __future__ import annotations

import copyreg
import io
import mmap
import pickle  # nosec B403 -- see above: its own bytes, in a private folder
import shutil
import struct
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.errors import RunError, Text, error
from geodata.population import PopulationCells
from scenarios.mapped_cells import as_mapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.errors import Problem

PREFIX = "ekisei-shared-"
ALIGNED = 64
"""Arrays begin at multiples of this many bytes, as compiled code likes them."""
_PLACE = struct.Struct("<qq")
"""Where a piece begins, and its bytes; the file begins with how many pieces there are."""


@contextmanager
def shared_file(value: Any) -> Iterator[Path]:
    """
    Write a value for other processes as long as the block lasts; they end before it does (Windows asks for that).

    Raises
    ------
    RunError
        If the temporary folder takes no file of that size.
    """
    with ExitStack() as stack:
        try:
            path = Path(tempfile.mkdtemp(prefix=PREFIX)) / "value"  # for its owner alone
            stack.callback(remove_shared, path)
            _write(value, path)
        except OSError as cause:
            raise RunError(_unwritable(cause)) from None
        yield path


def _unwritable(cause: OSError) -> Problem:
    said = cause.strerror or str(cause)
    message = Text(f"一時ファイルを書けません（{said}）", f"cannot write a temporary file ({said})")
    hint = Text(
        "空き容量を確かめるか、環境変数 TMPDIR を変えてください。--jobs 1 なら要りません",
        "check the free space, or set TMPDIR; --jobs 1 needs none",
    )
    return error("run.temporary", "TMPDIR", message, hint)


def remove_shared(path: Path) -> None:
    """Remove the file and its folder; whoever has it mapped keeps what it reads (where the system allows removal)."""
    shutil.rmtree(path.parent, ignore_errors=True)


def _write(value: Any, path: Path) -> None:
    arrays: list[pickle.PickleBuffer] = []
    head = io.BytesIO()
    pickler = pickle.Pickler(head, protocol=5, buffer_callback=arrays.append)
    pickler.dispatch_table = copyreg.dispatch_table | {PopulationCells: as_mapped}
    pickler.dump(value)
    pieces = [head.getbuffer(), *(array.raw() for array in arrays)]
    at = _PLACE.size * (1 + len(pieces))
    places = []
    for piece in pieces:
        at = -(-at // ALIGNED) * ALIGNED
        places.append((at, piece.nbytes))
        at += piece.nbytes
    path.touch(mode=0o600, exist_ok=False)
    with path.open("r+b") as file:
        file.write(_PLACE.pack(len(pieces), at))
        file.writelines(_PLACE.pack(*place) for place in places)
        for (begin, _), piece in zip(places, pieces, strict=True):
            file.seek(begin)
            file.write(piece)
        file.truncate(at)


def read_shared(path: Path) -> Any:
    """Return the value of a file of `shared_file`; its arrays are the file's own pages, read-only."""
    with path.open("rb") as file:
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    n_pieces, _ = _PLACE.unpack_from(mapped)
    places = [_PLACE.unpack_from(mapped, _PLACE.size * (1 + number)) for number in range(n_pieces)]
    head, *arrays = (mapped[begin : begin + n_bytes] for begin, n_bytes in places)
    return pickle.loads(head, buffers=arrays)  # noqa: S301 # nosec B301 -- likewise


def shared_bytes(path: Path) -> int:
    """Return how large the value is."""
    return path.stat().st_size
