"""Owns the table of access to care by district: the twin of the map, with the change against the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components.plain_table import number, people, per_cent, plain_table
from app.text import say
from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from dash import html

    from app.runs import Run
    from app.services import Services

KEYS = ("persons", "per_100k", "e2sfca", "change", "p10", "oldest", "car", "trip", "trip_change", "emergency")
TABLE = "clinic_districts"


def districts_table(services: Services, run: Run, reference: Run | None, lang: str) -> html.Section:
    """Return one row per district; what a run with 仮定の閉院 must not tell stays empty."""
    before = {} if reference is None else {row["district_id"]: row for row in rows_of(reference)}
    cells = services.city.population
    english = dict(zip(cells.district_id.tolist(), cells.district_name_en.tolist(), strict=True))
    headings = [say(lang, f"clinics_col_{key}") for key in ("district", *KEYS)]
    body = []
    for row in rows_of(run):
        old = before.get(row["district_id"], {})
        name = str(english.get(row["district_id"], row["district"])) if lang == "en" else str(row["district"])
        per_100k = run.rows.get(("clinics_per_100k", DEFAULT_SETTING, f"district:{row['district_id']}"))
        body.append(
            [
                name,
                people(row["persons"], lang),
                number(None if per_100k is None else per_100k.value, 1),
                number(row["e2sfca_mean"], 2),
                number(_change(row, old, "e2sfca_mean"), 2, signed=True),
                number(row["e2sfca_p10"], 2),
                number(row["e2sfca_mean_75plus"], 2),
                number(row["e2sfca_car_mean"], 2),
                per_cent(row["round_trip_share"]),
                number(_points(_change(row, old, "round_trip_share")), 1, signed=True),
                per_cent(row["emergency_share"]),
            ]
        )
    return plain_table(say(lang, "clinics_districts"), headings, body)


def rows_of(run: Run) -> list[dict[str, Any]]:
    """Return the rows of the table of a run."""
    table = run.stored.tables.get(TABLE)
    return [] if table is None else [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _change(row: dict[str, Any], old: dict[str, Any], name: str) -> float | None:
    return float(row[name]) - float(old[name]) if old.get(name) is not None else None


def _points(share: float | None) -> float | None:
    return None if share is None else 100 * share
