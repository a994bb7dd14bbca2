"""Hub sites on the grid city, whose answers follow from arithmetic, and on the bundled city."""

from dataclasses import replace

import numpy as np
import pytest

from geodata.errors import ModelError, Text
from geodata.hitachi import load_hitachi
from geodata.hubs import Hub
from geodata.streets import StreetNetwork
from geodata.synthetic import grid_city
from sim.context import RunContext
from sim.kpi.coverage import measure_transit_gap
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.siting.hub_ranking import COLUMNS, HubCandidates, feeder_minutes, persons_without_stop, rank_hubs


def context_of(city, **params):
    return RunContext(city, Analysis(), Params(**params), Reuse())


def places(xy, prefix="p"):
    xy = np.array(xy, dtype=np.float64).reshape(-1, 2)
    names = np.array([f"{prefix}{n}" for n in range(len(xy))])
    return HubCandidates(names, np.full(len(xy), "shop"), names, names, xy / 1e5, xy)


@pytest.fixture(scope="module")
def no_stops():
    """20 × 4 cells of 500 m with 10 late-older people each and no stop at all."""
    city = grid_city(n_x=20, n_y=4)
    table = city.timetable
    trips = table.trips.where(np.zeros(len(table.trips.trip_id), dtype=bool))
    return city.replace(timetable=replace(table, trips=trips), hubs=())


def old(city):
    return city.population.at_least(75)


def test_everybody_without_a_stop_counts(no_stops):
    context = context_of(no_stops)
    assert persons_without_stop(context) == pytest.approx(old(no_stops))


def test_who_has_no_stop_is_as_in_the_gap_of_transit():
    city = grid_city()
    context = RunContext(city, Analysis(include_assumed_lines=True), Params(), Reuse())
    gap = next(iter(measure_transit_gap(context)))
    assert persons_without_stop(context) == pytest.approx(gap.standard * old(city))
    assert 0 < persons_without_stop(context).sum() < old(city).sum()


def test_the_ride_is_at_the_speed_of_the_feeder(no_stops):
    context = context_of(no_stops, hub_feeder_kmh=30.0)
    minutes = feeder_minutes(context, np.array([[250.0, 250.0]]))
    east = no_stops.population.xy[:, 1] == 250.0
    # straight line × 1.4 at 500 m a minute
    assert minutes[east, 0] == pytest.approx(np.arange(20) * 500 * 1.4 / 500)


def test_no_street_is_driven_faster_than_the_feeder(no_stops):
    xy = np.array([[250.0, 250.0], [1250.0, 250.0], [2250.0, 250.0]])
    length = np.full(4, 1000.0)
    streets = StreetNetwork(
        xy / 1e5, xy, np.array([0, 1, 3, 4], np.int32), np.array([1, 0, 2, 1], np.int32), length, length.copy(),
        np.array([60.0, 60.0, 600.0, 600.0]),
    )  # fmt: skip
    context = context_of(no_stops.replace(streets=streets), hub_feeder_kmh=20.0)
    minutes = feeder_minutes(context, xy[:1])
    assert minutes[[0, 2, 4], 0] == pytest.approx([0.0, 3.0, 13.0], abs=0.01)  # 1 km at 20 km/h, then a slow street


def test_each_hub_is_the_one_that_adds_most(no_stops):
    # a ride of 3 min at 20 km/h on straight line × 1.4 reaches 714 m
    context = context_of(no_stops, hub_feeder_min=3.0)
    candidates = places([[250, 250], [5250, 750], [5750, 750], [9750, 1750]])
    ranking = rank_hubs(context, candidates, 4)
    assert tuple(ranking.columns) == COLUMNS
    distance = np.hypot(*(no_stops.population.xy[:, None] - candidates.xy[None]).transpose(2, 0, 1))
    reach = distance * 1.4 <= 1000.0
    alone = old(no_stops) @ reach
    assert ranking["persons_new"][0] == alone.max()
    assert ranking["persons"].tolist() == pytest.approx(np.cumsum(ranking["persons_new"]))
    assert ranking["persons"].iloc[-1] == pytest.approx(old(no_stops)[reach.any(axis=1)].sum())
    assert ranking["share"].iloc[-1] == pytest.approx(ranking["persons"].iloc[-1] / old(no_stops).sum())
    assert (ranking["persons_new"].diff().dropna() <= 1e-9).all()
    assert ranking["status"].unique().tolist() == ["assumed"]


def test_the_order_is_nested_and_says_what_that_costs(no_stops):
    # one place in the middle reaches most; two beside it together reach everybody
    context = context_of(no_stops, hub_feeder_min=8.4)  # 2,000 m
    candidates = places([[5000, 1000], [2500, 1000], [7500, 1000]])
    ranking = rank_hubs(context, candidates, 2)
    best = ranking["best_persons"]
    assert (ranking["persons"] <= best + 1e-9).all()
    assert (ranking["persons"] >= (1 - 1 / np.e) * best).all()
    assert ranking["lost_share"].tolist() == pytest.approx((1 - ranking["persons"] / best).tolist())


def test_the_place_that_adds_most_first_may_be_none_of_the_best_two(no_stops):
    population = no_stops.population
    row = np.flatnonzero(population.xy[:, 1] == 750.0)[:4]
    persons = np.zeros_like(population.persons)
    persons[row, -1] = [30, 35, 35, 30]  # the oldest band
    city = no_stops.replace(population=population.with_persons(persons))
    between = (population.xy[row[:-1]] + population.xy[row[1:]]) / 2  # reaches the two cells beside it: 500 m
    ranking = rank_hubs(context_of(city, hub_feeder_min=2.1), places(between), 2)
    assert ranking["candidate_id"].tolist() == ["p1", "p0"]
    assert ranking["persons_new"].tolist() == pytest.approx([70, 30])
    assert ranking["best_persons"].tolist() == pytest.approx([70, 130])
    assert ranking["lost_share"].tolist() == pytest.approx([0, 30 / 130])
    assert ranking["in_best"].tolist() == [False, True]


def test_the_list_ends_where_nobody_new_is_reached(no_stops):
    context = context_of(no_stops, hub_feeder_min=3.0)
    ranking = rank_hubs(context, places([[250, 250], [250, 250], [9750, 250]]), 3)
    assert ranking["candidate_id"].tolist() == ["p0", "p2"]  # the second place reaches whom the first does
    assert ranking["in_best"].tolist() == [True, True]


def test_a_ride_of_just_the_time_counts(no_stops):
    context = context_of(no_stops, hub_feeder_min=2.8, hub_feeder_kmh=30.0)  # 1,000 m
    distance = np.hypot(*(no_stops.population.xy - [250.0, 250.0]).T)
    assert rank_hubs(context, places([[250, 250]]), 1)["persons"].item() == old(no_stops)[distance <= 1_000].sum()


def test_hubs_that_the_city_has_serve_already(no_stops):
    here = Hub("h", Text("ハブ", "hub"), (0.0, 0.0), (250.0, 250.0), 100.0)
    context = context_of(no_stops.replace(hubs=(here,)), hub_feeder_min=3.0)
    ranking = rank_hubs(context, places([[250, 250], [9750, 250], [1250, 250]]), 3)
    assert ranking["candidate_id"].tolist() == ["p1", "p2"]
    # of six cells within 714 m of p2 the hub serves the two at 750 m, also where no line is assumed
    assert ranking["persons_new"].tolist() == [40, 40]
    assert ranking["persons_no_assumed_lines"].tolist() == ranking["persons"].tolist()
    assert ranking["share"].tolist() == pytest.approx((ranking["persons"] / old(no_stops).sum()).tolist())


def test_without_assumed_lines_more_people_have_no_stop():
    city = grid_city()
    context = context_of(city)
    ranking = rank_hubs(context, HubCandidates.of(context), 3)
    assert (ranking["persons_no_assumed_lines"] >= ranking["persons"]).all()
    assert ranking["persons_no_assumed_lines"].iloc[0] > ranking["persons"].iloc[0]


def test_candidates_are_stations_brt_stops_community_centres_and_hospitals():
    context = context_of(load_hitachi())
    candidates = HubCandidates.of(context)
    assert set(candidates.kind) == {"rail", "brt", "community_centre", "hospital"}
    assert len(np.unique(candidates.candidate_id)) == len(candidates.candidate_id)
    table = context.city.timetable.stops
    stops = np.isin(table.stop_id, candidates.candidate_id)
    assert table.in_city[stops].all()
    assert stops.sum() == np.isin(candidates.kind, ["rail", "brt"]).sum()


def test_on_the_bundled_city_the_nested_order_is_close_to_the_best_choice():
    context = context_of(load_hitachi())
    ranking = rank_hubs(context, HubCandidates.of(context), 6)
    assert len(ranking) == 6
    assert (np.diff(ranking["persons"]) > 0).all()
    assert (np.diff(ranking["best_persons"]) > 0).all()
    assert ranking["lost_share"].between(0, 0.1).all()
    assert ranking["share"].between(0, 1).all()
    lon, lat = ranking["lon"], ranking["lat"]
    assert lon.between(140.4, 140.8).all()
    assert lat.between(36.4, 36.8).all()


REFUSED = {
    "hubs.no_candidates": ([], 1),
    "hubs.count": ([[250, 250]], 2),
    "hubs.nobody": ([[90_000, 90_000]], 1),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_ranked_is_refused_in_both_languages(code, no_stops):
    xy, n_hubs = REFUSED[code]
    with pytest.raises(ModelError) as caught:
        rank_hubs(context_of(no_stops), places(xy), n_hubs)
    assert [p.code for p in caught.value.problems] == [code]
    assert all(p.message.ja and p.message.en for p in caught.value.problems)
