"""Streets from an Overpass server: a real exchange over the loopback, with answers that the tests make."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest

from geodata.config.streets import StreetsConfig
from geodata.errors import DataError
from geodata.readers import street_download
from geodata.readers.street_sources import read_streets
from geodata.streets import StreetNetwork
from tests.unit.geodata.feed_texts import flat
from tests.unit.geodata.test_osm import shortest

AREA = (140.590, 36.490, 140.615, 36.510)
NODES = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (200, 100), 5: (100, 80)}
WAYS = [
    ([1, 2, 3], {"highway": "residential"}),
    ([3, 4, 5], {"highway": "tertiary", "oneway": "yes", "maxspeed": "36"}),
    ([5, 2], {"highway": "steps"}),
]


def elements(ways=WAYS):
    nodes = [{"type": "node", "id": n, "lon": 140.6 + x / 1e5, "lat": 36.5 + y / 1e5} for n, (x, y) in NODES.items()]
    return nodes + [{"type": "way", "id": n, "nodes": refs, "tags": tags} for n, (refs, tags) in enumerate(ways, 1)]


def good(ways=WAYS):
    body = {"version": 0.6, "osm3s": {"timestamp_osm_base": "2026-04-01T00:00:00Z"}, "elements": elements(ways)}
    return 200, "application/json", json.dumps(body).encode()


@contextmanager
def overpass(*answers, delay_s=0.0):
    """A server on this machine that gives these answers in turn, the last one for ever; it keeps what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append((self.path, self.rfile.read(int(self.headers["Content-Length"])).decode(), dict(self.headers)))
            time.sleep(delay_s)
            status, kind, body = answers[min(len(asked), len(answers)) - 1]
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def _on_this_machine(monkeypatch, tmp_path):
    """No proxy stands before the loopback, nobody waits, and what is left in the working directory can be seen."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    monkeypatch.setattr(street_download, "PAUSES_S", (0.0,))
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")


def read(folder, url, area=AREA, **options):
    config = StreetsConfig(download=True, overpass_url=url, **options)
    return read_streets(config, lambda name: Path(folder) / name, project=flat, area_lonlat=area)


def test_streets_come_from_the_server_and_are_kept(tmp_path):
    with overpass(good()) as (url, asked):
        reading = read(tmp_path, url)
        assert len(asked) == 1
        path, body, headers = asked[0]
        query = parse_qs(body)["data"][0]
        assert path == "/api/interpreter"
        assert '["highway"]' in query
        assert "[out:json][timeout:180]" in query
        assert "Ekisei" in headers["User-Agent"]
        again = read(tmp_path, url)
        assert len(asked) == 1  # from the kept file
    assert isinstance(reading.value, StreetNetwork)
    streets = reading.value
    assert shortest(streets, streets.edge_effort_m, (0, 0), (100, 80)) == pytest.approx(180, abs=0.05)
    assert shortest(streets, streets.edge_car_s, (200, 0), (100, 80)) == pytest.approx(
        (100 + np.hypot(100, 20)) / 10, abs=0.02
    )
    assert shortest(streets, streets.edge_car_s, (100, 80), (200, 0)) == np.inf
    assert again.value.edge_effort_m.tolist() == streets.edge_effort_m.tolist()
    told = {p.code: p.message.ja for p in reading.problems}
    assert "2026-04-01" in told["streets.downloaded"]
    assert "ODbL" in told["streets.downloaded"]
    assert [f.name for f in reading.files] == ["streets.graphml"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cwd", "streets.graphml"]
    assert list((tmp_path / "cwd").iterdir()) == []


def test_settings_of_osmnx_and_the_resolver_are_put_back(tmp_path):
    import osmnx

    before = {k: v for k, v in vars(osmnx.settings).items() if not k.startswith("_")}
    resolve = socket.getaddrinfo
    with overpass(good(), (500, "text/plain", b"")) as (url, _):
        read(tmp_path, url)
        with pytest.raises(DataError):
            read(tmp_path, url, keep="other.graphml")
    assert {k: v for k, v in vars(osmnx.settings).items() if not k.startswith("_")} == before
    assert socket.getaddrinfo is resolve


def test_a_busy_server_is_asked_again(tmp_path, monkeypatch):
    monkeypatch.setattr(street_download, "PAUSES_S", (0.0, 0.0))
    with overpass((429, "text/plain", b"slow down"), (504, "text/plain", b""), good()) as (url, asked):
        assert read(tmp_path, url).counts["street_walk_km"] == 0  # 500 m
        assert len(asked) == 3


def test_a_city_that_grew_is_told_of_its_kept_streets(tmp_path):
    with overpass(good()) as (url, _):
        read(tmp_path, url)
    west, south, east, north = AREA
    grown = read(tmp_path, "http://127.0.0.1:9/api", area=(west - 0.01, south, east, north))
    assert "streets.kept_smaller" in [p.code for p in grown.problems]
    assert "streets.kept_smaller" not in [p.code for p in read(tmp_path, "http://127.0.0.1:9/api").problems]


def answer(body, status=200, kind="application/json"):
    return status, kind, body


def closed_port() -> str:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}/api"


FAILURES = {
    "busy 429": (answer(b"", 429), "overpass.busy"),
    "busy 504": (answer(b"", 504), "overpass.busy"),
    "error 400": (answer(b"parse error", 400, "text/plain"), "overpass.http"),
    "error 500": (answer(b"{}", 500), "overpass.http"),
    "a web page": (answer(b"<html><body>Please log in</body></html>", kind="text/html"), "overpass.not_json"),
    "cut off": (answer(good()[2][:-40]), "overpass.truncated"),
    "a list": (answer(b"[]"), "overpass.truncated"),
    "ways of no nodes": (answer(json.dumps({"elements": [{"type": "way", "id": 1}]}).encode()), "overpass.truncated"),
    "timed out inside": (
        answer(json.dumps({"elements": elements(), "remark": "runtime error: Query timed out"}).encode()),
        "overpass.remark",
    ),
    "nothing": (answer(b'{"elements": []}'), "overpass.empty"),
    "points only": (answer(json.dumps({"elements": elements([])}).encode()), "overpass.empty"),
}


@pytest.mark.parametrize("cause", FAILURES)
def test_each_failure_has_one_message_with_a_remedy_and_leaves_nothing(tmp_path, cause):
    given, code = FAILURES[cause]
    with overpass(given) as (url, _), pytest.raises(DataError) as caught:
        read(tmp_path, url)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.where == url
    assert "osm_pbf" in problem.hint.ja
    assert "osm_pbf" in problem.hint.en
    assert [p.name for p in tmp_path.iterdir()] == ["cwd"]


def test_a_silent_server_is_not_waited_for(tmp_path):
    with overpass(good(), delay_s=1.0) as (url, _), pytest.raises(DataError) as caught:
        read(tmp_path, url, overpass_timeout_s=0.2)
    assert [p.code for p in caught.value.problems] == ["overpass.timeout"]


@pytest.mark.parametrize(("url", "code"), [("", "overpass.unreachable"), ("overpass", "overpass.address")])
def test_no_server(tmp_path, url, code):
    with pytest.raises(DataError) as caught:
        read(tmp_path, url or closed_port())
    assert [p.code for p in caught.value.problems] == [code]


@pytest.mark.parametrize(
    ("area", "code"), [(None, "streets.no_area"), ((139.0, 35.0, 141.0, 37.0), "streets.area_too_large")]
)
def test_what_cannot_be_asked_is_not_asked(tmp_path, area, code):
    with overpass(good()) as (url, asked):
        with pytest.raises(DataError) as caught:
            read(tmp_path, url, area=area)
        assert asked == []
    assert [p.code for p in caught.value.problems] == [code]


def test_an_area_is_as_large_as_on_the_sphere():
    # One degree of latitude is 111.2 km; at 60° a degree of longitude is half of that.
    assert street_download.area_km2((10.0, 59.5, 11.0, 60.5)) == pytest.approx(111.2 * 55.6, rel=1e-3)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with overpass(good()) as (url, _), pytest.raises(DataError) as caught:
        read(tmp_path, url, keep="file/streets.graphml")
    assert [p.code for p in caught.value.problems] == ["streets.not_saved"]
