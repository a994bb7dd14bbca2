"""Owns the tables of on-demand services that a run writes: by service, by hour, by vehicle, and one day's events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.calendar import format_time
from geodata.units import SECONDS_PER_DAY, SECONDS_PER_MIN
from sim.on_demand.days import days_a_week
from sim.on_demand.events import event_table
from sim.on_demand.requests import demand_growth
from sim.on_demand.service import run_services
from sim.on_demand.totals import service_totals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.context import RunContext
    from sim.on_demand.outcome import Outcome
    from sim.on_demand.service import ServiceRun
    from sim.on_demand.types import Simulation

_SECONDS_PER_H = 3_600


def on_demand_services(context: RunContext) -> pd.DataFrame:
    """Return one row per service with a plan; figures of an average day of service, of a simulated fleet only."""
    return pd.DataFrame([_service_row(run) for run in _runs(context)])


def _runs(context: RunContext) -> tuple[ServiceRun, ...]:
    return run_services(context) if any(s.plan is not None for s in context.city.on_demand) else ()


def _service_row(run: ServiceRun) -> dict[str, Any]:
    plan, rules = run.plan, run.ask.rules
    row: dict[str, Any] = {
        "service_id": run.service.service_id,
        "name": run.service.name.ja,
        "plan_status": run.service.plan_status,
        "status": str(run.service.status),
        "policy": plan.policy,
        "business": plan.business,
        "attendant": plan.fleet.attendant,
        "vehicles": rules.n_vehicles,
        "seats": rules.seats,
        "speed_kmh": run.ask.speed_kmh,
        "days_a_week": days_a_week(plan.days),
        "start": format_time(rules.start_s)[:5],
        "end": format_time(rules.end_s)[:5],
        "people": float(run.ask.demand.persons.sum()),
        "requests_by_returned_licences": demand_growth(run.ask.demand, run.ask.params) - 1,
    }
    if not run.draws:
        return row | {"wait_median_min": run.experience.wait_s[0, 0] / SECONDS_PER_MIN, "note": run.service.note.ja}
    total, outcome = service_totals(run), run.outcome
    row |= {
        "running_days_share": total.n_running / max(total.n_days, 1),
        "rejection_share": total.n_rejected / total.n_requests if total.n_requests else np.nan,
    }
    return row | ({} if outcome is None else _outcome_row(outcome)) | {"note": run.service.note.ja}


def _outcome_row(outcome: Outcome) -> dict[str, float]:
    """Return the figures of an average day with service."""
    return {
        "requests_per_day": outcome.requests_per_day,
        "persons_per_day": outcome.persons_per_day,
        "wait_mean_min": outcome.wait_mean_s / SECONDS_PER_MIN,
        "wait_median_min": outcome.wait_median_s / SECONDS_PER_MIN,
        "wait_p90_min": outcome.wait_p90_s / SECONDS_PER_MIN,
        "detour_factor": outcome.detour_factor,
        "no_show_share": outcome.no_show_share,
        "rides_per_vehicle_hour": outcome.rides_per_vehicle_hour,
        "occupancy": outcome.occupancy_km,
        "vehicle_km_per_day": outcome.vehicle_km_per_day,
        "empty_km_share": outcome.empty_km_share,
        "busy_share": outcome.busy_share,
    }


def on_demand_hours(context: RunContext) -> pd.DataFrame:
    """Return one row per service and hour of the wish, on days with service."""
    frames = []
    for run in _runs(context):
        outcome = run.outcome
        if outcome is None:
            continue
        frame = outcome.by_hour.copy()
        for name in ("wait_mean", "wait_p90"):
            frame[f"{name}_min"] = frame.pop(f"{name}_s") / SECONDS_PER_MIN
        frame.insert(0, "service_id", run.service.service_id)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def on_demand_vehicles(context: RunContext) -> pd.DataFrame:
    """Return one row per service and vehicle: kilometres and time on board of an average day with service."""
    return pd.DataFrame([row for run in _runs(context) for row in _vehicle_rows(run)])


def _vehicle_rows(run: ServiceRun) -> Iterator[dict[str, Any]]:
    days = run.simulations
    for vehicle in range(run.ask.rules.n_vehicles if days else 0):
        loaded, empty, busy = (
            float(np.mean([getattr(day.totals, name)[vehicle] for day in days]))
            for name in ("loaded_m", "empty_m", "loaded_s")
        )
        yield {
            "service_id": run.service.service_id,
            "vehicle": vehicle + 1,
            "rides_per_day": float(np.mean([np.sum(day.served & (day.vehicle == vehicle)) for day in days])),
            "loaded_km_per_day": loaded / 1_000,
            "empty_km_per_day": empty / 1_000,
            "loaded_h_per_day": busy / _SECONDS_PER_H,
        }


def on_demand_events(context: RunContext) -> pd.DataFrame:
    """Return the event log of the first day of the first draw of every service, with clock times and wishes."""
    frames = []
    for run in _runs(context):
        first = run.draws[0][0].simulation if run.draws and run.draws[0] else None
        if first is None:
            continue
        frame = event_rows(first)
        frame.insert(0, "service_id", run.service.service_id)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def event_rows(simulation: Simulation) -> pd.DataFrame:
    """
    Return the event log of a day with clock times, and beside every request its wish.

    Parameters
    ----------
    simulation
        The day.

    Returns
    -------
    rows
        clock, the columns of `event_table`, desired, desired_s, persons; empty where nobody's request is meant. Every
        request has one row of what it was told (accepted, rejected, withdrawn), so that waits (time_s − desired_s of
        picked_up) and refusals can be counted again.
    """
    frame = event_table(simulation.events)
    frame.insert(0, "clock", [_clock(second) for second in frame["time_s"].tolist()])
    told, requests = frame["request"].to_numpy() >= 0, simulation.requests
    of = np.where(told, frame["request"].to_numpy(), 0)
    for name in ("desired_s", "persons"):
        values = getattr(requests, name)[of] if len(frame) else np.zeros(0, np.int32)
        frame[name] = pd.Series(values, dtype="Int64").where(told)
    clocks = [_clock(int(second)) if second is not pd.NA else "" for second in frame["desired_s"]]
    frame.insert(list(frame).index("desired_s"), "desired", clocks)
    return frame


def _clock(second: int) -> str:
    """Return the time of day; bookings are made the day before too."""
    return format_time(second) if second >= 0 else f"前日 {format_time(second % SECONDS_PER_DAY)}"
