"""Owns the one-file map: a page that opens by a double click and asks no network for anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.addresses import UNREACHABLE
from app.components.legend import class_limits
from app.features.compare.geometry import build_geometry, extent_of
from app.features.compare.metrics import PERSONS_COLUMN, column_for, find_metric, list_metrics
from app.features.compare.paint import is_by_district
from app.features.compare.state import ViewState
from app.features.compare.tables import district_rows
from app.import_report.markup import esc, tag
from app.report import pdf_blocks as blocks
from app.report.facts import goals, pair_facts
from app.report.html_style import STYLE
from app.report.maps import run_words
from app.report.maps_furniture import legend_ends, legend_title
from app.report.maps_scene import difference_scene, value_scene
from app.report.wording import digest_line, status_word
from app.text import say
from geodata.errors import UsageError

if TYPE_CHECKING:
    from app.features.compare.metrics import Metric
    from app.report.facts import PairFacts
    from app.report.order import Order
    from app.runs import Run

ASSETS = Path(__file__).resolve().parents[1] / "assets"
LIBRARY, LIBRARY_STYLE = "1-maplibre-gl.js", "1-maplibre-gl.css"
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; worker-src blob:; "
    "child-src blob:"
)
WORDS = (
    "zoom_in", "zoom_out", "map", "persons", "difference", "hidden", "no_data", "unreachable", "reach_changed",
    "legend_sparse", "by_district_only",
)  # fmt: skip
OWN_WORDS = ("point", "no_webgl")
ROOM_PX = {"top": 30, "bottom": 40, "left": 30, "right": 80}
"""Left around the city, as on the screen; a view that was asked for is shown as it is."""


def write_page(order: Order) -> tuple[Path, ...]:
    """Write the map of a run beside what it compares with, as one HTML file."""
    left, right = order.pairs[0]
    lang = order.lang
    order.tell(say(lang, "report.counting"), 0.1)
    facts = pair_facts(order, left, right)
    found = content(order, left, right)
    order.tell(say(lang, "report.setting"), 0.8)
    path = order.folder / f"{right.run_id}-map.html"
    path.write_text(page_text(order, facts, found), encoding="utf-8", newline="\n")
    return (path,)


def content(order: Order, left: Run, right: Run) -> dict[str, Any]:
    """Return everything the page draws: outlines, values of both sides, layers, classes and words."""
    services, lang = order.services, order.lang
    sides = [left, right] if left.key != right.key else [right]
    persons = PERSONS_COLUMN[order.view.group]
    return {
        "lang": lang,
        "geometry": build_geometry(services.city),
        "extent": order.view.extent or extent_of(services.city),
        "room": 0 if order.view.extent else ROOM_PX,
        "unreachable": UNREACHABLE,
        "metric": order.view.metric_name,
        "sides": [{"name": run.title.get(lang), "layers": services.layers_beside(run, left)} for run in sides],
        "persons": [values_of(order, run, persons, by_district=False) for run in sides],
        "metrics": [one for name in list_metrics() for one in [metric_part(order, name, left, sides)] if one],
        "words": {
            **{key: say(lang, key) for key in WORDS},
            **{key: say(lang, f"report.{key}") for key in OWN_WORDS},
        },
    }


def values_of(order: Order, run: Run, column: str, *, by_district: bool) -> Any:
    """Return one value per cell as the page fetches them: None = hidden or no data."""
    found = order.services.values(run.run_id, column, public=order.public, by_district=by_district)
    return None if found is None else json.loads(found)["values"]


def metric_part(order: Order, name: str, left: Run, sides: list[Run]) -> dict[str, Any] | None:
    """Return one metric with its values, classes and table by district; None where nothing is known of it."""
    lang = order.lang
    column = column_for(name, order.view.group)
    metric = find_metric(column)
    by_district = is_by_district(sides, column)
    values = [values_of(order, run, column, by_district=by_district) for run in sides]
    if any(one is None or all(v is None for v in one) for one in values):
        return None
    order = order.showing(name)
    plain, change = value_scene(order, sides[-1], left, sides[-1]), difference_scene(order, left, sides[-1])
    return {
        "column": name,
        "label": metric.label.get(lang),
        "title": legend_title(plain, lang),
        "change_title": legend_title(change, lang),
        "unit": metric.unit.get(lang),
        "change_unit": metric.difference_unit.get(lang),
        "factor": metric.factor,
        "decimals": metric.decimals,
        "clock": metric.clock,
        "even": column in PERSONS_COLUMN.values(),
        "by_district": by_district,
        "facilities": metric.facilities,
        "scale": _scale(plain, metric, lang, difference=False),
        "change": _scale(change, metric, lang, difference=True),
        "values": values,
        "districts": district_lines(order, name, left, sides[-1]),
    }


def _scale(scene: Any, metric: Metric, lang: str, *, difference: bool) -> dict[str, Any]:
    return {
        "breaks": scene.breaks,
        "colors": scene.colors,
        "limits": class_limits(metric, difference=difference),
        "ends": legend_ends(scene, lang),
    }


def district_lines(order: Order, name: str, left: Run, right: Run) -> list[list[str]]:
    """Return the table beside the map by the rule of the page: district, residents, before, after, change."""
    given = {"metric": name, "group": order.view.group, "public": order.public, "lang": order.lang}
    state = ViewState.model_validate({"left": left.run_id, "right": right.run_id, **given})
    metric = find_metric(column_for(name, order.view.group))
    before, after = district_rows(order.services, state)
    hidden = say(order.lang, "hidden_short")
    return [
        [
            str(b["district"]),
            hidden if b["persons"] is None else f"{b['persons']:,}",
            _cell(a["value"], metric),
            _cell(b["value"], metric),
            _cell(b["change"], metric, signed=True),
        ]
        for a, b in zip(before, after, strict=True)
    ]


def _cell(value: Any, metric: Metric, *, signed: bool = False) -> str:
    if value is None or isinstance(value, str):
        return value or "–"
    if signed and value == 0:
        return "±0"
    text = f"{value:+,.{metric.decimals}f}" if signed else f"{value:,.{metric.decimals}f}"
    return text.replace("-", "−")


# ---------------------------------------------------------------- page


def page_text(order: Order, facts: PairFacts, found: dict[str, Any]) -> str:
    """Return the whole page as text."""
    lang = order.lang
    title = f"{facts.right.title.get(lang)} — {order.services.city.name.get(lang)}"
    data = json.dumps(found, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    scripts = [script_text("vendor", LIBRARY), script_text("map-layers.js"), script_text("handout.js")]
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>{esc(title)}</title>'
        f"<style>{style_text(LIBRARY_STYLE)}</style><style>{STYLE}</style>"
    )
    body = (
        f'<main id="handout">{main_text(order, facts)}</main>'
        f'<script type="application/json" id="handout-content">{data}</script>'
        + "".join(f"<script>{one}</script>" for one in scripts)
    )
    return f'<!DOCTYPE html>\n<html lang="{lang}"><head>{head}</head><body>{body}</body></html>\n'


def script_text(*parts: str) -> str:
    """Return a script so that it can stand inside a page."""
    return _asset(*parts).replace("</script", "<\\/script").replace("<!--", "<\\!--")


def style_text(name: str) -> str:
    """Return a style sheet so that it can stand inside a page."""
    return _asset("vendor", name).replace("</", "<\\/")


def _asset(*parts: str) -> str:
    file = ASSETS.joinpath(*parts)
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as cause:
        from app.report.making import problem  # noqa: PLC0415 - it knows all kinds

        raise UsageError(problem("no_library", str(file))) from cause


def main_text(order: Order, facts: PairFacts) -> str:
    """Return what is read: sentence, map with its controls, tables, sources."""
    lang, left, right = order.lang, facts.left, facts.right
    runs = tuple(dict.fromkeys((left, right)))
    against, north = say(lang, "report.against", other=left.title.get(lang)), "N" if lang == "en" else "北"
    parts = [
        tag("h1", esc(run_words(right, lang))),
        tag("p", esc(f"{against} ・ {say(lang, 'report.not_official')} ・ {status_word(right, lang)}"), class_="quiet"),
        blocks.says(facts, lang),
        controls(order, left, right),
        tag("div", f'<div class="north" aria-hidden="true">▲<br>{north}</div>', id="handout-map"),
        f'<p id="handout-place" role="status">{esc(say(lang, "report.point"))}</p>',
        '<div id="handout-legend"></div>',
        blocks.signs(order, [(left, right)], find_metric(order.view.metric_name).facilities),
        tag("h2", esc(say(lang, "report.by_district")) + ' <span id="handout-district-title" class="quiet"></span>'),
        district_table(order, left, right),
        tag("h2", esc(say(lang, "report.goals"))),
        scroll(blocks.goals_table(order, goals(order.services, runs), runs)),
        tag("p", esc(say(lang, "report.goals_reading")), class_="quiet"),
        blocks.kpis_heading(facts, lang),
        scroll(blocks.cards_table(facts, facts.cards, lang)),
        tag("h2", esc(say(lang, "report.winners"))),
        blocks.bullets(facts.winners or (say(lang, "report.nobody"),)),
        tag("h2", esc(say(lang, "notes"))),
        blocks.bullets(facts.cautions),
        tag("h2", esc(say(lang, "credits"))),
        scroll(blocks.sources(order)),
        tag("p", esc(digest_line(order.services, runs, lang)), class_="quiet"),
    ]  # fmt: skip
    return "".join(parts)


def scroll(inner: str) -> str:
    """Return a table that scrolls on a narrow screen, by keyboard too."""
    return f'<div class="scroll" tabindex="0">{inner}</div>'


def controls(order: Order, left: Run, right: Run) -> str:
    """Return the choice of metric and of what is shown."""
    lang = order.lang
    views = [("left", left.title.get(lang)), ("right", right.title.get(lang)), ("change", say(lang, "difference"))]
    views = views if left.key != right.key else views[1:2]
    radios = "".join(
        f'<label><input type="radio" name="handout-view" value="{key}"><span>{esc(word)}</span></label>'
        for key, word in views
    )
    metric, mode = say(lang, "metric"), say(lang, "mode")
    return (
        f'<div class="bar"><label>{esc(metric)}<select id="handout-metric"></select></label>'
        f'<fieldset><legend>{esc(mode)}</legend><div class="choices">{radios}</div></fieldset></div>'
    )


def district_table(order: Order, left: Run, right: Run) -> str:
    """Return the frame of the table beside the map; its rows follow the metric."""
    lang = order.lang
    group = f"{say(lang, f'group_{order.view.group}')}（{say(lang, 'persons_unit')}）"
    heads = [say(lang, "district"), group, left.title.get(lang), right.title.get(lang), say(lang, "difference")]
    cells = "".join(f'<th scope="col"{"" if n == 0 else " class=num"}>{esc(word)}</th>' for n, word in enumerate(heads))
    return scroll(f'<table><thead><tr>{cells}</tr></thead><tbody id="handout-districts"></tbody></table>')
