"""Owns the English words of the commands on services: the mobile office, fleets, hubs, sweeps."""

MESSAGES = {
    # run, batch
    "result.tables": "Tables of services ({path}): {names}",
    # sweep
    "help.sweep": (
        "Vary values of a scenario, run every combination and put them side by side\n\n"
        "Examples\n"
        "  ekisei sweep online-clinic --set parameters.online_visit_share=0,0.05,0.1 --out out/online\n"
        "  ekisei sweep estate-hub-feeder --set modifications.estate-on-demand.fleet.vehicles=2,3,4 "
        "--out out/vehicles --jobs 2"
    ),
    "help.sweep.set": (
        "What to vary: path=value,value (parameters.NAME, modifications.ID.KEY, analysis.NAME, year); repeatable"
    ),
    "help.sweep.kpi": "Id of a KPI to print (repeatable; default: those that move)",
    "help.sweep.out": "Folder for the results of every combination and sweep.csv",
    "progress.sweep": "Computing combinations",
    "sweep.title": "{title}, {year}: {n} combinations",
    "sweep.as_written": "as written",
    "sweep.no_change": "no change",
    "sweep.nothing_moved": "no combination moves a city-wide value under its default setting",
    "sweep.more": "{n} more KPIs moved (all of them in sweep.csv, or name them by --kpi)",
    "sweep.versus": "in brackets the difference from the file as written; no change = every number is that of the file",
    "sweep.file": "Values of every combination: {path}",
}
