"""Sweep files from the command line: the data set, its tables and page, what fails, what is resumed."""

from __future__ import annotations

import json
import os
import shutil

import duckdb
import pandas as pd
import pytest

from app.cli import run_cli
from geodata.snapshot import write_city
from geodata.synthetic import grid_city
from scenarios.files import LIBRARY
from scenarios.folder_lock import sole_use
from scenarios.sweep_results import write_manifest

SCENARIO = """
schema: ekisei-scenario/1
id: clinic
title: {ja: "<b>診療所</b>", en: Clinic}
description: {ja: 試し, en: a trial}
compare_to: clinic
year: 2023
plan_status: hypothetical
modifications:
  - id: clinic
    type: add-facility
    category: clinic
    name: {ja: 新しい診療所, en: New clinic}
    location: {lat: LAT, lon: LON}
"""
SWEEP = """
format: ekisei-sweep/1
id: places
title: {ja: "<script>場所</script>", en: Places}
base: clinic.yaml
vary:
  - sobol:
      n: 4
      seed: 3
      fields:
        modifications.clinic.location.lat: [LOW, LAT]
  - grid:
      modifications.clinic.capacity: [10, -1]
      modifications.clinic.name.ja: ['=HYPERLINK("x")']
pareto: [clinics_per_100k, {kpi: clinic_nearest_min, better: down}]
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    city = grid_city()
    write_city(city, folder / "city")
    lon, lat = city.population.lonlat.mean(axis=0).tolist()
    for name, text in (("clinic", SCENARIO), ("places", SWEEP)):
        written = text.replace("LAT", f"{lat:.5f}").replace("LON", f"{lon:.5f}").replace("LOW", f"{lat - 0.01:.5f}")
        (folder / f"{name}.yaml").write_text(written, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EKISEI_HOME", str(folder / "home"))
        yield folder


@pytest.fixture(scope="module")
def swept(place):
    out = place / "swept"
    assert call(place, "sweep", place / "places.yaml", "--out", out) == 2  # half of it cannot be computed
    return out


def call(place, *arguments):
    return run_cli(["--lang", "ja", *map(str, arguments), "--city", str(place / "city")], {})


def files_of(out):
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}


def test_duckdb_reads_the_data_set_beside_its_designs(swept):
    found = duckdb.sql(
        "select d.variant, k.value from read_parquet($kpi) k join read_parquet($designs) d using (variant) "
        "where k.kpi_id = 'clinics_per_100k' and k.setting = 'default' and k.\"group\" = 'all' order by all",
        params={"kpi": f"{swept}/kpi/part-*.parquet", "designs": f"{swept}/designs.parquet"},
    ).fetchall()
    assert [variant for variant, _ in found] == [1, 3, 5, 7]
    assert all(value > 0 for _, value in found)


def test_what_cannot_be_computed_is_listed_and_spoils_nothing(swept):
    summary = pd.read_csv(swept / "summary.csv")
    assert summary["state"].tolist() == ["done", "failed"] * 4
    failures = pd.read_csv(swept / "failures.csv")
    assert failures["variant"].tolist() == [2, 4, 6, 8]
    assert failures["where"].str.startswith("places.yaml:6 ").all()
    assert json.loads((swept / "manifest.json").read_text(encoding="utf-8"))["complete"] is True


def test_no_text_of_the_file_becomes_a_formula_or_markup(swept):
    assert "'=HYPERLINK" in (swept / "summary.csv").read_text(encoding="utf-8-sig")
    page = (swept / "index.html").read_text(encoding="utf-8")
    assert "<script>場所" not in page
    assert "&lt;script&gt;場所" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert page.count("<circle") == 4, "as many as were computed, drawn once for both languages"


def test_a_sweep_cut_short_and_resumed_equals_one_left_alone(place, swept, tmp_path, monkeypatch):
    from scenarios import many

    whole = many.run_many

    def cut(scenarios, work, **options):
        for done, outcome in enumerate(whole(dict(reversed(scenarios.items())), work, **options)):
            if done == 2:
                raise KeyboardInterrupt
            yield outcome

    out = tmp_path / "again"
    with monkeypatch.context() as patch:
        patch.setattr(many, "run_many", cut)
        assert call(place, "sweep", place / "places.yaml", "--out", out) == 5
    assert len(list((out / "kpi").glob("part-*"))) == 1
    assert call(place, "sweep", place / "places.yaml", "--out", out, "--resume") == 2
    assert files_of(out) == files_of(swept)
    damaged = next((out / "kpi").glob("part-*"))
    damaged.write_bytes(damaged.read_bytes()[:-9])
    assert call(place, "sweep", place / "places.yaml", "--out", out, "--resume") == 2
    assert files_of(out) == files_of(swept)


def test_killed_while_the_parts_were_put_in_order_nothing_is_computed_again(place, swept, tmp_path, capsys):
    out = tmp_path / "out"
    shutil.copytree(swept, out)
    (out / "kpi").rename(out / ".kpi-in-order")  # dead before it was named
    (out / ".kpi.old-in-order").mkdir()
    (out / ".kpi.old-in-order" / "part-0000001.parquet").touch()
    (out / ".part-0a1b2c3d.part").touch()
    assert call(place, "sweep", place / "places.yaml", "--out", out, "--resume") == 2
    assert "4 通りは計算済み" in capsys.readouterr().err
    assert files_of(out) == files_of(swept)


def test_who_computes_a_sweep_has_its_folder_alone(place, swept, tmp_path, capsys):
    before = files_of(swept)
    with sole_use(swept):
        for how in ((), ("--resume",), ("--force",)):
            assert call(place, "sweep", place / "places.yaml", "--out", swept, *how) == 2
            assert f"プロセス {os.getpid()}" in capsys.readouterr().err
    assert files_of(swept) == before


def test_a_dry_run_says_how_many_and_writes_nothing(place, tmp_path, capsys):
    assert call(place, "sweep", place / "places.yaml", "--out", tmp_path / "dry", "--dry-run") == 0
    shown = capsys.readouterr()
    assert "ディスク" in shown.out
    assert "8 通り" in shown.err
    assert "4 通りは値が合わず" in shown.err
    assert shown.err.count("places.yaml:6") == 1, "one reason, once"
    assert "(×4)" in shown.err
    assert "4 通りの見込み" in shown.out
    assert not (tmp_path / "dry").exists()


def test_a_dry_run_says_why_what_it_tried_cannot_be_computed(place, tmp_path, capsys, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError("x")

    monkeypatch.setattr("scenarios.many_work.run_scenario", broken)
    assert call(place, "sweep", place / "places.yaml", "--out", tmp_path / "dry", "--dry-run") == 0
    shown = capsys.readouterr()
    assert "見込みは出せません" in shown.out
    assert "ZeroDivisionError" in shown.err


def test_the_example_that_comes_along_can_be_computed(tmp_path, capsys):
    example = LIBRARY.parent / "examples" / "sweep-visits-and-clinics.yaml"
    assert run_cli(["--lang", "ja", "sweep", str(example), "--out", str(tmp_path / "dry"), "--dry-run"], {}) == 0
    assert "64 通りの見込み: 1 プロセスで約" in capsys.readouterr().out


def test_fail_fast_stops_before_the_tables(place, tmp_path):
    out = tmp_path / "fast"
    assert call(place, "sweep", place / "places.yaml", "--out", out, "--fail-fast") == 2
    assert not (out / "summary.csv").exists()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("location.lat:", "location.lta:", "location.lat"),
        ("clinics_per_100k", "clinic_per_100k", "clinics_per_100k"),
        ("n: 4", "n: 4.5", "整数"),
        ("  - grid:", "  - gridd:", "grid"),
        ("base: clinic.yaml", "base: none.yaml", "none.yaml"),
        ("capacity: [10, -1]", "capacity: []", "空"),
    ],
)
def test_a_miswritten_file_is_refused_with_place_and_remedy(place, tmp_path, capsys, old, new, told):
    text = (place / "places.yaml").read_text(encoding="utf-8").replace(old, new)
    assert new in text
    file = place / "wrong.yaml"
    file.write_text(text, encoding="utf-8")
    assert call(place, "sweep", file, "--out", tmp_path / "out") == 2
    shown = capsys.readouterr().err
    assert told in shown
    assert "wrong.yaml:" in shown
    assert not (tmp_path / "out").exists()


def test_more_variants_than_allowed_and_another_sweep_in_the_folder_are_refused(place, swept, tmp_path, capsys):
    assert call(place, "sweep", place / "places.yaml", "--out", tmp_path / "out", "--most", 7) == 2
    assert "--most 8" in capsys.readouterr().err
    file = place / "other.yaml"
    file.write_text((place / "places.yaml").read_text(encoding="utf-8").replace("seed: 3", "seed: 4"), encoding="utf-8")
    before = files_of(swept)
    assert call(place, "sweep", file, "--out", swept, "--resume") == 2
    assert "--force" in capsys.readouterr().err
    assert files_of(swept) == before


def test_only_the_kpis_that_the_file_names_are_computed(place, swept, tmp_path, capsys):
    text = (place / "places.yaml").read_text(encoding="utf-8")
    file = place / "few.yaml"
    file.write_text(text + "kpis: [clinic_nearest_min, clinics_per_100k]\n", encoding="utf-8")
    assert call(place, "sweep", file, "--out", tmp_path / "out", "--kpi", "clinics_count") == 2
    assert "kpis" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert call(place, "sweep", file, "--out", tmp_path / "out") == 2  # the same half cannot be computed
    few, whole = (duckdb.read_parquet(f"{out}/kpi/*.parquet").df() for out in (tmp_path / "out", swept))
    wanted = whole[whole["kpi_id"].isin(["clinic_nearest_min", "clinics_per_100k"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, wanted, check_exact=True)
    assert (tmp_path / "out" / "pareto.csv").read_bytes() == (swept / "pareto.csv").read_bytes()
    assert "計算した評価指標は 2 だけ" in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert call(place, "sweep", place / "places.yaml", "--out", tmp_path / "out", "--resume") == 2
    assert "kpis" in capsys.readouterr().err


def test_a_manifest_that_is_gone_is_named(swept, tmp_path, capsys):
    out = tmp_path / "swept"
    shutil.copytree(swept, out)
    (out / "manifest.json").unlink()
    assert run_cli(["--lang", "ja", "store", "verify", "--runs", str(out)], {}) == 3
    assert f"{out / 'manifest.json'}: なくなっています" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["designs.parquet", "summary.csv", "index.html", "kpi", "manifest.json"])
def test_what_is_damaged_in_a_finished_sweep_is_named_and_made_anew(name, place, swept, tmp_path, capsys):
    out = tmp_path / "library" / "swept"
    shutil.copytree(swept, out)
    assert run_cli(["--lang", "ja", "store", "verify", "--runs", str(tmp_path / "library")], {}) == 0
    capsys.readouterr()
    path = next(out.glob("kpi/*")) if name == "kpi" else out / name
    whole = path.read_bytes()
    path.write_bytes(whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:])
    assert run_cli(["--lang", "ja", "store", "verify", "--runs", str(out)], {}) == 3
    shown = capsys.readouterr().err
    assert str(path) in shown
    assert "ekisei sweep に --resume" in shown
    assert call(place, "sweep", place / "places.yaml", "--out", out, "--resume") == 2
    assert files_of(out) == files_of(swept)


def test_a_sweep_that_was_cut_short_is_no_damage(place, swept, tmp_path, capsys):
    out = tmp_path / "swept"
    shutil.copytree(swept, out)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    write_manifest(out, {**manifest, "complete": False})
    (out / "summary.csv").unlink()
    assert run_cli(["--lang", "ja", "store", "verify", "--runs", str(out)], {}) == 0
    for path in (*out.glob("kpi/*"), out / "designs.parquet"):
        path.unlink()
    assert run_cli(["--lang", "ja", "store", "verify", "--runs", str(out)], {}) == 0
    write_manifest(out, {**manifest, "schema": "ekisei-sweep-results/9"})
    assert run_cli(["--lang", "ja", "store", "verify", "--runs", str(out)], {}) == 3
    assert "ekisei-sweep-results/9" in capsys.readouterr().err
