"""Owns the Japanese words of the page of access to care; `clinics_en` has the same keys."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "clinics_none": "医療機関を含む結果がありません。施設の表を取り込むと、ここに出ます。",
    "clinics_lead": (
        "医療への行きやすさを三つの見方で並べます。数の多さ、混み具合、"
        "診療時間内に行って帰れるか。同じ変更でも動き方が違います。"
    ),
    "clinics_h_more": "時間と救急",
    "clinics_h_districts": "地図と地区別",
    "clinics_map": "医療への行きやすさの地図。同じ内容の地区別の表が下にあります",
    "clinics_show": "地図に示すもの",
    "clinics_districts": "地区別（便宜区分）。比べる相手からの差つき",
    "clinics_before": "「{title}」では {value}",
    "clinics_why_clinics_per_100k": "施設の数 ÷ 人口。距離も混み具合も見ない。公表値の水準に変化を足した値",
    "clinics_why_clinic_e2sfca": "近くの診療時間を、そこへ行く人で分け合う。人が減ると改善し、医院が減ると悪化する",
    "clinics_why_clinic_round_trip_share": "公共交通か徒歩で、診療時間内に行き、受診して、19時までに帰れる人",
    "clinics_why_clinic_within_30min_share": "30分以内に着く人。診療時間は見ない",
    "clinics_why_clinic_nearest_min": "最も近い所までの時間の中央値",
    "clinics_why_emergency_within_15min_share": "混雑時の車で15分以内に、救急を受ける病院かドクターカーに届く人",
    "clinics_h_levers": "このシナリオが変えるもの",
    "clinics_no_levers": "医療を直接変える変更はありません（交通や人口の変化は効きます）。",
    "clinics_number": "{n} か所",
    "clinics_lever_remove_facility": "医院が減る（場所は示さない）",
    "clinics_lever_add_facility": "施設を加える",
    "clinics_lever_adjust_facility": "施設の診療時間などを変える",
    "clinics_lever_other": "変更",
    "clinics_param_online_visit_share": "オンライン診療の割合",
    "clinics_param_licence_return_share": "免許を返す人の割合",
    "clinics_param_clinic_week_hours": "診療所の週の診療時間（時間）",
    "clinics_param_hospital_week_hours": "病院の週の診療時間（時間）",
    "clinics_edit": "このシナリオを編集する",
    "clinics_note": (
        "同梱の日立市では診療時間・医師数がなく、混み具合と往復は仮定の診療時間による。"
        "実在の診療所が閉じると示すことはない。"
    ),
    "clinics_col_district": "地区",
    "clinics_col_persons": "人口",
    "clinics_col_per_100k": "10万人当たり",
    "clinics_col_e2sfca": "受診しやすさ",
    "clinics_col_change": "差",
    "clinics_col_p10": "下から1割",
    "clinics_col_oldest": "75歳以上",
    "clinics_col_car": "自動車なら",
    "clinics_col_trip": "往復できる人",
    "clinics_col_trip_change": "差（ポイント）",
    "clinics_col_emergency": "救急15分",
    "clinics_columns": (
        "「受診しやすさ」は平均的に受診する100人当たりの週の診療時間（E2SFCA: 近い所ほど重く、同じ所を使う人で割"
        "る）。「下から1割」は最も受診しにくい1割の人の値。「–」は値がないか、仮定の閉院の場所が分からないように"
        "示さない値。"
    ),
}
