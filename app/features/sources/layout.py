"""Owns the page of data: layers and their sources, base years, the import report, the way to the check of files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from app.commands.city_layers import layers_of
from app.commands.words import say as layer_word
from app.components.badges import status_badge
from app.components.frame import build_frame
from app.components.path_words import fiscal_year
from app.components.stacked_table import Column, stacked_table
from app.features.compare.target_view import find_paths
from app.features.sources.ids import CHECK, REPORT
from app.features.sources.report import has_report
from app.text import say
from app.text.credit_lines import credit_line
from geodata.provenance import weakest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.commands.city_layers import LayerView
    from app.visit import Visit
    from scenarios.targets import Point

CLASSES = {"as_of": "data-date", "source": "data-credit", "note": "data-note"}
"""Column → its class in the style sheet."""


def build(visit: Visit) -> html.Div:
    """Return the page."""
    lang, desk = visit.lang, visit.desk
    city = desk.services.city
    layers = layers_of(city, desk.settings.city_folder)
    report = (
        html.P(html.A(say(lang, "data_report_open"), href=REPORT, className="button"))
        if has_report(desk.settings.city_folder)
        else html.P(say(lang, "data_report_none"), className="quiet")
    )
    return build_frame(
        visit,
        "data",
        [
            html.P(say(lang, "data_lead"), className="lead"),
            html.P(say(lang, "data_digest", digest=city.digest[:16], city=city.city_id), className="quiet"),
            _section("data_layers", lang, _layers(layers, lang)),
            _section("data_sources", lang, _sources(layers, lang)),
            _section("data_years", lang, html.P(say(lang, "data_years_help"), className="quiet"), _years(visit)),
            _section("data_report", lang, report),
            _section(
                "data_check",
                lang,
                html.P(say(lang, "data_check_help")),
                html.P(html.A(say(lang, "data_check_open"), href=f"{CHECK}?lang={lang}", className="button")),
            ),
        ],
    )


def _section(key: str, lang: str, *parts: Any) -> html.Section:
    return html.Section([html.H2(say(lang, key)), *parts], className="data-section")


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]], lang: str) -> html.Div:
    columns = [Column(say(lang, key), numeric=key == "data_count", class_name=CLASSES.get(key, "")) for key in heads]
    return stacked_table(columns, rows, say(lang, title))


def _layers(layers: Sequence[LayerView], lang: str) -> html.Div:
    rows = [
        [
            layer_word(lang, f"layer.{view.layer}"),
            f"{view.count:,}",
            status_badge(weakest([view.status, *(source.status for source in view.sources)]), lang),
            "、".join(text.get(lang) for text in view.unverified) or "—",
            html.Code(view.digest[:12]),
        ]
        for view in layers
    ]
    heads = ("layer", "data_count", "status", "data_unverified", "data_layer_digest")
    return _table("data_layers", heads, rows, lang)


def _sources(layers: Sequence[LayerView], lang: str) -> html.Div:
    rows = [
        [
            source.title.get(lang),
            layer_word(lang, f"layer.{view.layer}"),
            source.date or "—",
            status_badge(source.status, lang),
            _credit(source.credit, lang),
            credit_line(source.licence, lang) or "—",
            source.note.get(lang) or "—",
        ]
        for view in layers
        for source in view.sources
    ]
    return _table("data_sources", ("data_title", "layer", "as_of", "status", "source", "licence", "note"), rows, lang)


def _credit(credit: str, lang: str) -> Any:
    """Return a credit line; under a translation the line as its publisher asks for it."""
    told = credit_line(credit, lang)
    if told == credit:
        return credit or "—"
    return [told, html.Span(credit, lang="ja", className="data-original")]


def _years(visit: Visit) -> html.Div:
    lang = visit.lang
    paths = find_paths(visit.desk.services, [])
    titles = {source.source_id: source.title.get(lang) for source in visit.desk.services.city.sources}
    rows = [
        [
            path.title.get(lang),
            *(_year(point, lang) for point in (path.baseline, path.latest, path.target)),
            say(lang, "data_judged" if path.judged else "data_entered_only"),
            "" if path.baseline is None else titles.get(path.baseline.source, path.baseline.source),
        ]
        for path in paths
    ]
    heads = ("target_kpi", "target_base", "target_latest", "target_goal", "data_kind", "source")
    return _table("data_years", heads, rows, lang)


def _year(point: Point | None, lang: str) -> str:
    if point is None:
        return "—"
    exact = f" {point.date}" if point.date and point.date != str(point.year) else ""
    return f"{fiscal_year(point.year, lang)}{exact}"
