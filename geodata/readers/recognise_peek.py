"""Owns looking at the beginning of a file: names inside a zip, first rows of a table, columns of a map layer."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import re
import sqlite3
import struct
import zipfile
import zlib
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from geodata.errors import Text
from geodata.readers.json_table import first_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

HEAD_BYTES = 65_536
MORE_BYTES = 4_000_000
"""How far the properties of a first feature are looked for behind its geometry."""
MAX_ROWS = 2_000
_END_OF_FIELDS = 0x0D
_SHAPES = {1: "Point", 3: "Line", 5: "Polygon", 8: "Point"}
_TABLES = (".csv", ".txt", ".tsv")
_NAMELESS = Text("zip の中に名前のないファイルがある", "the zip holds a file without a name")


@dataclass(frozen=True, slots=True)
class Table:
    """The first rows of a text table, split; `name`: of the file, or of the member of a zip."""

    name: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """One map layer: its columns, the values of its first feature, and what it draws ("" = not known)."""

    name: str
    columns: tuple[str, ...]
    first: dict[str, str]
    geometry: str


@dataclass(frozen=True, slots=True)
class Peek:
    """What the beginning of a file, or a folder of tables, shows."""

    path: Path
    name: str
    members: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    layers: tuple[Layer, ...] = ()
    magic: bytes = b""
    broken: Text | None = None

    @property
    def suffix(self) -> str:
        """The ending of the name, lower case."""
        return self.path.suffix.lower()


def peek(path: Path, name: str) -> Peek:
    """Look at the beginning of a file; whatever cannot be read is told in `broken`, never raised."""
    try:
        if path.is_dir():
            return Peek(path, name, tuple(sorted(p.name for p in path.iterdir() if p.is_file())))
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
        if zipfile.is_zipfile(path):
            return _peek_zip(path, name)
        return _peek_plain(path, name, head)
    except (OSError, ValueError, zipfile.BadZipFile, zlib.error, struct.error, sqlite3.Error, RuntimeError) as exc:
        return Peek(path, name, broken=Text(str(exc), str(exc)))


def digest_of(path: Path) -> str:
    """Return what tells copies of a file apart from others: its SHA-256."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def member_text(peeked: Peek, table: str, limit: int = MORE_BYTES) -> str:
    """Return the beginning of a table of a feed (zip or folder) as text; empty where it cannot be read."""
    inside = next((m for m in peeked.members if PurePosixPath(m).name.lower() == table), None)
    if inside is None:
        return ""
    try:
        if peeked.path.is_dir():
            with (peeked.path / inside).open("rb") as stream:
                return decode_head(stream.read(limit))
        with zipfile.ZipFile(peeked.path) as archive, archive.open(inside) as member:
            return decode_head(member.read(limit))
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError):
        return ""


def rows_of(text: str, most: int = MAX_ROWS) -> tuple[tuple[str, ...], ...]:
    """Return the first rows of a table, split at its most likely delimiter; values are stripped."""
    lines = text.splitlines()[:most]
    if not lines:
        return ()
    delimiter = max(",\t;", key=lambda sign: (lines[0].count(sign), sum(line.count(sign) for line in lines[:5])))
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    except csv.Error:
        return ()
    return tuple(tuple(value.strip().strip("\ufeff") for value in row) for row in rows)


def decode_head(raw: bytes) -> str:
    """Decode the beginning of a text; a character cut in two at its end is left out, an unknown one replaced."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="ignore")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return codecs.getincrementaldecoder(encoding)("strict").decode(raw)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", errors="replace")


def _peek_plain(path: Path, name: str, head: bytes) -> Peek:
    suffix = path.suffix.lower()
    if suffix in _TABLES:
        return Peek(path, name, tables=(_table(path.name, head),), magic=head[:16])
    if suffix == ".shp":
        with path.open("rb") as stream:
            columns = _dbf_of(path)
            return Peek(path, name, layers=(_shape_layer(path.name, stream.read(100), columns),), magic=head[:16])
    if suffix in {".geojson", ".json"}:
        layer = _geojson_layer(path.name, lambda n: _read_start(path, n), head)
        rows = () if layer else first_rows(decode_head(head))
        tables = (Table(path.name, tuple(map(tuple, rows))),) if rows else ()
        return Peek(path, name, tables=tables, layers=(layer,) if layer else (), magic=head[:16])
    if suffix == ".gpkg" and head.startswith(b"SQLite format 3"):
        return Peek(path, name, layers=tuple(_gpkg_layers(path)), magic=head[:16])
    return Peek(path, name, magic=head[:16])


def _peek_zip(path: Path, name: str) -> Peek:
    with zipfile.ZipFile(path) as archive:
        listed = archive.infolist()
        if not all(e.filename for e in listed):
            return Peek(path, name, broken=_NAMELESS)
        entries = [e for e in listed if not e.is_dir() and "__MACOSX" not in e.filename]
        members = tuple(readable_name(e) for e in entries)
        if any(PurePosixPath(m).name.lower() == "stops.txt" for m in members):
            return Peek(path, name, members, magic=b"PK")

        def start(entry: zipfile.ZipInfo, size: int) -> bytes:
            with archive.open(entry) as member:
                return member.read(size)

        tables = [_table(readable_name(e), start(e, HEAD_BYTES)) for e in _ending(entries, _TABLES)[:4]]
        layers = _zip_layers(entries, start)
    return Peek(path, name, members, tuple(tables), tuple(layers), b"PK")


def _zip_layers(entries: list[zipfile.ZipInfo], start: Callable[[zipfile.ZipInfo, int], bytes]) -> list[Layer]:
    by_name = {e.filename.lower(): e for e in entries}
    layers = []
    for entry in _ending(entries, (".shp",)):
        table = by_name.get(entry.filename[:-4].lower() + ".dbf")
        columns = _dbf_columns(start(table, HEAD_BYTES)) if table else ((), {})
        layers.append(_shape_layer(readable_name(entry), start(entry, 100), columns))
    if not layers:
        for entry in _ending(entries, (".geojson", ".json"))[:4]:
            layer = _geojson_layer(readable_name(entry), partial(start, entry), start(entry, HEAD_BYTES))
            layers += [layer] if layer else []
    return layers


def readable_name(entry: zipfile.ZipInfo) -> str:
    """Return the name of a member; Japanese names that a zip gives in cp932 are decoded."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("cp932")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return entry.filename


def _ending(entries: Iterable[zipfile.ZipInfo], endings: tuple[str, ...]) -> list[zipfile.ZipInfo]:
    return sorted((e for e in entries if e.filename.lower().endswith(endings)), key=lambda e: e.filename)


def _table(name: str, head: bytes) -> Table:
    text = decode_head(head)
    if len(head) == HEAD_BYTES:
        text = text.rpartition("\n")[0]  # the last line is cut
    return Table(name, rows_of(text))


def _read_start(path: Path, size: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(size)


def _geojson_layer(name: str, start: Callable[[int], bytes], head: bytes) -> Layer | None:
    text = decode_head(head)
    if '"FeatureCollection"' not in text and '"Feature"' not in text:
        return None
    properties = _first_properties(text)
    if properties is None and len(head) == HEAD_BYTES:
        text = decode_head(start(MORE_BYTES))
        properties = _first_properties(text)
    found = re.search(r'"(?:Multi)?(Point|LineString|Polygon)"', text)
    geometry = found.group(1).replace("LineString", "Line") if found else ""
    values = {str(k): "" if v is None else str(v) for k, v in (properties or {}).items()}
    return Layer(name, tuple(values), values, geometry)


def _first_properties(text: str) -> dict[str, Any] | None:
    features = text.find('"features"')  # what stands before it describes the file
    for match in re.compile(r'"properties"\s*:\s*(?=\{)').finditer(text, max(features, 0)):
        try:
            value, _ = json.JSONDecoder().raw_decode(text, match.end())
        except ValueError:
            return None
        if value:
            return dict(value)
    return None


def _shape_layer(name: str, header: bytes, table: tuple[tuple[str, ...], dict[str, str]]) -> Layer:
    kind = struct.unpack("<i", header[32:36])[0] if len(header) >= 36 else 0  # noqa: PLR2004 -- place in the header
    return Layer(name, *table, _SHAPES.get(kind % 10, ""))


def _dbf_of(path: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    for ending in (".dbf", ".DBF"):
        table = path.with_suffix(ending)
        if table.is_file():
            return _dbf_columns(_read_start(table, HEAD_BYTES))
    return (), {}


def _dbf_columns(raw: bytes) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the columns of a dBASE table and the values of its first row (layout: dBASE III table file)."""
    if len(raw) < 33:  # noqa: PLR2004 -- shorter than the header
        return (), {}
    start, width = struct.unpack("<HH", raw[8:12])
    fields: list[tuple[str, int]] = []
    for at in range(32, min(start, len(raw)) - 1, 32):
        if raw[at] == _END_OF_FIELDS:
            break
        fields.append((decode_head(raw[at : at + 11].split(b"\0")[0]).strip(), raw[at + 16]))
    row, values, at = raw[start : start + width], {}, 1
    for name, length in fields:
        values[name] = decode_head(row[at : at + length]).strip(" \0")
        at += length
    return tuple(name for name, _ in fields), values


def _gpkg_layers(path: Path) -> list[Layer]:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        names = connection.execute(
            "SELECT c.table_name, g.geometry_type_name FROM gpkg_contents c "
            "LEFT JOIN gpkg_geometry_columns g ON g.table_name = c.table_name WHERE c.data_type = 'features'"
        ).fetchall()
        return [_gpkg_layer(connection, str(table), str(kind or "")) for table, kind in names]
    finally:
        connection.close()


def _gpkg_layer(connection: sqlite3.Connection, table: str, kind: str) -> Layer:
    quoted = '"' + table.replace('"', '""') + '"'
    cursor = connection.execute(f"SELECT * FROM {quoted} LIMIT 1")  # noqa: S608 -- a quoted identifier of the file
    columns = tuple(str(c[0]) for c in cursor.description)
    row = cursor.fetchone() or ()
    values = {c: str(v) for c, v in zip(columns, row, strict=False) if not isinstance(v, bytes) and v is not None}
    geometry = next((g for g in ("Point", "Line", "Polygon") if g.upper() in kind.upper()), "")
    return Layer(table, columns, values, geometry)
