"""Owns the Japanese words of the commands on services: 動く市役所, fleets, hubs, sweeps."""

MESSAGES = {
    # run, batch
    "result.tables": "サービスの表（{path}）: {names}",
    # sweep
    "help.sweep": (
        "シナリオの値を振って、すべての組み合わせを計算し、並べて見る\n\n"
        "掃引ファイル（YAML）なら、格子・一覧・乱数・Sobol 列で何千通りでも\n\n"
        "例\n"
        "  ekisei sweep scenarios/examples/sweep-visits-and-clinics.yaml --out out/sweep --dry-run\n"
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
        "この条件で最良の場所を選び、無理のない巡回を組む\n\n"
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
    "help.office.walk_m": "歩いて行ける道のり（m）",
    "help.office.candidates": "候補にする施設の種類（繰り返し可。例: community_centre）",
    "help.office.fix": "必ず選ぶ候補地（名称または id、繰り返し可）",
    "help.office.forbid": "選ばない候補地（名称または id、繰り返し可）",
    "help.office.vehicles": "車両数",
    "help.office.visits": "1 か所の月の回数: 1、2、4",
    "help.office.dwell": "1 回の開設時間（分）",
    "help.office.depot": "車庫 緯度,経度（省略時は市役所本庁）",
    "help.office.base": "人口などの元にするシナリオ（省略時は現況）",
    "help.office.geojson": "候補地すべてと届く人を GeoJSON に書き出す",
    "help.office.save": "条件をシナリオに書き出す",
    "help.office.month_of": "年月 YYYY-MM",
    "help.office.ics": "その年度の予定を iCalendar に書き出す",
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
    "officemonth.date": "日付",
    "officemonth.vehicle": "車両",
    "officemonth.place": "場所",
    "officemonth.open": "開設",
    "officemonth.close": "終了",
    "officemonth.leave": "出発",
    "officemonth.arrive": "到着",
    "officemonth.drive_min": "走行（分）",
    "officemonth.return_depot": "帰庫",
    "officemonth.status": "状態",
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
    "help.hubs.geojson": "順位を GeoJSON に書き出す",
    "help.hubs.kind": "候補の種類（rail・brt・bus か施設の種類、繰り返し可。 省略時: 駅、BRT、交流センター、病院）",
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
    # fleet
    "help.fleet": (
        "デマンド交通: 車両の模擬と検証\n\n"
        "例\n"
        "  ekisei fleet simulate estate-hub-feeder --vehicles 2,3,4\n"
        "  ekisei fleet check"
    ),
    "help.fleet.seed": "乱数の種",
    "help.fleet.simulate": (
        "運行車両を模擬する: 待ち時間、配車不成立（お断り）、平均乗車人数、空車の割合\n\n"
        "例\n"
        "  ekisei fleet simulate estate-hub-feeder --vehicles 1,2,3,4 --csv 車両.csv\n"
        "  ekisei fleet simulate --service kanesawa --events 記録.csv"
    ),
    "help.fleet.check": (
        "模擬の検証: 待ち行列の理論との一致と、塩尻市の実績（台数は不明）と並べた予測\n\n例\n  ekisei fleet check"
    ),
    "help.fleet.scenario": "シナリオ（ファイルまたは ID。省略時は現況）",
    "help.fleet.service": "サービスの ID（省略時は計画のあるものすべて）",
    "help.fleet.vehicles": "車両数（例: 1,2,3,4。省略時は計画の台数）",
    "help.fleet.csv": "1 日の結果を CSV に書き出す",
    "help.fleet.events": "ある 1 日の出来事の記録を CSV に書き出す",
    "progress.fleet": "車両を模擬中",
    "progress.fleet_check": "模擬を検証中",
    "fleet.none": "計画のあるデマンド交通がありません",
    "fleet.none_hint": "add-on-demand のあるシナリオ（estate-hub-feeder など）を指定してください",
    "fleet.no_service": "サービス {value} はありません（一覧だけのものは模擬できません）",
    "fleet.bad_vehicles": "車両数を読めません: {value}",
    "fleet.vehicles_hint": "1〜{most} の整数を「,」で並べてください（例: 1,2,3,4）",
    "fleet.title": "デマンド交通　1 日の平均（試算）",
    "fleet.hours_title": "{name}　希望した時間帯ごとの待ちの平均（分） / 配車不成立",
    "fleet.same_requests": "台数を変えても、だれがいつ呼ぶかは同じです（同じ乱数）",
    "fleet.name": "サービス",
    "fleet.hour": "時間帯",
    "fleet.of_vehicles": "{n} 台",
    "fleet.vehicles": "台数",
    "fleet.n_vehicles": "台数",
    "fleet.requests_per_day": "リクエスト/日",
    "fleet.wait_mean_min": "待ち 平均（分）",
    "fleet.wait_median_min": "待ち 中央（分）",
    "fleet.wait_p90_min": "待ち 90%（分）",
    "fleet.rejection_share": "配車 不成立",
    "fleet.rides_per_vehicle_hour": "人/台・時間",
    "fleet.occupancy": "平均 乗車 人数",
    "fleet.empty_km_share": "空車 走行",
    "fleet.case": "待ち行列",
    "fleet.quantity": "量",
    "fleet.theory": "理論",
    "fleet.simulated": "模擬",
    "fleet.error": "標準誤差",
    "fleet.agrees": "一致",
    "fleet.yes": "一致",
    "fleet.no": "不一致",
    "fleet.theory_title": "理論との比較",
    "fleet.theory_note": "一致 = 差が標準誤差の 3 倍以内。乗り合わせのない単純な場合の待ち行列（M/M/c・M/D/1）",
    "fleetquantity.wait_mean_s": "平均待ち（秒）",
    "fleetquantity.waiting_share": "待つ割合",
    "fleet.shiojiri_title": "塩尻市 2020年11月（のるーと）の実績と予測",
    "fleet.observed_wait_min": "実測の平均待ち（分）",
    "fleet.untuned": "予測は実績に合わせていません（調整なし）",
}
