"""Owns the money of one run, or of two beside each other: what more it costs, and per ride and person newly covered."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import Text, UsageError, error
from scenarios.splitting import parts_between
from sim.uncertainty.definition import SECOND_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scenarios.store import StoredRun

TABLE = "operations_money"
RIDES, MOBILE = "bus_rides_total", "mobile-service"
COVERED = "transit_covered_share"
"""Column of the cells: share of a cell that public transport covers."""

ITEMS: dict[str, Text] = {
    "vehicles": Text("車両（予備車・デマンド交通を含む）", "vehicles (with spares and on-demand)"),
    "bus_vehicles": Text("使用車両（路線・BRT）", "buses in use"),
    "drivers": Text("運転士", "drivers"),
    "bus_km": Text("実車キロ（路線・BRT）", "bus kilometres in service"),
    "bus_hours": Text("実車時間（路線・BRT）", "bus hours in service"),
    "on_demand_hours": Text("車両時間（デマンド交通）", "on-demand vehicle hours"),
    "operating_cost": Text("運行経費（資本費を除く）", "operating cost (without capital)"),
    "on_demand_cost": Text("うちデマンド交通", "of it on-demand"),
    "capital": Text("車両の資本費（年当たり）", "vehicles' capital a year"),
    "fares": Text("運賃収入", "fares"),
    "deficit": Text("赤字（補助額）", "deficit (subsidy)"),
    "paid_by_state": Text("うち国庫補助（入力による）", "of it the state's (as entered)"),
    "paid_by_others": Text("うち県・市・事業者", "of it prefecture's, city's, operator's"),
    "subsidy_per_resident": Text("市民1人当たりの補助額", "subsidy per resident"),
    "bus_cost_per_ride": Text("バス1乗車当たりの経費", "cost of a bus ride"),
    "bus_deficit_per_ride": Text("バス1乗車当たりの赤字", "deficit of a bus ride"),
    "rides_per_run": Text("1便当たりの乗車", "rides per run"),
    "mean_load": Text("平均の乗車密度（乗車人分 ÷ 実車分）", "mean load (passenger minutes ÷ minutes in service)"),
    "bus_cost_per_km": Text("実車1 km当たりの経費", "cost of a bus kilometre"),
}
"""Item of the table of a run → words."""

UNITS: dict[str, Text] = {
    "yen": Text("円", "yen"),
    "yen/km": Text("円/km", "yen/km"),
    "km": Text("km/年", "km a year"),
    "h": Text("時間/年", "h a year"),
    "count": Text("台", "vehicles"),
    "persons": Text("人", "persons"),
    "thousand yen": Text("千円/年", "thousand yen a year"),
}
IN_THOUSANDS = frozenset({"operating_cost", "on_demand_cost", "capital", "fares", "deficit", "paid_by_state",
                          "paid_by_others"})  # fmt: skip
"""Items shown in thousands of yen."""


@dataclass(frozen=True, slots=True)
class Worth:
    """
    What one run gets for what it costs more than another.

    `more_yen`: operating cost of B − A [yen a year]. `gained_persons`, `lost_persons`: residents of B whom public
    transport covers in B but not in A, and the other way. `more_rides`: bus rides a year that the measures of B bring
    beyond those of A; what fewer or other people make of them is left out. `other_rides`: the same by the tool's other
    method. NaN = not known.
    """

    more_yen: float
    gained_persons: float
    lost_persons: float
    more_rides: float
    other_rides: float = math.nan

    @property
    def yen_per_person(self) -> float:
        """Cost per person newly covered [yen a year]; NaN where fewer are covered, or it costs no more."""
        return ratio(self.more_yen, self.gained_persons - self.lost_persons)

    @property
    def yen_per_ride(self) -> float:
        """Cost per additional ride [yen]; NaN where there are fewer, or it costs no more."""
        return ratio(self.more_yen, self.more_rides)


def ratio(more: float, by: float) -> float:
    """Return more ÷ by where both are greater than 0, else NaN: a saving per person lost is no price."""
    return more / by if more > 0 and by > 0 else math.nan


def money_of(run: StoredRun) -> pd.DataFrame:
    """
    Return the table of money of a run.

    Raises
    ------
    UsageError
        If the run has none: nothing runs, or it was made before there was one.
    """
    table = run.tables.get(TABLE)
    if table is None:
        message = Text("経費の表がありません", "it has no table of money")
        hint = Text(
            "便もデマンド交通もない都市か、古い計算結果です。ekisei run で計算し直してください",
            "nothing runs there, or the run is old: compute it again by ekisei run",
        )
        raise UsageError(error("money.none", str(run.folder), message, hint))
    return table.fillna({"note": ""})


def money_difference(before: StoredRun, after: StoredRun) -> pd.DataFrame:
    """Return item, a, b, difference, unit, status, note of two runs, in the order of `ITEMS`."""
    a, b = (money_of(run).set_index("item") for run in (before, after))
    rows = [
        (item, a["value"].get(item), b["value"].get(item), b["unit"].get(item), b["status"].get(item),
         b["note"].get(item))
        for item in ITEMS if item in b.index
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["item", "a", "b", "unit", "status", "note"])
    frame.insert(3, "difference", frame["b"].astype(float) - frame["a"].astype(float))
    return frame


def worth_of(before: StoredRun, after: StoredRun) -> Worth:
    """Return what B gets for what it costs more than A; people as they live in B, rides by the measures alone."""
    cost = [_value(run, "operating_cost_yen") for run in (before, after)]
    gained = lost = math.nan
    if len(before.cells) == len(after.cells) and COVERED in before.cells and COVERED in after.cells:
        change = after.cells[COVERED].to_numpy(np.float64) - before.cells[COVERED].to_numpy(np.float64)
        persons = after.cells["persons"].to_numpy(np.float64)
        gained = float(np.nansum(persons * np.maximum(change, 0)))
        lost = float(np.nansum(persons * np.maximum(-change, 0)))
    return Worth(cost[1] - cost[0], gained, lost, _more_rides(before, after), _other_rides(before, after))


def _more_rides(before: StoredRun, after: StoredRun) -> float:
    """Return the rides a year that measures bring; of runs of the same year that are not split, the difference."""
    parts = parts_between(before, after, RIDES)
    if parts is not None:
        return parts.policy
    same = before.scenario.year == after.scenario.year
    return _value(after, RIDES) - _value(before, RIDES) if same else math.nan


def _other_rides(before: StoredRun, after: StoredRun) -> float:
    """Return the rides a year that measures bring by the other method; NaN where the runs do not tell."""
    parts = parts_between(before, after, RIDES, SECOND_METHODS[RIDES])
    return math.nan if parts is None else parts.policy


def not_in_cost(run: StoredRun) -> Iterator[Text]:
    """Yield what a scenario has that its operating cost leaves out."""
    kinds = {str(mod.type) for mod in run.scenario.modifications if mod.enabled}
    if MOBILE in kinds:
        yield Text(
            "動く市役所・移動診療の車両と人件費は、運行経費に含まれていません",
            "vehicles and staff of mobile offices and clinics are not in the operating cost",
        )


def _value(run: StoredRun, kpi_id: str) -> float:
    """Return a KPI of the whole city under its default setting, NaN where it has none."""
    rows = run.kpi[(run.kpi["kpi_id"] == kpi_id) & (run.kpi["setting"] == "default") & (run.kpi["group"] == "all")]
    return float(rows["value"].iloc[0]) if len(rows) else math.nan


def worth_sentences(worth: Worth) -> Iterator[Text]:
    """Yield what may be said of the price of a gain."""
    yen = worth.more_yen / 1_000
    yield Text(f"運行経費の差 {yen:+,.0f} 千円/年", f"operating cost {yen:+,.0f} thousand yen a year")
    if not math.isnan(worth.gained_persons):
        yield Text(
            f"新たに公共交通の圏内に入る人 {worth.gained_persons:,.0f} 人、圏外になる人 {worth.lost_persons:,.0f} 人"
            "（どちらも B の年の住民で数える）",
            f"{worth.gained_persons:,.0f} people newly covered, {worth.lost_persons:,.0f} no longer "
            "(both counted by the people of B)",
        )
    if not math.isnan(worth.yen_per_person):
        each = worth.yen_per_person / 1_000
        yield Text(
            f"圏内の人が1人増えるごとに {each:,.1f} 千円/年",
            f"{each:,.1f} thousand yen a year for each person more who is covered",
        )
    if not math.isnan(worth.more_rides):
        yield Text(
            f"施策によるバスの利用の差 {worth.more_rides:+,.0f} 回/年（人口の増減による分は除く）",
            f"bus rides by the measures {worth.more_rides:+,.0f} a year (what the number of people does is left out)",
        )
    if not math.isnan(worth.other_rides):
        each = ratio(worth.more_yen, worth.other_rides)
        ja, en = ("", "") if math.isnan(each) else (f"（1回当たり {each:,.0f} 円）", f" ({each:,.0f} yen each)")
        yield Text(
            f"別の方法（弾力性）では、施策によるバスの利用の差 {worth.other_rides:+,.0f} 回/年{ja}",
            f"by the other method (elasticities) {worth.other_rides:+,.0f} rides a year{en}",
        )
    if not math.isnan(worth.yen_per_ride):
        yield Text(
            f"施策でバスの利用が1回増えるごとに {worth.yen_per_ride:,.0f} 円（経費。運賃の増は引いていない）",
            f"{worth.yen_per_ride:,.0f} yen for each ride more by the measures (cost; its fares are not taken off)",
        )
