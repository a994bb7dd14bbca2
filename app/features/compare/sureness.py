"""Owns how sure the differences between two runs are: 区別できる only where both lines of uncertainty say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.runs import RowKey, Run
    from app.services import Services
    from geodata.errors import Text
    from sim.uncertainty.paired import PairedEnds


def find_sureness(services: Services, left: Run, right: Run) -> Mapping[RowKey, PairedEnds]:
    """Return row → how sure its difference is, of the default setting; empty where a run was not drawn."""
    if left.key == right.key:
        return {}
    return services.kept(("sureness", left.key, right.key), lambda: _paired(left, right))


def find_unpaired(left: Run, right: Run) -> Text | None:
    """Return why two drawn runs give no interval of their difference; None where they do, or one was not drawn."""
    from scenarios.compare import why_unpaired  # noqa: PLC0415 - only where runs are compared

    return why_unpaired(left.stored, right.stored)


def few_draws_of(run: Run) -> Text | None:
    """Return what must be said where too few draws stand behind the intervals of a run; None else."""
    from scenarios.sureness import few_draws  # noqa: PLC0415 - only where runs are compared

    drawn = run.stored.manifest.get("draws")
    return few_draws(drawn["n_draws"]) if drawn else None


def _paired(left: Run, right: Run) -> Mapping[RowKey, PairedEnds]:
    from sim.uncertainty.paired import paired_ends  # noqa: PLC0415 - only where runs are compared

    before, after = left.stored.draws, right.stored.draws
    if before is None or after is None or find_unpaired(left, right) is not None:
        return {}
    return paired_ends(before, after, _values(left), _values(right))


def _values(run: Run) -> dict[RowKey, float]:
    known = {key: row.value for key, row in run.rows.items() if key[1] == DEFAULT_SETTING}
    return {key: value for key, value in known.items() if value is not None}
