"""`ekisei route --pairs`: a table of questions in, the same table with answers out."""

from dataclasses import replace

import pytest

from app.cli import run_cli
from geodata.crs import to_plane
from geodata.snapshot import write_city
from geodata.synthetic import grid_city, timetable_from_text

FEED = """
    stop A 0 0 西駅
    stop B 5000 0 東駅
    stop B2 5200 0 東駅前
    stop C 9000 0 海岸
    service wk 1111100 0
    trip R service=wk A 08:10 B 08:20
    trip S service=wk B 08:25 C 08:40
    trip T service=wk B2 08:22 C 08:30
    trip N service=wk C 24:30 A 25:05
    transfer B B2 2 90
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    timetable = timetable_from_text(FEED)
    made = grid_city(timetable=timetable)
    stops = replace(timetable.stops, xy=to_plane(made.epsg, timetable.stops.lonlat))
    folder = tmp_path_factory.mktemp("cities") / "line"
    write_city(made.replace(timetable=replace(timetable, stops=stops)), folder)
    return folder, [f"{lat:.6f},{lon:.6f}" for lon, lat in timetable.stops.lonlat]


@pytest.fixture
def ask(city, tmp_path, capsys):
    def run(text, *more, encoding="utf-8"):
        (tmp_path / "pairs.csv").write_text(text, encoding=encoding)
        out = tmp_path / "answers" / "out.csv"
        files = ["--pairs", str(tmp_path / "pairs.csv"), "--out", str(out), "--city", str(city[0])]
        code = run_cli(["route", *files, *more], {})
        left = [p.name for p in out.parent.iterdir()] if out.parent.exists() else []
        assert left in ([], ["out.csv"])
        printed = capsys.readouterr()
        return code, out.read_text(encoding="utf-8") if left else "", printed.out + printed.err

    return run


STOPS = "id,from_stop_id,to_stop_id,depart\n"


def test_every_row_is_answered_in_its_place(ask):
    rows = STOPS + 'x,A,C,08:00:00\ny,C,A,08:00:00\n"z, last",A,B,8:10:01\nsame,B,B,07:00:00\n,C,A,24:00:00\n'
    code, written, shown = ask(rows, "--walk", "none")
    assert code == 0
    assert written == (
        "id,from_stop_id,to_stop_id,depart,arrive,n_transfers\n"
        f'x,A,C,08:00:00,{8 * 3600 + 2400},1\ny,C,A,08:00:00,{25 * 3600 + 300},0\n"z, last",A,B,8:10:01,,\n'
        f"same,B,B,07:00:00,{7 * 3600},0\n,C,A,24:00:00,{25 * 3600 + 300},0\n"
    )
    assert "5 組のうち 4 組" in shown


@pytest.mark.parametrize(
    ("options", "arrive"),
    [
        (["--walk", "none"], "08:40"),
        (["--walk", "none", "--change-s", "301"], ""),
        (["--walk", "none", "--max-transfers", "0"], ""),
        (["--walk", "feed"], "08:30"),
        (["--walk", "feed", "--change-s", "600"], "08:30"),
        (["--walk", "300"], "08:40"),  # 260 m at 80 m/min take longer than two minutes
        (["--walk", "10"], "08:40"),
        ([], "08:40"),
        (["--walk", "none", "--date", "saturday"], ""),
    ],
)
def test_the_rules_of_changing(ask, options, arrive):
    _, written, _ = ask(STOPS + "x,A,C,08:00:00\n", *options)
    expected = str(int(arrive[:2]) * 3600 + int(arrive[3:]) * 60) if arrive else ""
    assert written.splitlines()[1].split(",")[4] == expected


def test_places_walk_to_stops(ask, city):
    lat, lon = city[1][0].split(",")
    rows = f"from_lat,from_lon,to_stop_id,depart\n{float(lat) + 0.001:.6f},{lon},B,08:00:00\n{lat},{lon},B,08:10:00\n"
    _, written, _ = ask(rows, "--walk", "200")
    assert [line.split(",")[4:] for line in written.splitlines()[1:]] == [[str(8 * 3600 + 1200), "0"]] * 2
    _, written, _ = ask(rows, "--walk", "50")
    assert [line.split(",")[4] for line in written.splitlines()[1:]] == ["", str(8 * 3600 + 1200)]


def test_japanese_text_keeps_its_form_and_gets_a_mark_for_spreadsheets(ask):
    _, written, _ = ask("名前,from_stop_id,to_stop_id,depart\n本庁,A,B,08:00:00\n", "--walk", "none", encoding="cp932")
    assert written.startswith("\ufeff名前,")
    assert "本庁,A,B,08:00:00,30000,0" in written


def test_every_slip_is_told_at_once_with_row_and_remedy(ask, city):
    lat, lon = city[1][0].split(",")
    rows = "from_stop_id,from_lat,from_lon,to_stop_id,depart\n"
    rows += f"BB,,,C,08:00:00\nA,,,C,8時\n,{lon},{lat},C,08:00:00\n,95,200,C,08:00:00\n,,,C,08:00:00\n,{lat},{lon},C,08:00:00\nA,,,,48:00:00\n"
    code, written, shown = ask(rows, "--lang", "en")
    assert (code, written) == (3, "")
    for said in (
        "pairs.csv row 2: from_stop_id: there is no stop 'BB' [pairs.no_stop]\n  → near ids: B",
        "pairs.csv row 3: depart is HH:MM:SS, not '8時'",
        "pairs.csv row 4: no usable position",
        "latitude and longitude are swapped",
        "pairs.csv row 5: no usable position (from_lat='95', from_lon='200')",
        "pairs.csv row 6: no usable position",
        "pairs.csv row 8: depart is HH:MM:SS, not '48:00:00'",
        "pairs.csv row 8: to_stop_id is empty",
    ):
        assert said in shown
    assert "row 7" not in shown


@pytest.mark.parametrize("walk", ["none", "feed"])
def test_without_walking_an_end_must_be_a_stop(ask, city, walk):
    rows = f"from_lat,from_lon,to_stop_id,depart\n{city[1][0]},B,08:00:00\n"
    code, written, shown = ask(rows, "--walk", walk)
    assert (code, written) == (3, "")
    assert "2 行目" in shown
    assert "from_stop_id を書くか" in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("from_stop_id,to_stop,depart\nA,B,08:00:00\n", "列 to_stop_id がありません"),
        ("from_stop_id,to_stop_id,time\nA,B,08:00:00\n", "列 depart がありません"),
        ("from_lat,to_stop_id,depart\n36,B,08:00:00\n", "列 from_lon がありません"),
        (STOPS.replace("id,", "arrive,", 1) + "1,A,B,08:00:00\n", "列 arrive は結果の列の名前です"),
        ("", "ファイルが空です"),
    ],
)
def test_columns_are_checked_first(ask, text, said):
    code, written, shown = ask(text)
    assert (code, written) == (3, "")
    assert said in shown


def test_a_day_without_service_is_told(ask):
    code, written, shown = ask(STOPS + "x,A,C,08:00:00\n", "--date", "2025-10-18")
    assert (code, written.splitlines()[1]) == (0, "x,A,C,08:00:00,,")
    assert "2025-10-18 に運行する便はありません（時刻表の期間:" in shown
    assert "運行する便" not in ask(STOPS + "x,A,C,08:00:00\n", "--date", "2025-10-17")[2]


def test_a_table_without_rows_is_answered_by_one(ask):
    code, written, _ = ask(STOPS)
    assert (code, written) == (0, STOPS.strip() + ",arrive,n_transfers\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--pairs", "x.csv"], "--out がありません"),
        (["--pairs", "x.csv", "--out", "y.csv", "--from", "36,140"], "--from は --pairs と一緒には使えません"),
        (["--pairs", "x.csv", "--out", "y.csv", "--walk", "far"], "--walk は none、feed"),
        (["--pairs", "x.csv", "--out", "y.csv", "--walk", "-5"], "--walk は none、feed"),
        (["--pairs", "x.csv", "--out", "y.csv", "--walk", "nan"], "--walk は none、feed"),
        (["--pairs", "x.csv", "--out", "y.csv", "--date", "yesterday"], "日付は"),
        (["--pairs", "x.csv", "--out", "."], "フォルダです"),
        (["--walk", "none"], "--from, --to, --depart がありません"),
        (["--from", "36,140", "--to", "36,140", "--depart", "08:00", "--out", "y"], "--out は --pairs と一緒に"),
    ],
)
def test_options_that_do_not_go_together(arguments, said, capsys):
    assert run_cli(["route", *arguments], {}) == 2
    assert said in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_read(capsys, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert run_cli(["route", "--pairs", "no.csv", "--out", str(tmp_path / "file" / "y.csv")], {}) == 2
    assert "フォルダではなくファイルです" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "said"), [("no.csv", "ファイルがありません"), ("", "フォルダです")])
def test_a_missing_file_is_told(capsys, tmp_path, name, said):
    assert run_cli(["route", "--pairs", str(tmp_path / name), "--out", str(tmp_path / "y.csv")], {}) == 3
    shown = capsys.readouterr().err
    assert name in shown
    assert said in shown
    assert "--pairs に" in shown
    assert "EKISEI_INPUTS" not in shown
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("out", ["pairs.csv", "sub/../pairs.csv", "link.csv"])
def test_the_answers_do_not_overwrite_the_questions(city, capsys, tmp_path, out):
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(STOPS + "x,A,C,08:00:00\n", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.csv").hardlink_to(pairs)
    arguments = ["--pairs", str(pairs), "--out", str(tmp_path / out), "--city", str(city[0])]
    assert run_cli(["route", *arguments], {}) == 2
    assert "--pairs と同じファイルです" in capsys.readouterr().err
    assert pairs.read_text(encoding="utf-8") == STOPS + "x,A,C,08:00:00\n"


def test_stops_that_are_not_alike_are_not_called_near(ask):
    code, written, shown = ask(STOPS + "x,zzz999,C,08:00:00\n", "--lang", "en")
    assert (code, written) == (3, "")
    assert "no id is alike; write stop_id as in stops.txt (for example A)" in shown
    assert "near ids" not in shown
