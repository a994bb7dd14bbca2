"""``ekisei goal-seek`` on the grid city: an answer that runs, a target out of reach, and questions that cannot be."""

from __future__ import annotations

import pandas as pd
import pytest

from app.cli import run_cli
from app.commands.goals import read_limits, read_target
from geodata.errors import UsageError
from geodata.snapshot import write_city
from geodata.synthetic import grid_city
from scenarios.files import read_scenario
from scenarios.lever_book import read_levers
from tests.unit.scenarios.goal_books import write_book

SHARE = ("--kpi", "catchment_population_share", "--setting", "jr-800m")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("goals")
    write_city(grid_city(), folder / "city")
    write_book(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EKISEI_HOME", str(folder / "home"))
        yield folder


def call(place, *arguments):
    told = ["goal-seek", "--levers", place / "levers.yaml", "--city", place / "city", *arguments]
    return run_cli([str(a) for a in told], {})


def test_the_cheapest_package_is_printed_written_and_can_be_run(place, capsys):
    out = place / "out"
    assert call(place, *SHARE, "--target", "28.5%", "--out", out) == 0
    shown = capsys.readouterr().out
    assert "逆算　駅勢圏内の人口比率を 28.50% に" in shown
    assert "居住誘導 160人" in shown
    assert "値は届く" in shown
    assert "幅が未計算" in shown
    assert "（--draws で）" in shown
    assert "160 " in shown  # thousand yen a year
    assert "駅勢圏内の人口 " in shown  # the absolute number beside the rate
    assert "仮定の単価" in shown
    answers, frontier = (pd.read_csv(out / name) for name in ("answers.csv", "frontier.csv"))
    (row,) = answers.to_dict("records")
    assert (row["reached"], row["lever:homes"], row["cost_total_yen"]) == (True, 160.0, 160_000.0)
    assert row["value"] >= 0.285
    assert len(frontier) > 3
    kept = read_scenario(out / f"{row['scenario']}.yaml")
    assert [m.persons for m in kept.modifications] == [160]
    rows = pd.read_csv(out / row["scenario"] / "kpi.csv").query("group == 'all' and setting == 'jr-800m'")
    found = rows.loc[rows["kpi_id"] == "catchment_population_share", "value"].item()
    assert found == pytest.approx(row["value"], abs=1e-12)
    assert pd.read_csv(out / "kpi.csv")["scenario"].unique().tolist() == [row["scenario"]]


def test_a_cost_that_holds_only_the_levers_own_is_marked_and_said(place, tmp_path, capsys):
    """The subsidy rests on assumed lines, so its change is not known: 160 thousand yen is not the whole cost."""
    levers = (place / "levers.yaml").read_text(encoding="utf-8")
    book = place / "levers-subsidy.yaml"
    book.write_text(f"{levers}\nmodel_cost: subsidy\n", encoding="utf-8")
    arguments = ["--city", str(place / "city"), *SHARE, "--target", "28.5%"]
    out = tmp_path / "out"
    assert run_cli(["goal-seek", "--levers", str(book), *arguments, "--out", str(out)], {}) == 0
    shown = capsys.readouterr().out
    assert "160*" in shown
    assert "費用はレバー自身の分だけ" in shown
    (row,) = pd.read_csv(out / "answers.csv").to_dict("records")
    assert row["cost_covers"] == "levers"
    assert pd.isna(row["cost_operating_yen"])
    book.write_text(f"{levers}\nmodel_cost: operating\n", encoding="utf-8")
    assert run_cli(["goal-seek", "--levers", str(book), *arguments, "--out", str(out), "--force"], {}) == 0
    shown = capsys.readouterr().out
    assert "160*" not in shown
    assert "費用はレバー自身の分だけ" not in shown
    assert pd.read_csv(out / "answers.csv")["cost_covers"].tolist() == ["levers+operating"]


def test_out_of_reach_says_which_bound_binds_or_which_limit(place, capsys):
    assert call(place, *SHARE, "--target", "0.34", "--limit", "drivers=10000") == 0
    shown = capsys.readouterr().out
    assert "届かない" in shown
    assert "居住誘導 600人 →" in shown
    assert "740人 必要（モデルで確認）" in shown
    assert call(place, *SHARE, "--target", "0.285", "--limit", "budget_yen=100000") == 0
    shown = capsys.readouterr().out
    assert "上限「費用の上限」を守ると届かない" in shown
    assert "160 千円/年" in shown


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--kpi", "catchment_share"), "cli.unknown_number", "catchment_population_share"),
        ((*SHARE, "--target", "27.5"), "cli.bad_target", "--target 27.5"),
        ((*SHARE, "--target", "lots"), "cli.bad_target", "--target lots"),
        (("--kpi", "catchment_population", "--target", "10%"), "cli.bad_target", "--target 10%"),
        (("--kpi", "clinics_count"), "cli.no_target", "--target"),
        ((*SHARE, "--target", "28%", "--limit", "buses=3"), "cli.bad_limit", "--limit buses=3"),
        ((*SHARE, "--target", "28%", "--limit", "drivers=few"), "cli.bad_limit", "--limit drivers=few"),
        ((*SHARE, "--target", "28%", "--limit", "drivers=-1"), "cli.bad_limit", "--limit drivers=-1"),
        ((*SHARE, "--target", "28%", "--draws", "0"), "run.draws", "--draws"),
        ((*SHARE, "--target", "28%", "--group", "district:north"), "goal.unknown_group", "--group district:north"),
        (("--kpi", "drivers_needed", "--target", "5"), "goal.no_direction", "--limit"),
    ],
)
def test_questions_that_cannot_be_are_refused_at_once(place, arguments, code, told, capsys):
    assert call(place, *arguments) == 2
    shown = capsys.readouterr().err
    assert f"[{code}]" in shown
    assert told in shown


def test_a_lever_without_bounds_is_refused_at_its_line(place, tmp_path, capsys):
    text = (place / "levers.yaml").read_text(encoding="utf-8").replace("    high: 600\n", "")
    write_book(tmp_path, text)
    assert run_cli(["goal-seek", *SHARE, "--levers", str(tmp_path / "levers.yaml")], {}) == 2
    assert "levers.yaml:6 levers[0].high" in capsys.readouterr().err


def test_targets_are_read_in_the_unit_of_the_kpi(place):
    city = grid_city()
    assert read_target("catchment_population_share", "27.5%", city) == pytest.approx(0.275)
    assert read_target("catchment_population_share", "0.275", city) == 0.275
    assert read_target("catchment_population", "41,000", city) == 41_000
    assert read_target("last_bus_time", "21:30", city) == 77_400
    official = city.targets.find("catchment_population_share", "target")
    assert read_target("catchment_population_share", None, city) == official.value


def test_limits_of_the_command_line_stand_over_those_of_the_files(place, tmp_path):
    text = (place / "levers.yaml").read_text(encoding="utf-8")
    limits = "limits: {drivers: 5, vehicles: 7}\nbudget_yen: 10\nlevers:"
    base = (place / "as-it-is.yaml").read_text(encoding="utf-8") + "limits: {drivers: 3, subsidy_yen: 4}\n"
    book = read_levers(write_book(tmp_path, text.replace("levers:\n", f"{limits}\n"), base))
    found, budget = read_limits(["vehicles=9"], book)
    assert found.model_dump(exclude_none=True) == {"drivers": 5, "vehicles": 9, "subsidy_yen": 4}
    assert budget == 10
    assert read_limits(["budget_yen=20"], book)[1] == 20
    with pytest.raises(UsageError):
        read_limits(["drivers=1.5"], book)
