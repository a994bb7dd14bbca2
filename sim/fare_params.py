"""Owns the parameters of fares, and of how the way with public transport is chosen: values, and what each means."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from geodata.errors import Text
from geodata.provenance import Status
from sim.parameter import Parameter

_FIRST_FARE = Text(
    "茨城交通 日立オフィスの初乗り 200円（2024-03-01改定、茨城新聞・NHK）",
    "lowest fare of Ibaraki Kotsu's Hitachi office from 2024-03-01 (newspaper, NHK)",
)
_DAY_PASS = Text(
    "市内一日券 900円（2024-03-01、茨城新聞・NHK）", "day ticket within the city (2024-03-01; newspaper, NHK)"
)
_TARIFF = Text(
    "仮定。対キロ運賃の一般的な水準。実運賃（GTFSのfare）を入れると使われない",
    "assumed: a usual tariff by distance; not used where the feed holds fares",
)
_RAIL = Text(
    "仮定。JR東日本の運賃表を直線で近似したもの（要確認）",
    "assumed: JR East's table of fares as a line (to be confirmed)",
)
_PATH = Text(
    "仮定。幅は手段の選択の重み（ride_walk_weight など）と同じ一般的な範囲（要確認）",
    "assumed; spans as of the weights in the choice of a vehicle (to be confirmed)",
)
_SUPPORT = Text(
    "高齢者おでかけ支援（70歳相当以上、5,000円分のICを1,000円で、定員3,300。市HP 2025-04-16）",
    "the city's support for outings from age 70: 5,000 yen for 1,000 yen, 3,300 places (2025-04-16)",
)


class FareParams(BaseModel):
    """Fields of `sim.params.Params` that belong to fares and to the choice of a way."""

    fare_first_yen: Annotated[float, Field(ge=0, le=1000)] = 200.0
    fare_first_km: Annotated[float, Field(ge=0, le=10)] = 2.0
    fare_per_km_yen: Annotated[float, Field(ge=0, le=200)] = 40.0
    fare_day_pass_yen: Annotated[float, Field(gt=0, le=10_000)] = 900.0
    rail_first_yen: Annotated[float, Field(ge=0, le=1000)] = 150.0
    rail_first_km: Annotated[float, Field(ge=0, le=10)] = 3.0
    rail_per_km_yen: Annotated[float, Field(ge=0, le=200)] = 11.0
    older_pass_from_age: Annotated[int, Field(ge=60, le=100)] = 70
    older_pass_share: Annotated[float, Field(ge=0, le=1)] = 0.12
    older_pass_discount: Annotated[float, Field(ge=0, le=1)] = 0.8
    path_walk_weight: Annotated[float, Field(ge=1, le=5)] = 2.0
    path_wait_weight: Annotated[float, Field(ge=1, le=5)] = 2.0
    path_slack_weight: Annotated[float, Field(ge=0.1, le=5)] = 1.0
    path_change_min: Annotated[float, Field(ge=0, le=30)] = 7.5


_A = Status.ASSUMED

FARE_PARAMETERS: dict[str, Parameter] = {
    "fare_first_yen": Parameter(
        Text("バスの初乗り運賃", "lowest bus fare"), "yen", 180.0, 200.0, 220.0, _FIRST_FARE, Status.OBSERVED
    ),
    "fare_first_km": Parameter(
        Text("初乗り運賃で乗れる距離", "distance of the lowest bus fare"),
        "km",
        None,
        2.0,
        None,
        _TARIFF,
        _A,
        confirm=True,
    ),
    "fare_per_km_yen": Parameter(
        Text("初乗りを超える1kmごとのバス運賃", "bus fare for each further km"),
        "yen/km",
        30.0,
        40.0,
        50.0,
        _TARIFF,
        _A,
        confirm=True,
    ),
    "fare_day_pass_yen": Parameter(
        Text("バスの一日券（往復の上限）", "day ticket of the buses (most for there and back)"),
        "yen",
        None,
        900.0,
        None,
        _DAY_PASS,
        Status.OBSERVED,
    ),
    "rail_first_yen": Parameter(
        Text("鉄道の初乗り運賃", "lowest rail fare"), "yen", 140.0, 150.0, 170.0, _RAIL, _A, confirm=True
    ),
    "rail_first_km": Parameter(
        Text("鉄道の初乗り運賃で乗れる距離", "distance of the lowest rail fare"),
        "km",
        None,
        3.0,
        None,
        _RAIL,
        _A,
        confirm=True,
    ),
    "rail_per_km_yen": Parameter(
        Text("初乗りを超える1kmごとの鉄道運賃", "rail fare for each further km"),
        "yen/km",
        9.0,
        11.0,
        15.0,
        _RAIL,
        _A,
        confirm=True,
    ),
    "older_pass_from_age": Parameter(
        Text("高齢者の運賃支援の対象年齢", "age from which the city supports fares"),
        "years",
        None,
        70.0,
        None,
        _SUPPORT,
        Status.OBSERVED,
    ),
    "older_pass_share": Parameter(
        Text("対象年齢のバス運賃のうち支援で払われる割合", "share of fares from that age paid with the support"),
        "share",
        0.05,
        0.12,
        0.25,
        Text(
            "仮定。定員3,300人×5,000円＝1,650万円を、高齢者の運賃のおよその総額で割ったもの",
            "assumed: 3,300 × 5,000 yen over a rough total of what older riders pay",
        ),
        _A,
        confirm=True,
    ),
    "older_pass_discount": Parameter(
        Text("高齢者の運賃支援の割引率", "discount of the support"), "share", None, 0.8, None, _SUPPORT, Status.OBSERVED
    ),
    "path_walk_weight": Parameter(
        Text("経路の選択: 徒歩の重み", "choice of a way: weight of walking"),
        "ratio",
        1.5,
        2.0,
        2.5,
        _PATH,
        _A,
        confirm=True,
    ),
    "path_wait_weight": Parameter(
        Text("経路の選択: 乗換の待ちの重み", "choice of a way: weight of waiting at changes"),
        "ratio",
        1.5,
        2.0,
        2.5,
        _PATH,
        _A,
        confirm=True,
    ),
    "path_slack_weight": Parameter(
        Text("経路の選択: 早く着きすぎる時間の重み", "choice of a way: weight of arriving early"),
        "ratio",
        0.5,
        1.0,
        1.5,
        _PATH,
        _A,
        confirm=True,
    ),
    "path_change_min": Parameter(
        Text("経路の選択: 乗換1回の負担", "choice of a way: what a change costs"),
        "min",
        5.0,
        7.5,
        10.0,
        _PATH,
        _A,
        confirm=True,
    ),
}
"""Field of `FareParams` → meaning. The support for older riders is a published scheme: its share carries the span."""
