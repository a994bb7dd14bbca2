"""Owns the sentences on fairness that a council reads first, each with its number, status and district."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import Text
from geodata.provenance import Status, weakest
from sim.equity.districts import names_of
from sim.equity.findings import (
    Finding,
    clinic_finding,
    drivers_share,
    office_finding,
    round_trip_finding,
    school_finding,
)
from sim.equity.people import people_of
from sim.equity.sentence import COLUMNS, Sentence, percent, points_apart
from sim.equity.spread import generation_gap, over_limit, spread
from sim.params import parameter_status

if TYPE_CHECKING:
    from sim.context import RunContext

HALF = 0.5
MISSING_EN = {
    "施設データ未登録": "no such facilities registered",
    "年齢別人口データ未登録": "no population by age registered",
    "人口データ未登録": "no population registered",
    "地区データ未登録": "no districts registered",
}


def equity_sentences(context: RunContext) -> pd.DataFrame:
    """Return the sentences in the order in which they are read; a city without people has none."""
    found = () if people_of(context, "all").missing else _sentences(context)
    rows = [sentence.row for sentence in found if sentence is not None]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _sentences(context: RunContext) -> tuple[Sentence | None, ...]:
    """Return the sentences in order; None where there is nothing to say."""
    without, everybody = clinic_finding(context, "75plus-no-licence"), clinic_finding(context, "all")
    return (
        _share_sentence(without),
        _ends(context, without),
        _concentration(context, without),
        _without_assumed(context),
        _licence_gap(context, without),
        _ends(context, round_trip_finding(context, "75plus-no-licence")),
        _ends(context, office_finding(context, "75plus-no-licence")),
        _ends(context, school_finding(context)),
        _share_sentence(everybody),
        _ends(context, everybody),
        generation_gap(context, everybody),
        over_limit(context, everybody),
        *spread(context),
    )


def _share_sentence(found: Finding) -> Sentence:
    """Say which share of some people have an access."""
    share = found.share
    if share is None:
        return _not_known(found)
    people_ja, people_en = _people(found.who, found.persons)
    text = Text(
        f"{people_ja}のうち、{found.what.ja}は {percent(share)} です。",
        f"{percent(share)} of {people_en} {found.what.en}.",
    )
    return Sentence(found.finding_id, text, share, "share", found.persons, found.status, found.measure.note)


def _not_known(found: Finding) -> Sentence:
    reason = found.missing
    text = Text(
        f"{found.who.ja}のうち{found.what.ja}の割合は計算できません（{reason or '該当する人口なし'}）。",
        f"How many of {found.who.en} {found.what.en} is not known ({MISSING_EN.get(reason, 'nobody of them')}).",
    )
    return Sentence(found.finding_id, text, None, "share", found.persons, Status.NO_DATA, reason)


def _ends(context: RunContext, found: Finding) -> Sentence | None:
    """Say which districts have the lowest and the highest share, and how far apart they are."""
    shares = found.by_district(context)
    if shares is None:
        return None
    fewest = context.params.equity_district_persons
    lowest, highest = shares.lowest(fewest), shares.highest(fewest)
    if len(lowest) == 0:
        return None
    low, high = float(shares.shares[lowest[0]]), float(shares.shares[highest[0]])
    sentence_id, population = f"{found.finding_id}-lowest", context.city.population
    persons = float(shares.persons[lowest].sum())
    if high - low < HALF / 100:
        text = Text(
            f"{found.who.ja}のうち{found.what.ja}の割合は、どの地区も {percent(low)} です。",
            f"In every district {percent(low)} of {found.who.en} {found.what.en}.",
        )
    else:
        names, best = names_of(population, lowest), names_of(population, highest)
        text = Text(
            f"{found.who.ja}のうち{found.what.ja}の割合が最も低い地区は {names.ja}（{persons:,.0f} 人のうち "
            f"{percent(low)}）、最も高い地区は {best.ja}（{percent(high)}）で、"
            f"{points_apart(high, low)} ポイントの差があります。",
            f"The lowest district is {names.en}, where {percent(low)} of {persons:,.0f} {found.who.en} "
            f"{found.what.en}; the highest is {best.en} ({percent(high)}), {points_apart(high, low)} points apart.",
        )
    ids = " ".join(str(population.district_id[d]) for d in lowest)
    return Sentence(sentence_id, text, low, "share", persons, found.status, found.measure.note, ids)


def _concentration(context: RunContext, found: Finding) -> Sentence | None:
    """Say in how few districts half of those without the access live."""
    shares = found.by_district(context)
    if shares is None:
        return None
    left = np.nan_to_num(shares.persons * (1.0 - np.nan_to_num(shares.shares)))
    total = float(left.sum())
    if total < context.params.equity_district_persons:
        return None
    order = np.argsort(-left, kind="stable")
    n_districts = int(np.searchsorted(np.cumsum(left[order]), HALF * total * (1 - 1e-12))) + 1
    chosen, population = order[:n_districts].astype(np.int32), context.city.population
    names, part = names_of(population, chosen), float(left[chosen].sum()) / total
    text = Text(
        f"{found.who.ja}のうち、「{found.what.ja}」に入らない人は {total:,.0f} 人で、その {percent(part)} が "
        f"{n_districts} 地区（{names.ja}）に住んでいます。",
        f"{total:,.0f} {found.who.en} are not among those who {found.what.en}; {percent(part)} of them live in "
        f"{n_districts} district{'s' if n_districts > 1 else ''} ({names.en}).",
    )
    ids = " ".join(str(population.district_id[d]) for d in chosen)
    return Sentence(
        f"{found.finding_id}-left", text, total, "persons", found.persons, found.status, found.measure.note, ids
    )


def _without_assumed(context: RunContext) -> Sentence | None:
    """Say the same without the assumed lines, where there are some."""
    bare = context.bare()
    found = clinic_finding(bare, "75plus-no-licence")
    share, shares = found.share, found.by_district(bare)
    if bare is context or share is None:
        return None
    lowest = np.zeros(0, np.int32) if shares is None else shares.lowest(context.params.equity_district_persons)
    ja = f"仮定の路線を除くと、{found.who.ja}のうち{found.what.ja}は {percent(share)}"
    en = f"Without the assumed lines {percent(share)} of {found.who.en} {found.what.en}"
    if shares is not None and len(lowest):
        names, low = names_of(context.city.population, lowest), percent(float(shares.shares[lowest[0]]))
        ja, en = f"{ja}、最も低い地区は {names.ja}（{low}）", f"{en}; the lowest district is {names.en} ({low})"
    ids = " ".join(str(context.city.population.district_id[d]) for d in lowest)
    text = Text(
        f"{ja}です。実際の時刻表を登録するまでは、この幅で見てください。",
        f"{en}. Read the two as a range until a real timetable is given.",
    )
    name = f"{found.finding_id}-no-assumed-lines"
    return Sentence(name, text, share, "share", found.persons, found.status, found.measure.note, ids)


def _licence_gap(context: RunContext, found: Finding) -> Sentence | None:
    """Say how far apart those are who may drive and those who may not."""
    drivers, others = drivers_share(context), found.share
    if drivers is None or others is None:
        return None
    limit = f"{context.params.clinic_within_min:g}"
    gap = drivers - others
    text = Text(
        f"免許のある75歳以上が自動車で{limit}分以内に医療機関に着ける割合は {percent(drivers)}、"
        f"免許のない75歳以上が公共交通か徒歩で着ける割合は {percent(others)} で、"
        f"差は {points_apart(drivers, others)} ポイントです。",
        f"{percent(drivers)} of licence holders of 75 and older get to a clinic or hospital within {limit} min by "
        f"car, {percent(others)} of those without one by public transport or on foot: "
        f"{points_apart(drivers, others)} points apart.",
    )
    status = weakest([found.status, parameter_status("car_offpeak_kmh")])
    return Sentence("licence-gap", text, gap, "share", found.persons, status, found.measure.note)


def _people(who: Text, persons: float) -> tuple[str, str]:
    return f"{who.ja}（{persons:,.0f} 人）", f"the {persons:,.0f} {who.en}"
