"""Owns which rules of the canonical GTFS validator the reader reports, under which code, and why not the others."""

from __future__ import annotations

from dataclasses import dataclass

EDITION = "MobilityData gtfs-validator 5.0.0 (docs/NOTICE_MIGRATION.md, column V5.0.0)"
"""The list of notices followed; notices about the validator's own run are left out."""


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One notice of the validator.

    `severity`: ``error``, ``warning`` or ``info`` there. `codes`: codes of the problems that tell it here; empty =
    not reported, and `why` (a key of `WHY`) says for what reason.
    """

    notice: str
    severity: str
    codes: tuple[str, ...] = ()
    why: str = ""


WHY: dict[str, str] = {
    "fares v2": "運賃 v2 の表は使わないため（使わない表としてまとめて知らせる）",
    "pathways": "駅構内の通路は使わないため（使わない表としてまとめて知らせる）",
    "contact": "連絡先・URL は結果に使わないため",
    "style": "体裁の勧めであり、結果を変えないため",
    "mended": "黙って同じ意味に読み替えられるため（前後の空白、空行、列の大文字）",
    "today": "今日の日付に依存する判定で、同じ入力から違う結果になるため（設定した日が期間外なら gtfs.calendar_over）",
    "unused": "その値を計算に使わないため",
    "other": "近い判定がほかの符号にあるため",
}
"""Reasons for not reporting, as METHODS prints them."""

_ERRORS: tuple[tuple[str, tuple[str, ...] | str], ...] = (
    ("block_trips_with_overlapping_stop_times", ("gtfs.block_overlap",)),
    ("csv_parsing_failed", ("table.fields",)),
    ("decreasing_or_equal_stop_time_distance", ("gtfs.distance_backwards",)),
    ("decreasing_shape_distance", ("gtfs.shape_distance",)),
    ("duplicate_key", ("gtfs.duplicate_id",)),
    ("duplicated_column", ("table.duplicate_column",)),
    ("empty_column_name", "mended"),
    ("empty_file", ("table.empty", "gtfs.no_rows")),
    ("equal_shape_distance_diff_coordinates", ("gtfs.shape_distance",)),
    ("fare_transfer_rule_duration_limit_type_without_duration_limit", "fares v2"),
    ("fare_transfer_rule_duration_limit_without_type", "fares v2"),
    ("fare_transfer_rule_invalid_transfer_count", "fares v2"),
    ("fare_transfer_rule_missing_transfer_count", "fares v2"),
    ("fare_transfer_rule_with_forbidden_transfer_count", "fares v2"),
    (
        "foreign_key_violation",
        (
            "gtfs.unknown_route",
            "gtfs.unknown_service",
            "gtfs.unknown_trip",
            "gtfs.unknown_stop",
            "gtfs.unknown_fare",
            "gtfs.unknown_shape",
            "gtfs.unknown_agency",
            "gtfs.unknown_parent",
            "gtfs.unknown_zone",
        ),
    ),
    ("inconsistent_agency_timezone", ("gtfs.timezones",)),
    ("invalid_color", ("gtfs.color",)),
    ("invalid_currency", ("gtfs.currency",)),
    ("invalid_currency_amount", ("gtfs.fare_price",)),
    ("invalid_date", ("calendar.date",)),
    ("invalid_email", "contact"),
    ("invalid_float", ("gtfs.stop_position", "gtfs.shape_point", "gtfs.fare_price")),
    ("invalid_input_files_in_subfolder", ("gtfs.inner_place",)),
    ("invalid_integer", ("gtfs.stop_sequence", "gtfs.route_type", "gtfs.frequency")),
    ("invalid_language_code", "unused"),
    ("invalid_phone_number", "contact"),
    ("invalid_row_length", ("table.fields",)),
    ("invalid_time", ("gtfs.time",)),
    ("invalid_timezone", ("gtfs.timezone_unknown",)),
    ("invalid_url", "contact"),
    ("location_with_unexpected_stop_time", ("gtfs.stop_time_at_station",)),
    ("location_without_parent_station", "unused"),
    ("missing_bike_allowance", "unused"),
    ("missing_calendar_and_calendar_date_files", ("gtfs.missing_file",)),
    ("missing_feed_contact_email_and_url", "contact"),
    ("missing_level_id", "pathways"),
    ("missing_required_column", ("table.missing_column",)),
    ("missing_required_field", ("gtfs.missing_id",)),
    ("missing_required_file", ("gtfs.missing_file",)),
    ("missing_stop_name", ("gtfs.stop_without_name",)),
    ("missing_trip_edge", ("gtfs.no_end_time",)),
    ("new_line_in_value", "mended"),
    ("number_out_of_range", ("gtfs.stop_position", "gtfs.shape_point", "gtfs.fare_price", "gtfs.frequency")),
    ("overlapping_frequency", ("gtfs.frequency_overlap",)),
    ("pathway_to_platform_with_boarding_areas", "pathways"),
    ("pathway_to_wrong_location_type", "pathways"),
    ("pathway_unreachable_location", "pathways"),
    ("point_near_origin", ("gtfs.stop_position", "gtfs.shape_point")),
    ("point_near_pole", ("gtfs.stop_far",)),
    ("route_both_short_and_long_name_missing", ("gtfs.route_without_name", "gtfs.route_named_by_ends")),
    ("route_networks_specified_in_more_than_one_file", "fares v2"),
    ("start_and_end_range_equal", ("gtfs.frequency",)),
    ("start_and_end_range_out_of_order", ("gtfs.calendar_span", "gtfs.frequency")),
    ("station_with_parent_station", ("gtfs.station_with_parent",)),
    ("stop_time_timepoint_without_times", ("gtfs.timepoint_without_time",)),
    ("stop_time_with_arrival_before_previous_departure_time", ("gtfs.time_backwards",)),
    ("stop_time_with_only_arrival_or_departure_time", ("gtfs.one_time_only",)),
    ("stop_without_location", ("gtfs.stop_position", "gtfs.position_of_parent")),
    ("timeframe_only_start_or_end_time_specified", "fares v2"),
    ("timeframe_overlap", "fares v2"),
    ("timeframe_start_or_end_time_greater_than_twenty_four_hours", "fares v2"),
    ("too_many_rows", ("archive.too_large",)),
    ("transfer_with_invalid_stop_location_type", "unused"),
    ("transfer_with_invalid_trip_and_route", ("gtfs.transfer_ignored",)),
    ("transfer_with_invalid_trip_and_stop", ("gtfs.transfer_ignored",)),
    ("translation_foreign_key_violation", ("gtfs.translation_unused",)),
    ("translation_unexpected_value", ("gtfs.translation_unused",)),
    ("trip_distance_exceeds_shape_distance", "unused"),
    ("wrong_parent_location_type", ("gtfs.parent_no_station",)),
)

_WARNINGS: tuple[tuple[str, tuple[str, ...] | str], ...] = (
    ("attribution_without_role", "unused"),
    ("duplicate_fare_media", "fares v2"),
    ("duplicate_route_name", ("gtfs.lines_by_name",)),
    ("empty_row", "mended"),
    ("equal_shape_distance_diff_coordinates_distance_below_threshold", ("gtfs.shape_distance",)),
    ("equal_shape_distance_same_coordinates", "unused"),
    ("expired_calendar", ("gtfs.calendar_over",)),
    ("fast_travel_between_consecutive_stops", ("gtfs.fast_travel",)),
    ("fast_travel_between_far_stops", "other"),
    ("feed_expiration_date30_days", "today"),
    ("feed_expiration_date7_days", "today"),
    ("feed_info_lang_and_agency_lang_mismatch", "unused"),
    ("inconsistent_agency_lang", "unused"),
    ("leading_or_trailing_whitespaces", "mended"),
    ("missing_feed_info_date", ("gtfs.feed_info_date",)),
    ("missing_recommended_column", "style"),
    ("missing_recommended_field", "style"),
    ("missing_recommended_file", "style"),
    ("missing_timepoint_value", "style"),
    ("mixed_case_recommended_field", "style"),
    ("more_than_one_entity", "style"),
    ("non_ascii_or_non_printable_char", "style"),
    ("pathway_dangling_generic_node", "pathways"),
    ("pathway_loop", "pathways"),
    ("route_color_contrast", "style"),
    ("route_long_name_contains_short_name", "style"),
    ("route_short_and_long_name_equal", "style"),
    ("route_short_name_too_long", "style"),
    ("same_name_and_description_for_route", "style"),
    ("same_name_and_description_for_stop", "style"),
    ("same_route_and_agency_url", "contact"),
    ("same_stop_and_agency_url", "contact"),
    ("same_stop_and_route_url", "contact"),
    ("stop_has_too_many_matches_for_shape", "other"),
    ("stop_too_far_from_shape", ("gtfs.stop_off_shape",)),
    ("stop_too_far_from_shape_using_user_distance", "other"),
    ("stop_without_stop_time", ("gtfs.unused_stop",)),
    ("stops_match_shape_out_of_order", "other"),
    ("transfer_with_suspicious_mid_trip_in_seat", ("gtfs.transfer_ignored",)),
    ("translation_unknown_table_name", ("gtfs.translation_unused",)),
    ("trip_coverage_not_active_for_next7_days", "today"),
    ("trip_distance_exceeds_shape_distance_below_threshold", "unused"),
    ("unexpected_enum_value", ("gtfs.unexpected_value", "gtfs.exception_type")),
    ("unusable_trip", ("gtfs.short_trip",)),
    ("unused_shape", ("gtfs.unused_shape",)),
    ("unused_trip", ("gtfs.trip_without_times",)),
)

_INFOS: tuple[tuple[str, tuple[str, ...] | str], ...] = (
    ("platform_without_parent_station", "unused"),
    ("stop_without_zone_id", "unused"),
    ("unknown_column", "unused"),
    ("unknown_file", ("gtfs.file_unknown", "gtfs.table_unused")),
    ("unused_parent_station", "unused"),
)


def _rules() -> tuple[Rule, ...]:
    found = []
    for severity, rows in (("error", _ERRORS), ("warning", _WARNINGS), ("info", _INFOS)):
        for notice, told in rows:
            codes, why = ((), told) if isinstance(told, str) else (told, "")
            found.append(Rule(notice, severity, codes, why))
    return tuple(found)


RULES = _rules()


def rules_table() -> str:
    """Return the rules as a Markdown table, Japanese."""
    label = {"error": "エラー", "warning": "警告", "info": "情報"}
    lines = [
        f"正典の検証器の規則（{EDITION}）{len(RULES)} 件のうち {sum(bool(r.codes) for r in RULES)} 件を知らせます。",
        "",
        "| 検証器の規則 | 重さ | Ekisei の符号、または知らせない理由 |",
        "|---|---|---|",
    ]
    for rule in RULES:
        told = ", ".join(f"`{c}`" for c in rule.codes) or f"— {WHY[rule.why]}"
        lines.append(f"| `{rule.notice}` | {label[rule.severity]} | {told} |")
    return "\n".join(lines) + "\n"
