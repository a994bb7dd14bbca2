"""Owns the Japanese words of ``ekisei store``."""

MESSAGES: dict[str, str] = {
    "help.store": "計算結果の蓄えを点検し、要らないものを掃除する",
    "help.store.verify": (
        "保存されたものを点検し、壊れたファイルと直し方を挙げる\n"
        "\n"
        "計算結果・試行・所要時間の蓄え、自分のシナリオとその履歴、利用者、データベース、実行の記録、"
        "--runs で挙げた結果のフォルダをチェックサムと比べる。壊れていれば終了コード 3。\n"
        "\n"
        "例\n"
        "  ekisei store verify\n"
        "  ekisei store verify --runs out/library --runs out/mine"
    ),
    "help.store.gc": (
        "もう使われない計算結果を消す。人が書いたものには触れない\n"
        "\n"
        "消すのは、別の版の Ekisei が計算した結果と、1 日より前に書きかけで止まったもの。"
        "計算の途中でも実行できる。消したものは、要るときに計算し直す。\n"
        "\n"
        "例\n"
        "  ekisei store gc --dry-run\n"
        "  ekisei store gc --keep-days 30\n"
        "  ekisei store gc --runs out/library"
    ),
    "help.store.runs": "結果のフォルダも見る（run か batch の --out。繰り返し可）",
    "help.store.folder": "自分のシナリオのフォルダ（既定は利用者のフォルダの scenarios）",
    "help.store.database": "SQLite のファイル（既定は利用者のフォルダの desk.sqlite）",
    "help.store.dry_run": "消さずに、何をどれだけ消すかだけを示す",
    "help.store.keep_days": "別の版の結果も、書かれてから N 日は残す",
    "store.checking": "点検しています",
    "store.looking": "調べています",
    "store.removing": "消しています",
    "store.place": "蓄え: {path}",
    "store.counted": "  {kind}: {n}",
    "store.results": "計算結果",
    "store.draws": "試行",
    "store.travel": "所要時間",
    "store.steps": "途中の値",
    "store.drafts": "自分のシナリオ（履歴とも）",
    "store.users": "利用者",
    "store.database": "データベース",
    "store.jobs": "実行の記録",
    "store.runs": "結果のフォルダ",
    "store.tables": "まとめの表",
    "store.whole": "壊れたものはありません",
    "store.bad": "壊れたファイル: {n}",
    "store.removal": "  {kind}（{why}）: {n} 件 {size}",
    "storewhy.code": "別の版で計算",
    "storewhy.format": "前の形式",
    "storewhy.damaged": "壊れている",
    "storewhy.left": "書きかけ",
    "store.nothing": "消すものはありません",
    "store.would": "{n} 件、{size} を消せます（--dry-run を外すと消します）",
    "store.removed": "{n} 件、{size} を消しました",
}
