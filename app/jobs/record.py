"""Owns what is written of a job: its order, its state, how far it is, what came of it; each a small file."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scenarios.whole_file import sync_file

if TYPE_CHECKING:
    from collections.abc import Mapping

ORDER, STATE, PROGRESS, RESULT, LOG = "order.json", "state.json", "progress.json", "result.json", "log.txt"

ALL = "*"
"""Stands for the whole job among its failures."""

Kind = TypeVar("Kind", bound=BaseModel)


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


ENDED = frozenset({State.DONE, State.FAILED, State.CANCELLED, State.INTERRUPTED})


class Order(BaseModel):
    """
    What was asked for.

    `scenarios`: id → file, None = of the library. `draws`: for low and high, None = as each scenario says. `who`: name
    of the person; `at`: when, ISO in UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenarios: dict[str, str | None] = Field(min_length=1, max_length=200)
    runs_folder: Path
    city_folder: Path | None = None
    draws: int | None = Field(default=None, ge=2, le=1000)
    processes: int = Field(default=1, ge=1, le=64)
    who: str = ""
    at: str = ""


class Standing(BaseModel):
    """Where a job stands; `process` is the id of its process while it runs, `server` whose queue it is in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: State
    started: str = ""
    ended: str = ""
    process: int | None = None
    server: str = Field(default="", pattern=r"^[0-9a-f]{0,16}$")


class Progress(BaseModel):
    """Scenarios done and in all, what runs now with how far it is, and the share of the whole, 0–1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    done: int = 0
    total: int = 0
    told: str = ""
    share: float = 0.0


class Outcome(BaseModel):
    """What came of a job: ids that ran, ids whose equal run was there, and why others failed, in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ran: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    failed: dict[str, dict[str, str]] = Field(default_factory=dict)


def write_record(path: Path, record: BaseModel) -> None:
    """Write a record whole or not at all; but for the progress, which comes every second, it outlives a power cut."""
    part = path.with_name(f".{path.name}.{os.getpid()}-{get_ident()}.part")  # two threads may write at once
    part.write_text(record.model_dump_json(), encoding="utf-8")
    if path.name != PROGRESS:
        sync_file(part)
    part.replace(path)


def read_record(path: Path, kind: type[Kind]) -> Kind | None:
    """Return a record, or None where there is none that can be read."""
    try:
        found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return kind.model_validate(found)
    except (OSError, ValueError, ValidationError):
        return None
