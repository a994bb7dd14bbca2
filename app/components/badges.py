"""Owns the small labels: how sure a number is, and how firm a plan is."""

from __future__ import annotations

from dash import html

from app.text import say
from app.theme import STATUS_CLASS
from geodata.provenance import STATUS_TEXT, Status


def status_badge(status: Status, lang: str) -> html.Span:
    """Return 実測, 公表推計, 試算 or 仮定 as a label; shape and word tell, not only colour."""
    return html.Span(STATUS_TEXT[status].get(lang), className=f"badge status-{STATUS_CLASS[status]}")


def plan_badge(plan_status: str, *, is_baseline: bool, lang: str) -> html.Span:
    """Return 計画に記載, 検討中, 仮想 or 現況 as a label."""
    key = "baseline" if is_baseline else plan_status
    return html.Span(say(lang, f"plan_{key}"), className=f"badge plan-{key}")
