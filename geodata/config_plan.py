"""Owns choosing among recognised files: which make the layers of a city, and which stay as alternatives."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.config_sources import source_id_of, source_of
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
    says,
    thinned,
    town_table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geodata.recognised import RecognisedFile
    from geodata.units import FloatArray

_RAIL = {"0", "1", "2", "5", "7", "11", "12"}
_GENERIC = {"data", "input", "inputs", "raw", "files", "download", "downloads", "tmp", "city", "geo", "gis"}
DETOUR = {"detour": 1.3, "car_detour": 1.4}
CENSUS_YEAR = 2020
_ONE_CITY = re.compile(r"DDSWC(\d{5})(?!\d)")
"""Names of 小地域 outlines of one municipality, such as A002005212020DDSWC08202.zip."""
_SAME_STOPS = 0.7
"""Share of stops in common from which two feeds of one operator are editions of each other."""
_SAME_PLACES = {
    "P04": frozenset({"clinic", "hospital"}),
    "P05": frozenset({"city_office", "branch_office", "community_centre"}),
    "P02": frozenset({"city_office", "branch_office", "community_centre"}),
    "P29": frozenset({"elementary_school", "junior_high_school", "high_school"}),
}
"""Dataset of 国土数値情報 → kinds of places that a list of the city may hold as well."""


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


def plan_config(folder: Path, files: Sequence[RecognisedFile], *, base: str | None = None) -> Plan:
    """
    Choose what a folder of recognised files makes.

    People: the finest census first (250 m mesh, small areas, 500 m mesh), then the city's own cells, then DID with
    町丁目, then projections; the others stay as alternatives. The municipality is the one that holds most stops. Lines
    of 国土数値情報 without times are used only where no feed has that mode.

    Parameters
    ----------
    folder
        Where the files are.
    files
        What `recognise` told.
    base
        City that lends the layers no file brings.
    """
    plan = Plan({}, tuple(files))
    chooser = _Chooser(folder, plan)
    city = chooser.municipality()
    plan.config["id"] = _city_id(folder, city)
    name = city.name if city else (folder.resolve().name or "city")
    plan.config["name"] = {"ja": name, "en": name}
    if base is not None:
        plan.config["base"] = base
    chooser.people(city)
    chooser.timetable()
    chooser.streets()
    chooser.places(city)
    chooser.sources()
    return plan


def older_editions(feeds: Sequence[RecognisedFile]) -> dict[str, str]:
    """
    Return path of a feed → path of the newer edition of the same operator that is in the folder as well.

    Editions have the same agencies and mostly the same stops, and begin on other days. Feeds of one operator that
    share few stops are parts of its network, and are all used.
    """
    newest: dict[str, str] = {}
    ordered = sorted(feeds, key=lambda f: (f.traits["start"], f.path), reverse=True)
    for n, old in enumerate(ordered):
        for new in ordered[:n]:
            if new.path not in newest and _is_edition(old, new):
                newest[old.path] = new.path
                break
    return newest


def _is_edition(old: RecognisedFile, new: RecognisedFile) -> bool:
    told = old.traits["agencies"] and old.traits["start"] and new.traits["start"]
    if not told or old.traits["agencies"] != new.traits["agencies"] or old.traits["start"] == new.traits["start"]:
        return False
    here, there = ({(round(x, 4), round(y, 4)) for x, y in f.traits["lonlat"]} for f in (old, new))
    return len(here & there) >= _SAME_STOPS * max(len(here), len(there), 1)


class _Chooser:
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

    def people(self, city: Municipality | None) -> None:
        """Configure the finest population, and keep the others."""
        offers = sorted(self._offers(city), key=lambda offer: offer[0])
        for rank, (_, fragment, files) in enumerate(offers):
            if rank:
                self.plan.leave(
                    "population",
                    {"population": fragment},
                    "より粗いか、重なる人口",
                    "coarser, or the same people again",
                )
                continue
            self.plan.config["population"] = fragment
            for file in files:
                self.use(file)
        self._outlook()
        self._districts()
        self._controls()
        for file in self.by_what["daytime"][:1]:
            entry = dict(file.config_fragment["daytime"])
            entry["year"] = entry.get("year") or CENSUS_YEAR
            self.plan.config["daytime"] = entry
            self.use(file, entry)

    def _offers(self, city: Municipality | None) -> list[tuple[float, dict[str, Any], list[RecognisedFile]]]:
        """Return every way to people: rank (lower is better), fragment, files."""
        offers: list[tuple[float, dict[str, Any], list[RecognisedFile]]] = []
        by_size: dict[int, list[RecognisedFile]] = defaultdict(list)
        for file in self.by_what["estat_mesh"]:
            by_size[file.traits["size_m"]].append(file)
        for size, files in by_size.items():
            rank = {125: 0.5, 250: 0.0, 500: 2.0}.get(size, 4.0)
            offers.append((rank, {"kind": "estat_mesh", "path": [f.path for f in files]}, files))
        offers += self._small_areas()
        for file in self.by_what["mesh_csv"]:
            rank = 0.6 if file.traits["size_m"] <= 250 else 2.5  # noqa: PLR2004 -- metres
            offers.append((rank, self._dated(file), [file]))
        offers += [(1.5, self._dated(f), [f]) for f in self.by_what["cells_csv"]]
        offers += [(3.0, self._dated(f), [f]) for f in self.by_what["features"]]
        offers += self._did_towns(city)
        if future := self.by_what["future_mesh"]:
            years = future[0].traits["years"]
            fragment = {"kind": "future_mesh", "path": [f.path for f in future], "year": years[0]}
            offers.append((6.0, fragment, future))
        return offers

    def _small_areas(self) -> list[tuple[float, dict[str, Any], list[RecognisedFile]]]:
        areas = self.by_what["small_area"]
        tables: dict[str, list[RecognisedFile]] = defaultdict(list)
        for file in self.by_what["small_area_table"]:
            if file.traits["has_people"]:
                tables[str(file.traits["table"])[:10].lower()].append(file)
        best = max(tables.values(), key=lambda files: files[0].traits["has_ages"], default=[])
        if not areas or not (best or areas[0].traits["has_people"]):
            return []
        fragment: dict[str, Any] = {"kind": "small_area", "boundaries": [f.path for f in areas]}
        if best:
            fragment["table"] = [f.path for f in best]
        return [(1.0, fragment, [*areas, *best])]

    def _did_towns(self, city: Municipality | None) -> list[tuple[float, dict[str, Any], list[RecognisedFile]]]:
        if not self.by_what["did"] or self.towns is None or self.town_table is None:
            return []
        file = self.by_what["did"][0]
        fragment: dict[str, Any] = dict(file.config_fragment["population"])
        names = did_cities(self.folder / file.path, file.traits["city_column"], self.points)
        mine = next((m for m in names if city and m.name == city.name), next(iter(names), None))
        if mine is not None:
            fragment["did_where"] = mine.where
        fragment |= {"towns": self.towns.path, "town_name": self.town_table.name}
        fragment["town_district"] = self.town_table.district
        town_city = next((m for m in self.town_table.cities if city and city.name == m.name), None)
        town_city = town_city or next(iter(self.town_table.cities), None)
        if town_city is not None:
            fragment["town_where"] = town_city.where
        if "boundaries" in self.plan.config:
            entry = self.plan.config["boundaries"][0]
            fragment |= {"boundary": entry["path"], "boundary_where": entry["where"]}
        year = file.traits["year"] or CENSUS_YEAR
        fragment |= {"year": year, "base_date": f"{year}-10-01"}
        self.plan.note(
            "population",
            "total_persons: に国勢調査の総人口を書くと、DID の外の人口も町丁目に配られます",
            "give total_persons: (the census total) to spread the people outside the DIDs as well",
        )
        return [(5.0, fragment, [file])]

    def _dated(self, file: RecognisedFile) -> dict[str, Any]:
        """Return a fragment with year and date; where the file does not tell, the feed's year stands for it."""
        starts = [f.traits["start"][:4] for f in self.by_what["gtfs"] if f.traits["start"]]
        year = file.traits.get("year") or (int(min(starts)) if starts else CENSUS_YEAR)
        if not file.traits.get("year"):
            self.plan.note(
                "population",
                f"{file.path} には年が書かれていません。year: と base_date: を確かめてください",
                f"{file.path} does not tell its year: check year: and base_date:",
            )
        return {**file.config_fragment["population"], "year": year, "base_date": f"{year}-10-01"}

    def _outlook(self) -> None:
        chosen = self.plan.config.get("population", {}).get("kind")
        files = self.by_what["future_mesh"]
        if files and chosen is not None:
            entry: dict[str, Any] = {"path": [f.path for f in files]}
            self.plan.config["outlook"] = entry
            if chosen != "future_mesh":
                for file in files:
                    self.use(file, entry)

    def _districts(self) -> None:
        """Give cells without districts those of small areas, or of school districts."""
        kind = self.plan.config.get("population", {}).get("kind")
        if kind in {None, "small_area", "did_towns"}:
            return
        schools = [f for f in self.by_what["ksj"] if f.traits["dataset"] == "A27"]
        wants_schools = any(f.traits["schools"] for f in self.by_what["controls"])
        areas = [] if wants_schools and schools else self.by_what["small_area"]
        for file in (areas or schools)[:1]:
            self.plan.config["districts"] = {"path": file.path}

    def _has_districts(self) -> bool:
        kind = self.plan.config.get("population", {}).get("kind")
        return "districts" in self.plan.config or kind in {"small_area", "did_towns"}

    def _controls(self) -> None:
        for file in self.by_what["controls"]:
            year = file.traits["year"] or CENSUS_YEAR
            entry = {**file.config_fragment["controls"][0], "date": file.traits["date"] or f"{year}-10-01"}
            if "population" not in self.plan.config:
                self.plan.leave(
                    "controls", {"controls": [entry]}, "合わせる相手の人口がありません", "there are no cells to fit"
                )
                continue
            if not self._has_districts():
                self.plan.leave(
                    "controls",
                    {"controls": [entry]},
                    "地区の区域（学区 A27、小地域の境界など）がないので合わせられません。districts: に書いてください",
                    "there are no areas of districts to fit: give districts:",
                )
                continue
            self.plan.config.setdefault("controls", []).append(entry)
            if not file.traits["date"]:
                self.plan.note(
                    "controls",
                    f"{file.path} の基準日 {entry['date']} を確かめてください",
                    f"check the date {entry['date']} of {file.path}",
                )
            self.use(file, entry)

    def timetable(self) -> None:
        """Configure feeds, and lines of 国土数値情報 where no feed has their mode."""
        types = {t for f in self.by_what["gtfs"] for t in f.traits["route_types"]}
        newer = older_editions(self.by_what["gtfs"])
        for file in self.by_what["gtfs"]:
            entry = dict(file.config_fragment["gtfs"][0])
            if file.path in newer:
                self.plan.leave(
                    "gtfs",
                    {"gtfs": [entry]},
                    f"同じ事業者の新しい版 {newer[file.path]} があるので使いません（便が二重になるため）",
                    f"{newer[file.path]} is a newer edition of the same operator: trips would count twice",
                )
                continue
            self.plan.config.setdefault("gtfs", []).append(entry)
            self.use(file, entry)
        for file in self._joined_ksj():
            dataset, entry = file.traits["dataset"], dict(file.config_fragment["ksj"][0])
            twin = self._listed_already(dataset)
            if twin:
                self.plan.leave(
                    "ksj",
                    {"ksj": [entry]},
                    f"{dataset} の施設は {twin} にあるので使いません（二重に数えないため）",
                    f"the places of {dataset} stand in {twin}: they would count twice",
                )
                continue
            taken = types & _RAIL if dataset == "N02" else types - _RAIL if dataset in {"N07", "P11"} else set()
            if taken:
                self.plan.leave(
                    "ksj",
                    {"ksj": [entry]},
                    f"{dataset} の交通は GTFS にあるので使いません",
                    f"a feed holds the lines of {dataset} already",
                )
                continue
            self.plan.config.setdefault("ksj", []).append(entry)
            self.use(file, entry)

    def _joined_ksj(self) -> list[RecognisedFile]:
        """Return the files of 国土数値情報; lines and stations of N02 that were unpacked are one, their folder."""
        found: dict[str, RecognisedFile] = {}
        for file in self.by_what["ksj"]:
            parent = PurePosixPath(file.path).parent.as_posix()
            if file.traits["dataset"] != "N02" or file.path.lower().endswith(".zip") or parent == ".":
                found[file.path] = file
                continue
            found[parent] = replace(file, path=parent, config_fragment={"ksj": [{"path": parent, "dataset": "N02"}]})
        return list(found.values())

    def _listed_already(self, dataset: str) -> str:
        """Return the file that lists the places of a dataset already; "" where none does."""
        kinds = _SAME_PLACES.get(dataset, frozenset())
        lists = [f.path for f in self.by_what["facilities"] if kinds & set(f.traits["kinds"])]
        newer = [f.path for f in self.by_what["ksj"] if dataset == "P02" and f.traits["dataset"] == "P05"]
        return next(iter(lists + newer), "")

    def streets(self) -> None:
        """Configure a network with heights, or the straight line."""
        networks = self.by_what["osm_pbf"] + self.by_what["graphml"]
        heights, closed = self.by_what["elevation"], self.by_what["barriers"]
        if not networks:
            self._no_streets()
            for file in heights:
                self.plan.leave("streets", file.config_fragment, "標高には道路が必要です", "heights need streets")
            for file in closed:
                self.plan.leave(
                    "streets",
                    file.config_fragment,
                    "通れない線・区域には道路が必要です（streets: の osm_pbf: と barriers: に書きます）",
                    "barriers need streets (give osm_pbf: and barriers: in streets:)",
                )
            return
        self.plan.config["streets"] = dict(networks[0].config_fragment["streets"])
        self.use(networks[0])
        for file in networks[1:]:
            self.plan.leave("streets", file.config_fragment, "道路は一つだけ使います", "only one is used")
        if heights:
            self.plan.config["streets"] |= heights[0].config_fragment["streets"]
            self.use(heights[0])
        for file in heights[1:]:
            self.plan.leave("streets", file.config_fragment, "標高は一つだけ使います", "only one is used")
        if closed:
            self.plan.config["streets"]["barriers"] = [{"path": f.path} for f in closed]

    def _no_streets(self) -> None:
        """Configure the straight line; over a base city its streets stay."""
        if "base" in self.plan.config:
            return
        self.plan.config["streets"] = dict(DETOUR)
        self.plan.note(
            "streets",
            "道路がないので直線距離 × 1.3（仮定）。osm_pbf: に OpenStreetMap の抽出を書くと実測になります",
            "no streets: straight line × 1.3 (assumed); give osm_pbf: an OpenStreetMap extract",
        )

    def places(self, city: Municipality | None) -> None:
        """Configure towns, facilities and opinions; of lists that reach beyond the city, only its own rows."""
        if self.towns is not None:
            self.plan.config["towns"] = {"path": [f.path for f in self.by_what["towns"]]}
        shelters = [f for f in self.by_what["facilities"] if f.traits["kind"] == "shelter"]
        with_hazards = any(f.traits["hazards"] for f in shelters)
        for file in self.by_what["facilities"]:
            entry = dict(file.config_fragment["facilities"][0])
            if city is not None and set(file.traits["cities"]) - {city.name}:
                if not says(self.folder / file.path, city.name):
                    ja, en = f"{city.name} の住所がありません", f"holds no address in {city.name}"
                    self.plan.leave("facilities", {"facilities": [entry]}, ja, en)
                    continue
                entry["municipality"] = city.name
            hours = self._hours_of(file)
            if hours:
                entry["hours_path"] = hours
            if with_hazards and file in shelters and not file.traits["hazards"]:
                self.plan.leave(
                    "facilities",
                    {"facilities": [entry]},
                    "指定緊急避難場所（災害種別あり）と重なるので使いません",
                    "the same places stand in the list with hazards",
                )
                continue
            self.plan.config.setdefault("facilities", []).append(entry)
            self.use(file, entry)
        for file in self.by_what["opinions"]:
            entry = dict(file.config_fragment["opinions"][0])
            self.plan.config.setdefault("opinions", []).append(entry)
            self.use(file, entry)

    def _hours_of(self, file: RecognisedFile) -> str:
        """Return the table of hours that belongs to a list of 医療情報ネット (02-1 and 02-2, of one day)."""
        first = re.match(r"(\d+)-\d", PurePosixPath(file.path).name)
        if first is None:
            return ""
        mine = [f.path for f in self.by_what["hours"] if PurePosixPath(f.path).name.startswith(f"{first.group(1)}-")]
        return next(iter(mine), "")

    def sources(self) -> None:
        """Write where every file that is read comes from, and name it in its entry."""
        taken: set[str] = set()
        entries = []
        for file, entry in self.used:
            source = source_of(file, source_id_of(file, taken), str(file.traits.get("year") or ""))
            if source is None:
                continue
            entries.append(source)
            if entry is not None:
                entry["source"] = source["id"]
        if entries:
            self.plan.config["sources"] = entries


def _city_id(folder: Path, city: Municipality | None) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")[:64].strip("-")
    if slug and slug not in _GENERIC:
        return slug
    return f"city-{city.code}" if city and city.code else slug or "city"
