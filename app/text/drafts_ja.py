"""Owns the Japanese words of the commands on a planner's own scenarios."""

MESSAGES: dict[str, str] = {
    "help.scenario.drafts": (
        "自分のシナリオの一覧（画面「シナリオを編集」で保存したもの）\n\n例\n  ekisei scenario drafts"
    ),
    "help.scenario.history": (
        "自分のシナリオの履歴: いつ・誰が・なぜ変えたか\n\n例\n  ekisei scenario history my-plan"
    ),
    "help.scenario.restore": (
        "前の版に戻す（今の版も履歴に残る。消したシナリオも戻せる）\n\n"
        "例\n  ekisei scenario restore my-plan 3 --who 企画課"
    ),
    "help.scenario.drafts.folder": "自分のシナリオのフォルダ（省略時は利用者のフォルダ）",
    "help.scenario.draft": "自分のシナリオの ID",
    "help.scenario.number": "戻したい版の番号（history で見られる）",
    "help.scenario.who": "戻した人（履歴に残る）",
    "help.scenario.why": "戻した理由（履歴に残る）",
    "draft.none": "自分のシナリオはまだありません（フォルダ: {folder}）",
    "draft.folder": "フォルダ: {folder}（ファイルはそのまま ekisei run に渡せます）",
    "draft.deleted": "消したもの（restore で戻せます）: {names}",
    "draft.restored": "{id} を {old} 版の内容に戻しました（{new} 版）",
    "draft.number": "版",
    "draft.at": "日時（UTC）",
    "draft.who": "誰が",
    "draft.why": "なぜ",
    "draft.state": "状態",
    "draft.saved": "保存",
    "draft.gone": "削除",
    "draft.fine": "問題なし",
    "draft.broken": "問題 {n} 件",
}
