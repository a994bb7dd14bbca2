"""
The matrix engine on a real feed against searches of single departures, which look nothing like it.

The engine searches backward from places over reduced changes, all minutes at once; `pair_arrivals` (itself held against
pynigiri) searches forward from one place at one instant, stop by stop; `itinerary_xy` is plain Python.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.crs import plane_epsg, to_plane
from geodata.readers.gtfs import read_gtfs
from geodata.synthetic import grid_city
from geodata.units import UNREACHED_S
from sim.routing import itinerary_xy, prepare_times
from sim.routing.pairs import Ends, pair_arrivals
from sim.routing.types import RoutingRequest
from tests.unit.sim.routing.compare import SIDES, places

N_CELLS, N_PLACES, N_ASKED = 40, 25, 24
START_S, N_MINUTES = 14 * 3600, 60
REQUEST = RoutingRequest(
    "2019-05-13",
    START_S,
    START_S + 60 * N_MINUTES,
    change_s=30,
    cutoff_s=7_200,
    percentiles=tuple(100 * (i + 1) // N_MINUTES for i in range(N_MINUTES)),
)


@pytest.fixture(scope="module")
def city(shared_data):
    """The timetable of Porto Alegre on a plane: streets are tested elsewhere, and take long to read."""
    folder = shared_data / "porto-alegre"
    files = [folder / "poa_eptc.zip", folder / "poa_trensurb.zip"]
    epsg = {}

    def project(lonlat):
        return to_plane(epsg.setdefault("code", plane_epsg(*np.median(lonlat, axis=0).tolist())), lonlat)

    return grid_city(timetable=read_gtfs(files, project=project).timetable, walk_detour=1.3)


@pytest.fixture(scope="module")
def ends(city):
    """Cells and places near stops of the city, the way people live near them."""
    rng = np.random.default_rng(11)
    stops = city.timetable.stops.xy
    drawn = stops[rng.choice(len(stops), N_CELLS + N_PLACES, replace=False)] + rng.normal(
        0, 250, (N_CELLS + N_PLACES, 2)
    )
    return places(drawn[:N_CELLS]), places(drawn[N_CELLS:])


@pytest.fixture(scope="module")
def asked(ends):
    """Pairs (cell, place), drawn once."""
    rng = np.random.default_rng(12)
    return rng.integers(0, N_CELLS, N_ASKED), rng.integers(0, N_PLACES, N_ASKED)


def earliest(city, ends, rows, depart_s, request):
    """Arrival of every pair when leaving at its instant."""
    (cells, there), (a, b) = ends, rows
    nowhere = np.full(len(a), -1, np.int32)
    found = pair_arrivals(
        city, Ends(nowhere, cells.xy[a]), Ends(nowhere.copy(), there.xy[b]), depart_s.astype(np.int32), request
    )
    return np.where(found.arrive_s == UNREACHED_S, np.inf, found.arrive_s)


def answers(city, ends, request):
    """Minutes of all pairs, prepared at either end: (cells × places × percentiles) twice."""
    found = []
    for side in SIDES:
        stay, others = ends if side == "origins" else ends[::-1]
        found.append(prepare_times(city, stay, request, side=side).times(others, components=True))
    return found


@pytest.mark.parametrize("max_transfers", [None, 1])
def test_every_minute_equals_a_search_of_its_own(city, ends, asked, max_transfers):
    request = replace(REQUEST, max_transfers=max_transfers)
    both = answers(city, ends, request)
    assert both[0].minutes.tobytes() == both[1].minutes.tobytes()
    assert both[0].reliability.tobytes() == both[1].reliability.tobytes()
    minutes = START_S + 60 * np.arange(N_MINUTES)
    cells, there = (np.repeat(side, N_MINUTES) for side in asked)
    depart = np.tile(minutes, N_ASKED)
    spent = earliest(city, ends, (cells, there), depart, request) - depart
    spent[spent > request.cutoff_s] = np.inf
    expected = np.sort(spent.reshape(N_ASKED, N_MINUTES), axis=1)
    found = both[0].minutes[asked]
    assert found.tobytes() == (expected / 60).astype(np.float32).tobytes()
    assert np.array_equal(both[0].reliability[asked], np.isfinite(expected).mean(axis=1).astype(np.float32))
    assert np.isfinite(expected).mean() > 0.5
    for times in both:
        parts = times.components
        total = parts.walk_min + parts.wait_min + parts.in_vehicle_min
        np.testing.assert_allclose(total, times.at(50), atol=1e-4)


def test_arriving_by_a_minute_one_leaves_to_the_second_as_late_as_can_be(city, ends, asked):
    request = replace(REQUEST, direction="arrive_by", window_end_s=START_S + 60, percentiles=(50,))
    both = answers(city, ends, request)
    assert both[0].minutes.tobytes() == both[1].minutes.tobytes()
    spent = np.round(both[0].minutes[asked][:, 0] * 60.0)
    reached = np.flatnonzero(np.isfinite(spent))
    rows = asked[0][reached], asked[1][reached]
    leave = START_S - spent[reached]
    assert len(reached) > N_ASKED / 2
    assert (earliest(city, ends, rows, leave, request) <= START_S).all()
    assert (earliest(city, ends, rows, leave + 1, request) > START_S).all()
    for way in ("random", "planned"):
        one = answers(city, ends, replace(request, departure_mode=way))[0]
        assert (one.minutes <= both[0].minutes).all()
    lost = np.flatnonzero(~np.isfinite(spent))
    rows = asked[0][lost], asked[1][lost]
    early = np.full(len(lost), START_S - request.cutoff_s)
    assert (earliest(city, ends, rows, early, request) > START_S).all()


def test_plain_searches_agree(city, ends, asked):
    request = replace(REQUEST, window_end_s=START_S + 60, percentiles=(50,))
    found = answers(city, ends, request)[0].minutes[asked][:3, 0]
    cells, there = ends
    for row, minutes in enumerate(found.tolist()):
        journey = itinerary_xy(city, tuple(cells.xy[asked[0][row]]), tuple(there.xy[asked[1][row]]), request)
        assert np.float32(np.inf if journey is None else journey.duration_min) == np.float32(minutes)
