"""Owns where riders of public transport go: trips of each cell spread over the places of a purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.ridership.outcome import ride_trips
from sim.ridership.parts import car_parts, destination_weights, gap_minutes
from sim.ridership.parts import rider_weights as share_of_riders
from sim.ridership.purposes import find_destinations
from sim.ridership.skims import skim_of, spread

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.ridership.purposes import Purpose


def place_trips(context: RunContext, purpose: Purpose) -> FloatArray | None:
    """
    Return where those who go by public transport go.

    Parameters
    ----------
    context
        The city.
    purpose
        Why they travel.

    Returns
    -------
    trips
        cell, place → one-way trips of an average day away from home, shape (C, D); None where none are known.
    """
    trips = ride_trips(context).get(purpose)
    if trips is None or not len(find_destinations(context, purpose).place_id):  # the baseline may have had places
        return None
    return trips[:, None] * rider_shares(context, purpose)


def rider_shares(context: RunContext, purpose: Purpose) -> FloatArray:
    """Return cell, place → share of the riders of the cell, shape (C, D); the same weights as the choice of a mode."""
    return context.step("rider shares", purpose, lambda: _rider_shares(context, purpose))


def _rider_shares(context: RunContext, purpose: Purpose) -> FloatArray:
    destinations, skim = find_destinations(context, purpose), skim_of(context, purpose, nominal=True)
    car_min, car_km = car_parts(context, destinations)
    weights = destination_weights(context, destinations, car_min)
    shares, _ = share_of_riders(weights[skim.cell], gap_minutes(skim, weights, car_min, car_km))
    return spread(skim, np.asarray(shares, np.float64))
