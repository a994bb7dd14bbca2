"""Owns the sources of a city where its configuration names none: publisher, terms and status by kind of input."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from geodata.config.population import (
    CellsCsv,
    DidTowns,
    EstatMesh,
    FutureMesh,
    MeshCsv,
    PeopleFeatures,
    SmallArea,
)
from geodata.errors import Text
from geodata.provenance import Source, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geodata.city_config import CityConfig, SourceConfig
    from geodata.population import PopulationCells
    from geodata.readers.gtfs_about import FeedAbout

UNKNOWN_TERMS = "要確認（設定の sources: に書いてください）"


class _Terms(NamedTuple):
    title: Text
    credit: str
    licence: str
    status: Status
    note: Text = Text("", "")


_ESTAT = "政府統計の総合窓口(e-Stat)を加工して作成"
_ESTAT_TERMS = "e-Stat 利用規約"
_KSJ_TERMS = "国土数値情報利用規約（年度・データにより異なる）"

_POPULATION: dict[type, _Terms] = {
    EstatMesh: _Terms(Text("国勢調査 地域メッシュ統計", "Census grid"), _ESTAT, _ESTAT_TERMS, Status.OBSERVED),
    SmallArea: _Terms(
        Text("国勢調査 小地域集計・境界", "Census small areas"),
        _ESTAT,
        _ESTAT_TERMS,
        Status.MODELLED,
        Text("小地域の人口を面積でメッシュに配分", "people of small areas spread over cells by area"),
    ),
    DidTowns: _Terms(
        Text("人口集中地区と町丁目からの推計", "Estimate from densely inhabited districts and towns"),
        _ESTAT,
        _ESTAT_TERMS,
        Status.MODELLED,
    ),
    FutureMesh: _Terms(
        Text("将来推計人口メッシュ", "Projected population by mesh"),
        "「国土数値情報（将来推計人口メッシュ）」（国土交通省）を加工して作成",
        _KSJ_TERMS,
        Status.OFFICIAL_ESTIMATE,
    ),
    CellsCsv: _Terms(Text("セル別人口", "Population by cell"), "", UNKNOWN_TERMS, Status.OBSERVED),
    MeshCsv: _Terms(Text("メッシュ別人口", "Population by mesh"), "", UNKNOWN_TERMS, Status.OBSERVED),
    PeopleFeatures: _Terms(Text("地点・区域別人口", "Population by place"), "", UNKNOWN_TERMS, Status.OBSERVED),
}
SKETCH = "timetable.sketch"
"""Part of the timetable whose lines are assumed, line by line; the surer feeds beside it keep their status."""
_KSJ: dict[str, tuple[str, Text, Status]] = {
    "N02": (SKETCH, Text("鉄道", "railways"), Status.ASSUMED),
    "N07": (SKETCH, Text("バスルート", "bus routes"), Status.ASSUMED),
    "P11": (SKETCH, Text("バス停留所", "bus stops"), Status.ASSUMED),
    "N03": ("zones", Text("行政区域", "municipal boundaries"), Status.OBSERVED),
    "A27": ("zones", Text("小学校区", "school districts"), Status.OBSERVED),
    "A31": ("zones", Text("洪水浸水想定区域", "flood hazard"), Status.OFFICIAL_ESTIMATE),
    "A33": ("zones", Text("土砂災害警戒区域", "landslide hazard"), Status.OBSERVED),
    "A50": ("zones", Text("立地適正化計画区域", "guidance areas"), Status.OBSERVED),
    "P02": ("facilities", Text("公共施設", "public facilities"), Status.OBSERVED),
    "P04": ("facilities", Text("医療機関", "medical institutions"), Status.OBSERVED),
    "P05": ("facilities", Text("市町村役場等及び公的集会施設", "town halls and halls"), Status.OBSERVED),
    "P29": ("facilities", Text("学校", "schools"), Status.OBSERVED),
}
_SKETCH_NOTE = Text("時刻表がないため、運行間隔と速度は仮定", "no timetable: headways and speeds are assumed")


def sources_of(
    config: CityConfig,
    population: PopulationCells | None,
    feeds: Mapping[str, FeedAbout],
    datasets: Mapping[str, str],
) -> tuple[Source, ...]:
    """
    Return the sources the configuration names, and one for every input whose source it does not name.

    Parameters
    ----------
    config
        The configuration.
    population
        People as built; None where there are none.
    feeds
        Path of a feed in the configuration → what the feed says of itself.
    datasets
        Path of a file of 国土数値情報 → its dataset.
    """
    named = tuple(_named(s) for s in config.sources)
    known = {(s.source_id, s.layer) for s in named}
    layers = {s.layer for s in named}
    fitted = set(_of_controls(config, population))
    # A layer of one input is what its named source is about, whatever its id; other inputs are told apart by id.
    extra = [
        s
        for s in _unnamed(config, population, feeds, datasets)
        if (s.source_id, s.layer) not in known
        and not (s.layer in {"population", "streets", "daytime", "outlook"} and s.layer in layers and s not in fitted)
    ]
    return (*named, *dict.fromkeys(extra))


def _named(given: SourceConfig) -> Source:
    return Source(
        given.id,
        given.layer,
        given.title.text,
        given.credit,
        given.licence,
        given.date,
        given.status,
        given.note.text,
    )


def _unnamed(
    config: CityConfig,
    population: PopulationCells | None,
    feeds: Mapping[str, FeedAbout],
    datasets: Mapping[str, str],
) -> Iterator[Source]:
    if config.population is not None and population is not None:
        terms = _POPULATION[type(config.population)]
        yield _source("population", "population", terms, population.base_date)
    yield from _of_people(config, population)
    for feed in config.gtfs:
        yield _of_feed(feed.source or PurePath(feed.path).stem, feeds.get(feed.path))
    yield from _of_streets(config)
    for file in config.ksj:
        dataset = datasets.get(file.path)
        if dataset is not None:
            yield _of_ksj(file.source or PurePath(file.path).stem, dataset)
    for facility in config.facilities:
        stem = PurePath(facility.path or "population").stem
        name = facility.source or stem
        yield _file_source(name, "facilities", Text(f"施設一覧 {stem}", f"facilities {stem}"), facility.status)
    named = any(s.layer == "zones" for s in config.sources)
    for zone in () if named else config.boundaries:
        stem = PurePath(zone.path).stem
        if "N03" in f"{zone.path}{zone.id}{zone.name}":
            yield _of_ksj(stem, "N03")
        else:
            yield _file_source(stem, "zones", Text(f"区域 {stem}", f"zones {stem}"), Status.OBSERVED)
    for survey in config.opinions:
        stem = PurePath(survey.path).stem
        name = survey.source or stem
        yield _file_source(name, "opinions", Text(f"市民の声 {stem}", f"opinions {stem}"), Status.OBSERVED)


def _of_people(config: CityConfig, population: PopulationCells | None) -> Iterator[Source]:
    yield from _of_controls(config, population)
    if config.daytime is not None:
        title = Text("昼間人口", "daytime population")
        yield _file_source(config.daytime.source or "daytime", "daytime", title, Status.OBSERVED, config.daytime.year)
    if config.outlook is not None and population is not None:
        terms = _POPULATION[FutureMesh]
        yield _source(config.outlook.source or "outlook", "outlook", terms, "")


def _of_controls(config: CityConfig, population: PopulationCells | None) -> Iterator[Source]:
    newest = population.base_date if population is not None else ""
    for control in config.controls:
        stem = PurePath(control.path).stem
        yield Source(
            control.source or stem,
            "population",
            Text(f"地区別・年齢別人口 {stem}", f"official totals {stem}"),
            stem,
            UNKNOWN_TERMS,
            control.date.isoformat() if control.date else newest,
            Status.MODELLED,
            Text("合計は公表値に一致、セルへの配分は試算", "totals are official, their spread over cells is modelled"),
        )


def _of_feed(source_id: str, about: FeedAbout | None) -> Source:
    publisher = source_id if about is None else about.publisher or "、".join(about.agencies) or source_id
    version = f"feed_version {about.version}" if about is not None and about.version else ""
    return Source(
        source_id,
        "timetable",
        Text(f"GTFS {publisher}", f"GTFS {publisher}"),
        publisher,
        about.licence if about is not None and about.licence else UNKNOWN_TERMS,
        about.start if about is not None else "",
        Status.OBSERVED,
        Text(version, version),
    )


def _of_streets(config: CityConfig) -> Iterator[Source]:
    streets = config.streets
    if streets is None or not (streets.osm_pbf or streets.graphml or streets.download):
        if streets is not None or config.base is None:
            factor = 1.3 if streets is None else streets.detour
            title = Text(f"直線距離 × {factor:g}", f"Straight line × {factor:g}")
            yield Source("plane", "streets", title, "Ekisei", "MIT", "", Status.ASSUMED)
        return
    title = Text("OpenStreetMap の道路", "Streets of OpenStreetMap")
    yield Source("osm", "streets", title, "© OpenStreetMap contributors", "ODbL 1.0", "", Status.OBSERVED)
    if streets.elevation:
        yield _file_source("elevation", "streets", Text("標高", "heights"), Status.OBSERVED)


def _of_ksj(source_id: str, dataset: str) -> Source:
    layer, title, status = _KSJ[dataset]
    credit = f"「国土数値情報（{title.ja}データ）」（国土交通省）を加工して作成"
    name = Text(f"国土数値情報 {dataset} {title.ja}", f"National Land Numerical Information {dataset} {title.en}")
    note = _SKETCH_NOTE if layer == SKETCH else Text("", "")
    return Source(source_id, layer, name, credit, _KSJ_TERMS, "", status, note)


def _file_source(source_id: str, layer: str, title: Text, status: Status, date: int | str = "") -> Source:
    return Source(source_id, layer, title, source_id, UNKNOWN_TERMS, str(date), status)


def _source(source_id: str, layer: str, terms: _Terms, date: str) -> Source:
    return Source(source_id, layer, terms.title, terms.credit, terms.licence, date, terms.status, terms.note)
