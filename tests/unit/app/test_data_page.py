"""The page of data: every source with its licence, the report of the import, a check that keeps nothing."""

from __future__ import annotations

import io
import zipfile

import pytest

from app.desk import Desk
from app.factory import create_app
from app.features.sources import checking
from app.features.sources.checking import Handed, check_files, plain_name
from app.import_report.render import PAGE
from app.services import Services
from geodata.errors import DataError

CELLS = "id,lon,lat,population\na,140.65,36.60,120\nb,140.66,36.61,80\n"


@pytest.fixture
def desk(page_settings, page_services):
    return Desk(page_settings, page_services)


@pytest.fixture
def client(desk):
    return create_app(desk.settings, desk.services, desk).server.test_client()


def token(client):
    page = client.get("/data/check?lang=en").text
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def hand_in(client, *files, lang="en"):
    form = {"csrf_token": token(client), "files": [(io.BytesIO(content.encode()), name) for name, content in files]}
    return client.post(f"/data/check?lang={lang}", data=form, headers={"Origin": "http://localhost"})


def test_every_source_stands_on_the_page_with_its_licence(client, page_services):
    layout = client.get("/_dash-layout", headers={"Referer": "http://localhost/data?lang=en"}).text
    for source in page_services.city.sources:
        assert source.title.en in layout
        assert source.licence in layout


def test_the_report_of_the_import_is_handed_out_where_there_is_one(page_settings, tmp_path, client):
    assert client.get("/data/import-report").status_code == 404
    city = tmp_path / "city"
    city.mkdir()
    for file in page_settings.city_folder.iterdir():
        (city / file.name).write_bytes(file.read_bytes())
    (city / PAGE).write_text("<!DOCTYPE html><title>report</title>", encoding="utf-8")
    settings = page_settings.model_copy(update={"city_folder": city})
    answer = create_app(settings, Services(settings)).server.test_client().get("/data/import-report")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_files_are_told_for_what_they_are_and_nothing_stays(client, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    answer = hand_in(client, ("people.csv", CELLS))
    assert answer.status_code == 200, answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "people.csv" in answer.text
    assert list(tmp_path.iterdir()) == []


def test_what_makes_no_layer_is_refused_with_a_remedy(client):
    answer = hand_in(client, ("notes.txt", "hello"))
    assert answer.status_code == 400
    assert "notes.txt" in answer.text
    assert 'role="alert"' in answer.text
    assert "Traceback" not in answer.text


def test_a_zip_with_a_file_that_has_no_name_is_refused_with_a_remedy(client):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        pack.writestr("Xstops.txt", "x")
    nameless = packed.getvalue().replace(b"Xstops", b"\0stops")  # names end at their first null
    form = {"csrf_token": token(client), "files": [(io.BytesIO(nameless), "feed.zip")]}
    answer = client.post("/data/check?lang=en", data=form, headers={"Origin": "http://localhost"})
    assert answer.status_code == 400
    assert "feed.zip" in answer.text
    assert "without a name" in answer.text


def test_a_table_with_a_line_end_inside_a_field_is_refused_with_a_remedy(client):
    answer = hand_in(client, ("clinics.csv", "名称,住所,緯度,経度\r\n甲\r乙,日立市,36.5,140.6\r\n"))
    assert answer.status_code == 400
    assert "Traceback" not in answer.text
    assert 'role="alert"' in answer.text


def test_without_the_token_of_the_form_nothing_is_read(client):
    answer = client.post(
        "/data/check", data={"files": [(io.BytesIO(b"x"), "a.csv")]}, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 403


def test_limits_are_told(monkeypatch):
    with pytest.raises(DataError, match=r"no file|ファイルがありません"):
        check_files([], "en")
    many = [Handed(f"{n}.csv", io.BytesIO(b"x")) for n in range(checking.MOST_FILES + 1)]
    with pytest.raises(DataError) as refused:
        check_files(many, "en")
    assert refused.value.problems[0].code == "check.too_many"
    monkeypatch.setattr(checking, "LARGEST", 10)
    with pytest.raises(DataError) as refused:
        check_files([Handed("a.csv", io.BytesIO(b"x" * 11))], "en")
    assert refused.value.problems[0].code == "check.too_large"
    with pytest.raises(DataError) as refused:
        check_files([Handed("a.csv", io.BytesIO(b"x")), Handed("d/a.csv", io.BytesIO(b"y"))], "en")
    assert refused.value.problems[0].code == "check.twice"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\人口.csv", "人口.csv"),
        ("..", ""),
        ("a\x00b.csv", "ab.csv"),
        ("/", ""),
        ("nul.csv", "_nul.csv"),  # a device of Windows, whatever its ending
        ("COM1", "_COM1"),
        ("console.csv", "console.csv"),
        ("表.csv:hidden", "表.csvhidden"),
        ("\u202egpj.csv", "gpj.csv"),
        (". .csv. ", "csv"),
    ],
)
def test_a_name_is_never_a_path(given, kept):
    assert plain_name(given) == kept


def test_a_name_of_any_length_can_be_written_and_keeps_its_ending(client):
    name = "人口" * 200 + ".csv"
    assert len(plain_name(name).encode()) <= checking.LONGEST_NAME
    assert plain_name(name).endswith("人口.csv")
    form = {"csrf_token": token(client), "files": [(io.BytesIO(b"x"), name)]}
    answer = client.post("/data/check?lang=en", data=form, headers={"Origin": "http://localhost"})
    assert answer.status_code == 400  # read, and told that it makes no layer
