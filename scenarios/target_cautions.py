"""Owns what must be said beside a verdict on a target: limits, years, apparent changes, rounding, another method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import Text
from scenarios.sureness import is_too_few
from scenarios.targets import DRAWS, VERDICT_TEXT, Forecast, Path, Verdict, only_by_rounding, reaches
from sim.kpi import KPIS, UNIT_TEXT
from sim.results import DEFAULT_SETTING
from sim.uncertainty.definition import SECOND_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scenarios.store import StoredRun
    from sim.results import KpiRow

    Rows = Mapping[tuple[str, str], KpiRow]
    """(KPI, setting) → row of the whole city."""

RIDES, RIDES_TOTAL, LINKED = "bus_rides_per_citizen", "bus_rides_total", "linked_trips_total"


def not_held(run: StoredRun) -> list[Text]:
    """Return the limits of a scenario that its run breaks, in words."""
    return [Text(str(one["ja"]), str(one["en"])) for one in run.manifest.get("limits") or () if one["holds"] is False]


def cautions_on(path: Path, found: Forecast, run: StoredRun, rows: Rows, before: Rows | None) -> Iterable[Text]:
    """
    Yield what must be said beside a verdict.

    Parameters
    ----------
    path
        The KPI with its target.
    found
        What the run says of it, judged.
    run, rows
        The run and its rows of the whole city.
    before
        Rows of the city as it is; None = not known.
    """
    target = path.target
    if target is None or found.value is None:
        return
    if is_too_few(run.manifest):
        yield Text("試行が少なく、幅で判定できない（計算し直す）", "too few draws to judge by: run it with more")
    if run.scenario.year != target.year:
        yield Text(
            f"{run.scenario.year} 年の値を {target.year} 年度の評価指標と比べています",
            f"a value of {run.scenario.year} beside a target for {target.year}",
        )
    yield from _only_apparent(path, found)
    yield from _rounding(path, found, target.value)
    yield from _second_method(path, found, rows, target.value)
    good = found.alone in {Verdict.MET, Verdict.UNDECIDED}
    if path.absolute is not None and good:
        yield from _shrinking(path.absolute, run)
    if path.kpi_id == RIDES and good:
        yield from _only_transfers(rows, before)


def _only_apparent(path: Path, found: Forecast) -> Iterable[Text]:
    """Yield a caution where 見かけの変化 decides: what the value would be without it, and its verdict."""
    if found.value is None or found.without is None:
        return
    scale, ja, en = (100, " ポイント", " points") if path.unit == "share" else (1, "", "")
    sign, decimals = "%" if path.unit == "share" else "", path.decimals + 1
    drift = f"{scale * found.apparent:+,.{decimals}f}".replace("-", "−")
    bare = f"{scale * (found.value - found.apparent):,.{decimals}f}{sign}"
    said = VERDICT_TEXT[found.without]
    yield Text(
        f"見かけの変化で決まる（公表値と試算の水準差による {drift}{ja} を除くと {bare} で「{said.ja}」）",
        f"an apparent change decides: without {drift}{en}, from official figure and model differing in level, "
        f"{bare} would be “{said.en}”",
    )


def _rounding(path: Path, found: Forecast, target: float) -> Iterable[Text]:
    """Yield a caution where the value, or the end of an interval, reaches the target only as it is shown."""
    if found.value is None or found.alone is Verdict.MET:
        return
    scale, sign = (100, "%") if path.unit == "share" else (1, "")
    if only_by_rounding(found.value, target, up=path.up, step=path.step):
        exact = f"{scale * found.value:,.{path.decimals + 2}f}{sign}"
        yield Text(
            f"表示桁では届く（丸める前は {exact}。判定は丸める前の値）",
            f"reached as rounded only: {exact} before rounding, which the verdict goes by",
        )


def _second_method(path: Path, found: Forecast, rows: Rows, target: float) -> Iterable[Text]:
    """Yield a caution where the tool's other method stands beyond the target or outside the interval of draws."""
    setting = SECOND_METHODS.get(path.kpi_id)
    row = None if setting is None else rows.get((path.kpi_id, setting))
    if row is None or setting is None or row.value is None or found.value is None:
        return
    beyond = reaches(row.value, target, up=path.up) != reaches(found.value, target, up=path.up)
    outside = any(one.line == DRAWS and not one.low <= row.value <= one.high for one in found.intervals)
    if not beyond and not outside:
        return
    label, told = KPIS[path.kpi_id].settings[setting], f"{row.value:,.{path.decimals}f}"
    why = (
        (beyond, Text("目標の反対側", "on the other side of the target")),
        (outside, Text("同じ仮定での幅の外", "outside the same-assumption interval")),
    )
    ja, en = ([text.get(lang) for said, text in why if said] for lang in ("ja", "en"))
    yield Text(f"別の方法（{label.ja}）では {told}: {'・'.join(ja)}", f"by {label.en}: {told}, {', '.join(en)}")


def _shrinking(absolute: Path, run: StoredRun) -> Iterable[Text]:
    now = next((f.value for f in absolute.forecasts if f.run_id == run.run_id), None)
    if absolute.baseline is None or now is None or now >= absolute.baseline.value - absolute.step / 2:
        return
    lost = absolute.baseline.value - now
    told, unit = f"{lost:,.{absolute.decimals}f}", UNIT_TEXT[absolute.unit]
    yield Text(
        f"率だけの話で、実数は基準より {told} {unit.ja}少ない",
        f"of the rate alone: the absolute number is {told} {unit.en} below the baseline",
    )


def _only_transfers(rows: Rows, before: Rows | None) -> Iterable[Text]:
    """Yield a caution where boardings per resident rise and trips per resident do not: people only change more."""
    found = [_trips_per_resident(part) for part in (before or {}, rows)]
    if found[0] is not None and found[1] is not None and found[1] <= found[0]:
        yield Text(
            "乗車回数が増えても移動の回数は増えていない（乗換が増えただけ）",
            "boardings rise, trips do not: people only change more often",
        )


def _trips_per_resident(rows: Rows) -> float | None:
    rides, total, linked = (
        row.value if (row := rows.get((kpi_id, DEFAULT_SETTING))) is not None else None
        for kpi_id in (RIDES, RIDES_TOTAL, LINKED)
    )
    return None if rides is None or not total or linked is None else rides * linked / total
