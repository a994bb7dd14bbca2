"""Owns the settings of one web app: where runs are read from, and what is shown first."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

GSI_PALE = "https://cyberjapandata.gsi.go.jp/xyz/pale/{z}/{x}/{y}.png"


class Settings(BaseModel):
    """
    Settings of one app.

    `runs_folder` holds one run folder per scenario; `city_folder` a built city (None: the bundled one). `tiles_url`
    None removes the background tiles for good, as on a network that must not be left.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    runs_folder: Path
    city_folder: Path | None = None
    lang: Literal["ja", "en"] = "ja"
    tiles_url: str | None = GSI_PALE

    @property
    def tiles_origin(self) -> str | None:
        """Scheme and host of the tiles, for the content policy."""
        return None if self.tiles_url is None else "/".join(self.tiles_url.split("/")[:3])
