"""Owns cells, districts and ages of the bundled city."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.apportion import fit_margins
from geodata.compile import facts
from geodata.compile.inputs import Inputs
from geodata.compile.tables import Row, Table, degrees, table
from geodata.crs import to_plane
from geodata.did_population import DidArea, DidPopulation, build_did_population, nearest_point
from geodata.population import AgeBand
from geodata.units import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Who lives where: cells with parts, their district, and R5 persons by age band (C, A)."""

    cells: DidPopulation
    district: tuple[str, ...]
    by_band: FloatArray


def compile_people(inputs: Inputs) -> People:
    """Spread the census over cells and the R5 total over cells and age bands; every total is exact."""
    cells = build_did_population(
        [DidArea(name, polygon, persons) for name, polygon, persons in inputs.dids],
        inputs.towns_lonlat,
        facts.PERSONS_2020,
        municipality_lonlat=inputs.outline,
        later_total=facts.PERSONS_R5,
        outside_weights=outside_weights(inputs),
    )
    names = np.array([t.name for t in inputs.towns])[cells.town]
    seed = age_seed(names)
    by_band = fit_margins(seed, cells.later_persons, city_band_persons())
    return People(cells, district_of_cells(inputs, cells), by_band)


def outside_weights(inputs: Inputs) -> FloatArray:
    """
    Return town → assumed relative number of people outside the DIDs: one, and one more for each place nearest to it.

    Places are public facilities and medical institutions: they stand where people live. Checked against 旧十王町: see
    the tests.
    """
    places = [
        (float(row["lon"]), float(row["lat"]))
        for frame in (inputs.facilities, inputs.medical)
        for row in frame.to_dict("records")
    ]
    towns = to_plane(facts.EPSG, inputs.towns_lonlat)
    nearest = nearest_point(to_plane(facts.EPSG, places), towns)
    return np.bincount(nearest, minlength=len(towns)).astype(np.float64) + 1.0


def district_of_cells(inputs: Inputs, cells: DidPopulation) -> tuple[str, ...]:
    """Return the district of each cell: that of its nearest 町丁目, whose own is the one with the nearest middle."""
    middles = to_plane(facts.EPSG, [(lon, lat) for *_, lat, lon in facts.DISTRICTS])
    of_town = nearest_point(to_plane(facts.EPSG, inputs.towns_lonlat), middles)
    return tuple(facts.DISTRICTS[int(of_town[t])][0] for t in cells.town)


def persons_2035(from_age: int, to_age: int | None) -> int:
    """Return the persons projected for 2035 from one age to another [persons]."""
    return sum(
        n
        for (low, high), n in facts.PERSONS_2035.items()
        if low >= from_age and (to_age is None or (high is not None and high <= to_age))
    )


def city_band_persons() -> FloatArray:
    """
    Return the R5 persons of the whole city by age band, whole numbers that sum to the R5 total, shape (A,).

    0–14 and 20–39: their shares of 2024-10. 65+: the published share. 15–19: to 0–14 as in the projection for 2035.
    65–74 against 75+: as projected for 2035. 85+ within 75+: assumed. 40–64: whoever is left.
    """
    total = facts.PERSONS_R5
    children = total * facts.PERSONS_0_14_2024_10 / facts.PERSONS_2024_10
    young = total * facts.PERSONS_20_39_2024_10 / facts.PERSONS_2024_10
    teens = children * persons_2035(15, 19) / persons_2035(0, 14)
    older = total * facts.OLDER_SHARE_R5
    early = older * persons_2035(65, 74) / persons_2035(65, None)
    oldest = (older - early) * facts.LATE_LATE_OLDER_SHARE
    wanted = {
        "0-14": children,
        "15-19": teens,
        "20-39": young,
        "65-74": early,
        "75-84": older - early - oldest,
        "85+": oldest,
    }
    whole = {band: float(round(persons)) for band, persons in wanted.items()}
    whole["40-64"] = total - sum(whole.values())
    return np.array([whole[b.band_id] for b in facts.BANDS])


def age_seed(town_of_cell: np.ndarray) -> FloatArray:
    """Return the assumed age shares by cell before fitting, (C, A): the city's, but for 金沢町 and the estates."""
    city = city_band_persons() / facts.PERSONS_R5
    seed = np.tile(city, (len(town_of_cell), 1))
    seed[_in_towns(town_of_cell, facts.KANAZAWA_TOWNS)] = _kanazawa_shares(city)
    seed[_in_towns(town_of_cell, facts.ESTATE_TOWNS)] = _estate_shares(city)
    return seed


def _in_towns(town_of_cell: np.ndarray, prefixes: tuple[str, ...]) -> BoolArray:
    return np.array([name.startswith(prefixes) for name in town_of_cell], dtype=bool)


def _members(low: int, high: int | None) -> BoolArray:
    def inside(band: AgeBand) -> bool:
        return band.from_age >= low and (high is None or (band.to_age is not None and band.to_age <= high))

    return np.array([inside(b) for b in facts.BANDS])


def _with_groups(city: FloatArray, groups: dict[tuple[int, int | None], float]) -> FloatArray:
    """Return shares in which each age group holds its given share, split inside as in the city."""
    shares = np.zeros(len(city))
    for (low, high), share in groups.items():
        members = _members(low, high)
        shares[members] = city[members] / city[members].sum() * share
    return shares


def _kanazawa_shares(city: FloatArray) -> FloatArray:
    known = {k: v / facts.KANAZAWA_2020["all"] for k, v in facts.KANAZAWA_2020.items()}
    middle = 1 - known["0-14"] - known["65-74"] - known["75+"]
    groups: dict[tuple[int, int | None], float] = {
        (0, 14): known["0-14"],
        (15, 64): middle,
        (65, 74): known["65-74"],
        (75, None): known["75+"],
    }
    return _with_groups(city, groups)


def _estate_shares(city: FloatArray) -> FloatArray:
    older = facts.ESTATE_OLDER_SHARE
    return _with_groups(city, {(0, 64): 1 - older, (65, None): older})


def cells_table(people: People) -> Table:
    """Return cells.csv: mesh code, district, census persons by part, R5 persons by age band."""
    rows = []
    for i, cell_id in enumerate(people.cells.cell_id):
        row: Row = {"cell_id": str(cell_id), "district_id": people.district[i]}
        for part, persons in zip(people.cells.part_id, people.cells.persons[i], strict=True):
            row[f"persons_{facts.CENSUS_YEAR}_{part}"] = f"{persons:.2f}"
        for band, persons in zip(facts.BANDS, people.by_band[i], strict=True):
            row[f"r5_{band.band_id}"] = f"{persons:.2f}"
        rows.append(row)
    return table("cells.csv", rows)


def bands_table() -> Table:
    """Return bands.csv: the age bands, in the order of the columns of cells.csv."""
    return table(
        "bands.csv",
        [
            {
                "band_id": b.band_id,
                "label_ja": b.label.ja,
                "label_en": b.label.en,
                "from_age": str(b.from_age),
                "to_age": "" if b.to_age is None else str(b.to_age),
            }
            for b in facts.BANDS
        ],
    )


def districts_table() -> Table:
    """Return districts.csv: the districts (便宜区分) with their middles."""
    return table(
        "districts.csv",
        [
            {"district_id": i, "name_ja": ja, "name_en": en, "lon": degrees(lon), "lat": degrees(lat)}
            for i, ja, en, lat, lon in facts.DISTRICTS
        ],
    )
