"""Good small cities of every format, and the ways in which tests damage their files; layouts as published, contents made up."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zipfile
from typing import TYPE_CHECKING

from tests.fuzz.seeds import CELL_FILE, HEAD, MEDICAL, PEOPLE, SEEDS, TABLES, Seed, box, geojson, point, zipped
from tests.unit.geodata.feed_texts import dedent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Harm = Callable[[Path], object]
    Row = tuple[list[tuple[float, float]] | None, dict[str, str]]

JGD2011 = (
    'GEOGCS["JGD2011",DATUM["Japanese_Geodetic_Datum_2011",SPHEROID["GRS 1980",6378137,298.257222101]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
)
PLANE_7 = (  # zone VII (Ishikawa … Gifu), 300 km west of the city
    'PROJCS["JGD2011 / Japan Plane Rectangular CS VII",' + JGD2011 + ',PROJECTION["Transverse_Mercator"],'
    'PARAMETER["latitude_of_origin",36],PARAMETER["central_meridian",137.166666666667],'
    'PARAMETER["scale_factor",0.9999],PARAMETER["false_easting",0],PARAMETER["false_northing",0],UNIT["metre",1]]'
)
POLYGON, POINT = 5, 1


def ring(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    """Return a rectangle as a ring of a Shapefile: clockwise."""
    return [(west, south), (west, north), (east, north), (east, south), (west, south)]


def shapefile(
    rows: Sequence[Row], kind: int = POLYGON, encoding: str = "cp932", prj: str = JGD2011
) -> dict[str, bytes]:
    """Return the parts of a Shapefile (ESRI 1998, dBASE III) by suffix; a shape of None is a null shape."""
    records = [_record(shape, kind) for shape, _ in rows]
    shp, shx, at = b"", b"", 50
    for n, record in enumerate(records, 1):
        head = struct.pack(">ii", n, len(record) // 2)
        shp += head + record
        shx += struct.pack(">ii", at, len(record) // 2)
        at += 4 + len(record) // 2
    points = [p for shape, _ in rows for p in shape or []] or [(0.0, 0.0)]
    limits = (
        min(x for x, _ in points),
        min(y for _, y in points),
        max(x for x, _ in points),
        max(y for _, y in points),
    )

    def header(size: int) -> bytes:
        sizes = struct.pack(">i", 9994) + bytes(20) + struct.pack(">i", 50 + size // 2)
        return sizes + struct.pack("<ii", 1000, kind) + struct.pack("<4d", *limits) + bytes(32)

    return {
        ".shp": header(len(shp)) + shp,
        ".shx": header(len(shx)) + shx,
        ".dbf": _dbf([values for _, values in rows], encoding),
        ".prj": prj.encode(),
    }


def _record(shape: list[tuple[float, float]] | None, kind: int) -> bytes:
    if shape is None:
        return struct.pack("<i", 0)
    raw = b"".join(struct.pack("<2d", *p) for p in shape)
    if kind == POINT:
        return struct.pack("<i", POINT) + raw
    xs, ys = [x for x, _ in shape], [y for _, y in shape]
    return struct.pack("<i4diii", kind, min(xs), min(ys), max(xs), max(ys), 1, len(shape), 0) + raw


def _dbf(rows: Sequence[dict[str, str]], encoding: str) -> bytes:
    names = list(rows[0])
    fields = b"".join(n.encode("ascii").ljust(11, b"\0") + b"C" + bytes(4) + b"\x28" + bytes(15) for n in names)
    head = struct.pack("<BBBBIHH", 3, 120, 1, 1, len(rows), 33 + len(fields), 1 + 40 * len(names)) + bytes(20)
    texts = b"".join(b" " + b"".join(r[n].encode(encoding).ljust(40)[:40] for n in names) for r in rows)
    return head + fields + b"\r" + texts + b"\x1a"


def packed(stem: str, parts: dict[str, bytes], *more: tuple[str, bytes]) -> bytes:
    """Return a zip of the parts of a Shapefile and of further members."""
    return zipped({**{stem + suffix: raw for suffix, raw in parts.items()}, **dict(more)})


# 境界データ 小地域（町丁・字等） 定義書 A002005212020 and データ定義 T001082 (2020): a zip with a cp932 .dbf, two header rows.
AREA_ROWS: list[Row] = [
    (ring(140.60, 36.50, 140.61, 36.51), {"KEY_CODE": "08202001001", "S_NAME": "助川町一丁目", "HCODE": "8101", "JINKO": "100"}),
    (ring(140.61, 36.50, 140.62, 36.51), {"KEY_CODE": "08202001002", "S_NAME": "助川町二丁目", "HCODE": "8101", "JINKO": "60"}),
    (ring(140.62, 36.50, 140.63, 36.51), {"KEY_CODE": "082020020", "S_NAME": "会瀬町", "HCODE": "8101", "JINKO": "40"}),
]  # fmt: skip
AREA_TABLE = (
    "KEY_CODE,HYOSYO,CITYNAME,NAME,HTKSYORI,HTKSAKI,GASSAN,T001082001,T001082017,T001082018,T001082019\r\n"
    ",,,,,,,総数、年齢「不詳」含む,総数１５歳未満,総数１５～６４歳,総数６５歳以上\r\n"
    "08202001001,4,日立市,助川町一丁目,0,,,100,10,60,30\r\n"
    "08202001002,4,日立市,助川町二丁目,0,,,60,10,30,20\r\n"
    "082020020,2,日立市,会瀬町,0,,,40,0,20,20\r\n"
)
AREAS_ZIP = "A002005212020DDSWC08202.zip"
AREAS_CONFIG = f"    population: {{kind: small_area, boundaries: {AREAS_ZIP}, table: tblT001082C08.txt}}\n"
AREA_PARTS = shapefile(AREA_ROWS)

# 国土数値情報 製品仕様書: N03 第3.1版 (2024), A31 第4.0版 (2022), N02 第3.1版 (2023).
N03 = geojson(
    (box(140.59, 36.49, 140.64, 36.53), {"N03_001": "茨城県", "N03_002": None, "N03_003": None, "N03_004": "日立市", "N03_007": "08202"}),
    (box(140.49, 36.49, 140.59, 36.53), {"N03_001": "茨城県", "N03_002": None, "N03_003": None, "N03_004": "常陸太田市", "N03_007": "08212"}),
)  # fmt: skip
P11 = geojson(
    (point(140.600, 36.500), {"P11_001": "駅前", "P11_002": "甲バス", "P11_003_01": "1", "P11_004_01": "本線"}),
    (point(140.605, 36.505), {"P11_001": "市役所", "P11_002": "甲バス", "P11_003_01": "1", "P11_004_01": "本線"}),
)
A27 = geojson(
    (
        box(140.59, 36.49, 140.64, 36.53),
        {
            "A27_001": "08202",
            "A27_002": "日立市立",
            "A27_003": "甲小学校",
            "A27_004": "1",
            "A27_005": "助川町",
            "A27_006": "1",
            "A27_007": "助川町",
        },
    )
)
KSJ = PEOPLE + "    boundaries: [{path: city.geojson}]\n"
CITY = {"city.geojson": geojson((box(140.59, 36.49, 140.64, 36.53), {"name": "日立市"}))}
POINTS = geojson((point(140.6, 36.5), {"people": "100"}), (point(140.606, 36.505), {"people": "60"}))
FEATURES = (
    "    population: {kind: features, path: people.geojson, persons: people, year: 2020, base_date: 2020-10-01}\n"
)

GOOD: dict[str, Seed] = {seed.name: seed for seed in SEEDS} | {
    "area polygons": Seed("area polygons", AREAS_ZIP, packed("r2ka08202", AREA_PARTS), AREAS_CONFIG, {"tblT001082C08.txt": AREA_TABLE.encode("cp932")}),
    "area table": Seed("area table", "tblT001082C08.txt", AREA_TABLE.encode("cp932"), AREAS_CONFIG, {AREAS_ZIP: packed("r2ka08202", AREA_PARTS)}),
    "N03": Seed("N03", "N03-20240101_08.geojson", N03, PEOPLE + "    ksj: [{path: N03-20240101_08.geojson, municipality: 日立市}]\n", CELL_FILE),
    "P04 of a city": Seed("P04 of a city", "P04-20_08.geojson", MEDICAL, KSJ + "    ksj: [P04-20_08.geojson]\n", CELL_FILE | CITY),
    "P11": Seed("P11", "P11-22_08.geojson", P11, PEOPLE + "    ksj: [P11-22_08.geojson]\n", CELL_FILE),
    "A27": Seed("A27", "A27-23_08.geojson", A27, PEOPLE + "    ksj: [A27-23_08.geojson]\n", CELL_FILE),
    "people": Seed("people", "people.geojson", POINTS, FEATURES),
    "hours": Seed("hours", "clinics.csv", "名称,種別,緯度,経度,診療時間\n甲医院,診療所,36.5,140.6,月火水金 9:00～12:00\n乙医院,診療所,36.505,140.605,月 9:00～17:00\n".encode("cp932"), PEOPLE + "    facilities: [{path: clinics.csv}]\n", CELL_FILE),
    "feed folder": Seed("feed folder", "feed/stops.txt", TABLES["stops.txt"], PEOPLE + "    gtfs: [feed]\n", CELL_FILE | {f"feed/{n}": t for n, t in TABLES.items()}),
}  # fmt: skip


def write_city(folder: Path, name: str, config: tuple[str, str] | None = None) -> Path:
    """Write a good city with one text of its configuration changed; return the configuration."""
    seed = GOOD[name]
    path = seed.write(folder, seed.good)
    if config is not None:
        edit("tiny.yaml", *config)(folder)
    return path


def keep(_: Path) -> None:
    """Leave the good files as they are."""


def edit(name: str, old: str, new: str, encoding: str = "utf-8") -> Harm:
    """Replace one text of a file; it must be there."""

    def harm(folder: Path) -> None:
        path = folder / name
        raw = path.read_bytes()
        assert old.encode(encoding) in raw, (name, old)
        path.write_bytes(raw.replace(old.encode(encoding), new.encode(encoding), 1))

    return harm


def put(name: str, raw: bytes | str) -> Harm:
    """Write other bytes in place of a file."""

    def harm(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw.encode() if isinstance(raw, str) else raw)

    return harm


def gone(name: str) -> Harm:
    """Delete a file."""
    return lambda folder: (folder / name).unlink()


def linked(name: str, target: str) -> Harm:
    """Put a symbolic link in place of a file."""

    def harm(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)

    return harm


def pipe(name: str) -> Harm:
    """Put a named pipe that nobody writes to in place of a file."""

    def harm(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)

    return harm


def directory(name: str) -> Harm:
    """Put a folder in place of a file."""

    def harm(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()

    return harm


def both(*harms: Harm) -> Harm:
    """Do one damage after the other."""
    return lambda folder: [harm(folder) for harm in harms]


def member(name: str, content: bytes, place: str = "feed.zip") -> Harm:
    """Add a member to a zip, under any name."""

    def harm(folder: Path) -> None:
        with zipfile.ZipFile(folder / place, "a") as feed, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a name that is there already
            feed.writestr(zipfile.ZipInfo(name), content)

    return harm


def patched(old: bytes, new: bytes, name: str = "feed.zip") -> Harm:
    """Replace bytes everywhere in a binary file, as a program with a fault would write them."""

    def harm(folder: Path) -> None:
        raw = (folder / name).read_bytes()
        assert old in raw
        (folder / name).write_bytes(raw.replace(old, new))

    return harm


def feed_zip(**changed: bytes | None) -> bytes:
    """Return the good feed with tables replaced (``stops=…``) or left out (None)."""
    tables = {**TABLES, **{f"{name}.txt": raw for name, raw in changed.items()}}
    return zipped({name: raw for name, raw in tables.items() if raw is not None})


def nested_zip(depth: int) -> bytes:
    """Return the good feed packed in a zip in a zip, so often."""
    raw = zipped(TABLES)
    for n in range(depth):
        raw = zipped({f"level{n}.zip": raw})
    return raw


def zip_method(number: int) -> Harm:
    """Claim a compression that no common program knows for every member of the feed."""

    def harm(folder: Path) -> None:
        raw = bytearray((folder / "feed.zip").read_bytes())
        for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
            at = raw.find(signature)
            while at >= 0:
                struct.pack_into("<H", raw, at + offset, number)
                at = raw.find(signature, at + 4)
        (folder / "feed.zip").write_bytes(raw)

    return harm


def link_entry(name: str, target: str) -> bytes:
    """Return the good feed with one table as a symbolic link that leads elsewhere."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as feed:
        for table, raw in TABLES.items():
            entry = zipfile.ZipInfo(table)
            if table == name:
                entry.create_system = 3
                entry.external_attr = 0o120777 << 16
            feed.writestr(entry, target.encode() if table == name else raw)
    return stream.getvalue()


def geopackage(folder: Path, layers: Sequence[str]) -> None:
    """Write a GeoPackage with one point in each of some layers."""
    import numpy as np
    import pyogrio.raw
    import shapely

    for name in layers:
        pyogrio.raw.write(
            folder / "people.gpkg", geometry=shapely.to_wkb(np.array([shapely.Point(140.6, 36.5)], dtype=object)),
            field_data=[np.array(["100"], dtype=object)], fields=["people"], crs="EPSG:6668", geometry_type="Point",
            driver="GPKG", layer=name, append=(folder / "people.gpkg").exists(),
        )  # fmt: skip


def config_text(body: str) -> str:
    """Return a configuration with the usual head."""
    return dedent(HEAD + body)
