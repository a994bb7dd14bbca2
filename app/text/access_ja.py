"""Owns the Japanese words of login and refusals on the page."""

MESSAGES: dict[str, str] = {
    "login_title": "ログイン",
    "login_name": "名前",
    "login_password": "パスワード",  # nosec B105 - words of a form
    "login_help": "名前とパスワードは、Ekisei を管理している人に尋ねてください。",
    "login_wrong": "名前かパスワードが違います。",
    "login_wait": "ログインの失敗が続いています。{minutes} 分ほど待って、もう一度試してください。",
    "login_plain_http": (
        "この接続は暗号化されていません。同じネットワークの人に読まれるおそれがあります。"
        "ほかで使っているパスワードを入れないでください。"
    ),
    "login_as": "{name}（{role}）としてログインしています。",
    "login_no_role": "役割なし",
    "login_nobody": "（なし）",
    "login_mode_desk": "この PC だけで動いているので、ログインはいりません。すべての操作ができます。",
    "login_mode_guests": (
        "この画面は閲覧だけです。編集するには、利用者のファイルを指定して開き直します"
        "（ekisei serve --users。管理する人に頼んでください）。"
    ),
    "login_mode_header": "庁内の認証で利用者を見分けています。いまの利用者: {name}",
    "logout": "ログアウト",
    "account_named": "{name}（{role}）",
    "account_guest": "閲覧のみ",
    "account_title": "ログイン中の人と役割",
    "refused_title": "この操作はできません",
    "refused_title_403": "この操作はできません",
    "refused_title_404": "ページがありません",
    "refused_home": "概要へ",
    "refused_close": "閉じる",
    "refused_login": "この操作には「{role}」の役割が必要です。ログインしてください（時間がたつとログインは切れます）。",
    "refused_role": "この操作には「{role}」の役割が必要です。管理する人に頼んでください。",
    "refused_guest": (
        "この操作には「{role}」の役割が必要ですが、この画面は閲覧だけです。"
        "管理する人に、利用者を決めて開き直すよう頼んでください（ekisei serve --users）。"
    ),
    "refused_small": "10 人未満のメッシュと年齢階級を見られるのは、ログインした職員だけです。",
    "refused_host": (
        "この名前では開けません。開いた人が知らないうちに別のページから操作されるのを防ぐためです。"
        "起動したときに表示されたアドレスで開くか、管理する人に ekisei serve --name を頼んでください。"
    ),
    "refused_origin": (
        "別のページから送られた操作なので、受け付けませんでした。この画面を開いて、もう一度操作してください。"
    ),
    "refused_token": (  # nosec B105 - words of a form
        "この画面を開いてから時間がたったか、ログインした人が変わりました。"
        "画面を読み込み直して（F5）、もう一度操作してください。"
    ),
    "refused_400": "この操作を読み取れませんでした。画面を読み込み直して、もう一度操作してください。",
    "refused_403": "この操作は許されていません。",
    "refused_404": "このアドレスのページはありません。",
    "refused_405": "このアドレスでは、その操作はできません。",
    "refused_413": "送られたものが大きすぎます。小さく分けるか、コマンド（ekisei）で取り込んでください。",
    "refused_429": "操作が続きすぎています。少し待って、もう一度試してください。",
    "refused_busy": "ほかの人のファイルを作っていて、順番待ちがいっぱいです。30 秒ほど待って、もう一度試してください。",
    "refused_other": "この操作はできませんでした（{status}）。",
    "refused_500": (
        "思いがけないことが起きました。もう一度試しても同じなら、管理する人に番号 {number} を伝えてください"
        "（記録は logs/ekisei.log にあります）。"
    ),
    # start of the server
    "serve_guests": "ログインの用意がないので、閲覧とワークショップへの参加だけができます（編集するには --users）。",
    "serve_login": "編集にはログインが必要です（利用者 {users} 人、{path}）。",
    "serve_header": "利用者はヘッダー {header} で見分けます（{proxies} からだけ信じます）。",
    "serve_login_plain": (
        "注意: 暗号化されていません。庁外や会場のネットワークでは、https のリバースプロキシの後ろに置いてください。"
    ),
    "serve_database": "データベース: {place}",
}
