"""Owns the overlay of a timetable: whose routes stay, which come, and one calendar on which both run."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.build_checks import stops_in_city
from geodata.city import CityDefaults
from geodata.errors import Problem, Severity, Text, warning
from geodata.overlay_calendar import calendar_of, stretched
from geodata.provenance import STATUS_TEXT, Status
from geodata.service_days import representative_days
from geodata.timetable import RouteClass, Timetable
from geodata.timetable_merge import JoinedTimetable, join_told, keep_routes

if TYPE_CHECKING:
    from geodata.boundaries import Zone
    from geodata.city import City
    from geodata.overlay import CityParts
    from geodata.population import PopulationCells

CLASS_TEXT = {
    "rail": Text("鉄道", "rail"),
    "brt": Text("BRT", "BRT"),
    "bus": Text("路線バス", "bus"),
    "other": Text("その他", "other"),
}


@dataclass(frozen=True, slots=True, eq=False)
class LaidTimetable:
    """The timetable of an overlay, the days to use on it, and what was found."""

    timetable: Timetable
    defaults: CityDefaults
    problems: tuple[Problem, ...]
    counts: dict[str, int]


def lay_timetable(base: City, own: CityParts, zones: tuple[Zone, ...], population: PopulationCells) -> LaidTimetable:
    """Return the base's routes of other classes and the own ones as one timetable that runs on the own days."""
    if own.timetable is None:
        msg = "no timetable to lay over"
        raise ValueError(msg)
    problems: list[Problem] = []
    mine = _named_brt(base, stops_in_city(own.timetable, zones, population), own.replaces, problems)
    replaced, weaker = _classes(base.timetable, mine, own.replaces)
    if weaker:
        problems += [_weaker(c, base.timetable, mine) for c in sorted(weaker)]
        mine = keep_routes(mine, ~np.isin(mine.routes.route_class, list(weaker)))
    stays = keep_routes(base.timetable, ~np.isin(base.timetable.routes.route_class, list(replaced)))
    defaults = own.defaults or _days(base, mine)
    stays, more = stretched(stays, base.defaults, defaults, calendar_of(mine))
    problems += more
    joined = join_told([stays, mine], ["", _prefix(own)])
    problems += [*_told_ids(joined, own), *_told_classes(base, stays, mine, replaced)]
    counts = {
        "routes_replaced": len(base.timetable.routes.route_id) - len(stays.routes.route_id),
        "routes_kept": len(stays.routes.route_id),
        "routes_new": len(mine.routes.route_id),
        "stops_kept": stays.n_stops,
        "stops_in_city": int(joined.timetable.stops.in_city.sum()),
        **{n: len(v) for n, v in _tables(joined.timetable).items()},
    }
    return LaidTimetable(joined.timetable, defaults, tuple(problems), counts)


def _prefix(own: CityParts) -> str:
    return own.city_id


def _named_brt(base: City, mine: Timetable, wanted: tuple[str, ...] | None, problems: list[Problem]) -> Timetable:
    """Return own routes with buses named BRT in that class, where the base has one that they would replace."""
    routes = mine.routes
    had = bool((base.timetable.routes.route_class == RouteClass.BRT.value).any())
    if not had or (routes.route_class == RouteClass.BRT.value).any() or (wanted is not None and "brt" not in wanted):
        return mine
    texts = [unicodedata.normalize("NFKC", n).upper() for n in routes.name.tolist()]
    found = (routes.route_class == RouteClass.BUS.value) & np.array(["BRT" in t for t in texts], np.bool_)
    if not found.any():
        return mine
    shown = "、".join(dict.fromkeys(routes.name[found].tolist()))
    problems.append(
        Problem(
            Severity.INFO,
            "overlay.brt_by_name",
            "gtfs",
            Text(f"名前から BRT とした路線: {shown}", f"routes taken for BRT by their names: {shown}"),
            Text(
                "違うときは設定の brt_routes: に BRT の路線を書いてください",
                "name the BRT routes in brt_routes: if not",
            ),
            int(found.sum()),
        )
    )
    classes = np.where(found, RouteClass.BRT.value, routes.route_class)
    return replace(mine, routes=replace(routes, route_class=classes))


def _classes(old: Timetable, mine: Timetable, wanted: tuple[str, ...] | None) -> tuple[set[str], set[str]]:
    """
    Return the classes of the base that are replaced, and own classes that are left out as less sure than the base's.

    Without a wish, what is surer stays: a line sketched from a map does not take the place of one with known runs.
    """
    if wanted is not None:
        return set(wanted), set()
    held = set(np.unique(mine.routes.route_class).tolist())
    weaker = {c for c in held if _rank(mine, c) > _rank(old, c)}
    replaced = held - weaker
    if RouteClass.BUS.value in replaced and _rank(mine, RouteClass.BUS.value) <= _rank(old, RouteClass.BRT.value):
        replaced.add(RouteClass.BRT.value)
    return replaced, weaker


_RANK = {s.value: n for n, s in enumerate(Status)}


def _rank(timetable: Timetable, route_class: str) -> int:
    """Return how unsure the surest route of a class is; more than any where there is none."""
    found = timetable.routes.status[timetable.routes.route_class == route_class]
    return min((_RANK[s] for s in np.unique(found).tolist()), default=len(_RANK))


def _weaker(route_class: str, old: Timetable, mine: Timetable) -> Problem:
    name = CLASS_TEXT[route_class]
    statuses = list(Status)
    before, now = (STATUS_TEXT[statuses[_rank(t, route_class)]] for t in (old, mine))
    n = int((mine.routes.route_class == route_class).sum())
    return warning(
        "overlay.less_sure",
        "timetable",
        Text(
            f"{name.ja} {n} 路線（{now.ja}）は、土台の{name.ja}（{before.ja}）より不確かなため使いません",
            f"{n} {name.en} routes ({now.en}) are left out: those of the base are surer ({before.en})",
        ),
        Text(
            f"それでも置き換えるには replaces: に {route_class} を書いてください",
            f"write {route_class} in replaces: to use them",
        ),
        n,
    )


def _days(base: City, mine: Timetable) -> CityDefaults:
    """Return the base's defaults with the representative days of the own timetable."""
    first, last = calendar_of(mine)
    if not len(mine.trips.trip_id):
        return base.defaults
    span = (dt.date.fromordinal(first).isoformat(), dt.date.fromordinal(last).isoformat())
    japanese = mine.agency_timezone in {"Asia/Tokyo", "Japan", ""}
    days = representative_days(mine, [span], japanese=japanese)
    weekday, saturday, holiday = (d.isoformat() for d in days)
    return replace(base.defaults, date=weekday, saturday=saturday, holiday=holiday)


def _told_ids(joined: JoinedTimetable, own: CityParts) -> list[Problem]:
    problems: list[Problem] = []
    words = {
        "stop": "停留所",
        "route": "路線",
        "pattern": "運行系統",
        "trip": "便",
        "service": "運行日",
        "block": "車両運用",
    }
    for kind in dict.fromkeys(r.kind for r in joined.renamed):
        found = [r for r in joined.renamed if r.kind == kind]
        shown = "、".join(r.former_id for r in found[:3])
        problems.append(
            Problem(
                Severity.INFO,
                "overlay.id_collision",
                "gtfs",
                Text(
                    f"土台と同じ{words.get(kind, '運賃区域')}の id に「{_prefix(own)}:」を付けました: {shown}",
                    f"{kind} ids that the base has too got “{_prefix(own)}:”: {shown}",
                ),
                count=len(found),
            )
        )
    for currency, n in joined.fares_dropped:
        problems.append(
            warning(
                "gtfs.currencies",
                "fares",
                Text(f"通貨 {currency} の運賃を外しました", f"fares in {currency} were left out"),
                Text("一つの都市の運賃は一つの通貨です", "a city has one currency"),
                n,
            )
        )
    if len(joined.timezones) > 1:
        shown = "、".join(joined.timezones)
        problems.append(
            warning(
                "gtfs.timezones",
                "agency",
                Text(f"時間帯が土台と異なります: {shown}", f"time zones differ from the base: {shown}"),
                Text("時刻はそのまま使います", "times are used as they stand"),
            )
        )
    return problems


def _told_classes(base: City, stays: Timetable, mine: Timetable, replaced: set[str]) -> list[Problem]:
    """Return what came in place of what, by class, as one note."""
    n_gone = len(base.timetable.routes.route_id) - len(stays.routes.route_id)
    gone = "・".join(CLASS_TEXT[c].ja for c in CLASS_TEXT if c in replaced) or "—"
    gone_en = ", ".join(CLASS_TEXT[c].en for c in CLASS_TEXT if c in replaced) or "—"
    kept = "、".join(dict.fromkeys(stays.routes.name.tolist()[:3])) or "なし"
    kept_en = ", ".join(dict.fromkeys(stays.routes.name_en.tolist()[:3])) or "none"
    return [
        Problem(
            Severity.INFO,
            "overlay.timetable",
            "timetable",
            Text(
                f"土台の{gone} {n_gone} 路線を、取り込んだ {len(mine.routes.route_id)} 路線で置き換えました"
                f"（残した路線 {len(stays.routes.route_id)}: {kept}）",
                f"{n_gone} routes of the base ({gone_en}) replaced by {len(mine.routes.route_id)}; "
                f"{len(stays.routes.route_id)} stay ({kept_en})",
            ),
        )
    ]


def _tables(timetable: Timetable) -> dict[str, np.ndarray]:
    return {
        "stops": timetable.stops.stop_id,
        "routes": timetable.routes.route_id,
        "patterns": timetable.patterns.pattern_id,
        "trips": timetable.trips.trip_id,
        "stop_times": timetable.trips.arrival_s,
        "services": timetable.services.service_id,
    }
