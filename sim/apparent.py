"""Owns the apparent change: how far a pivoted number moves only because model and official figure differ in level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.pivot import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.results import KpiRow

    Key = tuple[str, str, str]
    """KPI, setting, group."""

OF_PERSONS = {family.rate_id: family for family in FAMILIES if family.of_persons}
"""Rates of residents, by KPI."""
SAME_RESIDENTS = 1e-12
"""How near two numbers of residents that were told from rates count as one [share of them]."""


def apparent_share(share: float, inside: float, modelled: float, base_residents: float) -> float:
    """
    Return the part of a pivoted share that comes of the levels alone.

    Parameters
    ----------
    share, inside
        What the pivot made of the rate and of the absolute number.
    modelled
        The absolute number as the model has it.
    base_residents
        Residents of the baseline.

    Notes
    -----
    The pivot keeps the persons whom only the official figure counts (`inside` − `modelled`) as many as they were,
    however few live in the city: over the smaller number of residents they weigh more. Without that the share would be
    the official one plus the change of the modelled *share*.
    """
    if not inside:
        return 0.0
    grown = share / inside - 1 / base_residents  # inside ÷ share = residents of the run
    return 0.0 if abs(grown * base_residents) < SAME_RESIDENTS else (inside - modelled) * grown


def apparent_changes(rows: Iterable[KpiRow], base_residents: float | None) -> dict[Key, float]:
    """
    Return the apparent part of the change since the baseline, of each row that has one.

    Only numbers of residents inside something have one. Clinics do not go with the residents, rides are told by a ratio
    and the rate of services by points, so no level enters their change. None of a group either: it is not pivoted.
    """
    held = {(row.kpi_id, row.setting, row.group): row for row in rows}
    found: dict[Key, float] = {}
    for key, row in held.items() if base_residents else ():
        family = OF_PERSONS.get(key[0])
        absolute = None if family is None else held.get((family.absolute_id, *key[1:]))
        if family is None or absolute is None or not row.value or not absolute.value or absolute.model_value is None:
            continue
        drift = apparent_share(row.value, absolute.value, absolute.model_value, base_residents or 1.0)
        found[key] = drift
        found[family.absolute_id, *key[1:]] = drift * absolute.value / row.value
    return found


def residents_told(rows: Iterable[KpiRow]) -> float | None:
    """Return the residents behind rates and absolute numbers of a run; None where there are none of both."""
    held = {(row.kpi_id, row.setting, row.group): row.value for row in rows if row.group == "all"}
    pairs = (
        (held.get((family.absolute_id, *key[1:])), value)
        for key, value in held.items()
        for family in FAMILIES
        if family.of_persons and family.rate_id == key[0]
    )
    return next((absolute / rate for absolute, rate in pairs if absolute and rate), None)
