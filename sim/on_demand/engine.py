"""
Owns the simulation of one day of an on-demand service: requests and a fleet in, what became of them out.

Discrete events with cheapest feasible insertion: a request is put into the routes where it costs least, in added drive
time and in waits, and keeps every promise made so far; ties go to the earliest picking up, then to the vehicle with the
lowest number.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from geodata.errors import ModelError, Text, error
from geodata.units import UNREACHED_S, FloatArray, IntArray
from sim.on_demand.types import Events, FleetRules, Requests, Simulation, VehicleTotals

MOST_WEIGHT = 100.0
"""Greatest weight of a wait: beyond it only waits count anyhow, and costs stay within 64 bits."""


def simulate(requests: Requests, drive_s: IntArray, drive_m: FloatArray, rules: FleetRules) -> Simulation:
    """
    Simulate one day of a service.

    Requests are answered when they are made, in order of time and then of number. An accepted one is picked up within
    [desired, desired + max_wait_s] and rides for at most max(direct × factor, direct + allowance); what was promised
    stays promised, but may move within these limits. One that fits nowhere is refused. Vehicles begin at the depot at
    `start_s`, leave just in time, stay where they were last, finish a leg before they turn elsewhere, and go back after
    `end_s`, by when everybody is set down. Where nobody comes, the vehicle waits for `boarding_s` and goes on.

    Parameters
    ----------
    requests
        Who asks for what.
    drive_s
        Drive from point to point, shape (P, P) [s]; 0 on the diagonal; `UNREACHED_S` = no way.
    drive_m
        Length of these drives, shape (P, P) [m].
    rules
        What the fleet promises and how it works.

    Returns
    -------
    simulation
        What became of every request, what every vehicle did, and the log.

    Raises
    ------
    ModelError
        If there is no vehicle or seat, a limit is negative, or a point, a time or a way home is impossible.

    Notes
    -----
    An insertion costs added drive seconds + `rider_weight` × (the party's own wait + what it adds to the waits of those
    promised before, by their plan) [s]. Serial, no chance in it: same input, same result. Everything happens as early
    as possible; nobody is picked up later on purpose to ride for less.

    References
    ----------
    Jaw, Odoni, Psaraftis, Wilson (1986), Transp. Res. B 20(3): insertion of advance requests with time windows.
    """
    _check(requests, drive_s, drive_m, rules)
    from sim.on_demand.driving import drive_day  # noqa: PLC0415 -- compiles on first use

    wide = {name: getattr(requests, name).astype(np.int64) for name in ("desired_s", "known_s", "persons", "outbound")}
    origin, destination = requests.origin.astype(np.int64), requests.destination.astype(np.int64)
    direct_s = drive_s[origin, destination].astype(np.int64) + rules.boarding_s
    longest = np.maximum(
        np.floor(direct_s * rules.max_detour_factor).astype(np.int64), direct_s + rules.ride_allowance_s
    )
    latest = np.minimum(wide["desired_s"] + rules.max_wait_s, rules.end_s)
    order = np.lexsort((np.arange(len(requests)), wide["known_s"]))
    fleet = rules.n_vehicles, rules.seats, rules.boarding_s, rules.start_s, rules.end_s, rules.depot
    status, vehicle, picked, dropped, totals, log = drive_day(
        order,
        wide["known_s"],
        _fixed(requests.no_show, np.bool_),
        wide["outbound"],
        (wide["desired_s"], latest, longest, origin, destination, wide["persons"]),
        (*fleet, round(1_000 * rules.rider_weight)),
        rules.sharing,
        _fixed(drive_s, np.int32),
        _fixed(drive_m, np.float64),
    )
    log = log[np.argsort(log[:, 0], kind="stable")]
    return Simulation(
        requests,
        rules,
        status,
        vehicle,
        picked.astype(np.int32),
        dropped.astype(np.int32),
        np.minimum(direct_s, UNREACHED_S).astype(np.int32),
        drive_m[origin, destination],
        VehicleTotals(*(np.ascontiguousarray(column) for column in totals.T)),
        Events(*(np.ascontiguousarray(column) for column in log.T)),
    )


def _fixed(array: Any, dtype: Any) -> Any:
    """Return a read-only view in one layout, so that the kernel is compiled once whoever asks."""
    view = np.ascontiguousarray(array, dtype).view()
    view.flags.writeable = False
    return view


def _check(requests: Requests, drive_s: IntArray, drive_m: FloatArray, rules: FleetRules) -> None:
    n_points = len(drive_s)
    ends = np.concatenate([requests.origin, requests.destination, [rules.depot]])
    home = np.flatnonzero(requests.outbound >= 0)
    out = requests.outbound[home]
    wrong = {
        "n_vehicles": rules.n_vehicles < 1,
        "seats": rules.seats < 1,
        "max_wait_s": rules.max_wait_s < 0,
        "max_detour_factor": rules.max_detour_factor < 1,
        "ride_allowance_s": rules.ride_allowance_s < 0,
        "boarding_s": rules.boarding_s < 0,
        "rider_weight": not 0 <= rules.rider_weight <= MOST_WEIGHT,
        "end_s": not rules.start_s < rules.end_s <= UNREACHED_S,
        "drive_s": drive_s.shape != (n_points, n_points) or bool((drive_s < 0).any()) or bool(drive_s.diagonal().any()),
        "drive_m": drive_m.shape != drive_s.shape,
        "points": bool(((ends < 0) | (ends >= n_points)).any()),
        "persons": bool((requests.persons < 1).any()),
        "known_s": bool((requests.known_s > requests.desired_s).any()),
        "outbound": bool(((out >= home) | (requests.known_s[out] > requests.known_s[home])).any()),
    }
    names = [name for name, is_wrong in wrong.items() if is_wrong]
    if names:
        raise ModelError(
            error(
                "on-demand.input",
                "simulate",
                Text(
                    f"デマンド交通の模擬に使えない値: {', '.join(names)}",
                    f"values that on-demand mobility cannot be simulated with: {', '.join(names)}",
                ),
            ),
        )
