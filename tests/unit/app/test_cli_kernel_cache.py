"""Where compiled kernels are kept: the user's cache, another place, or nowhere; and who is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.commands.kernel_cache import (
    OF_SOURCES,
    SWITCH,
    VARIABLE,
    name_cache,
    ready_kernels,
    sources_digest,
    usable_folder,
)
from app.commands.session import Session

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def compiled(monkeypatch):
    """Return the calls of the compiler, which is replaced."""
    calls = []

    def compile_kernels(tell, *, journeys, edits):
        assert not edits
        calls.append(journeys)
        tell("walks.find", 1, 2)
        tell("times.find", 2, 2)

    monkeypatch.setattr("sim.routing.compiling.compile_kernels", compile_kernels)
    monkeypatch.setattr("app.commands.session.PLAIN_EVERY_S", 0.0)
    return calls


def test_the_cache_is_the_users_unless_named():
    named, unnamed = {VARIABLE: "elsewhere"}, {}
    for environ in (named, unnamed, named):  # a process that ours starts names it again
        name_cache(environ)
    assert Path(named[VARIABLE]).parent == Path("elsewhere")
    place = Path(unnamed[VARIABLE])
    assert place.name == Path(named[VARIABLE]).name
    assert place.name.startswith(OF_SOURCES)
    assert place.parent.name == "kernels"
    assert "ekisei" in place.parts


INNER = "from numba import njit\n@njit(cache=True)\ndef inner():\n    return {}\n"
OUTER = "from numba import njit\nfrom inner import inner\n@njit(cache=True)\ndef outer():\n    return inner()\n"


def run_kernels(folder, cache):
    code = "from outer import outer; print(outer(), sum(outer.stats.cache_hits.values()))"
    env = {**os.environ, "PYTHONPATH": str(folder), VARIABLE: str(cache)}
    env["PYTHONDONTWRITEBYTECODE"] = "1"  # Python tells its own files apart by the second and the size only
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_a_kernel_never_runs_with_an_older_one_compiled_into_it(tmp_path, monkeypatch):
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "outer.py").write_text(OUTER, encoding="utf-8")
    monkeypatch.setattr("app.commands.kernel_cache.source_roots", lambda: (sources,))
    found = []
    for value in (1, 1, 2):
        (sources / "inner.py").write_text(INNER.format(value), encoding="utf-8")
        environ = {VARIABLE: str(tmp_path / "cache")}
        name_cache(environ)
        found.append(run_kernels(sources, environ[VARIABLE]))
    assert [value for value, _ in found] == ["1", "1", "2"]
    assert [hits for _, hits in found] == ["0", "1", "0"]


def test_sources_are_told_apart_by_content_and_name(tmp_path):
    (tmp_path / "a.py").write_text("x = 1", encoding="utf-8")
    first = sources_digest([tmp_path])
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    assert sources_digest([tmp_path]) == first
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert sources_digest([tmp_path]) != first


def test_first_use_is_shown_with_names_and_count_and_only_once(compiled, tmp_path, capsys):
    environ = {VARIABLE: str(tmp_path / "cache")}
    ready_kernels(Session(), environ)
    shown = capsys.readouterr()
    assert "計算部を準備しています（初回のみ） 1/2 walks.find" in shown.err
    assert "2/2 times.find" in shown.err
    assert shown.out == ""
    ready_kernels(Session(), environ)
    ready_kernels(Session(), environ, "journeys")  # all of them hold these
    assert compiled == [False]
    assert capsys.readouterr().err == ""


def test_a_question_prepares_less_and_a_run_still_prepares_the_rest(compiled, tmp_path, capsys):
    environ = {VARIABLE: str(tmp_path)}
    ready_kernels(Session("en"), environ, "journeys")
    ready_kernels(Session("en"), environ, "journeys")
    ready_kernels(Session("en"), environ)
    assert compiled == [True, False]
    assert "preparing the engine (first time only)" in capsys.readouterr().err


def test_other_sources_are_compiled_again(compiled, tmp_path, monkeypatch):
    environ = {VARIABLE: str(tmp_path)}
    ready_kernels(Session(), environ)
    monkeypatch.setattr("app.commands.kernel_cache.version_digest", lambda: "other")
    ready_kernels(Session(), environ)
    assert compiled == [False, False]


def test_a_compilation_that_was_cut_off_is_begun_again(tmp_path, monkeypatch):
    def fail(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.routing.compiling.compile_kernels", fail)
    with pytest.raises(KeyboardInterrupt):
        ready_kernels(Session(), {VARIABLE: str(tmp_path)})
    assert not [p for p in tmp_path.iterdir() if p.is_file()]


@pytest.mark.parametrize("environ", [{}, {VARIABLE: "x", SWITCH: "1"}])
def test_nothing_is_prepared_where_nothing_is_compiled_or_nobody_named_a_place(compiled, environ):
    before = dict(environ)
    ready_kernels(Session(), environ)
    assert (compiled, environ) == ([], before)


def test_a_place_that_cannot_be_written_is_told_once_and_replaced(compiled, tmp_path, capsys, monkeypatch):
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")
    config = pytest.importorskip("numba").config
    monkeypatch.setattr(config, "CACHE_DIR", config.CACHE_DIR)  # put back afterwards
    environ = {VARIABLE: str(taken / "cache")}
    ready_kernels(Session(), environ)
    shown = capsys.readouterr().err
    assert shown.count("注意:") == 1
    assert "NUMBA_CACHE_DIR" in shown
    assert str(taken) in shown
    assert compiled == [False]
    spare = Path(environ[VARIABLE])
    assert spare.is_dir()
    assert str(spare) == config.CACHE_DIR
    assert usable_folder(Session(), environ) == spare


def test_help_makes_no_folder_and_loads_no_compiler(tmp_path):
    code = (
        "import sys\n"
        "from app.cli import main\n"
        "sys.argv = ['ekisei', '--help']\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert not end.code\n"
        "import os\n"
        "print('numba' in sys.modules, os.environ['NUMBA_CACHE_DIR'], file=sys.stderr)"
    )
    env = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    env.pop(VARIABLE, None)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("False ")
    assert not (tmp_path / "cache").exists()
