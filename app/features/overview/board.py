"""Owns the board of indicators: per indicator one table, a row per scenario, all on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dash import html

from app.components.attributes import aria
from app.components.badges import status_badge
from app.components.path_chart import alone_word
from app.components.path_words import figure, fiscal_year, spread
from app.features.compare.target_view import charts_of, verdict_pill
from app.features.overview.scale import scale_of
from app.text import say
from scenarios.targets import DRAWS

if TYPE_CHECKING:
    from app.features.overview.scale import Scale
    from scenarios.targets import Forecast, Path, Point

HEADS = ("board_scenario", "board_track", "board_value", "board_absolute", "board_verdict", "status")
NUMERIC = frozenset({"board_value", "board_absolute"})


def panel(path: Path, lang: str) -> html.Section:
    """Return one indicator: official figures, every scenario on one scale, the path to the target."""
    scale = scale_of(path)
    rows = [_official_row(path, point, key, scale, lang) for key, point in _official(path)]
    rows += [_forecast_row(path, number, scale, lang) for number in range(len(path.forecasts))]
    heads = [
        html.Th(say(lang, key), scope="col", className="num" if key in NUMERIC else f"{key.replace('_', '-')}-head")
        for key in HEADS
    ]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="board-table")
    return html.Section(
        [
            html.H3(path.title.get(lang), id=f"board-{path.kpi_id}"),
            html.Div(table, className="table-scroll", tabIndex=0, role="group", **_labelled(path)),
            html.Details([html.Summary(say(lang, "board_path")), charts_of(path, lang)], open=True),
        ],
        className="board-panel",
        **_labelled(path),
    )


def _labelled(path: Path) -> dict[str, Any]:
    return aria(labelledby=f"board-{path.kpi_id}")


def _official(path: Path) -> list[tuple[str, Point]]:
    found = [("board_baseline", path.baseline), ("board_actual", path.latest), ("board_target", path.target)]
    return [(key, point) for key, point in found if point is not None]


def _official_row(path: Path, point: Point, key: str, scale: Scale | None, lang: str) -> html.Tr:
    rate = path.absolute
    absolute = None
    if rate is not None:
        same = {"board_baseline": rate.baseline, "board_actual": rate.latest, "board_target": rate.target}[key]
        absolute = None if same is None else figure(rate, same.value, lang)
    return html.Tr(
        [
            html.Th(f"{say(lang, key)} {fiscal_year(point.year, lang)}", scope="row"),
            html.Td(_track(scale, path, [_mark(scale, point.value, key.replace("board_", ""))])),
            html.Td(figure(path, point.value, lang), className="num"),
            html.Td(absolute or "—", className="num"),
            html.Td("—"),
            html.Td(say(lang, "board_plan") if key == "board_target" else status_badge(point.status, lang)),
        ],
        className="board-official",
    )


def _forecast_row(path: Path, number: int, scale: Scale | None, lang: str) -> html.Tr:
    one = path.forecasts[number]
    rate = path.absolute
    absolute = None if rate is None else next((f for f in rate.forecasts if f.run_id == one.run_id), None)
    name = html.A(one.title.get(lang), href=f"/compare?r={quote(one.run_id)}&lang={lang}")
    between = spread(path, one, lang)
    return html.Tr(
        [
            html.Th([name, html.Span(fiscal_year(one.year, lang), className="quiet")], scope="row"),
            html.Td(_track(scale, path, _bars(scale, one))),
            html.Td(
                [html.B(figure(path, one.value, lang)), html.Span(between, className="quiet") if between else ""],
                className="num",
            ),
            html.Td("—" if rate is None or absolute is None else figure(rate, absolute.value, lang), className="num"),
            html.Td([verdict_pill(one.verdict, lang), html.Span(alone_word(one, lang), className="quiet alone")]),
            html.Td(status_badge(one.status, lang) if one.value is not None else "—"),
        ]
    )


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
