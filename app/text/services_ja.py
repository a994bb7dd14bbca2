"""Owns the Japanese words of the commands on services: 動く市役所, fleets, hubs, sweeps."""

MESSAGES = {
    # run, batch
    "result.tables": "サービスの表（{path}）: {names}",
    # sweep
    "help.sweep": (
        "シナリオの値を振って、すべての組み合わせを計算し、並べて見る\n\n"
        "例\n"
        "  ekisei sweep online-clinic --set parameters.online_visit_share=0,0.05,0.1 --out out/online\n"
        "  ekisei sweep estate-hub-feeder --set modifications.estate-on-demand.fleet.vehicles=2,3,4 "
        "--out out/vehicles --jobs 2"
    ),
    "help.sweep.set": (
        "振る値: キー=値,値（parameters.名前、modifications.変更のid.キー、analysis.名前、year）。繰り返して指定できる"
    ),
    "help.sweep.kpi": "表に出す評価指標の ID（繰り返し可。省略時は動いたもの）",
    "help.sweep.out": "組み合わせごとの結果と sweep.csv を書き出すフォルダ",
    "progress.sweep": "組み合わせを計算中",
    "sweep.title": "{title}　{year}：{n} 通り",
    "sweep.as_written": "ファイルのまま",
    "sweep.no_change": "変化なし",
    "sweep.nothing_moved": "どの組み合わせでも、既定の設定・市全体の値は動きませんでした",
    "sweep.more": "動いた評価指標はほかに {n} 件あります（sweep.csv に全部、または --kpi で指定）",
    "sweep.versus": "括弧の中はファイルのままとの差。変化なし = すべての指標がファイルのままと同じ",
    "sweep.file": "すべての組み合わせの値: {path}",
}
