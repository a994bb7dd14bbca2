"""Owns the addresses of what the plain pages of the workshop load: their own style and script, and the map's."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "assets"
FILES = {
    "css": "workshop.css",
    "outbox_js": "workshop_outbox.js",
    "js": "workshop_phone.js",
    "wall_js": "workshop_wall.js",
    "pin_js": "workshop_pin_map.js",
    "map_js": "vendor/1-maplibre-gl.js",
    "map_css": "vendor/1-maplibre-gl.css",
}


@lru_cache(maxsize=1)
def asset_urls() -> dict[str, str]:
    """Return name → address; it changes with the file, so that no phone keeps an old one."""
    return {name: f"/assets/{path}?v={_digest(FOLDER / path)}" for name, path in FILES.items()}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "0"
