"""Owns which column of a table means what: Japanese headings as publishers write them, compared in one spelling."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geodata.errors import Text, error, warning
from geodata.readers.tables import ROW, at, listed, note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geodata.errors import Problem

_IGNORED = re.compile(r"[\s_\-‐–—・･/／:：()（）\[\]［］【】〔〕「」<>＜＞、,，.．。*＊※#＃]+")


def plain_heading(text: str) -> str:
    """Return a heading without widths, cases, spaces, brackets and signs: ``所在地座標（緯度）`` → 所在地座標緯度."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text)).casefold()


@dataclass(frozen=True, slots=True)
class Columns:
    """
    Which column of a table stands for which field.

    `of`: field → column; `given`: fields that the configuration named; `others`: field → further columns that could
    have meant it.
    """

    of: dict[str, str]
    given: frozenset[str] = frozenset()
    others: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """Return the column of a field, or None."""
        return self.of.get(name)


def guess_columns(
    found: Sequence[str], words: Mapping[str, Sequence[str]], given: Mapping[str, str | None] | None = None
) -> Columns:
    """
    Return which column stands for which field.

    Parameters
    ----------
    found
        Headings of the table.
    words
        Field → headings that mean it, the surest first.
    given
        Field → column that a person named; it wins.

    Returns
    -------
    columns
        A column stands for one guessed field at most: the field listed first in `words` takes it.
    """
    named = {name: column for name, column in (given or {}).items() if column is not None}
    taken = set(named.values())
    spelled: dict[str, list[str]] = {}
    for column in found:
        if column != ROW:
            spelled.setdefault(plain_heading(column), []).append(column)
    chosen, others = dict(named), {}
    for name, headings in words.items():
        if name in named:
            continue
        fitting = [c for h in headings for c in spelled.get(plain_heading(h), ()) if c not in taken]
        fitting = list(dict.fromkeys(fitting))
        if fitting:
            chosen[name] = fitting[0]
            taken.add(fitting[0])
            if len(fitting) > 1:
                others[name] = tuple(fitting[1:])
    return Columns(chosen, frozenset(named), others)


def tell_columns(columns: Columns, names: Mapping[str, Text], where: str, code: str) -> list[Problem]:
    """Return a note that shows field ← column, and a warning for each field that several columns could mean."""
    guessed = [name for name in columns.of if name not in columns.given]
    problems: list[Problem] = []
    if guessed:
        pairs = [(names.get(n, Text(n, n)), columns.of[n]) for n in guessed]
        problems.append(
            note(
                f"{code}.columns",
                at(where, 1),
                Text(
                    "列の読み方: " + "、".join(f"{t.ja} ← {c}" for t, c in pairs),
                    "columns read: " + ", ".join(f"{t.en} ← {c}" for t, c in pairs),
                ),
                Text(
                    "違うときは設定に列名を書いてください", "name the columns in the configuration where this is wrong"
                ),
            ),
        )
    for name, more in columns.others.items():
        if name == "id":  # several codes are usual, and any will do
            continue
        text = names.get(name, Text(name, name))
        problems.append(
            warning(
                f"{code}.ambiguous_column",
                at(where, 1),
                Text(
                    f"{text.ja}にあたる列がいくつもあります。{columns.of[name]} を使い、{listed(more, 6)} は使いません",
                    f"several columns could be {text.en}: {columns.of[name]} is used, {listed(more, 6)} not",
                ),
                Text(f"設定の {name}: に列名を書くと決まります", f"write {name}: in the configuration to decide"),
            ),
        )
    return problems


def headings_of(*groups: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Return every heading of some tables of words, in the one spelling."""
    return frozenset(plain_heading(h) for words in groups for headings in words.values() for h in headings)


def missing_field(where: str, name: Text, key: str, found: Sequence[str]) -> Problem:
    """Return the error for a field that no heading means, with the headings there are."""
    return error(
        "table.missing_column",
        at(where, 1),
        Text(
            f"{name.ja}の列が見つかりません（ある列: {listed(found, 12)}）",
            f"no column for {name.en} (found: {listed(found, 12)})",
        ),
        Text(f"設定に {key}: 列名 と書いてください", f"write {key}: <column> in the configuration"),
    )
