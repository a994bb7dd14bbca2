"""Owns the settings of one web app: where runs are read from, and what is shown first."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.access.rules import AccessRules

GSI_PALE = "https://cyberjapandata.gsi.go.jp/xyz/pale/{z}/{x}/{y}.png"


class Settings(BaseModel):
    """
    Settings of one app.

    `runs_folder` holds one run folder per scenario; `city_folder` a built city (None: the bundled one). `tiles_url`
    None removes the background tiles for good, as on a network that must not be left. `scenarios_folder` holds the
    planner's own scenarios (None: ``scenarios`` in the user's folder), `jobs_folder` the batches ordered on the page.
    `database` is the address of the database (None: a file of SQLite in the user's folder). `access` says who may do
    what; `home_folder` keeps the secret of the server between starts (None: it is not kept). `listen_host` and
    `listen_port`: where the server listens, which a workshop tells the phones of its participants.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    runs_folder: Path
    city_folder: Path | None = None
    lang: Literal["ja", "en"] = "ja"
    tiles_url: str | None = GSI_PALE
    scenarios_folder: Path | None = None
    jobs_folder: Path | None = None
    database: str | Path | None = Field(default=None, repr=False)  # an address may hold a password
    access: AccessRules = AccessRules()
    home_folder: Path | None = None
    listen_host: str = "127.0.0.1"
    listen_port: int = 8050

    @property
    def tiles_origin(self) -> str | None:
        """Scheme and host of the tiles, for the content policy."""
        return None if self.tiles_url is None else "/".join(self.tiles_url.split("/")[:3])
