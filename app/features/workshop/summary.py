"""Owns the summary of a workshop: votes by scenario, voices by theme, who took part; small groups hidden."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, select

from app.features.workshop.hiding import Cross, shown_groups, shown_pairs
from app.features.workshop.posts import AGE_BANDS
from app.features.workshop.tables import phone, voice, vote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.database import Database
    from app.features.workshop.board import Workshop

UNKNOWN = ""
"""Group of those who did not say."""


@dataclass(frozen=True, slots=True)
class Person:
    """One phone, without anything that tells which."""

    age: str
    district: str
    choices: Mapping[str, int]  # run id → 1, −1


@dataclass(frozen=True, slots=True)
class Count:
    """Votes on one scenario."""

    up: int
    down: int

    @property
    def total(self) -> int:
        """Votes that say anything."""
        return self.up + self.down


@dataclass(frozen=True, slots=True)
class Group:
    """Participants of one age band or district; None where they are too few to be told."""

    name: str
    persons: int | None
    votes: Mapping[str, Count] | None


@dataclass(frozen=True, slots=True)
class ThemeCount:
    """Voices of one theme, by state."""

    theme: str
    approved: int
    waiting: int
    hidden: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything the room may see; `pairs`: age × district, None where hidden; `least`: smallest group shown."""

    persons: int
    runs: Mapping[str, Count]
    themes: tuple[ThemeCount, ...]
    ages: tuple[Group, ...]
    districts: tuple[Group, ...]
    pairs: Mapping[Cross, int | None]
    least: int

    @property
    def shown(self) -> tuple[frozenset[str], frozenset[str], frozenset[Cross]]:
        """Ages, districts and pairs that may be told."""
        return (
            frozenset(group.name for group in self.ages if group.persons is not None),
            frozenset(group.name for group in self.districts if group.persons is not None),
            frozenset(pair for pair, count in self.pairs.items() if count is not None),
        )


class _Groups(NamedTuple):
    ages: tuple[Group, ...]
    districts: tuple[Group, ...]
    pairs: Mapping[Cross, int | None]


def summarize(database: Database, workshop: Workshop, least: int) -> Summary:
    """Return the summary of a workshop; groups of fewer than `least` persons are hidden."""
    persons, themes = _read(database, workshop.workshop_id)
    names = [*workshop.themes, UNKNOWN]
    groups = _groups(persons, workshop.runs, least)
    return Summary(
        persons=len(persons),
        runs={run: count_votes(persons, run) for run in workshop.runs},
        themes=tuple(
            ThemeCount(name, *(themes[name, state] for state in ("approved", "waiting", "hidden"))) for name in names
        ),
        ages=groups.ages,
        districts=groups.districts,
        pairs=groups.pairs,
        least=least,
    )


def count_votes(persons: Sequence[Person], run: str) -> Count:
    """Return the votes of some persons on one scenario."""
    choices = Counter(person.choices.get(run, 0) for person in persons)
    return Count(choices[1], choices[-1])


def _groups(persons: Sequence[Person], runs: Sequence[str], least: int) -> _Groups:
    by_age = Counter(person.age for person in persons)
    by_district = Counter(person.district for person in persons)
    both = Counter((person.age, person.district) for person in persons)
    ages, districts = shown_groups(by_age, least), shown_groups(by_district, least)
    pairs = shown_pairs(both, ages, districts, least)

    def group(name: str, members: Sequence[Person], *, shown: bool) -> Group:
        votes = {run: count_votes(members, run) for run in runs}
        return Group(name, len(members) if shown else None, votes if shown else None)

    in_order = [age for age in (*AGE_BANDS, UNKNOWN) if by_age[age]]
    return _Groups(
        tuple(group(age, [p for p in persons if p.age == age], shown=age in ages) for age in in_order),
        tuple(
            group(name, [p for p in persons if p.district == name], shown=name in districts)
            for name in sorted(by_district, key=lambda name: (name == UNKNOWN, name))
        ),
        {pair: both[pair] if pair in pairs else None for pair in sorted(both)},
    )


def _read(database: Database, workshop_id: str) -> tuple[list[Person], Counter[tuple[str, str]]]:
    with database.reading() as connection:
        phones = connection.execute(
            select(phone.c.phone, phone.c.age_band, phone.c.district).where(phone.c.workshop_id == workshop_id)
        ).all()
        votes = connection.execute(
            select(vote.c.phone, vote.c.run_id, vote.c.choice).where(
                and_(vote.c.workshop_id == workshop_id, vote.c.choice != 0)
            )
        ).all()
        voices = connection.execute(select(voice.c.theme, voice.c.state).where(voice.c.workshop_id == workshop_id))
        themes = Counter((str(theme), str(state)) for theme, state in voices)
    choices: dict[str, dict[str, int]] = {}
    for who, run, choice in votes:
        choices.setdefault(who, {})[run] = choice
    persons = [
        Person(age or UNKNOWN, district or UNKNOWN, choices.get(who, {})) for who, age, district in sorted(phones)
    ]
    return persons, themes
