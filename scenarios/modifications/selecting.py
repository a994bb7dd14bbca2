"""Owns finding what a modification names — routes, stops, districts, facilities — with the nearest names on failure."""

from __future__ import annotations

import difflib
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.former_ids import FormerId, named_formerly
from geodata.timetable import Timetable
from geodata.units import BoolArray, IntArray
from scenarios.modifications.base import ModificationBase, Names, Notes, RouteClassName, refuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN_NAMES = 5
FAR_M = 1_000.0
"""What is nearest but farther than this [m] is hardly meant."""

FORMER_CLASS = "former_route_class"
"""Code of a class of routes that only the base of an overlay had."""

KINDS: dict[str, Text] = {
    "route": Text("路線", "route"),
    "pattern": Text("運行系統", "pattern"),
    "stop": Text("停留所", "stop"),
    "hub": Text("ハブ・停留所", "hub or stop"),
    "zone": Text("区域", "zone"),
    "on_demand": Text("デマンド交通", "on-demand service"),
    "district": Text("地区", "district"),
    "facility": Text("施設", "facility"),
    "cell": Text("セル", "cell"),
    "route_class": Text("路線種別", "route class"),
}
"""Kind of what a modification names → its words."""

REPLACED_BY: dict[str, Text] = {
    "route": Text("時刻表", "own timetable"),
    "pattern": Text("時刻表", "own timetable"),
    "stop": Text("時刻表", "own timetable"),
    "district": Text("地区・人口", "own districts or population"),
    "facility": Text("施設一覧", "own facilities"),
    "cell": Text("人口", "own population"),
}


class RouteSelection(ModificationBase):
    """Keys that choose routes or patterns: by id or name, or by class."""

    routes: Names | None = Field(default=None, description="路線の id または名称")
    patterns: Names | None = Field(default=None, description="運行系統の id")
    route_class: tuple[RouteClassName, ...] | None = Field(
        default=None, min_length=1, description="路線の種別（rail, brt, bus, other）"
    )

    @model_validator(mode="after")
    def _one_way_to_choose(self) -> Any:
        given = [n for n in ("routes", "patterns", "route_class") if getattr(self, n) is not None]
        if len(given) != 1:
            raise refuse(
                "selection",
                "routes・patterns・route_class のどれか一つだけを書いてください",
                "give exactly one of routes, patterns, route_class",
                "例: routes: [ひたちBRT]",
                "e.g. routes: [hitachi-brt]",
            )
        return self

    @property
    def needs_routes(self) -> bool:
        """Whether it makes no sense where nothing runs; a fifth less of nothing is nothing."""
        return True


def nearest(wanted: str, known: Iterable[str]) -> list[str]:
    """Return the names that look most like `wanted`, the closest first."""
    names = list(dict.fromkeys(n for n in known if n))
    close = difflib.get_close_matches(wanted, names, n=SHOWN_NAMES, cutoff=0.4)
    inside = [n for n in names if n not in close and (wanted in n or n in wanted)]
    return (close + inside)[:SHOWN_NAMES] or names[:SHOWN_NAMES]


def hint_of(wanted: str, known: Iterable[str]) -> Text:
    """Return a hint that lists the nearest names."""
    found = nearest(wanted, known)
    if not found:
        return Text("候補がありません", "there is none")
    return Text(f"近い名前: {'、'.join(found)}", f"nearest names: {', '.join(found)}")


def find_rows(wanted: str, *columns: np.ndarray[Any, Any]) -> IntArray:
    """Return the rows whose id equals `wanted`, or, if there is none, whose name does."""
    for column in columns:
        rows = np.flatnonzero(column == wanted)
        if len(rows):
            return rows.astype(np.int32)
    return np.zeros(0, np.int32)


def select_routes(timetable: Timetable, mod: RouteSelection, notes: Notes) -> IntArray:
    """Return the routes that a modification chooses, ascending; notes what is unknown."""
    routes = timetable.routes
    if mod.patterns is not None:
        return np.unique(timetable.patterns.route[select_patterns(timetable, mod, notes)]).astype(np.int32)
    if mod.route_class is not None:
        rows = np.flatnonzero(np.isin(routes.route_class, mod.route_class)).astype(np.int32)
        missing = [c for c in mod.route_class if c not in routes.route_class]
        before = len(notes.problems)
        _missing_classes(notes, mod, missing, some=len(rows) > 0)
        if not len(rows) and len(notes.problems) == before:
            refuse_unknown(
                notes, mod, "route_class", "route_class", "+".join(mod.route_class), routes.route_class.tolist()
            )
        return rows
    found: list[int] = []
    for number, wanted in enumerate(mod.routes or ()):
        rows = find_rows(wanted, routes.route_id, routes.name, routes.name_en)
        if not len(rows):
            known = [*routes.name.tolist(), *routes.route_id.tolist()]
            refuse_unknown(notes, mod, f"routes[{number}]", "route", wanted, known)
        found.extend(rows.tolist())
    return np.unique(np.array(found, np.int32)).astype(np.int32)


def select_patterns(timetable: Timetable, mod: RouteSelection, notes: Notes) -> IntArray:
    """Return the patterns that a modification chooses, ascending; notes what is unknown."""
    patterns = timetable.patterns
    if mod.patterns is None:
        routes = select_routes(timetable, mod, notes)
        return np.flatnonzero(np.isin(patterns.route, routes)).astype(np.int32)
    found: list[int] = []
    for number, wanted in enumerate(mod.patterns):
        rows = find_rows(wanted, patterns.pattern_id)
        if not len(rows):
            refuse_unknown(notes, mod, f"patterns[{number}]", "pattern", wanted, patterns.pattern_id.tolist())
        found.extend(rows.tolist())
    return np.unique(np.array(found, np.int32)).astype(np.int32)


def select_stops(
    timetable: Timetable, mod: ModificationBase, at: str, wanted: str, notes: Notes, among: IntArray | None = None
) -> IntArray:
    """Return the stops (one name may have several boarding points) of an id or name; notes what is unknown."""
    stops = timetable.stops
    rows = find_rows(wanted, stops.stop_id, stops.name)
    if among is not None:
        rows = rows[np.isin(rows, among)]
    if not len(rows):
        pool = np.arange(timetable.n_stops) if among is None else among
        known = [*stops.name[pool].tolist(), *stops.stop_id[pool].tolist()]
        refuse_unknown(notes, mod, at, "stop", wanted, known)
    return rows


def with_platforms(timetable: Timetable, rows: IntArray) -> IntArray:
    """Return stops and, where one is a station, its boarding points, ascending."""
    below = np.flatnonzero(np.isin(timetable.stops.parent, rows))
    return np.unique(np.concatenate([rows, below])).astype(np.int32)


def stops_served(timetable: Timetable, patterns: IntArray) -> IntArray | None:
    """Return the stops of patterns, ascending; None (any stop will do) where there is no pattern."""
    if not len(patterns):
        return None
    return np.unique(np.concatenate([timetable.patterns.stops_of(p) for p in patterns.tolist()]))


def select_districts(city: City, mod: ModificationBase, at: str, wanted: Sequence[str], notes: Notes) -> IntArray:
    """Return the districts of ids or names, ascending; notes what is unknown."""
    people = city.population
    found: list[int] = []
    for number, name in enumerate(wanted):
        rows = find_rows(name, people.district_id, people.district_name, people.district_name_en)
        if not len(rows):
            known = [*people.district_name.tolist(), *people.district_id.tolist()]
            refuse_unknown(notes, mod, f"{at}[{number}]", "district", name, known)
        found.extend(rows.tolist())
    return np.unique(np.array(found, np.int32)).astype(np.int32)


def trips_of(timetable: Timetable, patterns: IntArray) -> BoolArray:
    """Return trip → runs on one of the patterns, shape (T,)."""
    return np.isin(timetable.trips.pattern, patterns)


def refuse_unknown(notes: Notes, mod: ModificationBase, at: str, kind: str, wanted: str, known: Sequence[str]) -> None:
    """
    Note that the city has no `wanted` of a kind: with what stands in its place where the base of an overlay had it.

    Parameters
    ----------
    notes, mod, at
        Where the finding goes: the modification and its field.
    kind
        A key of `KINDS`.
    wanted
        Id or name as written.
    known
        Names and ids that there are.
    """
    what = KINDS[kind]
    gone = named_formerly(notes.former, kind, wanted)
    if gone is not None:
        notes.refuse(mod, at, f"former_{kind}", _replaced(what, kind, wanted, gone), _instead(at, gone))
        return
    message = Text(f"{what.ja} {wanted!r} は都市データにありません", f"no {what.en} {wanted!r} in the city")
    notes.refuse(mod, at, f"unknown_{kind}", message, hint_of(wanted, known))


def _replaced(what: Text, kind: str, wanted: str, gone: FormerId) -> Text:
    by = REPLACED_BY[kind]
    nearest = _nearest_now(gone)
    other = gone.name and gone.name != wanted
    named, named_en = (f"「{gone.name}」", f" ({gone.name})") if other else (" ", "")
    return Text(
        f"{what.ja} {wanted!r}{named}は元の都市にありましたが、取り込んだ{by.ja}で置き換わりました。"
        f"最寄り: {nearest.ja}",
        f"the {what.en} {wanted!r}{named_en} of the base city was replaced by the {by.en}; nearest now: {nearest.en}",
    )


def _nearest_now(gone: FormerId) -> Text:
    """Return id, name and distance of what is nearest to a former id."""
    if not gone.nearest_id:
        return Text("なし", "none")
    name = gone.nearest_name if gone.nearest_name != gone.nearest_id else ""
    parts = [f"{gone.distance_m:,.0f} m"] if math.isfinite(gone.distance_m) else []
    ja, en = "、".join([*([name] if name else []), *parts]), ", ".join([*([name] if name else []), *parts])
    return Text(
        f"{gone.nearest_id}（{ja}）" if ja else gone.nearest_id, f"{gone.nearest_id} ({en})" if en else gone.nearest_id
    )


def _instead(at: str, gone: FormerId) -> Text:
    if not gone.nearest_id:
        return Text("この変更を外すか、enabled: false にしてください", "remove this, or set enabled: false")
    if gone.distance_m > FAR_M:
        return Text(
            f"最寄りでも離れています。場所を確かめて書き直すか、enabled: false にしてください（{at}）",
            f"even that is far away: check the place and write another, or set enabled: false ({at})",
        )
    return Text(
        f"同じ場所でよければ {at} に {gone.nearest_id} と書いてください",
        f"if that place is meant, write {gone.nearest_id} at {at}",
    )


def _missing_classes(notes: Notes, mod: RouteSelection, classes: Sequence[str], *, some: bool) -> None:
    """Note classes without a route whose routes the base of an overlay had; with none at all, refuse what needs one."""
    for name in classes:
        gone = [f for f in notes.former if f.kind == "route" and f.category == name]
        if not gone:
            continue
        first = min(gone, key=lambda f: (f.distance_m, f.former_id))
        more = f" ほか {len(gone) - 1} 路線" if len(gone) > 1 else ""
        more_en = f" and {len(gone) - 1} more" if more else ""
        nearest = _nearest_now(first)
        message = Text(
            f"路線種別 {name} の {first.former_id}「{first.name}」{more}は元の都市にありましたが、取り込んだ時刻表には"
            f"この種別の路線がありません。最寄り: {nearest.ja}",
            f"the {name} routes of the base city ({first.former_id} {first.name}{more_en}) were replaced and the feed "
            f"holds none of that class; nearest now: {nearest.en}",
        )
        if some or not mod.needs_routes:
            hint = Text(
                f"この種別については何も変えません。{_BRT_HINT.ja}",
                f"nothing changes for this class. {_BRT_HINT.en}",
            )
            notes.warn(mod, "route_class", FORMER_CLASS, message, hint)
        else:
            notes.refuse(mod, "route_class", FORMER_CLASS, message, _BRT_HINT)


_BRT_HINT = Text(
    "取り込んだ路線の中にあるなら、都市の設定の brt_routes: に書いて作り直すか、routes: で選んでください",
    "if the feed has them, name them in brt_routes: of the city's configuration, or choose them with routes:",
)
