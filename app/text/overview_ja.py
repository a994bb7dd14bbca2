"""Owns the Japanese words of the overview."""

MESSAGES: dict[str, str] = {
    "overview_lead": (
        "市が掲げる評価指標（R11）に、それぞれのシナリオがどこまで近づくか。"
        "値はすべて計算結果で、幅と確かさを添えています。"
    ),
    "overview_choice": "板に並べるシナリオ",
    "overview_none": "該当するシナリオがありません",
    "overview_board": "評価指標の見通し",
    "overview_stories": "だれの何が変わるか",
    "board_scenario": "シナリオ",
    "board_track": "値と幅",
    "board_value": "値と実数",
    "board_verdict": "判定と確かさ",
    "board_other_year": "{year}の値（評価指標は{target}）",
    "board_base_year": "基準値は {year} の値です。ほかの年度の値との差には、施策のほか人口などの変化も入ります。",
    "board_baseline": "基準値",
    "board_actual": "実績",
    "board_target": "評価指標",
    "board_path": "R11 までの道すじ（率と実数）",
    "board_key_baseline": "市の基準値",
    "board_key_target": "評価指標（R11）",
    "board_key_value": "シナリオの値",
    "board_key_draws": "同じ仮定での差（90%の区間）",
    "board_key_definition": "データ・定義の不確かさ",
    "story_years": ("比べている年度が違います（{other} と {own}）。差には、施策のほか人口などの変化も入ります。"),
    "story_more": "くわしく",
    "story_alone": "比べる相手の計算結果がないため、変化は言えません。",
    "story_same": "「{other}」と同じ計算結果です。",
    "story_against": "「{other}」と比べて、{told}",
    "story_map": "地図で比べる",
    "board_plan": "計画値",
    "story_report": "配布資料を作る",
    "board_numbers": ("実数のうち基準値と評価指標の行は、率にその年の人口を掛けて計算したもの（公表の実数ではない）。"),
}
