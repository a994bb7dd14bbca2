"""Owns what a feed says about itself: publisher, version, span, language, official names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.calendar import parse_date
from geodata.errors import DataError

if TYPE_CHECKING:
    from geodata.readers.gtfs_tables import Feed


@dataclass(frozen=True, slots=True)
class FeedAbout:
    """
    What a feed says about itself; "" = it does not say.

    `start`, `end`: span named in ``feed_info.txt`` (ISO 8601). `agencies`: names of ``agency.txt``;
    `official_names`, `offices`: those of ``agency_jp.txt`` and ``office_jp.txt``; `routes_updated`: latest
    ``route_update_date`` of ``routes_jp.txt`` (ISO 8601); `licence`: text of ``attributions.txt`` or feed_info.
    """

    publisher: str = ""
    publisher_url: str = ""
    version: str = ""
    start: str = ""
    end: str = ""
    language: str = ""
    agencies: tuple[str, ...] = ()
    official_names: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    routes_updated: str = ""
    licence: str = ""


def about_of(feed: Feed) -> FeedAbout:
    """Return what a feed says about itself; a date that is none is left empty."""
    updated = [_date(d) for t in ("routes_jp", "pattern_jp") for d in feed.column(t, "route_update_date").unique()]
    return FeedAbout(
        publisher=_first(feed, "feed_info", "feed_publisher_name"),
        publisher_url=_first(feed, "feed_info", "feed_publisher_url"),
        version=_first(feed, "feed_info", "feed_version"),
        start=_date(_first(feed, "feed_info", "feed_start_date")),
        end=_date(_first(feed, "feed_info", "feed_end_date")),
        language=_first(feed, "feed_info", "feed_lang") or _first(feed, "agency", "agency_lang"),
        agencies=_all(feed, "agency", "agency_name"),
        official_names=_all(feed, "agency_jp", "agency_official_name"),
        offices=_all(feed, "office_jp", "office_name"),
        routes_updated=max(updated, default=""),
        licence=_first(feed, "feed_info", "feed_license") or _first(feed, "attributions", "attribution_license"),
    )


def _first(feed: Feed, table: str, column: str) -> str:
    return next((str(v) for v in feed.column(table, column) if v), "")


def _all(feed: Feed, table: str, column: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(v) for v in feed.column(table, column) if v))


def _date(text: str) -> str:
    try:
        return parse_date(text).isoformat() if text else ""
    except DataError:
        return ""
