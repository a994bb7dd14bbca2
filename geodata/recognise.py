"""Owns telling what the raw files of a folder are: by content first, by name second, never an error."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from geodata.errors import DataError, Text, error
from geodata.readers.recognise_damage import damage_of
from geodata.readers.recognise_feeds import recognise_feed, recognise_streets
from geodata.readers.recognise_layers import recognise_layers
from geodata.readers.recognise_peek import Peek, digest_of, peek
from geodata.readers.recognise_tables import recognise_tables
from geodata.recognised import SILENT, RecognisedFile

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FILES = 2_000
_PARTS = {".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".qmd", ".aux"}
_DOCUMENTS = {".md", ".pdf", ".html", ".htm", ".doc", ".docx", ".rtf", ".url", ".xml"}
_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".heic", ".svg"}
_SHEETS = {".xls", ".xlsx", ".xlsm", ".ods"}
_CONFIGS = {".yaml", ".yml"}
_FORMS = (".csv", ".txt", ".geojson", ".gpkg", ".json", ".zip", ".shp")
"""Of the same layer under one name in several forms, the earliest of these is read."""


def recognise(folder: Path | str) -> tuple[RecognisedFile, ...]:
    """
    Tell what every file of a folder is, sub-folders included.

    Only the beginning of each file is read. A zip beside what was unpacked from it, and one layer in several forms,
    count once; the others are told as parts. Links that lead out of the folder, hidden files and city folders of
    Ekisei are not looked at.

    Parameters
    ----------
    folder
        Where the raw files are.

    Returns
    -------
    files
        One entry per file, in the order of their names.

    Raises
    ------
    DataError
        If the folder does not exist, or holds no file or more than `MAX_FILES`.
    """
    root = Path(folder)
    if not root.is_dir():
        raise DataError(
            error(
                "recognise.no_folder",
                str(root),
                Text("フォルダーがありません", "there is no such folder"),
                Text("ファイルを入れたフォルダーを指定してください", "name the folder that holds the files"),
            )
        )
    found = [recognise_file(path, name) if not note else _skipped(name, note) for path, name, note in _walk(root)]
    if not found:
        raise DataError(
            error(
                "recognise.empty",
                str(root),
                Text("フォルダーにファイルがありません", "the folder holds no files"),
                Text(
                    "公開元から取ったファイルをそのまま入れてください（ekisei city init で一覧が出ます）",
                    "put the files in as published (ekisei city init lists them)",
                ),
            )
        )
    return tuple(_without_twins(_without_copies(found, root)))


def recognise_file(path: Path, name: str) -> RecognisedFile:
    """Return what one file (or a folder of GTFS tables) is; ``unknown`` where nothing fits."""
    by_name = _told_by_name(path, name)
    if by_name is not None:
        return by_name
    looked = peek(path, name)
    damage = damage_of(looked)
    if damage is not None:
        return RecognisedFile(name, "broken", {}, 1.0, damage)
    for rule in (recognise_feed, recognise_streets, recognise_layers, recognise_tables):
        result = rule(looked)
        if result is not None:
            return result
    return RecognisedFile(name, "unknown", {}, 0.0, _why_unknown(looked))


def _told_by_name(path: Path, name: str) -> RecognisedFile | None:
    """Return what need not be opened: configurations, parts of a Shapefile, workbooks, documents, pictures."""
    suffix = path.suffix.lower()
    if suffix in _CONFIGS:
        why = Text("設定はフォルダーでなくファイルを指定して使います", "name the file itself to build from it")
        return RecognisedFile(name, "config", {}, 1.0, why)
    if suffix in _PARTS and path.is_file():
        why = Text("Shapefile の一部", "part of a Shapefile")
        return RecognisedFile(name, "part", {}, 1.0, why, {"companion": True})
    if suffix in _SHEETS:
        why = Text("Excel の表は読めません。CSV で保存してください", "sheets cannot be read: save it as CSV")
        return RecognisedFile(name, "unknown", {}, 0.0, why)
    if suffix in _DOCUMENTS:
        return RecognisedFile(name, "document", {}, 0.5, Text("説明文書とみなす", "taken for a document"))
    if suffix in _PICTURES:
        return RecognisedFile(name, "picture", {}, 0.5, Text("名前の終わりが画像", "its name ends as a picture's"))
    return None


def _why_unknown(looked: Peek) -> Text:
    inner = [m for m in looked.members if m.lower().endswith(".zip")]
    if inner:
        return Text(
            f"zip の中に zip があります（{inner[0]} など）。外側を展開してください",
            f"a zip holding zips ({inner[0]} …): unpack the outer one",
        )
    rows = next((t.rows[:8] for t in looked.tables if t.rows), ())
    headings = max(rows, key=lambda row: sum(bool(c) for c in row), default=None)  # a title above it has one cell
    if headings is None:
        headings = next((layer.columns for layer in looked.layers), ())
    listed = ", ".join(headings[:8])
    return Text(
        "内容に知っている列がありません" + (f"（列: {listed}）" if listed else ""),
        "holds no columns that are known" + (f" (columns: {listed})" if listed else ""),
    )


def _walk(root: Path) -> Iterator[tuple[Path, str, Text | None]]:
    """Yield files and folders of tables with their relative names, and why some are not looked at."""
    base = root.resolve()
    waiting, n_files = [root], 0
    while waiting:
        folder = waiting.pop()
        folders = []
        for path in sorted(folder.iterdir(), key=lambda p: p.name):
            name = path.relative_to(root).as_posix()
            if path.name.startswith((".", "~$", "__MACOSX")) or path.name in {"Thumbs.db", "desktop.ini"}:
                continue
            n_files += 1
            if n_files > MAX_FILES:
                raise _too_many(root)
            if name.encode(errors="replace").decode() != name:
                yield path, repr(name), Text("名前が文字として読めません", "its name is not text")
            elif path.is_symlink() and not path.resolve().is_relative_to(base):
                yield path, name, Text("フォルダーの外を指すリンクです", "a link that leads out of the folder")
            elif path.is_dir():
                if (path / "stops.txt").is_file():
                    yield path, name, None
                elif (path / "city.json").is_file():
                    yield path, name, Text("Ekisei の都市フォルダーです", "a city folder of Ekisei")
                elif not path.is_symlink():
                    folders.append(path)
            elif path.is_file():
                yield path, name, None
        waiting += reversed(folders)


def _too_many(root: Path) -> DataError:
    return DataError(
        error(
            "recognise.too_many",
            str(root),
            Text(f"ファイルが {MAX_FILES:,} を超えます", f"more than {MAX_FILES:,} files"),
            Text(
                "都市のデータだけを入れたフォルダーを指定してください", "name a folder that holds only the city's files"
            ),
        )
    )


def _skipped(name: str, note: Text) -> RecognisedFile:
    return RecognisedFile(name, "skipped", {}, 1.0, note)


def _without_twins(files: list[RecognisedFile]) -> list[RecognisedFile]:
    """Return the files in order, with all but one form of the same layer told as parts."""
    groups: dict[tuple[str, str], list[RecognisedFile]] = defaultdict(list)
    for file in files:
        if file.what not in SILENT:
            groups[file.what, PurePosixPath(file.path).stem.lower()].append(file)
    twins: dict[str, str] = {}
    for same in groups.values():
        first = min(same, key=_form)
        twins |= {f.path: first.path for f in same if f is not first}
    return [_part_of(f, twins[f.path], "別の形", "another form") if f.path in twins else f for f in files]


def _without_copies(files: list[RecognisedFile], root: Path) -> list[RecognisedFile]:
    """Return the files in order, with copies of one content (``x (1).csv``, a feed unpacked) told as parts."""
    groups: dict[object, list[RecognisedFile]] = defaultdict(list)
    for file in files:
        if file.what not in SILENT:
            groups[_size(root / file.path)].append(file)
            if file.what == "gtfs" and file.traits["lonlat"]:
                same = tuple(str(file.traits[k]) for k in ("agencies", "publisher", "start", "end", "lonlat", "trips"))
                groups[same].append(file)
    copies: dict[str, str] = {}
    for key, group in groups.items():
        firsts: dict[str, RecognisedFile] = {}
        for file in sorted(group, key=lambda f: (len(f.path), f.path)) if len(group) > 1 else ():
            first = firsts.setdefault(digest_of(root / file.path) if isinstance(key, int) else "", file)
            if first is not file and first.path not in copies:
                copies[file.path] = first.path
    return [_part_of(f, copies[f.path], "写し", "a copy") if f.path in copies else f for f in files]


def _size(path: Path) -> int | str:
    """Return the size of a file; a folder is like no other."""
    return path.stat().st_size if path.is_file() else str(path)


def _part_of(file: RecognisedFile, of: str, ja: str, en: str) -> RecognisedFile:
    return replace(file, what="part", config_fragment={}, why=Text(f"{of} と同じものの{ja}", f"{en} of {of}"))


def _form(file: RecognisedFile) -> tuple[int, int, str]:
    path = PurePosixPath(file.path)
    suffix = path.suffix.lower()
    rank = _FORMS.index(suffix) if suffix in _FORMS else len(_FORMS)
    return ("shift" in file.path.lower(), rank, file.path)
