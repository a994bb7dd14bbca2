"""Owns the English words of the page of data."""

MESSAGES: dict[str, str] = {
    "data_lead": (
        "What this simulator stands on. Every figure leads to a source given here, or to a value that is "
        "called assumed."
    ),
    "data_digest": "City data {city} (digest {digest})",
    "data_layers": "Layers",
    "data_sources": "Sources and licences",
    "data_years": "Base years",
    "data_years_help": "Indicators differ in their base year and date. Compare rates of one year.",
    "data_report": "Import report",
    "data_report_open": "Open the import report",
    "data_report_none": "This city is bundled. A city made by ekisei city build has its import report.",
    "data_check": "Check files",
    "data_check_open": "Choose files to check",
    "data_check_help": (
        "Choose files as published: GTFS, National Land Numerical Information, tables of e-Stat. You get "
        "a report of what each is, how many rows could be read, and what is missing. The city stays as "
        "it is."
    ),
    "data_files": "Files",
    "data_check_start": "Check",
    "data_check_note": (
        "Up to {most} MB in all. Files are removed as soon as they were checked. To bring them into a "
        "city use ekisei city build."
    ),
    "data_back": "Back to the page of data",
    "data_count": "Count",
    "data_unverified": "Readers not tried on an original",
    "data_layer_digest": "Digest",
    "data_title": "Source",
    "data_kind": "Use",
    "data_judged": "judged",
    "data_entered_only": "entered only",
}
