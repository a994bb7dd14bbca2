"""Owns what a build hands back: the city, and the import report put together from what was found layer by layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.errors import Problem
from geodata.import_report import ImportReport, LayerImport
from geodata.provenance import Status

if TYPE_CHECKING:
    from geodata.build_stages import Stages
    from geodata.city import City
    from geodata.reading import FileRecord

LAYERS = (
    "population",
    "timetable",
    "streets",
    "facilities",
    "zones",
    "targets",
    "towns",
    "daytime",
    "outlook",
    "opinions",
    "overlay",
)
"""Layers of an import report, in order; only the first five are shown where nothing was given for them."""
_ALWAYS = frozenset(LAYERS[:5])
_NOT_IN_CITY = frozenset({"towns", "overlay"})


@dataclass(frozen=True, slots=True)
class BuildReport:
    """
    What a build made and found.

    `report`: by layer, as printed. `counts`: how many of each thing there are. `repairs`: code of a documented repair →
    how often. `problems`: warnings and notes; errors are raised.
    """

    city: City
    report: ImportReport
    problems: tuple[Problem, ...]
    counts: dict[str, int]
    repairs: dict[str, int]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A build that may have failed: `city` is None where a problem of the report is an error."""

    city: City | None
    report: ImportReport
    counts: dict[str, int]
    repairs: dict[str, int]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems; the same one told by several layers stands once."""
        return tuple(dict.fromkeys(self.report.all_problems))


def import_report(config_name: str, stages: Stages, city: City | None) -> ImportReport:
    """
    Return the report of a build, as printed.

    Parameters
    ----------
    config_name
        Name of the file that says what was to be built.
    stages
        What was read and found.
    city
        What came of it; None if a layer was refused.
    """
    layers = [_layer(name, stages, city) for name in LAYERS if name in _ALWAYS or name in stages.found.layers]
    return ImportReport(
        city_id=stages.config.id,
        name=stages.config.name.text,
        config_name=config_name,
        layers=tuple(layers),
        digest="" if city is None else city.digest,
        layer_digests={} if city is None else city.layer_digests(),
        seconds=stages.found.seconds,
    )


def _layer(name: str, stages: Stages, city: City | None) -> LayerImport:
    found = stages.found.of(name)
    sources = () if city is None else tuple(s for s in city.sources if s.layer.partition(".")[0] == name)
    brought = bool(found.files) or any(n for n in found.counts.values())
    status = Status.NO_DATA
    if city is not None and name not in _NOT_IN_CITY and (brought or sources):
        status = city.status_of(name)
    if name == "population" and stages.people_missing:
        status = Status.NO_DATA
    return LayerImport(
        layer=name,
        status=status,
        files=tuple(found.files),
        counts_in=found.counts_in or _rows_in(found.files),
        counts=found.counts,
        repairs=found.repairs,
        problems=tuple(found.problems),
        sources=sources,
        kept_from_base=stages.base_population is not None and not found.files,
    )


def _rows_in(files: list[FileRecord]) -> dict[str, int]:
    total = sum(f.rows_in for f in files)
    return {"rows": total} if total else {}
