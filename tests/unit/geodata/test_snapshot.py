"""City ⇄ folder: bit-equal, refused where it should be, never half-written."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geodata import snapshot
from geodata.boundaries import Zone
from geodata.digest import digest_of
from geodata.errors import DataError, Text
from geodata.hubs import Hub
from geodata.mobile_office import MobileOfficePlan, OfficePlace, OfficeVisit
from geodata.on_demand import OnDemandService
from geodata.provenance import Status
from geodata.snapshot import INDEX, read_city, write_city
from geodata.snapshot_values import FolderReader, FolderWriter
from geodata.streets import StreetNetwork
from geodata.synthetic import grid_city


def rich_city():
    """A grid city with everything a city may hold."""
    city = grid_city()
    square = shapely.box(0, 0, 1, 1)
    place = OfficePlace(
        "p", Text("甲", "A"), (140.6, 36.5), (0.0, np.float64(1.5)), (OfficeVisit(1, 36_000, 54_000, (1, 3)),)
    )
    ends = np.array([0, 1, 2], np.int32)
    streets = StreetNetwork(
        node_lonlat=np.zeros((2, 2)),
        node_xy=np.array([[0.0, 0.0], [50.0, 0.0]]),
        edge_offsets=ends,
        edge_to=np.array([1, 0], np.int32),
        edge_length_m=np.array([50.0, 50.0]),
        edge_effort_m=np.array([np.inf, 50.0]),
        edge_car_s=np.array([np.nan, 5.0]),
    )
    return city.replace(
        population=replace(city.population, vintages={2020: city.population.total + 0.1}),
        streets=streets,
        zones=(Zone("z", "user", Text("区域", "zone"), square, shapely.MultiPolygon([square])),),
        mobile_offices=(MobileOfficePlan("m", Text("動く市役所", "office"), "仮想", ("証明書",), 1, (place,), 500.0),),
        hubs=(Hub("h", Text("拠点", "hub"), (140.6, 36.5), (0.0, 0.0), 100.0, ("parking",)),),
        on_demand=(
            OnDemandService(
                "d",
                Text("予約", "d"),
                Text("", ""),
                (0, 1),
                None,
                None,
                2,
                None,
                "電話",
                Text("", ""),
                "s",
                Status.OBSERVED,
            ),
        ),
    )


@pytest.mark.parametrize("make", [grid_city, rich_city])
def test_round_trip_is_equal_to_the_last_bit(tmp_path, make):
    city = make()
    again = read_city(write_city(city, tmp_path / "city"), verify=True)
    assert again.digest == city.digest
    assert again.layer_digests() == city.layer_digests()
    assert again.population.persons.dtype == city.population.persons.dtype
    assert not again.population.persons.flags.writeable
    assert again.name == city.name
    assert again.defaults == city.defaults


def test_the_bundled_city_round_trips(tmp_path):
    hitachi = pytest.importorskip("geodata.hitachi")
    city = hitachi.load_hitachi()
    assert read_city(write_city(city, tmp_path / "c"), verify=True).layer_digests() == city.layer_digests()


def test_large_arrays_are_mapped_not_copied(tmp_path, monkeypatch):
    import geodata.snapshot_values as values

    city = grid_city()
    folder = write_city(city, tmp_path / "city")
    monkeypatch.setattr(values, "_MAPPED_FROM_BYTES", 1)
    mapped = read_city(folder)
    assert isinstance(mapped.population.xy.base, np.memmap)
    assert mapped.digest == city.digest


@settings(max_examples=30)
@given(
    array=st.one_of(
        hnp.arrays(
            st.sampled_from(["f8", "f4", "i4", "u1", "?"]), hnp.array_shapes(min_dims=1, max_dims=3, min_side=0)
        ),
        hnp.arrays(
            "U5",
            st.integers(0, 4),
            elements=st.text(max_size=5).filter(lambda s: not s.endswith("\0") and s.isprintable()),
        ),
    ),
)
def test_any_array_comes_back_equal(tmp_path_factory, array):
    folder = tmp_path_factory.mktemp("values")
    tree = json.loads(json.dumps(FolderWriter(folder).encode(array, "a")))
    again = FolderReader(folder).decode(tree)
    assert again.shape == array.shape
    assert digest_of(again) == digest_of(array)


plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5))


@settings(max_examples=30)
@given(
    value=st.recursive(
        plain, lambda v: st.one_of(st.tuples(v, v), st.dictionaries(st.integers(), v, max_size=3)), max_leaves=8
    )
)
def test_any_plain_value_comes_back_equal(tmp_path_factory, value):
    folder = tmp_path_factory.mktemp("values")
    tree = json.loads(json.dumps(FolderWriter(folder).encode(value, "a")))
    assert FolderReader(folder).decode(tree) == value


def test_what_has_no_place_in_a_city_is_refused(tmp_path):
    writer = FolderWriter(tmp_path)
    with pytest.raises(TypeError, match="set"):
        writer.encode({1, 2}, "x")
    with pytest.raises(TypeError, match="object"):
        writer.encode(np.array([1, "a"], dtype=object), "x")


def test_a_folder_that_holds_something_is_refused(tmp_path):
    city = grid_city()
    folder = write_city(city, tmp_path / "city")
    before = sorted(p.name for p in folder.iterdir())
    with pytest.raises(DataError) as caught:
        write_city(city, folder)
    assert [p.code for p in caught.value.problems] == ["snapshot.taken"]
    assert "--force" in caught.value.problems[0].hint.ja
    assert sorted(p.name for p in folder.iterdir()) == before


def test_force_replaces_a_city_and_nothing_else(tmp_path):
    write_city(grid_city(), tmp_path / "city")
    other = grid_city(n_x=4)
    assert read_city(write_city(other, tmp_path / "city", force=True)).digest == other.digest
    assert [p.name for p in tmp_path.iterdir()] == ["city"]
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("x", encoding="utf-8")
    with pytest.raises(DataError):
        write_city(other, mine, force=True)
    assert (mine / "letter.txt").read_text(encoding="utf-8") == "x"


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "city").mkdir()
    assert read_city(write_city(grid_city(), tmp_path / "city")).city_id == "grid"


def test_a_failed_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot.FolderWriter, "encode", full)
    with pytest.raises(DataError) as caught:
        write_city(grid_city(), tmp_path / "city")
    assert caught.value.problems[0].code == "snapshot.unwritable"
    assert list(tmp_path.iterdir()) == []


def test_a_failed_replacement_keeps_the_old_city(tmp_path, monkeypatch):
    city = grid_city()
    folder = write_city(city, tmp_path / "city")

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot.FolderWriter, "encode", full)
    with pytest.raises(DataError):
        write_city(grid_city(n_x=4), folder, force=True)
    assert read_city(folder, verify=True).digest == city.digest


def damage(folder, how):
    persons, names, index = folder / "population.persons.npy", folder / "facilities.name.json", folder / INDEX
    tree = json.loads(index.read_text(encoding="utf-8"))
    if how == "missing file":
        persons.unlink()
    elif how == "cut file":
        persons.write_bytes(persons.read_bytes()[:-8])
    elif how == "broken header":
        persons.write_bytes(b"\0" * persons.stat().st_size)
    elif how == "broken text":
        names.write_bytes(b"[" * names.stat().st_size)
    elif how == "other version":
        index.write_text(json.dumps(tree | {"format": "ekisei-city/0"}), encoding="utf-8")
    elif how == "no json":
        index.write_text("{", encoding="utf-8")
    elif how == "no index":
        index.unlink()
    elif how == "unknown class":
        index.write_text(json.dumps(tree | {"city": {"@class": "os.system", "fields": {}}}), encoding="utf-8")
    elif how == "no city":
        index.write_text(json.dumps(tree | {"city": 3}), encoding="utf-8")


@pytest.mark.parametrize(
    ("how", "code", "name"),
    [
        ("missing file", "snapshot.incomplete", "population.persons.npy"),
        ("cut file", "snapshot.damaged", "population.persons.npy"),
        ("broken header", "snapshot.damaged", "population.persons.npy"),
        ("broken text", "snapshot.damaged", "facilities.name.json"),
        ("other version", "snapshot.version", INDEX),
        ("no json", "snapshot.damaged", INDEX),
        ("no index", "snapshot.missing", INDEX),
        ("unknown class", "snapshot.damaged", INDEX),
        ("no city", "snapshot.damaged", INDEX),
    ],
)
def test_damage_is_named(tmp_path, how, code, name):
    folder = write_city(grid_city(), tmp_path / "city")
    damage(folder, how)
    with pytest.raises(DataError) as caught:
        read_city(folder)
    problem = caught.value.problems[0]
    assert problem.code == code
    assert problem.where.endswith(name)
    assert problem.hint.ja


def test_a_changed_number_is_found_on_demand(tmp_path):
    folder = write_city(grid_city(), tmp_path / "city")
    path = folder / "population.persons.npy"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(DataError) as caught:
        read_city(folder, verify=True)
    assert "population" in caught.value.problems[0].message.en
