"""Owns YAML files a person writes: plain values, with the line of every key for messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.archive import decode

if TYPE_CHECKING:
    from pathlib import Path

    Loc = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """Safe loader without dates, base-60 numbers (12:00) and leading zeros: these stay text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if not tag.endswith((":timestamp", ":int", ":float"))]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9_]*)$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|\.[0-9]+|\.(?:nan|NaN|inf|Inf))$"),
    list("-+0123456789."),
)


def read_yaml(path: Path) -> tuple[Any, dict[Loc, int]]:
    """
    Return the values of a YAML file and the line of every key and list item by its path in the tree.

    Raises
    ------
    DataError
        If the file is missing, no YAML, or names a key twice; with the line.
    """
    if not path.is_file():
        raise DataError(
            error(
                "input.missing",
                str(path),
                Text("ファイルがありません", "the file does not exist"),
                Text("パスを確かめてください", "check the path"),
            ),
        )
    text, _ = decode(path.read_bytes(), path.name)
    try:
        node = yaml.compose(text, Loader=_Loader)
        lines: dict[Loc, int] = {(): 1}
        problems = _walk(node, (), lines, path.name) if node is not None else []
        if problems:
            raise DataError(problems)
        return yaml.load(text, Loader=_Loader), lines  # noqa: S506 -- a subclass of the safe loader
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f"{path.name}:{mark.line + 1}" if mark else path.name
        detail = getattr(exc, "problem", None) or str(exc)
        raise DataError(
            error(
                "yaml.syntax",
                where,
                Text(f"YAML として読めません: {detail}", f"this is not YAML: {detail}"),
                Text(
                    "字下げ（空白）、「:」のあとの空白、引用符を確かめてください",
                    "check indentation, the space after “:”, and quotes",
                ),
            ),
        ) from exc


def line_of(loc: Loc, lines: dict[Loc, int]) -> int:
    """Return the line of a path, or of the nearest part of it that is in the file."""
    known = tuple(loc)
    while known and known not in lines:
        known = known[:-1]
    return lines.get(known, 1)


def dotted(loc: Loc) -> str:
    """Return a path as a person writes it: ``gtfs[0].path``."""
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _walk(node: yaml.Node, loc: Loc, lines: dict[Loc, int], name: str) -> list[Problem]:
    problems: list[Problem] = []
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            word = str(key.value)
            line = key.start_mark.line + 1
            if word in seen:
                problems.append(
                    error(
                        "yaml.duplicate_key",
                        f"{name}:{line} {dotted((*loc, word))}",
                        Text(f"キー {word!r} が二度書かれています", f"the key {word!r} is written twice"),
                        Text("どちらかを消してください", "delete one of them"),
                    ),
                )
            seen.add(word)
            lines[(*loc, word)] = line
            problems += _walk(value, (*loc, word), lines, name)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines[(*loc, number)] = item.start_mark.line + 1
            problems += _walk(item, (*loc, number), lines, name)
    return problems
