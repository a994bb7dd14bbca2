"""Owns ``ekisei route --pairs``: many journeys at once, from one CSV to another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.words import both
from geodata.errors import DataError, UsageError, error, render_problems
from geodata.writable import require_writable

if TYPE_CHECKING:
    from pathlib import Path

    from app.commands.session import Session
    from geodata.city import City
    from sim.routing.pairs import WalkRule
    from sim.routing.types import RoutingRequest

LONGEST_WALK_M = 100_000.0


@dataclass(frozen=True, slots=True)
class PairRules:
    """What the command line said about changes: `walk` as written ("" = as the router), seconds, vehicles."""

    walk: str
    change_s: int
    max_transfers: int | None


def answer_pairs(session: Session, city: City, day: str, rules: PairRules, pairs: Path, out: Path) -> None:
    """Read the questions, find the earliest arrivals, write both."""
    from app.commands.journey import say_no_service
    from app.commands.pair_table import read_pairs, write_answers
    from geodata.units import UNREACHED_S
    from sim.routing.pairs import pair_arrivals

    walk, metres = parse_walk(rules.walk)
    if out.is_dir():
        raise UsageError(error("cli.out_is_folder", str(out), both("pairs.out_is_folder"), both("pairs.out_hint")))
    if out.resolve() == pairs.resolve() or (out.exists() and pairs.exists() and out.samefile(pairs)):
        raise UsageError(error("cli.out_is_input", str(out), both("pairs.out_is_input"), both("pairs.out_hint")))
    require_writable(out)
    if not pairs.is_file():
        key = "pairs.is_folder" if pairs.is_dir() else "pairs.missing"
        raise DataError(error(key, str(pairs), both(key), both("pairs.missing_hint")))
    table = read_pairs(pairs, city, with_places=walk == "streets")
    if table.problems:
        session.note(render_problems(table.problems, session.lang))
    request = request_of(city, day, rules, metres)
    session.ready_kernels("journeys")
    with session.progress(session.say("progress.pairs")) as report:
        found = pair_arrivals(
            city,
            table.origins,
            table.targets,
            table.depart_s,
            request,
            walk=walk,
            progress=lambda share: report("", share),
        )
    write_answers(table, found, out)
    n_reached = int((found.arrive_s != UNREACHED_S).sum())
    if idle := say_no_service(session, city, request.date):
        session.note(idle)
    session.print(session.say("pairs.written", path=out, n=f"{len(found.arrive_s):,}", reached=f"{n_reached:,}"))


def parse_walk(text: str) -> tuple[WalkRule, float | None]:
    """Return the rule of ``none``, ``feed``, metres or "", and the metres if they were given."""
    if text == "none":
        return "none", None
    if text == "feed":
        return "feed", None
    if not text:
        return "streets", None
    try:
        metres = float(text)
    except ValueError:
        metres = math.nan
    if not 0 <= metres <= LONGEST_WALK_M:
        raise UsageError(error("cli.walk", "--walk", both("pairs.walk", value=text), both("pairs.walk_hint")))
    return "streets", metres


def request_of(city: City, day: str, rules: PairRules, metres: float | None) -> RoutingRequest:
    """Return the question all rows share: the models' standard walker, limits of the options."""
    from dataclasses import replace

    import numpy as np

    from app.commands.journey import ask
    from sim.routing.walk import walk_seconds

    request = replace(ask(city, day, 0), change_s=rules.change_s, max_transfers=rules.max_transfers)
    if metres is None:
        return request
    limit = int(walk_seconds(np.array(round(metres * 1000)), request.walk_speed_m_min))
    return replace(request, max_access_s=limit, max_transfer_s=limit, max_direct_s=limit)
