"""Owns adjust-population: more, fewer or moved residents."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.units import BoolArray, FloatArray
from scenarios.modifications.base import Flag, ModificationBase, Names, Notes, Number, refuse
from scenarios.modifications.where import Ring, Where, find_share, in_both

LEAST_PERSONS = 1e-9


class AdjustPopulation(ModificationBase):
    """
    Scale residents, or add (or take away) persons, in some cells and age bands.

    Notes
    -----
    With `conserve_total` what is added in `where` leaves the cells of `origin` (default: all others) in proportion to
    their residents, band by band, and the other way round: the total of every band is kept. `persons` are shared
    out over cells and bands in proportion to who lives there; over empty cells evenly, with the city's bands.
    """

    type: Literal["adjust-population"]
    where: Where = Field(description="対象の場所")
    scale: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=100)] | None = Field(
        default=None, description="人口の倍率"
    )
    persons: Number | None = Field(default=None, description="増やす人数（負なら減らす）")
    bands: Names | None = Field(default=None, description="年齢階級の id（省くと全階級）")
    conserve_total: Flag = Field(default=False, description="市の総数を変えず、ほかから移す")
    origin: Where | None = Field(default=None, description="conserve_total のときの移動元（省くとほか全域）")

    @model_validator(mode="after")
    def _scale_or_persons(self) -> Any:
        if (self.scale is None) == (self.persons is None):
            raise refuse(
                "scale_or_persons",
                "scale か persons のどちらか一方を書いてください",
                "give either scale or persons",
                "例: persons: 500",
                "e.g. persons: 500",
            )
        if self.origin is not None and not self.conserve_total:
            raise refuse(
                "origin",
                "origin は conserve_total: true のときだけ使えます",
                "origin needs conserve_total: true",
            )
        return self


def apply_adjust_population(city: City, mod: AdjustPopulation, notes: Notes) -> City:
    """Return the city with other residents."""
    inside = find_share(city, mod, "where", mod.where, notes)
    bands = find_bands(city, mod, mod.bands, notes)
    outside = None if inside is None else 1.0 - inside
    if mod.origin is not None and inside is not None:
        found = find_share(city, mod, "origin", mod.origin, notes)
        outside = None if found is None else in_both(found, 1.0 - inside)
    if inside is None or bands is None or outside is None:
        return city
    delta = _delta(city.population.persons, inside, bands, mod)
    if mod.conserve_total:
        delta += counterpart(city.population.persons, delta.sum(axis=0), outside)
    at = "scale" if mod.scale is not None else "persons"
    return with_change(city, mod, at, delta, notes, inside)


def with_change(
    city: City, mod: ModificationBase, at: str, delta: FloatArray, notes: Notes, inside: FloatArray
) -> City:
    """Return the city with so many persons more or fewer by cell and band; refuse where more leave than live there."""
    persons = city.population.persons + delta
    short = float(-persons.min()) if persons.size else 0.0
    if short > LEAST_PERSONS or not np.isfinite(persons).all():
        refuse_too_few(mod, at, notes)
        return city
    moved = float(np.abs(delta[inside > 0]).sum())
    notes.tell(mod, "population", f"対象の場所で {moved:,.0f} 人の増減", f"{moved:,.0f} persons more or fewer there")
    return city.replace(population=city.population.with_persons(np.maximum(persons, 0.0)))


def refuse_too_few(mod: ModificationBase, at: str, notes: Notes) -> None:
    """Note that more persons would leave than live there."""
    notes.refuse(
        mod,
        at,
        "not_enough_persons",
        Text("移す（減らす）人数が、そこに住む人より多くなります", "more persons would leave than live there"),
        Text("人数を減らすか、移動元を広げてください", "take fewer persons, or widen the origin"),
    )


def find_bands(city: City, mod: ModificationBase, wanted: Names | None, notes: Notes) -> BoolArray | None:
    """Return band → wanted, shape (A,); None, and notes, where one is unknown."""
    known = [b.band_id for b in city.population.bands]
    if wanted is None:
        return np.ones(len(known), bool)
    for number, band in enumerate(wanted):
        if band not in known:
            refuse_band(mod, f"bands[{number}]", band, known, notes)
    return np.isin(known, wanted) if set(wanted) <= set(known) else None


def refuse_band(mod: ModificationBase, at: str, band: str, known: list[str], notes: Notes) -> None:
    """Note that the city has no such age band."""
    notes.refuse(
        mod,
        at,
        "unknown_band",
        Text(f"年齢階級 {band!r} は都市データにありません", f"no age band {band!r} in the city"),
        Text("あるもの: " + "、".join(known), "known: " + ", ".join(known)),
    )


def _delta(persons: FloatArray, inside: FloatArray, bands: BoolArray, mod: AdjustPopulation) -> FloatArray:
    """Return cell, band → change inside the place [persons]."""
    chosen = persons * inside[:, None] * bands[None, :]
    if mod.scale is not None:
        return chosen * (mod.scale - 1.0)
    wanted = float(mod.persons or 0.0)
    total = float(chosen.sum())
    if total > 0:
        return chosen * (wanted / total)
    mix = persons.sum(axis=0) * bands
    mix = mix / mix.sum() if mix.sum() > 0 else bands / bands.sum()
    shared: FloatArray = np.outer(inside / inside.sum(), mix) * wanted
    return shared


def counterpart(persons: FloatArray, change: FloatArray, outside: FloatArray) -> FloatArray:
    """Return the opposite change outside, band by band in proportion to residents [persons]; −inf where nobody is."""
    base = persons * outside[:, None]
    totals = base.sum(axis=0)
    # Leaving nobody to move is found as a negative count by the caller.
    share = np.divide(base, totals, out=np.zeros_like(base), where=totals > 0)
    stuck = (totals <= 0) & (np.abs(change) > LEAST_PERSONS)
    counter: FloatArray = -share * change
    if stuck.any():
        counter[0, stuck] = -np.inf
    return counter


__all__ = ["AdjustPopulation", "Ring", "Where", "apply_adjust_population"]
