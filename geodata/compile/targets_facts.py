"""Owns the official figures of the bundled city as rows: targets by year and the population path."""

from __future__ import annotations

from geodata.compile import facts
from geodata.compile.people import persons_2035
from geodata.compile.tables import Row, Table, table

STRATEGY = "strategy"
R5, R11 = 2023, 2029

Figure = tuple[str, str, str, float, float, str, str, str]
JUDGED: tuple[Figure, ...] = (
    ("catchment_population_share", "駅勢圏内の人口比率", "Population share within station catchments",
     0.271, 0.275, "share", "2023-04-01", "2029-04-01"),
    ("bus_rides_per_citizen", "市民1人当たりのバス交通等の利用回数", "Bus rides per citizen",
     14.5, 15.0, "rides/person/year", "2023", "2029"),
    ("clinics_per_100k", "人口10万人当たりの一般診療所数", "Clinics per 100,000 people",
     58.0, 58.0, "per 100,000", "2022-10-01", "2029-10-01"),
    ("mynumber_service_share", "マイナンバーカードを活用した行政サービスの割合",
     "Share of services using My Number cards", 0.41, 0.60, "share", "2023", "2029"),
)  # fmt: skip
"""kpi, Japanese, English, baseline, target, unit, dates of both: 第3期総合戦略 (R7–R11)."""

REFERENCE: tuple[Figure, ...] = (
    ("station_front_visitors", "日立駅前地区の公共施設利用者数", "Visitors of public facilities at Hitachi station",
     1_089_000, 1_176_000, "persons/year", "2023", "2029"),
    ("persons_20_39", "20–39歳人口", "Residents aged 20–39", 27_432, 27_480, "persons", "2024-10-01", "2029-10-01"),
    ("persons_0_14", "0–14歳人口", "Residents aged 0–14", 14_747, 12_420, "persons", "2024-10-01", "2029-10-01"),
    ("net_migration", "社会増減（年平均）", "Net migration (yearly mean)",
     -1_145, -840, "persons/year", "2020/2024", "2025/2029"),
    ("tourist_visits", "観光入込", "Tourist visits", 2_521_000, 3_009_000, "persons/year", "2023", "2029"),
    ("births", "出生数", "Births", 644, 900, "persons/year", "2024", "2029"),
    ("in_city_births_share", "市内出産割合", "Share of births within the city", 0.539, 0.60, "share", "2023", "2029"),
    ("healthy_life_men", "健康寿命（男）", "Healthy life expectancy, men", 80.8, 81.2, "years", "2023", "2029"),
    ("healthy_life_women", "健康寿命（女）", "Healthy life expectancy, women", 83.9, 84.2, "years", "2023", "2029"),
)  # fmt: skip
"""Figures of the same strategy that no model claims."""

CLINICS_DATE, CLINICS_RATE = "2022-10-01", 58.0


def targets_table() -> Table:
    """Return targets.csv."""
    rows = [r for f in JUDGED for r in _pair(f, judged=True)]
    rows += [r for f in REFERENCE for r in _pair(f, judged=False)]
    rows += _population_path()
    rows += _controls_2035()
    return table("targets.csv", rows)


def _target(kpi_id: str, kind: str, year: int, date: str, value: float, **more: str | bool) -> Row:
    return {
        "kpi_id": kpi_id,
        "kind": kind,
        "year": str(year),
        "date": date,
        "value": f"{value:g}" if abs(value) < 1000 else f"{value:.0f}",  # noqa: PLR2004 -- 6 digits of %g
        "unit": str(more["unit"]),
        "label_ja": str(more["ja"]),
        "label_en": str(more["en"]),
        "source_id": str(more["source_id"]),
        "status": str(more["status"]),
        "judged": str(int(bool(more.get("judged", False)))),
    }


def _pair(figure: Figure, *, judged: bool) -> list[Row]:
    kpi_id, ja, en, baseline, goal, unit, date, goal_date = figure
    more = {"unit": unit, "ja": ja, "en": en, "source_id": STRATEGY, "status": "observed"}
    first_year = int(date.rsplit("/", maxsplit=1)[-1][:4])
    return [
        _target(kpi_id, "baseline", first_year, date, baseline, judged=judged, **more),
        _target(kpi_id, "target", R11, goal_date, goal, judged=judged, **more),
    ]


def _population_path() -> list[Row]:
    ja, en = "人口", "Population"
    base = _target("population", "path", facts.BASE_YEAR, facts.BASE_DATE, facts.PERSONS_R5, unit="persons", ja=ja,
                   en=en, source_id="population-r5", status="observed")  # fmt: skip
    path = [
        _target("population", "path", year, f"{year}-10-01", persons, unit="persons", ja="人口（社人研 2023）",
                en="Population (IPSS 2023)", source_id="ipss2023", status="official-estimate")
        for year, persons in facts.PERSONS_IPSS_2023.items()
    ]  # fmt: skip
    vision = [
        _target("population", "path-vision", year, date, persons, unit="persons", ja="人口（人口ビジョン）",
                en="Population (city vision)", source_id=source, status=status)
        for year, date, persons, source, status in (
            (facts.BASE_YEAR, facts.BASE_DATE, facts.PERSONS_R5, "population-r5", "observed"),
            (2040, "2040-10-01", 135_000, STRATEGY, "official-estimate"),
        )
    ]  # fmt: skip
    return [base, *path, *vision]


def _controls_2035() -> list[Row]:
    rows = []
    for low, high in facts.CONTROL_AGES:
        ages = f"{low}+" if high is None else f"{low}-{high}"
        label = f"{low}歳以上" if high is None else f"{low}–{high}歳"
        rows.append(
            _target(f"population:{ages}", "control", 2035, "2035-10-01", persons_2035(low, high), unit="persons",
                    ja=f"{label}人口（社人研 2023）",
                    en=f"Residents aged {ages} (IPSS 2023)", source_id="ipss2023", status="official-estimate"),
        )  # fmt: skip
    return rows
