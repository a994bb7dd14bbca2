"""Owns the figures of live editing: from a changed draft to its numbers, on the warm engine and the bundled city."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from tests.benchmarks.inputs import SEED
from tests.benchmarks.report import Goal, Part
from tests.benchmarks.timing import Figure, percentile

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine import Engine
    from tests.benchmarks.bench import Bench

    Edit = Callable[[int], list[dict[str, Any]]]

N_EDITS = 20
FIRST = 2
"""Edits of each kind before the clock counts, as after somebody has begun to work."""
QUICK_S, LINE_S = 0.3, 1.5
PARENT = "trend-r11"


def live(bench: Bench) -> Part:
    """Time edits of a draft until the first numbers, all live numbers, and the map are there."""
    from app.engine import Engine
    from app.engine_result import LIVE_KPIS
    from geodata.hitachi import load_hitachi
    from scenarios.drafts import DraftFolder
    from scenarios.store import ResultStore

    title = f"live editing: {len(LIVE_KPIS)} KPIs, {N_EDITS} edits of each kind on {PARENT}, the bundled city"
    part = Part("live", title)
    os.environ["EKISEI_HOME"] = str(bench.scratch / "live")
    engine = Engine(load_hitachi, DraftFolder(bench.scratch / "drafts"), ResultStore())
    bench.tell("live: warming up, nothing stored")
    start = time.perf_counter()
    engine.start()
    while engine.warm == "warming":
        time.sleep(0.1)
    assert engine.warm == "ready", [p.render("en") for p in engine.problems]
    part.add(Figure("warm-up, nothing stored", (time.perf_counter() - start,)))
    engine.evaluate(engine.drafts.scenario(draft([])), session="bench")
    for name, (edit, goal_s) in edits().items():
        taken: dict[str, list[float]] = {"first": [], "live": [], "map": [], "work": []}
        for n in range(N_EDITS + FIRST):
            if n % 5 == 0:
                bench.tell(f"live: {name} ({n + 1}/{N_EDITS + FIRST})")
            found = timed_edit(engine, edit(n))
            if n >= FIRST:
                for what, seconds in found.items():
                    taken[what].append(seconds)
        numbers = taken["live"]
        part.add(
            Figure(f"{name}: coverage, counts", tuple(taken["first"])),
            Figure(f"{name}: all live KPIs", tuple(numbers)),
            Figure(f"{name}: cells and map too", tuple(taken["map"])),
            Figure(f"{name}: processor time of all live KPIs", tuple(taken["work"])),
            Goal(
                f"{name}, median (p95 {1000 * percentile(numbers, 0.95):.0f} ms)",
                1000 * float(np.median(numbers)),
                1000 * goal_s,
                at_least=False,
                unit=" ms",
            ),
        )
        part.facts[name] = {
            what: {"median_s": float(np.median(v)), "p95_s": percentile(v, 0.95)} for what, v in taken.items()
        }
    part.add("rides, operations, equity and journeys follow in the background and are not in the goal")
    part.add("a clinic in the area of an on-demand service changes its rides, so all times are anew, as for a line")
    engine.stop()
    return part


def timed_edit(engine: Engine, modifications: list[dict[str, Any]]) -> dict[str, float]:
    """Ask as the page does, from the plain draft, and return the seconds until each part was told."""
    from app.engine_result import LIVE_KPIS

    told: dict[str, float] = {}
    start, worked = time.perf_counter(), time.process_time()
    number = engine.ask_plain(draft(modifications), session="bench")
    found = engine.wait("bench", number)
    while True:
        passed = time.perf_counter() - start
        told.setdefault("first", passed)
        if not set(LIVE_KPIS) & set(found.pending):
            told.setdefault("live", passed)
            told.setdefault("work", time.process_time() - worked)
        if found.over:
            assert found.state == "done", [p.render("en") for p in found.problems]
            return {**told, "map": passed}
        found = engine.wait("bench", number, part=found.part)


def draft(modifications: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a draft as the page of edits holds it."""
    words = {"ja": "試し", "en": "Trial"}
    return {
        "schema": "ekisei-scenario/1", "id": "bench-draft", "title": words, "description": words, "extends": PARENT,
        "compare_to": PARENT, "year": 2029, "plan_status": "hypothetical", "modifications": modifications,
    }  # fmt: skip


def edits() -> dict[str, tuple[Edit, float]]:
    """Return name → (number → modifications, goal [s]); no two numbers give the same."""
    from geodata.hitachi import load_hitachi
    from scenarios.files import LIBRARY

    def library(name: str) -> dict[str, Any]:
        text = (LIBRARY / f"{name}.yaml").read_text(encoding="utf-8")
        found: dict[str, Any] = yaml.safe_load(text)["modifications"][0]
        return found

    cells = load_hitachi().population
    rng = np.random.default_rng(SEED)
    lived = rng.choice(np.flatnonzero(cells.total > 0), 2 * (N_EDITS + FIRST), replace=False)
    places = [{"lat": round(float(lat), 5), "lon": round(float(lon), 5)} for lon, lat in cells.lonlat[lived]]
    office = library("mobile-office-12")
    words = {"ja": "試し", "en": "Trial"}

    def clinic(n: int) -> list[dict[str, Any]]:
        return [{"id": "new", "type": "add-facility", "category": "clinic", "name": words, "location": places[n]}]

    def visit(n: int) -> list[dict[str, Any]]:
        visits = [{"week_of_month": [2, 4], "weekday": "tue", "start": "14:00", "end": "16:00"}]
        return [{**office, "stops": [*office["stops"], {"name": words, "location": places[n], "visits": visits}]}]

    def headway(n: int) -> list[dict[str, Any]]:
        entries = [{"start": "06:00", "end": "22:00", "headway_min": 8 + n, "days": ["weekday"]}]
        return [
            {"id": "fewer-brt", "override": True, "type": "adjust-frequency", "route_class": ["brt"],
             "entries": entries, "retain_outside": True}
        ]  # fmt: skip

    def stops(n: int) -> list[dict[str, Any]]:
        ahead = [(36.5542, 140.6348), (36.5595, 140.6378), (36.5650, 140.6400)]
        more = [{"lat": lat + n * 1e-4, "lon": lon, "name": words} for lat, lon in ahead]
        return [
            {"id": "longer", "type": "reroute", "routes": ["hitachi-brt"], "from_stop": "多賀駅前", "stops": more,
             "speed_kmh": 22, "dwell_s": 20}
        ]  # fmt: skip

    def line(n: int) -> list[dict[str, Any]]:
        called = [{"lat": 36.5675 + n * 1e-4, "lon": 140.6219, "name": words}, {"id": "常陸多賀駅"}]
        times = [{"start": "07:00", "end": "19:00", "headway_min": 30}]
        return [
            {"id": "line", "type": "add-trips", "name": words, "stops": called, "speed_kmh": 20, "timetables": times}
        ]

    return {
        "planned clinic moved": (clinic, QUICK_S),
        "visit added": (visit, QUICK_S),
        "headway of the BRT changed": (headway, LINE_S),
        "three stops added to the BRT": (stops, LINE_S),
        "new line": (line, LINE_S),
    }
