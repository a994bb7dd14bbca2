"""Owns putting validation errors into a planner's words: place, what was found, what is allowed, nearest key."""

from __future__ import annotations

import difflib
import types
import typing
from typing import Any

from pydantic import BaseModel, ValidationError

from geodata.errors import CitySimError, Problem, Text, error
from scenarios.modifications import MODEL_OF_TYPE, TYPE_ORDER
from scenarios.yaml_reading import Document, join_path

if typing.TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_EXPECTED: dict[str, Text] = {
    "string": Text("文字列", "text"),
    "int": Text("整数", "a whole number"),
    "float": Text("数", "a number"),
    "bool": Text("true か false", "true or false"),
    "tuple": Text("リスト [ … ]", "a list [ … ]"),
    "list": Text("リスト [ … ]", "a list [ … ]"),
    "dict": Text("キーと値の組", "keys and values"),
    "model": Text("キーと値の組", "keys and values"),
    "finite": Text("有限の数", "a finite number"),
}
_BOUNDS: dict[str, tuple[str, Text]] = {
    "greater_than": ("gt", Text("より大きい値", "greater than")),
    "greater_than_equal": ("ge", Text("以上の値", "at least")),
    "less_than": ("lt", Text("より小さい値", "less than")),
    "less_than_equal": ("le", Text("以下の値", "at most")),
}
OF_A_MODIFICATION = 2
"""Steps to a modification: the list and its number."""
SHOWN_KEYS = 4


def problems_of(cause: ValidationError, document: Document, model: type[BaseModel]) -> list[Problem]:
    """Return one located problem for every error of a validation."""
    details = cause.errors(include_url=False)
    return [_problem(d, document, model) for d in details if not _only_echo(d)]


def _only_echo(detail: ErrorDetails) -> bool:
    """Return whether a list counts as too short only because its items are wrong, which is told apart."""
    wanted = detail.get("ctx", {}).get("min_length", 0)
    return detail["type"] == "too_short" and isinstance(detail["input"], list) and len(detail["input"]) >= wanted


def _problem(detail: ErrorDetails, document: Document, model: type[BaseModel]) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    path, last = _path(detail, document.content)
    where = document.where(path)
    if kind.startswith("ekisei."):
        code = kind.removeprefix("ekisei.")
        hint = Text(context.get("hint_ja", ""), context.get("hint_en", ""))
        at = context.get("at", "")
        where = document.where(f"{path}.{at}" if path and at and not at.startswith("[") else f"{path}{at}")
        return error(f"scenario.{code}", where, Text(context["ja"], context["en"]), hint)
    if kind == "missing":
        message = Text(f"必要なキー {last!r} がありません", f"the key {last!r} is missing")
        return error("scenario.missing_key", where, message, _missing_hint(last))
    if kind == "extra_forbidden":
        return _unknown_key(where, last, keys_at(model, detail["loc"][:-1]))
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        return _unknown_type(where, detail) if len(detail["loc"]) <= OF_A_MODIFICATION else _unknown_tag(where, detail)
    return _wrong_value(kind, where, detail, keys_at(model, detail["loc"]))


def _missing_hint(key: str) -> Text:
    if key == "modifications":
        return Text("変更がなければ modifications: [] と書いてください", "write modifications: [] where there is none")
    return Text(
        f"{key}: … を書き足してください（ひな形: ekisei scenario new）", f"add {key}: … (see ekisei scenario new)"
    )


def _unknown_key(where: str, key: str, known: list[str]) -> Problem:
    close = difflib.get_close_matches(key, known, n=3, cutoff=0.5)
    message = Text(f"知らないキー {key!r} です", f"unknown key {key!r}")
    listed = Text("、".join(close or known), ", ".join(close or known))
    hint = Text(
        f"{'もしかして' if close else '使えるキー'}: {listed.ja}", f"{'did you mean' if close else 'keys'}: {listed.en}"
    )
    return error("scenario.unknown_key", where, message, hint)


def _unknown_type(where: str, detail: ErrorDetails) -> Problem:
    found = detail["input"].get("type") if isinstance(detail["input"], dict) else None
    close = difflib.get_close_matches(str(found), TYPE_ORDER, n=3, cutoff=0.4)
    message = (
        Text(f"知らない変更の種類 {found!r} です", f"unknown modification type {found!r}")
        if found is not None
        else Text("必要なキー 'type' がありません", "the key 'type' is missing")
    )
    listed = Text("、".join(close or TYPE_ORDER), ", ".join(close or TYPE_ORDER))
    hint = Text(
        f"{'もしかして' if close else '使える種類'}: {listed.ja}",
        f"{'did you mean' if close else 'types'}: {listed.en}",
    )
    return error("scenario.unknown_type" if found is not None else "scenario.missing_key", where, message, hint)


def _unknown_tag(where: str, detail: ErrorDetails) -> Problem:
    """Return the problem of a part that may be of several kinds, such as a GeoJSON polygon, but is of none."""
    context = detail.get("ctx", {})
    key = str(context.get("discriminator", "type")).strip("'")
    allowed = str(context.get("expected_tags", "")).replace("'", "")
    found = detail["input"].get(key) if isinstance(detail["input"], dict) else detail["input"]
    hint = Text(f"使える値: {allowed}", f"allowed: {allowed}") if allowed else _missing_hint(key)
    if found is None:
        message = Text(f"必要なキー {key!r} がありません", f"the key {key!r} is missing")
        return error("scenario.missing_key", where, message, hint)
    message = Text(f"{key}: {_shown(found)} は使えません", f"{key}: {_shown(found)} is not allowed")
    return error("scenario.not_allowed", where, message, hint)


def _wrong_value(kind: str, where: str, detail: ErrorDetails, keys: list[str]) -> Problem:
    found, context = _shown(detail["input"]), detail.get("ctx", {})
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        bound = context[key]
        message = Text(f"{found} は使えません。{bound} {words.ja}が必要です", f"{found}: must be {words.en} {bound}")
        return error("scenario.out_of_range", where, message, _range_hint(detail, f"{bound}", words))
    if kind in {"too_short", "string_too_short"}:
        message = Text("空にはできません（要素が足りません）", "too short, or empty")
        return error("scenario.too_short", where, message, Text("値を書いてください", "write a value"))
    if kind in {"literal_error", "enum"}:
        allowed = str(context.get("expected", ""))
        close = difflib.get_close_matches(
            str(detail["input"]), allowed.replace("'", "").replace(" or ", ", ").split(", ")
        )
        hint = Text(f"使える値: {allowed}", f"allowed: {allowed}")
        if close:
            hint = Text(f"もしかして: {close[0]}（{hint.ja}）", f"did you mean {close[0]}? ({hint.en})")
        return error("scenario.not_allowed", where, Text(f"{found} は使えません", f"{found} is not allowed"), hint)
    stem = kind.split("_", maxsplit=1)[0]
    wanted = _EXPECTED.get(stem, Text(kind, kind))
    message = Text(f"{wanted.ja}が必要ですが、{found} があります", f"expected {wanted.en}, found {found}")
    hint = Text("", "")
    if stem == "string" and isinstance(detail["input"], (int, float)):
        hint = Text(f'"{detail["input"]}" のように引用符で囲んでください', f'quote it: "{detail["input"]}"')
    elif stem in {"int", "float"} and isinstance(detail["input"], str):
        hint = Text("引用符や単位を付けず、数だけを書いてください", "write the number alone, without quotes or units")
    elif stem in {"tuple", "list"}:
        hint = Text("[ ] で囲むか「- 」で始めてください", "put it in [ ] or begin it with a dash")
    elif stem in {"dict", "model"}:
        shape = "{" + ", ".join(f"{key}: …" for key in keys[:SHOWN_KEYS] or ("ja", "en")) + "}"
        hint = Text(f"{shape} のように「キー: 値」で書いてください", f"write it like {shape}")
    return error("scenario.wrong_type", where, message, hint)


def _range_hint(detail: ErrorDetails, bound: str, words: Text) -> Text:
    """Return how to mend a value out of its range: a per cent that stands for a share is the usual slip."""
    name = next((str(step) for step in reversed(detail["loc"]) if isinstance(step, str)), "")
    found = detail["input"]
    if bound in {"1", "1.0"} and detail["type"] == "less_than_equal" and isinstance(found, (int, float)):
        example = f"{found / 100:g}"
        return Text(
            f"割合は 0〜1 で書きます。{found:g} % なら {name}: {example}",
            f"shares are written as 0–1: {found:g} % is {name}: {example}",
        )
    return Text(
        f"{name} を {bound} {words.ja}に書き換えてください。既定に戻すなら、省けるキーは行ごと消します",
        f"write a value of {name} {words.en} {bound}; to go back to the default, leave a key out that may be left out",
    )


def setting_problem(detail: ErrorDetails, where: str, model: type[BaseModel]) -> Problem:
    """Return what is wrong with one parameter or choice of the analysis, with its bounds and a remedy."""
    kind, name = detail["type"], str(detail["loc"][0]) if detail["loc"] else ""
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, CitySimError):
        return error("scenario.bad_setting", where, cause.problems[0].message, cause.problems[0].hint)
    look = Text("許される値: ekisei assumptions（幅・単位・出典）", "allowed values: see ekisei assumptions")
    found = _shown(detail["input"])
    if kind in _BOUNDS:
        told, ends = _wrong_value(kind, where, detail, []).message, _bounds_of(model, name)
        if ends is None:
            return error("scenario.bad_setting", where, told, look)
        low, high = ends
        ja, en = f"{low}〜{high}", f"{low} to {high}"
        hint = Text(f"{name} は {ja} で書いてください。{look.ja}", f"write {name} within {en}; {look.en}")
        return error("scenario.bad_setting", where, told, hint)
    if kind in {"literal_error", "enum"} or (kind.split("_", maxsplit=1)[0] in _EXPECTED and kind.endswith("_parsing")):
        told_whole = _wrong_value(kind, where, detail, [])
        hint = told_whole.hint if told_whole.hint.ja else look
        return error("scenario.bad_setting", where, told_whole.message, hint)
    if not name:
        found = str(cause or detail["msg"])
        return error("scenario.bad_setting", where, Text(f"値の組が使えません: {found}", found), look)
    message = Text(f"{name}: {found} は使えません（形が違います）", f"{name}: {found}: {detail['msg']}")
    return error("scenario.bad_setting", where, message, look)


def _bounds_of(model: type[BaseModel], name: str) -> tuple[str, str] | None:
    """Return the least and largest value of a field, where it has both."""
    field = model.model_fields.get(name)
    ends: dict[str, Any] = {}
    for rule in [] if field is None else field.metadata:
        for key in ("ge", "gt", "le", "lt"):
            if getattr(rule, key, None) is not None:
                ends[key[0]] = getattr(rule, key)
    return (f"{ends['g']:g}", f"{ends['l']:g}") if {"g", "l"} <= ends.keys() else None


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004 -- one line of a message


def _path(detail: ErrorDetails, content: Any) -> tuple[str, str]:
    """Return the path of an error in the file, and its last key; tags of unions are not part of the file."""
    path, current, last = "", content, ""
    steps = detail["loc"]
    for number, step in enumerate(steps):
        final = number == len(steps) - 1
        if isinstance(step, int) and isinstance(current, list) and step < len(current):
            current, path = current[step], join_path(path, step)
        elif isinstance(step, str) and isinstance(current, dict) and step in current:
            current, path, last = current[step], join_path(path, step), step
        elif final and isinstance(step, str) and detail["type"] == "missing":
            path, last = join_path(path, step), step
    return path, last


def keys_at(model: type[BaseModel], steps: tuple[int | str, ...]) -> list[str]:
    """Return the keys allowed at a place of the file."""
    current: Any = model
    for step in steps:
        if step in MODEL_OF_TYPE:
            current = MODEL_OF_TYPE[str(step)]
        elif isinstance(step, str) and _is_model(current):
            fields = current.model_fields
            found = next((f for n, f in fields.items() if step in (n, f.alias)), None)
            current = None if found is None else _model_in(found.annotation)
    return [f.alias or n for n, f in current.model_fields.items()] if _is_model(current) else []


def _is_model(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, BaseModel)


def _model_in(annotation: Any) -> Any:
    """Return the first model inside an annotation such as ``tuple[X, ...] | None``."""
    if _is_model(annotation):
        return annotation
    if typing.get_origin(annotation) in {typing.Union, types.UnionType, tuple, list, typing.Annotated}:
        for part in typing.get_args(annotation):
            found = _model_in(part)
            if found is not None:
                return found
    return None
