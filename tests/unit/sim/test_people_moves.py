"""Who moves, how they settle, single years of age: against arithmetic, and as laws that always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import Text
from geodata.population import AgeBand
from geodata.synthetic import grid_city
from sim.age_profile import (
    band_edges,
    band_means,
    next_years,
    oldest_shares,
    single_years,
    tied_to_bands,
)
from sim.migration import leaving_shares, move_weights, movers, with_migrants
from sim.params import Params
from sim.people_moves import age_mix, aged, settle
from sim.population import annual_rates

NONE = Text("", "")
TEN = tuple(AgeBand(f"b{n}", NONE, 10 * n, 10 * n + 9) for n in range(3))
stocks = st.lists(st.floats(0, 1000), min_size=3, max_size=3).map(np.array)
pulls = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(np.array)


def test_movers_leave_in_proportion_to_their_propensity():
    shares = leaving_shares(np.array([100.0, 100.0, 100.0]), np.array([2.0, 1.0, 0.0]), 30.0)
    assert shares.tolist() == pytest.approx([0.2, 0.1, 0.0])


def test_a_band_that_is_empty_leaves_the_rest_to_the_others():
    shares = leaving_shares(np.array([10.0, 100.0, 0.0]), np.array([1.0, 0.1, 1.0]), 60.0)
    assert shares.tolist() == pytest.approx([1.0, 0.5, 0.0])


def test_more_than_may_leave_is_told():
    assert leaving_shares(np.array([10.0, 5.0]), np.array([1.0, 0.0]), 11.0) is None
    assert movers(np.ones((2, 2)), np.array([1.0, 1.0]), 4.1) is None


def test_fewer_than_a_number_can_tell_are_nobody():
    """The least number there is, among many: no share is as small, and the search for one must end."""
    assert leaving_shares(np.array([100.0, 342.0]), np.ones(2), 5e-324).tolist() == [0.0, 0.0]


@given(stocks, pulls, st.floats(0, 1))
def test_exactly_so_many_leave_and_never_more_than_there_are(stock, weights, part):
    persons = part * stock.sum()
    shares = leaving_shares(stock, weights, persons)
    assert shares is not None
    assert (shares >= 0).all()
    assert (shares <= 1).all()
    assert shares @ stock == pytest.approx(persons, rel=1e-9, abs=1e-9)


@given(stocks.filter(lambda s: s.sum() > 1), pulls, st.floats(0.05, 3))
def test_migrants_bring_groups_to_the_total(stock, weights, factor):
    total = factor * stock.sum()
    found = with_migrants(stock, weights, total)
    assert found.sum() == pytest.approx(total, rel=1e-9)
    assert (found >= -1e-9).all()


def test_the_young_make_the_difference_between_two_totals():
    weights = move_weights(grid_city().population.bands, Params().move_rates)
    stock = np.full(4, 100.0)
    fewer, more = with_migrants(stock, weights, 380.0), with_migrants(stock, weights, 420.0)
    assert fewer[1] < fewer[2]
    assert more[1] > more[2]


@given(stocks, st.lists(st.floats(0, 1), min_size=4, max_size=4).map(np.array))
def test_whoever_arrives_settles_where_there_is_room(arriving, places):
    if not places.any():
        return
    settled = settle(arriving, places, np.array([5.0, 0.0, 1.0, 2.0]))
    assert settled.sum(axis=0) == pytest.approx(arriving, rel=1e-12)
    assert not settled[places == 0].any()


def test_people_settle_in_proportion_to_residents_and_evenly_where_nobody_lives():
    arriving = np.array([8.0])
    assert settle(arriving, np.array([1.0, 0.5, 0.0]), np.array([10.0, 60.0, 50.0]))[:, 0].tolist() == [2.0, 6.0, 0.0]
    assert settle(arriving, np.array([1.0, 1.0, 0.0]), np.array([0.0, 0.0, 9.0]))[:, 0].tolist() == [4.0, 4.0, 0.0]


def test_ages_of_newcomers_are_counted_in_the_bands_of_the_city():
    mix = age_mix(TEN, ((0, 4, 0.5), (5, 14, 0.4), (25, 49, 0.1)))
    assert mix.tolist() == pytest.approx([0.7, 0.2, 0.1])
    assert age_mix(grid_city().population.bands, Params().newcomer_ages).sum() == pytest.approx(1.0)


def test_people_of_a_new_estate_grow_older_and_have_children():
    bands = grid_city().population.bands
    rates = annual_rates(bands, Params(mortality_scale=0.0, births_per_young_adult=0.0))
    later = aged(np.array([0.0, 100.0, 0.0, 0.0]), rates, 10)
    assert later.sum() == pytest.approx(100.0)
    assert later[2] > 0
    with_children = aged(np.array([0.0, 100.0, 0.0, 0.0]), annual_rates(bands, Params()), 10)
    assert with_children[0] > 0


# ---------------------------------------------------------------- single years of age


def test_even_bands_give_even_years():
    years = single_years(band_edges(TEN), np.array([50.0, 50.0, 50.0]))
    assert years == pytest.approx(np.full(30, 5.0))


@given(st.lists(st.floats(0, 1e5), min_size=3, max_size=3).map(np.array))
def test_single_years_keep_the_bands_and_are_never_negative(persons):
    edges = band_edges(TEN)
    years = single_years(edges, persons)
    assert (years >= 0).all()
    assert np.add.reduceat(years, edges[:-1]) == pytest.approx(persons, rel=1e-9, abs=1e-6)


@given(st.lists(st.floats(0, 1e4), min_size=30, max_size=30).map(np.array))
def test_a_year_later_everybody_is_a_year_older_and_nobody_is_lost(years):
    later = next_years(years, np.zeros(30), 7.0)
    assert later.sum() == pytest.approx(years.sum() + 7.0)
    assert later[1:29] == pytest.approx(years[:28])
    assert later[0] == 7.0


def test_who_stands_before_the_end_of_a_band_leaves_it():
    years = np.zeros(30)
    years[[0, 9, 15]] = 30.0, 10.0, 5.0
    assert oldest_shares(years, band_edges(TEN)).tolist() == pytest.approx([0.25, 0.0, 0.1])  # nobody: 1 ÷ width
    assert band_means(np.arange(30.0), years, band_edges(TEN)).tolist() == pytest.approx([2.25, 15.0, 24.5])


def test_an_empty_band_is_filled_evenly():
    tied = tied_to_bands(np.zeros(30), band_edges(TEN), np.array([10.0, 0.0, 20.0]))
    assert tied[0] == 1.0
    assert not tied[10:20].any()
    assert tied[29] == 2.0
