"""The record of an import holds everything, in both languages, and survives JSON."""

import json

from geodata.errors import Severity, Text, error, warning
from geodata.import_report import ImportReport, LayerImport
from geodata.provenance import Source, Status
from geodata.reading import FileRecord, ReaderInfo

READER = ReaderInfo("gtfs", Text("時刻表", "timetable"), "GTFS Schedule Reference", verified=True)
UNSEEN = ReaderInfo("estat", Text("国勢調査", "census"), "e-Stat 定義書", verified=False)


def example(*problems):
    timetable = LayerImport(
        "timetable",
        Status.OBSERVED,
        files=(FileRecord("feed.zip", READER, 1_234, "ab" * 32, 10, 9),),
        counts_in={"trips": 10},
        counts={"trips": 9},
        repairs={"gtfs.interpolated_times": 3, "gtfs.duplicate_rows": 1},
        problems=problems,
        sources=(
            Source("bus", "timetable", Text("バス", "bus"), "事業者", "CC BY 4.0", "2025-04-01", Status.OBSERVED),
        ),
    )
    population = LayerImport("population", Status.MODELLED, files=(FileRecord("m.txt", UNSEEN, 5, "cd" * 32, 4, 4),))
    return ImportReport(
        "town",
        Text("町", "Town"),
        "town.yaml",
        (population, timetable),
        (warning("city.none", "town.yaml", Text("注意", "note")),),
        digest="d" * 64,
        seconds={"population": 1.23456},
    )


def test_what_was_read_and_found_is_all_in_the_json():
    report = example(error("gtfs.bad", "stops.txt row 3", Text("誤り", "wrong"), Text("直す", "mend")))
    plain = json.loads(json.dumps(report.to_json(), ensure_ascii=False))
    assert plain == report.to_json()
    assert (plain["n_errors"], plain["n_warnings"], plain["n_repairs"], plain["failed"]) == (1, 1, 4, True)
    population, timetable = plain["layers"]
    assert timetable["problems"][0]["hint"] == {"ja": "直す", "en": "mend"}
    assert timetable["counts_in"]["trips"] == 10
    assert population["files"][0]["reader"]["verified"] is False
    assert population["status_text"] == {"ja": "試算", "en": "modelled"}
    assert plain["seconds"] == {"population": 1.235}


def test_a_report_without_errors_did_not_fail():
    report = example()
    assert not report.failed
    assert report.n_problems(Severity.WARNING) == 1
    assert [p.code for p in report.all_problems] == ["city.none"]


def test_an_entry_counts_once_however_many_rows_it_stands_for():
    many = warning("gtfs.many", "stops.txt", Text("多数", "many"), count=250)
    report = example(many, error("gtfs.bad", "stops.txt row 3", Text("誤り", "wrong")))
    assert (report.n_problems(Severity.WARNING), report.n_problems(Severity.ERROR)) == (2, 1)
    assert report.to_json()["layers"][1]["problems"][0]["count"] == 250
