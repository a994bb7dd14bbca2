"""Compiling the bundled city: the same bytes as committed, and steps that can be checked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from geodata.compile import facts
from geodata.compile.brt import BETWEEN_ERROR_M, lay_line, running_minutes
from geodata.compile.inputs import Inputs, read_inputs
from geodata.compile.people import age_seed, city_band_persons, compile_people, persons_2035
from geodata.compile.rail import hop_times
from geodata.compile.tables import clock, seconds_of, table
from geodata.compile_hitachi import BUNDLE, main, write_files
from geodata.did_population import DidPopulation
from geodata.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def inputs(shared_data: Path) -> Inputs:
    return read_inputs(shared_data)


@pytest.fixture(scope="module")
def cells(inputs: Inputs) -> DidPopulation:
    return compile_people(inputs).cells


@pytest.fixture(scope="module")
def compiled(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle compiled anew by the command."""
    out = tmp_path_factory.mktemp("compiled") / "out"
    assert main(["--inputs", str(shared_data), "--out", str(out)]) == 0
    return out


def test_recompiling_gives_the_committed_bytes(compiled: Path) -> None:
    committed = {p.name: p.read_bytes() for p in BUNDLE.iterdir() if p.suffix in {".csv", ".json"}}
    assert sorted(p.name for p in compiled.iterdir()) == sorted(committed)
    assert [name for name, text in committed.items() if (compiled / name).read_bytes() != text] == []
    assert [p.name for p in compiled.parent.iterdir()] == ["out"]


def test_no_original_polygon_is_carried() -> None:
    assert not [p for p in BUNDLE.iterdir() if p.suffix in {".geojson", ".shp", ".gpkg"}]


def test_band_totals_are_whole_and_sum_to_the_official_total() -> None:
    bands = city_band_persons()
    assert bands.sum() == facts.PERSONS_R5
    assert (bands == np.rint(bands)).all()


def test_projection_of_2035_adds_up() -> None:
    assert [persons_2035(*ages) for ages in facts.CONTROL_AGES] == [9164, 4327, 24034, 44237, 22092, 33474]
    assert persons_2035(0, None) == facts.PERSONS_IPSS_2023[2035]


def test_seed_keeps_known_shares() -> None:
    seed = age_seed(np.array(["金沢町三丁目", "高鈴町一丁目", "大みか町一丁目"]))
    assert seed.sum(axis=1) == pytest.approx([1, 1, 1])
    assert seed[0, 0] == pytest.approx(558 / 5889)
    assert seed[0, 4] == pytest.approx(852 / 5889)
    assert seed[0, 5:].sum() == pytest.approx(1337 / 5889)
    assert seed[1, 4:].sum() == pytest.approx(0.5)
    assert seed[2] == pytest.approx(city_band_persons() / facts.PERSONS_R5)


@pytest.mark.parametrize(("prefix", "tolerance"), [("十王町", 0.15), ("久慈町", 0.25), ("金沢町", 0.15)])
def test_spread_comes_near_the_areas_that_have_a_figure(
    inputs: Inputs, cells: DidPopulation, prefix: str, tolerance: float
) -> None:
    # A known approximation: these figures are not used, so the errors are what to expect of any one area.
    inside = [inputs.towns[t].name.startswith(prefix) for t in cells.town]
    assert cells.total[inside].sum() == pytest.approx(facts.KNOWN_AREAS_2020[prefix], rel=tolerance)


def test_hourly_profile_makes_forty_trains() -> None:
    assert sum((end - start) * n for start, end, n in facts.JR_HOURLY) == facts.JR_TRAINS_A_DAY


def test_jr_counts_of_the_input_are_the_ones_used(inputs: Inputs) -> None:
    own = inputs.jr_stations[inputs.jr_stations["where"] == "Hitachi City"]
    assert set(own["down_departures_a_day"]) | set(own["up_departures_a_day"]) == {str(facts.JR_TRAINS_A_DAY)}
    assert hop_times(inputs)[frozenset(("大甕", "常陸多賀"))] == 300


def test_brt_line_agrees_with_the_published_lengths(inputs: Inputs) -> None:
    line = lay_line(inputs)
    assert line.length_km == pytest.approx(facts.BRT_ROUTE_KM, rel=0.06)
    assert line.busway_km == pytest.approx(facts.BRT_BUSWAY_KM, rel=0.02)
    assert line.km[23] == pytest.approx(facts.BRT_ROUTE_KM)
    assert line.km[19] - line.km[6] == pytest.approx(facts.BRT_BUSWAY_KM)
    minutes = running_minutes(line)
    assert minutes[19] - minutes[6] == pytest.approx(facts.BRT_BUSWAY_MIN)
    ordered = [line.position[o] for o in sorted(line.position)]
    assert (np.diff(ordered) > 0).all()


def test_stops_without_a_point_are_less_certain_than_their_neighbours(inputs: Inputs) -> None:
    line = lay_line(inputs)
    assert line.error_m[19] == 100
    assert line.error_m[2] == pytest.approx((200 + 300) / 2 + BETWEEN_ERROR_M)
    assert line.error_m[22] > line.error_m[21] > line.error_m[20]


def test_missing_originals_are_all_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_inputs(tmp_path)
    assert len(caught.value.problems) == 10
    assert {p.code for p in caught.value.problems} == {"compile.missing"}


def test_command_without_originals_explains_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--inputs", str(tmp_path), "--out", str(tmp_path / "out")]) == 3
    assert "towns.csv" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_files_are_written_with_line_feeds_only(tmp_path: Path) -> None:
    write_files({"a.csv": table("a.csv", [{"x": "1", "y": "あ"}]).to_csv()}, tmp_path / "out")
    assert (tmp_path / "out" / "a.csv").read_bytes() == "x,y\n1,あ\n".encode()


def test_clock_round_trip() -> None:
    assert [clock(seconds_of(t)) for t in ("05:51", "24:00", "00:07")] == ["05:51", "24:00", "00:07"]
