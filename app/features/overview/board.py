"""Owns the board of indicators: per indicator one table, a row per scenario, all on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dash import html

from app.components.attributes import aria
from app.components.badges import status_badge
from app.components.path_words import figure, fiscal_year, premise_of, spread
from app.components.stacked_table import Column, stacked_table
from app.components.verdict_words import alone_word
from app.features.compare.target_view import charts_of, verdict_pill
from app.features.overview.scale import scale_of
from app.text import say
from scenarios.targets import DRAWS

if TYPE_CHECKING:
    from app.features.overview.scale import Scale
    from geodata.provenance import Status
    from scenarios.targets import Forecast, Path, Point

HEADS = ("board_scenario", "board_track", "board_value", "board_verdict")


def panel(path: Path, lang: str) -> html.Section:
    """Return one indicator: official figures, every scenario on one scale, the path to the target."""
    scale = scale_of(path)
    official = _official(path)
    rows = [_official_row(path, point, key, scale, lang) for key, point in official]
    rows += [_forecast_row(path, number, scale, lang) for number in range(len(path.forecasts))]
    columns = [Column(say(lang, key), numeric=key == "board_value", class_name=key.replace("_", "-")) for key in HEADS]
    marks = ["board-official"] * len(official) + [""] * len(path.forecasts)
    caution = base_year_caution(path, lang)
    return html.Section(
        [
            html.H3(path.title.get(lang), id=f"board-{path.kpi_id}"),
            stacked_table(columns, rows, path.title.get(lang), marks),
            *([html.P(caution, className="quiet")] if caution else []),
            html.Details([html.Summary(say(lang, "board_path")), charts_of(path, lang)], open=True),
        ],
        className="board-panel",
        **aria(labelledby=f"board-{path.kpi_id}"),
    )


def base_year_caution(path: Path, lang: str) -> str:
    """Return what must be said where values of later years stand beside the baseline; empty where none does."""
    base = path.baseline
    if base is None or all(one.value is None or one.year == base.year for one in path.forecasts):
        return ""
    return say(lang, "board_base_year", year=fiscal_year(base.year, lang))


def _official(path: Path) -> list[tuple[str, Point]]:
    found = [("board_baseline", path.baseline), ("board_actual", path.latest), ("board_target", path.target)]
    return [(key, point) for key, point in found if point is not None]


def _official_row(path: Path, point: Point, key: str, scale: Scale | None, lang: str) -> list[Any]:
    """Return a published figure; of a target it is not told how sure it is, as it is what is aimed at."""
    number: Any = ""
    if (rate := path.absolute) is not None:
        held = {"board_baseline": [rate.baseline], "board_target": [rate.target]}.get(key, rate.actuals)
        same = next((one for one in held if one is not None and one.year == point.year), None)
        number = "" if same is None else _number(rate, same.value, same.status, point.status, lang)
    status = say(lang, "board_plan") if key == "board_target" else status_badge(point.status, lang)
    return [
        f"{say(lang, key)} {fiscal_year(point.year, lang)}",
        _track(scale, path, [_mark(scale, point.value, key.replace("board_", ""))]),
        [figure(path, point.value, lang), number],
        status,
    ]


def _forecast_row(path: Path, number: int, scale: Scale | None, lang: str) -> list[Any]:
    one = path.forecasts[number]
    rate = path.absolute
    absolute = None if rate is None else next((f for f in rate.forecasts if f.run_id == one.run_id), None)
    counted: Any = ""
    if rate is not None and absolute is not None and absolute.value is not None:
        counted = _number(rate, absolute.value, absolute.status, one.status, lang)
    between = spread(path, one, lang)
    return [
        [
            html.A(one.title.get(lang), href=f"/compare?r={quote(one.run_id)}&lang={lang}"),
            html.Span(_year_word(path, one, lang), className="quiet"),
        ],
        _track(scale, path, _bars(scale, one)),
        [
            html.B(figure(path, one.value, lang)),
            html.Span(between, className="quiet") if between else "",
            counted,
        ],
        [
            verdict_pill(one.verdict, lang),
            html.Span(alone_word(one, lang), className="quiet alone"),
            html.Span(premise_of(one, lang), className="quiet alone"),
            status_badge(one.status, lang) if one.value is not None else "—",
        ],
    ]


def _number(rate: Path, value: float, status: Status, beside: Status, lang: str) -> html.Span:
    """Return the absolute number of a rate, with how sure it is where that differs from the rate."""
    badge: list[Any] = [] if status == beside else [" ", status_badge(status, lang)]
    return html.Span([figure(rate, value, lang), *badge], className="board-number")


def _year_word(path: Path, one: Forecast, lang: str) -> str:
    """Return the year of a scenario; one that is not that of the target is said to be another."""
    year = fiscal_year(one.year, lang)
    if path.target is None or path.target.year == one.year:
        return year
    return say(lang, "board_other_year", year=year, target=fiscal_year(path.target.year, lang))


def _bars(scale: Scale | None, one: Forecast) -> list[Any]:
    """Return both lines of uncertainty and the value: the thick bar is drawn over the thin one."""
    if scale is None or one.value is None:
        return []
    bars = []
    for line in sorted(one.intervals, key=lambda found: found.line == DRAWS):
        left, right = scale.at(line.low), scale.at(line.high)
        kind = "draws" if line.line == DRAWS else "definition"
        bars.append(
            html.Span(className=f"bar bar-{kind}", style={"left": f"{left:.2f}%", "width": f"{right - left:.2f}%"})
        )
    return [*bars, _mark(scale, one.value, "value")]


def _mark(scale: Scale | None, value: float, kind: str) -> Any:
    return "" if scale is None else html.Span(className=f"dot dot-{kind}", style={"left": f"{scale.at(value):.2f}%"})


def _track(scale: Scale | None, path: Path, marks: list[Any]) -> html.Div:
    """Return the picture of a row; its numbers stand beside it, so that it is not read aloud."""
    line = [] if path.target is None or scale is None else [_mark(scale, path.target.value, "line")]
    return html.Div([*line, *marks], className="track", **aria(hidden="true"))


def key_line(lang: str) -> html.Ul:
    """Return what the signs of the tracks mean."""
    signs = ("baseline", "target", "value", "draws", "definition")
    return html.Ul(
        [
            html.Li([html.Span(className=f"key key-{sign}", **aria(hidden="true")), say(lang, f"board_key_{sign}")])
            for sign in signs
        ],
        className="board-key",
    )
