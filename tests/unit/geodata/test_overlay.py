"""Own layers over a base city: what they replace goes, what they do not touch stays to the last bit."""

from __future__ import annotations

import pytest

from geodata.errors import Text
from geodata.hitachi import load_hitachi
from geodata.overlay import CityParts, lay_over


@pytest.fixture(scope="module")
def base():
    return load_hitachi()


def test_nothing_laid_over_changes_nothing_but_the_name(base):
    reading = lay_over(base, CityParts("mine", Text("私の市", "my city")))
    city = reading.value
    changed = {n for n, d in city.layer_digests().items() if d != base.layer_digest(n)}
    assert changed == {"city_id", "name"}
    assert reading.problems == ()
    assert city.former_ids == ()
