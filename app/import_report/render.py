"""Owns the two files of an import report, ready to be written beside a city."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app.import_report.page import render_page

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.import_report import ImportReport

PAGE = "import-report.html"
VALUES = "import-report.json"


def report_files(report: ImportReport, city: City | None) -> dict[str, bytes]:
    """Return file name → content of the report."""
    values = json.dumps(report.to_json(), ensure_ascii=False, indent=1)
    return {
        PAGE: render_page(report, city).encode("utf-8", "replace"),
        VALUES: (values + "\n").encode("utf-8", "replace"),
    }
