"""Owns the English words of the commands on sureness."""

MESSAGES: dict[str, str] = {
    "help.draws": "draws behind low and high of every value (default: the scenario's, else 20); more make them surer",
    "help.sensitivity": (
        "What moves a KPI most: each parameter taken to its ends by itself\n\n"
        "Example\n"
        "  ekisei sensitivity package-2031 --kpi bus_rides_per_citizen"
    ),
    "help.sensitivity.kpi": "id of the KPI",
    "help.sensitivity.csv": "write the table of all parameters to a CSV file",
    "progress.sensitivity": "Ranking what moves {name}",
    "stage.draws": "draws of the baseline",
    "sensitivity.title": "What moves {kpi} ({title}, now {value})",
    "sensitivity.parameter": "Parameter",
    "sensitivity.ends": "Span",
    "sensitivity.at_low": "At low",
    "sensitivity.at_high": "At high",
    "sensitivity.swing": "Swing",
    "sensitivity.line": "Kind",
    "swing.routes": "routes drawn again (walking speed, phase of headways, on-demand rides, …)",
    "swing.definitions": "definition of the catchment (those that reproduce the official figure)",
    "sensitivity.still": "{n} of {total} do not move it",
    "sensitivity.alone": "One at a time: what two of them do together is not seen",
    "sure.draws": "same assumptions",
    "sure.other": "data, definitions",
    "sure.verdict": "Verdict",
    "sure.yes": "distinguishable",
    "sure.no": "not distinguishable",
    "sure.same": "no change",
    "sure.sides": "A = {a}, B = {b}; differences are B − A",
    "sure.title": "How sure the differences are ({level} %; distinguishable only where neither span holds 0 as shown)",
    "sure.note": (
        "Beneath a value: the {level} % interval of {n} draws under the same assumptions; they share {k} sets of "
        "routes. What data and definitions add stands in tables/uncertainty.csv"
    ),
    "read.param": "parameters",
    "read.analysis": "the analysis",
    "read.base": "the baseline's values",
}
