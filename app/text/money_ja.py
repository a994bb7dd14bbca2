"""Owns the Japanese words of the commands on money."""

MESSAGES: dict[str, str] = {
    "help.money": (
        "運行に要る車両・運転士・経費・収入・補助（年）。二つ書くと差も\n\n"
        "例\n"
        "  ekisei money baseline-r5\n"
        "  ekisei money trend-r11 package-2031 --csv money.csv"
    ),
    "help.money.run": "計算結果のフォルダ、または --runs の下の ID",
    "help.money.other": "比べる計算結果（差は OTHER − RUN）",
    "help.money.csv": "表を CSV に書く",
    "money.title": "{title}　{year}：1 年の運行に要るもの",
    "money.pair": "{b} − {a}：1 年の運行に要るもの",
    "money.item": "項目",
    "money.value": "値",
    "money.unit": "単位",
    "money.weekday": "平日",
    "money.saturday": "土曜",
    "money.holiday": "日祝",
    "money.duties": (
        "・{day}（年 {days} 日）: {runs} 便、車両 {vehicles} 台、勤務 {duties}（どう組んでも {least} 以上）、"
        "1 勤務の運転 平均 {drive} 時間"
    ),
    "money.unit_costs": "単価は仮定です。地域の公表単価などをシナリオの parameters に書くと、その値で計算します",
}
