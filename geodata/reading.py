"""Owns what comes of reading one layer: its value, what was found, which files it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from geodata.errors import Problem, Text

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReaderInfo:
    """
    One reader of one published format.

    `layout`: the published layout it follows (document and edition). `verified`: it was tried on a real file of that
    format; False is printed as 原ファイル未検証, None as 公表様式なし: nobody publishes such a file, the user makes it.
    """

    reader_id: str
    title: Text
    layout: str
    verified: bool | None


@dataclass(frozen=True, slots=True)
class FileRecord:
    """
    One file that was read.

    `n_bytes`, `sha256`: of the file, empty for a folder. `rows_in`: rows, features or ways in it; `rows_kept`: those
    that stand in the city.
    """

    name: str
    reader: ReaderInfo
    n_bytes: int
    sha256: str
    rows_in: int
    rows_kept: int


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """
    A layer as read.

    `problems`: warnings and notes; errors are raised. `counts`: what there is → how many, such as ``cells``.
    `repairs`: code of a documented repair → how often.
    """

    value: T
    problems: tuple[Problem, ...] = ()
    files: tuple[FileRecord, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    repairs: dict[str, int] = field(default_factory=dict)
