"""Owns what is known of the KPIs of clinic access beyond counts and nearest times before they are computed."""

from __future__ import annotations

from geodata.errors import Text
from sim.kpi.spec import DEFAULT, NO_ASSUMED, ROUTING_PARAMETERS, KpiSpec

_RIDES = ("on_demand", "autonomous", "hubs", "entrances")
_LAYERS = ("population", "timetable", "facilities", "streets", "mobile_offices", *_RIDES)
_CAR = ("car_offpeak_kmh", "car_terminal_min")
_ONLINE = ("online_visit_share", "online_age_factors")
E2SFCA_PARAMETERS = (
    "e2sfca_transit_steps",
    "e2sfca_car_steps",
    "clinic_week_hours",
    "hospital_week_hours",
    "clinic_specialty",
    "visit_rates",
    *_ONLINE,
    *_CAR,
    *ROUTING_PARAMETERS,
)
"""Parameters that access to clinics with competition rests on."""
_NO_CUTOFF = tuple(name for name in ROUTING_PARAMETERS if name != "cutoff_min")

WITH_ONLINE = Text(
    "オンライン診療を加味（行けない人も、移動の要らない受診の割合だけ数える）",
    "with online visits (who does not get there counts by the share of visits that need no trip)",
)
WITHIN_SETTINGS: dict[str, Text] = {
    "default": DEFAULT,
    "hospital": Text("病院の外来だけ", "hospitals alone"),
    "by-licence": Text(
        "免許のある人は自動車（日中）、ない人は公共交通", "licence holders by car (off the peak), others by transit"
    ),
    "with-online": WITH_ONLINE,
    "no_assumed_lines": NO_ASSUMED,
}
"""Settings of clinic_within_30min_share."""
WITHIN_PARAMETERS = (*_CAR, "licence_shares", "licence_return_share", "licence_return_from_age", *_ONLINE)
"""What its further settings rest on."""

CLINIC_KPIS: tuple[KpiSpec, ...] = (
    KpiSpec(
        "clinic_e2sfca",
        Text("医療機関の受診しやすさ（混み具合を加味, E2SFCA）", "clinic access with competition (E2SFCA)"),
        "hours_per_100",
        "up",
        Text(
            "Σ_j R_j W(t_ij)、R_j = 週の診療時間 S_j ÷ Σ_k 受診の多さで重みづけた人口 D_k × W(t_kj)。"
            "t は自宅→医療機関、W = 1・0.68・0.22（公共交通または徒歩 15・30・60分。自動車 10・20・30分）。"
            "全国平均の受診の多さの100人当たり。集計は受診の多さで重みづけた平均 Σ人口×受診×A ÷ Σ人口×受診で、"
            "全市では 誰かが届く診療時間 ÷ 受診の合計 に等しい",
            "Σ_j R_j W(t_ij), R_j = weekly consultation hours S_j ÷ Σ_k residents weighted by visits D_k × W(t_kj); t "
            "from home to the clinic, W = 1, 0.68, 0.22 (15/30/60 min by public transport or on foot, 10/20/30 min by "
            "car); per 100 residents with average visits; groups by the mean over visits, Σ persons × visits × A ÷ Σ "
            "persons × visits, which for the whole city equals hours that somebody reaches ÷ all visits",
        ),
        {
            "default": Text("公共交通または徒歩", "public transport or on foot"),
            "car": Text("全員が自動車（日中）", "everybody by car, off the peak"),
            "no_assumed_lines": NO_ASSUMED,
        },
        _LAYERS,
        E2SFCA_PARAMETERS,
        decimals=2,
        rate=True,
    ),
    KpiSpec(
        "clinic_round_trip_share",
        Text("診療時間内に往復できる人の割合", "residents who can see a doctor and be home in time"),
        "share",
        "up",
        Text(
            "平日に公共交通または徒歩で医療機関へ行き、診療時間内に60分受診し、19:00までに帰宅できる人口 ÷ 人口"
            "（片道60分以内、帰りは受診後の待ちを含む）",
            "residents who reach a clinic or hospital by public transport or on foot, are seen for 60 min within its "
            "hours and are home by 19:00 ÷ residents (60 min at most each way, with the wait after the visit)",
        ),
        {"default": DEFAULT, "with-online": WITH_ONLINE, "no_assumed_lines": NO_ASSUMED},
        _LAYERS,
        (
            "consultation_min",
            "round_trip_way_min",
            "round_trip_early_min",
            "round_trip_home_by",
            "clinic_morning_from",
            "clinic_morning_to",
            "clinic_afternoon_from",
            "clinic_afternoon_to",
            "clinic_specialty",
            *_ONLINE,
            *_NO_CUTOFF,
        ),
        rate=True,
    ),
    KpiSpec(
        "emergency_within_15min_share",
        Text("救急の医療に車で15分以内の人の割合", "residents within 15 min of emergency care by car"),
        "share",
        "up",
        Text(
            "救急を受ける病院まで、またはドクターカーの拠点から、混雑時の自動車で15分以内の人口 ÷ 人口"
            "（走行時間だけ。出動までの時間は含まない）",
            "residents within 15 min at the wheel in the peak, to a hospital that takes emergencies or from a base of "
            "a doctor car ÷ residents (driving only, without the time to set out)",
        ),
        {
            "default": Text("救急を受ける病院またはドクターカー", "hospital that takes emergencies, or doctor car"),
            "doctor-car": Text("ドクターカーの拠点から", "from a base of a doctor car"),
            "no_assumed_lines": NO_ASSUMED,
        },
        ("population", "facilities", "streets"),
        ("emergency_within_min", "emergency_hospitals", "car_peak_kmh"),
        rate=True,
    ),
)
