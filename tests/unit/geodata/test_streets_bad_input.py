"""One table of everything that can be wrong with streets, heights and barriers: cause, code, place; one report each."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.config.streets import StreetsConfig
from geodata.errors import DataError, Severity
from geodata.readers.street_sources import read_streets
from tests.unit.geodata.feed_texts import flat
from tests.unit.geodata.test_osm import osm_file

if TYPE_CHECKING:
    from collections.abc import Callable

AREA = (140.59, 36.49, 140.62, 36.52)
STREET = ([1, 2, 3], {"highway": "residential"})
GRAPH = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="graph" attr.name="crs" attr.type="string"/>
<key id="d1" for="node" attr.name="y" attr.type="string"/>
<key id="d2" for="node" attr.name="x" attr.type="string"/>
<key id="d3" for="edge" attr.name="highway" attr.type="string"/>
<key id="d4" for="edge" attr.name="oneway" attr.type="string"/>
<key id="d5" for="edge" attr.name="geometry" attr.type="string"/>
<graph edgedefault="directed"><data key="d0">epsg:4326</data>
<node id="1"><data key="d1">36.5</data><data key="d2">140.6</data></node>
<node id="2"><data key="d1">36.5</data><data key="d2">140.601</data></node>
<edge source="1" target="2" id="0"><data key="d3">residential</data><data key="d4">False</data></edge>
</graph></graphml>
"""
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


def keep(_: Path) -> None:
    """Leave the good streets as they are."""


def raw(content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / "streets.osm").write_bytes(content) and None


def ways(*given: tuple[list[int], dict[str, str]], old: str = "", new: str = "") -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        path = osm_file(folder, list(given))
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    return write


def cut_pbf(folder: Path) -> None:
    import osmium

    with osmium.SimpleWriter(str(folder / "whole.osm.pbf")) as writer:
        for thing in osmium.FileProcessor(str(osm_file(folder, [STREET]))):
            writer.add(thing)
    (folder / "streets.osm").write_bytes((folder / "whole.osm.pbf").read_bytes()[:-20])


def unsorted(folder: Path) -> None:
    lines = osm_file(folder, [STREET]).read_text(encoding="utf-8").split("\n")
    (folder / "streets.osm").write_text("\n".join([lines[0], lines[-2], *lines[1:-2], lines[-1]]), encoding="utf-8")


def swapped(folder: Path) -> None:
    text = osm_file(folder, [STREET]).read_text(encoding="utf-8")
    text = text.replace("lon=", "l__=").replace("lat=", "lon=").replace("l__=", "lat=")
    (folder / "streets.osm").write_text(text, encoding="utf-8")


def gone(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def graph(old: str = "", new: str = "") -> Callable[[Path], None]:
    assert old in GRAPH
    return lambda folder: (folder / "g.graphml").write_text(GRAPH.replace(old, new), encoding="utf-8") and None


def raster(**changes: Any) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        rasterio = pytest.importorskip("rasterio", reason="needs the extra: elevation")
        options = {"driver": "GTiff", "width": 30, "height": 30, "count": 1, "dtype": "float32", "crs": "EPSG:6668"}
        options |= {"transform": rasterio.Affine(0.001, 0, 140.59, 0, -0.001, 36.52)} | changes
        with rasterio.open(folder / "h.tif", "w", **options) as tif:
            tif.write(np.full((options["count"], 30, 30), 5, dtype=options["dtype"]))

    return write


def elsewhere(folder: Path) -> None:
    rasterio = pytest.importorskip("rasterio", reason="needs the extra: elevation")
    raster(transform=rasterio.Affine(0.001, 0, 10, 0, -0.001, 36.52))(folder)


def no_place(folder: Path) -> None:
    rasterio = pytest.importorskip("rasterio", reason="needs the extra: elevation")
    raster(crs=None, transform=rasterio.Affine(10, 0, 61_000, 0, -10, 55_000))(folder)


def without_crs(folder: Path) -> None:
    raster(crs=None)(folder)


def barrier(kind: str, coordinates: Any) -> Callable[[Path], None]:
    feature = {"type": "Feature", "properties": {"name": "川"}, "geometry": {"type": kind, "coordinates": coordinates}}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    return lambda folder: (folder / "b.geojson").write_text(text, encoding="utf-8") and None


ALL = [[[140.5, 36.4], [140.7, 36.4], [140.7, 36.6], [140.5, 36.6], [140.5, 36.4]]]
OSM = {"osm_pbf": "streets.osm"}
GRAPHML = {"graphml": "g.graphml"}
HEIGHTS = {**OSM, "elevation": "h.tif"}
BARRIERS = {**OSM, "barriers": [{"path": "b.geojson"}]}


@dataclass(frozen=True)
class StreetCase:
    """One cause: what is done to a folder of good streets, what is configured, and the code and place of the finding."""

    cause: str
    code: str
    where: str
    spoil: Callable[[Path], None]
    config: dict[str, Any] = field(default_factory=lambda: OSM)
    severity: Severity = Severity.ERROR
    area: tuple[float, float, float, float] | None = AREA


WARNING = Severity.WARNING
CASES = [
    StreetCase("an extract that is not there", "input.missing", "streets.osm", gone("streets.osm")),
    StreetCase("an empty extract", "osm.unreadable", "streets.osm", raw(b"")),
    StreetCase("a zip renamed to an extract", "osm.unreadable", "streets.osm", raw(b"PK\x03\x04" + b"0" * 60)),
    StreetCase("a web page saved as an extract", "osm.unreadable", "streets.osm", raw(b"<!DOCTYPE html><html></html>")),
    StreetCase("a graph named as an extract", "osm.unreadable", "streets.osm", raw(GRAPH.encode())),
    StreetCase("a truncated pbf", "osm.unreadable", "streets.osm", cut_pbf),
    StreetCase("XML that ends early", "osm.unreadable", "streets.osm", raw(b"<osm version='0.6'><node id='1'")),
    StreetCase(
        "a gzip that ends early",
        "osm.unreadable",
        "streets.osm",
        raw(gzip.compress(b"<osm version='0.6'></osm>" + bytes(range(256)))[:-40]),
    ),
    StreetCase("an extract that declares entities", "osm.entities", "streets.osm", raw(f"{BOMB}<osm/>".encode())),
    StreetCase("an extract without ways", "osm.no_streets", "streets.osm", ways()),
    StreetCase("an extract of buildings", "osm.no_streets", "streets.osm", ways(([1, 2, 3], {"building": "yes"}))),
    StreetCase(
        "only private and planned roads",
        "osm.no_streets",
        "streets.osm",
        ways(([1, 2], {"highway": "service", "access": "private"}), ([2, 3], {"highway": "construction"})),
    ),
    StreetCase(
        "only motorways", "streets.not_walkable", "streets.osm", ways(([1, 2, 3], {"highway": "motorway"}))
    ),
    StreetCase("ways before their points", "osm.no_positions", "streets.osm", unsorted),
    StreetCase("latitude and longitude swapped", "osm.swapped", "streets.osm", swapped),
    StreetCase(
        "some points missing",
        "osm.missing_nodes",
        "streets.osm",
        ways(STREET, ([3, 4, 99, 5], {"highway": "footway"})),
        severity=WARNING,
    ),
    StreetCase(
        "an extract of another region", "streets.outside_area", "streets.osm", keep, area=(135.0, 34.0, 135.1, 34.1)
    ),
    StreetCase("a city whose area is swapped", "streets.outside_area", "streets.osm", keep, area=(36.4, 140.5, 36.6, 140.7)),
    StreetCase("a graph that is not there", "input.missing", "g.graphml", gone("g.graphml"), GRAPHML),
    StreetCase("a graph that ends early", "graphml.unreadable", "g.graphml", graph("</graph></graphml>"), GRAPHML),
    StreetCase("an extract named as a graph", "graphml.unreadable", "g.graphml", graph(GRAPH, "<osm></osm>"), GRAPHML),
    StreetCase("a graph that declares entities", "graphml.entities", "g.graphml", graph(GRAPH, f"{BOMB}<graphml/>"), GRAPHML),
    StreetCase("a graph of another program, without x and y", "graphml.no_positions", "node 1", graph('attr.name="x"', 'attr.name="lon_x"'), GRAPHML),
    StreetCase("a projected graph", "graphml.projected", "g.graphml", graph("epsg:4326", "EPSG:6677"), GRAPHML),
    StreetCase("metres without a system", "graphml.projected", "g.graphml", graph("140.601", "61234.5"), GRAPHML),
    StreetCase("a street to a point that is not there", "graphml.unknown_node", "node 7", graph('target="2"', 'target="7"'), GRAPHML),
    StreetCase("a graph without streets", "graphml.unreadable", "g.graphml", graph('<edge source="1" target="2" id="0"><data key="d3">residential</data><data key="d4">False</data></edge>'), GRAPHML),
    StreetCase("a shape that is no line", "graphml.unreadable", "g.graphml", graph('<data key="d4">', '<data key="d5">POINT (1 2)</data><data key="d4">'), GRAPHML),
    StreetCase("a shape that is no shape", "graphml.unreadable", "g.graphml", graph('<data key="d4">', '<data key="d5">LINE?</data><data key="d4">'), GRAPHML),
    StreetCase("NaN as a longitude", "graphml.no_positions", "node 2", graph("140.601", "NaN"), GRAPHML),
    StreetCase("heights that are not there", "input.missing", "h.tif", keep, HEIGHTS),
    StreetCase("heights that are no raster", "elevation.unreadable", "h.tif", lambda f: (f / "h.tif").write_bytes(b"II*\0junk") and None, HEIGHTS),
    StreetCase("a picture in place of heights", "elevation.picture", "h.tif", raster(count=3, dtype="uint8"), HEIGHTS),
    StreetCase("heights without a system", "elevation.no_crs", "h.tif", no_place, HEIGHTS),
    StreetCase("heights of another place", "elevation.elsewhere", "h.tif", elsewhere, HEIGHTS),
    StreetCase("degrees without a system", "elevation.crs_assumed", "h.tif", without_crs, HEIGHTS, WARNING),
    StreetCase("no height anywhere but nodata", "elevation.elsewhere", "h.tif", raster(nodata=5), HEIGHTS),
    StreetCase("barriers that are not there", "input.missing", "b.geojson", keep, BARRIERS),
    StreetCase("a point as a barrier", "barriers.points", "b.geojson feature 1 (川)", barrier("Point", [140.6005, 36.5]), BARRIERS),
    StreetCase("a barrier over the whole city", "barriers.close_everything", "streets.osm", barrier("Polygon", ALL), BARRIERS),
    StreetCase("a barrier that crosses nothing", "barriers.crosses_nothing", "b.geojson feature 1 (川)", barrier("LineString", [[140.61, 36.51], [140.612, 36.51]]), BARRIERS, WARNING),
]  # fmt: skip


def read_or_refuse(
    config: dict[str, Any], folder: Path, area: tuple[float, float, float, float] | None = None
) -> tuple[list[Any], Any]:
    """Return what reading finds, and the streets or None."""
    wanted = StreetsConfig.model_validate(config)
    try:
        reading = read_streets(wanted, lambda name: Path(folder) / name, project=flat, area_lonlat=area)
    except DataError as exc:
        return list(exc.problems), None
    return list(reading.problems), reading.value


def findings(case: StreetCase, folder: Path) -> list[Any]:
    """Return what reading the streets of a case finds."""
    ways(STREET)(folder)
    graph()(folder)
    case.spoil(folder)
    return read_or_refuse(case.config, folder, case.area)[0]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.cause)
def test_each_cause_has_one_message_that_names_place_and_remedy(tmp_path, case):
    (found,) = findings(case, tmp_path)
    assert (found.code, found.severity) == (case.code, case.severity)
    assert found.where.endswith(case.where)
    assert all((*found.message, *found.hint))


def test_causes_are_distinct():
    assert len({c.cause for c in CASES}) == len(CASES)


def test_the_good_streets_have_no_findings(tmp_path):
    for config in (OSM, GRAPHML):
        assert findings(StreetCase("", "", "", keep, config), tmp_path) == []


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Bytes of one good file of each form."""
    import osmium

    folder = tmp_path_factory.mktemp("sound")
    ways(STREET)(folder)
    with osmium.SimpleWriter(str(folder / "s.osm.pbf")) as writer:
        for thing in osmium.FileProcessor(str(folder / "streets.osm")):
            writer.add(thing)
    raster()(folder)
    names = {"streets.osm": "osm_pbf", "s.osm.pbf": "osm_pbf", "h.tif": "elevation"}
    return {name: (key, (folder / name).read_bytes()) for name, key in names.items()} | {
        "g.graphml": ("graphml", GRAPH.encode())
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["streets.osm", "s.osm.pbf", "h.tif", "g.graphml"]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.binary(max_size=8)), min_size=1, max_size=4),
)
def test_damage_of_any_kind_is_an_error_of_ours(tmp_path, sound, name, cuts):
    key, content = sound[name]
    for share, length, instead in cuts:
        at = int(share * len(content))
        content = content[:at] + instead + content[at + length :]
    ways(STREET)(tmp_path)
    (tmp_path / name).write_bytes(content)
    config = {"osm_pbf": "streets.osm"} | {key: name} if key == "elevation" else {key: name}
    problems, streets = read_or_refuse(config, tmp_path)
    assert all(p.code and p.message.ja for p in problems)
    if streets is None:
        assert all(p.hint.ja for p in problems)
    else:
        assert np.isfinite(streets.node_xy).all()
        assert (streets.edge_length_m > 0).all()
