"""The data set of a sweep: the same bytes however its rows came, and work and memory that grow with it, no faster."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from scenarios import sweep_results
from scenarios.sweep_file import Goal
from scenarios.sweep_pareto import pareto_variants
from scenarios.sweep_results import PartWriter, city_values, compact, kept_variants, part_files, statuses
from sim.results import DEFAULT_SETTING, KPI_COLUMNS

N_ROWS = 6
KPIS = ("clinic_nearest_min", "clinics_per_100k", "public_transport_cover_share")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(sweep_results, "PART_VARIANTS", 5)
    monkeypatch.setattr(sweep_results, "FINAL_VARIANTS", 20)
    monkeypatch.setattr(sweep_results, "GROUP_VARIANTS", 10)


def rows_of(number):
    settings = [DEFAULT_SETTING] * 3 + ["other"] * 3
    values = [float(number), number / 7, None]
    one = {"scenario": f"s-{number}", "year": 2035, "group": "all", "unit": "min", "status": "modelled", "note": ""}
    rows = [one | {"kpi_id": KPIS[n % 3], "setting": settings[n], "value": values[n % 3]} for n in range(N_ROWS)]
    return pd.DataFrame(rows, columns=list(KPI_COLUMNS))


def written(folder, numbers):
    with PartWriter(folder) as writer:
        for number in numbers:
            writer.add(number, rows_of(number))
    return folder


def nearly_in_order(n):
    """Return 1 … n as several processes end: the next ones change places."""
    return np.array([i for pair in np.arange(1, n + 1).reshape(-1, 2) for i in pair[::-1]]).tolist()


def contents(folder):
    return {path.name: path.read_bytes() for path in part_files(folder)}


def test_the_same_bytes_however_the_rows_came(tmp_path):
    numbers = [n for n in range(1, 51) if n not in {3, 24, 25}]  # some failed
    in_order, mixed = written(tmp_path / "in_order", numbers), written(tmp_path / "mixed", numbers[::-1])
    compact(in_order)
    written(mixed, [51])
    written(in_order, [51])
    for folder in (in_order, mixed):
        compact(folder)
        compact(folder)  # and again
    assert contents(in_order) == contents(mixed)
    assert kept_variants(mixed) == {*numbers, 51}
    found = pd.concat([pq.read_table(path).to_pandas() for path in part_files(mixed)])
    assert found["variant"].tolist() == [n for n in (*numbers, 51) for _ in range(N_ROWS)]
    assert found["kpi_id"].tolist() == [*KPIS, *KPIS] * len(set(found["variant"]))
    assert [pq.ParquetFile(path).num_row_groups for path in part_files(mixed)] == [2, 2, 2]


def test_what_is_read_back_is_what_was_written(tmp_path):
    folder = written(tmp_path / "kpi", nearly_in_order(30))
    values = city_values(folder)
    assert values.index.tolist() == list(range(1, 31))
    assert list(values.columns) == list(KPIS)
    assert values[KPIS[1]].tolist() == [n / 7 for n in range(1, 31)]
    assert values[KPIS[2]].isna().all()
    assert statuses(folder) == {"modelled": 30 * N_ROWS}


def test_putting_parts_in_order_reads_each_a_few_times_however_many_there_are(tmp_path, monkeypatch):
    read, most, plain = [], [], sweep_results._rows_of

    def counted(parts, group):
        rows = plain(parts, group)
        read.append(len(parts))
        most.append(rows.num_rows)
        return rows

    monkeypatch.setattr(sweep_results, "_rows_of", counted)
    taken = {}
    for n in (80, 320):
        read.clear()
        folder = written(tmp_path / f"{n}", nearly_in_order(n))
        n_parts = len(part_files(folder))
        compact(folder)
        taken[n] = sum(read)
        assert taken[n] <= 3 * n_parts
    assert taken[320] <= 4.2 * taken[80]  # four times the variants, four times the work
    assert max(most) == 10 * N_ROWS  # and never more in memory


@pytest.mark.parametrize("n_goals", [1, 2, 3])
def test_the_front_is_that_of_comparing_all_with_all(n_goals):
    rng = np.random.default_rng(n_goals)
    values = pd.DataFrame(rng.integers(0, 12, (300, n_goals)).astype(float), columns=KPIS[:n_goals])
    values.iloc[5, 0] = np.nan
    values.iloc[6, 0] = np.inf
    goals = [Goal(kpi=k, better=("up", "down")[n % 2]) for n, k in enumerate(values.columns)]
    costs = values.dropna().to_numpy() * [-1 if g.direction == "up" else 1 for g in goals]
    beaten = [((costs <= one).all(axis=1) & (costs < one).any(axis=1)).any() for one in costs]
    assert pareto_variants(values, goals) == values.dropna().index[~np.array(beaten)].tolist()
    assert pareto_variants(values.iloc[:0], goals) == []
