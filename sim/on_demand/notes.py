"""Owns what is said of a number that rests on on-demand services: how sure they are, and that they are in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.provenance import Status
from sim.on_demand.days import services_of_day

if TYPE_CHECKING:
    from sim.context import RunContext

INCLUDED = "デマンド交通を含む"
INCLUDED_ASSUMED = "デマンド交通を含む（運行条件に仮定あり）"


def services_status(context: RunContext) -> tuple[Status, ...]:
    """Return how sure the services of the day are."""
    return tuple(service.status for service in services_of_day(context))


def services_note(context: RunContext) -> str:
    """Return the flag of a number that on-demand services are part of, "" where none runs."""
    found = services_status(context)
    if not found:
        return ""
    return INCLUDED_ASSUMED if Status.ASSUMED in found else INCLUDED
