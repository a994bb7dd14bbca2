"""Owns the Pareto view of a sweep: two KPIs against each other, drawn once for both languages and any width."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from app.commands.numbers import format_value
from app.commands.sweep_table import decimals_among, head_of
from app.commands.words import both as words
from app.commands.words import say
from app.import_report.markup import both, esc, tag
from geodata.errors import Text
from sim.kpi import KPIS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from scenarios.sweep_file import Goal

STEPS = 4
"""About as many steps between the marks of an axis."""
MOST_NAMED = 12
"""Best variants that are numbered in the drawing: more would cover each other."""
MARGIN = 0.06
"""Share of an axis that is left free beyond the outermost point."""
STYLE = """
.plot{margin:0 12px 0 64px;padding-top:4px}.plot svg{width:100%;height:340px;overflow:visible;display:block;
font-size:13px;fill:var(--ink)}
.plot .axis{margin:30px 0 0;text-align:center;font-weight:600}.plot-up{margin:6px 0 10px;font-weight:600}
.plot-legend{display:flex;flex-wrap:wrap;gap:2px 20px;margin:8px 0 0;padding:0;list-style:none}
.plot-legend i{display:inline-block;width:12px;height:12px;border-radius:50%;border:1.5px solid var(--soft);
margin-right:6px;vertical-align:-1px}.plot-legend .best i{background:#12459b;border-color:#12459b}
@media screen and (max-width:700px){.plot svg{height:260px}}
@media print{.plot svg{height:260px}.plot-legend i,.plot circle{print-color-adjust:exact}}
"""


class Axis:
    """One KPI along one side: from where to where, how far along a value lies, and its marks."""

    def __init__(self, kpi: str, values: pd.Series) -> None:
        self.kpi, self.decimals = kpi, decimals_among(KPIS[kpi].decimals, values)
        low, high = float(values.min()), float(values.max())
        room = (high - low) * MARGIN or abs(high) * MARGIN or 1.0
        self.low, self.high = low - room, high + room
        self.step = round_step((self.high - self.low) / STEPS)

    def share(self, value: float) -> float:
        """Return how far along the axis a value lies, 0 to 1."""
        return (value - self.low) / (self.high - self.low)

    def marks(self) -> list[tuple[float, str]]:
        """Return place and words of every mark."""
        first, last = math.ceil(self.low / self.step), math.floor(self.high / self.step)
        finer = -math.floor(math.log10(self.step * (100 if KPIS[self.kpi].unit == "share" else 1)))
        told = [n * self.step for n in range(first, last + 1)]
        return [(self.share(v), self.figure(v, max(finer, 0))) for v in told]

    def figure(self, value: float, decimals: int) -> str:
        """Return a value as it stands beside an axis, whose name holds the unit."""
        return format_value(value, KPIS[self.kpi].unit, decimals, "ja", bare=True)


def round_step(least: float) -> float:
    """Return the next step of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next((n * power for n in (1, 2, 5) if n * power >= least * (1 - 1e-9)), 10 * power)


def pareto_view(goals: Sequence[Goal], values: pd.DataFrame, best: set[int]) -> str:
    """Return the scatter of the first two KPIs that are weighed; nothing where none are, or none has a value."""
    if not goals or not all(g.kpi in values.columns for g in goals):
        return ""
    across, up = goals[0].kpi, goals[1].kpi
    points = values[[across, up]].replace([float("inf"), float("-inf")], float("nan")).dropna()
    if points.empty:
        return ""
    aims = Text(*("、".join(_aim(g, "ja") for g in goals), "; ".join(_aim(g, "en") for g in goals)))
    told = [Text(*(say(lang, "sweep.page_pareto_about", goals=aims.get(lang)) for lang in ("ja", "en")))]
    if len(goals) > 2:  # noqa: PLR2004 -- a drawing has two sides
        told.append(words("sweep.page_pareto_two"))
    if len(points) < len(values):
        told.append(words("sweep.page_pareto_left_out", n=len(values) - len(points)))
    sides = Axis(across, points[across]), Axis(up, points[up])
    drawing = (
        tag("p", both(head_of(up)), class_="plot-up")
        + tag("div", _drawing(*sides, points, best) + tag("p", both(head_of(across)), class_="axis"), class_="plot")
        + _legend()
    )
    return "".join(tag("p", both(one), class_="quiet") for one in told) + tag("figure", drawing, style="margin:0")


def _aim(goal: Goal, lang: str) -> str:
    return say(lang, "sweep.page_aim", kpi=KPIS[goal.kpi].title.get(lang), way=say(lang, f"sweepgoal.{goal.direction}"))


def _legend() -> str:
    best = tag("li", "<i></i>" + both(words("sweep.page_is_best")), class_="best")
    return tag("ul", best + tag("li", "<i></i>" + both(words("sweep.page_is_other"))), class_="plot-legend quiet")


def _drawing(across: Axis, up: Axis, points: pd.DataFrame, best: set[int]) -> str:
    lines = []
    for share, told in up.marks():
        y = f"{100 - 100 * share:.2f}%"
        lines.append(f'<line x1="0" x2="100%" y1="{y}" y2="{y}" stroke="#dfe3ea"/>')
        lines.append(f'<text x="-8" y="{y}" dy=".35em" text-anchor="end">{esc(told)}</text>')
    for share, told in across.marks():
        x = f"{100 * share:.2f}%"
        lines.append(f'<line x1="{x}" x2="{x}" y1="0" y2="100%" stroke="#edf0f4"/>')
        lines.append(f'<text x="{x}" y="100%" dy="20" text-anchor="middle">{esc(told)}</text>')
    lines.append('<line x1="0" x2="100%" y1="100%" y2="100%" stroke="#5b6577"/>')
    lines.append('<line x1="0" x2="0" y1="0" y2="100%" stroke="#5b6577"/>')
    dots = [_dot(across, up, point, best) for point in sorted(points.itertuples(), key=lambda p: p[0] in best)]
    name = f"{KPIS[across.kpi].title.ja} × {KPIS[up.kpi].title.ja}"
    return f'<svg class="pareto" role="img" aria-label="{esc(name)}">{"".join(lines + dots)}</svg>'


def _dot(across: Axis, up: Axis, point: tuple[int, float, float], best: set[int]) -> str:
    number, *pair = point
    won = number in best
    x, y = f"{100 * across.share(pair[0]):.2f}%", f"{100 - 100 * up.share(pair[1]):.2f}%"
    look = 'r="6" fill="#12459b" stroke="#fff"' if won else 'r="4" fill="#fff" stroke="#47505f" stroke-width="1.5"'
    told = ", ".join(side.figure(v, side.decimals) for side, v in zip((across, up), pair, strict=True))
    named = f'<text x="{x}" y="{y}" dx="9" dy="-5">{esc(number)}</text>' if won and len(best) <= MOST_NAMED else ""
    return f'<circle cx="{x}" cy="{y}" {look}><title>{esc(f"{number}: {told}")}</title></circle>{named}'
