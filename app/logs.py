"""Owns how the server and its jobs write logs: lines for people or JSON for programs, bounded, and never forged."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands.folders import home_folder
from app.log_format import LogFormat

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import TextIOWrapper

ROOT = "ekisei"
LOG_NAME = "access.log"
LOG_BYTES, LOGS_KEPT = 1_000_000, 5
"""A log begins anew at this size; so many older ones are kept."""
ON_STDERR = "-"
FORMAT_VARIABLE = "EKISEI_LOG_FORMAT"
"""Tells the processes of jobs how to write; whoever starts the server may set it as well."""
LONGEST = 2_000
"""Signs of one field: what others send must not fill the disk."""
_SECRETS = ("password", "secret", "token", "cookie", "key")
_OWN = frozenset({"time", "level", "event", "message", "traceback"})


@dataclass(frozen=True, slots=True)
class LogWish:
    """How and where the server logs; `file`: None = in the user's folder, ``-`` = standard error."""

    format: LogFormat = LogFormat.TEXT
    file: Path | None = None


def event_of(event: str, **fields: object) -> dict[str, Any]:
    """Return what a log call is handed as `extra`: the name of what happened, and its parts."""
    return {"event": event, "fields": fields}


class LineFormatter(logging.Formatter):
    """One line for people; a traceback follows it, each of its lines marked, so that none passes for an entry."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry."""
        trace = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        message = plain(record.getMessage())
        return f"{moment(record.created)} {record.levelname} {message}{trace.replace(chr(10), chr(10) + '  | ')}"


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time with its zone, level, event, message, then the parts of the event."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry."""
        fields: Mapping[str, object] = getattr(record, "fields", {})
        entry: dict[str, Any] = {
            "time": moment(record.created),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", record.name),
            "message": plain(record.getMessage()),
        }
        entry |= {name: _safe(name, value) for name, value in fields.items() if name not in _OWN}
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def moment(seconds: float) -> str:
    """Return a moment as ISO 8601 in local time with its zone."""
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC).astimezone().isoformat(timespec="milliseconds")


def plain(text: str) -> str:
    """Return a text on one line, of visible signs: nobody who is written about can begin a line of the log."""
    cut = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in cut)


def _safe(name: str, value: object) -> object:
    if any(word in name for word in _SECRETS):
        return "***"
    return value if value is None or isinstance(value, (bool, int, float)) else plain(str(value))


def formatter_of(wanted: LogFormat) -> logging.Formatter:
    """Return what writes entries in a format."""
    return JsonFormatter() if wanted is LogFormat.JSON else LineFormatter()


class OwnersLog(RotatingFileHandler):
    """A log whose files, also those begun later, only their owner reads."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).touch(mode=0o600)
        return super()._open()


def keep_log(wish: LogWish | None = None) -> None:
    """
    Write down starts, logins, jobs and what was refused; where nothing can be written, go on.

    Parameters
    ----------
    wish
        How and where; None: lines of text in the user's folder.
    """
    wanted = wish or LogWish()
    handler = _handler(wanted)
    if handler is None:
        return
    handler.setFormatter(formatter_of(wanted.format))
    log = logging.getLogger(ROOT)
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)


def _handler(wanted: LogWish) -> logging.Handler | None:
    if str(wanted.file) == ON_STDERR:
        return logging.StreamHandler(sys.stderr)
    path = wanted.file or home_folder() / "logs" / LOG_NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return OwnersLog(path, maxBytes=LOG_BYTES, backupCount=LOGS_KEPT, encoding="utf-8")
    except OSError:
        return None


def entry(wanted: LogFormat, event: str, message: str, **fields: object) -> str:
    """Return one line of a log that is written by no logger, as that of a job's process."""
    record = logging.LogRecord(event, logging.INFO, "", 0, message, None, None)
    record.__dict__.update(event_of(event, **fields))
    return formatter_of(wanted).format(record)


def begin_anew(path: Path, largest: int = LOG_BYTES) -> None:
    """Put a log aside, in the place of the one before it, once it is too large."""
    try:
        if path.stat().st_size > largest:
            path.replace(path.with_name(f"{path.name}.1"))
    except OSError:
        return  # there is none yet, or somebody else has just done it
