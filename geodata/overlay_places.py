"""Owns the overlay of places: facilities by kind, zones by kind, official figures by KPI, hubs, opinions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.build_checks import nearest_m
from geodata.errors import Problem, Severity, Text, warning
from geodata.facilities import Facilities
from geodata.targets import Targets

if TYPE_CHECKING:
    from geodata.boundaries import Zone
    from geodata.city import City
    from geodata.hubs import Hub
    from geodata.opinions import Opinions
    from geodata.population import PopulationCells
    from geodata.units import BoolArray

_OPENING_ROWS = ("hours_facility", "hours_days", "hours_start_s", "hours_end_s")


def lay_facilities(
    base: City, own: Facilities, name: str, problems: list[Problem], counts: dict[str, int]
) -> Facilities:
    """Return the base's facilities with those of the kinds that `own` holds replaced; ids of the base never change."""
    old = base.facilities
    kinds = np.unique(own.kind)
    stays = ~np.isin(old.kind, kinds)
    kept = facilities_where(old, stays)
    again = np.isin(own.facility_id, kept.facility_id)
    if again.any():
        ids = np.where(again, np.char.add(f"{name}:", own.facility_id), own.facility_id)
        own = replace(own, facility_id=ids)
        problems.append(
            _note(
                "overlay.id_collision",
                "facilities",
                f"土台と同じ施設 id に「{name}:」を付けました",
                f"facility ids that the base has too got “{name}:”",
                int(again.sum()),
            )
        )
    counts |= {
        "facilities_replaced": int((~stays).sum()),
        "facilities_kept": int(stays.sum()),
        "facilities": int(stays.sum()) + own.n_facilities,
    }
    shown = "、".join(kinds.tolist()) or "—"
    problems.append(
        _note(
            "overlay.facilities",
            "facilities",
            f"施設（{shown}）{int((~stays).sum()):,} 件を {own.n_facilities:,} 件で置き換え、"
            f"ほかの {int(stays.sum()):,} 件を残しました",
            f"{int((~stays).sum()):,} facilities ({shown}) replaced by {own.n_facilities:,}; {int(stays.sum()):,} stay",
        )
    )
    return facilities_joined(kept, own)


def facilities_where(facilities: Facilities, kept: BoolArray) -> Facilities:
    """Return some of the facilities, in order, with their opening hours."""
    if bool(kept.all()):
        return facilities
    rows = kept[facilities.hours_facility]
    row_of = (np.cumsum(kept) - 1).astype(np.int32)
    columns: dict[str, Any] = {
        n: getattr(facilities, n)[rows if n in _OPENING_ROWS else kept] for n in Facilities.__dataclass_fields__
    }
    columns["hours_facility"] = row_of[columns["hours_facility"]]
    return Facilities(**columns)


def facilities_joined(first: Facilities, second: Facilities) -> Facilities:
    """Return the facilities of both, those of the first before those of the second."""
    columns: dict[str, Any] = {
        n: np.concatenate([getattr(first, n), getattr(second, n)]) for n in Facilities.__dataclass_fields__
    }
    columns["hours_facility"] = np.concatenate(
        [first.hours_facility, second.hours_facility + first.n_facilities]
    ).astype(np.int32)
    return Facilities(**columns)


def lay_zones(base: City, own: tuple[Zone, ...], problems: list[Problem], counts: dict[str, int]) -> tuple[Zone, ...]:
    """Return the base's zones with those of the kinds that `own` holds replaced."""
    if not own:
        return base.zones
    kinds = {z.kind for z in own}
    kept = tuple(z for z in base.zones if z.kind not in kinds)
    taken = {z.zone_id for z in kept}
    renamed = tuple(replace(z, zone_id=f"{z.kind}:{z.zone_id}") if z.zone_id in taken else z for z in own)
    counts |= {"zones": len(kept) + len(own), "zones_replaced": len(base.zones) - len(kept)}
    problems.append(
        _note(
            "overlay.zones",
            "zones",
            f"区域（{'、'.join(sorted(kinds))}）{len(own):,} 件を加え、"
            f"土台の {len(base.zones) - len(kept):,} 件を外しました",
            f"{len(own):,} zones ({', '.join(sorted(kinds))}) came, {len(base.zones) - len(kept):,} of the base went",
        )
    )
    return (*kept, *renamed)


def lay_targets(base: Targets, own: Targets, problems: list[Problem], counts: dict[str, int]) -> Targets:
    """Return the base's official figures; one of the same KPI, kind and year is replaced, others are added."""
    if not own.rows:
        return base
    given = {(r.kpi_id, r.kind, r.year): r for r in own.rows}
    rows = [given.pop((r.kpi_id, r.kind, r.year), r) for r in base.rows]
    n_replaced = len(own.rows) - len(given)
    counts |= {"targets": len(rows) + len(given), "targets_replaced": n_replaced}
    problems.append(
        _note(
            "overlay.targets",
            "targets",
            f"公表値を {n_replaced} 件置き換え、{len(given)} 件加えました",
            f"{n_replaced} official figures replaced, {len(given)} added",
        )
    )
    return Targets((*rows, *given.values()))


def lay_hubs(base: City, city: City, problems: list[Problem]) -> tuple[Hub, ...]:
    """Return the base's hubs that still have a stop within their radius, or never had one."""
    if not base.hubs or city.timetable is base.timetable:
        return base.hubs
    xy = np.array([h.xy for h in base.hubs])
    before, now = (nearest_m(c.timetable.stops.xy, xy) for c in (base, city))
    radius = np.array([h.radius_m for h in base.hubs])
    lost = (before <= radius) & (now > radius)
    rows = list(zip(base.hubs, lost.tolist(), now.tolist(), strict=True))
    problems += [_hub_lost(hub, away) for hub, gone, away in rows if gone]
    return tuple(hub for hub, gone, _ in rows if not gone)


def _hub_lost(hub: Hub, away: float) -> Problem:
    return warning(
        "overlay.hub",
        f"hub {hub.hub_id}",
        Text(
            f"モビリティハブ「{hub.name.ja}」の {hub.radius_m:,.0f} m 以内に停留所がなくなったため外しました"
            f"（最寄り {away:,.0f} m）",
            f"the hub {hub.name.en} was left out: no stop within {hub.radius_m:,.0f} m (nearest {away:,.0f} m)",
        ),
        Text("シナリオで新しい停留所の近くに置き直せます", "a scenario can place one at a new stop"),
    )


def lay_opinions(base: City, own: Opinions | None, cells: PopulationCells) -> Opinions | None:
    """Return own opinions, else the base's with districts found again by id."""
    if own is not None or base.opinions is None or cells is base.population:
        return own if own is not None else base.opinions
    row = {d: n for n, d in enumerate(cells.district_id.tolist())}
    onward = [row.get(d, -1) for d in base.population.district_id.tolist()]
    district = np.array([*onward, -1], np.int32)[base.opinions.district]
    return replace(base.opinions, district=district)


def _note(code: str, where: str, ja: str, en: str, count: int = 1) -> Problem:
    return Problem(Severity.INFO, code, where, Text(ja, en), count=count)
