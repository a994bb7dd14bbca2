"""Owns choosing among recognised files: which make the layers of a city, and which stay as alternatives."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from geodata.config_choice import Chooser, Plan
from geodata.config_people import choose_people
from geodata.config_sources import source_id_of, source_of
from geodata.readers.recognise_city import (
    Municipality,
    says,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geodata.recognised import RecognisedFile

_RAIL = {"0", "1", "2", "5", "7", "11", "12"}
_GENERIC = {"data", "input", "inputs", "raw", "files", "download", "downloads", "tmp", "city", "geo", "gis"}
DETOUR = {"detour": 1.3, "car_detour": 1.4}
_SAME_STOPS = 0.7
"""Share of stops in common from which two feeds of one operator are editions of each other."""
_SAME_PLACES = {
    "P04": frozenset({"clinic", "hospital"}),
    "P05": frozenset({"city_office", "branch_office", "community_centre"}),
    "P02": frozenset({"city_office", "branch_office", "community_centre"}),
    "P29": frozenset({"elementary_school", "junior_high_school", "high_school"}),
}
"""Dataset of 国土数値情報 → kinds of places that a list of the city may hold as well."""


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
    chooser = Chooser(folder, plan)
    city = chooser.municipality()
    plan.config["id"] = _city_id(folder, city)
    name = city.name if city else (folder.resolve().name or "city")
    plan.config["name"] = {"ja": name, "en": name}
    if base is not None:
        plan.config["base"] = base
    choose_people(chooser, city)
    _choose_timetable(chooser)
    _choose_streets(chooser)
    _choose_places(chooser, city)
    _choose_sources(chooser)
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


def _choose_timetable(chooser: Chooser) -> None:
    """Configure feeds, and lines of 国土数値情報 where no feed has their mode."""
    types = {t for f in chooser.by_what["gtfs"] for t in f.traits["route_types"]}
    newer = older_editions(chooser.by_what["gtfs"])
    for file in chooser.by_what["gtfs"]:
        entry = dict(file.config_fragment["gtfs"][0])
        if file.path in newer:
            chooser.plan.leave(
                "gtfs",
                {"gtfs": [entry]},
                f"同じ事業者の新しい版 {newer[file.path]} があるので使いません（便が二重になるため）",
                f"{newer[file.path]} is a newer edition of the same operator: trips would count twice",
            )
            continue
        chooser.plan.config.setdefault("gtfs", []).append(entry)
        chooser.use(file, entry)
    for file in _joined_ksj(chooser):
        dataset, entry = file.traits["dataset"], dict(file.config_fragment["ksj"][0])
        twin = _listed_already(chooser, dataset)
        if twin:
            chooser.plan.leave(
                "ksj",
                {"ksj": [entry]},
                f"{dataset} の施設は {twin} にあるので使いません（二重に数えないため）",
                f"the places of {dataset} stand in {twin}: they would count twice",
            )
            continue
        taken = types & _RAIL if dataset == "N02" else types - _RAIL if dataset in {"N07", "P11"} else set()
        if taken:
            chooser.plan.leave(
                "ksj",
                {"ksj": [entry]},
                f"{dataset} の交通は GTFS にあるので使いません",
                f"a feed holds the lines of {dataset} already",
            )
            continue
        chooser.plan.config.setdefault("ksj", []).append(entry)
        chooser.use(file, entry)


def _joined_ksj(chooser: Chooser) -> list[RecognisedFile]:
    """Return the files of 国土数値情報; lines and stations of N02 that were unpacked are one, their folder."""
    found: dict[str, RecognisedFile] = {}
    for file in chooser.by_what["ksj"]:
        parent = PurePosixPath(file.path).parent.as_posix()
        if file.traits["dataset"] != "N02" or file.path.lower().endswith(".zip") or parent == ".":
            found[file.path] = file
            continue
        found[parent] = replace(file, path=parent, config_fragment={"ksj": [{"path": parent, "dataset": "N02"}]})
    return list(found.values())


def _listed_already(chooser: Chooser, dataset: str) -> str:
    """Return the file that lists the places of a dataset already; "" where none does."""
    kinds = _SAME_PLACES.get(dataset, frozenset())
    lists = [f.path for f in chooser.by_what["facilities"] if kinds & set(f.traits["kinds"])]
    newer = [f.path for f in chooser.by_what["ksj"] if dataset == "P02" and f.traits["dataset"] == "P05"]
    return next(iter(lists + newer), "")


def _choose_streets(chooser: Chooser) -> None:
    """Configure a network with heights, or the straight line."""
    networks = chooser.by_what["osm_pbf"] + chooser.by_what["graphml"]
    heights, closed = chooser.by_what["elevation"], chooser.by_what["barriers"]
    if not networks:
        _no_streets(chooser)
        for file in heights:
            chooser.plan.leave("streets", file.config_fragment, "標高には道路が必要です", "heights need streets")
        for file in closed:
            chooser.plan.leave(
                "streets",
                file.config_fragment,
                "通れない線・区域には道路が必要です（streets: の osm_pbf: と barriers: に書きます）",
                "barriers need streets (give osm_pbf: and barriers: in streets:)",
            )
        return
    chooser.plan.config["streets"] = dict(networks[0].config_fragment["streets"])
    chooser.use(networks[0])
    for file in networks[1:]:
        chooser.plan.leave("streets", file.config_fragment, "道路は一つだけ使います", "only one is used")
    if heights:
        chooser.plan.config["streets"] |= heights[0].config_fragment["streets"]
        chooser.use(heights[0])
    for file in heights[1:]:
        chooser.plan.leave("streets", file.config_fragment, "標高は一つだけ使います", "only one is used")
    if closed:
        chooser.plan.config["streets"]["barriers"] = [{"path": f.path} for f in closed]


def _no_streets(chooser: Chooser) -> None:
    """Configure the straight line; over a base city its streets stay."""
    if "base" in chooser.plan.config:
        return
    chooser.plan.config["streets"] = dict(DETOUR)
    chooser.plan.note(
        "streets",
        "道路がないので直線距離 × 1.3（仮定）。osm_pbf: に OpenStreetMap の抽出を書くと実測になります",
        "no streets: straight line × 1.3 (assumed); give osm_pbf: an OpenStreetMap extract",
    )


def _choose_places(chooser: Chooser, city: Municipality | None) -> None:
    """Configure towns, facilities and opinions; of lists that reach beyond the city, only its own rows."""
    if chooser.towns is not None:
        chooser.plan.config["towns"] = {"path": [f.path for f in chooser.by_what["towns"]]}
    shelters = [f for f in chooser.by_what["facilities"] if f.traits["kind"] == "shelter"]
    with_hazards = any(f.traits["hazards"] for f in shelters)
    for file in chooser.by_what["facilities"]:
        entry = dict(file.config_fragment["facilities"][0])
        if city is not None and set(file.traits["cities"]) - {city.name}:
            if not says(chooser.folder / file.path, city.name):
                ja, en = f"{city.name} の住所がありません", f"holds no address in {city.name}"
                chooser.plan.leave("facilities", {"facilities": [entry]}, ja, en)
                continue
            entry["municipality"] = city.name
        hours = _hours_of(chooser, file)
        if hours:
            entry["hours_path"] = hours
        if with_hazards and file in shelters and not file.traits["hazards"]:
            chooser.plan.leave(
                "facilities",
                {"facilities": [entry]},
                "指定緊急避難場所（災害種別あり）と重なるので使いません",
                "the same places stand in the list with hazards",
            )
            continue
        chooser.plan.config.setdefault("facilities", []).append(entry)
        chooser.use(file, entry)
    for file in chooser.by_what["opinions"]:
        entry = dict(file.config_fragment["opinions"][0])
        chooser.plan.config.setdefault("opinions", []).append(entry)
        chooser.use(file, entry)


def _hours_of(chooser: Chooser, file: RecognisedFile) -> str:
    """Return the table of hours that belongs to a list of 医療情報ネット (02-1 and 02-2, of one day)."""
    first = re.match(r"(\d+)-\d", PurePosixPath(file.path).name)
    if first is None:
        return ""
    mine = [f.path for f in chooser.by_what["hours"] if PurePosixPath(f.path).name.startswith(f"{first.group(1)}-")]
    return next(iter(mine), "")


def _choose_sources(chooser: Chooser) -> None:
    """Write where every file that is read comes from, and name it in its entry."""
    taken: set[str] = set()
    entries = []
    for file, entry in chooser.used:
        source = source_of(file, source_id_of(file, taken), str(file.traits.get("year") or ""))
        if source is None:
            continue
        entries.append(source)
        if entry is not None:
            entry["source"] = source["id"]
    if entries:
        chooser.plan.config["sources"] = entries


def _city_id(folder: Path, city: Municipality | None) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")[:64].strip("-")
    if slug and slug not in _GENERIC:
        return slug
    return f"city-{city.code}" if city and city.code else slug or "city"
