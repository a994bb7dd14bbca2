"""Encodings of tables: cp932 is the usual one and only noted; what can only be read as cp932 is warned of."""

import pytest

from geodata.errors import Severity
from geodata.readers.archive import decode

JAPANESE = "施設名,所在地\n市民会館,助川町1-1\nﾎｰﾙ,幸町2\n"


@pytest.mark.parametrize(
    ("text", "encoding", "severities"),
    [
        (JAPANESE, "utf-8", []),
        (JAPANESE, "utf-8-sig", []),
        (JAPANESE, "cp932", [Severity.INFO]),
        (JAPANESE, "utf-16", [Severity.WARNING]),
        ("名前,町\nあいう,かき\n", "euc-jp", [Severity.WARNING]),
        ("id,city\n1,S\xe3o Jo\xe3o\n2,Avi\xe3o\n", "latin-1", [Severity.WARNING]),
    ],
)
def test_only_what_is_japanese_in_cp932_is_taken_as_usual(text, encoding, severities):
    _, problems = decode(text.encode(encoding), "a.csv")
    assert [(p.severity, p.code) for p in problems] == [(s, "input.encoding") for s in severities]
    assert all(p.hint.ja for p in problems if p.severity is Severity.WARNING)
