"""Owns the catalogue of the datasets of 国土数値情報 that are read, with the editions of their layouts."""

from __future__ import annotations

from geodata.errors import Text
from geodata.reading import ReaderInfo

_TITLES: dict[str, tuple[str, str, str]] = {
    "N02": ("鉄道", "railways", "製品仕様書 第2.3〜3.1版（N02-05〜N02-23）"),
    "N03": ("行政区域", "municipal boundaries", "製品仕様書 第2.3〜3.1版（N03-2000〜N03-20240101）"),
    "N07": ("バスルート", "bus routes", "製品仕様書 第1.0版（N07-11）・第2.0版（N07-22）"),
    "P02": ("公共施設", "public facilities", "製品仕様書 第1.1版（P02-06）"),
    "P04": ("医療機関", "medical institutions", "製品仕様書 第1.0版（P04-10）・第2.0版（P04-14）・第3.0版（P04-20）"),
    "P05": (
        "市町村役場等及び公的集会施設",
        "municipal offices and halls",
        "製品仕様書 第1.0版（P05-10）・第2.0版（P05-22）",
    ),
    "P11": ("バス停留所", "bus stops", "製品仕様書 第1.0版（P11-10）・第2.0版（P11-22）"),
    "P29": ("学校", "schools", "製品仕様書 第1.0版（P29-13）・第2.0版（P29-21、P29-23）"),
    "A27": (
        "小学校区",
        "elementary school districts",
        "製品仕様書 第1.0版（A27-10）・第2.0版（A27-16）・第3.0版（A27-21、A27-23）",
    ),
    "A31": ("洪水浸水想定区域", "flood areas", "製品仕様書 第1.0版（A31-12）・第2.0版以降（A31-19〜22、A31a-22〜24）"),
    "A33": ("土砂災害警戒区域", "landslide areas", "製品仕様書 第1.0〜1.3版（A33-15〜A33-24）"),
    "A50": ("立地適正化計画区域", "location optimisation plans", "製品仕様書 第1.0版（A50-20）"),
}

READERS: tuple[ReaderInfo, ...] = tuple(
    ReaderInfo(
        f"ksj-{name}",
        Text(f"国土数値情報 {name} {ja}", f"National Land Numerical Information {name}, {en}"),
        f"国土数値情報 {ja}データ {layout}",
        verified=False,
    )
    for name, (ja, en, layout) in _TITLES.items()
)

_BY_DATASET = {reader.reader_id.removeprefix("ksj-"): reader for reader in READERS}


def reader_of(dataset: str) -> ReaderInfo:
    """Return the reader of a dataset."""
    return _BY_DATASET[dataset]


def title_of(dataset: str) -> Text:
    """Return what a dataset is about."""
    ja, en, _ = _TITLES[dataset]
    return Text(ja, en)
