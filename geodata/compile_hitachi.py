"""
Owns the compilation of the bundled city: originals → the tables of `geodata/hitachi`, byte for byte the same each time.

    python -m geodata.compile_hitachi --inputs ../shared/data
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from geodata.compile.brt import add_brt, lay_line, note_of
from geodata.compile.bus_skeleton import add_bus_skeleton
from geodata.compile.inputs import Inputs, read_inputs
from geodata.compile.lines import Lines
from geodata.compile.manifest import build_manifest
from geodata.compile.on_demand import on_demand_plans_table, on_demand_table
from geodata.compile.people import bands_table, cells_table, compile_people, districts_table
from geodata.compile.places import facilities_table
from geodata.compile.rail import add_rail
from geodata.compile.tables import to_json
from geodata.compile.targets_facts import targets_table
from geodata.errors import CitySimError

BUNDLE = Path(__file__).resolve().parent / "hitachi"
MANIFEST = "manifest.json"


def compile_files(inputs: Inputs) -> dict[str, str]:
    """Return file name → text of every file of the bundle."""
    lines = Lines()
    add_rail(lines, inputs)
    add_brt(lines, inputs)
    add_bus_skeleton(lines, inputs)
    tables = [
        cells_table(compile_people(inputs)),
        bands_table(),
        districts_table(),
        *lines.tables(),
        facilities_table(inputs, lines),
        targets_table(),
        on_demand_table(),
        on_demand_plans_table(),
    ]
    manifest = build_manifest(tables, {"brt-facts": note_of(lay_line(inputs))})
    return {t.name: t.to_csv() for t in tables} | {MANIFEST: to_json(manifest)}


def write_files(files: dict[str, str], out: Path) -> None:
    """Write all files, or none: into a folder beside the target first, then moved over."""
    out.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        for name, text in files.items():
            (beside / name).write_bytes(text.encode("utf-8"))
        for name in files:
            (beside / name).replace(out / name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def main(arguments: list[str] | None = None) -> int:
    """Compile the bundle; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=Path, required=True, help="folder of the originals")
    parser.add_argument("--out", type=Path, default=BUNDLE, help="folder to write to (default: the package)")
    options = parser.parse_args(arguments)
    try:
        files = compile_files(read_inputs(options.inputs))
    except CitySimError as failure:
        print(failure.render(), file=sys.stderr)
        return failure.exit_code
    write_files(files, options.out)
    for name, text in files.items():
        print(f"{name}: {len(text.encode()):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
