"""Owns the English words of the commands on targets, assumptions and reactions."""

MESSAGES: dict[str, str] = {
    # which KPIs can react
    "help.scenario.reacts": (
        "Show before a run which KPIs can move, and which cannot and why\n\n"
        "Example\n  ekisei scenario reacts estate-feeder"
    ),
    "react.kpi": "KPI",
    "react.answer": "reacts",
    "react.why": "through what, or why not",
    "react.yes": "can",
    "react.no": "cannot",
    "react.against": "“{title}” against “{other}”",
    "react.against_city": "“{title}” against the city as it is",
    "react.year": "people of the year",
    "react.parameter": "parameter",
    "react.analysis": "analysis setting",
    "react.caution": (
        "“Can” follows from the types of the modifications; a run may still show no change. “Cannot” never changes."
    ),
    "react.line": "KPIs that can react: {n} of {total}. Cannot: {names}",
    "react.all": "All {n} KPIs can react",
    "react.through": "{layer} ({names})",
    "react.more": "{n} more",
    "layer.entrances": "station entrances",
    "layer.autonomous": "autonomous driving",
}
