"""Owns the maps that the service commands write: candidates of the mobile office and ranked hubs, as GeoJSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from geodata.facilities import FacilityKind

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from app.commands.office_asking import OfficeAsk
    from app.commands.session import Session
    from geodata.mobile_office import MobileOfficePlan
    from scenarios.apply import Applied

DIGITS = 6
MEDICAL = (FacilityKind.CLINIC, FacilityKind.HOSPITAL)
"""Of these only chosen ones are listed: a list of all would tell by its gaps which one a scenario closes."""
Json = dict[str, Any]


def site_features(applied: Applied, plan: MobileOfficePlan, ask: OfficeAsk) -> Json:
    """
    Return the candidates, chosen ones first, with who can walk to each.

    `persons`, `persons_65plus`, `persons_75plus`: residents within the walk. `persons_added`: of those counted
    (`from_age`), who can walk to no other chosen place. `visits`: when it is there, "" = not chosen.
    """
    import numpy as np

    from app.commands.office_tables import FROM_AGE, within_walk
    from scenarios.export import visit_text

    rows = _candidates(applied, plan, ask)
    places = {place.facility_id: place for place in plan.places}
    facilities, people = applied.city.facilities, applied.city.population
    chosen = np.array([str(facilities.facility_id[row]) in places for row in rows], np.bool_)
    near = within_walk(applied, plan, facilities.xy[rows])
    others = near[:, chosen].sum(axis=1)[:, None] - (near & chosen[None, :])
    from_age = FROM_AGE[ask.weights]
    added = people.at_least(from_age) @ (near & (others == 0))
    counts = {name: people.at_least(age) @ near for name, age in _GROUPS.items()}
    features = []
    for n in np.argsort(~chosen, kind="stable").tolist():
        row = rows[n]
        facility_id, name = str(facilities.facility_id[row]), str(facilities.name[row])
        visits = places[facility_id].visits if chosen[n] else ()
        properties = {
            "id": facility_id,
            "name": name,
            "kind": str(facilities.kind[row]),
            "chosen": bool(chosen[n]),
            "always": bool({facility_id, name} & set(ask.fixed)),
            "never": bool({facility_id, name} & set(ask.forbidden)),
            **{group: round(float(values[n]), 1) for group, values in counts.items()},
            "persons_added": round(float(added[n]), 1),
            "visits": "; ".join(visit_text(visit, "ja") for visit in visits),
            "visits_en": "; ".join(visit_text(visit, "en") for visit in visits),
        }
        features.append(_point(facilities.lonlat[row].tolist(), properties))
    asked = {"objective": ask.objective, "walk_m": ask.walk_m, "from_age": from_age, "plan_status": plan.plan_status}
    return _collection(features, {**asked, "chosen_by": plan.chosen_by})


_GROUPS = {"persons": 0, "persons_65plus": 65, "persons_75plus": 75}


def _candidates(applied: Applied, plan: MobileOfficePlan, ask: OfficeAsk) -> list[int]:
    """Return the rows of the facilities that could be chosen."""
    chosen = {place.facility_id for place in plan.places}
    kinds, ids = applied.city.facilities.kind.tolist(), applied.city.facilities.facility_id.tolist()
    shown = (
        kind in ask.candidates and (kind not in MEDICAL or i in chosen) for kind, i in zip(kinds, ids, strict=True)
    )
    return [row for row, is_shown in enumerate(shown) if is_shown]


def hub_features(ranking: pd.DataFrame) -> Json:
    """Return the ranked hubs with the columns of the ranking."""
    columns = [name for name in ranking.columns if name not in {"lon", "lat"}]
    rows = json.loads(ranking[columns].to_json(orient="records", force_ascii=False))
    spots = ranking[["lon", "lat"]].to_numpy().tolist()
    return _collection([_point(spot, row) for spot, row in zip(spots, rows, strict=True)], {})


def _point(lonlat: list[float], properties: Json) -> Json:
    coordinates = [round(float(v), DIGITS) for v in lonlat]
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": coordinates}, "properties": properties}


def _collection(features: list[Json], conditions: Json) -> Json:
    """Return features and under what conditions they hold; WGS 84, as RFC 7946 has it."""
    return {"type": "FeatureCollection", **({"conditions": conditions} if conditions else {}), "features": features}


def save_features(features: Json, path: Path, session: Session) -> None:
    """Write features, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(features, ensure_ascii=False, allow_nan=False, indent=1) + "\n", encoding="utf-8")
    part.replace(path)
    session.print(session.say("compare.csv", path=path))
