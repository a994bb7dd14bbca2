"""Small groups are withheld, and cannot be worked out from the total and the groups shown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.small_numbers import withheld


@pytest.mark.parametrize(
    ("persons", "hidden"),
    [
        ([100, 20, 30], []),
        ([100, 20, 0], []),
        ([100, 4, 30, 0], [1, 2]),
        ([100, 4, 30, 9], [1, 3]),
        ([4, 0], [0]),
        ([10, 9.99, 11], [0, 1]),
    ],
)
def test_one_small_group_takes_the_next_with_it(persons, hidden):
    assert np.flatnonzero(withheld(np.array(persons, float), 10)).tolist() == hidden


def test_nothing_is_withheld_where_no_limit_is_set():
    assert not withheld(np.array([1.0, 50.0]), 0).any()


@given(st.lists(st.integers(0, 60), min_size=2, max_size=8), st.integers(1, 30))
def test_no_group_follows_from_the_total(persons, least):
    count = np.array(persons, float)
    hidden = withheld(count, least)
    assert not (~hidden & (count > 0) & (count < least)).any(), "a small group is shown"
    shows_any = (~hidden & (count > 0)).any()
    assert hidden.sum() != 1 or not shows_any, "total minus the others is the small group"
