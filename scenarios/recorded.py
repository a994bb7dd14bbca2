"""Owns which keys of a scenario are written down and shown, but enter no number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import Problem, Text, warning

if TYPE_CHECKING:
    from scenarios.schema import Scenario

_NO_PENALTY = Text(
    "乗換抵抗は停留所ごとに分けていないので、選択に入りません（乗換時間 min_transfer_time_min は入ります）",
    "the penalty of a change is not told stop by stop, so no choice sees it (min_transfer_time_min is seen)",
)
_NO_MEMBERS = Text(
    "会員数が分からないので、収入・補助・収支率に入らず、利用者の費用にもなりません（fare_yen は入ります）",
    "how many hold one is not known: it enters neither revenue nor what riders pay (fare_yen does)",
)
RECORDED: dict[tuple[str, str], Text] = {
    ("add-hub", "boarding_penalty_min"): _NO_PENALTY,
    ("add-on-demand", "pass_yen_month"): _NO_MEMBERS,
    ("adjust-on-demand", "pass_yen_month"): _NO_MEMBERS,
}
"""Type of a modification, its key → why no number reacts to it."""


def recorded_only(scenario: Scenario) -> tuple[Problem, ...]:
    """Return one warning for each key that is recorded only, located at the first modification that sets it."""
    found: dict[tuple[str, Text], list[str]] = {}
    for mod in scenario.modifications:
        for (kind, key), why in RECORDED.items():
            if mod.enabled and mod.type == kind and getattr(mod, key) is not None:
                found.setdefault((key, why), []).append(mod.id)
    return tuple(
        warning(
            "scenario.recorded_only",
            scenario.locate(ids[0], key),
            Text(
                f"{key}（{'、'.join(ids)}）は記録だけで、どの指標も動きません",
                f"{key} ({', '.join(ids)}) is recorded only: no KPI reacts to it",
            ),
            why,
        )
        for (key, why), ids in found.items()
    )
