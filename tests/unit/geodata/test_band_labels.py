"""Age labels → what they count, and disjoint age groups from overlapping columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.population import AgeBand
from geodata.readers.band_labels import OPEN_AGE, AgeColumn, band_of, describe, merge_bands, plan_bands, read_label

AGES = st.lists(st.integers(1, 98), min_size=1, max_size=8, unique=True).map(sorted)


@pytest.mark.parametrize(
    ("label", "span", "sex"),
    [
        ("　人口（総数）", (0, OPEN_AGE), "both"),
        ("　人口（総数）　男", (0, OPEN_AGE), "male"),
        ("　０～１４歳人口　総数", (0, 15), "both"),
        ("　１５〜６４歳人口　女", (15, 65), "female"),
        ("　６５歳以上人口　総数", (65, OPEN_AGE), "both"),
        ("総数、年齢「不詳」含む", (0, OPEN_AGE), "both"),
        ("男の総数、年齢「不詳」含む", (0, OPEN_AGE), "male"),
        ("総数５～９歳", (5, 10), "both"),
        ("総数１５歳未満", (0, 15), "both"),
        ("0-14歳", (0, 15), "both"),
        ("0歳から", None, ""),
        ("100歳以上", (100, OPEN_AGE), "both"),
        ("男", (0, OPEN_AGE), "male"),
        ("人口総数", (0, OPEN_AGE), "both"),
        ("pop_65_74", (65, 75), "both"),
        ("65 and over", (65, OPEN_AGE), "both"),
        ("Female 75+", (75, OPEN_AGE), "female"),
        ("　外国人人口　総数", None, ""),
        ("　世帯総数", None, ""),
        ("　６５歳以上世帯員のいる一般世帯数", None, ""),
        ("　１５歳以上就業者数　総数", None, ""),
        ("平均年齢", None, ""),
        ("年齢不詳", None, ""),
        ("S_NAME", None, ""),
    ],
)
def test_labels(label, span, sex):
    found = read_label("c", label)
    assert (None if found is None else (found.from_age, found.end_age)) == span
    if found is not None:
        assert found.sex == sex


def test_overlapping_columns_become_the_finest_disjoint_groups():
    spans = {"A": (0, 15), "B": (15, OPEN_AGE), "C": (15, 65), "D": (65, OPEN_AGE), "E": (75, OPEN_AGE)}
    plan = plan_bands([AgeColumn("T", 0, OPEN_AGE), *(AgeColumn(n, *s) for n, s in spans.items())])
    assert [b.band_id for b in plan.bands] == ["0-14", "15-64", "65-74", "75+"]
    assert plan.terms == ((("A", 1),), (("C", 1),), (("D", 1), ("E", -1)), (("E", 1),))
    assert plan.total == ("T",)
    assert not plan.whole
    assert describe(plan, {"D": "　６５歳以上", "E": "E"}).split("; ")[2] == "65–74歳 = D（６５歳以上） − E"


def test_the_total_closes_a_gap_and_then_nobody_is_of_unknown_age():
    plan = plan_bands([AgeColumn("T", 0, OPEN_AGE), AgeColumn("D", 65, OPEN_AGE)])
    assert [b.band_id for b in plan.bands] == ["0-64", "65+"]
    assert plan.terms[0] == (("T", 1), ("D", -1))
    assert plan.whole


def test_men_and_women_are_added_only_where_there_is_no_column_for_both():
    by_sex = [AgeColumn("m", 65, OPEN_AGE, "male"), AgeColumn("f", 65, OPEN_AGE, "female")]
    both = [AgeColumn("T", 0, OPEN_AGE), AgeColumn("young", 0, 65), AgeColumn("young_m", 0, 65, "male")]
    plan = plan_bands([*both, *by_sex])
    assert plan.terms == ((("young", 1),), (("m", 1), ("f", 1)))
    assert plan.columns == ("T", "young", "m", "f")


def test_one_sex_alone_and_nothing_at_all():
    assert plan_bands([AgeColumn("m", 65, OPEN_AGE, "male")]).bands == ()
    assert [b.band_id for b in plan_bands([AgeColumn("T", 0, OPEN_AGE)]).bands] == ["all"]
    assert plan_bands([]).bands == ()


def _counts(edges, people):
    """Return column → span and persons: the total, and every open and closed group that the edges allow."""
    spans = {(a, OPEN_AGE) for a in edges} | set(zip([0, *edges], [*edges, OPEN_AGE], strict=True))
    ages = np.arange(len(people))
    return {span: people[(ages >= span[0]) & (ages < span[1])].sum() for span in sorted(spans)}


@settings(deadline=None, max_examples=40)
@given(AGES, st.lists(st.integers(0, 30), min_size=110, max_size=110), st.data())
def test_groups_sum_to_everybody_whatever_columns_are_left(edges, people, data):
    counts = _counts(edges, np.array(people, dtype=float))
    chain = [(0, edges[0]), *((a, OPEN_AGE) for a in edges)]  # enough to know every age between
    kept = data.draw(st.lists(st.sampled_from(sorted(counts)), unique=True)) + chain
    order = data.draw(st.permutations(sorted(set(kept))))
    columns = {f"{a}_{b}": np.array([counts[(a, b)]]) for a, b in order}
    plan = plan_bands([AgeColumn(f"{a}_{b}", a, b) for a, b in order])
    assert [b.from_age for b in plan.bands] == [0, *edges]
    persons = plan.persons(columns)[0]
    assert persons.tolist() == [counts[s] for s in zip([0, *edges], [*edges, OPEN_AGE], strict=True)]
    assert plan.totals(columns)[0] == sum(people)


def test_finer_groups_are_summed_to_wanted_ones_or_refused():
    bands = tuple(band_of(a, b) for a, b in [(0, 15), (15, 65), (65, 75), (75, OPEN_AGE)])
    persons = np.array([[1.0, 2.0, 4.0, 8.0]])

    def groups(*edges: int) -> list[AgeBand]:
        return [band_of(a, b) for a, b in zip(edges, [*edges[1:], OPEN_AGE], strict=True)]

    assert merge_bands(bands, persons, groups(0, 65)).tolist() == [[3.0, 12.0]]
    assert merge_bands(bands, persons, groups(0, 70)) is None
    assert merge_bands(bands, persons, groups(15, 65)) is None
    assert merge_bands(bands, persons, [band_of(0, 65), band_of(75, OPEN_AGE)]) is None
