"""Owns the controls of the comparison: what each lets one choose, in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import html

from app.features.compare.ids import Id
from app.features.compare.metrics import TIME_LIMITS, find_metric, list_metrics
from app.features.compare.shown import PERCENTILES
from app.features.compare.state import ViewState
from app.services import Run
from app.text import CATALOGUES, say
from app.travel import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Mapping


def build_controls(runs: Mapping[str, Run], state: ViewState, places: Any, *, with_tiles: bool) -> list[Any]:
    """Return the controls on the left; `places` lets one choose a place."""
    lang = state.lang
    options = run_options(runs, lang)
    return [
        html.H2(say(lang, "controls")),
        choice(Id.LEFT, say(lang, "left_scenario"), options, state.left),
        choice(Id.RIGHT, say(lang, "right_scenario"), options, state.right),
        html.Button(f"⇄ {say(lang, 'swap')}", id=Id.SWAP, className="link", type="button"),
        _more_maps(options, state),
        html.Hr(),
        choice(Id.METRIC, say(lang, "metric"), metric_options(lang), state.metric),
        segmented(Id.GROUP, say(lang, "group"), state.group, _words(lang, "group", ("all", "65plus", "75plus"))),
        segmented(Id.THRESHOLD, say(lang, "threshold"), str(state.threshold or ""), limit_options(lang)),
        _when(state),
        html.Hr(),
        segmented(Id.MODE, say(lang, "mode"), state.mode, _words(lang, "mode", ("side", "swipe", "diff", "winners"))),
        html.Div(
            [
                html.Span(say(lang, "swipe"), className="label", id="swipe-label"),
                dmc.Slider(
                    id=Id.SWIPE,
                    value=state.swipe,
                    min=3,
                    max=97,
                    step=1,
                    size="sm",
                    updatemode="mouseup",
                    thumbLabel=say(lang, "swipe"),
                ),
            ],
            className="field swipe-field",
        ),
        places,
        html.Hr(),
        dmc.Switch(id=Id.TABLES, label=say(lang, "tables"), checked=state.tables, size="sm"),
        html.Div(
            dmc.Switch(
                id=Id.TILES,
                label=say(lang, "tiles"),
                description=say(lang, "tiles_help"),
                checked=state.tiles,
                size="sm",
            ),
            hidden=not with_tiles,
        ),
        html.Div(id=Id.NOTES, className="notes"),
    ]


def _more_maps(options: list[dict[str, Any]], state: ViewState) -> html.Details:
    """Return the choice of a third and a fourth map, folded while there is none."""
    lang = state.lang
    none = {"value": "", "label": say(lang, "no_map")}
    fields = [
        html.Div(
            choice(own, say(lang, f"{own}_scenario"), [none, *options], chosen or ""),
            id=f"{own}-field",
            hidden=own == Id.FOURTH and state.third is None,
        )
        for own, chosen in ((Id.THIRD, state.third), (Id.FOURTH, state.fourth))
    ]
    summary = html.Summary(say(lang, "more_maps"))
    return html.Details([summary, *fields], open=state.third is not None, className="more-maps")


def _when(state: ViewState) -> html.Div:
    """Return the choice of the time of day and of the percentile, for maps and the chosen place alike."""
    lang = state.lang
    windows = [{"value": name, "label": say(lang, f"window_{name}")} for name in WINDOWS]
    percentiles = [{"value": str(q), "label": say(lang, f"percentile_{q}")} for q in (0, *PERCENTILES)]
    return html.Div(
        [
            segmented(Id.WINDOW, say(lang, "window"), state.window, windows),
            choice(Id.PERCENTILE, say(lang, "percentile"), percentiles, str(state.percentile or 0)),
        ],
        id=Id.WHEN,
        className="when",
    )


def run_options(runs: Mapping[str, Run], lang: str) -> list[dict[str, Any]]:
    """Return the scenarios to choose from; titles that two of them share are told apart by the id."""
    count = Counter(run.title.get(lang) for run in runs.values())
    return [
        {"value": run.run_id, "label": title if count[title] == 1 else f"{title}（{run.run_id}）"}
        for run in runs.values()
        for title in [run.title.get(lang)]
    ]


def metric_options(lang: str) -> list[dict[str, Any]]:
    """Return the mapped columns, grouped by the KPI they belong to."""
    return [{"value": name, "label": short_label(name, lang)} for name, metric in list_metrics().items()]


def short_label(metric: str, lang: str) -> str:
    """Return a label that fits the list; the legend has the whole one."""
    key = f"metric_{metric}"
    return say(lang, key) if key in CATALOGUES["ja"] else find_metric(metric).label.get(lang)


def limit_options(lang: str) -> list[dict[str, str]]:
    """Return the time limits."""
    return [
        {"value": "", "label": say(lang, "threshold_none")},
        *({"value": str(limit), "label": f"{limit}"} for limit in TIME_LIMITS),
    ]


def _words(lang: str, prefix: str, values: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"value": value, "label": say(lang, f"{prefix}_{value}")} for value in values]


def choice(component: Id, label: str, options: list[dict[str, Any]], value: str) -> dmc.Select:
    """Return a list to choose one of."""
    return dmc.Select(
        id=component,
        label=label,
        data=options,
        value=value,
        allowDeselect=False,
        checkIconPosition="right",
        maxDropdownHeight=420,
        size="sm",
        className="field",
        comboboxProps={"transitionProps": {"duration": 0}},
    )


def segmented(component: Id, label: str, value: str, options: list[dict[str, str]]) -> html.Div:
    """Return a few choices side by side."""
    control = dmc.SegmentedControl(
        id=component,
        value=value,
        data=options,
        fullWidth=True,
        size="xs",
        transitionDuration=0,
        attributes={"root": {"aria-label": label}},
    )
    return html.Div([html.Span(label, className="label"), control], className="field", id=f"{component}-field")
