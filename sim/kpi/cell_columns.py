"""Owns what the columns of the table of cells mean, and the classes the map draws them in."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.errors import Text
from sim.kpi.spec import Good
from sim.ridership.base_names import BASE_COLUMN_NAMES


@dataclass(frozen=True, slots=True)
class CellColumn:
    """
    One column of the table of cells.

    `unit`: unit code, or "" for ids and degrees. `breaks`: inner class limits for the map, ascending (n breaks make
    n + 1 classes); empty = not drawn. `difference_breaks`: limits for differences, symmetric around 0. `kpi_id`: the
    KPI it belongs to, "" = none.
    """

    label: Text
    unit: str
    good: Good
    breaks: tuple[float, ...] = ()
    difference_breaks: tuple[float, ...] = ()
    kpi_id: str = ""

    @property
    def drawn(self) -> bool:
        """Return whether the map can show it."""
        return bool(self.breaks)


_PERSONS = (10.0, 50.0, 100.0, 200.0, 400.0, 800.0)
_PERSONS_DIFFERENCE = (-50.0, -20.0, -5.0, -1.0, 1.0, 5.0, 20.0, 50.0)
_SHARE = (0.001, 0.2, 0.4, 0.6, 0.8, 0.999)
_SHARE_DIFFERENCE = (-0.5, -0.25, -0.1, -0.01, 0.01, 0.1, 0.25, 0.5)
_MINUTES = (10.0, 15.0, 20.0, 30.0, 45.0, 60.0)
_WALK_MINUTES = (5.0, 10.0, 15.0, 20.0, 30.0, 45.0)
_MINUTES_DIFFERENCE = (-15.0, -10.0, -5.0, -1.0, 1.0, 5.0, 10.0, 15.0)
_HOURS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
_HOURS_DIFFERENCE = (-1.0, -0.5, -0.2, -0.05, 0.05, 0.2, 0.5, 1.0)
_YES_OR_NO, _YES_OR_NO_DIFFERENCE = (0.5,), (-0.5, 0.5)
_EVENING_S = tuple(3_600.0 * hour for hour in (17, 18, 19, 20, 21, 22, 23))
_EVENING_DIFFERENCE_S = tuple(60.0 * minutes for minutes in (-120, -60, -30, -5, 5, 30, 60, 120))

CELL_COLUMNS: dict[str, CellColumn] = {
    "cell_id": CellColumn(Text("メッシュコード", "cell id"), "", "none"),
    "lon": CellColumn(Text("経度", "longitude"), "", "none"),
    "lat": CellColumn(Text("緯度", "latitude"), "", "none"),
    "district_id": CellColumn(Text("地区", "district"), "", "none"),
    "persons": CellColumn(Text("人口", "residents"), "persons", "none", _PERSONS, _PERSONS_DIFFERENCE),
    "persons_65plus": CellColumn(
        Text("65歳以上の人口", "residents 65 and older"), "persons", "none", _PERSONS, _PERSONS_DIFFERENCE
    ),
    "persons_75plus": CellColumn(
        Text("75歳以上の人口", "residents 75 and older"), "persons", "none", _PERSONS, _PERSONS_DIFFERENCE
    ),
    "station_distance_m": CellColumn(
        Text("最寄りJR駅までの直線距離", "straight line to the nearest JR station"),
        "m",
        "down",
        (500.0, 800.0, 1000.0, 1500.0, 2000.0, 3000.0),
        (-1000.0, -500.0, -200.0, -50.0, 50.0, 200.0, 500.0, 1000.0),
        "catchment_population_share",
    ),
    "catchment_share": CellColumn(
        Text("駅勢圏（既定の定義）の割合", "share in the station catchment (default definition)"),
        "share",
        "up",
        _SHARE,
        _SHARE_DIFFERENCE,
        "catchment_population_share",
    ),
    "catchment_jr800_brt500_share": CellColumn(
        Text("駅勢圏（JR 800 m＋BRT 500 m）の割合", "share in the catchment JR 800 m + BRT 500 m"),
        "share",
        "up",
        _SHARE,
        _SHARE_DIFFERENCE,
        "catchment_population_share",
    ),
    "transit_covered_share": CellColumn(
        Text("公共交通カバー圏の割合", "share within transit coverage"),
        "share",
        "up",
        _SHARE,
        _SHARE_DIFFERENCE,
        "transit_coverage_share",
    ),
    "frequent_covered_share": CellColumn(
        Text("本数の多い公共交通のカバー圏の割合", "share within frequent transit coverage"),
        "share",
        "up",
        _SHARE,
        _SHARE_DIFFERENCE,
        "frequent_stop_share",
    ),
    "clinic_nearest_min": CellColumn(
        Text("最寄りの医療機関まで（標準の歩行者）", "to the nearest clinic, standard walker"),
        "min",
        "down",
        _MINUTES,
        _MINUTES_DIFFERENCE,
        "clinic_nearest_min",
    ),
    "clinic_nearest_min_older": CellColumn(
        Text("最寄りの医療機関まで（75歳以上の歩行者）", "to the nearest clinic, older walker"),
        "min",
        "down",
        _MINUTES,
        _MINUTES_DIFFERENCE,
        "clinic_nearest_min",
    ),
    "clinic_e2sfca": CellColumn(
        Text(
            "医療機関の受診しやすさ（混み具合を加味, 標準の歩行者）", "clinic access with competition, standard walker"
        ),
        "hours_per_100",
        "up",
        _HOURS,
        _HOURS_DIFFERENCE,
        "clinic_e2sfca",
    ),
    "clinic_e2sfca_older": CellColumn(
        Text(
            "医療機関の受診しやすさ（混み具合を加味, 75歳以上の歩行者）", "clinic access with competition, older walker"
        ),
        "hours_per_100",
        "up",
        _HOURS,
        _HOURS_DIFFERENCE,
        "clinic_e2sfca",
    ),
    "clinic_e2sfca_car": CellColumn(
        Text("医療機関の受診しやすさ（混み具合を加味, 自動車）", "clinic access with competition, by car"),
        "hours_per_100",
        "up",
        _HOURS,
        _HOURS_DIFFERENCE,
        "clinic_e2sfca",
    ),
    "clinic_round_trip": CellColumn(
        Text("診療時間内に往復できる（標準の歩行者）", "can see a doctor and be home in time, standard walker"),
        "share",
        "up",
        _YES_OR_NO,
        _YES_OR_NO_DIFFERENCE,
        "clinic_round_trip_share",
    ),
    "clinic_round_trip_older": CellColumn(
        Text("診療時間内に往復できる（75歳以上の歩行者）", "can see a doctor and be home in time, older walker"),
        "share",
        "up",
        _YES_OR_NO,
        _YES_OR_NO_DIFFERENCE,
        "clinic_round_trip_share",
    ),
    "emergency_car_min": CellColumn(
        Text("救急の医療まで（自動車・混雑時）", "to emergency care by car in the peak"),
        "min",
        "down",
        _MINUTES,
        _MINUTES_DIFFERENCE,
        "emergency_within_15min_share",
    ),
    "city_office_nearest_min": CellColumn(
        Text("最寄りの市役所・支所まで", "to the nearest city office"),
        "min",
        "down",
        _MINUTES,
        _MINUTES_DIFFERENCE,
        "city_office_within_30min_share",
    ),
    "city_office_nearest_min_older": CellColumn(
        Text("最寄りの市役所・支所まで（75歳以上の歩行者）", "to the nearest city office, older walker"),
        "min",
        "down",
        _MINUTES,
        _MINUTES_DIFFERENCE,
        "city_office_within_30min_share",
    ),
    "shelter_walk_min": CellColumn(
        Text("最寄りの指定避難所まで歩く時間", "walk to the nearest shelter"),
        "min",
        "down",
        _WALK_MINUTES,
        _MINUTES_DIFFERENCE,
        "shelter_walk_min",
    ),
    "school_min": CellColumn(
        Text("高校まで（始業に着き、夕方に帰れる）", "to a high school in time, and home in the evening"),
        "min",
        "down",
        _MINUTES,
        _MINUTES_DIFFERENCE,
        "school_arrival_share",
    ),
    "works_min": CellColumn(
        Text("大規模事業所まで（始業に着く）", "to a large workplace in time"),
        "min",
        "down",
        _MINUTES,
        _MINUTES_DIFFERENCE,
        "works_arrival_share",
    ),
    "station_front_min": CellColumn(
        Text("主要駅前まで", "to the main station front"),
        "min",
        "down",
        _MINUTES,
        _MINUTES_DIFFERENCE,
        "station_front_30min_population",
    ),
    "station_front_min_older": CellColumn(
        Text("主要駅前まで（75歳以上の歩行者）", "to the main station front, older walker"),
        "min",
        "down",
        _MINUTES,
        _MINUTES_DIFFERENCE,
        "station_front_30min_population",
    ),
    "last_bus_s": CellColumn(
        Text("主要駅から帰れる最終の時刻", "last way home from the main station"),
        "time",
        "up",
        _EVENING_S,
        _EVENING_DIFFERENCE_S,
        "last_bus_time",
    ),
    "last_bus_s_older": CellColumn(
        Text("主要駅から帰れる最終の時刻（75歳以上の歩行者）", "last way home from the main station, older walker"),
        "time",
        "up",
        _EVENING_S,
        _EVENING_DIFFERENCE_S,
        "last_bus_time",
    ),
    "mobile_office_share": CellColumn(
        Text("動く市役所の徒歩圏の割合", "share within reach of the mobile office"),
        "share",
        "up",
        _SHARE,
        _SHARE_DIFFERENCE,
        "mobile_office_coverage_share",
    ),
    "mobile_office_visits_per_month": CellColumn(
        Text("徒歩圏での動く市役所の開設回数", "mobile office visits within reach a month"),
        "visits_per_month",
        "up",
        (0.5, 1.0, 2.0, 4.0, 8.0),
        (-4.0, -2.0, -1.0, -0.1, 0.1, 1.0, 2.0, 4.0),
        "mobile_office_visits_per_month",
    ),
    "mobile_office_free_share": CellColumn(
        Text("動く市役所の徒歩圏で開設の時間に行ける人の割合", "share within reach and free at a visit"),
        "share",
        "up",
        _SHARE,
        _SHARE_DIFFERENCE,
        "mobile_office_coverage_share",
    ),
    "mobile_office_any_mode_min": CellColumn(
        Text("動く市役所まで（開設の時間に、手段を問わない）", "to a visit of the mobile office, any mode"),
        "min",
        "down",
        _MINUTES,
        _MINUTES_DIFFERENCE,
        "mobile_office_coverage_share",
    ),
    "visit_or_office_share": CellColumn(
        Text("動く市役所の徒歩圏か本庁・支所まで時間内の割合", "share with a visit on foot or an office in time"),
        "share",
        "up",
        _SHARE,
        _SHARE_DIFFERENCE,
        "mobile_office_coverage_share",
    ),
    "bus_rides_per_person": CellColumn(
        Text("1人当たりのバス利用回数（年）", "bus rides per resident"),
        "ratio",
        "none",
        (1.0, 5.0, 10.0, 15.0, 20.0, 30.0),
        (-5.0, -2.0, -1.0, -0.2, 0.2, 1.0, 2.0, 5.0),
        "bus_rides_per_citizen",
    ),
    **{
        name: CellColumn(Text(f"基準の移動の内訳 {name}", f"a trip at the baseline: {name}"), "", "none")
        for name in BASE_COLUMN_NAMES
    },
}
"""Column of cells.parquet → meaning and map classes; those of a trip at the baseline stand in its table only."""
