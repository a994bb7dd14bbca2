"""Owns the places chosen for the tool in hand: by the map, by name, or by degrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.features.edit.places import Places
    from app.features.edit.state import Pick, Spot
    from app.features.edit.tools import Tool

DIGITS = 5


def picked(spots: Sequence[Spot], pick: Pick, tool: Tool, places: Places, lang: str) -> list[Spot]:
    """Return the places after one was pointed at or dragged on the map, or an area was drawn."""
    if "area" in pick:
        return [_at(lon, lat) for lon, lat in pick["area"]]
    if "moved" in pick:
        number = pick["moved"]
        moved = _at(pick["lon"], pick["lat"])
        if not 0 <= number < len(spots):
            return list(spots)
        names = {key: value for key, value in spots[number].items() if key in ("name", "name_en")}
        named = {} if spots[number].get("stop") else names
        return [{**moved, **named} if n == number else spot for n, spot in enumerate(spots)]
    if pick.get("stop"):
        found = places.with_position({"stop": pick["stop"]}, lang)
        return added(spots, found, tool)
    return added(spots, _at(pick["lon"], pick["lat"]), tool)


def added(spots: Sequence[Spot], spot: Spot | None, tool: Tool) -> list[Spot]:
    """Return the places with one more; where a tool needs one only, it takes the place of the other."""
    if spot is None:
        return list(spots)
    return [spot] if tool.spots == "one" else [*spots, spot]


def taken_out(spots: Sequence[Spot], number: int) -> list[Spot]:
    """Return the places without one."""
    return [spot for n, spot in enumerate(spots) if n != number]


def moved_up(spots: Sequence[Spot], number: int) -> list[Spot]:
    """Return the places with one put before the one it followed."""
    if not 0 < number < len(spots):
        return list(spots)
    found = list(spots)
    found[number - 1], found[number] = found[number], found[number - 1]
    return found


def by_degrees(lat: Any, lon: Any) -> Spot | None:
    """Return the place of a latitude and longitude as entered; None where they are none."""
    try:
        return _at(float(lon), float(lat))
    except (TypeError, ValueError):
        return None


def _at(lon: float, lat: float) -> Spot:
    return {"lat": round(lat, DIGITS), "lon": round(lon, DIGITS)}
