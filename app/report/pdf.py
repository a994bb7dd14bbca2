"""Owns turning markup into PDF: one embedded typeface, page numbers, and one message where Pango is missing."""

from __future__ import annotations

import base64
from importlib import import_module
from typing import TYPE_CHECKING, Any

from app.import_report.markup import esc
from app.report.fonts import FAMILY, font_file
from app.report.making import problem
from app.report.pdf_style import STYLE
from geodata.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

SIGNS = str.maketrans({"₂": "2", "┅": "…", "≤": "≦", "≥": "≧"})
"""Signs that the typeface lacks → what stands for them, so that no other typeface has to be there."""
LOCAL = ("data", "file")
"""Where a sheet may take things from: its own typeface, and pictures within it; nothing of any network."""


def write_pdf(path: Path, body: str, *, title: str, lang: str, page: str, foot: str) -> Path:
    """
    Write a PDF.

    Parameters
    ----------
    body
        Markup of all pages.
    page
        Size, such as ``A3 landscape``.
    foot
        Line at the foot of every page, before the page number.

    Raises
    ------
    UsageError
        Where the libraries of Pango cannot be loaded.
    """
    weasyprint = require_pango()
    fonts = import_module("weasyprint.text.fonts").FontConfiguration()
    fetcher = import_module("weasyprint.urls").URLFetcher(allowed_protocols=LOCAL)
    face = f'@font-face{{font-family:"{FAMILY}";src:url("{font_file().as_uri()}")}}'
    rules = face + page_rules(page, foot) + STYLE
    sheets = [weasyprint.CSS(string=rules, font_config=fonts, url_fetcher=fetcher)]
    document = weasyprint.HTML(string=page_text(body, title, lang), url_fetcher=fetcher)
    document.write_pdf(str(path), stylesheets=sheets, font_config=fonts)
    return path


def page_text(body: str, title: str, lang: str) -> str:
    """Return a document of the printer: its words are its own, so nothing is fetched."""
    head = f'<meta charset="utf-8"><title>{title}</title>'
    body = body.translate(SIGNS)
    return f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>'


def page_rules(page: str, foot: str) -> str:
    """Return size, margins and foot of the pages."""
    words = foot.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f"@page{{size:{page};margin:11mm 12mm 13mm;"
        f'@bottom-left{{content:"{words}";width:88%;font-size:7.5pt;color:#465463;vertical-align:top;padding-top:2mm}}'
        '@bottom-right{content:counter(page) " / " counter(pages);width:12%;font-size:9pt;color:#0b2545;'
        "vertical-align:top;padding-top:1.6mm}}"
    )


def require_pango() -> Any:
    """Return the library that sets PDF; where Pango is missing, refuse and say how to get it."""
    try:
        return import_module("weasyprint")  # slow; loads Pango
    except OSError as cause:
        raise UsageError(problem("no_pango", "PDF", cause=str(cause).splitlines()[0][:120])) from cause


def picture(png: bytes, alt: str, style: str) -> str:
    """Return a picture as an element of markup."""
    shown = base64.b64encode(png).decode()
    return f'<img style="{style}" src="data:image/png;base64,{shown}" alt="{esc(alt)}">'
