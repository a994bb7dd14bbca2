"""Owns the Japanese words of the command line."""

MESSAGES = {
    # help: program and groups
    "help.root": (
        "駅勢（Ekisei）: 日立市の移動とサービス利用のシミュレーター\n\n"
        "例\n"
        "  ekisei run baseline-r5 --out out/baseline-r5\n"
        "  ekisei batch scenarios/library --out out/library --jobs 2\n"
        "  ekisei serve --port 8050"
    ),
    "help.city": "都市データの作成・検査・表示\n\n例\n  ekisei city show",
    "help.scenario": "シナリオファイルの検査・一覧・ひな形\n\n例\n  ekisei scenario list",
    "help.lang": "表示言語: ja または en（どの位置でも可。環境変数 EKISEI_LANG でも可）",
    "help.debug": "エラーのときに内部の経過（トレースバック）も表示",
    "help.version": "版を表示",
    "help.help": "この説明を表示",
    # help: city
    "help.city.build": (
        "設定ファイルから都市データを作る（GTFS、OSM、人口など）\n\n"
        "例\n"
        "  ekisei city build muroran.yaml --out cities/muroran"
    ),
    "help.city.check": "設定ファイルと元データを検査する（何も書き出さない）\n\n例\n  ekisei city check muroran.yaml",
    "help.city.show": (
        "都市データの内容・出典・状態（実測 / 公表推計 / 試算 / 仮定）を表示\n\n"
        "例\n"
        "  ekisei city show\n"
        "  ekisei city show --city cities/muroran"
    ),
    "help.config": "都市の設定ファイル（YAML）",
    "help.city.out": "都市データを書き出すフォルダ",
    "help.city.option": "都市データのフォルダ（省略時は同梱の日立市）",
    # help: scenario
    "help.scenario.check": "シナリオファイルを検査する\n\n例\n  ekisei scenario check my-scenario.yaml",
    "help.scenario.list": "同梱のシナリオの一覧\n\n例\n  ekisei scenario list",
    "help.scenario.new": ("新しいシナリオのひな形を作る\n\n例\n  ekisei scenario new my-feeder --out my-feeder.yaml"),
    "help.scenario.files": "シナリオのファイル（YAML）、フォルダ、ID。複数可",
    "help.scenario.id": "シナリオ ID（小文字の英数字とハイフン）",
    "help.scenario.out": "書き出すファイル（省略時は画面に表示）",
    # help: run, batch, compare, explain
    "help.run": (
        "シナリオを 1 つ計算する\n\n"
        "例\n"
        "  ekisei run brt-extend-hitachi --out out/brt\n"
        "  ekisei run my-feeder.yaml --city cities/muroran --out out/my-feeder"
    ),
    "help.batch": (
        "複数のシナリオをまとめて計算する（フォルダ／ID ごとの結果と、全体の kpi.csv）\n\n"
        "例\n"
        "  ekisei batch scenarios/library --out out/library --jobs 2 --resume"
    ),
    "help.compare": (
        "2 つの計算結果を比べる（B − A）\n\n"
        "例\n"
        "  ekisei compare out/library/trend-r11 out/library/brt-extend-hitachi\n"
        "  ekisei compare trend-r11 brt-extend-hitachi --csv out/compare.csv"
    ),
    "help.explain": (
        "評価指標の数字を説明する: 計算式、設定、入力とその出典・状態、影響の大きいメッシュ\n\n"
        "例\n"
        "  ekisei explain out/library/brt-extend-hitachi catchment_population_share"
    ),
    "help.run.scenario": "シナリオファイル（YAML）またはシナリオ ID",
    "help.run.out": "結果を書き出すフォルダ",
    "help.batch.inputs": "シナリオのファイル、フォルダ、ID。複数可",
    "help.batch.jobs": "同時に計算する数",
    "help.resume": "計算済みのものは飛ばし、続きから計算する",
    "help.force": "既にある結果を消して作り直す",
    "help.seed": "乱数の種（省略時はシナリオの値）",
    "help.compare.a": "比べる元: 結果のフォルダまたはシナリオ ID",
    "help.compare.b": "比べる先: 結果のフォルダまたはシナリオ ID",
    "help.compare.csv": "表を CSV に書き出す",
    "help.compare.all": "すべての設定と区分を表示（省略時は既定の設定・市全体）",
    "help.compare.runs": "ID で指定したときに結果を探すフォルダ",
    "help.explain.run": "結果のフォルダまたはシナリオ ID",
    "help.explain.kpi": "評価指標の ID（例: catchment_population_share）",
    "help.explain.setting": "設定（例: jr-800m。省略時は既定）",
    "help.explain.group": "区分: all、65plus、75plus、district:地区ID",
    "help.explain.csv": "メッシュごとの内訳を CSV に書き出す",
    # help: route
    "help.route": (
        "経路検索: 徒歩と公共交通で、いつ着くかを区間ごとに表示\n\n"
        "例\n"
        "  ekisei route --from 36.5385,140.6139 --to 36.5902,140.6616 --depart 08:00"
        "  ekisei route --pairs pairs.csv --date weekday --out arrivals.csv\n\n"
        "--pairs は表の組をまとめて計算します（列: from_stop_id または from_lat と from_lon、"
        "to_ も同様、depart は HH:MM:SS）\n\n"
        "arrive（その日 0 時からの秒。着けなければ空）と n_transfers を加えて書き出します"
    ),
    "help.route.from": "出発地 緯度,経度",
    "help.route.to": "目的地 緯度,経度",
    "help.route.depart": "出発時刻 HH:MM",
    "help.route.date": "日付: weekday、saturday、holiday、または YYYY-MM-DD（省略時は weekday）",
    "help.route.json": "JSON で出力（duration_min と legs）",
    "help.route.pairs": "出発・到着・時刻の表（CSV）をまとめて計算",
    "help.route.walk": "徒歩: none、feed（transfers.txt だけ）、1 区間の上限 m。既定は経路検索と同じ",
    "help.route.change_s": "乗換に要る秒数（同じ停留所。既定は 0）",
    "help.route.max_transfers": "乗換回数の上限（--pairs のとき。省略時は制限なし）",
    "help.route.out": "--pairs の結果を書き出す CSV",
    # help: serve, doctor
    "help.serve": "画面（Web）を開く\n\n例\n  ekisei serve --port 8050 --runs out/library",
    "help.serve.host": "待ち受けるアドレス（既定は自分の PC だけ）",
    "help.serve.port": "ポート番号",
    "help.serve.runs": "計算結果のフォルダ",
    "help.serve.tiles": "地理院タイルを使わない（外部と一切通信しない）",
    "help.doctor": "環境を調べる: 版、地図の部品、保存先、同梱データ\n\n例\n  ekisei doctor",
    # panels and small words
    "panel.arguments": "引数",
    "panel.options": "オプション",
    "panel.commands": "コマンド",
    "panel.default": "[既定値: {}]",
    "panel.required": "[必須]",
    "word.setting": "設定",
    "word.group": "区分",
    # usage errors
    "usage.missing_option": "{name} がありません",
    "usage.missing_hint": "例は「{command} --help」で見られます",
    "usage.no_value": "{name} の値がありません",
    "usage.no_option": "オプション {name} はありません",
    "usage.no_command": "コマンド {name} はありません",
    "usage.missing_command": "コマンドがありません",
    "usage.extra": "余分な引数があります: {name}",
    "usage.bad_value": "{name} の値が正しくありません（{detail}）",
    "usage.other": "コマンドの書き方が正しくありません（{detail}）",
    "usage.near": "近い名前: {names}",
    "usage.lang": "--lang は ja または en です（{value} ではなく）",
    "usage.lang_hint": "例: ekisei --lang en --help",
    "usage.lonlat": "緯度,経度 の形ではありません: {value}",
    "usage.lonlat_hint": "例: 36.5902,140.6616（緯度 −90〜90、経度 −180〜180、間に空白を入れない）",
    "usage.clock": "時刻は HH:MM で書いてください: {value}",
    "usage.clock_hint": "例: 08:00（深夜便は 25:10 のようにも書けます）",
    "usage.date": "日付は weekday、saturday、holiday、YYYY-MM-DD のどれかです: {value}",
    "usage.date_hint": "例: 2025-10-15",
    "usage.not_with_pairs": "{name} は --pairs と一緒には使えません",
    "usage.only_with_pairs": "{name} は --pairs と一緒に使います",
    "usage.out_not_empty": "出力先が空ではありません",
    "usage.out_hint": "--resume で続きから計算、--force で作り直し、または別のフォルダを指定してください",
    "usage.out_foreign": "このフォルダは ekisei が作ったものではないので、--force でも消しません",
    "usage.out_foreign_hint": "空のフォルダか、新しい名前を指定してください",
    "usage.out_is_file": "フォルダではなくファイルです",
    "usage.resume_and_force": "--resume と --force は同時に使えません",
    "usage.no_kpi": "{value} はありません",
    "usage.kpi_list": "使える ID: {names}",
    # the frame of errors
    "error.cancelled": "中止しました。途中の結果は書き出していません（計算済みのものは --resume で使えます）",
    "error.unexpected": "予期しないエラーです: {message}",
    "error.log": "記録: {path}（--debug を付けると経過を表示します）",
    "error.no_log": "記録を書けませんでした。--debug を付けると経過を表示します",
    # progress
    "progress.build": "都市データを作成中",
    "progress.pairs": "到着時刻を計算中",
    "progress.run": "計算中 {name}",
    "progress.reference": "比較先を用意中",
    "progress.batch": "シナリオを計算中",
    # results
    "result.kpi": "評価指標",
    "result.value": "値",
    "result.difference": "差",
    "result.judgement": "判定",
    "result.status": "状態",
    "result.baseline": "公表の基準値",
    "result.target": "評価指標（R11）",
    "result.table_title": "{title}　{year}",
    "result.versus": "差は「{title}」との比較",
    "result.no_data": "データなしのため計算していない指標：{names}",
    "result.later": "この版では計算しない指標（kpi.csv では空欄）: {n} 件",
    "result.changed": "差の出た指標: {n} / {total}",
    "result.folder": "結果: {path}",
    "result.reused": "計算済みの結果を使いました",
    "result.plan_status": "位置づけ",
    "result.failed": "計算できなかったシナリオ：{names}",
    "result.kpi_csv": "全シナリオの評価指標: {path}",
    "judge.better": "改善",
    "judge.worse": "悪化",
    "judge.more": "増",
    "judge.less": "減",
    "judge.denominator": "保留",
    "note.denominator": "保留：人口の変化だけで動いたため、改善・悪化とは言えません",
    "note.assumed_streets": ("道路網がないため、徒歩は「直線距離 × {factor}」で計算しています（仮定）"),
    "note.no_slope": "坂道は考慮していません",
    "note.assumed_lines": "路線バスの一部は仮定の骨格路線です（名称なし・点線）。実 GTFS で置き換えられます",
    "note.reference_only": "参考値：{names}（基準の計算値が公表値と 20 % より大きく違います）",
    "note.hypothetical": "位置づけ「仮想」のシナリオは、市の計画ではありません",
    "note.disclaimer": "数字は試算です。公表値・計画値ではありません",
    # plan status
    "plan.planned": "計画に記載",
    "plan.studied": "検討中",
    "plan.hypothetical": "仮想",
    # tables of commands
    "city.layer": "データ",
    "city.title": "内容",
    "city.date": "時点",
    "city.digest": "識別子",
    "city.persons": "人口（人）",
    "city.cells": "メッシュ",
    "city.stops": "停留所・駅",
    "city.routes": "路線",
    "city.trips": "便（時刻表の行）",
    "city.facilities": "施設",
    "city.streets": "徒歩の計算",
    "city.defaults": "既定の平日・土曜・休日",
    "layer.population": "人口",
    "layer.timetable": "公共交通",
    "layer.facilities": "施設",
    "layer.streets": "街路",
    "layer.targets": "公表値",
    "layer.zones": "区域",
    "layer.mobile_offices": "動く市役所",
    "layer.hubs": "モビリティハブ",
    "layer.on_demand": "デマンド交通",
    "layer.boundaries": "境界",
    "stage.population": "人口",
    "stage.timetable": "公共交通",
    "stage.streets": "街路",
    "stage.facilities": "施設",
    "stage.checks": "検査",
    "stage.reference": "現況",
    "stage.demographic": "将来人口",
    "city.built": "都市データを書き出しました: {path}",
    "city.checked": "検査が終わりました: エラー {errors} 件、警告 {warnings} 件",
    "city.streets_network": "道路網",
    "city.streets_plane": "直線距離 × {factor}（仮定）",
    "scenario.id": "ID",
    "scenario.title": "名称",
    "scenario.year": "年",
    "scenario.changes": "変更",
    "scenario.ok": "問題ありません: {name}（{title}、{year}、変更 {n} 件）",
    "scenario.written": "書き出しました: {path}",
    "compare.csv": "書き出しました: {path}",
    "compare.same": "2 つの結果に差はありません",
    "explain.formula": "計算式",
    "explain.inputs": "入力",
    "explain.cells": "影響の大きいメッシュ（{total} のうち {n}）",
    "explain.contribution": "寄与",
    "explain.source": "出典",
    "route.found": "{depart} 発 → {arrive} 着　{minutes} 分　乗換 {n} 回",
    "route.none": "この条件では着けません（{limit}）",
    "route.limit": "徒歩と公共交通、3 時間以内",
    "route.time": "時刻",
    "route.mode": "手段",
    "route.section": "区間",
    "route.minutes": "分",
    "route.metres": "距離（m）",
    "route.walk": "徒歩",
    "route.wait": "待ち",
    "route.fare": "運賃 {yen} 円",
    "route.unnamed": "仮定の路線",
    "route.origin": "出発地",
    "route.target": "目的地",
    # tables of questions
    "pairs.written": "{n} 組のうち {reached} 組が到着できます: {path}",
    "pairs.clock": "depart は HH:MM:SS で書いてください: {value!r}",
    "pairs.clock_hint": "例: 08:00:00（深夜は 25:10:00 のようにも書けます。47 時台まで）",
    "pairs.no_stop": "{column} の停留所 {value!r} はありません",
    "pairs.no_stop_hint": "近い ID: {names}",
    "pairs.no_end": "{side}_stop_id が空です",
    "pairs.no_end_hint": "停留所 ID を書くか、{side}_lat と {side}_lon の列に位置を書いてください",
    "pairs.place": "--walk none と --walk feed では、位置（{side}_lat, {side}_lon）からは乗り降りできません",
    "pairs.place_hint": "{side}_stop_id を書くか、--walk に歩ける距離（メートル）を指定してください",
    "pairs.position": "位置が使えません（{value}）",
    "pairs.position_hint": "{side}_lat に緯度、{side}_lon に経度を度で書いてください（停留所の範囲から 1 度以内）",
    "pairs.turned_hint": "緯度と経度が逆です。{side}_lat と {side}_lon を入れ替えてください",
    "pairs.answer_column": "列 {name} は結果の列の名前です",
    "pairs.answer_column_hint": "この列を消すか、別の名前にしてください",
    "pairs.out_is_folder": "ファイルではなくフォルダです",
    "pairs.out_hint": "書き出す CSV の名前まで指定してください",
    "pairs.walk": "--walk は none、feed、または 0〜100000 のメートルです: {value}",
    "pairs.walk_hint": "例: --walk none、--walk 800",
    "doctor.item": "項目",
    "doctor.finding": "結果",
    "doctor.home": "保存先（EKISEI_HOME）",
    "doctor.vendor": "地図の部品",
    "doctor.vendor_missing": "ありません: make setup を実行してください",
    "doctor.city": "同梱の都市",
    "doctor.library": "同梱のシナリオ",
    "doctor.ok": "あり",
    "doctor.writable": "書き込み可",
    "doctor.not_writable": "書き込めません",
    "doctor.bad": "問題があります",
    "usage.other_city": "この結果は別の都市データで計算されています",
    "usage.other_city_hint": "計算に使った都市データを --city で指定するか、計算し直してください",
    "progress.explain": "説明を作成中",
    "note.detour": "道路網がないため、徒歩は「直線距離 × 迂回率」で計算しています（仮定）",
    "compare.demographic": "人口構成",
    "compare.policy": "施策",
    "explain.cell": "メッシュ",
    "explain.district": "地区",
    "explain.persons": "人数",
    "usage.two_cities": "2 つの結果は、別の都市データで計算されています（A: {a}、B: {b}）",
    "usage.two_cities_hint": "同じ都市データで計算した結果どうしを指定するか、--city をそろえて計算し直してください",
    "usage.far": "{value} は、{city}のどのメッシュからも {limit} km より遠い場所です（最も近いメッシュまで {km} km）",
    "usage.far_hint": "緯度,経度 の順に、この都市の中か近くの場所を書いてください（ほかの都市は --city で指定）",
    "usage.swapped": "緯度と経度が逆のようです。{value} ではありませんか",
    "route.status": "この経路の状態: {status}（各区間のうち最も弱いもの）",
}
