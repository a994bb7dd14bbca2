"""Yearly actuals: what a table may hold, and every slip of the pen told with its row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import DataError, UsageError
from geodata.provenance import Status
from geodata.synthetic import grid_city
from geodata.targets import TargetRow, Targets
from scenarios.actuals import known_ids, parse_figure, parse_year, read_actuals
from sim.kpi import KPIS

YEAR = 2026


@pytest.fixture(scope="module")
def official():
    from geodata.hitachi import load_hitachi

    return load_hitachi().targets


@pytest.fixture
def read(tmp_path, official):
    def make(text, targets=official, encoding="utf-8"):
        path = tmp_path / "actuals.csv"
        path.write_bytes(text.encode(encoding))
        return read_actuals(path, targets, this_year=YEAR)

    return make


@pytest.fixture
def refused(read):
    def make(*lines):
        with pytest.raises(DataError) as found:
            read("\n".join(["kpi_id,year,value,kind", *lines]) + "\n")
        return list(found.value.problems)

    return make


def actuals_of(targets, kpi_id):
    return {r.year: r.value for r in targets.rows if (r.kpi_id, r.kind) == (kpi_id, "actual")}


def test_actuals_stand_beside_the_official_figures(read, official):
    found, problems = read(
        "kpi_id,year,value,date,source\n"
        "catchment_population_share,2024,27.0%,2024-04-01,市の集計\n"
        "catchment_population_share,R7,0.2705,,\n"
        "catchment_population,R7,44100,,\n"
        'station_front_visitors,2025年度,"1,105,000",,\n'
        "net_migration,R6,▲900,,\n"
    )
    assert actuals_of(found, "catchment_population_share") == {2024: pytest.approx(0.27), 2025: pytest.approx(0.2705)}
    assert actuals_of(found, "station_front_visitors") == {2025: 1_105_000}
    assert actuals_of(found, "net_migration") == {2024: -900}
    assert set(official.rows) <= set(found.rows), "the official figures stay"
    row = next(r for r in found.rows if r.kind == "actual" and r.year == 2024 and r.unit == "share")
    assert (row.source, row.status, row.judged) == ("市の集計", Status.OBSERVED, True)
    assert not next(r for r in found.rows if r.kind == "actual" and r.kpi_id == "net_migration").judged
    assert [p.code for p in problems] == ["actuals.no_absolute"], "27.0 % of 2024 has no absolute number"


def test_a_table_saved_by_a_spreadsheet_is_read(read):
    found, _ = read("kpi_id,year,value\nclinics_per_100k,2024,５７．５\nclinics_count,2024,94\n", encoding="cp932")
    assert actuals_of(found, "clinics_per_100k") == {2024: 57.5}


def test_an_own_target_takes_the_place_of_the_official_one(read):
    found, _ = read("kpi_id,year,value,kind\nbus_rides_per_citizen,2031,15.5,評価指標\n")
    targets = [r for r in found.rows if (r.kpi_id, r.kind) == ("bus_rides_per_citizen", "target")]
    assert [(r.year, r.value) for r in targets] == [(2031, 15.5)]


@pytest.mark.parametrize(
    ("line", "code", "place"),
    [
        ("bus_rides_per_citizen,2021,15,target", "actuals.past_target", "row 2 year"),
        ("bus_rides_per_citizen,2025,15,target", "actuals.past_target", "row 2 year"),
        ("bus_rides_per_citizn,2025,15,", "actuals.unknown_kpi", "row 2 kpi_id"),
        ("catchment_population_share,2025,27.3,", "actuals.value", "row 2 value"),
        ("catchment_population_share,2025,127%,", "actuals.value", "row 2 value"),
        ("catchment_population_share,2025,-0.1,", "actuals.value", "row 2 value"),
        ("clinics_per_100k,2025,57%,", "actuals.value", "row 2 value"),
        ("clinics_per_100k,2025,,", "actuals.value", "row 2 value"),
        ("clinics_per_100k,2025,nan,", "actuals.value", "row 2 value"),
        ("clinics_per_100k,2025,-3,", "actuals.negative", "row 2 value"),
        ("clinics_per_100k,2027,57,", "actuals.future", "row 2 year"),
        ("clinics_per_100k,R100x,57,", "actuals.year", "row 2 year"),
        ("clinics_per_100k,2025,57,見込み", "actuals.kind", "row 2 kind"),
    ],
)
def test_slips_are_told_with_their_row(refused, line, code, place):
    problems = refused(line)
    assert [p.code for p in problems] == [code]
    assert problems[0].where == f"actuals.csv {place}"
    assert problems[0].message.ja
    assert problems[0].message.en


def test_all_slips_are_told_at_once(refused):
    problems = refused("nothing,2025,1,", "clinics_count,2024,90,", "clinics_count,2024,91,", "clinics_count,1066,1,")
    assert [p.code for p in problems] == ["actuals.unknown_kpi", "actuals.twice", "actuals.year"]
    assert "row 3" in problems[1].message.ja


def test_near_names_and_remedies_are_told(refused):
    assert "clinics_per_100k" in refused("clinics_per_100,2025,57,")[0].hint.ja
    assert "27.3%" in refused("catchment_population_share,2025,27.3,")[0].hint.ja
    over = refused("catchment_population_share,2025,127%,")[0].hint
    assert "%%" not in over.ja + over.en
    assert "27.3%" in over.ja
    assert refused("clinics_per_100k,2025,-3,")[0].hint.ja
    assert "2026" in refused("bus_rides_per_citizen,2024,15,target")[0].hint.ja


def test_a_table_without_rows_is_told(read, official):
    found, problems = read("kpi_id,year,value\n")
    assert found.rows == official.rows
    assert [(p.code, bool(p.hint.ja)) for p in problems] == [("actuals.no_rows", True)]


def test_a_missing_table_names_itself_and_no_setting_of_the_city(tmp_path, official):
    with pytest.raises(UsageError) as found:
        read_actuals(tmp_path / "none.csv", official, this_year=YEAR)
    (problem,) = found.value.problems
    assert (problem.code, problem.where) == ("actuals.no_file", str(tmp_path / "none.csv"))
    assert "INPUTS" not in problem.hint.ja + problem.hint.en


def test_a_missing_column_is_told(read):
    with pytest.raises(DataError) as found:
        read("kpi_id,nendo,value\nclinics_count,2024,90\n")
    assert "year" in found.value.problems[0].message.ja


def test_every_kpi_may_be_entered_also_without_official_figures(read):
    city = grid_city()
    assert set(KPIS) <= set(known_ids(city.targets))
    found, _ = read("kpi_id,year,value\ntransit_coverage_share,2025,81%\n", targets=Targets())
    assert actuals_of(found, "transit_coverage_share") == {2025: pytest.approx(0.81)}


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2025", 2025),
        ("2025年度", 2025),
        ("R7", 2025),
        ("r7", 2025),
        ("令和7年度", 2025),
        ("令和元年", 2019),
        ("Ｒ７", 2025),
    ],
)
def test_years_as_the_city_writes_them(text, year):
    assert parse_year(text) == year


@pytest.mark.parametrize("text", ["", "H30", "25", "2025.5", "R", "２０"])
def test_what_is_no_year(text):
    assert parse_year(text) is None


@given(st.floats(min_value=0, max_value=1, allow_nan=False))
def test_a_share_means_the_same_as_a_number_and_with_a_sign(share):
    plain, wrong = parse_figure(repr(share), "share")
    signed, also = parse_figure(f"{100 * share!r}%", "share")
    assert wrong is None
    assert also is None or share > 1 - 1e-12  # 100 × share may round past one
    assert also is not None or signed == pytest.approx(plain, abs=1e-12)


def test_entering_nothing_changes_nothing(read, official):
    found, problems = read("kpi_id,year,value\n")
    assert found.rows == official.rows
    assert [p.code for p in problems] == ["actuals.no_rows"]


def test_target_rows_of_a_city_may_hold_actuals_already(read):
    row = TargetRow(
        "clinics_count", "actual", 2024, "2024", 95.0, "count", KPIS["clinics_count"].title, "s", Status.OBSERVED
    )
    found, _ = read("kpi_id,year,value\nclinics_count,2024,94\n", targets=Targets((row,)))
    assert actuals_of(found, "clinics_count") == {2024: 94}
