"""Numbers of a table of cells that no layer uses are named."""

from __future__ import annotations

import pandas as pd

from geodata.readers.unused_counts import unused_counts

TABLE = pd.DataFrame(
    {
        "id": ["1", "2"],
        "lon": ["140.1", "140.2"],
        "population": ["5", "6"],
        "schools": ["1", "0"],
        "診療所": ["0", ""],
        "jobs": ["12", "3"],
        "name": ["a", "b"],
        "65歳以上": ["1", "2"],
    }
)


def test_facilities_counted_and_other_numbers_are_named() -> None:
    places, others = unused_counts(TABLE, ["id", "lon", "population"])
    assert places.code == "facilities.counts_unused"
    assert places.count == 2
    assert "schools, 診療所" in places.message.ja
    assert "{cells_column: 診療所, kind: clinic}" in places.hint.ja
    assert others.message.ja.endswith(": jobs")


def test_columns_in_use_are_not_told() -> None:
    assert unused_counts(TABLE, ["population", "schools", "診療所", "jobs"]) == []
