"""Owns the Japanese words of the commands on sureness."""

MESSAGES: dict[str, str] = {
    "help.draws": "値の幅 low–high を求める試行の回数（省略時はシナリオの値、なければ 20）",
    "help.sensitivity": (
        "評価指標を最も動かすパラメータの順（一つずつ下限・上限に）\n\n"
        "例\n"
        "  ekisei sensitivity package-2031 --kpi bus_rides_per_citizen"
    ),
    "help.sensitivity.kpi": "評価指標の ID",
    "help.sensitivity.csv": "すべてのパラメータの表を CSV に書き出す",
    "progress.sensitivity": "{name} の感度を試算しています",
    "stage.draws": "基準の試行",
    "sensitivity.title": "{kpi} を動かすパラメータ（{title}、いまの値 {value}）",
    "sensitivity.parameter": "パラメータ",
    "sensitivity.ends": "幅",
    "sensitivity.at_low": "下限で",
    "sensitivity.at_high": "上限で",
    "sensitivity.swing": "動き",
    "sensitivity.line": "種類",
    "swing.routes": "経路の引き直し（徒歩速度・運行間隔の位相・デマンド交通など）",
    "swing.definitions": "駅勢圏の定義（公表値を再現するもの）",
    "sensitivity.still": "{total} 項目のうち {n} 項目では動きません",
    "sensitivity.alone": "一つずつ動かした結果です。二つを同時に動かしたときの効果は含みません",
    "sure.draws": "同じ仮定での差",
    "sure.other": "データ・定義",
    "sure.verdict": "判定",
    "sure.yes": "区別できる",
    "sure.no": "区別できない",
    "sure.same": "変化なし",
    "sure.sides": "A ＝ {a}、B ＝ {b}。差は B − A",
    "sure.title": "差の確かさ（{level}% の幅。両方の幅が、表示の桁で 0 を含まないときだけ「区別できる」）",
    "sure.note": (
        "値の下の幅は試行 {n} 回の {level}% の幅（同じ仮定での差。経路を引き直したのは {k} 組で、試行が共有）。"
        "データ・定義の不確かさは tables/uncertainty.csv にあります"
    ),
    "read.param": "パラメータ",
    "read.analysis": "分析の条件",
    "read.base": "基準の値",
}
