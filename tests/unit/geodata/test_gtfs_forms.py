"""Forms in which operators ship feeds, names in English, stations, and the account of every row."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geodata.digest import digest_of
from geodata.errors import DataError
from geodata.readers import gtfs_fast
from geodata.readers.gtfs import FeedReading, read_gtfs
from geodata.readers.tables import parse_table
from tests.unit.geodata.feed_texts import FEED, clean, edited, feed_tables, flat, write_feed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def read(path: Path, **options) -> FeedReading:
    return read_gtfs([path], project=flat, **options)


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as target:
        for name, raw in files.items():
            target.writestr(name, raw)
    return path


def files(change: Callable[[str, str], tuple[str, bytes]] | None = None) -> dict[str, bytes]:
    plain = {f"{n}.txt": t for n, t in feed_tables().items()}
    return dict(change(n, t) if change else (n, t.encode()) for n, t in plain.items())


def mixed(name: str, text: str) -> tuple[str, bytes]:
    return name, text.encode("cp932" if name == "stops.txt" else "utf-8-sig" if name == "routes.txt" else "utf-16")


def one_line_of_cp932(name: str, text: str) -> tuple[str, bytes]:
    lines = [line.encode("cp932" if "乙" in line else "utf-8") for line in text.splitlines()]
    return name, b"\n".join(lines)


def mark_in_quotes(name: str, text: str) -> tuple[str, bytes]:
    heading, rest = text.split("\n", 1)
    return name, ("\ufeff" + ",".join(f'"\ufeff{c}"' for c in heading.split(",")) + "\n" + rest).encode()


def wide_digits(name: str, text: str) -> tuple[str, bytes]:
    return name, text.replace("36.527", "３６．５２７").replace("08:10:00", "０８：１０：００").encode()


def wide_heading(name: str, text: str) -> tuple[str, bytes]:
    return name, text.replace("stop_lat", "ｓｔｏｐ＿ｌａｔ").replace("trip_id", "TRIP_ID").encode()


FORMS: dict[str, tuple[Callable[[str, str], tuple[str, bytes]], set[str]]] = {
    "an encoding per file": (mixed, {"input.encoding"}),
    "cp932 lines in a UTF-8 file": (one_line_of_cp932, {"input.mixed_encoding"}),
    "UTF-16 without mark": (lambda n, t: (n, t.encode("utf-16-le")), {"input.encoding"}),
    "marks inside quotes": (mark_in_quotes, {"gtfs.marks"}),
    "old line ends": (lambda n, t: (n, t.replace("\n", "\r").encode()), set()),
    "commas at line ends": (lambda n, t: (n, t.replace("\n", ",\n").encode()), set()),
    "spaces around values": (lambda n, t: (n, t.replace(",", " , ").encode()), set()),
    "names in upper case": (lambda n, t: (n.upper(), t.encode()), set()),
    "full-width digits": (wide_digits, {"gtfs.full_width"}),
    "full-width and upper-case headings": (wide_heading, {"gtfs.heading"}),
    "a folder with a Japanese name": (lambda n, t: (f"青森市営バス/{n}", t.encode()), set()),
    "two folders deep": (lambda n, t: (f"a/b/{n}", t.encode()), set()),
    "backslashes": (lambda n, t: (f"gtfs\\{n}", t.encode()), {"gtfs.inner_place"}),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_form_changes_nothing(tmp_path, form):
    change, codes = FORMS[form]
    whole = read(write_feed(tmp_path / "f.zip")).timetable
    (tmp_path / "form").mkdir()
    reading = read(zipped(tmp_path / "form" / "f.zip", files(change)))
    assert digest_of(reading.timetable) == digest_of(whole)
    assert {p.code for p in reading.problems} == codes


def test_a_zip_in_a_zip_is_opened_and_two_are_refused(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as target:
        for name, raw in files().items():
            target.writestr(name, raw)
    one = zipped(tmp_path / "one.zip", {"feed.zip": inner.getvalue(), "memo.pdf": b"x"})
    assert {p.code for p in read(one).problems} == {"gtfs.inner_place"}
    two = zipped(tmp_path / "two.zip", {"a.zip": inner.getvalue(), "b.zip": inner.getvalue()})
    with pytest.raises(DataError) as caught:
        read(two)
    assert [p.code for p in caught.value.problems] == ["gtfs.several_feeds"]
    assert "a.zip, b.zip" in caught.value.problems[0].message.en


@settings(max_examples=40)
@example(rows=[["\n", "", ""], ["a", "", ""]], end="\n", quoted=False)  # a row of line ends alone holds nothing
@given(
    rows=st.lists(st.lists(st.text('aあ1 ,"\n', max_size=4), min_size=3, max_size=3), min_size=1, max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
    quoted=st.booleans(),
)
def test_the_fast_way_reads_what_the_careful_way_reads(rows, end, quoted):
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if quoted or set(text) & set(',"\n') else text

    text = end.join(["x,y,z", *(",".join(cell(c) for c in row) for row in rows)]) + end
    before = gtfs_fast.FROM_CHARACTERS
    gtfs_fast.FROM_CHARACTERS = 0
    try:
        fast = gtfs_fast.parse_plain(text, ["x"])
    finally:
        gtfs_fast.FROM_CHARACTERS = before
    if fast is None:
        return
    careful, _ = parse_table(text, "t", ["x"])
    assert fast.astype(object).to_numpy().tolist() == careful.astype(object).to_numpy().tolist()


NAMES = """
    table_name,field_name,language,translation,record_id,field_value
    stops,stop_name,en,Kō,A,
    stops,stop_name,en,Otsu,,乙
    stops,stop_name,ja-Hrkt,おつ,B,
    routes,route_long_name,en-US,Ko-Hei Line,R1,
    agency,agency_name,en,Test Transport,,テスト交通
    stops,stop_name,en,Nowhere,Z,
"""


def test_english_names_by_record_and_by_value(tmp_path):
    reading = read(write_feed(tmp_path / "f.zip", translations=NAMES))
    table = reading.timetable
    assert table.stops.name_en.tolist() == ["Kō", "Otsu", "丙"]
    assert table.routes.name_en.tolist() == ["1 Ko-Hei Line", "丙甲線"]
    assert reading.rows_used["f.zip"]["translations"] == 3
    assert reading.rows_left_out["f.zip"]["translations"] == {"gtfs.translation_unused": 3}


def test_stop_names_of_the_old_form(tmp_path):
    old = "trans_id,lang,translation\n甲,ja,甲\n甲,ja-Hrkt,こう\n甲,en,Kō"
    assert read(write_feed(tmp_path / "f.zip", translations=old)).timetable.stops.name_en.tolist() == ["Kō", "乙", "丙"]


def test_parents_are_stations_and_never_go_round(tmp_path):
    stops = """
        stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
        A,甲,36.500,140.600,0,S
        B,乙,36.509,140.600,4,P
        C,丙,36.527,140.600,0,X
        S,駅,36.500,140.600,1,
        P,ホーム,36.500,140.600,0,S
        X,輪,36.500,140.600,0,Y
        Y,輪,36.500,140.600,0,X
    """
    reading = read(write_feed(tmp_path / "f.zip", stops=stops))
    stops_read = reading.timetable.stops
    parent = dict(zip(stops_read.stop_id.tolist(), stops_read.parent.tolist(), strict=True))
    row = stops_read.stop_id.tolist().index
    assert parent["A"] == parent["B"] == parent["P"] == row("S")
    assert parent["C"] == parent["X"] == parent["Y"] == -1
    assert reading.repairs["gtfs.parent_cycle"] == 3


@settings(max_examples=60)
@given(links=st.lists(st.integers(-1, 11), min_size=12, max_size=12))
def test_roots_have_no_parent(links):
    from geodata.readers.gtfs_parents import _roots

    parent = np.array(links, dtype=np.int32)
    root, circular = _roots(parent)
    assert (parent[root[root >= 0]] < 0).all()
    for n in range(12):
        seen, at = [], n
        while parent[at] >= 0 and at not in seen:
            seen.append(at)
            at = int(parent[at])
        assert circular[n] == (parent[at] >= 0)
        if not circular[n]:
            assert root[n] == (at if at != n else -1)


def test_the_sign_of_the_first_stop_stands_in_for_that_of_the_trip(tmp_path):
    trips = edited("trips", "T1,丙,0", "T1,,0").replace("T2,丙,0", "T2,,0")
    times = (
        FEED["stop_times"].replace("drop_off_type", "drop_off_type,stop_headsign").replace("A,1,0,1", "A,1,0,1,丙行")
    )
    patterns = read(write_feed(tmp_path / "f.zip", trips=trips, stop_times=times)).timetable.patterns
    assert patterns.headsign.tolist() == ["丙行", "甲"]


def balanced(reading: FeedReading) -> None:
    told = {p.code for p in reading.problems}
    for feed, tables in reading.rows_in.items():
        for table, n in tables.items():
            left = reading.rows_left_out[feed].get(table, {})
            assert n == reading.rows_used[feed].get(table, 0) + sum(left.values()), (table, left)
            assert set(left) <= told


@pytest.mark.parametrize(
    "feed",
    [
        "gtfs-jp-samples/gtfs_aomori_city_bus_2019.zip",
        "gtfs-jp-samples/gtfs_wakayama_bus_2019.zip",
        "muroran/gtfs_donanbus_2020.zip",
        "porto-alegre/poa_eptc.zip",
        "porto-alegre/poa_trensurb.zip",
    ],
)
def test_every_row_of_a_real_feed_is_used_or_told(shared_data, feed):
    reading = read(shared_data / feed)
    balanced(reading)
    table, name = reading.timetable, feed.rpartition("/")[2]
    used = reading.rows_used[name]
    assert used["stop_times"] == len(table.trips.arrival_s) == reading.rows_in[name]["stop_times"]
    assert used["trips"] == len(table.trips.trip_id)
    assert used["stops"] == table.n_stops


MORE = {
    "shapes": "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\nS,36.5,140.6,1\nS,36.527,140.6,2\nQ,36.5,140.6,1",
    "frequencies": "trip_id,start_time,end_time,headway_secs\nT1,06:00:00,07:00:00,600\nT2,06:00:00,07:00:00,600",
    "transfers": "from_stop_id,to_stop_id,transfer_type\nA,B,0\nB,C,2\nC,A,4",
    "fare_attributes": "fare_id,price,currency_type\nf1,160,JPY\nf2,200,JPY\nf3,2,EUR",
    "fare_rules": "fare_id,route_id,origin_id,destination_id,contains_id\nf1,R1,z1,z2,\nf2,R2,,,z1\nf3,,,,",
    "calendar_dates": "service_id,date,exception_type\nwk,20250501,2\nwe,20250501,1",
    "translations": "trans_id,lang,translation\n甲,en,Kō\n甲,ja,甲",
    "feed_info": "feed_publisher_name\nx",
    "levels": "level_id\n1",
}


@settings(max_examples=20)
@given(
    damage=st.lists(
        st.tuples(
            st.sampled_from(sorted({*FEED, *MORE} - {"levels"})),
            st.integers(0, 99),
            st.integers(0, 9),
            st.text("A1T9,", max_size=3),
        ),
        min_size=1,
        max_size=3,
    ),
    twice=st.sampled_from(["stop_times", "trips", "stops", "fare_rules", "shapes", "transfers", "calendar_dates"]),
)
def test_every_row_of_a_damaged_feed_is_used_or_told(tmp_path_factory, damage, twice):
    tables = feed_tables(**MORE)
    # Ten more sound trips, so that few wrong rows stay few.
    for n in range(40):
        tables["trips"] += f"R1,wk,X{n},,0,,S\n"
        tables["stop_times"] += f"X{n},10:00:00,10:00:00,A,1,,\nX{n},10:20:00,10:20:00,B,2,,\n"
    tables[twice] += tables[twice].splitlines()[-1] + "\n"
    for table, row, column, text in damage:
        lines = tables[table].splitlines()
        at = 1 + row % (len(lines) - 1)
        cells = lines[at].split(",")
        cells[column % len(cells)] = text.replace(",", "")
        lines[at] = ",".join(cells)
        tables[table] = "\n".join(lines) + "\n"
    path = tmp_path_factory.mktemp("feed") / "f.zip"
    zipped(path, {f"{n}.txt": clean(t).encode() for n, t in tables.items()})
    try:
        reading = read(path)
    except DataError:
        return  # a refusal names its problems; what is accepted must account for every row
    balanced(reading)


def test_the_name_of_a_record_comes_before_that_of_its_text(tmp_path):
    names = """
        table_name,field_name,language,translation,record_id,field_value
        stops,stop_name,en,By text,,甲
        stops,stop_name,en,By record,A,
    """
    assert read(write_feed(tmp_path / "f.zip", translations=names)).timetable.stops.name_en.tolist()[0] == "By record"


def test_of_rows_again_the_first_counts_and_of_days_again_the_last(tmp_path):
    times = FEED["stop_times"].replace("T1,08:10", "T1,08:05:00,08:05:00,A,1,0,1\n        T1,08:10", 1)
    days = """
        service_id,date,exception_type
        wk,20250402,1
        wk,20250402,2
    """
    table = read(write_feed(tmp_path / "f.zip", stop_times=times, calendar_dates=days)).timetable
    assert table.trips.arrival_s[:3].tolist() == [28_800, 29_400, 30_600]
    assert not table.services.active_on("2025-04-02")[table.services.service_id.tolist().index("wk")]


def test_two_feeds_keep_the_courses_of_their_own_lines(tmp_path):
    def feed(name: str, bend: float) -> Path:
        shapes = (
            f"shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\ns,36.5,140.6,1\ns,36.51,{bend},2\ns,36.527,140.6,3"
        )
        return write_feed(tmp_path / name, trips=edited("trips", "丙,0,K1,", "丙,0,K1,s"), shapes=shapes)

    reading = read_gtfs([feed("one.zip", 140.601), feed("two.zip", 140.602)], project=flat)
    patterns = reading.timetable.patterns
    bends = [
        patterns.shape_lonlat[a:b, 0].max().item()
        for a, b in zip(patterns.shape_offsets[:-1], patterns.shape_offsets[1:], strict=True)
        if b > a
    ]
    assert bends == [140.601, 140.602]
