"""Owns the frame of the tables that twin the maps, and the words of their grid."""

from __future__ import annotations

import dash_ag_grid as dag
from dash import html

from app.components.attributes import aria
from app.features.compare.ids import Id
from app.text import say


def build_twins(lang: str) -> html.Div:
    """Return the two tables under the maps."""
    return html.Div(
        [
            html.Section(
                [html.H3(say(lang, f"table_{side}"), id=f"twin-title-{side}"), _grid(f"table-{side}", lang)],
                id=f"twin-{side}",
                className="twin",
                **aria(labelledby=f"twin-title-{side}"),
            )
            for side in ("left", "right")
        ],
        id=Id.TABLES + "-area",
        className="twins",
    )


def _grid(component: str, lang: str) -> dag.AgGrid:
    return dag.AgGrid(
        id=component,
        columnDefs=[],
        rowData=[],
        className="grid",
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "suppressHeaderMenuButton": True,
            "suppressMovable": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
        },
        dashGridOptions={
            "localeText": grid_words(lang),
            "rowHeight": 28,
            "headerHeight": 32,
            "animateRows": False,
            "suppressCellFocus": False,
            "enableCellTextSelection": True,
        },
    )


def grid_words(lang: str) -> dict[str, str]:
    """Return the words of the grid that can appear, in Japanese; the grid itself speaks English."""
    ja = {
        "noRowsToShow": "表示する行がありません",
        "loadingOoo": "読み込み中…",
        "ariaSortableColumn": "Enter キーで並べ替え",
        "ariaColumn": "列",
        "ariaRowSelect": "スペースキーで選択",
    }
    return ja if lang == "ja" else {}
