"""Owns the question of a journey as its address tells it: which scenarios, from where to where, when, who walks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.components.time_field import read_time
from app.features.journey.ids import Field
from app.places import distance_m, read_lonlat
from geodata.calendar import parse_gtfs_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.place_names import NamedPlace
    from app.runs import Run
    from app.services import Services

DAYS = ("weekday", "saturday", "holiday")
WALKERS = ("standard", "older")
FARTHEST_M = 20_000.0
"""Nothing can be said of a journey that begins or ends farther than this from every cell [m]."""
PREFERRED = "brt-extend-hitachi"


@dataclass(frozen=True, slots=True)
class Spot:
    """One end of a journey: its name as shown, its place [degrees], [m]."""

    name: str
    lonlat: tuple[float, float]
    xy: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; texts of the ends as they were written, "" = not yet."""

    left: str
    right: str
    origin: str
    target: str
    day: str = "weekday"
    depart: str = "08:00"
    walker: str = "standard"

    @property
    def depart_s(self) -> int:
        """Departure [s after 00:00]."""
        return int(parse_gtfs_time(self.depart) or 0)


def read_question(runs: Mapping[str, Run], query: Mapping[str, str]) -> Question:
    """Return the question of an address; what is missing or cannot be read takes its usual value."""
    ids = list(runs)
    usual = PREFERRED if PREFERRED in ids else ids[min(1, len(ids) - 1)]
    right = query.get(Field.RIGHT, "")
    right = right if right in runs else usual
    left = query.get(Field.LEFT, "")
    reference = runs[right].compare_to or ""
    left = left if left in runs else reference if reference in runs else ids[0]
    depart = read_time(query.get(Field.DEPART, ""))
    day, walker = query.get(Field.DAY, ""), query.get(Field.WALKER, "")
    return Question(
        left,
        right,
        query.get(Field.FROM, "").strip()[:80],
        query.get(Field.TO, "").strip()[:80],
        day if day in DAYS else "weekday",
        depart or "08:00",
        walker if walker in WALKERS else "standard",
    )


def labels_of(places: Mapping[str, NamedPlace], lang: str) -> dict[str, str]:
    """Return label → key of every place that can be written; a name of several places is told apart by a number."""
    found: dict[str, str] = {}
    for key, place in places.items():
        name = place.name.get(lang)
        label, n = name, 1
        while label in found:
            n += 1
            label = f"{name}（{n}）"
        found[label] = key
    return found


def best_label(labels: Iterable[str], text: str) -> str | None:
    """Return the label that is meant: the very same, else the first that begins with the text, else that holds it."""
    if not text:
        return None
    listed = list(labels)
    if text in listed:
        return text
    small = text.casefold()
    begins = (label for label in listed if label.casefold().startswith(small))
    holds = (label for label in listed if small in label.casefold())
    return next(begins, None) or next(holds, None)


def find_spot(services: Services, text: str, lang: str) -> Spot | None:
    """Return the place of a text: a name, ``lat,lon``, or the code of a cell; None where there is none near by."""
    cells = services.city.population
    labels = labels_of(services.places, lang)
    label = best_label(labels, text)
    if label is not None:
        place = services.places[labels[label]]
        return Spot(label, place.lonlat, place.xy)
    cell = services.travel.cell_index(text)
    if cell is not None:
        lonlat, xy = cells.lonlat[cell], cells.xy[cell]
        return Spot(text, (float(lonlat[0]), float(lonlat[1])), (float(xy[0]), float(xy[1])))
    found = read_lonlat(text)
    if found is None or distance_m(cells.lonlat, found).min() > FARTHEST_M:
        return None
    from geodata.crs import to_plane  # noqa: PLC0415 - loads the projection library

    x, y = to_plane(services.city.epsg, np.array([found]))[0]
    return Spot(f"{found[1]:.5f}, {found[0]:.5f}", found, (float(x), float(y)))
