"""Owns the Japanese words of the commands on targets, assumptions and reactions."""

MESSAGES: dict[str, str] = {
    # which KPIs can react
    "help.scenario.reacts": (
        "計算する前に、動きうる評価指標と、動かない指標とその理由を表示\n\n例\n  ekisei scenario reacts estate-feeder"
    ),
    "react.kpi": "評価指標",
    "react.answer": "動くか",
    "react.why": "何を通じて動くか・動かない理由",
    "react.yes": "動きうる",
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
    "layer.entrances": "駅の出入口",
    "layer.autonomous": "自動運転",
}
