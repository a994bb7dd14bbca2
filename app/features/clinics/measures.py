"""Owns the measures of access to care side by side: value, reference, change, how sure, and what it looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from app.components.badges import status_badge
from app.components.plain_table import plain_table
from app.features.compare.cards import difference, show, unit_of
from app.rounding import rounding_words
from app.text import say
from geodata.provenance import weakest
from sim.kpi import KPIS
from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from app.runs import Run

WAYS = ("clinics_per_100k", "clinic_e2sfca", "clinic_round_trip_share")
"""The three ways: how many there are, how crowded they are, whether one gets there and back within their hours."""
MORE = ("clinic_within_30min_share", "clinic_nearest_min", "emergency_within_15min_share")
CARE = ("clinic", "hospital", "doctor_car_base")
CARE_TYPES = ("remove-facility", "add-facility", "adjust-facility")
CARE_PARAMETERS = ("online_visit_share", "licence_return_share", "clinic_week_hours", "hospital_week_hours")
GROUPS = ("all", "65plus", "75plus")


def measure_card(kpi_id: str, run: Run, reference: Run | None, lang: str) -> html.Section:
    """Return one measure: the value of the run, of its reference, the change, every group and setting."""
    spec = KPIS[kpi_id]
    rows = [run.rows.get((kpi_id, DEFAULT_SETTING, "all"))]
    before = None if reference is None else reference.rows.get((kpi_id, DEFAULT_SETTING, "all"))
    value, old = (None if row is None else row.value for row in (rows[0], before))
    change = difference(before, rows[0])
    told = [row for row in (*rows, before) if row is not None]
    badge = [status_badge(weakest(row.status for row in told), lang)] if told else []
    beside = []
    if reference is not None and old is not None:
        words = say(
            lang, "clinics_before", title=reference.title.get(lang), value=f"{show(spec, old)} {unit_of(spec, lang)}"
        )
        moved = f"{show(spec, change, signed=True)} {unit_of(spec, lang, signed=True)}"
        beside = [html.P([words, " ", html.B(moved, className="clinic-change")], className="clinic-before")]
        told_once = rounding_words([(show(spec, old), moved, show(spec, value))], lang)
        beside += [html.P(text, className="clinic-why") for text in told_once]
    return html.Section(
        [
            html.H3([spec.title.get(lang), " ", *badge]),
            html.P([html.B(show(spec, value)), " ", html.Span(unit_of(spec, lang))], className="clinic-value"),
            *beside,
            html.P(say(lang, f"clinics_why_{kpi_id}"), className="clinic-why"),
            _settings(kpi_id, run, lang),
            html.Details(
                [html.Summary(say(lang, "formula")), html.P(spec.formula.get(lang))], className="clinic-formula"
            ),
        ],
        className="clinic-card",
    )


def _settings(kpi_id: str, run: Run, lang: str) -> html.Section:
    """Return the value of every setting by age group, as far as the run has it."""
    spec = KPIS[kpi_id]
    settings = list(dict.fromkeys(setting for kpi, setting, _ in run.rows if kpi == kpi_id))
    headings = [say(lang, "setting"), *(say(lang, f"group_{group}") for group in GROUPS)]
    rows = []
    for setting in settings:
        found = [run.rows.get((kpi_id, setting, group)) for group in GROUPS]
        if any(row is not None and row.value is not None for row in found):
            name = spec.settings[setting].get(lang) if setting in spec.settings else setting
            rows.append([name, *(show(spec, None if row is None else row.value) for row in found)])
    return plain_table(unit_of(spec, lang), headings, rows)


def levers_of(run: Run, lang: str) -> list[Any]:
    """Return what a scenario does to care: its changes of clinics and desks, its parameters; in words."""
    found = [_lever(mod, lang) for mod in run.stored.scenario.modifications if getattr(mod, "category", "") in CARE]
    changed = run.stored.manifest.get("parameters_changed", {})
    found += [
        html.Li([html.B(say(lang, f"clinics_param_{name}")), f" {_setting(name, float(changed[name]))}"])
        for name in CARE_PARAMETERS
        if name in changed
    ]
    return [html.Ul(found)] if found else [html.P(say(lang, "clinics_no_levers"))]


def _setting(name: str, value: float) -> str:
    """Return a parameter as one reads it: shares as per cent."""
    return f"{100 * value:g} %" if name.endswith("_share") else f"{value:g}"


def _lever(mod: Any, lang: str) -> html.Li:
    """Return one change of places of care, with where its numbers come from."""
    key = mod.type if mod.type in CARE_TYPES else "other"
    count = getattr(mod, "count", None)
    number = "" if count is None else say(lang, "clinics_number", n=f"{count:g}")
    source = getattr(mod.source, lang, "")
    return html.Li(
        [
            html.B(say(lang, f"clinics_lever_{key.replace('-', '_')}")),
            f" {number} ",
            html.Span(f"({source})" if source else ""),
        ]
    )
