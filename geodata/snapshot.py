"""
Owns the city folder: City ⇄ arrays (memory-mapped .npy), texts (JSON) and one ``city.json``.

Numbers and truth values stand in ``.npy`` files, texts in JSON lists, outlines as WKB bytes with offsets (single
ones, such as zones, together in one file), everything else in ``city.json`` beside the version, the digests and the
size of every file. A folder is written beside its place and renamed, so that nobody ever sees half of it.
"""

from __future__ import annotations

import json
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.city import City
from geodata.digest import digest_of
from geodata.errors import DataError, Text, error
from geodata.snapshot_values import FolderReader, FolderWriter

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

FORMAT = "ekisei-city/1"
INDEX = "city.json"


def write_city(
    city: City, folder: Path | str, *, force: bool = False, extras: Mapping[str, bytes] | None = None
) -> Path:
    """
    Write a city as a folder.

    Parameters
    ----------
    city
        The city.
    folder
        Target; created with its parents. A folder that holds something is refused.
    force
        Replace an older city folder; a folder that holds anything else is refused even then.
    extras
        File name → content of what stands beside the city, such as its import report. They appear and vanish with
        the city, but are no part of it: no digest covers them, and `read_city` does not ask for them.

    Returns
    -------
    folder
        The folder written.

    Raises
    ------
    DataError
        If the target is taken or cannot be written.
    ValueError
        If the name of an extra is no plain file name, or one that the city itself needs.
    """
    target = Path(folder)
    _check_target(target, force=force)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.parent / f".{target.name}.{uuid.uuid4().hex[:8]}.tmp"
    try:
        draft.mkdir()
        writer = FolderWriter(draft)
        layers = writer.encode(city, "")
        writer.finish()
        index = {
            "format": FORMAT,
            "city_id": city.city_id,
            "digest": city.digest,
            "layer_digests": city.layer_digests(),
            "files": writer.sizes,
            "city": layers,
        }
        (draft / INDEX).write_text(json.dumps(index, ensure_ascii=False, indent=1), encoding="utf-8")
        _write_extras(draft, extras or {}, {n.lower() for n in (INDEX, *writer.sizes)})
        _swap(draft, target)
    except OSError as exc:
        raise _unwritable(target, exc) from exc
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def read_city(folder: Path | str, *, verify: bool = False) -> City:
    """
    Read a city folder; large arrays are memory-mapped.

    Version, presence and size of every file are always checked.

    Parameters
    ----------
    folder
        A folder written by `write_city`.
    verify
        Compute the content digest and compare it with the stored one, layer by layer.

    Raises
    ------
    DataError
        If the folder is no city, of another version, incomplete or damaged; the file is named.
    """
    root = Path(folder)
    index = read_index(root)
    _check_files(root, index["files"])
    reader = FolderReader(root)
    city = reader.decode(index["city"])
    if not isinstance(city, City):
        raise damaged(root / INDEX, "City")
    if verify:
        verify_city(city, index["layer_digests"], root, reader.outgrown)
    return city


def read_index(root: Path) -> dict[str, Any]:
    """Return the checked ``city.json`` of a folder: format, digests, file sizes and the small values."""
    path = root / INDEX
    if not path.is_file():
        raise DataError(
            error(
                "snapshot.missing",
                str(path),
                Text("都市フォルダーではありません（city.json がない）", "not a city folder (no city.json)"),
                Text(
                    "ekisei city build で作ったフォルダーを指定してください",
                    "name a folder made by ekisei city build",
                ),
            ),
        )
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise damaged(path, str(exc)) from exc
    found = index.get("format") if isinstance(index, dict) else None
    if found != FORMAT:
        raise DataError(
            error(
                "snapshot.version",
                str(path),
                Text(f"形式 {found!r} は読めません（必要: {FORMAT}）", f"format {found!r}, expected {FORMAT}"),
                Text("ekisei city build で作り直してください", "build it again with ekisei city build"),
            ),
        )
    kinds: dict[str, type | tuple[type, ...]] = {
        "files": dict,
        "city": (dict, list),
        "digest": str,
        "layer_digests": dict,
    }
    wrong = [key for key, kind in kinds.items() if not isinstance(index.get(key), kind)]
    if wrong:
        raise damaged(path, ", ".join(wrong))
    return dict(index)


def verify_city(city: City, stored: Mapping[str, str], root: Path, outgrown: Collection[str] = ()) -> None:
    """
    Raise `DataError` naming the layers whose content is not what was written.

    Layers that an earlier version wrote in another shape (`outgrown`) cannot be compared and are passed over.
    """
    kept = {layer: digest for layer, digest in city.layer_digests().items() if layer not in outgrown}
    wrong = [layer for layer, digest in kept.items() if stored.get(layer) != digest]
    if wrong or (not outgrown and digest_of(dict(stored)) != city.digest):
        raise damaged(root / INDEX, ", ".join(wrong) or "digest")


def damaged(path: Path, detail: str) -> DataError:
    """Return the error for a file of a snapshot that is not what was written."""
    return DataError(
        error(
            "snapshot.damaged",
            str(path),
            Text(f"ファイルが壊れています: {detail}", f"the file is damaged: {detail}"),
            Text("ekisei city build で作り直してください", "build it again with ekisei city build"),
        ),
    )


def _check_files(root: Path, sizes: Mapping[str, int]) -> None:
    for name, size in sizes.items():
        path = root / name
        if not path.is_file():
            raise DataError(
                error(
                    "snapshot.incomplete",
                    str(path),
                    Text("ファイルがありません", "the file is missing"),
                    Text("ekisei city build で作り直してください", "build it again with ekisei city build"),
                ),
            )
        if path.stat().st_size != size:
            raise damaged(path, f"{path.stat().st_size:,} ≠ {size:,} bytes")


def _check_target(target: Path, *, force: bool) -> None:
    if target.is_file() or target.is_symlink():
        taken = True
    else:
        taken = target.is_dir() and any(target.iterdir()) and not (force and (target / INDEX).is_file())
    if taken:
        hint = (
            Text("別のフォルダーを指定してください", "name another folder")
            if force
            else Text("別のフォルダーか --force を指定してください", "name another folder, or use --force")
        )
        raise DataError(
            error("snapshot.taken", str(target), Text("出力先が空ではありません", "the target is not empty"), hint),
        )


def _write_extras(draft: Path, extras: Mapping[str, bytes], taken: set[str]) -> None:
    for name, content in extras.items():
        if name.lower() in taken or name in {"", ".", ".."} or Path(name).name != name:
            raise ValueError(name)
        (draft / name).write_bytes(content)


def _swap(draft: Path, target: Path) -> None:
    """Put the draft in place; an older folder stays until the new one stands."""
    old: Path | None = None
    if target.exists():
        old = draft.with_suffix(".old")
        target.rename(old)
    try:
        draft.rename(target)
    except OSError:
        if old is not None:
            old.rename(target)
        raise
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)


def _unwritable(target: Path, exc: OSError) -> DataError:
    return DataError(
        error(
            "snapshot.unwritable",
            str(target),
            Text(f"書き込めません: {exc.strerror or exc}", f"cannot write: {exc.strerror or exc}"),
            Text("フォルダーの権限と空き容量を確かめてください", "check permissions and free space"),
        ),
    )
