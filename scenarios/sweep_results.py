"""Owns the data set of a sweep: parts as outcomes arrive, the final parts in order, what is kept of an earlier try."""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from geodata.errors import Text, UsageError, error
from geodata.writable import require_writable
from scenarios.field_paths import plain_or_text
from scenarios.run_folder import replace_folder
from scenarios.sealed import file_digest, with_sum
from scenarios.whole_file import PREFIX, SUFFIX, sync_folder, sync_names, whole_file
from sim.results import DEFAULT_SETTING, NUMBER_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scenarios.sweep_designs import Point

SCHEMA_ID = "ekisei-sweep-results/1"
KPI_FOLDER = "kpi"
MANIFEST, DESIGNS = "manifest.json", "designs.parquet"
PART_VARIANTS, PART_SECONDS = 50, 20.0
"""A part is written when this many outcomes, or this much time, have gone by."""
FINAL_VARIANTS, GROUP_VARIANTS = 500, 50
"""Variants of one part of the finished data set, and of one row group in it: as many as are in memory at a time."""
_TEXTS = ("kpi_id", "setting", "group")
SCHEMA = pa.schema(
    [
        ("variant", pa.int64()),
        ("scenario", pa.string()),
        ("year", pa.int64()),
        *((name, pa.string()) for name in _TEXTS),
        *((name, pa.float64()) for name in NUMBER_COLUMNS),
        *((name, pa.string()) for name in ("unit", "status", "note")),
    ]
)


class PartWriter:
    """Takes outcomes one by one and writes them as parts; what was taken is written when the block ends, however."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken: list[pa.Table] = []
        self.since = time.monotonic()
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()

    def add(self, number: int, kpi: pd.DataFrame) -> None:
        """Take the rows of one variant."""
        self.taken.append(as_table(number, kpi))
        if len(self.taken) >= PART_VARIANTS or time.monotonic() - self.since >= PART_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what was taken since the last part."""
        if self.taken:
            write_part(pa.concat_tables(self.taken), self.folder)
        self.taken, self.since = [], time.monotonic()


def as_table(number: int, kpi: pd.DataFrame) -> pa.Table:
    """Return the rows of one variant with their fixed types; a missing number is null."""
    return pa.Table.from_pandas(kpi.assign(variant=number), schema=SCHEMA, preserve_index=False)


def table_bytes(table: pa.Table) -> bytes:
    """Return rows as the bytes of a Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(None), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def write_part(table: pa.Table, folder: Path) -> Path:
    """Write one part whole; its name holds its first variant and its checksum."""
    return _write_named(table_bytes(table), table["variant"][0].as_py(), folder)


def _write_named(content: bytes, first: int, folder: Path) -> Path:
    pending = folder / f".new-{first:07d}.parquet"
    with whole_file(pending, shared=True) as part:
        part.write(content)
    done = folder / f"part-{first:07d}-{file_digest(pending)[:16]}.parquet"
    pending.replace(done)
    sync_names(folder)
    return done


def kept_variants(folder: Path) -> set[int]:
    """Return the variants whose rows are whole; a part that does not fit its checksum is removed."""
    found: set[int] = set()
    for path in part_files(folder):
        if not is_whole(path):
            path.unlink()
            continue
        found |= variants_in(path)
    return found


def is_whole(part: Path) -> bool:
    """Return whether a part has the checksum that its name tells."""
    return part.stem.endswith(f"-{file_digest(part)[:16]}")


def variants_in(path: Path) -> set[int]:
    """Return the variants of a part."""
    return set(pc.unique(pq.read_table(path, columns=["variant"])["variant"]).to_pylist())


def part_files(folder: Path) -> list[Path]:
    """Return the parts in order of their first variants."""
    return sorted(folder.glob("part-*.parquet"))


def compact(folder: Path) -> None:
    """Write the data set anew in order of variants, in parts of a fixed number: the same bytes whatever came before."""
    finals: dict[int, dict[int, list[Path]]] = defaultdict(lambda: defaultdict(list))
    for path in part_files(folder):
        for final, group in {_place_of(number) for number in variants_in(path)}:
            finals[final][group].append(path)
    if not finals:
        return
    fresh = _in_order(folder)
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for final in sorted(finals):
        _write_final(finals[final], fresh)
    sync_folder(fresh)
    replace_folder(fresh, folder)


def _place_of(number: int) -> tuple[int, int]:
    """Return the first variants of the final part and of the row group that a variant belongs to."""
    final = number - (number - 1) % FINAL_VARIANTS
    return final, number - (number - final) % GROUP_VARIANTS


def _write_final(groups: Mapping[int, Sequence[Path]], fresh: Path) -> None:
    """Write one final part; only the rows of one group are in memory, and only the parts that have some are read."""
    sink, first = pa.BufferOutputStream(), 0
    with pq.ParquetWriter(sink, SCHEMA, compression="zstd") as writer:
        for group in sorted(groups):
            rows = _rows_of(groups[group], group)
            writer.write_table(rows)
            first = first or rows["variant"][0].as_py()
    _write_named(sink.getvalue().to_pybytes(), first, fresh)


def _rows_of(parts: Sequence[Path], group: int) -> pa.Table:
    last = min(group + GROUP_VARIANTS, _place_of(group)[0] + FINAL_VARIANTS) - 1
    wanted = (ds.field("variant") >= group) & (ds.field("variant") <= last)
    rows = ds.dataset(parts, schema=SCHEMA, format="parquet").to_table(filter=wanted)
    order = pc.sort_indices(rows, sort_keys=[("variant", "ascending")])  # stable: rows of a variant stay
    return rows.take(order).combine_chunks().replace_schema_metadata(None)


def _in_order(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}-in-order")


def settle(folder: Path) -> None:
    """Bring to its end what a process that died began: parts in order that were not named yet, files never finished."""
    fresh = _in_order(folder)
    if fresh.is_dir() and not folder.exists():
        fresh.rename(folder)  # the earlier one had made room: so it was whole
    for left in folder.parent.glob(f".{folder.name}.old-*"):
        shutil.rmtree(left, ignore_errors=True)
    for place in (folder.parent, folder):
        for left in (*place.glob(f"{PREFIX}*{SUFFIX}"), *place.glob(".new-*.parquet")):
            left.unlink(missing_ok=True)


def write_designs(points: Sequence[Point], paths: Sequence[str], out: Path) -> None:
    """Write one row per variant with its values; a column whose values are of several kinds holds texts."""
    with whole_file(out / DESIGNS, shared=True) as part:
        design_frame(points, paths).to_parquet(part, index=False)


def design_frame(points: Sequence[Point], paths: Sequence[str]) -> pd.DataFrame:
    """Return variant, id, base and the values of every variant."""
    head = {
        "variant": [p.number for p in points],
        "scenario": [p.scenario_id for p in points],
        "base": [p.base.id for p in points],
    }
    columns = {path: _column([plain_or_text(p.chosen[i]) for p in points]) for i, path in enumerate(paths)}
    return pd.DataFrame({**head, **columns})


def _column(values: list[Any]) -> list[Any]:
    kinds = {type(v) for v in values if v is not None}
    return values if len(kinds) <= 1 or kinds == {int, float} else [None if v is None else str(v) for v in values]


def city_values(folder: Path) -> pd.DataFrame:
    """Return variant × KPI: city-wide values under the default setting, KPIs in the order of kpi.csv."""
    found = [_city_values_in(path) for path in part_files(folder)]
    if not found:
        return pd.DataFrame()
    names = list(dict.fromkeys(name for one in found for name in one.columns))
    return pd.concat(found).reindex(columns=names).sort_index()


def _city_values_in(path: Path) -> pd.DataFrame:
    wanted = (ds.field("setting") == DEFAULT_SETTING) & (ds.field("group") == "all")
    columns = ["variant", "kpi_id", "value"]
    frame = ds.dataset(path, schema=SCHEMA, format="parquet").to_table(columns=columns, filter=wanted).to_pandas()
    wide = frame.pivot_table(index="variant", columns="kpi_id", values="value", dropna=False, sort=False)
    ordered: pd.DataFrame = wide.reindex(columns=list(dict.fromkeys(frame["kpi_id"])))
    return ordered


def statuses(folder: Path) -> dict[str, int]:
    """Return how many rows of the data set have each status."""
    parts = part_files(folder)
    if not parts:
        return {}
    found: Counter[str] = Counter()
    for batch in ds.dataset(parts, schema=SCHEMA, format="parquet").to_batches(columns=["status"]):
        found.update({str(one["values"]): one["counts"] for one in pc.value_counts(batch["status"]).to_pylist()})
    return dict(found)


def summary_frame(
    designs: pd.DataFrame, values: pd.DataFrame, reasons: Mapping[int, str], kpis: Sequence[str] = ()
) -> pd.DataFrame:
    """Return one row per variant: values varied, whether it was computed and why not, KPIs (none named = all)."""
    chosen = values.reindex(columns=list(kpis)) if kpis else values.dropna(axis="columns", how="all")
    state = ["failed" if n in reasons else "done" for n in designs["variant"]]
    told = designs.assign(state=state, reason=[reasons.get(n, "") for n in designs["variant"]])
    return told.join(chosen, on="variant")


# ---------------------------------------------------------------- what the folder was made of


def write_manifest(out: Path, manifest: Mapping[str, Any]) -> None:
    """Write what the data set was made of."""
    with whole_file(out / MANIFEST, shared=True) as part:
        part.write((json.dumps(with_sum(manifest), ensure_ascii=False, indent=2) + "\n").encode())


def prepare_folder(out: Path, digests: Mapping[str, str], *, force: bool) -> set[int]:
    """
    Return the variants that are computed already; with `force` none, and what stood there is removed.

    Whoever asks has the folder to himself, see `scenarios.folder_lock`.

    Raises
    ------
    UsageError
        If the folder holds the results of another sweep, city or version.
    """
    require_writable(out)
    kept = out / KPI_FOLDER
    if force:
        for folder in (_in_order(kept), kept):
            shutil.rmtree(folder, ignore_errors=True)
        (out / MANIFEST).unlink(missing_ok=True)
    if not any(not path.name.startswith(".") for path in out.iterdir()):  # at most the lock of who writes here
        return set()
    try:
        known = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    found = known.get("digests") if isinstance(known, dict) else None
    if not force and found != digests:
        other = [key for key in digests if not isinstance(found, dict) or found.get(key) != digests[key]]
        names = ", ".join(other)
        message = Text(f"別の内容の結果が入っています（{names}）", f"it holds results of something else ({names})")
        hint = Text("別のフォルダを選ぶか、--force で作り直してください", "choose another folder, or add --force")
        raise UsageError(error("sweep.other_results", str(out), message, hint))
    settle(kept)
    return kept_variants(kept)
