"""Owns age columns: what a Japanese or English label says, and which disjoint age groups follow from many of them."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from geodata.errors import Text
from geodata.population import AgeBand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geodata.units import FloatArray

Sex = Literal["both", "male", "female"]

OPEN_AGE = 999
"""Stands for the upper end of an open age group (95歳以上)."""

_RANGE = re.compile(r"(\d{1,3})(?:歳)?[~\-](\d{1,3})歳?")
_OVER = re.compile(r"(\d{1,3})(?:歳以上|歳~|\+|(?:plus|over|andover|andolder|up)(?![a-z]))")
_UNDER = re.compile(r"(\d{1,3})歳未満")
_UP_TO = re.compile(r"(\d{1,3})歳以下")
_SINGLE = re.compile(r"(\d{1,3})歳")
_FORMS = (_RANGE, _OVER, _UNDER, _UP_TO, _SINGLE)
_MALE = re.compile(r"男女?|(?<!fe)male")
_FEMALE = re.compile(r"女|female")
# What may stand beside an age without changing what is counted.
_PLAIN = re.compile(
    r"人口|総数|合計|計|男女|男|女|の|うち|再掲|年齢|不詳|含む|を|人|\(.*?\)|「|」|、|,|・|:|/|_|-|"
    r"population|persons|people|total|residents|pop|ages?|aged|years|old|female|male|all"
)


@dataclass(frozen=True, slots=True)
class AgeColumn:
    """A column of persons: from `from_age` up to but not including `end_age` (`OPEN_AGE` = and older), by sex."""

    name: str
    from_age: int
    end_age: int
    sex: Sex = "both"

    @property
    def is_total(self) -> bool:
        """Whether it counts everybody, those of unknown age included."""
        return self.from_age == 0 and self.end_age == OPEN_AGE


@dataclass(frozen=True, slots=True)
class BandPlan:
    """
    How disjoint age groups are made of the columns of a table.

    `bands`: the groups, in order. `terms`: for each, which columns are added (+1) and taken off (−1). `total`: the
    columns (one, or one by sex) that count everybody; empty = the sum of the groups. `whole`: whether everybody is in
    a group, because one of them was taken off the total; then nobody is of unknown age.
    """

    bands: tuple[AgeBand, ...]
    terms: tuple[tuple[tuple[str, int], ...], ...]
    total: tuple[str, ...]
    whole: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns it needs, in order of first use."""
        used = [name for term in self.terms for name, _ in term]
        return tuple(dict.fromkeys([*self.total, *used]))

    def persons(self, columns: Mapping[str, FloatArray]) -> FloatArray:
        """Return persons by row and group, shape (N, A); NaN where a column needed is NaN."""
        parts = [np.sum([columns[name] * sign for name, sign in term], axis=0) for term in self.terms]
        return np.column_stack(parts)

    def totals(self, columns: Mapping[str, FloatArray]) -> FloatArray:
        """Return everybody by row, shape (N,); without such a column the sum of the groups."""
        if not self.total:
            return np.asarray(self.persons(columns).sum(axis=1))
        return np.asarray(np.sum([columns[name] for name in self.total], axis=0))


def read_label(name: str, label: str) -> AgeColumn | None:
    """
    Return what a label says a column counts; None = not persons of an age.

    Full-width signs, spaces and every form of the wave dash are taken alike: 「　０～１４歳人口　総数」,
    「総数15歳未満」, 「男６５歳以上」, ``pop_65_74``. A label with any other word in it (世帯, 就業者, 外国人 …) is
    no age column.
    """
    text = plain_label(label)
    sex: Sex = "both"
    if _FEMALE.search(text) and not re.search(r"男女|男.*女", text):
        sex = "female"
    elif (found := _MALE.search(text)) and found.group() != "男女":
        sex = "male"
    span, rest = _span(text)
    if _PLAIN.sub("", rest).strip():
        return None
    if span is None:
        everybody = re.search(r"総数|人口|合計|計|total|pop|persons|population|residents|all", text)
        alone = sex != "both" and text in {"男", "女", "male", "female"}
        return AgeColumn(name, 0, OPEN_AGE, sex) if everybody or alone else None
    return AgeColumn(name, *span, sex) if span[0] < span[1] else None


def plain_label(label: str) -> str:
    """Return a label in half-width lower case without spaces, with one kind of dash."""
    text = unicodedata.normalize("NFKC", label).lower()
    text = re.sub(r"[\s\u3000]+", "", text)
    text = re.sub(r"[〜～∼∿]", "~", text)
    text = re.sub(r"[‐‑‒–—―−ー](?=\d)", "-", text)
    return re.sub(r"(?<=\d)(?:to|_)(?=\d)", "-", text)


def plan_bands(columns: Sequence[AgeColumn]) -> BandPlan:
    """
    Find the finest disjoint age groups that follow from overlapping columns.

    Every column links the two ages it lies between; whatever lies between two linked ages is known as a sum or
    difference of columns (65–74 = 65以上 − 75以上). The total counts people of unknown age too, so it is used only
    where no other column closes a gap. Columns by sex are added where there is none for both.

    Returns
    -------
    plan
        One group of all ages if nothing finer follows.
    """
    links = _by_both_sexes(columns)
    total = links.pop((0, OPEN_AGE), ())
    names: dict[tuple[int, int], tuple[str, ...]] = dict(links)
    ways = _ways(names, OPEN_AGE)
    whole = False
    if 0 not in ways and total:
        names[(0, OPEN_AGE)] = total
        ways = _ways(names, OPEN_AGE)
        whole = True
    ages = sorted(a for a in ways) if 0 in ways else []
    if len(ages) < 3:  # noqa: PLR2004 -- birth, one age between, and no end
        everybody = total or (ways.get(0) and tuple(names[(0, OPEN_AGE)])) or ()
        term = tuple((name, 1) for name in everybody)
        return BandPlan((band_of(0, OPEN_AGE),), (term,), tuple(everybody), whole=True) if everybody else NO_PLAN
    terms = [_term(names, a, b) for a, b in pairwise(ages)]
    return BandPlan(tuple(band_of(a, b) for a, b in pairwise(ages)), tuple(terms), total, whole)


def describe(plan: BandPlan, labels: Mapping[str, str]) -> str:
    """Return which column went into which group, for people to check: ``65–74歳 = A(65歳以上) − B(75歳以上)``."""
    parts = []
    for band, term in zip(plan.bands, plan.terms, strict=True):
        signed = "".join(f"{' + ' if sign > 0 else ' − '}{_named(name, labels)}" for name, sign in term).removeprefix(
            " + "
        )
        parts.append(f"{band.label.ja} = {signed}")
    return "; ".join(parts)


def merge_bands(bands: Sequence[AgeBand], persons: FloatArray, wanted: Sequence[AgeBand]) -> FloatArray | None:
    """Return persons by wanted group, summed from finer ones, shape (N, W); None where their edges do not meet."""
    edges = {b.from_age for b in bands} | {OPEN_AGE}
    ends = [OPEN_AGE if b.to_age is None else b.to_age + 1 for b in wanted]
    starts = [b.from_age for b in wanted]
    if (
        any(a not in edges for a in (*starts, *ends))
        or starts[0] != 0
        or starts[1:] != ends[:-1]
        or ends[-1] != OPEN_AGE
    ):
        return None
    lower = np.array([b.from_age for b in bands])
    parts = [persons[:, (lower >= a) & (lower < b)].sum(axis=1) for a, b in zip(starts, ends, strict=True)]
    return np.column_stack(parts)


def _named(name: str, labels: Mapping[str, str]) -> str:
    label = labels.get(name, "").replace("\u3000", " ").strip()
    return f"{name}（{label}）" if label and label != name else name


def _span(text: str) -> tuple[tuple[int, int] | None, str]:
    for form in _FORMS:
        found = form.search(text)
        if found is None:
            continue
        first = int(found.group(1))
        if form is _RANGE:
            span = (first, int(found.group(2)) + 1)
        elif form is _OVER:
            span = (first, OPEN_AGE)
        elif form is _UNDER:
            span = (0, first)
        else:
            span = (0 if form is _UP_TO else first, first + 1)
        return span, text[: found.start()] + text[found.end() :]
    return None, text


def _by_both_sexes(columns: Sequence[AgeColumn]) -> dict[tuple[int, int], tuple[str, ...]]:
    """Return (from, end) → the column for both sexes, or the two by sex; the first of equal ones counts."""
    found: dict[tuple[int, int], dict[Sex, str]] = {}
    for column in columns:
        found.setdefault((column.from_age, column.end_age), {}).setdefault(column.sex, column.name)
    return {
        span: (by_sex["both"],) if "both" in by_sex else (by_sex["male"], by_sex["female"])
        for span, by_sex in found.items()
        if "both" in by_sex or {"male", "female"} <= set(by_sex)
    }


def _ways(names: Mapping[tuple[int, int], tuple[str, ...]], start: int) -> dict[int, int]:
    """Return age → number of columns away from `start`, for every age that columns link to it."""
    near: dict[int, list[int]] = {}
    for a, b in names:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    ways = {start: 0} if start in near else {}
    queue = deque(ways)
    while queue:
        age = queue.popleft()
        for other in sorted(near[age]):
            if other not in ways:
                ways[other] = ways[age] + 1
                queue.append(other)
    return ways


def _term(names: Mapping[tuple[int, int], tuple[str, ...]], low: int, high: int) -> tuple[tuple[str, int], ...]:
    """Return the fewest columns whose sum and difference count those from `low` to below `high`."""
    steps = _ways(names, high)
    term: list[tuple[str, int]] = []
    age = low
    while age != high:
        ahead = [(a, b) for a, b in names if age in (a, b) and steps[b if a == age else a] == steps[age] - 1]
        a, b = min(ahead)
        sign = 1 if a == age else -1
        term += [(name, sign) for name in names[(a, b)]]
        age = b if a == age else a
    return tuple(sorted(term, key=lambda t: -t[1]))


def band_of(first: int, end: int) -> AgeBand:
    """Return the age group from `first` up to but not including `end` (`OPEN_AGE` = and older)."""
    if end == OPEN_AGE:
        if first == 0:
            return AgeBand("all", Text("全年齢", "all ages"), 0, None)
        return AgeBand(f"{first}+", Text(f"{first}歳以上", f"{first}+"), first, None)
    last = end - 1
    if last == first:
        return AgeBand(f"{first}", Text(f"{first}歳", f"{first}"), first, last)
    return AgeBand(f"{first}-{last}", Text(f"{first}–{last}歳", f"{first}–{last}"), first, last)


NO_PLAN = BandPlan((), (), ())
