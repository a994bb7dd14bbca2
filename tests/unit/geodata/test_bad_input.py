"""One table of everything that can be wrong with the inputs of a city: code, place, remedy; never a traceback."""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from geodata.build import build_city
from geodata.errors import DataError, Severity
from geodata.readers import archive
from geodata.readers.archive import open_archive
from tests.unit.geodata.feed_texts import CELLS, CONFIG, FEED, clean, edited, write_city_inputs, write_feed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One cause: what is changed in the tiny city, and the code and place of the finding."""

    cause: str
    code: str
    where: str
    severity: str = "error"
    tables: dict[str, str | None] | None = None
    config: str = CONFIG
    cells: str = CELLS
    spoil: Callable[[Path], None] | None = None


def change(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new)


def many_trips(bad: str) -> str:
    """Stop times of 30 more good trips and one bad block, so that the bad rows are few."""
    rows = [f"G{n},07:{n:02d}:00,07:{n:02d}:00,{s},{q}" for n in range(30) for q, s in enumerate("ABC")]
    header = "trip_id,arrival_time,departure_time,stop_id,stop_sequence"
    return "\n".join([header, *rows, clean(bad).strip()])


MANY = "\n".join(["route_id,service_id,trip_id", *(f"R1,wk,G{n}" for n in range(30)), "R1,wk,T1"])
TWO_ROWS = "T1,08:00:00,08:00:00,A,1\nT1,08:30:00,08:30:00,C,3"


def broken_zip(folder: Path) -> None:
    path = folder / "feed.zip"
    path.write_bytes(path.read_bytes()[:-200])


def no_zip(folder: Path) -> None:
    (folder / "feed.zip").write_bytes(b"<html>404 Not Found</html>")


def broken_member(folder: Path) -> None:
    path = folder / "feed.zip"
    raw = bytearray(path.read_bytes())
    at = raw.index(b"stop_sequence")
    raw[at : at + 4] = b"XXXX"  # the checksum no longer fits
    path.write_bytes(raw)


def unsafe_name(folder: Path) -> None:
    with zipfile.ZipFile(folder / "feed.zip", "a") as feed:
        feed.writestr("../../evil.txt", "x")


def nameless(folder: Path) -> None:
    with zipfile.ZipFile(folder / "feed.zip", "a") as feed:
        feed.writestr("Xothing.txt", "x")
    path = folder / "feed.zip"
    path.write_bytes(path.read_bytes().replace(b"Xothing", b"\0othing"))  # a name ends at its first null


def bomb(folder: Path) -> None:
    with zipfile.ZipFile(folder / "feed.zip", "a", zipfile.ZIP_DEFLATED) as feed:
        feed.writestr("shapes.txt", b"0" * 30_000_000)


def utf16_without_mark(folder: Path) -> None:
    write_over(folder, "stops.txt", clean(FEED["stops"]).encode("utf-16-le"))


def lost_bytes(folder: Path) -> None:
    write_over(folder, "stops.txt", clean(FEED["stops"]).encode() + b"\xff\xff\xa0\xa0,\x81")


def encrypted(folder: Path) -> None:
    path = folder / "feed.zip"
    raw = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(signature)
        while at >= 0:
            flags = struct.unpack_from("<H", raw, at + offset)[0]
            struct.pack_into("<H", raw, at + offset, flags | 1)
            at = raw.find(signature, at + 4)
    path.write_bytes(raw)


def no_cells(folder: Path) -> None:
    (folder / "cells.csv").unlink()


def no_feed(folder: Path) -> None:
    (folder / "feed.zip").unlink()


def write_over(folder: Path, name: str, raw: bytes) -> None:
    """Replace one table of the feed by bytes."""
    path = folder / "feed.zip"
    with zipfile.ZipFile(path) as feed:
        tables = {n: feed.read(n) for n in feed.namelist()}
    with zipfile.ZipFile(path, "w") as feed:
        for table, content in (tables | {name: raw}).items():
            feed.writestr(table, content)


def stops(old: str, new: str) -> dict[str, str | None]:
    return {"stops": edited("stops", old, new)}


def times(old: str, new: str) -> dict[str, str | None]:
    return {"stop_times": edited("stop_times", old, new)}


CASES = [
    # --- files
    Case("feed missing", "input.missing", "feed.zip", spoil=no_feed),
    Case("cells missing", "input.missing", "cells.csv", spoil=no_cells),
    Case("zip cut off", "archive.broken", "feed.zip", spoil=broken_zip),
    Case("web page instead of zip", "archive.broken", "feed.zip", spoil=no_zip),
    Case("checksum of a table wrong", "archive.broken", "feed.zip/stop_times.txt", spoil=broken_member),
    Case("zip with a password", "archive.broken", "feed.zip/agency.txt", spoil=encrypted),
    Case("name leading out of the zip", "archive.unsafe_name", "feed.zip/../../evil.txt", spoil=unsafe_name),
    Case("file without a name", "archive.no_name", "feed.zip", spoil=nameless),
    Case("zip bomb", "archive.too_large", "feed.zip/shapes.txt", spoil=bomb),
    Case("no stops.txt", "gtfs.missing_file", "feed.zip/stops.txt", tables={"stops": None}),
    Case("no calendar at all", "gtfs.missing_file", "feed.zip/calendar.txt", tables={"calendar": None}),
    Case("empty file", "table.empty", "feed.zip/routes.txt", tables={"routes": ""}),
    Case("header only", "gtfs.no_rows", "feed.zip/trips.txt", tables={"trips": "route_id,service_id,trip_id"}),
    Case("characters lost", "input.encoding", "feed.zip/stops.txt", spoil=lost_bytes),
    Case("UTF-16 without mark", "input.encoding", "feed.zip/stops.txt", "warning", spoil=utf16_without_mark),
    # --- tables
    Case("column missing", "table.missing_column", "feed.zip/stops.txt row 1", tables=stops("stop_lat", "lat")),
    Case("semicolons", "table.delimiter", "feed.zip/stops.txt row 1", tables={"stops": FEED["stops"].replace(",", ";")}),
    Case("tabs", "table.delimiter", "feed.zip/trips.txt row 1", tables={"trips": FEED["trips"].replace(",", "\t")}),
    Case("comma inside a name", "table.fields", "feed.zip/stops.txt row 3", tables=stops("乙", "乙,東口")),
    Case("quote never closed", "table.fields", "feed.zip/stops.txt", tables=stops("乙", '"乙')),
    # --- stops
    Case("stop at 0,0", "gtfs.stop_position", "feed.zip/stops.txt row 3", tables=stops("36.509,140.600", "0,0")),
    Case("stop without place", "gtfs.stop_position", "feed.zip/stops.txt row 3", tables=stops("36.509,140.600", ",")),
    Case("place not a number", "gtfs.stop_position", "feed.zip/stops.txt row 4", tables=stops("36.527", "NaN")),
    Case("stop off the globe", "gtfs.stop_position", "feed.zip/stops.txt row 2", tables=stops("36.500", "365.00")),
    Case("latitude and longitude swapped", "gtfs.stop_swapped", "feed.zip/stops.txt row 2", tables=stops("36.500,140.600", "140.600,36.500")),
    Case("unused stop at 0,0", "gtfs.stop_position", "feed.zip/stops.txt row 5", "warning", tables=stops("z3\n", "z3\n        Z,零,0,0,\n")),
    Case("stop in another country", "gtfs.stop_far", "feed.zip/stops.txt row 5", "warning", tables=stops("z3\n", "z3\n        Z,遠,1.3,103.8,\n")),
    Case("duplicate stop", "gtfs.duplicate_id", "feed.zip/stops.txt row 3", "warning", tables=stops("        B,", "        A,甲,36.500,140.600,z1\n        B,")),
    # --- ids
    Case("trip of an unknown route", "gtfs.unknown_route", "feed.zip/trips.txt row 2", tables={"trips": edited("trips", "R1,wk,T1", "R9,wk,T1")}),
    Case("trip of an unknown service", "gtfs.unknown_service", "feed.zip/trips.txt row 4", tables={"trips": edited("trips", "R2,we", "R2,祝")}),
    Case("stop time of an unknown trip", "gtfs.unknown_trip", "feed.zip/stop_times.txt row 8", tables=times("T3,", "T9,")),
    Case("stop time at an unknown stop", "gtfs.unknown_stop", "feed.zip/stop_times.txt row 3", tables=times("08:11:00,B", "08:11:00,X")),
    Case("few stop times at an unknown stop", "gtfs.unknown_stop", "feed.zip/stop_times.txt row 94", "warning", tables={"trips": MANY, "stop_times": many_trips(f"{TWO_ROWS}\nT1,08:40:00,08:40:00,X,4")}),
    # --- times
    Case("not a time", "gtfs.time", "feed.zip/stop_times.txt row 3", tables=times("08:10:00,08:11:00", "8時10分,8時11分")),
    Case("time backwards", "gtfs.time_backwards", "feed.zip/stop_times.txt row 4", tables=times("T1,08:30:00,08:30:00", "T1,07:30:00,07:30:00")),
    Case("departure before arrival", "gtfs.time_backwards", "feed.zip/stop_times.txt row 3", tables=times("08:10:00,08:11:00,B", "08:10:00,08:09:00,B")),
    Case("midnight as 00:05", "gtfs.time_backwards", "feed.zip/stop_times.txt row 9", tables=times("25:05:00,25:05:00", "01:05:00,01:05:00")),
    Case("few times backwards", "gtfs.time_backwards", "feed.zip/stop_times.txt row 93", "warning", tables={"trips": MANY, "stop_times": many_trips(change(TWO_ROWS, "08:30:00,08:30:00", "07:30:00,07:30:00"))}),
    Case("no time at the end", "gtfs.no_end_time", "feed.zip/stop_times.txt row 4", tables=times("T1,08:30:00,08:30:00", "T1,,")),
    Case("few trips of one stop", "gtfs.short_trip", "feed.zip/stop_times.txt row 92", "warning", tables={"trips": MANY, "stop_times": many_trips("T1,08:00:00,08:00:00,A,1")}),
    Case("sequence not a number", "gtfs.stop_sequence", "feed.zip/stop_times.txt row 2", tables=times("A,1,0,1\n        T1", "A,one,0,1\n        T1")),
    Case("trip without times", "gtfs.trip_without_times", "feed.zip/trips.txt row 5", "warning", tables={"trips": FEED["trips"].rstrip() + "\n        R2,we,T4,,1,,\n"}),
    Case("route type not a number", "gtfs.route_type", "feed.zip/routes.txt row 2", tables={"routes": edited("routes", "甲丙線,3", "甲丙線,bus")}),
    Case("fare not a number", "gtfs.fare_price", "feed.zip/fare_attributes.txt row 2", tables={"fare_attributes": "fare_id,price,currency_type\nf,百円,JPY"}),
    Case("headway of zero", "gtfs.frequency", "feed.zip/frequencies.txt row 2", tables={"frequencies": "trip_id,start_time,end_time,headway_secs\nT1,06:00:00,07:00:00,0"}),
    # --- calendar
    Case("calendar over", "gtfs.calendar_over", "feed.zip/calendar.txt", "warning", config=change(CONFIG, "2025-10-15", "2026-10-14")),
    Case("day without service", "gtfs.no_service", "saturday: 2025-10-18", "warning", config=change(CONFIG, "date: 2025-10-15", "date: 2025-10-15\n    saturday: 2025-10-18"), tables={"calendar": edited("calendar", "0,0,0,0,0,1,1", "0,0,0,0,0,0,1")}),
    Case("not a date", "calendar.date", "feed.zip/calendar.txt row 3", tables={"calendar": edited("calendar", "1,1,20250401", "1,1,2025年4月")}),
    Case("cp932", "input.encoding", "feed.zip/stops.txt", "info", spoil=lambda folder: write_over(folder, "stops.txt", clean(FEED["stops"]).encode("cp932"))),
    # --- population and other inputs
    Case("negative population", "table.negative", "cells.csv row 3", cells=change(CELLS, "140.605,36.500,50", "140.605,36.500,-50")),
    Case("population not a number", "table.number", "cells.csv row 3", cells=change(CELLS, "140.605,36.500,50", "140.605,36.500,五十")),
    Case("cell without place", "table.position", "cells.csv row 2", cells=change(CELLS, "140.600,36.500", ",36.500")),
    Case("cell twice", "population.duplicate_cell", "cells.csv row 3", cells=change(CELLS, "c2", "c1")),
    Case("population column missing", "table.missing_column", "cells.csv row 1", cells=change(CELLS, "population", "popul")),
    Case("no mesh code", "mesh.code", "cells.csv row 2", config=change(CONFIG, "kind: cells_csv", "kind: mesh_csv\n      code: id")),
    Case("shares that are not one", "population.shares", "population.bands", config=change(CONFIG, "persons: population", "persons: population\n      bands: [{id: a, label: A, from: 0, share: 0.4}]")),
    Case("unknown BRT route", "config.unknown_route", "brt_routes: BRT", config=change(CONFIG, "gtfs:", "brt_routes: [BRT]\n    gtfs:")),
    Case("typo in a key", "config.unknown_key", "tiny.yaml:11 facilitys", config=change(CONFIG, "facilities:", "facilitys:")),
    Case("facility file missing", "input.missing", "none.csv", config=change(CONFIG, "{cells_column: clinics, kind: clinic}", "{path: none.csv, kind: clinic}")),
    Case("boundary without match", "table.no_match", "b.geojson", config=change(CONFIG, "facilities:", "boundaries: [{path: b.geojson, where: {code: 9}}]\n    facilities:"), spoil=lambda f: (f / "b.geojson").write_text('{"features": [{"properties": {"code": "1"}, "geometry": {"type": "Point", "coordinates": [140, 36]}}]}', "utf-8")),
    Case("boundary of points", "geojson.not_polygon", "b.geojson feature 1", config=change(CONFIG, "facilities:", "boundaries: [{path: b.geojson}]\n    facilities:"), spoil=lambda f: (f / "b.geojson").write_text('{"features": [{"properties": {}, "geometry": {"type": "Point", "coordinates": [140, 36]}}]}', "utf-8")),
    Case("boundary that is no GeoJSON", "geojson.unreadable", "b.geojson", config=change(CONFIG, "facilities:", "boundaries: [{path: b.geojson}]\n    facilities:"), spoil=lambda f: (f / "b.geojson").write_text("{", "utf-8")),
    Case("streets that are no map", "osm.unreadable", "streets.osm.pbf", config=change(CONFIG, "facilities:", "streets: {osm_pbf: streets.osm.pbf}\n    facilities:"), spoil=lambda f: (f / "streets.osm.pbf").write_bytes(b"junk")),
    Case("two currencies", "gtfs.currencies", "feed.zip/fare_attributes.txt", "warning", tables={"fare_attributes": "fare_id,price,currency_type\nf,160,JPY\ng,200,JPY\nh,2,USD"}),
    Case("facility far away", "build.facility_far", "facilities f-2", "warning", config=change(CONFIG, "{cells_column: clinics, kind: clinic}", "{path: f.csv, kind: clinic}"), spoil=lambda f: (f / "f.csv").write_text("lat,lon\n35.5,140.6\n36.5,140.6\n", "utf-8")),
    Case("facility id twice", "facilities.duplicate_id", "facilities", "warning", config=change(CONFIG, "{cells_column: clinics, kind: clinic}", "{path: f.csv, kind: clinic, id: id}"), spoil=lambda f: (f / "f.csv").write_text("id,lat,lon\n1,36.5,140.6\n1,36.5,140.6\n", "utf-8")),
    Case("no known kind of facility", "facilities.unknown_kind", "f.csv row 2", config=change(CONFIG, "{cells_column: clinics, kind: clinic}", "{path: f.csv, kind_column: k, kinds: {a: clinic}}"), spoil=lambda f: (f / "f.csv").write_text("k,lat,lon\nb,36.5,140.6\n", "utf-8")),
    Case("negative count of facilities", "table.negative", "cells.csv row 2", cells=change(CELLS, "36.500,100,1", "36.500,100,-1")),
    Case("feature without geometry", "geojson.empty", "b.geojson feature 1", config=change(CONFIG, "facilities:", "boundaries: [{path: b.geojson}]\n    facilities:"), spoil=lambda f: (f / "b.geojson").write_text('{"features": [{"properties": {}, "geometry": {"type": "Polygon", "coordinates": []}}]}', "utf-8")),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.cause)
def test_every_cause_is_named_with_its_place_and_remedy(tmp_path, case):
    config = write_city_inputs(tmp_path, case.config, case.cells, **(case.tables or {}))
    if case.spoil is not None:
        case.spoil(tmp_path)
    raised = False
    try:
        problems = build_city(config).problems
    except DataError as exc:
        raised, problems = True, exc.problems
    assert raised == (case.severity == "error"), problems
    found = [p for p in problems if p.code == case.code and p.severity == Severity(case.severity)]
    assert found, problems
    assert any(p.where.endswith(case.where) for p in found), [p.where for p in found]
    for problem in found:
        if problem.severity is not Severity.INFO:  # a note may need nothing
            assert problem.hint.ja
            assert problem.hint.en
        assert problem.message.ja != problem.message.en


def test_causes_are_many_and_distinct():
    names = [c.cause for c in CASES]
    assert len(names) == len(set(names))
    assert len({c.code for c in CASES}) >= 40


def test_a_duplicate_keeps_the_first(tmp_path):
    tables = stops("        B,", "        A,偽,36.6,140.6,z1\n        B,")
    report = build_city(write_city_inputs(tmp_path, **tables))
    assert report.city.timetable.stops.name.tolist() == ["甲", "乙", "丙"]
    assert report.repairs == {"gtfs.duplicate_id": 1}


def test_few_bad_trips_are_left_out_and_counted(tmp_path):
    bad = change(TWO_ROWS, "08:30:00,08:30:00", "07:30:00,07:30:00")
    report = build_city(write_city_inputs(tmp_path, trips=MANY, stop_times=many_trips(bad)))
    assert report.counts["trips"] == 30
    assert report.repairs == {"gtfs.time_backwards": 1, "gtfs.trip_without_times": 1}


def test_all_missing_files_and_columns_are_told_at_once(tmp_path):
    config = write_city_inputs(tmp_path, stops=None, routes=edited("routes", "route_type", "type"))
    with pytest.raises(DataError) as caught:
        build_city(config)
    assert {p.where for p in caught.value.problems} == {"feed.zip/stops.txt", "feed.zip/routes.txt row 1"}


def test_many_wrong_rows_are_counted_not_listed(tmp_path):
    rows = "".join(f"        X{n},x,0,0,\n" for n in range(50))
    more = "".join(f"        T2,09:30:00,09:30:00,X{n},{n + 9}\n" for n in range(50))
    tables = {"stops": FEED["stops"].rstrip() + "\n" + rows, "stop_times": FEED["stop_times"].rstrip() + "\n" + more}
    with pytest.raises(DataError) as caught:
        build_city(write_city_inputs(tmp_path, **tables))
    assert len(caught.value.problems) == 6
    assert "50" in caught.value.problems[-1].message.ja


def test_a_member_larger_than_it_says_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBER_BYTES", 10)
    opened = open_archive(write_feed(tmp_path / "folder").with_name("folder"))
    assert opened.read_bytes("stops.txt")  # folders are the user's own
    path = write_feed(tmp_path / "f.zip")
    with pytest.raises(DataError) as caught:
        open_archive(path)
    assert {p.code for p in caught.value.problems} == {"archive.too_large"}


@pytest.mark.parametrize(
    ("limit", "most", "code"),
    [("MAX_MEMBERS", 2, "archive.too_many"), ("MAX_TOTAL_BYTES", 100, "archive.too_large")],
)
def test_a_zip_of_too_much_is_refused_as_a_whole(tmp_path, monkeypatch, limit, most, code):
    path = write_feed(tmp_path / "f.zip")
    assert open_archive(path).members
    monkeypatch.setattr(archive, limit, most)
    for reader in (open_archive, archive.open_tree):
        with pytest.raises(DataError) as caught:
            reader(path)
        assert [p.code for p in caught.value.problems] == [code]
