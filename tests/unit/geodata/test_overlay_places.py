"""Own people, facilities, zones, figures and streets over a base city."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.boundaries import Zone
from geodata.crs import to_plane
from geodata.daytime import DaytimePopulation
from geodata.digest import digest_of
from geodata.errors import DataError, Text
from geodata.facilities import Facilities
from geodata.former_ids import named_formerly
from geodata.hitachi import load_hitachi
from geodata.hubs import Hub
from geodata.opinions import Opinions
from geodata.overlay import CityParts, lay_over
from geodata.overlay_places import facilities_where
from geodata.provenance import Source, Status
from geodata.streets import DetourPlane
from geodata.targets import TargetRow, Targets
from tests.unit.geodata.overlay_parts import EPSG, lines_beside, own_timetable, places, squares

NAME = Text("私の市", "my city")
MESH = Source(
    "mesh", "population", Text("国勢調査メッシュ", "census mesh"), "総務省", "e-Stat", "2020", Status.OBSERVED
)


@cache
def bundled():
    return load_hitachi()


@pytest.fixture(scope="module")
def base():
    return bundled()


def parts(**layers):
    return CityParts("mine", NAME, **layers)


def codes(reading):
    return {p.code for p in reading.problems}


def changed_layers(base, city):
    return {n for n, d in city.layer_digests().items() if d != base.layer_digest(n)}


def grid(base, size_m=1_000.0):
    """Return the centres of squares that cover all cells of a city."""
    low = base.population.xy.min(axis=0) - size_m
    n = np.ceil((base.population.xy.max(axis=0) + size_m - low) / size_m).astype(int)
    east, north = np.meshgrid(np.arange(n[0]), np.arange(n[1]))
    return low + size_m * (np.stack([east.ravel(), north.ravel()], axis=1) + 0.5)


# ---------------------------------------------------------------- people


@pytest.fixture(scope="module")
def meshed(base):
    xy = grid(base)
    people = squares(xy, 1_000.0, np.full(len(xy), 100.0), ("北", "塙山町"))
    return lay_over(base, parts(population=people, sources=(MESH,)))


def test_own_people_replace_people_and_nothing_else(base, meshed):
    city = meshed.value
    assert changed_layers(base, city) == {"city_id", "name", "population", "sources", "former_ids"}
    assert city.status_of("population") is Status.OBSERVED
    assert [s.source_id for s in city.sources if s.layer.startswith("population")] == ["mesh"]
    # Who counted the official population is still cited by the official path.
    assert [s.layer for s in city.sources if s.source_id == "population-r5"] == ["targets"]
    assert {"overlay.population", "overlay.former_ids"} == codes(meshed)


def test_a_former_cell_lies_in_the_cell_that_holds_its_centre(base, meshed):
    new = meshed.value.population
    row = {i: n for n, i in enumerate(new.cell_id.tolist())}
    former = [f for f in meshed.value.former_ids if f.kind == "cell"]
    assert [f.former_id for f in former] == base.population.cell_id.tolist()
    holders = np.array([row[f.nearest_id] for f in former])
    points = shapely.points(base.population.xy)
    assert shapely.intersects(new.polygon_xy[holders], points).all()
    away = np.hypot(*(new.xy[holders] - base.population.xy).T)
    assert np.allclose([f.distance_m for f in former], away)


def test_cells_beyond_the_new_ones_have_the_nearest(base):
    corner = base.population.xy[:1]
    city = lay_over(base, parts(population=squares(corner, 100.0, np.array([10.0])))).value
    former = [f for f in city.former_ids if f.kind == "cell"]
    assert {f.nearest_id for f in former} == {"q0"}
    away = np.hypot(*(base.population.xy - corner).T)
    assert np.allclose([f.distance_m for f in former], away)


def test_a_district_of_the_same_name_comes_before_a_nearer_one(base, meshed):
    assert "塙山町" not in base.population.district_name  # it is called 塙山 there
    xy = base.population.xy
    hanayama = int(np.flatnonzero(base.population.district_id == "hanayama")[0])
    name = str(base.population.district_name[hanayama])
    far = squares(xy[[0, -1]], 100.0, np.array([10.0, 10.0]), (name, "ほか"))
    city = lay_over(base, parts(population=far)).value
    assert named_formerly(city.former_ids, "district", "hanayama").nearest_id == f"d-{name}"
    assert {f.nearest_id for f in city.former_ids if f.kind == "district"} == {f"d-{name}", "d-ほか"}
    kinds = {f.kind for f in meshed.value.former_ids}
    assert kinds == {"cell", "district"}


def test_people_fitted_anew_on_the_same_cells_keep_their_sources(base):
    fitted = base.population.with_persons(base.population.persons * 0.9)
    control = replace(MESH, source_id="register", title=Text("住民基本台帳", "register"))
    city = lay_over(base, parts(population=fitted, sources=(control,))).value
    before = {s.source_id for s in base.sources}
    assert {s.source_id for s in city.sources} == before | {"register"}
    assert city.former_ids == ()
    assert city.population.total.sum() == pytest.approx(base.population.total.sum() * 0.9)
    assert changed_layers(base, city) == {"city_id", "name", "population", "sources"}


def test_own_districts_on_the_same_cells_lose_the_source_of_the_old_ones(base):
    people = base.population
    renamed = replace(people, district_id=np.char.add("gakku-", people.district_id))
    city = lay_over(base, parts(population=renamed)).value
    assert not [s for s in city.sources if s.layer == "population.districts"]
    assert [s for s in city.sources if s.layer == "population.ages"]
    former = {f.former_id: f for f in city.former_ids}
    assert {f.kind for f in former.values()} == {"district"}
    assert former["hanayama"].nearest_id == "gakku-hanayama"
    assert former["hanayama"].distance_m == pytest.approx(0, abs=1e-6)


def test_people_without_districts_get_those_of_the_base(base):
    xy = np.concatenate([base.population.xy[::7] + np.array([60.0, -30.0]), base.population.xy[:1] - 20_000.0])
    people = replace(
        squares(xy, 100.0, np.ones(len(xy))),
        district=np.full(len(xy), -1, np.int32),
        **{n: np.zeros(0, "<U1") for n in ("district_id", "district_name", "district_name_en")},
    )
    reading = lay_over(base, parts(population=people, sources=(MESH,)))
    city = reading.value
    assert city.population.district.tolist() == [*base.population.district[::7].tolist(), -1]
    assert city.population.district_id.tolist() == base.population.district_id.tolist()
    assert {f.kind for f in city.former_ids} == {"cell"}
    assert [s.layer for s in city.sources if s.layer.startswith("population")] == ["population.districts", "population"]
    assert "overlay.districts_kept" in codes(reading)
    assert np.array_equal(city.population.persons, people.persons)


def test_layers_on_cells_go_with_the_cells_unless_brought(base):
    n = base.population.n_cells
    old = base.replace(daytime=DaytimePopulation(np.ones(n), np.zeros(n), 2020))
    people = squares(grid(base), 1_000.0, np.ones(len(grid(base))))
    reading = lay_over(old, parts(population=people))
    assert reading.value.daytime is None
    assert "overlay.left_out" in codes(reading)
    fresh = DaytimePopulation(np.ones(people.n_cells), np.zeros(people.n_cells), 2020)
    assert lay_over(old, parts(population=people, daytime=fresh)).value.daytime is fresh
    with pytest.raises(DataError, match=r"overlay\.cells"):
        lay_over(old, parts(population=people, daytime=old.daytime))


def test_opinions_of_the_base_keep_their_district_by_id(base):
    texts = np.array(["a", "b", "c"])
    rows = np.array([0, -1, 2], np.int32)
    old = base.replace(opinions=Opinions(np.full((3, 2), np.nan), texts, rows, texts, texts, texts, texts, texts))
    ids = base.population.district_id.tolist()
    people = squares(base.population.xy[:2], 100.0, np.ones(2), (ids[2].removeprefix("d-"), "x"))
    people = replace(people, district_id=np.array([ids[2], "x"]))
    assert lay_over(old, parts(population=people)).value.opinions.district.tolist() == [-1, -1, 0]


# ---------------------------------------------------------------- facilities


KINDS = ("clinic", "hospital", "shelter", "shop", "city_office")


@given(st.lists(st.sampled_from(KINDS), min_size=0, max_size=6), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_facilities_of_own_kinds_are_replaced_and_all_others_stay(kinds, seed):
    base = bundled()
    xy = base.population.xy[np.random.default_rng(seed).integers(0, base.population.n_cells, len(kinds))]
    own = places(xy.reshape(-1, 2), kinds)
    with_hours = places(base.facilities.xy[:9], ["park"] * 9, facility_id=np.char.add("h", np.arange(9).astype(str)))
    old = base.replace(facilities=with_hours) if seed % 2 else base
    reading = lay_over(old, parts(facilities=own))
    new = reading.value.facilities
    stays = ~np.isin(old.facilities.kind, kinds)
    n = int(stays.sum())
    for name in Facilities.__dataclass_fields__:
        if name.startswith("hours"):
            continue
        before = getattr(old.facilities, name)[stays]
        assert np.array_equal(getattr(new, name)[:n], before, equal_nan=before.dtype.kind == "f")
        assert np.array_equal(getattr(new, name)[n:], getattr(own, name))
    assert hours_of(new) == hours_of(old.facilities, stays) | hours_of(own)
    gone = set(old.facilities.facility_id[~stays].tolist())
    assert {f.former_id for f in reading.value.former_ids} == gone - set(own.facility_id.tolist())
    assert reading.counts["facilities"] == n + len(kinds)


def hours_of(facilities, kept=None):
    kept = np.ones(facilities.n_facilities, bool) if kept is None else kept
    found = {}
    for row, owner in enumerate(facilities.hours_facility.tolist()):
        if kept[owner]:
            times = (int(facilities.hours_start_s[row]), int(facilities.hours_end_s[row]))
            found.setdefault(str(facilities.facility_id[owner]), []).append(times)
    return found


def test_a_former_facility_knows_the_nearest_of_its_kind(base):
    clinics = base.facilities.of_kind("clinic")
    xy = base.facilities.xy[clinics[:4]] + [30.0, 0.0]
    own = places(np.concatenate([xy, xy]), ["clinic"] * 4 + ["hospital"] * 4)
    city = lay_over(base, parts(facilities=own)).value
    for former in city.former_ids:
        at = int(former.nearest_id.removeprefix("own-"))
        assert own.kind[at] == former.category
    first = named_formerly(city.former_ids, "facility", str(base.facilities.facility_id[clinics[0]]))
    assert (first.nearest_id, round(first.distance_m)) == ("own-0", 30)
    assert len(city.facilities.of_kind("shelter")) == len(base.facilities.of_kind("shelter"))
    assert not [s for s in city.sources if s.source_id == "medical"]
    assert [s for s in city.sources if s.source_id == "shelters"]


def test_facility_ids_of_the_base_win(base):
    shelter = base.facilities.of_kind("shelter")[:1]
    own = places(base.facilities.xy[shelter], ["shop"], facility_id=base.facilities.facility_id[shelter])
    reading = lay_over(base, parts(facilities=own))
    assert reading.value.facilities.facility_id[-1] == f"mine:{own.facility_id[0]}"
    assert "overlay.id_collision" in codes(reading)


def test_a_facility_id_that_means_another_place_now_is_told(base):
    clinics = base.facilities.of_kind("clinic")
    away = np.hypot(*(base.facilities.xy[clinics] - base.facilities.xy[clinics[0]]).T)
    far = clinics[int(np.argmax(away))]
    own = places(base.facilities.xy[[far]], ["clinic"], facility_id=base.facilities.facility_id[clinics[:1]])
    problem = next(p for p in lay_over(base, parts(facilities=own)).problems if p.code == "overlay.id_elsewhere")
    assert str(own.facility_id[0]) in problem.message.ja
    near = replace(own, xy=base.facilities.xy[clinics[:1]])
    assert "overlay.id_elsewhere" not in codes(lay_over(base, parts(facilities=near)))


# ---------------------------------------------------------------- zones, figures, streets, hubs


def test_zones_of_a_kind_are_replaced_and_other_kinds_added(base):
    def zone(zone_id, kind):
        return Zone(zone_id, kind, Text(zone_id, zone_id), shapely.box(140, 36, 141, 37), shapely.box(0, 0, 1, 1))

    old = base.replace(zones=(zone("a", "flood"), zone("b", "landslide")))
    zones = lay_over(old, parts(zones=(zone("n", "flood"), zone("b", "guidance")))).value.zones
    assert [(z.zone_id, z.kind) for z in zones] == [("b", "landslide"), ("n", "flood"), ("guidance:b", "guidance")]


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(["baseline", "target"]), st.integers(2023, 2025)), unique=True
    )
)
@settings(max_examples=40, deadline=None)
def test_figures_merge_by_kpi_kind_and_year(keys):
    def row(key, value):
        return TargetRow(key[0], key[1], key[2], "2025-04-01", value, "", Text("", ""), "s", Status.OBSERVED)

    old = Targets(tuple(row((k, "baseline", y), 1.0) for k in "ab" for y in (2023, 2024)))
    base = bundled().replace(targets=old)
    own = Targets(tuple(row(k, 2.0) for k in keys))
    rows = lay_over(base, parts(targets=own)).value.targets.rows
    by_key = {(r.kpi_id, r.kind, r.year): r.value for r in rows}
    assert len(by_key) == len(rows)
    assert set(by_key) == {(r.kpi_id, r.kind, r.year) for r in old.rows} | set(keys)
    assert all(value == (2.0 if key in keys else 1.0) for key, value in by_key.items())


def test_streets_replace_streets(base):
    source = Source("osm", "streets", Text("OSM", "OSM"), "© OpenStreetMap", "ODbL", "2025", Status.OBSERVED)
    city = lay_over(base, parts(streets=DetourPlane(1.2, 1.3), sources=(source,))).value
    assert changed_layers(base, city) == {"city_id", "name", "streets", "sources"}
    assert [s.source_id for s in city.sources if s.layer == "streets"] == ["osm"]


def test_hubs_stay_while_a_stop_is_near(base):
    def hub(name, xy, radius=200.0):
        return Hub(name, Text(name, name), (140.6, 36.5), (float(xy[0]), float(xy[1])), radius)

    stops = base.timetable.stops
    station, lost = stops.xy[stops.stop_id == "jr-hitachi"][0], stops.xy[stops.stop_id == "brt-25"][0]
    nowhere = base.population.xy.min(axis=0) - 5_000.0
    old = base.replace(hubs=(hub("station", station), hub("lost", lost), hub("nowhere", nowhere)))
    reading = lay_over(old, parts(timetable=own_timetable(lines_beside(base, ["assumed-01"]))))
    assert [h.hub_id for h in reading.value.hubs] == ["station", "nowhere"]
    assert [p.where for p in reading.problems if p.code == "overlay.hub"] == ["hub lost"]


# ---------------------------------------------------------------- planes and places


def test_layers_of_another_plane_come_to_that_of_the_base(base):
    lines = lines_beside(base, ["assumed-01"])
    xy = grid(base)
    people, spots = squares(xy, 1_000.0, np.ones(len(xy))), places(base.facilities.xy[:5], ["clinic"] * 5)
    feed = own_timetable(lines)
    other = 6676
    moved = parts(
        epsg=other,
        timetable=replace(feed, stops=replace(feed.stops, xy=to_plane(other, feed.stops.lonlat))),
        facilities=replace(spots, xy=to_plane(other, spots.lonlat)),
        population=replace(
            people,
            xy=to_plane(other, people.lonlat),
            polygon_xy=shapely.transform(people.polygon_lonlat, lambda c: to_plane(other, c)),
        ),
    )
    here = lay_over(base, parts(epsg=EPSG, timetable=feed, facilities=spots, population=people)).value
    there = lay_over(base, moved).value
    assert there.epsg == base.epsg
    assert np.abs(here.timetable.stops.xy - there.timetable.stops.xy).max() < 0.01
    assert np.abs(here.facilities.xy - there.facilities.xy).max() < 0.01
    assert shapely.hausdorff_distance(here.population.polygon_xy, there.population.polygon_xy).max() < 0.01
    ids = [[f.nearest_id for f in c.former_ids if f.kind != "cell"] for c in (here, there)]
    assert ids[0] == ids[1]


def test_layers_of_another_area_are_refused_together(base):
    away = np.array([0.0, 500_000.0])
    lines = [(n, xy + away, names) for n, xy, names in lines_beside(base, ["assumed-01"])]
    with pytest.raises(DataError) as raised:
        lay_over(
            base,
            parts(
                timetable=own_timetable(lines),
                facilities=places(base.facilities.xy[:3] + away, ["clinic"] * 3),
                population=squares(grid(base) + away, 1_000.0, np.ones(len(grid(base)))),
            ),
        )
    assert [(p.code, p.where) for p in raised.value.problems] == [
        ("build.far_apart", "population"),
        ("build.far_apart", "gtfs"),
        ("build.far_apart", "facilities"),
    ]
    assert " km " in raised.value.render("ja")


def test_laying_over_does_not_depend_on_what_else_is_laid_over(base):
    feed, spots = own_timetable(lines_beside(base, ["assumed-01"])), places(base.facilities.xy[:3], ["shop"] * 3)
    one = lay_over(base, parts(timetable=feed)).value
    both = lay_over(base, parts(timetable=feed, facilities=spots)).value
    step = lay_over(one, parts(facilities=spots)).value
    for layer in ("timetable", "facilities", "defaults", "population"):
        assert both.layer_digest(layer) == step.layer_digest(layer)
    assert digest_of(sorted(both.former_ids, key=str)) == digest_of(sorted(step.former_ids, key=str))


def test_kept_facilities_keep_their_own_hours():
    three = places(np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0]]), ["shop", "clinic", "clinic"])
    three = replace(three, hours_start_s=np.array([1, 2, 3, 4, 5, 6], np.int32) * 3_600)
    kept = facilities_where(three, np.array([False, True, True]))
    assert kept.hours_facility.tolist() == [0, 0, 1, 1]
    assert (kept.hours_start_s // 3_600).tolist() == [3, 4, 5, 6]
