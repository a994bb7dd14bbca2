"""Owns the page of an import report: header, figures, and one section a layer; self-contained, without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.import_report.maps import draw_maps
from app.import_report.markup import both, esc, number, size, table, tag
from app.import_report.style import STYLE
from app.import_report.words import LAYERS, REPAIRS, STAGES, count_name, named, word
from app.theme import STATUS_CLASS
from geodata.errors import Severity, Text
from geodata.provenance import STATUS_TEXT, Status
from geodata.streets import DetourPlane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.city import City
    from geodata.errors import Problem
    from geodata.import_report import ImportReport, LayerImport, UnusedFile
    from geodata.provenance import Source
    from geodata.reading import FileRecord

SHOWN = 20
MOST = 3_000
"""Problems of one layer on the page; all of them stand in the JSON."""
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def render_page(report: ImportReport, city: City | None) -> str:
    """Return the report as one HTML page; without a city (a failed import) there are no maps and no figures."""
    shared, maps = draw_maps(city) if city is not None else ("", {})
    absent = [layer for layer in report.layers if _is_absent(layer)]
    sections = [_section(layer, maps.get(layer.layer, ""), city) for layer in report.layers if layer not in absent]
    sections += [_absent(absent)] if absent else []
    if report.unused:
        sections.append(_unused(report.unused))
    if report.problems:
        sections.insert(0, _whole(report.problems))
    body = _header(report, city) + _tiles(report, city) + _overview(report) + "".join(sections) + _footer(report)
    title = f"{report.name.ja} {word('title').ja}"
    return (
        '<!DOCTYPE html>\n<html lang="ja"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{esc(title)}</title><style>{STYLE}</style></head><body>"
        '<input class="lang" type="radio" name="lang" id="lang-ja" checked>'
        '<input class="lang" type="radio" name="lang" id="lang-en">'
        f'<main class="page">{shared}{body}</main></body></html>\n'
    )


def _header(report: ImportReport, city: City | None) -> str:
    switch = '<div class="switch"><label for="lang-ja">日本語</label><label for="lang-en">English</label></div>'
    verdict = word("failed") if report.failed else word("made")
    bad = " bad" if report.failed else ""
    facts = [(word("config"), esc(report.config_name))]
    if report.digest:
        facts.append((word("digest"), tag("code", esc(report.digest[:16]), title=report.digest)))
    if city is not None:
        days = city.defaults
        facts += [
            (word("days"), esc(f"{days.date}, {days.saturday}, {days.holiday}")),
            (word("epsg"), f"EPSG:{city.epsg}"),
        ]
        if city.population.n_cells:
            facts.insert(2, (word("base_date"), esc(city.population.base_date)))
    listed = "".join(f"<div><dt>{both(name)}</dt><dd>{value}</dd></div>" for name, value in facts)
    return (
        f'<header>{switch}<div class="over">Ekisei 駅勢 – {both(word("title"))}</div>'
        f"<h1>{both(report.name)}<small>{esc(report.city_id)}</small></h1>"
        f'<p class="verdict{bad}">{both(verdict)}</p><p class="about">{both(word("about"))}</p>'
        f'<dl class="facts">{listed}</dl></header>'
    )


def _tiles(report: ImportReport, city: City | None) -> str:
    tiles: list[tuple[str, Text, str]] = [] if city is None else _figures(city)
    counts = [("errors", Severity.ERROR), ("warnings", Severity.WARNING)]
    for key, severity in counts:
        n = report.n_problems(severity)
        tiles.append((number(n), word(key), severity.value if n else ""))
    tiles.append((number(report.n_repairs), word("repairs"), ""))
    drawn = "".join(
        f'<div class="tile {kind}"><b>{value}</b><span>{both(name)}</span></div>' for value, name, kind in tiles
    )
    return f'<div class="tiles">{drawn}</div>'


def _figures(city: City) -> list[tuple[str, Text, str]]:
    """Return the figures of a city that has them: value, name, class of the tile."""
    trips, people = city.timetable.trips, city.population
    values = [
        ("persons", float(people.total.sum()) if people.n_cells else 0.0),
        ("cells", people.n_cells),
        ("stops", city.timetable.n_stops),
        ("routes", len(city.timetable.routes.route_id)),
        ("trips", len(trips.trip_id)),
        ("street_km", street_km(city)),
        ("facilities", city.facilities.n_facilities),
        ("zones", len(city.zones)),
        ("opinions", city.opinions.n_opinions if city.opinions else 0),
    ]
    return [(number(v), word(key), "") for key, v in values if v or key in {"persons", "stops", "trips", "facilities"}]


def street_km(city: City) -> float:
    """Return the length of all streets [km], each counted once; 0 without a network."""
    streets = city.streets
    if isinstance(streets, DetourPlane):
        return 0.0
    owner = np.repeat(np.arange(len(streets.node_xy)), np.diff(streets.edge_offsets))
    low, high = np.minimum(owner, streets.edge_to), np.maximum(owner, streets.edge_to)
    _, first = np.unique(np.stack([low, high], axis=1), axis=0, return_index=True)
    return float(streets.edge_length_m[first].sum() / 1000)


def _badge(status: Status) -> str:
    return tag("span", both(STATUS_TEXT[status]), class_=f"badge {STATUS_CLASS[status]}")


def _badge_of(layer: LayerImport) -> str:
    """Return the badge of a layer; what only helps to place others, such as 町丁目, has none."""
    return "" if layer.status is Status.NO_DATA and layer.files else _badge(layer.status)


def _overview(report: ImportReport) -> str:
    if not report.layers:
        return ""
    heads = [word(k) for k in ("layer", "status", "file", "errors", "warnings", "repairs")]
    rows = []
    for layer in report.layers:
        levels = [sum(p.severity is s for p in layer.problems) for s in (Severity.ERROR, Severity.WARNING)]
        unseen = any(f.reader.verified is False for f in layer.files)
        mark = f' <span class="mark">{both(word("unverified"))}</span>' if unseen else ""
        link = tag("a", both(named(LAYERS, layer.layer)), href=f"#{layer.layer}")
        numbers = [number(n) if n else "–" for n in (len(layer.files), *levels, sum(layer.repairs.values()))]
        rows.append([link + mark, _badge_of(layer), *numbers])
    return tag("section", tag("h2", both(word("layers"))) + table(heads, rows, "layers"))


def _whole(problems: Sequence[Problem]) -> str:
    return tag("section", tag("h2", both(word("no_layer"))) + _problems(problems), id="whole")


def _unused(files: Sequence[UnusedFile]) -> str:
    rows = [[esc(f.path), both(f.title), both(f.why)] for f in files]
    head = tag("h2", f"{both(word('unused'))} ({len(files):,})")
    return tag("section", head + table([word("file"), word("taken_for"), word("why")], rows, "files"), id="unused")


def _section(layer: LayerImport, drawing: str, city: City | None) -> str:
    head = tag("h2", both(named(LAYERS, layer.layer)) + _badge_of(layer))
    remarks = _remarks(layer, city)
    text = remarks + _sources(layer.sources) + _counts(layer)
    sides = f'<div class="sides"><div>{text}</div>{drawing}</div>' if drawing else f"<div>{text}</div>"
    below = _files(layer.files) + _repairs(layer) + _problems(layer.problems)
    return tag("section", head + sides + below, id=layer.layer)


def _is_absent(layer: LayerImport) -> bool:
    return layer.status is Status.NO_DATA and not (layer.files or layer.problems or layer.sources)


def _absent(layers: Sequence[LayerImport]) -> str:
    """Return one short section for all layers that no file brought."""
    names = "".join(tag("li", both(named(LAYERS, layer.layer)), id=layer.layer) for layer in layers)
    head = tag("h2", both(word("absent_layers")) + _badge(Status.NO_DATA))
    return tag("section", head + tag("ul", names, class_="absent"))


def _remarks(layer: LayerImport, city: City | None) -> str:
    found = []
    if layer.kept_from_base:
        found.append(word("kept"))
    elif not layer.sources and layer.status is Status.ASSUMED and city is not None:
        found.append(word("no_source"))
    if layer.layer == "streets" and city is not None and isinstance(city.streets, DetourPlane):
        found.append(word("straight", factor=city.streets.walk_detour))
    return "".join(f"<p>{both(text)}</p>" for text in found)


def _sources(sources: Sequence[Source]) -> str:
    drawn = []
    for source in sources:
        note = f"<p>{both(source.note)}</p>" if source.note.ja or source.note.en else ""
        date = f" {esc(source.date)}" if source.date else ""
        drawn.append(
            f'<div class="source"><b>{both(source.title)}</b>{_badge(source.status)}{date}'
            f"<p>{both(word('credit'))}: {esc(source.credit)}<br>"
            f"{both(word('licence'))}: {esc(source.licence)}</p>{note}</div>"
        )
    return "".join(drawn)


def _counts(layer: LayerImport) -> str:
    keys = list(dict.fromkeys([*layer.counts_in, *layer.counts]))
    if not keys:
        return ""
    rows = []
    for key in keys:
        given, kept = layer.counts_in.get(key), layer.counts.get(key)
        known = count_name(key)
        name = both(known) if known else tag("code", esc(key))
        rows.append([name, "" if given is None else number(given), "" if kept is None else number(kept)])
    return table([word("what"), word("rows_in"), word("rows_kept")], rows, "numbers")


def _files(files: Sequence[FileRecord]) -> str:
    if not files:
        return ""
    rows = []
    for file in files:
        known = {False: "unverified", None: "no_form"}.get(file.reader.verified)
        mark = f'<br><span class="mark">{both(word(known))}</span>' if known else ""
        digest = f"<br>{tag('code', 'sha256 ' + esc(file.sha256[:12]), title=file.sha256)}" if file.sha256 else ""
        layout = f'<br><span class="quiet">{both(word("layout"))}: {esc(file.reader.layout)}</span>'
        rows.append(
            [
                esc(file.name) + digest,
                both(file.reader.title) + mark + layout,
                size(file.n_bytes) if file.n_bytes else "–",
                number(file.rows_in),
                number(file.rows_kept),
            ]
        )
    heads = [word(k) for k in ("file", "reader", "size", "rows_in", "rows_kept")]
    return tag("h3", both(word("file"))) + table(heads, rows, "files")


def _repairs(layer: LayerImport) -> str:
    if not layer.repairs:
        return ""
    said = {p.code: p.message for p in reversed(layer.problems)}
    rows = []
    for code, n in sorted(layer.repairs.items()):
        known = REPAIRS.get(code) or said.get(code)  # a repair may be told as a finding of the same code
        name = f"{both(known)} {tag('code', esc(code))}" if known else tag("code", esc(code))
        rows.append([name, number(n)])
    return tag("h3", both(word("repairs"))) + table([word("what"), word("times")], rows, "numbers")


def _problems(problems: Sequence[Problem]) -> str:
    if not problems:
        return ""
    ranked = sorted(problems, key=lambda p: _RANK[p.severity])
    items = [_problem(p) for p in ranked[:MOST]]
    levels = [(word(k), sum(p.severity is s for p in ranked)) for k, s in _LEVELS]
    title = Text(
        "・".join(f"{name.ja} {n:,}" for name, n in levels if n),
        ", ".join(f"{n:,} {name.en}" for name, n in levels if n),
    )
    head = tag("h3", both(title))
    shown = tag("ol", "".join(items[:SHOWN]), class_="found")
    rest = items[SHOWN:]
    if not rest:
        return head + shown
    more = tag("summary", f"{both(word('all_problems'))} ({len(ranked):,})")
    left = f'<p class="quiet">{both(word("more_in_json"))}</p>' if len(ranked) > MOST else ""
    return head + shown + tag("details", more + tag("ol", "".join(rest), class_="found") + left)


_LEVELS = (("errors", Severity.ERROR), ("warnings", Severity.WARNING), ("notes", Severity.INFO))


def _problem(problem: Problem) -> str:
    times = f" ×{problem.count:,}" if problem.count > 1 else ""
    hint = f'<div class="hint">{both(problem.hint)}</div>' if problem.hint.ja or problem.hint.en else ""
    return (
        f'<li class="{problem.severity.value}"><span class="where">{esc(problem.where)}</span>{times} '
        f"<code>{esc(problem.code)}</code><div>{both(problem.message)}</div>{hint}</li>"
    )


def _footer(report: ImportReport) -> str:
    digests = "".join(f"<br>{esc(layer)}: <code>{esc(d)}</code>" for layer, d in report.layer_digests.items())
    seconds = "・".join(f"{named(STAGES, stage).ja} {s:.1f} s" for stage, s in report.seconds.items())
    whole = f"<p>{both(word('digest'))}: <code>{esc(report.digest)}</code></p>" if report.digest else ""
    inner = f"<details>{tag('summary', both(word('digest')))}<p>{digests}</p></details>" if digests else ""
    taken = f"<p>{both(word('seconds'))}: {esc(seconds)}</p>" if seconds else ""
    return f"<footer>{whole}{inner}{taken}</footer>"
