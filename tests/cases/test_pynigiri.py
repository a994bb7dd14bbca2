"""
Arrivals of `sim.routing.pairs` against pynigiri, an engine no one here wrote, on real feeds.

Both engines read the same folder, so that they answer the same question. It is written from our Timetable: the trips of
one date under one service; every time filled in and cut to whole minutes (pynigiri's grain); no blocks (it would keep
people seated); stop names that never repeat (it would link equal names by itself); in transfers.txt the change time of
every stop (it would take two minutes) and footpaths between near stops, in whole minutes, no shorter than the change
time (it would lengthen them), symmetric and transitively closed (it would close them by itself). Ours answers with
``walk="feed"``; pynigiri with footpaths at the start too. Stops that a footpath joins are no pair: pynigiri returns no
journey where walking all the way is as good.

The goal is 99 in 100 arrivals within 60 s. Under these rules there is no exception to explain: every arrival is equal
to the second, every number of transfers is equal, and the same pairs are out of reach; the test asks for that.
"""

import csv
import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from geodata.calendar import format_time
from geodata.crs import plane_epsg, to_plane
from geodata.readers.gtfs import read_gtfs
from geodata.synthetic import grid_city
from geodata.units import UNREACHED_S
from sim.routing.pairs import Ends, pair_arrivals
from sim.routing.types import RoutingRequest

pynigiri = pytest.importorskip("pynigiri", reason="pynigiri has no build for this system")

N_PAIRS = 400
NEAR_M = 250
WALK_M_MIN = 80
FEEDS = {  # files, date, change time [s], earliest and latest departure [h]
    "porto-alegre": (["porto-alegre/poa_eptc.zip", "porto-alegre/poa_trensurb.zip"], "2019-05-13", 0, (12, 16.5)),
    "aomori": (["gtfs-jp-samples/gtfs_aomori_city_bus_2019.zip"], "2019-06-12", 60, (6, 21)),
    "wakayama": (["gtfs-jp-samples/gtfs_wakayama_bus_2019.zip"], "2019-06-15", 120, (6, 21)),
    "muroran": (["muroran/gtfs_donanbus_2020.zip"], "2020-06-10", 0, (6, 21)),
}


def groups_of(xy):
    """Stop → first stop of its group: whoever is within half of `NEAR_M` of a group's first stop belongs to it."""
    first = np.full(len(xy), -1)
    for stop, here in enumerate(xy):
        if first[stop] < 0:
            first[(first < 0) & (np.hypot(*(xy - here).T) <= NEAR_M / 2)] = stop
    return first


def footpaths_of(xy, least_min):
    """(a, b, minutes) of all pairs in a group; rounding up keeps the triangle inequality, so closing adds nothing."""
    first = groups_of(xy)
    for group in np.unique(first):
        members = np.flatnonzero(first == group).tolist()
        for a in members:
            for b in members:
                if b != a:
                    yield a, b, max(least_min, int(np.ceil(np.hypot(*(xy[a] - xy[b])) / WALK_M_MIN)))


def write_table(folder, name, header, rows):
    with (folder / f"{name}.txt").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])


def write_feed(timetable, date, change_s, folder):
    """Write the trips of one date as both engines are to see them."""
    stops, trips, patterns = timetable.stops, timetable.trips, timetable.patterns
    day = date.replace("-", "")
    running = np.flatnonzero(timetable.services.active_on(date)[trips.service])
    assert not (trips.headway_s[running] > 0).any()
    ids = [f"s{n}" for n in range(timetable.n_stops)]
    write_table(folder, "agency", "agency_id,agency_name,agency_url,agency_timezone",
                [("x", "x", "https://example.org", timetable.agency_timezone)])  # fmt: skip
    write_table(folder, "calendar_dates", "service_id,date,exception_type", [("day", day, 1)])
    write_table(folder, "stops", "stop_id,stop_name,stop_lat,stop_lon",
                [(i, i, *row) for i, row in zip(ids, stops.lonlat[:, ::-1].tolist(), strict=True)])  # fmt: skip
    used = np.unique(patterns.route[trips.pattern[running]]).tolist()
    write_table(folder, "routes", "route_id,agency_id,route_short_name,route_type", [(r, "x", r, 3) for r in used])
    write_table(folder, "trips", "route_id,service_id,trip_id",
                [(patterns.route[trips.pattern[t]], "day", t) for t in running.tolist()])  # fmt: skip
    rows = []
    for t in running.tolist():
        for n, stop in enumerate(patterns.stops_of(trips.pattern[t]).tolist()):
            at = trips.time_offsets[t] + n
            clocks = [format_time(s // 60 * 60) for s in (trips.arrival_s[at], trips.departure_s[at])]
            rows.append((t, *clocks, ids[stop], n, int(not trips.board_allowed[at]), int(not trips.alight_allowed[at])))
    write_table(
        folder, "stop_times",
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type", rows,
    )  # fmt: skip
    changes = [(i, i, 2, change_s) for i in ids]
    walks = [(ids[a], ids[b], 2, minutes * 60) for a, b, minutes in footpaths_of(stops.xy, change_s // 60)]
    write_table(folder, "transfers", "from_stop_id,to_stop_id,transfer_type,min_transfer_time", changes + walks)
    return sorted({row[3] for row in rows}, key=lambda i: int(i[1:]))


def load_pynigiri(folder, date):
    config, options = pynigiri.LoaderConfig(), pynigiri.FinalizeOptions()
    config.link_stop_distance = 0
    options.adjust_footpaths = options.merge_dupes_intra_src = options.merge_dupes_inter_src = False
    days = [(dt.date.fromisoformat(date) + dt.timedelta(days=n)).isoformat() for n in (-1, 2)]
    return pynigiri.load_timetable([pynigiri.TimetableSource("x", str(folder), config)], *days, options)


def ask_pynigiri(network, a, b, midnight, depart_s):
    """Return (arrival [s after 00:00], transfers), or None."""
    query = pynigiri.Query()
    query.start = [pynigiri.Offset(network.find_location(a), 0, 0)]
    query.destination = [pynigiri.Offset(network.find_location(b), 0, 0)]
    query.start_time = midnight // 60 + depart_s // 60
    query.max_travel_time = 24 * 60
    query.use_start_footpaths = True
    journeys = pynigiri.route(network, query)
    return min(((j.dest_time * 60 - midnight, j.transfers) for j in journeys), default=None)


def sample_pairs(timetable, served, rng):
    first = groups_of(timetable.stops.xy)
    drawn = [rng.choice(served, 2, replace=False).tolist() for _ in range(2 * N_PAIRS)]
    return [(a, b) for a, b in drawn if first[int(a[1:])] != first[int(b[1:])]][:N_PAIRS]


@pytest.mark.parametrize("name", FEEDS)
def test_arrivals_equal_those_of_pynigiri(name, shared_data, tmp_path):
    files, date, change_s, hours = FEEDS[name]
    epsg = {}

    def project(lonlat):
        code = epsg.setdefault("code", plane_epsg(*np.median(lonlat, axis=0).tolist()))
        return to_plane(code, lonlat)

    original = read_gtfs([shared_data / f for f in files], project=project).timetable
    served = write_feed(original, date, change_s, tmp_path)
    timetable = read_gtfs([tmp_path], project=project).timetable

    rng = np.random.default_rng(0)
    pairs = sample_pairs(original, served, rng)
    depart = (rng.integers(hours[0] * 60, int(hours[1] * 60), N_PAIRS) * 60).astype(np.int32)
    index = {str(s): n for n, s in enumerate(timetable.stops.stop_id)}
    origins, targets = (
        Ends(np.array([index[p[side]] for p in pairs], np.int32), np.zeros((N_PAIRS, 2))) for side in (0, 1)
    )
    request = RoutingRequest(date, 0, 60, max_transfers=None)
    found = pair_arrivals(grid_city(timetable=timetable), origins, targets, depart, request, walk="feed")

    network = load_pynigiri(tmp_path, date)
    zone = ZoneInfo(timetable.agency_timezone)
    midnight = int(dt.datetime.combine(dt.date.fromisoformat(date), dt.time(), zone).timestamp())
    different = []
    n_finite = 0
    for row, (a, b) in enumerate(pairs):
        theirs = ask_pynigiri(network, a, b, midnight, int(depart[row]))
        ours = (int(found.arrive_s[row]), int(found.n_transfers[row]))
        n_finite += ours[0] != UNREACHED_S
        if (theirs or (UNREACHED_S, -1)) != ours:
            different.append((a, b, format_time(int(depart[row])), ours, theirs))
    assert n_finite > N_PAIRS * 0.7
    assert different == []
