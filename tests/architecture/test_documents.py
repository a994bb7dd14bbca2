"""The documents keep up with the code: commands exist, links lead somewhere, tables and examples are true."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from app.cli import build_command
from geodata import city_config
from geodata.city_config import CityConfig, read_city_config
from geodata.config import base, fitting, ksj, opinions, places, population, streets, timetable
from geodata.hitachi import load_hitachi
from geodata.readers.catalogue import reader_table
from geodata.readers.gtfs_rules import RULES, rules_table
from scenarios.apply import apply_scenario
from scenarios.files import LIBRARY, list_library, parse_scenario
from scenarios.lever_book import list_levers, read_levers
from scenarios.levers import Levers
from scenarios.modifications import APPLY
from scenarios.modifications.base import Bilingual, ModificationBase
from scenarios.modifications.behaviour import AdjustBehaviour
from scenarios.modifications.fares import AdjustFare
from scenarios.modifications.housing import AddHousing, AttractCommuters
from scenarios.modifications.moving import GuideResidents, RelocateResidents
from scenarios.modifications.population import AdjustPopulation
from scenarios.modifications.where import Where
from scenarios.sweep_designs import make_points, make_scenarios
from scenarios.sweep_file import read_sweep
from sim.kpi import KPIS, UNIT_TEXT
from sim.params import PARAMETERS, Params
from sim.ridership.sides import TABLE as RIDE_SIDES
from sim.service_tables import TABLES

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
        unit = UNIT_TEXT[spec.unit].ja
        formula = spec.formula.ja.replace("|", "\\|")
        proof = f"（{KPIS[spec.proof].title.ja}も増えるとき）" if spec.proof else ""
        rows.append(f"| {spec.title.ja} | `{spec.kpi_id}` | {unit} | {good[spec.good]}{proof} | {formula} |")
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


KINDS = {get_args(m.model_fields["kind"].annotation)[0]: m for m in get_args(get_args(population.PopulationConfig)[0])}
KEYS = {
    "city": CityConfig,
    "Band": base.Band,
    "outlook": population.OutlookConfig,
    "districts": fitting.DistrictsConfig,
    "controls": fitting.ControlsConfig,
    "daytime": fitting.DaytimeConfig,
    "gtfs": timetable.FeedConfig,
    "streets": streets.StreetsConfig,
    "barriers": streets.BarrierConfig,
    "ksj": ksj.KsjConfig,
    "towns": places.TownsConfig,
    "facilities": places.FacilityConfig,
    "boundaries": places.BoundaryConfig,
    "opinions": opinions.OpinionsConfig,
    "targets": city_config.TargetConfig,
    "sources": city_config.SourceConfig,
}
"""Anchor in OPERATIONS.md → what a person may write there."""
CLOCK = {"window": "10:00–12:00"}


def default_of(name, one):
    """Return the default of a key as OPERATIONS.md prints it."""
    value = one.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "必須"
    if value is None or value in ((), {}, "") or isinstance(value, base.Words):
        return "—"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return CLOCK.get(name) or ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def keys_of(model):
    """Return the keys of a part of the configuration with their defaults."""
    return {one.alias or name: default_of(name, one) for name, one in model.model_fields.items()}


def rows_after(anchor, kind="key"):
    """Return the rows of the first table after an anchor of OPERATIONS.md, without its head."""
    text = read("OPERATIONS.md").partition(f'<a id="{kind}-{anchor}"></a>')[2]
    table = re.search(r"(?:^\|.*\n)+", text, flags=re.MULTILINE)
    assert table, anchor
    return [[c.strip() for c in line.strip("|").split(" | ")] for line in table.group().splitlines()[2:]]


@pytest.mark.parametrize("anchor", KEYS)
def test_every_key_of_a_configuration_is_in_operations_with_its_default(anchor):
    told = {row[0].strip("` "): row[1].strip("` ") for row in rows_after(anchor)}
    assert told == keys_of(KEYS[anchor])


def test_every_key_of_a_population_is_in_operations_with_its_default():
    rows = rows_after("population")
    for column, (kind, model) in enumerate(KINDS.items(), start=1):
        told = {row[0].strip("` "): row[column].strip("` ") for row in rows if row[column].strip()}
        wanted = keys_of(model)
        del wanted["kind"]
        assert told == wanted, kind


MODIFICATIONS = {
    "where": Where,
    "adjust-population": AdjustPopulation,
    "relocate-residents": RelocateResidents,
    "guide-residents": GuideResidents,
    "add-housing": AddHousing,
    "attract-commuters": AttractCommuters,
    "adjust-fare": AdjustFare,
    "adjust-behaviour": AdjustBehaviour,
    "levers": Levers,
}
"""Anchor in OPERATIONS.md → what a person may write there; keys that hold a thing told elsewhere stay closed."""
ELSEWHERE = {"where", "origin", "to", "zones", "modifications", "limits"}


def parts_of(annotation):
    """Return what is written inside a value: its model, and whether there may be several."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation is not Bilingual:
        return annotation, False
    several = getattr(annotation, "__origin__", None) is tuple
    found = [p for p in map(parts_of, get_args(annotation)) if p]
    return (found[0][0], several or found[0][1]) if found else None


def written_keys(model, prefix=""):
    """Return path → default of everything a person may write, as OPERATIONS.md prints it."""
    told = {}
    for name, one in model.model_fields.items():
        if not prefix and issubclass(model, ModificationBase) and name in {*ModificationBase.model_fields, "type"}:
            continue
        key = one.alias or name
        inside = None if name in ELSEWHERE else parts_of(one.annotation)
        if inside:
            told |= written_keys(inside[0], f"{prefix}{key}{'[]' * inside[1]}.")
        else:
            told[prefix + key] = default_of(name, one)
    return told


@pytest.mark.parametrize("anchor", MODIFICATIONS)
def test_every_key_of_a_lever_is_in_operations_with_its_default(anchor):
    told = {row[0].strip("` "): row[1].strip("` ") for row in rows_after(anchor, "mod")}
    assert told == written_keys(MODIFICATIONS[anchor])


def test_every_modification_scenario_and_table_is_told():
    methods, operations = read("METHODS.md"), read("OPERATIONS.md")
    assert not [t for t in APPLY if f"| `{t}` |" not in methods]
    assert not [i for i in list_library() if f"| {i} |" not in methods]
    assert not [t for t in [*TABLES, RIDE_SIDES, "uncertainty"] if f"| `{t}` |" not in operations]
    assert not [i for i in list_levers() if f"`{i}`" not in operations]


def test_every_command_is_in_operations():
    told = read("OPERATIONS.md")
    for name, command in commands().items():
        inside = getattr(command, "commands", {})
        for one in [f"{name} {i}" for i in inside] or [name]:
            family, _, member = one.partition(" ")
            assert re.search(rf"`ekisei {family}\b[^\n]*{re.escape(member)}", told), one


def test_tables_of_methods_are_those_of_the_code():
    methods = read("METHODS.md")
    assert kpi_table() in methods
    assert parameter_table() in methods
    assert rules_table().partition("\n\n")[2].strip() in methods
    assert f"{len(RULES)} 件のうち {sum(bool(r.codes) for r in RULES)} 件" in methods


def test_readers_in_the_readme_are_those_of_the_code():
    assert reader_table() in read("README.md")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_something(name):
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", read(name)):
        assert (ROOT / target).exists(), target


def anchors(name):
    """Return what links into a document may name: its headings, as GitHub writes them, and its own anchors."""
    text = read(name)
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)"', text))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_anchors_of_links_exist(name):
    for target, anchor in re.findall(r"\]\((?!https?://)([^)#]*)#([^)]+)\)", read(name)):
        assert anchor in anchors(target or name), (target, anchor)


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


def yaml_blocks(name, *, scenarios):
    """Return the examples in YAML of a document: scenarios, or parts of a city's configuration."""
    found = [text for text in all_yaml(name) if not text.startswith("format:")]
    return [text for text in found if text.startswith("schema:") == scenarios]


def all_yaml(name):
    return re.findall(r"```yaml\n(.*?)```", read(name), flags=re.DOTALL)


@pytest.mark.parametrize("name", ["README.md", "METHODS.md", "OPERATIONS.md"])
def test_scenarios_in_the_documents_change_the_bundled_city(name):
    (example,) = [text for text in yaml_blocks(name, scenarios=True) if "ekisei-scenario" in text]
    applied = apply_scenario(load_hitachi(), parse_scenario(example))
    assert applied.changes


def test_the_sweep_in_the_readme_can_be_read(tmp_path):
    (example,) = [text for text in all_yaml("README.md") if text.startswith("format: ekisei-sweep")]
    base = (LIBRARY.parent / "examples" / "visits-and-clinic.yaml").read_text(encoding="utf-8")
    (tmp_path / "clinic.yaml").write_text(base, encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(example, encoding="utf-8")
    sweep = read_sweep(tmp_path / "sweep.yaml")
    assert not sweep.warnings
    assert make_scenarios(sweep, make_points(sweep)[:4])[1] == {}


def test_levers_in_operations_can_be_read(tmp_path):
    (example,) = [text for text in yaml_blocks("OPERATIONS.md", scenarios=True) if "ekisei-levers" in text]
    (tmp_path / "levers.yaml").write_text(example, encoding="utf-8")
    assert read_levers(tmp_path / "levers.yaml").levers


@pytest.mark.parametrize("name", ["README.md", "OPERATIONS.md"])
def test_configurations_in_the_documents_are_right(name, tmp_path):
    examples = yaml_blocks(name, scenarios=False)
    assert examples
    for text in examples:
        whole = text if text.startswith("id:") else f"id: a-city\nname: A city\n{text}"
        (tmp_path / "city.yaml").write_text(whole, encoding="utf-8")
        assert read_city_config(tmp_path / "city.yaml").id


def test_scenario_ids_in_the_readme_are_shipped():
    named = set(re.findall(r"ekisei (?:run|explain) ([a-z0-9-]+)(?: |$)", read("README.md")))
    assert named <= set(list_library())
    assert named
