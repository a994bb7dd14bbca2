"""Owns the Japanese words of the commands on targets, assumptions and reactions."""

MESSAGES: dict[str, str] = {
    # which KPIs can react
    "help.scenario.reacts": (
        "動きうる評価指標と、動かない理由を計算前に表示\n\n例\n  ekisei scenario reacts estate-feeder"
    ),
    "react.kpi": "評価指標",
    "react.answer": "動くか",
    "react.why": "何を通じて動くか・動かない理由",
    "react.yes": "動きうる",
    "react.some": "設定による",
    "react.only": "設定「{settings}」だけ: {through}",
    "react.no": "動かない",
    "react.against": "「{title}」を「{other}」と比べたとき",
    "react.against_city": "「{title}」を現況と比べたとき",
    "react.year": "年の人口",
    "react.parameter": "パラメータ",
    "react.analysis": "分析の条件",
    "react.caution": (
        "「動きうる」は変更の種類からの判定です。計算すると変化なしのこともあります。「動かない」は必ず変化なしです。"
    ),
    "react.line": "動きうる指標 {n} / {total}。動かない指標: {names}",
    "react.all": "全 {n} 指標が動きえます",
    "react.through": "{layer}（{names}）",
    "react.more": "ほか {n}",
    # targets
    "help.targets": (
        "目標・実績・試算を並べて達成を判定する（PDCA）\n\n"
        "例\n  ekisei targets package-2031\n  ekisei targets package-2031 --actuals 実績.csv --out out/targets\n\n"
        "実績の表（CSV）: kpi_id, year（2025 または R7）, value（割合は 0.273 または 27.3%）。"
        "kind に target と書くと独自の目標、date と source も書けます"
    ),
    "help.targets.runs": "結果のフォルダまたはシナリオ ID（複数可。省略時は公表値と実績だけ）",
    "help.targets.actuals": "毎年の実績の表（CSV）",
    "help.targets.out": "図の入ったページ（targets.html）と表（targets.csv）を書き出すフォルダ",
    "help.targets.force": "既にある targets.html と targets.csv を置き換える",
    "targets.kpi": "評価指標",
    "targets.baseline": "基準値",
    "targets.actual": "実績",
    "targets.target": "評価指標（目標）",
    "targets.standing": "実績の位置",
    "targets.run": "試算",
    "targets.spread": "幅",
    "targets.verdict": "判定",
    "targets.change": "増減",
    "targets.note": "注記",
    "targets.means": "必要なもの",
    "targets.title": "総合戦略の評価指標",
    "targets.run_title": "評価指標の判定: {title}・{year}",
    "targets.means_title": "費用と運転士など: {title}（増減は比べる相手との差）",
    "targets.reference": "参照・入力のみ（試算の対象外）",
    "targets.no_absolute": "実数なし（分母は要設定）",
    "targets.broken": "■ 成立しない（{title}）: {text}",
    "targets.reading": (
        "判定は、幅（同じ仮定での差と、データ・定義の不確かさ）の両方が目標の同じ側にあるときだけ「達成」「未達」です。"
        "またぐと「区別できない」です。値は丸める前で比べます。上限（運転士など）を超える案は、値にかかわらず「成立しない」です。"
    ),
    "targets.written": "{folder} に書き出しました: {names}",
    "targets.there": "同じ名前のファイルがあります",
    "targets.there_hint": "別のフォルダにするか、--force を付けてください",
    "targets.year": "年度",
    "targets.what": "区分",
    "targets.value": "値",
    "targets.absolute": "実数",
    "targets.status": "確かさ",
    # assumptions
    "help.assumptions": (
        "前提条件一覧: 全パラメータの値・幅・出典・確かさ\n\n"
        "例\n  ekisei assumptions\n  ekisei assumptions package-2031 --changed\n"
        "  ekisei assumptions package-2031 --out 前提条件.csv"
    ),
    "help.assumptions.scenario": "シナリオファイル（YAML）またはシナリオ ID（省略時は既定の値）",
    "help.assumptions.out": "表を CSV に書き出す",
    "help.assumptions.changed": "シナリオが変えたものだけ",
    "help.assumptions.confirm": "確認が必要なものだけ",
    "help.assumptions.assumed": "仮定のものだけ",
    "assume.label": "前提条件",
    "assume.value": "値",
    "assume.status": "確かさ",
    "assume.source": "出典",
    "assume.was": "既定 {usual}",
    "assume.between": "幅 {low}–{high}",
    "assume.empty": "未入力（使わない）",
    "assume.of_city": "都市データの値",
    "assume.confirm_mark": "・要確認",
    "assume.counts": "全 {n} 項目（仮定 {assumed}、要確認 {confirm}、シナリオが変えたもの {changed}）",
    "subject.common": "共通（徒歩・公共交通・圏域）",
    "subject.office": "動く市役所",
    "subject.clinic": "医療",
    "subject.on_demand": "デマンド交通",
    "subject.rides": "利用回数・運賃",
    "subject.money": "運行・費用",
    "subject.fairness": "地域差・世代差",
    "subject.people": "人口",
    "layer.entrances": "駅の出入口",
    "layer.autonomous": "自動運転",
}
