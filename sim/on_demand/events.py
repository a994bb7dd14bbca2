"""Owns what can happen on a simulated day of on-demand mobility, and the event log as a table."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from sim.on_demand.types import Events


class EventKind(IntEnum):
    """
    What happened.

    `ACCEPTED`, `REJECTED`, `WITHDRAWN`: what a request was told when it was made. `DEPARTED`: a vehicle leaves a point
    for that of a request's next halt (−1 = the depot). `ARRIVED`: it is there. `PICKED_UP`: somebody gets on.
    `NO_SHOW`: nobody came. `SET_DOWN`: somebody gets off. `PASSED`: the place where a no-show would have got off, kept
    because leaving it out would have broken a promise.
    """

    ACCEPTED = 0
    REJECTED = 1
    WITHDRAWN = 2
    DEPARTED = 3
    ARRIVED = 4
    PICKED_UP = 5
    NO_SHOW = 6
    SET_DOWN = 7
    PASSED = 8


def event_table(events: Events) -> pd.DataFrame:
    """Return the event log with names of kinds: time_s, vehicle, kind, request, point, load."""
    names = [kind.name.lower() for kind in EventKind]
    return pd.DataFrame(
        {
            "time_s": events.time_s,
            "vehicle": events.vehicle,
            "kind": [names[kind] for kind in events.kind.tolist()],
            "request": events.request,
            "point": events.point,
            "load": events.load,
        },
    )
