"""Owns a stored run as the page sees it."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from geodata.errors import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from scenarios.store import StoredRun
    from sim.results import ChangeSplit, KpiRow

    RowKey = tuple[str, str, str]
    """KPI, setting, group."""


LONGEST_TITLE, LONGEST_DESCRIPTION = 150, 1_500
"""Signs of a file's texts that are shown: a sheet of a longer one would take hours to be laid out."""


def seen(text: str, most: int) -> str:
    """Return a text on one line, of signs that can be seen, at most so many."""
    line = "".join(sign if sign.isprintable() else " " for sign in text[: most + 1])
    return line if len(line) <= most else f"{line[: most - 1]}…"


@dataclass(frozen=True, eq=False)  # no slots: rows are looked up once
class Run:
    """One stored run as the page sees it; `key` changes whenever the result does."""

    run_id: str
    key: str
    title: Text
    description: Text
    year: int
    plan_status: str
    compare_to: str | None
    stored: StoredRun

    def __post_init__(self) -> None:
        """Keep out of its words what no slide, workbook or page can hold: a file may write it."""
        for name, most in (("title", LONGEST_TITLE), ("description", LONGEST_DESCRIPTION)):
            words = getattr(self, name)
            object.__setattr__(self, name, Text(seen(words.ja, most), seen(words.en, most)))

    @property
    def is_baseline(self) -> bool:
        """Tell whether nothing is changed and no future is looked at: the scenario compares with nothing."""
        return self.compare_to in (None, self.run_id) and not self.stored.scenario.modifications

    @property
    def district_level(self) -> frozenset[str]:
        """Columns of the cells that hold one value per district, so that no closed clinic can be located."""
        return frozenset(self.stored.manifest.get("district_level", ()))

    @property
    def cells(self) -> pd.DataFrame:
        """One row per cell."""
        return self.stored.cells

    @property
    def kpi(self) -> pd.DataFrame:
        """The rows of kpi.csv."""
        return self.stored.kpi

    @cached_property
    def rows(self) -> Mapping[RowKey, KpiRow]:
        """KPI, setting, group → row of kpi.csv."""
        return {(row.kpi_id, row.setting, row.group): row for row in self.stored.result.kpis}

    @cached_property
    def other_ends(self) -> Mapping[RowKey, tuple[float, float]]:
        """KPI, setting, group → ends of a value under other data and definitions, where the run was drawn."""
        from sim.uncertainty.lines import DEFINITION, TABLE  # noqa: PLC0415 - brings the models

        table = self.stored.tables.get(TABLE)
        if table is None:
            return {}
        found = table[table["line"] == DEFINITION]
        keys = zip(found["kpi"], found["setting"], found["group"], strict=True)
        ends = zip(found["low"].astype(float), found["high"].astype(float), strict=True)
        return {key: pair for key, pair in zip(keys, ends, strict=True) if not math.isnan(sum(pair))}

    @cached_property
    def splits(self) -> Mapping[RowKey, ChangeSplit]:
        """KPI, setting, group → split against the reference; without the ones that have no value."""
        return {
            (split.kpi_id, split.setting, split.group): split
            for split in self.stored.result.splits
            if not math.isnan(split.change + split.demographic + split.policy + split.apparent)
        }


def to_run(stored: StoredRun) -> Run:
    """Return a stored run with the words of its scenario beside it."""
    scenario = stored.scenario
    digest = hashlib.sha256(json.dumps(stored.manifest["files"], sort_keys=True).encode()).hexdigest()
    return Run(
        run_id=scenario.id,
        key=digest[:12],
        title=Text(scenario.title.ja, scenario.title.en),
        description=Text(scenario.description.ja, scenario.description.en),
        year=scenario.year,
        plan_status=scenario.plan_status,
        compare_to=scenario.compare_to,
        stored=stored,
    )
