"""便利になる人 / 不便になる人 on the comparison: cells, counts and legend are those of the tables of winners."""

from __future__ import annotations

import json

import numpy as np
import pytest

from app.features.compare import views
from app.features.compare.paint import build_paint
from app.features.compare.steps import from_address, start_state
from app.features.compare.winners_view import COLORS, ORDER, find, verdict_values, winners_body
from geodata.errors import Text, UsageError, error
from scenarios.winner_kinds import BETTER, SAME
from scenarios.winner_tables import winner_table
from tests.unit.app.test_place import texts


@pytest.fixture
def state(page_services):
    return start_state(page_services, "ja").changed(mode="winners")


def test_the_map_shows_what_befalls_most_people_of_a_cell(client, page_services, state):
    left, right = page_services.pair(state.left, state.right)
    values = verdict_values(page_services, left, right, "clinic", public=False)
    sooner = left.cells.clinic_nearest_min.to_numpy() - right.cells.clinic_nearest_min.to_numpy()
    better = values == ORDER.index(BETTER)
    assert better.any()
    assert (sooner[better] >= 4.9).all()
    assert (values[np.abs(sooner) < 1] == ORDER.index(SAME)).all()
    order = build_paint(page_services, state)["winners"]
    answer = client.get("/" + order["values"].replace("aim=any", "aim=clinic"), headers={"Accept-Encoding": "identity"})
    assert json.loads(answer.data)["values"] == values.tolist()
    assert len(order["scale"]["colors"]) == len(COLORS) == len(order["names"]) == len(ORDER)
    for bad in ("winners/none/new-clinic?aim=any", "winners/baseline-r5/new-clinic?aim=moon"):
        assert client.get("/" + bad).status_code == 404


def test_the_panel_counts_the_people_of_the_table(page_services, state):
    told = texts(winners_body(page_services, state))
    found = find(page_services, *page_services.pair(state.left, state.right))
    table = winner_table(found)
    whole = table[table.destination == "any"].iloc[0]
    assert f"{whole.better:,.0f}人" in "".join(told)
    assert "東地区" in told
    assert told.index("東地区") < told.index("西地区")  # the clinic is new there
    assert "75歳以上" in told
    assert winners_body(page_services, state.changed(mode="side")) == []
    english = "".join(texts(winners_body(page_services, state.changed(lang="en", aim="clinic"))))
    assert "better off" in english
    assert not set(english) & set("のをはがに")


def test_small_groups_are_hidden_from_the_public(page_services, state, monkeypatch):
    from app.features.compare import winners_view

    def few(found, by="all", *, public=False):
        table = winner_table(found, by, public=public)
        if by == "district":
            table.loc[table.index[:1], "hidden"] = True
        return table

    monkeypatch.setattr(winners_view, "winner_table", few)
    assert "秘匿" in texts(winners_body(page_services, state.changed(public=True)))


def test_the_legend_tells_signs_and_not_only_colours(page_services, state):
    told = texts(views.legend(page_services, state))
    assert [word for word in told if word in ("▼", "＝", "▲", "◆")] == ["▼", "＝", "▲", "◆"]
    assert "便利になる" in told
    assert "with-winners" in views.shell_class(page_services, state)
    assert views.captions(page_services, state)[0] == []


def test_runs_that_cannot_be_compared_are_told(client, page_services, state, monkeypatch):
    from scenarios import winners

    def refuse(*_, **__):
        raise UsageError(error("x", "y", Text("比べられません", "cannot be compared")))

    monkeypatch.setattr(winners, "find_winners", refuse)
    monkeypatch.setattr(page_services, "kept", lambda _, find: find())
    assert "比べられません" in "".join(texts(winners_body(page_services, state)))
    assert client.get("/winners/baseline-r5/new-clinic?aim=any").status_code == 404


def test_the_address_brings_the_destination_back(page_services, state):
    found = from_address(page_services, "?" + state.changed(aim="office").to_query())
    assert (found.mode, found.aim) == ("winners", "office")
