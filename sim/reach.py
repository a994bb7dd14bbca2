"""Owns what can be reached from one cell: minutes to every cell and facility, asked as the access KPIs ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze

if TYPE_CHECKING:
    from geodata.units import Float32Array
    from sim.context import RunContext
    from sim.on_demand.legs import Rides
    from sim.routing.prepared import PreparedTimes
    from sim.routing.types import RoutingRequest


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """
    Minutes from one cell; inf = unreachable.

    `to_cells`: cell → minutes to its centre, shape (C,). `to_facilities`: facility → minutes,
    shape (F,).
    """

    to_cells: Float32Array
    to_facilities: Float32Array

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Lookout:
    """
    A city on which one may ask from any cell; everything that does not depend on the cell is prepared.

    `rides`: what on-demand services add at the end of the cell that is asked from.
    """

    context: RunContext
    request: RoutingRequest
    prepared: PreparedTimes
    rides: Rides | None

    def reach(self, cell: int) -> Reach:
        """
        Return what can be reached from the centre of a cell.

        Minutes to a facility are those of the access KPIs, to the last bit: the same question, searched from the other
        end.
        """
        from sim.on_demand.legs import with_rides  # noqa: PLC0415 -- only where a city has services
        from sim.routing.types import Places  # noqa: PLC0415 -- loads compiled kernels

        cells = self.context.city.population
        own = Places(cells.cell_id[cell : cell + 1], cells.xy[cell : cell + 1])
        rides = None if self.rides is None else self.rides.of_cells(np.array([cell], np.int32))
        times = self.prepared.times(own, more_legs=None if rides is None else rides.legs)
        minutes = times.at(self.request.percentiles[0])
        if rides is not None:
            minutes = with_rides(self.context, minutes, self.prepared.places.xy, self.request, rides)
        return Reach(minutes[0, : cells.n_cells].copy(), minutes[0, cells.n_cells :].copy())


def look_out(context: RunContext, request: RoutingRequest) -> Lookout:
    """
    Return the preparation of a question; takes seconds on a large city.

    Parameters
    ----------
    context
        The city with its analysis and parameters.
    request
        The question, `arrive_by`: one leaves the cell. Its first percentile is what `Lookout.reach` tells.
    """
    from sim.routing import prepare_times  # noqa: PLC0415 -- loads compiled kernels
    from sim.routing.types import Places  # noqa: PLC0415 -- likewise

    cells, facilities = context.city.population, context.city.facilities
    places = Places(
        np.concatenate([cells.cell_id, facilities.facility_id]),
        np.concatenate([cells.xy, facilities.xy.reshape(-1, 2)]),
    )
    rides = context.rides_for(request)
    drawn = rides is not None and rides.legs is not None and bool(np.any(rides.legs.draw >= 0))
    prepared = prepare_times(context.city, places, request, side="destinations", drawn=drawn)
    return Lookout(context, request, prepared, rides)
