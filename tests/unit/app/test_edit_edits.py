"""Edits of a scenario: what each tool makes is accepted, changes the city, and can be opened again in its form."""

from __future__ import annotations

import pytest

from app.features.edit import edits, spots
from app.features.edit.places import Places
from app.features.edit.reading_back import form_of
from app.features.edit.shaping import SHAPES
from app.features.edit.state import EditState, opened
from app.features.edit.tools import TOOLS
from app.features.edit.wording import sign_of, summary, type_word
from geodata.errors import ScenarioError
from geodata.synthetic import grid_city
from scenarios.apply import apply_scenario
from scenarios.drafts import DraftFolder
from scenarios.modifications import TYPE_ORDER
from scenarios.modifications.base import Bilingual


@pytest.fixture(scope="module")
def city():
    return grid_city()


@pytest.fixture(scope="module")
def places(city):
    return Places(city)


@pytest.fixture
def drafts(tmp_path):
    return DraftFolder(tmp_path)


@pytest.fixture
def content():
    return {
        "schema": "ekisei-scenario/1",
        "id": "own",
        "title": {"ja": "例", "en": "Example"},
        "description": {"ja": "例", "en": "Example"},
        "extends": "baseline-r5",
        "compare_to": "baseline-r5",
        "year": 2023,
        "plan_status": "hypothetical",
        "modifications": [],
    }


@pytest.fixture(scope="module")
def filled(city, places):
    """Tool → (fields, places) that make a change of the grid city."""
    stops = city.timetable.stops
    routes = city.timetable.routes.route_id
    route = str(routes[0])
    join = next(o for g in places.joins("ja") for o in g["items"] if o["value"].startswith(f"{route}|"))["value"]
    people = city.population.lonlat
    low, high = people.min(axis=0), people.max(axis=0)

    def at(east, north):
        return {"lat": float(low[1] + (high[1] - low[1]) * north), "lon": float(low[0] + (high[0] - low[0]) * east)}

    stop = places.with_position({"stop": str(stops.stop_id[0])}, "ja")
    middle = int(city.timetable.patterns.stops_of(0)[1])
    district = str(city.population.district_id[0])
    times = {"start": "07:00", "end": "19:00", "days": ["weekday"]}
    return {
        "extend": ({"join": join, "back": None, "speed_kmh": 22}, [at(0.2, 0.3), at(0.5, 0.4), at(0.9, 0.9)]),
        "line": (
            {"name": "新線", "route_class": "bus", "headway_min": 20, "speed_kmh": 20, **times},
            [stop, at(0.5, 0.4)],
        ),
        "frequency": ({"routes": [route], "headway_min": None, "scale_percent": 50, **times}, []),
        "remove_stops": ({"routes": [route]}, [{"stop": str(stops.stop_id[middle]), "lat": 0, "lon": 0}]),
        "hub": ({"name": "ハブ", "radius_m": 300, "min_transfer_time_min": 2}, [stop]),
        "area": (
            {
                "name": "区域",
                "districts": [],
                "to": ["anywhere"],
                "vehicles": 2,
                "seats": 8,
                "max_wait_min": 30,
                **times,
            },
            [at(0.1, 0.1), at(0.9, 0.1), at(0.9, 0.9), at(0.1, 0.9)],
        ),
        "visit": (
            {"plan": "", "name": "集会所", "weekday": "tue", "weeks": ["1", "3"], "start": "10:00", "end": "12:00"},
            [at(0.5, 0.5)],
        ),
        "open": ({"name": "診療所", "category": "clinic"}, [at(0.5, 0.5)]),
        "close": ({"category": "clinic", "count": 1, "districts": []}, []),
        "relocate": (
            {"category": "clinic", "districts": [str(d) for d in city.population.district_id], "name": "新"},
            [at(0.5, 0.5)],
        ),
        "homes": ({"name": "団地", "dwellings": 100, "radius_m": 300, "from_city_percent": 50}, [at(0.5, 0.5)]),
        "people": ({"districts": [district], "scale_percent": 110}, []),
    }


def test_every_tool_has_a_shape():
    assert set(TOOLS) == set(SHAPES)


@pytest.mark.parametrize("key", TOOLS)
def test_what_a_tool_makes_changes_the_city_and_opens_again(key, city, places, drafts, content, filled):
    values, chosen = filled[key]
    made, ids = edits.use_tool(content, key, values, chosen)
    assert content["modifications"] == []  # the scenario before is left as it was
    scenario = drafts.scenario(made)
    applied = apply_scenario(city, scenario)
    assert {change.modification_id for change in applied.changes} & set(ids) or applied.closures or key == "people"
    assert applied.city.layer_digests() != city.layer_digests()
    mod = made["modifications"][0]
    form = form_of(mod, "ja")
    if key in ("visit", "relocate"):
        assert form is None or form.tool == "close"  # told by several, or by a part of a plan: as text
        return
    assert form is not None
    assert form.tool == key
    again = [places.with_position(spot, "ja") for spot in form.spots]
    once_more, same = edits.use_tool(made, key, form.values, again, instead=ids[0])
    assert same == ids
    assert once_more == made


def test_a_form_that_says_less_than_the_file_is_not_offered():
    mod = {"id": "x", "type": "add-hub", "name": "H", "at_stop": "A", "components": ["waiting_room"]}
    assert form_of(mod, "ja") is None
    assert form_of({"id": "x", "type": "adjust-fare"}, "ja") is None
    assert form_of({"id": "x", "type": "reroute", "routes": ["a", "b"]}, "ja") is None


def test_a_stop_to_come_back_to_makes_a_detour(city, places, content, drafts):
    group = next(g for g in places.joins("ja") if len(g["items"]) > 2)
    first, second = (o["value"] for o in group["items"][:2])
    middle = city.population.lonlat.mean(axis=0)
    spot = {"lat": float(middle[1]), "lon": float(middle[0])}
    made, _ = edits.use_tool(content, "extend", {"join": first, "back": second, "speed_kmh": 20}, [spot])
    mod = made["modifications"][0]
    assert mod["to_stop"] == second.partition("|")[2]
    assert apply_scenario(city, drafts.scenario(made)).city is not city
    with pytest.raises(ScenarioError) as told:
        edits.use_tool(content, "extend", {"join": first, "back": "other|A", "speed_kmh": 20}, [spot])
    assert told.value.problems[0].where == "back"


@pytest.mark.parametrize(
    ("key", "values", "chosen", "where"),
    [
        ("hub", {"name": "", "radius_m": 100}, [{"lat": 0, "lon": 0}], "name"),
        ("hub", {"name": "H", "radius_m": 100}, [], "spots"),
        ("frequency", {"routes": ["A"], "start": "6:00", "end": "9:00", "days": ["weekday"]}, [], "headway_min"),
        ("remove_stops", {"routes": ["A"]}, [{"lat": 1, "lon": 1}], "spots"),
    ],
)
def test_a_form_that_lacks_something_is_refused_at_its_field(key, values, chosen, where, content):
    with pytest.raises(ScenarioError) as told:
        edits.use_tool(content, key, values, chosen)
    assert told.value.problems[0].where == where
    assert told.value.problems[0].hint.ja


def test_what_the_language_refuses_is_told_with_its_place(content, drafts, filled):
    values, chosen = filled["hub"]
    made, _ = edits.use_tool(content, "hub", {**values, "radius_m": 90_000}, chosen)
    with pytest.raises(ScenarioError) as told:
        edits.checked(made, drafts)
    assert "modifications[0].radius_m" in told.value.problems[0].where
    assert list(edits.problems_by_modification(made, told.value.problems)) == ["new-hub-1"]
    elsewhere = {**made, "id": "another"}
    assert list(edits.problems_by_modification(elsewhere, told.value.problems)) == [""]  # of a parent, not of this file


def test_ids_are_never_taken_twice(content, filled):
    values, chosen = filled["hub"]
    one, first = edits.use_tool(content, "hub", values, chosen, taken=["new-hub-1"])
    two, second = edits.use_tool(one, "hub", values, chosen, taken=["new-hub-1"])
    assert first + second == ["new-hub-2", "new-hub-3"]
    assert len(two["modifications"]) == 2


def test_a_change_keeps_what_no_form_shows(content, filled):
    values, chosen = filled["hub"]
    made, (mod_id,) = edits.use_tool(content, "hub", values, chosen)
    off = edits.switch(made, mod_id, on=False)
    off["modifications"][0]["source"] = {"ja": "市の資料", "en": "city paper"}
    again, _ = edits.use_tool(off, "hub", {**values, "radius_m": 99}, chosen, instead=mod_id)
    assert again["modifications"][0] | {"radius_m": 300} == off["modifications"][0] | {"radius_m": 300}
    assert again["modifications"][0]["radius_m"] == 99


def test_a_visit_joins_the_plan_that_is_there(content, filled, drafts, city):
    values, chosen = filled["visit"]
    made, (plan,) = edits.use_tool(content, "visit", values, chosen)
    more, ids = edits.use_tool(made, "visit", {**values, "plan": plan, "weekday": "wed"}, chosen)
    assert ids == [plan]
    assert len(more["modifications"]) == 1
    (office,) = apply_scenario(city, drafts.scenario(more)).city.mobile_offices
    assert len(office.places) == 2


def test_off_and_on_and_delete(content, filled, drafts, city):
    made, (mod_id,) = edits.use_tool(content, "homes", *filled["homes"])
    off = edits.switch(made, mod_id, on=False)
    assert off["modifications"][0]["enabled"] is False
    assert apply_scenario(city, drafts.scenario(off)).changes == ()
    assert edits.switch(off, mod_id, on=True) == made
    assert edits.delete(made, mod_id) == content


def test_what_has_a_place_can_be_moved(content, filled, drafts, city):
    made, (homes,) = edits.use_tool(content, "homes", *filled["homes"])
    made, (line,) = edits.use_tool(made, "line", *filled["line"])
    made, (office,) = edits.use_tool(made, "visit", *filled["visit"])
    found = {(h["mod"], h["path"]) for h in edits.handles(made)}
    assert found == {(homes, "where.location"), (line, "stops[1]"), (office, "stops[0].location")}
    people = city.population.lonlat
    to = tuple(people[0].tolist())
    for mod_id, path in found:
        made = edits.move(made, mod_id, path, to)
    assert {(round(h["lon"], 5), round(h["lat"], 5)) for h in edits.handles(made)} == {
        (round(to[0], 5), round(to[1], 5))
    }
    drafts.scenario(made)
    with pytest.raises(ScenarioError):
        edits.move(made, line, "stops[9]", to)


def test_a_change_as_text(content, filled, drafts):
    made, (mod_id,) = edits.use_tool(content, "hub", *filled["hub"])
    text = edits.text_of(made, mod_id)
    assert edits.write_text(made, mod_id, text) == made
    wider = edits.write_text(made, mod_id, text.replace("radius_m: 300", "radius_m: 450"))
    assert wider["modifications"][0]["radius_m"] == 450
    with pytest.raises(ScenarioError) as told:
        edits.checked(edits.write_text(made, mod_id, text.replace("radius_m", "radius")), drafts)
    assert "radius_m" in told.value.problems[0].hint.ja  # the nearest key
    with pytest.raises(ScenarioError):
        edits.write_text(made, mod_id, "- just a list")


def test_no_real_clinic_can_be_closed_by_name(city, places, content, drafts, filled):
    made, _ = edits.use_tool(content, "close", *filled["close"])
    assert "ids" not in made["modifications"][0]
    moved, ids = edits.use_tool(content, "relocate", *filled["relocate"])
    applied = apply_scenario(city, drafts.scenario(moved))
    assert len(ids) == 2
    assert sum(closure.count for closure in applied.closures) == 1
    words = " ".join(summary(mod, places, "ja") for mod in moved["modifications"])
    medical = [name for name, kind in zip(city.facilities.name, city.facilities.kind, strict=True) if kind == "clinic"]
    assert medical
    assert not any(str(name) in words for name in medical)


def test_undo_and_redo(content, filled):
    start = opened(content, None)
    made, _ = edits.use_tool(content, "hub", *filled["hub"])
    one = start.stepped(made, ("足した", "added"))
    assert one.stepped(made, ("何も", "nothing")) is one
    assert one.undone().content == content
    assert one.undone().redone().content == made
    assert one.undone().future[0].did == ("足した", "added")
    assert one.undone().undone().content == content
    other = one.undone().stepped({**content, "year": 2029}, ("年", "year"))
    assert other.redone() is other  # a new step ends what could be redone
    assert EditState.model_validate(other.model_dump(mode="json")) == other
    assert not one.is_saved
    assert one.kept_as(3).is_saved
    assert not one.kept_as(3).undone().is_saved


def test_what_a_scenario_is_can_be_told_anew(content, drafts):
    told = {"title": ("案", ""), "what": ("", "What it tries"), "year": 2029}
    other = edits.checked(edits.describe(content, **told, against="trend-r11"), drafts)
    assert other["title"] == {"ja": "案", "en": "案"}
    assert other["description"] == {"ja": "What it tries", "en": "What it tries"}
    assert (other["year"], other["compare_to"]) == (2029, "trend-r11")
    plain = edits.describe(other, **told, against=edits.AS_IT_IS)
    assert "compare_to" not in plain
    assert edits.checked(plain, drafts)["year"] == 2029


def test_a_name_in_one_language_replaces_the_title_that_nobody_gave(content):
    unnamed = edits.first_title(Bilingual(ja="なりゆき", en="Do-nothing"))
    held = {**content, "title": unnamed}
    assert edits.rename(held, "a", (unnamed["ja"], unnamed["en"]))["title"] == unnamed
    assert edits.rename(held, "a", ("三つの停留所", unnamed["en"]))["title"] == {
        "ja": "三つの停留所",
        "en": "三つの停留所",
    }
    assert edits.rename(held, "a", (unnamed["ja"], "Three stops"))["title"] == {
        "ja": "Three stops",
        "en": "Three stops",
    }
    named = {**content, "title": {"ja": "案", "en": "Plan"}}
    assert edits.rename(named, "a", ("案 2", "Plan"))["title"] == {"ja": "案 2", "en": "Plan"}


def test_steps_do_not_grow_for_ever(content):
    state = opened(content, None)
    for year in range(1950, 2050):
        state = state.stepped({**content, "year": year}, ("年", "year"))
    assert len(state.past) == 40


def test_words_of_every_kind_of_change(places):
    for kind in TYPE_ORDER:
        for lang in ("ja", "en"):
            assert type_word({"type": kind}, lang)
    signs = {"add-hub": "added", "mobile-service": "added", "adjust-speed": "changed", "remove-stops": "removed"}
    assert {kind: sign_of({"type": kind}) for kind in signs} == signs
    detour = {"type": "reroute", "from_stop": "a", "to_stop": "b"}
    extension = {"type": "reroute", "from_stop": "a"}  # drawn where it grew, in the colour of what is new
    assert (sign_of(detour), sign_of(extension)) == ("changed", "added")
    mod = {"id": "x", "type": "adjust-frequency", "routes": [places.routes("ja")[0][0]], "scale": 0.8}
    assert places.routes("ja")[0][1].ja in summary(mod, places, "ja")
    assert "80 %" in summary(mod, places, "en")


def test_places_are_found_by_name(city, places):
    stops = places.spots("ja")[0]["items"]
    assert len(stops) == len(city.timetable.stops.stop_id)
    found = places.spot(stops[0]["value"], "ja")
    assert found["stop"] == city.timetable.stops.stop_id[0]
    district = places.spot(f"district:{city.population.district_id[0]}", "ja")
    west, south = city.population.lonlat.min(axis=0)
    assert district["lon"] >= west
    assert district["lat"] >= south
    assert places.spot("facility:none", "ja") is None
    assert places.spot("stop:none", "ja") is None


def test_places_of_a_tool(places, city):
    line, one = TOOLS["line"], TOOLS["hub"]
    stop = str(city.timetable.stops.stop_id[0])
    first = spots.picked([], {"stop": stop, "lat": 0, "lon": 0}, line, places, "ja")
    both = spots.picked(first, {"stop": None, "lat": 36.5, "lon": 140.6}, line, places, "ja")
    assert [spot.get("stop") for spot in both] == [stop, None]
    assert spots.moved_up(both, 1) == [both[1], both[0]]
    assert spots.moved_up(both, 0) == both
    assert spots.taken_out(both, 0) == both[1:]
    assert spots.picked(both, {"moved": 0, "lat": 36.6, "lon": 140.7}, line, places, "ja")[0] == {
        "lat": 36.6,
        "lon": 140.7,
    }
    assert len(spots.added(first, both[1], one)) == 1  # one place takes the place of the other
    assert spots.picked([], {"area": [[140.6, 36.5]]}, TOOLS["area"], places, "ja") == [{"lat": 36.5, "lon": 140.6}]
    assert spots.by_degrees("", 1) is None
    assert spots.by_degrees(36.123456, 140.5) == {"lat": 36.12346, "lon": 140.5}
