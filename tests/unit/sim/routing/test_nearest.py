"""The nearest of many places without the times to each of them: the same bits as the least of those."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.units import UNREACHED_S
from sim.routing import nearest, prepare_times
from sim.routing.nearest import nearest_seconds
from sim.routing.types import RoutingRequest
from tests.amount import examples
from tests.cases.test_routing_feeds import ENDS, FAR, FEEDS
from tests.unit.sim.routing.compare import SIDES, VARIANTS, WEDNESDAY, city_of, places
from tests.unit.sim.routing.strategies import feeds, towns


def request_of(n_minutes, **kwargs):
    return RoutingRequest(WEDNESDAY, 28_800, 28_800 + 60 * n_minutes, **kwargs)


def both_ways(city, ends, others, request, side, **options):
    """Return the least of the times to each, and the nearest by itself [s]."""
    prepared = prepare_times(city, places(ends), request, side=side)
    minutes = prepared.times(places(others)).at(request.percentiles[0])
    least = (minutes.T if side == "destinations" else minutes).min(axis=1)
    found = nearest_seconds(prepared, places(others), **options)
    return least, np.where(found == UNREACHED_S, np.inf, found / 60).astype(np.float32)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("direction", "mode"), VARIANTS)
@pytest.mark.parametrize("percentile", [1, 50, 100])
def test_the_nearest_is_the_least_of_all(side, direction, mode, percentile):
    city = city_of(FAR + "\n".join(FEEDS[name] for name in ("overtaking", "headways that miss", "three changes")))
    request = request_of(40, n_draws=3, cutoff_s=2_400, percentiles=(percentile,))
    least, found = both_ways(city, ENDS, ENDS, replace(request, direction=direction, departure_mode=mode), side)
    assert least.tobytes() == found.tobytes()
    _, apart = both_ways(city, ENDS, ENDS[2:], replace(request, direction=direction, departure_mode=mode), side)
    assert np.isfinite(apart).any()
    assert (apart > 0).any()


def test_more_roots_than_are_searched_at_once_are_taken_in_lots(monkeypatch):
    city, points = city_of(FAR + FEEDS["overtaking"]), [*ENDS, (4000, 90), (9000, 10)]
    request = replace(request_of(30, n_draws=2), direction="arrive_by", departure_mode="planned")
    whole = both_ways(city, points, points[1:], request, "origins")[1]
    monkeypatch.setattr(nearest, "MOST_AT_ONCE", 2)
    least, found = both_ways(city, points, points[1:], request, "origins", n_threads=1)
    assert least.tobytes() == found.tobytes() == whole.tobytes()


@settings(max_examples=examples(15, long=300), deadline=None)
@given(
    st.one_of(feeds(), towns()), st.sampled_from([300, 900, 4_000]), st.sampled_from([1, 30, 50, 99]), st.integers(1, 3)
)
def test_the_nearest_is_the_least_of_all_in_any_town(town, cutoff_s, percentile, n_draws):
    feed, points = town
    request = request_of(35, n_draws=n_draws, cutoff_s=cutoff_s, percentiles=(percentile,), max_direct_s=700)
    asked = replace(request, direction="arrive_by", departure_mode="planned")
    least, found = both_ways(city_of(feed), points, points[1:], asked, "origins")
    assert least.tobytes() == found.tobytes()
