"""Owns the English words of sweep files: options, progress, the page."""

MESSAGES: dict[str, str] = {
    "help.sweep.most": "Most variants of a sweep file",
    "help.sweep.dask": "Compute a sweep file on Dask: tcp://host:port of a scheduler, or local",
    "help.sweep.dry_run": (
        "Only say how many variants a sweep file has, and how much time and disk it would take (computes two)"
    ),
    "help.sweep.fail_fast": "Stop a sweep file at the first variant that cannot be computed",
    "sweep.set_and_file": "--set does not go with a sweep file: what is varied stands in it",
    "sweep.only_file": "--dry-run, --fail-fast, --dask and --draws belong to a sweep file (format: ekisei-sweep/1)",
    "sweep.count": "{n} variants ({bases} bases)",
    "sweep.kept": "{n} are computed already",
    "sweep.pace": "{label} {done}/{total}, {rate} per minute, about {left} left",
    "sweep.estimate": "about {time} with {jobs} processes, about {size} of disk (measured on two variants)",
    "sweep.estimate_none": "neither of the two variants tried can be computed; no estimate",
    "sweep.seconds": "{n} s",
    "sweep.minutes": "{n} min",
    "sweep.hours": "{n} h",
    "sweep.ended": "{done} computed, {failed} failed, {best} on the Pareto front",
    "sweep.open": "Page: {path}",
    "sweep.parquet": "KPIs (Parquet): {path}",
    "sweep.page_title": "Sweep: {title}",
    "sweep.page_about": (
        "{n} variants of {bases}; {done} computed, {failed} failed. What is not varied is as in the base scenario."
    ),
    "sweep.page_vary": "What was varied",
    "sweephead.path": "Field",
    "sweephead.how": "How",
    "sweephead.range": "Values",
    "sweep.page_distinct": "different values",
    "sweep.page_table": "Variants",
    "sweep.page_shown": (
        "{shown} of {n} variants, those on the Pareto front first; all of them in summary.csv. Press a heading to sort."
    ),
    "sweep.page_variant": "Variant",
    "sweep.page_best": "Pareto",
    "sweep.page_pareto": "Pareto view",
    "sweep.page_pareto_about": (
        "No other variant beats a filled dot: as good in every KPI named and better in one. Directions: {goals}."
    ),
    "sweep.page_failed": "Failures",
    "sweep.page_none": "None",
    "sweep.page_reason": "Reason",
    "sweep.page_status": "Statuses of the numbers",
    "sweep.page_sources": "Sources",
    "sweepgoal.up": "higher is better",
    "sweepgoal.down": "lower is better",
    "sweep.page_base": "Base",
    "sweep.page_layer": "Layer",
    "sweep.page_source": "Source",
    "sweep.page_state": "Status",
    "sweep.page_rows": "Rows",
}
