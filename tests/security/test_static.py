"""What the sources themselves may not hold: ways in that no request has to find first."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ROOMS = ("app", "geodata", "scenarios", "sim")
MADE = ("node_modules", "assets")
SQL = {"execute", "executemany", "executescript", "exec_driver_sql", "text", "read_sql", "read_sql_query"}
PREPARED = {"app/database/database.py", "geodata/readers/recognise_peek.py"}
"""Statements put together: of our own settings; of a table of the file that is read, as a quoted name."""
OBJECTS = {"pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle"}
"""Formats that run what they hold."""
OWN_OBJECTS = {"scenarios/shared_file.py": "pickle"}
"""One module writes such a file for its own processes, in a folder that nobody else may enter; it reads no other."""
XML = {"xml.sax", "xml.dom", "xml.dom.minidom", "xmlrpc"}


def sources():
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if not set(MADE) & set(path.parts):
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


TREES = dict(sources())


def dotted(node):
    """Return what is called, as far as it is a name: ``yaml.load``."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return getattr(node, "id", "")


@cache
def calls():
    """Return (file, call, what is called) of all sources."""
    return tuple(
        (name, node, dotted(node.func))
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )


def is_put_together(node):
    """Tell whether a text is made of parts: f"…", "…" + …, "…" % …, "…".format(…)."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in ast.walk(node))
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"format", "join", "replace", "format_map"}
    )


def is_sql_put_together(node):
    """Tell whether a call hands a database a text put together."""
    return dotted(node.func).rpartition(".")[2] in SQL and bool(node.args) and is_put_together(node.args[0])


def sql_of(code):
    return [n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Call) and is_sql_put_together(n)]


@pytest.mark.parametrize(
    "code",
    [
        'c.execute(f"select {x}")',
        'c.execute("select " + x)',
        'c.execute("select %s" % x)',
        'c.execute(text("select {}".format(x)))',
        'c.exec_driver_sql(f"drop {x}")',
    ],
)
def test_the_check_sees_statements_that_are_put_together(code):
    assert sql_of(code)
    assert not sql_of("c.execute(select(table).where(table.c.key == x)); c.execute('pragma x')")


def test_no_statement_for_a_database_is_put_together_from_texts():
    found = {name for name, node, _ in calls() if is_sql_put_together(node)}
    assert found <= PREPARED


def loaders():
    """Return the loaders of YAML that the sources name, and where."""
    for name, node, called in calls():
        if called in {"yaml.load", "yaml.compose", "yaml.parse", "yaml.load_all", "yaml.full_load", "yaml.unsafe_load"}:
            given = [keyword.value for keyword in node.keywords if keyword.arg == "Loader"]
            yield name, ast.unparse(given[0]) if given else called


def test_yaml_is_read_by_safe_loaders_only():
    from geodata.readers import yaml_source
    from scenarios import yaml_reading

    known = {
        ("geodata/readers/yaml_source.py", "_Loader"): yaml_source._Loader,
        ("scenarios/yaml_reading.py", "_PlainLoader"): yaml_reading._PlainLoader,
    }
    found = set(loaders())
    assert found == set(known)
    for loader in known.values():
        assert issubclass(loader, yaml.SafeLoader)
        assert not any("python" in str(tag) for tag in loader.yaml_constructors)


def test_nothing_is_read_that_runs_what_it_holds():
    found = []
    for name, node, called in calls():
        names = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        if called in {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "pd.read_pickle"}:
            found.append((name, called))
        if names.get("allow_pickle") == "True" or names.get("shell") == "True":
            found.append((name, called))
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            wanted = [alias.name for alias in getattr(node, "names", [])] if isinstance(node, ast.Import) else []
            wanted += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [(name, one) for one in wanted if one.split(".")[0] in OBJECTS or one in XML]
    assert found == list(OWN_OBJECTS.items())


def test_what_processes_share_is_read_by_them_alone():
    """A path that a person could name never gets there: the file is named by who writes it."""
    readers = {name for name, _, called in calls() if called.rpartition(".")[2] == "read_shared"}
    assert readers == {"scenarios/batch_work.py", "scenarios/many_spawned.py"}
    ways = {called for name, _, called in calls() if name in OWN_OBJECTS}
    assert "tempfile.mkdtemp" in ways


def test_arrays_are_read_without_objects():
    """numpy's default since 1.16.3; said where it matters."""
    import numpy as np

    assert np.load.__kwdefaults__ is None or np.load.__kwdefaults__.get("allow_pickle") in {None, False}


def test_archives_are_never_unpacked_by_the_names_in_them():
    assert [(name, called) for name, _, called in calls() if called.endswith((".extractall", ".extract"))] == []
    assert [(name, called) for name, _, called in calls() if called in {"shutil.unpack_archive", "tarfile.open"}] == []


def test_secrets_come_from_the_system_and_are_compared_in_constant_time():
    keeps = {name for name in TREES if name.startswith("app/access/")}
    used = {called for name, _, called in calls() if name in keeps}
    assert any(called.startswith("secrets.") for called in used)
    assert any(called.endswith("compare_digest") for called in used)
    assert not any(called.startswith("random.") for called in used)


def test_nothing_is_written_into_a_page_as_markup_by_our_scripts():
    """A text that somebody typed is put into a page as text."""
    ways = ("dangerously_allow_html=True", "dangerouslySetInnerHTML", "document.write(", "eval(", "new Function(")
    found = []
    for path in [*(ROOT / "app").glob("assets/*.js"), *((ROOT / name) for name in TREES)]:
        text = path.read_text(encoding="utf-8")
        found += [(path.name, way) for way in ways if way in text and path.suffix == ".js"]
        found += [(path.name, way) for way in ways[:2] if way in text and path.suffix == ".py"]
    assert found == []
