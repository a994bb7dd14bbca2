"""Those who save what people wrote, killed in the middle: everything that was acknowledged is there afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.soak.town import ROOT, environ, verify

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from tests.soak.town import Town

DRAFTS = """
import sys
from pathlib import Path
from scenarios.drafts import DraftFolder
drafts = DraftFolder(Path(sys.argv[1]))
plain = {"schema": "ekisei-scenario/1", "id": "mine", "title": {"ja": "例", "en": "E"}, "year": 2031}
while True:
    number = drafts.read_number("mine")
    saved = drafts.save(plain | {"seed": (number or 0) + 1}, who="A", why="w", expected=number)
    print(saved.number, saved.digest, flush=True)
"""
VOTES = """
import datetime as dt, secrets, sys
from pathlib import Path
from app.database import Database
from app.features.workshop.board import Board, Plan
from app.features.workshop.posts import Message, VoicePost, VotePost, Wall, take_message
database = Database(Path(sys.argv[1]))
board = Board(database)
wall = Wall({"a": "1", "b": "2"}, frozenset({"b"}), frozenset(), lambda lon, lat: None)
turn = 0
while True:
    if turn % 900 == 0:  # a workshop takes 1,000 phones
        held = board.open(Plan("t", dt.date(2029, 10, 1), ("a", "b"), "p", "q", ("x",)))
    turn += 1
    token, vote, voice = (secrets.token_hex(16) for _ in range(3))
    posts = (VotePost(kind="vote", id=vote, run="b", choice=1, turn=turn), VoicePost(kind="voice", id=voice, run="b", text="声"))
    answers = take_message(database, held, Message(token=token, posts=posts), wall, dt.datetime.now(dt.UTC))
    assert all(one.kept for one in answers), answers
    print(vote, voice, flush=True)
"""
MOST_S = 1.5


def kill_while_writing(code: str, place: Path, home: Path, chance: random.Random) -> list[str]:
    """Run a writer, kill it at a random moment after its first acknowledgement; return what it acknowledged."""
    command = [sys.executable, "-c", code, str(place)]
    with subprocess.Popen(command, env=environ(home), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        if not first:
            raise RuntimeError("the writer ended by itself")
        time.sleep(chance.uniform(0, MOST_S))
        process.kill()
        rest = process.stdout.read()
    lines = (first + rest).split("\n")
    return [line for line in lines[:-1] if line]  # half a line was not said to anybody


class DraftWriter:
    """Somebody who saves one scenario again and again."""

    promise = "保存したと言われたシナリオの版は、直後に止められても残る"
    done = "kill -9 who saves an own scenario"

    def round(self, town: Town, folder: Path, chance: random.Random, most: int) -> tuple[int, str]:
        """Kill several times; then every acknowledged revision is there with its text, and one can go on."""
        from scenarios.drafts import DraftFolder

        del town
        home = folder / "home"
        drafts = DraftFolder(home / "scenarios")
        said: list[str] = []
        for _ in range(most):
            said += kill_while_writing(DRAFTS, drafts.root, home, chance)
        kept = {f"{one.number} {one.digest}" for one in drafts.history("mine")}
        lost = [line for line in said if line not in kept]
        if lost:
            return most, f"{len(lost)} of {len(said)} acknowledged revisions are lost"
        for line in said:
            drafts.text_at("mine", int(line.split()[0]))
        code, told = verify(home)
        return most, "" if code == 0 else told


class VoteWriter:
    """Phones that vote and comment, one after another."""

    promise = "受け付けた投票と声は、直後に止められても残る"
    done = "kill -9 who writes votes and comments into the database"

    def round(self, town: Town, folder: Path, chance: random.Random, most: int) -> tuple[int, str]:
        """Kill several times; then every acknowledged post is in the database."""
        from sqlalchemy import select

        from app.database import Database
        from app.features.workshop.tables import voice, vote

        del town
        home = folder / "home"
        place = home / "desk.sqlite"
        said: list[str] = []
        for _ in range(most):
            said += kill_while_writing(VOTES, place, home, chance)
        database = Database(place)
        with database.reading() as connection:
            kept = {*connection.scalars(select(vote.c.post_id)), *connection.scalars(select(voice.c.post_id))}
        database.close()
        lost = [one for line in said for one in line.split() if one not in kept]
        if lost:
            return most, f"{len(lost)} of {2 * len(said)} acknowledged posts are lost: {json.dumps(lost[:3])}"
        code, told = verify(home)
        return most, "" if code == 0 else told
