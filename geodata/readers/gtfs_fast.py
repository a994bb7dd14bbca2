"""Owns the fast way into a large, plainly written table; whatever is unusual about it is left to `parse_table`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.readers.tables import ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

FROM_CHARACTERS = 200_000
"""Shorter tables gain nothing."""

_UNUSUAL = ("\n\n", "\n\r", "\n,", '\n""', "\n ", "\n\t", ', "', ',\t"')
"""Blank lines (they count in row numbers), lines that begin without a value, spaces before quotes."""


def parse_plain(text: str, required: Sequence[str]) -> pd.DataFrame | None:
    """
    Return the rows of a large table with `ROW` as `parse_table` would, or None if it is short or unusual.

    Parameters
    ----------
    text
        The whole file, decoded.
    required
        Columns that must be there.
    """
    if len(text) < FROM_CHARACTERS or not _is_plain(text):
        return None
    import pyarrow as pa  # noqa: PLC0415 -- slow to load, and only large feeds need it
    from pyarrow import csv  # noqa: PLC0415

    names = [n.strip().strip('"').strip() for n in re.split(r"\r?\n", text[:10_000], maxsplit=1)[0].split(",")]
    if len(set(names)) < len(names) or "" in names or any(n not in names for n in required):
        return None
    try:
        table = csv.read_csv(
            pa.BufferReader(text.encode("utf-8")),
            read_options=csv.ReadOptions(column_names=names, skip_rows=1),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    kind = pd.StringDtype("pyarrow", na_value=np.nan)
    frame: pd.DataFrame = table.to_pandas(
        types_mapper={pa.large_string(): kind}.get, split_blocks=True, self_destruct=True
    )
    del table
    for name in names:
        frame[name] = frame[name].str.strip()
    frame[ROW] = np.arange(len(frame), dtype=np.int64) + 2
    return _without_blank_rows(frame, names)


def _without_blank_rows(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return the rows that hold anything: commas, quotes and line ends alone say nothing."""
    blank = (frame[names[0]] == "").to_numpy(dtype=bool)
    for name in names[1:]:
        if not blank.any():
            return frame
        blank = blank & (frame[name] == "").to_numpy(dtype=bool)
    return frame[~blank].reset_index(drop=True) if blank.any() else frame


def _is_plain(text: str) -> bool:
    old_line_ends = text.count("\r") != text.count("\r\n")
    return not (old_line_ends or text[:1].isspace() or any(sign in text for sign in _UNUSUAL))
