"""Rides of many pairs of places at once: each way is looked at once, and stands wherever it belongs."""

from __future__ import annotations

import numpy as np

from geodata.units import UNREACHED_S
from sim.on_demand.ride_samples import distinct_ways, sample_rides

MARKS = np.arange(36_000, 39_600, 300, dtype=np.int32)
FRAMES = np.array([32_400, 36_000, 39_600], np.int32), np.array([36_000, 39_600, 43_200], np.int32)


def test_every_pair_has_the_ride_it_would_have_alone():
    rng = np.random.default_rng(1)
    drive = rng.integers(1, 12, (40, 25)).astype(np.int32) * 60
    drive[rng.random(drive.shape) < 0.1] = UNREACHED_S
    before, after = (
        rng.integers(0, 4, (40, 1)).astype(np.int32) * 100,
        rng.integers(0, 3, (1, 25)).astype(np.int32) * 90,
    )
    experience = rng.integers(100, 1_500, (3, 3)).astype(np.float64), 1 + rng.random((3, 3)), 30.0, 0.0

    def sampled(*ways):
        return sample_rides(*ways, FRAMES, experience, MARKS, (True, False, False), 3_600, 50)

    *ways, way = distinct_ways(drive, before, after)
    assert ways[0].shape[1] == len(
        {*zip(*(a.ravel().tolist() for a in np.broadcast_arrays(drive, before, after)), strict=True)}
    )
    assert ways[0].shape[1] < drive.size
    whole = [np.ascontiguousarray(np.broadcast_to(table, drive.shape)) for table in (drive, before, after)]
    found = sampled(*whole)
    assert np.array_equal(sampled(*ways)[0][way], found)
    assert len(np.unique(found)) > 10
    assert (found[drive == UNREACHED_S] == UNREACHED_S).all()


def test_no_pair_has_no_way():
    none = np.zeros((0, 3), np.int32)
    drive, before, after, way = distinct_ways(none, none, none)
    assert drive.shape == before.shape == after.shape == (1, 0)
    assert way.shape == (0, 3)
