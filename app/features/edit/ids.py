"""Owns the names of the parts of the editor."""

from __future__ import annotations

from enum import StrEnum

ADDRESS = "/edit"


class Id(StrEnum):
    """Ids of components; `Kind` names those of which there are many."""

    # what the browser holds
    BEGIN = "edit-begin"  # how the page was opened
    SESSION = "edit-session"  # of this load of the page, for the engine
    LANG = "edit-lang"
    STATE = "edit-state"  # the scenario with its steps
    KEPT = "edit-kept"
    IN_HAND = "edit-in-hand"  # the tool, and the change that is open in its form
    SPOTS = "edit-spots"  # places chosen for the tool
    SKETCHED = "edit-sketched"
    REQUEST = "edit-request"  # what the map or a key asks for
    PICKED = "edit-picked"  # a place that was pointed at on the map
    WISHED = "edit-wished"  # of those of which there are many: what was pressed to change the scenario,
    TAKEN = "edit-taken"  # to have in hand,
    SORTED = "edit-sorted"  # to sort the places
    PAINT = "edit-paint"
    DRAWN = "edit-drawn"
    FOLLOWED = "edit-followed"
    ASKED = "edit-asked"  # what the engine was asked
    TOLD = "edit-told"  # number of the newest answer
    DOWNLOAD = "edit-download"
    # bar
    START = "edit-start"
    HEAD = "edit-head"
    UNDO = "edit-undo"
    REDO = "edit-redo"
    KEEP_OPEN = "edit-keep-open"
    COMPUTE = "edit-compute"
    MESSAGE = "edit-message"
    # tools
    TOOLS = "edit-tools"
    FORM_SHELL = "edit-form-shell"
    FORM = "edit-form"
    FORM_PROBLEMS = "edit-form-problems"
    SPOT_AREA = "edit-spot-area"
    SPOT_TITLE = "edit-spot-title"
    SPOT_HELP = "edit-spot-help"
    SPOT_LIST = "edit-spot-list"
    SPOT_PICK = "edit-spot-pick"
    SPOT_LAT = "edit-spot-lat"
    SPOT_LON = "edit-spot-lon"
    SPOT_ADD = "edit-spot-add"
    SPOT_PUT = "edit-spot-put"
    DO = "edit-do"
    CANCEL = "edit-cancel"
    AS_TEXT = "edit-as-text"
    LIST = "edit-list"
    # map and numbers
    SHOWN = "edit-shown"
    SHOWN_AS = "edit-shown-as"
    SHOWN_AS_PRESSED = "edit-shown-as-pressed"  # around it: once pressed, it is no longer set by the page
    LEGEND = "edit-legend"
    SIGNS = "edit-signs"
    CARDS = "edit-cards"
    # keeping
    KEEPING = "edit-keeping"
    KEEP_CLOSE = "edit-keep-close"
    TITLE_JA = "edit-title-ja"
    TITLE_EN = "edit-title-en"
    SCENARIO_ID = "edit-scenario-id"
    WHO = "edit-who"
    WHY = "edit-why"
    SAVE = "edit-save"
    SAVE_AS = "edit-save-as"
    RELOAD = "edit-reload"
    SAVED = "edit-saved"
    HISTORY = "edit-history"
    COMMAND = "edit-command"
    EXPORT = "edit-export"
    YAML = "edit-yaml"
    UPLOAD = "edit-upload"
    PASTE = "edit-paste"
    IMPORT = "edit-import"
    IMPORTED = "edit-imported"
    # what the scenario is
    ABOUT_OPEN = "edit-about-open"
    ABOUT_WINDOW = "edit-about-window"
    ABOUT_CLOSE = "edit-about-close"
    ABOUT_TITLE_JA = "edit-about-title-ja"
    ABOUT_TITLE_EN = "edit-about-title-en"
    ABOUT_WHAT_JA = "edit-about-what-ja"
    ABOUT_WHAT_EN = "edit-about-what-en"
    ABOUT_YEAR = "edit-about-year"
    ABOUT_AGAINST = "edit-about-against"
    ABOUT_PROBLEMS = "edit-about-problems"
    ABOUT_DO = "edit-about-do"
    # one change as text
    TEXT_WINDOW = "edit-text-window"
    TEXT_CLOSE = "edit-text-close"
    TEXT = "edit-text"
    TEXT_PROBLEMS = "edit-text-problems"
    TEXT_DO = "edit-text-do"


class Kind(StrEnum):
    """Kinds of components of which there are many."""

    TOOL = "edit-tool"
    FIELD = "edit-field"
    SPOT = "edit-spot"
    SWITCH = "edit-switch"
    OPEN = "edit-open"
    DELETE = "edit-delete"
    RESTORE = "edit-restore"
