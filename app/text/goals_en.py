"""Owns the English words of the commands on goals."""

MESSAGES: dict[str, str] = {
    "help.goal": (
        "Find the cheapest package of levers, within their bounds and the limits, that reaches a target\n\n"
        "Example\n"
        "  ekisei goal-seek --kpi catchment_population_share --target 27.5% --levers catchment-2029\n"
        "  ekisei goal-seek --kpi catchment_population_share --target 27.5% --levers my-levers.yaml "
        "--limit budget_yen=50000000 --out out/goal"
    ),
    "help.goal.kpi": "id of the KPI",
    "help.goal.levers": "levers file (YAML), or the id of a shipped one (such as catchment-2029)",
    "help.goal.target": "value to reach (27.5%, 0.275, 15.0, times of day as 21:30); left out: the official target",
    "help.goal.setting": (
        "definition of the KPI, repeatable; left out: the default and, of station catchments, "
        "all that reproduce 27.1 ± 1"
    ),
    "help.goal.group": "of whom (all, 75plus, district:ID)",
    "help.goal.limit": (
        "limit to keep (repeatable): drivers, vehicles, operating_cost_yen, subsidy_yen, budget_yen (cost a year)"
    ),
    "help.goal.most": "choices that may be tried",
    "help.goal.draws": "draws for the interval of each answer (left out: none)",
    "help.goal.out": "folder for the scenarios of the answers, the tables and the runs",
    "progress.goal": "computing the baseline",
    "progress.goal_at": "searching ({n} choices)",
    "progress.goal_check": "confirming {name} by a whole run",
    "goal.title": "What it takes: {kpi} at {target} (from {base}, {year})",
    "goal.setting": "definition",
    "goal.base": "before",
    "goal.result": "result",
    "goal.cost": "cost (1,000 yen/year)",
    "goal.levers": "package",
    "goal.value": "value",
    "goal.reached": "reached",
    "goal.not_reached": "not reached",
    "goal.value_reached": "value reaches it",
    "goal.unsure": "not distinguishable",
    "goal.no_interval": "no interval (use --draws)",
    "goal.few_draws": "no interval (too few draws)",
    "goal.not_drawn": "no interval (drawn by the default definition only)",
    "goal.nothing": "no package",
    "goal.joint": "under all that reproduce the official figure",
    "goal.off_level": " (level differs)",
    "goal.companion": "{label}: {title} {before} → {after}",
    "goal.limited": "{label}: out of reach within the limit on {names}; without it, from {cost} thousand yen a year",
    "goal.bounded": "{label}: out of reach even with all levers at their ends. Bounds that bind:",
    "goal.bound_confirmed": "{title} {bound} → {needed} needed if this bound alone is widened (confirmed by the model)",
    "goal.bound_refused": "{title} {bound} → not enough by itself (not even {needed}, or that cannot be)",
    "goal.bound_useless": "{title} {bound} → widening it does not move this KPI",
    "goal.unmoved": "{label}: out of reach with these levers (none moves it beyond its end)",
    "goal.not_proven": "{label}: stopped after {n} choices; neither the cheapest nor out of reach is proven",
    "goal.not_monotone": "{label}: {n} pairs of choices contradict monotone: not proven the cheapest",
    "goallimit.drivers": "drivers",
    "goallimit.vehicles": "vehicles",
    "goallimit.operating_cost_yen": "operating cost",
    "goallimit.subsidy_yen": "subsidy",
    "goallimit.budget_yen": "the budget",
    "goal.frontier": "Cost and KPI: {label} (◎ best under these conditions, ○ the value reaches the target)",
    "goal.breaks": " [over the limit on {names}]",
    "goal.best": (
        "Reached = the best (cheapest) under these bounds, steps and limits. "
        "{n} choices evaluated; the packages of the table were confirmed by {runs} whole runs"
    ),
    "goal.definitions": "The definition decides the answer: package or cost differ by definition",
    "goal.definitions_lever": "The definition decides whether {names} alone is enough",
    "goal.alone": "Each lever alone, used to its end (○ the value is enough by itself)",
    "goal.alone_lever": "lever",
    "goal.level": (
        "“Level differs”: at the baseline the model itself is off the official 27.1 % by more than a point. So is the "
        "default, whose headline is the official figure plus the change of the model (what drifts by the levels alone "
        "is told beside it)"
    ),
    "goal.assumed": "levers with assumed unit costs: {names}; put in the real ones",
    "goal.free": "levers without a cost of their own (taken as 0 yen): {names}",
    "goalcost.operating": "cost = change of the operating cost (model) + own cost of the levers; fares are left out",
    "goalcost.subsidy": "cost = change of the subsidy, operating cost less fares (model), + own cost of the levers",
    "goal.proof": "changes alone may reach it: see in kpi.csv of the answers whether {kpi} ({name}) rise too",
    "goalcost.own_only": (
        "{mark} own cost of the levers alone: the change of operating cost or subsidy cannot be computed and is left "
        "out, so it looks cheaper than it is"
    ),
    "goal.capital": "capital is spread over {years} years (assumed)",
    "goal.files": "written to {folder}: {names} (the scenarios can be run with ekisei run)",
    "goal.no_target": "{kpi} has no official target: write --target",
    "goal.bad_target": "cannot read the target",
    "goal.bad_target_hint": "write 27.5%, 0.275 or 15.0 (shares 0–1, or with %)",
    "goal.no_share": "the target of a share is 0–1 (0–100 %)",
    "goal.bad_limit": "unknown limit",
    "goal.limit_names": "names: {names}",
    "goal.bad_limit_number": "a limit is a number, 0 or more",
    "goal.limit_hint": "e.g. --limit drivers=120 --limit budget_yen=50000000",
}
