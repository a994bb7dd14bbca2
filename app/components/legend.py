"""Owns the legend of the maps: a strip of classes with their limits, and what is drawn on top."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from dash import html

from app.components.attributes import aria
from app.features.compare.metrics import REACH, Metric
from app.text import say
from app.theme import class_colors, difference_colors
from sim.kpi.words import format_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NO_OTHERS: Mapping[str, str] = MappingProxyType({})


def class_limits(metric: Metric, *, difference: bool) -> list[str]:
    """Return the limits between classes as they are written."""
    if difference:
        return [_plain(b * metric.factor, signed=True) for b in metric.difference_breaks]
    return [format_clock(b) if metric.clock else _plain(b * metric.factor) for b in metric.breaks]


def value_legend(metric: Metric, lang: str, *, has_limit: bool) -> list[Any]:
    """Return the legend of values: one colour per class, the limits between them."""
    colors = class_colors(len(metric.breaks) + 1, metric.good)
    limits = class_limits(metric, difference=False)
    words = [f"{limits[0]} {say(lang, 'below')}", *limits, f"{limits[-1]} {say(lang, 'above')}"]
    return [
        _title(metric.label.get(lang), metric.unit.get(lang)),
        _strip(colors, limits, label=" / ".join(words)),
        html.Span(pale_note(metric, lang, has_limit=has_limit), className="legend-note"),
    ]


def pale_note(metric: Metric, lang: str, *, has_limit: bool = False) -> str:
    """Return why cells are pale, the same on the screen and on paper; a journey leads through empty land too."""
    sparse = "legend_empty" if metric.column == REACH else "legend_sparse"
    return say(lang, "legend_over" if has_limit else sparse)


def difference_legend(metric: Metric, lang: str) -> list[Any]:
    """Return the legend of differences, its good end named."""
    limits = class_limits(metric, difference=True)
    colors = difference_colors(len(limits) + 1, metric.good)
    low, high = "legend_less", "legend_more"
    if metric.good != "none":
        low, high = ("legend_worse", "legend_better") if metric.good == "up" else ("legend_better", "legend_worse")
    ends = (say(lang, low), say(lang, high))
    unit = metric.difference_unit.get(lang)
    return [
        _title(
            f"{metric.label.get(lang)}：{say(lang, 'legend_diff')}"
            if lang == "ja"
            else f"{metric.label.en}: {say(lang, 'legend_diff')}",
            unit,
        ),
        html.Span(
            [
                html.Span(ends[0], className="legend-end"),
                _strip(colors, limits, label=" / ".join([ends[0], *limits, ends[1]])),
                html.Span(ends[1], className="legend-end"),
            ],
            className="legend-scale",
        ),
    ]


def _title(words: str, unit: str) -> html.Span:
    beside = [html.Span(unit, className="legend-unit")] if unit else []
    return html.Span([html.Strong(words), *beside], className="legend-title")


def _strip(colors: list[str], limits: list[str], *, label: str) -> html.Span:
    """Return colours side by side; each limit stands under the border it belongs to."""
    marks = [*limits, ""]
    parts = [
        html.Span(
            [html.Span(className="swatch", style={"background": color}), html.Span(mark, className="limit")],
            className="class",
        )
        for color, mark in zip(colors, marks, strict=True)
    ]
    return html.Span(parts, className="strip", role="img", **aria(label=label))


def _plain(value: float, *, signed: bool = False) -> str:
    rounded = round(value, 3)
    return (f"{rounded:+,g}" if signed else f"{rounded:,g}").replace("-", "−")


def sign_legend(keys: Iterable[str], lang: str, words: Mapping[str, str] = NO_OTHERS) -> html.Span:
    """
    Return what lines and points mean; only the ones that are drawn.

    `words`: sign → key of its words, where a page calls it otherwise.
    """
    rows = [
        html.Span(
            [html.Span(className=f"sign sign-{key}"), say(lang, words.get(key, f"legend_{key}"))],
            className=f"sign-row sign-row-{key}",
        )
        for key in keys
    ]
    return html.Span(rows, className="signs")
