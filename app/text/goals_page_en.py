"""Owns the English words of the page of targets."""

MESSAGES: dict[str, str] = {
    "goals_lead": (
        "The path to each target. "
        "Enter the actual of each year to see it beside the line to the target and what the scenarios say (PDCA)."
    ),
    "goals_choice": "Scenarios",
    "goals_enter_title": "Enter an actual",
    "goals_kpi": "Indicator",
    "goals_year": "Fiscal year",
    "goals_value": "Value",
    "goals_value_help": "shares with a per cent sign, such as 27.3%",
    "goals_value_short": "Value",
    "goals_source": "Source",
    "goals_enter": "Enter",
    "goals_no_figures": "This city has no official indicators.",
    "goals_entered_one": "The actual of {year} was entered.",
    "goals_entered": "Actuals entered",
    "goals_none": "None yet.",
    "goals_remove": "Remove",
    "goals_years": "Line and actual by year",
    "goals_line": "Line",
    "goals_actual": "Actual",
    "goals_gap": "Gap",
    "goals_actual_absolute": "Number",
    "goals_beyond": "(beyond)",
    "goals_short": "(short)",
}
