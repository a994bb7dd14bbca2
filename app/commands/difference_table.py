"""Owns the table of a comparison: values of both runs, change, verdict, status and the split of the change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from app.commands.kpi_table import STYLES
from app.commands.layout import Column, fitted_table
from app.commands.numbers import format_change, format_value, title_with_unit
from app.commands.run_view import verdict_of
from geodata.provenance import STATUS_TEXT, Status, weakest
from sim.kpi import KPIS, Judgement
from sim.kpi.judgement import is_same

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from app.commands.session import Session

NARROW = 90
"""Below this width [cells] the verdict stands beneath the change."""
SPLIT = ("compare.demographic", "compare.policy", "compare.apparent")
RIGHT = {"A", "B", "result.difference", *SPLIT}


def difference_table(frame: pd.DataFrame, title: str, session: Session, *, everything: bool) -> Table:
    """Return the rows of a comparison; with `everything` settings and groups too, but only rows that changed."""
    width = session.out.width
    verdict = () if width < NARROW else ("result.judgement",)
    where = ("word.setting", "word.group") if everything else ()
    drifts = bool((frame["apparent"].abs() > 0).any())
    split = () if everything else SPLIT if drifts else SPLIT[:2]  # else it stands in the CSV
    keys = ("result.kpi", *where, "A", "B", "result.difference", *verdict, "result.status", *split)
    columns = [Column(session.say(key) if "." in key else key, right=key in RIGHT) for key in keys]
    rows = []
    for row in frame.to_dict("records"):
        missing = row["a"] != row["a"] and row["b"] != row["b"]  # NaN in both
        if missing or (everything and not abs(row["difference"]) > 0):
            continue
        cells = difference_cells(row, session)
        if not verdict and cells["result.judgement"].plain:
            cells["result.difference"].append("\n").append(cells["result.judgement"])
        rows.append([cells[key] for key in keys])
    return fitted_table(title, columns, rows, width)


def difference_cells(row: dict[Any, Any], session: Session) -> dict[str, Styled]:
    """Return the printed cells of one row of a comparison, by the keys of their headings."""
    spec, lang = KPIS[row["kpi_id"]], session.lang
    judgement = Judgement(row["judgement"])
    moved, style = abs(row["difference"]) > 0, STYLES.get(judgement, "")

    told = verdict_of(spec, judgement, row["difference"], lang)
    if moved and is_same(spec, row["difference"]):
        told = session.say("sure.same")  # as beside its interval, also where more digits are printed

    def change(value: float) -> str:
        return format_change(value, spec.unit, spec.decimals, lang, bare=True)

    def value(name: str) -> str:
        return format_value(row[name], spec.unit, spec.decimals, lang, bare=True)

    return {
        "result.kpi": Styled(title_with_unit(spec, lang)),
        "word.setting": Styled(row["setting"]),
        "word.group": Styled(row["group"]),
        "A": Styled(value("a")),
        "B": Styled(value("b")),
        "result.difference": Styled(change(row["difference"]), style),
        "result.judgement": Styled(told, style),
        "result.status": Styled(status_of(row).get(lang)),
        "compare.demographic": Styled(change(row["demographic"]) if moved else ""),
        "compare.policy": Styled(change(row["policy"]) if moved else ""),
        "compare.apparent": Styled(change(row["apparent"]) if moved and abs(row["apparent"]) > 0 else ""),
    }


def status_of(row: dict[Any, Any]) -> Any:
    """Return the weaker status of the two values that are there."""
    held = [Status(row[f"status_{n}"]) for n in ("a", "b") if row[n] == row[n] and row[f"status_{n}"]]
    return STATUS_TEXT[weakest(held)]
