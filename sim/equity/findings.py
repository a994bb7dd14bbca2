"""Owns what is found out about fairness before it is put into words: whose access, to what, in which district."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Text
from geodata.provenance import Status, weakest
from sim.accessibility import dual_access
from sim.clinic import OUTPATIENT_KINDS, nearest_minutes, outpatient_places
from sim.clinic_access.competition import minutes_to
from sim.equity.districts import DistrictShares, district_shares
from sim.equity.people import WHO, Who, people_of
from sim.kpi.clinic_measures import CLINIC_MEASURES, ROUND_TRIP
from sim.kpi.equity_measures import people_status
from sim.kpi.journeys import PUPILS, measure_school
from sim.kpi.measure import GroupWeights, Measure, group_value, group_weights
from sim.kpi.places import measure_clinic_within_limit, measure_office_within

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.context import RunContext

PUPIL_WORDS = Text("高校生の年齢（15–18歳）の人", "people of high-school age (15–18)")


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """
    How many of some people have some access, in the city and by district.

    Parameters
    ----------
    finding_id
        What it is.
    who, what
        Words: of whom, and what they can do.
    measure, people
        The access on cells, and the people.
    status
        Weakest status of access and people.
    """

    finding_id: str
    who: Text
    what: Text
    measure: Measure
    people: GroupWeights
    status: Status

    @property
    def missing(self) -> str:
        """Why there is no number, "" where there is one."""
        return self.measure.missing or self.people.missing

    @property
    def persons(self) -> float:
        """People asked about."""
        return float(self.people.standard.sum() + self.people.older.sum())

    @property
    def share(self) -> float | None:
        """The share of them who have the access; None where it is not known."""
        return None if self.missing else group_value(self.measure, self.people)

    def by_district(self, context: RunContext) -> DistrictShares | None:
        """Return the shares by district; None where there are none or nothing is known."""
        population = context.city.population
        if self.missing or len(population.district_id) == 0:
            return None
        return district_shares(population, self.measure, self.people)


def clinic_finding(context: RunContext, who: Who) -> Finding:
    """Return who is within the time limit of a clinic or hospital."""
    limit = f"{context.params.clinic_within_min:g}"
    what = Text(
        f"{limit}分以内に公共交通か徒歩で医療機関に着ける人",
        f"get to a clinic or hospital within {limit} min by public transport or on foot",
    )
    return _finding(context, "clinic", what, measure_clinic_within_limit(context), who)


def round_trip_finding(context: RunContext, who: Who) -> Finding:
    """Return who can see a doctor and be home in time."""
    what = Text(
        "公共交通か徒歩で診療時間内に受診して帰宅できる人",
        "can see a doctor within opening hours and be home in time by public transport or on foot",
    )
    return _finding(context, "round-trip", what, next(iter(CLINIC_MEASURES[ROUND_TRIP](context))), who)


def office_finding(context: RunContext, who: Who) -> Finding:
    """Return who is within the time limit of the city hall or a branch."""
    limit = f"{context.params.city_office_within_min:g}"
    what = Text(
        f"{limit}分以内に公共交通か徒歩で市役所（本庁・支所）に着ける人",
        f"get to the city hall or a branch within {limit} min by public transport or on foot",
    )
    return _finding(context, "office", what, next(iter(measure_office_within(context))), who)


def _finding(context: RunContext, name: str, what: Text, measure: Measure, who: Who) -> Finding:
    status = people_status(context, measure.status, who)
    return Finding(f"{name}-{who}", WHO[who], what, measure, people_of(context, who), status)


def school_finding(context: RunContext) -> Finding:
    """Return which pupils reach a high school by its first bell and come home in the evening."""
    measure = next(iter(measure_school(context)))
    what = Text(
        "公共交通か徒歩で始業までに高校に着き、夕方に帰れる人",
        "get to a high school by its first bell and home in the evening by public transport or on foot",
    )

    def compute() -> GroupWeights:
        return group_weights(context.city.population, "all", context.params.older_from_age, PUPILS)

    people = context.step("people", "pupils", compute)
    status = weakest([measure.status, context.split_status("districts"), context.split_status("ages")])
    return Finding("school-pupils", PUPIL_WORDS, what, measure, people, status)


def drivers_share(context: RunContext) -> float | None:
    """Return the share of licence holders of 75 and older within the time limit by car; None where it is not known."""
    facilities = context.facilities(*OUTPATIENT_KINDS)
    places = outpatient_places(facilities)
    old, without = people_of(context, "75plus"), people_of(context, "75plus-no-licence")
    holders = np.maximum(old.standard + old.older - without.standard - without.older, 0.0)
    if len(places) == 0 or old.missing or holders.sum() <= 0:
        return None
    minutes = dual_access(minutes_to(context, facilities.xy[places], "car", older=False).astype(np.float32))
    return float(holders @ (minutes <= context.params.clinic_within_min)) / float(holders.sum())


def clinic_minutes(context: RunContext) -> tuple[FloatArray, FloatArray] | None:
    """Return cell → minutes to the nearest clinic or hospital, by walker, shapes (C,); None where there is none."""
    facilities = context.facilities(*OUTPATIENT_KINDS)
    places = outpatient_places(facilities)
    if len(places) == 0:
        return None
    xy = facilities.xy[places]
    return nearest_minutes(context, xy, "standard"), nearest_minutes(context, xy, "older")
