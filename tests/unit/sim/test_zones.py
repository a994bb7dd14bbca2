"""The table of zones: inside and outside against arithmetic, sums, and what is missing."""

import numpy as np
import pytest
import shapely

from geodata.boundaries import Zone
from geodata.errors import Text
from geodata.synthetic import grid_city
from sim.params import Analysis, Params
from sim.run import build_context
from sim.zones import COLUMNS, NEEDS_ZONES, PLACES, zone_table

CITY = grid_city()
GUIDANCE = shapely.box(1000, 2000, 3000, 4000)  # 4 × 4 cells of 500 m around the middle station


def zone(zone_id, kind, box):
    return Zone(zone_id, kind, Text(zone_id, zone_id), box, box)


def table_of(*zones, **layers):
    context = build_context(CITY.replace(zones=zones, **layers), Analysis(), Params(), reference=None)
    return zone_table(context)


def test_a_city_without_zones_says_so_in_one_row():
    table = table_of()
    assert list(table.columns) == list(COLUMNS)
    assert table["note"].tolist() == [NEEDS_ZONES]
    assert table["status"].tolist() == ["no-data"]
    assert table.drop(columns=["zone_kind", "zone", "zone_en", "status", "note"]).isna().all(axis=None)


def test_people_density_and_facilities_follow_from_the_grid():
    table = table_of(zone("A50-2", "residential_guidance", GUIDANCE))
    inside, outside, missing, hazard = (row for _, row in table.iterrows())
    assert (inside["zone"], inside["side"], outside["side"]) == ("居住誘導区域", "inside", "outside")
    assert inside["persons"] == pytest.approx(1600)
    assert inside["persons_share"] == pytest.approx(1600 / 9600)
    assert inside["persons_65plus"] == pytest.approx(480)
    assert inside["persons_75plus"] == pytest.approx(160)
    assert inside["area_km2"] == pytest.approx(4)
    assert inside["persons_per_ha"] == pytest.approx(4)
    assert (inside["n_clinics"], inside["n_hospitals"], inside["n_city_offices"]) == (1, 0, 1)
    assert (outside["n_clinics"], outside["n_hospitals"]) == (1, 1)
    assert (missing["zone_kind"], missing["note"]) == ("urban_function", NEEDS_ZONES)
    assert (hazard["zone_kind"], hazard["note"]) == ("hazard", NEEDS_ZONES)


def test_a_zone_takes_the_share_of_a_cell_that_it_covers():
    table = table_of(zone("f", "flood", shapely.box(0, 0, 125, 500)))
    assert table["persons"][table["side"] == "inside"].tolist() == pytest.approx([25])


@pytest.mark.parametrize("kind", ["residential_guidance", "flood", "landslide"])
def test_both_sides_sum_to_the_city(kind):
    parts = (zone("a", kind, shapely.box(0, 0, 900, 900)), zone("b", kind, shapely.box(700, 0, 2100, 1100)))
    table = table_of(*parts)
    sides = table[
        (table["zone_kind"] == kind) & table["zone"].isin([table["zone"][table["zone_kind"] == kind].iloc[0]])
    ]
    assert sides["persons"].sum() == pytest.approx(9600)
    assert sides["area_km2"].sum() == pytest.approx(24)
    facilities = CITY.facilities
    for column in PLACES:
        assert sides[column].sum() == len(facilities.of_kind(*PLACES[column])), column
    covered = (sides["transit_coverage_share"] * sides["persons"]).sum()
    whole = table_of(zone("all", kind, shapely.box(0, 0, 4000, 6000)))
    everywhere = whole[(whole["zone_kind"] == kind) & (whole["side"] == "inside")].iloc[0]
    assert covered == pytest.approx(everywhere["transit_coverage_share"] * 9600)


def test_each_named_zone_of_a_kind_has_a_row():
    table = table_of(zone("a", "flood", shapely.box(0, 0, 500, 500)), zone("b", "flood", shapely.box(0, 0, 1000, 500)))
    named = table[table["zone"].isin(["a", "b"])]
    assert named["persons"].tolist() == pytest.approx([100, 200])
    assert table["persons"].iloc[2:4].tolist() == pytest.approx([200, 9400])  # overlaps count once


def test_more_coverage_shows_on_the_side_it_reaches():
    """A zone around the stations is better covered than the rest, and assumed lines are told apart."""
    table = table_of(zone("g", "residential_guidance", GUIDANCE))
    inside, outside = table.iloc[0], table.iloc[1]
    assert inside["transit_coverage_share"] > outside["transit_coverage_share"]
    assert inside["catchment_share"] > outside["catchment_share"]
    assert outside["transit_coverage_no_assumed_share"] < outside["transit_coverage_share"]
    assert "駅勢圏の定義 jr-1000m" in inside["note"]


def test_the_table_is_written_with_a_run():
    from sim.service_tables import TABLES

    assert TABLES["zones"] is zone_table


def test_nobody_anywhere_gives_no_shares():
    empty = CITY.population.with_persons(np.zeros_like(CITY.population.persons))
    row = table_of(zone("g", "residential_guidance", GUIDANCE), population=empty).iloc[0]
    assert row["persons"] == 0
    assert np.isnan(row["transit_coverage_share"])
