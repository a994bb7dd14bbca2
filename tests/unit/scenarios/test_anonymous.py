"""No real clinic is ever shown as closing: not in a file, a map or an explanation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.synthetic import grid_city
from geodata.synthetic.grid import facilities_from_rows
from scenarios.anonymous import (
    DISTRICT_LEVEL,
    WITHHELD,
    by_district,
    explained_by_district,
    hides_places,
    without_places,
)
from scenarios.apply import apply_scenario
from scenarios.explaining import explain_stored
from scenarios.runner import run_scenario
from scenarios.store import ResultStore, read_run
from sim.run import BASE_PREFIX

MOSTLY = np.array([n % 2 == 0 for n in range(8)] + [False, True])
"""Facilities of the town that are hospitals in a test that closes those, too."""
CLOSING = "- {id: c, type: remove-facility, category: clinic, count: 2}"


@pytest.fixture(scope="module")
def town():
    rows = [(f"clinic-{n}", "clinic", (500.0 * n + 250, 700.0 * n + 250), "") for n in range(8)]
    return grid_city(
        facilities=facilities_from_rows(
            [*rows, ("office", "city_office", (2000.0, 3000.0), ""), ("hospital", "hospital", (3000.0, 5000.0), "")]
        )
    )


@pytest.fixture(scope="module")
def runs(town, make, tmp_path_factory):
    root = tmp_path_factory.mktemp("anonymous")
    store = ResultStore(root / "store")
    run_scenario(make(), town, out=root / "base", store=store)
    run_scenario(make(CLOSING, id="closing"), town, out=root / "closing", store=store)
    return read_run(root / "base"), read_run(root / "closing")


def test_medians_of_districts_are_weighted_by_people():
    values, persons = np.array([1.0, 5.0, 9.0, 4.0, np.nan, 7.0]), np.array([10.0, 1.0, 1.0, 0.0, 5.0, 0.0])
    found = by_district(values, persons, ["a", "a", "a", "b", "b", "b"])
    assert found.tolist() == [1.0, 1.0, 1.0, 4.0, 4.0, 4.0]
    assert np.isnan(by_district(np.array([np.nan]), np.array([1.0]), ["a"])).all()


def test_a_run_with_closures_tells_clinic_times_by_district_only(runs):
    base, closing = runs
    assert base.manifest["district_level"] == []
    assert closing.manifest["district_level"] == list(DISTRICT_LEVEL)
    for column in DISTRICT_LEVEL:
        if not column.startswith("clinic_round_trip"):  # in this town everybody can
            assert base.cells.groupby("district_id")[column].nunique().max() > 1
        assert closing.cells.groupby("district_id")[column].nunique().max() == 1
    rest = [c for c in base.cells.columns if c not in DISTRICT_LEVEL and not c.startswith(BASE_PREFIX)]
    assert closing.cells[rest].equals(base.cells[rest])


def test_every_column_that_closures_move_is_told_by_district_only(town, make):
    from sim.params import Analysis, Params
    from sim.reuse import Reuse
    from sim.run import run_models

    city = town.replace(facilities=replace(town.facilities, kind=np.where(MOSTLY, "hospital", town.facilities.kind)))
    base = run_models(city, Analysis(), Params(), reuse=Reuse())
    for kind in ("clinic", "hospital"):
        text = f"- {{id: c, type: remove-facility, category: {kind}, count: 3}}"
        closed = run_models(apply_scenario(city, make(text)).city, Analysis(), Params(), reuse=Reuse())
        moved = {c for c in base.cells if not base.cells[c].equals(closed.cells[c])}
        moved -= {c for c in moved if c.startswith(BASE_PREFIX)}  # only the city as it is has them
        assert moved
        assert moved <= set(DISTRICT_LEVEL)
        hidden = without_places(closed)
        for name, table in hidden.tables.items():
            if not table.equals(base.tables.get(name)):
                if name.startswith(("equity_", "ride_", "operations_")):  # of districts, the whole city
                    assert not {"cell_id", "lon", "lat"} & {*table.columns}
                    continue
                assert name in WITHHELD, name
                assert table[list(WITHHELD[name])].isna().all().all()
                assert table["e2sfca_mean"].notna().all()


def test_kpis_are_computed_from_the_cells_all_the_same(runs, town, make):
    from sim.params import Analysis, Params
    from sim.reuse import Reuse
    from sim.run import run_models

    applied = apply_scenario(town, make(CLOSING))
    plain = run_models(applied.city, Analysis(), Params(), reuse=Reuse()).find("clinic_nearest_min", "mean")
    table = runs[1].kpi.set_index(["kpi_id", "setting", "group"])
    assert table.loc[("clinic_nearest_min", "mean", "all"), "value"] == plain.value


def test_explanations_of_such_a_run_name_no_cell(runs, town):
    base, closing = runs
    for kpi_id in (
        "clinics_count",
        "clinic_within_30min_share",
        "clinic_e2sfca",
        "clinic_round_trip_share",
        "emergency_within_15min_share",
        "clinic_nearest_min",
    ):
        assert "cell_id" in explain_stored(town, base, kpi_id).contributions
        found = explain_stored(town, closing, kpi_id)
        assert "cell_id" not in found.contributions
        assert len(found.contributions) <= 4  # two districts, two walkers
        if kpi_id != "clinic_nearest_min":
            assert found.reproduce() == pytest.approx(found.row.model_value)
    other = explain_stored(town, closing, "transit_coverage_share")
    assert "cell_id" in other.contributions
    assert explained_by_district(other) is other


def test_other_kinds_may_be_named():
    assert not hides_places(["branch_office", "shop"])
    assert hides_places(["shop", "hospital"])


def test_a_clinic_that_is_not_open_to_the_public_never_takes_the_place_of_one_that_is(town, make):
    public = town.facilities.open_to_public.copy()
    public[:4] = False
    half = town.replace(facilities=replace(town.facilities, open_to_public=public))
    left = apply_scenario(half, make(CLOSING)).city.facilities
    assert int(left.open_to_public[left.kind == "clinic"].sum()) == 2


def test_counts_that_a_scenario_changed_are_not_observed(town, make):
    from geodata.provenance import Status

    assert apply_scenario(town, make(CLOSING)).city.status_of("facilities") is Status.ASSUMED
