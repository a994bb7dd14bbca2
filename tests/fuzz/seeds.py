"""A small good file of each format, and a city that reads it; layouts as published, contents made up."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.unit.geodata.feed_texts import CELLS, clean, dedent, feed_tables

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
    id: tiny
    name: 小さな市
    date: 2025-10-15
"""
PEOPLE = """
    population: {kind: cells_csv, path: cells.csv, persons: population, year: 2025, base_date: 2025-10-01}
"""


@dataclass(frozen=True)
class Seed:
    """One format: the file that is damaged, its good bytes, the configuration, and what else the city reads."""

    name: str
    file: str
    good: bytes
    config: str
    others: dict[str, bytes] = field(default_factory=dict)

    def write(self, folder: Path, raw: bytes) -> Path:
        """Write the city with other bytes in the damaged file; return its configuration."""
        config = raw if self.file == "tiny.yaml" else dedent(HEAD + self.config).encode()
        for name, content in {"tiny.yaml": config, **self.others, self.file: raw}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder / "tiny.yaml"


def zipped(tables: dict[str, bytes]) -> bytes:
    """Return a zip of files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, raw in tables.items():
            archive.writestr(zipfile.ZipInfo(name), raw)
    return stream.getvalue()


def geojson(*features: tuple[dict, dict]) -> bytes:
    """Return a FeatureCollection of (geometry, properties)."""
    rows = [{"type": "Feature", "geometry": g, "properties": p} for g, p in features]
    return json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False).encode()


def box(west: float, south: float, east: float, north: float) -> dict:
    """Return a rectangle as GeoJSON."""
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def point(lon: float, lat: float) -> dict:
    """Return a point as GeoJSON."""
    return {"type": "Point", "coordinates": [lon, lat]}


TABLES = {f"{n}.txt": t.encode() for n, t in feed_tables().items()}
MORE_TABLES = {
    "frequencies.txt": b"trip_id,start_time,end_time,headway_secs,exact_times\nT1,08:00:00,09:00:00,600,0\n",
    "transfers.txt": b"from_stop_id,to_stop_id,transfer_type,min_transfer_time\nA,B,2,120\n",
    "fare_attributes.txt": b"fare_id,price,currency_type,payment_method,transfers\nf,160,JPY,0,0\n",
    "fare_rules.txt": b"fare_id,route_id,origin_id,destination_id\nf,R1,z1,z2\n",
    "calendar_dates.txt": b"service_id,date,exception_type\nwk,20250501,2\n",
    "translations.txt": "trans_id,lang,translation\n甲,en,Kou\n".encode(),
    "shapes.txt": b"shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\ns,36.5,140.6,1\ns,36.527,140.6,2\n",
    "feed_info.txt": "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date\n市,http://x,ja,20250401,20260331\n".encode(),
}
EVERY_TABLE = {**TABLES, **MORE_TABLES}
CELL_FILE = {"cells.csv": clean(CELLS).encode()}
GTFS = "    gtfs: [feed.zip]\n"

MESH = (
    "KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T001141001,T001141004,T001141010,T001141019,T001141022\n"
    ",,,,　人口（総数）,　０～１４歳人口　総数,　１５～６４歳人口　総数,　６５歳以上人口　総数,　７５歳以上人口　総数\n"
    "544064081,0,,,120,20,70,30,15\n"
    "544064083,2,,544064082,80,10,50,20,*\n"
    "544064082,1,544064083,,3,*,*,*,*\n"
).encode("cp932")
FUTURE = b"MESH_ID,SHICODE,PTN_2020,PTN_2030,PTA_2020,PTA_2030,PTB_2020,PTB_2030,PTC_2020,PTC_2030\n544064081,08202,120,100,20,15,70,55,30,30\n544064083,08202,80,70,10,8,50,42,20,20\n"
AREAS = geojson(
    (
        box(140.60, 36.50, 140.61, 36.51),
        {"KEY_CODE": "08202001001", "S_NAME": "助川町一丁目", "JINKO": 100, "HCODE": 8101},
    ),
    (
        box(140.61, 36.50, 140.62, 36.51),
        {"KEY_CODE": "08202001002", "S_NAME": "助川町二丁目", "JINKO": 60, "HCODE": 8101},
    ),
)
DISTRICTS = geojson(
    (box(140.59, 36.49, 140.6025, 36.52), {"name": "東地区"}), (box(140.6025, 36.49, 140.62, 36.52), {"name": "西地区"})
)
CONTROLS = "地区,0～14歳,15～64歳,65歳以上,計\n東地区,10,60,30,100\n西地区,10,50,40,100\n計,20,110,70,200\n".encode(
    "cp932"
)
TOWNS = (
    '"都道府県コード","都道府県名","市区町村コード","市区町村名","大字町丁目コード","大字町丁目名","緯度","経度","原典資料コード","大字・字・丁目区分コード"\n'
    '"08","茨城県","08202","日立市","082020001001","助川町一丁目","36.5","140.6","0","3"\n'
    '"08","茨城県","08202","日立市","082020001002","助川町二丁目","36.505","140.605","0","3"\n'
).encode("cp932")
CLINICS = (
    "名称,医療機関の種類,住所,緯度,経度,診療科目,診療時間\n"
    "甲医院,診療所,日立市助川町1-2-3,36.5,140.6,内科,月火水金 9:00～12:00\n"
    "乙病院,病院,日立市助川町二丁目5,,,外科,\n"
).encode("cp932")
OPINIONS = "場所,テーマ,意見,年代,氏名\n助川町一丁目,バス,本数を増やして,70代,山田\n西地区,医療,近くに診療所がほしい,40代,佐藤\n".encode(
    "cp932"
)
MEDICAL = geojson(
    (point(140.601, 36.501), {"P04_001": "1", "P04_002": "市立病院", "P04_003": "助川町1", "P04_004": "内科"}),
    (point(140.602, 36.502), {"P04_001": "2", "P04_002": "甲医院", "P04_003": "助川町2", "P04_004": "外科"}),
)
OSM = b"""<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
<node id="1" version="1" lat="36.500" lon="140.600"/><node id="2" version="1" lat="36.505" lon="140.600"/>
<node id="3" version="1" lat="36.505" lon="140.605"/>
<way id="10" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way>
</osm>
"""
GRAPHML = b"""<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="d0" for="node" attr.name="x" attr.type="string"/>
<key id="d1" for="node" attr.name="y" attr.type="string"/><key id="d2" for="edge" attr.name="highway" attr.type="string"/>
<key id="d3" for="edge" attr.name="length" attr.type="string"/><key id="d4" for="graph" attr.name="crs" attr.type="string"/>
<key id="d5" for="edge" attr.name="oneway" attr.type="string"/>
<graph edgedefault="directed"><data key="d4">epsg:4326</data>
<node id="1"><data key="d0">140.6</data><data key="d1">36.5</data></node>
<node id="2"><data key="d0">140.605</data><data key="d1">36.505</data></node>
<edge source="1" target="2" id="0"><data key="d2">residential</data><data key="d3">700.0</data><data key="d5">False</data></edge>
<edge source="2" target="1" id="0"><data key="d2">residential</data><data key="d3">700.0</data><data key="d5">False</data></edge>
</graph></graphml>
"""
WHOLE = PEOPLE + GTFS

SEEDS = (
    *(
        Seed(f"gtfs {name}", f"feed/{name}", raw, PEOPLE + "    gtfs: [feed]\n", CELL_FILE | {f"feed/{n}": t for n, t in EVERY_TABLE.items()})
        for name, raw in EVERY_TABLE.items()
    ),
    Seed("gtfs zip", "feed.zip", zipped(TABLES), WHOLE, CELL_FILE),
    Seed("gtfs alone", "feed.zip", zipped(TABLES), GTFS),
    Seed("cells", "cells.csv", CELL_FILE["cells.csv"], PEOPLE),
    Seed("configuration", "tiny.yaml", dedent(HEAD + WHOLE).encode(), "", CELL_FILE | {"feed.zip": zipped(TABLES)}),
    Seed("census mesh", "tblT001141H5440.txt", MESH, "    population: {kind: estat_mesh, path: tblT001141H5440.txt, year: 2020, base_date: 2020-10-01}\n"),
    Seed("future mesh", "future.csv", FUTURE, "    population: {kind: future_mesh, path: future.csv, year: 2030}\n"),
    Seed("outlook", "future.csv", FUTURE, PEOPLE + "    outlook: {path: future.csv}\n", CELL_FILE),
    Seed("small areas", "areas.geojson", AREAS, "    population: {kind: small_area, boundaries: areas.geojson, year: 2020, base_date: 2020-10-01}\n"),
    Seed("districts", "districts.geojson", DISTRICTS, PEOPLE + "    districts: {path: districts.geojson, name: name}\n", CELL_FILE),
    Seed(
        "control totals",
        "totals.csv",
        CONTROLS,
        PEOPLE + "    districts: {path: districts.geojson, name: name}\n    controls: [{path: totals.csv, date: 2025-04-01}]\n",
        CELL_FILE | {"districts.geojson": DISTRICTS},
    ),
    Seed("daytime", "day.csv", "メッシュコード,昼間人口,流入人口\n5440640812,100,20\n".encode("cp932"), PEOPLE + "    daytime: {path: day.csv, year: 2020}\n", CELL_FILE),
    Seed("towns", "towns.csv", TOWNS, PEOPLE + "    towns: {path: towns.csv}\n    facilities: [{path: clinics.csv}]\n", CELL_FILE | {"clinics.csv": CLINICS}),
    Seed("facilities", "clinics.csv", CLINICS, PEOPLE + "    towns: {path: towns.csv}\n    facilities: [{path: clinics.csv}]\n", CELL_FILE | {"towns.csv": TOWNS}),
    Seed("opinions", "voices.csv", OPINIONS, PEOPLE + "    towns: {path: towns.csv}\n    opinions: [{path: voices.csv}]\n", CELL_FILE | {"towns.csv": TOWNS}),
    Seed("P04", "P04-20_08.geojson", MEDICAL, PEOPLE + "    ksj: [P04-20_08.geojson]\n", CELL_FILE),
    Seed("boundary", "city.geojson", geojson((box(140.59, 36.49, 140.62, 36.53), {"N03_004": "日立市", "N03_007": "08202"})), PEOPLE + "    boundaries: [{path: city.geojson, id: N03_007, name: N03_004}]\n", CELL_FILE),
    Seed("osm", "streets.osm", OSM, PEOPLE + "    streets: {osm_pbf: streets.osm}\n", CELL_FILE),
    Seed("graphml", "streets.graphml", GRAPHML, PEOPLE + "    streets: {graphml: streets.graphml}\n", CELL_FILE),
    Seed("barriers", "wall.geojson", geojson(({"type": "LineString", "coordinates": [[140.59, 36.502], [140.62, 36.502]]}, {})), PEOPLE + "    streets: {osm_pbf: streets.osm, barriers: [{path: wall.geojson}]}\n", CELL_FILE | {"streets.osm": OSM}),
)  # fmt: skip
"""Every format, small and whole."""
