"""The page without a browser: layout, routes, headers, callbacks, two apps in one process, a port that is taken."""

from __future__ import annotations

import json
import re
import shutil
import socket
from dataclasses import replace

import numpy as np
import pytest

from app.addresses import UNREACHABLE, geometry_url
from app.factory import create_app
from app.features.compare import cards_view, explanation, views
from app.features.compare.cards import build_cards
from app.features.compare.cards_view import AT_ONCE
from app.features.compare.geometry import collect_layers, extent_of, mark_against
from app.features.compare.paint import build_paint, within
from app.features.compare.steps import start_state
from app.features.compare.tables import columns, district_rows
from app.pages import PAGES
from app.serve import check_free
from app.services import Services
from app.settings import Settings
from app.text import say
from geodata.errors import UsageError
from sim.kpi import KPIS, Judgement
from tests.visits import script_headers

COMPARING = {"Referer": "http://localhost/compare"}


def walk(node):
    if isinstance(node, list):
        for part in node:
            yield from walk(part)
    elif isinstance(node, dict) and "props" in node:
        yield node
        yield from walk(node["props"].get("children"))


def fetch(client, address):
    answer = client.get("/" + address, headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200, address
    return json.loads(answer.data)


def test_runs_stand_in_order_and_know_the_baseline(page_services):
    assert list(page_services.list_runs()) == ["baseline-r5", "new-clinic"]
    assert page_services.baseline.run_id == "baseline-r5"


def test_a_run_of_another_city_is_not_offered(page_settings):
    other = Services(Settings(runs_folder=page_settings.runs_folder))  # the bundled city
    assert other.list_runs() == {}


def test_a_run_that_goes_while_it_is_looked_for_is_left_out_and_forgotten(page_settings, tmp_path, monkeypatch):
    runs = tmp_path / "runs"
    shutil.copytree(page_settings.runs_folder, runs)
    services = Services(page_settings.model_copy(update={"runs_folder": runs}))
    assert list(services.list_runs()) == ["baseline-r5", "new-clinic"]
    listed = services._folders()
    shutil.rmtree(runs / "new-clinic")
    with monkeypatch.context() as patch:
        patch.setattr(services, "_folders", lambda: listed)  # as of the moment before
        assert list(services.list_runs()) == ["baseline-r5"]
    services.list_runs()
    assert [folder.name for folder in services._runs] == ["baseline-r5"]


def test_geometry_is_sent_once_and_kept(client, page_services):
    answer = client.get("/" + geometry_url(page_services.geometry_key), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    again = client.get(
        "/" + geometry_url(page_services.geometry_key), headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    found = fetch(client, geometry_url(page_services.geometry_key))
    assert [f["id"] for f in found["cells"]["features"]] == list(range(page_services.city.population.n_cells))
    assert found["land"]["type"] == "Polygon"  # the squares of the grid are dissolved
    assert len(found["land"]["coordinates"][0]) < 30
    west, south, east, north = found["extent"]
    corners = np.array(found["land"]["coordinates"][0])
    assert [west, south] <= corners.min(axis=0).tolist()
    assert [east, north] >= corners.max(axis=0).tolist()
    assert client.get("/geometry/other").status_code == 404


def test_the_extent_holds_the_whole_city_and_the_stations_beside_it():
    from geodata.hitachi import load_hitachi

    city = load_hitachi()
    west, south, east, north = extent_of(city)
    lonlat = city.population.lonlat
    assert ([west, south] < lonlat.min(axis=0)).all()
    assert ([east, north] > lonlat.max(axis=0)).all()
    at = {str(name): city.timetable.stops.lonlat[k] for k, name in enumerate(city.timetable.stops.name)}
    assert south == at["東海駅"][1]  # outside the city, and drawn: its name needs room beneath
    assert north == at["高萩駅"][1]
    far = city.timetable.stops.lonlat.copy()
    far[list(city.timetable.stops.name).index("東海駅")] = 139.77, 35.68  # a terminal in the capital
    stops = replace(city.timetable.stops, lonlat=far)
    assert extent_of(city.replace(timetable=replace(city.timetable, stops=stops)))[1] > 36.4


def test_values_are_those_of_the_run(client, page_services):
    paint = build_paint(page_services, start_state(page_services, "ja").changed(metric="clinic_nearest_min"))
    for side in ("left", "right"):
        run = page_services.list_runs()[{"left": "baseline-r5", "right": "new-clinic"}[side]]
        got = fetch(client, paint[side]["values"])["values"]
        wanted = run.cells["clinic_nearest_min"].to_numpy()
        assert np.allclose([np.inf if v == UNREACHABLE else v for v in got], wanted, atol=1e-4)
        assert sum(fetch(client, paint[side]["persons"])["values"]) == pytest.approx(run.cells.persons.sum())
    assert client.get("/values/baseline-r5/cell_id").status_code == 404
    assert client.get("/values/none/persons").status_code == 404


def test_a_public_view_hides_cells_with_few_people(page_services, monkeypatch):
    run = page_services.list_runs()["baseline-r5"]
    few = run.cells.copy()
    few.loc[[0, 1, 2], "persons"] = [0.0, 4.0, 10.0]
    monkeypatch.setattr(type(run), "cells", few)
    hidden = page_services.column(run, "clinic_nearest_min", public=True)
    assert np.isnan(hidden[:3]).tolist() == [False, True, False]
    assert not np.isnan(page_services.column(run, "clinic_nearest_min")).any()


def test_layers_mark_what_tells_two_runs_apart():
    def line(change, x):
        geometry = {"type": "LineString", "coordinates": [[x, 0], [x, 1]]}
        return {"type": "Feature", "geometry": geometry, "properties": {"route_id": "r", "change": change}}

    def lines(*features):
        return {"lines": {"type": "FeatureCollection", "features": list(features)}}

    own = lines(line("changed", 0), line("removed", 1), line("added", 2), line("same", 3))
    other = lines(line("changed", 0), line("removed", 1))
    found = mark_against(own, other)["lines"]["features"]
    assert [f["properties"]["change"] for f in found] == ["same", "added", "same"]
    assert [f["properties"]["change"] for f in own["lines"]["features"]] == ["changed", "removed", "added", "same"]
    assert collect_layers({})["places"]["features"] == []


def test_only_the_right_map_is_marked(client, page_services):
    def marks(address, layer):
        return {feature["properties"]["change"] for feature in fetch(client, address)[layer]["features"]}

    state = start_state(page_services, "ja")
    paint = build_paint(page_services, state)
    assert marks(paint["left"]["layers"], "facilities") == {"same"}
    assert marks(paint["right"]["layers"], "facilities") == {"same", "added"}
    swapped = build_paint(page_services, state.changed(left=state.right, right=state.left))
    for side in ("left", "right"):
        for layer in ("lines", "stops", "facilities"):
            assert marks(swapped[side]["layers"], layer) == {"same"}
    assert all(marks(paint[side]["layers"], "lines") == {"same"} for side in ("left", "right"))


@pytest.fixture
def anonymous(page_services, monkeypatch):
    """The run on the right closes clinics nobody may locate: its values are by district."""
    right = page_services.list_runs()["new-clinic"]
    columns = ["clinic_nearest_min", "clinic_nearest_min_older"]
    cells = right.cells.copy()
    for name in columns:
        cells[name] = page_services.column(right, name, by_district=True)
    manifest = {**right.stored.manifest, "district_level": columns}
    made = replace(right, key="anonymous", stored=replace(right.stored, cells=cells, manifest=manifest))
    runs = {**page_services.list_runs(), "new-clinic": made}
    monkeypatch.setattr(page_services, "list_runs", lambda: runs)
    return made


def test_no_cell_is_told_apart_beside_anonymous_closures(client, page_services, anonymous):
    district = page_services.city.population.district
    for group in ("all", "75plus"):
        state = start_state(page_services, "ja").changed(metric="clinic_nearest_min", threshold=30, group=group)
        paint = build_paint(page_services, state)
        assert paint["threshold"] is None
        for side in ("left", "right"):
            got = np.array(fetch(client, paint[side]["values"])["values"], dtype=float)
            assert all(len(np.unique(got[district == k])) == 1 for k in np.unique(district))
    assert "地区ごとの値" in str(views.legend(page_services, state))
    left = page_services.list_runs()["baseline-r5"]
    assert len(np.unique(left.cells["clinic_nearest_min"][district == 0])) > 1
    other = state.changed(metric="shelter_walk_min")
    assert "district=1" not in str(build_paint(page_services, other))
    assert "地区ごとの値" not in str(views.legend(page_services, other))


def test_anonymous_closures_are_served_by_district_without_being_asked(client, page_services, anonymous):
    district = page_services.city.population.district
    got = np.array(fetch(client, "values/new-clinic/clinic_nearest_min?public=0")["values"], dtype=float)
    assert all(len(np.unique(got[district == k])) == 1 for k in np.unique(district))


def test_values_by_district_count_nobody_but_the_kpi_does(page_services, anonymous):
    state = start_state(page_services, "ja").changed(metric="clinic_nearest_min", threshold=30)
    kpi = anonymous.kpi
    row = kpi[(kpi.kpi_id == "clinic_within_30min_share") & (kpi.setting == "default") & (kpi.group == "all")]
    persons, share = within(page_services, anonymous, state)
    assert share == pytest.approx(float(row.value.iloc[0]))
    assert persons == pytest.approx(share * anonymous.cells.persons.sum())
    assert within(page_services, anonymous, state.changed(threshold=15)) is None
    assert "人（" not in str(views.captions(page_services, state.changed(threshold=15)))
    rows = district_rows(page_services, state.changed(tables=True))
    assert all(row["value"] is not None for side in rows for row in side)


def test_cells_can_be_saved(client):
    answer = client.get("/cells/new-clinic/clinics_count.csv?group=all&public=0")
    text = answer.data.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("cell_id,district_id")
    assert "attachment" in answer.headers["Content-Disposition"]
    for wrong in ("none/clinics_count.csv", "new-clinic/none.csv", "new-clinic/clinics_count.csv?group=zz"):
        assert client.get(f"/cells/{wrong}").status_code == 404


def test_cards_compare_and_judge(page_services):
    left, right = page_services.pair("baseline-r5", "new-clinic")
    cards = {c.spec.kpi_id: c for c in build_cards(left, right, left, page_services.city.targets, "all")}
    count = cards["clinics_per_100k"]
    assert count.judgement is Judgement.IMPROVED
    assert count.change > 0
    assert count.companion[2].value == pytest.approx(count.companion[1].value + 1)
    assert cards["transit_coverage_share"].judgement is Judgement.NONE
    assert cards["clinics_per_100k"].split is None  # one and the same year


def test_every_part_of_the_page_can_be_built(page_services):
    for lang in ("ja", "en"):
        start = start_state(page_services, lang)
        for state in (
            start.changed(threshold=30, tables=True),
            start.changed(mode="diff", group="75plus", kpi="clinic_within_30min_share"),
            start.changed(metric="catchment_share", presenting=True, public=True),
        ):
            for build in (cards_view.cards, views.notes, views.captions, views.legend, views.tables, views.orders):
                assert build(page_services, state) is not None
            opened, body = views.explanation(page_services, state)
            assert opened == (state.kpi is not None)
            assert bool(body) == opened


def test_people_within_the_limit(page_services):
    state = start_state(page_services, "ja").changed(threshold=30, metric="clinic_nearest_min")
    run = page_services.list_runs()["baseline-r5"]
    near = run.cells.persons[run.cells.clinic_nearest_min <= 30].sum()
    assert within(page_services, run, state) == pytest.approx((near, near / run.cells.persons.sum()))
    assert within(page_services, run, state.changed(metric="catchment_share")) is None


def test_tables_hold_every_district(page_services):
    state = start_state(page_services, "en").changed(tables=True)
    left, right = district_rows(page_services, state)
    assert [row["district"] for row in left] == ["West", "East"]
    assert sum(row["persons"] for row in left) == pytest.approx(page_services.city.population.total.sum())
    assert right[1]["change"] == pytest.approx(right[1]["value"] - left[1]["value"], abs=0.11)
    assert [c["field"] for c in columns(state, right=True)] == ["district", "persons", "value", "change"]


def test_the_document_speaks_the_language_of_its_address(client):
    assert '<html lang="ja">' in client.get("/").text
    answer = client.get("/?lang=en")
    assert '<html lang="en">' in answer.text
    layout = str(client.get("/_dash-layout", headers=COMPARING).json)  # the cookie of the document goes along
    assert "Side by side" in layout
    assert "並べる" not in layout


def test_a_view_kept_from_when_the_comparison_was_the_first_page_still_opens(client):
    answer = client.get("/?l=baseline-r5&r=new-clinic&lang=en")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/compare?l=baseline-r5&r=new-clinic&lang=en"
    assert client.get("/?lang=en").status_code == 200


def test_every_page_has_its_word_and_says_which_is_open(client):
    for page in PAGES:
        layout = client.get("/_dash-layout", headers={"Referer": f"http://localhost{page.address}"}).json
        links = [part["props"] for part in walk(layout) if part.get("props", {}).get("className") == "nav-link"]
        assert [link["href"].partition("?")[0] for link in links] == [other.address for other in PAGES]
        opened = [link["href"].partition("?")[0] for link in links if link.get("aria-current") == "page"]
        assert opened == [page.address]


def test_nothing_is_loaded_from_elsewhere(client):
    answer = client.get("/")
    assert re.findall(r'(?:src|href)="(?:https?:)?//', answer.text) == []
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert re.findall(r"https?://[^ ;]+", policy) == ["https://cyberjapandata.gsi.go.jp"] * 2
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_without_tiles_the_policy_names_no_host(page_settings, page_services):
    settings = page_settings.model_copy(update={"tiles_url": None})
    answer = create_app(settings, Services(settings)).server.test_client().get("/")
    assert "http" not in answer.headers["Content-Security-Policy"]


def test_two_apps_live_in_one_process(page_settings, page_services, tmp_path):
    empty = Settings(runs_folder=tmp_path / "none", city_folder=page_settings.city_folder)
    first, second = create_app(page_settings, page_services), create_app(empty, Services(empty))
    assert "new-clinic" in first.server.test_client().get("/_dash-layout", headers=COMPARING).text
    other = str(second.server.test_client().get("/_dash-layout", headers=COMPARING).json)
    assert "new-clinic" not in other
    assert "計算結果がありません" in other


def test_a_callback_answers_over_http(client, page_services):
    wiring = json.loads(client.get("/_dash-dependencies").text)
    cards = next(c for c in wiring if "cards-first.children" in c["output"])
    state = start_state(page_services, "ja").model_dump(mode="json")
    body = {
        "output": cards["output"],
        "outputs": [{"id": f"cards-{part}", "property": "children"} for part in ("head", "first")],
        "inputs": [{"id": "state", "property": "data", "value": state}],
        "changedPropIds": ["state.data"],
    }
    answer = client.post("/_dash-update-component", json=body, headers=script_headers(client))
    assert answer.status_code == 200
    assert "人口10万人当たりの一般診療所数" in str(answer.json)


def test_callbacks_keep_no_tables_in_stores(client, page_services):
    paint = build_paint(page_services, start_state(page_services, "ja"))
    assert len(json.dumps(paint)) < 4_000


def test_a_taken_port_is_refused_with_a_remedy():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError) as refused:
            check_free("127.0.0.1", port)
    problem = refused.value.problems[0]
    assert problem.code == "serve.port"
    assert f"--port {port + 1}" in problem.hint.ja


def test_times_of_day_reach_the_page_as_times(client, page_services):
    column, tables = "last_bus_s", start_state(page_services, "ja").changed(metric="last_bus_s", tables=True)
    values = fetch(client, build_paint(page_services, tables)["left"]["values"])["values"]
    stored = page_services.list_runs()["baseline-r5"].cells[column].to_numpy()
    held = [np.nan if v is None else -np.inf if v == -UNREACHABLE else v for v in values]
    np.testing.assert_array_equal(held, stored)
    assert build_paint(page_services, tables)["metric"]["clock"]
    assert {"18:00", "21:00"} <= set(re.findall(r"\d\d:\d\d", str(views.legend(page_services, tables))))
    _, headings, rows, *_ = views.tables(page_services, tables)
    told = [row["value"] for row in rows if row["value"] is not None]
    assert told
    assert all(re.fullmatch(r"\d\d:\d\d", value) for value in told)
    assert next(h for h in headings if h["field"] == "value")["headerName"] == "値"


def test_the_page_comes_with_its_first_cards_and_its_first_order(client):
    layout = client.get("/_dash-layout", headers=COMPARING).text
    assert len(re.findall(r'"className": ?"kpi"', layout)) == AT_ONCE
    assert '"geometry"' in layout


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_title_and_heading_of_each_page_are_its_name_in_the_navigation(client, page, lang):
    name = say(lang, f"nav_{page.key}")
    assert f"<title>{name} – 駅勢 Ekisei</title>" in client.get(f"{page.address}?lang={lang}").text
    layout = client.get("/_dash-layout", headers={"Referer": f"http://localhost{page.address}?lang={lang}"}).json
    headings = [node["props"]["children"] for node in walk(layout) if node["type"] == "H1"]
    assert [heading[-1] for heading in headings] == [name]


def test_what_a_setting_leaves_out_stands_beside_its_value(page_services):
    """Rides without the assumed lines are on the high side (METHODS 11.2): whoever reads the number reads that."""
    row = ("bus_rides_per_citizen", "no_assumed_lines", "all")
    run = page_services.list_runs()["new-clinic"]
    note = "並行する路線からの転換を数えない（多めに出る）"
    index = {key: replace(found, note=note) if key == row else found for key, found in run.rows.items()}
    assert row in index
    for lang, words in (("ja", note), ("en", "on the high side")):
        state = start_state(page_services, lang)
        section = explanation._settings(page_services, KPIS[row[0]], (index, index), run, run, state)
        told = [line for line in str(section).split("Tr(") if words in line]
        assert len(told) == 1
        assert KPIS[row[0]].settings[row[1]].get(lang) in told[0]
