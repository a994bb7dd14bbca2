"""Invariants of the fit of cells to official totals."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.apportion import share_exactly, share_within
from geodata.errors import ModelError
from geodata.fitting import Margins, age_sums, band_groups, band_of, fit_cells
from geodata.population import AgeBand, PopulationCells
from geodata.synthetic.grid import grid_city

BASE = grid_city(n_x=4, n_y=3).population
WIDE = tuple(band_of(*b) for b in ((0, 14), (15, 64), (65, None)))
FINE = tuple(band_of(*b) for b in ((0, 9), (10, 14), (15, 39), (40, 64), (65, 74), (75, 84), (85, None)))

persons_lists = st.lists(st.integers(0, 5_000), min_size=48, max_size=48)
hundredths = st.integers(0, 10_000_000).map(lambda n: n / 100)


def cells_with(persons: list[int], n_districts: int = 3) -> PopulationCells:
    names = np.array([f"d{n}" for n in range(n_districts)])
    district = (np.arange(12) % n_districts).astype(np.int32)
    return replace(
        BASE,
        persons=np.array(persons, dtype=float).reshape(12, 4),
        district=district,
        district_id=names,
        district_name=names.copy(),
        district_name_en=names.copy(),
    )


def by_district(cells: PopulationCells) -> np.ndarray:
    """Return district, band → persons in whole hundredths."""
    units = np.rint(cells.persons * 100)
    return np.stack([units[cells.district == d].sum(axis=0) for d in range(len(cells.district_id))])


@given(persons_lists, st.lists(hundredths, min_size=3, max_size=3))
def test_district_totals_are_met_exactly_and_never_negative(persons: list[int], totals: list[float]) -> None:
    cells = cells_with(persons)
    fit = fit_cells(cells, Margins(np.arange(3, dtype=np.int32), np.array(totals)))
    assert by_district(fit.population).sum(axis=1).tolist() == np.rint(np.array(totals) * 100).tolist()
    assert (fit.population.persons >= 0).all()


@given(persons_lists, st.lists(st.integers(0, 900_000), min_size=9, max_size=9))
def test_district_by_age_is_met_exactly_and_repeating_changes_nothing(persons: list[int], ages: list[int]) -> None:
    cells, table = cells_with(persons), np.array(ages, dtype=float).reshape(3, 3)
    margins = Margins(np.arange(3, dtype=np.int32), table.sum(axis=1), WIDE, table)
    fitted = fit_cells(cells, margins).population
    found = by_district(fitted)
    assert np.stack([found[:, 0], found[:, 1], found[:, 2] + found[:, 3]], axis=1).tolist() == (table * 100).tolist()
    assert (fitted.persons >= 0).all()
    again = fit_cells(fitted, margins).population
    assert np.array_equal(again.persons, fitted.persons)


@given(
    st.lists(st.integers(1, 5_000), min_size=48, max_size=48),
    st.lists(st.integers(1, 500_000), min_size=3, max_size=3),
    st.lists(st.integers(1, 500_000), min_size=3, max_size=3),
)
def test_district_totals_and_city_ages_are_both_met(persons: list[int], totals: list[int], ages: list[int]) -> None:
    cells, rows = cells_with(persons), np.array(totals, dtype=float)
    wanted = share_exactly(np.array(ages, dtype=float), rows.sum())
    margins = Margins(np.arange(3, dtype=np.int32), rows, city_bands=WIDE, city_ages=wanted)
    fitted = fit_cells(cells, margins).population
    found = by_district(fitted)
    assert found.sum(axis=1).tolist() == (rows * 100).tolist()
    columns = found.sum(axis=0)
    assert [columns[0], columns[1], columns[2] + columns[3]] == np.rint(wanted * 100).tolist()


def test_both_margins_give_the_table_that_keeps_cross_products() -> None:
    # Deming and Stephan: the fit keeps the odds ratio of the seed; here 1, so rows × columns ÷ total.
    cells = cells_with([100] * 48, 2)
    margins = Margins(
        np.arange(2, dtype=np.int32),
        np.array([6_000.0, 2_000.0]),
        city_bands=WIDE,
        city_ages=np.array([800.0, 4_000.0, 3_200.0]),
    )
    found = by_district(fit_cells(cells, margins).population) / 100
    assert found.tolist() == [[600, 3_000, 1_200, 1_200], [200, 1_000, 400, 400]]


@given(persons_lists, hundredths)
def test_unlisted_districts_and_cells_without_one_stay_bit_for_bit(persons: list[int], total: float) -> None:
    cells = cells_with(persons)
    district = cells.district.copy()
    district[0] = -1
    cells = replace(cells, district=district)
    fit = fit_cells(cells, Margins(np.array([1], dtype=np.int32), np.array([total])))
    other = district != 1
    assert np.array_equal(fit.population.persons[other], cells.persons[other])
    assert fit.kept.tolist() == other.tolist()


@given(persons_lists, st.permutations(range(12)))
def test_order_of_cells_changes_only_who_gets_the_last_hundredth(persons: list[int], order: list[int]) -> None:
    cells = cells_with(persons)
    moved = replace(cells, persons=cells.persons[order], district=cells.district[order])
    margins = Margins(np.arange(3, dtype=np.int32), np.array([1_000.0, 500.0, 250.0]))
    a, b = fit_cells(cells, margins).population, fit_cells(moved, margins).population
    assert np.abs(a.persons[order] - b.persons).max() < 0.011


def test_one_band_of_all_ages_takes_the_bands_of_the_table() -> None:
    cells = replace(
        cells_with([50] * 48, 2), bands=(AgeBand("all", WIDE[0].label, 0, None),), persons=np.full((12, 1), 200.0)
    )
    ages = np.array([[100.0, 200.0, 300.0]])
    fit = fit_cells(cells, Margins(np.array([0], dtype=np.int32), np.array([600.0]), WIDE, ages))
    assert fit.new_bands
    assert [b.band_id for b in fit.population.bands] == ["0-14", "15-64", "65+"]
    assert fit.population.persons[0].tolist() == pytest.approx([100 / 6, 200 / 6, 300 / 6], abs=0.01)
    # The other district keeps its people, spread over the ages of those that are listed.
    assert fit.population.total[1] == pytest.approx(200.0)
    assert fit.population.persons[1].tolist() == pytest.approx([200 / 6, 400 / 6, 600 / 6])


def test_finer_bands_of_the_table_are_summed_and_straddling_ones_met_together() -> None:
    group, groups = band_groups(BASE.bands, FINE)
    assert groups == ((0, 14), (15, 64), (65, 74), (75, None))
    assert group.tolist() == [0, 1, 2, 3]
    straddling = tuple(band_of(*b) for b in ((0, 19), (20, 69), (70, None)))
    group, groups = band_groups(BASE.bands, straddling)
    assert groups == ((0, None),)
    assert age_sums(np.array([[1.0, 2.0, 4.0]]), straddling, groups).tolist() == [[7.0]]


def test_a_district_without_people_is_spread_by_area_and_an_age_without_by_residents() -> None:
    persons = np.full((12, 4), 10.0)
    cells = cells_with([10] * 48)
    persons[cells.district == 0] = 0
    persons[cells.district == 1, 0] = 0
    cells = replace(cells, persons=persons)
    ages = np.array([[30.0, 60.0, 90.0], [40.0, 40.0, 40.0], [0.0, 0.0, 0.0]])
    fit = fit_cells(cells, Margins(np.arange(3, dtype=np.int32), ages.sum(axis=1), WIDE, ages))
    assert fit.by_area == ((0, 0), (0, 1), (0, 2))
    assert fit.by_persons == ((1, 0),)
    inside = fit.population.persons[cells.district == 0]
    assert np.ptp(inside.sum(axis=1)) <= 0.02
    assert fit.population.persons[cells.district == 2].sum() == 0


def test_margins_that_no_table_meets_are_an_error() -> None:
    persons = np.zeros((12, 4))
    cells = cells_with([0] * 48, 2)
    persons[cells.district == 0, 0] = 10  # children only
    persons[cells.district == 1, 1] = 10  # grown-ups only
    cells = replace(cells, persons=persons)
    margins = Margins(
        np.arange(2, dtype=np.int32),
        np.array([100.0, 50.0]),
        city_bands=WIDE[:2] + WIDE[2:],
        city_ages=np.array([90.0, 60.0, 0.0]),
    )
    with pytest.raises(ModelError) as caught:
        fit_cells(cells, margins)
    assert [p.code for p in caught.value.problems] == ["apportion.not_converged"]
    with pytest.raises(ModelError):  # a district that holds no cell
        fit_cells(
            replace(cells, district=np.zeros(12, dtype=np.int32)),
            Margins(np.array([1], dtype=np.int32), np.array([5.0])),
        )


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**8)), min_size=1, max_size=60),
    st.lists(hundredths, min_size=4, max_size=4),
)
def test_sharing_many_totals_equals_sharing_one_after_the_other(
    rows: list[tuple[int, float]], totals: list[float]
) -> None:
    group = np.array([g for g, _ in rows], dtype=np.int32)
    weights = np.array([w for _, w in rows]) / 1_000
    wanted = np.array([t if weights[group == g].sum() > 0 else 0.0 for g, t in enumerate(totals)])
    found = share_within(weights, group, wanted)
    for g in range(4):
        assert np.rint(found[group == g] * 100).sum() == np.rint(wanted[g] * 100)
        assert np.abs(found[group == g] - share_exactly(weights[group == g], wanted[g])).max(initial=0) < 0.011


def test_a_hundred_thousand_cells_take_seconds() -> None:
    n, k = 100_000, 400
    bands = tuple(band_of(a, a + 4 if a < 95 else None) for a in range(0, 100, 5))
    draw = np.random.default_rng(1)
    names = np.array([f"d{i}" for i in range(k)])
    cells = replace(
        BASE,
        cell_id=np.arange(n).astype(str),
        lonlat=np.zeros((n, 2)),
        xy=np.zeros((n, 2)),
        polygon_xy=np.resize(BASE.polygon_xy, n),
        polygon_lonlat=np.resize(BASE.polygon_lonlat, n),
        bands=bands,
        persons=draw.gamma(0.5, 10, (n, 20)),
        district=draw.integers(0, k, n).astype(np.int32),
        district_id=names,
        district_name=names.copy(),
        district_name_en=names.copy(),
    )
    ages = np.rint(draw.gamma(2.0, 100, (k, 20)))
    start = time.perf_counter()
    fit = fit_cells(cells, Margins(np.arange(k, dtype=np.int32), ages.sum(axis=1), bands, ages))
    assert time.perf_counter() - start < 10
    assert np.rint(fit.population.persons.sum(axis=0) * 100).tolist() == (ages.sum(axis=0) * 100).tolist()
