"""
Rebuilds an urbanaccess + pandana network from a feed and asks it for a matrix, on command; runs in an old environment.

Started with the path of an .npz (street nodes and edges, cells, facilities); then one feed folder per line on standard
input, one line of JSON per answer. Imports nothing of ours.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings

warnings.simplefilter("ignore")
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # the libraries print; only answers may go to standard output

import numpy as np  # noqa: E402
import pandana  # noqa: E402
import pandas as pd  # noqa: E402
import urbanaccess  # noqa: E402
from urbanaccess.config import settings  # noqa: E402
from urbanaccess.gtfs import headways, load, network  # noqa: E402
from urbanaccess.network import integrate_network, ua_network  # noqa: E402
from urbanaccess.osm.network import create_osm_net  # noqa: E402

MPH = 1.4 / 0.44704
FAR_MIN = 1_000.0


def answer(given, feed):
    """Build the network of one feed, ask for all pairs, and return the seconds of each step."""
    taken = {}
    last = time.perf_counter()

    def lap(name):
        nonlocal last
        now = time.perf_counter()
        taken[name] = now - last
        last = now

    tables = load.gtfsfeed_to_df(gtfsfeed_path=feed, validation=False, verbose=False)
    lap("load")
    network.create_transit_net(tables, day="monday", timerange=["14:00:00", "17:00:00"])
    lap("transit net")
    headways.headways(tables, headway_timerange=["14:00:00", "15:00:00"])
    lap("headways")
    nodes = pd.DataFrame({"id": given["node"], "x": given["lon"], "y": given["lat"]}).set_index("id", drop=False)
    edges = pd.DataFrame({"from": given["a"], "to": given["b"], "distance": given["metres"]})
    create_osm_net(osm_edges=edges, osm_nodes=nodes, travel_speed_mph=MPH)
    integrate_network(ua_network, headways=True, urbanaccess_gtfsfeeds_df=tables, headway_statistic="mean")
    lap("integrate")
    made = pandana.Network(
        ua_network.net_nodes["x"],
        ua_network.net_nodes["y"],
        ua_network.net_edges["from_int"],
        ua_network.net_edges["to_int"],
        ua_network.net_edges[["weight"]],
        twoway=False,
    )
    lap("hierarchy")
    cells, facilities = (
        made.get_node_ids(given[name][:, 0], given[name][:, 1]).to_numpy() for name in ("cells", "facilities")
    )
    minutes = np.array(made.shortest_path_lengths(np.repeat(cells, len(facilities)), np.tile(facilities, len(cells))))
    lap("query")
    return {"steps": taken, "seconds": sum(taken.values()), "finite_share": float((minutes < FAR_MIN).mean())}


def main():
    """Answer until standard input ends."""
    settings.log_console = settings.log_file = False
    given = dict(np.load(sys.argv[1]))
    versions = {
        "python": sys.version.split()[0],
        "urbanaccess": urbanaccess.__version__,
        "pandana": pandana.__version__,
        "numpy": np.__version__,
        "pandas": pd.__version__,
    }
    print(json.dumps({"versions": versions}), file=ANSWERS, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(given, line.strip())), file=ANSWERS, flush=True)


if __name__ == "__main__":
    main()
