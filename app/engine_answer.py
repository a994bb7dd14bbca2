"""Owns one live answer: from a scenario to its numbers in steps, the quick ones first, each as a run has them."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.engine_result import ACCESS, GEOMETRY, LiveResult, Phase
from app.features.compare.cards import is_zero
from geodata.errors import ScenarioError, Severity
from scenarios.apply import Applied, apply_scenario
from scenarios.compare import judge_rows
from scenarios.live import CATCHMENT, LiveRun, together
from scenarios.live_coverage import explain_coverage
from scenarios.live_phase import told_by_phase
from scenarios.live_reasons import find_unmoved
from sim.kpi import definition_verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.engine_against import Against, AgainstBook
    from geodata.city import City
    from geodata.units import FloatArray
    from scenarios.live import LiveCity
    from scenarios.schema import Scenario

NO_EFFECT = "scenario.no_effect"


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What is asked: a scenario, the KPIs and the columns of cells wanted, and whose request it is."""

    session: str
    request: int
    scenario: Scenario
    wanted: tuple[str, ...]
    columns: tuple[str, ...]
    with_layers: bool = True

    @property
    def last_live(self) -> str:
        """Name of the last phase that somebody waits for; what follows may take its time."""
        return "map" if self.with_layers else "cells"

    @property
    def phases(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Name of a phase → its KPIs, quick ones first; those told from each other stay together."""
        wanted = together(self.wanted)
        rest = tuple(k for k in wanted if k not in {*GEOMETRY, *ACCESS})
        first = (("geometry", GEOMETRY), ("access", ACCESS))
        return (*((name, tuple(k for k in kpis if k in wanted)) for name, kpis in first), ("rest", rest))


def apply_leniently(city: City, scenario: Scenario) -> Applied:
    """Apply a scenario; modifications that change nothing are told as warnings, where nothing else is wrong."""
    try:
        return apply_scenario(city, scenario)
    except ScenarioError as cause:
        errors = [p for p in cause.problems if p.severity is Severity.ERROR]
        if any(p.code != NO_EFFECT for p in errors):
            raise
        applied = apply_scenario(city, scenario, allow_no_effect=True)
        told = tuple(replace(p, severity=Severity.WARNING) for p in errors)
        return replace(applied, problems=(*told, *applied.problems))


class Answer:
    """The way from a question to its numbers; `steps` yields None between two steps, a result where more is known."""

    def __init__(self, base: LiveCity, book: AgainstBook, asked: Asked) -> None:
        self.base, self.book, self.asked = base, book, asked
        self.phases: list[Phase] = []
        self._clock = time.perf_counter()
        self._part = 0

    def steps(self) -> Iterator[LiveResult | None]:
        """Yield None between steps, results as they become known; the last one is ``done``."""
        asked = self.asked
        applied = apply_leniently(self.base.city, asked.scenario)
        self._lap("apply")
        yield None
        against = self.book.find(asked.scenario)
        run = self.base.run(applied)
        self._lap("baseline")
        yield None
        found = LiveResult(
            asked.session,
            asked.request,
            asked.scenario.id,
            "working",
            digest=asked.scenario.digest,
            against=against.scenario_id,
            against_title=against.title,
            problems=applied.problems,
        )
        yield from self._numbers(found, run, against)

    def _numbers(self, found: LiveResult, run: LiveRun, against: Against) -> Iterator[LiveResult | None]:
        asked, known = self.asked, list[str]()
        (_, quick), (_, access), (_, rest) = asked.phases
        for name, kpis in (("geometry", quick), ("access", access)):
            for kpi_id in kpis:
                run.compute(kpi_id)
                against.run.compute(kpi_id)
                yield None
            known += kpis
            found = self._told(found, run, against, known, rest if name == "access" else (*access, *rest))
            found = replace(found, phases=self._lap(name))
            if name == "geometry" and kpis:
                yield found
        coarse = run.hides_places or against.run.hides_places
        sides: tuple[dict[str, FloatArray], ...] = ({}, {})
        for name in asked.columns:
            for side, one in zip(sides, (run, against.run), strict=True):
                side[name] = one.column(name, by_district=coarse)
                yield None
        found = replace(found, part=self._next(), cells=sides[0], cells_against=sides[1], phases=self._lap("cells"))
        yield found if asked.with_layers or rest else replace(found, state="done")
        if asked.with_layers:
            layers = self.book.layers(run.applied, against)
            found = replace(found, part=self._next(), layers=layers, phases=self._lap("map"))
            yield found if rest else replace(found, state="done")
        for batch in batches(rest):
            for kpi_id in batch:
                run.compute(kpi_id)
                yield None
                against.run.compute(kpi_id)
                yield None
            known += batch
            found = self._told(found, run, against, known, tuple(k for k in rest if k not in known))
            found = replace(found, phases=self._lap("rest"))
            yield found if found.pending else replace(found, state="done")

    def _told(
        self, found: LiveResult, run: LiveRun, against: Against, known: Sequence[str], pending: tuple[str, ...]
    ) -> LiveResult:
        """Return the result with the rows of the KPIs known, and what may be said of them."""
        rows, before = run.rows(known), against.run.rows(known)
        verdict = definition_verdict([], [])
        if set(CATCHMENT) <= set(known):
            sides = (against.run.definitions, run.definitions)
            verdict = definition_verdict(*sides, baseline_rows=run.reference.kpis)
        judged = judge_rows(against.run.result(before), run.result(rows), verdict)
        reactions = against.reactions(self.asked.scenario)
        return replace(
            found,
            part=self._next(),
            rows=rows,
            rows_against=before,
            judgements={(kpi_id, group): said for (kpi_id, _, group), said in judged.items()},
            unmoved=find_unmoved(
                reactions,
                before,
                rows,
                run.applied.params,
                shows_none=is_zero,
                explain=lambda kpi_id: explain_coverage(kpi_id, against.run.context, run.context),
            ),
            definitions=verdict.message,
            by_phase=told_by_phase(reactions, (one.applied.city.timetable for one in (against.run, run))),
            pending=pending,
        )

    def _lap(self, name: str) -> tuple[Phase, ...]:
        """Note what a phase took, time of others between its steps included."""
        now = time.perf_counter()
        taken = 1000 * (now - self._clock)
        self._clock = now
        if self.phases and self.phases[-1].name == name:
            taken += self.phases.pop().took_ms
        self.phases.append(Phase(name, taken))
        return tuple(self.phases)

    def _next(self) -> int:
        self._part += 1
        return self._part


def batches(kpi_ids: Sequence[str]) -> list[tuple[str, ...]]:
    """Return KPIs one by one, those that are told from each other together."""
    left, found = list(kpi_ids), []
    while left:
        batch = tuple(k for k in together(left[:1]) if k in left)
        found.append(batch)
        left = [k for k in left if k not in batch]
    return found


__all__ = ["Answer", "Asked", "apply_leniently", "batches"]
