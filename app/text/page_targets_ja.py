"""Owns the Japanese words of targets, limits and reactions on the page."""

MESSAGES: dict[str, str] = {
    "targets_open": "目標の判定",
    "targets_close": "目標の判定を閉じる",
    "targets_title": "評価指標（R11）の判定",
    "targets_reading": (
        "幅（同じ仮定での差と、データ・定義の不確かさ）の両方が目標の同じ側にあるときだけ「達成」「未達」と判定します。"
        "実績は計算結果のフォルダの actuals.csv から読みます。"
    ),
    "people_by_year": "将来人口（年ごとの地図）",
    "target_path": "目標までの道筋",
    "target_actual": "実績の位置",
    "target_kpi": "評価指標",
    "target_base": "基準値",
    "target_latest": "実績",
    "target_goal": "評価指標（目標）",
    "target_reference": "参照・入力のみ（試算の対象外）",
    "target_reached": "評価指標（{era}）に対して",
    "means": "必要なもの",
    "means_value": "試算",
    "means_interval": "幅",
    "means_change": "増減",
    "means_title": "費用と運転士など: {title}（増減は{other}との差）",
    "means_none": "比べる相手",
    "limits_of": "上限の判定: {title}",
    "limit_holds": "○ 上限内",
    "limit_broken": "✕ 成立しない",
    "limit_unknown": "－ 判定できない",
    "limit_warning": "成立しない: 上限を超えています",
    "interval": "幅 {low}–{high}",
    "interval_help": "同じ仮定での差（90%の区間）",
    "cannot_react": "この比較では動かない: {reason}",
    "lines_of_uncertainty": "値の幅",
    "line_draws": "同じ仮定での差",
    "line_definition": "データ・定義の不確かさ",
    "line_low": "低",
    "line_high": "高",
}
