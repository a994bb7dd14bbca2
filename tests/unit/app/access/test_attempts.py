"""How often somebody may try: by address and by name, told in words, in bounded memory."""

from __future__ import annotations

import pytest

from app.access.attempts import KEPT, MOST_ADDRESS, MOST_NAME, MOST_PAIR, SPAN_S, Attempts, Count
from tests.guarded import PASSWORD, WRONG


class Clock:
    """Seconds set by hand."""

    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_name_from_an_address_has_a_few_tries_then_waits(clock):
    attempts = Attempts(clock)
    assert [attempts.begin("10.0.0.1", "Hanako") for _ in range(MOST_PAIR)] == [0.0] * MOST_PAIR
    assert attempts.begin("10.0.0.1", "hanako") == SPAN_S
    clock.now += SPAN_S - 1
    assert attempts.begin("10.0.0.1", "hanako") == 1.0
    assert attempts.begin("10.0.0.2", "hanako") == 0.0  # a colleague elsewhere is not locked out
    assert attempts.begin("10.0.0.1", "taro") == 0.0
    clock.now += 1
    assert attempts.begin("10.0.0.1", "hanako") == 0.0


def test_an_address_with_many_names_waits(clock):
    attempts = Attempts(clock)
    waits = [attempts.begin("10.0.0.1", f"name{k}") for k in range(MOST_ADDRESS + 1)]
    assert waits == [0.0] * MOST_ADDRESS + [SPAN_S]


def test_a_name_from_many_addresses_waits(clock):
    attempts = Attempts(clock)
    waits = [attempts.begin(f"10.0.{k}.1", "hanako") for k in range(MOST_NAME + 1)]
    assert waits == [0.0] * MOST_NAME + [SPAN_S]


def test_every_spelling_of_a_name_is_that_name(clock):
    attempts = Attempts(clock)
    spellings = ["taro", "ｔaro", "tａro", "TARO", " taro"]
    assert [attempts.begin("10.0.0.1", one) for one in spellings] == [0.0] * MOST_PAIR
    assert attempts.begin("10.0.0.1", "ｔａｒｏ") == SPAN_S


def test_an_address_of_ipv6_is_its_network(clock):
    attempts = Attempts(clock)
    waits = [attempts.begin(f"2001:db8::{k:x}", "hanako") for k in range(MOST_PAIR + 1)]
    assert waits[-1] == SPAN_S
    assert attempts.begin("2001:db8:0:1::1", "hanako") == 0.0
    mapped = Attempts(clock)
    assert [mapped.begin(f"::ffff:10.0.0.{k}", "x") for k in range(MOST_PAIR + 1)] == [0.0] * (MOST_PAIR + 1)


def test_the_right_password_is_no_failure(clock):
    attempts = Attempts(clock)
    for _ in range(MOST_NAME * 2):
        assert attempts.begin("10.0.0.1", "hanako") == 0.0
        attempts.succeed("10.0.0.1", "hanako")


def test_tries_are_counted_in_bounded_memory(clock):
    count = Count(3, clock)
    for k in range(KEPT * 2):
        count.add(f"{k}")
    assert len(count) == KEPT


def test_the_page_says_how_long_to_wait_even_for_the_right_password(office):
    for _ in range(MOST_PAIR):
        assert office.log_in("hanako", WRONG).status_code == 401
    refused = office.log_in("hanako", PASSWORD)
    assert refused.status_code == 429
    assert "5 分ほど待って" in refused.text
    assert 0 < int(refused.headers["Retry-After"]) <= SPAN_S
    assert office.read("/look").status_code == 401
    assert office.log_in("taro").status_code == 303


def test_who_sits_behind_the_proxy_is_told_apart(office):
    """Else one person's typing errors would lock out everybody behind it."""

    def try_from(address, sender="127.0.0.1"):
        from tests.visits import open_page, token_of

        open_page(office.client)
        form = {"name": "hanako", "password": WRONG, "csrf_token": token_of(office.client)}
        headers = {"X-Forwarded-For": address, "Accept": "text/html"}
        return office.client.post("/login", data=form, headers=headers, environ_base={"REMOTE_ADDR": sender})

    assert [try_from("10.2.0.1").status_code for _ in range(MOST_PAIR + 1)][-1] == 429
    assert try_from("10.2.0.2").status_code == 401
    # but who writes the header himself only makes himself the last of the chain
    forged = [try_from(f"8.8.8.{k}, 10.2.0.3").status_code for k in range(MOST_PAIR + 1)]
    assert forged[-1] == 429
    direct = [try_from(f"8.8.8.{k}", sender="10.2.0.4").status_code for k in range(MOST_PAIR + 1)]
    assert direct[-1] == 429
