"""Owns the addresses of the page of data."""

from __future__ import annotations

ADDRESS = "/data"
REPORT = "/data/import-report"
CHECK = "/data/check"
