"""Owns the English words of targets, limits and reactions on the page."""

MESSAGES: dict[str, str] = {
    "targets_open": "Targets",
    "targets_close": "close the targets",
    "targets_title": "Targets of FY2029 (R11)",
    "targets_reading": (
        "A target is met or not met only where both intervals (same assumptions; data and definitions) stand on the "
        "same side of it. Actuals are read from actuals.csv in the folder of the runs."
    ),
    "people_by_year": "People by year (moving map)",
    "target_path": "Path to the target",
    "target_actual": "actual against target",
    "target_kpi": "KPI",
    "target_base": "baseline",
    "target_latest": "actual",
    "target_goal": "target",
    "target_reference": "For reference, entered only (no model claims them)",
    "target_reached": "against the target ({era})",
    "means": "what it takes",
    "means_value": "modelled",
    "means_interval": "interval",
    "means_change": "change",
    "means_title": "Money and drivers: {title} (change from {other})",
    "means_none": "its reference",
    "limits_of": "Limits: {title}",
    "limit_holds": "○ within",
    "limit_broken": "✕ not feasible",
    "limit_unknown": "－ cannot be judged",
    "limit_warning": "Not feasible: over a limit",
    "interval": "interval {low}–{high}",
    "interval_help": "same assumptions, other draws (90 %)",
    "cannot_react": "cannot move in this comparison: {reason}",
    "lines_of_uncertainty": "Intervals",
    "line_draws": "same assumptions",
    "line_definition": "data and definitions",
    "line_low": "low",
    "line_high": "high",
}
