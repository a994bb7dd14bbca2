"""Owns the grid city: square cells, one railway, one BRT, one bus, a few facilities, round numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.city import City, CityDefaults
from geodata.errors import Text
from geodata.facilities import Facilities
from geodata.population import AgeBand, PopulationCells
from geodata.provenance import Source, Status
from geodata.streets import DetourPlane
from geodata.synthetic.text_feed import flat_lonlat, timetable_from_text
from geodata.targets import TargetRow, Targets
from geodata.trip_columns import text_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.timetable import Timetable

BANDS = (
    AgeBand("0-14", Text("0–14歳", "0–14"), 0, 14),
    AgeBand("15-64", Text("15–64歳", "15–64"), 15, 64),
    AgeBand("65-74", Text("65–74歳", "65–74"), 65, 74),
    AgeBand("75+", Text("75歳以上", "75+"), 75, None),
)
BAND_PERSONS = (10.0, 60.0, 20.0, 10.0)

RAIL_SPACING_M = 3_000.0
BASE_YEAR = 2023
DEFAULTS = CityDefaults(date="2025-10-15", saturday="2025-10-18", holiday="2025-10-19")


def grid_city(
    *,
    n_x: int = 8,
    n_y: int = 12,
    cell_m: float = 500.0,
    timetable: Timetable | None = None,
    facilities: Facilities | None = None,
    with_targets: bool = True,
    walk_detour: float = 1.0,
) -> City:
    """
    Build a city whose answers follow from arithmetic.

    Cells are squares of `cell_m` with their lower left corner at (0, 0); every cell holds 100 persons
    (10 / 60 / 20 / 10 by band). The west half is district ``west``, the east half ``east``. Unless given, the timetable
    is a railway on x = middle, every 30 min; a BRT crossing it at the middle station, every 20 min; and a bus of
    status `assumed`. Clinics stand at the middle station and at the far south-west corner.

    Parameters
    ----------
    walk_detour
        Detour factor of the plane; 1.0 keeps walking times round at 80 m/min.
    """
    xs, ys = (np.arange(n) * cell_m for n in (n_x, n_y))
    corner = np.array([(x, y) for y in ys for x in xs], dtype=np.float64)
    boxes = shapely.box(corner[:, 0], corner[:, 1], corner[:, 0] + cell_m, corner[:, 1] + cell_m)
    xy = corner + cell_m / 2
    width, height = n_x * cell_m, n_y * cell_m
    population = PopulationCells(
        cell_id=text_array([f"c{n:04d}" for n in range(len(xy))]),
        lonlat=flat_lonlat(xy),
        xy=xy,
        polygon_xy=boxes,
        polygon_lonlat=shapely.transform(boxes, flat_lonlat),
        bands=BANDS,
        persons=np.tile(np.array(BAND_PERSONS), (len(xy), 1)),
        district=np.where(xy[:, 0] < width / 2, 0, 1).astype(np.int32),
        district_id=text_array(["west", "east"]),
        district_name=text_array(["西地区", "東地区"]),
        district_name_en=text_array(["West", "East"]),
        year=BASE_YEAR,
        base_date="2024-01-01",
    )
    return City(
        city_id="grid",
        name=Text("格子市", "Grid City"),
        epsg=6677,
        defaults=DEFAULTS,
        population=population,
        timetable=timetable or default_timetable(width, height),
        facilities=facilities or default_facilities(width, height),
        streets=DetourPlane(walk_detour=walk_detour),
        targets=_targets(len(xy) * sum(BAND_PERSONS)) if with_targets else Targets(),
        sources=tuple(
            Source(
                f"made-up-{layer}",
                layer,
                Text("架空の都市", "made-up city"),
                "Ekisei",
                "MIT",
                "2025-01-01",
                Status.ASSUMED,
            )
            for layer in ("population", "timetable", "facilities", "streets", "targets")
        ),
    )


def default_timetable(width: float, height: float) -> Timetable:
    """Return the railway, BRT and assumed bus of the grid city."""
    x = width / 2
    stations = np.arange(0.0, height + 1, RAIL_SPACING_M)
    lines = [f"stop J{n} {x} {y} 駅{n}" for n, y in enumerate(stations)]
    brt_y = stations[len(stations) // 2]
    lines += [f"stop B{n} {bx} {brt_y + 50} BRT{n}" for n, bx in enumerate(np.linspace(0, width, 5))]
    lines += [f"stop K{n} {width - 250} {by} 仮{n}" for n, by in enumerate(np.linspace(0, height, 4))]
    lines += ["route JR rail 鉄道 modelled", "route BRT brt ＢＲＴ modelled", "route AS1 bus 仮定のバス路線1 assumed"]
    lines += ["service wk 1111100 0", "service hol 0000011 1"]
    for service in ("wk", "hol"):
        for direction in (0, 1):
            lines += [
                _headway_line("JR", [f"J{n}" for n in range(len(stations))], 240, 1800, service, direction),
                _headway_line("BRT", [f"B{n}" for n in range(5)], 120, 1200, service, direction),
                _headway_line("AS1", [f"K{n}" for n in range(4)], 300, 3600, service, direction),
            ]
    return timetable_from_text("\n".join(lines))


def _headway_line(route: str, stops: Sequence[str], hop_s: int, headway_s: int, service: str, direction: int) -> str:
    order = list(stops)[:: -1 if direction else 1]
    start = 6 * 3600
    times = " ".join(
        f"{stop} {(start + n * hop_s) // 3600:02d}:{(start + n * hop_s) // 60 % 60:02d}" for n, stop in enumerate(order)
    )
    name = f"id={route}-{service}-{direction} service={service} dir={direction}"
    return f"trip {route} {name} headway={headway_s}@06:00-22:00 {times}"


def default_facilities(width: float, height: float) -> Facilities:
    """Return two clinics, a hospital, a city office, a high school and two shelters."""
    middle = (width / 2, height / 2)
    rows = [
        ("clinic-1", "clinic", middle, ""),
        ("clinic-2", "clinic", (250.0, 250.0), ""),
        ("hospital-1", "hospital", (width - 250, height - 250), ""),
        ("office-1", "city_office", middle, ""),
        ("school-1", "high_school", (250.0, height - 250), ""),
        ("shelter-1", "shelter", (250.0, height / 2), "earthquake|tsunami"),
        ("shelter-2", "shelter", (width - 250, height / 2), "earthquake"),
    ]
    return facilities_from_rows(rows)


def facilities_from_rows(rows: Sequence[tuple[str, str, tuple[float, float], str]]) -> Facilities:
    """Return facilities from (id, kind, xy, hazards) rows, without hours, surveyed and open to the public."""
    n = len(rows)
    xy = np.array([r[2] for r in rows], dtype=np.float64).reshape(-1, 2)
    none = np.zeros(0, dtype=np.int32)
    return Facilities(
        facility_id=text_array([r[0] for r in rows]),
        name=text_array([r[0] for r in rows]),
        kind=text_array([r[1] for r in rows]),
        lonlat=flat_lonlat(xy),
        xy=xy,
        position_error_m=np.zeros(n),
        capacity=np.full(n, np.nan),
        open_to_public=np.ones(n, dtype=np.bool_),
        specialty=np.full(n, "", dtype="<U1"),
        hazards=text_array([r[3] for r in rows]),
        source_id=np.full(n, "made-up-facilities"),
        status=np.full(n, "observed"),
        hours_facility=none,
        hours_days=none.copy(),
        hours_start_s=none.copy(),
        hours_end_s=none.copy(),
    )


def _targets(total: float) -> Targets:
    def row(kpi_id: str, kind: str, year: int, value: float, unit: str) -> TargetRow:
        return TargetRow(
            kpi_id, kind, year, f"{year}-04-01", value, unit, Text("架空", "made up"), "made-up-targets", Status.ASSUMED
        )

    return Targets(
        (
            row("catchment_population_share", "baseline", BASE_YEAR, 0.271, "share"),
            row("catchment_population_share", "target", 2029, 0.275, "share"),
            row("clinics_per_100k", "baseline", BASE_YEAR, 58.0, "per 100k"),
            row("clinics_per_100k", "target", 2029, 58.0, "per 100k"),
            row("clinics_count", "baseline", BASE_YEAR, 58.0 * total / 100_000, "count"),
            row("population", "path", BASE_YEAR, total, "persons"),
            row("population", "path", 2029, 0.9 * total, "persons"),
            row("population", "path", 2035, 0.8 * total, "persons"),
        ),
    )
