"""Owns the English words of the commands on rides."""

MESSAGES: dict[str, str] = {
    "help.rides": (
        "rides by bus: how full lines are, and the model beside what happened\n\nExamples\n"
        "  ekisei rides loads brt-extend-hitachi --with-assumed\n  ekisei rides backcast"
    ),
    "help.rides.loads": (
        "How full every line is on a day\n\nriders, fullest section and riders per run "
        "(both ways; as many as the official figure, spread over where residents go).\n\n"
        "In a city with assumed lines they are withheld (a real GTFS feed is needed); --with-assumed prints them for "
        "reference\n\nExample\n  ekisei rides loads --with-assumed --csv loads.csv"
    ),
    "help.rides.elasticities": (
        "Elasticities the model implies beside the literature\n\nExample\n  ekisei rides elasticities"
    ),
    "result.sides": "Rides by bus (a year; change from the baseline): {what}",
    "rides.lever": "what changes",
    "rides.riders": "riders",
    "rides.implied": "implied",
    "rides.literature": "literature low / mid / high",
    "rides.lever.fare": "fare",
    "rides.lever.frequency": "frequency",
    "rides.lever.time": "time on board",
    "rides.riders.all": "all",
    "rides.riders.pupil": "pupils",
    "rides.riders.captive": "without a car",
    "rides.riders.car": "with a car",
    "rides.elasticities_title": "Elasticities that the choice implies (city as it is, modelled)",
    "rides.elasticities_note": (
        "the fare elasticity is set to the chosen value; frequency and time follow from the model and are not fitted"
    ),
    "help.rides.backcast": (
        "How the BRT grew, in the model and in fact\n\nfrom phase I (2017) to II; the gap is shown, not tuned away"
        "\n\nExample\n  ekisei rides backcast --csv backcast.csv"
    ),
    "help.rides.scenario": "scenario (file or id; the city as it is if left out)",
    "help.rides.assumed": "print values that rest on assumed lines, for reference",
    "help.rides.csv": "write the table as CSV",
    "progress.rides": "computing rides",
    "progress.backcast": "computing both phases of the BRT",
    "rides.line": "line",
    "rides.assumed_line": "({name})",
    "rides.runs_day": "runs/day",
    "rides.boardings_day": "riders/day",
    "rides.max_load_day": "fullest section /day",
    "rides.riders_per_run_max": "riders/run most",
    "rides.riders_per_run_mean": "riders/run mean",
    "rides.section": "fullest section",
    "rides.loads_title": "How full lines are, average day, both ways (modelled)",
    "rides.withheld": (
        "withheld (a real GTFS feed is needed): assumed lines compete; --with-assumed prints them for reference"
    ),
    "rides.reference": (
        "for reference only: rests on assumed lines; as many riders as the official figure "
        "(those from outside too), spread over where residents go"
    ),
    "rides.residents": "as many riders as the official figure (those from outside too), spread over where residents go",
    "rides.setting": "setting",
    "rides.day_one": "phase I /day",
    "rides.day_two": "phase II /day",
    "rides.growth": "growth (×)",
    "rides.observed": "growth in fact",
    "rides.gap": "gap",
    "rides.predicted": "phase II predicted /year",
    "rides.lines.all": "all lines",
    "rides.lines.no_assumed_lines": "without assumed lines",
    "rides.response.low": "low elasticities",
    "rides.response.default": "mid elasticities",
    "rides.response.high": "high elasticities",
    "rides.backcast_title": "Backcast: Hitachi BRT phase I (2017) to phase II (modelled)",
    "rides.observed_line": (
        "observed: phase I 550 on a weekday (2017; {mid} a year, {low} to {high}), phase II about 530,000 a year "
        "(published 2020); {day_one} and {day_two} on an average day. "
        "Phase II predicted = phase I observed × growth of the model"
    ),
    "rides.untuned": "no coefficient is fitted to this; the gap is shown as it is",
}
