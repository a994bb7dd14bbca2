"""Owns the English words of the commands on services: the mobile office, fleets, hubs, sweeps."""

MESSAGES = {
    # run, batch
    "result.tables": "Tables of services ({path}): {names}",
    # sweep
    "help.sweep": (
        "Vary values of a scenario, run every combination and put them side by side\n\n"
        "With a sweep file (YAML), thousands of them by grids, lists, random numbers and Sobol points\n\n"
        "Examples\n"
        "  ekisei sweep scenarios/examples/sweep-visits-and-clinics.yaml --out out/sweep --dry-run\n"
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
    # office
    "help.office": (
        "The mobile city office: where, tours, months\n\n"
        "Examples\n"
        "  ekisei office site --p 12\n"
        "  ekisei office tour mobile-office-best\n"
        "  ekisei office month mobile-office-best --month 2029-10 --ics visits.ics"
    ),
    "help.office.site": (
        "Choose the best places under these conditions and find feasible tours (MCLP, p-median, p-center)\n\n"
        "Examples\n"
        "  ekisei office site --p 12 --weights pop75\n"
        "  ekisei office site --hours 60 --fix 中里交流センター --scenario trend-r11 --csv places.csv"
    ),
    "help.office.tour": (
        "Show the weekly tours; where there are none, which condition binds\n\n"
        "Example\n"
        "  ekisei office tour mobile-office-12"
    ),
    "help.office.month": (
        "A month of visits as table, CSV and calendar (iCalendar)\n\n"
        "Example\n"
        "  ekisei office month mobile-office-12 --month 2029-10 --ics visits.ics --csv visits.csv"
    ),
    "help.office.scenario": "A scenario with a mobile office (file or id)",
    "help.office.p": "How many places (default 12; or --hours)",
    "help.office.hours": "Vehicle hours a month at most (mclp only)",
    "help.office.objective": "mclp most people / p-median least walking / p-center least longest walk",
    "help.office.weights": "Who counts: pop everybody / pop65 aged 65+ / pop75 aged 75+",
    "help.office.walk_m": "How far people walk along the road, in metres",
    "help.office.candidates": "Kind of facilities that may be chosen (repeatable, e.g. community_centre)",
    "help.office.fix": "A candidate that must be chosen (name or id, repeatable)",
    "help.office.forbid": "A candidate that must not be chosen (name or id, repeatable)",
    "help.office.vehicles": "Number of vehicles",
    "help.office.visits": "Visits a month to each place: 1, 2 or 4",
    "help.office.dwell": "Minutes open at each visit",
    "help.office.depot": "Depot LAT,LON (default: the city hall)",
    "help.office.base": "Scenario whose residents count (default: the city as it is)",
    "help.office.geojson": "Write candidates, chosen or not, and who can walk to them, as GeoJSON",
    "help.office.save": "Write what was asked as a scenario file",
    "help.office.month_of": "Month YYYY-MM",
    "help.office.ics": "Write the visits of that fiscal year as iCalendar",
    "progress.apply": "Preparing the scenario {name} (choosing places takes a while)",
    "office.none": "this scenario has no plan of a mobile office",
    "office.none_hint": "write a mobile-service, or name one such as mobile-office-12",
    "office.bad_month": "a month is YYYY-MM: {value}",
    "office.month_hint": "e.g. --month 2029-10",
    "office.no_depot": "the city has no city hall to start from",
    "office.no_depot_hint": "give --depot LAT,LON",
    "office.site_title": "Mobile city office: the best {n} places under these conditions",
    "office.tour_title": "{title}: tours",
    "office.month_title": "{title}: {month}",
    "office.best": "Best under these conditions only: candidates, distance, who counts, visits",
    "office.vehicle": "Vehicle",
    "office.when": "When",
    "office.place": "Place",
    "office.persons": "Within a walk",
    "office.only_here": "only here",
    "officemonth.date": "Date",
    "officemonth.vehicle": "Van",
    "officemonth.place": "Place",
    "officemonth.open": "Open",
    "officemonth.close": "Close",
    "officemonth.leave": "Leave",
    "officemonth.arrive": "Arrive",
    "officemonth.drive_min": "Drive (min)",
    "officemonth.return_depot": "Back",
    "officemonth.status": "Status",
    "office.ics": "Wrote the calendar: {path}",
    # hubs
    "help.hubs": "Mobility hubs: ranking of candidates\n\nExample\n  ekisei hubs rank --k 5",
    "help.hubs.rank": (
        "Rank places by how many people of 75+ who cannot walk to a stop a feeder from there reaches\n\n"
        "Examples\n"
        "  ekisei hubs rank --k 5\n"
        "  ekisei hubs rank trend-r11 --k 8 --kind community_centre --csv hubs.csv"
    ),
    "help.hubs.scenario": "Scenario (file or id; default: the city as it is)",
    "help.hubs.k": "How many to rank",
    "help.hubs.geojson": "Write the ranking as GeoJSON",
    "help.hubs.kind": "Kind of candidates: rail, brt, bus or of facilities (repeatable)",
    "progress.hubs": "Comparing candidates",
    "hubs.title": "Candidates for mobility hubs: the first {n}",
    "hubs.rank": "#",
    "hubs.place": "Place",
    "hubs.kind": "Kind",
    "hubs.persons_new": "Newly reached",
    "hubs.persons": "In all",
    "hubs.share": "Share",
    "hubs.best_persons": "Best of as many",
    "hubs.status": "Status",
    "hubkind.rail": "JR",
    "hubkind.brt": "BRT",
    "hubkind.bus": "bus stop",
    "hubkind.community_centre": "community centre",
    "hubkind.hospital": "hospital",
    "hubkind.clinic": "clinic",
    "hubs.what": "People of 75+ who cannot walk to a station or stop and whom a feeder reaches; share of all of them",
    "hubs.nested": "Ranked by what each adds to those above; beside it the best choice of as many (these conditions)",
    # fleet
    "help.fleet": (
        "On-demand services: simulate fleets, check the simulation\n\n"
        "Examples\n"
        "  ekisei fleet simulate estate-hub-feeder --vehicles 2,3,4\n"
        "  ekisei fleet check"
    ),
    "help.fleet.seed": "seed of the draws",
    "help.fleet.simulate": (
        "Simulate fleets: waits, refusals, people on board, empty kilometres\n\n"
        "Examples\n"
        "  ekisei fleet simulate estate-hub-feeder --vehicles 1,2,3,4 --csv fleets.csv\n"
        "  ekisei fleet simulate --service kanesawa --events log.csv"
    ),
    "help.fleet.check": (
        "Check the simulation against queueing theory, and beside a real month (fleet size unknown)\n\n"
        "Example\n"
        "  ekisei fleet check"
    ),
    "help.fleet.scenario": "Scenario (file or id; default: the city as it is)",
    "help.fleet.service": "Id of a service (default: all with a plan)",
    "help.fleet.vehicles": "Numbers of vehicles, e.g. 1,2,3,4 (default: as planned)",
    "help.fleet.csv": "Write the day as CSV",
    "help.fleet.events": "Write the event log of one day as CSV",
    "progress.fleet": "Simulating fleets",
    "progress.fleet_check": "Checking the simulation",
    "fleet.none": "there is no on-demand service with a plan",
    "fleet.none_hint": "name a scenario with an add-on-demand, such as estate-hub-feeder",
    "fleet.no_service": "no service {value} (those that are only listed cannot be simulated)",
    "fleet.bad_vehicles": "cannot read the numbers of vehicles: {value}",
    "fleet.vehicles_hint": "whole numbers from 1 to {most}, with commas (e.g. 1,2,3,4)",
    "fleet.title": "On-demand services: an average day (modelled)",
    "fleet.hours_title": "{name} by hour of the wish: mean wait (min) / refused",
    "fleet.same_requests": "Who asks when is the same whatever the fleet (same random numbers)",
    "fleet.name": "Service",
    "fleet.hour": "Hour",
    "fleet.of_vehicles": "{n} vehicles",
    "fleet.vehicles": "Vehicles",
    "fleet.n_vehicles": "Vehicles",
    "fleet.requests_per_day": "Requests a day",
    "fleet.wait_mean_min": "Wait mean (min)",
    "fleet.wait_median_min": "Wait median (min)",
    "fleet.wait_p90_min": "Wait 90% (min)",
    "fleet.rejection_share": "Refused",
    "fleet.rides_per_vehicle_hour": "People per vehicle hour",
    "fleet.occupancy": "On board",
    "fleet.empty_km_share": "Empty km",
    "fleet.case": "Queue",
    "fleet.quantity": "Quantity",
    "fleet.theory": "Theory",
    "fleet.simulated": "Simulated",
    "fleet.error": "Std. error",
    "fleet.agrees": "Agrees",
    "fleet.yes": "yes",
    "fleet.no": "no",
    "fleet.theory_title": "Beside theory",
    "fleet.theory_note": "Agrees = within three standard errors. Queues without shared rides (M/M/c, M/D/1)",
    "fleetquantity.wait_mean_s": "mean wait (s)",
    "fleetquantity.waiting_share": "share who wait",
    "fleet.shiojiri_title": "Shiojiri city, November 2020: observed and predicted",
    "fleet.observed_wait_min": "Observed mean wait (min)",
    "fleet.untuned": "Nothing is fitted to what was observed",
}
