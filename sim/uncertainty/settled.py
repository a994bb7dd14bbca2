"""Owns the rows of one evaluation after another: what the next one's settings do not touch is not even looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.run import default_rows
from sim.step_context import BASE
from sim.watching import PARAM

if TYPE_CHECKING:
    from sim.context import RunContext
    from sim.kpi.spec import KpiSpec
    from sim.params import Params
    from sim.results import KpiRow
    from sim.uncertainty.base_draws import BaseColumns
    from sim.uncertainty.evaluating import Case

Rows = tuple["KpiRow", ...]


@dataclass(slots=True, eq=False)
class SettledRows:
    """
    Rows of the latest evaluation and the names of what each KPI read.

    Hundreds of draws differ from the one before in unit costs alone. A row that read none of the parameters that differ
    is the same (`sim.watching`: readings are found out, not declared), and is taken over without asking the memory.
    """

    _case: Case | None = None
    _base: BaseColumns | None = None
    _rows: dict[str, tuple[Rows, frozenset[str]]] = field(default_factory=dict)

    def begin(self, case: Case, base: BaseColumns | None) -> None:
        """Forget what this evaluation's settings touch: everything, where more than parameters differ."""
        before, was = self._case, self._base
        self._case, self._base = case, base
        if before is None or not _alike(before, case):
            self._rows = {}
            return
        changed = changed_parameters(before.params, case.params)
        stays = was is None or changed.isdisjoint(was.reads)
        if stays and base is not None and was is not None:
            base.take_over(was)
        self._rows = {
            kpi_id: (rows, reads)
            for kpi_id, (rows, reads) in self._rows.items()
            if changed.isdisjoint(reads) and (stays or not any(name.startswith(BASE) for name in reads))
        }

    def rows(self, context: RunContext, spec: KpiSpec) -> Rows:
        """Return the rows of one KPI under its default setting."""
        if spec.kpi_id not in self._rows:
            rows, reads = context.watched(lambda: default_rows(context, spec))
            self._rows[spec.kpi_id] = rows, context.spelled_out(reads)
        return self._rows[spec.kpi_id][0]


def _alike(one: Case, other: Case) -> bool:
    """Return whether two evaluations differ in parameters at most, on the routes and in the memory they share."""
    plain = one.city is None and other.city is None and one.rides_of is None and other.rides_of is None
    same = one.reuse is other.reuse and one.known is other.known and one.analysis == other.analysis
    return plain and same and (one.still, one.beside) == (other.still, other.beside)


def changed_parameters(one: Params, other: Params) -> frozenset[str]:
    """Return the readings of the parameters in which two sets differ, told apart as the memory does."""
    names = type(one).model_fields
    return frozenset(PARAM + name for name in names if repr(getattr(one, name)) != repr(getattr(other, name)))
