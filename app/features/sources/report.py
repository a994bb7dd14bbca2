"""Owns the import report that stands beside a built city, handed out as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.import_report.render import PAGE

if TYPE_CHECKING:
    from pathlib import Path

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
"""The report is one file with its styles inside; it asks for nothing and runs nothing."""


def has_report(city_folder: Path | None) -> bool:
    """Tell whether a city was built here, with its report beside it."""
    return city_folder is not None and (city_folder / PAGE).is_file()


def read_report(city_folder: Path | None) -> bytes | None:
    """Return the report, or None where there is none."""
    return (city_folder / PAGE).read_bytes() if city_folder is not None and has_report(city_folder) else None
