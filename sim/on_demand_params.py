"""Owns the parameters of on-demand mobility (デマンド交通): values within bounds, and what each means."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from geodata.errors import Text
from geodata.provenance import Status
from sim.parameter import OWN_CHOICE, Parameter

_KANESAWA = Text(
    "金沢学区 2023年4〜9月 1,636人（茨城新聞 2023-04、村本ブログ 2023-11）を約125運行日で割り 13人/日、"
    "金沢町 5,889人（75歳以上 1,337、65〜74歳 852、2020年国調）から逆算。年齢別の内訳は仮定",
    "13 a day in Kanesawa (1,636 people, April to September 2023, about 125 days; newspaper and a blog), derived "
    "from its 5,889 residents (1,337 from 75, 852 from 65 to 74; census 2020); the split by age is assumed",
)
_PURPOSES = Text(
    "金沢学区の利用目的は交流センター・買物・通院が各約3割（2023年）",
    "about 30 % each to meet others, to shop, to a clinic in Kanesawa (2023)",
)


class OnDemandParams(BaseModel):
    """Fields of `sim.params.Params` that belong to on-demand mobility (デマンド交通)."""

    on_demand_days: Annotated[int, Field(ge=1, le=1000)] = 20
    on_demand_min_requests: Annotated[int, Field(ge=1, le=1000)] = 10
    on_demand_rides_under65: Annotated[float, Field(ge=0, le=1)] = 0.0003
    on_demand_rides_65to74: Annotated[float, Field(ge=0, le=1)] = 0.003
    on_demand_rides_75plus: Annotated[float, Field(ge=0, le=1)] = 0.007
    on_demand_companion_share: Annotated[float, Field(ge=0, le=1)] = 0.2
    on_demand_no_licence_share: Annotated[float, Field(ge=0, le=1)] = 1.0
    on_demand_return_share: Annotated[float, Field(ge=0, le=1)] = 0.8
    on_demand_stay_min: Annotated[float, Field(ge=20, le=480)] = 90.0
    on_demand_clinic_share: Annotated[float, Field(ge=0, le=0.33)] = 0.3
    on_demand_shop_share: Annotated[float, Field(ge=0, le=0.33)] = 0.3
    on_demand_community_share: Annotated[float, Field(ge=0, le=0.33)] = 0.3
    on_demand_ride_allowance_min: Annotated[float, Field(ge=0, le=60)] = 10.0
    on_demand_rider_weight: Annotated[float, Field(ge=0, le=10)] = 1.0
    hub_feeder_min: Annotated[float, Field(gt=0, le=60)] = 10.0
    hub_feeder_kmh: Annotated[float, Field(gt=0, le=80)] = 20.0


ON_DEMAND_PARAMETERS: dict[str, Parameter] = {
    "on_demand_days": Parameter(
        Text("試行ごとに模擬するデマンド交通の日数", "service days simulated per draw"),
        "days",
        10.0,
        20.0,
        40.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "on_demand_min_requests": Parameter(
        Text(
            "時間帯別の待ちを使うのに要るリクエスト数（少ない時間帯は1日全体の分布）",
            "requests from which an hour's own wait is used (else the day's)",
        ),
        "requests",
        5.0,
        10.0,
        30.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "hub_feeder_min": Parameter(
        Text("ハブの候補地: フィーダーで届く乗車時間", "hub candidates: feeder ride within which people are reached"),
        "min",
        5.0,
        10.0,
        15.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "hub_feeder_kmh": Parameter(
        Text("ハブの候補地: フィーダーの走行速度", "hub candidates: running speed of the feeder"),
        "km/h",
        15.0,
        20.0,
        30.0,
        Text(
            "グリーンスローモビリティの定義（国土交通省: 時速20 km未満で公道を走る電動車）",
            "MLIT's definition of green slow mobility: electric vehicles below 20 km/h on public roads",
        ),
        Status.ASSUMED,
        confirm=True,
    ),
    "on_demand_rides_under65": Parameter(
        Text("デマンド交通の乗車（65歳未満、1人1日）", "on-demand rides per person and day, under 65"),
        "1/day",
        0.0001,
        0.0003,
        0.0006,
        _KANESAWA,
        Status.ASSUMED,
        confirm=True,
    ),
    "on_demand_rides_65to74": Parameter(
        Text("デマンド交通の乗車（65〜74歳、1人1日）", "on-demand rides per person and day, 65 to 74"),
        "1/day",
        0.0015,
        0.003,
        0.006,
        _KANESAWA,
        Status.ASSUMED,
        confirm=True,
    ),
    "on_demand_rides_75plus": Parameter(
        Text("デマンド交通の乗車（75歳以上、1人1日）", "on-demand rides per person and day, 75 and older"),
        "1/day",
        0.0035,
        0.007,
        0.014,
        _KANESAWA,
        Status.ASSUMED,
        confirm=True,
    ),
    "on_demand_companion_share": Parameter(
        Text("デマンド交通で2人連れの割合", "share of on-demand requests for two"),
        "share",
        0.0,
        0.2,
        0.44,
        Text(
            "塩尻市 2020年11月は 1,675 乗車で 2,410 人（1.44 人）。中央値は仮定",
            "Shiojiri, November 2020: 2,410 people on 1,675 rides (1.44); the middle is assumed",
        ),
        Status.ASSUMED,
        confirm=True,
    ),
    "on_demand_no_licence_share": Parameter(
        Text(
            "デマンド交通の乗車のうち免許のない人の割合（免許返納でこの分だけ増える）",
            "share of on-demand rides by people without a licence (these grow as licences are returned)",
        ),
        "share",
        0.0,
        1.0,
        1.0,
        Text(
            "仮定。1＝乗るのはみな免許のない人、0＝返納しても増えない",
            "assumed; 1 = all riders hold no licence, 0 = returns add no rides",
        ),
        Status.ASSUMED,
        confirm=True,
    ),
    "on_demand_return_share": Parameter(
        Text("デマンド交通で帰りも乗る割合", "share of on-demand outings that ride home too"),
        "share",
        0.6,
        0.8,
        0.95,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "on_demand_stay_min": Parameter(
        Text(
            "行きの希望から帰りの希望まで（平均、その0.5〜1.5倍に一様）",
            "from the wish out to the wish home (mean; uniform on 0.5 to 1.5 times)",
        ),
        "min",
        60.0,
        90.0,
        120.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "on_demand_clinic_share": Parameter(
        Text("65歳以上のデマンド交通の目的（通院）", "purpose of on-demand outings from 65: clinics"),
        "share",
        0.25,
        0.3,
        0.33,
        _PURPOSES,
        Status.OBSERVED,
        confirm=True,
    ),
    "on_demand_shop_share": Parameter(
        Text("65歳以上のデマンド交通の目的（買物）", "purpose of on-demand outings from 65: shopping"),
        "share",
        0.25,
        0.3,
        0.33,
        _PURPOSES,
        Status.OBSERVED,
        confirm=True,
    ),
    "on_demand_community_share": Parameter(
        Text("65歳以上のデマンド交通の目的（交流）", "purpose of on-demand outings from 65: meeting others"),
        "share",
        0.25,
        0.3,
        0.33,
        _PURPOSES,
        Status.OBSERVED,
        confirm=True,
    ),
    "on_demand_ride_allowance_min": Parameter(
        Text(
            "直行より長く乗ってよい時間（倍率より長いとき）",
            "ride time allowed beyond the direct ride, where more than the factor allows",
        ),
        "min",
        5.0,
        10.0,
        15.0,
        OWN_CHOICE,
        Status.ASSUMED,
        confirm=True,
    ),
    "on_demand_rider_weight": Parameter(
        Text(
            "配車で待ち1分を走行何分と数えるか（0＝走行の短さだけで決める）",
            "minutes of driving that a minute of waiting counts as in dispatching (0 = least driving only)",
        ),
        "ratio",
        0.0,
        1.0,
        2.0,
        Text(
            "仮定: 乗る人の1分を車両の1分と同じに数える",
            "assumed: a rider's minute counts as much as a vehicle's",
        ),
        Status.ASSUMED,
        confirm=True,
    ),
}
"""Field of `OnDemandParams` → meaning."""
