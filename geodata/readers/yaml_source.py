"""Owns YAML files a person writes: plain values, with the line of every key for messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.archive import decode, unreadable_input

if TYPE_CHECKING:
    from pathlib import Path

    Loc = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """Safe loader without dates, base-60 numbers (12:00) and leading zeros: these stay text."""


MAX_BYTES = 1_000_000
"""A configuration that a person wrote is far smaller; reading takes some seconds per megabyte."""
_MAX_NODES = 100_000

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
        If the file is missing, no YAML, far too large (also by anchors that repeat each other), or names a key twice;
        with the line.
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
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise DataError(unreadable_input(exc, str(path))) from exc
    if len(raw) > MAX_BYTES:
        raise DataError(_too_large(path.name, f"{len(raw):,} > {MAX_BYTES:,} bytes"))
    text, _ = decode(raw, path.name)
    try:
        node = yaml.compose(text, Loader=_Loader)
        lines: dict[Loc, int] = {(): 1}
        if node is not None:
            _check_size(node, path.name)
        problems = _walk(node, (), lines, path.name) if node is not None else []
        if problems:
            raise DataError(problems)
        return yaml.load(text, Loader=_Loader), lines  # noqa: S506 -- a subclass of the safe loader
    except (RecursionError, ValueError) as exc:
        if isinstance(exc, DataError):
            raise
        raise DataError(_too_large(path.name, f"{type(exc).__name__}: {str(exc)[:80]}")) from exc
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


def _check_size(node: yaml.Node, name: str) -> None:
    """Refuse a tree that anchors make far larger than the file: each alias counts as what it stands for."""
    sizes: dict[int, int] = {}
    waiting: list[tuple[yaml.Node, bool]] = [(node, False)]
    while waiting:
        one, done = waiting.pop()
        pairs = one.value if isinstance(one, yaml.MappingNode) else []
        parts = [part for pair in pairs for part in pair]
        parts += one.value if isinstance(one, yaml.SequenceNode) else []
        if done:
            if any(sizes[id(p)] == 0 for p in parts):
                raise DataError(_too_large(name, "an anchor that holds itself"))
            sizes[id(one)] = 1 + sum(sizes[id(p)] for p in parts)
            if sizes[id(one)] > _MAX_NODES:
                raise DataError(_too_large(name, f"> {_MAX_NODES:,} values"))
        elif id(one) not in sizes:
            sizes[id(one)] = 0  # open: met again before it is done, it holds itself
            waiting.append((one, True))
            waiting += [(part, False) for part in parts]


def _too_large(name: str, detail: str) -> Problem:
    return error(
        "yaml.too_large",
        name,
        Text(
            f"設定が大きすぎるか、入れ子が深すぎます（{detail}）",
            f"the configuration is too large or nested too deeply ({detail})",
        ),
        Text(
            "アンカー（&、*）の繰り返しや、設定ではないファイルを指定していないか確かめてください",
            "check for anchors (& and *) that repeat each other, and that the file is a configuration",
        ),
    )


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
