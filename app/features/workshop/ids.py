"""Owns the ids of the facilitator's page."""

from __future__ import annotations

from enum import StrEnum

ADDRESS = "/workshop"


class Id(StrEnum):
    """Components of the page."""

    TITLE = "workshop-title"
    HELD_ON = "workshop-held-on"
    VENUE = "workshop-venue"
    QUESTION = "workshop-question"
    THEMES = "workshop-themes"
    RUNS = "workshop-runs"
    KEPT = "workshop-kept"
    OPEN = "workshop-open"
    OPENED = "workshop-opened"  # where to go next
    TOLD = "workshop-told"
    OF = "workshop-of"  # id of the workshop on the page
    LANG = "workshop-lang"
    TICK = "workshop-tick"
    DID = "workshop-did"  # counts what the facilitator did
    SHOWN = "workshop-shown"  # what stands on the page
    COUNTS = "workshop-counts"
    STORY = "workshop-story"
    RESULTS = "workshop-results"
    TAB = "workshop-tab"
    QUEUE = "workshop-queue"
    UNDO = "workshop-undo"
    SUMMARY = "workshop-summary"
    DRAFT = "workshop-draft"
    SAVED = "workshop-saved"
    SAVED_TOLD = "workshop-saved-told"
    NOTE = "workshop-note"
    NOTES = "workshop-notes"
    CLOSE = "workshop-close"
    CLOSE_ASK = "workshop-close-ask"
    CLOSED = "workshop-closed"
    DELETE_CODE = "workshop-delete-code"
    DELETE = "workshop-delete"
    DELETED = "workshop-deleted"


class Kind(StrEnum):
    """Kinds of buttons of which there are many."""

    STEP = "workshop-step"
    JUDGE = "workshop-judge"
    STRIKE = "workshop-strike"
