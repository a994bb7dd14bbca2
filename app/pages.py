"""Owns the list of pages: address, what builds them, what wires them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.features.clinics import layout as clinics
from app.features.clinics.ids import ADDRESS as CLINICS
from app.features.compare import page as compare
from app.features.edit import callbacks as edit_callbacks
from app.features.edit import layout as edit
from app.features.edit import routes as edit_routes
from app.features.edit.ids import ADDRESS as EDIT
from app.features.jobs import callbacks as jobs_callbacks
from app.features.jobs import layout as jobs
from app.features.jobs.ids import ADDRESS as JOBS
from app.features.journey import callbacks as journey_callbacks
from app.features.journey import layout as journey
from app.features.journey.ids import ADDRESS as JOURNEY
from app.features.mobility import layout as mobility
from app.features.mobility import routes as mobility_routes
from app.features.mobility.ids import ADDRESS as MOBILITY
from app.features.office import callbacks as office_callbacks
from app.features.office import layout as office
from app.features.office.ids import ADDRESS as OFFICE
from app.features.overview import callbacks as overview_callbacks
from app.features.overview import layout as overview
from app.features.population import callbacks as population_callbacks
from app.features.population import layout as population
from app.features.population.ids import ADDRESS as POPULATION
from app.features.reports import layout as reports
from app.features.reports import routes as reports_routes
from app.features.reports.addresses import ADDRESS as REPORTS
from app.features.sources import layout as sources
from app.features.sources import routes as sources_routes
from app.features.sources.ids import ADDRESS as DATA
from app.features.targets import callbacks as targets_callbacks
from app.features.targets import layout as targets
from app.features.targets.ids import ADDRESS as TARGETS
from app.features.workshop import callbacks as workshop_callbacks
from app.features.workshop import layout as workshop
from app.features.workshop import routes as workshop_routes
from app.features.workshop.ids import ADDRESS as WORKSHOP
from app.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash import Dash
    from flask import Flask

    from app.desk import Desk


@dataclass(frozen=True, slots=True)
class Page:
    """
    One page of the navigation.

    Parameters
    ----------
    key
        Its word in the navigation is ``nav_<key>``.
    address
        Path of its document.
    build
        Visit → components.
    register
        Wires its callbacks, if it has any.
    register_routes
        Adds its plain routes, if it has any.
    needs_runs
        Whether it can show nothing before a scenario was run.
    """

    key: str
    address: str
    build: Callable[[Visit], Any]
    register: Callable[[Dash, Desk], None] | None
    register_routes: Callable[[Flask, Desk], None] | None = None
    needs_runs: bool = True


PAGES: tuple[Page, ...] = (
    Page("overview", "/", overview.build, overview_callbacks.register),
    Page("compare", compare.ADDRESS, compare.build, compare.register, compare.register_routes),
    Page("edit", EDIT, edit.build, edit_callbacks.register, edit_routes.register_routes),
    Page("office", OFFICE, office.build, office_callbacks.register, office_callbacks.register_routes),
    Page("mobility", MOBILITY, mobility.build, mobility_routes.register, mobility_routes.register_routes),
    Page("clinics", CLINICS, clinics.build, clinics.register),
    Page("journey", JOURNEY, journey.build, journey_callbacks.register),
    Page(
        "population",
        POPULATION,
        population.build,
        population_callbacks.register,
        population_callbacks.register_routes,
    ),
    Page("targets", TARGETS, targets.build, targets_callbacks.register),
    Page("reports", REPORTS, reports.build, None, reports_routes.register_routes),
    Page("workshop", WORKSHOP, workshop.build, workshop_callbacks.register, workshop_routes.register_routes),
    Page("data", DATA, sources.build, None, sources_routes.register_routes, needs_runs=False),
    Page("jobs", JOBS, jobs.build, jobs_callbacks.register, needs_runs=False),
)


def page_at(path: str) -> Page | None:
    """Return the page of an address, or None."""
    wanted = path.rstrip("/") or "/"
    return next((page for page in PAGES if page.address == wanted), None)
