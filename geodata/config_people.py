"""Owns choosing the people of a city among recognised files: the finest census, and what it is fitted to."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from geodata.config_choice import Chooser
from geodata.readers.recognise_city import (
    Municipality,
    did_cities,
)

if TYPE_CHECKING:
    from geodata.recognised import RecognisedFile

CENSUS_YEAR = 2020


def choose_people(chooser: Chooser, city: Municipality | None) -> None:
    """Configure the finest population, and keep the others."""
    offers = sorted(_offers(chooser, city), key=lambda offer: offer[0])
    for rank, (_, fragment, files) in enumerate(offers):
        if rank:
            chooser.plan.leave(
                "population",
                {"population": fragment},
                "より粗いか、重なる人口",
                "coarser, or the same people again",
            )
            continue
        chooser.plan.config["population"] = fragment
        for file in files:
            chooser.use(file)
    _outlook(chooser)
    _districts(chooser)
    _controls(chooser)
    for file in chooser.by_what["daytime"][:1]:
        entry = dict(file.config_fragment["daytime"])
        entry["year"] = entry.get("year") or CENSUS_YEAR
        chooser.plan.config["daytime"] = entry
        chooser.use(file, entry)


def _offers(chooser: Chooser, city: Municipality | None) -> list[tuple[float, dict[str, Any], list[RecognisedFile]]]:
    """Return every way to people: rank (lower is better), fragment, files."""
    offers: list[tuple[float, dict[str, Any], list[RecognisedFile]]] = []
    by_size: dict[int, list[RecognisedFile]] = defaultdict(list)
    for file in chooser.by_what["estat_mesh"]:
        by_size[file.traits["size_m"]].append(file)
    for size, files in by_size.items():
        rank = {125: 0.5, 250: 0.0, 500: 2.0}.get(size, 4.0)
        offers.append((rank, {"kind": "estat_mesh", "path": [f.path for f in files]}, files))
    offers += _small_areas(chooser)
    for file in chooser.by_what["mesh_csv"]:
        rank = 0.6 if file.traits["size_m"] <= 250 else 2.5  # noqa: PLR2004 -- metres
        offers.append((rank, _dated(chooser, file), [file]))
    offers += [(1.5, _dated(chooser, f), [f]) for f in chooser.by_what["cells_csv"]]
    offers += [(3.0, _dated(chooser, f), [f]) for f in chooser.by_what["features"]]
    offers += _did_towns(chooser, city)
    if future := chooser.by_what["future_mesh"]:
        years = future[0].traits["years"]
        fragment = {"kind": "future_mesh", "path": [f.path for f in future], "year": years[0]}
        offers.append((6.0, fragment, future))
    return offers


def _small_areas(chooser: Chooser) -> list[tuple[float, dict[str, Any], list[RecognisedFile]]]:
    areas = chooser.by_what["small_area"]
    tables: dict[str, list[RecognisedFile]] = defaultdict(list)
    for file in chooser.by_what["small_area_table"]:
        if file.traits["has_people"]:
            tables[str(file.traits["table"])[:10].lower()].append(file)
    best = max(tables.values(), key=lambda files: files[0].traits["has_ages"], default=[])
    if not areas or not (best or areas[0].traits["has_people"]):
        return []
    fragment: dict[str, Any] = {"kind": "small_area", "boundaries": [f.path for f in areas]}
    if best:
        fragment["table"] = [f.path for f in best]
    return [(1.0, fragment, [*areas, *best])]


def _did_towns(chooser: Chooser, city: Municipality | None) -> list[tuple[float, dict[str, Any], list[RecognisedFile]]]:
    if not chooser.by_what["did"] or chooser.towns is None or chooser.town_table is None:
        return []
    file = chooser.by_what["did"][0]
    fragment: dict[str, Any] = dict(file.config_fragment["population"])
    names = did_cities(chooser.folder / file.path, file.traits["city_column"], chooser.points)
    mine = next((m for m in names if city and m.name == city.name), next(iter(names), None))
    if mine is not None:
        fragment["did_where"] = mine.where
    fragment |= {"towns": chooser.towns.path, "town_name": chooser.town_table.name}
    fragment["town_district"] = chooser.town_table.district
    town_city = next((m for m in chooser.town_table.cities if city and city.name == m.name), None)
    town_city = town_city or next(iter(chooser.town_table.cities), None)
    if town_city is not None:
        fragment["town_where"] = town_city.where
    if "boundaries" in chooser.plan.config:
        entry = chooser.plan.config["boundaries"][0]
        fragment |= {"boundary": entry["path"], "boundary_where": entry["where"]}
    year = file.traits["year"] or CENSUS_YEAR
    fragment |= {"year": year, "base_date": f"{year}-10-01"}
    chooser.plan.note(
        "population",
        "total_persons: に国勢調査の総人口を書くと、DID の外の人口も町丁目に配られます",
        "give total_persons: (the census total) to spread the people outside the DIDs as well",
    )
    return [(5.0, fragment, [file])]


def _dated(chooser: Chooser, file: RecognisedFile) -> dict[str, Any]:
    """Return a fragment with year and date; where the file does not tell, the feed's year stands for it."""
    starts = [f.traits["start"][:4] for f in chooser.by_what["gtfs"] if f.traits["start"]]
    year = file.traits.get("year") or (int(min(starts)) if starts else CENSUS_YEAR)
    if not file.traits.get("year"):
        chooser.plan.note(
            "population",
            f"{file.path} には年が書かれていません。year: と base_date: を確かめてください",
            f"{file.path} does not tell its year: check year: and base_date:",
        )
    return {**file.config_fragment["population"], "year": year, "base_date": f"{year}-10-01"}


def _outlook(chooser: Chooser) -> None:
    chosen = chooser.plan.config.get("population", {}).get("kind")
    files = chooser.by_what["future_mesh"]
    if files and chosen is not None:
        entry: dict[str, Any] = {"path": [f.path for f in files]}
        chooser.plan.config["outlook"] = entry
        if chosen != "future_mesh":
            for file in files:
                chooser.use(file, entry)


def _districts(chooser: Chooser) -> None:
    """Give cells without districts those of small areas, or of school districts."""
    kind = chooser.plan.config.get("population", {}).get("kind")
    if kind in {None, "small_area", "did_towns"}:
        return
    schools = [f for f in chooser.by_what["ksj"] if f.traits["dataset"] == "A27"]
    wants_schools = any(f.traits["schools"] for f in chooser.by_what["controls"])
    areas = [] if wants_schools and schools else chooser.by_what["small_area"]
    for file in (areas or schools)[:1]:
        chooser.plan.config["districts"] = {"path": file.path}


def _has_districts(chooser: Chooser) -> bool:
    kind = chooser.plan.config.get("population", {}).get("kind")
    return "districts" in chooser.plan.config or kind in {"small_area", "did_towns"}


def _controls(chooser: Chooser) -> None:
    for file in chooser.by_what["controls"]:
        year = file.traits["year"] or CENSUS_YEAR
        entry = {**file.config_fragment["controls"][0], "date": file.traits["date"] or f"{year}-10-01"}
        if "population" not in chooser.plan.config:
            chooser.plan.leave(
                "controls", {"controls": [entry]}, "合わせる相手の人口がありません", "there are no cells to fit"
            )
            continue
        if not _has_districts(chooser):
            chooser.plan.leave(
                "controls",
                {"controls": [entry]},
                "地区の区域（学区 A27、小地域の境界など）がないので合わせられません。districts: に書いてください",
                "there are no areas of districts to fit: give districts:",
            )
            continue
        chooser.plan.config.setdefault("controls", []).append(entry)
        if not file.traits["date"]:
            chooser.plan.note(
                "controls",
                f"{file.path} の基準日 {entry['date']} を確かめてください",
                f"check the date {entry['date']} of {file.path}",
            )
        chooser.use(file, entry)
