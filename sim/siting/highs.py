"""Owns the call of HiGHS: a mixed integer program as arrays in one go, one thread, no time limit, proven or refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.errors import ModelError, Text, error
from geodata.frozen import freeze
from geodata.units import BoolArray, FloatArray

if TYPE_CHECKING:
    import scipy.sparse

_SEED = 2031
_OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "log_to_console": False,
    "threads": 1,
    "random_seed": _SEED,
    "mip_abs_gap": 0.0,
}
_ROWWISE, _MINIMIZE, _MAXIMIZE = 2, 1, -1
_WRONG_PRESOLVE = "1.14."  # calls choices the best that are not: ERGO-Code/HiGHS issues 3043, 3073, 3094


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """
    A mixed integer program; all columns lie in [`lower`, `upper`].

    Parameters
    ----------
    gain
        column → its part of the objective, shape (N,).
    lower, upper
        column → bounds, shape (N,).
    whole
        column → must be a whole number, shape (N,).
    rows
        The rows, shape (M, N).
    row_lower, row_upper
        row → bounds, ±inf = none, shape (M,).
    maximize
        Whether more is better.
    """

    gain: FloatArray
    lower: FloatArray
    upper: FloatArray
    whole: BoolArray
    rows: scipy.sparse.csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    maximize: bool

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Values of the columns, and what no solution can beat."""

    values: FloatArray
    bound: float

    def __post_init__(self) -> None:
        freeze(self)


def solve(program: Program, what: str, *, gap: float = 0.0, start: FloatArray | None = None) -> Solution | None:
    """
    Return a solution of a program that is proven the best, or within a gap of it; None where it has none.

    Parameters
    ----------
    program
        The program.
    what
        What is solved, for the message.
    gap
        Share of the objective within which a solution is good enough; 0 = the best.
    start
        Values of the first columns to begin with, shape (≤ N,); the others follow from them.

    Returns
    -------
    solution
        Columns and bound; None = infeasible.

    Raises
    ------
    ModelError
        If HiGHS ends in any other way than with a proof.

    Notes
    -----
    One thread, a fixed seed and no limit of time, so the same program gives the same solution on every run. Proven
    means within HiGHS's tolerance of 1e-6 on rows and on whole numbers. HiGHS 1.14 runs without presolve, which loses
    the best solution of some programs there.

    References
    ----------
    Huangfu, Hall (2018), Mathematical Programming Computation 10(1).
    """
    import highspy  # noqa: PLC0415 -- heavy

    highs = _run(program, gap, start)
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None
    if status != highspy.HighsModelStatus.kOptimal:
        name = highs.modelStatusToString(status)
        raise ModelError(
            error(
                "siting.not_solved",
                what,
                Text(f"HiGHS が最適性を証明できずに終わりました（{name}）", f"HiGHS ended without a proof ({name})"),
            )
        )
    values = np.array(highs.getSolution().col_value, np.float64)
    found = highs.getInfo()
    bound = found.mip_dual_bound if program.whole.any() else found.objective_function_value
    return Solution(values, float(bound))


def _run(program: Program, gap: float, start: FloatArray | None) -> Any:
    """Pass a program to HiGHS and run it; a scheduler that another library began with other threads is begun anew."""
    import highspy  # noqa: PLC0415 -- heavy

    highs = _passed(program, gap, start)
    if highs.run() != highspy.HighsStatus.kError:
        return highs
    highspy.Highs.resetGlobalScheduler(True)
    highs = _passed(program, gap, start)
    highs.run()
    return highs


def _passed(program: Program, gap: float, start: FloatArray | None) -> Any:
    import highspy  # noqa: PLC0415 -- heavy

    highs: Any = highspy.Highs()
    for name, value in _OPTIONS.items():
        highs.setOptionValue(name, value)
    if highs.version().startswith(_WRONG_PRESOLVE):
        highs.setOptionValue("presolve", "off")
    highs.setOptionValue("mip_rel_gap", gap)
    rows = program.rows.tocsr()
    highs.passModel(
        len(program.gain), rows.shape[0], rows.nnz, _ROWWISE, _MAXIMIZE if program.maximize else _MINIMIZE, 0.0,
        program.gain, program.lower, program.upper, program.row_lower, program.row_upper,
        rows.indptr.astype(np.int32), rows.indices.astype(np.int32), rows.data.astype(np.float64),
        program.whole.astype(np.int32),
    )  # fmt: skip
    if start is not None:
        highs.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    return highs
