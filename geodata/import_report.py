"""Owns ImportReport: what a build read, kept, repaired and found, layer by layer, as frozen values and plain JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geodata.errors import Severity
from geodata.provenance import STATUS_TEXT

if TYPE_CHECKING:
    from geodata.errors import Problem, Text
    from geodata.provenance import Source, Status
    from geodata.reading import FileRecord, ReaderInfo

FORMAT = "ekisei-import-report/1"


@dataclass(frozen=True, slots=True)
class LayerImport:
    """
    One layer of a city as it was imported.

    Parameters
    ----------
    layer
        Name of the layer: ``population``, ``timetable``, ``streets``, ``facilities``, ``zones``, ``opinions``, …
    status
        Weakest status of its sources; `no-data` where no file brought it.
    files
        The files read for it, in the order read.
    counts_in
        What the files hold → how many, such as ``stop_times``.
    counts
        What stands in the city → how many, with the same names where they mean the same.
    repairs
        Code of a documented repair → how often.
    problems
        Errors, warnings and notes, each with its place and remedy.
    sources
        Where it comes from, as printed on every page.
    kept_from_base
        Nothing replaced the layer of the base city.
    """

    layer: str
    status: Status
    files: tuple[FileRecord, ...] = ()
    counts_in: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    repairs: dict[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    sources: tuple[Source, ...] = ()
    kept_from_base: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON file."""
        return _layer(self)


@dataclass(frozen=True, slots=True)
class UnusedFile:
    """A file of the folder that brought nothing into the city: its path, what it was taken for, and why."""

    path: str
    title: Text
    why: Text


@dataclass(frozen=True, slots=True)
class ImportReport:
    """
    The record of one import: complete, or of one that failed.

    Parameters
    ----------
    city_id, name, config_name
        The city, and the file (or folder) it was built from.
    layers
        Every layer a city can have, in a fixed order.
    problems
        Those that belong to no layer, such as a wrong key of the configuration.
    digest, layer_digests
        Of the city; empty where none was built.
    seconds
        Stage → how long it took [s]; outside every digest.
    unused
        Files of the folder that were not used, each with the reason; none where a configuration names its files.
    """

    city_id: str
    name: Text
    config_name: str
    layers: tuple[LayerImport, ...] = ()
    problems: tuple[Problem, ...] = ()
    digest: str = ""
    layer_digests: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    unused: tuple[UnusedFile, ...] = ()

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Problems of no layer, then those of each layer in order."""
        return self.problems + tuple(p for layer in self.layers for p in layer.problems)

    @property
    def n_repairs(self) -> int:
        """How many repairs were made in all layers."""
        return sum(sum(layer.repairs.values()) for layer in self.layers)

    def n_problems(self, severity: Severity) -> int:
        """Return how many entries of a severity there are; one entry may stand for many rows."""
        return sum(p.severity is severity for p in self.all_problems)

    @property
    def failed(self) -> bool:
        """Whether an error stopped the import."""
        return self.n_problems(Severity.ERROR) > 0

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON file: Japanese and English texts, nothing left out."""
        return {
            "format": FORMAT,
            "city_id": self.city_id,
            "name": _text(self.name),
            "config": self.config_name,
            "failed": self.failed,
            "digest": self.digest,
            "layer_digests": dict(self.layer_digests),
            "n_errors": self.n_problems(Severity.ERROR),
            "n_warnings": self.n_problems(Severity.WARNING),
            "n_repairs": self.n_repairs,
            "layers": [_layer(layer) for layer in self.layers],
            "problems": [_problem(p) for p in self.problems],
            "unused_files": [{"name": f.path, "what": _text(f.title), "why": _text(f.why)} for f in self.unused],
            "seconds": {stage: round(seconds, 3) for stage, seconds in self.seconds.items()},
        }


def _text(text: Text) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}


def _layer(layer: LayerImport) -> dict[str, Any]:
    return {
        "layer": layer.layer,
        "status": layer.status.value,
        "status_text": _text(STATUS_TEXT[layer.status]),
        "kept_from_base": layer.kept_from_base,
        "files": [_file(f) for f in layer.files],
        "counts_in": dict(layer.counts_in),
        "counts": dict(layer.counts),
        "repairs": dict(layer.repairs),
        "problems": [_problem(p) for p in layer.problems],
        "sources": [_source(s) for s in layer.sources],
    }


def _reader(reader: ReaderInfo) -> dict[str, Any]:
    return {
        "id": reader.reader_id,
        "title": _text(reader.title),
        "layout": reader.layout,
        "verified": reader.verified,
    }


def _file(record: FileRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "reader": _reader(record.reader),
        "bytes": record.n_bytes,
        "sha256": record.sha256,
        "rows_in": record.rows_in,
        "rows_kept": record.rows_kept,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "severity": problem.severity.value,
        "code": problem.code,
        "where": problem.where,
        "message": _text(problem.message),
        "hint": _text(problem.hint),
        "count": problem.count,
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "id": source.source_id,
        "layer": source.layer,
        "title": _text(source.title),
        "credit": source.credit,
        "licence": source.licence,
        "date": source.date,
        "status": source.status.value,
        "status_text": _text(STATUS_TEXT[source.status]),
        "note": _text(source.note),
    }
