"""Owns the English words of the page of access to care; the same keys as `clinics_ja`."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "clinics_none": "No run holds clinics. Take in a table of facilities to see access to care here.",
    "clinics_lead": (
        "Three ways to look at access to care: how many there are, how crowded "
        "they are, and whether one gets there and back within their hours."
    ),
    "clinics_h_more": "Time, and emergencies",
    "clinics_h_districts": "Map and districts",
    "clinics_map": "Map of access to care; a table by district below tells the same",
    "clinics_show": "Shown on the map",
    "clinics_districts": "By district (of convenience), with the change against the reference",
    "clinics_before": "{value} in “{title}”",
    "clinics_why_clinics_per_100k": (
        "Places ÷ residents; looks at neither distance nor crowding. The official level plus the computed change"
    ),
    "clinics_why_clinic_e2sfca": (
        "Hours near by, shared among those who get there: better as people leave, worse as clinics do"
    ),
    "clinics_why_clinic_round_trip_share": (
        "Who gets there by transit or on foot, is seen within hours, and is home by 19:00"
    ),
    "clinics_why_clinic_within_30min_share": "Within 30 minutes; hours are not looked at",
    "clinics_why_clinic_nearest_min": "Median time to the nearest",
    "clinics_why_emergency_within_15min_share": (
        "Within 15 minutes by car in the peak of emergency care or a doctor car"
    ),
    "clinics_h_levers": "What this scenario changes",
    "clinics_no_levers": "Nothing changes care directly (transit and people still do).",
    "clinics_number": "{n} places",
    "clinics_lever_remove_facility": "Fewer clinics (not located)",
    "clinics_lever_add_facility": "A place is added",
    "clinics_lever_adjust_facility": "Hours and the like of a place",
    "clinics_lever_other": "Change",
    "clinics_param_online_visit_share": "Share of online visits",
    "clinics_param_licence_return_share": "Share who return their licence",
    "clinics_param_clinic_week_hours": "Weekly hours of a clinic",
    "clinics_param_hospital_week_hours": "Weekly hours of a hospital",
    "clinics_edit": "Edit this scenario",
    "clinics_note": (
        "The bundled Hitachi has neither hours nor doctors: crowding and round "
        "trips rest on assumed hours. No real clinic is ever shown as closing."
    ),
    "clinics_col_district": "District",
    "clinics_col_persons": "Residents",
    "clinics_col_per_100k": "Per 100,000",
    "clinics_col_e2sfca": "Hours per 100",
    "clinics_col_change": "Change",
    "clinics_col_p10": "Worst tenth",
    "clinics_col_oldest": "75+",
    "clinics_col_car": "By car",
    "clinics_col_trip": "Round trip",
    "clinics_col_trip_change": "Change (points)",
    "clinics_col_emergency": "Emergency 15 min",
    "clinics_columns": (
        "“Hours per 100” are weekly hours per 100 average visitors (E2SFCA: nearer places weigh more, shared "
        "among those who use them). “Worst tenth” is what the tenth served least has. “–” is not known, or "
        "left out so that no assumed closure can be located."
    ),
}
