"""Owns the English words of the commands on fairness."""

MESSAGES: dict[str, str] = {
    "help.fairness": (
        "Who is left behind: sentences for the council, districts, Gini and the like\n\n"
        "Examples\n"
        "  ekisei fairness out/library/baseline-r5\n"
        "  ekisei fairness feeder-takasuzu --districts"
    ),
    "help.fairness.run": "a run folder, or an id below --runs",
    "help.fairness.districts": "list all districts (else the five lowest)",
    "help.fairness.public": "for the public: no figures of districts of fewer than 10 people",
    "fairness.title": "{title} {year}: who is left behind",
    "fairness.lowest": "Shares by district (lowest first; 75 and older without a licence; divisions of convenience)",
    "fairness.district": "district",
    "fairness.persons": "75+ without licence",
    "fairness.clinic": "clinic in time",
    "fairness.round_trip": "doctor and home in time",
    "fairness.office": "city hall in time",
    "fairness.school": "high school (15–18)",
    "fairness.over": "excess over the limit (75+)",
    "fairness.indices": "Indices of inequality",
    "fairness.measure": "measure",
    "fairness.who": "people",
    "fairness.mean": "mean",
    "fairness.gini": "Gini",
    "fairness.palma": "Palma",
    "fairness.fgt0": "share short",
    "fairness.fgt1": "depth",
    "fairness.fgt2": "severity",
    "fairness.status": "Status: {status} (of sentences and tables, by the weakest input)",
    "fairness.files": "All tables: {path}",
    "fairness.hidden": "under 10",
    "fairness.none": "this run has no tables of fairness (no people by district and age, or an earlier version)",
    "fairness.none_hint": "compute it again by ekisei run or batch",
    "who.all": "residents",
    "who.75plus": "75 and older",
    "who.75plus-no-licence": "75 and older without a licence",
    "help.winners": (
        "Winners and losers: two runs compared over the same people\n\n"
        "Examples\n"
        "  ekisei winners trend-r11 package-2031\n"
        "  ekisei winners trend-r11 package-2031 --by district --to clinic --least 3 --out out/winners"
    ),
    "help.winners.a": "run before (folder or id)",
    "help.winners.b": "run after (folder or id)",
    "help.winners.by": "divided by: all, age, district or cell",
    "help.winners.to": "destinations, by commas: clinic, office, station, last-bus",
    "help.winners.least": "minutes from which a change counts",
    "help.winners.people": "whose residents are counted: a or b",
    "help.winners.public": "for the public: hide cells and age groups of fewer than 10 people",
    "help.winners.out": "folder for the tables (city, age, district, cell) and the sentences",
    "help.winners.force": "replace a folder written before",
    "winners.title": "{a} → {b}: better and worse off (by {least} min or more, residents of {people})",
    "winners.destination": "destination",
    "winners.any": "any of them",
    "winners.age": "age",
    "winners.district_id": "district",
    "winners.cell_id": "cell",
    "winners.persons": "residents",
    "winners.better": "better off",
    "winners.worse": "worse off",
    "winners.mixed": "both",
    "winners.newly_within": "newly in time",
    "winners.no_longer_within": "no longer in time",
    "winners.gained_min": "minutes saved",
    "winners.hidden": "under 10",
    "winners.no_district": "(no district)",
    "winners.more": "{n} more rows (--out writes all of them)",
    "winners.status": "Times are modelled (status: {status}); the same people on both sides, so none gains by moving",
    "winners.files": "Written: {path}",
    "usage.winners_people": "--people must be a or b, not {value}",
    "help.cross_sector": (
        "Cross-sector effect: what other sectors would pay without public transport − what the city pays for it "
        "(unit costs entered by the user)\n\n"
        "Examples\n"
        "  ekisei cross-sector --template effect.csv\n"
        "  ekisei cross-sector baseline-r5 --table effect.csv --without no-transit --csv computed.csv"
    ),
    "help.cross_sector.run": "run with public transport (folder or id)",
    "help.cross_sector.table": "the table filled in (CSV)",
    "help.cross_sector.without": "run without public transport; numbers of a run are then the additional ones",
    "help.cross_sector.template": "write a table to fill in",
    "help.cross_sector.csv": "CSV file for the computed table",
    "cross_sector.title": "Cross-sector effect (a year, thousand yen)",
    "cross_sector.sector": "sector",
    "cross_sector.measure": "what would replace it",
    "cross_sector.quantity": "quantity",
    "cross_sector.times": "times a year",
    "cross_sector.unit_cost": "unit cost (yen)",
    "cross_sector.yen": "thousand yen a year",
    "cross_sector.not_entered": "not entered",
    "cross_sector.replacing": "Other sectors would pay: {yen} thousand yen",
    "cross_sector.spending": "The city pays for public transport: {yen} thousand yen",
    "cross_sector.effect": "Cross-sector effect (the first less the second): {yen} thousand yen",
    "cross_sector.no_spending": "What the city pays is not entered, so there is no effect",
    "cross_sector.partial": "{n} rows are not counted (no quantity or unit cost, or no value in the run): a part only",
    "cross_sector.status": "Status: {status}. Unit costs are the user's own; rows without a source are assumed",
    "cross_sector.written": "Table to fill in: {path} (unit costs, quantities, sources; then --table)",
    "usage.cross_sector": "name a run and --table, or --template",
    "usage.cross_sector_hint": "begin with ekisei cross-sector --template effect.csv",
    "usage.exists": "{path} exists already",
    "usage.exists_hint": "choose another name or delete it first: nothing that was filled in is overwritten",
}
