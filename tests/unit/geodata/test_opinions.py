"""みんなの声 are placed and grouped, and nothing personal of a survey reaches the city."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.config.opinions import OpinionsConfig
from geodata.errors import DataError
from geodata.readers.opinion_values import age_group, iso_day
from geodata.readers.opinions import read_opinions
from geodata.readers.personal_fields import is_personal, mask_text
from geodata.synthetic import grid_city
from geodata.towns import towns_of

PEOPLE = grid_city().population
HOME = PEOPLE.lonlat[0]
TOWNS = towns_of([("海岸町一丁目", "みなと市", "茨城県", float(HOME[0]), float(HOME[1]))])
# No layout is published: headings as a form of a survey service writes them.
SURVEY = """タイムスタンプ,お名前,住所,年齢,お住まいの地区,場所,テーマ,バスについてのご意見をお聞かせください,電話番号
2024/5/1 12:00:01,N氏,みなと市海岸町1-2-3,72,,海岸町1丁目,バス,本数を増やして。電話は000-0000-0000,000
2024/5/2 9:00,,,30代,知らない所,どこか,バス,"=HYPERLINK(""http://x"")",
2024/5/3 9:00,,,,,,,,
"""


def read(folder, table, towns=TOWNS, people=PEOPLE, encoding="utf-8", **config):
    (folder / "o.csv").write_bytes(table.encode(encoding))
    return read_opinions([OpinionsConfig(path="o.csv", **config)], lambda p: folder / p, people, towns)


def told(reading):
    return {p.code: (p.where, p.count) for p in reading.problems if p.severity == "warning"}


def test_a_survey_as_it_was_downloaded(tmp_path):
    reading = read(tmp_path, SURVEY, encoding="cp932", source="survey")
    found = reading.value
    assert found.text.tolist() == ["本数を増やして。電話は〇〇", '=HYPERLINK("http://x")']
    assert found.theme.tolist() == ["バス", "バス"]
    assert found.age_group.tolist() == ["70代", "30代"]
    assert found.date.tolist() == ["2024-05-01", "2024-05-02"]
    assert found.place_quality.tolist() == ["town", "none"]
    assert found.lonlat[0].tolist() == HOME.tolist()
    assert found.district.tolist() == [PEOPLE.district[0], -1]
    assert found.source_id.tolist() == ["survey", "survey"]
    assert told(reading) == {
        "opinions.silent": ("o.csv row 4", 1),
        "opinions.masked": ("o.csv row 2", 1),
        "opinions.exact_age": ("o.csv row 2", 1),
        "opinions.unknown_place": ("o.csv row 3", 1),
    }
    personal = next(p for p in reading.problems if p.code == "opinions.personal_columns")
    assert personal.message.ja.endswith("お名前、住所、電話番号")
    assert (reading.files[0].rows_in, reading.files[0].rows_kept) == (3, 2)
    everything = "".join(p.render() for p in reading.problems) + "".join(map(str, found.text))
    assert not any(secret in everything for secret in ("N氏", "1-2-3", "000-0000"))


def test_a_district_stands_at_the_middle_of_its_people(tmp_path):
    reading = read(tmp_path, "学区,意見\n西小学校区,x\n", None)  # 西地区 of the grid city
    inside = PEOPLE.district == 0
    middle = np.average(PEOPLE.lonlat[inside], axis=0, weights=PEOPLE.total[inside])
    assert (reading.value.place_quality.tolist(), reading.value.district.tolist()) == (["district"], [0])
    assert np.allclose(reading.value.lonlat[0], middle)


def test_coordinates_win_and_bad_ones_are_told(tmp_path):
    text = f"意見,緯度,経度,場所\na,{HOME[1]},{HOME[0]},\nb,abc,1,海岸町1丁目\n"
    reading = read(tmp_path, text)
    assert reading.value.place_quality.tolist() == ["point", "town"]
    assert told(reading) == {"opinions.position": ("o.csv row 3", 1)}


def test_columns_may_be_named_or_left_out(tmp_path):
    reading = read(tmp_path, "a,b,秘密\nx,y,z\n", text="a", theme="b", drop=["秘密"])
    assert (reading.value.text.tolist(), reading.value.theme.tolist()) == (["x"], ["y"])


@pytest.mark.parametrize(
    ("text", "code", "config"),
    [
        ("年齢,地区\n1,2\n", "table.missing_column", {}),
        ("意見\nx\n", "table.missing_column", {"drop": ["y"]}),
        ("", "table.empty", {}),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(tmp_path, text, code, config):
    with pytest.raises(DataError) as refused:
        read(tmp_path, text, **config)
    assert [p.code for p in refused.value.problems] == [code]


def test_no_file_is_no_opinion():
    assert read_opinions([], lambda p: p, PEOPLE, None).value.n_opinions == 0


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("電話は000-000-0000まで", "電話は〇〇まで"),
        ("０００（０００）００００です", "〇〇です"),
        ("連絡はabc.d@example.jpへ", "連絡は〇〇へ"),
        ("海岸町1-13-18の角", "海岸町〇〇の角"),
        ("海岸町2丁目3番4号の前", "海岸町2丁目〇〇の前"),
        ("山手123番地の5", "山手〇〇"),
        ("〒000-0000", "〇〇"),
    ],
)
def test_personal_details_are_masked(text, masked):
    found = mask_text(text)
    assert (found.text, found.total) == (masked, 1)


@pytest.mark.parametrize(
    "text",
    [
        "3番線のバス",
        "2024-5-1の9-12時、10:30-11:00",
        "第2-3便",
        "2000円、100-200人",
        "海岸町2丁目の停留所",
        "30分に1本を15分に",
    ],
)
def test_what_is_not_personal_stays_as_written(text):
    assert mask_text(text) == (text, 0, 0, 0, 0)


def test_names_of_persons_are_told_not_masked(tmp_path):
    reading = read(tmp_path, "意見\n某山さんに感謝\n運転手さんに感謝\n")
    assert told(reading) == {"opinions.names": ("o.csv row 2", 1)}
    assert reading.value.text.tolist() == ["某山さんに感謝", "運転手さんに感謝"]


@pytest.mark.parametrize(
    ("heading", "personal"),
    [
        *[
            (h, True)
            for h in (
                "氏名",
                "お名前（任意）",
                "住所",
                "メールアドレス",
                "生年月日",
                "ＩＰアドレス",
                "電話番号",
                "TEL",
                "フリガナ",
            )
        ],
        *[
            (h, False)
            for h in ("住所（町名まで）", "お住まいの地区", "年齢", "意見", "停留所名", "施設名", "テーマ", "分類名")
        ],
    ],
)
def test_headings_of_personal_columns(heading, personal):
    assert is_personal(heading) is personal


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("34", ("30代", True)),
        ("34歳", ("30代", True)),
        ("5", ("10歳未満", True)),
        ("95", ("90歳以上", True)),
        ("７０歳代", ("70代", False)),
        ("65～74歳", ("65～74歳", False)),
        ("80歳以上", ("80歳以上", False)),
        ("無回答", ("無回答", False)),
        ("昭和33年", ("", True)),
        ("1958/3/4", ("", True)),
        ("", ("", False)),
    ],
)
def test_ages_become_groups(text, group):
    assert age_group(text) == group


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024/5/1 12:30", "2024-05-01"),
        ("令和6年5月1日", "2024-05-01"),
        ("R元.5.1", "2019-05-01"),
        ("20240501", "2024-05-01"),
        ("いつか", "いつか"),
        ("2024/13/1", "2024/13/1"),
    ],
)
def test_dates_become_days(text, day):
    assert iso_day(text) == day


@given(st.integers(0, 120))
def test_no_exact_age_is_left(age):
    group, exact = age_group(f"{age}歳")
    assert exact
    assert group in {"10歳未満", "90歳以上", *(f"{n}0代" for n in range(1, 9))}


@given(st.text(alphabet="バス0123456789０１-－（）町丁目番地号@a.〒 ", max_size=40))
def test_no_phone_or_mail_is_left(text):
    once = mask_text(text).text
    again = mask_text(once)
    assert again.phones == again.mails == 0
