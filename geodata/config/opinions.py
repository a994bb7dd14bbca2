"""Owns how residents' opinions are configured."""

from __future__ import annotations

from pydantic import Field

from geodata.config.base import Frozen


class OpinionsConfig(Frozen):
    """
    みんなの声: a survey CSV with place or district, theme, text and age group.

    Columns are guessed from their Japanese headings where they are not given. Personal fields (name, address, phone,
    mail) are never read; `drop` names further columns to leave out.
    """

    path: str
    text: str | None = None
    theme: str | None = None
    place: str | None = None
    district: str | None = None
    age_group: str | None = None
    lon: str | None = None
    lat: str | None = None
    date: str | None = None
    drop: tuple[str, ...] = Field(default=())
    source: str | None = None
