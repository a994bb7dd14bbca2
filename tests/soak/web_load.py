"""
Thirty phones and five editors on one server, over SQLite and PostgreSQL, while it is killed, stopped and started again.

Everything comes from one address, as behind the router of a venue. What the server acknowledged is compared with the
tables and the drafts at the end; two editors share a scenario. How long reads take is printed beside its goal.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Literal

from app.database import Database
from app.features.workshop.board import Board, Plan
from tests.postgres import missing, running_server
from tests.soak.rows import Options, Row
from tests.soak.web_check import check_drafts, check_posts
from tests.soak.web_client import AwayError, Browser, Figures
from tests.soak.web_editors import Editor
from tests.soak.web_phones import Phone
from tests.soak.web_site import BASELINE, EDITORS, FACILITATOR, PASSWORD, RUN, Site, make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.soak.web_check import Edited, Posted

Way = Literal["kill", "stop"]
PHONES = 30
GOAL_MS = 500
BUSY_SHARE = 0.4
"""Of the time, in which the server is ended and started again."""
RESTING_S = 40.0
"""At least so long between two ends of the server in a long run."""
CALM_S = 5.0
"""After a start, before times count: caches are cold, and everybody sends what was left at once."""
GROWTH_MB_PER_MIN = 1.0
"""Of memory after it has warmed up; a leak of half a kilobyte a request would be more."""
WARM_S = 120.0
"""After a start, until caches with bounds of their own are filled."""
JUDGED_S = 120.0
"""So long at least memory is looked at; less says nothing."""
LONG_S = 240.0
"""From so long a run on, everybody takes their time."""


@dataclass
class Load:
    """One run of all clients against one server."""

    site: Site
    code: str
    workshop_id: str
    seed: int
    tempo: float
    figures: Figures = field(default_factory=Figures)
    memory: list[tuple[float, float]] = field(default_factory=list)
    kills: int = 0
    stops: int = 0
    exit_codes: list[int] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self, busy_s: float, calm_s: float, ways: Sequence[Way]) -> tuple[list[Phone], list[Editor]]:
        """Let everybody work, first while the server is ended, then undisturbed; return who took part."""
        random = Random(self.seed)  # noqa: S311 - chance, not a secret
        place, stop = _place_and_stop(self.site.folder)
        new = lambda: Browser(self.site.port, self.figures)  # noqa: E731 - one short name
        phones = [Phone(n, new(), self.code, _chance(random), place) for n in range(PHONES)]
        ids = ("shared", "shared", "own-3", "own-4", "own-5")
        editors = [
            Editor(name, new(), f"load-{scenario}", _chance(random), stop)
            for name, scenario in zip(EDITORS, ids, strict=True)
        ]
        with ThreadPoolExecutor(PHONES + len(EDITORS) + 2) as pool:
            waiting = [pool.submit(phone.live, self._over.is_set, self._pause, self.tempo) for phone in phones]
            waiting += [pool.submit(editor.live, self._over.is_set, self._pause, self.tempo) for editor in editors]
            waiting += [pool.submit(self._lead), pool.submit(self._weigh)]
            try:
                self._disturb(busy_s, ways, random)
                self.memory.clear()
                self._wait(min(CALM_S, calm_s))
                self.figures.is_measured = True
                self._wait(calm_s)
                self.figures.is_measured = False
            finally:
                self._over.set()
            for one in waiting:
                one.result()
        editors[0].collide(editors[1])
        for person in (*phones, *editors):
            person.browser.close()
        return phones, editors

    def _disturb(self, busy_s: float, ways: Sequence[Way], random: Random) -> None:
        """End the server at random moments of a time, by force or by asking, and start it again."""
        self.figures.is_measured = False
        for way in ways:
            self._wait(busy_s / len(ways) * random.uniform(0.7, 1.3))
            if way == "stop":
                self.exit_codes.append(self.site.stop())
                self.stops += 1
            else:
                self.site.kill()
                self.kills += 1
            self.site.start()

    def _lead(self) -> None:
        """Do what the facilitator does: another step of the story on the wall, and the wall looking for news."""
        browser, step = Browser(self.site.port, self.figures), 0
        wall = f"/workshop/wall/{self.workshop_id}"
        is_in = False
        while not self._over.is_set():
            try:
                if not is_in:
                    browser.log_in(FACILITATOR, PASSWORD)
                    browser.get(wall, is_page=True)
                    is_in = True
                for _ in range(4):
                    browser.get(f"{wall}/now?lang=ja&have=0")
                    self._pause(self.tempo)
                step = (step + 1) % 6
                browser.send(f"{wall}/step?lang=ja", {"step": step})
            except AwayError:
                self._pause(0.3)
        browser.close()

    def _weigh(self) -> None:
        while not self._over.is_set():
            self.memory.append((time.monotonic(), self.site.memory_mb()))
            self._pause(1.0)

    def _pause(self, seconds: float) -> None:
        self._over.wait(seconds) if not self._over.is_set() else time.sleep(min(seconds, 0.3))

    @staticmethod
    def _wait(seconds: float) -> None:
        time.sleep(seconds)

    def slope(self) -> tuple[float | None, list[float]]:
        """Return how memory grew after it warmed up [MB per minute; None = too short], and its size by minute [MB]."""
        known = [(at, size) for at, size in self.memory if not math.isnan(size)]
        began = known[0][0] if known else 0.0
        by_minute = [
            statistics.median(size for _, size in same)
            for _, same in itertools.groupby(known, lambda one: (one[0] - began) // 60)
        ]
        after = [(at / 60, size) for at, size in known if at - began >= WARM_S]
        if len(after) < 2 or after[-1][0] - after[0][0] < JUDGED_S / 60:
            return None, by_minute
        return statistics.linear_regression(*zip(*after, strict=True)).slope, by_minute


def run(options: Options) -> list[Row]:
    """Try both databases, each for half of the time; return the promises with figures."""
    folder, seconds = make_folder(options.folder / "site"), options.seconds / 2
    n_ends = max(2, min(int(seconds * BUSY_SHARE / RESTING_S), 8))
    ways: tuple[Way, ...] = tuple("stop" if number % 2 else "kill" for number in range(n_ends))
    rows = try_one("SQLite", folder, f"sqlite:///{folder}/desk.sqlite", seconds, ways, options.seed)
    if missing():
        return [*rows, Row("the same over PostgreSQL", "nothing", missing(), passed=False)]
    with running_server() as server:
        rows += try_one("PostgreSQL", folder, server.make_database(), seconds, ways, options.seed)
    return rows


def try_one(name: str, folder: Path, database: str, seconds: float, ways: Sequence[Way], seed: int) -> list[Row]:
    """Load one server on one database, which is ended in these ways meanwhile; return the promises with figures."""
    opened = Database(database)
    held = Board(opened).open(Plan("負荷の試験", dt.datetime.now(dt.UTC).date(), (BASELINE, RUN), themes=("バス",)))
    opened.close()
    tempo = 3.0 if seconds > LONG_S else 1.0  # as the script of a phone; in a short try all of it comes faster
    site = Site(folder, folder / f"home-{name.lower()}", database)
    load = Load(site, held.code, held.workshop_id, seed, tempo)
    with _running(site):
        phones, editors = load.run(seconds * BUSY_SHARE, seconds * (1 - BUSY_SHARE), ways)
    posted = check_posts(database, held.workshop_id, phones)
    edited = check_drafts(site.home / "scenarios", editors)
    return _rows(name, load, posted, edited, sum(editor.lives for editor in editors), seconds)


def _rows(name: str, load: Load, posted: Posted, edited: Edited, lives: int, seconds: float) -> list[Row]:
    """Return the promises of one database with their figures."""
    figures = load.figures
    who = f"{name}: {PHONES} phones, {len(EDITORS)} editors, {seconds:.0f} s"
    ended = f"{load.kills} kill -9, {load.stops} SIGTERM in the middle"
    reads = _quantiles_ms(figures.reads_s)
    writes = _quantiles_ms(figures.writes_s)
    slope, by_minute = load.slope()
    met = "met" if reads[1] <= GOAL_MS else "MISSED"
    return [
        Row(
            "no vote, comment or pin that was acknowledged is lost, doubled or changed",
            f"{who}; {ended}",
            f"{posted.votes} votes, {posted.comments} comments, {posted.pins} pins; wrong {_told(posted.wrong)}",
            not posted.wrong and posted.votes > 0 and posted.pins > 0,
        ),
        Row(
            "no saved edit is lost; two who edit one scenario are told, never overwritten",
            f"{who}; two on one scenario; {ended}",
            f"{edited.saves} saves, {edited.revisions} revisions, {edited.conflicts} conflicts told, "
            f"{lives} live answers; wrong {_told(edited.wrong)}",
            not edited.wrong and edited.saves > 0 and edited.conflicts > 0 and lives > 0,
        ),
        Row(
            "a server that was ended in the middle comes back with every saved thing; asked to stop, it ends cleanly",
            f"{name}: {ended}",
            f"{load.kills + load.stops} ends, nothing missing; exit codes of SIGTERM {load.exit_codes or 'none'}",
            not (posted.wrong or edited.wrong or any(load.exit_codes)) and load.kills + load.stops > 0,
        ),
        Row(
            "thirty phones behind one address are not refused, and nothing breaks",
            who,
            f"{sum(figures.statuses.values())} answers, refused or broken {_told(figures.broken)}",
            not figures.broken,
        ),
        Row(
            f"reads within {GOAL_MS} ms at the 95th percentile (a goal: printed, not judged)",
            who,
            f"reads p50 {reads[0]:.0f}, p95 {reads[1]:.0f}, p99 {reads[2]:.0f} ms of {len(figures.reads_s)} ({met}); "
            f"writes p50 {writes[0]:.0f}, p95 {writes[1]:.0f} ms of {len(figures.writes_s)}",
            passed=True,
        ),
        Row(
            "the server's memory does not grow",
            f"{who}; the stores of computed values bounded low, as they fill by intent",
            _grown(slope, by_minute),
            slope is None or slope <= GROWTH_MB_PER_MIN,
        ),
    ]


def _grown(slope: float | None, by_minute: list[float]) -> str:
    curve = f"by minute {', '.join(f'{size:.0f}' for size in by_minute)} MB"
    if slope is None:
        return f"judged from {WARM_S + JUDGED_S:.0f} s after the last start on ({curve})"
    return f"{slope:+.2f} MB a minute after {WARM_S:.0f} s ({curve})"


def _chance(random: Random) -> Random:
    """Return a stream of its own for one person, so that nobody's luck hangs on who came first."""
    return Random(random.random())  # noqa: S311 - chance, not a secret


def _quantiles_ms(taken_s: list[float]) -> tuple[float, float, float]:
    if len(taken_s) < 2:
        return (math.nan,) * 3
    cuts = statistics.quantiles(taken_s, n=100)
    return cuts[49] * 1000, cuts[94] * 1000, cuts[98] * 1000


def _told(wrong: tuple[str, ...] | list[str]) -> str:
    return "0" if not wrong else f"{len(wrong)}: {'; '.join(sorted(set(wrong))[:3])}"


def _place_and_stop(folder: Path) -> tuple[tuple[float, float], str]:
    """Return a place in the city where a pin belongs, and a stop of it."""
    from geodata.snapshot import read_city

    city = read_city(folder / "city")
    lon, lat = (round(float(value), 3) for value in city.population.lonlat[0])
    return (lon, lat), str(city.timetable.stops.stop_id[0])


@contextmanager
def _running(site: Site) -> Iterator[None]:
    site.start()
    try:
        yield
    finally:
        site.stop()
