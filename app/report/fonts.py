"""Owns the one typeface of what is printed: a whole TrueType file that comes with the program's libraries."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

FAMILY = "IPAexGothic"
FILE = "ipaexg.ttf"


@cache
def font_file() -> Path:
    """Return the font file; a subset would print garbage where a name holds a rare sign."""
    spec = find_spec("matplotlib_fontja")  # found, not imported: importing it changes matplotlib's settings for all
    if spec is None or spec.origin is None:
        raise FileNotFoundError(FILE)
    return Path(spec.origin).parent / "fonts" / FILE
