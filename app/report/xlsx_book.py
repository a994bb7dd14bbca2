"""Owns writing a workbook as XLSX: types, frozen headings, widths, print set-up; text is never taken for a formula."""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING, Any

from app.report.table_book import Entry, Figure, Sheet
from app.text import say

if TYPE_CHECKING:
    from pathlib import Path

    from app.report.table_book import Book

FONT, SIZE = "BIZ UDPゴシック", 10
INK, NAVY, SOFT, HEAD, BAND, RULE, FILL = "#17212B", "#0B2545", "#4A5567", "#E3EAF2", "#CBD8E6", "#C5CED8", "#FFF6D6"
ALARM, STRONG = "#9B1C1C", "#F3F6F9"
A4 = 9
LINE_PT, LEAST_PT, HEAD_PT = 13.5, 15.0, 16.0
TALLEST_PT = 400.0
MOST_HEAD_LINES = 5


def write_book(book: Book, path: Path) -> Path:
    """Write a workbook and return its path."""
    import xlsxwriter  # type: ignore[import-untyped] # noqa: PLC0415 - only where a workbook is written

    options = {
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "default_format_properties": {"font_name": FONT, "font_size": SIZE, "font_color": INK, "valign": "vcenter"},
    }
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties(
            {"title": book.title, "subject": book.about, "author": "Ekisei", "comments": book.about}
        )
        styles = _Styles(workbook)
        for sheet in book.sheets:
            _write_sheet(workbook.add_worksheet(sheet.name), sheet, book, styles)
    return path


class _Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def of(self, **properties: object) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(dict(properties))
        return self._made[key]


def _write_sheet(page: Any, sheet: Sheet, book: Book, styles: _Styles) -> None:
    wide = sum(column.width for column in sheet.columns)
    last = len(sheet.columns) - 1
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
    page.set_row(0, 22)
    page.write_string(0, 0, sheet.title, styles.of(bold=True, font_size=14, font_color=NAVY))
    row = 1
    for line in sheet.lead:
        row = _write_line(page, row, line, last, wide, styles.of(text_wrap=True, font_color=SOFT, valign="top"))
    for line in sheet.alarms:
        row = _write_line(page, row, line, last, wide, styles.of(text_wrap=True, font_color=ALARM, bold=True))
    if sheet.bands:
        _write_bands(page, row, sheet, styles)
        row += 1
    head = row
    _write_head(page, head, sheet, styles)
    for number in range(len(sheet.rows)):
        _write_row(page, head + 1 + number, sheet, number, styles)
    row = head + 1 + len(sheet.rows)
    if sheet.rows:
        page.autofilter(head, 0, row - 1, last)
    row += 1
    for line in sheet.notes:
        row = _write_line(page, row, line, last, wide, styles.of(text_wrap=True, font_color=SOFT, valign="top"))
    page.freeze_panes(head + 1, sheet.frozen)
    _set_up_print(page, sheet, book, head, max(row - 1, head), last)


def _write_line(page: Any, row: int, text: str, last: int, wide: float, style: Any) -> int:
    """Write a line over the whole width of the table, as high as it takes; return the next row."""
    if last:
        page.merge_range(row, 0, row, last, "", style)
    page.write_string(row, 0, text, style)
    page.set_row(row, max(LEAST_PT, LINE_PT * _lines(text, wide)))
    return row + 1


def _write_bands(page: Any, row: int, sheet: Sheet, styles: _Styles) -> None:
    style = styles.of(bold=True, font_color=NAVY, bg_color=BAND, align="center", border=1, border_color=RULE)
    column = 0
    for text, n in sheet.bands:
        if not text:
            column += n
            continue
        if n > 1:
            page.merge_range(row, column, row, column + n - 1, "", style)
        page.write_string(row, column, text, style)
        column += n


def _write_head(page: Any, row: int, sheet: Sheet, styles: _Styles) -> None:
    style = styles.of(
        bold=True, text_wrap=True, font_color=NAVY, bg_color=HEAD, align="center", border=1, border_color=RULE
    )
    lines = max((_lines(column.title, column.width - 2) for column in sheet.columns), default=1)
    page.set_row(row, HEAD_PT + LINE_PT * min(lines, MOST_HEAD_LINES))
    for number, column in enumerate(sheet.columns):
        page.write_string(row, number, column.title, style)


def _write_row(page: Any, row: int, sheet: Sheet, number: int, styles: _Styles) -> None:
    lines = 1
    for place, (column, cell) in enumerate(zip(sheet.columns, sheet.rows[number], strict=True)):
        look = _look(sheet, number, place)
        held: Figure | str | None = cell.held if isinstance(cell, Entry) else cell
        if isinstance(held, Figure):
            page.write_number(row, place, held.value, styles.of(**look, num_format=held.form, align="right"))
        elif held:
            side: dict[str, object] = {"align": "right"} if column.right else {"align": "left", "indent": 1}
            page.write_string(row, place, held, styles.of(**look, **side))
            lines = max(lines, _lines(held, column.width - (0 if column.right else 1)))
        else:
            form = {"num_format": cell.form} if isinstance(cell, Entry) else {}
            page.write_blank(row, place, None, styles.of(**look, **form))
    page.set_row(row, min(max(LEAST_PT, LINE_PT * lines + 2), TALLEST_PT))


def _look(sheet: Sheet, number: int, place: int) -> dict[str, object]:
    """Return how a cell looks, whatever it holds."""
    look: dict[str, object] = {"border": 1, "border_color": RULE, "text_wrap": True}
    if number in sheet.strong:
        look |= {"bold": True, "bg_color": STRONG}
    if number in sheet.starts:
        look |= {"top": 2, "top_color": NAVY}
    elif sheet.starts and place < sheet.frozen - 1:
        look |= {"font_color": SOFT}
    if isinstance(sheet.rows[number][place], Entry):
        look |= {"bg_color": FILL}
    return look


def _set_up_print(page: Any, sheet: Sheet, book: Book, head: int, bottom: int, last: int) -> None:
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(head - bool(sheet.bands), head)
    page.print_area(0, 0, bottom, last)
    title, page_word = book.title.replace("&", "&&"), say(book.lang, "book_page")
    page.set_footer(f"&L&8{title}&C&8{page_word} &P / &N&R&8{book.about.replace('&', '&&')[:90]}")
    page.hide_gridlines(2)


def half_widths(text: str) -> int:
    """Return how many signs of half width a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def _lines(text: str, wide: float) -> int:
    """Return the lines that a text takes in a width of so many signs."""
    return sum(max(1, math.ceil(half_widths(part) / max(wide - 1, 1))) for part in text.split("\n"))
