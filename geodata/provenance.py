"""Owns where a number comes from and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from geodata.errors import Text

if TYPE_CHECKING:
    from collections.abc import Iterable


class Status(StrEnum):
    """How sure a number is, from strongest to weakest."""

    OBSERVED = "observed"
    OFFICIAL_ESTIMATE = "official-estimate"
    MODELLED = "modelled"
    ASSUMED = "assumed"
    NO_DATA = "no-data"


STATUS_TEXT: dict[Status, Text] = {
    Status.OBSERVED: Text("実測", "observed"),
    Status.OFFICIAL_ESTIMATE: Text("公表推計", "official estimate"),
    Status.MODELLED: Text("試算", "modelled"),
    Status.ASSUMED: Text("仮定", "assumed"),
    Status.NO_DATA: Text("データなし", "no data"),
}

_RANK = {status: rank for rank, status in enumerate(Status)}


def weakest(statuses: Iterable[Status]) -> Status:
    """Return the weakest status; a result is never surer than its inputs. Empty input is `observed`."""
    return max(statuses, key=_RANK.__getitem__, default=Status.OBSERVED)


@dataclass(frozen=True, slots=True)
class Source:
    """
    One source of one layer of the city, as printed on pages and exports.

    Parameters
    ----------
    source_id
        Short unique name, such as ``did2020``.
    layer
        The layer of the city it feeds: population, timetable, facilities, targets, …
    title, credit, licence
        What it is; the credit line it asks for; its terms.
    date
        Base date of the data, ISO 8601 (may be a year or month only).
    status
        How sure the numbers are.
    note
        What was done to it and what it cannot tell.
    """

    source_id: str
    layer: str
    title: Text
    credit: str
    licence: str
    date: str
    status: Status
    note: Text = Text("", "")
