"""The one list of causes of attacks: what is tried, where it is refused, which tests try it. SECURITY.md is made of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """One idea of an attacker; variants of it are parameters of its tests, named below `tests/`."""

    id: str
    what: str
    where: str
    tests: tuple[str, ...]


CAUSES = (
    Cause(
        "cross-site",
        "他サイトのページからの書き込み（CSRF）",
        "app/access/guard.py",
        (
            "security/test_attacks.py::test_the_attack_is_refused",
            "unit/app/access/test_guard.py::test_another_page_changes_nothing_even_with_the_token",
        ),
    ),
    Cause(
        "form-token",
        "印（トークン）のない・別の訪問の印の書き込み",
        "app/access/guard.py",
        (
            "unit/app/access/test_guard.py::test_what_changes_something_needs_the_token",
            "security/test_every_route.py::test_nothing_is_changed_without_the_token_not_even_by_who_is_logged_in",
        ),
    ),
    Cause(
        "method-override",
        "ヘッダーやアドレスでのメソッドの偽り",
        "app/access/guard.py",
        ("security/test_attacks.py::test_the_attack_is_refused",),
    ),
    Cause(
        "trace",
        "送ったものを返す TRACE などのメソッド",
        "waitress, app/access/guard.py",
        ("security/test_wire.py::test_methods_that_tell_what_was_sent_are_not_answered",),
    ),
    Cause(
        "rebinding",
        "名前をこの PC に向け直すページ（DNS rebinding、Host の偽り）",
        "app/access/origin.py",
        (
            "unit/app/access/test_guard.py::test_a_rebound_name_reads_nothing",
            "unit/app/access/test_guard.py::test_the_page_is_asked_for_under_names_of_ours_only",
        ),
    ),
    Cause(
        "smuggling",
        "二通りに読める要求（長さと chunked など）",
        "waitress",
        ("security/test_wire.py::test_a_message_that_can_be_read_in_two_ways_is_read_in_none",),
    ),
    Cause(
        "websocket",
        "別の通信への切り替え（WebSocket、h2c）",
        "app/access/guard.py",
        ("security/test_wire.py::test_no_other_protocol_is_spoken",),
    ),
    Cause(
        "slow-senders",
        "少しずつ送って席をふさぐ（slowloris）",
        "app/slow_senders.py",
        ("security/test_wire.py::test_who_sends_a_byte_now_and_then_gives_the_place_back",),
    ),
    Cause(
        "huge-head",
        "大きすぎるヘッダー・Cookie",
        "app/serve.py",
        (
            "security/test_wire.py::test_the_server_that_is_started_ends_slow_senders_and_takes_no_huge_head",
            "security/test_attacks.py::test_the_attack_is_refused",
        ),
    ),
    Cause(
        "huge-body",
        "大きすぎる本文、長さの偽り",
        "app/access/guard.py",
        ("unit/app/access/test_guard.py::test_sizes_are_limited_by_address",),
    ),
    Cause(
        "route-without-login",
        "ログインせずに読む",
        "app/access/guard.py",
        ("security/test_every_route.py::test_nobody_reads_anything_but_the_login_and_the_workshop",),
    ),
    Cause(
        "callback-without-login",
        "ログインせずに callback を呼ぶ",
        "app/access/guard.py",
        ("security/test_callbacks.py::test_nobody_gets_an_answer_from_any_callback",),
    ),
    Cause(
        "role-of-routes",
        "役割を超えてアドレスを呼ぶ",
        "app/access/visitor.py",
        (
            "unit/app/access/test_roles.py::test_every_role_on_every_route_after_a_login",
            "security/test_every_route.py::test_a_viewer_reads_pages_but_the_editor_answers_editors_only",
        ),
    ),
    Cause(
        "role-of-callbacks",
        "役割を超えて callback を呼ぶ（すべての出力）",
        "app/access/visitor.py",
        ("security/test_callbacks.py::test_who_may_only_look_changes_nothing_by_any_callback",),
    ),
    Cause(
        "callback-renamed",
        "別の出力の名で callback を呼ぶ",
        "app/payload.py",
        ("security/test_callbacks.py::test_a_callback_that_is_called_by_another_name_needs_the_role_of_its_own",),
    ),
    Cause(
        "callback-body",
        "画面の送らない形・値の callback",
        "app/payload.py",
        (
            "unit/app/test_payload.py::test_such_a_body_is_answered_in_words",
            "unit/app/test_payload.py::test_json_that_no_browser_writes_is_refused",
        ),
    ),
    Cause(
        "small-numbers",
        "人数の少ない値を求める（public=0）",
        "app/access/guard.py",
        ("unit/app/access/test_roles.py::test_a_view_of_the_map_hides_small_numbers_from_guests_whatever_they_ask",),
    ),
    Cause(
        "complements",
        "伏せた人数を合計から求める",
        "app/features/workshop/hiding.py",
        ("unit/app/workshop/test_hiding.py::test_no_line_of_the_table_gives_a_small_cell_away",),
    ),
    Cause(
        "forged-session",
        "作りもののログインの印",
        "app/access/seals.py",
        ("security/test_attacks.py::test_the_attack_is_refused",),
    ),
    Cause(
        "fixation",
        "ログイン前の印を人に使わせる（session fixation）",
        "app/access/login.py",
        ("unit/app/access/test_login.py::test_logging_in_gives_the_visit_another_id",),
    ),
    Cause(
        "replay",
        "ログアウト後の印の再使用",
        "app/access/sessions.py",
        ("unit/app/access/test_login.py::test_logging_out_ends_the_session_for_whoever_kept_the_cookie",),
    ),
    Cause(
        "left-open",
        "開いたままの PC を使う",
        "app/access/sessions.py",
        (
            "unit/app/access/test_login.py::test_a_session_ends_when_nobody_uses_it",
            "unit/app/access/test_login.py::test_a_page_that_asks_by_itself_keeps_nobody_logged_in",
        ),
    ),
    Cause(
        "removed-user",
        "外された人・替えたパスワードで続ける",
        "app/access/login.py",
        ("unit/app/access/test_login.py::test_who_is_taken_out_or_gets_another_password_is_out_at_once",),
    ),
    Cause(
        "stolen-table",
        "データベースを読んで印を得る",
        "app/access/sessions.py",
        ("unit/app/access/test_login.py::test_sessions_that_ran_out_are_forgotten_and_the_table_holds_no_cookie",),
    ),
    Cause(
        "cookie-flags",
        "Cookie をスクリプト・他サイトから読む",
        "app/access/guard.py",
        ("unit/app/access/test_guard.py::test_cookies_are_closed_to_scripts_and_other_sites",),
    ),
    Cause(
        "guessing",
        "パスワードの総当たり",
        "app/access/attempts.py",
        (
            "security/test_attacks.py::test_an_attacker_who_guesses_is_slowed_down",
            "unit/app/access/test_attempts.py::test_a_name_from_an_address_has_a_few_tries_then_waits",
        ),
    ),
    Cause(
        "guessing-spellings",
        "名前のつづりを変えた総当たり",
        "app/access/attempts.py",
        ("unit/app/access/test_attempts.py::test_every_spelling_of_a_name_is_that_name",),
    ),
    Cause(
        "guessing-memory",
        "総当たりの数えを溢れさせる",
        "app/access/attempts.py",
        ("unit/app/access/test_attempts.py::test_tries_are_counted_in_bounded_memory",),
    ),
    Cause(
        "user-names",
        "いる人を返事・時間から知る",
        "app/access/login.py",
        (
            "unit/app/access/test_login.py::test_a_wrong_password_and_an_unknown_name_are_told_alike",
            "unit/app/access/test_login.py::test_an_unknown_name_is_checked_as_long_as_a_known_one",
        ),
    ),
    Cause(
        "open-redirect",
        "ログイン後に他サイトへ送る（next=）",
        "app/access/page.py",
        ("unit/app/access/test_login.py::test_the_login_leads_nowhere_else",),
    ),
    Cause(
        "proxy-header",
        "プロキシのヘッダーの偽り",
        "app/access/origin.py",
        ("unit/app/access/test_guard.py::test_a_header_is_believed_from_a_proxy_only",),
    ),
    Cause(
        "users-file",
        "壊れた・他人の書ける利用者ファイル",
        "app/access/users.py",
        (
            "unit/app/access/test_users.py::test_a_file_that_others_may_touch_is_refused",
            "unit/app/access/test_login.py::test_a_damaged_file_of_users_lets_nobody_in",
        ),
    ),
    Cause(
        "vote-flood",
        "投票・投稿の送りすぎ",
        "app/features/workshop/limits.py",
        (
            "unit/app/workshop/test_pages.py::test_a_phone_that_sends_too_fast_is_told_when_to_come_again",
            "unit/app/workshop/test_hiding.py::test_phones_that_send_too_fast_wait_and_lose_nothing",
        ),
    ),
    Cause(
        "made-up-phones",
        "作りものの端末で席を埋める",
        "app/features/workshop/limits.py",
        ("unit/app/workshop/test_hiding.py::test_who_takes_part_is_not_crowded_out_by_phones_made_up",),
    ),
    Cause(
        "workshop-codes",
        "参加者が壁を動かす・記録を取る",
        "app/features/workshop/routes.py",
        ("unit/app/workshop/test_pages.py::test_guests_and_phones_cannot_steer_or_take_files",),
    ),
    Cause(
        "other-runs",
        "ワークショップにないシナリオを見る",
        "app/features/workshop/routes.py",
        ("unit/app/workshop/test_pages.py::test_only_scenarios_of_the_workshop_are_shown",),
    ),
    Cause(
        "stored-markup",
        "投稿の中の HTML・スクリプト",
        "app/import_report/markup.py",
        (
            "unit/app/workshop/test_pages.py::test_nothing_a_citizen_writes_becomes_markup",
            "unit/app/workshop/test_pages.py::test_the_record_holds_everything_and_no_markup_of_others",
        ),
    ),
    Cause(
        "reflected-markup",
        "アドレスの中の HTML・改行",
        "app/access/page.py",
        ("unit/app/access/test_guard.py::test_words_in_an_address_do_not_become_markup",),
    ),
    Cause(
        "markup-by-scripts",
        "スクリプトが文字を HTML として入れる",
        "app/assets",
        ("security/test_static.py::test_nothing_is_written_into_a_page_as_markup_by_our_scripts",),
    ),
    Cause(
        "links-in-records",
        "記録の中の作られたリンク",
        "app/features/workshop/export.py",
        ("unit/app/workshop/test_pages.py::test_an_address_somebody_typed_is_no_link_in_the_record",),
    ),
    Cause(
        "titles-in-files",
        "題名・名前の HTML・制御文字・数式・長さ（HTML・PPTX・XLSX・PDF・PNG・GIS）",
        "app/runs.py, app/report/",
        (
            "unit/app/test_hostile_texts.py::test_a_title_is_a_text_in_every_file",
            "security/test_exports.py::test_a_pdf_opens_runs_nothing_and_shows_the_name_as_text",
            "security/test_exports.py::test_a_picture_opens_and_stays_within_its_sheet",
            "security/test_exports.py::test_a_geopackage_opens_with_its_own_layers_and_the_name_is_a_value",
            "security/test_exports.py::test_geoparquet_opens_and_its_list_of_fields_holds_no_formula",
        ),
    ),
    Cause(
        "formula-csv",
        "CSV の式",
        "app/spreadsheet.py",
        (
            "unit/app/test_spreadsheet.py::test_a_formula_in_any_disguise_is_a_text",
            "unit/app/workshop/test_pages.py::test_no_cell_is_a_formula",
        ),
    ),
    Cause(
        "formula-xlsx",
        "XLSX の式",
        "app/report/xlsx_book.py",
        ("unit/app/test_report_tables.py::test_a_title_that_looks_like_a_formula_stays_a_text",),
    ),
    Cause(
        "formula-pptx",
        "スライドの図の裏の表の式",
        "app/report/pptx_charts.py",
        ("unit/app/test_report_slides.py::test_names_that_look_like_formulas_stay_texts_in_the_sheet_behind_a_chart",),
    ),
    Cause(
        "calendar-lines",
        "iCalendar の行を増やす名前",
        "icalendar",
        ("unit/app/test_hostile_texts.py::test_a_name_begins_no_line_of_a_calendar",),
    ),
    Cause(
        "log-lines",
        "記録の行を偽る",
        "app/logs.py",
        (
            "unit/app/test_logs.py::test_whoever_is_written_about_begins_no_line",
            "unit/app/access/test_start.py::test_nobody_writes_a_line_of_the_log",
        ),
    ),
    Cause(
        "log-secrets",
        "記録からパスワードを得る",
        "app/logs.py",
        ("unit/app/test_logs.py::test_no_secret_is_written_and_no_field_takes_the_place_of_what_every_entry_has",),
    ),
    Cause("log-flood", "記録でディスクを埋める", "app/logs.py", ("unit/app/test_logs.py::test_a_log_is_bounded",)),
    Cause(
        "terminal",
        "名前で端末を操る（ANSI）",
        "app/commands/plain_console.py",
        ("unit/app/test_cli_frame.py::test_a_file_cannot_steer_the_terminal",),
    ),
    Cause(
        "message-lines",
        "キー・ID・値の改行や制御文字で、エラーの行を偽る",
        "geodata/errors.py, geodata/shown_text.py",
        (
            "security/test_forged_lines.py::test_nothing_in_a_scenario_begins_a_line_of_its_message",
            "security/test_forged_lines.py::test_nothing_in_a_sweep_begins_a_line_of_its_message",
            "security/test_forged_lines.py::test_nothing_in_a_setting_begins_a_line_of_its_message",
            "security/test_forged_lines.py::test_a_key_forges_no_line_of_the_terminal",
        ),
    ),
    Cause(
        "headers",
        "枠に入れる・種類を偽る（frame、MIME sniffing）",
        "app/access/guard.py, app/shell.py",
        ("security/test_every_route.py::test_every_address_answers_with_the_headers",),
    ),
    Cause(
        "kept-answers",
        "次の人が履歴から読む（cache）",
        "app/access/guard.py",
        ("unit/app/access/test_guard.py::test_every_answer_has_the_headers",),
    ),
    Cause(
        "traceback",
        "エラーから中身を知る",
        "app/access/refusals.py",
        ("unit/app/access/test_guard.py::test_who_is_refused_reads_words_and_no_traceback",),
    ),
    Cause(
        "debug",
        "開発者用の入口",
        "app/factory.py",
        ("security/test_wire.py::test_nothing_made_for_developers_is_there",),
    ),
    Cause(
        "banner",
        "返事から部品の版を知る",
        "app/serve.py",
        ("security/test_wire.py::test_the_answer_does_not_say_what_the_server_is_made_of",),
    ),
    Cause(
        "traversal",
        "アドレスで外のファイルを読む",
        "app/access/guard.py",
        ("security/test_every_route.py::test_no_address_leads_out_of_the_assets",),
    ),
    Cause(
        "run-ids",
        "ID で外のファイルを読む・書く（シナリオ・下書き）",
        "scenarios/modifications/base.py",
        ("unit/scenarios/test_drafts.py::test_names_that_lead_elsewhere_are_refused",),
    ),
    Cause(
        "job-ids",
        "ID で外のファイルを読む（計算の指示）",
        "app/jobs/board.py",
        ("unit/app/test_jobs.py::test_a_full_queue_refuses_and_ids_are_no_paths",),
    ),
    Cause(
        "parents",
        "extends で外のファイルを読む",
        "scenarios/files.py",
        ("unit/app/test_edit_page.py::test_parents_are_looked_for_in_the_folder_only",),
    ),
    Cause(
        "upload-names",
        "渡すファイルの名前（パス・装置名・長い名前）",
        "app/features/sources/checking.py",
        (
            "unit/app/test_data_page.py::test_a_name_is_never_a_path",
            "unit/app/test_data_page.py::test_a_name_of_any_length_can_be_written_and_keeps_its_ending",
        ),
    ),
    Cause(
        "upload-amount",
        "多すぎる・大きすぎるファイル",
        "app/features/sources/checking.py",
        ("unit/app/test_data_page.py::test_limits_are_told",),
    ),
    Cause(
        "queue",
        "計算の列を埋める",
        "app/jobs/board.py",
        ("unit/app/test_jobs.py::test_a_full_queue_refuses_and_ids_are_no_paths",),
    ),
    Cause(
        "links",
        "フォルダの外を指すリンク",
        "geodata/readers/recognise.py",
        ("unit/geodata/test_recognise.py::test_links_that_lead_out_are_not_followed",),
    ),
    Cause(
        "zip-slip",
        "zip の外を指す名前",
        "geodata/readers/archive.py",
        (
            "unit/geodata/test_vector.py::TestDamage::test_names_that_lead_out_of_a_zip_and_bombs",
            "security/test_static.py::test_archives_are_never_unpacked_by_the_names_in_them",
        ),
    ),
    Cause(
        "zip-bomb",
        "展開すると大きくなる zip、大きさの偽り",
        "geodata/readers/archive.py",
        ("unit/geodata/test_bad_input.py::test_a_member_larger_than_it_says_is_stopped",),
    ),
    Cause(
        "disguise",
        "ほかの形を装う地図ファイル（VRT での読み出し・通信）",
        "geodata/readers/shapefile.py",
        ("unit/geodata/test_vector.py::TestDamage::test_a_file_that_only_has_the_name_of_its_form_is_never_opened",),
    ),
    Cause(
        "xml-entities",
        "XML の実体の爆発・外部参照",
        "geodata/readers/graphml.py, osm_files.py",
        ("unit/geodata/test_streets_bad_input.py::test_each_cause_has_one_message_that_names_place_and_remedy",),
    ),
    Cause(
        "yaml-size",
        "YAML の別名の爆発、深い入れ子、大きさ",
        "scenarios/yaml_reading.py",
        ("unit/scenarios/test_files.py::test_too_deep_and_too_large",),
    ),
    Cause(
        "yaml-tags",
        "YAML から命令を動かす",
        "scenarios/yaml_reading.py",
        (
            "security/test_static.py::test_yaml_is_read_by_safe_loaders_only",
            "unit/scenarios/test_files.py::test_bad_files_are_refused_with_line_and_remedy",
        ),
    ),
    Cause(
        "yaml-ids",
        "同じ ID を二度書いて検査を抜ける",
        "scenarios/files.py",
        ("unit/scenarios/test_files.py::test_duplicate_ids_are_refused",),
    ),
    Cause(
        "objects",
        "読むと動き出す形式（pickle など）・shell",
        "（使わない。子プロセスに渡す一時ファイル `scenarios/shared_file.py` だけが例外）",
        (
            "security/test_static.py::test_nothing_is_read_that_runs_what_it_holds",
            "security/test_static.py::test_what_processes_share_is_read_by_them_alone",
            "unit/scenarios/test_shared_file.py::test_nobody_else_can_read_it",
        ),
    ),
    Cause(
        "sql",
        "文字をつないだ SQL",
        "app/database/",
        ("security/test_static.py::test_no_statement_for_a_database_is_put_together_from_texts",),
    ),
    Cause(
        "database-errors",
        "データベースのエラーから投稿・パスワードを知る",
        "app/database/database.py",
        (
            "unit/app/database/test_database.py::test_what_people_wrote_is_not_told_by_an_error",
            "unit/app/database/test_database.py::test_a_password_in_the_query_is_never_shown",
        ),
    ),
    Cause(
        "randomness",
        "印を言い当てる（弱い乱数・比べる時間）",
        "app/access/seals.py",
        ("security/test_static.py::test_secrets_come_from_the_system_and_are_compared_in_constant_time",),
    ),
    Cause(
        "outside",
        "画面がほかのサーバーから読む",
        "app/shell.py",
        ("unit/app/test_page_server.py::test_nothing_is_loaded_from_elsewhere",),
    ),
    Cause(
        "dependencies",
        "部品の知られた弱点",
        "make audit",
        (
            "security/test_audit.py::test_only_an_answer_about_every_package_is_a_pass",
            "security/test_audit.py::test_what_could_not_be_asked_says_so_why_and_where_to_ask",
            "security/test_audit.py::test_a_weakness_is_told_even_where_others_could_not_be_asked",
        ),
    ),
)

LEAST = 40
"""Causes that were promised."""

HEAD = """# 安全 / Security

試した攻撃の一覧。1 行が 1 つの原因で、同じ考えの変化形はそのテストの中で試す。この表は `tests/security/causes.py` から作る（`python -m tests.security.causes`）。行にあるテストがなくなるか、表と食い違えば、テストが失敗する。

`make lint` は bandit も行い、`make audit` は依存に知られた弱点がないかを尋ねる（ネットワークが要る。尋ねられなかったときは NOT DONE と言い、合格にしない）。

通信の暗号化はリバースプロキシで行う（[運用の手引き](OPERATIONS.md#庁内で使うログイン権限)）。

| 原因 | 試すこと | 断る所 | テスト（`tests/` の下） |
|---|---|---|---|
"""


def document() -> str:
    """Return the text of SECURITY.md."""
    rows = [
        "| " + " | ".join((f"`{c.id}`", c.what, c.where, "<br>".join(f"`{t}`" for t in c.tests))) + " |" for c in CAUSES
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(document(), end="")
