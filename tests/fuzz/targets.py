"""What is fuzzed beside the readers: files a planner writes, files handed in, addresses, bodies of callbacks."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.fuzz.choices import ODD_TEXTS, ODD_VALUES, Choices
from tests.fuzz.seeds import CELL_FILE, CLINICS, MEDICAL, TABLES, zipped
from tests.fuzz.site import Site, bounded, problem_of, written
from tests.unit.scenarios.goal_books import BASE, HOMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.city import City

THIS_YEAR = 2026
ACTUALS = b"kpi_id,year,value,kind,date,source\nclinics_per_100k,2025,72.1,actual,2026-05-01,\xe8\xa1\xa8\n"
PAIRS = b"depart,from_lat,from_lon,to_stop_id\n08:00,36.55,140.62,A\n2025-10-15T09:10,36.56,140.63,B\n"
SETTINGS = (
    b"parameters.online_visit_share=0,0.05,0.1",
    b"modifications.clinic.count=1,2",
    b"analysis.draws=5,10",
    b"modifications[0].district=east,west",
)
SWEEPS = (
    b"""format: ekisei-sweep/1
id: all-ways
title: {ja: \xe6\x8e\x83\xe5\xbc\x95, en: Sweep}
base: base.yaml
vary:
  - grid:
      modifications.clinic.capacity: [10, 20]
      analysis.window: [["09:00", "12:00"], ["12:00", "16:00"]]
  - random: {n: 3, seed: 2, fields: {parameters.online_visit_share: [0, 0.1], year: {choice: [2023, 2025]}}}
pareto: [clinics_per_100k, {kpi: clinic_nearest_min, better: down}]
""",
    b"""format: ekisei-sweep/1
id: drawn
base: [base.yaml]
vary:
  - sobol:
      n: 4
      seed: 3
      fields:
        modifications.clinic.location.lat: {uniform: [36.5, 36.6]}
        modifications.clinic.capacity: {int: [1, 3]}
        parameters.walk_detour: {log_uniform: [1.1, 1.5]}
  - list: {paths: [year, modifications.clinic.district], rows: [[2023, east], [2024, null]]}
""",
)
MOST_SWEPT = 200


@dataclass(frozen=True)
class Target:
    """
    One thing that takes what others wrote.

    `seeds`: good inputs. `try_bytes` raises for anything but an answer or a refusal with its place and remedy.
    `is_text`: whether an input is a damaged seed; else bytes are read as choices, and any will do.
    """

    name: str
    seeds: tuple[bytes, ...]
    try_bytes: Callable[[bytes], None]
    is_text: bool = True


# ---------------------------------------------------------------- files that a planner writes


def refused_in_words(read: Callable[[], object]) -> None:
    """Let a reader read in bounded time, or refuse with located problems in both languages."""
    from geodata.errors import CitySimError

    problems = ()
    try:
        with bounded():
            read()
    except CitySimError as refused:
        problems = refused.problems
        assert problems
    for problem in problems:
        assert problem.code
        assert problem.where, problem
        assert problem.message.ja, problem
        assert problem.message.en, problem


@cache
def city() -> City:
    """Return the bundled city, which the library was written for."""
    from geodata.hitachi import load_hitachi

    return load_hitachi()


def try_scenario(raw: bytes) -> None:
    """Read a scenario file and check it against its city."""
    from scenarios.apply import check_scenario
    from scenarios.files import read_scenario

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "s.yaml")
        path.write_bytes(raw)
        refused_in_words(lambda: check_scenario(city(), read_scenario(path)))


def try_levers(raw: bytes) -> None:
    """Read a levers file, and make the scenario at its first and last values."""
    from scenarios.lever_book import read_levers

    def read() -> None:
        book = read_levers(path)
        for values in (book.off, tuple(each[-1] for each in book.grid)):
            book.scenario(values)
            book.own_cost(values)

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "as-it-is.yaml").write_text(BASE, encoding="utf-8")
        path = Path(folder, "levers.yaml")
        path.write_bytes(raw)
        refused_in_words(read)


def try_actuals(raw: bytes) -> None:
    """Read a table of actuals."""
    from scenarios.actuals import read_actuals

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "actuals.csv")
        path.write_bytes(raw)
        refused_in_words(lambda: read_actuals(path, city().targets, this_year=THIS_YEAR))


def try_pairs(raw: bytes) -> None:
    """Read a table of journeys."""
    from app.commands.pair_table import read_pairs

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pairs.csv")
        path.write_bytes(raw)
        refused_in_words(lambda: read_pairs(path, city(), with_places=True))


def try_setting(raw: bytes) -> None:
    """Read what ``--set`` varies, and make the variants."""
    from scenarios.files import parse_scenario
    from scenarios.sweep import make_variants, parse_setting
    from tests.fuzz.site import SCENARIO

    text = raw.decode("utf-8", errors="replace")
    refused_in_words(lambda: make_variants(parse_scenario(SCENARIO), [parse_setting(text)]))


def try_sweep(raw: bytes) -> None:
    """Read a sweep file beside its base, and make the scenario of each of its variants."""
    from geodata.errors import ScenarioError, raise_errors
    from scenarios.sweep_designs import check_count, make_points, make_scenarios
    from scenarios.sweep_file import is_sweep_file, read_sweep
    from tests.fuzz.site import SCENARIO

    def read() -> None:
        is_sweep_file(str(path))
        sweep = read_sweep(path)
        check_count(sweep, MOST_SWEPT)
        _, refused = make_scenarios(sweep, make_points(sweep))
        raise_errors([problem for problems in refused.values() for problem in problems], ScenarioError)

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "base.yaml").write_text(SCENARIO, encoding="utf-8")
        path = Path(folder, "sweep.yaml")
        path.write_bytes(raw)
        refused_in_words(read)


# ---------------------------------------------------------------- what reaches the server


@cache
def site() -> Site:
    """Return the server of this process; its folder goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix="ekisei-fuzz-")
    made = Site(Path(folder.name))
    made.kept = folder
    return made


def try_upload(raw: bytes) -> None:
    """Hand a file in to the page that checks files; the first byte says under which name."""
    choices = Choices(raw)
    name = ("feed.zip", "people.csv", "P04-20_08.geojson", "clinics.csv", "../../x.yaml", "日立.xlsx", ".zip", "a.gpkg")
    chosen = choices.one(name)
    found = problem_of(site().hand_in(chosen, choices.rest()))
    assert not found, (chosen, found)


def try_address(raw: bytes) -> None:
    """Go to an address with odd parts and an odd query, or to a page whose address has one."""
    choices, there = Choices(raw), site()
    rule = choices.one(there.rules)
    path = there.address(rule, [quote(choices.one(ODD_TEXTS), safe="") for _ in range(4)])
    pairs = (f"{choices.one(QUERY_KEYS)}={quote(choices.one(ODD_TEXTS))}" for _ in range(choices.number(7)))
    query = "&".join(pairs).encode()
    if choices.number(8) == 1:
        query += choices.rest().translate(None, b"\r\n")  # what no request line can hold
    found = problem_of(there.ask(path, query))
    assert not found, (path, query, found)
    if rule in there.pages:  # as its scripts ask for it
        found = problem_of(there.ask("/_dash-layout", referer=f"{rule}?{query.decode('latin-1')}"))
        assert not found, (rule, query, found)


QUERY_KEYS = (
    *("l", "r", "l3", "l4", "m", "g", "t", "v", "s", "k", "c", "at", "iso", "w", "q", "to", "dep", "aim", "lang", "p"),
    *("tiles", "tab", "pub", "run", "service", "scenario", "start", "from", "by", "day", "month", "year", "public"),
    *("have", "code", "next", "group", "district", "n", "id", "ended", "page", "left", "right"),
)
"""Names that some page or route reads from its address, and some that none does."""


def try_callback(raw: bytes) -> None:
    """Send the body of a callback as its page does, with odd values, another shape, or another thing changed."""
    choices, there = Choices(raw), site()
    callback = choices.one(there.callbacks)
    usual = [there.usual.get((written(one["id"]), one["property"])) for one in callback.reads]
    values = [choices.one(ODD_VALUES) if one is None and choices.number(4) else one for one in usual]
    for _ in range(choices.number(3)):
        values = choices.damaged(values) if choices.number(2) else [choices.one(ODD_VALUES), *values[1:]]
        values = values if isinstance(values, list) else usual
    changed = choices.one([callback.changing[:1], [], callback.changing, ["x.y"], choices.some(callback.changing, 2)])
    body = callback.body(values, changed)
    if choices.number(4) == 1:
        body = choices.damaged(body)
    found = problem_of(there.call(body))
    assert not found, (callback.output[:80], changed, found)


def try_body(raw: bytes) -> None:
    """Send any bytes as the body of a callback."""
    found = problem_of(site().call(raw))
    assert not found, found


def _library() -> tuple[bytes, ...]:
    from scenarios.files import LIBRARY

    return tuple(path.read_bytes() for path in sorted(LIBRARY.glob("*.yaml")))


BODIES = (
    b"{}",
    b"[]",
    b'{"output":"x.y","inputs":[],"changedPropIds":[]}',
    b"[" * 3_000,
    b'{"output":' * 500,
    b"1e999",
)
ANY = tuple(bytes([n, 255 - n, n * 7 % 256, n * 31 % 256]) * 12 for n in range(0, 256, 37))
"""Starting points of choices."""
TARGETS = (
    Target("scenario file", _library(), try_scenario),
    Target("levers file", (HOMES.encode(),), try_levers),
    Target("actuals table", (ACTUALS,), try_actuals),
    Target("pairs table", (PAIRS,), try_pairs),
    Target("sweep setting", SETTINGS, try_setting),
    Target("sweep file", SWEEPS, try_sweep),
    Target(
        "upload",
        tuple(
            bytes([0, n]) + raw
            for n, raw in ((0, zipped(TABLES)), (1, CELL_FILE["cells.csv"]), (2, MEDICAL), (3, CLINICS))
        ),
        try_upload,
    ),
    Target("address", ANY, try_address, is_text=False),
    Target("callback", ANY, try_callback, is_text=False),
    Target("callback body", BODIES, try_body),
)
"""Every other thing that takes what somebody else wrote."""
