"""Owns the judgement of limits: whether a plan has the drivers, vehicles and money it takes, or 成立しない."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from geodata.errors import Text
from sim.uncertainty.interval import is_enough

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenarios.schema import Limits
    from sim.results import RunResult
    from sim.uncertainty.draws import Draws

LimitName = Literal["drivers", "vehicles", "operating_cost_yen", "subsidy_yen"]

KPI_OF: dict[LimitName, str] = {
    "drivers": "drivers_needed",
    "operating_cost_yen": "operating_cost_yen",
    "subsidy_yen": "subsidy_yen",
}
"""Limit → KPI whose default setting it holds down; vehicles stand in the table `operations_money`."""
MONEY_TABLE = "operations_money"
_THOUSAND = 1_000

_WORDS: dict[LimitName, tuple[Text, Text, Text]] = {
    "drivers": (
        Text("運転士", "drivers"),
        Text("人", ""),
        Text("要員不足で成立しません", "there are not enough drivers"),
    ),
    "vehicles": (
        Text("車両", "vehicles"),
        Text("台", ""),
        Text("車両不足で成立しません", "there are not enough vehicles"),
    ),
    "operating_cost_yen": (
        Text("運行経費", "operating cost"),
        Text("千円/年", "thousand yen a year"),
        Text("経費の上限を超え成立しません", "it costs more than the limit"),
    ),
    "subsidy_yen": (
        Text("補助額", "subsidy"),
        Text("千円/年", "thousand yen a year"),
        Text("補助の上限を超え成立しません", "it needs more subsidy than the limit"),
    ),
}


@dataclass(frozen=True, slots=True)
class LimitVerdict:
    """
    Whether a run keeps one limit.

    `value`: what the run takes; None = not known. `holds`: None where that cannot be judged. `low`, `high`: the run's
    interval where it has one. `certain`: the whole interval lies on one side of the limit. `text`: what is said of it.
    """

    name: LimitName
    limit: float
    value: float | None
    holds: bool | None
    text: Text
    low: float | None = None
    high: float | None = None
    certain: bool = True

    def as_record(self) -> dict[str, Any]:
        """Return it for a manifest."""
        return {
            "name": self.name,
            "limit": self.limit,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "holds": self.holds,
            "ja": self.text.ja,
            "en": self.text.en,
        }


def judge_limits(limits: Limits | None, result: RunResult) -> tuple[LimitVerdict, ...]:
    """
    Judge every limit of a scenario by the result of its run.

    Parameters
    ----------
    limits
        Of the scenario; None = it has none.
    result
        What the models returned.

    Returns
    -------
    verdicts
        One per limit that is set, in the order of the schema. A value exactly at its limit holds.
    """
    if limits is None:
        return ()
    given = {name: getattr(limits, name) for name in type(limits).model_fields}
    return tuple(_judge(name, float(limit), result) for name, limit in given.items() if limit is not None)  # type: ignore[arg-type]


def is_feasible(verdicts: Iterable[LimitVerdict]) -> bool:
    """Return whether no limit is known to be broken; a plan that breaks one is never ranked best."""
    return all(verdict.holds is not False for verdict in verdicts)


def _judge(name: LimitName, limit: float, result: RunResult) -> LimitVerdict:
    value, low, high, why = _value_of(name, result)
    if value is None:
        return LimitVerdict(name, limit, None, None, _unknown(name, limit, why))
    holds = value <= limit
    ends = [end for end in (low, high) if end is not None]
    certain = all((end <= limit) == holds for end in ends)
    text = _said(name, limit, value, holds, certain)
    if _too_few(result.draws) and low is not None:
        low = high = None
        certain, text = True, _said(name, limit, value, holds, certain=True)
        text = Text(f"{text.ja}（幅が未計算: 試行が少ない）", f"{text.en} (interval not computed: too few draws)")
    return LimitVerdict(name, limit, value, holds, text, low, high, certain)


def _too_few(draws: Draws | None) -> bool:
    return draws is not None and not is_enough(draws.n_draws, draws.n_rerouted)


def _value_of(name: LimitName, result: RunResult) -> tuple[float | None, float | None, float | None, str]:
    """Return value, low, high, and why there is none."""
    if name in KPI_OF:
        row = result.find(KPI_OF[name])
        return (None, None, None, "") if row is None else (row.value, row.low, row.high, row.note)
    table = result.tables.get(MONEY_TABLE)
    held = None if table is None else table.loc[table["item"] == name, "value"]
    if held is None or held.empty:
        drivers = result.find(KPI_OF["drivers"])  # why nobody drives is why no vehicle is known
        return None, None, None, drivers.note if drivers is not None and drivers.value is None else ""
    return float(held.iloc[0]), None, None, ""


def _said(name: LimitName, limit: float, value: float, holds: bool, certain: bool) -> Text:
    noun, unit, broken = _WORDS[name]
    shown, most = _shown(name, value), _shown(name, limit)
    ja = f"{noun.ja} {shown} {unit.ja}／上限 {most} {unit.ja}: {'上限内' if holds else broken.ja}"
    en = f"{noun.en} {shown} of at most {most} {unit.en}".rstrip() + f": {'within' if holds else broken.en}"
    doubt = Text("（幅は上限をまたぐ）", " (the interval lies on both sides)") if not certain else Text("", "")
    return Text(ja + doubt.ja, en + doubt.en)


def _unknown(name: LimitName, limit: float, why: str) -> Text:
    noun, unit, _ = _WORDS[name]
    most = _shown(name, limit)
    reason = f"（{why}）" if why else ""
    return Text(
        f"{noun.ja}／上限 {most} {unit.ja}: 判定できません{reason}",
        f"{noun.en} of at most {most} {unit.en}".rstrip() + ": cannot be judged, the number is not known",
    )


def _shown(name: LimitName, value: float) -> str:
    """Return a number as it is shown: money in thousands of yen."""
    return f"{value / _THOUSAND:,.0f}" if name.endswith("_yen") else f"{value:,.0f}"


__all__ = ["KPI_OF", "LimitVerdict", "is_feasible", "judge_limits"]
