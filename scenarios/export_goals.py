"""Owns what a goal search leaves behind: the scenario of each answer, the table of answers, and the frontier."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from geodata.errors import Text
from geodata.provenance import weakest
from scenarios.apply import check_scenario
from scenarios.files import parse_scenario, scenario_text, write_scenario
from scenarios.run_folder import write_csv
from sim.kpi.registry import KPIS
from sim.pivot import join_notes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geodata.city import City
    from scenarios.goal_confirm import Checked
    from scenarios.goal_points import Outcome
    from scenarios.goal_seek import Answer, GoalResult
    from scenarios.schema import Scenario
    from sim.results import KpiRow

ANSWERS, FRONTIER, ALL_ROWS = "answers.csv", "frontier.csv", "kpi.csv"
JOINT = "all-definitions"
LONGEST_ID = 80
NO_EFFECT = "scenario.no_effect"


def setting_of(answer: Answer) -> str:
    """Return the setting of an answer; of one for several at once their common name."""
    return answer.settings[0] if len(answer.settings) == 1 else JOINT


def scenarios_of(result: GoalResult) -> dict[str, Scenario]:
    """
    Return setting → the scenario of its answer, or of the choice that comes nearest where none reaches the target.

    Settings with the same choice share one scenario.
    """
    found: dict[tuple[float, ...], Scenario] = {}
    named: dict[str, Scenario] = {}
    for answer in result.answers:
        outcome = answer.told
        if answer.missing or outcome is None:
            continue
        if outcome.values not in found:  # noqa: PD011 -- no frame
            found[outcome.values] = _scenario(result, answer, outcome)  # noqa: PD011
        named[setting_of(answer)] = found[outcome.values]  # noqa: PD011
    return named


def _scenario(result: GoalResult, answer: Answer, outcome: Outcome) -> Scenario:
    """Return the scenario of a choice, as a file that ``ekisei run`` takes: written and read back."""
    ask, book = result.ask, result.book
    words = lever_words(result, outcome)
    reached = answer.outcome is not None
    spec, target = KPIS[ask.kpi_id], _plain(ask.target)
    title = (
        Text(f"{spec.title.ja} {target} に届く案", f"reaches {target} of {spec.title.en}")
        if reached
        else Text(f"{spec.title.ja} {target} に最も近い案", f"nearest to {target} of {spec.title.en}")
    )
    label = spec.settings.get(setting_of(answer), Text(setting_of(answer), setting_of(answer)))
    told = {
        "id": _slug(f"goal-{ask.kpi_id}-{setting_of(answer)}"),
        "title": {"ja": f"{title.ja}（{label.ja}）", "en": f"{title.en} ({label.en})"},
        "description": {
            "ja": f"{book.base.title.ja}から、{book.file.title.ja}のレバーで探した案: {words.ja}。",
            "en": f"Found from {book.base.title.en} with the levers of {book.file.title.en}: {words.en}.",
        },
        "plan_status": "hypothetical",
    }
    if ask.limits is not None:
        told["limits"] = ask.limits.model_dump(exclude_none=True)
    return without_idle(result.city, parse_scenario(scenario_text(book.scenario(outcome.values, **told)), "goal-seek"))


def without_idle(city: City, scenario: Scenario) -> Scenario:
    """
    Return a scenario with the modifications switched off that change nothing, such as a scale of 1.

    A file in which something changes nothing is refused; a lever may well end there.
    """
    idle = {p.where for p in check_scenario(city, scenario) if p.code == NO_EFFECT}
    if not idle:
        return scenario
    kept = tuple(
        mod.model_copy(update={"enabled": False}) if scenario.locate(mod.id, "") in idle else mod
        for mod in scenario.modifications
    )
    return parse_scenario(scenario_text(scenario.model_copy(update={"modifications": kept})), "goal-seek")


def lever_words(result: GoalResult, outcome: Outcome) -> Text:
    """Return the levers in use and their values, in words."""
    ja, en = [], []
    for lever, off, value in zip(result.book.levers, result.book.off, outcome.values, strict=True):
        if value == off:
            continue
        unit = lever.unit or lever.title.model_copy(update={"ja": "", "en": ""})
        ja.append(lever.title.ja if lever.is_switch else f"{lever.title.ja} {value:,g}{unit.ja}")
        en.append(lever.title.en if lever.is_switch else f"{lever.title.en} {value:,g} {unit.en}".rstrip())
    return Text("、".join(ja) or "レバーを使わない", ", ".join(en) or "no lever in use")


def answer_frame(result: GoalResult, checked: Mapping[str, Checked]) -> pd.DataFrame:
    """Return one row per setting: reached or not, value, cost, levers, method, what binds, and the run's own words."""
    names = {setting: s.id for setting, s in scenarios_of(result).items()}
    rows = []
    for answer in result.answers:
        told, setting = answer.told, setting_of(answer)
        row, one = row_of(answer, names.get(setting, ""), checked), checked.get(names.get(setting, ""))
        behind = [] if one is None else [one.rows[s] for s in answer.settings]
        rows.append(
            {
                "kpi_id": result.ask.kpi_id,
                "setting": setting,
                "reproduces_official": all(s in result.reproducing for s in answer.settings),
                "target": result.ask.target,
                "reached": answer.outcome is not None,
                "base_value": _worst(result, answer, answer.base),
                "value": None if told is None else _worst(result, answer, told),
                "low": None if row is None else row.low,
                "high": None if row is None else row.high,
                "verdict": "" if one is None else str(one.verdict(answer.settings)),
                "status": str(weakest([r.status for r in behind])) if behind else "",
                **_told(result, told),
                "method": answer.found.method,
                "proven": answer.found.proven,
                "limits_broken": " ".join(answer.broken),
                "bounds_reached": " ".join(result.book.levers[s.lever].id for s in answer.stretches),
                "scenario": names.get(setting, ""),
                "note": answer.missing or join_notes(*(r.note for r in behind)),
            }
        )
    return pd.DataFrame(rows)


def row_of(answer: Answer, scenario_id: str, checked: Mapping[str, Checked]) -> KpiRow | None:
    """Return the row of the whole run behind an answer; None of one for several settings, or that was not run."""
    one = checked.get(scenario_id)
    return None if one is None or len(answer.settings) > 1 else one.rows[answer.settings[0]]


def frontier_frame(result: GoalResult) -> pd.DataFrame:
    """Return one row per setting and choice that no other beats in cost and KPI, the cheapest first."""
    rows = [
        {
            "kpi_id": result.ask.kpi_id,
            "setting": answer.settings[0],
            "value": outcome.numbers[answer.settings[0]],
            "reaches": result.ask.reaches(outcome.numbers[answer.settings[0]]),
            **_told(result, outcome),
            "limits_broken": " ".join(outcome.broken),
        }
        for answer in result.answers
        for outcome in answer.frontier
    ]
    return pd.DataFrame(rows)


def _worst(result: GoalResult, answer: Answer, outcome: Outcome) -> float:
    return result.ask.sign * outcome.weakest(result.ask, answer.settings)


def is_own_only(result: GoalResult, outcome: Outcome) -> bool:
    """Return whether a cost holds the levers' own alone though the file asks for the model's, which is not known."""
    return result.book.file.model_cost != "none" and outcome.cost.operating_yen is None


def covered_costs(result: GoalResult, outcome: Outcome) -> str:
    """Return what a cost holds: ``levers``, or ``levers+operating``, ``levers+subsidy``."""
    asked = result.book.file.model_cost
    return "levers" if asked == "none" or is_own_only(result, outcome) else f"levers+{asked}"


def _told(result: GoalResult, outcome: Outcome | None) -> dict[str, float | str | None]:
    """Return cost and lever values of a choice, by column."""
    cost = None if outcome is None else outcome.cost
    names = ("total_yen", "yearly_yen", "capital_yen", "operating_yen")
    values = [None] * len(result.book.levers) if outcome is None else list(outcome.values)
    told: dict[str, float | str | None] = {f"cost_{n}": None if cost is None else getattr(cost, n) for n in names}
    covers = "" if outcome is None else covered_costs(result, outcome)
    told |= {"cost_covers": covers}
    return told | {f"lever:{lever.id}": v for lever, v in zip(result.book.levers, values, strict=True)}


def write_goal(result: GoalResult, checked: Mapping[str, Checked], out: Path) -> tuple[Path, ...]:
    """Write the tables, all rows of the whole runs, and the scenario files beside the runs; return the files."""
    rows = pd.concat([one.run.kpi for one in checked.values()], ignore_index=True)
    tables = ((ANSWERS, answer_frame(result, checked)), (FRONTIER, frontier_frame(result)), (ALL_ROWS, rows))
    files = []
    for name, frame in tables:
        part = out / f".{name}.part"
        write_csv(frame, part)
        files.append(part.replace(out / name))
    for scenario in {s.id: s for s in scenarios_of(result).values()}.values():
        write_scenario(scenario, out / f"{scenario.id}.yaml")
        files.append(out / f"{scenario.id}.yaml")
    return tuple(files)


def _plain(value: float) -> str:
    return f"{value:.10g}"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:LONGEST_ID].strip("-")
