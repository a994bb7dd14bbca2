"""Owns the component ids of the comparison."""

from __future__ import annotations

from enum import StrEnum


class Id(StrEnum):
    """Ids of the comparison, in order of the screen."""

    URL = "url"
    STATE = "state"
    PAINT = "paint"
    DRAWN = "drawn"
    CAMERA = "camera"
    KEYS = "keys"
    QUERY = "query"
    CLOSED = "closed"
    ASKED = "asked"
    MIRRORED = "mirrored"
    SHELL = "shell"
    HEAD = "head"
    CONTROLS = "controls"
    LEFT = "left"
    RIGHT = "right"
    SWAP = "swap"
    METRIC = "metric"
    GROUP = "group"
    THRESHOLD = "threshold"
    MODE = "mode"
    SWIPE = "swipe"
    TILES = "tiles"
    TABLES = "tables"
    PUBLIC = "public"
    PRESENT = "present"
    PRESENT_END = "present-end"
    LANG = "lang"
    NOTES = "notes"
    CAPTION_LEFT = "caption-left"
    CAPTION_RIGHT = "caption-right"
    LEGEND = "legend"
    TWIN_LEFT = "twin-left"
    TWIN_RIGHT = "twin-right"
    TABLE_LEFT = "table-left"
    TABLE_RIGHT = "table-right"
    CARDS = "cards"
    DRAWER = "explanation"
    DRAWER_BODY = "explanation-body"
    DRAWER_INPUTS = "explanation-inputs"
    TARGETS = "targets"
    TARGETS_OPEN = "targets-open"
    TARGETS_BODY = "targets-body"
    FOOT = "foot"
    DIGEST = "digest"
    CREDITS = "credits"
    CREDITS_OPEN = "credits-open"
    CREDITS_BODY = "credits-body"


class Kind(StrEnum):
    """Kinds of components of which there are many."""

    CARD = "card"
