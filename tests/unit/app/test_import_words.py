"""Every count and repair that a reader tells has a name in both languages in the import report."""

from __future__ import annotations

import ast
from pathlib import Path

from app.import_report.words import COUNTS, REPAIRS, count_name

ROOT = Path(__file__).parents[3] / "geodata"


def _texts(node: ast.AST) -> set[str]:
    keys = node.keys if isinstance(node, ast.Dict) else [node]
    return {k.value for k in keys if isinstance(k, ast.Constant) and isinstance(k.value, str)}


def _named(node: ast.AST, name: str) -> bool:
    return (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name)


def _keys(name: str) -> set[str]:
    """Return the texts that stand as keys of what is called `name` in the readers."""
    found: set[str] = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                found |= {
                    t for k in node.keywords if k.arg == name for t in _texts(k.value) if isinstance(k.value, ast.Dict)
                }
                if _named(node.func, "Reading"):
                    place = {"counts": 3, "repairs": 4}[name]
                    found |= {t for a in node.args[place : place + 1] for t in _texts(a)}
                if name == "repairs" and _named(node.func, "note_repair") and node.args:
                    found |= _texts(node.args[0])
            if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if _named(target, name) and isinstance(node.value, ast.Dict):
                        found |= _texts(node.value)
                    if isinstance(target, ast.Subscript) and _named(target.value, name):
                        found |= _texts(target.slice)
    return found


def test_counts_have_names() -> None:
    keys = _keys("counts")
    assert {"districts", "cells_without_district", "P11_stops"} <= keys
    assert sorted(k for k in keys if count_name(k) is None) == []


def test_repairs_have_names() -> None:
    keys = _keys("repairs")
    assert {"gtfs.stop_position", "controls.bands_from_table"} <= keys
    assert sorted(keys - REPAIRS.keys()) == []


def test_names_are_in_both_languages() -> None:
    for text in (*COUNTS.values(), *REPAIRS.values()):
        assert text.ja
        assert text.en
        assert text.ja != text.en
