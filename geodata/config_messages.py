"""Owns what a person is told about a configuration that does not fit its model: line, condition, nearest key."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

from geodata.errors import Problem, Text, error
from geodata.readers.yaml_source import dotted, line_of

if TYPE_CHECKING:
    from geodata.readers.yaml_source import Loc

_CONDITIONS = {
    "int": "整数を書いてください",
    "float": "数値を書いてください",
    "bool": "true か false を書いてください",
    "date": "2025-10-01 の形の日付を書いてください",
    "string_pattern": "使える文字は英小文字・数字・ハイフンです（{pattern}）",
    "string": "文字で書いてください",
    "too_short": "{min_length} 個以上必要です",
    "too_long": "{max_length} 個までです",
    "greater_than_equal": "{ge} 以上にしてください",
    "greater_than": "{gt} より大きくしてください",
    "less_than_equal": "{le} 以下にしてください",
    "literal_error": "次のどれかを書いてください: {expected}",
    "enum": "次のどれかを書いてください: {expected}",
    "union_tag_invalid": "kind は次のどれかです: {expected_tags}",
    "union_tag_not_found": "kind: を書いてください",
    "model": "字下げした「キー: 値」の組で書いてください",
    "dict": "「キー: 値」の組で書いてください",
    "tuple": "[ ] か「- 」の並びで書いてください",
    "list": "[ ] か「- 」の並びで書いてください",
}
"""Beginning of a kind of error → what a value must be, in Japanese."""
_NO_LIMITS = dict.fromkeys(
    ("pattern", "min_length", "max_length", "ge", "gt", "le", "expected", "expected_tags"),
    "",
)


def config_problems(
    found: ValidationError,
    model: type[BaseModel],
    tree: Any,
    lines: dict[Loc, int],
    name: str,
) -> list[Problem]:
    """
    Return every finding of a validation as a problem at its line.

    Parameters
    ----------
    found
        What pydantic found.
    model
        The model the file was checked against; its keys are the valid ones.
    tree, lines, name
        The values of the file, the line of every path in them, and the file's name.
    """
    return [_problem(e, model, tree, lines, name) for e in found.errors(include_url=False)]


def _problem(found: Any, model: type[BaseModel], tree: Any, lines: dict[Loc, int], name: str) -> Problem:
    loc = _in_tree(found["loc"], tree, missing=found["type"] == "missing")
    where = f"{name}:{line_of(loc, lines)} {dotted(loc)}".rstrip()
    key = str(loc[-1]) if loc else ""
    if found["type"] == "extra_forbidden":
        known = _known_keys(model, found["loc"][:-1])
        like = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        hint = (
            Text(f"{like[0]} の書き間違いではありませんか", f"did you mean {like[0]}?")
            if like
            else Text(f"使えるキー: {', '.join(known)}", f"valid keys: {', '.join(known)}")
        )
        return error("config.unknown_key", where, Text(f"キー {key!r} はありません", f"there is no key {key!r}"), hint)
    if found["type"] == "missing":
        return error(
            "config.missing_key",
            where,
            Text(f"キー {key!r} がありません", f"the key {key!r} is missing"),
            Text(f"{key}: を書き加えてください", f"add {key}:"),
        )
    value = found.get("input")
    shown = f" {value!r}" if isinstance(value, (str, int, float, bool)) else ""
    return error(
        "config.value",
        where,
        Text(f"値{shown}が正しくありません", f"the value{shown} is not valid"),
        _condition(found),
    )


def _condition(found: Any) -> Text:
    """Return what a value must be, in both languages; `ValueError`s of this module hold both, with a bar between."""
    english = str(found["msg"])
    if found["type"] == "value_error":
        ja, _, en = english.removeprefix("Value error, ").partition("|")
        return Text(ja, en or ja)
    japanese = next((text for prefix, text in _CONDITIONS.items() if found["type"].startswith(prefix)), english)
    context = found.get("ctx") or {}
    return Text(japanese.format_map({**_NO_LIMITS, **context}), english)


def _in_tree(loc: Loc, tree: Any, *, missing: bool) -> Loc:
    """Return a pydantic path without the names of union members, which stand in no file."""
    kept: list[str | int] = []
    node = tree
    for number, part in enumerate(loc):
        inside = (isinstance(node, dict) and part in node) or (
            isinstance(node, list) and isinstance(part, int) and part < len(node)
        )
        if inside:
            node = node[part]
            kept.append(part)
        elif missing and number == len(loc) - 1:
            kept.append(part)
    return tuple(kept)


def _known_keys(model: type[BaseModel], loc: Loc) -> list[str]:
    """Return the valid keys of the part of the configuration at a pydantic path."""
    models: list[type[BaseModel]] = [model]
    for part in loc:
        fields = [f for m in models for n, f in m.model_fields.items() if part in (n, f.alias)]
        nested = [m for f in fields for m in _models_in(f.annotation)]
        if nested:
            models = nested
        elif isinstance(part, str):
            models = (
                [m for m in models if part in get_args(m.model_fields["kind"].annotation)]
                if _tagged(models)
                else models
            )
    return [f.alias or n for m in models for n, f in m.model_fields.items()]


def _tagged(models: list[type[BaseModel]]) -> bool:
    return len(models) > 1 and all("kind" in m.model_fields for m in models)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for part in get_args(annotation) for m in _models_in(part)]
