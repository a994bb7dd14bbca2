"""The table of attacks cannot lie: its tests exist, every test of this room stands in it, the document is made of it."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.security.causes import CAUSES, LEAST, document

TESTS = Path(__file__).parents[1]
ABOUT_THE_TABLE = {"security/test_causes.py"}
SOUNDNESS = {
    "security/test_attacks.py::test_there_are_as_many_attacks_as_were_promised",
    "security/test_attacks.py::test_the_same_server_answers_whom_it_should",
    "security/test_static.py::test_the_check_sees_statements_that_are_put_together",
    "security/test_static.py::test_arrays_are_read_without_objects",
}
"""Tests of the tests: they try no attack."""


def nodes_in(path):
    """Return the nodes of the tests of a file."""
    name, found = path.relative_to(TESTS).as_posix(), set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {
            f"{name}::{prefix}{n.name}" for n in inside if isinstance(n, ast.FunctionDef) and n.name[:4] == "test"
        }
    return found


def test_every_cause_has_tests_that_exist():
    told = {test for cause in CAUSES for test in cause.tests}
    there = set().union(*(nodes_in(TESTS / name) for name in {test.partition("::")[0] for test in told}))
    assert told - there == set()
    assert all(cause.tests and cause.what and cause.where for cause in CAUSES)


def test_every_test_of_this_room_belongs_to_a_cause():
    told = {test for cause in CAUSES for test in cause.tests} | SOUNDNESS
    files = [
        p for p in (TESTS / "security").glob("test_*.py") if p.relative_to(TESTS).as_posix() not in ABOUT_THE_TABLE
    ]
    assert set().union(*map(nodes_in, files)) - told == set()


def test_causes_are_distinct_and_as_many_as_promised():
    assert len({cause.id for cause in CAUSES}) == len({cause.what for cause in CAUSES}) == len(CAUSES) >= LEAST


def test_the_document_is_made_of_the_table():
    assert (TESTS.parent / "SECURITY.md").read_text(encoding="utf-8") == document()
