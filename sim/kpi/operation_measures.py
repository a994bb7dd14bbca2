"""Owns the measures of running vehicles: drivers, kilometres, cost, subsidy, emissions; one number each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.kpi.coverage import ASSUMED_NOTE
from sim.kpi.measure import no_number, one_number
from sim.kpi.operation_specs import OPERATION_KPIS
from sim.operations.emissions import cars_co2_t, on_demand_km, vehicles_co2_t
from sim.operations.fleets import fleet_years
from sim.operations.money import INDICATIVE, NO_RIDES, capital_year, operating_cost, operation_money
from sim.operations.plan import NOTHING_RUNS, operation_plan, why_unknown
from sim.pivot import join_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from geodata.provenance import Status
    from sim.context import RunContext
    from sim.kpi.measure import Measure

NO_STANDARD_COST = "単価は仮定（地域の公表単価を入力してください）"
UNKNOWN_KM = "待ち時間を与えたデマンド交通の走行キロを含まない"
NO_PASSES = "会費収入を含まない（会員数は非公表）"
_PARAMETERS = {spec.kpi_id: spec.parameters for spec in OPERATION_KPIS}


def measure_drivers(context: RunContext) -> Iterable[Measure]:
    """Return the drivers on the payroll: of lines and services, of lines alone, and with the longest spans."""
    kpi_id = "drivers_needed"
    if why := why_unknown(context):
        return (no_number(kpi_id, "default", why),)
    plan = operation_plan(context)
    weekday = plan.days[0].duties
    note = join_notes(_lines(context), f"平日の勤務 {weekday.most}（下界 {weekday.at_least}）")
    values = {
        "default": plan.drivers,
        "bus": plan.bus_drivers,
        "span-15h": plan.bus_drivers_longest + plan.on_demand_drivers,
    }
    return _numbers(context, kpi_id, values, {"span-15h": _lines(context)}, note)


def measure_km(context: RunContext) -> Iterable[Measure]:
    """Return the kilometres of a year: in service with on-demand vehicles, with empty ones, of lines alone."""
    kpi_id = "vehicle_km_year"
    if why := why_unknown(context):
        return (no_number(kpi_id, "default", why),)
    plan, services_km = operation_plan(context), on_demand_km(context)
    unknown = any(math.isnan(year.km) for year in fleet_years(context))
    note = join_notes(_lines(context), UNKNOWN_KM if unknown else "")
    values = {
        "default": plan.bus_km + services_km,
        "with-empty": plan.bus_km * (1 + context.params.deadhead_km_share) + services_km,
        "bus": plan.bus_km,
    }
    return _numbers(context, kpi_id, values, {"bus": _lines(context)}, note)


def measure_cost(context: RunContext) -> Iterable[Measure]:
    """Return the operating cost of a year, capital apart and with it."""
    kpi_id = "operating_cost_yen"
    if why := why_unknown(context):
        return (no_number(kpi_id, "default", why),)
    cost = operating_cost(context)
    values = {"default": cost, "with-capital": cost + capital_year(context, operation_plan(context))}
    return _numbers(context, kpi_id, values, {}, join_notes(_lines(context), _unit_cost(context)))


def measure_subsidy(context: RunContext) -> Iterable[Measure]:
    """Return the deficit of a year that is to be paid, in all and without the state's part."""
    kpi_id = "subsidy_yen"
    if why := why_unknown(context):
        return (no_number(kpi_id, "default", why),)
    money = operation_money(context)
    if money.missing:
        return (no_number(kpi_id, "default", money.missing), no_number(kpi_id, "city", money.missing))
    values = {"default": money.deficit_yen, "city": money.deficit_yen * (1 - context.params.state_subsidy_share)}
    return _numbers(context, kpi_id, values, {}, join_notes(_balance(context), _unit_cost(context)))


def measure_recovery(context: RunContext) -> Iterable[Measure]:
    """Return fares ÷ operating cost."""
    kpi_id = "cost_recovery_share"
    if why := why_unknown(context):
        return (no_number(kpi_id, "default", why),)
    money = operation_money(context)
    if money.missing or not money.cost_yen:
        return (no_number(kpi_id, "default", money.missing or NOTHING_RUNS),)
    note = join_notes(_balance(context), _unit_cost(context))
    return _numbers(context, kpi_id, {"default": money.revenue_yen / money.cost_yen}, {}, note)


def measure_co2(context: RunContext) -> Iterable[Measure]:
    """Return the CO₂ of a year: with residents' cars, and of the services' vehicles alone."""
    kpi_id = "co2_t"
    vehicles, cars = vehicles_co2_t(context), cars_co2_t(context)
    unknown = why_unknown(context)
    found: tuple[Measure, ...] = (no_number(kpi_id, "vehicles", unknown),)
    if not unknown:
        found = _numbers(context, kpi_id, {"vehicles": vehicles}, {}, _lines(context))
    if math.isnan(cars):
        return (no_number(kpi_id, "default", NO_RIDES), *found)
    return (*_numbers(context, kpi_id, {"default": vehicles + cars}, {}, _lines(context)), *found)


def _numbers(
    context: RunContext, kpi_id: str, values: Mapping[str, float], notes: dict[str, str], note: str
) -> tuple[Measure, ...]:
    """Return one number per setting; `note` where the setting has none of its own."""
    status = _status(context, kpi_id)
    return tuple(one_number(kpi_id, s, float(v), status, notes.get(s, note)) for s, v in values.items())


def _status(context: RunContext, kpi_id: str) -> Status:
    return context.status(parameters=_PARAMETERS[kpi_id], extra=(operation_plan(context).status,))


def _lines(context: RunContext) -> str:
    return ASSUMED_NOTE if operation_plan(context).assumed else ""


def _balance(context: RunContext) -> str:
    """Return the flags of a number that rests on fares."""
    passes = any(s.plan is not None and s.plan.pass_yen_month for s in context.city.on_demand)
    indicative = INDICATIVE if operation_plan(context).assumed else ""
    return join_notes(indicative, _lines(context), NO_PASSES if passes else "")


def _unit_cost(context: RunContext) -> str:
    return NO_STANDARD_COST if context.params.bus_standard_cost_yen_km is None else ""


OPERATION_MEASURES: dict[str, Callable[[RunContext], Iterable[Measure]]] = {
    "drivers_needed": measure_drivers,
    "vehicle_km_year": measure_km,
    "operating_cost_yen": measure_cost,
    "subsidy_yen": measure_subsidy,
    "cost_recovery_share": measure_recovery,
    "co2_t": measure_co2,
}
"""KPI id → its measures, default setting first."""
