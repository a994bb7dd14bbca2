"""Owns the way from a configuration to a City: read every layer, check how they fit, report all of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.build_checks import layers_fit, stops_in_city
from geodata.build_findings import Findings
from geodata.build_people import place_nobody, read_people
from geodata.build_places import read_places, read_street_network
from geodata.build_report import Attempt, BuildReport, import_report
from geodata.build_stages import SHARES, Stages
from geodata.build_timetable import read_timetable
from geodata.city import City, CityDefaults
from geodata.city_config import CityConfig, inputs_root, read_city_config
from geodata.crs import require_plane
from geodata.default_sources import sources_of
from geodata.empty_layers import empty_facilities, empty_timetable, source_without_people
from geodata.errors import DataError, Problem, Text, error
from geodata.import_report import ImportReport
from geodata.line_checks import lines_run
from geodata.overlay import CityParts, lay_over
from geodata.service_days import choose_days
from geodata.streets import DetourPlane
from geodata.targets import TargetRow, Targets
from geodata.usual_days import SOME_YEAR, usual_days

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from geodata.provenance import Source

    Progress = Callable[[str, float], None]
    Days = tuple[dt.date, dt.date, dt.date]


def build_city(
    config: Path | str | CityConfig,
    progress: Progress | None = None,
    *,
    inputs: Path | None = None,
) -> BuildReport:
    """
    Build a city from a configuration file, in memory.

    Parameters
    ----------
    config
        YAML file, or what it says; see `geodata.city_config.CityConfig` and ``geodata/examples``.
    progress
        Called with the name of each stage and the share done, 0 to 1.
    inputs
        Folder of the inputs in place of the configuration's.

    Returns
    -------
    report
        City, warnings, counts, repairs.

    Raises
    ------
    DataError
        With all problems of all layers, each with its place and remedy.
    """
    attempt = attempt_city(config, progress, inputs=inputs)
    if attempt.city is None:
        raise DataError(attempt.problems)
    return BuildReport(attempt.city, attempt.report, attempt.problems, attempt.counts, attempt.repairs)


def check_city(config: Path | str | CityConfig, *, inputs: Path | None = None) -> tuple[Problem, ...]:
    """Return everything a build of this configuration would find, errors included, without keeping the city."""
    return attempt_city(config, inputs=inputs).problems


def attempt_city(
    config: Path | str | CityConfig,
    progress: Progress | None = None,
    *,
    inputs: Path | None = None,
) -> Attempt:
    """Build a city as `build_city`, with a report even where it fails."""
    path = Path("." if isinstance(config, CityConfig) else config)
    if isinstance(config, CityConfig):
        wanted = config
    else:
        try:
            wanted = read_city_config(path)
            if wanted.epsg is not None:
                require_plane(wanted.epsg, f"{path.name} epsg")
        except DataError as exc:
            return Attempt(None, ImportReport("", Text("", ""), path.name, problems=exc.problems), {}, {})
    return _Build(wanted, inputs_root(wanted, path, inputs), path, progress).run()


class _Build:
    """One build from its configuration to its report."""

    def __init__(self, config: CityConfig, root: Path, path: Path, progress: Progress | None) -> None:
        self.config = config
        self.name = path.name
        self.path = path
        self.root = root
        self.progress = progress
        self.found = Findings()
        self.stages = Stages(config, root, self.found, self._tell, epsg=config.epsg)
        self.base: City | None = None

    def run(self) -> Attempt:
        """Read all layers, then put them together unless one was refused."""
        stages = self.stages
        self._find_base()
        for name, step in (
            ("population", self._read_people),
            ("timetable", partial(read_timetable, stages)),
            ("streets", self._read_streets),
            ("facilities", partial(read_places, stages)),
        ):
            self._tell(name, SHARES[name][0])
            with self.found.timed(name):
                step()
        self._tell("checks", 0.9)
        with self.found.timed("checks"):
            city = None if self.found.failed else self.found.read("overlay", self._assemble)
        self._tell("done", 1.0)
        if self.found.failed:
            city = None
        return Attempt(city, import_report(self.name, stages, city), self.found.counts, self.found.repairs)

    def _tell(self, stage: str, share: float) -> None:
        if self.progress is not None:
            self.progress(stage, share)

    def _read_people(self) -> None:
        self.stages.read_outlines()
        read_people(self.stages)

    def _read_streets(self) -> None:
        place_nobody(self.stages)
        read_street_network(self.stages)

    def _find_base(self) -> None:
        if self.config.base is None:
            return
        self.base = self.found.read("overlay", lambda: _read_base(str(self.config.base), (self.path.parent, self.root)))
        if self.base is not None:
            self.stages.epsg = self.base.epsg
            self.stages.base_population = self.base.population

    def _assemble(self) -> City:
        stages, found = self.stages, self.found
        people = stages.people
        if people is None:
            raise DataError(_nothing_to_build(self.name))
        zones = stages.final_zones()
        days, problems = self._days()
        found.of("timetable").add(problems=problems)
        own = stages.timetable
        if own is not None:
            own = stops_in_city(own, zones, people)
            found.of("timetable").counts["stops_in_city"] = int(own.stops.in_city.sum())
        sources = self._sources()
        if self.base is not None:
            city = self._laid_over(
                self.base,
                CityParts(
                    city_id=self.config.id,
                    name=self.config.name.text,
                    population=stages.population,
                    timetable=own,
                    facilities=stages.facilities,
                    streets=stages.streets,
                    zones=zones,
                    targets=_targets(self.config),
                    daytime=stages.daytime,
                    outlook=stages.outlook,
                    opinions=stages.opinions,
                    sources=sources,
                    defaults=_defaults(self.config, days) if stages.feeds is not None else self._base_days(self.base),
                    replaces=self.config.replaces,
                ),
            )
        else:
            city = City(
                city_id=self.config.id,
                name=self.config.name.text,
                epsg=stages.epsg or self.config.epsg or 0,
                defaults=_defaults(self.config, days),
                population=people,
                timetable=own if own is not None else empty_timetable(),
                facilities=stages.facilities if stages.facilities is not None else empty_facilities(),
                streets=stages.streets if stages.streets is not None else DetourPlane(),
                targets=_targets(self.config),
                zones=zones,
                sources=sources,
                daytime=stages.daytime,
                outlook=stages.outlook,
                opinions=stages.opinions,
            )
        found.of("streets").add(problems=layers_fit(city, found.of("streets").counts))
        found.of("timetable").add(problems=lines_run(city))
        return city

    def _base_days(self, base: City) -> CityDefaults:
        """Return the days of the base, with those the configuration names in their place."""
        given = (self.config.date, self.config.saturday, self.config.holiday)
        usual = (base.defaults.date, base.defaults.saturday, base.defaults.holiday)
        days = [own.isoformat() if own is not None else day for own, day in zip(given, usual, strict=True)]
        return replace(base.defaults, date=days[0], saturday=days[1], holiday=days[2])

    def _laid_over(self, base: City, parts: CityParts) -> City:
        reading = lay_over(base, parts)
        self.found.of("overlay").add(
            problems=reading.problems, files=reading.files, counts=reading.counts, repairs=reading.repairs
        )
        return reading.value

    def _days(self) -> tuple[Days, list[Problem]]:
        stages = self.stages
        if stages.feeds is not None:
            return choose_days(self.config, stages.feeds)
        usual = usual_days(stages.people.year if stages.people is not None else SOME_YEAR)
        given = (self.config.date, self.config.saturday, self.config.holiday)
        first, second, third = (day or instead for day, instead in zip(given, usual, strict=True))
        return (first, second, third), []

    def _sources(self) -> tuple[Source, ...]:
        stages = self.stages
        about = {} if stages.feeds is None else stages.feeds.about
        by_path = {
            f.path: about[n] for f in self.config.gtfs for n in (Path(f.path).name, Path(f.path).stem) if n in about
        }
        datasets = {path: layer.dataset for path, layer in stages.ksj}
        if stages.people_missing and stages.population is not None:
            nobody = source_without_people(stages.population.base_date)
            return (nobody, *sources_of(self.config, None, by_path, datasets))
        return sources_of(self.config, stages.people, by_path, datasets)


def _read_base(base: str, folders: Sequence[Path]) -> City:
    """Return the city that lends layers: its folder is looked for from the configuration's, then from the inputs'."""
    if base == "hitachi":
        from geodata.hitachi.loading import load_bundle  # noqa: PLC0415 -- reads tables; most builds have no base

        return load_bundle()
    from geodata.snapshot import read_city  # noqa: PLC0415

    places = [folder / base for folder in folders]
    return read_city(next((p for p in places if p.is_dir()), places[0]))


def _nothing_to_build(name: str) -> Problem:
    return error(
        "build.nothing",
        name,
        Text("人口・時刻表・境界のどれもありません", "there are neither people, nor a timetable, nor a boundary"),
        Text("population:、gtfs:、boundaries: のどれかを書いてください", "give population:, gtfs: or boundaries:"),
    )


def _defaults(config: CityConfig, days: Days) -> CityDefaults:
    weekday, saturday, holiday = (day.isoformat() for day in days)
    return CityDefaults(
        date=weekday,
        saturday=saturday,
        holiday=holiday,
        window_start_s=config.window[0],
        window_end_s=config.window[1],
        public_min_persons=config.public_min_persons,
    )


def _targets(config: CityConfig) -> Targets:
    return Targets(
        tuple(
            TargetRow(
                kpi_id=t.kpi_id,
                kind=t.kind,
                year=t.year,
                date=t.date.isoformat(),
                value=t.value,
                unit=t.unit,
                label=t.label.text,
                source=t.source,
                status=t.status,
                judged=t.judged,
            )
            for t in config.targets
        ),
    )
