"""Owns the signs of the map legend on sheets, as small pictures that any printer keeps."""

from __future__ import annotations

from app.report.maps_furniture import DOT_SIGNS, LINE_SIGNS, MARKED
from app.report.maps_signs import CHANGE, GREEN, INK, WHITE

WIDE, HIGH = 28, 14
_DASHES = {"assumed": "5 3", "removed": "4 3", "tour": "2 3", "autonomous": "6 3"}


def sign_svg(key: str) -> str:
    """Return the sign of a line, a point or an area."""
    return f'<svg viewBox="0 0 {WIDE} {HIGH}" xmlns="http://www.w3.org/2000/svg">{_inner(key)}</svg>'


def _inner(key: str) -> str:
    if key == "rail":
        return (
            f'<path d="M0 7H28" stroke="{INK}" stroke-width="6"/>'
            f'<path d="M1 7H27" stroke="{WHITE}" stroke-width="3.4" stroke-dasharray="4 4"/>'
        )
    if key in LINE_SIGNS:
        color, width, _ = LINE_SIGNS[key]
        dash = f' stroke-dasharray="{_DASHES[key]}"' if key in _DASHES else ""
        return f'<path d="M0 7H28" stroke="{color}" stroke-width="{1.7 * width:.1f}"{dash}/>'
    if key == "on_demand":
        return (
            f'<rect x="1" y="2" width="26" height="10" fill="#eef2e3" stroke="{GREEN}" stroke-width="1.8" '
            'stroke-dasharray="4 2.5"/>'
        )
    if key == "closure":
        return f'<circle cx="14" cy="7" r="5.4" fill="{WHITE}" stroke="{CHANGE["removed"]}" stroke-width="2"/>'
    fill, mark = MARKED.get(key, (DOT_SIGNS.get(key, "#37474f"), ""))
    word = f'<text x="14" y="10" text-anchor="middle" font-size="9" fill="{WHITE}">{mark}</text>' if mark else ""
    return f'<circle cx="14" cy="7" r="{6.6 if mark else 4.6}" fill="{fill}"/>{word}'
