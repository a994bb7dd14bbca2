"""Owns targets on the page: verdicts for the cards, path charts, limits, and which KPIs can react."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from dash import html

from app.clock import today
from app.components.attributes import aria
from app.components.badges import status_badge
from app.components.path_chart import SCREEN, describe, legend_words, path_chart, run_color
from app.components.path_words import cautions_of, figure, fiscal_year, premise_of, spread
from app.components.plan_means import means_ids, means_of
from app.components.ride_sides import sides_of
from app.components.stacked_table import Column, stacked_table
from app.components.verdict_words import alone_word, verdict_class, verdict_word
from app.text import say
from geodata.errors import CitySimError, Text, render_problems
from scenarios.targets import judge_actual
from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from app.features.compare.state import ViewState
    from app.services import Run, Services
    from geodata.targets import Targets
    from scenarios.reactions import Reaction
    from scenarios.targets import Forecast, Path, Point, Verdict

ACTUALS = "actuals.csv"
"""File of yearly actuals beside the runs."""
FISCAL_YEAR_BEGINS = 4
"""Month in which a fiscal year begins."""


def fiscal_year_of(day: dt.date) -> int:
    """Return the fiscal year a day lies in: from April on."""
    return day.year if day.month >= FISCAL_YEAR_BEGINS else day.year - 1


def entered_figures(services: Services) -> tuple[Targets, str]:
    """Return official figures with the actuals beside the runs, and what is wrong with that file in the words of ja."""
    file = services.settings.runs_folder / ACTUALS
    official = services.city.targets
    if not file.is_file():
        return official, ""
    from scenarios.actuals import read_actuals  # noqa: PLC0415 - brings the table readers

    try:
        found, problems = read_actuals(file, official, this_year=fiscal_year_of(today()))
    except CitySimError as cause:
        return official, render_problems(cause.problems, "ja")
    return found, render_problems(problems, "ja")


def find_paths(services: Services, runs: Sequence[Run]) -> tuple[Path, ...]:
    """Return every KPI that has a target, with what the runs say of it, each run once."""
    from scenarios.target_paths import build_paths  # noqa: PLC0415 - only where targets are shown
    from sim.population_path import official_population  # noqa: PLC0415

    city, baseline = services.city, services.baseline
    figures, _ = entered_figures(services)
    once = {run.run_id: run.stored for run in runs if not run.is_baseline}
    return build_paths(
        figures,
        once.values(),
        residents=lambda year: official_population(city, year),
        baseline=None if baseline is None else baseline.stored,
    )


def reached_targets(services: Services, run: Run) -> dict[str, Forecast]:
    """Return KPI → what is said of a run and the target; empty for the city as it is."""
    return {path.kpi_id: path.forecasts[0] for path in find_paths(services, [run]) if path.forecasts}


def find_differences(services: Services, left: Run, right: Run) -> dict[str, Reaction]:
    """Return KPI → whether what differs between two scenarios can move it; empty for one beside itself."""
    if left.key == right.key:
        return {}
    from scenarios.reactions import find_reactions  # noqa: PLC0415 - only where runs are compared

    found = find_reactions(right.stored.scenario, services.city, left.stored.scenario)
    return {reaction.kpi_id: reaction for reaction in found}


# ---------------------------------------------------------------- components


def chart_image(path: Path, lang: str) -> html.Figure:
    """Return a chart as a picture under its title; the picture says in words what it shows."""
    picture = base64.b64encode(path_chart(path, lang, SCREEN).encode()).decode()
    image = html.Img(src=f"data:image/svg+xml;base64,{picture}", alt=describe(path, lang), className="path-chart")
    return html.Figure([html.Figcaption(path.title.get(lang)), image], className="path-figure")


def verdict_pill(verdict: Verdict, lang: str) -> html.Span:
    """Return a verdict on a target as a label: sign and word, not only colour."""
    return html.Span(verdict_word(verdict, lang), className=f"target-verdict {verdict_class(verdict)}")


def charts_of(path: Path, lang: str) -> html.Div:
    """Return rate and absolute number side by side."""
    shown = [path] if path.absolute is None else [path, path.absolute]
    return html.Div([chart_image(one, lang) for one in shown], className="path-charts")


def path_section(services: Services, state: ViewState, kpi_id: str) -> list[Any]:
    """Return charts and verdicts of one KPI for its explanation; nothing where it has no target."""
    pair = services.pair(state.left, state.right)
    path = next((p for p in find_paths(services, pair) if p.kpi_id == kpi_id), None)
    if path is None or state.group != "all":
        return []
    return [html.Section([html.H3(say(state.lang, "target_path")), *path_body(path, state.lang)])]


def path_body(path: Path, lang: str) -> list[Any]:
    """Return the charts of a KPI, where its newest actual stands, and what each run says."""
    verdicts = [
        html.Li(
            [
                html.Span("◆", style={"color": run_color(number)}, **aria(hidden="true")),
                html.B(f" {one.title.get(lang)} · {fiscal_year(one.year, lang)}"),
                f" {figure(path, one.value, lang)} ",
                html.Span(f"（{spread(path, one, lang)}）" if spread(path, one, lang) else "", className="quiet whole"),
                " ",
                *([status_badge(one.status, lang)] if one.value is not None else []),
                " ",
                verdict_pill(one.verdict, lang),
                alone_word(one, lang),
                html.Div(premise_of(one, lang), className="quiet"),
                *(html.Div(text, className="quiet") for text in cautions_of(one, lang)),
            ]
        )
        for number, one in enumerate(path.forecasts)
    ]
    actual = judge_actual(path).get(lang)
    told = [html.P(f"{say(lang, 'target_actual')}: {actual}")] if actual else []
    return [charts_of(path, lang), *told, html.Ul(verdicts, className="target-list")]


def targets_body(services: Services, state: ViewState) -> list[Any]:
    """Return what stands first in the window of targets: limits, the judged KPIs with their charts, what it takes."""
    lang = state.lang
    left, right = services.pair(state.left, state.right)
    paths = find_paths(services, (left, right))
    _, wrong = entered_figures(services)
    warning = [html.Pre(wrong, className="target-problems", role="alert")] if wrong else []
    judged = [path for path in paths if path.judged]
    sections = [
        html.Section([html.H3(path.title.get(lang)), *path_body(path, lang)], className="target-section")
        for path in judged
    ]
    legend = html.P(" ／ ".join(legend_words(judged, lang)), className="quiet")
    return [
        *warning,
        html.P(say(lang, "targets_reading"), className="quiet"),
        *(html.Div(limit_lines(run, lang)) for run in dict.fromkeys((left, right))),
        *sections,
        legend,
        *_means(services, right, lang),
        *_sides(right, lang),
    ]


def reference_body(services: Services, state: ViewState) -> list[Any]:
    """Return the KPIs that nothing is claimed of, for the end of the window."""
    paths = find_paths(services, services.pair(state.left, state.right))
    return reference_table([path for path in paths if not path.judged], state.lang)


def limit_lines(run: Run, lang: str) -> list[Any]:
    """Return what is said of the limits of a scenario; nothing where it has none."""
    limits = run.stored.manifest.get("limits") or ()
    words = {True: "limit_holds", False: "limit_broken", None: "limit_unknown"}
    lines = [
        html.Li(
            [html.B(say(lang, words[one["holds"]])), " ", Text(str(one["ja"]), str(one["en"])).get(lang)],
            className="limit-broken" if one["holds"] is False else "",
        )
        for one in limits
    ]
    if not lines:
        return []
    return [html.P(html.B(say(lang, "limits_of", title=run.title.get(lang)))), html.Ul(lines, className="limit-list")]


def is_broken(run: Run) -> bool:
    """Tell whether a run breaks a limit of its scenario."""
    return any(one["holds"] is False for one in run.stored.manifest.get("limits") or ())


def _means(services: Services, run: Run, lang: str) -> list[Any]:
    """Return what the right run takes, against what it is compared with."""
    other = services.list_runs().get(run.compare_to or "")
    other = None if other is None or other.run_id == run.run_id else other
    found = means_of(run.stored, None if other is None else other.stored, lang)
    if not found:
        return []
    keys = ("means", "means_value", "means_interval", "means_change", "note")
    numeric = ("", "num", "num", "num", "")
    heads = [html.Th(say(lang, key), scope="col", className=c) for key, c in zip(keys, numeric, strict=True)]
    head = html.Thead(html.Tr([*heads, html.Th(say(lang, "status"), scope="col")]))
    badges = [status_badge(run.rows[kpi_id, DEFAULT_SETTING, "all"].status, lang) for kpi_id in means_ids(run.stored)]
    rows = [
        html.Tr(
            [
                *(html.Td(_minus(cell) if c else cell, className=c) for cell, c in zip(cells, numeric, strict=True)),
                html.Td(badge),
            ]
        )
        for cells, badge in zip(found, badges, strict=True)
    ]
    against = other.title.get(lang) if other is not None else say(lang, "means_none")
    title = say(lang, "means_title", title=run.title.get(lang), other=against)
    table = html.Div(html.Table([head, html.Tbody(rows)]), className="table-scroll", tabIndex=0, role="group")
    return [html.Section([html.H3(title), table])]


def _sides(run: Run, lang: str) -> list[Any]:
    """Return boardings, linked trips, changes and person-minutes side by side: boardings alone may mislead."""
    lines = sides_of(run.stored, lang)
    if not lines:
        return []
    keys = ("sides_measure", "sides_base", "sides_run", "sides_change")
    heads = [html.Th(say(lang, key), scope="col", className="num" if n else "") for n, key in enumerate(keys)]
    rows = [
        html.Tr(
            [
                html.Th(one.title, scope="row"),
                *(html.Td(_minus(cell), className="num") for cell in (one.before, one.now, one.change)),
            ]
        )
        for one in lines
    ]
    table = html.Div(
        html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)]), className="table-scroll", tabIndex=0, role="group"
    )
    return [html.Section([html.H3(say(lang, "sides_title", title=run.title.get(lang))), table])]


def _minus(figure_text: str) -> str:
    """Return a figure with a true minus sign."""
    return figure_text.replace("-", "−")


def reference_table(paths: Sequence[Path], lang: str) -> list[Any]:
    """Return the official figures of KPIs that nothing is claimed of; nothing where there are none."""
    if not paths:
        return []
    keys = ("target_kpi", "target_base", "target_latest", "target_goal", "target_actual")
    columns = [Column(say(lang, key), numeric=key in {"target_base", "target_latest", "target_goal"}) for key in keys]
    rows = [
        [
            path.title.get(lang),
            *(_dated(path, point, lang) for point in (path.baseline, path.latest, path.target)),
            judge_actual(path).get(lang) or "—",
        ]
        for path in paths
    ]
    table = stacked_table(columns, rows, say(lang, "target_reference"))
    return [html.Section([html.H3(say(lang, "target_reference")), table])]


def _dated(path: Path, point: Point | None, lang: str) -> str:
    return "—" if point is None else f"{figure(path, point.value, lang)} · {fiscal_year(point.year, lang)}"
