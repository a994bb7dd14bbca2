"""Owns the table of a sweep's variants: how fields are called, how finely values are told, sorting by any column."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from app.commands.numbers import EXTRA_DECIMALS, format_value
from app.commands.page_frame import in_both
from app.commands.words import CATALOGUES
from app.commands.words import both as words
from app.import_report.markup import both, esc, tag
from geodata.errors import Text
from sim.kpi import KPIS
from sim.kpi.spec import UNIT_TEXT
from sim.parameter_table import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from scenarios.schema import Scenario

MOST_ROWS, MOST_KPIS = 500, 8
TOLD_STEPS = 20
"""Values of a KPI that lie closer together than this many of its last digits get more digits."""
STYLE = """
.variants th{padding-right:10px}.variants td{padding-right:10px;white-space:nowrap}
.variants .number{text-align:right}
.variants th button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:inherit}
.variants th button:focus-visible{outline:3px solid #f2b705;outline-offset:2px}
.variants th[aria-sort=ascending] button::after{content:" ▲"}
.variants th[aria-sort=descending] button::after{content:" ▼"}
.variants tr.best td{background:#eef3fc}
.variants-frame{overflow-x:auto}.variants-frame:focus-visible{outline:3px solid #f2b705}
.variants th{min-width:4em}.variants th.number{min-width:5em}
.variants th:first-child,.variants td:first-child{position:sticky;left:0;background:#fff;min-width:3em}
@media print{@page{size:A4 landscape;margin:12mm}section{break-inside:auto}
.variants-frame{overflow:visible}.variants th,.variants th.number{min-width:0}
.variants td,.variants th{padding-right:6px}}
"""
SORTING = """
document.querySelectorAll(".variants th button").forEach(function(button){button.addEventListener("click",function(){
var head=button.parentNode,row=head.parentNode,at=Array.prototype.indexOf.call(row.children,head);
var up=head.getAttribute("aria-sort")!=="ascending",body=row.parentNode.parentNode.tBodies[0];
Array.prototype.forEach.call(row.children,function(h){h.removeAttribute("aria-sort")});
head.setAttribute("aria-sort",up?"ascending":"descending");
var key=function(r){return r.cells[at].dataset.value};
Array.from(body.rows).sort(function(a,b){var x=key(a),y=key(b),m=parseFloat(x),n=parseFloat(y);
if(x===""||y==="")return x===y?0:x===""?1:-1;
var c=isNaN(m)||isNaN(n)?x.localeCompare(y):m-n;return up?c:-c}).forEach(function(r){body.appendChild(r)})})});
(function(){var frame=document.querySelector(".variants-frame");if(!frame)return;
var reach=function(){if(frame.scrollWidth>frame.clientWidth)frame.tabIndex=0;else frame.removeAttribute("tabindex")};
addEventListener("resize",reach);document.querySelectorAll("input.lang").forEach(function(choice){
choice.addEventListener("change",reach)});reach()})();
"""


# ---------------------------------------------------------------- words of fields and values


def field_names(paths: Sequence[str], bases: Sequence[Scenario]) -> dict[str, Text]:
    """Return what each field is called: in words where there are some, with its modification where two share them."""
    plain = {path: _field(path) for path in paths}
    shared = Counter(plain.values())
    return {path: _told_apart(path, name, bases) if shared[name] > 1 else name for path, name in plain.items()}


def _field(path: str) -> Text:
    first, _, rest = path.partition(".")
    if first == "parameters" and rest in PARAMETERS:
        return PARAMETERS[rest].label
    last = path.rpartition(".")[2]
    known = f"sweepfield.{last}"
    return words(known) if known in CATALOGUES["ja"] else Text(last, last)


def _told_apart(path: str, name: Text, bases: Sequence[Scenario]) -> Text:
    """Return the name of a field with what it belongs to; its whole path where that is no modification."""
    first, *rest = path.split(".")
    if first != "modifications" or len(rest) < 2:  # noqa: PLR2004 -- an id and a field
        return Text(path, path)
    owner = modification_name(path, bases)
    return Text(f"{owner.ja}: {name.ja}", f"{owner.en}: {name.en}")


def modification_name(path: str, bases: Sequence[Scenario]) -> Text:
    """Return what the modification of a path is called: by its name where it has one, else by its id."""
    which = path.split(".")[1] if path.startswith("modifications.") else ""
    for base in bases:
        for one in base.modifications:
            name = getattr(one, "name", None)
            if one.id == which and name is not None:
                return Text(name.ja, name.en)
    return Text(which, which)


def decimals_among(decimals: int, values: pd.Series) -> int:
    """Return how many decimals tell values apart: a few more than usual where they lie close together."""
    known = values[values.map(math.isfinite)]
    if known.empty or known.min() == known.max():
        return decimals
    spread = float(known.max() - known.min()) * (100 if float(known.abs().max()) <= 1 else 1)
    steps = spread * 10**decimals
    return decimals + min(max(math.ceil(math.log10(TOLD_STEPS / steps)), 0), EXTRA_DECIMALS)


def head_of(kpi: str) -> Text:
    """Return the name of a KPI with the unit that its figures leave out."""
    spec = KPIS[kpi]
    if spec.unit in {"share", "time"}:
        return spec.title
    unit = UNIT_TEXT[spec.unit]
    return Text(f"{spec.title.ja}（{unit.ja}）", f"{spec.title.en} ({unit.en})")


def short(value: object) -> str:
    """Return a value of a field."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


# ---------------------------------------------------------------- the table


def variants_table(
    names: Mapping[str, Text], designs: pd.DataFrame, values: pd.DataFrame, best: set[int], weighed: Sequence[str]
) -> str:
    """Return the variants, those on the Pareto front first: values of the fields, then the KPIs, `weighed` finer."""
    kpis = list(values.columns)[:MOST_KPIS]
    decimals = {k: KPIS[k].decimals for k in kpis}
    decimals |= {k: decimals_among(decimals[k], values[k]) for k in kpis if k in weighed}
    several = len(set(designs["base"])) > 1
    first = ["variant", *(["best"] if weighed else []), *(["base"] if several else [])]
    heads = [*(words(f"sweephead.{key}") for key in first), *names.values()]
    top = [_head(h) for h in heads] + [_head(head_of(k), class_="number") for k in kpis]
    ranked = designs.assign(_rank=[n not in best for n in designs["variant"]]).sort_values(["_rank", "variant"])
    rows = []
    for row in ranked.head(MOST_ROWS).to_dict("records"):
        at = row["variant"]
        cells = [_cell(at, esc(at)), *([_cell(int(at in best), "●" if at in best else "")] if weighed else [])]
        cells += [_cell(row["base"], esc(row["base"]))] if several else []
        cells += [_cell(row[path], esc(short(row[path]))) for path in names]
        for kpi in kpis:
            value = float(values[kpi].get(at, float("nan")))
            cells.append(_cell(value, _figure(kpi, value, decimals[kpi]), class_="number"))
        rows.append(tag("tr", "".join(cells), **({"class_": "best"} if at in best else {})))
    told = [words("sweep.page_shown", shown=f"{min(len(designs), MOST_ROWS):,}", n=f"{len(designs):,}")]
    if len(values.columns) > len(kpis):
        told.append(words("sweep.page_kpis_shown", shown=len(kpis), n=len(values.columns)))
    label = words("sweep.page_table")
    whole = tag("table", tag("thead", tag("tr", "".join(top))) + tag("tbody", "".join(rows)))
    frame = tag("div", whole, class_="variants-frame variants", role="region", aria_label=f"{label.ja} / {label.en}")
    return "".join(tag("p", both(one), class_="quiet") for one in told) + frame


def _head(name: Text, **attributes: str) -> str:
    return tag("th", tag("button", both(name), type="button"), scope="col", **attributes)


def _cell(value: object, inner: str, **attributes: str) -> str:
    missing = value is None or value != value  # noqa: PLR0124 -- NaN is the only one unlike itself
    return tag("td", inner, data_value="" if missing else str(value), **attributes)


def _figure(kpi: str, value: float, decimals: int) -> str:
    figures = {lang: format_value(value, KPIS[kpi].unit, decimals, lang, bare=True) for lang in ("ja", "en")}
    return esc(figures["ja"]) if figures["ja"] == figures["en"] else in_both(lambda lang: esc(figures[lang]))
