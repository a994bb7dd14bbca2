"""Who gains and who loses: by hand on three cells, invariants on any, refusals, and small groups hidden."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import UsageError
from geodata.provenance import Status
from scenarios.winner_kinds import ANY, BETTER, DESTINATIONS, MIXED, SAME, UNKNOWN, WORSE
from scenarios.winner_tables import cell_map, check_by, winner_sentences, winner_table
from scenarios.winners import any_of, find_winners, gained_minutes, verdict_of

INF, NAN = np.inf, np.nan
NONE: dict[str, float] = {}
PERSONS = np.array([[100.0, 20.0, 10.0], [50.0, 0.0, 0.0], [6.0, 4.0, 2.0]])  # all, 65+, 75+ of three cells


def run(
    clinic=(10.0, 40.0, INF),
    older=None,
    persons=PERSONS,
    *,
    office=NAN,
    hidden=False,
    status="modelled",
    shares=NONE,
    **parameters,
):
    """Return what a stored run holds of its cells; places without a time are not known."""
    count = len(persons)
    cells = pd.DataFrame(
        {
            "cell_id": [f"c{n}" for n in range(count)],
            "lon": np.arange(count) * 1.0,
            "lat": np.zeros(count),
            "district_id": ["north", "north", "south"][:count],
            "persons": persons[:, 0],
            "persons_65plus": persons[:, 1],
            "persons_75plus": persons[:, 2],
            **{c: np.full(count, NAN) for d in DESTINATIONS.values() for c in (d.standard, d.older)},
        }
    )
    cells["clinic_nearest_min"] = list(clinic)
    cells["clinic_nearest_min_older"] = list(clinic if older is None else older)
    cells[["city_office_nearest_min", "city_office_nearest_min_older"]] = office
    manifest = {"parameters_changed": parameters, "analysis": {}, "district_level": ["x"] if hidden else []}
    names = pd.DataFrame(
        {"district_id": ["north", "south"], "district": ["北", "南"], "district_en": ["North", "South"]}
    )
    rows = [("clinic_nearest_min", "default", "all", 1.0, status)]
    rows += [("clinic_within_30min_share", "default", f"district:{d}", s, status) for d, s in shares.items()]
    kpi = pd.DataFrame(rows, columns=["kpi_id", "setting", "group", "value", "status"])
    return SimpleNamespace(run_id="r", cells=cells, manifest=manifest, tables={"equity_districts": names}, kpi=kpi)


def row(table, destination="clinic", **keys):
    chosen = table["destination"] == destination
    for key, value in keys.items():
        chosen &= table[key] == value
    (found,) = table[chosen].to_dict("records")
    return found


# ---------------------------------------------------------------- by hand


def test_each_cell_and_age_gains_or_loses_by_its_own_walker():
    before = run((10.0, 40.0, INF), (20.0, 60.0, INF))
    after = run((16.0, 34.0, INF), (20.0, 50.0, 25.0))
    found = find_winners(before, after, people="a")
    whole = row(winner_table(found))
    # cell 1: 90 people below 75 lose 6 min, 10 of 75+ stay; cell 2: all 50 gain 6; cell 3: 2 of 75+ newly reached
    assert (whole["worse"], whole["better"], whole["same"]) == (90, 50 + 2, 10 + 4)
    assert whole["newly_reached"] == 2
    assert whole["newly_within"] == 2  # 34 min is beyond the limit of 30 all the same
    assert whole["no_longer_within"] == 0
    assert whole["gained_min"] == pytest.approx((-6 * 90 + 6 * 50) / (90 + 10 + 50 + 4))  # cell 3: 4 stay out of reach
    ages = winner_table(found, "age")
    assert row(ages, age="75plus")["better"] == 2
    assert row(ages, age="0-64")["worse"] == 80
    districts = winner_table(found, "district")
    assert row(districts, district_id="south")["better"] == 2
    assert row(districts, district_id="north")["district"] == "北"


def test_a_change_of_just_the_threshold_counts_and_less_does_not():
    before, after = run((10.0, 40.0, 20.0)), run((5.0, 35.1, 24.9))
    assert row(winner_table(find_winners(before, after)))["better"] == 100
    assert row(winner_table(find_winners(before, after, least_min=4.9)))["better"] == 150
    assert row(winner_table(find_winners(before, after, least_min=4.9)))["worse"] == 6


def test_the_same_people_are_counted_on_both_sides():
    fewer = run((5.0, 35.0, 5.0), persons=PERSONS / 2)
    moved = find_winners(run((5.0, 35.0, 5.0)), fewer)
    assert row(winner_table(moved))["better"] == 0  # nobody gains by living there no more
    assert row(winner_table(moved))["persons"] == 78
    before = find_winners(run((50.0, 35.0, 5.0)), fewer, people="a")
    assert row(winner_table(before))["better"] == 100


def test_better_to_one_place_and_worse_to_another_is_both():
    found = find_winners(run((40.0, 40.0, 40.0), office=10.0), run((20.0, 40.0, 40.0), office=30.0))
    whole = winner_table(found)
    assert row(whole, ANY)["mixed"] == 100
    assert row(whole, ANY)["worse"] == 56
    assert row(whole, "office")["worse"] == 156


def test_a_later_last_bus_is_better():
    before, after = run(), run()
    for frame, hour in ((before.cells, 20), (after.cells, 21)):
        frame[["last_bus_s", "last_bus_s_older"]] = 3600.0 * hour
    after.cells.loc[2, ["last_bus_s", "last_bus_s_older"]] = -INF  # no bus at all any more
    found = row(winner_table(find_winners(before, after, to=["last-bus"])), "last-bus")
    assert (found["better"], found["worse"], found["no_longer_reached"]) == (150, 6, 6)
    assert found["gained_min"] == 60
    assert np.isnan(found["newly_within"])


def test_limits_are_those_of_each_run():
    later = find_winners(run((40.0, 40.0, 40.0)), run((40.0, 40.0, 40.0), clinic_within_min=45))
    assert row(winner_table(later))["newly_within"] == 156
    assert any("前提" in note.ja for note in later.notes)


def test_the_older_walker_begins_where_the_runs_say():
    before = run((10.0, 10.0, 10.0), (30.0, 30.0, 30.0))
    after = run((10.0, 10.0, 10.0), (20.0, 20.0, 20.0))
    assert row(winner_table(find_winners(before, after)))["better"] == 12
    for one in (before, after):
        one.manifest["parameters_changed"]["older_from_age"] = 65
    assert row(winner_table(find_winners(before, after)))["better"] == 24


def test_closures_are_compared_by_district():
    before, after = run((10.0, 30.0, 5.0)), run((10.0, 10.0, 5.0), hidden=True)
    found = find_winners(before, after)
    assert row(winner_table(found))["better"] == 0  # medians of the north: 10 before and after
    assert any("地区の中央値" in note.ja for note in found.notes)
    assert not any("増える地区" in note.ja for note in found.notes)  # nothing is known of the districts


def test_closures_leave_the_shares_of_districts_to_say_who_is_in_time():
    before = run(hidden=True, shares={"north": 0.5, "south": 1.0})
    after = run(hidden=True, shares={"north": 0.7, "south": 0.5})
    (told,) = [note.ja for note in find_winners(before, after).notes if "増える地区" in note.ja]
    assert "増える地区で 30 人増、減る地区で 3 人減" in told
    unknown = find_winners(before, run(hidden=True, shares={"north": NAN, "south": 1.0}))
    assert any("増える地区で 0 人増、減る地区で 0 人減" in note.ja for note in unknown.notes)


def test_ages_that_are_not_known_are_not_divided():
    none = np.c_[PERSONS[:, 0], np.full((3, 2), NAN)]
    found = find_winners(run(persons=none), run((1.0, 1.0, 1.0), persons=none))
    assert winner_table(found, "age")["age"].unique().tolist() == ["all"]
    assert row(winner_table(found))["better"] == 156


def test_the_status_is_the_weakest_of_both_runs():
    assert find_winners(run(), run()).status is Status.MODELLED
    assert find_winners(run(), run(status="assumed")).status is Status.ASSUMED


# ---------------------------------------------------------------- invariants

TIMES = st.one_of(st.just(INF), st.floats(0, 180))


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(TIMES, TIMES, TIMES, TIMES), min_size=3, max_size=3), st.floats(0.1, 60))
def test_everybody_is_counted_once_and_looking_back_swaps_winners_and_losers(rows, least):
    times = np.array(rows).T
    a, b = run(times[0], times[1], office=12.0), run(times[2], times[3], office=12.0)
    there, back = (find_winners(x, y, least_min=least, people=p) for x, y, p in ((a, b, "a"), (b, a, "b")))
    for by in ("age", "cell"):
        table, other = winner_table(there, by), winner_table(back, by)
        assert table[["better", "worse", "mixed", "same", "unknown"]].sum(axis=1).to_numpy() == pytest.approx(
            table["persons"].to_numpy()
        )
        assert table["better"].to_numpy() == pytest.approx(other["worse"].to_numpy())
        assert table["worse"].to_numpy() == pytest.approx(other["better"].to_numpy())
        sums = table.groupby("destination")[["persons", "better", "worse"]].sum()
        whole = winner_table(there).set_index("destination")
        assert sums.loc["clinic"].to_numpy() == pytest.approx(
            whole.loc["clinic", ["persons", "better", "worse"]].to_numpy(float)
        )
    assert row(winner_table(there), ANY)["mixed"] == 0


@given(st.lists(TIMES, min_size=1, max_size=9))
def test_a_run_beside_itself_changes_nothing(values):
    minutes = np.array(values)
    assert np.all(gained_minutes(minutes, minutes) == 0)
    assert np.all(verdict_of(minutes, minutes, 0.1) == SAME)


def test_verdicts_put_together():
    b, w, s, u = (np.array([v]) for v in (BETTER, WORSE, SAME, UNKNOWN))
    for parts, expected in (((b, s), BETTER), ((b, w), MIXED), ((w, u), WORSE), ((u, u), UNKNOWN), ((s, u), SAME)):
        assert any_of(parts)[0] == expected


# ---------------------------------------------------------------- refusals and words


def test_public_tables_hide_fewer_than_ten_people():
    found = find_winners(run((10.0, 40.0, 50.0)), run((10.0, 20.0, 20.0)))
    shown = winner_table(found, "cell", public=True)
    small = row(shown, cell_id="c2")
    assert small["hidden"]
    assert np.isnan(small["better"])
    assert np.isnan(small["persons"])
    assert row(shown, cell_id="c1")["better"] == 50
    drawn = cell_map(found, public=True).set_index("cell_id")
    assert drawn.loc["c2", "verdict_ja"] == ""
    assert drawn.loc["c1", "verdict_ja"] == "便利になる"
    assert cell_map(found).set_index("cell_id").loc["c2", "verdict_ja"] == "便利になる"
    assert not any("南" in s.ja for s in winner_sentences(found, public=True))


def test_sentences_say_how_many_and_where():
    found = find_winners(run((10.0, 40.0, 50.0)), run((10.0, 20.0, 60.0)))
    text = "".join(s.ja for s in winner_sentences(found))
    assert "便利になるだけの人は 50 人（32.1 %）" in text
    assert "不便になるだけの人は 6 人（3.8 %）" in text
    assert "便利になる人の多い地区: 北（50 人）" in text
    assert "不便になる人の多い地区: 南（6 人）" in text
    assert "新たに時間内 50 人" in text
    assert "5分未満の差で制限時間をまたぐ人も入ります" in text
    assert any("North (50)" in s.en for s in winner_sentences(found))


def test_people_with_gain_and_loss_are_told_beside_those_with_one_only():
    found = find_winners(run((10.0, 40.0, 50.0), office=10.0), run((10.0, 20.0, 50.0), office=30.0))
    first, *by_destination = winner_sentences(found)
    assert "不便になるだけの人は 106 人" in first.ja
    assert "便利になるだけの人は 0 人" in first.ja
    assert "両方がある人は 50 人" in first.ja
    assert "50 both: better off to some destinations" in first.en
    assert "行き先ごとの人数には、両方がある人も入ります" in first.ja
    assert any("便利 0 人、不便 156 人" in one.ja for one in by_destination), "with those who gain elsewhere"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"to": ["school"]}, "winners.destination"),
        ({"to": []}, "winners.destination"),
        ({"least_min": 0.0}, "winners.least"),
        ({"least_min": -5.0}, "winners.least"),
        ({"least_min": float("nan")}, "winners.least"),
        ({"to": ["station"]}, "winners.nothing"),
    ],
)
def test_questions_that_make_no_sense_are_refused(asked, code):
    with pytest.raises(UsageError) as caught:
        find_winners(run(), run(), **asked)
    assert [(p.code, bool(p.hint.ja)) for p in caught.value.problems] == [(code, True)]


def test_all_problems_are_told_at_once():
    with pytest.raises(UsageError) as caught:
        find_winners(run(), run(), to=["x"], least_min=0)
    assert {p.where for p in caught.value.problems} == {"--to", "--least"}


def test_runs_on_other_cells_and_ways_to_divide_are_refused():
    other = run()
    other.cells["cell_id"] = ["x", "y", "z"]
    with pytest.raises(UsageError, match="different cells"):
        find_winners(run(), other)
    assert check_by("district") == "district"
    with pytest.raises(UsageError, match="district"):
        check_by("street")
