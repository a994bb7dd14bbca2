"""Owns the Japanese words of the commands of users, and of who may open the page."""

MESSAGES: dict[str, str] = {
    "help.serve.log_format": "記録の書き方: text（1 行の文）または json（1 行 1 オブジェクト。計算の記録も）",
    "help.serve.log_file": "記録の書き先。- は標準エラー（既定: 利用者のフォルダの logs/access.log）",
    "help.serve.users": "ログインできる人のファイル（ekisei user add で作る）",
    "help.serve.header": "利用者の名前のヘッダー（庁内の認証を使うとき。例: X-Remote-User）",
    "help.serve.proxy": "信じるプロキシのアドレス（既定はこの PC。繰り返し可。例: 10.1.2.3）",
    "help.serve.name": "この画面を開くホスト名（繰り返し可。例: ekisei.city.example.jp）",
    "help.serve.guests": "ログインなしの閲覧も許す",
    "help.serve.database": (
        "データベース（既定は SQLite のファイル）。"
        "PostgreSQL なら、postgresql:// で始まるアドレス。EKISEI_DATABASE でも可"
    ),
    "help.user": "画面にログインできる人を決める",
    "help.user.add": (
        "利用者を加える（パスワードは画面に出さずに尋ねる）\n"
        "\n"
        "例\n"
        "  ekisei user add yamada --role 編集\n"
        "  ekisei serve --host 0.0.0.0 --users users.json"
    ),
    "help.user.list": "利用者と役割を並べる\n\n例\n  ekisei user list --users users.json",
    "help.user.remove": "利用者を外す（ログイン中でもすぐに切れる）\n\n例\n  ekisei user remove yamada",
    "help.user.name": "名前",
    "help.user.role": "役割。閲覧 viewer | 編集 editor | 進行 facilitator（上の役割は下の役割を含む）",
    "help.user.users": "利用者のファイル（既定は利用者のフォルダの users.json）",
    "help.user.replace": "同じ名前の人のパスワードと役割を変える",
    "help.user.no_password": "パスワードを決めない（リバースプロキシが認証する人）",  # nosec B105 - words of a form
    "help.user.stdin": "パスワードを標準入力の 1 行目から読む",
    "user.added": "{name}（{role}）を登録しました: {path}",
    "user.removed": "{name} を外しました: {path}",
    "user.by_proxy": "リバースプロキシの認証だけ",
    "user.ask": "{name} のパスワード: ",
    "user.again": "もう一度: ",
    "user.differ": "二度のパスワードが違います",
    "user.no_terminal": "パスワードを尋ねる端末がありません",
    "user.no_terminal_hint": "--password-stdin をつけて、標準入力の 1 行目に書いてください",
}
