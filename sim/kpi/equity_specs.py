"""Owns what is known beforehand of the KPIs of fairness: inequality of access, the district that stays behind."""

from __future__ import annotations

from geodata.errors import Text
from sim.kpi.clinic_specs import E2SFCA_PARAMETERS
from sim.kpi.spec import DEFAULT, NO_ASSUMED, ROUTING_PARAMETERS, KpiSpec

_LAYERS = (
    "population",
    "timetable",
    "facilities",
    "streets",
    "mobile_offices",
    "on_demand",
    "autonomous",
    "hubs",
    "entrances",
)
_PLACES = tuple(layer for layer in _LAYERS if layer != "mobile_offices")
_LICENCES = ("licence_shares", "licence_return_share", "licence_return_from_age")

EQUITY_KPIS: tuple[KpiSpec, ...] = (
    KpiSpec(
        "access_gini",
        Text("行きやすさの地域差（ジニ係数）", "inequality of access (Gini)"),
        "index",
        "down",
        Text(
            "Σ_i Σ_j P_i P_j |A_i − A_j| ÷ (2 P² × A の平均)。A = 医療機関の受診しやすさ（E2SFCA）。"
            "0 = 全員同じ、1 に近いほど一部の人に偏る。全員が等しく不便になっても下がるので、"
            "必ず受診しやすさの平均と並べて見る",
            "Σ_i Σ_j P_i P_j |A_i − A_j| ÷ (2 P² × mean of A), A = clinic access with competition (E2SFCA); 0 = all "
            "alike, near 1 = few have it all. It also falls where all become equally badly off: read it with the mean",
        ),
        {
            "default": Text("受診しやすさ（公共交通または徒歩）", "clinic access by public transport or on foot"),
            "car": Text("受診しやすさ（全員が自動車、日中）", "clinic access, everybody by car off the peak"),
            "places-in-time": Text(
                "時間内（既定 30分）に行ける医療機関の数（公共交通または徒歩）",
                "clinics and hospitals in time (30 min unless set) by public transport or on foot",
            ),
            "no_assumed_lines": NO_ASSUMED,
        },
        _LAYERS,
        (*E2SFCA_PARAMETERS, "equity_places_within_min"),
        decimals=3,
        rate=True,
    ),
    KpiSpec(
        "worst_district_clinic_share",
        Text("30分で医療機関に行ける人の割合が最も低い地区", "share within 30 min of a clinic in the lowest district"),
        "share",
        "up",
        Text(
            "地区ごとの「30分以内に公共交通または徒歩で医療機関に着ける人 ÷ その地区の人」のうち最も低い値"
            "（地区名は注記。10人未満の地区は除く。地区は便宜区分）",
            "the lowest, over districts, of residents within 30 min of a clinic or hospital by public transport or on "
            "foot ÷ residents of the district (its name is in the note; districts of fewer than 10 people left out)",
        ),
        {
            "default": DEFAULT,
            "75plus": Text("75歳以上", "residents of 75 and older"),
            "75plus-no-licence": Text("免許のない75歳以上", "residents of 75 and older without a driving licence"),
            "no_assumed_lines": NO_ASSUMED,
        },
        _PLACES,
        ("clinic_within_min", "equity_district_persons", *_LICENCES, *ROUTING_PARAMETERS),
        rate=True,
    ),
)
