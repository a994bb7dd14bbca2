"""Owns why a KPI cannot react, in a planner's words: what would have to be changed for it to move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

LAYER_TEXT = {
    "facilities": Text("施設", "facilities"),
    "timetable": Text("路線・便", "lines and runs"),
    "population": Text("人口", "residents"),
    "on_demand": Text("デマンド交通", "on-demand services"),
    "mobile_offices": Text("動く市役所", "mobile offices"),
    "fare_changes": Text("運賃", "fares"),
    "behaviour": Text("行動の仮定", "supposed behaviour"),
    "hubs": Text("モビリティハブ", "hubs"),
    "entrances": Text("駅の出入口", "station entrances"),
    "autonomous": Text("自動運転", "autonomous driving"),
}
"""Layers that a modification may change, the ones a planner thinks of first standing first."""
KIND_TEXT = {
    "clinic": Text("診療所", "clinics"),
    "hospital": Text("病院", "hospitals"),
    "branch_office": Text("支所", "branch offices"),
    "city_office": Text("市役所本庁", "the city hall"),
    "community_centre": Text("交流センター", "community centres"),
    "shop": Text("商店", "shops"),
    "doctor_car_base": Text("ドクターカーの拠点", "doctor car bases"),
    "shelter": Text("避難所", "shelters"),
    "high_school": Text("高校", "high schools"),
    "large_workplace": Text("大規模事業所", "large workplaces"),
    "station_front": Text("駅前", "station fronts"),
}
MOST_WORDS = 5


def nothing_changes(layers: Sequence[str], kinds: Sequence[str]) -> Text:
    """Return that no change is made to any of the layers, facilities told by the kinds that are looked at."""
    words: list[Text] = []
    for layer, text in LAYER_TEXT.items():
        if layer in layers:
            words += [KIND_TEXT[kind] for kind in kinds] if layer == "facilities" and kinds else [text]
    shown, more = words[:MOST_WORDS], len(words) > MOST_WORDS
    ja = "・".join(word.ja for word in shown) + ("など" if more else "")
    en = ", ".join(word.en for word in shown) + (" and others" if more else "")
    return Text(f"{ja}を変える変更がない", f"no change is made to {en}")


def other_kinds(kinds: Sequence[str]) -> Text:
    """Return that facilities change, but none of a kind that is looked at."""
    ja, en = "・".join(KIND_TEXT[k].ja for k in kinds), ", ".join(KIND_TEXT[k].en for k in kinds)
    return Text(f"見ている種類の施設（{ja}）を変える変更がない", f"no change is made to {en}, which it looks at")
