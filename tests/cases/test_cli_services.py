"""The commands on services, from files to printed tables: sweep, office, fleet and hubs on the grid city."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from rich.cells import cell_len

from app.cli import run_cli
from geodata.snapshot import write_city
from geodata.synthetic import grid_city

HEAD = """
schema: ekisei-scenario/1
id: {id}
title: {{ja: {ja}, en: {en}}}
description: {{ja: 試し, en: a trial}}
compare_to: {id}
year: 2023
plan_status: hypothetical
"""
PLAIN = HEAD.format(id="as-it-is", ja="いまのまま", en="As it is") + "modifications: []\n"
LINE = (
    HEAD.format(id="new-line", ja="新しい路線", en="New line")
    + """
modifications:
  - id: line
    type: add-trips
    name: {ja: 新しい路線, en: New line}
    stops:
{stops}
    timetables:
      - {start: "07:00", end: "19:00", headway_min: 30}
    speed_kmh: 20
"""
)
FLEET = (
    HEAD.format(id="fleet", ja="呼べる車", en="Cars on call")
    + """
modifications:
  - id: cars
    type: add-on-demand
    name: {ja: 呼べる車, en: Cars on call}
    zones: {location: {lat: LAT, lon: LON}, radius_m: 1500}
    to: anywhere
    policy: door-to-door
    window: {start: "09:00", end: "15:00"}
    days: [weekday]
    booking: {min_lead_min: 0, channel: phone}
    fleet: {vehicles: 1, seats: 3, speed_kmh: 20}
    wait: {model: fleet, max_wait_min: 20, max_detour_factor: 1.5}
    requests_per_day: 40
"""
)
OFFICE = (
    HEAD.format(id="van", ja="動く市役所", en="Van")
    + """
modifications:
  - id: van
    type: mobile-service
    name: {ja: 動く市役所, en: Van}
    services: [証明書]
    vehicles: 1
    depot: {lat: LAT, lon: LON}
    stops:
      - name: {ja: 中央, en: Centre}
        location: {lat: LAT, lon: LON}
        visits: [{week_of_month: [1, 3], weekday: tue, start: "10:00", end: "12:00"}]
"""
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("services")
    city = grid_city()
    write_city(city, folder / "city")
    lon, lat = city.population.lonlat.mean(axis=0).tolist()
    ends = city.population.lonlat[[0, -1]].tolist()
    stops = "\n".join(f"      - {{lat: {b:.5f}, lon: {a:.5f}, name: 端{n}}}" for n, (a, b) in enumerate(ends))
    texts = {"as-it-is": PLAIN, "new-line": LINE.replace("{stops}", stops), "fleet": FLEET, "van": OFFICE}
    for name, text in texts.items():
        written = text.replace("LAT", f"{lat:.5f}").replace("LON", f"{lon:.5f}")
        (folder / f"{name}.yaml").write_text(written, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EKISEI_HOME", str(folder / "home"))
        yield folder


def call(place, *arguments, lang="ja"):
    return run_cli(["--lang", lang, *map(str, arguments), "--city", str(place / "city")], {})


def widths(printed):
    return max(cell_len(line) for line in printed.splitlines() if not line.startswith(("・", "-", "/")))


# ---------------------------------------------------------------- sweep


def test_a_sweep_prints_what_moved_and_writes_every_combination(place, capsys):
    out = place / "swept"
    setting = "modifications.line.timetables[0].headway_min=10,30"
    assert call(place, "sweep", place / "new-line.yaml", "--set", setting, "--out", out) == 0
    shown = capsys.readouterr().out
    assert "ファイルのまま" in shown
    assert "変化なし" in shown  # 30 minutes are the file's own
    assert widths(shown) <= 100
    table = pd.read_csv(out / "sweep.csv")
    assert table["no_change"].tolist() == [False, False, True]
    assert table["modifications.line.timetables[0].headway_min"].tolist() == [30, 10, 30]
    assert {p.parent.name for p in out.glob("*/manifest.json")} == set(table["scenario"])


def test_a_sweep_that_moves_nothing_says_so(place, capsys):
    out = place / "still"
    arguments = ["sweep", place / "as-it-is.yaml", "--set", "parameters.licence_return_from_age=60,70", "--out", out]
    assert call(place, *arguments) == 0
    shown = capsys.readouterr().out
    assert "動きませんでした" in shown
    assert shown.count("変化なし") >= 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--set", "parameters.walk_detor=1,2"], "parameters.walk_detour"),
        (["--set", "modifications.lin.speed_kmh=10"], "modifications.line.speed_kmh"),
        (["--set", "modifications.line.speed_kmh"], "キー=値"),
        (["--set", "modifications.line.speed_kmh=-3"], "speed_kmh"),
        (["--set", "modifications.line.speed_kmh=10", "--kpi", "clinic_nearst_min"], "clinic_nearest_min"),
        ([], "--set"),
    ],
)
def test_a_miswritten_sweep_is_refused_before_anything_is_written(place, arguments, told, capsys):
    out = place / "refused"
    assert call(place, "sweep", place / "new-line.yaml", *arguments, "--out", out) == 2
    shown = capsys.readouterr()
    assert told in shown.err
    assert shown.out == ""
    assert not out.exists()


# ---------------------------------------------------------------- office


def test_the_tours_of_a_plan_are_printed_and_written(place, capsys):
    file = place / "tour.csv"
    assert call(place, "office", "tour", place / "van.yaml", "--csv", file) == 0
    shown = capsys.readouterr().out
    assert "第1・3火 10:00–12:00" in shown
    assert "位置づけ: 仮想" in shown
    (row,) = pd.read_csv(file, dtype=str).to_dict("records")
    assert (row["weekday"], row["weeks_of_month"], row["open"], row["name_ja"]) == ("tue", "1 3", "10:00", "中央")


def test_a_month_is_printed_as_table_csv_and_calendar(place, capsys):
    csv, ics = place / "month.csv", place / "new" / "month.ics"
    arguments = ["office", "month", place / "van.yaml", "--month", "2029-10", "--csv", csv, "--ics", ics]
    assert call(place, *arguments) == 0
    shown = capsys.readouterr().out
    assert "10-02 火" in shown
    assert "10-16 火" in shown
    assert "10-09" not in shown  # the second Tuesday
    assert pd.read_csv(csv)["date"].tolist() == ["2029-10-02", "2029-10-16"]
    assert b"BEGIN:VCALENDAR" in ics.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["office", "month", "van.yaml", "--month", "2029-13"], "YYYY-MM"),
        (["office", "month", "van.yaml", "--month", "October"], "YYYY-MM"),
        (["office", "tour", "as-it-is.yaml"], "mobile-service"),
        (["office", "site", "--p", "500"], "200"),
        (["office", "site", "--p", "2", "--hours", "10"], "p か vehicle_hours_per_month"),
        (["office", "site", "--candidates", "clnic"], "clinic"),
        (["office", "site", "--objective", "best"], "mclp"),
        (["office", "site", "--depot", "140.6,36.6"], "36.6,140.6"),
        (["fleet", "simulate", "as-it-is.yaml"], "add-on-demand"),
        (["fleet", "simulate", "fleet.yaml", "--vehicles", "0,2"], "1〜200"),
        (["fleet", "simulate", "fleet.yaml", "--vehicles", "two"], "1〜200"),
        (["fleet", "simulate", "fleet.yaml", "--service", "car"], "cars"),
        (["hubs", "rank", "--k", "0"], "1"),
        (["hubs", "rank", "no-such-scenario"], "no-such-scenario"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_remedy(place, arguments, told, capsys):
    named = [place / a if a.endswith(".yaml") else a for a in arguments]
    assert call(place, *named) in {2, 4}
    shown = capsys.readouterr()
    assert told in shown.err
    assert "Traceback" not in shown.err


def test_the_best_place_is_that_of_most_people_and_is_kept_as_a_scenario(place, capsys):
    csv, kept = place / "site.csv", place / "site.yaml"
    arguments = ["office", "site", "--p", "1", "--candidates", "clinic", "--candidates", "hospital", "--weights", "pop"]
    assert call(place, *arguments, "--walk-m", "900", "--csv", csv, "--save", kept) == 0
    shown = capsys.readouterr().out
    assert "この条件で最良" in shown
    assert "証明済み" in shown
    (row,) = pd.read_csv(csv).to_dict("records")
    city = grid_city()
    near = {
        str(i): _people_near(city, xy)
        for i, k, xy in zip(city.facilities.facility_id, city.facilities.kind, city.facilities.xy, strict=True)
        if k in {"clinic", "hospital"}
    }
    assert row["persons"] == pytest.approx(max(near.values()))
    assert near[row["place_id"].removeprefix("office-site:")] == max(near.values())
    assert call(place, "office", "tour", kept) == 0


MAPPED = ("city_office", "high_school", "shelter")


def test_the_map_shows_the_candidates_that_were_not_chosen_and_what_each_would_add(place, capsys):
    path = place / "maps" / "site.geojson"
    kinds = [part for kind in MAPPED for part in ("--candidates", kind)]
    arguments = ["office", "site", "--p", "1", *kinds, "--weights", "pop", "--walk-m", "900", "--geojson", path]
    assert call(place, *arguments) == 0
    assert str(path) in capsys.readouterr().out.replace("\n", "")
    told = json.loads(path.read_text(encoding="utf-8"))
    city = grid_city()
    features = [feature["properties"] for feature in told["features"]]
    assert [f["chosen"] for f in features] == [True] + [False] * (len(features) - 1)
    assert {f["id"] for f in features} == {
        str(i) for i, k in zip(city.facilities.facility_id, city.facilities.kind, strict=True) if k in MAPPED
    }
    xy = dict(zip(city.facilities.facility_id.tolist(), city.facilities.xy, strict=True))
    for feature in features:
        assert feature["persons"] == pytest.approx(_people_near(city, xy[feature["id"]]), abs=0.1)
        assert 0 <= feature["persons_added"] <= feature["persons"]
        assert bool(feature["visits"]) == bool(feature["visits_en"]) == feature["chosen"]
    best = features[0]
    assert best["persons_added"] == best["persons"] == max(f["persons"] for f in features)
    assert told["conditions"]["walk_m"] == 900
    assert told["conditions"]["chosen_by"].startswith("この条件で最良")


def test_the_map_of_candidates_lists_no_clinic_that_was_not_chosen(place):
    path = place / "clinics.geojson"
    arguments = ["office", "site", "--p", "1", "--candidates", "clinic", "--geojson", path]
    assert call(place, *arguments, "--walk-m", "900") == 0
    (feature,) = json.loads(path.read_text(encoding="utf-8"))["features"]
    assert feature["properties"]["chosen"]


def _people_near(city, xy):
    away = ((city.population.xy - xy) ** 2).sum(axis=1) ** 0.5 * city.streets.walk_detour
    return float(city.population.total[away <= 900].sum())


# ---------------------------------------------------------------- fleet and hubs


def test_more_vehicles_refuse_fewer_of_the_same_requests(place, capsys):
    csv, events = place / "fleet.csv", place / "events.csv"
    arguments = ["fleet", "simulate", place / "fleet.yaml", "--vehicles", "1,3", "--csv", csv, "--events", events]
    assert call(place, *arguments) == 0
    shown = capsys.readouterr().out
    assert "配車" in shown
    assert "1 台" in shown
    assert widths(shown) <= 100
    table = pd.read_csv(csv).set_index("vehicles")
    assert table["rejection_share"][3] <= table["rejection_share"][1]
    assert table["wait_mean_min"][3] < table["wait_mean_min"][1]
    log = pd.read_csv(events)
    assert set(log["vehicles"]) == {1, 3}
    assert (log.groupby("vehicles")["time_s"].apply(lambda t: t.is_monotonic_increasing)).all()


@pytest.mark.slow
def test_the_check_prints_theory_and_the_real_month(capsys):
    assert run_cli(["fleet", "check"], {}) == 0
    shown = capsys.readouterr().out
    assert "M/M/2" in shown
    assert "M/D/1" in shown
    assert "不一致" not in shown
    assert "8.5" in shown
    assert "調整なし" in shown


@pytest.mark.parametrize(("lang", "word"), [("ja", "順位"), ("en", "Ranked")])
def test_hubs_are_ranked_where_somebody_cannot_walk_to_a_stop(place, lang, word, capsys):
    path = place / f"hubs-{lang}.geojson"
    arguments = ["hubs", "rank", "--k", "2", "--kind", "clinic", "--kind", "hospital", "--geojson", path]
    code = call(place, *arguments, lang=lang)
    shown = capsys.readouterr()
    assert code in {0, 4}
    assert path.exists() == (code == 0)
    if code == 0:
        assert word in shown.out
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        assert [f["properties"]["rank"] for f in features] == list(range(1, len(features) + 1))
    else:
        assert "→" in shown.err
