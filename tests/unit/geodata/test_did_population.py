"""People from DID totals and 町丁目 points: totals exact, everybody on land, patterns known by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.did_population import DidArea, DidPopulation, DidSettings, build_did_population
from geodata.errors import DataError
from geodata.mesh import bounds, encode

CELL = bounds(encode(140.66, 36.59, 5))
WIDTH, HEIGHT = CELL[2] - CELL[0], CELL[3] - CELL[1]


def block(col: float, row: float, n_cols: float, n_rows: float) -> shapely.Polygon:
    """Return a box in units of 250 m cells, counted from the cell of the test."""
    west, south = CELL[0] + col * WIDTH, CELL[1] + row * HEIGHT
    return shapely.box(west, south, west + n_cols * WIDTH, south + n_rows * HEIGHT)


def point(col: float, row: float) -> tuple[float, float]:
    return CELL[0] + col * WIDTH, CELL[1] + row * HEIGHT


def in_hundredths(population: DidPopulation) -> list[int]:
    return np.rint(population.persons.sum(axis=0) * 100).astype(int).tolist()


@settings(max_examples=12)
@given(
    st.floats(0, 6),
    st.floats(0, 6),
    st.integers(100, 5_000_000),
    st.integers(0, 3_000_000),
    st.floats(0, 1),
)
def test_every_total_is_met_exactly(col: float, row: float, in_did: int, outside: int, town_share: float) -> None:
    did = DidArea("a", block(0, 0, 5.3, 4.7), in_did / 100)
    towns = np.array([point(1, 1), point(3.2, 2.2), point(col + 6, row + 6)])
    population = build_did_population(
        [did],
        towns,
        (in_did + outside) / 100,
        municipality_lonlat=block(-2, -2, 16, 16),
        later_total=1234.56,
        settings=DidSettings(town_share=town_share),
    )
    assert in_hundredths(population) == [in_did, outside]
    assert round(float(population.later_persons.sum()) * 100) == 123_456
    assert population.persons.min() >= 0
    assert population.part_id == ("a", "rest")


def test_even_spread_over_whole_cells_is_equal() -> None:
    towns = np.array([point(0.2, 0.2)])
    even = DidSettings(town_share=0)
    population = build_did_population([DidArea("a", block(0, 0, 4, 2), 800.0)], towns, 800.0, settings=even)
    assert len(population.cell_id) == 8
    assert population.total == pytest.approx(np.full(8, 100.0), abs=0.05)


def test_towns_draw_people_to_the_land_nearest_to_them() -> None:
    # The first column is nearest to the first point: half the people live on a quarter of the land.
    towns = np.array([point(0.5, 1), point(1.5, 1)])
    by_town = DidSettings(town_share=1)
    did = DidArea("a", block(0, 0, 4, 2), 1000.0)
    population = build_did_population([did], towns, 1000.0, settings=by_town)
    left = population.lonlat[:, 0] < point(1, 0)[0]
    assert population.total[left].sum() == pytest.approx(500.0, abs=1.0)
    assert population.total.sum() == pytest.approx(1000.0)


def test_rest_stays_off_the_did_and_inside_the_outline() -> None:
    towns = np.array([point(1, 1), point(9, 1)])
    did = DidArea("a", block(0, 0, 4, 2), 500.0)
    population = build_did_population([did], towns, 800.0, municipality_lonlat=block(0, 0, 12, 2))
    rest = population.persons[:, 1]
    inside_did = population.lonlat[:, 0] < point(4, 0)[0]
    assert rest[inside_did].sum() == 0
    assert len(population.cell_id) == 24
    assert rest[population.town == 1].sum() > 295  # the spread of the point outside reaches a little westward


def test_did_land_outside_a_coarse_outline_is_kept() -> None:
    towns = np.array([point(1, 1), point(9, 1)])
    did = DidArea("a", block(0, -3, 4, 5), 500.0)  # three rows lie beyond the outline
    population = build_did_population([did], towns, 500.0, municipality_lonlat=block(0, 0, 12, 2))
    beyond = population.lonlat[:, 1] < CELL[1]
    assert beyond.sum() == 12
    assert population.total[beyond].sum() > 250


def test_weights_shift_people_outside_the_dids_only() -> None:
    towns = np.array([point(1, 1), point(20, 1), point(40, 1)])
    did = DidArea("a", block(0, 0, 4, 2), 500.0)
    population = build_did_population([did], towns, 900.0, outside_weights=np.array([9.0, 3.0, 1.0]))
    assert population.persons[:, 0].sum() == pytest.approx(500.0)
    by_town = [population.persons[population.town == t, 1].sum() for t in range(3)]
    assert by_town == pytest.approx([0.0, 300.0, 100.0], abs=1.0)


def test_order_of_inputs_changes_nothing() -> None:
    dids = [DidArea("a", block(0, 0, 4, 2), 500.0), DidArea("b", block(6, 0, 2, 2), 100.0)]
    towns = np.array([point(1, 1), point(9, 1), point(7, 1)])
    one = build_did_population(dids, towns, 800.0)
    two = build_did_population(dids[::-1], towns[::-1], 800.0)
    assert one.cell_id.tolist() == two.cell_id.tolist()
    assert one.persons == pytest.approx(two.persons[:, [1, 0, 2]], abs=0.011)


def test_contradictions_are_refused_together() -> None:
    with pytest.raises(DataError) as caught:
        build_did_population([DidArea("a", block(0, 0, 4, 2), 500.0)], np.zeros((0, 2)), 400.0)
    assert {p.code for p in caught.value.problems} == {"population.no_towns", "population.totals"}
