"""Owns what is read of a draft's text without running it: its values, title and year, also of a broken one."""

from __future__ import annotations

import unicodedata
from typing import Any

from geodata.errors import ScenarioError, Text, error
from scenarios.yaml_reading import parse_document

MAX_NOTE = 400
"""Letters of a note, and of a name."""


def decoded(raw: bytes) -> str:
    """Return the text of a file; what is not UTF-8 is marked, never raised."""
    return raw.decode("utf-8-sig", errors="replace")


def mapping_of(raw: bytes, name: str) -> dict[str, Any]:
    """Return the plain values of a file; raise `ScenarioError` where it holds none."""
    content = parse_document(decoded(raw), name).content
    if isinstance(content, dict):
        return content
    message = Text("シナリオの内容がありません（キー: 値 が必要です）", "empty: keys and values are needed")
    hint = Text("履歴から前の版に戻せます", "an earlier revision can be restored")
    raise ScenarioError(error("scenario.empty", f"{name}:1", message, hint))


def title_of(plain: Any, scenario_id: str) -> Text:
    """Return the title, the id where there is none."""
    title = plain.get("title") if isinstance(plain, dict) else None
    if isinstance(title, dict):
        ja, en = (str(title.get(lang) or "") for lang in ("ja", "en"))
        return Text(ja or en or scenario_id, en or ja or scenario_id)
    return Text(*(str(title or scenario_id) for _ in range(2)))


def year_of(plain: Any) -> int | None:
    """Return the year, None where it does not say."""
    year = plain.get("year") if isinstance(plain, dict) else None
    return year if isinstance(year, int) and not isinstance(year, bool) else None


def one_line(text: str) -> str:
    """Return a note without line ends and control signs, not endlessly long."""
    plain = "".join(" " if unicodedata.category(sign).startswith(("C", "Z")) else sign for sign in text)
    return " ".join(plain.split())[:MAX_NOTE]
