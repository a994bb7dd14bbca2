"""
Owns the compilation of kernels: which there are, running each once on a tiny city, and telling who is being compiled.

Kernels are found by walking the modules, so that a new one needs no entry anywhere.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.streets import StreetNetwork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geodata.city import City
    from sim.routing.types import RoutingRequest

    Told = Callable[[str, int, int], None]
    """Told of a kernel that begins to compile: its name, how many have begun, how many there are."""

_DATE = "2025-10-15"
_WIDE_S = (0, 79_200)
"""A window so wide that searches need 32 bits."""
_EDITS = "edited"
"""How the modules of carried-over times begin."""


def list_kernels() -> dict[str, Any]:
    """
    Return name → compiled function of every kernel of the models; empty where compilation is switched off.

    What is inlined into kernels is none itself: it is never compiled on its own.
    """
    from numba.core.dispatcher import Dispatcher  # noqa: PLC0415 -- heavy

    import sim  # noqa: PLC0415 -- the package whose modules are walked

    found: dict[str, Any] = {}
    for info in pkgutil.walk_packages(sim.__path__, "sim."):
        module = importlib.import_module(info.name)
        for name, value in inspect.getmembers(module, lambda v: isinstance(v, Dispatcher)):
            if value.py_func.__module__ == module.__name__ and value.targetoptions.get("inline") != "always":
                found[f"{module.__name__.rpartition('.')[2]}.{name}"] = value
    return found


@contextmanager
def watch_compiling(tell: Told, *, edits: bool = True) -> Iterator[None]:
    """Tell of every kernel compiled meanwhile, not of one read from the cache; `edits` = those of edits may come."""
    from numba.core import event  # noqa: PLC0415 -- heavy

    expected = {n: k for n, k in list_kernels().items() if edits or not n.startswith(_EDITS)}
    kernels = {id(kernel): name for name, kernel in expected.items()}
    begun: set[str] = set()

    class Listener(event.Listener):
        def on_start(self, event: Any) -> None:
            name = kernels.get(id(event.data.get("dispatcher")))
            if name is not None:
                begun.add(name)
                tell(name, len(begun), len(kernels))

        def on_end(self, event: Any) -> None:
            pass

    with event.install_listener("numba:compile", Listener()):
        yield


def compile_kernels(tell: Told, *, journeys: bool = False, edits: bool = True) -> None:
    """
    Run every kernel once, on a tiny city; those that the cache lacks are compiled and kept there.

    Parameters
    ----------
    tell
        Told of each that is compiled.
    journeys
        Only those that answer questions about single journeys.
    edits
        Also those that carry times over an edit of the timetable, which runs do without.
    """
    from geodata.synthetic import grid_city  # noqa: PLC0415 -- only to compile

    plane = grid_city(n_x=2, n_y=6)
    runs = (_pairs, _walks) if journeys else (_times, _wide_times, _pairs, _walks, _areas, _rides, _sites, _models)
    if edits:
        runs = (*runs, _edits)
    with watch_compiling(tell, edits=edits):
        for city in (plane, plane.replace(streets=_crossing())):
            for run in runs:
                run(city)


def _models(city: City) -> None:
    from sim.params import Analysis, Params  # noqa: PLC0415 -- a model, and this is routing
    from sim.reuse import Reuse  # noqa: PLC0415
    from sim.run import run_models  # noqa: PLC0415

    analysis, reuse = Analysis(window=("10:00", "10:10"), n_draws=1), Reuse()
    base = run_models(city, analysis, Params(), reuse=reuse)
    run_models(city, analysis, Params(), reference=base, reuse=reuse)  # what is told beside the baseline


def _times(city: City) -> None:
    from sim.routing import travel_times  # noqa: PLC0415 -- compiles on first use
    from sim.routing.types import Places, RoutingRequest  # noqa: PLC0415

    cells = Places(city.population.cell_id, city.population.xy)
    few = Places(city.facilities.facility_id[:2], city.facilities.xy[:2])
    for direction in ("depart", "arrive_by"):
        request = RoutingRequest(_DATE, 36_000, 36_300, direction=direction)
        for ends in ((cells, few), (few, cells)):
            travel_times(city, *ends, request, components=True)
    _nearest(city, RoutingRequest(_DATE, 36_000, 36_300, direction="arrive_by", departure_mode="planned"))
    _nearest(city, RoutingRequest(_DATE, *_WIDE_S, "arrive_by", "planned", step_s=3_600))


def _nearest(city: City, request: RoutingRequest) -> None:
    from sim.routing import prepare_times  # noqa: PLC0415 -- compiles on first use
    from sim.routing.nearest import nearest_seconds  # noqa: PLC0415
    from sim.routing.types import Places  # noqa: PLC0415

    cells = Places(city.population.cell_id[:3], city.population.xy[:3])
    few = Places(city.facilities.facility_id[:2], city.facilities.xy[:2])
    nearest_seconds(prepare_times(city, cells, request, side="origins"), few)


def _wide_times(city: City) -> None:
    from sim.routing import last_departures, travel_times  # noqa: PLC0415 -- compiles on first use
    from sim.routing.types import Places, RoutingRequest  # noqa: PLC0415

    cells = Places(city.population.cell_id[:3], city.population.xy[:3])
    few = Places(city.facilities.facility_id[:2], city.facilities.xy[:2])
    request = RoutingRequest(_DATE, *_WIDE_S, step_s=3_600)
    travel_times(city, cells, few, request, components=True)
    last_departures(city, few, cells, request)


def _edits(city: City) -> None:
    from sim.routing.edited import remember_times  # noqa: PLC0415 -- compiles on first use
    from sim.routing.types import Places, RoutingRequest  # noqa: PLC0415

    few = Places(city.facilities.facility_id[:2], city.facilities.xy[:2])
    remembered = remember_times(city, few, few, RoutingRequest(_DATE, 36_000, 36_300), side="origins")
    table = city.timetable
    later = np.zeros(len(table.trips.arrival_s), np.int32)
    running = np.flatnonzero(table.services.active_on(_DATE)[table.trips.service])
    later[table.trips.time_offsets[running[0]] : table.trips.time_offsets[running[0] + 1]] = 60
    trips = replace(table.trips, arrival_s=table.trips.arrival_s + later, departure_s=table.trips.departure_s + later)
    remembered.edited(city.replace(timetable=replace(table, trips=trips)), most_changed=1.0)


def _pairs(city: City) -> None:
    from sim.routing.pairs import Ends, pair_arrivals  # noqa: PLC0415 -- compiles on first use
    from sim.routing.types import RoutingRequest  # noqa: PLC0415

    ends = Ends(np.array([-1, 1], np.int32), city.population.xy[:2].copy())
    pair_arrivals(city, ends, ends, np.array([36_000, 36_600], np.int32), RoutingRequest(_DATE, 36_000, 36_001))


def _walks(city: City) -> None:
    from sim.routing import car_minutes, nearest_walk_min  # noqa: PLC0415 -- compiles on first use
    from sim.routing.walk import nodes_within, reach_sum  # noqa: PLC0415

    ends = city.population.xy[:3]
    nearest_walk_min(city.streets, ends, ends, speed_m_min=80.0, max_min=10.0)
    car_minutes(city.streets, ends, ends, speed_kmh=30.0)
    if isinstance(city.streets, StreetNetwork):
        nodes_within(city.streets, np.array([0], np.int32), max_m=500.0)
        reach_sum(city.streets, np.ones(len(city.streets.node_xy)), max_m=500.0)


def _areas(city: City) -> None:
    from sim.catchment import area_share, cover_share  # noqa: PLC0415 -- a model, and this is routing

    polygons = city.population.polygon_xy[:4]
    area_share(polygons, shapely.box([100, 300], [100, 300], [700, 900], [700, 900]))
    cover_share(polygons, city.population.xy[:2], np.array([300.0, 400.0]))


def _rides(city: City) -> None:
    from sim.on_demand.engine import simulate  # noqa: PLC0415 -- compiles on first use
    from sim.on_demand.ride_samples import sample_rides  # noqa: PLC0415
    from sim.on_demand.types import FleetRules, Requests  # noqa: PLC0415

    apart = np.hypot(*(city.population.xy[:2, None] - city.population.xy[None, :2]).transpose(2, 0, 1))
    later, none = np.array([0, 60, 1_200], np.int32), np.full(3, -1, np.int32)
    ends = np.array([0, 1, 1], np.int32)
    requests = Requests(later, later, ends, 1 - ends, -none, np.array([False, True, False]), none, none, none, none)
    simulate(requests, apart.astype(np.int32), apart, FleetRules(1, 4, 3_600, 2.0, 60, 0, 7_200))
    frames, one = (np.array([0], np.int32), np.array([7_200], np.int32)), np.ones((1, 1))
    drive_s, marks_s = apart.astype(np.int32), np.array([3_600, 3_660], np.int32)
    sample_rides(drive_s, drive_s, drive_s, frames, (one, one, 60, 0), marks_s, (True, True, False), 7_200, 50)


def _sites(city: City) -> None:
    from sim.siting import p_median  # noqa: PLC0415 -- a model, and this is routing

    xy = city.population.xy[:4]
    p_median(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)), np.arange(4), 2, max_steps=25)


def _crossing() -> StreetNetwork:
    """Return four streets that meet, each with a bend."""
    xy = np.array([[500, 1500], [500, 1000], [500, 0], [500, 2000], [500, 3000], [250, 1500], [0, 1500], [900, 1500]])
    edges = np.array([[0, 1], [1, 2], [0, 3], [3, 4], [0, 5], [5, 6], [0, 7]])
    both = np.concatenate([edges, edges[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    points = xy.astype(np.float64)
    length = np.hypot(*(points[both[:, 0]] - points[both[:, 1]]).T)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(both[:, 0], minlength=len(xy)))]).astype(np.int32)
    return StreetNetwork(points / 1e5, points, offsets, both[:, 1].astype(np.int32), length, length.copy(), length / 10)
