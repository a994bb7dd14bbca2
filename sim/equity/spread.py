"""Owns the sentences on how access is spread over people: young and old, beyond the limit, Gini and Palma in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Text
from geodata.provenance import weakest
from sim.equity.findings import Finding, clinic_minutes
from sim.equity.indices import gini, palma
from sim.equity.people import people_of
from sim.equity.sentence import Sentence, percent
from sim.kpi.equity_measures import measure_gini, people_status
from sim.params import parameter_status

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.kpi.measure import GroupWeights


def generation_gap(context: RunContext, everybody: Finding) -> Sentence | None:
    """Say how far apart the young and the old are by public transport and on foot."""
    old, every = people_of(context, "75plus"), everybody.people
    if everybody.missing or old.missing:
        return None
    older, both = everybody.measure, (old.standard, old.older)
    reached_old = float(older.standard @ both[0] + older.older @ both[1])
    reached = float(older.standard @ every.standard + older.older @ every.older)
    n_old, n_all = float(old.standard.sum() + old.older.sum()), everybody.persons
    if n_old <= 0 or n_all <= n_old:
        return None
    young_share, old_share = (reached - reached_old) / (n_all - n_old), reached_old / n_old
    gap = young_share - old_share
    limit = f"{context.params.clinic_within_min:g}"
    text = Text(
        f"公共交通か徒歩で{limit}分以内に医療機関に着ける割合は、75歳未満 {percent(young_share)}、"
        f"75歳以上 {percent(old_share)}（歩く速さと住む場所の違いによる差 {100 * gap:.1f} ポイント）です。",
        f"{percent(young_share)} of residents below 75 and {percent(old_share)} of those of 75 and older get to a "
        f"clinic or hospital within {limit} min by public transport or on foot ({100 * gap:.1f} points, by how fast "
        "they walk and where they live).",
    )
    status = people_status(context, everybody.measure.status, "75plus")
    return Sentence("generation-gap", text, gap, "share", n_old, status, everybody.measure.note)


def over_limit(context: RunContext, everybody: Finding) -> Sentence | None:
    """Say how far beyond the limit those are who do not keep it."""
    minutes = clinic_minutes(context)
    if minutes is None or everybody.missing:
        return None
    limit_min, factor = context.params.clinic_within_min, context.params.equity_budget_factor
    time, persons = np.concatenate(minutes), _stacked(everybody.people)
    beyond = persons * (time > limit_min)
    n_beyond = float(beyond.sum())
    if n_beyond < context.params.equity_district_persons:
        return None
    over = float(beyond @ (np.minimum(time, factor * limit_min) - limit_min)) / n_beyond
    most = f"{factor * limit_min:g}"
    text = Text(
        f"{limit_min:g}分を超える人は {n_beyond:,.0f} 人で、平均 {over:.1f} 分超えています"
        f"（{most}分以上かかる人・着けない人は{most}分として）。",
        f"{n_beyond:,.0f} residents take longer than {limit_min:g} min, by {over:.1f} min on average (who takes {most} "
        f"min or more, or cannot get there, counts as {most} min).",
    )
    status = weakest([everybody.status, parameter_status("equity_budget_factor")])
    return Sentence("over-limit", text, over, "min", n_beyond, status, everybody.measure.note)


def spread(context: RunContext) -> tuple[Sentence, ...]:
    """Say the Gini coefficient and the Palma ratio in words."""
    measure, people = next(iter(measure_gini(context))), people_of(context, "all")
    if measure.missing:
        return ()
    values, persons = np.concatenate([measure.standard, measure.older]), _stacked(people)
    index, ratio = gini(values, persons), palma(values, persons)
    n, status = float(persons.sum()), measure.status
    text = Text(
        f"市民2人をくじで選ぶと、医療機関の受診しやすさの差は平均して市の平均の {percent(2 * index)} です"
        f"（ジニ係数 {index:.3f}）。",
        f"Two residents drawn at random differ in clinic access by {percent(2 * index)} of the city's mean on average "
        f"(Gini coefficient {index:.3f}).",
    )
    said = Sentence("gini", text, index, "index", n, status, measure.note)
    if not np.isfinite(ratio):
        return (said,)
    text = Text(
        f"受診しやすさの最も高い1割の人の合計は、最も低い4割の人の合計の {ratio:.2f} 倍です（全員同じなら 0.25 倍）。",
        f"The tenth of residents with the best clinic access have {ratio:.2f} times what the 40 % with the worst have "
        "together (0.25 if all were alike).",
    )
    return said, Sentence("palma", text, ratio, "ratio", n, status, measure.note)


def _stacked(people: GroupWeights) -> FloatArray:
    return np.concatenate([people.standard, people.older])
