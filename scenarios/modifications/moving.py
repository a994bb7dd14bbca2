"""Owns residents who move within the city: guided to a place (居住誘導), or away from hazard areas."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.units import FloatArray
from scenarios.modifications.base import ModificationBase, Names, Notes, NotNegative, refuse
from scenarios.modifications.population import find_bands, refuse_too_few
from scenarios.modifications.where import Where, find_share, find_zones, in_both

Year = Annotated[int, Field(strict=True, ge=1900, le=2200)]
Share = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
YearlyShare = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=0.2)]


class Moving(ModificationBase):
    """How many move: a number, a share of those who may, or a share a year since a year."""

    persons: NotNegative | None = Field(default=None, description="移る人数（その年までの合計）")
    share: Share | None = Field(default=None, description="移動元の住民のうち移る割合（その年までの合計、0–1）")
    share_per_year: YearlyShare | None = Field(default=None, description="毎年移る割合（0–0.2）。from_year が必要")
    from_year: Year | None = Field(default=None, description="始める年（西暦）。share_per_year ではその年から数える")
    bands: Names | None = Field(default=None, description="移る年齢階級の id（省くと全階級）")

    @model_validator(mode="after")
    def _one_amount(self) -> Any:
        given = [a for a in (self.persons, self.share, self.share_per_year) if a is not None]
        if len(given) != 1:
            raise refuse(
                "one_amount",
                "persons・share・share_per_year のどれか一つを書いてください",
                "give one of persons, share and share_per_year",
                "例: persons: 500",
                "e.g. persons: 500",
            )
        if self.share_per_year is not None and self.from_year is None:
            raise refuse(
                "from_year",
                "share_per_year には from_year（始める年）が要ります",
                "share_per_year needs from_year",
                "例: from_year: 2026",
                "e.g. from_year: 2026",
            )
        return self

    @property
    def begins(self) -> int | None:
        """Year from which it has an effect; None = whatever the year of the scenario."""
        return self.from_year

    @property
    def amount_key(self) -> str:
        """The key that says how many move."""
        return next(k for k in ("persons", "share", "share_per_year") if getattr(self, k) is not None)

    def persons_of(self, residents: float, year: int) -> float:
        """Return how many of so many residents have moved by a year."""
        if self.persons is not None:
            return self.persons
        if self.share is not None:
            return self.share * residents
        years = max(year - (self.from_year or year) + 1, 0)
        return (1.0 - (1.0 - (self.share_per_year or 0.0)) ** years) * residents


class GuideResidents(Moving):
    """
    Guide residents of the city to a place, such as the 居住誘導区域 or the stations.

    Notes
    -----
    Totals of the city are kept band by band. Who moves follows the propensity to move by age (`move_rates`), so the
    young go first; with `who: everybody` all ages alike. People settle in proportion to who lives there.
    """

    type: Literal["guide-residents"]
    where: Where = Field(description="移り先")
    origin: Where | None = Field(default=None, description="移動元（省くと移り先のほか全域）")
    who: Literal["movers", "everybody"] = Field(default="movers", description="movers 転居しやすい年齢から | everybody")


class RelocateResidents(Moving):
    """
    Move residents out of hazard areas, to places outside of any.

    Notes
    -----
    Totals of the city are kept band by band; whole households go, so all ages alike. Nobody is moved into a hazard area
    that the city knows.
    """

    type: Literal["relocate-residents"]
    where: Where = Field(description="離れる場所（例: {zones: [洪水浸水想定区域]}）")
    to: Where | None = Field(default=None, description="移り先（省くと災害の想定区域の外の全域）")


def apply_guide_residents(city: City, mod: GuideResidents, notes: Notes) -> City:
    """Return the city with residents guided to a place."""
    from sim.migration import move_weights  # noqa: PLC0415 -- needed for such changes only

    to = find_share(city, mod, "where", mod.where, notes)
    origin = None if mod.origin is None else find_share(city, mod, "origin", mod.origin, notes)
    if to is None or (mod.origin is not None and origin is None):
        return city
    bands = city.population.bands
    weights = np.ones(len(bands)) if mod.who == "everybody" else move_weights(bands, notes.params.move_rates)
    leave = 1.0 - to if origin is None else in_both(origin, 1.0 - to)
    return _moved(city, mod, (leave, to), weights, notes)


def apply_relocate_residents(city: City, mod: RelocateResidents, notes: Notes) -> City:
    """Return the city with residents moved out of hazard areas."""
    leave = find_share(city, mod, "where", mod.where, notes)
    to = None if mod.to is None else find_share(city, mod, "to", mod.to, notes)
    if leave is None or (mod.to is not None and to is None):
        return city
    safe = _safe_share(city, mod, leave, notes)
    to = safe if to is None else in_both(to, safe)
    if not to.any():
        notes.refuse(
            mod,
            "to" if mod.to is not None else "where",
            "nowhere_safe",
            Text("移り先がすべて災害の想定区域か移動元の中です", "every place to go is a hazard area or in where"),
            Text("to: に区域の外の場所を書いてください", "give a place outside of them as to:"),
        )
        return city
    return _moved(city, mod, (leave, to), np.ones(len(city.population.bands)), notes)


def _safe_share(city: City, mod: RelocateResidents, leave: FloatArray, notes: Notes) -> FloatArray:
    """Return cell → share outside of the place to leave and of every hazard area, shape (C,)."""
    from sim.catchment import area_share  # noqa: PLC0415 -- needed for such changes only
    from sim.zones import HAZARDS  # noqa: PLC0415 -- needed for such changes only

    hazards = {n for n, zone in enumerate(city.zones) if zone.kind in HAZARDS}
    named = set(find_zones(city, mod, "where.zones", mod.where.zones or (), notes))
    shapes = [[city.zones[n].xy for n in sorted(rows)] for rows in (hazards, hazards | named)]
    dry, left = (1.0 - area_share(city.population.polygon_xy, np.array(s, dtype=object)) for s in shapes)
    if not named:  # whole cells are left
        return np.where(leave > 0, 0.0, dry)
    return np.where(leave > 0, left, dry)


def _moved(city: City, mod: Moving, way: tuple[FloatArray, FloatArray], weights: FloatArray, notes: Notes) -> City:
    """Return the city with residents moved from cells to cells (shares of them), by propensity of their age."""
    from sim.migration import movers  # noqa: PLC0415 -- needed for such changes only
    from sim.people_moves import settle  # noqa: PLC0415 -- needed for such changes only

    bands = find_bands(city, mod, mod.bands, notes)
    if bands is None or not begun(mod, mod.begins, "from_year", notes):
        return city
    leave, to = way
    persons = city.population.persons
    present = persons * leave[:, None] * bands
    wanted = mod.persons_of(float(present.sum()), notes.year)
    leaving = movers(present, weights * bands, wanted)
    if leaving is None:
        refuse_too_few(mod, mod.amount_key, notes)
        return city
    if not leaving.any():
        return city
    arriving = settle(leaving.sum(axis=0), to, city.population.total)
    told = float(leaving.sum())
    notes.tell(mod, "population", f"{told:,.0f} 人が移り住む（総数は不変）", f"{told:,.0f} persons move; totals kept")
    return city.replace(population=city.population.with_persons(np.maximum(persons - leaving + arriving, 0.0)))


def begun(mod: ModificationBase, begins: int | None, at: str, notes: Notes) -> bool:
    """Return whether a change has begun by the scenario's year; notes one that has not."""
    if begins is None or begins <= notes.year:
        return True
    notes.refuse(
        mod,
        at,
        "begins_later",
        Text(
            f"{begins} 年に始まるため、{notes.year} 年には効果がありません", f"begins after {notes.year}, in {begins}"
        ),
        Text("year: を後にするか、始まる年を早めてください", "choose a later year:, or let it begin earlier"),
    )
    return False
