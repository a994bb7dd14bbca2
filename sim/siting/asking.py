"""Owns the checks of what a siting model is asked: shapes, numbers, fixed and forbidden places, how many sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import ModelError, Problem, Text, error, raise_errors
from geodata.frozen import freeze
from geodata.units import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

WHERE = "siting"


@dataclass(frozen=True, slots=True, eq=False)
class Allowed:
    """
    Which candidates may and must be chosen.

    `fixed`: candidate → must be chosen. `open`: candidate → may be chosen (fixed ones too), shapes (C,).
    """

    fixed: BoolArray
    open: BoolArray

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def candidates(self) -> IntArray:
        """Indices of the candidates that may be chosen, ascending."""
        return np.flatnonzero(self.open).astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class CostQuestion:
    """
    A question about places and what it costs to reach them, found sound.

    `table`: demand, candidate → cost, shape (D, C). `persons`: demand → weight, shape (D,). `rows`: demands with a
    weight. `candidates`: those that may be chosen, ascending. `must`: of these → must be chosen.
    """

    table: FloatArray
    persons: FloatArray
    rows: IntArray
    candidates: IntArray
    must: BoolArray

    def __post_init__(self) -> None:
        freeze(self)


def cost_question(
    cost: npt.ArrayLike,
    weights: npt.ArrayLike,
    n_sites: int,
    fixed: Sequence[int],
    forbidden: Sequence[int],
    more: Iterable[Problem] = (),
) -> CostQuestion:
    """Return the question if it fits together; `more`: what else is wrong with it."""
    problems = check_costs(cost)
    table = np.array(cost, np.float64)
    if not problems:
        problems = check_numbers(weights, len(table), Text("重み", "weights"))
    problems += more
    n_candidates = table.shape[1] if table.ndim == 2 else 0  # noqa: PLR2004 -- otherwise a problem was found
    allowed = allowed_places(n_candidates, n_sites, fixed, forbidden, problems)
    persons, candidates = np.array(weights, np.float64), allowed.candidates
    return CostQuestion(
        table, persons, np.flatnonzero(persons > 0).astype(np.int32), candidates, allowed.fixed[candidates]
    )


def check_numbers(values: npt.ArrayLike, n: int, name: Text, *, infinite: bool = False) -> list[Problem]:
    """Return what is wrong with a column of `n` numbers that must be at least 0 (and finite unless `infinite`)."""
    column = np.asarray(values, np.float64)
    if column.shape != (n,):
        found = "×".join(str(length) for length in column.shape)
        return [
            error(
                "siting.shape",
                WHERE,
                Text(f"{name.ja}は {n} 個のはずが {found} 個です", f"{name.en}: expected {n} values, found {found}"),
            )
        ]
    return _check_range(column, name, infinite=infinite)


def check_costs(cost: npt.ArrayLike) -> list[Problem]:
    """Return what is wrong with a table of costs: two axes, nothing negative or missing; inf = not reachable."""
    table = np.asarray(cost, np.float64)
    if table.ndim != 2:  # noqa: PLR2004 -- rows and columns
        return [
            error(
                "siting.shape",
                WHERE,
                Text("費用の表は 需要地 × 候補地 の2次元です", "costs are a table: demand × candidates"),
            )
        ]
    return _check_range(table, Text("費用", "costs"), infinite=True)


def _check_range(values: FloatArray, name: Text, *, infinite: bool) -> list[Problem]:
    bad = np.isnan(values) | (values < 0) | (np.isinf(values) & (not infinite))
    if not bad.any():
        return []
    return [
        error(
            "siting.value",
            WHERE,
            Text(
                f"{name.ja}に負・欠損{'' if infinite else '・無限大'}の値が {int(bad.sum()):,} 個あります",
                f"{name.en}: {int(bad.sum()):,} values are negative or missing{'' if infinite else ' or infinite'}",
            ),
        )
    ]


def check_gap(gap: float) -> list[Problem]:
    """Return what is wrong with a wanted gap: a share from 0 to below 1."""
    if 0 <= gap < 1:
        return []
    return [error("siting.gap", WHERE, Text(f"差の上限 {gap} は 0 以上 1 未満です", f"gap {gap}: 0 to below 1"))]


def check_places(n_candidates: int, fixed: Sequence[int], forbidden: Sequence[int]) -> list[Problem]:
    """Return what is wrong with the fixed and the forbidden places."""
    problems = []
    for named, name in ((fixed, Text("固定", "fixed")), (forbidden, Text("除外", "forbidden"))):
        outside = sorted({int(i) for i in named if not 0 <= int(i) < n_candidates})
        if outside:
            problems.append(
                error(
                    "siting.unknown_candidate",
                    WHERE,
                    Text(
                        f"{name.ja}された候補地 {_few(outside)} はありません（候補地は {n_candidates} か所）",
                        f"{name.en} candidates {_few(outside)} do not exist: there are {n_candidates}",
                    ),
                )
            )
    both = sorted({int(i) for i in fixed} & {int(i) for i in forbidden})
    if both:
        problems.append(
            error(
                "siting.fixed_and_forbidden",
                WHERE,
                Text(
                    f"候補地 {_few(both)} が固定と除外の両方にあります",
                    f"candidates {_few(both)} are both fixed and forbidden",
                ),
                Text("どちらか一方から外してください", "take them out of one of the two"),
            )
        )
    return problems


def check_count(n_sites: int, n_fixed: int, n_open: int) -> list[Problem]:
    """Return why so many sites cannot be chosen: fewer than the fixed ones, more than may be chosen, none."""
    if n_sites < 1:
        return [
            error(
                "siting.no_sites",
                WHERE,
                Text(f"選ぶか所数 {n_sites} は 1 以上です", f"sites to choose: {n_sites}, at least 1"),
            )
        ]
    if n_fixed > n_sites:
        return [
            error(
                "siting.too_many_fixed",
                WHERE,
                Text(
                    f"固定された候補地 {n_fixed} か所が、選ぶか所数 {n_sites} を超えています",
                    f"{n_fixed} candidates are fixed, more than the {n_sites} sites to choose",
                ),
                Text("か所数を増やすか、固定を減らしてください", "choose more sites or fix fewer"),
            )
        ]
    if n_open < n_sites:
        return [
            error(
                "siting.too_few_candidates",
                WHERE,
                Text(
                    f"選べる候補地が {n_open} か所しかなく、{n_sites} か所は選べません",
                    f"only {n_open} candidates may be chosen, fewer than the {n_sites} sites asked for",
                ),
                Text("候補地を増やすか、除外を減らしてください", "add candidates or forbid fewer"),
            )
        ]
    return []


def allowed_places(
    n_candidates: int,
    n_sites: int | None,
    fixed: Iterable[int],
    forbidden: Iterable[int],
    problems: Sequence[Problem] = (),
) -> Allowed:
    """
    Return which candidates may and must be chosen, after all checks.

    Parameters
    ----------
    n_candidates
        Number of candidates.
    n_sites
        Sites to choose; None = not limited by number.
    fixed, forbidden
        Indices of candidates that must, and that must not, be chosen.
    problems
        What other checks found; raised together.

    Returns
    -------
    allowed
        The candidates.

    Raises
    ------
    ModelError
        With every problem found.
    """
    must, must_not = [int(i) for i in fixed], [int(i) for i in forbidden]
    found = [*problems, *check_places(n_candidates, must, must_not)]
    if n_sites is not None and not found:
        found += check_count(n_sites, len(set(must)), n_candidates - len(set(must_not)))
    raise_errors(found, ModelError)
    fixed_mask = np.zeros(n_candidates, np.bool_)
    fixed_mask[must] = True
    open_mask = np.ones(n_candidates, np.bool_)
    open_mask[must_not] = False
    return Allowed(fixed_mask, open_mask)


def _few(numbers: list[int]) -> str:
    """Return at most ten numbers as text."""
    shown = ", ".join(str(n) for n in numbers[:10])
    return shown + (" …" if len(numbers) > 10 else "")  # noqa: PLR2004 -- what fits a line
