"""Owns the manifest of the bundled city: source, credit line, licence, date and status of every layer."""

from __future__ import annotations

from typing import Any

from geodata.compile import facts
from geodata.compile.tables import Table
from geodata.errors import Text

GSI_LICENCE = "国土地理院コンテンツ利用規約（出典の記載により自由に利用）"
CITY_PAGE = "日立市公表資料（事実の引用、出典記載）"

Entry = tuple[str, str, str, str, str, str, str, str, str, str]
SOURCES: tuple[Entry, ...] = (
    (
        "did2020", "population", "2020年国勢調査 人口集中地区（DID）の人口", "DID population, 2020 census",
        "出典：政府統計の総合窓口(e-Stat)「人口集中地区」データを加工して作成",
        "e-Stat 利用規約（出典の記載により商用も可）",
        "2020-10-01", "observed",
        "2つのDIDの人口 136,556人と9,078人にメッシュの合計を正確に一致させた。",
        "Cells sum exactly to both DID populations, 136,556 and 9,078.",
    ),
    (
        "census2020", "population", "2020年国勢調査 総人口 174,508人", "Total population 174,508, 2020 census",
        "日立市「国勢調査」https://www.city.hitachi.lg.jp/shisei/tokei_reiki/1003581/1003583.html",
        CITY_PAGE, "2020-10-01", "observed",
        "メッシュの合計を正確に一致させた。DID外の人口は町丁目の点のまわりに配分（試算）。",
        "Cells sum exactly; people outside the DIDs are spread around 町丁目 points (modelled).",
    ),
    (
        "population-r5", "population", "常住人口 165,822人（2024-01-01、R5として使用）",
        "Residents 165,822 (2024-01-01, taken as R5)",
        "日立市の人口（茨城県常住人口調査による公表値）", CITY_PAGE, "2024-01-01", "observed",
        "2020年のメッシュ人口を一律の率で合わせた。地区ごとの増減は資料がない。",
        "Cells of 2020 scaled alike; changes by district are not published here.",
    ),
    (
        "cells", "population", "250 mメッシュへの配分", "Spread over 250 m cells",
        "Ekisei による試算", "MIT", "2020-10-01", "modelled",
        ("DID内は面積均等と町丁目の点（各点同数）の半々、DID外は町丁目の点から標準偏差500 m"
         "（1＋近くの公共施設・医療機関の数で重み付け）。半々・500 m・重みは仮定。"
         "資料のある3地域（十王町・久慈町・金沢町）との差は最大2割強。"),
        ("Inside DIDs half evenly, half by 町丁目 point; outside around the points, 500 m, weighted by "
        "1 + nearby public places. Half, 500 m and weights are assumed. Off by up to some 20 % in the three areas that "
        "have a figure."),
    ),
    (
        "ages-city", "population.ages", "全市の年齢構成", "Ages of the whole city",
        "第3期総合戦略（茨城県の人口 2024-10-01）、高齢化率 2024-01", CITY_PAGE, "2024-10-01", "official-estimate",
        ("0–14歳・20–39歳は2024-10の割合、65歳以上は32.7 %（別の公表では約35 %）をR5の総人口に当てた。"
        "15–19歳と65–74歳/75歳以上の割合は社人研2023の2035年値の比、85歳以上は75歳以上の3分の1（仮定）。"),
        ("0–14 and 20–39 by their shares of 2024-10, 65+ by 32.7 % (another page says about 35 %). "
        "15–19 and 65–74 against 75+ by the ratios of the projection for 2035, 85+ a third of 75+ (assumed)."),
    ),
    (
        "ages-cells", "population.ages", "メッシュ別の年齢構成", "Ages by cell",
        "金沢町: 国勢調査2020（https://towncheck.jp/areas/082020450/detail 掲載値）、山側団地: 茨城新聞 2023-11",
        "事実の引用、出典記載",
        "2020/2023", "assumed",
        ("金沢町は2020年の実測割合、高鈴町・西成沢町・中丸町・塙山町は65歳以上50 %（仮定）を初期値とし、"
        "メッシュの総数と全市の年齢別人数に正確に合わせた。ほかの地区は全市の割合（仮定）。"),
        ("金沢町 starts from its 2020 shares, the named estates from 50 % aged 65+ (assumed), all others from the "
        "city's; fitted exactly to cell totals and city-wide bands."),
    ),
    (
        "towns", "population", "町丁目の代表点", "町丁目 points",
        "「Geolonia 住所データ」（国土交通省 位置参照情報・郵便番号データを加工）", "CC BY 4.0", "2024-01", "observed",
        "人口の配分、地区（便宜区分）、医療機関の位置、仮定のバス停に使った。",
        "Used to spread people, for districts, medical institutions and assumed stops.",
    ),
    (
        "boundary", "population", "市の区域", "Municipal area",
        "「国土数値情報（行政区域データ）」（国土交通省）を加工して作成",
        "国土数値情報利用規約（出典の記載により商用も可）", "2021-01-01", "observed",
        "1 %に簡略化された線でメッシュを選んだ。線そのものは収録していない。",
        "Chose the cells; the line itself, simplified to 1 %, is not carried.",
    ),
    (
        "districts", "population.districts", "24地区（便宜区分）", "24 districts of convenience",
        "Ekisei による仮定", "MIT", "2024-01", "assumed",
        "公式の学区ではない。メッシュは最も近い町丁目の地区、町丁目は最も近い地区の中心に入れた。",
        "Not the official school districts: nearest 町丁目, whose own is the nearest middle.",
    ),
    (
        "rail-counts", "timetable", "JR常磐線の駅と1日の本数", "JR Joban Line: stations and trains a day",
        "「全国鉄道運行本数データ」（西澤明）を加工、駅間所要 https://tetsudopress.com/tp-jreast-20161216-14",
        "CC BY 4.0（本数と駅の位置）", "2024", "modelled",
        ("本数（市内5駅 上下各40本/日）は実測。曜日の別と特急を含むかは未確認。"
        "時間帯への配分は仮定、駅間所要は2016年の2列車による。"),
        ("Counts are observed (day type and limited expresses not verified); spread over the day assumed, "
        "running times from two trains of 2016."),
    ),
    (
        "brt-facts", "timetable", "ひたちBRTの停留所順・始発終発・延長", "Hitachi BRT: stop order, first and last runs",
        ("日立市「ひたちBRT」https://www-source.city.hitachi.lg.jp/machizukuri_kankyo/shigaichiseibi/1002785/1002786.html、"
         "マイナビニュース http://news.mynavi.jp/news/2013/03/13/061/index.html、"
         "暫定経路の所要 http://mobile.seisyun.net/wgate/ ひたちBRT、専用道の所要 読売新聞 2025-02-03"),
        CITY_PAGE, "2019-04", "modelled",
        "", "",
    ),
    (
        "bus-skeleton", "timetable.skeleton", "そのほかのバス路線（骨格）", "Other bus lines (a skeleton)",
        "Ekisei による仮定", "MIT", "2024-01", "assumed",
        "実在の路線ではない。団地・地区から最寄り駅への仮定の路線で、破線・無名で描く。実GTFSで置き換える。",
        "Not real lines: estates and districts to the next station, dashed and unnamed, until a GTFS replaces them.",
    ),
    (
        "medical", "facilities", "医療機関 89件", "89 medical institutions",
        ("保険医療機関一覧（関東信越厚生局）、tomoueh/collect_med_inst_cd_py（MIT）、"
        "位置は「Geolonia 住所データ」（CC BY 4.0）"),
        "MIT（一覧は出典の記載）", "2025-08", "observed",
        ("位置は住所の町丁目の代表点（丁目あり約300 m、なし1 km以上の誤差）。診療時間・診療科・医師数はない。"
        "科は名称から読めるものだけ。「健康管理センタ」は一般に開かれていないものとした。"),
        ("Placed at the 町丁目 point of the address (300 m, or 1 km and more). No hours, departments only from names; "
        "a company's health centre counts as not open to the public."),
    ),
    (
        "facilities", "facilities", "公共施設（学校・交流センター・支所など）",
        "Schools, halls and other public places",
        "「指定緊急避難場所・指定避難所データ」（国土地理院）を加工", GSI_LICENCE, "2025-11", "observed",
        "指定避難所などになっている施設だけで、全施設の一覧ではない。",
        "Only places that are designated shelters: not a full list.",
    ),
    (
        "city-hall", "facilities", "日立市役所の位置", "City hall",
        "デジタル庁「アドレス・ベース・レジストリ」（Geolonia 住所データ v2 による）", "CC BY 4.0", "2024", "observed",
        "", "",
    ),
    (
        "shelters", "facilities", "指定緊急避難場所 94・指定避難所 92", "94 emergency sites and 92 shelters",
        "「指定緊急避難場所・指定避難所データ」（国土地理院）を加工", GSI_LICENCE, "2025-11", "observed",
        "同じ場所は1行にまとめた。災害の別は指定緊急避難場所だけにある。",
        "One row per site; hazards are known for emergency sites only.",
    ),
    (
        "branches", "facilities.branches", "支所（多賀・豊浦・十王・西部）", "Branch offices Taga, Toyoura, Juo, Seibu",
        "名称は一般知識、位置は Ekisei による仮定", "MIT", "2025", "assumed",
        "公式の一覧は得られていない。位置は同じ地域の交流センターに最も近い町丁目の点（誤差1 km）。",
        "No official list was found; placed at the 町丁目 point nearest to the hall of the same area (1 km).",
    ),
    (
        "workplaces", "facilities.workplaces", "大規模な事業所（BRT工場支線の2か所）",
        "Large workplaces at two BRT works stops",
        "Ekisei による仮定（停留所名から）", "MIT", "2018-03", "assumed",
        "ほかの事業所は位置の資料がないため収録していない。",
        "Others are left out: no locations were found.",
    ),
    (
        "streets", "streets", "歩行・自動車: 直線 × 迂回率", "Walking and driving: straight line × detour factor",
        "Ekisei による仮定", "MIT", "2025", "assumed",
        "道路ネットワークは得られていない。坂道・国道や線路の横断は考慮していない。",
        "No street network could be had; slopes and barriers are not considered.",
    ),
    (
        "strategy", "targets", "第3期総合戦略の評価指標", "Indicators of the third strategy",
        "日立市「第3期総合戦略」（R7–R11）", CITY_PAGE, "2025", "observed",
        "駅勢圏の定義は公表されていない。", "The definition of the station catchment is not public.",
    ),
    (
        "ipss2023", "targets", "将来人口（社人研 2023年推計）", "Projected population (IPSS 2023)",
        "国立社会保障・人口問題研究所「日本の地域別将来推計人口（令和5年推計）」（市議ブログ・GD Freak 掲載値）",
        "事実の引用、出典記載", "2023-12", "official-estimate",
        "原典とは未照合。", "Not checked against the original.",
    ),
    (
        "on-demand", "on_demand", "みなみ号・なかさと号・金沢・諏訪の地域交通", "Community transport of four areas",
        "市の公表資料、茨城新聞 2023-04・2023-11、村本市議ブログ 2023-11、あしたのまち 2010", "事実の引用、出典記載",
        "2010/2023", "observed",
        "みなみ号は停留所の位置が公表されていないため一覧のみ。", "Minami-go is listed only: its stops are not public.",
    ),
    (
        "on-demand-plans", "on_demand", "地域交通の運行条件（なかさと号・金沢・諏訪）", "How three of them are run",
        "公表値のほかは Ekisei による仮定", "MIT", "2025", "assumed",
        "運行区域・時間・定員・速度・待ちと迂回の上限は公表されておらず仮定。どの値が公表でどれが仮定かは表の注記にある。",
        "Areas, hours, seats, speeds, longest waits and detours are assumed; the table notes which is which.",
    ),
)  # fmt: skip
"""id, layer, title ja, title en, credit, licence, date, status, note ja, note en. A layer with a dot (such as
population.ages) is a part whose status stands apart from its whole: rows of that part carry their own status."""

KEYS = ("source_id", "layer", "title_ja", "title_en", "credit", "licence", "date", "status", "note_ja", "note_en")


def build_manifest(tables: list[Table], notes: dict[str, Text]) -> dict[str, Any]:
    """Return the manifest: the city, its sources (with computed `notes` by id), its files with their row counts."""
    sources = [dict(zip(KEYS, entry, strict=True)) for entry in SOURCES]
    for source in sources:
        if source["source_id"] in notes:
            source["note_ja"], source["note_en"] = notes[source["source_id"]]
    return {
        "schema": "ekisei-bundle/1",
        "city_id": "hitachi",
        "name": {"ja": "日立市", "en": "Hitachi"},
        "epsg": facts.EPSG,
        "year": facts.BASE_YEAR,
        "base_date": facts.BASE_DATE,
        "census_year": facts.CENSUS_YEAR,
        "defaults": {"date": "2025-10-15", "saturday": "2025-10-18", "holiday": "2025-10-19"},
        "files": {t.name: len(t.rows) for t in tables},
        "sources": sources,
    }
