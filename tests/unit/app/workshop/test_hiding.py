"""No group of few persons can be read off, nor worked out by subtraction."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.workshop.errors import Refusal
from app.features.workshop.hiding import shown_groups, shown_pairs, told_of
from app.features.workshop.limits import SHARE, Pace
from app.features.workshop.wording import clean_line, clean_text

NAMES = st.sampled_from(["a", "b", "c", "d", ""])


def test_groups_below_ten_are_hidden_together_with_one_that_would_tell_them():
    assert shown_groups({"a": 12, "b": 11, "c": 3}, 10) == {"a"}  # b is hidden too: total − a − b would tell c
    assert shown_groups({"a": 12, "b": 6, "c": 5}, 10) == {"a"}
    assert shown_groups({"a": 12, "b": 10}, 10) == {"a", "b"}
    assert shown_groups({"a": 4}, 10) == set()
    assert shown_groups({"a": 12, "b": 0}, 10) == {"a", "b"}


@given(st.dictionaries(NAMES, st.integers(0, 40)), st.integers(2, 12))
def test_what_is_hidden_is_nobody_or_enough(persons, least):
    shown = shown_groups(persons, least)
    assert all(count == 0 or count >= least for group, count in persons.items() if group in shown)
    hidden = sum(count for group, count in persons.items() if group not in shown)
    assert hidden == 0 or hidden >= least or not any(persons[group] for group in shown)


@given(st.lists(st.tuples(NAMES, NAMES), max_size=80), st.integers(2, 12))
def test_no_line_of_the_table_gives_a_small_cell_away(people, least):
    both = Counter(people)
    rows = shown_groups(Counter(row for row, _ in people), least)
    columns = shown_groups(Counter(column for _, column in people), least)
    shown = shown_pairs(both, rows, columns, least)
    assert all(both[pair] >= least for pair in shown)
    for way, names in ((0, rows), (1, columns)):
        for name in names:
            line = {pair: count for pair, count in both.items() if pair[way] == name}
            hidden = sum(count for pair, count in line.items() if pair not in shown)
            assert hidden == 0 or hidden >= least or not shown & line.keys()


def test_beside_a_voice_stands_only_what_many_share():
    shown = ({"75+"}, {"east"}, {("75+", "east")})
    assert told_of("75+", "east", shown) == ("75+", "east")
    assert told_of("75+", "west", shown) == ("75+", "")
    assert told_of("u20", "east", shown) == ("", "east")
    assert told_of("u20", "west", shown) == ("", "")
    assert told_of("75+", "east", ({"75+"}, {"east"}, set())) == ("", "east")


def test_phones_that_send_too_fast_wait_and_lose_nothing():
    moment = [100.0]
    pace = Pace(by_phone=3, by_all=5, clock=lambda: moment[0])
    pace.take("w", "a", 2)
    with pytest.raises(Refusal, match="busy") as refused:
        pace.take("w", "a", 2)
    assert refused.value.wait_s == 60
    pace.take("w", "a", 1)  # what did not fit was not counted
    pace.take("w", "b", 2)
    with pytest.raises(Refusal, match="busy"):
        pace.take("w", "c", 1)  # all together
    pace.take("other", "c", 3)
    moment[0] += 60
    pace.take("w", "a", 3)


def test_who_takes_part_is_not_crowded_out_by_phones_made_up():
    moment = [100.0]
    pace = Pace(by_phone=30, by_all=50, clock=lambda: moment[0])
    for number in range(50):
        pace.take("w", f"made-up-{number}", 1)
    with pytest.raises(Refusal, match="busy"):
        pace.take("w", "newcomer", 1)
    pace.take("w", "known", SHARE, is_known=True)
    with pytest.raises(Refusal, match="busy"):
        pace.take("w", "known", 1, is_known=True)  # more than its share waits like all others


def test_a_hall_behind_one_address_may_begin_at_once_but_nobody_fills_the_list():
    moment = [100.0]
    pace = Pace(clock=lambda: moment[0])
    for _ in range(60):
        pace.begin("w", "192.0.2.7")
    with pytest.raises(Refusal, match="busy") as refused:
        pace.begin("w", "192.0.2.7")
    assert refused.value.wait_s == 60
    pace.begin("w", "192.0.2.8")
    pace.begin("other", "192.0.2.7")
    for _ in range(4):
        moment[0] += 60
        for _ in range(60):
            pace.begin("w", "192.0.2.7")
    moment[0] += 60
    with pytest.raises(Refusal, match="busy") as refused:
        pace.begin("w", "192.0.2.7")
    assert refused.value.wait_s > 3_000


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202eabc\u202c", "abc"),
        ("a\u200b\u200c\u2060\ufeffb", "ab"),
        ("x\x00\x07y", "xy"),
        ("か\u3099", "が"),
        ("一\r\n\n\n\n二  三\t四 ", "一\n\n二 三 四"),
        ("\ud800z\ue000", "z"),
        ("葛\U000e0100城", "葛\U000e0100城"),  # which form of a character is meant stays
    ],
)
def test_text_is_what_can_be_seen(typed, kept):
    assert clean_text(typed) == kept


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text):
    once = clean_text(text)
    assert clean_text(once) == once
    assert "\n" not in clean_line(text)
    once.encode()  # no half characters: a database takes it
