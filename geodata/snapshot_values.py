"""Owns how one frozen value of a city becomes files and JSON, and comes back equal to the last bit."""

from __future__ import annotations

import dataclasses
import itertools
import json
from enum import Enum
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata import (
    autonomous,
    behaviour,
    boundaries,
    city,
    daytime,
    entrances,
    facilities,
    fare_changes,
    former_ids,
    hubs,
    mobile_office,
    on_demand,
    opinions,
    outlook,
    population,
    provenance,
    streets,
    targets,
    timetable,
)
from geodata.errors import DataError, Text, error

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MODULES = (
    autonomous,
    behaviour,
    boundaries,
    city,
    daytime,
    entrances,
    facilities,
    fare_changes,
    former_ids,
    hubs,
    mobile_office,
    on_demand,
    opinions,
    outlook,
    population,
    provenance,
    streets,
    targets,
    timetable,
)
_MAPPED_FROM_BYTES = 1_000_000
SHAPES = "shapes"
"""Name of the file of geometries that stand alone."""


@cache
def known_types() -> dict[str, type]:
    """Return name → class of everything a city may hold; nothing else is ever built from a file."""
    return {
        name: value
        for module in _MODULES
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    }


class FolderWriter:
    """
    Turns values into JSON-ready trees, writing arrays into a folder; `sizes` is file → bytes.

    Single geometries, such as those of zones, go into one file together, which `finish` writes.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sizes: dict[str, int] = {}
        self._shapes: list[bytes] = []

    def encode(self, value: Any, path: str) -> Any:  # noqa: PLR0911 -- one return for each kind of value
        """Return the tree of a value; `path` names the files of its arrays."""
        if value is None or type(value) in (bool, int, float, str):
            return value
        if isinstance(value, np.ndarray):
            return self._array(value, path)
        if isinstance(value, Text):
            return {"@text": [value.ja, value.en]}
        if isinstance(value, Enum):
            return {"@enum": type(value).__name__, "value": value.value}
        if isinstance(value, (tuple, list)):
            return {"@tuple": [self.encode(v, f"{path}.{i}") for i, v in enumerate(value)]}
        if isinstance(value, dict):
            return {"@dict": [[self.encode(k, path), self.encode(v, f"{path}.{k}")] for k, v in value.items()]}
        if isinstance(value, BaseGeometry):
            self._shapes.append(value.wkb)
            return {"@shape": len(self._shapes) - 1}
        if isinstance(value, np.generic):
            return {"@scalar": value.dtype.str, "value": value.item()}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [f.name for f in dataclasses.fields(value)]
            fields = {n: self.encode(getattr(value, n), f"{path}.{n}".lstrip(".")) for n in names}
            return {"@class": type(value).__name__, "fields": fields}
        raise TypeError(f"{path}: {type(value).__name__} has no place in a city folder")

    def _array(self, array: np.ndarray[Any, Any], path: str) -> dict[str, Any]:
        if array.dtype.kind in "biuf":
            return {"@npy": self._npy(path, array)}
        if array.dtype.kind == "U":
            return {"@texts": self._json(path, array.ravel().tolist()), "shape": list(array.shape)}
        if array.dtype == object and all(isinstance(g, BaseGeometry) for g in array.ravel()):
            return self._geometries(array, path)
        raise TypeError(f"{path}: an array of {array.dtype} has no place in a city folder")

    def finish(self) -> None:
        """Write the geometries that stood alone."""
        if self._shapes:
            self._wkb(self._shapes, SHAPES)

    def _geometries(self, array: np.ndarray[Any, Any], path: str) -> dict[str, Any]:
        return {**self._wkb([g.wkb for g in array.ravel()], path), "shape": list(array.shape)}

    def _wkb(self, parts: list[bytes], path: str) -> dict[str, Any]:
        offsets = np.concatenate([[0], np.cumsum([len(p) for p in parts])]).astype(np.int64)
        body = np.frombuffer(b"".join(parts), dtype=np.uint8)
        return {
            "@geometries": self._npy(f"{path}.wkb", body),
            "offsets": self._npy(f"{path}.offsets", offsets),
        }

    def _npy(self, path: str, array: np.ndarray[Any, Any]) -> str:
        name = f"{path}.npy"
        np.save(self.root / name, np.ascontiguousarray(array), allow_pickle=False)
        return self._noted(name)

    def _json(self, path: str, texts: list[str]) -> str:
        name = f"{path}.json"
        (self.root / name).write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8", newline="\n")
        return self._noted(name)

    def _noted(self, name: str) -> str:
        self.sizes[name] = (self.root / name).stat().st_size
        return name


_FORMER_FIELDS = {"OnDemandService": frozenset({"computed"})}
"""Class → fields that earlier versions wrote and that follow from others now."""


class FolderReader:
    """
    Turns the trees of `FolderWriter` back into values.

    Values of earlier versions take the defaults of fields that came since. `outgrown`: layers of a city of which that
    was so, so that their content can no longer be compared with the digest that was written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.outgrown: set[str] = set()
        self._layer = ""

    def decode(self, tree: Any) -> Any:
        """Return the value of a tree; a damaged file raises `DataError` naming it."""
        if not isinstance(tree, dict):
            return tree
        try:
            return self._decode_tagged(tree)
        except DataError:
            raise
        except (KeyError, IndexError, TypeError, ValueError, shapely.errors.ShapelyError) as exc:
            raise self._damaged("city.json", exc) from exc

    @cached_property
    def _single_shapes(self) -> np.ndarray[Any, Any]:
        tree = {"@geometries": f"{SHAPES}.wkb.npy", "offsets": f"{SHAPES}.offsets.npy", "shape": [-1]}
        return self._geometries(tree)

    def _decode_tagged(self, tree: dict[str, Any]) -> Any:  # noqa: PLR0911 -- one return for each kind of value
        match next(iter(tree)):
            case "@class":
                return self._instance(tree["@class"], tree["fields"])
            case "@npy":
                return self._npy(tree["@npy"])
            case "@texts":
                return self._texts(tree)
            case "@geometries":
                return self._geometries(tree)
            case "@text":
                return Text(*tree["@text"])
            case "@enum":
                return known_types()[tree["@enum"]](tree["value"])
            case "@tuple":
                return tuple(self.decode(v) for v in tree["@tuple"])
            case "@dict":
                return {self.decode(k): self.decode(v) for k, v in tree["@dict"]}
            case "@shape":
                return self._single_shapes[int(tree["@shape"])]
            case "@wkb":  # as earlier versions wrote single geometries
                return shapely.from_wkb(tree["@wkb"])
            case "@scalar":
                return np.dtype(tree["@scalar"]).type(tree["value"])
            case other:
                raise KeyError(other)

    def _instance(self, name: str, stored: dict[str, Any]) -> Any:
        """Return the value of a class; one of an earlier version takes defaults for what came since."""
        found = known_types()[name]
        fields = {}
        for field, value in stored.items():
            if name == "City":
                self._layer = field
            if field not in _FORMER_FIELDS.get(name, ()):
                fields[field] = self.decode(value)
        known = {field.name for field in dataclasses.fields(found)}
        if name == "City":
            self.outgrown |= known - set(stored)
        elif known != set(stored):
            self.outgrown.add(self._layer)
        return found(**fields)

    def _npy(self, name: str) -> np.ndarray[Any, Any]:
        path = self.root / name
        mapped = path.stat().st_size >= _MAPPED_FROM_BYTES
        try:
            array = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
        except (OSError, ValueError, EOFError) as exc:
            raise self._damaged(name, exc) from exc
        plain: np.ndarray[Any, Any] = array.view(np.ndarray)
        plain.flags.writeable = False
        return plain

    def _texts(self, tree: dict[str, Any]) -> np.ndarray[Any, Any]:
        name = tree["@texts"]
        try:
            texts: Iterable[str] = json.loads((self.root / name).read_text(encoding="utf-8"))
            return np.array(texts, dtype=np.str_).reshape(tree["shape"])
        except (OSError, ValueError) as exc:
            raise self._damaged(name, exc) from exc

    def _geometries(self, tree: dict[str, Any]) -> np.ndarray[Any, Any]:
        body, offsets = self._npy(tree["@geometries"]).tobytes(), self._npy(tree["offsets"])
        parts = [body[a:b] for a, b in itertools.pairwise(offsets)]
        try:
            shapes = shapely.from_wkb(np.array(parts, dtype=object))
        except shapely.errors.ShapelyError as exc:
            raise self._damaged(tree["@geometries"], exc) from exc
        return np.asarray(shapes, dtype=object).reshape(tree["shape"])

    def _damaged(self, name: str, exc: Exception) -> DataError:
        return DataError(
            error(
                "snapshot.damaged",
                str(self.root / name),
                Text(f"ファイルが壊れています: {exc}", f"the file is damaged: {exc}"),
                Text("ekisei city build で作り直してください", "build it again with ekisei city build"),
            ),
        )
