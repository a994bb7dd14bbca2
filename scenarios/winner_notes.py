"""Owns what must be said beside winners and losers: how sure the times are, what else differs, what is withheld."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from geodata.errors import Text
from geodata.provenance import Status, weakest
from scenarios.winner_kinds import AGES, DESTINATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from scenarios.store import StoredRun

WITHIN = "clinic_within_30min_share"


def hides_clinics(a: StoredRun, b: StoredRun) -> bool:
    """Return whether one of the runs tells access to clinics by district only: then both are compared so."""
    return any(run.manifest.get("district_level") for run in (a, b))


def status_of(runs: tuple[StoredRun, StoredRun], told: Sequence[str]) -> Status:
    """Return the weakest status of the KPIs on the times compared."""
    wanted = [DESTINATIONS[name].kpi_id for name in told]
    frames = [run.kpi[run.kpi["kpi_id"].isin(wanted) & (run.kpi["group"] == "all")] for run in runs]
    found = {Status(str(name)) for frame in frames for name in frame["status"]} - {Status.NO_DATA}
    return weakest([Status.MODELLED, *found])


def district_names(run: StoredRun) -> dict[str, Text]:
    """Return district → name, from a table of the run; empty where it has none."""
    for table in ("equity_districts", "clinic_districts"):
        if table in run.tables:
            frame = run.tables[table]
            english = frame["district_en" if "district_en" in frame else "district"]
            rows = zip(frame["district_id"], frame["district"], english, strict=True)
            return {str(d): Text(str(ja), str(en)) for d, ja, en in rows}
    return {}


def notes_on(
    a: StoredRun, b: StoredRun, people: pd.DataFrame, left_out: Sequence[str], older_from: Sequence[int]
) -> Iterator[Text]:
    """
    Yield what else is to be said.

    Yields
    ------
    note
        What is not compared, withheld, or differs beside the measures. `people`: cells of the residents counted.
    """
    if left_out:
        names = tuple(DESTINATIONS[name].label for name in left_out)
        yield Text(
            f"比べていない行き先（所要時間が未計算）: {'、'.join(n.ja for n in names)}",
            f"not compared, for want of times: {', '.join(n.en for n in names)}",
        )
    if hides_clinics(a, b):
        yield Text(
            "仮定の閉院を含む結果があるため、医療機関までの時間は地区の中央値で比べています（地区の中の差は出ません）",
            "a run holds assumed closures: times to clinics are compared by the medians of districts, which hide what "
            "differs within one",
        )
        yield from _net_within(a, b, people)
    if a.manifest["parameters_changed"] != b.manifest["parameters_changed"]:
        yield Text(
            "2 つの結果は前提の値が違います。差は施策だけによるものではありません",
            "the runs rest on different parameters: measures alone do not make the difference",
        )
    if a.manifest["analysis"] != b.manifest["analysis"]:
        yield Text(
            "2 つの結果は分析条件（曜日・時間帯など）が違います", "the runs look at different days, windows or settings"
        )
    if any(age not in {AGES[1].from_age, AGES[2].from_age} for age in older_from):
        yield Text(
            "歩く速さの境の年齢が 65・75 歳でないため、年齢階級ごとに近いほうの歩く速さで数えています",
            "the age of the older walker is neither 65 nor 75: each age group walks as the nearer one",
        )


def _net_within(a: StoredRun, b: StoredRun, people: pd.DataFrame) -> Iterator[Text]:
    """Yield how many more are within the time limit of a clinic, by what the KPI says of each district."""
    shares = []
    for run in (a, b):
        rows = run.kpi[(run.kpi["kpi_id"] == WITHIN) & (run.kpi["setting"] == "default")]
        shares.append(dict(zip(rows["group"], rows["value"], strict=True)))
    persons = people.groupby("district_id")["persons"].sum()
    groups = {str(name): f"district:{name}" for name in persons.index}
    changes = [
        float(persons[name]) * (shares[1][group] - shares[0][group])
        for name, group in groups.items()
        if all(math.isfinite(share.get(group, math.nan)) for share in shares)
    ]
    if changes:
        up, down = sum(c for c in changes if c > 0), -sum(c for c in changes if c < 0)
        yield Text(
            f"地区ごとの割合の差からは、時間内に医療機関に着ける人は増える地区で {up:,.0f} 人増、減る地区で "
            f"{down:,.0f} 人減です（評価指標の地区別の値 × 人口）",
            f"by the shares of districts, {up:,.0f} more people get to a clinic in time where the share rises, "
            f"{down:,.0f} fewer where it falls (the KPI by district × residents)",
        )
