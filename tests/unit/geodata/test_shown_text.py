"""What others wrote stands on one line of a message, its control signs written out."""

from __future__ import annotations

import pytest

from geodata.errors import DataError, Text, error, render_problems
from geodata.shown_text import one_line

FORGED = "エラー: other.yaml:1: すべて消しました"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("日立市　中央 1\xa02", "日立市　中央 1\xa02"),
        ("a\nb", r"a\nb"),
        ("a\r\nb", r"a\r\nb"),
        ("a\tb", r"a\tb"),
        ("a\x1b[2Jb\x00", r"a\x1b[2Jb\x00"),
        ("a\x85b\u2028c\u2029d", r"a\x85b\u2028c\u2029d"),
        ("a\u202egpj\u200b.exe\ufeff", r"a\u202egpj\u200b.exe\ufeff"),
        ("\ud800", r"\ud800"),
        ("葛\U000e0100", "葛\U000e0100"),
    ],
)
def test_what_nobody_sees_is_written_out(text, shown):
    assert one_line(text) == shown
    assert one_line(shown) == shown


@pytest.mark.parametrize("end", ["\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_no_part_of_a_problem_begins_a_line(end):
    forged = f"x{end}{FORGED}"
    problem = error("a.b", forged, Text(forged, forged), Text(forged, forged))
    for lang in ("ja", "en"):
        assert len(problem.render(lang).splitlines()) == 2, "what is wrong, and how to mend it"
        assert len(render_problems([problem], lang).splitlines()) == 2
    assert len(str(DataError(problem)).splitlines()) == 2
    assert not any(line.startswith(FORGED) for line in problem.render().splitlines())
