"""Owns escaped HTML in two languages: every text goes through here, so nothing of a file becomes markup."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geodata.errors import Text


def esc(value: object) -> str:
    """Return a value as escaped text; signs that HTML does not allow become blanks."""
    return escape("".join(c if c.isprintable() or c in "\n\t" else " " for c in str(value)), quote=True)


def both(text: Text) -> str:
    """Return a text in both languages, of which the page shows one; equal ones stand once."""
    if text.ja == text.en:
        return esc(text.ja)
    return f'<span class="ja" lang="ja">{esc(text.ja)}</span><span class="en" lang="en">{esc(text.en)}</span>'


def tag(name: str, inner: str, **attributes: str) -> str:
    """Return an element; `inner` is markup already. `class_` stands for the attribute class."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{esc(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>{inner}</{name}>"


def table(heads: Sequence[Text], rows: Iterable[Sequence[str]], class_: str = "") -> str:
    """Return a table; cells are markup already."""
    head = "".join(f'<th scope="col">{both(h)}</th>' for h in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    inner = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return tag("div", tag("table", inner, class_=class_), class_="scroll")


def number(value: float) -> str:
    """Return a count with separators."""
    return f"{value:,.0f}"


def size(n_bytes: int) -> str:
    """Return the size of a file."""
    if n_bytes < 1_000:  # noqa: PLR2004 -- bytes
        return f"{n_bytes} B"
    for unit in ("kB", "MB"):
        n_bytes /= 1_000  # type: ignore[assignment]
        if n_bytes < 1_000:  # noqa: PLR2004 -- of the unit
            return f"{n_bytes:,.1f} {unit}"
    return f"{n_bytes / 1_000:,.1f} GB"
