"""Owns in which ways a log can be written; apart, so that the command line names them without loading a server."""

from __future__ import annotations

from enum import StrEnum


class LogFormat(StrEnum):
    """How a line of a log is written."""

    TEXT = "text"
    JSON = "json"
