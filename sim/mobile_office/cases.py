"""Owns the range of the points that a mobile city office adds: every assumption at its low end, as set, at its high."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.mobile_office.procedures import MONTHS, expected_procedures, points_by_cell
from sim.params import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.context import RunContext
    from sim.mobile_office.coverage import Plans
    from sim.params import Params

RAISING = (
    "procedures_per_hour",
    "free_pupils_share",
    "free_working_share",
    "free_older_share",
    "free_late_older_share",
    "free_evening_share",
    "free_weekend_share",
    "certificates_per_person_year",
    "card_procedures_per_person_year",
    "procedures_pupils_factor",
    "procedures_older_factor",
    "procedure_wait_days",
    "mobile_office_choice_share",
    "card_holder_share",
)
"""Parameters with which the points rise; consultations use no card and stay as set."""
LOWERING = (
    "visit_full_h",
    "convenience_choice_share",
    "convenience_older_choice_share",
    "rival_office_within_min",
    "rival_office_choice_share",
    "procedures_per_person_year",
)
"""Parameters with which the points fall."""


def at_the_end(params: Params, end: str) -> Params:
    """Return the parameters with all of these at the end that makes the points ``low`` or ``high``."""
    lower = dict.fromkeys(RAISING, end == "low") | dict.fromkeys(LOWERING, end == "high")
    return params.model_copy(update={name: _end_of(name, params, low=low) for name, low in lower.items()})


def _end_of(name: str, params: Params, *, low: bool) -> float:
    meaning, own = PARAMETERS[name], float(getattr(params, name))
    bound = meaning.low if low else meaning.high
    if bound is None:
        return own
    return min(own, bound) if low else max(own, bound)


def points_cases(context: RunContext, plans: Plans) -> pd.DataFrame:
    """Return one row per case: procedures, those with the card, all procedures of the city, points, share."""
    return pd.DataFrame(list(_rows(context, plans)))


def _rows(context: RunContext, plans: Plans) -> Iterator[dict[str, Any]]:
    target = context.city.targets.find("mynumber_service_share", "baseline")
    cases = {
        "low": at_the_end(context.params, "low"),
        "mid": context.params,
        "high": at_the_end(context.params, "high"),
    }
    residents = float(context.city.population.total.sum())
    status = str(context.status("population", "streets", "facilities", parameters=(*RAISING, *LOWERING)))
    for case, params in cases.items():
        expected = expected_procedures(context, plans, params)
        points = float(points_by_cell(context, expected, params).sum())
        yield {
            "case": case,
            "procedures_per_month": float(expected.served.sum()),
            "with_card_per_year": float(expected.card_by_cell.sum()) * MONTHS,
            "procedures_per_person_year": params.procedures_per_person_year,
            "all_procedures_per_year": params.procedures_per_person_year * residents,
            "points": points,
            "official_share": None if target is None else target.value,
            "mynumber_service_share": None if target is None else target.value + points,
            "status": status,
        }
