"""The audit of dependencies: what could not be asked is never a pass."""

from __future__ import annotations

import json

import pytest

from tests.security.audit import CLEAN, NOT_DONE, WEAK, judge

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
