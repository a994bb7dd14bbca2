"""Owns the English words of the commands on money."""

MESSAGES: dict[str, str] = {
    "help.money": (
        "Vehicles, drivers, cost, fares and subsidy of a year of service; with a second run the difference, and the "
        "cost per person newly covered\n\n"
        "Examples\n"
        "  ekisei money baseline-r5\n"
        "  ekisei money trend-r11 package-2031 --csv money.csv"
    ),
    "help.money.run": "folder of a run, or an id below --runs",
    "help.money.other": "run to compare with (difference: OTHER − RUN)",
    "help.money.csv": "write the table as CSV",
    "money.title": "{title}, {year}: what a year of service takes",
    "money.pair": "{b} − {a}: what a year of service takes",
    "money.item": "item",
    "money.value": "value",
    "money.unit": "unit",
    "money.weekday": "weekday",
    "money.saturday": "Saturday",
    "money.holiday": "Sunday and holiday",
    "money.duties": (
        "- {day} ({days} days a year): {runs} runs, {vehicles} vehicles, {duties} duties (no plan has fewer than "
        "{least}), {drive} h of driving a duty"
    ),
    "money.unit_costs": "unit costs are assumed: write your region's under parameters of the scenario",
}
