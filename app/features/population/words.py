"""Owns the words of the animation, in both languages."""

from __future__ import annotations

from geodata.errors import Text

WORDS: dict[str, Text] = {
    "play": Text("再生", "Play"),
    "pause": Text("停止", "Pause"),
    "year": Text("年", "Year"),
    "measure": Text("色で示すもの", "Shown by colour"),
    "m_density": Text("人口密度（人/ha）", "Population density (persons/ha)"),
    "m_change": Text("基準年からの増減（%）", "Change since the base year (%)"),
    "m_older": Text("65歳以上の割合（%）", "Share aged 65 and older (%)"),
    "m_oldest": Text("75歳以上の密度（人/ha）", "Density of those aged 75 and older (persons/ha)"),
    "m_measures": Text("施策による増減（人）", "Change by the measures (persons)"),
    "under": Text("{value} 未満", "under {value}"),
    "between": Text("{low}〜{high}", "{low} to {high}"),
    "from": Text("{value} 以上", "{value} or more"),
    "hidden": Text("10人未満（非表示）", "under 10 persons (hidden)"),
    "persons": Text("人口", "Residents"),
    "map_label": Text(
        "メッシュ別人口の地図。同じ内容の地区別の表が横にあります",
        "Map of residents by cell; the table beside it tells the same by district",
    ),
    "chart": Text("年齢階級別の総人口（試算、人）", "Residents by age (modelled, persons)"),
    "table_label": Text("地区別の人口（便宜区分、試算）", "Residents by district (districts of convenience, modelled)"),
    "c_district": Text("地区", "District"),
    "c_persons": Text("人口（人）", "Residents"),
    "c_percent": Text("基準年比（%）", "Since base year (%)"),
    "c_older_share": Text("65歳以上（%）", "65 and older (%)"),
    "c_oldest_persons": Text("75歳以上（人）", "75 and older"),
    "c_by_measures": Text("施策による増減（人）", "By the measures"),
    "told": Text(
        "{year}: 総人口 {total} 人（基準年から {change} 人、{percent} %）、65歳以上 {older} %、75歳以上 {oldest} 人",
        "{year}: {total} residents ({change} since the base year, {percent} %), {older} % aged 65 and"
        " older, {oldest} aged 75 and older",
    ),
}

PAGE_WORDS: dict[str, Text] = {
    "title": Text("将来人口（年ごと）", "Future population by year"),
    "run": Text("シナリオ", "Scenario"),
    "loading": Text("将来人口を計算しています…", "Working out the population…"),
    "failed": Text(
        "この結果の将来人口は計算できません（公表の将来人口の範囲外か、都市データが変わりました）",
        "the population of this run cannot be worked out (outside the official path, or the city has changed)",
    ),
}
PLAN_TEXT: dict[str, Text] = {
    "planned": Text("計画に記載", "in a plan"),
    "studied": Text("検討中", "under study"),
    "hypothetical": Text("仮想", "hypothetical"),
}
