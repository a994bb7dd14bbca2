"""Owns the English words of the commands on a planner's own scenarios."""

MESSAGES: dict[str, str] = {
    "help.scenario.drafts": (
        "List your own scenarios, as saved on the page that edits them\n\nExample\n  ekisei scenario drafts"
    ),
    "help.scenario.history": (
        "Show when, by whom and why one of your scenarios was changed\n\nExample\n  ekisei scenario history my-plan"
    ),
    "help.scenario.restore": (
        "Go back to an earlier revision; the present one stays in the history, a deleted scenario comes back\n\n"
        "Example\n  ekisei scenario restore my-plan 3 --who planning"
    ),
    "help.scenario.drafts.folder": "Folder of your own scenarios (default: in the user's folder)",
    "help.scenario.draft": "Id of one of your own scenarios",
    "help.scenario.number": "Number of the revision, as history shows it",
    "help.scenario.who": "Who restores it, for the history",
    "help.scenario.why": "Why, for the history",
    "draft.none": "No scenarios of your own yet (folder: {folder})",
    "draft.folder": "Folder: {folder} (ekisei run takes its files as they are)",
    "draft.deleted": "Deleted, restore brings them back: {names}",
    "draft.restored": "{id} is what it was in revision {old} (revision {new})",
    "draft.number": "No.",
    "draft.at": "At (UTC)",
    "draft.who": "Who",
    "draft.why": "Why",
    "draft.state": "State",
    "draft.saved": "saved",
    "draft.gone": "deleted",
    "draft.fine": "fine",
    "draft.broken": "{n} problems",
}
