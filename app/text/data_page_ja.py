"""Owns the Japanese words of the page of data."""

MESSAGES: dict[str, str] = {
    "data_lead": (
        "このシミュレータが何の上に立っているか。すべての数字は、ここにある出典か、仮定と書いた値に行き着きます。"
    ),
    "data_digest": "都市データ {city}（指紋 {digest}）",
    "data_layers": "データの層",
    "data_sources": "出典とライセンス",
    "data_years": "基準年の表",
    "data_years_help": "指標ごとに基準の年度と日付が違います。率を比べるときは年度をそろえてください。",
    "data_report": "取り込みの記録",
    "data_report_open": "取り込みの記録を開く",
    "data_report_none": "この都市は同梱データです。取り込みの記録は ekisei city build で作った都市にあります。",
    "data_check": "ファイルを確かめる",
    "data_check_open": "ファイルを選んで確かめる",
    "data_check_help": (
        "GTFS、国土数値情報、e-Stat の表などを、そのまま選んでください。何のデータか、何行読めたか、"
        "何が足りないかを一枚の記録にして返します。都市データは変わりません。"
    ),
    "data_files": "ファイル（複数可）",
    "data_check_start": "確かめる",
    "data_check_note": (
        "合わせて {most} MB まで。ファイルは確かめたあとすぐに消します。都市に取り込むには ekisei city "
        "build を使います。"
    ),
    "data_back": "データのページへ戻る",
    "data_count": "件数",
    "data_unverified": "実物で確かめていない読み取り",
    "data_layer_digest": "指紋",
    "data_title": "資料",
    "data_kind": "扱い",
    "data_judged": "判定する",
    "data_entered_only": "参照・入力のみ",
}
