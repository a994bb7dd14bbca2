"""Owns a configuration while it is chosen: the files by what they are, the municipality, the plan that grows."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.errors import Text
from geodata.mesh import bounds_many
from geodata.readers.json_table import place_of_name
from geodata.readers.recognise_city import (
    Municipality,
    did_cities,
    municipalities,
    name_in,
    named_first,
    place_points,
    thinned,
    town_table,
)

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.recognised import RecognisedFile
    from geodata.units import FloatArray

_ONE_CITY = re.compile(r"DDSWC(\d{5})(?!\d)")
"""Names of 小地域 outlines of one municipality, such as A002005212020DDSWC08202.zip."""


@dataclass(slots=True)
class Plan:
    """
    A configuration as chosen.

    `config`: keys and values in the order they are written; `why`: key → why this was chosen; `others`: key →
    fragments that were left out, each with its reason; `files`: everything that was looked at; `used`: paths that the
    configuration reads.
    """

    config: dict[str, Any]
    files: tuple[RecognisedFile, ...] = ()
    why: dict[str, list[Text]] = field(default_factory=lambda: defaultdict(list))
    others: dict[str, list[tuple[dict[str, Any], Text]]] = field(default_factory=lambda: defaultdict(list))

    def note(self, key: str, ja: str, en: str) -> None:
        """Keep why something was chosen."""
        self.why[key].append(Text(ja, en))

    def leave(self, key: str, fragment: dict[str, Any], ja: str, en: str) -> None:
        """Keep a fragment that was not chosen."""
        self.others[key].append((fragment, Text(ja, en)))


class Chooser:
    """One choice: the files by what they are, and the plan that grows."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder = folder
        self.plan = plan
        self.by_what: dict[str, list[RecognisedFile]] = defaultdict(list)
        for file in plan.files:
            self.by_what[file.what].append(file)
        self.points = thinned([p for f in self.by_what["gtfs"] for p in f.traits["lonlat"]])
        if not len(self.points):
            self.points = self._place_points()
        if not len(self.points):
            self.points = self._mesh_points()
        self.used: list[tuple[RecognisedFile, dict[str, Any] | None]] = []
        self.towns = next(iter(self.by_what["towns"]), None)
        self.town_table = town_table(folder / self.towns.path, self.points) if self.towns else None

    def _place_points(self) -> FloatArray:
        """Return where listed places lie: a mesh file begins at its corner, far from the city."""
        found: list[tuple[float, float]] = []
        for file in self.by_what["facilities"]:
            for entry in file.config_fragment.get("facilities", ()):
                found += place_points(self.folder / file.path, entry)
        return thinned(found)

    def _mesh_points(self) -> FloatArray:
        codes = [str(c) for f in self.by_what["estat_mesh"] for c in f.traits["codes"]]
        if not codes or len({len(c) for c in codes}) > 1:
            return np.zeros((0, 2))
        west, south, east, north = bounds_many(codes).T
        return np.stack([(west + east) / 2, (south + north) / 2], axis=1)

    def use(self, file: RecognisedFile, entry: dict[str, Any] | None = None) -> None:
        """Keep that a file is read; `entry` gets the id of its source."""
        self.used.append((file, entry))

    def municipality(self) -> Municipality | None:
        """Return the municipality that the files are about, and configure its boundary."""
        for file in self.by_what["municipality"]:
            found = named_first(municipalities(self.folder / file.path, self.points), self.folder.resolve().name)
            if not found:
                continue
            city = found[0]
            entry = {"path": file.path, "kind": "municipality", "id": "N03_007", "name": "N03_004", "where": city.where}
            self.plan.config.setdefault("boundaries", []).append(entry)
            self.use(file)
            if len(found) > 1:
                self._tell_choice(found)
            return city
        if self.town_table and self.town_table.cities:
            return named_first(self.town_table.cities, self.folder.resolve().name)[0]
        for file in self.by_what["did"]:
            cities = did_cities(self.folder / file.path, file.traits["city_column"], self.points)
            if cities:
                return named_first(cities, self.folder.resolve().name)[0]
        return self._municipality_of_names()

    def _municipality_of_names(self) -> Municipality | None:
        """Return the municipality that a file of one alone is named after, or names in its first row."""
        if self.towns and self.towns.path.lower().endswith(".json"):
            _, name = place_of_name(self.folder / self.towns.path)
            if name:
                return Municipality(name, "")
        told = {(f.traits["city"], m.group(1)) for f in self.by_what["small_area"] if (m := _ONE_CITY.search(f.path))}
        return Municipality(*told.pop()) if len(told) == 1 else None

    def _tell_choice(self, found: list[Municipality]) -> None:
        city, names = found[0], "・".join(m.name for m in found[1:6])
        by_name = name_in(city.name, self.folder.resolve().name)
        ja = "フォルダーの名前にある" if by_name else "停留所などが最も多く入る"
        en = "is named by the folder" if by_name else "holds most stops"
        self.plan.note(
            "boundaries",
            f"{len(found)} 市区町村のうち、{ja} {city.name} を選びました（ほか: {names}）",
            f"of {len(found)} municipalities, {city.name} {en} (others: {names})",
        )
