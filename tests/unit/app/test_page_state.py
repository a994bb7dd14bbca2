"""The state of the view: written to the address, read back, moved by controls, buttons and keys."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.features.compare import views
from app.features.compare.controls import run_options
from app.features.compare.ids import Id
from app.features.compare.metrics import DEFAULT_METRIC, list_metrics
from app.features.compare.paint import build_paint
from app.features.compare.state import ViewState
from app.features.compare.steps import (
    changed_by_control,
    changed_by_event,
    from_address,
    start_state,
    stepped,
    to_controls,
)
from app.features.compare.tables import district_rows
from app.features.compare.telling import change_of, telling_metric

START = ViewState(left="a", right="b", metric="persons")

states = st.builds(
    ViewState,
    left=st.sampled_from(["baseline-r5", "x_1", "a-b"]),
    right=st.sampled_from(["trend-r11", "z"]),
    third=st.none() | st.just("brt-extend-hitachi"),
    fourth=st.none() | st.just("x-2"),
    metric=st.sampled_from(["persons", "clinic_nearest_min"]),
    group=st.sampled_from(["all", "65plus", "75plus"]),
    threshold=st.none() | st.integers(1, 600),
    mode=st.sampled_from(["side", "swipe", "diff", "winners"]),
    swipe=st.integers(0, 100),
    tiles=st.booleans(),
    tables=st.booleans(),
    public=st.booleans(),
    presenting=st.booleans(),
    kpi=st.none() | st.just("clinics_per_100k"),
    place=st.none() | st.just("c0001"),
    bands=st.booleans(),
    window=st.sampled_from(["own", "morning", "evening"]),
    percentile=st.sampled_from([None, 25, 50, 75, 90]),
    goal=st.sampled_from(["clinic", "office"]),
    depart=st.sampled_from([None, "07:30", "23:59"]),
    camera=st.none() | st.tuples(*[st.floats(-100, 100).map(lambda v: round(v, 4))] * 3),
    lang=st.sampled_from(["ja", "en"]),
)


@given(states)
def test_an_address_brings_the_view_back(state):
    assert ViewState.from_query("?" + state.to_query(), START) == state


def test_an_address_nobody_can_read_shows_the_start():
    assert ViewState.from_query("?v=sideways&s=900&t=x&c=1,2&g=children&lang=fr&zz=1", START) == START


def test_unknown_runs_metrics_and_kpis_fall_back(page_services):
    start = start_state(page_services, "ja")
    assert (start.left, start.right) == ("baseline-r5", "new-clinic")
    found = from_address(page_services, "?l=gone&r=gone&m=cell_id&k=nothing&v=diff")
    assert found == start.changed(mode="diff", missing="gone")
    assert "gone" in str(views.legend(page_services, found))
    assert "missing" not in found.to_query()
    assert from_address(page_services, "?l=baseline-r5").missing == ""


def test_the_map_that_opens_is_one_that_changes(page_services):
    start = start_state(page_services, "ja")
    left, right = page_services.pair(start.left, start.right)
    changes = {name: change_of(page_services, left, right, name) for name in list_metrics()}
    clinics = {name: change for name, change in changes.items() if name.startswith("clinic")}
    assert changes[start.metric] == max(clinics.values()) > 0
    assert from_address(page_services, "?r=new-clinic").metric == start.metric
    assert from_address(page_services, "?m=shelter_walk_min").metric == "shelter_walk_min"
    same = telling_metric(page_services, start.left, start.left)
    assert same == DEFAULT_METRIC


def test_tables_are_always_in_the_address():
    assert "tab=0" in START.to_query()
    assert "tab=1" in START.changed(tables=True).to_query()


def test_the_page_is_built_for_its_address(client):
    found = {
        c.get("id"): c
        for c in _components(client, "http://localhost/compare?l=new-clinic&m=persons&tab=1")
        if isinstance(c.get("id"), str)
    }
    assert found["tables"]["checked"] is True
    assert found["left"]["value"] == "new-clinic"
    assert found["metric"]["value"] == "persons"


def _components(client, page):
    def walk(node):
        if isinstance(node, list):
            for part in node:
                yield from walk(part)
        elif isinstance(node, dict) and "props" in node:
            yield node["props"]
            yield from walk(node["props"].get("children"))

    return list(walk(client.get("/_dash-layout", headers={"Referer": page}).json))


def test_scenarios_of_one_title_are_told_apart(page_services):
    runs = page_services.list_runs()
    twin = replace(runs["new-clinic"], run_id="twin")
    labels = {o["value"]: o["label"] for o in run_options({**runs, "twin": twin}, "ja")}
    assert labels["twin"] == "診療所の新設（twin）"
    assert labels["new-clinic"] == "診療所の新設（new-clinic）"
    assert labels["baseline-r5"] == runs["baseline-r5"].title.ja


def test_controls_and_state_agree(page_services):
    state = start_state(page_services, "ja").changed(threshold=30)
    controls = to_controls(state, dict.fromkeys(["left", "right", "metric", "threshold", "mode"]))
    assert controls["threshold"] == "30"
    assert changed_by_control(page_services, state, controls) == state
    moved = changed_by_control(page_services, state, {**controls, "mode": "diff", "threshold": ""})
    assert (moved.mode, moved.threshold) == ("diff", None)


def test_buttons(page_services):
    state = start_state(page_services, "ja")
    swapped = changed_by_event(page_services, state, Id.SWAP, {})
    assert (swapped.left, swapped.right) == (state.right, state.left)
    opened = changed_by_event(page_services, state, Id.ASKED, {Id.ASKED: {"kpi": "clinics_count"}})
    assert opened.kpi == "clinics_count"
    assert changed_by_event(page_services, state, Id.ASKED, {Id.ASKED: {"kpi": "nothing"}}) == state
    assert changed_by_event(page_services, opened, Id.CLOSED, {}).kpi is None
    assert changed_by_event(page_services, state, Id.MODE, {}) is None


def test_presenting_hides_small_numbers_and_ends(page_services):
    state = start_state(page_services, "ja")
    shown = changed_by_event(page_services, state, Id.PRESENT, {Id.PRESENT: 1})
    assert shown.presenting
    assert shown.public
    assert stepped(page_services, shown, "next").right == "new-clinic"  # the only one beside the left
    explained = shown.changed(kpi="clinics_count")
    assert stepped(page_services, explained, "end") == shown  # the first Esc closes the explanation
    assert stepped(page_services, shown, "end") == state


def test_maps_beside_the_pair_are_kept_without_a_gap(page_services):
    found = from_address(page_services, "?l=baseline-r5&r=new-clinic&l4=new-clinic")
    assert (found.third, found.fourth) == ("new-clinic", None)
    assert list(found.sides) == ["left", "right", "third"]
    gone = from_address(page_services, "?l=baseline-r5&r=new-clinic&l3=gone&l4=baseline-r5")
    assert (gone.third, gone.missing) == ("baseline-r5", "gone")


def test_modes_that_tell_of_a_pair_show_the_pair(page_services):
    state = from_address(page_services, "?l=baseline-r5&r=new-clinic&l3=new-clinic&v=swipe")
    assert list(state.sides) == ["left", "right"]
    assert "並べる" in str(views.legend(page_services, state))
    assert list(state.changed(mode="side").sides) == ["left", "right", "third"]


def test_whoever_adds_a_map_sees_it(page_services):
    state = from_address(page_services, "?l=baseline-r5&r=new-clinic&v=diff")
    controls = {"mode": "diff", "third": "new-clinic", "fourth": ""}
    added = changed_by_control(page_services, state, controls)
    assert (added.third, added.mode) == ("new-clinic", "side")
    back = changed_by_control(page_services, added, {"mode": "swipe", "third": "new-clinic", "fourth": ""})
    assert (back.third, back.mode) == ("new-clinic", "swipe")
    assert changed_by_control(page_services, back, {"mode": "swipe", "third": "", "fourth": ""}).third is None
    assert to_controls(back, {"third": "", "fourth": "new-clinic"}) == {"third": "new-clinic", "fourth": ""}


def test_each_map_has_its_order_caption_and_columns(page_services):
    state = from_address(page_services, "?l=baseline-r5&r=new-clinic&l3=new-clinic&m=clinic_nearest_min&tab=1")
    order = build_paint(page_services, state)
    assert order["sides"] == ["left", "right", "third"]
    assert order["third"]["values"] == order["right"]["values"] != order["left"]["values"]
    assert [bool(caption) for caption in views.captions(page_services, state)] == [True, True, True, False]
    title, _, _, columns, rows = views.tables(page_services, state)
    assert "左から" in title
    assert [len(group["children"]) for group in columns[1:]] == [2, 3, 3]
    fields = {child["field"] for group in columns[1:] for child in group["children"]} | {"district"}
    pair = district_rows(page_services, state.changed(third=None))
    for n, row in enumerate(rows):
        assert fields <= row.keys()
        assert row["value_third"] == row["value_right"] == pair[1][n]["value"]
        assert row["change_third"] == pair[1][n]["change"]
        assert row["value_left"] == pair[0][n]["value"]
