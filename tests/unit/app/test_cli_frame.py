"""The frame of the command line: language, help, refusals and exit codes."""

import errno
import os
import re
import string
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import typer

import app.cli
from app.cli import build_command, run_cli
from app.commands.refusals import run_guarded
from app.commands.session import Session
from app.commands.words import CATALOGUES, both, say, take_flag, take_language
from geodata.errors import DataError, ModelError, RunError, ScenarioError, UsageError, error
from scenarios.assumptions import COMMON, GROUPS
from scenarios.store_clean import Why
from sim.equity.people import Who
from sim.uncertainty.ranking import DEFINITIONS, ROUTES

HEAVY = ("numpy", "pandas", "dash", "flask", "numba", "shapely", "pydantic", "plotly", "pyproj", "scipy")
OPEN_FAMILIES = {
    "nav_reports",
    "report",  # of printed matter, whose words the pages and sheets of app/report use
    "read",
    "kind",
    "layer",
    "sweepfield",  # last keys of fields that a sweep varies; one without words keeps its key
    "plan",
    "route",
    "stage",
    "hubkind",
    "fleetquantity",
    "goallimit",
    "goalcost",
}  # named by what is shown
NAMED = {
    "who": set(get_args(Who)),
    "swing": {ROUTES, DEFINITIONS},
    "subject": {COMMON, *GROUPS},
    "sweepgoal": {"up", "down"},
    "sweepway": {"grid", "list", "random", "sobol"},
    "storewhy": set(get_args(Why)),
}  # and these by no more and no less
COMMANDS = {
    "report",
    "run",
    "batch",
    "sweep",
    "store verify",
    "store gc",
    "goal-seek",
    "compare",
    "targets",
    "assumptions",
    "explain",
    "route",
    "serve",
    "doctor",
    "city build",
    "city init",
    "city check",
    "city show",
    "scenario check",
    "scenario list",
    "scenario reacts",
    "scenario new",
    "scenario drafts",
    "scenario history",
    "scenario restore",
    "office site",
    "office tour",
    "office month",
    "fleet simulate",
    "fleet check",
    "hubs rank",
    "population",
    "sensitivity",
    "money",
    "fairness",
    "winners",
    "cross-sector",
    "rides loads",
    "rides backcast",
    "rides elasticities",
    "user add",
    "user list",
    "user remove",
}
FOLDERS = sorted({command.split()[0] for command in COMMANDS if " " in command})
"""Commands that only hold others."""


def walk_commands(command, prefix=""):
    for name, child in getattr(command, "commands", {}).items():
        yield f"{prefix}{name}", child
        yield from walk_commands(child, f"{prefix}{name} ")


def leaf_commands(lang):
    return {path: c for path, c in walk_commands(build_command(lang)) if not getattr(c, "commands", None)}


def test_help_needs_no_heavy_library():
    code = f"import sys, app.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_commands_are_those_of_the_issue():
    assert set(leaf_commands("ja")) == COMMANDS


@pytest.mark.parametrize(("lang", "word"), [("ja", "例\n"), ("en", "Example")])
def test_every_command_has_help_with_an_example(lang, word):
    for path, command in leaf_commands(lang).items():
        assert word in command.help, path
        example = command.help.split(word, 1)[1]
        assert f"ekisei {path}" in example, path


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_no_help_is_left_untranslated_or_cut(lang, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for path in ("", *COMMANDS, *FOLDERS):
        assert run_cli(["--lang", lang, *path.split(), "--help"], {}) == 0
        printed = capsys.readouterr().out
        assert "help." not in printed
        assert "…" not in printed, path
        assert bool(re.search("[ぁ-ん]", printed)) == (lang == "ja"), path


@pytest.mark.parametrize(("lang", "table"), [("ja", "表"), ("en", "table")])
def test_the_help_of_route_has_an_example_a_line_and_names_tables(lang, table, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    run_cli(["--lang", lang, "route", "--help"], {})
    printed = capsys.readouterr().out
    examples = [line.rstrip() for line in printed.splitlines() if "ekisei route --" in line]
    assert [e.split("ekisei route")[0] for e in examples] == ["   ", "   "]
    option = printed.split("--date  ", 1)[1].split("--city", 1)[0]
    assert option.count("weekday") == 2  # one of the words, and the default
    assert table in leaf_commands(lang)["route"].short_help


def test_both_catalogues_hold_the_same_keys_and_places():
    assert CATALOGUES["ja"].keys() == CATALOGUES["en"].keys()
    for key, text in CATALOGUES["ja"].items():
        names = [{n for _, n, _, _ in string.Formatter().parse(t) if n} for t in (text, CATALOGUES["en"][key])]
        assert names[0] == names[1], key


def test_every_word_is_used():
    folder = Path(app.cli.__file__).parent
    source = "".join(p.read_text(encoding="utf-8") for p in [*folder.glob("commands/*.py"), folder / "cli.py"])

    def used(key):
        family, _, name = key.partition(".")  # some keys are put together: f"layer.{layer}"
        if f'"{key}"' in source or f"'{key}'" in source:
            return True
        return family in {*OPEN_FAMILIES, *NAMED} or (f'"{family}.{{' in source and f'"{name}"' in source)

    assert [key for key in CATALOGUES["ja"] if not used(key)] == []


@pytest.mark.parametrize("family", NAMED)
def test_what_is_named_by_a_list_has_a_word_for_all_of_it_and_for_nothing_else(family):
    keys = [key.partition(".") for key in CATALOGUES["ja"]]
    assert {name for found, _, name in keys if found == family} == NAMED[family]


@pytest.mark.parametrize(
    ("arguments", "environ", "lang", "rest"),
    [
        (["run", "x"], {}, "ja", ["run", "x"]),
        (["--lang", "en", "run"], {}, "en", ["run"]),
        (["run", "x", "--lang=en"], {}, "en", ["run", "x"]),
        (["run"], {"EKISEI_LANG": "en"}, "en", ["run"]),
        (["run", "--lang", "ja"], {"EKISEI_LANG": "en"}, "ja", ["run"]),
        (["run"], {"EKISEI_LANG": "de"}, "ja", ["run"]),
    ],
)
def test_language_by_option_anywhere_or_environment(arguments, environ, lang, rest):
    assert take_language(arguments, environ) == (rest, lang)


def test_unknown_language_is_refused(capsys):
    assert run_cli(["run", "--lang", "de"], {}) == 2
    assert "ja または en" in capsys.readouterr().err


def test_flag_is_taken_wherever_it_stands():
    assert take_flag(["run", "--debug", "x"], "--debug") == (["run", "x"], True)


def test_both_languages_are_filled():
    assert both("usage.no_kpi", value="x") == (
        say("ja", "usage.no_kpi", value="x"),
        say("en", "usage.no_kpi", value="x"),
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["rnu"], "run"),
        (["run"], "SCENARIO"),
        (["run", "baseline-r5"], "--out"),
        (["run", "x", "--ouut", "y"], "--out"),
        (["city", "show", "extra"], "extra"),
        (["serve", "--port", "x"], "--port"),
        (["serve", "--port"], "--port"),
        (["serve", "--port", "70000"], "65535 以下"),
        (["batch", "x", "--out", "y", "--jobs", "0"], "1 以上"),
        (["run", "x", "--out", "y", "--seed", "a"], "整数"),
        (["route", "--from", "36.5", "--to", "36.5,140.6", "--depart", "08:00"], "緯度,経度"),
        (["route", "--from", "136.5,36", "--to", "36.5,140.6", "--depart", "08:00"], "緯度,経度"),
        (["route", "--from", "36.5,140.6", "--to", "36.5,140.6", "--depart", "8時"], "HH:MM"),
        (["route", "--from", "36.5,140.6", "--to", "36.5,140.6", "--depart", "08:61"], "HH:MM"),
        (["route", "--from", "36.5,140.6", "--to", "36.5,140.6", "--depart", "08:00", "--date", "monday"], "weekday"),
    ],
)
def test_miswritten_commands_name_the_remedy_and_exit_with_2(arguments, expected, capsys):
    assert run_cli(arguments, {}) == 2
    shown = capsys.readouterr()
    assert expected in shown.err
    assert "Traceback" not in shown.err + shown.out
    assert shown.err.startswith("エラー: ekisei") or shown.err.startswith("エラー: --")


def test_serving_a_folder_without_runs_is_said_and_served(capsys, monkeypatch, tmp_path):
    served = []
    monkeypatch.setattr("app.serve.serve", lambda runs, *_places, **_settings: served.append(runs))
    assert run_cli(["serve", "--runs", str(tmp_path / "none")], {}) == 0
    assert str(tmp_path / "none") in capsys.readouterr().err.replace("\n", "")
    assert served == [tmp_path / "none"]
    (tmp_path / "some" / "a").mkdir(parents=True)
    (tmp_path / "some" / "a" / "manifest.json").write_text("{}")
    assert run_cli(["serve", "--runs", str(tmp_path / "some")], {}) == 0
    assert capsys.readouterr().err == ""


def test_no_command_prints_the_help(capsys):
    assert run_cli([], {}) == 2
    assert "baseline-r5" in capsys.readouterr().out


def raiser(problem):
    def command():
        raise problem

    return command


PROBLEM = error("x.y", "stops.txt row 118", both("usage.no_kpi", value="x"), both("usage.missing_hint", command="x"))


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (UsageError(PROBLEM), 2),
        (ScenarioError(PROBLEM), 2),
        (DataError(PROBLEM), 3),
        (ModelError(PROBLEM), 4),
        (RunError(PROBLEM), 1),
        (RunError(error("run.cancelled", "batch", both("error.cancelled"))), 5),
        (KeyboardInterrupt(), 5),
        (typer.Abort(), 5),
        (OSError("disk full"), 1),
    ],
)
@pytest.mark.parametrize("debug", [False, True])
def test_exit_codes(problem, code, debug, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))
    assert run_guarded(Session("ja", debug), raiser(problem)) == code
    shown = capsys.readouterr()
    cancelled = isinstance(problem, KeyboardInterrupt | typer.Abort)
    assert ("Traceback" in shown.err) == (debug and not cancelled)
    assert shown.err.strip()
    assert shown.out == ""


def test_ctrl_c_inside_compiled_code_is_a_cancellation(capsys):
    def stop():
        raise SystemError("returned a result with an exception set") from KeyboardInterrupt()

    assert run_guarded(Session("en"), stop) == 5
    assert "cancelled" in capsys.readouterr().err


def test_what_a_command_returns_is_the_exit_code():
    assert run_guarded(Session(), lambda: None) == 0
    assert run_guarded(Session(), lambda: 3) == 3
    assert run_guarded(Session(), lambda: 130) == 5  # typer's code for Ctrl-C


def test_an_unexpected_error_is_logged_in_the_users_folder(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))
    assert run_guarded(Session("en"), raiser(ZeroDivisionError("no people"))) == 1
    log = tmp_path / "logs" / "ekisei.log"
    assert "ZeroDivisionError: no people" in log.read_text(encoding="utf-8")
    assert str(log) in capsys.readouterr().err.replace("\n", "")


@pytest.mark.parametrize(
    ("cause", "ja", "en"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "ディスクに空きがありません",
            "no space is left on the disk",
        ),
        (OSError(errno.EROFS, "Read-only", "out/kpi.csv"), "読み取り専用です (out/kpi.csv)", "read-only (out/kpi.csv)"),
    ],
)
def test_a_full_or_locked_disk_is_told_in_words_wherever_it_is_met(cause, ja, en, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))
    for lang, words in (("ja", ja), ("en", en)):
        assert run_guarded(Session(lang), raiser(cause)) == 1
        shown = capsys.readouterr().err.replace("\n", " ")
        assert words in shown
        assert "OSError" not in shown
        assert "--resume" in shown
    assert not (tmp_path / "logs").exists()  # nothing is wrong with the program


def test_a_log_that_cannot_be_written_is_said(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path / "file"))
    assert run_guarded(Session("ja"), raiser(ZeroDivisionError())) == 1
    assert "--debug" in capsys.readouterr().err


def test_brackets_in_messages_are_printed_as_they_are(capsys):
    Session().print("modifications[0].route [bold]x[/bold]")
    assert capsys.readouterr().out == "modifications[0].route [bold]x[/bold]\n"


def test_short_work_prints_no_progress_lines_and_long_work_does(capsys, monkeypatch):
    clock = iter([0.0, 1.0, 2.5, 3.0, 5.0])
    monkeypatch.setattr("app.commands.session.time.monotonic", lambda: next(clock))
    with Session().progress("計算中") as report:
        for share in (0.1, 0.2, 0.3, 0.4):
            report("", share)
    assert capsys.readouterr().err == " 20% 計算中\n 40% 計算中\n"


def test_version(capsys):
    assert run_cli(["--version"], {}) == 0
    assert re.match(r"ekisei \d+\.\d+", capsys.readouterr().out)


def test_a_pipe_in_an_old_code_page_breaks_nothing():
    environ = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "app.cli", "run"]
    done = subprocess.run(command, cwd=Path(app.cli.__file__).parents[1], env=environ, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"SCENARIO" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("lang", "said"), [("ja", "基準の試行 40%、trend-r11 5%"), ("en", "draws of the baseline 40%, trend-r11 5%")]
)
def test_stages_are_told_in_words(lang, said):
    assert Session(lang=lang).stages("draws 40%, trend-r11 5%") == said


def test_a_file_cannot_steer_the_terminal(tmp_path, capsys):
    """Names and keys of a file that somebody sent are shown, not obeyed."""
    path = tmp_path / "a\x1b]0;title\x07.yaml"
    path.write_text('schema: ekisei-scenario/1\nid: a\n"key\\e[2J\\x9b31m\\b": 1\n', encoding="utf-8")
    assert run_cli(["scenario", "check", str(path), "--lang", "en"], {}) == 2
    shown = "".join(capsys.readouterr())
    assert "\\x1b[2J" in shown.replace("\n", "")
    assert not any((ord(sign) < 0x20 and sign not in "\n\t") or 0x7F <= ord(sign) < 0xA0 for sign in shown)
