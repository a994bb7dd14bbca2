"""The documents keep up with the code: commands exist, links lead somewhere, tables and examples are true."""

import re
from pathlib import Path

import pytest

from app.cli import build_command
from geodata.hitachi import load_hitachi
from scenarios.apply import apply_scenario
from scenarios.files import list_library, parse_scenario
from sim.kpi import KPIS, UNIT_TEXT
from sim.params import PARAMETERS, Params

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "METHODS.md", "OPERATIONS.md", "CONTRIBUTING.md", "CHANGELOG.md")
STATUS = {"observed": "実測", "official-estimate": "公表推計", "modelled": "試算", "assumed": "仮定"}


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def kpi_table():
    """Return the table of METHODS.md as the registry has it."""
    rows = ["| 評価指標 | ID | 単位 | よい向き | 計算式 |", "|---|---|---|---|---|"]
    good = {"up": "↑", "down": "↓", "none": "—"}
    for spec in KPIS.values():
        if spec.computed:
            unit = UNIT_TEXT[spec.unit].ja
            rows.append(f"| {spec.title.ja} | `{spec.kpi_id}` | {unit} | {good[spec.good]} | {spec.formula.ja} |")
    return "\n".join(rows)


def parameter_table():
    """Return the table of parameters as the code has it."""
    rows = ["| パラメータ | 名前 | 既定 | 幅 | 単位 | 状態 | 出典 |", "|---|---|---|---|---|---|---|"]
    for name, one in PARAMETERS.items():
        value = getattr(Params(), name)
        shown = (
            "都市の値"
            if value is None
            else "表"
            if isinstance(value, tuple)
            else f"{value:g}"
            if isinstance(value, float)
            else value
        )
        low_high = "" if one.low is None or one.high is None else f"{one.low:g}–{one.high:g}"
        confirm = "（要確認）" if one.confirm else ""
        cells = (one.label.ja, f"`{name}`", shown, low_high, one.unit, STATUS[one.status] + confirm, one.source.ja)
        rows.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(rows)


def test_tables_of_methods_are_those_of_the_code():
    methods = read("METHODS.md")
    assert kpi_table() in methods
    assert parameter_table() in methods


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_something(name):
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", read(name)):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_that_documents_name_exist(name):
    for path in re.findall(r"`((?:geodata|sim|scenarios|app|tests)/[\w/.*-]*)`", read(name)):
        assert list(ROOT.glob(path.rstrip("/"))), path


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_is_left_to_be_filled_in(name):
    assert not re.search(r"<!--|TBD|…を書く|未記入", read(name))


def commands():
    return dict(build_command("ja").commands)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_and_options_in_documents_exist(name):
    known = commands()
    for line in re.findall(r"^(?:\| `|\s*)(?:\.venv/bin/)?ekisei ([a-z][^`#\n]*)", read(name), flags=re.MULTILINE):
        words = line.split()
        command = known[words[0]]
        inside = getattr(command, "commands", {})
        command = inside[words[1]] if inside and len(words) > 1 and words[1] in inside else command
        options = {o for p in command.params for o in p.opts} | {"--lang", "--debug", "--help"}
        assert set(re.findall(r"--[a-z-]+", line)) <= options, line


@pytest.mark.parametrize("name", ["README.md", "METHODS.md"])
def test_scenarios_in_the_documents_change_the_bundled_city(name):
    (example,) = re.findall(r"```yaml\n(.*?)```", read(name), flags=re.DOTALL)
    applied = apply_scenario(load_hitachi(), parse_scenario(example))
    assert applied.changes


def test_scenario_ids_in_the_readme_are_shipped():
    named = set(re.findall(r"ekisei (?:run|explain) ([a-z0-9-]+)(?: |$)", read("README.md")))
    assert named <= set(list_library())
    assert named
