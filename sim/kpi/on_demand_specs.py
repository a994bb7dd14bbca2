"""Owns what is known of the KPIs of on-demand services before they are computed."""

from __future__ import annotations

from geodata.errors import Text
from sim.kpi.spec import DEFAULT, NO_ASSUMED, KpiSpec
from sim.on_demand_params import ON_DEMAND_PARAMETERS

_LAYERS = ("on_demand", "autonomous", "population", "facilities", "streets")
_SETTINGS = {"default": DEFAULT, "no_assumed_lines": NO_ASSUMED}
_FLEETS = Text(
    "模擬した全サービスの全日を、週の運行日数で重みづけ",
    "over all simulated days of all services, weighted by their days a week",
)

RIDE_PARAMETERS = (
    *(name for name in ON_DEMAND_PARAMETERS if not name.startswith("hub_")),
    "licence_shares",
    "licence_return_share",
    "licence_return_from_age",
)
"""Parameters that simulated days rest on, and with them travel times in a city where a service runs."""

ON_DEMAND_KPIS: tuple[KpiSpec, ...] = (
    KpiSpec(
        "on_demand_wait_p90_min",
        Text("デマンド交通の待ち時間（90パーセンタイル）", "on-demand wait, 90th percentile"),
        "min",
        "down",
        Text(
            f"乗車希望の時刻から車が着くまでの時間の90パーセンタイル（乗れた人だけ。{_FLEETS.ja}）",
            f"90th percentile of the time from the wish to the vehicle being there, of those served ({_FLEETS.en})",
        ),
        _SETTINGS,
        _LAYERS,
        RIDE_PARAMETERS,
        rate=True,
    ),
    KpiSpec(
        "on_demand_rejection_share",
        Text("配車不成立（お断り）の割合", "on-demand requests refused"),
        "share",
        "down",
        Text(
            "断ったリクエスト ÷ リクエスト（行きを断られた人の帰りは数えない。運休の日は全件を断ったとする）",
            "requests refused ÷ requests (without the way home of those refused on the way out; all on days off)",
        ),
        _SETTINGS,
        _LAYERS,
        RIDE_PARAMETERS,
        rate=True,
    ),
    KpiSpec(
        "on_demand_rides_per_vehicle_hour",
        Text("1台1時間当たりの乗車人数", "on-demand rides per vehicle hour"),
        "rides_per_hour",
        "up",
        Text(
            "乗車した人数 ÷（車両数 × 運行時間）",
            "people carried ÷ (vehicles × hours of operation)",
        ),
        _SETTINGS,
        _LAYERS,
        RIDE_PARAMETERS,
        decimals=2,
    ),
)
