"""Owns the list of what can be handed out: id, title, formats, and what builds it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from geodata.errors import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.report.order import Order

    Builder = Callable[[Order], tuple[Path, ...]]


@dataclass(frozen=True, slots=True)
class Kind:
    """
    One kind of printed matter.

    Parameters
    ----------
    id
        Word on the command line and in addresses.
    title
        What a planner calls it.
    formats
        Endings it comes in, the usual one first.
    writer
        ``module:function``, imported when it is asked for: drawing libraries are slow. It takes an `Order`, writes into
        its folder and returns what it wrote.
    together
        Whether several runs make one file; else one file (or set of files) is made for each run.
    most
        How many runs one file holds; None: any number.
    mapped
        Whether it shows a map: where no metric is asked for, the one that moves most is chosen for it.
    """

    id: str
    title: Text
    formats: tuple[str, ...]
    writer: str
    together: bool = False
    mapped: bool = False
    most: int | None = None

    @property
    def build(self) -> Builder:
        """What writes it."""
        module, _, name = self.writer.partition(":")
        found: Builder = getattr(import_module(module), name)
        return found


KINDS: tuple[Kind, ...] = (
    Kind(
        "summary",
        Text("概要版（A3 横）", "Summary (A3 landscape)"),
        ("pdf",),
        "app.report.pdf_summary:write_summary",
        together=True,
        mapped=True,
        most=3,
    ),
    Kind(
        "card", Text("施策カルテ（A4）", "Scenario sheet (A4)"), ("pdf",), "app.report.pdf_card:write_card", mapped=True
    ),
    Kind(
        "html",
        Text("1 ファイルの地図（HTML）", "Map in one file (HTML)"),
        ("html",),
        "app.report.html_map:write_page",
        mapped=True,
    ),
    Kind(
        "png",
        Text("地図の画像（300 dpi）", "Maps as pictures (300 dpi)"),
        ("png",),
        "app.report.maps:write_maps",
        mapped=True,
    ),
    Kind(
        "geo",
        Text("GIS データ", "GIS layers"),
        ("gpkg", "parquet"),
        "app.report.geo:write_layers",
    ),
    Kind(
        "routes",
        Text("路線カルテ・系統図・時刻表", "Route sheets, strips and timetables"),
        ("pdf", "csv"),
        "app.report.pdf_routes:write_routes",
    ),
    Kind(
        "districts",
        Text("町丁・地区別一覧（表）", "Districts (table)"),
        ("xlsx", "csv"),
        "app.report.table_district_book:write_districts",
    ),
    Kind(
        "strategy",
        Text("総合戦略 KPI検証シート（表）", "Strategy: KPIs examined (table)"),
        ("xlsx",),
        "app.report.table_strategy:write_strategy",
        together=True,
    ),
    Kind(
        "transport-plan",
        Text("地域公共交通計画の評価（表）", "Regional transport plan: evaluation (table)"),
        ("xlsx",),
        "app.report.table_transport:write_transport_plan",
        together=True,
    ),
    Kind(
        "health-check",
        Text("まちづくりの健康診断（表）", "Health check of the city (table)"),
        ("xlsx", "csv"),
        "app.report.table_health_book:write_health_check",
    ),
    Kind(
        "all-kpis",
        Text("全指標（表）", "All KPIs (table)"),
        ("xlsx",),
        "app.report.table_all_kpis:write_all_kpis",
        together=True,
    ),
    Kind(
        "slides",
        Text("スライド（PowerPoint）", "Slides (PowerPoint)"),
        ("pptx",),
        "app.report.pptx_slides:write_slides",
        together=True,
        mapped=True,
    ),
)
"""In the order of the help."""


def find_kind(kind_id: str) -> Kind | None:
    """Return a kind by its id, or None."""
    return next((kind for kind in KINDS if kind.id == kind_id), None)
