"""The bundled city 日立市: compiled fact tables with a manifest; nothing outside this folder is needed to load it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geodata.city import City


def load_hitachi() -> City:
    """Return the bundled city, read from the committed tables (well under a second)."""
    from geodata.hitachi.loading import load_bundle  # noqa: PLC0415 -- projections and tables only when asked for

    return load_bundle()


__all__ = ["load_hitachi"]
