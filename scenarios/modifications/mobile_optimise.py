"""Owns `optimise` of mobile-service: what a person may ask the tool to choose, and the question it becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import ModelError, Text
from scenarios.modifications.base import (
    DaySpan,
    Label,
    Location,
    Model,
    ModificationBase,
    Names,
    Notes,
    Positive,
    Whole,
    parse_clock,
    refuse,
)
from scenarios.modifications.placing import check_in_city, city_xy
from scenarios.modifications.selecting import hint_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.mobile_office import MobileOfficePlan
    from sim.mobile_office.choosing import Candidate, PlanRequest

WeekdayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[WeekdayName, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FROM_AGE = {"pop": 0, "pop65": 65, "pop75": 75}


class CandidatePlace(Model):
    """One place that may be chosen and is no facility of the city."""

    name: Label = Field(description="名称")
    location: Location = Field(description="位置")


class Candidates(Model):
    """Where the office may open: kinds of facilities, named facilities, further places; all together."""

    facilities: Names | None = Field(default=None, description="施設の種類（community_centre など）")
    ids: Names | None = Field(default=None, description="施設の id または名称")
    locations: tuple[CandidatePlace, ...] = Field(default=(), description="その他の候補地")

    @model_validator(mode="after")
    def _some(self) -> Any:
        if self.facilities is None and self.ids is None and not self.locations:
            raise refuse(
                "no_candidates",
                "候補地がありません",
                "no candidates are given",
                "facilities・ids・locations のどれかを書いてください（例: facilities: [community_centre]）",
                "give facilities, ids or locations (e.g. facilities: [community_centre])",
            )
        return self


class Optimise(Model):
    """Places and calendar chosen by the tool: siting first, then weekly tours; every visit is equally long."""

    candidates: Candidates = Field(description="候補地")
    p: Whole | None = Field(default=None, ge=1, le=200, description="選ぶ場所の数")
    vehicle_hours_per_month: Positive | None = Field(
        default=None, le=10_000, description="月の車両時間の上限（開設・準備・往復の走行、mclp のみ）"
    )
    objective: Literal["mclp", "p-median", "p-center"] = Field(
        default="mclp", description="mclp 届く人数を最大 | p-median 平均の徒歩を最小 | p-center 最長の徒歩を最小"
    )
    standard_min: Positive | None = Field(default=None, le=60, description="徒歩の基準 [分]（省くと catchment）")
    fixed_places: tuple[str, ...] = Field(default=(), description="必ず選ぶ候補地（id または名称）")
    forbidden_places: tuple[str, ...] = Field(default=(), description="選ばない候補地（id または名称）")
    weights: Literal["pop", "pop65", "pop75"] = Field(default="pop", description="数える人: 全員 | 65歳以上 | 75歳以上")
    dwell_min: Positive = Field(default=150.0, ge=5, le=1_440, description="1 回の開設時間 [分]（仮定）")
    visits_per_month: Literal[1, 2, 4] = Field(
        default=2, description="月の回数: 1 | 2（第1・3または第2・4）| 4（毎週）"
    )
    weekdays: tuple[WeekdayName, ...] = Field(
        default=("tue", "wed", "thu", "fri", "mon"),
        min_length=1,
        description="使う曜日。前から順に使う（月曜は祝日が多いので最後）",
    )
    opening: DaySpan = Field(default=DaySpan(start="09:00", end="16:30"), description="開設してよい時間帯（仮定）")

    @model_validator(mode="after")
    def _how_many(self) -> Any:
        if (self.p is None) == (self.vehicle_hours_per_month is None):
            raise refuse(
                "how_many_places",
                "p か vehicle_hours_per_month のどちらか一方を書いてください",
                "give either p or vehicle_hours_per_month",
                "例: p: 12",
                "e.g. p: 12",
            )
        if self.objective != "mclp" and self.p is None:
            raise refuse(
                "budget_objective",
                f"objective: {self.objective} には p が必要です",
                f"objective: {self.objective} needs p",
                "vehicle_hours_per_month は mclp だけで使えます",
                "vehicle_hours_per_month works with mclp only",
                "objective",
            )
        if len(set(self.weekdays)) < len(self.weekdays):
            raise refuse("weekday_twice", "同じ曜日が二度あります", "a weekday is named twice", at="weekdays")
        return self


def choose_for(
    city: City, mod: ModificationBase, asked: Optimise, plan: MobileOfficePlan, notes: Notes
) -> MobileOfficePlan | None:
    """Return the plan with chosen places and tours; None with problems noted where there is none."""
    from sim.mobile_office.choosing import choose  # noqa: PLC0415 -- loads models only wanted here

    candidates = _candidates(city, mod, asked.candidates, notes)
    if candidates is None or not _ages_known(city, mod, asked, notes):
        return None
    fixed = _named(mod, "fixed_places", asked.fixed_places, candidates, notes)
    forbidden = _named(mod, "forbidden_places", asked.forbidden_places, candidates, notes)
    if fixed is None or forbidden is None or not _apart(mod, candidates, fixed, forbidden, notes):
        return None
    request = _request(asked, plan, tuple(candidates), (fixed, forbidden), notes)
    try:
        chosen = choose(city, request)
    except ModelError as cause:
        for problem in cause.problems:
            notes.refuse(mod, "optimise", problem.code.replace(".", "_"), problem.message, problem.hint)
        return None
    notes.tell(mod, "mobile_offices", chosen.told.ja, chosen.told.en)
    return chosen.plan


def _apart(
    mod: ModificationBase,
    candidates: Sequence[Candidate],
    fixed: Sequence[int],
    forbidden: Sequence[int],
    notes: Notes,
) -> bool:
    """Return whether no candidate is both fixed and forbidden; names those that are."""
    both = [candidates[n].name for n in sorted({*fixed} & {*forbidden})]
    if not both:
        return True
    ja, en = "、".join(name.ja for name in both), ", ".join(name.en for name in both)
    message = Text(
        f"{ja} が fixed_places と forbidden_places の両方にあります",
        f"{en}: both in fixed_places and in forbidden_places",
    )
    hint = Text("どちらか一方から外してください", "take them out of one of the two")
    notes.refuse(mod, "optimise.forbidden_places", "fixed_and_forbidden", message, hint)
    return False


def _ages_known(city: City, mod: ModificationBase, asked: Optimise, notes: Notes) -> bool:
    """Return whether the city tells who is of the age whose walks count, and some are; notes it where not."""
    age = FROM_AGE[asked.weights]
    if city.population.knows_age(age) and city.population.at_least(age).sum() > 0:
        return True
    message = Text(f"この都市には {age} 歳以上の人口がありません", f"the city has no residents known to be {age}+")
    hint = Text("weights: pop（全年齢）にしてください", "write weights: pop (all ages)")
    notes.refuse(mod, "optimise.weights", "ages_not_known", message, hint)
    return False


def _request(
    asked: Optimise,
    plan: MobileOfficePlan,
    candidates: tuple[Candidate, ...],
    sides: tuple[tuple[int, ...], tuple[int, ...]],
    notes: Notes,
) -> PlanRequest:
    from sim.mobile_office.choosing import PlanRequest  # noqa: PLC0415 -- as above

    return PlanRequest(
        plan=plan,
        candidates=candidates,
        objective=asked.objective,
        n_places=asked.p,
        hours_per_month=asked.vehicle_hours_per_month,
        from_age=FROM_AGE[asked.weights],
        fixed=sides[0],
        forbidden=sides[1],
        visits_per_month=asked.visits_per_month,
        dwell_s=round(asked.dwell_min * 60),
        opening_s=(parse_clock(asked.opening.start), parse_clock(asked.opening.end)),
        weekdays=tuple(WEEKDAYS.index(day) for day in asked.weekdays),
        walk_m_min=notes.params.walk_standard_m_min,
        drive_kmh=notes.params.car_offpeak_kmh,
    )


def _candidates(city: City, mod: ModificationBase, asked: Candidates, notes: Notes) -> list[Candidate] | None:
    """Return the candidates, each once: facilities in the city's order, then further places."""
    from sim.mobile_office.choosing import Candidate  # noqa: PLC0415 -- as above

    rows = _facility_rows(city, mod, asked, notes)
    lonlat = np.array([[c.location.lon, c.location.lat] for c in asked.locations]).reshape(-1, 2)
    near = check_in_city(city, mod, "optimise.candidates.locations[{}].location", lonlat, notes)
    if rows is None or not near:
        return None
    facilities = city.facilities
    found = [
        Candidate(
            place_id=f"{mod.id}:{facilities.facility_id[row]}",
            name=Text(str(facilities.name[row]), str(facilities.name[row])),
            lonlat=(float(facilities.lonlat[row, 0]), float(facilities.lonlat[row, 1])),
            xy=(float(facilities.xy[row, 0]), float(facilities.xy[row, 1])),
            facility_id=str(facilities.facility_id[row]),
        )
        for row in rows
    ]
    xy = city_xy(city, lonlat)
    for n, place in enumerate(asked.locations):
        spot = (place.location.lon, place.location.lat)
        found.append(Candidate(f"{mod.id}:{n + 1}", place.name.text, spot, (float(xy[n, 0]), float(xy[n, 1]))))
    return found


def _facility_rows(city: City, mod: ModificationBase, asked: Candidates, notes: Notes) -> list[int] | None:
    facilities = city.facilities
    kinds, rows, fine = facilities.kind.tolist(), set[int](), True
    for n, kind in enumerate(asked.facilities or ()):
        of_kind = [row for row, k in enumerate(kinds) if k == kind]
        if not of_kind:
            fine = _unknown(mod, f"optimise.candidates.facilities[{n}]", kind, sorted(set(kinds)), notes)
        rows.update(of_kind)
    ids, names = facilities.facility_id.tolist(), facilities.name.tolist()
    for n, wanted in enumerate(asked.ids or ()):
        called = [row for row in range(len(ids)) if wanted in (ids[row], names[row])]
        if not called:
            fine = _unknown(mod, f"optimise.candidates.ids[{n}]", wanted, [*ids, *names], notes)
        rows.update(called)
    return sorted(rows) if fine else None


def _named(
    mod: ModificationBase, field: str, wanted: tuple[str, ...], candidates: list[Candidate], notes: Notes
) -> tuple[int, ...] | None:
    """Return the candidates that a list names, by facility id or name."""
    found: list[int] = []
    fine = True
    for n, name in enumerate(wanted):
        called = [i for i, c in enumerate(candidates) if name in (c.facility_id, c.name.ja, c.name.en)]
        if not called:
            known = [k for c in candidates for k in (c.facility_id, c.name.ja)]
            fine = _unknown(mod, f"optimise.{field}[{n}]", name, known, notes)
        found += called
    return tuple(sorted(set(found))) if fine else None


def _unknown(mod: ModificationBase, at: str, wanted: str, known: list[str], notes: Notes) -> bool:
    """Note a name that no candidate has, with the nearest ones; returns False."""
    message = Text(f"候補地 {wanted!r} がありません", f"no candidate {wanted!r}")
    notes.refuse(mod, at, "unknown_candidate", message, hint_of(wanted, known))
    return False
