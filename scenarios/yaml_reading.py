"""Owns reading YAML safely: plain values only, with the line of every key, and problems a planner can mend."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from geodata.errors import Problem, ScenarioError, Text, error

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")}


class _PlainLoader(yaml.SafeLoader):
    """A loader without YAML 1.1's surprises: 10:30 and no stay text, 010 is not octal."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012 -- overrides a class attribute of PyYAML


for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", list("-+0123456789")),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", list("-+0123456789.")),
):
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


_LINE_ENDS = re.compile("[\x85\u2028\u2029\ufeff]")


class _PlainDumper(yaml.SafeDumper):
    """A dumper without anchors, which quotes what PyYAML would read back as another line end."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- PyYAML's signature
        """Never write an alias: readers refuse them."""
        return True

    def represent_text(self, text: str) -> yaml.ScalarNode:
        """Return a scalar, quoted where it holds an unusual line end."""
        style = '"' if _LINE_ENDS.search(text) else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_PlainDumper.add_representer(str, _PlainDumper.represent_text)


@dataclass(slots=True)
class Document:
    """
    The plain values of one file and where they stand.

    `lines`: path such as ``modifications[0].routes`` → line number, 1-based. `name` is the file's name for messages.
    """

    name: str
    content: Any
    lines: dict[str, int] = field(default_factory=dict)

    def where(self, path: str) -> str:
        """Return ``file:line path``; the line of the nearest key that is written."""
        known = path
        while known and known not in self.lines:
            known = parent_path(known)
        line = self.lines.get(known, 1)
        return f"{self.name}:{line} {path}".rstrip()


def parent_path(path: str) -> str:
    """Return the path without its last key or index."""
    return path[: max(path.rfind("."), path.rfind("["), 0)]


def join_path(parent: str, key: str | int) -> str:
    """Return the path of a key or an index below `parent`."""
    if isinstance(key, int):
        return f"{parent}[{key}]"
    return f"{parent}.{key}" if parent else key


def dump_yaml(content: Any) -> str:
    """Return YAML text of plain values, in their order, that `read_document` reads back equal."""
    return str(yaml.dump(content, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False, width=100))


def read_document(path: Path) -> Document:
    """Read a YAML (or JSON) file; raise `ScenarioError` with file, line and remedy."""
    name = path.name
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ScenarioError(_too_large(name, path.stat().st_size))
        raw = path.read_bytes()
    except OSError as cause:
        raise ScenarioError(_unreadable(str(path), cause)) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        line = raw[: cause.start].count(b"\n") + 1
        message = Text("UTF-8 ではない文字があります", "the file is not UTF-8")
        hint = Text("メモ帳などで文字コードを UTF-8 にして保存し直してください", "save it again as UTF-8")
        raise ScenarioError(error("scenario.encoding", f"{name}:{line}", message, hint)) from None
    return parse_document(text, name)


def parse_document(text: str, name: str) -> Document:
    """Parse YAML text; see `read_document`."""
    n_bytes = len(text.encode(errors="replace"))  # half a character, as a browser may send, is refused below
    if n_bytes > MAX_BYTES:
        raise ScenarioError(_too_large(name, n_bytes))
    try:
        problems = _check_events(text, name)
        if problems:
            raise ScenarioError(problems)
        loader = _PlainLoader(text)
        try:
            root = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.YAMLError as cause:
        raise ScenarioError(_syntax(name, cause, text)) from None
    document = Document(name, None)
    problems = []
    document.content = None if root is None else _plain(root, "", document, problems)
    if problems:
        raise ScenarioError(problems)
    return document


def _check_events(text: str, name: str) -> list[Problem]:
    """Return problems of anchors, foreign tags and depth, before anything is built."""
    problems: list[Problem] = []
    depth = 0
    for event in yaml.parse(text, Loader=_PlainLoader):
        mark = event.start_mark
        where = name if mark is None else f"{name}:{mark.line + 1}"
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                deep = Text("入れ子が深すぎます", "nested too deeply")
                return [*problems, error("scenario.depth", where, deep)]
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            found = Text("別名（& と *）は使えません", "anchors and aliases (& and *) are not allowed")
            problems.append(error("scenario.alias", where, found, Text("値をそのまま書いてください", "write it out")))
        tag = getattr(event, "tag", None)
        if tag and tag not in PLAIN_TAGS and tag != "!":
            found = Text(f"タグ {_short(tag)} は使えません", f"the tag {_short(tag)} is not allowed")
            hint = Text("! で始まる指定を消してください", "remove what begins with !")
            problems.append(error("scenario.tag", where, found, hint))
    return problems


def _short(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")[:60]


def _plain(node: yaml.Node, path: str, document: Document, problems: list[Problem]) -> Any:
    line = node.start_mark.line + 1
    document.lines.setdefault(path, line)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, join_path(path, n), document, problems) for n, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(node, path, document, problems)
    return _scalar(node)


def _plain_mapping(node: yaml.MappingNode, path: str, document: Document, problems: list[Problem]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
        if key is None:
            message = Text("キーは文字列でなければなりません", "a key must be text")
            problems.append(error("scenario.key", f"{document.name}:{line} {path}".rstrip(), message))
            continue
        below = join_path(path, key)
        if key in content:
            first = document.lines[below]
            message = Text(f"キー {key!r} が二度あります（最初は {first} 行目）", f"key {key!r} twice (line {first})")
            hint = Text("どちらか一方を消してください", "remove one of them")
            problems.append(error("scenario.duplicate_key", f"{document.name}:{line} {below}", message, hint))
            continue
        document.lines[below] = line
        content[key] = _plain(value_node, below, document, problems)
    return content


def _scalar(node: yaml.Node) -> Any:
    text: str = node.value
    kind = node.tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return int(text) if len(text) < 20 else float(text)  # noqa: PLR2004 -- no endless integers
    return float(text) if kind == "float" else text


_HINTS: tuple[tuple[str, Text], ...] = (
    (
        "'\\t'",
        Text("タブは使えません。半角の空白で字下げしてください", "tabs are not allowed: indent with spaces"),
    ),
    (
        "mapping values are not allowed",
        Text(
            "「:」を含む文は引用符で囲むか、字下げをそろえてください",
            "quote a text that holds a colon, or align the indentation",
        ),
    ),
    (
        "could not find expected ':'",
        Text("「キー: 値」の形（: の後に空白）にしてください", "write key: value, with a space after the colon"),
    ),
    (
        "flow",
        Text("[ ] や { } の閉じ忘れ、カンマ忘れがないか見てください", "look for a missing ] or } or comma"),
    ),
    (
        "quoted scalar",
        Text("引用符の閉じ忘れがないか見てください", "look for a missing quotation mark"),
    ),
    (
        "special characters",
        Text("見えない制御文字を消してください", "remove invisible control characters"),
    ),
    (
        "expected a single document",
        Text("--- で区切った二つ目の文書は書けません", "one file holds one document: no --- inside"),
    ),
)
_INDENT = Text("字下げ（半角の空白）と「- 」の位置をそろえてください", "align the indentation and the dashes")


def _syntax(name: str, cause: yaml.YAMLError, text: str) -> Problem:
    mark = getattr(cause, "problem_mark", None) or getattr(cause, "context_mark", None)
    said = f"{getattr(cause, 'context', '') or ''} {getattr(cause, 'problem', '') or cause}".strip()
    line = 1 if mark is None else mark.line + 1
    if mark is None and hasattr(cause, "position"):
        line = text[: cause.position].count("\n") + 1
    near = text.splitlines()[line - 1] if line <= len(text.splitlines()) else ""
    hint = next((h for sign, h in _HINTS if sign in said), _INDENT)
    if "\t" in near[: len(near) - len(near.lstrip())]:
        hint = _HINTS[0][1]
    column = 0 if mark is None else mark.column + 1
    message = Text(
        f"YAML として読めません（{column} 文字目付近）", f"not valid YAML near column {column}: {said[:120]}"
    )
    return error("scenario.syntax", f"{name}:{line}", message, hint)


def _too_large(name: str, size: int) -> Problem:
    message = Text(
        f"ファイルが大きすぎます（{size:,} バイト、上限 {MAX_BYTES:,}）", f"{size:,} bytes; at most {MAX_BYTES:,}"
    )
    hint = Text("シナリオファイルか確かめてください", "is it a scenario file?")
    return error("scenario.too_large", name, message, hint)


def _unreadable(path: str, cause: OSError) -> Problem:
    if isinstance(cause, FileNotFoundError):
        message = Text("ファイルがありません", "no such file")
        hint = Text("パスを確かめるか、ekisei scenario list で一覧を見てください", "see ekisei scenario list")
        return error("scenario.not_found", path, message, hint)
    message = Text("ファイルを読めません", f"cannot read the file: {cause.strerror}")
    return error("scenario.unreadable", path, message)
