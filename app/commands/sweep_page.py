"""Owns the page of a sweep: one file that opens without a network, in both languages, every text of a file escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.targets_page import STYLE, in_both
from app.commands.words import both as words
from app.commands.words import say
from app.import_report.markup import both, esc, table, tag
from geodata.errors import Text
from geodata.provenance import STATUS_TEXT, Status
from sim.kpi import KPIS
from sim.kpi.spec import UNIT_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from geodata.city import City
    from scenarios.batch import Failure
    from scenarios.sweep_file import Goal, ReadSweep

MOST_ROWS, MOST_KPIS, MOST_FAILURES, MOST_VALUES = 500, 8, 200, 8
WIDE, HIGH, LEFT, BOTTOM = 720, 400, 76, 52
MORE_STYLE = """
th button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:left}
th[aria-sort=ascending] button::after{content:" ▲"}th[aria-sort=descending] button::after{content:" ▼"}
svg.pareto{width:100%;max-width:760px;height:auto;display:block;font-size:13px}
td[data-value],th button{white-space:nowrap}td code{overflow-wrap:anywhere}
"""
SORTING = """
document.querySelectorAll("th button").forEach(function(button){button.addEventListener("click",function(){
var head=button.parentNode,row=head.parentNode,at=Array.prototype.indexOf.call(row.children,head);
var up=head.getAttribute("aria-sort")!=="ascending",body=row.parentNode.parentNode.tBodies[0];
Array.prototype.forEach.call(row.children,function(h){h.removeAttribute("aria-sort")});
head.setAttribute("aria-sort",up?"ascending":"descending");
var key=function(r){return r.cells[at].dataset.value};
Array.from(body.rows).sort(function(a,b){var x=key(a),y=key(b),m=parseFloat(x),n=parseFloat(y);
if(x===""||y==="")return x===y?0:x===""?1:-1;
var c=isNaN(m)||isNaN(n)?x.localeCompare(y):m-n;return up?c:-c}).forEach(function(r){body.appendChild(r)})})});
"""


def page_text(  # noqa: PLR0917 -- the parts of one page
    sweep: ReadSweep,
    city: City,
    designs: pd.DataFrame,
    values: pd.DataFrame,
    best: Sequence[int],
    failures: Sequence[Failure],
    counted: Mapping[str, int],
) -> str:
    """Return the page: what was varied, the Pareto view, the variants, failures, statuses and sources."""
    given = sweep.file.title
    name = Text(sweep.file.id, sweep.file.id) if given is None else Text(given.ja, given.en)
    title = Text(*(say(lang, "sweep.page_title", title=name.get(lang)) for lang in ("ja", "en")))
    bases = ", ".join(b.id for b in sweep.bases)
    n_failed = len(failures)
    about = words("sweep.page_about", n=len(designs), bases=bases, done=len(values), failed=n_failed)
    body = [
        tag("h1", both(title)),
        tag("p", both(about), class_="about"),
        _section("sweep.page_vary", _varied(sweep, designs)),
        _pareto(sweep.file.pareto, values, set(best)),
        _variants(sweep.file.paths, designs, values, set(best)),
        _section("sweep.page_failed", _failures(failures)),
        _section("sweep.page_status", _statuses(counted)),
        _section("sweep.page_sources", _sources(city)),
    ]
    switch = '<div class="switch"><label for="lang-ja">日本語</label><label for="lang-en">English</label></div>'
    return (
        f'<!DOCTYPE html>\n<html lang="ja"><head><meta charset="utf-8"><title>{esc(title.ja)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}{MORE_STYLE}</style></head><body>"
        '<input class="lang" type="radio" name="lang" id="lang-ja" checked aria-label="日本語">'
        '<input class="lang" type="radio" name="lang" id="lang-en" aria-label="English">'
        f"<main>{switch}{''.join(body)}</main><script>{SORTING}</script></body></html>\n"
    )


def _section(key: str, inner: str) -> str:
    return tag("section", tag("h2", both(words(key))) + inner)


def _varied(sweep: ReadSweep, designs: pd.DataFrame) -> str:
    rows = []
    for block in sweep.file.vary:
        way = next(w for w in ("grid", "list_", "random", "sobol") if getattr(block, w) is not None).strip("_")
        rows += [[tag("code", esc(path)), esc(way), _range(designs[path])] for path in block.paths]
    return table([words(f"sweephead.{key}") for key in ("path", "how", "range")], rows)


def _range(column: pd.Series) -> str:
    """Return the values of a field: all of them where they are few, else from the least to the largest."""
    found = list(dict.fromkeys(column.dropna()))
    if len(found) <= MOST_VALUES:
        return esc(", ".join(_short(v) for v in found))
    ends = f"{_short(min(found))} – {_short(max(found))}" if column.dtype.kind in "if" else ""
    return esc(ends) + f" ({len(found):,} {both(words('sweep.page_distinct'))})"


def _short(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _figure(kpi: str, value: float, lang: str) -> str:
    """Return a value as everywhere on screen; — without one."""
    from app.commands.numbers import format_value

    spec = KPIS[kpi]
    return format_value(value, spec.unit, spec.decimals, lang)


def _variants(paths: Sequence[str], designs: pd.DataFrame, values: pd.DataFrame, best: set[int]) -> str:
    kpis = list(values.columns)[:MOST_KPIS]
    several = len(sweep_bases(designs)) > 1
    heads = [both(words("sweep.page_variant")), *([both(words("sweep.page_base"))] if several else [])]
    heads += [esc(path.rpartition(".")[2]) for path in paths]
    heads += [both(KPIS[k].title) + f" ({both(UNIT_TEXT[KPIS[k].unit])})" for k in kpis]
    heads.append(both(words("sweep.page_best")))
    head = "".join(f'<th scope="col"><button type="button">{h}</button></th>' for h in heads)
    ranked = designs.assign(_rank=[n not in best for n in designs["variant"]]).sort_values(["_rank", "variant"])
    lines = []
    for row in ranked.head(MOST_ROWS).to_dict("records"):
        number = row["variant"]
        cells = [_cell(number, esc(number)), *([_cell(row["base"], esc(row["base"]))] if several else [])]
        cells += [_cell(row[path], esc(_short(row[path]))) for path in paths]
        for kpi in kpis:
            value = float(values[kpi].get(number, float("nan")))
            cells.append(_cell(value, in_both(lambda lang, k=kpi, v=value: esc(_figure(k, v, lang)))))  # type: ignore[misc]
        cells.append(_cell(int(number in best), "●" if number in best else ""))
        lines.append(tag("tr", "".join(cells)))
    told = words("sweep.page_shown", shown=min(len(designs), MOST_ROWS), n=len(designs))
    body = f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
    return _section("sweep.page_table", tag("p", both(told), class_="quiet") + body)


def sweep_bases(designs: pd.DataFrame) -> set[str]:
    """Return the bases that are varied."""
    return set(designs["base"])


def _cell(value: object, inner: str) -> str:
    missing = value is None or value != value  # noqa: PLR0124 -- NaN is the only one unlike itself
    return f'<td data-value="{"" if missing else esc(value)}">{inner}</td>'


def _pareto(goals: Sequence[Goal], values: pd.DataFrame, best: set[int]) -> str:
    """Return the scatter of the first two KPIs that are weighed; nothing where none are, or none has a value."""
    if not goals or not all(g.kpi in values.columns for g in goals):
        return ""
    across, up = goals[0].kpi, goals[1].kpi
    points = values[[across, up]].replace([float("inf"), float("-inf")], float("nan")).dropna()
    if points.empty:
        return ""
    spans = [(float(points[k].min()), float(points[k].max())) for k in (across, up)]

    def place(kpi: int, value: float) -> float:
        low, high = spans[kpi]
        share = 0.5 if high == low else (value - low) / (high - low)
        return LEFT + 12 + share * (WIDE - LEFT - 32) if kpi == 0 else HIGH - BOTTOM - 12 - share * (HIGH - BOTTOM - 32)

    dots = []
    for number, x, y in sorted(points.itertuples(), key=lambda p: p[0] in best):
        won = number in best
        style = 'fill="#12459b" stroke="#fff"' if won else 'fill="#fff" stroke="#5b6577"'
        dots.append(
            f'<circle cx="{place(0, x):.1f}" cy="{place(1, y):.1f}" r="{6 if won else 4}" {style}>'
            f"<title>{esc(number)}</title></circle>"
        )
    drawn = in_both(lambda lang: _svg(lang, across, up, spans, "".join(dots)))
    goal_words = {
        lang: ", ".join(f"{KPIS[g.kpi].title.get(lang)} = {say(lang, f'sweepgoal.{g.direction}')}" for g in goals)
        for lang in ("ja", "en")
    }
    about = Text(*(say(lang, "sweep.page_pareto_about", goals=goal_words[lang]) for lang in ("ja", "en")))
    return _section("sweep.page_pareto", tag("p", both(about), class_="quiet") + drawn)


def _svg(lang: str, across: str, up: str, spans: Sequence[tuple[float, float]], dots: str) -> str:
    base, names = HIGH - BOTTOM, [KPIS[k].title.get(lang) for k in (across, up)]
    (x0, x1), (y0, y1) = [[_figure(k, v, lang) for v in span] for k, span in zip((across, up), spans, strict=True)]
    axis = f'<path d="M{LEFT} 8V{base}H{WIDE - 8}" fill="none" stroke="#5b6577"/>'
    texts = [
        (LEFT + 12, base + 18, "middle", x0),
        (WIDE - 20, base + 18, "end", x1),
        ((LEFT + WIDE) / 2, base + 40, "middle", names[0]),
        (LEFT - 8, base - 8, "end", y0),
        (LEFT - 8, 24, "end", y1),
        (LEFT + 8, 16, "start", names[1]),
    ]
    told = "".join(f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{a}">{esc(t)}</text>' for x, y, a, t in texts)
    label = esc(" × ".join(names))
    return f'<svg class="pareto" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{label}">{axis}{told}{dots}</svg>'


def _failures(failures: Sequence[Failure]) -> str:
    if not failures:
        return tag("p", both(words("sweep.page_none")))
    rows = [
        [esc(f.name), "<br>".join(f"{both(p.message)} <code>{esc(p.where)}</code> {both(p.hint)}" for p in f.problems)]
        for f in failures[:MOST_FAILURES]
    ]
    return table([words("sweep.page_variant"), words("sweep.page_reason")], rows)


def _statuses(counted: Mapping[str, int]) -> str:
    known = {str(s): STATUS_TEXT[s] for s in Status}
    rows = [[both(known.get(name, Text(name, name))), f"{n:,}"] for name, n in sorted(counted.items())]
    return table([words("sweep.page_state"), words("sweep.page_rows")], rows)


def _sources(city: City) -> str:
    rows = [
        [esc(s.layer), both(s.title), both(STATUS_TEXT[s.status]), esc(s.credit)]
        for s in sorted(city.sources, key=lambda s: (s.layer, s.source_id))
    ]
    heads = [words("sweep.page_layer"), words("sweep.page_source"), words("sweep.page_state"), Text("©", "©")]
    return table(heads, rows)
