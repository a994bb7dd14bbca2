"""Owns writing a configuration as YAML that a person can read: comments, plain values, alternatives left out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH = 108
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n", "none"}


def scalar(value: Any) -> str:
    """Return a value as it stands in YAML; a text is quoted unless it can be nothing else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)


def flow(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(v) for v in value) + "]"
    return scalar(value)


def block(value: Mapping[str, Any], indent: int = 0) -> list[str]:
    """Return a mapping as lines; what fits stands on one line."""
    lines = []
    margin = " " * indent
    for key, inner in value.items():
        line = f"{margin}{scalar(key)}: {flow(inner)}"
        if not isinstance(inner, dict | list | tuple) or not inner or (indent and len(line) <= WIDTH):
            lines.append(line)
        elif isinstance(inner, dict):
            lines += [f"{margin}{scalar(key)}:", *block(inner, indent + 2)]
        else:
            lines += [f"{margin}{scalar(key)}:", *_items(inner, indent + 2)]
    return lines


def _items(values: Sequence[Any], indent: int) -> list[str]:
    lines = []
    for value in values:
        line = f"{' ' * indent}- {flow(value)}"
        if not isinstance(value, dict) or len(line) <= WIDTH:
            lines.append(line)
            continue
        inner = block(value, indent + 2)
        lines += [f"{' ' * indent}- {inner[0].lstrip()}", *inner[1:]]
    return lines


def commented(lines: Sequence[str]) -> list[str]:
    """Return lines as comments, indentation kept behind the mark."""
    return [f"# {line}".rstrip() for line in lines]
