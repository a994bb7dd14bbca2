"""Run folders, the store, batches, comparisons: whole or not there, and the same every time."""

from __future__ import annotations

import errno
import json

import pandas as pd
import pytest

from geodata.errors import RunError, ScenarioError, Severity, UsageError
from geodata.synthetic import grid_city
from scenarios.batch import run_batch
from scenarios.compare import COMPARE_COLUMNS, compare, compare_runs
from scenarios.files import scenario_text
from scenarios.runner import run_scenario
from scenarios.store import ResultStore, code_digest, find_run, home_folder, read_run
from sim.results import KPI_COLUMNS

FILES = {"kpi.csv", "cells.parquet", "splits.csv", "scenario.yaml", "manifest.json", "map.json", "run.log"}
FASTER = "- {id: brt, type: adjust-frequency, route_class: [brt], scale: 2}"
CLOSING = "- {id: cl, type: remove-facility, category: clinic, count: 1}"


@pytest.fixture(scope="module")
def town():
    return grid_city()


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def store(root):
    return ResultStore(root / "store")


def no_models(*_args, **_kwargs):
    pytest.fail("the models were run although the result is stored")


@pytest.fixture(scope="module")
def base(town, root, store, make):
    return run_scenario(make(), town, out=root / "base", store=store)


@pytest.fixture
def changed(town, root, store, make, base):
    folder = root / "changed"
    if not folder.exists():
        run_scenario(make(FASTER + "\n" + CLOSING, year="2029", id="changed"), town, out=folder, store=store)
    return folder


def test_a_run_folder_is_whole(base, town):
    assert {p.name for p in base.folder.iterdir()} == FILES | {"tables"}
    stored = read_run(base.folder)
    assert tuple(stored.kpi.columns) == KPI_COLUMNS
    assert stored.run_id == "example"
    assert len(stored.cells) == town.population.n_cells
    assert list(stored.cells["cell_id"]) == list(town.population.cell_id)
    assert stored.splits.empty
    pd.testing.assert_frame_equal(stored.result.cells, base.result.cells)
    assert stored.result.kpis == base.result.kpis
    assert stored.result.fitted == base.result.fitted


def test_the_manifest_identifies_the_run_and_nothing_else(base, town, root):
    manifest = json.loads((base.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["digests"]["city"] == manifest["digests"]["applied_city"] == town.digest
    assert manifest["digests"]["code"] == code_digest()
    assert manifest["seed"] == 2031
    assert manifest["statuses"]["population"] == "assumed"
    assert {row["layer"] for row in manifest["base_years"]} >= {"population", "timetable", "facilities"}
    text = (base.folder / "manifest.json").read_text(encoding="utf-8")
    assert str(root) not in text
    assert "started" not in text
    assert "started" in (base.folder / "run.log").read_text(encoding="utf-8")


def test_runs_are_equal_byte_for_byte(base, town, make, tmp_path):
    again = run_scenario(make(), town, out=tmp_path / "again", store=ResultStore(tmp_path / "other"))
    for name in FILES - {"run.log"}:
        assert (again.folder / name).read_bytes() == (base.folder / name).read_bytes(), name


def test_a_stored_result_is_used_again(base, town, make, store, monkeypatch, tmp_path):
    monkeypatch.setattr("scenarios.computing.run_models", no_models)
    again = run_scenario(make(), town, out=tmp_path / "x", store=store)
    assert again.result.kpis == base.result.kpis
    assert [(stage.name, stage.origin) for stage in again.account.stages] == [
        ("reference", "stored"),
        ("scenario", "same"),
    ]
    assert "stored result" in (again.folder / "run.log").read_text(encoding="utf-8")


def test_a_damaged_store_is_not_trusted(town, make, tmp_path):
    store = ResultStore(tmp_path)
    first = run_scenario(make(), town, store=store)
    for path in tmp_path.rglob("result.json"):
        path.write_text(path.read_text(encoding="utf-8").replace("0", "1"), encoding="utf-8")
    assert run_scenario(make(), town, store=store).result.kpis == first.result.kpis
    key = store.key(a="b")
    assert store.find(key) is None
    store.put(key, first.result)
    assert store.find(key).kpis == first.result.kpis


@pytest.mark.parametrize("home", ["file", "file/home", "home"])
def test_a_store_that_cannot_be_written_loses_no_result(town, base, make, monkeypatch, tmp_path, home):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "results").write_text("x", encoding="utf-8")
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path / home))
    done = run_scenario(make(), town, out=tmp_path / "out")
    assert read_run(tmp_path / "out").result.kpis == base.result.kpis
    assert [(p.code, p.severity) for p in done.problems] == [("run.store", Severity.WARNING)]
    assert "EKISEI_HOME" in done.problems[0].hint.en
    assert done.manifest["problems"] == []
    for text in (FASTER, ""):
        file = tmp_path / "files" / ("two.yaml" if text else "one.yaml")
        file.parent.mkdir(exist_ok=True)
        file.write_text(scenario_text(make(text, id=file.stem)), encoding="utf-8")
    batch = run_batch([tmp_path / "files"], town, out=tmp_path / "runs")
    assert (len(batch.runs), batch.failures) == (2, ())
    assert {p.code for run in batch.runs for p in run.problems} == {"run.store", "scenario.elasticity_range"}


def test_a_disk_that_fills_up_with_the_table_of_all_is_told_and_loses_no_run(town, make, store, monkeypatch, tmp_path):
    def full(_table: pd.DataFrame) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("scenarios.batch.csv_bytes", full)
        with pytest.raises(RunError) as refused:
            run_batch([make()], town, out=tmp_path / "runs", store=store)
    assert [(p.code, p.where) for p in refused.value.problems] == [("run.unwritable", str(tmp_path / "runs/kpi.csv"))]
    assert "No space left" in refused.value.problems[0].message.en
    assert not (tmp_path / "runs" / "kpi.csv").exists()
    again = run_batch([make()], town, out=tmp_path / "runs", store=store, resume=True)
    assert [run.skipped for run in again.runs] == [True]


def test_splits_and_levels_of_another_year(changed):
    stored = read_run(changed)
    assert not stored.splits.empty
    gap = stored.splits["change"] - stored.splits[["demographic", "policy", "apparent"]].sum(axis=1)
    assert gap.abs().max() < 1e-9
    assert set(stored.kpi["year"]) == {2029}
    assert stored.manifest["closures"][0]["count"] == 1
    assert [p["code"] for p in stored.manifest["problems"]] == ["scenario.elasticity_range"], "twice as many runs"


def test_a_folder_that_holds_something_is_refused(base, town, make, store, tmp_path):
    with pytest.raises(UsageError) as found:
        run_scenario(make(), town, out=base.folder, store=store)
    assert found.value.problems[0].code == "run.out_not_empty"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(UsageError) as found:
        run_scenario(make(), town, out=tmp_path / "mine", store=store, force=True)
    assert found.value.problems[0].code == "run.out_foreign"
    with pytest.raises(UsageError) as found:
        run_scenario(make(), town, out=tmp_path / "mine" / "thesis.txt", store=store, force=True)
    assert found.value.problems[0].code == "run.out_is_file"
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "x"


def test_resume_skips_an_equal_run_and_redoes_another(town, make, store, tmp_path):
    out = tmp_path / "x"
    assert not run_scenario(make(), town, out=out, store=store).skipped
    stamp = (out / "run.log").stat().st_mtime_ns
    assert run_scenario(make(), town, out=out, store=store, resume=True).skipped
    assert (out / "run.log").stat().st_mtime_ns == stamp
    other = make(title="{ja: 別の題, en: Other}")
    assert not run_scenario(other, town, out=out, store=store, resume=True).skipped
    assert read_run(out).scenario.title.ja == "別の題"
    assert not run_scenario(make(), town, out=out, store=store, force=True).skipped
    (out / "kpi.csv").write_text("edited")
    assert not run_scenario(make(), town, out=out, store=store, resume=True).skipped
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_a_refused_scenario_writes_nothing(town, make, store, tmp_path):
    with pytest.raises(ScenarioError):
        run_scenario(make("- {id: a, type: remove-trips, routes: [Q]}"), town, out=tmp_path / "x", store=store)
    assert not list(tmp_path.iterdir())


def test_an_edited_or_missing_run_is_told(base, town, make, store, tmp_path):
    out = run_scenario(make(), town, out=tmp_path / "x", store=store).folder
    assert find_run("x", tmp_path) == out
    with pytest.raises(UsageError) as found:
        find_run("y", tmp_path)
    assert "x" in found.value.problems[0].hint.ja
    (out / "kpi.csv").write_text((out / "kpi.csv").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(RunError) as broken:
        read_run(out)
    assert "kpi.csv" in broken.value.problems[0].message.ja
    (out / "kpi.csv").unlink()
    with pytest.raises(RunError):
        read_run(out)


def test_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path / "home"))
    assert home_folder() == tmp_path / "home"
    assert ResultStore().root == tmp_path / "home" / "results"
    monkeypatch.delenv("EKISEI_HOME")
    assert home_folder().name == "ekisei"


# ---------------------------------------------------------------- batches


def write_files(folder, make):
    folder.mkdir()
    for name, text, year in (
        ("one", "", "2023"),
        ("two", FASTER, "2029"),
        ("bad", FASTER.replace("brt", "tram"), "2023"),
    ):
        try:
            body = scenario_text(make(text, id=name, year=year))
        except ScenarioError:
            body = scenario_text(make(FASTER, id=name, year=year)).replace("brt", "tram")
        (folder / f"{name}.yaml").write_text(body, encoding="utf-8")
    (folder / "worse.yaml").write_text("id: [", encoding="utf-8")
    return folder


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_batch_lists_what_failed_and_runs_the_rest(town, make, store, tmp_path, jobs, base):
    folder = write_files(tmp_path / "files", make)
    seen: list[tuple[int, int]] = []
    done = run_batch(
        [folder],
        town,
        out=tmp_path / "out",
        jobs=jobs,
        store=store,
        progress=lambda done, total, _stage: seen.append((done, total)),
    )
    assert [r.scenario.id for r in done.runs] == ["one", "two"]
    assert {f.name for f in done.failures} == {"bad.yaml", "worse.yaml"}
    table = pd.read_csv(tmp_path / "out" / "kpi.csv")
    assert list(table.columns) == list(KPI_COLUMNS)
    assert list(dict.fromkeys(table["scenario"])) == ["one", "two"]
    assert len(table) == len(done.kpi)
    assert seen[-1] == (2, 2)
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"one", "two", "kpi.csv"}
    again = run_batch([folder], town, out=tmp_path / "out", jobs=1, store=store, resume=True)
    assert all(r.skipped for r in again.runs)


def test_a_worker_that_fails_unexpectedly_spoils_only_its_own(town, make, store, tmp_path, monkeypatch, base):
    folder = write_files(tmp_path / "files", make)

    def broken(*args, **kwargs):
        if args[0].id == "two":
            raise ZeroDivisionError
        return run_scenario(*args, **kwargs)

    monkeypatch.setattr("scenarios.batch_work.run_scenario", broken)
    done = run_batch([folder / "one.yaml", folder / "two.yaml"], town, out=tmp_path / "out", store=store)
    assert [r.scenario.id for r in done.runs] == ["one"]
    assert [p.code for f in done.failures for p in f.problems] == ["run.unexpected"]


def test_a_batch_of_nothing_or_of_twins(town, make, store, tmp_path, base):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError):
        run_batch([tmp_path / "empty"], town, out=tmp_path / "out", store=store)
    folder = write_files(tmp_path / "files", make)
    (folder / "twin.yaml").write_text((folder / "one.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    done = run_batch([folder / "one.yaml", folder / "twin.yaml", "nope"], town, out=tmp_path / "out", store=store)
    assert [p.code for f in done.failures for p in f.problems] == [
        "scenario.duplicate_scenario",
        "scenario.not_found",
    ]


# ---------------------------------------------------------------- comparison, map


def test_comparison_is_tidy(base, changed):
    a, b = read_run(base.folder), read_run(changed)
    table = compare_runs(a, b)
    assert tuple(table.columns) == COMPARE_COLUMNS
    assert not table.duplicated(["kpi_id", "setting", "group"]).any()
    count = table[(table.kpi_id == "clinics_count") & (table.setting == "default") & (table.group == "all")].iloc[0]
    assert count["difference"] == -1
    assert count["judgement"] == "worse"
    known = table.dropna(subset=["policy"])
    assert ((known.demographic + known.policy + known.apparent - known.difference).abs() < 1e-6).all()
    back = compare_runs(b, a).set_index(["kpi_id", "setting", "group"])
    forth = table.set_index(["kpi_id", "setting", "group"])
    assert (back.difference.dropna() + forth.difference.dropna()).abs().max() == 0
    same = compare_runs(b, b)
    assert same.difference.abs().max() == 0
    assert set(same.judgement) == {"none"}
    assert compare(a, b).definitions is not None


def test_map_layers_show_what_changed(base, changed, town, make):
    layers = read_run(base.folder).layers
    assert {f["properties"]["change"] for k in ("lines", "stops", "facilities") for f in layers[k]["features"]} == {
        "same"
    }
    lines = {f["properties"]["route_id"]: f["properties"] for f in layers["lines"]["features"]}
    assert set(lines) == {"JR", "BRT", "AS1"}  # both directions once
    assert (lines["AS1"]["assumed"], lines["AS1"]["name"]) == (True, "")
    assert lines["BRT"]["name"] == "ＢＲＴ"
    stops = {f["properties"]["stop_id"]: f["properties"] for f in layers["stops"]["features"]}
    assert stops["J0"]["class"] == "rail"
    assert stops["K0"]["name"] == ""
    after = read_run(changed).layers
    assert {f["properties"]["route_id"]: f["properties"]["change"] for f in after["lines"]["features"]} == {
        "JR": "same",
        "BRT": "changed",
        "AS1": "same",
    }


def test_map_of_an_extension_draws_the_new_part_apart(town, make):
    from scenarios.apply import apply_scenario
    from scenarios.export import map_layers

    lon, lat = town.population.lonlat[0]
    text = f"- {{id: m, type: reroute, routes: [BRT], from_stop: B4, speed_kmh: 20, stops: [{{lat: {lat}, lon: {lon}, name: 新}}]}}"
    layers = map_layers(town, apply_scenario(town, make(text)).city)
    brt = [f for f in layers["lines"]["features"] if f["properties"]["route_id"] == "BRT"]
    assert sorted(f["properties"]["change"] for f in brt) == ["added", "same"]  # who rode before rides as before
    added = next(f for f in brt if f["properties"]["change"] == "added")
    assert len(added["geometry"]["coordinates"]) == 2
    assert [f["properties"]["change"] for f in layers["stops"]["features"] if f["properties"]["name"] == "新"] == [
        "added"
    ]
    gone = map_layers(town, apply_scenario(town, make("- {id: m, type: remove-trips, routes: [BRT]}")).city)
    assert {f["properties"]["change"] for f in gone["lines"]["features"] if f["properties"]["route_id"] == "BRT"} == {
        "removed"
    }


@pytest.mark.parametrize("from_stop", ["B4", "B0"])
@pytest.mark.parametrize(
    "more",
    [
        "{id: n, type: adjust-frequency, routes: [BRT], entries: [{start: '07:00', end: '19:00', headway_min: 7, days: [weekday]}]}",
        "{id: n, type: adjust-frequency, routes: [BRT], scale: 0.5}",
        "{id: n, type: adjust-speed, routes: [BRT], scale: 1.25}",
    ],
)
def test_a_line_that_grew_and_runs_otherwise_is_marked_where_it_grew_and_where_it_changed(town, make, from_stop, more):
    from scenarios.apply import apply_scenario
    from scenarios.export import map_layers

    def marks(text):
        lines = map_layers(town, apply_scenario(town, make(text)).city)["lines"]["features"]
        return sorted(f["properties"]["change"] for f in lines if f["properties"]["route_id"] == "BRT")

    lon, lat = town.population.lonlat[0]
    end = "from_stop: B4" if from_stop == "B4" else "to_stop: B0"
    grown = f"- {{id: m, type: reroute, routes: [BRT], {end}, speed_kmh: 20, stops: [{{lat: {lat}, lon: {lon}, name: 新}}]}}"
    assert marks(grown) == ["added", "same"]  # at either end
    assert marks(f"{grown}\n- {more}") == ["added", "changed"]


def test_cells_open_in_a_gis(base, town):
    import geopandas

    cells = geopandas.read_parquet(base.folder / "cells.parquet")
    assert cells.crs.to_epsg() == 4326
    assert cells.geometry.geom_equals(geopandas.GeoSeries(town.population.polygon_lonlat, crs=4326)).all()
    assert "geometry" not in read_run(base.folder).cells
