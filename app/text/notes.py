"""Owns the English of the notes that stand in kpi.csv; the file itself keeps them in Japanese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.english_names import in_english

Names = Mapping[str, str]
NO_NAMES: Names = MappingProxyType({})
# Japanese note → English; groups are carried over
PATTERNS = (
    (
        r"参考値（試算と公表値の差が20%を超える）",
        "indicative only (model and official figure differ by more than 20 %)",
    ),
    (r"参考値", "indicative only"),
    (r"仮定: JR駅のある地区（.*）", "assumed: districts that hold a JR station"),
    (r"半径 ([\d,]+) m（基準で公表値を再現）", r"radius \1 m (reproduces the official figure at the baseline)"),
    (r"区域データ未登録", "no area registered"),
    (r"仮定の路線を含む", "includes assumed lines"),
    (r"算定不可（実GTFSが必要）", "cannot be computed (needs a real GTFS feed)"),
    (r"半数以上が到達できない", "more than half are out of reach"),
    (r"開設計画なし", "no plan of visits"),
    (r"窓口以外の用途の計画あり（設定 any-use と表）", "plans of another use exist: setting any-use and the tables"),
    (r"公表年の値のまま（仮定）", "the figure of its year carried on (assumed)"),
    (r"施設データ未登録", "no such facilities registered"),
    (r"診療時間は (\d+)/(\d+) か所で仮定", r"consultation hours assumed at \1 of \2 places"),
    (r"オンライン診療の割合 0（仮定）", "no visits online (assumed)"),
    (r"ドクターカーの拠点なし", "no base of a doctor car"),
    (
        r"救急の受入れが未登録のため全病院（仮定）",
        "which hospitals take emergencies is not registered: all of them (assumed)",
    ),
    (r"市内に鉄道駅がない", "no railway station in the city"),
    (r"駅: (.*)", r"station: \1"),
    (r"時刻表データ未登録（徒歩だけ）", "no timetable: on foot only"),
    (r"時刻表データ未登録", "no timetable registered"),
    (r"人口データ未登録", "no population registered"),
    (r"年齢別人口データ未登録", "no population by age registered"),
    (r"該当する人口なし", "nobody in this group"),
    (r"地区データ未登録", "no districts registered"),
    (r"最も低い地区: (.*)（([\d,]+)人）", r"lowest district: \1 (\2 people)"),
    (r"地区は便宜区分", "districts are divisions of convenience"),
    (r"数える人数のある地区なし", "no district with enough people"),
    (r"公表値なし", "no official figure"),
    (
        r"この集団は公表値に合わせていない（全体の計算値は (.*)）",
        r"this group is not fitted to the official figure (the model value of the whole city is \1)",
    ),
    (r"平日の勤務 (\d+)（下界 (\d+)）", r"duties on a weekday: \1 (at least \2)"),
    (r"運行する便もデマンド交通もなし", "no bus and no on-demand service runs"),
    (r"単価は仮定（地域の公表単価を入力してください）", "unit costs assumed: enter your region's"),
    (
        r"待ち時間を与えたデマンド交通の走行キロを含まない",
        "without the kilometres of on-demand services with a given wait",
    ),
    (r"会費収入を含まない（会員数は非公表）", "without passes (how many hold one is not published)"),
    (r"乗車の試算なし", "no rides are computed"),
    (r"予備車とデマンド交通を含む", "with spares and on-demand"),
    (r"資本費を除く", "without capital"),
    (
        r"車両価格 ÷ 使用年数。道路・専用道・システムは含まない",
        "price ÷ years of use; roads, busways and systems are not in it",
    ),
    (
        r"赤字の ([\d.]+%)（入力値。要件と上限は確認が必要）",
        r"\1 of the deficit (as entered; conditions and caps need confirming)",
    ),
    (
        r"1年の平日は、乗車が(\d+)日（年末年始を休日とする）、便が(\d+)日",
        r"weekdays of a year: \1 for rides (the turn of the year counts as holidays), \2 for runs",
    ),
    (r"基準にバスの便がない", "no bus runs at the baseline"),
    (r"基準の利用の試算がない", "no rides are known of the baseline"),
    (
        r"住民のモデル（公表値は市外からの利用も含む）",
        "a residents' model (the official figure counts riders from outside too)",
    ),
    (
        r"総数は公表値（市外からの利用も含む）に合わせ、市民の行き先に割り付けた",
        "as many riders as the official figure (those from outside too), spread over where residents go",
    ),
    (r"基準の利用を移動回数の範囲で再現できない", "more rides at the baseline than trips allow"),
    (r"便のなかった所には利用率を移した（仮定）", "where no bus ran, a rate is transferred (assumed)"),
    (
        r"弾力性の適用範囲（±([\d.]+%)）を超える利用が ([\d.]+%)（その人々は基準の利用率のまま）",
        r"\2 of rides change by more than \1 either way, where elasticities do not hold: they keep their rate",
    ),
    (
        r"弾力性の適用範囲（±([\d.]+%)）を超える利用が ([\d.]+%)",
        r"\2 of rides change by more than \1 either way, where elasticities do not hold",
    ),
    (r"便のなかった ([\d,]+) 人の利用は数えない", r"rides of \1 people where no bus ran are not counted"),
    (r"乗車は増えるが移動は増えない（乗換が増えただけ）", "more boardings, but no more trips: only more changes"),
    (
        r"並行する路線からの転換を数えない（多めに出る）",
        "riders drawn from parallel lines are not deducted: on the high side",
    ),
    (r"基準に同じ設定の試算がない（試算のまま）", "the baseline lacks this setting (plain model value)"),
    (r"公表値がないため半径を合わせられない", "no official figure to fit the radius to"),
    (r"公表値を再現する半径がない", "no radius reproduces the official figure"),
    (r"0–1の範囲外", "outside 0–1"),
    (r"所要時間による定義（公表値とは別の物差し）", "defined by time, another measure than the official figure"),
    (r"デマンド交通を含む（運行条件に仮定あり）", "includes on-demand services (parts of their terms assumed)"),
    (r"デマンド交通を含む", "includes on-demand services"),
    (r"デマンド交通なし", "no on-demand service"),
    (
        r"待ち時間を与えたデマンド交通だけ（配車は模擬しない）",
        "only on-demand services with a given wait: no fleet is simulated",
    ),
    (r"リクエストなし", "nobody asks"),
    (r"免許返納によるリクエスト増を含む（仮定）", "more requests by returned licences included (assumed)"),
    (r"対象: (.*)", r"services: \1"),
    (r"加算ポイントの分母は仮定（要設定）", "points: their denominator is assumed, please set it"),
    (r"公表値 ([\d.]+%)（(.*)）", r"official figure \1 (\2)"),
    (r"計画の段階: 計画に記載", "plan: in a plan"),
    (r"計画の段階: 検討中", "plan: under study"),
    (r"計画の段階: 仮想", "plan: hypothetical"),
    (r"計画の段階: 検討中・計画に記載", "plans: some under study, some in a plan"),
    (r"計画の段階: 仮想・検討中", "plans: some hypothetical, some under study"),
    (r"計画の段階: 仮想・計画に記載", "plans: some hypothetical, some in a plan"),
    (r"計画の段階: 仮想・検討中・計画に記載", "plans: some hypothetical, some under study, some in a plan"),
    (
        r"うち ([+-][\d.]+) ポイントは公表値と試算の水準差による見かけの変化",
        r"\1 points of it are apparent: official figure and model differ in level",
    ),
)
REFERENCE, APPARENT = "参考値", "うち "
_POINTS = re.compile(r"うち ([+-][\d.]+) ポイントは公表値と試算の水準差")
_SHOWN_POINTS = 0.005
"""Points from which on an apparent change prints as something."""
ON_CARDS = ("駅: ", "最も低い地区: ", "時刻表データ未登録")
"""Beginnings of notes without which a card would be misread: which station or district is meant, what is missing."""


def translate_notes(note: str, lang: str, names: Names = NO_NAMES) -> list[str]:
    """Return the parts of a note in `lang`, unknown ones as they are; `names`: of places, Japanese → English."""
    parts = [part for part in note.split("; ") if part]
    return parts if lang == "ja" else [_english(part, names) for part in parts]


def _english(part: str, names: Names) -> str:
    for pattern, english in PATTERNS:
        found = re.fullmatch(pattern, part)
        if found:
            told = [in_english(group or "", names) for group in found.groups()]
            return re.sub(r"\\(\d)", lambda place: told[int(place[1]) - 1], english)  # noqa: B023 - called at once
    return part


def card_notes(note: str, lang: str, *, other_year: bool = True, left: str = "", names: Names = NO_NAMES) -> list[str]:
    """
    Return the parts of a note that a card must show; an apparent change only where years are compared.

    A note tells the apparent part of the change since the baseline; beside a run that has such a part too (`left`: its
    note), only what is more of it is apparent.
    """
    wanted = (REFERENCE, APPARENT, *ON_CARDS) if other_year else (REFERENCE, *ON_CARDS)
    parts = [_beside(part, left) for part in note.split("; ") if part.startswith(wanted)]
    return translate_notes("; ".join(part for part in parts if part), lang, names)


def _beside(part: str, left: str) -> str:
    """Return an apparent change less the one of the left run; empty where nothing of it is left to show."""
    own, other = _POINTS.match(part), _POINTS.search(left)
    if own is None or other is None:
        return part
    more = float(own[1]) - float(other[1])
    return part.replace(own[1], f"{more:+.2f}", 1) if abs(more) >= _SHOWN_POINTS else ""
