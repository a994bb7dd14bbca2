"""Owns the English words of the overview."""

MESSAGES: dict[str, str] = {
    "overview_lead": (
        "How near each scenario comes to the indicators the city is judged by in FY2029. "
        "Every value was computed, and carries its interval and status."
    ),
    "overview_choice": "Scenarios on the board",
    "overview_none": "No such scenario",
    "overview_board": "Outlook of the indicators",
    "overview_stories": "What changes for whom",
    "board_scenario": "Scenario",
    "board_track": "Value and interval",
    "board_value": "Value and number",
    "board_verdict": "Verdict, certainty",
    "board_other_year": "{year}, beside a target for {target}",
    "board_base_year": (
        "The baseline is of {year}. What differs in another year comes from measures and from changes of the"
        " population and others."
    ),
    "board_baseline": "Baseline",
    "board_actual": "Actual",
    "board_target": "Target",
    "board_path": "Path to FY2029 (rate and number)",
    "board_key_baseline": "the city's baseline",
    "board_key_target": "target (FY2029)",
    "board_key_value": "value of the scenario",
    "board_key_draws": "same assumptions (90% interval)",
    "board_key_definition": "data and definitions",
    "story_years": (
        "The years differ ({other} and {own}): measures and changes of the population and others are both in it."
    ),
    "story_more": "More",
    "story_alone": "What it compares with was not run, so no change can be told.",
    "story_same": "The same results as “{other}”.",
    "story_against": "Against “{other}”: {told}",
    "story_map": "Compare on maps",
    "board_plan": "planned",
    "story_report": "Make handouts",
    "board_numbers": ("Numbers in the rows of baseline and target are the rate times the residents of that year."),
}
