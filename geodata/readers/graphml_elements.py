"""Owns GraphML files as they stand: nodes and edges with their attributes as text, read in one stream."""

from __future__ import annotations

import ast
import xml.parsers.expat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.archive import missing_input

if TYPE_CHECKING:
    from pathlib import Path

SAVE_AGAIN = Text(
    "osmnx.save_graphml で保存した、投影していない（緯度経度の）グラフを指定してください",
    "save an unprojected graph with osmnx.save_graphml",
)


@dataclass(slots=True)
class GraphElements:
    """
    What a GraphML file holds.

    `about`: attributes of the graph; `nodes`: id → (x, y) as text; `edges`: (source, target, index into `tags`, length,
    geometry, from); `tags`: combinations of attributes that occur, each once.
    """

    directed: bool = True
    about: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, tuple[str, str]] = field(default_factory=dict)
    edges: list[tuple[str, str, int, str, str, str]] = field(default_factory=list)
    tags: dict[tuple[str, ...], int] = field(default_factory=dict)


def read_elements(path: Path, tag_names: tuple[str, ...]) -> GraphElements:
    """
    Return nodes and edges of a GraphML file; of the edges' attributes those in `tag_names` are kept.

    Raises
    ------
    DataError
        If the file is missing, no GraphML, cut off, or declares entities of its own.
    """
    if not path.is_file():
        raise DataError(missing_input(path))
    taker = _Taker(path, tag_names)
    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = taker.start
    parser.EndElementHandler = taker.end
    parser.CharacterDataHandler = taker.text
    parser.EntityDeclHandler = taker.refuse_entity
    try:
        with path.open("rb") as stream:
            parser.ParseFile(stream)
    except (xml.parsers.expat.ExpatError, OSError, ValueError, LookupError) as exc:
        if isinstance(exc, DataError):
            raise
        raise DataError(unreadable(path, str(exc))) from exc
    return taker.found


def first_value(text: str) -> tuple[str, bool]:
    """Return the first value of an attribute, and whether it was a list written as text, such as ``['a', 'b']``."""
    if not (text.startswith("[") and text.endswith("]")):
        return text, False
    try:
        values = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text, False
    return (str(values[0]) if values else ""), True


def unreadable(path: Path, detail: str) -> Problem:
    """Return the error for a file that is no GraphML of osmnx."""
    return error(
        "graphml.unreadable",
        path.name,
        Text(f"osmnx の GraphML として読めません: {detail}", f"cannot be read as a GraphML file of osmnx: {detail}"),
        SAVE_AGAIN,
    )


class _Taker:
    """Handlers of the stream; keeps only what is asked for."""

    def __init__(self, path: Path, tag_names: tuple[str, ...]) -> None:
        self.path = path
        self.tag_names = tag_names
        self.found = GraphElements()
        self._names: dict[str, str] = {}
        self._attributes: dict[str, str] | None = None
        self._owner: tuple[str, ...] = ()
        self._data: str | None = None
        self._parts: list[str] = []
        self._begun = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if not self._begun:
            self._begun = True
            if tag != "graphml":
                raise DataError(self._other_root(tag))
        if tag == "key":
            self._names[attributes.get("id", "")] = attributes.get("attr.name", "")
        elif tag == "graph":
            self.found.directed = attributes.get("edgedefault", "directed") != "undirected"
            self._attributes = self.found.about
        elif tag == "node":
            self._owner, self._attributes = (attributes.get("id", ""),), {}
        elif tag == "edge":
            self._owner, self._attributes = (attributes.get("source", ""), attributes.get("target", "")), {}
        elif tag == "data":
            self._data = self._names.get(attributes.get("key", ""), "")
            self._parts = []

    def text(self, text: str) -> None:
        if self._data is not None:
            self._parts.append(text)

    def end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        held = self._attributes
        if tag == "data" and self._data is not None:
            if held is not None:
                held[self._data] = "".join(self._parts).strip()
            self._data = None
        elif tag == "node" and held is not None:
            self.found.nodes[self._owner[0]] = (held.get("x", ""), held.get("y", ""))
            self._attributes = self.found.about
        elif tag == "edge" and held is not None:
            key = tuple([held.get(n, "") for n in self.tag_names])
            use = self.found.tags.setdefault(key, len(self.found.tags))
            shape = [held.get(n, "") for n in ("length", "geometry", "from")]
            self.found.edges.append((self._owner[0], self._owner[1], use, shape[0], shape[1], shape[2]))
            self._attributes = self.found.about

    def refuse_entity(self, name: str, *_: Any) -> None:
        raise DataError(
            error(
                "graphml.entities",
                self.path.name,
                Text(
                    f"XML の実体宣言（{name}）があるため読みません（展開すると巨大になるおそれ）",
                    f"the file declares an XML entity ({name}), which may unfold to any size; it is not read",
                ),
                SAVE_AGAIN,
            ),
        )

    def _other_root(self, tag: str) -> Problem:
        if tag != "osm":
            return unreadable(self.path, f"<{tag}>")
        return error(
            "graphml.unreadable",
            self.path.name,
            Text("GraphML ではなく OpenStreetMap の抽出です", "this is an OpenStreetMap extract, no GraphML"),
            Text("graphml: ではなく osm_pbf: に書いてください", "name it under osm_pbf:, not graphml:"),
        )
