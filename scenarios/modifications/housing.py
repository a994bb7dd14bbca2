"""Owns people who come to live in new homes: housing projects, and commuters from outside who move in (住み替え)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.units import FloatArray
from scenarios.modifications.base import Label, ModificationBase, Notes, NotNegative, refuse
from scenarios.modifications.moving import Share, Year, begun
from scenarios.modifications.population import counterpart, refuse_band, with_change
from scenarios.modifications.where import Where, find_share

HouseholdSize = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=1, le=6)]
MIX_SLACK = 0.01


class AddHousing(ModificationBase):
    """
    New homes with people of their own ages.

    Notes
    -----
    Those from outside raise the total of the city; those from within leave the other cells band by band, so that their
    totals are kept. From the year the homes open to the year of the scenario the people age, and children are born.
    """

    type: Literal["add-housing"]
    name: Label | None = Field(default=None, description="住宅の名称")
    where: Where = Field(description="場所（例: {location: {lat: 36.59, lon: 140.66}, radius_m: 300}）")
    dwellings: NotNegative | None = Field(default=None, description="戸数")
    persons: NotNegative | None = Field(default=None, description="入居者数（dwellings の代わり）")
    household_persons: HouseholdSize | None = Field(default=None, description="1戸当たりの人数")
    mix: dict[str, Share] | None = Field(default=None, description="入居者の年齢構成（年齢階級の id: 割合、合計 1）")
    from_city_share: Share | None = Field(default=None, description="市内から移る人の割合（残りは市外から）")
    opens: Year | None = Field(default=None, description="入居の年（西暦）。その後は年をとる")

    @model_validator(mode="after")
    def _one_amount(self) -> Any:
        if (self.dwellings is None) == (self.persons is None):
            raise refuse(
                "dwellings_or_persons",
                "dwellings か persons のどちらか一方を書いてください",
                "give either dwellings or persons",
                "例: dwellings: 200",
                "e.g. dwellings: 200",
            )
        return self

    @property
    def begins(self) -> int | None:
        """Year from which it has an effect; None = whatever the year of the scenario."""
        return self.opens


class AttractCommuters(ModificationBase):
    """
    Commuters from outside who move into the city with their households (市外通勤者の住み替え).

    Notes
    -----
    All of them come from outside: the total of the city grows by them.
    """

    type: Literal["attract-commuters"]
    where: Where = Field(description="住む場所（例: {near_stations_m: 800}）")
    workers: NotNegative | None = Field(default=None, description="住み替える通勤者数")
    commuters: NotNegative | None = Field(default=None, description="市外からの通勤者数（share と組で使う）")
    share: Share | None = Field(default=None, description="commuters のうち住み替える割合（0–1）")
    household_persons: HouseholdSize | None = Field(default=None, description="世帯の人数（本人を含む）")
    mix: dict[str, Share] | None = Field(default=None, description="世帯の年齢構成（年齢階級の id: 割合、合計 1）")
    from_year: Year | None = Field(default=None, description="住み替えの年（西暦）。その後は年をとる")

    @model_validator(mode="after")
    def _one_amount(self) -> Any:
        told = (self.workers is not None, self.commuters is not None, self.share is not None)
        if told in {(True, False, False), (False, True, True)}:
            return self
        raise refuse(
            "workers_or_share",
            "workers か、commuters と share の組のどちらかを書いてください",
            "give workers, or commuters with share",
            "例: workers: 100",
            "e.g. workers: 100",
        )

    @property
    def begins(self) -> int | None:
        """Year from which it has an effect; None = whatever the year of the scenario."""
        return self.from_year


def apply_add_housing(city: City, mod: AddHousing, notes: Notes) -> City:
    """Return the city with people in new homes."""
    inside = find_share(city, mod, "where", mod.where, notes)
    mix = _mix(city, mod, mod.mix, notes)
    if inside is None or mix is None or not begun(mod, mod.opens, "opens", notes):
        return city
    size = notes.params.household_persons if mod.household_persons is None else mod.household_persons
    persons = mod.persons if mod.persons is not None else (mod.dwellings or 0.0) * size
    people = _aged(city, persons * mix, mod.opens, notes)
    own = notes.params.housing_from_city_share if mod.from_city_share is None else mod.from_city_share
    delta = _spread(inside, people)
    if own > 0:
        delta += counterpart(city.population.persons, own * people, 1.0 - inside)
    at = "persons" if mod.persons is not None else "dwellings"
    return with_change(city, mod, at, delta, notes, inside)


def apply_attract_commuters(city: City, mod: AttractCommuters, notes: Notes) -> City:
    """Return the city with the households of commuters who moved in."""
    inside = find_share(city, mod, "where", mod.where, notes)
    mix = _mix(city, mod, mod.mix, notes)
    if inside is None or mix is None or not begun(mod, mod.from_year, "from_year", notes):
        return city
    workers = mod.workers if mod.workers is not None else (mod.commuters or 0.0) * (mod.share or 0.0)
    size = notes.params.commuter_household_persons if mod.household_persons is None else mod.household_persons
    people = _aged(city, workers * size * mix, mod.from_year, notes)
    return with_change(city, mod, "where", _settled(city, inside, people), notes, inside)


def _spread(inside: FloatArray, people: FloatArray) -> FloatArray:
    """Return cell, band → people, evenly over a building site."""
    spread: FloatArray = np.outer(inside / inside.sum(), people)
    return spread


def _settled(city: City, inside: FloatArray, people: FloatArray) -> FloatArray:
    """Return cell, band → people in proportion to who lives there: they take homes that stand."""
    from sim.people_moves import settle  # noqa: PLC0415 -- needed for such changes only

    return settle(people, inside, city.population.total)


def _aged(city: City, people: FloatArray, since: int | None, notes: Notes) -> FloatArray:
    """Return the people of a year as they are in the scenario's year."""
    from sim.people_moves import aged  # noqa: PLC0415 -- needed for such changes only
    from sim.population import annual_rates  # noqa: PLC0415 -- needed for such changes only

    years = 0 if since is None else max(notes.year - since, 0)
    return aged(people, annual_rates(city.population.bands, notes.params), years) if years else people


def _mix(city: City, mod: ModificationBase, mix: dict[str, float] | None, notes: Notes) -> FloatArray | None:
    """Return band → share of the newcomers, shape (A,), summing to 1; None, and notes, where it is not one."""
    from sim.people_moves import age_mix  # noqa: PLC0415 -- needed for such changes only

    bands = city.population.bands
    if mix is None:
        return age_mix(bands, notes.params.newcomer_ages)
    known = [band.band_id for band in bands]
    unknown = [band for band in mix if band not in known]
    for band in unknown:
        refuse_band(mod, f"mix.{band}", band, known, notes)
    total = sum(mix.values())
    if not unknown and abs(total - 1.0) > MIX_SLACK:
        notes.refuse(
            mod,
            "mix",
            "mix_sum",
            Text(f"mix の合計が {total:.3f} です（1 が必要）", f"the shares of mix sum to {total:.3f}, not 1"),
            Text("割合を足して 1 にしてください", "let the shares sum to 1"),
        )
        return None
    return None if unknown else np.array([mix.get(band, 0.0) for band in known]) / total
