"""Owns the figures of edits as the models feel them: travel times and visits over a grid, all KPIs of the bundled city."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.crs import to_lonlat
from geodata.errors import Text
from geodata.mobile_office import MobileOfficePlan, OfficePlace, OfficeVisit
from geodata.population import PopulationCells
from geodata.streets import StreetNetwork
from tests.benchmarks.inputs import SEED, walkable_nodes
from tests.benchmarks.report import Goal, Part
from tests.benchmarks.timing import Figure, percentile

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.facilities import Facilities
    from geodata.units import FloatArray
    from sim.reuse import Reuse
    from tests.benchmarks.bench import Bench
    from tests.benchmarks.inputs import BenchInput

N_EDITS = 100
N_MODEL_EDITS = 40
CHECK_EVERY = 20
N_PLACES = 20
WALK_M = 500.0


def visits(bench: Bench) -> Part:
    """Time what a moved visit changes over all cells: who is within a walk of it, and how often."""
    part = Part(
        "visits", f"mobile office with {N_PLACES} places: visit moved, share of every cell within {WALK_M:.0f} m"
    )
    city = with_office(gridded(bench.input))
    streets = city.streets
    assert isinstance(streets, StreetNetwork)
    rng = np.random.default_rng(SEED)
    sites = streets.node_xy[rng.choice(walkable_nodes(streets), N_EDITS, replace=False)]
    reuse = _reuse()
    bench.tell("visits: before the edits")
    _visit_shares(city, reuse)
    taken, wrong = [], 0
    for n, site in enumerate(sites):
        if n % 10 == 0:
            bench.tell(f"visits: edit {n + 1}/{N_EDITS}")
        city = moved_visit(city, int(rng.integers(N_PLACES)), site)
        start = time.perf_counter()
        found = _visit_shares(city, reuse)
        taken.append(time.perf_counter() - start)
        if n % CHECK_EVERY == 0:
            wrong += found.tobytes() != _visit_shares(city, _reuse()).tobytes()
    p95 = 1000 * percentile(taken, 0.95)
    part.facts |= {"p95_ms": p95, "bit_equal": wrong == 0}
    part.add(
        Figure("visit moved → covered share and visits within reach of all cells", tuple(taken)),
        f"equal to the full recompute, bit for bit: {'yes' if not wrong else 'NO'} (every {CHECK_EVERY}th edit)",
        Goal(f"p95 of {N_EDITS} moved visits", p95, 50, at_least=False, unit=" ms"),
    )
    return part


def models(bench: Bench) -> Part:
    """Time all KPIs of the bundled city after an edit of one facility or visit."""
    from geodata.hitachi import load_hitachi
    from sim.params import Analysis, Params
    from sim.run import run_models

    part = Part("models", "all KPIs of the bundled city after one edit, in a warm process")
    city = with_office(load_hitachi())
    settings = (Analysis(), Params())
    reuse = _reuse()
    bench.tell("models: before the edits")
    start = time.perf_counter()
    run_models(city, *settings, reuse=reuse)
    part.add(Figure("first run of the process", (time.perf_counter() - start,)))
    rng = np.random.default_rng(SEED)
    clinics = np.flatnonzero(city.facilities.kind == "clinic")
    taken: dict[str, list[float]] = {"clinic added": [], "clinic moved": [], "clinic closed": [], "visit moved": []}
    wrong = 0
    for n in range(N_MODEL_EDITS):
        kind = list(taken)[n % len(taken)]
        bench.tell(f"models: {kind} ({n + 1}/{N_MODEL_EDITS})")
        site = city.population.xy[rng.integers(city.population.n_cells)] + rng.normal(0, 100, 2)
        clinic = int(rng.choice(clinics))
        edited = {
            "clinic added": lambda site=site, clinic=clinic: city.replace(
                facilities=added(city.facilities, clinic, site, city.epsg)
            ),
            "clinic moved": lambda site=site, clinic=clinic: city.replace(
                facilities=moved(city.facilities, clinic, site, city.epsg)
            ),
            "clinic closed": lambda clinic=clinic: city.replace(facilities=closed(city.facilities, clinic)),
            "visit moved": lambda site=site: moved_visit(city, int(rng.integers(N_PLACES)), site),
        }[kind]()
        start = time.perf_counter()
        result = run_models(edited, *settings, reuse=reuse)
        if n >= len(taken):
            taken[kind].append(time.perf_counter() - start)
        if n < len(taken):
            whole = run_models(edited, *settings, reuse=_reuse())
            wrong += repr(result.kpis) != repr(whole.kpis) or not result.cells.equals(whole.cells)
    for kind, seconds in taken.items():
        part.add(Figure(kind, tuple(seconds)))
    part.add(f"KPIs and cells equal to a run without memory: {'yes' if not wrong else 'NO'} (one edit of each kind)")
    part.facts["bit_equal"] = wrong == 0
    return part


def _reuse() -> Reuse:
    from sim.reuse import Reuse

    return Reuse()


def _visit_shares(city: City, reuse: Reuse) -> FloatArray:
    """Return what the models need of the visits: cell → covered share, visits within reach, shape (2, C)."""
    from sim.context import RunContext
    from sim.mobile_office.coverage import covered_share, visits_within_reach
    from sim.params import Analysis, Params

    context = RunContext(city, Analysis(), Params(), reuse)
    return np.stack([covered_share(context), visits_within_reach(context)])


def gridded(asked: BenchInput) -> City:
    """Return the city with the bench's cells as its population: squares with the people whose hexagon centre is inside."""
    city, xy = asked.city, asked.cells.xy
    east, north = (np.unique(column) for column in xy.T)
    half = [(float(np.diff(axis).mean()) if len(axis) > 1 else 500.0) / 2 for axis in (east, north)]
    squares = shapely.box(*(xy - half).T, *(xy + half).T)
    people = city.population
    cell = np.argmin(np.hypot(*(people.xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1)), axis=1)
    persons = np.zeros((len(xy), len(people.bands)))
    np.add.at(persons, cell, people.persons)
    lonlat = to_lonlat(city.epsg, xy)
    outlines = shapely.transform(squares, lambda points: to_lonlat(city.epsg, points))
    n = len(xy)
    grid = PopulationCells(
        cell_id=asked.cells.place_id, lonlat=lonlat, xy=xy, polygon_xy=squares, polygon_lonlat=outlines,
        bands=people.bands, persons=persons, district=np.full(n, -1, np.int32),
        district_id=people.district_id[:0], district_name=people.district_name[:0],
        district_name_en=people.district_name_en[:0], year=people.year, base_date=people.base_date,
    )  # fmt: skip
    return city.replace(population=grid)


def with_office(city: City) -> City:
    """Return the city with a mobile office that opens at cell centres drawn with seed 0."""
    rng = np.random.default_rng(SEED)
    drawn = rng.choice(city.population.n_cells, N_PLACES, replace=False)
    visit = OfficeVisit(weekday=0, start_s=10 * 3_600, end_s=12 * 3_600)
    places = tuple(
        OfficePlace(f"p{n}", Text(f"p{n}", f"p{n}"), tuple(lonlat), tuple(xy), (visit,))
        for n, (lonlat, xy) in enumerate(
            zip(city.population.lonlat[drawn].tolist(), city.population.xy[drawn].tolist(), strict=True)
        )
    )
    plan = MobileOfficePlan("bench", Text("bench", "bench"), "hypothetical", (), 1, places, WALK_M)
    return city.replace(mobile_offices=(plan,))


def moved_visit(city: City, place: int, xy: FloatArray) -> City:
    """Return the city with one place of its mobile office elsewhere."""
    (plan,) = city.mobile_offices
    lonlat = to_lonlat(city.epsg, xy[None, :])[0]
    places = list(plan.places)
    places[place] = replace(places[place], xy=tuple(xy.tolist()), lonlat=tuple(lonlat.tolist()))
    return city.replace(mobile_offices=(replace(plan, places=tuple(places)),))


def moved(facilities: Facilities, row: int, xy: FloatArray, epsg: int) -> Facilities:
    """Return the facilities with one elsewhere."""
    where, lonlat = np.array(facilities.xy), np.array(facilities.lonlat)
    where[row], lonlat[row] = xy, to_lonlat(epsg, xy[None, :])[0]
    return replace(facilities, xy=where, lonlat=lonlat)


def added(facilities: Facilities, like: int, xy: FloatArray, epsg: int) -> Facilities:
    """Return the facilities with one more, at a place, otherwise like another."""
    rows = np.append(np.arange(facilities.n_facilities), like)
    more = _taken(facilities, rows)
    ids = more["facility_id"].astype("<U64")
    ids[-1] = "bench-added"
    return moved(replace(facilities, **{**more, "facility_id": ids}), len(rows) - 1, xy, epsg)


def closed(facilities: Facilities, row: int) -> Facilities:
    """Return the facilities without one."""
    kept = np.delete(np.arange(facilities.n_facilities), row)
    hours = {
        name: getattr(facilities, name)[facilities.hours_facility != row]
        for name in ("hours_days", "hours_start_s", "hours_end_s")
    }
    owner = facilities.hours_facility[facilities.hours_facility != row]
    return replace(
        facilities, **_taken(facilities, kept), **hours, hours_facility=owner - (owner > row).astype(owner.dtype)
    )


def _taken(facilities: Facilities, rows: Any) -> dict[str, Any]:
    names = (
        "facility_id", "name", "kind", "lonlat", "xy", "position_error_m", "capacity", "open_to_public", "specialty",
        "hazards", "source_id", "status",
    )  # fmt: skip
    return {name: getattr(facilities, name)[rows] for name in names}
