"""Owns 前提条件一覧: every parameter with its value, range, source and status, and what a scenario changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.clinic_params import CLINIC_PARAMETERS
from sim.equity_params import EQUITY_PARAMETERS
from sim.kpi import KPIS
from sim.office_params import OFFICE_PARAMETERS
from sim.on_demand_params import ON_DEMAND_PARAMETERS
from sim.operation_params import OPERATION_PARAMETERS
from sim.params import PARAMETERS, Params
from sim.people_params import PEOPLE_PARAMETERS
from sim.ride_params import RIDE_PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.parameter import Parameter

GROUPS = {
    "office": OFFICE_PARAMETERS,
    "clinic": CLINIC_PARAMETERS,
    "on_demand": ON_DEMAND_PARAMETERS,
    "rides": RIDE_PARAMETERS,
    "money": OPERATION_PARAMETERS,
    "fairness": EQUITY_PARAMETERS,
    "people": PEOPLE_PARAMETERS,
}
"""Subject → its parameters; all others are of walking, routing and coverage."""
COMMON = "common"


@dataclass(frozen=True, slots=True)
class Assumption:
    """
    One parameter as it enters a run.

    `value` as used, `usual` the default. `kpis`: KPIs whose specification names it.
    """

    name: str
    group: str
    parameter: Parameter
    value: Any
    usual: Any
    kpis: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Return whether the scenario put another value in."""
        return bool(self.value != self.usual)


def list_assumptions(params: Params | None = None) -> tuple[Assumption, ...]:
    """Return every parameter in the order of its group; `params` of a scenario, the defaults if left out."""
    usual, used = Params(), params if params is not None else Params()
    found = [
        Assumption(name, group_of(name), row, getattr(used, name), getattr(usual, name), kpis_of(name))
        for name, row in PARAMETERS.items()
    ]
    order = [COMMON, *GROUPS]
    return tuple(sorted(found, key=lambda one: order.index(one.group)))


def group_of(name: str) -> str:
    """Return the subject a parameter belongs to."""
    return next((group for group, rows in GROUPS.items() if name in rows), COMMON)


def kpis_of(name: str) -> tuple[str, ...]:
    """Return the KPIs that rest on a parameter, as their specifications say."""
    return tuple(spec.kpi_id for spec in KPIS.values() if name in spec.parameters)


def chosen(found: Iterable[Assumption], *, changed: bool, confirm: bool, assumed: bool) -> tuple[Assumption, ...]:
    """Return those that every wanted condition holds of: changed by the scenario, to be confirmed, 仮定."""
    return tuple(
        one
        for one in found
        if (not changed or one.changed)
        and (not confirm or one.parameter.confirm)
        and (not assumed or str(one.parameter.status) == "assumed")
    )
