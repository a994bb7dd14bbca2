"""Owns the English words of the command line."""

MESSAGES = {
    # help: program and groups
    "help.root": (
        "Ekisei: a simulator of mobility and service access for Hitachi city\n\n"
        "Examples\n"
        "  ekisei --lang en run baseline-r5 --out out/baseline-r5\n"
        "  ekisei --lang en batch scenarios/library --out out/library --jobs 2\n"
        "  ekisei serve --port 8050"
    ),
    "help.city": "Build, check and show the facts of a city\n\nExample\n  ekisei city show",
    "help.scenario": "Check, list and start scenario files\n\nExample\n  ekisei scenario list",
    "help.lang": "Language: ja or en (anywhere on the line; or the environment variable EKISEI_LANG)",
    "help.debug": "Show the traceback of an error",
    "help.version": "Show the version",
    "help.help": "Show this text",
    # help: city
    "help.city.build": (
        "Build a city from a configuration file (GTFS, OSM, population)\n\n"
        "Example\n"
        "  ekisei city build muroran.yaml --out cities/muroran"
    ),
    "help.city.check": (
        "Check a configuration file and its sources; writes nothing\n\nExample\n  ekisei city check muroran.yaml"
    ),
    "help.city.show": (
        "Show what a city holds, its sources and their status\n\n"
        "Examples\n"
        "  ekisei city show\n"
        "  ekisei city show --city cities/muroran"
    ),
    "help.config": "Configuration file of the city (YAML)",
    "help.city.out": "Folder to write the city to",
    "help.city.option": "Folder of a built city (default: the bundled Hitachi)",
    # help: scenario
    "help.scenario.check": "Check scenario files\n\nExample\n  ekisei scenario check my-scenario.yaml",
    "help.scenario.list": "List the scenarios that come along\n\nExample\n  ekisei scenario list",
    "help.scenario.new": "Start a new scenario file\n\nExample\n  ekisei scenario new my-feeder --out my-feeder.yaml",
    "help.scenario.files": "Scenario files (YAML), folders of them, or scenario ids",
    "help.scenario.id": "Scenario id (lower-case letters, digits, hyphens)",
    "help.scenario.out": "File to write (default: print it)",
    # help: run, batch, compare, explain
    "help.run": (
        "Compute one scenario\n\n"
        "Examples\n"
        "  ekisei run brt-extend-hitachi --out out/brt\n"
        "  ekisei run my-feeder.yaml --city cities/muroran --out out/my-feeder"
    ),
    "help.batch": (
        "Compute several scenarios (a folder each, and one kpi.csv of all)\n\n"
        "Example\n"
        "  ekisei batch scenarios/library --out out/library --jobs 2 --resume"
    ),
    "help.compare": (
        "Compare two runs (B − A)\n\n"
        "Examples\n"
        "  ekisei compare out/library/trend-r11 out/library/brt-extend-hitachi\n"
        "  ekisei compare trend-r11 brt-extend-hitachi --csv out/compare.csv"
    ),
    "help.explain": (
        "Explain a number: formula, setting, inputs with source and status, cells that matter most\n\n"
        "Example\n"
        "  ekisei explain out/library/brt-extend-hitachi catchment_population_share"
    ),
    "help.run.scenario": "Scenario file (YAML) or scenario id",
    "help.run.out": "Folder to write the results to",
    "help.batch.inputs": "Scenario files, folders of them, or scenario ids",
    "help.batch.jobs": "How many to compute at once",
    "help.resume": "Skip what is computed already and go on",
    "help.force": "Delete earlier results and compute anew",
    "help.seed": "Random seed (default: the scenario's)",
    "help.compare.a": "What to compare with: run folder or scenario id",
    "help.compare.b": "What to compare: run folder or scenario id",
    "help.compare.csv": "Write the table as CSV",
    "help.compare.all": "Show every setting and group (default: default setting, whole city)",
    "help.compare.runs": "Folder to look for runs given by id",
    "help.explain.run": "Run folder or scenario id",
    "help.explain.kpi": "KPI id, such as catchment_population_share",
    "help.explain.setting": "Setting, such as jr-800m (default: default)",
    "help.explain.group": "Group: all, 65plus, 75plus, district:ID",
    "help.explain.csv": "Write the cells as CSV",
    # help: route
    "help.route": (
        "Find a journey on foot and by public transport, leg by leg\n\n"
        "Example\n"
        "  ekisei route --from 36.5385,140.6139 --to 36.5902,140.6616 --depart 08:00"
        "  ekisei route --pairs pairs.csv --date weekday --out arrivals.csv\n\n"
        "--pairs answers a table (columns: from_stop_id, or from_lat and from_lon; the same for to_; "
        "depart as HH:MM:SS)\n\n"
        "and adds arrive (seconds after 00:00 of that day, empty if out of reach) and n_transfers"
    ),
    "help.route.from": "Origin LAT,LON",
    "help.route.to": "Destination LAT,LON",
    "help.route.depart": "Departure HH:MM",
    "help.route.date": "Date: weekday, saturday, holiday or YYYY-MM-DD (default: weekday)",
    "help.route.json": "Print JSON (duration_min and legs)",
    "help.route.pairs": "Answer a table (CSV) of origins, destinations and times",
    "help.route.walk": "Walking: none, feed (transfers.txt only), or metres per leg (default: as for one journey)",
    "help.route.change_s": "Seconds to change at one stop (default: 0)",
    "help.route.max_transfers": "Transfers at most, with --pairs (default: no cap)",
    "help.route.out": "CSV to write the answers of --pairs to",
    # help: serve, doctor
    "help.serve": "Serve the page\n\nExample\n  ekisei serve --port 8050 --runs out/library",
    "help.serve.host": "Address to listen on (default: this PC only)",
    "help.serve.port": "Port",
    "help.serve.runs": "Folder of results",
    "help.serve.tiles": "No GSI background tiles: nothing ever leaves this PC",
    "help.doctor": (
        "Look at the environment: versions, map libraries, folders, bundled facts\n\nExample\n  ekisei doctor"
    ),
    # panels and small words
    "panel.arguments": "Arguments",
    "panel.options": "Options",
    "panel.commands": "Commands",
    "panel.default": "[default: {}]",
    "panel.required": "[required]",
    "word.setting": "setting",
    "word.group": "group",
    # usage errors
    "usage.missing_option": "{name} is missing",
    "usage.missing_hint": "“{command} --help” shows an example",
    "usage.no_value": "{name} needs a value",
    "usage.no_option": "there is no option {name}",
    "usage.no_command": "there is no command {name}",
    "usage.missing_command": "a command is missing",
    "usage.extra": "unexpected argument: {name}",
    "usage.bad_value": "the value of {name} is not valid ({detail})",
    "usage.other": "the command cannot be read ({detail})",
    "usage.near": "near names: {names}",
    "usage.lang": "--lang is ja or en, not {value}",
    "usage.lang_hint": "example: ekisei --lang en --help",
    "usage.lonlat": "not LAT,LON: {value}",
    "usage.lonlat_hint": "example: 36.5902,140.6616 (latitude −90 to 90, longitude −180 to 180, no blanks)",
    "usage.clock": "a time is HH:MM, not {value}",
    "usage.clock_hint": "example: 08:00 (after midnight may be written 25:10)",
    "usage.date": "a date is weekday, saturday, holiday or YYYY-MM-DD, not {value}",
    "usage.date_hint": "example: 2025-10-15",
    "usage.not_with_pairs": "{name} does not go with --pairs",
    "usage.only_with_pairs": "{name} goes with --pairs only",
    "usage.out_not_empty": "the output folder is not empty",
    "usage.out_hint": "use --resume to go on, --force to compute anew, or another folder",
    "usage.out_foreign": "ekisei did not make this folder, so --force does not delete it",
    "usage.out_foreign_hint": "give an empty folder or a new name",
    "usage.out_is_file": "this is a file, not a folder",
    "usage.resume_and_force": "--resume and --force exclude each other",
    "usage.no_kpi": "there is no {value}",
    "usage.kpi_list": "known ids: {names}",
    # the frame of errors
    "error.cancelled": "cancelled; nothing half-written was left (what was finished is reused with --resume)",
    "error.unexpected": "unexpected error: {message}",
    "error.log": "log: {path} (--debug shows the traceback)",
    "error.no_log": "the log could not be written; --debug shows the traceback",
    # progress
    "progress.build": "Building the city",
    "progress.pairs": "Computing arrivals",
    "progress.run": "Computing {name}",
    "progress.reference": "Preparing what it is compared with",
    "progress.batch": "Computing scenarios",
    # results
    "result.kpi": "KPI",
    "result.value": "value",
    "result.difference": "change",
    "result.judgement": "verdict",
    "result.status": "status",
    "result.baseline": "official baseline",
    "result.target": "target (R11)",
    "result.table_title": "{title}  {year}",
    "result.versus": "change against “{title}”",
    "result.no_data": "not computed for want of data: {names}",
    "result.later": "KPIs that this version does not compute (empty in kpi.csv): {n}",
    "result.changed": "KPIs that changed: {n} of {total}",
    "result.folder": "results: {path}",
    "result.reused": "earlier results were used",
    "result.plan_status": "plan status",
    "result.failed": "scenarios that could not be run: {names}",
    "result.kpi_csv": "KPIs of all scenarios: {path}",
    "judge.better": "better",
    "judge.worse": "worse",
    "judge.more": "more",
    "judge.less": "less",
    "judge.denominator": "withheld",
    "note.denominator": "withheld: it moved only because the population did, which is neither better nor worse",
    "note.assumed_streets": "no street network: walking is straight line × {factor} (assumed)",
    "note.no_slope": "slopes are not considered",
    "note.assumed_lines": "part of the bus lines is an assumed skeleton (unnamed, dashed); a real GTFS replaces it",
    "note.reference_only": "for reference only: {names} (modelled and official baseline differ by more than 20 %)",
    "note.hypothetical": "a scenario marked hypothetical is no plan of the city",
    "note.disclaimer": "modelled figures, neither official nor planned ones",
    # plan status
    "plan.planned": "planned",
    "plan.studied": "studied",
    "plan.hypothetical": "hypothetical",
    # tables of commands
    "city.layer": "layer",
    "city.title": "content",
    "city.date": "date",
    "city.digest": "digest",
    "city.persons": "population (persons)",
    "city.cells": "cells",
    "city.stops": "stops and stations",
    "city.routes": "routes",
    "city.trips": "trips (rows of the timetable)",
    "city.facilities": "facilities",
    "city.streets": "walking",
    "city.defaults": "default weekday, Saturday, holiday",
    "layer.population": "population",
    "layer.timetable": "public transport",
    "layer.facilities": "facilities",
    "layer.streets": "streets",
    "layer.targets": "official figures",
    "layer.zones": "zones",
    "layer.mobile_offices": "mobile city office",
    "layer.hubs": "hubs",
    "layer.on_demand": "on-demand",
    "layer.boundaries": "boundaries",
    "stage.population": "population",
    "stage.timetable": "public transport",
    "stage.streets": "streets",
    "stage.facilities": "facilities",
    "stage.checks": "checks",
    "stage.reference": "city as it is",
    "stage.demographic": "future population",
    "city.built": "city written: {path}",
    "city.checked": "checked: {errors} errors, {warnings} warnings",
    "city.streets_network": "street network",
    "city.streets_plane": "straight line × {factor} (assumed)",
    "scenario.id": "id",
    "scenario.title": "title",
    "scenario.year": "year",
    "scenario.changes": "changes",
    "scenario.ok": "fine: {name} ({title}, {year}, {n} modifications)",
    "scenario.written": "written: {path}",
    "compare.csv": "written: {path}",
    "compare.same": "the two runs do not differ",
    "explain.formula": "formula",
    "explain.inputs": "inputs",
    "explain.cells": "cells that matter most ({n} of {total})",
    "explain.contribution": "contribution",
    "explain.source": "source",
    "route.found": "leave {depart}, arrive {arrive}, {minutes} min, transfers: {n}",
    "route.none": "no journey under these conditions ({limit})",
    "route.limit": "on foot and by public transport, within 3 hours",
    "route.time": "time",
    "route.mode": "by",
    "route.section": "section",
    "route.minutes": "min",
    "route.metres": "distance (m)",
    "route.walk": "walk",
    "route.wait": "wait",
    "route.fare": "fare {yen} yen",
    "route.unnamed": "assumed line",
    "route.origin": "origin",
    "route.target": "destination",
    # tables of questions
    "pairs.written": "{reached} of {n} pairs can be reached: {path}",
    "pairs.clock": "depart is HH:MM:SS, not {value!r}",
    "pairs.clock_hint": "example: 08:00:00 (after midnight may be written 25:10:00, up to hour 47)",
    "pairs.no_stop": "{column}: there is no stop {value!r}",
    "pairs.no_stop_hint": "near ids: {names}",
    "pairs.no_end": "{side}_stop_id is empty",
    "pairs.no_end_hint": "write a stop id, or a place in columns {side}_lat and {side}_lon",
    "pairs.place": "with --walk none or --walk feed nobody gets on or off at a place ({side}_lat, {side}_lon)",
    "pairs.place_hint": "write {side}_stop_id, or give --walk the metres people walk",
    "pairs.position": "no usable position ({value})",
    "pairs.position_hint": "write degrees: {side}_lat north, {side}_lon east, within 1 degree of the stops",
    "pairs.turned_hint": "latitude and longitude are swapped: exchange {side}_lat and {side}_lon",
    "pairs.answer_column": "the column {name} has the name of an answer",
    "pairs.answer_column_hint": "delete that column or rename it",
    "pairs.out_is_folder": "this is a folder, not a file",
    "pairs.out_hint": "give the name of the CSV to write",
    "pairs.walk": "--walk is none, feed or 0 to 100000 metres, not {value}",
    "pairs.walk_hint": "examples: --walk none, --walk 800",
    "doctor.item": "item",
    "doctor.finding": "finding",
    "doctor.home": "home (EKISEI_HOME)",
    "doctor.vendor": "map libraries",
    "doctor.vendor_missing": "missing: run make setup",
    "doctor.city": "bundled city",
    "doctor.library": "bundled scenarios",
    "doctor.ok": "present",
    "doctor.writable": "writable",
    "doctor.not_writable": "not writable",
    "doctor.bad": "there are problems",
    "usage.other_city": "this run was computed on another city",
    "usage.other_city_hint": "name the city it was computed on by --city, or compute it anew",
    "progress.explain": "Explaining",
    "note.detour": "no street network: walking is straight line × a detour factor (assumed)",
    "compare.demographic": "by population",
    "compare.policy": "by measures",
    "explain.cell": "cell",
    "explain.district": "district",
    "explain.persons": "persons",
    "usage.two_cities": "the two runs were computed on different cities (A: {a}, B: {b})",
    "usage.two_cities_hint": "name two runs of the same city, or compute one anew with the same --city",
    "usage.far": "{value} is more than {limit} km from every cell of {city} (the nearest is {km} km away)",
    "usage.far_hint": "write LAT,LON of a place in or near this city (another city: --city)",
    "usage.swapped": "latitude and longitude seem to be swapped: is it {value}?",
    "route.status": "status of this journey: {status} (the weakest of its legs)",
    "usage.at_most": "{name} must be at most {limit}",
    "usage.at_least": "{name} must be at least {limit}",
    "usage.whole_number": "{name} must be a whole number",
    "usage.csv_is_folder": "this is a folder, not a file",
    "usage.csv_hint": "name a file, such as out/compare.csv",
    "serve.no_runs": "note: there are no runs in {path} (compute some by ekisei batch, or name their folder by --runs)",
    "scenario.shipped_id": "note: {id} is the id of a shipped scenario, which the bare id means; choose another",
    "compare.csv_folder": "folder made: {path}",
}
