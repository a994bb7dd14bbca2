"""Owns the Japanese words of the commands on rides."""

MESSAGES: dict[str, str] = {
    "help.rides": (
        "バス利用: 路線ごとの混み具合と、実績による検証\n\n例\n  ekisei rides loads brt-extend-hitachi --with-assumed\n"
        "  ekisei rides backcast"
    ),
    "help.rides.loads": (
        "路線ごとの 1 日の利用者と混み具合\n\n最も混む区間と 1 便当たりの人数も出す"
        "（往復計。総数は公表値に合わせ、市民の行き先に割り付け）。"
        "仮定の路線がある都市では「算定不可（実GTFSが必要）」。--with-assumed で参考値を出す\n\n例\n"
        "  ekisei rides loads --with-assumed --csv 混雑.csv"
    ),
    "help.rides.elasticities": ("選択モデルから出る弾力性を、文献の値と並べて出す\n\n例\n  ekisei rides elasticities"),
    "result.sides": "バス等の利用（1 年、かっこ内は基準との差）: {what}",
    "rides.lever": "変えるもの",
    "rides.riders": "利用者",
    "rides.implied": "モデルの弾力性",
    "rides.literature": "文献 低 / 中 / 高",
    "rides.lever.fare": "運賃",
    "rides.lever.frequency": "本数",
    "rides.lever.time": "所要時間",
    "rides.riders.all": "全体",
    "rides.riders.pupil": "高校生",
    "rides.riders.captive": "車を使えない人",
    "rides.riders.car": "車を使える人",
    "rides.elasticities_title": "選択モデルから出る弾力性（現況、試算）",
    "rides.elasticities_note": (
        "運賃の弾力性は選んだ値に合わせてある。本数と所要時間はモデルから出た値で、合わせていない"
    ),
    "help.rides.backcast": (
        "ひたちBRT I期→II期の利用者の伸び: モデルと実績\n\n差は合わせ込まずに示す\n\n例\n"
        "  ekisei rides backcast --csv 検証.csv"
    ),
    "help.rides.scenario": "シナリオ（ファイルまたは ID。省略時は現況）",
    "help.rides.assumed": "仮定の路線に基づく値も参考値として出す",
    "help.rides.csv": "表を CSV に書き出す",
    "progress.rides": "バス利用を計算中",
    "progress.backcast": "BRT I期・II期を計算中",
    "rides.line": "路線",
    "rides.assumed_line": "（{name}）",
    "rides.runs_day": "便/日",
    "rides.boardings_day": "利用者/日",
    "rides.max_load_day": "最大 区間 人/日",
    "rides.riders_per_run_max": "人/便 最大",
    "rides.riders_per_run_mean": "人/便 平均",
    "rides.section": "最も混む区間",
    "rides.loads_title": "路線ごとの混み具合　平均的な 1 日・往復計（試算）",
    "rides.withheld": "算定不可（実GTFSが必要）: 仮定の路線が競合するため。--with-assumed で参考値を出します",
    "rides.reference": (
        "参考値: 仮定の路線に基づく。総数は公表値（市外からの利用も含む）に合わせ、市民の行き先に割り付けた値です"
    ),
    "rides.residents": "総数は公表値（市外からの利用も含む）に合わせ、市民の行き先に割り付けた値です",
    "rides.setting": "設定",
    "rides.day_one": "I期 人/日",
    "rides.day_two": "II期 人/日",
    "rides.growth": "伸び（倍）",
    "rides.observed": "実績の伸び",
    "rides.gap": "差",
    "rides.predicted": "II期の予測 人/年",
    "rides.lines.all": "全路線",
    "rides.lines.no_assumed_lines": "仮定の路線なし",
    "rides.response.low": "弾力性 低",
    "rides.response.default": "弾力性 中",
    "rides.response.high": "弾力性 高",
    "rides.backcast_title": "再現検証　ひたちBRT I期（2017年）→ II期（試算）",
    "rides.observed_line": (
        "実績: I期 平日550人（2017年、年 {mid} 人、{low}–{high} 人）→ II期 約530,000人/年（2020年公表）。"
        "1日平均では {day_one} 人と {day_two} 人。"
        "II期の予測 ＝ I期の実績 × モデルの伸び"
    ),
    "rides.untuned": "どの係数もこの実績に合わせていません。差はそのまま示します",
}
