"""What takes seconds is done one at a time, and never takes the threads that phones and pages need."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.access.refusals import RefusedError
from app.desk import Desk
from app.factory import create_app
from app.features.reports import routes as reports
from app.features.sources import checking
from app.features.sources.ids import CHECK
from app.turnstile import Turnstile
from tests.visits import open_page, script_headers

PATIENCE_S = 30


def test_one_is_in_few_wait_and_the_others_are_told():
    stile = Turnstile(most_waiting=2)
    is_in, may_go = threading.Event(), threading.Event()
    together: list[int] = []
    inside: list[int] = []

    def enter(number: int) -> str:
        try:
            with stile.turn():
                inside.append(number)
                together.append(len(inside))
                is_in.set()
                assert may_go.wait(PATIENCE_S)
                inside.remove(number)
        except RefusedError:
            return "refused"
        return "done"

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(enter, 0)
        assert is_in.wait(PATIENCE_S)
        others = [pool.submit(enter, number) for number in range(1, 8)]
        while sum(one.done() for one in others) < 5:
            threading.Event().wait(0.01)  # until all but the two that wait have been told
        may_go.set()
        found = [one.result(PATIENCE_S) for one in (first, *others)]
    assert sorted(found) == ["done"] * 3 + ["refused"] * 5
    assert max(together) == 1
    with stile.turn():
        pass  # who failed and who was refused left no trace


def test_a_turn_that_fails_is_over():
    stile = Turnstile(most_waiting=0)
    with pytest.raises(ValueError, match="no"), stile.turn():
        raise ValueError("no")
    with stile.turn(), pytest.raises(RefusedError), stile.turn():
        pass


def test_reports_and_checks_are_refused_in_words_while_too_many_wait(page_settings, page_services, monkeypatch):
    full = Turnstile(most_waiting=0)
    monkeypatch.setattr(reports, "_MAKING", full)
    monkeypatch.setattr(checking, "_ONE_AT_A_TIME", full)
    client = create_app(page_settings, page_services, Desk(page_settings, page_services)).server.test_client()
    open_page(client, "/")
    with full.turn():
        told = client.get("/report/new-clinic/summary.pdf", headers={"Accept": "text/html"})
        sent = client.post(CHECK, data={}, headers=script_headers(client))
    for answer in (told, sent):
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) >= 30
    assert "順番待ち" in told.text
    assert "順番待ち" in sent.json["error"]
