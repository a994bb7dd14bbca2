"""Owns the chart of a target: actuals, the line to the target, and what runs say, drawn as SVG without any library."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from app.components.path_words import bare_figure, figure, spread
from app.fiscal_years import short_year
from geodata.errors import Text
from scenarios.targets import DRAWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scenarios.targets import Forecast, Path, Point

FONT = "'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic UI',Meiryo,system-ui,sans-serif"
INK, SOFT, RULE, NAVY, TEAL = "#17212b", "#5b6577", "#e3e8ee", "#0b2545", "#0f766e"
RUN_COLORS = ("#7a3b8f", "#b25a00", "#1f6fb2", "#8a2846", "#4d6b1a", "#37474f")
PAD = 0.16
YEAR_WIDTH = 2.2
"""Room that the word of a year takes, in sizes of its letters; where there is less, not every year is named."""
APART, ASIDE = 9.0, 9.0
"""Distance of two runs of one year, and how far the outermost may stand beside it."""
MOST_SIGNS = 2
"""Signs before one value; further runs of the same value are counted."""
MOST_FANS = 3
"""Runs whose intervals are drawn as bands."""
MANY = 100_000
"""Values from here on are written in 万 on the axis."""
WORDS = {
    "baseline": Text("基準値", "baseline"),
    "target": Text("評価指標", "target"),
    "actual": Text("実績", "actual"),
    "run": Text(
        "試算（縦線は幅: 太線 同じ仮定での差、細線 データ・定義）",
        "runs (bars: same assumptions thick, definitions thin)",
    ),
    "line": Text("目標線", "line to the target"),
    "fan": Text("帯は試算の幅を直線で結んだ目安", "the band only joins the interval by straight lines"),
}
SIGNS = {"actual": "●", "line": "┅", "target": "○", "run": "◆", "fan": "◁"}
"""Signs as the chart draws them, for the line of words under it."""


@dataclass(frozen=True, slots=True)
class Paper:
    """
    Size of a chart, its margins and its words [px of the drawing].

    `titled`: whether the title stands in the chart; on a page it stands above it, as text that wraps.
    """

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    size: int
    titled: bool = True

    @property
    def gap(self) -> float:
        """Least distance of two lines of words."""
        return self.size + 3.0

    @property
    def lines(self) -> int:
        """Lines of words that stand at the right without leaving the paper."""
        return int((self.height - self.bottom) / self.gap)


PRINT = Paper(460, 250, 64, 112, 34, 34, 11)
SCREEN = Paper(350, 260, 60, 134, 14, 30, 15, titled=False)
"""Words so large that two charts side by side are read on a small screen, and on the wall of a room."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Years and values → places on the paper."""

    paper: Paper
    first: int
    last: int
    low: float
    high: float

    def x(self, year: float) -> float:
        """Return the place of a year from the left [px]."""
        paper = self.paper
        return paper.left + (year - self.first) / max(self.last - self.first, 1) * (self.right - paper.left)

    def y(self, value: float) -> float:
        """Return the place of a value from the top [px]."""
        return self.paper.top + (self.high - value) / (self.high - self.low) * (self.foot - self.paper.top)

    @property
    def right(self) -> int:
        """Where the last year stands."""
        return self.paper.width - self.paper.right

    @property
    def foot(self) -> int:
        """Where the axis of years stands."""
        return self.paper.height - self.paper.bottom


def path_chart(path: Path, lang: str, paper: Paper = PRINT) -> str:
    """Return the chart of one KPI as an SVG of its own; a reader who cannot see it hears what it says."""
    frame = _frame(path, paper)
    parts = [*_axes(path, frame, lang), *_target_line(path, frame)]
    anchor = path.latest or path.baseline
    for number, forecast in enumerate(path.forecasts):
        parts += _forecast(path, frame, forecast, number, anchor, lang)
    parts += _actuals(path, frame, lang)
    parts += _ends(path, frame, lang)
    label = escape(describe(path, lang), quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {paper.width} {paper.height}" '
        f'width="{paper.width}" height="{paper.height}" '
        f'role="img" aria-label="{label}" font-family="{FONT}" font-size="{paper.size}">'
        f'<rect width="{paper.width}" height="{paper.height}" fill="#fff"/>{"".join(parts)}</svg>'
    )


def describe(path: Path, lang: str) -> str:
    """Return the chart in words."""
    said = [path.title.get(lang)]
    for key, point in (("baseline", path.baseline), ("target", path.target)):
        if point is not None:
            said.append(f"{WORDS[key].get(lang)} {point.year}: {figure(path, point.value, lang)}")
    said += [f"{WORDS['actual'].get(lang)} {p.year}: {figure(path, p.value, lang)}" for p in path.actuals]
    for one in path.forecasts:
        if one.value is not None:
            words = [one.title.get(lang), f"{one.year}:", figure(path, one.value, lang), spread(path, one, lang)]
            said.append(" ".join(word for word in words if word))
    return ("。" if lang == "ja" else ". ").join(said)


def _frame(path: Path, paper: Paper) -> Frame:
    points = [p for p in (path.baseline, path.target, *path.actuals) if p is not None]
    runs = [f for f in path.forecasts if f.value is not None and math.isfinite(f.value)]
    years = [p.year for p in points] + [f.year for f in runs]
    values = [p.value for p in points] + [v for f in runs for v in (f.value, f.low, f.high) if v is not None]
    low, high = min(values, default=0.0), max(values, default=1.0)
    pad = (high - low) * PAD or max(abs(high) * PAD / 4, path.step * 2)
    return Frame(paper, min(years, default=2023), max(years, default=2029), low - pad, high + pad)


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Return round values between two ends, about as many as wanted."""
    raw = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if raw <= power * n)
    first = math.ceil(low / step)
    return [n * step for n in range(first, math.floor(high / step) + 1)]


def _axes(path: Path, frame: Frame, lang: str) -> Iterator[str]:
    paper, foot = frame.paper, frame.foot
    if paper.titled:
        yield _text(paper.left, 16, path.title.get(lang), size=paper.size + 1, weight=700, fill=NAVY)
    for value in ticks(frame.low, frame.high):
        y = frame.y(value)
        yield f'<path d="M{paper.left} {y:.1f}H{frame.right}" stroke="{RULE}"/>'
        told = brief_figure(path, value, lang)
        yield _text(paper.left - 6, y + 4, told, anchor="end", fill=SOFT, size=paper.size)
    yield f'<path d="M{paper.left} {foot}H{frame.right}" stroke="#9aa6b2"/>'
    room = YEAR_WIDTH * paper.size
    every = next((n for n in (1, 2, 5) if frame.x(frame.first + n) - paper.left >= room), 10)
    for year in range(frame.first, frame.last + 1):
        x = frame.x(year)
        yield f'<path d="M{x:.1f} {foot}v4" stroke="#9aa6b2"/>'
        if (frame.last - year) % every == 0:
            yield _text(x, foot + paper.size + 6, short_year(year), anchor="middle", fill=SOFT, size=paper.size)


def run_color(number: int) -> str:
    """Return the colour of a run; many runs share them in turn."""
    return RUN_COLORS[number % len(RUN_COLORS)]


def brief_figure(path: Path, value: float, lang: str) -> str:
    """Return a value in few signs: large ones in 万, in English in thousands."""
    if path.unit != "share" and abs(value) >= MANY:
        return f"{value / 10_000:,.1f}万" if lang == "ja" else f"{value / 1_000:,.0f}k"
    return bare_figure(path, value, lang)


def _target_line(path: Path, frame: Frame) -> Iterator[str]:
    if path.baseline is None or path.target is None:
        return
    a, b = (f"{frame.x(p.year):.1f} {frame.y(p.value):.1f}" for p in (path.baseline, path.target))
    yield f'<path d="M{a}L{b}" fill="none" stroke="{NAVY}" stroke-width="1.6" stroke-dasharray="6 4"/>'
    y = frame.y(path.target.value)
    left, right = frame.paper.left, frame.right
    yield f'<path d="M{left} {y:.1f}H{right}" stroke="{NAVY}" stroke-width="1" stroke-dasharray="1 3"/>'


def _forecast(path: Path, frame: Frame, one: Forecast, number: int, anchor: Point | None, lang: str) -> Iterator[str]:
    if one.value is None or not math.isfinite(one.value):
        return
    color = run_color(number)
    same_year = [f for f in path.forecasts if f.year == one.year]
    apart = min(APART, 2 * ASIDE / max(len(same_year) - 1, 1))
    x = frame.x(one.year) + (same_year.index(one) - (len(same_year) - 1) / 2) * apart
    y = frame.y(one.value)
    if anchor is not None and anchor.year < one.year:
        start = f"{frame.x(anchor.year):.1f} {frame.y(anchor.value):.1f}"
        for line in one.intervals if has_fans(path) else ():
            yield (
                f'<path d="M{start}L{x:.1f} {frame.y(line.high):.1f}V{frame.y(line.low):.1f}Z" '
                f'fill="{color}" fill-opacity="{0.3 if line.line == DRAWS else 0.1}"/>'
            )
        yield f'<path d="M{start}L{x:.1f} {y:.1f}" stroke="{color}" stroke-width="1.2" fill="none"/>'
    for line in one.intervals:
        thick = 4 if line.line == DRAWS else 1.4
        top, foot = frame.y(line.high), frame.y(line.low)
        yield f'<path d="M{x:.1f} {top:.1f}V{foot:.1f}" stroke="{color}" stroke-width="{thick}"/>'
        yield f'<path d="M{x - 4:.1f} {top:.1f}h8M{x - 4:.1f} {foot:.1f}h8" stroke="{color}" stroke-width="1.4"/>'
    d = 5
    yield (
        f'<path d="M{x:.1f} {y - d:.1f}l{d} {d}l-{d} {d}l-{d} -{d}z" fill="{color}" stroke="#fff" stroke-width="1.2">'
        f"<title>{escape(one.title.get(lang))} {figure(path, one.value, lang)}</title></path>"
    )


def has_fans(path: Path) -> bool:
    """Tell whether intervals are drawn as bands too: those of many runs would cover one another, their bars do not."""
    return sum(one.value is not None for one in path.forecasts) <= MOST_FANS


def _actuals(path: Path, frame: Frame, lang: str) -> Iterator[str]:
    points = [p for p in (path.baseline, *path.actuals) if p is not None]
    if len(points) > 1:
        track = "L".join(f"{frame.x(p.year):.1f} {frame.y(p.value):.1f}" for p in points)
        yield f'<path d="M{track}" fill="none" stroke="{TEAL}" stroke-width="2.4"/>'
    for point in points:
        yield (
            f'<circle cx="{frame.x(point.year):.1f}" cy="{frame.y(point.value):.1f}" r="4" fill="{TEAL}" '
            f'stroke="#fff" stroke-width="1.4"><title>{point.year} {figure(path, point.value, lang)}</title></circle>'
        )


def _ends(path: Path, frame: Frame, lang: str) -> Iterator[str]:
    """Yield the words at the right: target, newest actual, runs; moved apart where they would touch."""
    paper = frame.paper
    wanted: list[tuple[float, str, str, int]] = []  # place, markup, colour, weight
    if path.target is not None:
        x, y = frame.x(path.target.year), frame.y(path.target.value)
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#fff" stroke="{NAVY}" stroke-width="2.4"/>'
        wanted.append((y, f"{WORDS['target'].get(lang)} {brief_figure(path, path.target.value, lang)}", NAVY, 700))
    if path.latest is not None:
        shown = brief_figure(path, path.latest.value, lang)
        wanted.append((frame.y(path.latest.value), f"{WORDS['actual'].get(lang)} {shown}", TEAL, 700))
    elif path.baseline is not None:
        shown = brief_figure(path, path.baseline.value, lang)
        wanted.append((frame.y(path.baseline.value), f"{WORDS['baseline'].get(lang)} {shown}", TEAL, 400))
    runs = [(frame.y(value), words, INK, 700) for value, words in _run_words(path, lang)]
    if len(runs) > paper.lines - len(wanted):  # the list beside the chart names them all
        runs = [min(runs), max(runs)]
    wanted += runs
    places = spread_out([w[0] for w in wanted], paper.gap, frame.foot)
    for y, (_, words, fill, weight) in zip(places, wanted, strict=True):
        yield _text(frame.right + ASIDE + 5, y + 4, words, fill=fill, size=paper.size, weight=weight, plain=False)


def _run_words(path: Path, lang: str) -> Iterator[tuple[float, str]]:
    """Yield value and words of the runs, those that print alike once: the sign of each, then the value."""
    alike: dict[str, tuple[float, list[int]]] = {}
    for number, one in enumerate(path.forecasts):
        if one.value is not None and math.isfinite(one.value):
            alike.setdefault(brief_figure(path, one.value, lang), (one.value, []))[1].append(number)
    for shown, (value, numbers) in alike.items():
        signs = "".join(f'<tspan fill="{run_color(number)}">◆</tspan>' for number in numbers[:MOST_SIGNS])
        further = f"+{len(numbers) - MOST_SIGNS}" if len(numbers) > MOST_SIGNS else ""
        yield value, f"{signs}{further} {escape(shown)}"


def spread_out(places: list[float], gap: float, foot: float) -> list[float]:
    """Return places on a line moved apart so that neighbours are at least a gap apart, in the same order."""
    order = sorted(range(len(places)), key=lambda n: places[n])
    moved = list(places)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + gap)
    over = max((moved[n] for n in order), default=0.0) - foot
    return [y - over for y in moved] if over > 0 else moved


def _text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    fill: str = INK,
    size: int,
    weight: int = 400,
    plain: bool = True,
) -> str:
    """Return an element of text; words that are not plain are markup already."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}" '
        f'font-weight="{weight}">{escape(words) if plain else words}</text>'
    )


def legend_words(paths: Iterable[Path], lang: str) -> list[str]:
    """Return what the signs of the charts mean."""
    keys = ["actual", "line", "target"]
    drawn = [path for path in paths if any(f.value is not None for f in path.forecasts)]
    keys += ["run"] if drawn else []
    keys += ["fan"] if any(has_fans(path) for path in drawn) else []
    return [f"{SIGNS[key]} {WORDS[key].get(lang)}" for key in keys]
