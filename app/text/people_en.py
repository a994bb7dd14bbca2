"""Owns the English words of the commands on people."""

MESSAGES: dict[str, str] = {
    "help.population": (
        "Write the future population as tables and a moving map\n\n"
        "Modelled by year, district and age band; the page with the map is one file that needs no network.\n\n"
        "Examples\n"
        "  ekisei population --years 2025-2050 --out out/population\n"
        "  ekisei population guidance-station --years 2025-2050/5 --out out/people-guided"
    ),
    "help.population.scenario": "scenario (left out: no measures). Its changes of people and its population: are used",
    "help.population.years": "years, such as 2025-2050, 2025-2050/5 (every fifth) or 2029,2040",
    "help.population.path": "totals: ipss (national projection) | vision (city vision); without a scenario only",
    "help.population.out": "folder to write",
    "people.title": "Future population ({path})",
    "people.scenario_title": "Future population: {title} ({path})",
    "people.year": "year",
    "people.total": "residents",
    "people.change": "since base year",
    "people.measures": "by the measures",
    "people.older": "65 and older",
    "people.oldest": "75 and older",
    "people.losing": "districts that lose most ({year}, since the base year): {names}",
    "people.status": "Modelled. Rates of deaths and births, and most ages by cell, are assumed.",
    "people.written": "tables: {table}  moving map: {page}",
    "people.bad_years": "cannot read --years {value!r}",
    "people.years_hint": "write 2025-2050, 2025-2050/5 or 2029,2040",
    "people.path_and_scenario": "--path does not go with a scenario",
    "people.path_hint": "write population: {{path: {path}}} in the scenario",
    "people.bad_path": "no --path {value!r}",
    "people.bad_path_hint": "there is: {names}",
}
