"""What people write, hand in and send: an answer or a refusal in words, never a traceback, never a hang."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.amount import examples
from tests.fuzz.mutations import damaged, mutations
from tests.fuzz.targets import TARGETS, site

TEXTS = [target for target in TARGETS if target.is_text]
CHOSEN = [target for target in TARGETS if not target.is_text]


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """Keep what a page writes, and the log of failures, out of the user's folder."""
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
def test_good_inputs_pass(target):
    for seed in target.seeds[:: 1 + len(target.seeds) // 8]:
        target.try_bytes(seed)


@pytest.mark.parametrize("target", TEXTS, ids=lambda t: t.name)
@settings(max_examples=examples(40, long=600), deadline=None, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, 1_000), steps=mutations)
def test_no_damage_reaches_the_user_as_a_traceback(target, number, steps):
    target.try_bytes(damaged(target.seeds[number % len(target.seeds)], steps))


@pytest.mark.parametrize("target", CHOSEN, ids=lambda t: t.name)
@settings(max_examples=examples(300, long=4_000), deadline=None, suppress_health_check=list(HealthCheck))
@given(raw=st.binary(min_size=16, max_size=80))
def test_nothing_sent_reaches_the_sender_as_a_traceback(target, raw):
    target.try_bytes(raw)


def test_every_callback_of_the_page_is_among_them():
    wired = [wire for wire in site().client.get("/_dash-dependencies").json if not wire.get("clientside_function")]
    assert {callback.output for callback in site().callbacks} == {wire["output"] for wire in wired}
    assert len(wired) > 40


def test_what_pages_hold_themselves_is_never_refused():
    known = site().usual
    assert len(known) > 300
