"""Owns the English words of the commands on targets, assumptions and reactions."""

MESSAGES: dict[str, str] = {
    # which KPIs can react
    "help.scenario.reacts": (
        "Show before a run which KPIs can react, and why not\n\nExample\n  ekisei scenario reacts estate-feeder"
    ),
    "react.kpi": "KPI",
    "react.answer": "reacts",
    "react.why": "through what, or why not",
    "react.yes": "can",
    "react.some": "some settings",
    "react.only": "only under the setting {settings}: {through}",
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
    # targets
    "help.targets": (
        "Judge targets by actuals and runs, side by side (PDCA)\n\n"
        "Example\n  ekisei targets package-2031\n"
        "  ekisei targets package-2031 --actuals actuals.csv --out out/targets\n\n"
        "The table of actuals (CSV): kpi_id, year (2025 or R7), value (shares as 0.273 or 27.3%). "
        "kind = target enters a target of your own; date and source may stand beside"
    ),
    "help.targets.runs": "Folders of runs or scenario ids (none: official figures and actuals only)",
    "help.targets.actuals": "Table of yearly actuals (CSV)",
    "help.targets.out": "Folder for the page with charts (targets.html) and the table (targets.csv)",
    "help.targets.force": "Replace targets.html and targets.csv that are there",
    "targets.kpi": "KPI",
    "targets.baseline": "baseline",
    "targets.actual": "actual",
    "targets.target": "target",
    "targets.standing": "actual against target",
    "targets.run": "modelled",
    "targets.spread": "interval",
    "targets.verdict": "verdict",
    "targets.change": "change",
    "targets.note": "note",
    "targets.means": "what it takes",
    "targets.title": "KPIs of the strategy",
    "targets.run_title": "Targets: {title}, {year}",
    "targets.means_title": "Money and drivers: {title} (change from what it is compared with)",
    "targets.reference": "For reference, entered only (no model claims them)",
    "targets.no_absolute": "no absolute number (denominator to be set)",
    "targets.broken": "■ not feasible ({title}): {text}",
    "targets.reading": (
        "A target counts as met or not met only where both intervals (same assumptions; data and definitions) stand on "
        "the same side of it; else the two cannot be told apart. Values are compared unrounded. A plan over a limit, "
        "such as drivers, is not feasible whatever its values."
    ),
    "targets.written": "Written to {folder}: {names}",
    "targets.there": "a file of that name is there",
    "targets.there_hint": "choose another folder, or add --force",
    "targets.year": "fiscal year",
    "targets.what": "what",
    "targets.value": "value",
    "targets.absolute": "absolute number",
    "targets.status": "status",
    # assumptions
    "help.assumptions": (
        "List every parameter: value, range, source, status\n\n"
        "Example\n  ekisei assumptions\n  ekisei assumptions package-2031 --changed\n"
        "  ekisei assumptions package-2031 --out assumptions.csv"
    ),
    "help.assumptions.scenario": "Scenario file (YAML) or scenario id (none: the defaults)",
    "help.assumptions.out": "Write the table as CSV",
    "help.assumptions.changed": "Only what the scenario changed",
    "help.assumptions.confirm": "Only what is to be confirmed",
    "help.assumptions.assumed": "Only what is assumed",
    "assume.label": "assumption",
    "assume.value": "value",
    "assume.status": "status",
    "assume.source": "source",
    "assume.was": "default {usual}",
    "assume.between": "from {low} to {high}",
    "assume.empty": "not entered (not used)",
    "assume.of_city": "as the city data say",
    "assume.confirm_mark": ", to confirm",
    "assume.counts": "{n} in all ({assumed} assumed, {confirm} to be confirmed, {changed} changed by the scenario)",
    "subject.common": "Common (walking, transit, catchments)",
    "subject.office": "Mobile city office",
    "subject.clinic": "Clinics",
    "subject.on_demand": "On-demand mobility",
    "subject.rides": "Rides and fares",
    "subject.money": "Operation and cost",
    "subject.fairness": "Fairness",
    "subject.people": "People",
    "layer.entrances": "station entrances",
    "layer.autonomous": "autonomous driving",
}
