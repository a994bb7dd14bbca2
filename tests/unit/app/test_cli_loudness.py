"""--quiet and --verbose: results and errors only, or stages, timings and what was reused beside the results."""

from __future__ import annotations

import re

import pytest

from app.cli import run_cli
from app.commands.session import Session


@pytest.fixture
def run(page_settings, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path / "home"))

    def command(*flags, out="out"):
        arguments = ["run", "baseline-r5", "--city", str(page_settings.city_folder), "--out", str(tmp_path / out)]
        assert run_cli([*arguments, *flags], {}) == 0
        return capsys.readouterr()

    return command


def test_quiet_leaves_the_results_alone(run):
    usual, quiet = run(out="a"), run("--quiet", out="b")
    assert quiet.err == ""
    assert quiet.out.replace("/b", "/a") == usual.out


def test_verbose_tells_stages_and_what_was_reused_beside_the_results(run):
    usual, verbose = run(out="a"), run("--verbose", out="b")
    assert verbose.out.replace("/b", "/a") == usual.out
    assert re.search(r"再利用 \d+、計算 \d+、\d+\.\d\d 秒", verbose.err)
    assert re.search(r"全体: \d+\.\d\d 秒、終了コード 0", verbose.err)
    english = run("--lang", "en", "--verbose", out="c")
    assert re.search(r"reused \d+, computed \d+", english.err)


@pytest.mark.parametrize(
    "flags", [("--quiet", "run"), ("run", "--quiet"), ("run", "nothing-of-it", "--quiet", "--out", "x")]
)
def test_errors_are_told_also_where_it_is_quiet(flags, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_cli(flags, {}) == 2
    assert capsys.readouterr().err


def test_an_unexpected_error_and_its_log_are_told_where_it_is_quiet(capsys):
    session = Session("en", quiet=True)
    session.note("beside", style="yellow")
    session.note("wrong", style="red")
    session.error("the log is here", style="")
    session.detail("more")
    assert capsys.readouterr().err == "wrong\nthe log is here\n"


def test_both_at_once_are_refused(capsys):
    assert run_cli(["doctor", "--quiet", "--verbose"], {}) == 2
    assert "--quiet" in capsys.readouterr().err


def test_progress_is_silent_where_it_is_quiet_and_one_line_a_stage_where_it_is_verbose(capsys, monkeypatch):
    clock = iter(float(n) for n in range(100))
    monkeypatch.setattr("app.commands.session.time.monotonic", lambda: next(clock))
    with Session(quiet=True).progress("計算中") as report:
        for share in range(10):
            report("", share / 10)
    assert capsys.readouterr().err == ""
    with Session("en", verbose=True).progress("batch") as report:
        for label in ("batch 1/3 read", "batch 2/3 read", "batch 2/3 draw 5%", "batch 3/3 draw 90%"):
            report(label, 0.5)
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[0] for line in told] == ["batch 1/3 read", "batch 2/3 draw 5%", "batch"]


def test_help_names_both(capsys):
    for lang in ("ja", "en"):
        run_cli(["--help", "--lang", lang], {})
        told = capsys.readouterr().out
        assert "--quiet" in told
        assert "--verbose" in told
