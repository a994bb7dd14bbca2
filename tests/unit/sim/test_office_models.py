"""The mobile office on the grid city, where every number follows from arithmetic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.errors import Text
from geodata.mobile_office import MobileOfficePlan, OfficePlace, OfficeVisit
from geodata.provenance import Status
from geodata.synthetic.grid import facilities_from_rows, grid_city
from geodata.synthetic.text_feed import timetable_from_text
from geodata.targets import TargetRow, Targets
from sim.context import RunContext
from sim.explain import explain
from sim.kpi import KPIS
from sim.kpi.office_measures import OFFICE_MEASURES
from sim.mobile_office.cases import LOWERING, RAISING, at_the_end, points_cases
from sim.mobile_office.coverage import free_covered_share
from sim.mobile_office.free_time import age_groups, free_by_age, free_share, levels
from sim.mobile_office.marginal import one_hour_less, one_more_van, van_calendar
from sim.mobile_office.procedures import expected_procedures, points_by_cell
from sim.mobile_office.reach import day_of, nearest_visit_minutes, visit_minutes, visit_request, visits_within
from sim.mobile_office.rivals import near_office, office_minutes, office_minutes_by_age
from sim.mobile_office.services import CARD, CERTIFICATE, CONSULTATION, class_of, offered, uncounted
from sim.mobile_office.tables import office_districts, office_marginal, office_overlap, office_places, office_points
from sim.office_params import DEMAND_PARAMETERS
from sim.params import PARAMETERS, Analysis, Params
from sim.reuse import Reuse
from sim.run import run_models

MEMORY = Reuse()
PERSONS = 9_600
DENSITY = 100 / 500**2  # persons per m², the same everywhere
TEN, FIFTEEN = 36_000, 54_000
QUIET = "stop A 0 0\nstop B 10 0\nroute R bus\nservice wk 1111100 0\ntrip R A 04:00 B 04:01 service=wk"
"""A timetable that takes nobody anywhere."""
NO_RIVALS = {"card_holder_share": 0.0, "rival_office_choice_share": 0.0}
GROUP_PERSONS = np.array([16.0, 54.0, 20.0, 10.0])  # of 100: 15–19 are a tenth of the band 15–64
FREE = np.array([0.05, 0.25, 0.65, 0.8])
NEEDS = np.array([0.3, 1.0, 0.8, 0.8])


def visit(weekday=1, start_s=TEN, end_s=FIFTEEN, weeks=(1, 3)):
    return OfficeVisit(weekday, start_s, end_s, weeks)


def place(n, xy, *visits):
    return OfficePlace(f"m:{n}", Text(f"会館{n}", f"hall {n}"), (140.6, 36.5), xy, visits or (visit(),))


def plan(*places, services=("証明書", "マイナンバーカード"), **more):
    return MobileOfficePlan("m", Text("動く市役所", "office"), "hypothetical", services, 1, places, 500.0, **more)


def town(*plans, **more):
    city = grid_city(timetable=timetable_from_text(QUIET), **more)
    target = TargetRow(
        "mynumber_service_share", "baseline", 2023, "2023", 0.41, "share", Text("", ""), "t", Status.OBSERVED
    )
    return city.replace(mobile_offices=plans, targets=Targets((*city.targets.rows, target)))


def context_of(city, **params):
    return RunContext(city, Analysis(n_draws=1), Params(**params), Reuse())


MIDDLE = (1000.0, 3000.0)
FAR = (3000.0, 1000.0)
CIRCLE = np.pi * 500**2 * DENSITY  # persons within 500 m


# ---------------------------------------------------------------- free time


def test_age_groups_split_a_band_by_years():
    assert age_groups(grid_city().population)[0] == pytest.approx(GROUP_PERSONS)


def test_who_is_free_depends_on_day_and_hour():
    params = Params()
    assert free_by_age(params, 1, TEN, FIFTEEN) == pytest.approx(FREE)
    assert free_by_age(params, 5, TEN, FIFTEEN) == pytest.approx([0.7] * 4)
    assert free_by_age(params, 1, 18 * 3600, 20 * 3600) == pytest.approx([0.5] * 4)
    assert free_by_age(params, 1, 16 * 3600, 18 * 3600) == pytest.approx([0.5, 0.5, 0.65, 0.8])
    evening_s = round(params.free_evening_from_h * 3600)
    assert free_by_age(params, 1, TEN, evening_s) == pytest.approx(FREE)
    assert free_by_age(params, 1, evening_s, evening_s + 3600) == pytest.approx([0.5] * 4)


def test_free_share_of_cells_weighs_ages():
    assert free_share(context_of(town()), 1, TEN, FIFTEEN) == pytest.approx(FREE @ GROUP_PERSONS / 100)


def test_levels_add_up_to_the_largest_share():
    found = list(levels(np.array([0.25, 0.7, 0.25])))
    assert [step for step, _ in found] == pytest.approx([0.45, 0.25])
    assert [suits.tolist() for _, suits in found] == [[False, True, False], [True, True, True]]


# ---------------------------------------------------------------- coverage


def run(city, reference=None, **params):
    return run_models(city, Analysis(n_draws=1), Params(**params), reference=reference, reuse=Reuse())


@pytest.fixture(scope="module")
def planned():
    return run(town(plan(place(1, MIDDLE))))


@pytest.fixture(scope="module")
def unplanned():
    return run(town())


@pytest.mark.parametrize(("group", "free"), [("all", 0.353), ("65plus", 0.7), ("75plus", 0.8), ("district:east", None)])
def test_coverage_is_weighted_by_who_is_free(planned, group, free):
    row = planned.find("mobile_office_coverage_share", "free-weighted", group)
    expected = 0.0 if free is None else free * CIRCLE / PERSONS
    assert row.value == pytest.approx(expected, abs=1e-12)
    assert row.status is Status.ASSUMED


def test_a_saturday_visit_suits_those_who_work():
    weekday, both = place(1, MIDDLE), place(2, MIDDLE, visit(5))
    context = context_of(town())
    alone = free_covered_share(context, (plan(weekday),))
    together = free_covered_share(context, (plan(weekday, both),))
    assert (alone.sum(axis=0) * 500**2) == pytest.approx(FREE * np.pi * 500**2)
    assert (together.sum(axis=0) * 500**2) == pytest.approx(np.array([0.7, 0.7, 0.7, 0.8]) * np.pi * 500**2)


def test_any_mode_counts_who_walks_within_the_limit(planned):
    xy = grid_city().population.xy
    distance = np.hypot(*(xy - np.array(MIDDLE)).T)
    within = (distance / 80 <= 30).sum() * 90 + (distance / 60 <= 30).sum() * 10
    row = planned.find("mobile_office_coverage_share", "any-mode-30min")
    assert row.value == pytest.approx(within / PERSONS)
    visits = planned.find("mobile_office_visits_per_month", "any-mode-30min")
    assert visits.value == pytest.approx(2 * within / PERSONS)


def test_the_wider_reach_holds_the_narrower(planned):
    shares = {
        s: planned.find("mobile_office_coverage_share", s).value for s in KPIS["mobile_office_coverage_share"].settings
    }
    assert 0 < shares["free-any-mode-30min"] < shares["any-mode-30min"] <= shares["visit-or-office"]
    assert shares["free-any-mode-30min"] >= shares["free-weighted"]
    assert shares["any-use"] == shares["default"] > 0


def test_a_relief_desk_is_no_office_but_is_told():
    relief = replace(plan(place(1, MIDDLE)), use="disaster")
    found = run(town(relief))
    office = found.find("mobile_office_coverage_share")
    assert (office.value, office.note) == (0.0, "窓口以外の用途の計画あり（設定 any-use と表）")
    assert found.find("mobile_office_coverage_share", "any-use").value == pytest.approx(CIRCLE / PERSONS)


def test_a_visit_or_a_fixed_office(planned, unplanned):
    office = unplanned.find("city_office_within_30min_share").value
    without = unplanned.find("mobile_office_coverage_share", "visit-or-office")
    assert (without.value, without.note.split("; ")[0]) == (pytest.approx(office), "開設計画なし")
    assert planned.find("mobile_office_coverage_share", "visit-or-office").value >= office
    limits = {"city_office_within_min": 5.0, "mobile_office_within_min": 0.1}
    near = run(town(plan(place(1, MIDDLE))), **limits)  # the four cells around it, standard walkers
    row = near.find("mobile_office_coverage_share", "visit-or-office")
    assert row.value == pytest.approx((CIRCLE + 4 * 90) / PERSONS)


def test_other_uses_are_no_mobile_office(unplanned):
    relief = replace(plan(place(1, MIDDLE)), use="disaster")
    result = run(town(relief))
    for kpi_id in ("mobile_office_coverage_share", "mobile_office_visits_per_month", "mynumber_service_share"):
        assert result.find(kpi_id).value == unplanned.find(kpi_id).value
    (row,) = result.tables["office_places"].to_dict("records")
    assert row["persons"] == pytest.approx(CIRCLE)
    assert (row["use"], row["binding"]) == ("disaster", "")
    assert np.isnan(row["procedures_per_month"])
    assert "office_points" not in result.tables


# ---------------------------------------------------------------- any mode


BUS = """
stop A 250 250
stop P 3750 250
route R bus バス
service wk 1111100 0
service sa 0000010 0
trip R A 10:00 P 10:10 headway=600@09:00-16:00 service=wk
"""


def test_visits_are_reached_on_their_own_day():
    feed = timetable_from_text(BUS)
    stop_xy = (3750.0, 250.0)
    offered = plan(place(1, stop_xy, visit(1), visit(5)))
    context = context_of(town().replace(timetable=feed, mobile_offices=(offered,)))
    minutes = visit_minutes(context, offered, "standard")
    assert minutes.shape == (96, 2)
    assert minutes[0, 0] == pytest.approx(10.0, abs=0.5)  # the cell at the stop, by bus
    assert minutes[0, 1] == pytest.approx(3500 / 80, abs=0.1)  # no bus on Saturday
    nearest = nearest_visit_minutes(context, (offered,), "standard")
    assert nearest == pytest.approx(minutes.min(axis=1))
    assert visits_within(context, (offered,), "standard")[0] == 2.0


def test_a_place_without_visits_reaches_nobody():
    empty = plan(replace(place(1, MIDDLE), visits=()))
    context = context_of(town(empty))
    assert visit_minutes(context, empty, "standard").shape == (96, 0)
    assert np.isinf(nearest_visit_minutes(context, (empty,), "standard")).all()
    assert expected_procedures(context, (empty,)).served.sum() == 0.0


def test_the_fifth_week_comes_in_one_month_of_three():
    weeks = {(): 52 / 12, (1, 2, 3, 4, 5): 52 / 12, (5,): 1 / 3, (1, 3): 2.0, (2, 5): 4 / 3}
    assert {w: visit(weeks=w).per_month for w in weeks} == {w: pytest.approx(n) for w, n in weeks.items()}


def test_visits_are_asked_for_in_full_hours_of_their_kind_of_day():
    assert [day_of(weekday) for weekday in (4, 5, 6)] == ["weekday", "saturday", "holiday"]
    request = visit_request(context_of(town()), visit(start_s=TEN + 60, end_s=FIFTEEN + 60), "standard")
    assert (request.window_start_s, request.window_end_s, request.direction) == (TEN, FIFTEEN + 3600, "arrive_by")


def test_plans_of_one_run_are_told_apart_and_the_limit_counts():
    here, there = plan(place(1, MIDDLE)), plan(place(1, FAR))
    context = context_of(town(here))
    near, far = (visit_minutes(context, p, "standard") for p in (here, there))
    assert not np.array_equal(near, far)
    limit = float(near.max())
    assert visits_within(context_of(town(here), mobile_office_within_min=limit), (here,), "standard").min() == 2.0


def test_offices_are_as_far_as_each_age_walks():
    minutes = office_minutes_by_age(context_of(town()))
    assert minutes[:, -1] == pytest.approx(minutes[:, 0] * 80 / 60, abs=0.03)
    assert near_office(np.array([15.0, 15.1]), Params(rival_office_within_min=15.0)).tolist() == [True, False]


def test_tables_count_older_people_at_their_pace_and_the_best_hour():
    both = plan(place(1, MIDDLE, visit(), visit(5)))
    context = context_of(town(both), rival_office_within_min=10.0, city_office_within_min=40.0)
    (row,) = office_places(context).to_dict("records")
    distance = np.hypot(*(grid_city().population.xy - np.array(MIDDLE)).T)
    within = (distance / 80 <= 30).sum() * 90 + (distance / 60 <= 30).sum() * 10
    assert row["any_mode_persons"] == pytest.approx(within)
    assert office_districts(context)["any_mode_share"][0] == pytest.approx(within / PERSONS)
    assert row["free_persons"] == pytest.approx(CIRCLE / 100 * (GROUP_PERSONS * np.maximum(FREE, 0.7)).sum())
    near = office_minutes(context, "standard") <= 10.0
    reach = context.reach_share([(np.array([MIDDLE]), 500.0)])
    assert row["near_office_persons"] == pytest.approx(100 * reach[near].sum())


# ---------------------------------------------------------------- procedures


def needs_of(rate_per_year, visits_per_month, persons=CIRCLE):
    """Return the needs a month by hand: people × free × rate × wait ÷ time between visits × choice."""
    meets = min(1.0, visits_per_month * 7 / 7 / (52 / 12))
    return persons / 100 * (GROUP_PERSONS * FREE * NEEDS).sum() * rate_per_year / 12 * meets * 0.3


def test_words_of_services_name_what_is_counted():
    assert class_of("証明書") == CERTIFICATE
    assert class_of("マイナンバーカード") == CARD
    assert class_of("相談") == CONSULTATION
    assert class_of("健康相談") is None
    assert uncounted(plan(place(1, MIDDLE), services=("証明書", "買物"))) == ("買物",)


@pytest.mark.parametrize(
    ("services", "counted"),
    [
        (("マイナンバーカードの電子証明書の更新",), {CARD}),
        (("電子証明書",), {CARD}),
        (("証明書（カード利用）",), {CERTIFICATE}),
        (("証明書・マイナンバーカード、相談",), {CERTIFICATE, CARD, CONSULTATION}),
        (("健康・相談",), {CONSULTATION}),
        (("買物",), set()),
    ],
)
def test_services_as_planners_write_them(services, counted):
    assert set(np.flatnonzero(offered(plan(place(1, MIDDLE), services=services)))) == counted


def test_demand_without_rivals_is_people_times_needs():
    context = context_of(town(), **NO_RIVALS)
    found = expected_procedures(context, (plan(place(1, MIDDLE)),))
    assert found.demand[0, CERTIFICATE] == pytest.approx(needs_of(0.8, 2))
    assert found.demand[0, CARD] == pytest.approx(needs_of(0.25, 2))
    assert found.demand[0, CONSULTATION] == 0.0  # not offered
    assert found.capacity.tolist() == [6 * 2 * 5]
    assert found.served == pytest.approx(found.demand.sum(axis=1))


def test_a_weekly_visit_meets_every_need_that_can_wait_a_week():
    context = context_of(town(), **NO_RIVALS)
    weekly = plan(place(1, MIDDLE, visit(weeks=())), services=("証明書",))
    twice = plan(place(1, MIDDLE, visit(weeks=()), visit(3, weeks=())), services=("証明書",))
    assert expected_procedures(context, (weekly,)).demand.sum() == pytest.approx(needs_of(0.8, 52 / 12))
    assert expected_procedures(context, (twice,)).demand.sum() == pytest.approx(needs_of(0.8, 52 / 12))


def test_a_short_visit_suits_fewer():
    context = context_of(town(), **NO_RIVALS)
    short = plan(place(1, MIDDLE, visit(end_s=TEN + 3600)), services=("証明書",))
    assert expected_procedures(context, (short,)).demand.sum() == pytest.approx(needs_of(0.8, 2) / 3)


def test_capacity_bounds_what_is_served():
    context = context_of(town(), **NO_RIVALS)
    slow = plan(place(1, MIDDLE), procedures_per_hour=0.1)
    found = expected_procedures(context, (slow,))
    assert found.served == pytest.approx([0.1 * 2 * 5])
    assert found.served[0] < found.demand.sum()
    assert found.card_by_cell.sum() == pytest.approx(1.0 * found.demand[0, CARD] / found.demand.sum())


def test_stores_take_certificates_of_card_holders():
    rates = {"card_holder_share": 0.5, "convenience_choice_share": 0.4, "convenience_older_choice_share": 0.4}
    context = context_of(town(), rival_office_choice_share=0.0, **rates)
    found = expected_procedures(context, (plan(place(1, MIDDLE)),))
    assert found.to_convenience == pytest.approx([0.2 * needs_of(0.8, 2)])
    assert found.demand[0, CERTIFICATE] == pytest.approx(0.8 * needs_of(0.8, 2))
    assert found.demand[0, CARD] == pytest.approx(needs_of(0.25, 2))
    holders = 0.5 * (1 - 0.4) / (1 - 0.5 * 0.4)  # of those left, once two of five holders have gone to a store
    assert found.card_by_cell.sum() == pytest.approx(holders * found.demand[0, CERTIFICATE] + found.demand[0, CARD])


def test_where_every_holder_goes_to_a_store_no_certificate_at_the_van_uses_a_card():
    context = context_of(town(), convenience_choice_share=1.0, convenience_older_choice_share=1.0)
    found = expected_procedures(context, (plan(place(1, MIDDLE), services=("証明書",)),))
    assert found.demand.sum() > 0
    assert found.card_by_cell.sum() == pytest.approx(0.0)


def test_people_near_a_fixed_office_go_there():
    near = context_of(town(), card_holder_share=0.0, rival_office_within_min=120.0, rival_office_choice_share=0.75)
    found = expected_procedures(near, (plan(place(1, MIDDLE)),))
    assert found.to_offices == pytest.approx(0.75 * found.needs)
    none = facilities_from_rows([("c", "clinic", (0.0, 0.0), "")])
    without = context_of(town(facilities=none), card_holder_share=0.0)
    assert expected_procedures(without, (plan(place(1, MIDDLE)),)).to_offices.tolist() == [0.0]


def test_people_near_two_places_count_once_and_are_divided_by_visits():
    context = context_of(town(), **NO_RIVALS)
    often = place(2, MIDDLE, visit(2), visit(3))
    found = expected_procedures(context, (plan(place(1, MIDDLE), often, services=("証明書",)),))
    total = needs_of(0.8, 6)
    assert found.demand[:, CERTIFICATE] == pytest.approx([total / 3, 2 * total / 3])


def test_needs_go_to_places_that_offer_them():
    context = context_of(town(), **NO_RIVALS)
    one = plan(place(1, MIDDLE), services=("証明書",))
    other = replace(plan(place(2, MIDDLE), services=("相談",)), plan_id="n")
    found = expected_procedures(context, (one, other))
    assert found.demand[0].tolist() == pytest.approx([needs_of(0.8, 2), 0, 0])
    assert found.demand[1].tolist() == pytest.approx([0, 0, needs_of(0.2, 2)])


# ---------------------------------------------------------------- My Number


def test_without_a_plan_the_share_is_the_official_one(unplanned):
    row = unplanned.find("mynumber_service_share")
    assert (row.value, row.model_value, row.status) == (0.41, 0.0, Status.OBSERVED)
    assert row.note == "開設計画なし; 公表値 41.0%（2023）"
    assert unplanned.find("mynumber_service_share", group="75plus") is None


def test_points_are_added_to_the_official_share(unplanned):
    result = run(town(plan(place(1, MIDDLE))), reference=unplanned, **NO_RIVALS)
    row = result.find("mynumber_service_share")
    points = needs_of(0.25, 2) * 12 / (5.0 * PERSONS)  # nobody holds a card: certificates do not count
    assert row.model_value == pytest.approx(points)
    assert row.value == pytest.approx(0.41 + points)
    assert row.status is Status.ASSUMED
    assert "要設定" in row.note


@pytest.mark.parametrize("group", ["all", "65plus", "75plus", "district:west"])
@pytest.mark.parametrize("kpi_id", list(OFFICE_MEASURES))
def test_cells_reproduce_the_numbers_of_a_plan(planned, kpi_id, group):
    city = town(plan(place(1, MIDDLE)))
    for setting in KPIS[kpi_id].settings:
        row = planned.find(kpi_id, setting, group)
        if row is None:
            continue
        found = explain(
            city, planned, kpi_id, Analysis(n_draws=1), Params(), setting=setting, group=group, reuse=MEMORY
        )
        assert found.reproduce() == pytest.approx(row.model_value, rel=1e-9)
        assert row.model_value > 0


def test_a_city_without_the_official_share_has_none():
    row = run(grid_city(timetable=timetable_from_text(QUIET))).find("mynumber_service_share")
    assert (row.value, row.note) == (None, "公表値なし")


def test_a_baseline_with_a_plan_stays_at_the_official_share():
    city = town(plan(place(1, MIDDLE)))
    assert run(city).find("mynumber_service_share").value == pytest.approx(0.41)


def test_without_ages_nothing_is_weighted():
    city = town(plan(place(1, MIDDLE)))
    ageless = (replace(city.population.bands[0], band_id="all", from_age=0, to_age=None),)
    people = replace(city.population, bands=ageless, persons=city.population.total[:, None])
    result = run(city.replace(population=people))
    for kpi_id, setting in (("mobile_office_coverage_share", "free-weighted"), ("mynumber_service_share", "default")):
        row = result.find(kpi_id, setting)
        assert (row.value, row.note) == (None, "年齢別人口データ未登録")
    assert result.find("mobile_office_coverage_share").value == pytest.approx(CIRCLE / PERSONS)
    assert np.isnan(result.tables["office_places"]["procedures_per_month"]).all()
    assert np.isnan(result.cells["mobile_office_free_share"]).all()


def test_the_range_holds_the_value_set():
    context = context_of(town(plan(place(1, MIDDLE))))
    cases = points_cases(context, context.city.mobile_offices).set_index("case")
    low, mid, high = (cases.loc[case, "points"] for case in ("low", "mid", "high"))
    assert 0 < low < mid < high
    expected = expected_procedures(context, context.city.mobile_offices)
    assert mid == pytest.approx(points_by_cell(context, expected).sum())
    assert set(cases["status"]) == {"assumed"}


def test_ends_of_the_range_take_every_parameter_with_bounds():
    bounded = {n for n in (*DEMAND_PARAMETERS, "procedures_per_person_year") if PARAMETERS[n].low is not None}
    assert bounded == {*RAISING, *LOWERING, "consultations_per_person_year"}  # those use no card
    wide = Params(procedures_per_person_year=20.0)
    assert at_the_end(wide, "low").procedures_per_person_year == 20.0  # what is set lies within the range


@pytest.mark.parametrize("name", [*RAISING, *LOWERING])
def test_each_parameter_moves_the_points_its_way(name):
    evening = place(2, (1200.0, 3000.0), visit(5), visit(2, 68_400, 72_000))
    context = context_of(town(plan(place(1, MIDDLE), evening)))
    busy = Params(certificates_per_person_year=20.0, mobile_office_choice_share=1.0, procedure_wait_days=30.0)
    base = busy if name == "procedures_per_hour" else Params()
    points = []
    for bound in (PARAMETERS[name].low, PARAMETERS[name].high):
        params = base.model_copy(update={name: bound})
        found = expected_procedures(context, context.city.mobile_offices, params)
        points.append(points_by_cell(context, found, params).sum())
    assert points[0] < points[1] if name in RAISING else points[0] > points[1]


# ---------------------------------------------------------------- tables


CENTRES = [
    ("near", "community_centre", (1000.0, 3300.0), ""),
    ("far", "community_centre", (3000.0, 1000.0), ""),
    ("edge", "community_centre", (0.0, 0.0), ""),
    ("same", "community_centre", (1000.0, 3050.0), ""),
    ("office", "city_office", (2000.0, 3000.0), ""),
]


def test_one_more_van_takes_the_centres_that_add_most():
    places = (place(1, MIDDLE), place(2, (3000.0, 5000.0), visit(3)))
    own = plan(*places)
    context = context_of(town(own, facilities=facilities_from_rows(CENTRES)))
    variant = one_more_van(context, own, (own,))
    assert [p.facility_id for p in variant.gained] == ["far", "near"]
    assert variant.plan.n_vehicles == 2
    assert [p.visits[0].weekday for p in variant.gained] == [3, 1]  # near takes over the day of the place beside it
    assert {v.vehicle for p in variant.gained for v in p.visits} == {1}


def test_the_days_of_one_more_van_are_judged():
    """Half an hour between two visits is enough for 2 km at 60 km/h, not at 3 km/h."""
    own = plan(
        place(1, (1000.0, 5000.0)), place(2, (3000.0, 5000.0), visit(start_s=FIFTEEN + 1800, end_s=FIFTEEN + 5400))
    )
    rows = [CENTRES[1], ("west", "community_centre", (1000.0, 1000.0), "")]
    city = town(own, facilities=facilities_from_rows(rows))
    fast, slow = (one_more_van(context_of(city, car_offpeak_kmh=v), own, (own,)) for v in (60.0, 3.0))
    assert len(fast.gained) == len(slow.gained) == 2
    assert (fast.clashes, len(slow.clashes)) == ((), 1)
    table = office_marginal(context_of(city, car_offpeak_kmh=3.0)).set_index("variant")
    assert table.loc["one-more-van", "calendar_clashes"] == 1
    assert np.isnan(table.loc["as-planned", "calendar_clashes"])


def test_one_van_of_two_makes_half_of_the_places():
    three = replace(plan(*(place(n, MIDDLE) for n in range(3))), n_vehicles=2)
    assert len(van_calendar(three)) == 2
    assigned = replace(
        three,
        places=tuple(replace(p, visits=(replace(p.visits[0], vehicle=n % 2),)) for n, p in enumerate(three.places)),
    )
    assert len(van_calendar(assigned)) == 2


def test_one_hour_less_keeps_short_visits():
    own = plan(place(1, MIDDLE, visit(), visit(2, end_s=TEN + 3600)))
    first, second = one_hour_less(own).plan.places[0].visits
    assert (first.end_s, second.end_s) == (FIFTEEN - 3600, TEN + 3600)


def test_the_table_of_steps_says_what_changes():
    own = plan(place(1, MIDDLE), procedures_per_hour=0.1)
    context = context_of(town(own, facilities=facilities_from_rows(CENTRES)), **NO_RIVALS)
    table = office_marginal(context).set_index("variant")
    assert table["change_capacity_per_month"].tolist() == pytest.approx([0.0, 1.0, -0.2])
    assert table["change_procedures_per_month"].tolist() == pytest.approx([0.0, 1.0, -0.2])
    assert table["change_covered"].tolist() == pytest.approx([0.0, CIRCLE, 0.0])
    assert table.loc["one-more-van", "places_added"] == "far"
    assert set(table["status"]) == {"assumed"}


def test_the_table_of_places_tells_reach_rivals_and_overlap():
    own = plan(place(1, MIDDLE), place(2, MIDDLE, visit(2)), place(3, FAR), services=("証明書", "買物"))
    table = office_places(context_of(town(own)))
    assert table["persons"].tolist() == pytest.approx([CIRCLE] * 3)
    assert table["persons_75plus"].tolist() == pytest.approx([CIRCLE / 10] * 3)
    assert table["overlap_persons"].tolist() == pytest.approx([CIRCLE, CIRCLE, 0.0], abs=1e-6)
    assert table["free_persons"].tolist() == pytest.approx([0.353 * CIRCLE] * 3)
    assert set(table["services_not_counted"]) == {"買物"}
    assert table["nearest_office"].tolist() == ["office-1"] * 3
    assert table["nearest_office_m"].tolist() == pytest.approx([1000.0, 1000.0, np.hypot(1000, 2000)])
    total = table[["to_convenience_per_month", "to_offices_per_month", "demand_per_month"]].sum(axis=1)
    assert total.tolist() == pytest.approx(table["needs_per_month"].tolist())


def test_pairs_that_share_people():
    own = plan(place(1, MIDDLE), place(2, (1500.0, 3000.0)), place(3, FAR))
    (row,) = office_overlap(context_of(town(own))).to_dict("records")
    lens = 500**2 * (2 * np.pi / 3 - np.sqrt(3) / 2)  # two circles of 500 m, 500 m apart
    assert (row["place_id"], row["other_place_id"], row["apart_m"]) == ("m:1", "m:2", 500.0)
    assert row["persons"] == pytest.approx(lens * DENSITY)


def test_districts_tell_covered_and_gaps():
    table = office_districts(context_of(town(plan(place(1, MIDDLE))))).set_index("district_id")
    assert table.loc["", "covered"] == pytest.approx(CIRCLE)
    assert table.loc["west", "covered_75plus"] == pytest.approx(CIRCLE / 10)
    assert table.loc["east", "uncovered"] == pytest.approx(PERSONS / 2)
    assert (table["covered"] + table["uncovered"]).tolist() == pytest.approx(table["persons"].tolist())
    assert table.loc["west", "visits_per_month"] == pytest.approx(2 * CIRCLE / (PERSONS / 2))


def test_no_tables_without_plans(unplanned):
    assert not {name for name in unplanned.tables if name.startswith("office_")}
    assert office_points(context_of(town())).empty
    assert np.isnan(unplanned.cells["mobile_office_any_mode_min"]).all()
    assert not unplanned.cells["mobile_office_free_share"].any()


def test_more_visits_at_the_same_place_are_not_answered_from_memory(unplanned):
    memory = Reuse()

    def points(*plans, reuse):
        found = run_models(town(*plans), Analysis(n_draws=1), Params(), reference=unplanned, reuse=reuse)
        return next(r.value for r in found.kpis if r.kpi_id == "mynumber_service_share")

    once, often = plan(place(1, MIDDLE, visit(weeks=(1,)))), plan(place(1, MIDDLE, visit(weeks=(1, 2, 3, 4))))
    few = points(once, reuse=memory)
    assert points(often, reuse=memory) == points(often, reuse=Reuse()) > few
