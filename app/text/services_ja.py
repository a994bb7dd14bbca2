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
    # office
    "help.office": (
        "動く市役所: 置く場所・巡回・月の予定\n\n"
        "例\n"
        "  ekisei office site --p 12\n"
        "  ekisei office tour mobile-office-best\n"
        "  ekisei office month mobile-office-best --month 2029-10 --ics 予定.ics"
    ),
    "help.office.site": (
        "この条件で最良の場所を選び、無理のない巡回を組む（MCLP・p-median・p-center）\n\n"
        "例\n"
        "  ekisei office site --p 12 --weights pop75\n"
        "  ekisei office site --hours 60 --fix 中里交流センター --scenario trend-r11 --csv 配置.csv"
    ),
    "help.office.tour": (
        "巡回を表で見る。組めないときは、どの条件のためかを示す\n\n例\n  ekisei office tour mobile-office-12"
    ),
    "help.office.month": (
        "ひと月の予定を表・CSV・カレンダー（iCalendar）で出す\n\n"
        "例\n"
        "  ekisei office month mobile-office-12 --month 2029-10 --ics 予定.ics --csv 予定.csv"
    ),
    "help.office.scenario": "動く市役所のあるシナリオ（ファイルまたは ID）",
    "help.office.p": "選ぶ場所の数（省略時 12。--hours とどちらか）",
    "help.office.hours": "月の車両時間の上限（mclp のみ）",
    "help.office.objective": "mclp 届く人数を最大 / p-median 平均の徒歩を最小 / p-center 最長の徒歩を最小",
    "help.office.weights": "数える人: pop 全員 / pop65 65歳以上 / pop75 75歳以上",
    "help.office.walk_m": "歩いて行ける距離 [m]",
    "help.office.candidates": "候補にする施設の種類（繰り返し可。例: community_centre）",
    "help.office.fix": "必ず選ぶ候補地（名称または id、繰り返し可）",
    "help.office.forbid": "選ばない候補地（名称または id、繰り返し可）",
    "help.office.vehicles": "車両数",
    "help.office.visits": "1 か所の月の回数: 1、2、4",
    "help.office.dwell": "1 回の開設時間 [分]",
    "help.office.depot": "車庫 緯度,経度（省略時は市役所本庁）",
    "help.office.base": "人口などの元にするシナリオ（省略時は現況）",
    "help.office.save": "選んだ条件をシナリオファイルとして書き出す",
    "help.office.month_of": "年月 YYYY-MM",
    "help.office.ics": "1 年分の予定を iCalendar に書き出す",
    "progress.apply": "シナリオを用意中 {name}（場所を選ぶときは少し時間がかかります）",
    "office.none": "このシナリオに動く市役所の計画がありません",
    "office.none_hint": "mobile-service を書くか、mobile-office-12 などを指定してください",
    "office.bad_month": "年月は YYYY-MM です: {value}",
    "office.month_hint": "例: --month 2029-10",
    "office.no_depot": "この都市に市役所本庁の位置がないため、車庫が決まりません",
    "office.no_depot_hint": "--depot 緯度,経度 で指定してください",
    "office.site_title": "動く市役所 この条件で最良の {n} か所",
    "office.tour_title": "{title}　巡回",
    "office.month_title": "{title}　{month}",
    "office.best": "「最良」はこの条件（候補・距離・数える人・回数）での話です",
    "office.vehicle": "車両",
    "office.when": "日時",
    "office.place": "場所",
    "office.persons": "徒歩圏の人",
    "office.only_here": "うちここだけ",
    "office.ics": "カレンダーを書き出しました: {path}",
    # hubs
    "help.hubs": "モビリティハブ: 候補の順位\n\n例\n  ekisei hubs rank --k 5",
    "help.hubs.rank": (
        "停留所まで歩けない 75 歳以上に、最も多くフィーダーが届く場所を順に並べる\n\n"
        "例\n"
        "  ekisei hubs rank --k 5\n"
        "  ekisei hubs rank trend-r11 --k 8 --kind community_centre --csv ハブ.csv"
    ),
    "help.hubs.scenario": "シナリオ（ファイルまたは ID。省略時は現況）",
    "help.hubs.k": "並べる数",
    "help.hubs.kind": "候補の種類（rail、brt、bus、施設の種類。繰り返し可。省略時は駅・BRT・交流センター・病院）",
    "progress.hubs": "ハブの候補を比べています",
    "hubs.title": "モビリティハブの候補　上位 {n} か所",
    "hubs.rank": "順",
    "hubs.place": "場所",
    "hubs.kind": "種類",
    "hubs.persons_new": "新たに届く人",
    "hubs.persons": "ここまで合計",
    "hubs.share": "割合",
    "hubs.best_persons": "同じ数で最良",
    "hubs.status": "状態",
    "hubkind.rail": "JR",
    "hubkind.brt": "BRT",
    "hubkind.bus": "バス停",
    "hubkind.community_centre": "交流センター",
    "hubkind.hospital": "病院",
    "hubkind.clinic": "診療所",
    "hubs.what": "人: 駅・停留所まで歩けない 75 歳以上のうち、フィーダーが時間内に届く人（人。割合はその全体に対して）",
    "hubs.nested": "順位は上から順に足していくときの最良。「同じ数で最良」は一度に選ぶときの厳密解（この条件で）",
}
