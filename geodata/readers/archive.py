"""Owns opening a zip or folder of text tables safely: names, sizes, encodings."""

from __future__ import annotations

import re
import shutil
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from geodata.errors import DataError, Problem, Severity, Text, error, warning

MAX_MEMBER_BYTES = 2_000_000_000
MAX_TOTAL_BYTES = 8_000_000_000
MAX_MEMBERS = 20_000
"""Of one zip: all of it unpacked, and how many files; a feed has dozens, the meshes of a country some thousands."""
MAX_RATIO = 500.0
RATIO_FROM_BYTES = 20_000_000
"""Members that unpack to less than this are never taken for a bomb."""
_OTHER_FORMS = {
    b"PK\x03\x04": "zip / Excel (.xlsx)",
    b"\xd0\xcf\x11\xe0": "Excel (.xls)",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7-Zip",
    b"\x1f\x8b": "gzip",
}
_UTF8_NAME = 0x800
_JUDGED = 20_000
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_AMONG_LETTERS = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f](?=[\x00-\x7f])")
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Archive:
    """
    A zip file or folder, opened and checked.

    `members`: lower-case table name → name inside; `label`: what messages call it. `shown`: the same key → name as a
    person reads it, where that differs from the key.
    """

    path: Path
    label: str
    members: dict[str, str]
    shown: dict[str, str] = field(default_factory=dict)

    def read_bytes(self, table: str) -> bytes:
        """Return the bytes of a table; a broken member raises `DataError`."""
        inside = self.members[table]
        if self.path.is_dir():
            return (self.path / inside).read_bytes()
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(inside) as member:
                return _read_limited(member, f"{self.label}/{inside}")
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as exc:
            raise DataError(_broken(f"{self.label}/{inside}", str(exc))) from exc

    def n_bytes(self, table: str) -> int:
        """Return how large a member is when unpacked."""
        inside = self.members[table]
        if self.path.is_dir():
            return (self.path / inside).stat().st_size
        with zipfile.ZipFile(self.path) as archive:
            return archive.getinfo(inside).file_size

    def copy_out(self, table: str, target: Path) -> None:
        """Write the bytes of a member to `target`, a path of the caller's; a broken member raises `DataError`."""
        inside = self.members[table]
        where = f"{self.label}/{inside}"
        try:
            if self.path.is_dir():
                shutil.copyfile(self.path / inside, target)
                return
            with zipfile.ZipFile(self.path) as archive, archive.open(inside) as member, target.open("wb") as out:
                _copy_limited(member, out, where)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as exc:
            raise DataError(_broken(where, str(exc))) from exc


def open_archive(path: Path, label: str = "") -> Archive:
    """
    Open a zip or folder and check the names and sizes in it.

    Tables may lie in one sub-folder of the zip, as some publishers pack them.

    Raises
    ------
    DataError
        If it is missing, no zip, damaged, holds names that lead out of it, or would unpack to a huge size.
    """
    label = label or path.name
    if path.is_dir():
        return Archive(path, label, {p.name.lower(): p.name for p in sorted(path.iterdir()) if p.is_file()})
    names = [e.filename for e in _checked_entries(path, label)]
    return Archive(path, label, {PurePosixPath(n).name.lower(): n for n in _top_level(names)})


def open_tree(path: Path) -> Archive:
    """
    Open a zip or folder with everything in its sub-folders; `members` are whole paths, lower case, with slashes.

    Names that Windows wrote in cp932 are read as such.

    Raises
    ------
    DataError
        As `open_archive`.
    """
    label = path.name
    if path.is_dir():
        inside = (p for p in sorted(path.rglob("*")) if p.is_file())
        names = [p.relative_to(path).as_posix() for p in inside]
        members = {n.lower(): n for n in names}
        return Archive(path, label, members, members)
    entries = [(_readable_name(e), e.filename) for e in _checked_entries(path, label)]
    return Archive(path, label, {n.lower(): inside for n, inside in entries}, {n.lower(): n for n, _ in entries})


def missing_input(path: Path) -> Problem:
    """Return the error for an input that is not there."""
    return error(
        "input.missing",
        str(path),
        Text("ファイルがありません", "the file does not exist"),
        Text(
            "設定のパスと inputs:（環境変数 EKISEI_INPUTS で変えられます）を確かめてください",
            "check the path and inputs: in the configuration (the variable EKISEI_INPUTS overrides it)",
        ),
    )


def unreadable_input(exc: OSError, where: str) -> Problem:
    """Return the error for an input that the system does not let us read: vanished, forbidden, a name too long."""
    reason = exc.strerror or str(exc)
    return error(
        "input.unreadable",
        str(exc.filename or where)[:300],
        Text(f"ファイルを読めません: {reason}", f"the file cannot be read: {reason}"),
        Text(
            "ファイルがあること、読む権限、名前の長さを確かめ、もう一度試してください",
            "check that it is there, its permissions and the length of its name, and try again",
        ),
    )


def decode(raw: bytes, where: str) -> tuple[str, list[Problem]]:
    """
    Decode UTF-8 with or without BOM, UTF-16 with BOM, else cp932 (Shift_JIS of Windows), which is told.

    Raises
    ------
    DataError
        If the bytes are none of these, or no text at all: a workbook, a zip or a picture of another name, a web page.
    """
    _check_text(raw, where)
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp932")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8-sig":
            return text, []
        if encoding == "cp932" and _is_japanese(text):
            told = Text("Shift_JIS（cp932）として読みました", "read as cp932 (Shift_JIS of Windows)")
            return text, [Problem(Severity.INFO, "input.encoding", where, told)]
        note = warning(
            "input.encoding",
            where,
            Text(f"UTF-8 ではなく {encoding} として読みました", f"read as {encoding}, not UTF-8"),
            Text("できれば UTF-8 で保存し直してください", "save it as UTF-8 if you can"),
        )
        return text, [note]
    raise DataError(
        error(
            "input.encoding",
            where,
            Text("文字コードを判別できません", "the character encoding is not known"),
            Text("UTF-8 で保存し直してください", "save it as UTF-8"),
        ),
    )


def _is_japanese(text: str) -> bool:
    """Tell cp932 from what only can be read as it: EUC-JP gives half-width kana, Latin-1 kanji among letters."""
    start = text[:_JUDGED]
    n_others = sum(not c.isascii() for c in start)
    return 2 * max(len(_HALF_KANA.findall(start)), len(_AMONG_LETTERS.findall(start))) <= n_others


def _check_text(raw: bytes, where: str) -> None:
    form = next((name for magic, name in _OTHER_FORMS.items() if raw.startswith(magic)), None)
    if form is not None:
        raise DataError(
            error(
                "input.not_text",
                where,
                Text(f"文字の表ではありません（中身は {form}）", f"this is no text but {form}"),
                Text(
                    "Excel のブックは開いて「CSV UTF-8」で保存し、zip は .zip の名前で指定してください",
                    "open a workbook and save it as CSV UTF-8; give a zip the name .zip",
                ),
            ),
        )
    if raw[:400].lstrip(b"\xef\xbb\xbf \t\r\n")[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise DataError(
            error(
                "input.web_page",
                where,
                Text(
                    "ファイルではなくウェブページ（ログイン画面やエラーの案内など）が保存されています",
                    "a web page was saved in place of the file",
                ),
                Text("配布元のページから、ファイルを取得し直してください", "download the file again from its page"),
            ),
        )


def _checked_entries(path: Path, label: str) -> list[zipfile.ZipInfo]:
    """Return the files in a zip, checked; what a Mac adds of its own is left out."""
    if not path.is_file():
        raise DataError(missing_input(path))
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [e for e in archive.infolist() if not (e.filename and e.is_dir())]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as exc:
        raise DataError(_broken(label, str(exc))) from exc
    problems = _check_all(entries, label)
    problems = problems or [p for entry in entries for p in _check_entry(entry, label)] + _twice(entries, label)
    if problems:
        raise DataError(problems)
    return [e for e in entries if "__MACOSX" not in e.filename]


def _check_all(entries: list[zipfile.ZipInfo], label: str) -> list[Problem]:
    """Return the error for more files, or more bytes, than any publisher packs into one zip."""
    if len(entries) > MAX_MEMBERS:
        return [
            error(
                "archive.too_many",
                label,
                Text(f"ファイルが多すぎます（{len(entries):,} 個）", f"too many files in it ({len(entries):,})"),
                Text(
                    "中身を確かめ、必要な表だけの zip を作ってください", "look inside and make a zip of the tables only"
                ),
            )
        ]
    total = sum(entry.file_size for entry in entries)
    return [_bomb(label, total)] if total > MAX_TOTAL_BYTES else []


def _twice(entries: list[zipfile.ZipInfo], label: str) -> list[Problem]:
    """Return the errors for names that stand for different contents: which of them is meant cannot be known."""
    first: dict[str, zipfile.ZipInfo] = {}
    return [
        error(
            "archive.duplicate_name",
            f"{label}/{entry.filename}",
            Text("同じ名前で中身の違うファイルが入っています", "the zip holds different files of one name"),
            Text("どちらか一方だけを入れた zip を作り直してください", "make a zip that holds only one of them"),
        )
        for entry in entries
        if first.setdefault(entry.filename, entry).CRC != entry.CRC
    ]


def _readable_name(entry: zipfile.ZipInfo) -> str:
    """Return the path of a member with slashes, its Japanese read as cp932 where the zip does not say UTF-8."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME:
        try:
            name = name.encode("cp437").decode("cp932")
        except UnicodeError:
            name = entry.filename
    return name.replace("\\", "/")


def _copy_limited(member: IO[bytes], out: IO[bytes], where: str) -> None:
    size = 0
    while block := member.read(_BLOCK_BYTES):
        size += len(block)
        if size > MAX_MEMBER_BYTES:
            raise DataError(_bomb(where, size))
        out.write(block)


def _read_limited(member: IO[bytes], where: str) -> bytes:
    raw: bytes = member.read(MAX_MEMBER_BYTES + 1)
    if len(raw) > MAX_MEMBER_BYTES:
        raise DataError(_bomb(where, len(raw)))
    return raw


def _check_entry(entry: zipfile.ZipInfo, label: str) -> list[Problem]:
    if not entry.filename:  # as Python reads a name that begins with a null
        return [
            error(
                "archive.no_name",
                label,
                Text("zip の中に名前のないファイルがあります", "the zip holds a file without a name"),
                Text("別のツールで開き、zip を作り直してください", "open it by another tool and zip it anew"),
            ),
        ]
    where = f"{label}/{entry.filename}"
    name = PurePosixPath(entry.orig_filename.replace("\\", "/"))
    if not name.parts or name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
        return [
            error(
                "archive.unsafe_name",
                where,
                Text("圧縮ファイルの外を指す名前があります", "a name leads out of the archive"),
                Text("提供元から取り直してください", "get the file again from its publisher"),
            ),
        ]
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > MAX_MEMBER_BYTES or (entry.file_size > RATIO_FROM_BYTES and ratio > MAX_RATIO):
        return [_bomb(where, entry.file_size)]
    return []


def _top_level(names: list[str]) -> list[str]:
    """Return the names in the root, or, if it holds no table, in the only folder that does."""
    tables = [n for n in names if n.lower().endswith(".txt")]
    folders = {str(PurePosixPath(n).parent) for n in tables}
    root = "." if "." in folders or len(folders) != 1 else folders.pop()
    return [n for n in names if str(PurePosixPath(n).parent) == root]


def _broken(where: str, detail: str) -> Problem:
    return error(
        "archive.broken",
        where,
        Text(f"zip ファイルが壊れているか、zip ではありません: {detail}", f"the zip is damaged or no zip: {detail}"),
        Text("提供元から取り直してください", "get the file again from its publisher"),
    )


def _bomb(where: str, size: int) -> Problem:
    return error(
        "archive.too_large",
        where,
        Text(f"展開すると大きすぎます（{size:,} バイト）", f"too large when unpacked ({size:,} bytes)"),
        Text("中身を確かめ、必要な表だけの zip を作ってください", "look inside and make a zip of the tables only"),
    )
