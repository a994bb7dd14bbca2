"""Owns a simulated day of an on-demand service as moves of vehicles and fates of requests, from its event log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from geodata.units import FloatArray

TOLD = ("accepted", "rejected", "withdrawn")
DIGITS = 5
Json = dict[str, Any]


def rows_of_service(events: pd.DataFrame | None, service_id: str) -> list[Json]:
    """Return the event log of one service as rows."""
    if events is None:
        return []
    own = events[events["service_id"] == service_id]
    return [{str(key): value for key, value in row.items()} for row in own.to_dict("records")]


def service_ids(events: pd.DataFrame | None) -> list[str]:
    """Return the services whose day was logged, in order."""
    return [] if events is None else [str(name) for name in dict.fromkeys(events["service_id"].tolist())]


def day_of(rows: list[Json], lonlat: FloatArray, n_vehicles: int, hours_s: tuple[int, int]) -> Json:
    """
    Return what the player shows of a day.

    Parameters
    ----------
    rows
        Event log of the service, as in ``on_demand_events``.
    lonlat
        Point of the log → its place [degrees], shape (P, 2); the last is the depot.
    n_vehicles
        Vehicles of the fleet.
    hours_s
        Hours of operation [s after 00:00].

    Returns
    -------
    day
        start, end [s]; depot; vehicles: moves (from, to [s], both ends); requests: where, when wished,
        picked up, set down, and what became of them; events in order of time, with people on board after each.
    """
    place = np.round(lonlat, DIGITS).tolist()
    vehicles = [{"moves": moves_of([r for r in rows if r["vehicle"] == n], place)} for n in range(n_vehicles)]
    requests = [{**one, **{end: place[one[end]] for end in ("at", "to") if end in one}} for one in requests_of(rows)]
    times = [int(r["time_s"]) for r in rows if r["kind"] not in TOLD]
    return {
        "start": min([hours_s[0], *times]),
        "end": max([hours_s[1], *times]),
        "depot": place[-1],
        "vehicles": vehicles,
        "requests": requests,
        "events": [
            {"t": int(r["time_s"]), "vehicle": int(r["vehicle"]), "kind": str(r["kind"]), "load": int(r["load"])}
            for r in sorted(rows, key=lambda r: r["time_s"])
            if r["kind"] not in TOLD
        ],
    }


def moves_of(rows: list[Json], place: list[list[float]]) -> list[Json]:
    """Return the drives of one vehicle: each departure with the arrival that follows it."""
    moves: list[Json] = []
    left: Json | None = None
    for row in sorted(rows, key=lambda r: r["time_s"]):
        if row["kind"] == "departed":
            left = row
        elif row["kind"] == "arrived" and left is not None:
            moves.append(
                {
                    "from": int(left["time_s"]),
                    "to": int(row["time_s"]),
                    "a": place[int(left["point"])],
                    "b": place[int(row["point"])],
                }
            )
            left = None
    return moves


def requests_of(rows: list[Json]) -> list[Json]:
    """
    Return the requests of the day in order of their wish, with the points of the log where they begin and end.

    Times are None where nothing of the kind happened; no point to end at where nobody was set down.
    """
    found: dict[int, Json] = {}
    for row in rows:
        if row["kind"] in TOLD:
            found[int(row["request"])] = {
                "at": int(row["point"]),
                "wish": int(row["desired_s"]),
                "persons": int(row["persons"]),
                "told": str(row["kind"]),
                "picked": None,
                "down": None,
                "missed": None,
            }
    names = {"picked_up": "picked", "set_down": "down", "no_show": "missed"}
    for row in rows:
        request = found.get(int(row["request"]))
        if request is not None and row["kind"] in names:
            request[names[str(row["kind"])]] = int(row["time_s"])
            if row["kind"] == "set_down":
                request["to"] = int(row["point"])
    return [{"n": n, **one} for n, one in sorted(found.items(), key=lambda item: item[1]["wish"])]
