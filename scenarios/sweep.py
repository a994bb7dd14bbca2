"""Owns sweeps: variants of one scenario for every combination of some settings, run and put beside each other."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from geodata.errors import Problem, ScenarioError, Text, UsageError, error, raise_errors
from scenarios.field_paths import as_written, known_paths, nearest_paths, own_value, plain_or_text, put_value
from scenarios.files import parse_scenario
from scenarios.run_folder import write_csv
from scenarios.yaml_reading import dump_yaml, parse_document
from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from scenarios.batch import BatchResult
    from scenarios.runner import RunFolder
    from scenarios.schema import Scenario

TABLE_NAME = "sweep.csv"
MOST_VARIANTS = 200
LONGEST_ID = 80
_EXAMPLE = Text(
    "例: --set parameters.online_visit_share=0,0.05,0.1 や --set modifications.変更のid.fleet.vehicles=2,3,4",
    "e.g. --set parameters.online_visit_share=0,0.05,0.1 or --set modifications.ID.fleet.vehicles=2,3,4",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of the scenario and the values it takes in turn."""

    path: str
    choices: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One combination: the scenario with `chosen` in the place of its own, in the order of the settings."""

    scenario: Scenario
    chosen: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SweptRun:
    """One variant that was run; `no_change`: every number is that of the file as it stands."""

    variant: Variant
    run: RunFolder
    no_change: bool


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """The file as it stands, its variants, and those that could not be run (`batch.failures`)."""

    settings: tuple[Setting, ...]
    base: RunFolder
    runs: tuple[SweptRun, ...]
    batch: BatchResult

    @property
    def moved(self) -> tuple[str, ...]:
        """KPIs whose city-wide default value differs between any two of the runs, in the order of kpi.csv."""
        values = [default_values(self.base), *(default_values(r.run) for r in self.runs)]
        return tuple(k for k in values[0].index if len({_key(v.get(k)) for v in values}) > 1)


# ---------------------------------------------------------------- what is varied


def parse_setting(text: str) -> Setting:
    """
    Return the setting written as ``path=v1,v2``; values are read as in a scenario file.

    Raises
    ------
    UsageError
        If there is no path or no value, or a value cannot be read.
    """
    path, sign, written = text.partition("=")
    where = f"--set {text}"
    if not (sign and path.strip() and written.strip()):
        message = Text("「キー=値,値」の形ではありません", "not of the form path=value,value")
        raise UsageError(error("sweep.form", where, message, _EXAMPLE))
    try:
        values = parse_document(f"[{written}]", "--set").content
    except ScenarioError as cause:
        raise UsageError([Problem(p.severity, p.code, where, p.message, p.hint) for p in cause.problems]) from None
    return Setting(path.strip(), tuple(values))


def make_variants(scenario: Scenario, settings: Sequence[Setting]) -> tuple[Variant, ...]:
    """
    Return one scenario for every combination of the values, the last setting running fastest.

    Raises
    ------
    UsageError
        If a path names nothing of the scenario (with the nearest), stands there twice, or there are too many.
    ScenarioError
        If a value does not fit its key.
    """
    raise_errors(_check_settings(scenario, settings), UsageError)
    found: list[Variant] = []
    problems: list[Problem] = []
    for values in itertools.product(*(s.choices for s in settings)):
        try:
            found.append(Variant(_varied(scenario, settings, values, {v.scenario.id for v in found}), values))
        except ScenarioError as cause:
            problems += cause.problems
    raise_errors(problems, ScenarioError)
    return tuple(found)


def _check_settings(scenario: Scenario, settings: Sequence[Setting]) -> list[Problem]:
    problems: list[Problem] = []
    if not settings:
        message = Text("変える値がありません", "nothing to vary")
        problems.append(error("sweep.nothing", "--set", message, _EXAMPLE))
    known = known_paths(scenario)
    for number, setting in enumerate(settings):
        where = f"--set {setting.path}"
        if setting.path in {s.path for s in settings[:number]}:
            problems.append(error("sweep.twice", where, Text("同じキーが二度あります", "the same key twice")))
        elif re.sub(r"\[\d+\]", "", setting.path) not in known:
            message = Text(f"シナリオに {setting.path!r} はありません", f"the scenario has no {setting.path!r}")
            problems.append(error("sweep.unknown_path", where, message, nearest_paths(setting.path, known)))
    n_variants = 1
    for setting in settings:
        n_variants *= len(setting.choices)
    if n_variants > MOST_VARIANTS:
        message = Text(f"組み合わせが {n_variants} 通りあります", f"{n_variants} combinations")
        hint = Text(f"{MOST_VARIANTS} 通りまでにしてください", f"at most {MOST_VARIANTS}")
        problems.append(error("sweep.too_many", "--set", message, hint))
    return problems


# ---------------------------------------------------------------- variants


def _varied(scenario: Scenario, settings: Sequence[Setting], values: Sequence[Any], taken: set[str]) -> Scenario:
    content = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    told = [(s.path, value) for s, value in zip(settings, values, strict=True)]
    for path, value in told:
        put_value(content, path, value)
    words = "、".join(f"{path.rpartition('.')[2]} = {as_written(value)}" for path, value in told)
    content["id"] = _variant_id(scenario.id, told, taken)
    content["title"] = {"ja": f"{scenario.title.ja}（{words}）", "en": f"{scenario.title.en} ({words})"}
    return parse_scenario(dump_yaml(content), f"--set {words}")


def _variant_id(base: str, told: Sequence[tuple[str, Any]], taken: set[str]) -> str:
    """Return an id that tells the values, or counts where they do not make a file name."""
    words = [f"{_slug(path.rpartition('.')[2])}-{_slug(as_written(value))}" for path, value in told]
    wanted = "-".join([base, *words])
    readable = all(not w.endswith("-") for w in words) and len(wanted) <= LONGEST_ID
    if readable and wanted not in taken:
        return wanted
    return next(i for n in itertools.count(1) if (i := f"{base[: LONGEST_ID - 5]}-v{n:03d}") not in taken)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


# ---------------------------------------------------------------- runs


def run_sweep(
    scenario: Scenario, settings: Sequence[Setting], run_all: Callable[[list[Scenario]], BatchResult]
) -> Sweep:
    """
    Run a scenario as it stands and every variant of it.

    Parameters
    ----------
    scenario, settings
        What to vary, and by what.
    run_all
        Runs scenarios into folders: `scenarios.batch.run_batch` with everything but the scenarios given.

    Raises
    ------
    UsageError, ScenarioError
        Before anything is run.

    Notes
    -----
    A variant may hold a modification that changes nothing: it is run and marked `no_change`, not refused.
    """
    variants = make_variants(scenario, settings)
    batch = run_all([scenario, *(v.scenario for v in variants)])
    by_id = {run.scenario.id: run for run in batch.runs}
    base = by_id.get(scenario.id)
    if base is None:
        raise ScenarioError([p for f in batch.failures for p in f.problems])
    done = [v for v in variants if v.scenario.id in by_id]
    swept = tuple(SweptRun(v, by_id[v.scenario.id], _is_same(base, by_id[v.scenario.id])) for v in done)
    return Sweep(tuple(settings), base, swept, batch)


def write_sweep(sweep: Sweep, out: Path) -> Path:
    """Write the table of a sweep into its folder, whole or not at all; return the file."""
    part = out / f".{TABLE_NAME}.part"
    write_csv(sweep_table(sweep), part)
    return part.replace(out / TABLE_NAME)


def _is_same(base: RunFolder, run: RunFolder) -> bool:
    """Return whether a run has the very numbers of the base; equal cities and settings need no look at them."""
    return bool(_numbers(base).equals(_numbers(run)))


def _numbers(run: RunFolder) -> pd.Series[float]:
    keys = ["kpi_id", "setting", "group"]
    return run.kpi.set_index(keys)["value"].sort_index()


def default_values(run: RunFolder) -> pd.Series[float]:
    """Return KPI → city-wide value under its default setting."""
    kpi = run.kpi
    rows = kpi[(kpi["setting"] == DEFAULT_SETTING) & (kpi["group"] == "all")]
    return rows.set_index("kpi_id")["value"]


def sweep_table(sweep: Sweep, kpis: Iterable[str] | None = None) -> pd.DataFrame:
    """
    Return one row per run, the file as it stands first: id, value of each setting, `no_change`, one column per KPI.

    `kpis` None = all that have a value in some run.
    """
    runs = [sweep.base, *(r.run for r in sweep.runs)]
    values = pd.DataFrame([default_values(run) for run in runs]).reset_index(drop=True)
    values = values.dropna(axis="columns", how="all") if kpis is None else values.reindex(columns=list(kpis))
    own = [plain_or_text(own_value(sweep.base.scenario, s.path)) for s in sweep.settings]
    rows = [own, *([plain_or_text(v) for v in r.variant.chosen] for r in sweep.runs)]
    told = pd.DataFrame(rows, columns=[s.path for s in sweep.settings])
    head = pd.DataFrame({"scenario": [run.scenario.id for run in runs]})
    same = pd.DataFrame({"no_change": [False, *(r.no_change for r in sweep.runs)]})
    return pd.concat([head, told, same, values], axis=1)


def _key(value: Any) -> Any:
    return "" if value is None or value != value else value  # noqa: PLR0124 -- NaN is the only one unlike itself
