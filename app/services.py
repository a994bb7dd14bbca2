"""Owns what the page may ask for: runs, the city they stand on, arrays by cell, and the words around them."""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from app.addresses import UNREACHABLE
from app.english_names import english_names
from app.features.compare.geometry import build_geometry, collect_layers, mark_against
from app.features.compare.metrics import PERSONS_COLUMN
from app.features.compare.signs import drawn_signs, with_facilities
from app.once import once
from app.place_names import NamedPlace, name_places
from app.runs import Run, to_run
from app.settings import Settings
from app.spreadsheet import frame_csv
from app.travel import Travel
from geodata.errors import CitySimError
from scenarios.store import read_run
from sim.kpi import CELL_COLUMNS, KPIS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    from geodata.city import City
    from geodata.units import FloatArray
    from scenarios.apply import Applied
    from sim.explain import Explanation

Found = TypeVar("Found")

ROUNDING = 4
KEPT_EXPLANATIONS = 64
KEPT_LAYERS = 64
KEPT_FINDINGS = 64


class Services:
    """
    Reads runs and the city once, and hands out arrays.

    A run folder that is written again is read again: its manifest's time and size are looked at on each request.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._runs: dict[Path, tuple[tuple[int, int], Run | None]] = {}
        self._lock = Lock()
        self._explanations: dict[tuple[str, str, str], Explanation] = {}
        self._explaining = Lock()
        self._layers: dict[tuple[str, str], dict[str, Any]] = {}
        self._findings: dict[Hashable, Any] = {}

    # ---------------------------------------------------------------- runs

    def list_runs(self) -> dict[str, Run]:
        """Return run id → run; the baseline, then what others compare with, then by year and id."""
        folders = self._folders()
        found = [self._read(folder) for folder in folders]
        with self._lock:
            for gone in self._runs.keys() - set(folders):
                del self._runs[gone]
        usable = [run for run in found if run is not None]
        references = {run.compare_to for run in usable}
        usable.sort(key=lambda run: (not run.is_baseline, run.run_id not in references, run.year, run.run_id))
        return {run.run_id: run for run in usable}

    def pair(self, left: str, right: str) -> tuple[Run, Run]:
        """Return two runs; one that has gone since is replaced by the first."""
        runs = self.list_runs()
        first = next(iter(runs.values()))
        return runs.get(left, first), runs.get(right, first)

    @property
    def baseline(self) -> Run | None:
        """The reference of levels, or None where it was not run."""
        return next((run for run in self.list_runs().values() if run.is_baseline), None)

    def _folders(self) -> list[Path]:
        root = self.settings.runs_folder
        if (root / "manifest.json").is_file():
            return [root]
        return sorted(path.parent for path in root.glob("*/manifest.json")) if root.is_dir() else []

    def _read(self, folder: Path) -> Run | None:
        try:
            stat = (folder / "manifest.json").stat()
        except OSError:
            return None  # replaced or removed since it was listed
        stamp = (stat.st_mtime_ns, stat.st_size)
        with self._lock:
            known = self._runs.get(folder)
            if known is None or known[0] != stamp:
                try:
                    run = to_run(read_run(folder))
                except (CitySimError, OSError):
                    return None  # half-copied or foreign folders are not scenarios
                fits = np.array_equal(run.cells["cell_id"].to_numpy(str), self.city.population.cell_id)
                known = (stamp, run if fits else None)  # other cells: of another city
                self._runs[folder] = known
        return known[1]

    def kept(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """Return what was found out before about some runs; the key tells what, and holds their keys."""
        with self._lock:
            if key in self._findings:
                held: Found = self._findings[key]
                return held
        found = find()
        with self._lock:
            self._findings[key] = found
            while len(self._findings) > KEPT_FINDINGS:
                self._findings.pop(next(iter(self._findings)))
        return found

    # ---------------------------------------------------------------- city

    @once
    def city(self) -> City:
        """The city all runs stand on."""
        if self.settings.city_folder is not None:
            from geodata.snapshot import read_city  # noqa: PLC0415 - only for built cities

            return read_city(self.settings.city_folder)
        from geodata.hitachi import load_hitachi  # noqa: PLC0415 - only for the bundled city

        return load_hitachi()

    @once
    def geometry_key(self) -> str:
        """Short digest of the cells' outlines."""
        return f"{self.city.city_id}-{self.city.layer_digests()['population'][:12]}"

    @once
    def geometry(self) -> bytes:
        """Outlines of cells, the dissolved land and the part of it where people live, as JSON."""
        return json.dumps(build_geometry(self.city), ensure_ascii=False, separators=(",", ":")).encode()

    @once
    def travel(self) -> Travel:
        """What answers live questions about travel on the runs."""
        return Travel(self)

    @once
    def english_names(self) -> dict[str, str]:
        """Japanese → English of places that the city names in Japanese alone."""
        return english_names(self.city)

    @once
    def places(self) -> dict[str, NamedPlace]:
        """Key → places of the city that can be chosen by name."""
        return name_places(self.city)

    # ---------------------------------------------------------------- arrays

    def hidden(self, run: Run, persons_column: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return cell → too few persons for a public view, but not none, shape (C,)."""
        persons = run.cells[persons_column].to_numpy(dtype=float)
        return (persons > 0) & (persons < self.city.defaults.public_min_persons)

    def column(self, run: Run, name: str, *, public: bool = False, by_district: bool = False) -> FloatArray:
        """
        Return one value per cell; NaN = no data or hidden, ±inf = unreachable, shape (C,).

        By district, every cell has the value of its district: a run whose closures are anonymous has no other, and a
        run beside it must be looked at in the same way.
        """
        if name not in run.cells:
            return np.full(len(run.cells), np.nan)
        values = run.cells[name].to_numpy(dtype=float)
        if by_district and name not in run.district_level:
            from scenarios import anonymous  # noqa: PLC0415 - brings the models

            persons = run.cells[anonymous.DISTRICT_LEVEL[name]].to_numpy(dtype=float)
            values = anonymous.by_district(values, persons, run.cells["district_id"].to_numpy())
        if not public:
            return values
        own = name if name in PERSONS_COLUMN.values() else "persons"
        return np.where(self.hidden(run, own), np.nan, values)

    def values(self, run_id: str, name: str, *, public: bool, by_district: bool = False) -> bytes | None:
        """Return one value per cell as JSON, or None for an unknown run or column."""
        run = self.list_runs().get(run_id)
        if run is None or name not in CELL_COLUMNS or not CELL_COLUMNS[name].drawn:
            return None
        values = self.column(run, name, public=public, by_district=by_district)
        return pack_values(values)

    def layers(self, run_id: str, left_id: str = "") -> bytes | None:
        """Return lines, stops, facilities and places of a run as JSON, or None for an unknown run."""
        runs = self.list_runs()
        run = runs.get(run_id)
        if run is None:
            return None
        found = self.layers_beside(run, runs.get(left_id, run))
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()

    def layers_beside(self, run: Run, left: Run) -> dict[str, Any]:
        """Return the layers of a run, marked by what differs from the left one; nothing is where both are the same."""
        from scenarios.export import map_layers  # noqa: PLC0415 - only once maps are drawn

        key = (run.key, left.key)
        with self._lock:
            if key in self._layers:
                return self._layers[key]
        own = collect_layers(run.stored.layers)
        found = mark_against(own, collect_layers(left.stored.layers))
        try:
            fresh = map_layers(self.applied(left).city, self.applied(run).city)
        except CitySimError:  # a scenario of an older version cannot be applied: draw, mark nothing
            fresh = {}
        found |= {name: fresh[name] for name in ("lines", "stops") if fresh}
        with self._lock:
            self._layers[key] = found
            while len(self._layers) > KEPT_LAYERS:
                self._layers.pop(next(iter(self._layers)))
        return found

    def applied(self, run: Run) -> Applied:
        """Return the city and settings a run was computed on, without its results; a chosen plan is chosen again."""
        from scenarios.apply import apply_scenario  # noqa: PLC0415
        from sim.params import Analysis  # noqa: PLC0415

        analysis = Analysis.model_validate(run.stored.manifest["analysis"])
        # a variant of a sweep may have no effect
        return apply_scenario(self.city, run.stored.scenario, analysis=analysis, allow_no_effect=True)

    def signs(self, runs: tuple[Run, ...], kinds: tuple[str, ...]) -> list[str]:
        """Return which lines and points are drawn, for the legend; the first run is the one others are told from."""
        drawn = (self.layers_beside(run, runs[0]) for run in dict.fromkeys(runs))
        return drawn_signs(with_facilities(layers, kinds) for layers in drawn)

    def explain(self, run: Run, kpi_id: str, group: str) -> Explanation:
        """Return why a number is what it is; takes seconds the first time, as travel times are looked at again."""
        from scenarios.explaining import explain_stored  # noqa: PLC0415 - brings the compiled router

        key = (run.key, kpi_id, group)
        with self._explaining:
            if key not in self._explanations:
                self._explanations[key] = explain_stored(self.city, run.stored, kpi_id, group=group)
                while len(self._explanations) > KEPT_EXPLANATIONS:
                    self._explanations.pop(next(iter(self._explanations)))
            return self._explanations[key]

    def cells_csv(self, run_id: str, kpi_id: str, group: str, *, public: bool) -> str | None:
        """Return what each cell adds to a KPI as CSV text, or None for an unknown run, KPI or group."""
        run = self.list_runs().get(run_id)
        if run is None or kpi_id not in KPIS or group not in self.city.population.groups():
            return None
        table = self.explain(run, kpi_id, group).contributions
        if public and "persons" in table:
            table = table[table["persons"] >= self.city.defaults.public_min_persons]
        return frame_csv(table)

    def table_csv(self, run_id: str, name: str) -> str | None:
        """Return a table of services of a run as CSV text, or None where there is none."""
        run = self.list_runs().get(run_id)
        table = None if run is None else run.stored.tables.get(name)
        return None if table is None else frame_csv(table)


def pack_values(values: FloatArray) -> bytes:
    """Return one value per cell as JSON: null = nothing to tell, `UNREACHABLE` = out of reach."""
    finite = np.nan_to_num(np.round(values, ROUNDING), nan=np.nan, posinf=UNREACHABLE, neginf=-UNREACHABLE)
    plain = [None if np.isnan(v) else v for v in finite.tolist()]
    return json.dumps({"values": plain}, separators=(",", ":")).encode()


__all__ = ["Run", "Services", "pack_values", "to_run"]
