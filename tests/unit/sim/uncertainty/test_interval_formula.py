"""The formula of METHODS 14, worked out with nothing but its own words, gives the ends that a run prints."""

import statistics

import numpy as np
import pytest
from scipy.stats import t

from sim.uncertainty.interval import draw_interval


def rank(values, p):
    """Return the value at rank p (N + 1), straight between neighbours, the ends beyond them."""
    ordered, at = sorted(values), p * (len(values) + 1)
    if at <= 1:
        return ordered[0]
    if at >= len(ordered):
        return ordered[-1]
    below = int(at)
    return ordered[below - 1] + (at - below) * (ordered[below] - ordered[below - 1])


@pytest.mark.parametrize(("n_routes", "n_draws"), [(3, 20), (3, 7), (2, 40), (1, 20)])
def test_low_and_high_can_be_computed_again_from_the_draws(n_routes, n_draws):
    rng = np.random.default_rng(n_draws)
    routed = (10 + rng.normal(size=n_routes)).tolist()
    drawn = [routed[d % n_routes] + 0.3 + value for d, value in enumerate(rng.gamma(2.0, size=n_draws).tolist())]
    others = [value - routed[d % n_routes] for d, value in enumerate(drawn)]
    low, middle, high = (rank(others, p) for p in (0.05, 0.5, 0.95))
    half = 0.0
    if n_routes > 1:
        half = float(t.ppf(0.95, n_routes - 1)) * statistics.stdev(routed) * (1 + 1 / n_routes) ** 0.5
    centre = statistics.mean(routed) + middle
    ends = centre - np.hypot(middle - low, half), centre + np.hypot(high - middle, half)
    found = draw_interval(np.array([centre]), np.array([routed]), np.array([drawn]))
    assert [float(end[0]) for end in found] == pytest.approx(ends)
