"""Owns the names of the columns of cells that a run keeps of the baseline, for the change of rides."""

from __future__ import annotations

PREFIX, BARE_PREFIX = "ride_base_", "ride_base_bare_"
"""How they begin: with all lines, and without the assumed ones."""
TRIP_PURPOSES = ("work", "school", "clinic", "errand")
KEPT_PARTS = (
    "walk_min",
    "slack_min",
    "wait_min",
    "ride_min",
    "n_changes",
    "beyond_min",
    "boardings",
    "car_km",
    "foot_min",
)
"""Parts of a trip (`sim.ridership.parts.TripParts`) that are asked of the baseline."""
FARE_NAMES = tuple(f"fare_{n}" for n in range(6))
"""Columns of what fares are made of (`sim.ridership.fares`)."""
KNOWN_SHARE = "known_share"
"""Share of the official rides that the lines looked at carry, the same in every cell."""
N_MARKS_KEPT = "n_marks"
"""Instants by which people want to be there, as many in every run as at its baseline; the same in every cell."""
MOST_BANDS = 24
"""Age groups for which there are columns: five-year groups up to 100 and older are 21."""

BASE_COLUMN_NAMES: tuple[str, ...] = (
    *(
        f"{p}{purpose}_{name}"
        for p in (PREFIX, BARE_PREFIX)
        for purpose in TRIP_PURPOSES
        for name in (*KEPT_PARTS, *FARE_NAMES)
    ),
    *(f"{p}{name}" for p in (PREFIX, BARE_PREFIX) for name in (KNOWN_SHARE, N_MARKS_KEPT)),
    *(f"{PREFIX}band_{band}" for band in range(MOST_BANDS)),
)
