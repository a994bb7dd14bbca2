"""Owns reading people in any of the forms a configuration names → population cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.config.population import CellsCsv, DidTowns, EstatMesh, FutureMesh, MeshCsv, PeopleFeatures, SmallArea
from geodata.readers.did_towns import READER as DID_READER
from geodata.readers.did_towns import read_did_towns
from geodata.readers.estat_mesh import READER as ESTAT_READER
from geodata.readers.estat_mesh import read_estat_mesh
from geodata.readers.future_mesh import READER as FUTURE_READER
from geodata.readers.future_mesh import read_future_mesh
from geodata.readers.people_features import READER as FEATURES_READER
from geodata.readers.people_features import read_people_features
from geodata.readers.population_reading import PeopleReading
from geodata.readers.population_tables import READERS as TABLE_READERS
from geodata.readers.population_tables import read_cells
from geodata.readers.records import file_record
from geodata.readers.small_area import READERS as AREA_READERS
from geodata.readers.small_area import read_small_area

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from geodata.config.population import PopulationConfig

__all__ = ["READERS", "PeopleReading", "read_population"]

READERS = (ESTAT_READER, *AREA_READERS, FUTURE_READER, FEATURES_READER, *TABLE_READERS, DID_READER)


def read_population(
    config: PopulationConfig,
    find: Callable[[str], Path],
    epsg: int | None,
    *,
    outline: BaseGeometry | None,
    progress: Callable[[float], None] | None = None,
) -> PeopleReading:
    """
    Read the people of a city.

    Parameters
    ----------
    config
        What a person wrote in ``population:``.
    find
        Path as written → path on disk.
    epsg
        Plane system; None = by the place.
    outline
        The municipality in degrees, or None; files that hold more than one town are clipped to it.
    progress
        Called with the share done, 0 to 1.

    Returns
    -------
    reading
        Cells sorted by id; the persons of the file inside the outline are those of the cells.

    Raises
    ------
    DataError
        With every problem of the files, each with its row and remedy.
    """
    reading = _read(config, find, epsg, outline, progress)
    population = reading.population
    counts = {"cells": population.n_cells, "persons": round(float(population.total.sum()))}
    return PeopleReading(
        population=population,
        epsg=reading.epsg,
        table=reading.table,
        problems=reading.problems,
        files=reading.files,
        counts=counts | reading.counts,
        repairs={code: n for code, n in reading.repairs.items() if n},
    )


def _read(
    config: PopulationConfig,
    find: Callable[[str], Path],
    epsg: int | None,
    outline: BaseGeometry | None,
    progress: Callable[[float], None] | None,
) -> PeopleReading:
    if isinstance(config, CellsCsv | MeshCsv):
        return _plain(config, find, epsg)
    if isinstance(config, DidTowns):
        return read_did_towns(config, find, epsg)
    if isinstance(config, EstatMesh):
        return read_estat_mesh(config, find, epsg, outline=outline, progress=progress)
    if isinstance(config, FutureMesh):
        return read_future_mesh(config, find, epsg, outline=outline, progress=progress)
    if isinstance(config, SmallArea):
        return read_small_area(config, find, epsg, outline=outline, progress=progress)
    if isinstance(config, PeopleFeatures):
        return read_people_features(config, find, epsg, outline=outline)
    raise TypeError(type(config).__name__)


def _plain(config: CellsCsv | MeshCsv, find: Callable[[str], Path], epsg: int | None) -> PeopleReading:
    path = find(config.path)
    population, table, plane, problems = read_cells(config, path, epsg)
    reader = TABLE_READERS[0 if isinstance(config, CellsCsv) else 1]
    record = file_record(path, reader, int(table.attrs.get("rows_in", len(table))), len(table))
    return PeopleReading(population, plane, table, tuple(problems), (record,))
