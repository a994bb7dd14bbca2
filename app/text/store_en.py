"""Owns the English words of ``ekisei store``."""

MESSAGES: dict[str, str] = {
    "help.store": "Look over what is stored, and make room",
    "help.store.verify": (
        "Look over everything that is stored; name each damaged file with what to do (nothing is changed)\n"
        "\n"
        "Results, draws, travel times, own scenarios with their history, users, the database, records of jobs, and the "
        "run folders named by --runs are compared with their checksums. Exit code 3 if something is damaged.\n"
        "\n"
        "Examples\n"
        "  ekisei store verify\n"
        "  ekisei store verify --runs out/library --runs out/mine"
    ),
    "help.store.gc": (
        "Remove results that are used no more (nothing that a person wrote)\n"
        "\n"
        "What another version of Ekisei computed, and what was left half written more than a day ago. It may be run "
        "beside a running batch. Whatever is missing later is computed again.\n"
        "\n"
        "Examples\n"
        "  ekisei store gc --dry-run\n"
        "  ekisei store gc --keep-days 30\n"
        "  ekisei store gc --runs out/library"
    ),
    "help.store.runs": "look at run folders too (--out of run or batch; may be repeated)",
    "help.store.folder": "folder of own scenarios (default: scenarios in the user's folder)",
    "help.store.database": "file of SQLite (default: desk.sqlite in the user's folder)",
    "help.store.dry_run": "remove nothing; only say what and how much",
    "help.store.keep_days": "keep what other versions computed for N days",
    "store.checking": "checking",
    "store.looking": "looking",
    "store.removing": "removing",
    "store.place": "store: {path}",
    "store.counted": "  {kind}: {n}",
    "store.results": "results",
    "store.draws": "draws",
    "store.travel": "travel times",
    "store.steps": "values on the way",
    "store.drafts": "own scenarios (with history)",
    "store.users": "users",
    "store.database": "database",
    "store.jobs": "records of jobs",
    "store.runs": "run folders",
    "store.tables": "tables of batches",
    "store.whole": "nothing is damaged",
    "store.bad": "damaged files: {n}",
    "store.removal": "  {kind} ({why}): {n}, {size}",
    "storewhy.code": "computed by another version",
    "storewhy.format": "earlier format",
    "storewhy.damaged": "damaged",
    "storewhy.left": "left half written",
    "store.nothing": "nothing to remove",
    "store.would": "{n} with {size} can be removed (without --dry-run they are)",
    "store.removed": "{n} with {size} removed",
}
