"""Owns the Japanese words of sweep files: options, progress, the page."""

MESSAGES: dict[str, str] = {
    "help.sweep.most": "掃引ファイルの通り数の上限",
    "help.sweep.dask": ("掃引ファイルを Dask で計算する（スケジューラーの tcp://ホスト:ポート、または local）"),
    "help.sweep.dry_run": "掃引ファイルの通り数と、時間・ディスクの見込みだけを示す（2 通りを計算して測る）",
    "help.sweep.fail_fast": "掃引ファイルで、計算できないものが一つでもあれば止める",
    "sweep.set_and_file": "--set は掃引ファイルと一緒には使えません。変える値はファイルに書きます",
    "sweep.only_file": (
        "--dry-run・--fail-fast・--dask・--draws は掃引ファイル（format: ekisei-sweep/1）のときだけ使えます"
    ),
    "sweep.count": "{n} 通り（元のシナリオ {bases} 件）",
    "sweep.kept": "{n} 通りは計算済み",
    "sweep.pace": "{label} {done}/{total}　毎分 {rate}　残り約 {left}",
    "sweep.estimate": "{jobs} プロセスで約 {time}、ディスク約 {size}（2 通りを計算して測った見込み）",
    "sweep.estimate_none": "試した 2 通りとも計算できず、見込みは出せません",
    "sweep.seconds": "{n} 秒",
    "sweep.minutes": "{n} 分",
    "sweep.hours": "{n} 時間",
    "sweep.ended": "計算 {done} 通り、失敗 {failed} 通り、パレート最適 {best} 通り",
    "sweep.open": "一覧のページ: {path}",
    "sweep.parquet": "評価指標（Parquet）: {path}",
    "sweep.page_title": "掃引: {title}",
    "sweep.page_about": "{bases} の {n} 通り。計算 {done}、失敗 {failed}。変えていないものは元のシナリオのまま。",
    "sweep.page_vary": "何を変えたか",
    "sweephead.path": "キー",
    "sweephead.how": "変え方",
    "sweephead.range": "値",
    "sweep.page_distinct": "種類の値",
    "sweep.page_table": "すべての通り",
    "sweep.page_shown": (
        "{n} 通りのうち {shown} 通り（パレート最適が先）。すべては summary.csv に。見出しを押すと並べ替えます。"
    ),
    "sweep.page_variant": "番号",
    "sweep.page_best": "パレート",
    "sweep.page_pareto": "パレート図",
    "sweep.page_pareto_about": (
        "塗った点は、ほかのどの通りにも負けていない"
        "（挙げた指標のすべてで同等以上、一つ以上で上回るものがない）。良い向き: {goals}。"
    ),
    "sweep.page_failed": "失敗したもの",
    "sweep.page_none": "なし",
    "sweep.page_reason": "理由",
    "sweep.page_status": "数値の状態",
    "sweep.page_sources": "出典",
    "sweepgoal.up": "大きいほど良い",
    "sweepgoal.down": "小さいほど良い",
    "sweep.page_base": "元",
    "sweep.page_layer": "層",
    "sweep.page_source": "出典",
    "sweep.page_state": "状態",
    "sweep.page_rows": "行数",
}
