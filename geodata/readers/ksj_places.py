"""Owns the facilities of 国土数値情報: medical institutions, schools, offices, halls and other public buildings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.errors import DataError, Problem, Text, error
from geodata.provenance import Status
from geodata.readers.facility_tables import FacilityRow
from geodata.readers.ksj_tables import Findings, KsjRows, code, elsewhere, inside, number
from geodata.readers.tables import ROW, listed, note

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely.geometry.base import BaseGeometry

_MEDICAL = {"1": "hospital", "2": "clinic", "3": "dental_clinic"}
_SCHOOLS: dict[str, tuple[str, ...]] = {
    "16001": ("elementary_school",),
    "16002": ("junior_high_school",),
    "16003": ("junior_high_school", "high_school"),
    "16004": ("high_school",),
    "16005": ("technical_college",),
    "16006": ("junior_college",),
    "16007": ("university",),
    "16008": ("special_needs_school",),
    "16009": ("special_needs_school",),
    "16010": ("special_needs_school",),
    "16011": ("kindergarten",),
    "16012": ("special_needs_school",),
    "16013": ("certified_kindergarten",),
    "16014": ("elementary_school", "junior_high_school"),
    "16015": ("miscellaneous_school",),
    "16016": ("vocational_school",),
}
"""学校分類コード → kinds; a school that is two things at once gives a row for each."""
_OFFICES = {
    "1": "city_office",
    "2": "branch_office",
    "3": "administrative_service",
    "4": "community_centre",
    "5": "assembly_hall",
}
_PUBLIC: dict[str, str] = {
    "12002": "city_office",
    "12003": "city_office",
    "12004": "city_office",
    "13001": "health_centre",
    "03001": "museum",
    "03002": "museum",
    "03003": "library",
    "03004": "museum",
    "03005": "museum",
}
_PUBLIC_CLASSES = {"14": "police", "15": "fire_station", "17": "hospital", "18": "post_office", "19": "welfare"}
_CLOSED = "2"


def read_places(
    dataset: str, layers: Sequence[KsjRows], outline: BaseGeometry | None, found: Findings
) -> tuple[tuple[FacilityRow, ...], int]:
    """
    Return the facilities of P02, P04, P05 or P29 in the outline, and how many rows of the file stand in it.

    Raises
    ------
    DataError
        If a layer lacks the columns of its dataset, or everything lies outside.
    """
    make: Callable[[KsjRows, Findings], list[list[FacilityRow]]] = {
        "P04": _medical,
        "P29": _schools,
        "P05": _offices,
        "P02": _public,
    }[dataset]
    facilities: list[FacilityRow] = []
    kept = outside = 0
    for rows in layers:
        here = inside(rows, outline)
        outside += int((~here).sum())
        made = make(rows.kept(here), found)
        kept += sum(bool(one) for one in made)
        facilities += [row for one in made for row in one]
    if outside and not facilities:
        raise DataError(elsewhere(dataset, layers[0].where, outside))
    found.outside(dataset, layers[0].where, outside)
    found.counts |= {f"{dataset}_{kind}": n for kind, n in sorted(Counter(f.kind for f in facilities).items())}
    return tuple(facilities), kept


def _medical(rows: KsjRows, found: Findings) -> list[list[FacilityRow]]:
    """P04: 診療科目 in one column or three; beds, 救急告示 and 災害拠点 since P04-20."""
    _require(rows, "P04_001", "P04_002")
    beds = rows.column("P04_008") if rows.has("P04_008", "P04_010") else [""] * len(rows.shapes)
    kinds = [_MEDICAL.get(code(c), "") for c in rows.column("P04_001")]
    departments = zip(*(rows.column(f"P04_00{n}") for n in ((4, 5, 6) if rows.has("P04_006") else (4,))), strict=True)
    flags = zip(rows.column("P04_009"), rows.column("P04_010"), strict=True)
    specialties = [
        "、".join([*" ".join(some).split(), *_flags(*flag)]) for some, flag in zip(departments, flags, strict=True)
    ]
    return _rows(rows, kinds, rows.column("P04_002"), found, specialty=specialties, capacity=[_beds(b) for b in beds])


def _flags(emergency: str, disaster: str) -> list[str]:
    return [
        *(["救急告示病院"] if code(emergency) == "1" else []),
        *(["災害拠点病院"] if code(disaster) in {"1", "2"} else []),
    ]


def _beds(text: str) -> float:
    """Return the beds; a clinic without beds is not without capacity, so 0 is not known."""
    beds = number(text)
    return beds if beds > 0 else float("nan")


def _schools(rows: KsjRows, found: Findings) -> list[list[FacilityRow]]:
    """P29: name and class stand one column later in P29-13 than since P29-21; closed schools are left out."""
    _require(rows, "P29_003", "P29_004", "P29_005")
    if all(code(c) in _SCHOOLS for c in rows.column("P29_004")[:50]) and rows.shapes:
        classes, names = rows.column("P29_004"), rows.column("P29_005")
    else:
        classes, names = rows.column("P29_003"), rows.column("P29_004")
        closed = np.array([code(c) == _CLOSED for c in rows.column("P29_007")], dtype=np.bool_)
        found.left_out("ksj.closed", rows.where, Text("休校中の学校", "schools that are closed"), int(closed.sum()))
        classes = ["" if c else one for c, one in zip(closed, classes, strict=True)]
        unknown = [c for c, shut in zip(classes, closed, strict=True) if not shut]
        return _school_rows(rows, classes, names, found, unknown)
    return _school_rows(rows, classes, names, found, classes)


def _school_rows(
    rows: KsjRows, classes: list[str], names: list[str], found: Findings, told: list[str]
) -> list[list[FacilityRow]]:
    kinds = [_SCHOOLS.get(code(c), ()) for c in classes]
    _tell_unknown(rows, [c for c in told if code(c) not in _SCHOOLS], found)
    twice = sum(len(k) > 1 for k in kinds)
    if twice:
        found.problems.append(
            note(
                "ksj.two_kinds",
                rows.where,
                Text(
                    "義務教育学校・中等教育学校を、それぞれ 2 種の学校として数えます",
                    "schools of both levels count as one school of each level",
                ),
                count=twice,
            ),
        )
    first = _rows(rows, [k[0] if k else "" for k in kinds], names, found, quiet=True)
    second = _rows(rows, [k[1] if len(k) > 1 else "" for k in kinds], names, found, quiet=True, suffix="-2")
    return [a + b for a, b in zip(first, second, strict=True)]


def _offices(rows: KsjRows, found: Findings) -> list[list[FacilityRow]]:
    _require(rows, "P05_002", "P05_003")
    kinds = [_OFFICES.get(code(c), "") for c in rows.column("P05_002")]
    return _rows(rows, kinds, rows.column("P05_003"), found)


def _public(rows: KsjRows, found: Findings) -> list[list[FacilityRow]]:
    """P02: by 小分類 where it says what models ask for, else by 大分類; the rest is ``other``."""
    _require(rows, "P02_002", "P02_003", "P02_004")
    kinds = []
    for large, small in zip(rows.column("P02_002"), rows.column("P02_003"), strict=True):
        detail, broad = code(small).zfill(5), code(large).zfill(2)
        school = _SCHOOLS.get(detail, ("",))[0]
        kinds.append(_PUBLIC.get(detail) or school or _PUBLIC_CLASSES.get(broad, "other"))
    return _rows(rows, kinds, rows.column("P02_004"), found)


def _rows(
    rows: KsjRows,
    kinds: list[str],
    names: list[str],
    found: Findings,
    *,
    specialty: list[str] | None = None,
    capacity: list[float] | None = None,
    suffix: str = "",
    quiet: bool = False,
) -> list[list[FacilityRow]]:
    """Return a list for each row of the file; it is empty where the kind is not known, which is told."""
    if not quiet:
        _tell_unknown(rows, [str(n) for n, kind in zip(rows.table[ROW], kinds, strict=True) if not kind], found)
    points = shapely.get_coordinates(shapely.point_on_surface(np.array(rows.shapes, dtype=object)))
    return [
        []
        if not kind
        else [
            FacilityRow(
                facility_id=f"{rows.stem}-{rows.table[ROW].iloc[n]}{suffix}",
                name=names[n] or f"{rows.stem}-{rows.table[ROW].iloc[n]}",
                kind=kind,
                lon=float(points[n, 0]),
                lat=float(points[n, 1]),
                position_error_m=0.0,
                capacity=float("nan") if capacity is None else capacity[n],
                specialty="" if specialty is None else specialty[n],
                hazards="",
                source_id=rows.source_id,
                status=Status.OBSERVED.value,
            ),
        ]
        for n, kind in enumerate(kinds)
    ]


def _tell_unknown(rows: KsjRows, which: list[str], found: Findings) -> None:
    found.left_out(
        "ksj.unknown_code",
        rows.where,
        Text(f"種別コードが分からない施設: {listed(which)}", f"facilities of an unknown class: {listed(which)}"),
        len(which),
        Text("facilities: に kinds を書けば読めます", "use facilities: with kinds: to read them"),
    )


def _require(rows: KsjRows, *columns: str) -> None:
    missing = [c for c in columns if not rows.has(c)]
    if missing:
        raise DataError(_no_columns(rows, missing))


def _no_columns(rows: KsjRows, missing: list[str]) -> Problem:
    shown = listed([c for c in rows.table.columns if c != ROW], 12)
    return error(
        "ksj.columns",
        rows.where,
        Text(f"列 {', '.join(missing)} がありません（ある: {shown}）", f"no {', '.join(missing)} (there are: {shown})"),
        Text("提供元から取り直してください", "get the file again from its publisher"),
    )
