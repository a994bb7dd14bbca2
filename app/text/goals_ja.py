"""Owns the Japanese words of the commands on goals."""

MESSAGES: dict[str, str] = {
    "help.goal": (
        "目標に届く最も安い案を、レバーの範囲と資源の上限から逆算する\n\n"
        "例\n"
        "  ekisei goal-seek --kpi catchment_population_share --target 27.5% --levers catchment-2029\n"
        "  ekisei goal-seek --kpi catchment_population_share --target 27.5% --levers my-levers.yaml "
        "--limit budget_yen=50000000 --out out/goal"
    ),
    "help.goal.kpi": "評価指標の ID",
    "help.goal.levers": "レバーのファイル（YAML）、または同梱の ID（catchment-2029 など）",
    "help.goal.target": "届かせたい値（27.5%、0.275、15.0、時刻は 21:30。省略時は評価指標（R11））",
    "help.goal.setting": "設定（定義）。複数可。省略時は既定と、駅勢圏では公表値（27.1 ± 1）を再現する全定義",
    "help.goal.group": "対象の人（all、75plus、district:地区ID）",
    "help.goal.limit": (
        "守る上限（繰り返し可）: drivers、vehicles、operating_cost_yen、subsidy_yen、budget_yen（案の費用 円/年）"
    ),
    "help.goal.most": "試す組み合わせの数の上限",
    "help.goal.draws": "答えの案の幅（low–high）を求める試行数（省略時は幅なし）",
    "help.goal.out": "答えのシナリオ、表、計算結果を書き出すフォルダ",
    "progress.goal": "基準を計算中",
    "progress.goal_at": "探索中（{n} 通り）",
    "progress.goal_check": "{name} を全体で計算して確認中",
    "goal.title": "逆算　{kpi}を {target} に（元: {base}　{year}）",
    "goal.setting": "定義・設定",
    "goal.base": "元の値",
    "goal.result": "結果",
    "goal.cost": "費用（千円/年）",
    "goal.levers": "案",
    "goal.value": "値",
    "goal.reached": "届く",
    "goal.not_reached": "届かない",
    "goal.value_reached": "値は届く",
    "goal.unsure": "区別できない",
    "goal.no_interval": "幅が未計算（--draws で）",
    "goal.few_draws": "幅が未計算（試行が少ない）",
    "goal.not_drawn": "幅が未計算（試行は既定の定義だけ）",
    "goal.nothing": "使える案なし",
    "goal.joint": "公表値を再現する全定義で",
    "goal.off_level": "（水準に差）",
    "goal.companion": "{label}: {title} {before} → {after}",
    "goal.limited": "{label}: 上限「{names}」を守ると届かない。上限がなければ最も安い案は {cost} 千円/年",
    "goal.bounded": "{label}: レバーを端まで使っても届かない。効いている上限:",
    "goal.bound_confirmed": "{title} {bound} → ほかを端まで使い、これだけ広げるなら {needed} 必要（モデルで確認）",
    "goal.bound_refused": "{title} {bound} → これだけでは届かない（{needed} まで広げても成り立たないか届かない）",
    "goal.bound_useless": "{title} {bound} → 広げてもこの指標は動かない",
    "goal.unmoved": "{label}: これらのレバーでは届かない（端まで使った値を広げても動くレバーがない）",
    "goal.not_proven": "{label}: 試す数の上限 {n} 通りで打ち切った。最も安いことも、届かないことも確かめていない",
    "goal.not_monotone": "{label}: monotone と書かれたレバーに、強く使うと悪くなる組が {n} 組あり、最も安いと言えない",
    "goallimit.drivers": "運転士",
    "goallimit.vehicles": "車両",
    "goallimit.operating_cost_yen": "運行経費",
    "goallimit.subsidy_yen": "補助額",
    "goallimit.budget_yen": "費用の上限",
    "goal.frontier": "費用と指標の関係　{label}（◎ この条件で最良、○ 値が目標に届く）",
    "goal.breaks": "【{names}の上限を超える】",
    "goal.best": (
        "「届く」「値は届く」は、この範囲・刻み・上限の中でこの条件で最良（最も安い）の案。"
        "{n} 通りを評価し、表の案は {runs} 本の計算で同じ値になることを確かめた"
    ),
    "goal.definitions": "定義により結論が変わります: 届く案か費用が定義ごとに違います",
    "goal.definitions_lever": "定義により結論が変わります: {names}だけで届くかどうかが、定義によって違います",
    "goal.alone": "レバーを一つだけ端まで使ったとき（○ 値がそれだけで届く）",
    "goal.alone_lever": "レバー",
    "goal.level": (
        "「水準に差」の定義は、基準での試算そのものが公表値 27.1 % から 1 ポイント以上離れている。"
        "既定もそうで、見出しの値は公表値に試算の変化分を足して合わせている（水準の差による見かけの変化は別に示す）"
    ),
    "goal.assumed": "仮定の単価によるレバー: {names}。実際の単価に置き換えて使う",
    "goal.free": "レバー自身の費用が未入力（0 円とした）: {names}",
    "goalcost.operating": "費用は、元に対する運行経費の増減（モデル）とレバー自身の費用の計。運賃収入は別",
    "goalcost.subsidy": "費用は、元に対する補助額（運行経費 − 運賃収入）の増減（モデル）とレバー自身の費用の計",
    "goal.proof": "乗換が増えるだけでも届きうる指標。答えの {kpi}（{name}）が増えたかを、結果の kpi.csv で確かめる",
    "goalcost.own_only": (
        "{mark} 費用はレバー自身の分だけ。運行経費・補助額の増減は算定できず入っていないので、実際より安く見える"
    ),
    "goal.capital": "初期費用は {years} 年で割って費用に入れた（年数は仮定）",
    "goal.files": "{folder} に書き出しました: {names}（シナリオはそのまま ekisei run で計算できます）",
    "goal.no_target": "{kpi} には評価指標（R11）がありません。--target に値を書いてください",
    "goal.bad_target": "目標の値を読めません",
    "goal.bad_target_hint": "27.5%、0.275、15.0 のように書いてください（割合は 0〜1 か % 付き）",
    "goal.no_share": "割合の目標は 0〜1（0〜100%）です",
    "goal.bad_limit": "知らない上限です",
    "goal.limit_names": "使える名前: {names}",
    "goal.bad_limit_number": "上限は 0 以上の数です",
    "goal.limit_hint": "例: --limit drivers=120 --limit budget_yen=50000000",
}
