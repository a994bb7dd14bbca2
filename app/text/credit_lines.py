"""Owns how the credit lines and licences of publishers are told to readers of English, where known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata.provenance import Source

_KSJ = re.compile(r"「国土数値情報（(?P<what>.+?)データ）」（国土交通省）を加工して作成")

ENGLISH: dict[str, str] = {
    "出典：政府統計の総合窓口(e-Stat)「人口集中地区」データを加工して作成": (
        "e-Stat (Portal Site of Official Statistics of Japan), “Densely Inhabited Districts”, processed"
    ),
    "日立市「国勢調査」https://www.city.hitachi.lg.jp/shisei/tokei_reiki/1003581/1003583.html": (
        "Hitachi City, “Population Census” https://www.city.hitachi.lg.jp/shisei/tokei_reiki/1003581/1003583.html"
    ),
    "日立市の人口（茨城県常住人口調査による公表値）": (
        "Population of Hitachi City (published from the Ibaraki survey of residents)"
    ),
    "Ekisei による試算": "Computed by Ekisei",
    "Ekisei による仮定": "Assumed by Ekisei",
    "Ekisei による仮定（停留所名から）": "Assumed by Ekisei (from the names of stops)",
    "公表値のほかは Ekisei による仮定": "Published figures; the rest assumed by Ekisei",
    "名称は一般知識、位置は Ekisei による仮定": "Names are general knowledge, places assumed by Ekisei",
    "第3期総合戦略（茨城県の人口 2024-10-01）、高齢化率 2024-01": (
        "Third Strategy of Hitachi City (population of Ibaraki, 2024-10-01); share of older persons, 2024-01"
    ),
    "金沢町: 国勢調査2020（https://towncheck.jp/areas/082020450/detail 掲載値）、山側団地: 茨城新聞 2023-11": (
        "Kanesawa-cho: census 2020 as given at https://towncheck.jp/areas/082020450/detail;"
        " hillside estates: Ibaraki Shimbun 2023-11"
    ),
    "「Geolonia 住所データ」（国土交通省 位置参照情報・郵便番号データを加工）": (
        "Geolonia address data (from MLIT location references and postal codes, processed)"
    ),
    "「全国鉄道運行本数データ」（西澤明）を加工、駅間所要 https://tetsudopress.com/tp-jreast-20161216-14": (
        "Numbers of trains on Japanese railways (A. Nishizawa), processed; times between stations"
        " https://tetsudopress.com/tp-jreast-20161216-14"
    ),
    (
        "日立市「ひたちBRT」https://www-source.city.hitachi.lg.jp/machizukuri_kankyo/shigaichiseibi/1002785/1002786.html"
        "、マイナビニュース http://news.mynavi.jp/news/2013/03/13/061/index.html、暫定経路の所要"
        " http://mobile.seisyun.net/wgate/ ひたちBRT、専用道の所要 読売新聞 2025-02-03"
    ): (
        "Hitachi City, “Hitachi BRT”"
        " https://www-source.city.hitachi.lg.jp/machizukuri_kankyo/shigaichiseibi/1002785/1002786.html;"
        " Mynavi News http://news.mynavi.jp/news/2013/03/13/061/index.html; times of the interim route"
        " http://mobile.seisyun.net/wgate/ Hitachi BRT; times on the busway Yomiuri Shimbun 2025-02-03"
    ),
    (
        "保険医療機関一覧（関東信越厚生局）、tomoueh/collect_med_inst_cd_py（MIT）、位置は「Geolonia 住所データ」"
        "（CC BY 4.0）"
    ): (
        "List of insured medical institutions (Kanto-Shinetsu Regional Bureau of Health and Welfare),"
        " tomoueh/collect_med_inst_cd_py (MIT); places from Geolonia address data (CC BY 4.0)"
    ),
    "「指定緊急避難場所・指定避難所データ」（国土地理院）を加工": (
        "Designated emergency sites and shelters (Geospatial Information Authority of Japan), processed"
    ),
    "デジタル庁「アドレス・ベース・レジストリ」（Geolonia 住所データ v2 による）": (
        "Digital Agency, Address Base Registry (by Geolonia address data v2)"
    ),
    "日立市「第3期総合戦略」（R7–R11）": "Hitachi City, Third Strategy (R7–R11, FY2025–2029)",
    ("国立社会保障・人口問題研究所「日本の地域別将来推計人口（令和5年推計）」（市議ブログ・GD Freak 掲載値）"): (
        "National Institute of Population and Social Security Research, regional population projections 2023"
        " (as given by a councillor's blog and GD Freak)"
    ),
    "市の公表資料、茨城新聞 2023-04・2023-11、村本市議ブログ 2023-11、あしたのまち 2010": (
        "Papers of the city; Ibaraki Shimbun 2023-04, 2023-11; blog of a councillor 2023-11; Ashita no Machi 2010"
    ),
    "e-Stat 利用規約（出典の記載により商用も可）": "e-Stat terms of use (commercial use too, with credit)",
    "日立市公表資料（事実の引用、出典記載）": "Published by Hitachi City (facts quoted with their source)",
    "事実の引用、出典記載": "Facts quoted with their source",
    "国土数値情報利用規約（出典の記載により商用も可）": (
        "Terms of National Land Numerical Information (commercial use too, with credit)"
    ),
    "CC BY 4.0（本数と駅の位置）": "CC BY 4.0 (numbers of trains, places of stations)",
    "MIT（一覧は出典の記載）": "MIT (the list: with its source)",
    "国土地理院コンテンツ利用規約（出典の記載により自由に利用）": "GSI terms of use (free with credit)",
}
"""Line as the publisher asks for it → the same in English."""

_LAYERS = {
    "行政区域": "administrative areas",
    "鉄道": "railways",
    "バス停留所": "bus stops",
    "医療機関": "medical institutions",
}
"""Titles of National Land Numerical Information in its credit lines."""


def credit_line(line: str, lang: str) -> str:
    """Return a credit line or licence in a language; one that nobody translated stays in the publisher's words."""
    if lang == "ja" or line in ENGLISH:
        return line if lang == "ja" else ENGLISH[line]
    found = _KSJ.fullmatch(line)
    if found is None:
        return line
    what = _LAYERS.get(found["what"], found["what"])
    return f"National Land Numerical Information, {what} (MLIT), processed"


def joined_credits(sources: Iterable[Source], lang: str) -> str:
    """Return the credit lines of some sources in one line, each once."""
    return " ／ ".join(dict.fromkeys(credit_line(one.credit, lang) for one in sources if one.credit))
