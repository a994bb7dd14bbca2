"""Owns how visits of a mobile city office look: as a weekly table, by place with people, and as a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.commands.layout import Column, fitted_table
from geodata.units import SECONDS_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from rich.table import Table

    from app.commands.session import Session
    from geodata.mobile_office import MobileOfficePlan, OfficePlace, OfficeVisit
    from geodata.units import BoolArray, FloatArray
    from scenarios.apply import Applied

MONTH_COLUMNS = ("date", "vehicle", "place", "open", "close", "leave", "arrive", "drive_min", "return_depot", "status")
FROM_AGE = {"pop": 0, "pop65": 65, "pop75": 75}
"""Whose walks count → from which age."""
WEEKDAY_IDS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Visits:
    """Recurring visits in the order in which a week goes by, vehicle by vehicle."""

    rows: tuple[tuple[MobileOfficePlan, OfficePlace, OfficeVisit], ...]

    @classmethod
    def of(cls, plans: Sequence[MobileOfficePlan]) -> Visits:
        """Return the visits of plans."""
        found = [(plan, place, visit) for plan in plans for place in plan.places for visit in place.visits]
        found.sort(key=lambda r: (r[0].plan_id, r[2].vehicle, r[2].weekday, r[2].weeks_of_month, r[2].start_s))
        return cls(tuple(found))

    def frame(self) -> pd.DataFrame:
        """Return one row per recurring visit: weekday mon … sun, weeks "1 3" ("" = every week), times HH:MM."""
        import pandas as pd

        return pd.DataFrame([_record(*row) for row in self.rows])


def _record(plan: MobileOfficePlan, place: OfficePlace, visit: OfficeVisit) -> dict[str, Any]:
    return {
        "plan_id": plan.plan_id,
        "plan_status": plan.plan_status,
        "vehicle": visit.vehicle + 1 if visit.vehicle >= 0 else "",
        "weekday": WEEKDAY_IDS[visit.weekday],
        "weeks_of_month": " ".join(map(str, visit.weeks_of_month)),
        "open": clock(visit.start_s),
        "close": clock(visit.end_s),
        "place_id": place.place_id,
        "name_ja": place.name.ja,
        "name_en": place.name.en,
        "lon": place.lonlat[0],
        "lat": place.lonlat[1],
    }


def clock(seconds: int) -> str:
    """Return HH:MM of seconds after midnight."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def tour_table(
    session: Session, plans: Sequence[MobileOfficePlan], title: str, people: pd.DataFrame | None = None
) -> Table:
    """Return the visits by vehicle and weekday; `people` adds who can walk to each place."""
    from rich.text import Text as Styled

    from scenarios.export import visit_text

    lang = session.lang
    columns = [
        Column(session.say("office.vehicle"), right=True),
        Column(session.say("office.when")),
        Column(session.say("office.place")),
    ]
    counts = {} if people is None else people.set_index("place_id").to_dict("index")
    if people is not None:
        columns += [Column(session.say(k), right=True) for k in ("office.persons", "office.only_here")]
    rows = []
    for _, place, visit in Visits.of(plans).rows:
        vehicle = str(visit.vehicle + 1) if visit.vehicle >= 0 else "—"
        cells = [vehicle, visit_text(visit, lang), place.name.get(lang)]
        if people is not None:
            near = counts[place.place_id]
            cells += [f"{near['persons']:,.0f}", f"{near['persons_only_here']:,.0f}"]
        rows.append(tuple(Styled(c) for c in cells))
    return fitted_table(title, columns, rows, session.out.width, elastic=2)


def place_frame(applied: Applied, plan: MobileOfficePlan, from_age: int) -> pd.DataFrame:
    """
    Return the visits with people of `from_age` or older who can walk to each place, and to no other of the plan.

    Walks are from the centres of cells, as when the places are chosen.
    """
    import numpy as np
    import pandas as pd

    near = within_walk(applied, plan, np.array([place.xy for place in plan.places]))
    weights = applied.city.population.at_least(from_age)
    alone = near & (near.sum(axis=1, keepdims=True) == 1)
    counts = pd.DataFrame(
        {
            "place_id": [place.place_id for place in plan.places],
            "from_age": from_age,
            "walk_m": plan.walk_m,
            "persons": weights @ near,
            "persons_only_here": weights @ alone,
        }
    )
    return Visits.of([plan]).frame().merge(counts, on="place_id", how="left")


def within_walk(applied: Applied, plan: MobileOfficePlan, places_xy: FloatArray) -> BoolArray:
    """Return cell, place → whether its centre is within the walk of the plan, shape (C, J)."""
    from sim.mobile_office.choosing import walk_seconds_table

    speed = applied.params.walk_standard_m_min
    limit_s = int(plan.walk_m / speed * SECONDS_PER_MIN)
    near: BoolArray = walk_seconds_table(applied.city, places_xy, limit_s, speed) <= limit_s
    return near


def month_rows(applied: Applied, plans: Sequence[MobileOfficePlan], year: int, month: int) -> pd.DataFrame:
    """Return the month of all plans, by date."""
    import pandas as pd

    from sim.mobile_office.drives import plan_drives
    from sim.mobile_office.month import month_table

    speed = applied.params.car_offpeak_kmh
    frames = [month_table(plan, year, month, plan_drives(applied.city.streets, plan, speed)) for plan in plans]
    return pd.concat(frames, ignore_index=True)


def month_table_of(session: Session, frame: pd.DataFrame, title: str) -> Table:
    """Return a month as a table."""
    from rich.text import Text as Styled

    columns = [Column(session.say(f"officemonth.{c}"), right=c.endswith("_min")) for c in MONTH_COLUMNS]
    rows = []
    for row in frame.to_dict("records"):
        row["date"] = f"{row['date'][5:]} {row['weekday']}"
        rows.append(tuple(Styled(_cell(row[c])) for c in MONTH_COLUMNS))
    return fitted_table(title, columns, rows, session.out.width, elastic=MONTH_COLUMNS.index("place"))


def _cell(value: Any) -> str:
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 -- NaN is the only one unlike itself
