"""Owns the facilities of the bundled city: medical, offices, halls, schools, workplaces, shelters, station fronts."""

from __future__ import annotations

import math
import re
from typing import Any

from geodata.compile import facts
from geodata.compile.inputs import Inputs, Town
from geodata.compile.lines import Lines
from geodata.compile.tables import Row, Table, degrees, plane, table

CATEGORY_KIND = {
    "city_hall": "city_office",
    "city_branch_office": "branch_office",
    "community_centre": "community_centre",
    "elementary_school": "elementary_school",
    "junior_high_school": "junior_high_school",
    "high_school_or_college": "high_school",
    "health_welfare_centre": "welfare",
    "park_or_sports": "park_or_sports",
    "other": "other",
}

MEDICAL_ERROR_M = {"chome-centroid": 300, "town-centroid": 1000}
IN_HOUSE = re.compile("健康管理センタ")
"""An institution of a company for its own people is not open to the public; told by its name."""

SPECIALTIES = (
    "整形外科", "胃腸科", "内科", "外科", "小児科", "皮膚科", "眼科", "耳鼻咽喉科", "呼吸器", "リウマチ",
    "神経科", "腎臓病", "在宅", "休日緊急",
)  # fmt: skip
"""Looked for in the institution's name, since the list has no departments; what was found is taken out of the name."""

LEGAL_FORM = re.compile("法人|株式会社")

HAZARDS = {
    "洪水": "flood",
    "崖崩れ、土石流及び地滑り": "landslide",
    "高潮": "storm_surge",
    "地震": "earthquake",
    "津波": "tsunami",
    "大規模な火事": "fire",
    "内水氾濫": "inland_flood",
    "火山現象": "volcano",
}

BRANCHES = (
    ("多賀支所", "大久保交流センター"),
    ("豊浦支所", "豊浦交流センター"),
    ("十王支所", "十王交流センター"),
    ("西部支所", "中里交流センター"),
)
"""Branch offices known by name only, and the hall whose nearest 町丁目 point stands in for them. Assumption. 日高 is
left out: whether it has one is not known."""
ASSUMED_ERROR_M = 1000
SAME_PLACE_M = 200.0
_SITE = 11
"""Leading characters of a shelter's common id that both lists share for one site."""


def facilities_table(inputs: Inputs, lines: Lines) -> Table:
    """Return facilities.csv, one row per institution and kind."""
    rows = [
        *_medical(inputs),
        *_public(inputs),
        *_branches(inputs),
        *_workplaces(lines),
        *_station_fronts(lines),
        *_shelters(inputs),
    ]
    return table("facilities.csv", rows)


def _row(facility_id: str, name: str, kind: str, lonlat: tuple[float, float], **more: str | float) -> Row:
    return {
        "facility_id": facility_id,
        "name": name,
        "kind": kind,
        "lon": degrees(lonlat[0]),
        "lat": degrees(lonlat[1]),
        "position_error_m": f"{float(more['error_m']):.0f}",
        "open_to_public": str(int(more.get("open_to_public", 1))),
        "specialty": str(more.get("specialty", "")),
        "hazards": str(more.get("hazards", "")),
        "status": str(more["status"]),
        "source_id": str(more["source_id"]),
    }


def _medical(inputs: Inputs) -> list[Row]:
    return [
        _row(
            f"med-{i + 1:03d}",
            _short_name(str(r["name"])),
            str(r["kind"]),
            (float(r["lon"]), float(r["lat"])),
            error_m=MEDICAL_ERROR_M[str(r["coord_quality"])],
            open_to_public=0 if IN_HOUSE.search(str(r["name"])) else 1,
            specialty="|".join(_specialties(str(r["name"]))),
            status="observed",
            source_id="medical",
        )
        for i, r in enumerate(inputs.medical.to_dict("records"))
    ]


def _short_name(name: str) -> str:
    """Return the name people use: without the legal form and the company in front."""
    words = name.split()
    return words[-1] if LEGAL_FORM.search(words[0]) else " ".join(words)


def _specialties(name: str) -> list[str]:
    found = []
    for specialty in SPECIALTIES:
        if specialty in name:
            found.append(specialty)
            name = name.replace(specialty, " ")
    return found


def _plain(name: str) -> str:
    return re.sub(r"（.*?）|㈱日立製作所", "", name).strip()


def _public(inputs: Inputs) -> list[Row]:
    rows: list[Row] = []
    seen: dict[str, Any] = {}
    for r in inputs.facilities.to_dict("records"):
        lonlat = (float(r["lon"]), float(r["lat"]))
        xy = plane(facts.EPSG, *lonlat)
        name = str(r["name"])
        if _plain(name) in seen and math.dist(seen[_plain(name)], xy) < SAME_PLACE_M:
            continue
        seen[_plain(name)] = xy
        closed = r["closed_school"] == "yes"
        branch = r["category"] == "city_branch_office"
        rows.append(
            _row(
                f"pub-{len(rows) + 1:03d}",
                "南部支所" if branch else name,
                "other" if closed else CATEGORY_KIND[str(r["category"])],
                lonlat,
                error_m=0,
                specialty="閉校" if closed else "",
                status="observed",
                source_id="city-hall" if r["category"] == "city_hall" else "facilities",
            ),
        )
    return rows


def _branches(inputs: Inputs) -> list[Row]:
    rows = []
    for i, (name, hall) in enumerate(BRANCHES):
        near = next(r for r in inputs.facilities.to_dict("records") if str(r["name"]).startswith(hall))
        town = _nearest_town(inputs, float(near["lon"]), float(near["lat"]))
        rows.append(
            _row(
                f"branch-{i + 1}",
                f"{name}（位置は仮定）",
                "branch_office",
                (town.lon, town.lat),
                error_m=ASSUMED_ERROR_M,
                status="assumed",
                source_id="branches",
            ),
        )
    return rows


def _nearest_town(inputs: Inputs, lon: float, lat: float) -> Town:
    here = plane(facts.EPSG, lon, lat)
    return min(inputs.towns, key=lambda t: math.dist(here, plane(facts.EPSG, t.lon, t.lat)))


def _workplaces(lines: Lines) -> list[Row]:
    works = [s for s in lines.stops if s["name"] in {"臨海工場前", "大甕工場前"}]
    return [
        _row(
            f"wrk-{i + 1}",
            f"{s['name'].removesuffix('前')}（位置は仮定）",
            "large_workplace",
            (float(s["lon"]), float(s["lat"])),
            error_m=ASSUMED_ERROR_M,
            status="assumed",
            source_id="workplaces",
        )
        for i, s in enumerate(works)
    ]


def _station_fronts(lines: Lines) -> list[Row]:
    own = [s for s in lines.stops if s["source_id"] == "rail-counts" and s["in_city"] == "1"]
    return [
        _row(
            f"front-{s['stop_id'].removeprefix('jr-')}",
            f"{s['name']}前",
            "station_front",
            (float(s["lon"]), float(s["lat"])),
            error_m=100,
            status="observed",
            source_id="rail-counts",
        )
        for s in own
    ]


def _shelters(inputs: Inputs) -> list[Row]:
    """Return one row per site: the evacuation list joins the emergency list where both name the same site nearby."""
    rows: list[Row] = []
    sites: dict[str, Any] = {}
    for f in inputs.emergency:
        hazards = "|".join(code for field, code in HAZARDS.items() if f[field] == "1")
        sites[f["共通ID"][:_SITE]] = plane(facts.EPSG, f["shape"].x, f["shape"].y)
        rows.append(_shelter(len(rows), f, hazards, "指定緊急避難場所"))
    for f in inputs.evacuation:
        site = sites.get(f["共通ID"][:_SITE])
        if site is not None and math.dist(site, plane(facts.EPSG, f["shape"].x, f["shape"].y)) < SAME_PLACE_M:
            index = list(sites).index(f["共通ID"][:_SITE])
            rows[index]["specialty"] = "指定緊急避難場所|指定避難所"
        else:
            rows.append(_shelter(len(rows), f, "", "指定避難所"))
    return rows


def _shelter(index: int, feature: dict[str, Any], hazards: str, kind_of_list: str) -> Row:
    return _row(
        f"shl-{index + 1:03d}",
        feature["施設・場所名"],
        "shelter",
        (feature["shape"].x, feature["shape"].y),
        error_m=0,
        specialty=kind_of_list,
        hazards=hazards,
        status="observed",
        source_id="shelters",
    )
