"""Imports go down only, the web stays in app, and only some modules touch files."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("geodata", "sim", "scenarios", "app")
WEB = ("dash", "dash_ag_grid", "dash_mantine_components", "flask", "plotly")
SLOW = ("osmnx", "osmium", "rasterio", "geopandas", "matplotlib", "dask")

MAY_TOUCH_FILES = (
    "geodata/readers/",
    "geodata/snapshot",
    "geodata/hitachi/",
    "geodata/build",
    "geodata/compile",
    "geodata/writable",  # asks whether a folder could be written
    "scenarios/actuals_entry.py",
    "scenarios/files.py",
    "scenarios/yaml_reading.py",
    "scenarios/drafts.py",
    "scenarios/draft_check.py",
    "scenarios/draft_history.py",
    "scenarios/column_file.py",
    "scenarios/sealed.py",
    "scenarios/shared_file.py",  # for processes of its own, as long as they run
    "scenarios/file_lock.py",
    "scenarios/folder_lock.py",
    "scenarios/step_shelf",
    "scenarios/store",
    "scenarios/travel_shelf",
    "scenarios/sweep_check.py",
    "scenarios/sweep_results.py",
    "scenarios/whole_file.py",
    "scenarios/export",
    "scenarios/batch",
    "scenarios/runner",
    "scenarios/schema.py",  # checks in the generated schema
    "scenarios/run_folder",
    "app/",
)
FILE_CALLS = {
    "open",
    "read_bytes",
    "read_csv",
    "read_excel",
    "read_feather",
    "read_file",
    "read_json",
    "read_parquet",
    "read_table",
    "read_text",
    "save",
    "savez",
    "to_csv",
    "to_feather",
    "to_file",
    "to_json",
    "to_parquet",
    "unlink",
    "write_bytes",
    "write_text",
    "mkdir",
    "rmtree",
    "memmap",
}
FILE_MODULES = {"sqlite3", "shutil", "tempfile", "zipfile", "diskcache"}


def source_files(*packages):
    skipped = {"node_modules", "assets", "__pycache__"}
    found = [p for package in packages for p in sorted((ROOT / package).rglob("*.py"))]
    return [p for p in found if not skipped & set(p.relative_to(ROOT).parts)]


def relative(path):
    return path.relative_to(ROOT).as_posix()


def test_import_fences_hold():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "0 broken" in done.stdout


def module_names(*packages):
    names = [
        relative(p).removesuffix(".py").removesuffix("/__init__").replace("/", ".") for p in source_files(*packages)
    ]
    return [n for n in names if not n.startswith("geodata.compile")]


def loaded_after_importing(names, watched):
    code = (
        "import importlib, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        f"print([m for m in {watched!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_importing_everything_below_app_loads_neither_the_web_nor_slow_readers():
    names = module_names("geodata", "sim", "scenarios")
    assert len(names) > 20
    assert loaded_after_importing(names, (*WEB, *SLOW)) == "[]"


def file_touches(tree):
    """Yield the line and name of every call or import that reaches for a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, a.name) for a in node.names if a.name.split(".")[0] in FILE_MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in FILE_MODULES:
            yield node.lineno, node.module
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in FILE_CALLS:
                yield node.lineno, name


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("open('x')", ["open"]),
        ("Path('x').read_text()", ["read_text"]),
        ("pd.read_csv('x')", ["read_csv"]),
        ("import zipfile", ["zipfile"]),
        ("from shutil import rmtree", ["shutil"]),
        ("reader.read_rows()", []),
    ],
)
def test_the_check_sees_files_being_touched(code, found):
    assert [name for _, name in file_touches(ast.parse(code))] == found


def test_only_some_modules_touch_files():
    found = [
        f"{relative(path)}:{line} {name}"
        for path in source_files(*PACKAGES)
        if not relative(path).startswith(MAY_TOUCH_FILES)
        for line, name in file_touches(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def imports_at_the_top(tree):
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_slow_libraries_are_imported_inside_functions():
    found = [
        f"{relative(path)} {name}"
        for path in source_files(*PACKAGES)
        for name in imports_at_the_top(ast.parse(path.read_text(encoding="utf-8")))
        if name.split(".")[0] in SLOW
    ]
    assert found == []
