"""The audit of dependencies: what could not be asked is never a pass."""

from __future__ import annotations

import json

import pytest

from tests.security.audit import CLEAN, NOT_DONE, REMEDY, WEAK, judge

FINE = {"name": "flask", "version": "3", "vulns": []}


@pytest.mark.parametrize(
    ("out", "code"),
    [
        (json.dumps({"dependencies": [FINE]}), CLEAN),
        (json.dumps({"dependencies": [FINE, {"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}]}), WEAK),
        (json.dumps({"dependencies": [FINE, {"name": "a", "skip_reason": "not found"}]}), NOT_DONE),
        (json.dumps({"dependencies": []}), NOT_DONE),
        ("", NOT_DONE),
        ("[]", NOT_DONE),
        ("<html>", NOT_DONE),
    ],
)
def test_only_an_answer_about_every_package_is_a_pass(out, code):
    found, words = judge(out, "ConnectionError: no route")
    assert found == code
    assert words.startswith("NOT DONE") is (code == NOT_DONE)


def test_what_could_not_be_asked_says_so_why_and_where_to_ask():
    unknown = [{"name": n, "skip_reason": f"Dependency not found on PyPI: {n}"} for n in ("a", "b", "c")]
    code, words = judge(json.dumps({"dependencies": unknown}), "")
    assert code == NOT_DONE
    assert words.splitlines()[0] == (
        "NOT DONE: the database of weaknesses knew none of 3 packages: Dependency not found on PyPI: a"
    )
    assert words.splitlines()[-1] == REMEDY


def test_a_weakness_is_told_even_where_others_could_not_be_asked():
    weak = {"name": "b", "version": "1", "vulns": [{"id": "CVE-1"}]}
    code, words = judge(json.dumps({"dependencies": [FINE, weak, {"name": "a", "skip_reason": "?"}]}), "")
    assert code == NOT_DONE
    assert "no answer about 1 of 3 packages: a" in words
    assert "b 1: CVE-1" in words
