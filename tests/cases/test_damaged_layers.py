"""One table of damage to every layer of a city: the code, the place and the remedy of each; never a crash, a hang, a half."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.cli import run_cli
from geodata.build import Attempt, attempt_city
from geodata.errors import Severity
from geodata.snapshot import write_city
from tests.cases.damage_texts import (
    A27,
    AREA_PARTS,
    AREA_ROWS,
    AREAS_ZIP,
    N03,
    PLANE_7,
    POINT,
    POINTS,
    both,
    config_text,
    directory,
    edit,
    feed_zip,
    geopackage,
    gone,
    keep,
    link_entry,
    linked,
    member,
    nested_zip,
    packed,
    patched,
    pipe,
    put,
    ring,
    shapefile,
    zip_method,
)
from tests.cases.damage_texts import (
    write_city as write_inputs,
)
from tests.fuzz.seeds import (
    CLINICS,
    DISTRICTS,
    GRAPHML,
    MEDICAL,
    MESH,
    OSM,
    PEOPLE,
    TABLES,
    TOWNS,
    box,
    geojson,
    point,
    zipped,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cases.damage_texts import Harm, Row

LIMIT_S = 20.0
ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.INFO
MESH_FILE, TABLE, ZIP = "tblT001141H5440.txt", "tblT001082C08.txt", f"{AREAS_ZIP}/r2ka08202.shp"


@dataclass(frozen=True)
class Damage:
    """
    One cause: the good city, what is done to it, and the code and place of the finding.

    `count`: how often the finding says that it occurs; `persons`, `facilities`: what the city holds all the same.
    """

    cause: str
    city: str
    harm: Harm
    code: str
    where: str
    severity: Severity = ERROR
    config: tuple[str, str] | None = None
    count: int | None = None
    persons: float | None = None
    facilities: int | None = None


def mesh(old: str, new: str) -> Harm:
    return edit(MESH_FILE, old, new, "cp932")


def areas(rows: list[Row] | None = None, lost: str = "", kind: int = 5, prj: str | None = None, **parts: bytes) -> Harm:
    """Write the boundaries anew: with other rows, without a part, with other bytes in one."""
    made = shapefile(rows or AREA_ROWS, kind, **({} if prj is None else {"prj": prj}))
    made |= {f".{suffix}": raw for suffix, raw in parts.items()}
    return put(AREAS_ZIP, packed("r2ka08202", {suffix: raw for suffix, raw in made.items() if suffix != lost}))


def moved(change: object) -> list[Row]:
    """Return the areas with every corner changed."""
    return [([change(*p) for p in shape or []], values) for shape, values in AREA_ROWS]  # type: ignore[operator]


def first(shape: list[tuple[float, float]] | None) -> list[Row]:
    """Return the areas with another shape of the first."""
    return [(shape, AREA_ROWS[0][1]), *AREA_ROWS[1:]]


def cp932(name: str, text: str) -> Harm:
    return put(name, text.encode("cp932"))


def swapped_bytes(name: str, *pairs: tuple[bytes, bytes]) -> Harm:
    """Replace bytes everywhere in a file; each must be there."""

    def harm(folder: Path) -> None:
        raw = (folder / name).read_bytes()
        for old, new in pairs:
            assert old in raw, old
            raw = raw.replace(old, new)
        (folder / name).write_bytes(raw)

    return harm


def people(raw: bytes) -> Harm:
    return put("people.geojson", raw)


def crs(name: str) -> bytes:
    member_of = (
        b'{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "' + name.encode() + b'"}},'
    )
    return POINTS.replace(b'{"type": "FeatureCollection",', member_of)


def feed(**tables: bytes | None) -> Harm:
    return put("feed.zip", feed_zip(**tables))


def stops(old: str, new: str | bytes) -> Harm:
    raw = new if isinstance(new, bytes) else new.encode()
    assert old.encode() in TABLES["stops.txt"]
    return feed(stops=TABLES["stops.txt"].replace(old.encode(), raw, 1))


def config(text: str | bytes) -> Harm:
    return put("tiny.yaml", text)


def more(text: str) -> Harm:
    """Return a configuration with people and some more."""
    return config(config_text(PEOPLE) + text)


ALIASES = "".join(f"x{n}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(9))
BOMB = f"x: &a [x,x,x,x,x,x,x,x,x,x]\n{ALIASES}"
BOW_TIE = [(140.60, 36.50), (140.61, 36.51), (140.61, 36.50), (140.60, 36.51), (140.60, 36.50)]
PLACES = "名称,医療機関の種類,住所,緯度,経度\n"
SOUND = "乙病院,病院,,36.5,140.6\n"
AWAY = geojson((box(139.0, 35.0, 139.1, 35.1), {"name": "遠い市"}))
WALL = {"type": "LineString", "coordinates": [[135.0, 34.0], [135.1, 34.1]]}
LINE_OF_AREAS = "08202001001,4,日立市,助川町一丁目,0,,,100,10,60,30\r\n"

M, A, T, F, C, D, Y, W, P, V, G, Z, K = (
    *("census mesh", "area polygons", "area table", "future mesh", "control totals", "districts", "daytime"),
    *("towns", "facilities", "opinions", "people", "gtfs zip", "configuration"),
)
CASES = [
    # --- census by mesh (e-Stat)
    Damage("mesh carried by a cell of no file", M, mesh("544064082,1,544064083", "544064082,1,544064999"), "estat.receiver_missing", f"{MESH_FILE} row 5", WARNING, count=1, persons=203),
    Damage("mesh carried by no code at all", M, mesh("544064082,1,544064083", "544064082,1,どこか"), "estat.receiver_missing", f"{MESH_FILE} row 5", WARNING, count=1, persons=203),
    Damage("meshes that carry each other in a ring", M, mesh("544064083,2,,", "544064083,2,544064082,"), "estat.no_ages", MESH_FILE, WARNING, count=2, persons=203),
    Damage("a chain of 合算 whose ages are nowhere", M, mesh("544064081,0,,,120,20,70,30,15", "544064081,1,544064082,,5,*,*,*,*"), "estat.no_ages", MESH_FILE, WARNING, count=3, persons=88),
    Damage("mesh of another size among the rest", M, mesh("544064081,0", "5440640811,0"), "mesh.mixed_levels", f"{MESH_FILE} row 3"),
    Damage("mesh code with an impossible last digit", M, mesh("544064081,0", "544064089,0"), "mesh.code", f"{MESH_FILE} row 3"),
    Damage("mesh code with a letter", M, mesh("544064081,0", "5440A4081,0"), "mesh.code", f"{MESH_FILE} row 3"),
    Damage("mesh code with an 8 in its second order", M, mesh("544064081,0", "544084081,0"), "mesh.code", f"{MESH_FILE} row 3"),
    Damage("mesh code beyond the mesh", M, mesh("544064081,0", "999964081,0"), "mesh.code", f"{MESH_FILE} row 3"),
    Damage("mesh code that lost its first digits", M, mesh("544064081,0", "44064081,0"), "mesh.mixed_levels", f"{MESH_FILE} row 3"),
    Damage("mesh code that a spreadsheet has rounded", M, mesh("544064081,0", "5.44064E+08,0"), "mesh.code", f"{MESH_FILE} row 3"),
    Damage("mesh twice with different figures", M, mesh("544064083,2", "544064081,2"), "population.duplicate_cell", f"{MESH_FILE} row 4"),
    Damage("the same row of a mesh twice", M, mesh("544064081,0,,,120,20,70,30,15\n", "544064081,0,,,120,20,70,30,15\n" * 2), "estat.duplicate_rows", MESH_FILE, WARNING, count=1, persons=203),
    Damage("no second row of headings", M, put(MESH_FILE, b"\n".join(line for n, line in enumerate(MESH.split(b"\n")) if n != 1)), "population.no_people", MESH_FILE),
    Damage("headings of households instead of people", M, mesh("　人口（総数）,　０～１４歳人口　総数,　１５～６４歳人口　総数,　６５歳以上人口　総数,　７５歳以上人口　総数", "世帯総数,一般世帯数,施設等,持ち家,借家"), "population.no_people", MESH_FILE),
    Damage("negative people of a mesh", M, mesh(",120,20", ",-120,20"), "table.negative", f"{MESH_FILE} row 3"),
    Damage("people of a mesh in words", M, mesh(",120,20", ",百二十,20"), "table.number", f"{MESH_FILE} row 3"),
    Damage("infinitely many people", M, mesh(",120,20", ",inf,20"), "table.number", f"{MESH_FILE} row 3"),
    Damage("more people over 75 than over 65", M, mesh("120,20,70,30,15", "120,20,70,30,35"), "estat.ages_conflict", f"{MESH_FILE} row 3"),
    Damage("ages that sum to more than the total", M, mesh(",120,20", ",100,20"), "estat.ages_exceed_total", MESH_FILE, WARNING, count=1, persons=183),
    Damage("every figure suppressed", M, both(mesh("120,20,70,30,15", "*,*,*,*,*"), mesh("80,10,50,20,*", "***,X,Ｘ,*,*"), mesh(",,3,*", ",,*,*")), "estat.no_total", MESH_FILE, WARNING, count=3, persons=0),
    Damage("a table cut off in its last row", M, put(MESH_FILE, MESH[:-30]), "mesh.code", f"{MESH_FILE} row 5"),
    Damage("a mesh table of headings only", M, put(MESH_FILE, b"\n".join(MESH.split(b"\n")[:2])), "table.empty", MESH_FILE),
    Damage("an empty mesh table", M, put(MESH_FILE, b""), "table.empty", MESH_FILE),
    Damage("a web page saved as a table", M, put(MESH_FILE, "<!DOCTYPE html><html><body>e-Stat</body></html>"), "input.web_page", MESH_FILE),
    Damage("a zip renamed to a table", M, put(MESH_FILE, zipped({"a.txt": MESH})), "input.not_text", MESH_FILE),
    Damage("no column of codes", M, mesh("KEY_CODE", "AREA"), "table.missing_column", f"{MESH_FILE} row 1"),
    Damage("a column of people that is not there", M, keep, "table.missing_column", f"{MESH_FILE} row 1", config=("year: 2020", "persons: T001141999, year: 2020")),
    Damage("a mesh table of another region", M, put("c.geojson", AWAY), "population.nothing_inside", MESH_FILE, config=("population:", "boundaries: [{path: c.geojson}]\npopulation:")),
    # --- census by small area
    Damage("parts of one area with different people", A, areas([*AREA_ROWS, (ring(140.63, 36.5, 140.64, 36.51), AREA_ROWS[0][1] | {"JINKO": "7"})]), "small_area.parts_differ", AREAS_ZIP, WARNING, count=1, persons=200),
    Damage("rows of one area with different figures", T, edit(TABLE, LINE_OF_AREAS, LINE_OF_AREAS + LINE_OF_AREAS.replace(",100,", ",999,"), "cp932"), "small_area.duplicate_row", f"{TABLE} row 4", WARNING, count=1, persons=200),
    Damage("an area without a row", T, edit(TABLE, LINE_OF_AREAS, "", "cp932"), "small_area.polygon_without_row", AREAS_ZIP, WARNING, count=1, persons=200),
    Damage("a row without an area", T, edit(TABLE, "082020020,2", "082020999,2", "cp932"), "small_area.row_without_polygon", TABLE, WARNING, count=1, persons=200),
    Damage("a table of another prefecture", T, swapped_bytes(TABLE, (b"08202", b"13101")), "small_area.no_match", AREAS_ZIP),
    Damage("a suppressed area carried by none", T, edit(TABLE, "0,,,100,10,60,30", "2,009999,,X,X,X,X", "cp932"), "small_area.receiver_missing", f"{TABLE} row 3", WARNING, count=1, persons=200),
    Damage("a polygon that crosses itself", A, areas(first(BOW_TIE)), "vector.repaired", f"{ZIP} feature 1", WARNING, count=1, persons=200),
    Damage("a polygon with NaN as a corner", A, areas(first([(float("nan"), 36.5), (140.6, 36.51), (140.61, 36.51), (float("nan"), 36.5)])), "vector.no_geometry", f"{ZIP} feature 1", WARNING, count=1, persons=100),
    Damage("a null shape in a Shapefile", A, areas(first(None)), "vector.no_geometry", f"{ZIP} feature 1", WARNING, count=1, persons=100),
    Damage("a Shapefile without .prj", A, areas(lost=".prj"), "vector.crs_assumed", ZIP, WARNING, persons=200),
    Damage("a .prj that names no system", A, areas(prj="no system"), "vector.crs_assumed", ZIP, WARNING, persons=200),
    Damage("metres without .prj", A, areas(moved(lambda x, y: (x * 1000, y * 1000)), lost=".prj"), "vector.no_crs", ZIP),
    Damage("metres with a .prj of degrees", A, areas(moved(lambda x, y: (x * 1000, y * 1000))), "vector.not_degrees", ZIP),
    Damage("degrees with a .prj of a plane", A, areas(prj=PLANE_7), "vector.not_plane", ZIP),
    Damage("metres with the .prj of another zone", A, both(areas(moved(lambda x, y: ((x - 140.8333) * 90_000, (y - 36) * 111_000)), prj=PLANE_7), put("c.geojson", geojson((box(140.5, 36.4, 140.7, 36.6), {"name": "市"})))), "population.nothing_inside", AREAS_ZIP, config=("population:", "boundaries: [{path: c.geojson}]\npopulation:")),
    Damage("a Shapefile with its axes swapped", A, areas(moved(lambda x, y: (y, x))), "vector.swapped", ZIP),
    Damage("a Shapefile without .dbf", A, areas(lost=".dbf"), "vector.parts", ZIP),
    Damage("a Shapefile without .shx", A, areas(lost=".shx"), "vector.parts", ZIP),
    Damage("a .shp that ends early", A, areas(shp=AREA_PARTS[".shp"][:-40]), "vector.truncated", ZIP),
    Damage("a .dbf that ends early", A, areas(dbf=AREA_PARTS[".dbf"][:-100]), "vector.dbf", ZIP),
    Damage("the .dbf of another Shapefile", A, areas(dbf=shapefile(AREA_ROWS[:1])[".dbf"]), "vector.parts", ZIP),
    Damage("a .shx that leads nowhere", A, areas(shx=AREA_PARTS[".shx"][:100] + b"\x7f" * 24), "vector.unreadable", ZIP),
    Damage("a shape that claims two billion parts", A, areas(shp=AREA_PARTS[".shp"][:144] + b"\xff\xff\xff\x7f" * 2 + AREA_PARTS[".shp"][152:]), "vector.no_geometry", f"{ZIP} feature 1", WARNING, count=1, persons=100),
    Damage("two Shapefiles in one zip", A, put(AREAS_ZIP, packed("r2ka08202", AREA_PARTS, *(("r2ka08203" + suffix, raw) for suffix, raw in AREA_PARTS.items()))), "vector.layer", AREAS_ZIP),
    Damage("points in place of areas", A, areas([((shape or [])[:1], values) for shape, values in AREA_ROWS], kind=POINT), "small_area.no_polygon", AREAS_ZIP),
    Damage("boundaries as GML only", A, put(AREAS_ZIP, zipped({"a.gml": b"<gml/>"})), "vector.form", AREAS_ZIP),
    Damage("boundaries without codes", A, areas([(shape, {"NO": values["KEY_CODE"]}) for shape, values in AREA_ROWS]), "table.missing_column", f"{AREAS_ZIP} row 1"),
    Damage("boundaries with people in words", A, areas([(shape, values | {"JINKO": "多数"}) for shape, values in AREA_ROWS]), "table.number", f"{AREAS_ZIP} row 1", config=(f", table: {TABLE}", ", year: 2020")),
    Damage("boundaries without people and no table", A, areas([(shape, {"KEY_CODE": values["KEY_CODE"]}) for shape, values in AREA_ROWS]), "population.no_people", AREAS_ZIP, config=(f", table: {TABLE}", ", year: 2020")),
    # --- estimates of the future
    Damage("a year without estimate", F, keep, "future.no_year", "future.csv", config=("year: 2030", "year: 2050")),
    Damage("a year of the outlook that is not there", "outlook", keep, "future.no_year", "future.csv", config=("future.csv", "future.csv, years: [2045]")),
    Damage("an outlook of another prefecture", "outlook", swapped_bytes("future.csv", (b"5440640", b"5339450")), "future.nothing_matched", "future.csv"),
    Damage("negative people in 2030", F, edit("future.csv", ",120,100", ",120,-100"), "table.number", "future.csv row 2"),
    Damage("no estimate of one cell", F, edit("future.csv", ",120,100", ",120,nan"), "future.no_figures", "future.csv", WARNING, count=1, persons=70),
    Damage("estimated ages above their total", F, edit("future.csv", ",120,100", ",120,10"), "estat.ages_exceed_total", "future.csv", WARNING, count=1, persons=80),
    Damage("an estimate twice with other figures", F, edit("future.csv", "544064083,", "544064081,"), "population.duplicate_cell", "future.csv row 3"),
    Damage("estimates without mesh codes", F, edit("future.csv", "MESH_ID", "ID"), "future.no_estimates", "future.csv"),
    Damage("a workbook named .csv", F, put("future.csv", b"PK\x03\x04" + bytes(100)), "input.not_text", "future.csv"),
    # --- official totals
    Damage("a total row that does not sum", C, edit("totals.csv", "計,20,110,70,200", "計,20,110,70,250", "cp932"), "controls.total_row_differs", "totals.csv row 4", WARNING, persons=200),
    Damage("ages that do not sum to their row", C, edit("totals.csv", "10,60,30,100", "10,60,30,130", "cp932"), "controls.total_differs", "totals.csv row 2", WARNING, count=1, persons=230),
    Damage("a district that the city does not have", C, cp932("totals.csv", "地区,計\n東地区,100\n南地区,70\n"), "controls.unknown_district", "totals.csv"),
    Damage("a district that the table does not have", C, cp932("totals.csv", "地区,計\n東地区,100\n"), "controls.unlisted", "totals.csv", WARNING, count=2, persons=170),
    Damage("a district in two rows", C, cp932("totals.csv", "地区,計\n東地区,100\n西地区,100\n東地区,50\n"), "controls.rows_summed", "totals.csv row 2", NOTE, persons=250),
    Damage("thousands with a bare comma", C, cp932("totals.csv", "地区,計\n東地区,1,000\n西地区,1,100\n"), "controls.beyond_headings", "totals.csv row 2", WARNING, count=2),
    Damage("totals in another unit", C, cp932("totals.csv", "地区,計\n東地区,100000\n西地区,100000\n"), "controls.large_change", "totals.csv", WARNING, count=2, persons=200_000),
    Damage("districts where nobody lives any more", C, cp932("totals.csv", "地区,計\n東地区,0\n西地区,0\n"), "controls.large_change", "totals.csv", WARNING, count=2, persons=0),
    Damage("a negative total", C, edit("totals.csv", "東地区,10,60", "東地区,△10,60", "cp932"), "controls.negative", "totals.csv row 2"),
    Damage("a total in words", C, edit("totals.csv", "東地区,10,60", "東地区,十人,60", "cp932"), "controls.number", "totals.csv row 2"),
    Damage("a suppressed total", C, edit("totals.csv", "10,60,30,100", "X,X,X,X", "cp932"), "controls.suppressed_total", "totals.csv row 2"),
    Damage("men only", C, cp932("totals.csv", "地区,男\n東地区,50\n西地区,50\n"), "controls.one_sex", "totals.csv row 2"),
    Damage("prose in place of a table", C, put("totals.csv", "人口は市役所におたずねください\n"), "controls.no_header", "totals.csv row 1"),
    Damage("an empty table of totals", C, put("totals.csv", b""), "table.empty", "totals.csv"),
    Damage("a workbook as totals", C, put("totals.csv", b"PK\x03\x04" + bytes(50)), "grid.workbook", "totals.csv"),
    Damage("characters lost in the totals", C, put("totals.csv", b"\x81\xff\xff,\xfe\n1,2\n"), "input.encoding", "totals.csv"),
    Damage("totals with 12,000 columns of nothing", C, cp932("totals.csv", "地区," + ",".join(f"{n}列" for n in range(12_000)) + "\n"), "controls.no_header", "totals.csv row 1"),
    # --- districts, daytime, towns
    Damage("no such column of names", D, keep, "table.missing_column", "districts.geojson row 1", config=("name: name", "name: 学区名")),
    Damage("districts of another city", D, put("districts.geojson", AWAY), "districts.outside", "districts.geojson", WARNING, count=4, persons=200),
    Damage("districts that cover half the city", D, put("districts.geojson", geojson((box(140.59, 36.49, 140.6025, 36.52), {"name": "東地区"}))), "districts.outside", "districts.geojson", WARNING, count=1, persons=200),
    Damage("districts as points", D, put("districts.geojson", geojson((point(140.6, 36.5), {"name": "東"}))), "districts.no_polygon", "districts.geojson"),
    Damage("districts one upon the other", D, put("districts.geojson", geojson((box(140.59, 36.49, 140.62, 36.52), {"name": "東"}), (box(140.59, 36.49, 140.62, 36.52), {"name": "西"}))), "districts.overlap", "districts.geojson", WARNING, count=1),
    Damage("a district without a name", D, swapped_bytes("districts.geojson", ("東地区".encode(), b"")), "districts.no_name", "districts.geojson row 1", WARNING, count=1),
    Damage("districts cut off", D, put("districts.geojson", DISTRICTS[:-40]), "geojson.unreadable", "districts.geojson"),
    Damage("daytime people of other cells only", Y, cp932("day.csv", "メッシュコード,昼間人口\n5339450812,100\n"), "daytime.outside", "day.csv row 2", WARNING, count=1),
    Damage("negative daytime people", Y, cp932("day.csv", "メッシュコード,昼間人口\n5440640812,-100\n"), "daytime.number", "day.csv row 2"),
    Damage("daytime people at no mesh code", Y, cp932("day.csv", "メッシュコード,昼間人口\n54406408,100\nABC,3\n"), "daytime.mesh_code", "day.csv row 3"),
    Damage("a daytime table without people", Y, cp932("day.csv", "メッシュコード,世帯\n5440640812,100\n"), "daytime.columns", "day.csv row 1"),
    Damage("a daytime table without rows", Y, cp932("day.csv", "メッシュコード,昼間人口\n"), "daytime.no_rows", "day.csv"),
    Damage("daytime people with axes swapped", Y, cp932("day.csv", "緯度,経度,昼間人口\n140.6,36.5,100\n"), "daytime.position", "day.csv row 2"),
    Damage("towns without coordinates", W, edit("towns.csv", '"緯度","経度"', '"a","b"', "cp932"), "table.missing_column", "towns.csv row 1"),
    Damage("towns with axes swapped", W, swapped_bytes("towns.csv", (b'"36.5","140.6"', b'"140.6","36.5"'), (b'"36.505","140.605"', b'"140.605","36.505"')), "towns.no_point", "towns.csv row 2"),
    Damage("one town without a point", W, edit("towns.csv", '"36.505"', '"x"', "cp932"), "towns.left_out", "towns.csv row 3", WARNING, count=1, facilities=2),
    Damage("one town in two rows", W, put("towns.csv", TOWNS + TOWNS.split(b"\n")[1].replace(b"36.5", b"36.9") + b"\n"), "towns.duplicate", "towns", WARNING, count=1),
    Damage("towns as a workbook", W, lambda f: (f / "towns.csv").rename(f / "towns.xlsx"), "table.workbook", "towns.xlsx", config=("towns.csv", "towns.xlsx")),
    # --- facilities and their hours
    Damage("a facility without any place", P, cp932("clinics.csv", f"{PLACES}甲医院,診療所,,,\n{SOUND}"), "facilities.left_out", "clinics.csv row 2", WARNING, count=1, facilities=1),
    Damage("no facility with any place", P, cp932("clinics.csv", f"{PLACES}甲医院,診療所,,,\n"), "facilities.no_match", "clinics.csv row 2"),
    Damage("a facility with its axes swapped", P, cp932("clinics.csv", f"{PLACES}甲医院,診療所,,140.6,36.5\n"), "facilities.swapped", "clinics.csv row 2", WARNING, count=1, facilities=1),
    Damage("a facility in degrees, minutes, seconds", P, cp932("clinics.csv", f"{PLACES}甲医院,診療所,,36°30'00\",140°36'00\"\n"), "facilities.angles", "clinics.csv row 2", WARNING, count=1, facilities=1),
    Damage("a facility at 0,0", P, cp932("clinics.csv", f"{PLACES}甲医院,診療所,,0,0\n{SOUND}"), "facilities.position", "clinics.csv row 2", WARNING, count=1, facilities=1),
    Damage("a facility in London", P, cp932("clinics.csv", f"{PLACES}甲医院,診療所,,51.5,-0.1\n{SOUND}"), "facilities.position", "clinics.csv row 2", WARNING, count=1, facilities=1),
    Damage("a facility in metres", P, cp932("clinics.csv", f"{PLACES}甲医院,診療所,,55000,-21000\n{SOUND}"), "facilities.position", "clinics.csv row 2", WARNING, count=1, facilities=1),
    Damage("an address of another city", P, cp932("clinics.csv", f"{PLACES}甲医院,診療所,大阪市北区梅田1,,\n{SOUND}"), "facilities.left_out", "clinics.csv row 2", WARNING, count=1, facilities=1),
    Damage("an address of no known town", P, cp932("clinics.csv", f"{PLACES}甲医院,診療所,日立市ない町1,,\n{SOUND}"), "facilities.placed_at_city", "clinics.csv row 2", WARNING, count=1, facilities=2),
    Damage("coordinates far from the address", P, cp932("clinics.csv", f"{PLACES}甲医院,診療所,日立市助川町一丁目1,36.9,140.6\n{SOUND}"), "facilities.far_from_town", "clinics.csv row 2", WARNING, count=1, facilities=2),
    Damage("an address with a bare comma", P, cp932("clinics.csv", f"{PLACES}甲医院,診療所,日立市,助川町,36.5,140.6\n"), "table.fields", "clinics.csv row 2"),
    Damage("a quote that never ends", P, cp932("clinics.csv", f'{PLACES}甲医院,診療所,"日立市,36.5,140.6\n{SOUND}'), "table.fields", "clinics.csv"),
    Damage("facilities of no such municipality", P, keep, "facilities.no_municipality", "clinics.csv row 2", config=("{path: clinics.csv}", "{path: clinics.csv, municipality: 大阪市}")),
    Damage("facilities as UTF-16 without mark", P, put("clinics.csv", CLINICS.decode("cp932").encode("utf-16-le")), "input.encoding", "clinics.csv"),
    Damage("hours in prose", "hours", edit("clinics.csv", "月 9:00～17:00", "午前中くらい", "cp932"), "facilities.hours_unread", "clinics.csv row 3", WARNING, count=1, facilities=2),
    Damage("hours that end before they begin", "hours", edit("clinics.csv", "月 9:00～17:00", "月 17:00～9:00", "cp932"), "facilities.hours_unread", "clinics.csv row 3", WARNING, count=1, facilities=2),
    Damage("hours of which a part is readable", "hours", edit("clinics.csv", "月 9:00～17:00", "月 9:00～17:00 火は応相談", "cp932"), "facilities.hours_partly", "clinics.csv row 3", WARNING, count=1, facilities=2),
    # --- opinions
    Damage("opinions with names", V, keep, "opinions.personal_columns", "voices.csv row 1", NOTE, count=1),
    Damage("a phone number in an opinion", V, cp932("voices.csv", "場所,意見\n助川町一丁目,090-1234-5678 に電話を\n"), "opinions.masked", "voices.csv row 2", WARNING, count=1),
    Damage("exact ages of people", V, cp932("voices.csv", "場所,意見,年齢\n助川町一丁目,本数を,73\n"), "opinions.exact_age", "voices.csv row 2", WARNING, count=1),
    Damage("opinions without a text", V, cp932("voices.csv", "場所,満足度\n助川町一丁目,3\n"), "table.missing_column", "voices.csv row 1"),
    Damage("an opinion that says nothing", V, cp932("voices.csv", "場所,意見\n助川町一丁目,\n助川町一丁目,本数を\n"), "opinions.silent", "voices.csv row 2", WARNING, count=1),
    Damage("an opinion from nowhere", V, cp932("voices.csv", "場所,意見\nどこか,本数を\n"), "opinions.unknown_place", "voices.csv row 2", WARNING, count=1),
    Damage("opinions with axes swapped", V, cp932("voices.csv", "緯度,経度,意見\n140.6,36.5,本数を\n"), "opinions.swapped", "voices.csv row 2", WARNING, count=1),
    Damage("a survey that nobody answered", V, cp932("voices.csv", "場所,意見\n"), "opinions.no_rows", "voices.csv", WARNING),
    # --- 国土数値情報
    Damage("N03 without the municipality", "N03", keep, "ksj.municipality", "N03-20240101_08.geojson", config=("municipality: 日立市", "municipality: 水戸市")),
    Damage("N03 of several municipalities", "N03", keep, "ksj.municipality", "N03-20240101_08.geojson", config=(", municipality: 日立市", "")),
    Damage("N03 without names", "N03", swapped_bytes("N03-20240101_08.geojson", (b"N03_004", b"N03_099")), "ksj.columns", "N03-20240101_08.geojson"),
    Damage("N03 as points", "N03", put("N03-20240101_08.geojson", geojson((point(140.6, 36.5), {"N03_004": "日立市", "N03_007": "08202"}))), "ksj.columns", "N03-20240101_08.geojson"),
    Damage("a null geometry in N03", "N03", put("N03-20240101_08.geojson", N03.replace(b'"features": [', b'"features": [{"type": "Feature", "geometry": null, "properties": {"N03_004": "x", "N03_007": "1"}}, ')), "vector.no_geometry", "N03-20240101_08.geojson feature 1", WARNING, count=1),
    Damage("P04 called P29", "P04", keep, "ksj.other_dataset", "P04-20_08.geojson", config=("[P04-20_08.geojson]", "[{path: P04-20_08.geojson, dataset: P29}]")),
    Damage("a file of another publisher as P04", "P04", put("P04-20_08.geojson", geojson((point(140.6, 36.5), {"name": "病院"}))), "ksj.unknown", "P04-20_08.geojson"),
    Damage("P04 with columns of another edition", "P04", swapped_bytes("P04-20_08.geojson", (b"P04_001", b"P04_091")), "ksj.columns", "P04-20_08.geojson"),
    Damage("P04 with a kind that is not listed", "P04", edit("P04-20_08.geojson", '"P04_001": "1"', '"P04_001": "9"'), "ksj.unknown_code", "P04-20_08.geojson", WARNING, facilities=1),
    Damage("P04 of another prefecture", "P04 of a city", swapped_bytes("P04-20_08.geojson", (b"140.6", b"135.6"), (b"36.5", b"34.5")), "ksj.elsewhere", "P04-20_08.geojson"),
    Damage("P04 with its axes swapped", "P04", swapped_bytes("P04-20_08.geojson", (b"140.601, 36.501", b"36.501, 140.601"), (b"140.602, 36.502", b"36.502, 140.602")), "vector.swapped", "P04-20_08.geojson"),
    Damage("P04 with a value that no row has", "P04", keep, "ksj.no_match", "P04-20_08.geojson", config=("[P04-20_08.geojson]", "[{path: P04-20_08.geojson, where: {P04_001: 7}}]")),
    Damage("P11 without its columns", "P11", swapped_bytes("P11-22_08.geojson", (b"P11_001", b"P11_901")), "ksj.columns", "P11-22_08.geojson"),
    Damage("A27 as points", "A27", put("A27-23_08.geojson", geojson((point(140.6, 36.5), {"A27_001": "08202", "A27_003": "甲小学校"}))), "ksj.columns", "A27-23_08.geojson"),
    Damage("a dataset that is not read", "A27", put("L01-23_08.geojson", geojson((point(140.6, 36.5), {"L01_001": "1", "L01_002": "2"}))), "ksj.not_read", "L01-23_08.geojson", config=("A27-23", "L01-23")),
    Damage("a zip of two datasets", "A27", put("two.zip", zipped({"P04-20_08.geojson": MEDICAL, "A27-23_08.geojson": A27})), "ksj.several", "two.zip", config=("A27-23_08.geojson", "two.zip")),
    Damage("a zip without a map", "A27", put("two.zip", zipped({"readme.txt": b"x", "meta.xml": b"<x/>"})), "vector.form", "two.zip", config=("A27-23_08.geojson", "two.zip")),
    Damage("a map whose name leads out of its zip", "A27", put("two.zip", zipped({"../A27.geojson": A27})), "archive.unsafe_name", "two.zip/../A27.geojson", config=("A27-23_08.geojson", "two.zip")),
    # --- vector files
    Damage("GeoJSON cut off", G, people(POINTS[:-60]), "geojson.unreadable", "people.geojson"),
    Damage("NaN as a coordinate", G, people(POINTS.replace(b"140.606, 36.505", b"NaN, 36.505")), "geojson.unreadable", "people.geojson feature 2"),
    Damage("a coordinate beyond all numbers", G, people(POINTS.replace(b"140.606, 36.505", b"1e999, 36.505")), "geojson.unreadable", "people.geojson feature 2"),
    Damage("coordinates as texts", G, people(POINTS.replace(b"140.606, 36.505", b'"140.606", "36.505"')), "geojson.unreadable", "people.geojson feature 2"),
    Damage("an empty collection", G, people(geojson()), "geojson.empty", "people.geojson"),
    Damage("GeoJSON nested a hundred thousand deep", G, people(b'{"features": ' + b"[" * 100_000), "geojson.unreadable", "people.geojson"),
    Damage("geometries in geometries in geometries", G, people(b'{"features": [{"geometry": ' + b'{"type": "GeometryCollection", "geometries": [' * 300 + b"]}" * 300 + b"}]}"), "geojson.empty", "people.geojson feature 1"),
    Damage("TopoJSON called GeoJSON", G, people(b'{"type": "Topology", "objects": {}}'), "geojson.unreadable", "people.geojson"),
    Damage("GeoJSON that is a number", G, people(b"7"), "geojson.unreadable", "people.geojson"),
    Damage("a whole number of 5,000 digits", G, people(POINTS.replace(b'"60"', b"9" * 5000)), "geojson.unreadable", "people.geojson"),
    Damage("degrees in GeoJSON that names a plane", G, people(crs("urn:ogc:def:crs:EPSG::6677")), "vector.not_plane", "people.geojson"),
    Damage("a coordinate system of nobody", G, people(crs("urn:x:99999999")), "vector.crs_unknown", "people.geojson"),
    Damage("the old Tokyo datum", G, people(crs("urn:ogc:def:crs:EPSG::4301")), "vector.tokyo_datum", "people.geojson", WARNING, persons=160),
    Damage("negative people of a point", G, people(POINTS.replace(b'"100"', b'"-100"')), "table.negative", "people.geojson row 1"),
    Damage("a point without people", G, people(POINTS.replace(b'"people": "60"', b'"pop": "60"')), "population.blank", "people.geojson row 2", WARNING, count=1, persons=100),
    Damage("points and polygons of people mixed", G, people(geojson((point(140.6, 36.5), {"people": "1"}), (box(140.6, 36.5, 140.61, 36.51), {"people": "2"}))), "population.mixed_shapes", "people.geojson row 1"),
    Damage("polygons of people one upon the other", G, people(geojson((box(140.6, 36.5, 140.61, 36.51), {"people": "10"}), (box(140.6, 36.5, 140.61, 36.51), {"people": "2"}))), "population.overlap", "people.geojson", WARNING, persons=12),
    Damage("a GeoPackage of several layers", G, lambda f: geopackage(f, ["a", "b"]), "vector.layer", "people.gpkg", config=("people.geojson", "people.gpkg")),
    Damage("a text called GeoPackage", G, put("people.gpkg", b"hello"), "vector.unreadable", "people.gpkg", config=("people.geojson", "people.gpkg")),
    Damage("a database that is no GeoPackage", G, put("people.gpkg", b"SQLite format 3\0" + bytes(500)), "vector.unreadable", "people.gpkg", config=("people.geojson", "people.gpkg")),
    Damage("KML", G, put("people.kml", b"<kml/>"), "vector.form", "people.kml", config=("people.geojson", "people.kml")),
    Damage("suppressed people of a point", G, put("people.csv", "id,lon,lat,people\n1,140.6,36.5,*\n2,140.6,36.5,20\n"), "population.suppressed", "people.csv row 2", config=("people.geojson", "people.csv")),
    # --- streets, as only a build sees them
    Damage("an extract of another region in a build", "osm", put("streets.osm", OSM.replace(b"140.6", b"135.6").replace(b"36.5", b"34.5")), "streets.outside_area", "streets.osm"),
    Damage("a graph of another region in a build", "graphml", put("streets.graphml", GRAPHML.replace(b"140.6", b"135.6").replace(b"36.5", b"34.5")), "streets.outside_area", "streets.graphml"),
    Damage("a barrier of another region", "barriers", put("wall.geojson", geojson((WALL, {}))), "barriers.crosses_nothing", "wall.geojson feature 1", WARNING, count=1),
    Damage("an extract that ends before the cells", "osm", swapped_bytes("streets.osm", (b"36.500", b"36.520"), (b"36.505", b"36.525")), "build.cells_off_streets", "streets", WARNING, count=4),
    Damage("an extract that is a pipe", "osm", pipe("streets.osm"), "input.missing", "streets.osm"),
    # --- forms of feeds
    Damage("zips in zips without end", Z, put("feed.zip", nested_zip(50)), "archive.nested", "level46.zip"),
    Damage("a broken zip in a zip", Z, put("feed.zip", zipped({"a.zip": zipped(TABLES)[:-300]})), "archive.broken", "feed.zip/a.zip"),
    Damage("two feeds in folders of one zip", Z, put("feed.zip", zipped({f"{at}/{n}": t for at in "ab" for n, t in TABLES.items()})), "gtfs.several_feeds", "feed.zip"),
    Damage("stations that are each other's parents", Z, feed(stops="stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\nA,甲,36.5,140.6,0,\nB,乙,36.509,140.6,0,\nC,丙,36.527,140.6,0,D\nD,輪,36.5,140.6,0,C\n".encode()), "gtfs.parent_cycle", "feed.zip/stops.txt row 4", WARNING, count=2),
    Damage("a table of 12,000 columns", Z, feed(stops=("stop_id,stop_lat,stop_lon," + ",".join(f"x{n}" for n in range(12_000)) + "\nA,36.5,140.6\n").encode()), "table.columns", "feed.zip/stops.txt row 1"),
    Damage("a heading of ten megabytes", Z, feed(stops=b"x" * 10_000_000 + b"\n1\n"), "table.missing_column", "feed.zip/stops.txt row 1"),
    Damage("a line of ten megabytes", Z, feed(stops=TABLES["stops.txt"] + b"D," + b"x" * 10_000_000 + b",36.5,140.6,z\n"), "gtfs.unused_stop", "feed.zip/stops.txt row 5", NOTE, count=1),
    Damage("cp932 and UTF-8 in one table", Z, stops("乙", "乙".encode("cp932")), "input.mixed_encoding", "feed.zip/stops.txt row 3", WARNING, count=1),
    Damage("a mark in the middle of a table", Z, stops("\nB", b"\n\xef\xbb\xbfB"), "gtfs.marks", "feed.zip/stops.txt", NOTE),
    Damage("two members of one name", Z, member("stops.txt", TABLES["stops.txt"].replace(b"36.509", b"36.600")), "archive.duplicate_name", "feed.zip/stops.txt"),
    Damage("a compression nobody knows", Z, zip_method(97), "archive.broken", "feed.zip/agency.txt"),
    Damage("a member with an absolute name", Z, member("/etc/evil.txt", b"x"), "archive.unsafe_name", "feed.zip//etc/evil.txt"),
    Damage("a member on another drive", Z, member("C:\\evil.txt", b"x"), "archive.unsafe_name", "feed.zip/C:\\evil.txt"),
    Damage("a member led out by backslashes", Z, member("..\\..\\evil.txt", b"x"), "archive.unsafe_name", "feed.zip/..\\..\\evil.txt"),
    Damage("a member called by a dot", Z, member(".", b"x"), "archive.unsafe_name", "feed.zip/."),
    Damage("a member whose name begins with NUL", Z, both(member("Xb.txt", b"x"), patched(b"Xb.txt", b"\0b.txt")), "archive.no_name", "feed.zip"),
    Damage("a link in a zip that leads elsewhere", Z, put("feed.zip", link_entry("stops.txt", "/etc/passwd")), "table.missing_column", "feed.zip/stops.txt row 1"),
    Damage("a zip with nothing in it", Z, put("feed.zip", zipped({})), "gtfs.missing_file", "feed.zip/stops.txt"),
    Damage("a zip without its directory", Z, patched(b"PK\x05\x06", b"PK\x06\x06"), "archive.broken", "feed.zip"),
    Damage("a zip of no bytes", Z, put("feed.zip", b""), "archive.broken", "feed.zip"),
    Damage("a feed_info of lost characters", "gtfs feed_info.txt", put("feed/feed_info.txt", b"\x81\xff\xfe"), "input.encoding", "feed/feed_info.txt", WARNING),
    Damage("a table of a feed linked to itself", "feed folder", linked("feed/stops.txt", "stops.txt"), "gtfs.missing_file", "feed/stops.txt"),
    Damage("a table of a feed linked to endless zeros", "feed folder", linked("feed/stops.txt", "/dev/zero"), "gtfs.missing_file", "feed/stops.txt"),
    Damage("a table of a feed that is a pipe", "feed folder", pipe("feed/stops.txt"), "gtfs.missing_file", "feed/stops.txt"),
    Damage("a folder in place of a table", "feed folder", directory("feed/stops.txt"), "gtfs.missing_file", "feed/stops.txt"),
    Damage("a folder that holds itself", "feed folder", both(gone("feed/stops.txt"), linked("feed/again", ".")), "gtfs.missing_file", "feed/stops.txt"),
    Damage("a link that leads to a file of another kind", "feed folder", both(put("elsewhere", "root\n"), linked("feed/stops.txt", "../elsewhere")), "table.missing_column", "feed/stops.txt row 1"),
    Damage("services that end before they begin", Z, feed(calendar=TABLES["calendar.txt"].replace(b"20250401,20260331", b"20260331,20250401")), "gtfs.calendar_span", "feed.zip/calendar.txt row 2", WARNING, count=2),
    Damage("a time of a million hours", Z, feed(stop_times=TABLES["stop_times.txt"].replace(b"25:05:00,25:05:00", b"9999999:05:00,9999999:05:00")), "gtfs.time", "feed.zip/stop_times.txt row 9"),
    Damage("a stop of a trip twice at one number", Z, feed(stop_times=TABLES["stop_times.txt"].replace(b"C,3,1,0", b"C,2,1,0", 1)), "gtfs.duplicate_id", "feed.zip/stop_times.txt row 4", WARNING, count=1),
    Damage("one feed given twice", Z, keep, "gtfs.id_collision", "feed.zip", NOTE, config=("[feed.zip]", "[feed.zip, feed.zip]")),
    Damage("a decimal comma", Z, stops("36.509", '"36,509"'), "gtfs.stop_position", "feed.zip/stops.txt row 3"),
    # --- the configuration
    Damage("anchors that multiply", K, more(BOMB), "yaml.too_large", "tiny.yaml"),
    Damage("an anchor that holds itself", K, config("id: tiny\nname: t\nsources: &a [*a]\n"), "yaml.too_large", "tiny.yaml"),
    Damage("an anchor that is nowhere", K, config("id: tiny\nname: *name\n"), "yaml.syntax", "tiny.yaml:2"),
    Damage("lists nested 2,000 deep", K, config("id: tiny\nname: " + "[" * 2000 + "]" * 2000), "yaml.too_large", "tiny.yaml"),
    Damage("a configuration of megabytes", K, config("id: tiny\nname: x\n" + "# 注\n" * 300_000), "yaml.too_large", "tiny.yaml"),
    Damage("a number of 5,000 digits", K, edit("tiny.yaml", "year: 2025", "year: " + "9" * 5000), "yaml.too_large", "tiny.yaml"),
    Damage("tabs as indentation", K, config("id: tiny\nname:\n\tja: x\n"), "yaml.syntax", "tiny.yaml:3"),
    Damage("a command in YAML", K, config("id: !!python/object/apply:os.system ['true']\n"), "yaml.syntax", "tiny.yaml:1"),
    Damage("two documents", K, config("id: a\nname: b\n---\nid: c\n"), "yaml.syntax", "tiny.yaml:3"),
    Damage("a list in place of a configuration", K, config("- a\n- b\n"), "config.empty", "tiny.yaml:1"),
    Damage("bytes in place of a configuration", K, config(bytes(range(256)) * 10), "input.encoding", "tiny.yaml"),
    Damage("a key twice", K, more("name: x\n"), "yaml.duplicate_key", "tiny.yaml:6 name"),
    Damage("a list as a key", K, config("? [a, b]\n: tiny\nname: x\n"), "yaml.syntax", "tiny.yaml:1"),
    Damage("30 February", K, edit("tiny.yaml", "2025-10-15", "2025-02-30"), "config.value", "tiny.yaml:3 date"),
    Damage("a window that ends before it begins", K, more('window: ["12:00", "10:00"]\n'), "config.value", "tiny.yaml:1"),
    Damage("age groups that overlap", K, edit("tiny.yaml", "persons: population", "persons: population, bands: [{id: a, label: A, from: 0, to: 20, share: 0.5}, {id: b, label: B, from: 10, share: 0.5}]"), "config.value", "tiny.yaml:5 population"),
    Damage("a plane that does not exist", K, more("epsg: 999999\n"), "crs.unknown", "tiny.yaml epsg"),
    Damage("degrees as the plane", K, more("epsg: 4326\n"), "crs.not_plane", "tiny.yaml epsg"),
    Damage("a path too long for any disk", K, more('gtfs: ["' + "a" * 5000 + '.zip"]\n'), "input.unreadable", "aaa"),
    Damage("a path with NUL", K, more('gtfs: ["a\\0b.zip"]\n'), "input.missing", "b.zip"),
    Damage("a configuration that is a folder", K, directory("tiny.yaml"), "input.missing", "tiny.yaml"),
    Damage("a configuration that is a pipe", K, pipe("tiny.yaml"), "input.missing", "tiny.yaml"),
    Damage("cells that are a pipe", K, pipe("cells.csv"), "input.missing", "cells.csv"),
    Damage("cells linked to endless zeros", K, linked("cells.csv", "/dev/zero"), "input.missing", "cells.csv"),
    Damage("cells linked to themselves", K, linked("cells.csv", "cells.csv"), "input.missing", "cells.csv"),
    Damage("a folder in place of the cells", K, directory("cells.csv"), "input.missing", "cells.csv"),
    Damage("cells without a row", "cells", put("cells.csv", "id,lon,lat,population\n"), "table.empty", "cells.csv"),
    Damage("two cells at one place", "cells", edit("cells.csv", "140.605,36.505", "140.605,36.500"), "population.same_place", "cells.csv row 5", WARNING, count=1, persons=200),
    Damage("infinitely many people of a cell", "cells", edit("cells.csv", ",100,", ",inf,"), "table.number", "cells.csv row 2"),
    # --- a city as the base
    Damage("a base that is nowhere", K, more("base: nowhere\n"), "snapshot.missing", "nowhere/city.json"),
    Damage("a base without a city in it", K, both(more("base: city\n"), directory("city")), "snapshot.missing", "city/city.json"),
    Damage("a base whose index is cut off", K, both(more("base: city\n"), put("city/city.json", "{")), "snapshot.damaged", "city/city.json"),
    Damage("a base of another version", K, both(more("base: city\n"), put("city/city.json", '{"format": "x"}')), "snapshot.version", "city/city.json"),
    Damage("a base whose index holds other things", K, both(more("base: city\n"), put("city/city.json", '{"format": "ekisei-city/1", "files": 5, "city": 7, "digest": 1, "layer_digests": 3}')), "snapshot.damaged", "city/city.json"),
]  # fmt: skip


class TooSlowError(AssertionError):
    """A build that did not end in time."""


@contextmanager
def limited(seconds: float = LIMIT_S) -> Iterator[None]:
    """Stop what hangs, also while it waits for the system."""

    def stop(*_: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def attempted(folder: Path, case: Damage) -> Attempt:
    """Damage a good city and try to build it."""
    path = write_inputs(folder, case.city, case.config)
    case.harm(folder)
    with limited():
        return attempt_city(path)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.cause)
def test_each_cause_is_told_with_its_place_and_remedy(tmp_path, case):
    attempt = attempted(tmp_path, case)
    found = [p for p in attempt.problems if p.code == case.code and p.severity is case.severity]
    assert any(p.where.endswith(case.where) for p in found), attempt.problems
    assert (attempt.city is None) == (case.severity is ERROR), attempt.problems
    for problem in attempt.problems:
        assert problem.message.ja != problem.message.en or problem.message.ja.isascii()
        assert len(problem.message.ja) < 2000
        assert problem.severity is not ERROR or (problem.hint.ja and problem.hint.en), problem
    if case.count is not None:
        assert sum(p.count for p in found) == case.count
    if case.persons is not None:
        assert attempt.city.population.total.sum() == pytest.approx(case.persons)
    if case.facilities is not None:
        assert attempt.city.facilities.n_facilities == case.facilities


def test_the_causes_are_many_and_distinct():
    causes = [case.cause for case in CASES]
    assert len(set(causes)) == len(causes) >= 200
    assert len({case.code for case in CASES}) >= 120


@pytest.mark.parametrize("city", sorted({case.city for case in CASES}))
def test_the_good_cities_build(tmp_path, city):
    attempt = attempt_city(write_inputs(tmp_path, city))
    assert attempt.city is not None, attempt.problems


# ---------------------------------------------------------------- what happens while it is read


def test_a_file_that_vanishes_while_it_is_read(tmp_path, monkeypatch):
    read = Path.read_bytes

    def vanished(path: Path) -> bytes:
        if path.name == "cells.csv":
            path.unlink()
        return read(path)

    config = write_inputs(tmp_path, "cells")
    monkeypatch.setattr(Path, "read_bytes", vanished)
    attempt = attempt_city(config)
    (found,) = [p for p in attempt.problems if p.severity is ERROR]
    assert found.code == "input.unreadable"
    assert found.where.endswith("cells.csv")
    assert found.hint.ja
    assert attempt.city is None


def test_a_feed_that_vanishes_between_the_layers(tmp_path):
    config = write_inputs(tmp_path, "gtfs zip")

    def remove(stage: str, _: float) -> None:
        if stage == "timetable":
            (tmp_path / "feed.zip").unlink()

    attempt = attempt_city(config, remove)
    assert [p.code for p in attempt.problems if p.severity is ERROR] == ["input.missing"]


FORBIDDEN = """
import os, sys
from pathlib import Path
from geodata.build import attempt_city
attempt_city(Path(sys.argv[1]))  # loads what is loaded late, while all of it may be read
if os.geteuid() == 0:
    try:
        os.setgid(65534); os.setuid(65534)
    except OSError:
        sys.exit("nobody")
print([p.code for p in attempt_city(Path(sys.argv[1])).problems if p.severity.value == "error"])
"""


def test_a_file_that_nobody_may_read():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        config = write_inputs(folder, "cells")
        (folder / "cells.csv").chmod(0)
        done = subprocess.run(
            [sys.executable, "-c", FORBIDDEN, str(config)], capture_output=True, text=True, check=False
        )
    if done.stderr.strip() == "nobody":
        pytest.skip("root reads everything, and there is nobody to become here")
    assert done.stdout.strip() == "['input.unreadable']", done.stderr[-500:]


def test_a_snapshot_with_a_part_missing_or_cut_is_no_base(tmp_path):
    city = attempt_city(write_inputs(tmp_path, "gtfs zip")).city
    write_city(city, tmp_path / "city")
    arrays = sorted((tmp_path / "city").rglob("*.npy"))
    (tmp_path / "tiny.yaml").write_text(config_text("    base: city\n"), encoding="utf-8")
    assert attempt_city(tmp_path / "tiny.yaml").city is not None
    whole = arrays[0].read_bytes()
    for spoil, code in (
        (lambda: arrays[0].write_bytes(whole[:-1]), "snapshot.damaged"),
        (arrays[0].unlink, "snapshot.incomplete"),
    ):
        spoil()
        attempt = attempt_city(tmp_path / "tiny.yaml")
        assert attempt.city is None
        assert next(p.code for p in attempt.problems if p.severity is ERROR) == code


# ---------------------------------------------------------------- one report that names them all

EVERYTHING = (
    PEOPLE
    + """
    boundaries: [{path: city.geojson}]
    towns: {path: towns.csv}
    daytime: {path: day.csv, year: 2020}
    gtfs: [feed.zip, gone.zip]
    streets: {osm_pbf: streets.osm}
    facilities: [{path: clinics.csv}]
    ksj: [P04-20_08.geojson]
    opinions: [{path: voices.csv}]
"""
)
SPOILT: dict[str, bytes] = {
    "cells.csv": b"id,lon,lat,population\nc1,140.600,36.500,100\nc2,140.605,36.500,-50\nc3,140.600,36.505,many\n",
    "city.geojson": AWAY[:-30],
    "towns.csv": b"",
    "day.csv": b"\x81\xff\xfe",
    "feed.zip": feed_zip(stops=TABLES["stops.txt"].replace(b"stop_lat", b"latitude"), routes=None),
    "streets.osm": b"<osm",
    "clinics.csv": b"PK\x03\x04",
    "P04-20_08.geojson": geojson((point(140.6, 36.5), {"name": "x"})),
    "voices.csv": b"a,b\n1,2\n",
}
EXPECTED = {
    ("table.negative", "cells.csv row 3"),
    ("table.number", "cells.csv row 4"),
    ("geojson.unreadable", "city.geojson"),
    ("table.empty", "towns.csv"),
    ("table.missing_column", "feed.zip/stops.txt row 1"),
    ("gtfs.missing_file", "feed.zip/routes.txt"),
    ("input.missing", "gone.zip"),
    ("osm.unreadable", "streets.osm"),
    ("ksj.unknown", "P04-20_08.geojson"),
}


def write_spoilt(folder: Path) -> Path:
    for name, raw in SPOILT.items():
        (folder / name).write_bytes(raw)
    (folder / "tiny.yaml").write_text(config_text(EVERYTHING), encoding="utf-8")
    return folder / "tiny.yaml"


def test_damage_in_every_layer_stands_in_one_report(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("EKISEI_INPUTS", raising=False)
    (tmp_path / "in").mkdir()
    config = write_spoilt(tmp_path / "in")
    report = tmp_path / "report.json"
    assert run_cli(["city", "build", str(config), "--out", str(tmp_path / "city"), "--report", str(report)], {}) == 3
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    values = json.loads(report.read_text(encoding="utf-8"))
    assert values["failed"]
    told = {
        (p["code"], p["where"]) for layer in values["layers"] for p in layer["problems"] if p["severity"] == "error"
    }
    missing = {(code, where) for code, where in EXPECTED if not any(c == code and w.endswith(where) for c, w in told)}
    assert not missing, told
    for _, where in EXPECTED:
        assert re.sub(r" row (\d+)$", r" \1 行目", where.split("/")[-1]) in shown
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "home") == ["in", "report.json"]
    assert sorted(p.name for p in (tmp_path / "in").iterdir()) == sorted([*SPOILT, "tiny.yaml"])


COMMANDS = (
    "mesh code with a letter",
    "a .shp that ends early",
    "a suppressed total",
    "zips in zips without end",
    "anchors that multiply",
    "a path too long for any disk",
    "a base whose index holds other things",
    "cells that are a pipe",
)


@pytest.mark.parametrize("case", [c for c in CASES if c.cause in COMMANDS], ids=lambda c: c.cause)
def test_a_refused_build_leaves_nothing_behind(tmp_path, monkeypatch, capsys, case):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("EKISEI_INPUTS", raising=False)
    inputs = tmp_path / "in"
    inputs.mkdir()
    config = write_inputs(inputs, case.city, case.config)
    case.harm(inputs)
    before = sorted(p.name for p in inputs.rglob("*"))
    report = tmp_path / "report.json"
    with limited():
        code = run_cli(["city", "build", str(config), "--out", str(tmp_path / "city"), "--report", str(report)], {})
    shown = capsys.readouterr().err
    assert code == 3
    assert "Traceback" not in shown
    assert "→" in shown
    assert case.code in report.read_text(encoding="utf-8")
    assert sorted(p.name for p in inputs.rglob("*")) == before
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "home") == ["in", "report.json"]
