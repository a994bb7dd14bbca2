"""Levers written as text, and an evaluator that asks a formula instead of the models."""

from __future__ import annotations

from types import SimpleNamespace

from scenarios.goal_points import Ask, Cost, Outcome
from scenarios.lever_book import LeverBook
from scenarios.levers import Levers
from scenarios.yaml_reading import Document, parse_document

BASE = """\
schema: ekisei-scenario/1
id: as-it-is
title: {ja: いまのまま, en: As it is}
description: {ja: 変更なし, en: nothing changes}
year: 2023
plan_status: planned
modifications: []
"""
HOMES = """\
schema: ekisei-levers/1
id: homes
title: 住まい
base: as-it-is
levers:
  - id: homes
    title: {ja: 居住誘導, en: homes}
    unit: 人
    low: 0
    high: 600
    step: 20
    monotone: true
    sets: [modifications.move.persons]
    modifications:
      - {id: move, type: adjust-population, where: {near_stations_m: 600}, persons: 1, conserve_total: true}
    cost: {yearly_yen_per_unit: 1000, source: 仮定}
"""


def write_book(folder, text=HOMES, base=BASE):
    """Write a levers file with its base beside it; return the file."""
    (folder / "as-it-is.yaml").write_text(base, encoding="utf-8")
    path = folder / "levers.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def made_up_book(grid, unit_yen, fixed_yen, *, monotone=True, linear=()):
    """Return a book of levers whose values are 0…n, of persons where `linear`, else of a parameter; cost as given."""
    levers = []
    for n, (high, unit, fixed) in enumerate(zip(grid, unit_yen, fixed_yen, strict=True)):
        lever = {
            "id": f"lever-{n}",
            "title": f"レバー{n}",
            "choices": list(range(high + 1)),
            "monotone": monotone,
            "sets": [f"modifications.mod-{n}.persons" if n in linear else "parameters.walk_detour"],
            "cost": {"yearly_yen_per_unit": unit, "yearly_yen": fixed, "source": "仮定"},
        }
        if n in linear:
            move = {"type": "adjust-population", "where": {"everywhere": True}, "persons": 1}
            lever["modifications"] = [{"id": f"mod-{n}", **move}]
        else:
            lever["sets"] = [f"parameters.made-up-{n}"]
        levers.append(lever)
    file = {"schema": "ekisei-levers/1", "id": "made-up", "title": "作り物", "base": "none", "levers": levers}
    base = SimpleNamespace(modifications=())
    return LeverBook(Levers.model_validate(file), base, Document("made-up.yaml", file))


class FormulaEvaluator:
    """Stands in for the models: numerators by setting and a denominator, as formulas of the lever values."""

    def __init__(self, book, ask, numbers, persons=lambda _values: 1.0, broken=lambda _values: False, operating=None):
        self.book, self.ask = book, ask
        self._numbers, self._persons, self._broken = numbers, persons, broken
        self._operating = operating or (lambda _values: 0.0)
        self._known = {}

    @property
    def n_evaluated(self):
        return len(self._known)

    @property
    def outcomes(self):
        return tuple(self._known.values())

    @property
    def full(self):
        return len(self._known) >= self.ask.most

    def knows(self, values):
        return values in self._known

    def at(self, values):
        if values not in self._known:
            own = self.book.own_cost(values)
            persons = self._persons(values)
            numbers = {s: formula(values) / persons for s, formula in self._numbers.items()}
            verdicts = (SimpleNamespace(name="drivers", holds=not self._broken(values)),)
            total = own.total_yen + self._operating(values)
            dear = self.ask.budget_yen is not None and total > self.ask.budget_yen + 1
            cost = Cost(own.yearly_yen, own.capital_yen, self._operating(values), total)
            self._known[values] = Outcome(values, numbers, persons, cost, verdicts, over_budget=dear)
        return self._known[values]


def share_ask(target, **more):
    """Return a question about a share of residents under a made-up definition."""
    return Ask("catchment_population_share", target, ("made-up",), **more)


__all__ = ["BASE", "HOMES", "FormulaEvaluator", "made_up_book", "parse_document", "share_ask", "write_book"]
