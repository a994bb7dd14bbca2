"""What a live city holds is bounded: those asked for least lately are found again when they are asked for."""

from __future__ import annotations

import pytest

from geodata.synthetic import grid_city
from scenarios import live
from scenarios.live import LiveCity
from scenarios.store import ResultStore


@pytest.fixture
def found(monkeypatch):
    """Settings in the order in which their baseline was looked for."""
    asked = []
    monkeypatch.setattr(live, "MOST_HELD", 2)
    monkeypatch.setattr(live, "settings_digest", lambda applied: applied)
    monkeypatch.setattr(live, "reference_result", lambda _city, applied, *_: asked.append(applied) or [applied])
    monkeypatch.setattr(live, "learn", lambda *_: None)
    return asked


def test_baselines_under_other_settings_are_held_only_so_many(found, tmp_path):
    city = LiveCity(grid_city(), ResultStore(tmp_path))
    for settings in ("a", "b", "a", "c", "a", "b"):
        assert city.reference(settings) == [settings]
    assert found == ["a", "b", "c", "b"], "a was asked for all along"
    assert len(city._references) == 2
