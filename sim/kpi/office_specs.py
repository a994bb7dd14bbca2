"""Owns what is known of the KPIs of the mobile city office before they are computed."""

from __future__ import annotations

from geodata.errors import Text
from sim.kpi.spec import DEFAULT, NO_ASSUMED, ROUTING_PARAMETERS, KpiSpec
from sim.office_params import DEMAND_PARAMETERS, FREE_PARAMETERS

_LAYERS = ("population", "mobile_offices", "timetable", "facilities", "streets")
_RIDES = ("on_demand", "autonomous", "hubs", "entrances")
"""What a way by any mode may use beside the timetable."""

OFFICE_KPIS = (
    KpiSpec(
        "mobile_office_coverage_share",
        Text("動く市役所のカバー率", "coverage by the mobile city office"),
        "share",
        "up",
        Text(
            "開設場所まで徒歩500 m（計画の値）以内の人口 ÷ 人口。手段を問わない場合は開設の曜日・時間帯に"
            "公共交通または徒歩で30分以内、「その時間に行ける人」は"
            "Σ(年齢別人口×徒歩圏の割合×開設時に自由な人の割合) ÷ 人口",
            "residents within 500 m on foot (the plan's value) of a visit ÷ residents; by any mode: within 30 min by "
            "public transport or on foot at its day and hours; weighted: Σ persons by age × share within the walk × "
            "share free at its hours ÷ residents",
        ),
        {
            "default": Text("計画の徒歩圏", "the plan's own catchment"),
            "walk-500m": Text("徒歩 500 m", "500 m on foot"),
            "walk-300m": Text("徒歩 300 m", "300 m on foot"),
            "free-weighted": Text("計画の徒歩圏で、開設の時間に行ける人", "own catchment, people free at its hours"),
            "any-mode-30min": Text("開設の時間に手段を問わず 30 分以内", "30 min by any mode at its hours"),
            "free-any-mode-30min": Text(
                "開設の時間に行ける人で、手段を問わず 30 分以内", "people free at its hours, within 30 min by any mode"
            ),
            "visit-or-office": Text(
                "開設または本庁・支所まで手段を問わず 30 分以内（徒歩圏を含む）",
                "a visit or a city office within 30 min by any mode (or the own catchment)",
            ),
            "any-use": Text(
                "用途を問わない（臨時窓口・移動販売・期日前投票を含む）", "whatever the vehicle is used for"
            ),
            "no_assumed_lines": NO_ASSUMED,
        },
        (*_LAYERS, *_RIDES),
        (
            "mobile_office_walk_m",
            "mobile_office_walk_short_m",
            "mobile_office_within_min",
            "city_office_within_min",
            *FREE_PARAMETERS,
            *ROUTING_PARAMETERS,
        ),
        rate=True,
    ),
    KpiSpec(
        "mobile_office_visits_per_month",
        Text("徒歩圏での動く市役所の開設回数（1人平均）", "mobile office visits within reach a month, mean"),
        "visits_per_month",
        "up",
        Text(
            "Σ(人口×徒歩圏で開かれる月当たりの回数) ÷ 人口。手段を問わない場合は公共交通または徒歩で30分以内の回数",
            "Σ persons × monthly visits within reach on foot ÷ residents; by any mode: within 30 min",
        ),
        {
            "default": DEFAULT,
            "any-mode-30min": Text("開設の時間に手段を問わず 30 分以内", "30 min by any mode at its hours"),
            "no_assumed_lines": NO_ASSUMED,
        },
        ("population", "mobile_offices", "timetable", "streets"),
        ("mobile_office_within_min", *ROUTING_PARAMETERS),
        decimals=2,
        rate=True,
    ),
    KpiSpec(
        "mynumber_service_share",
        Text("マイナンバーカードを活用した行政サービスの割合", "services done with the My Number card"),
        "share",
        "up",
        Text(
            "公表値＋加算ポイント。加算ポイント＝動く市役所でカードを使う手続（年）÷ 全手続"
            "（人口×1人当たり年間、分母は仮定・要設定）。手続＝min(需要, 処理能力)",
            "official figure + points added = yearly procedures done with the card at the mobile office ÷ all "
            "procedures (residents × rate, a denominator that is assumed and to be set); "
            "procedures = min(demand, capacity)",
        ),
        {"default": DEFAULT, "no_assumed_lines": NO_ASSUMED},
        (*_LAYERS, "targets"),
        ("procedures_per_person_year", *DEMAND_PARAMETERS, *ROUTING_PARAMETERS),
        decimals=2,
        rate=True,
    ),
)
