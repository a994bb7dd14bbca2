"""Owns native charts of slides: bars of several runs, and the path to a target with intervals as error bars."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.report.pptx_deck import INK, LEAST_PT, NAVY, RULE, SOFT, describe, name_fonts, rgb
from app.spreadsheet import safe_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    Box = tuple[float, float, float, float]

COLORS = ("8A97A6", "0F766E", "7A3B8F", "B25A00")
"""What is compared with first; told apart by the legend and, on paths, by their signs as well."""
PATTERNED = 2
"""Sets of bars before those that are hatched."""
MOST_LABELS = 16
"""Bars that carry their number; more would write over each other."""
PAD, MOST_TICKS, SAME = 0.18, 6, 1e-9


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a chart stands: slide, box [inches], number format, and words for who cannot see it."""

    slide: Any
    box: Box
    form: str
    words: str


@dataclass(frozen=True, slots=True)
class Bars:
    """One set of bars: its name, and a value for each category, NaN = none."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line over the years: its name, a value for each, NaN = none; ``low`` and ``high`` its interval.

    `look`: ``line`` (dashed, no signs), ``actual`` or ``run``.
    """

    name: str
    values: tuple[float, ...]
    look: str
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


def bar_chart(spot: Spot, categories: Sequence[str], bars: Sequence[Bars], *, upright: bool = False) -> Any:
    """Add a chart of bars beside each other and return it."""
    from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION  # noqa: PLC0415 - only where slides are made

    kind = XL_CHART_TYPE.COLUMN_CLUSTERED if upright else XL_CHART_TYPE.BAR_CLUSTERED
    chart = _add(spot, kind, categories, [(one.name, one.values) for one in bars])
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 55, -5
    for number, series in enumerate(plot.series):
        _paint(series.format, number)
    if len(categories) * len(bars) <= MOST_LABELS:
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked = spot.form, False
        labels.position = XL_LABEL_POSITION.OUTSIDE_END
        _font(labels.font)
    if not upright:
        chart.category_axis.reverse_order = True  # first category on top
    if plot.has_data_labels:
        chart.value_axis.visible = False
    if len(bars) == 1:  # each bar its own colour, as where they stand beside each other
        chart.has_legend = False
        for number in range(len(categories)):
            _paint(plot.series[0].points[number].format, number)
    chart.value_axis.minimum_scale = 0
    if "%" in spot.form:
        chart.value_axis.maximum_scale = 1
    chart.value_axis.has_major_gridlines = False
    return chart


def path_chart(spot: Spot, years: Sequence[str], lines: Sequence[Line]) -> Any:
    """Add a chart of lines over the years and return it; intervals are error bars."""
    from pptx.enum.chart import XL_CHART_TYPE  # noqa: PLC0415

    chart = _add(spot, XL_CHART_TYPE.LINE_MARKERS, years, [(one.name, one.values) for one in lines])
    known = [v for one in lines for v in (*one.values, *one.low, *one.high) if math.isfinite(v)]
    if known:
        pad = (max(known) - min(known)) * PAD or abs(max(known)) * PAD / 4 or 1.0
        low = max(min(known) - pad, 0.0) if min(known) >= 0 else min(known) - pad
        step = round_step(max(known) + pad - low)
        chart.value_axis.minimum_scale = math.floor(low / step + SAME) * step
        chart.value_axis.maximum_scale = math.ceil((max(known) + pad) / step - SAME) * step
        chart.value_axis.major_unit = step
    run = 0
    for one, series in zip(lines, chart.plots[0].series, strict=True):
        series.smooth = False
        _draw_line(series, one, run)
        run += one.look == "run"
        if one.low:
            _add_error_bars(series, one)
        if one.look != "line":
            _label_points(series, one, spot.form)
    return chart


def round_step(wide: float) -> float:
    """Return a round distance between ticks, so that four to eight of them cover a range."""
    power = 10.0 ** math.floor(math.log10(wide / 4))
    return next(power * one for one in (1, 2, 2.5, 5, 10) if wide / (power * one) <= MOST_TICKS)


def _add(spot: Spot, kind: Any, categories: Sequence[str], series: Sequence[tuple[str, Sequence[float]]]) -> Any:
    from pptx.chart.data import CategoryChartData  # noqa: PLC0415
    from pptx.enum.chart import XL_LEGEND_POSITION  # noqa: PLC0415
    from pptx.util import Inches  # noqa: PLC0415

    held: Any = CategoryChartData(number_format=spot.form)  # type: ignore[no-untyped-call]
    held.categories = [safe_text(one) for one in categories]
    for name, values in series:
        held.add_series(safe_text(name), [v if math.isfinite(v) else None for v in values])
    shape = spot.slide.shapes.add_chart(kind, *(Inches(side) for side in spot.box), held)
    describe(shape, spot.words)
    chart = shape.chart
    _font(chart.font)
    chart.has_title = False
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    _font(chart.legend.font)
    for axis in (chart.category_axis, chart.value_axis):
        _font(axis.tick_labels.font)
        axis.format.line.color.rgb = rgb(RULE)
    chart.value_axis.major_gridlines.format.line.color.rgb = rgb(RULE)
    chart.value_axis.tick_labels.number_format = spot.form
    chart.value_axis.tick_labels.number_format_is_linked = False
    return chart


def _font(font: Any) -> None:
    from pptx.util import Pt  # noqa: PLC0415

    font.size = Pt(LEAST_PT)
    font.color.rgb = rgb(INK)
    name_fonts(font._rPr)  # noqa: SLF001 - the library has no East-Asian fonts


def _paint(look: Any, number: int) -> None:
    """Fill and outline bars: by colour, and by hatching from the third on, for who cannot tell colours apart."""
    from pptx.enum.dml import MSO_PATTERN  # noqa: PLC0415

    color, fill = COLORS[number % len(COLORS)], look.fill
    look.line.color.rgb = rgb(color)
    if number < PATTERNED:
        fill.solid()
        fill.fore_color.rgb = rgb(color)
        return
    fill.patterned()
    fill.pattern = MSO_PATTERN.DARK_HORIZONTAL if number % 2 else MSO_PATTERN.DARK_UPWARD_DIAGONAL
    fill.fore_color.rgb, fill.back_color.rgb = rgb(color), rgb("FFFFFF")


def _draw_line(series: Any, one: Line, run: int) -> None:
    from pptx.enum.chart import XL_MARKER_STYLE  # noqa: PLC0415
    from pptx.enum.dml import MSO_LINE  # noqa: PLC0415
    from pptx.util import Pt  # noqa: PLC0415

    color = {"line": SOFT, "actual": NAVY}.get(one.look, COLORS[(run + 1) % len(COLORS)])
    series.format.line.color.rgb = rgb(color)
    series.format.line.width = Pt(2.25)
    if one.look == "line":
        series.format.line.dash_style = MSO_LINE.DASH
        series.marker.style = XL_MARKER_STYLE.NONE
        return
    signs = (XL_MARKER_STYLE.DIAMOND, XL_MARKER_STYLE.SQUARE, XL_MARKER_STYLE.TRIANGLE)
    series.marker.style = XL_MARKER_STYLE.CIRCLE if one.look == "actual" else signs[run % len(signs)]
    series.marker.size = 13
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = rgb(color)


def _label_points(series: Any, one: Line, form: str) -> None:
    """Write the value beside each point there is."""
    from pptx.enum.chart import XL_LABEL_POSITION  # noqa: PLC0415

    labels = series.data_labels
    labels.show_value = True
    labels.number_format, labels.number_format_is_linked = form, False
    beside = XL_LABEL_POSITION.LEFT if math.isfinite(one.values[-1]) else XL_LABEL_POSITION.RIGHT
    labels.position = beside if one.look == "run" else XL_LABEL_POSITION.ABOVE
    _font(labels.font)


def _add_error_bars(series: Any, one: Line) -> None:
    """Draw the interval of each value as bars of its own length."""
    from pptx.oxml.ns import qn  # noqa: PLC0415

    element = series._element  # noqa: SLF001 - the library has no error bars
    bars = element.makeelement(qn("c:errBars"), {})
    for tag, value in (("errDir", "y"), ("errBarType", "both"), ("errValType", "cust"), ("noEndCap", "0")):
        bars.append(element.makeelement(qn(f"c:{tag}"), {"val": value}))
    for tag, ends in (("plus", one.high), ("minus", one.low)):
        lengths = [abs(end - value) for end, value in zip(ends, one.values, strict=True)]
        bars.append(_literal(element, tag, lengths))
    before = next(child for child in element if child.tag in {qn("c:cat"), qn("c:val")})
    before.addprevious(bars)


def _literal(element: Any, tag: str, lengths: Sequence[float]) -> Any:
    from pptx.oxml.ns import qn  # noqa: PLC0415

    side = element.makeelement(qn(f"c:{tag}"), {})
    literal = element.makeelement(qn("c:numLit"), {})
    side.append(literal)
    for name, text in (("formatCode", "General"),):
        child = element.makeelement(qn(f"c:{name}"), {})
        child.text = text
        literal.append(child)
    literal.append(element.makeelement(qn("c:ptCount"), {"val": str(len(lengths))}))
    for number, length in enumerate(lengths):
        if math.isfinite(length):
            point = element.makeelement(qn("c:pt"), {"idx": str(number)})
            value = element.makeelement(qn("c:v"), {})
            value.text = repr(float(length))
            point.append(value)
            literal.append(point)
    return side
