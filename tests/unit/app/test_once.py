"""What a server makes when it is first asked for is made once, however many ask at that moment."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.desk import Desk
from app.features.edit.routes import board_of
from app.once import once


def test_of_many_who_ask_at_once_one_has_it_made():
    made = []

    class Holder:
        @once
        def slow(self):
            """Take a while."""
            time.sleep(0.05)
            made.append(self)
            return object()

    one, other = Holder(), Holder()
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: one.slow, range(16)))
    assert found == {one.slow}
    assert other.slow is not one.slow
    assert made == [one, other]
    one.slow = "set by hand"
    assert one.slow == "set by hand"
    assert Holder.slow.__doc__ == "Take a while."


def test_what_fails_is_tried_again():
    class Holder:
        tries = 0

        @once
        def value(self):
            self.tries += 1
            return 1 // (self.tries - 1)

    holder = Holder()
    with pytest.raises(ZeroDivisionError):
        holder.value  # noqa: B018 - asked for
    assert holder.value == 1


@pytest.mark.parametrize("part", ["jobs", "drafts", "engine"])
def test_a_desk_has_one_of_each(page_settings, page_services, tmp_path, part):
    desk = Desk(page_settings.model_copy(update={"home_folder": tmp_path}), page_services)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: id(getattr(desk, part)), range(8)))) == 1
        assert len({id(one) for one in pool.map(lambda _: board_of(desk), range(8))}) == 1
