"""
Owns the on-demand services of the bundled city as rows: what is published of them, and what is assumed to run them.

Published figures and assumptions stand in two tables, so that nobody takes one for the other: a figure of
`on_demand_plans.csv` that is not in `on_demand.csv` is assumed, and its note says so.
"""

from __future__ import annotations

from geodata.compile.tables import Table, table

PUBLISHED = ("service_id", "name_ja", "name_en", "area_ja", "area_en", "days", "start", "end", "n_vehicles", "seats",
             "booking", "fare_ja", "fare_en", "source_id", "status")  # fmt: skip
PLANNED = ("service_id", "district_id", "policy", "days", "start", "end", "n_vehicles", "seats", "speed_kmh",
           "boarding_s", "max_wait_min", "max_detour_factor", "min_lead_min", "channel", "pass_yen_month", "from_age",
           "requests_per_day", "plan_status", "note_ja", "note_en")  # fmt: skip


def on_demand_table() -> Table:
    """Return on_demand.csv: community services as published; unknown figures empty."""
    rows = (
        ("minami", "みなみ号", "Minami-go",
         "坂下地区。定時定路線（約13 km、停留所は約300 m間隔、位置は非公表）のため一覧のみ",
         "Sakashita; fixed route of some 13 km whose stops are not public: listed only",
         "", "", "", "", "9", "予約不要（定時定路線）", "200円", "200 yen", "on-demand", "observed"),
        ("nakasato", "なかさと号", "Nakasato-go",
         "中里地区。NPO運営の乗合タクシー", "Nakasato; shared taxi run by an NPO",
         "", "", "", "", "", "予約制", "資料なし", "not published here", "on-demand", "observed"),
        ("kanesawa", "地域モビリティ 金沢学区", "Kanesawa community mobility",
         "金沢学区。週5日（曜日は資料になし）、2023-04 本格運行、2023-04〜09 延べ1,636人",
         "Kanesawa; five days a week (which ones is not published), since 2023-04, 1,636 riders in six months",
         "", "", "", "2", "", "前日予約", "会員 月1,500円", "members 1,500 yen a month", "on-demand", "observed"),
        ("suwa", "地域モビリティ 諏訪学区", "Suwa community mobility",
         "諏訪学区。週3日・4ルート・仮停留所200超、65歳以上会員、2023-11 実証",
         "Suwa; three days a week, four routes, more than 200 provisional stops, members aged 65+, trial of 2023-11",
         "", "", "", "2", "", "会員制（資料に予約方法の記載なし）", "会員 月1,000円", "members 1,000 yen a month",
         "on-demand", "observed"),
    )  # fmt: skip
    return table("on_demand.csv", [dict(zip(PUBLISHED, r, strict=True)) for r in rows])


def on_demand_plans_table() -> Table:
    """Return on_demand_plans.csv: what the model runs; times [s], days as digits from 0 = Monday."""
    rows = (
        ("nakasato", "nakasato", "door-to-door", "01234", "28800", "61200", "1", "9", "30", "60", "30", "2",
         "1440", "phone", "", "0", "", "planned",
         ("仮定: 運行区域＝中里地区の全メッシュ（戸口から戸口）、平日8:00–17:00、車両1台・定員9・時速30 km、前日予約、"
         "待ち30分まで、迂回2倍まで、利用者数は原単位による。公表は「NPO運営の予約制乗合タクシー」まで"),
         ("assumed: all cells of Nakasato, door to door, weekdays 8:00-17:00, one vehicle of 9 seats at 30 km/h, "
         "booked the day before, wait up to 30 min, detour up to 2, rides by rates; published: a shared taxi by "
         "reservation run by an NPO")),
        ("kanesawa", "kanesawa", "door-to-door", "01234", "32400", "57600", "2", "4", "19", "60", "30", "2",
         "1440", "phone", "1500", "0", "11", "planned",
         ("公表: 車両2台、週5日、前日予約、会員月1,500円、2023-04〜09 延べ1,636人"
         "（÷約125運行日≒13人/日、運行日数は概算）。"
         "リクエストは 13人÷同乗込み1.2人≒11件/日（同乗の人数は仮定）。"
         "仮定: 運行区域＝金沢・台原地区の全メッシュ（戸口から戸口）、月–金9:00–16:00、定員4、時速19 km"
         "（2020年実証のグリスロは20 km/h未満。本格運行の車両は資料になし）、待ち30分まで、迂回2倍まで"),
         ("published: two vehicles, five days a week, booked the day before, members 1,500 yen a month, 1,636 riders "
         "in six months (about 13 a day of some 125 days, 11 requests at 1.2 people each, which is assumed); assumed: "
         "all cells of Kanesawa and Daihara, door to door, Monday to Friday 9:00-16:00, 4 seats, 19 km/h (the trial "
         "vehicles of 2020 stayed below 20 km/h), wait up to 30 min, detour up to 2")),
        ("suwa", "suwa", "door-to-door", "024", "32400", "57600", "2", "4", "19", "60", "30", "2",
         "1440", "phone", "1000", "65", "", "planned",
         ("公表: EV等2台、4ルート、週3日、65歳以上の会員月1,000円、仮停留所200超（約100 m間隔）。"
         "仮定: 停留所が密なため諏訪地区の全メッシュで戸口から戸口とみなす。月・水・金9:00–16:00、定員4、時速19 km、"
         "前日予約、待ち30分まで、迂回2倍まで、利用者数は原単位による"),
         ("published: two electric vehicles, four routes, three days a week, members aged 65+ for 1,000 yen a month, "
         "more than 200 provisional stops some 100 m apart; assumed: taken as door to door in all cells of Suwa as the "
         "stops are so close, Monday, Wednesday and Friday 9:00-16:00, 4 seats, 19 km/h, booked the day before, wait "
         "up to 30 min, detour up to 2, rides by rates")),
    )  # fmt: skip
    return table("on_demand_plans.csv", [dict(zip(PLANNED, r, strict=True)) for r in rows])
