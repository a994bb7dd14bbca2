"""Every page loads every style sheet: a rule of one page must not reach another."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

ASSETS = Path(__file__).resolve().parents[2] / "app" / "assets"
FRAME = "ekisei.css"
"""The sheet of what pages share; others may add to its classes below a class of their own only."""


def bare_classes(text: str) -> set[str]:
    """Return the classes for which a rule speaks without saying where: `.bar {…}`, not `.track .bar {…}`."""
    plain = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    selectors = [one.strip() for part in re.findall(r"([^{}]+)\{", plain) for one in part.split(",")]
    found = (re.fullmatch(r"\.([\w-]+)(?::[\w-]+|::[\w-]+|\[[^\]]*\])*", one) for one in selectors)
    return {match[1] for match in found if match}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (".bar { a: b }", {"bar"}),
        (".track .bar { a: b }", set()),
        (".bar:hover, .x > .y { a: b } /* .z { */", {"bar"}),
        ("@media (max-width: 9px) { .bar { a: b } }", {"bar"}),
        (".bar[data-x='1'] { a: b }", {"bar"}),
    ],
)
def test_the_check_sees_bare_classes(text: str, found: set[str]):
    assert bare_classes(text) == found


def test_no_two_sheets_speak_of_the_same_class():
    owners: dict[str, list[str]] = defaultdict(list)
    for sheet in sorted(ASSETS.glob("*.css")):
        for name in bare_classes(sheet.read_text(encoding="utf-8")):
            owners[name].append(sheet.name)
    assert {name: sheets for name, sheets in owners.items() if len(sheets) > 1} == {}
