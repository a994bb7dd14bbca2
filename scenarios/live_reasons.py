"""Owns why a KPI did not move: it cannot react to what differs, or looks at something else than what was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import Text
from sim.kpi import CATCHMENT_SETTINGS, KPIS
from sim.kpi.coverage import CIRCLES, FITTED_BRT_M
from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scenarios.reactions import Reaction
    from sim.kpi import KpiSpec
    from sim.params import Params
    from sim.results import KpiRow

CATCHMENT = ("catchment_population_share", "catchment_population")
STAYED = Text("見ているものは変わったが、値は変わらなかった", "what it looks at changed, its value did not")
TINY = Text("動いたが、表示の桁に満たない", "it moved by less than what is shown")
_OF_STATIONS = ("timetable", "facilities", "hubs", "on_demand", "autonomous", "entrances")


def find_unmoved(
    reactions: Iterable[Reaction],
    before: Iterable[KpiRow],
    after: Iterable[KpiRow],
    params: Params,
    *,
    shows_none: Callable[[KpiSpec, float], bool] = lambda _, change: change == 0,
    explain: Callable[[str], Text | None] = lambda _: None,
) -> dict[str, Text]:
    """
    Return KPI → why it stayed: of all that cannot react, and of those in the rows that could but show no change.

    Parameters
    ----------
    reactions
        Which KPIs can react, see `scenarios.reactions`.
    before, after
        Rows of both sides, as far as they are known.
    params
        The scenario's: which definition of the catchment is the default.
    shows_none
        Whether a change is too small for a planner to see.
    explain
        What else is known of a KPI that stayed though stops or departures changed.
    """
    old, new = (_whole(rows) for rows in (before, after))
    found: dict[str, Text] = {}
    for one in reactions:
        if not one.reacts:
            found[one.kpi_id] = one.reason
        elif one.settings:
            found[one.kpi_id] = _other_settings(one)
        elif (stays := _stays(KPIS[one.kpi_id], old.get(one.kpi_id), new.get(one.kpi_id), shows_none)) is not None:
            of_stops = "timetable" in one.layers and "population" not in one.layers
            found[one.kpi_id] = (explain(one.kpi_id) if of_stops else None) or _stayed(one, params, stays)
    return found


def _stays(
    spec: KpiSpec, old: float | None, new: float | None, shows_none: Callable[[KpiSpec, float], bool]
) -> Text | None:
    """Return in what sense a value stayed; None where it moved or is not known."""
    if old is None or new is None:
        return None
    return STAYED if old == new else TINY if shows_none(spec, new - old) else None


def _whole(rows: Iterable[KpiRow]) -> dict[str, float | None]:
    return {r.kpi_id: r.value for r in rows if r.group == "all" and r.setting == DEFAULT_SETTING}


def _other_settings(one: Reaction) -> Text:
    names = [KPIS[one.kpi_id].settings[setting] for setting in one.settings]
    ja, en = "・".join(n.ja for n in names), ", ".join(n.en for n in names)
    return Text(f"既定の定義では動かない（動きうる定義: {ja}）", f"stays under its default; may move under: {en}")


def _stayed(one: Reaction, params: Params, stays: Text) -> Text:
    """Return why a KPI that could have moved did not: the catchment counts stations only by some definitions."""
    definition = params.catchment_setting
    with_brt = CIRCLES.get(definition, (0.0, FITTED_BRT_M.get(definition, 0.0)))[1] > 0
    if one.kpi_id not in CATCHMENT or with_brt or not set(one.layers) <= set(_OF_STATIONS):
        return stays
    name = CATCHMENT_SETTINGS[definition]
    others = [CATCHMENT_SETTINGS[s] for s in CIRCLES if CIRCLES[s][1] > 0]
    return Text(
        f"既定の定義（{name.ja}）はJR駅だけを数えるので、BRTやバスの停留所では変わらない"
        f"（BRT停留所も数える定義: {'、'.join(o.ja for o in others)}）",
        f"its default definition ({name.en}) counts JR stations only, so BRT and bus stops do not move it "
        f"(definitions that count BRT stops: {', '.join(o.en for o in others)})",
    )
