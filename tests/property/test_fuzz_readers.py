"""Damaged files of every format: one report with a place and a remedy each, never a crash, never half a city."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from geodata.build import attempt_city
from geodata.errors import Severity
from tests.amount import examples
from tests.fuzz.mutations import damaged, mutations
from tests.fuzz.seeds import SEEDS

LIMIT_S = 20.0


def check(seed, raw):
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        attempt = attempt_city(seed.write(Path(folder), raw))
        assert time.monotonic() - start < LIMIT_S
        errors = [p for p in attempt.problems if p.severity is Severity.ERROR]
        assert (attempt.city is None) == bool(errors)
        for problem in errors:
            assert problem.code
            assert problem.where
            assert problem.message.ja
            assert problem.message.en
            assert problem.hint.ja, problem
        return attempt


@pytest.mark.parametrize("seed", SEEDS, ids=lambda s: s.name)
def test_the_good_file_builds(seed):
    attempt = check(seed, seed.good)
    assert attempt.city is not None, attempt.problems


@pytest.mark.parametrize("seed", SEEDS, ids=lambda s: s.name)
@settings(max_examples=examples(4, long=40), deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=mutations)
def test_no_damage_crashes_a_reader(seed, steps):
    check(seed, damaged(seed.good, steps))
