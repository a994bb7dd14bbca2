"""What every file of the project keeps to: docstrings, sizes, no traces of a machine, words in both languages."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from app.text import CATALOGUES
from geodata.errors import Text
from geodata.provenance import Status
from sim.kpi import CELL_COLUMNS, KPIS, UNIT_TEXT
from sim.params import PARAMETERS, Params

ROOT = Path(__file__).resolve().parents[2]
LARGEST_BYTES = 1_500_000
TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "METHODS.md",
    "Makefile",
    "OPERATIONS.md",
    "README.md",
    "SECURITY.md",
    "app",
    "geodata",
    "pyproject.toml",
    "requirements-bench.lock",
    "requirements-front.lock",
    "requirements-fuzz.lock",
    "requirements-test.lock",
    "requirements-urbanaccess.lock",
    "requirements.lock",
    "scenarios",
    "sim",
    "tests",
}
BINARY = {".png", ".parquet", ".npy", ".ico", ".woff2", ".ttf", ".zip", ".pbf", ".gz"}
# Put together from halves, so that this file does not find itself.
FORBIDDEN = {
    "a path of some machine": "|".join(
        ("/ho" + "me/", "/r" + "oot/", "/wo" + "rk/", "/Us" + "ers/", r"C:\\Us" + "ers")
    ),
    "an address of a package registry": "|".join(
        ("files.python" + "hosted", "registry.np" + "mjs", "arti" + "factory")
    ),
    "an unfinished place": "|".join((r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bX" + r"XX\b", "lorem " + "ipsum")),
    "a key": "|".join(("BEGIN (RSA |OPENSSH )?PRIVATE " + "KEY", "gh[pousr]_[A-Za-z0-9]{30}", "AK" + "IA[0-9A-Z]{16}")),
}
FORBIDDEN_NAMES = {"data", "info", "utils", "helpers", "manager", "process"}


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def relative(path):
    return path.relative_to(ROOT).as_posix()


def modules():
    packages = ("geodata/", "sim/", "scenarios/", "app/")
    return [p for p in tracked_files() if p.suffix == ".py" and relative(p).startswith(packages)]


def test_every_module_says_what_it_owns():
    silent = [relative(p) for p in modules() if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert silent == []


def test_no_module_has_an_empty_name():
    assert [relative(p) for p in modules() if p.stem in FORBIDDEN_NAMES] == []


def test_the_top_level_holds_only_what_was_agreed():
    found = {relative(p).split("/")[0] for p in tracked_files()}
    assert found <= TOP_LEVEL


def test_no_tracked_file_is_large():
    large = {relative(p): p.stat().st_size for p in tracked_files() if p.stat().st_size > LARGEST_BYTES}
    assert large == {}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_traces_in_tracked_files(what):
    pattern = re.compile(FORBIDDEN[what])
    found = []
    for path in tracked_files():
        if path.suffix in BINARY:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{relative(path)}:{number} {line.strip()[:80]}")
    assert found == []


def test_locks_hold_hashes_and_no_addresses():
    for path in ROOT.glob("requirements*.lock"):
        text = path.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text, path.name
    assert "resolved" not in (ROOT / "app/package-lock.json").read_text(encoding="utf-8")


def test_both_catalogues_of_the_page_hold_the_same_keys():
    assert CATALOGUES["ja"].keys() == CATALOGUES["en"].keys()
    assert all(CATALOGUES[lang][key] for lang in CATALOGUES for key in CATALOGUES[lang])


def test_every_parameter_says_where_it_comes_from():
    assert set(PARAMETERS) == set(Params.model_fields)
    for name, parameter in PARAMETERS.items():
        assert all(parameter.source), name
        assert all(parameter.label), name
        assert parameter.status in set(Status) - {Status.NO_DATA}, name
        if parameter.low is not None:
            assert parameter.low <= parameter.mid <= parameter.high, name


def test_defaults_are_the_middle_values():
    defaults = Params()
    for name, parameter in PARAMETERS.items():
        chosen = getattr(defaults, name)
        if parameter.mid is not None and chosen is not None:
            assert chosen == parameter.mid, name


def test_every_kpi_speaks_both_languages_and_has_a_unit():
    for kpi_id, spec in KPIS.items():
        assert spec.kpi_id == kpi_id
        assert spec.unit in UNIT_TEXT, kpi_id
        texts: list[Text] = [spec.title, spec.formula, *spec.settings.values()]
        assert all(t.ja and t.en for t in texts), kpi_id
        assert spec.companion == "" or spec.companion in KPIS, kpi_id
        assert set(spec.parameters) <= set(PARAMETERS), kpi_id
    for name, column in CELL_COLUMNS.items():
        assert all(column.label), name
        assert list(column.breaks) == sorted(column.breaks), name
