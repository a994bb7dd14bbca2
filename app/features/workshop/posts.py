"""Owns what a phone sends: votes, voices and who its holder is, taken once however often they arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import and_, delete, func, insert, select, update

from app.features.workshop.board import Workshop, touch, writable
from app.features.workshop.errors import Refusal
from app.features.workshop.joining import mark_joined, name_of
from app.features.workshop.tables import phone, voice, vote
from app.features.workshop.tables import wall as walls
from app.features.workshop.wording import LONGEST_COMMENT, clean_comment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from app.database import Database

AGE_BANDS = ("u20", "20-39", "40-64", "65-74", "75+")
MOST_PHONES = 1_000
MOST_VOICES = 50
"""Of one phone in one workshop."""
MOST_POSTS = 30
"""In one message: what a phone kept while it had no network."""
LONGEST_TYPED = 4 * LONGEST_COMMENT
PLACE_DIGITS = 3
"""About 100 m: a pin shall tell a place, not a house."""

Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class VotePost(_Frozen):
    """For, against or neither; `turn` counts the votes of a phone, `key` names the result it was shown."""

    kind: Literal["vote"]
    id: Hex
    run: str = Field(max_length=200)
    key: str = Field(default="", max_length=64)
    choice: Literal[-1, 0, 1]
    turn: int = Field(ge=0, le=2**31 - 1)


class VoicePost(_Frozen):
    """A comment, a pin, or both."""

    kind: Literal["voice"]
    id: Hex
    run: str = Field(max_length=200)
    key: str = Field(default="", max_length=64)
    theme: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=LONGEST_TYPED)
    lon: float | None = Field(default=None, ge=-180, le=180)
    lat: float | None = Field(default=None, ge=-90, le=90)
    place: str = Field(default="", max_length=200)


class AboutPost(_Frozen):
    """What the holder of a phone says of themselves; both may be left out."""

    kind: Literal["about"]
    id: Hex
    age_band: str = Field(default="", max_length=16)
    district: str = Field(default="", max_length=200)


Post = Annotated[VotePost | VoicePost | AboutPost, Field(discriminator="kind")]


class Message(_Frozen):
    """Everything a phone has not yet had an answer to, in the order it was done."""

    token: Hex
    posts: tuple[Post, ...] = Field(max_length=MOST_POSTS)


@dataclass(frozen=True, slots=True)
class Wall:
    """What the room knows of the scenarios and the city when posts are taken."""

    keys: Mapping[str, str]  # run id → key of its result now
    votable: frozenset[str]
    districts: frozenset[str]
    find_district: Callable[[float, float], str | None]
    """Longitude, latitude → district id, None outside of the city."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one post: `code` is ``ok``, ``masked`` (taken without what was personal) or why it was refused."""

    post_id: str
    code: str

    @property
    def kept(self) -> bool:
        """Whether it was taken."""
        return self.code in {"ok", "masked"}


def take_message(
    database: Database, workshop: Workshop, message: Message, wall: Wall, now: datetime
) -> tuple[Answer, ...]:
    """
    Take the posts of a phone in one transaction and answer each; the same post again changes nothing.

    Raises
    ------
    Refusal
        ``closed``, ``gone`` or ``full``: nothing of the message was taken.
    """
    who = name_of(message.token)
    with database.writing() as connection:
        writable(connection, workshop.workshop_id)
        is_new = _join(connection, workshop.workshop_id, who, now)
        answers = tuple(_take(connection, workshop, who, post, wall, now) for post in message.posts)
        if any(answer.kept for answer in answers):
            mark_joined(connection, workshop.workshop_id, who)  # whoever sends has opened the page
            touch(connection, workshop.workshop_id)
        elif is_new:
            _leave(connection, workshop.workshop_id, who)  # who has said nothing takes nobody's place
    return answers


def takes_part(database: Database, workshop_id: str, token: str) -> bool:
    """Return whether something of a phone was taken before."""
    own = and_(phone.c.workshop_id == workshop_id, phone.c.phone == name_of(token))
    with database.reading() as connection:
        return bool(connection.scalar(select(func.count()).select_from(phone).where(own)))


def _join(connection: Connection, workshop_id: str, who: str, now: datetime) -> bool:
    """Put a phone into the list; tell whether it was not there."""
    there = select(func.count()).where(phone.c.workshop_id == workshop_id)
    if connection.scalar(there.where(phone.c.phone == who)):
        return False
    if (connection.scalar(there) or 0) >= MOST_PHONES:
        raise Refusal("full")
    connection.execute(insert(phone).values(workshop_id=workshop_id, phone=who, joined_at=now))
    return True


def _leave(connection: Connection, workshop_id: str, who: str) -> int:
    """Take a phone out of the list, with all it posted; tell how many rows went."""
    own = and_(phone.c.workshop_id == workshop_id, phone.c.phone == who)
    return connection.execute(delete(phone).where(own)).rowcount


def _take(connection: Connection, workshop: Workshop, who: str, post: Any, wall: Wall, now: datetime) -> Answer:
    try:
        if isinstance(post, VotePost):
            code = _vote(connection, workshop, who, post, wall, now)
        elif isinstance(post, VoicePost):
            code = _voice(connection, workshop, who, post, wall, now)
        else:
            code = _about(connection, workshop, who, post, wall)
    except Refusal as refusal:
        code = refusal.code
    return Answer(post.id, code)


def _vote(connection: Connection, workshop: Workshop, who: str, post: VotePost, wall: Wall, now: datetime) -> str:
    if post.run not in workshop.runs or post.run not in wall.votable:
        raise Refusal("no_such_run")
    mine = and_(vote.c.workshop_id == workshop.workshop_id, vote.c.phone == who, vote.c.run_id == post.run)
    values: dict[str, Any] = {
        "post_id": post.id,
        "turn": post.turn,
        "choice": post.choice,
        "run_key": _seen_key(connection, workshop, post, wall),
        "cast_at": now,
    }
    known = connection.execute(select(vote.c.turn, vote.c.post_id).where(mine)).one_or_none()
    if known is None:
        columns = {"workshop_id": workshop.workshop_id, "phone": who, "run_id": post.run}
        connection.execute(insert(vote).values(**columns, **values))
    elif post.turn > known.turn:
        connection.execute(update(vote).where(mine).values(**values))
    return "ok"  # an older vote that came late was answered by a newer one


def _voice(connection: Connection, workshop: Workshop, who: str, post: VoicePost, wall: Wall, now: datetime) -> str:
    if post.run and post.run not in workshop.runs:
        raise Refusal("no_such_run")
    if post.theme and post.theme not in workshop.themes:
        raise Refusal("no_such_theme")
    own = and_(voice.c.workshop_id == workshop.workshop_id, voice.c.post_id == post.id)
    if connection.scalar(select(func.count()).where(own)):
        return "ok"
    clean = clean_comment(post.text)
    if len(clean.text) > LONGEST_COMMENT:
        raise Refusal("comment_too_long")
    lon, lat, place = _place(post, wall)
    if not clean.text and place is None:
        raise Refusal("empty")
    of_phone = select(func.count()).where(voice.c.workshop_id == workshop.workshop_id, voice.c.phone == who)
    if (connection.scalar(of_phone) or 0) >= MOST_VOICES:
        raise Refusal("too_many")
    row = {
        "workshop_id": workshop.workshop_id,
        "post_id": post.id,
        "phone": who,
        "theme": post.theme,
        "text": clean.text,
        "lon": lon,
        "lat": lat,
        "place": place,
        "run_id": post.run,
        "run_key": _seen_key(connection, workshop, post, wall),
        "state": "waiting",
        "reason": "",
        "posted_at": now,
    }
    connection.execute(insert(voice).values(**row))
    return "masked" if clean.masked else "ok"


def _seen_key(connection: Connection, workshop: Workshop, post: VotePost | VoicePost, wall: Wall) -> str:
    """Return which result a post speaks of: the one it names where the room was shown that, else the one of now."""
    kept = and_(walls.c.workshop_id == workshop.workshop_id, walls.c.run_id == post.run, walls.c.run_key == post.key)
    if post.key and connection.scalar(select(func.count()).select_from(walls).where(kept)):
        return post.key
    return wall.keys.get(post.run, "")  # a key nobody was shown would be free text in the record


def _place(post: VoicePost, wall: Wall) -> tuple[float | None, float | None, str | None]:
    """Return where a voice speaks of, coarsely; a district alone has no point."""
    if post.lon is not None and post.lat is not None:
        lon, lat = round(post.lon, PLACE_DIGITS), round(post.lat, PLACE_DIGITS)
        district = wall.find_district(lon, lat)
        if district is None:
            raise Refusal("outside")
        return lon, lat, district
    if post.place and post.place not in wall.districts:
        raise Refusal("no_such_district")
    return None, None, post.place or None


def _about(connection: Connection, workshop: Workshop, who: str, post: AboutPost, wall: Wall) -> str:
    if post.age_band and post.age_band not in AGE_BANDS:
        raise Refusal("no_such_age")
    if post.district and post.district not in wall.districts:
        raise Refusal("no_such_district")
    mine = and_(phone.c.workshop_id == workshop.workshop_id, phone.c.phone == who)
    values = {"age_band": post.age_band or None, "district": post.district or None}
    connection.execute(update(phone).where(mine).values(**values))
    return "ok"


# ---------------------------------------------------------------- of one phone


@dataclass(frozen=True, slots=True)
class Own:
    """What one phone has posted."""

    votes: dict[str, int]  # run id → choice
    voices: tuple[dict[str, Any], ...]
    age_band: str
    district: str


def own_posts(database: Database, workshop_id: str, token: str) -> Own:
    """Return what a phone has posted; empty for one that never posted."""
    who = name_of(token)
    with database.reading() as connection:
        mine = connection.execute(
            select(phone.c.age_band, phone.c.district).where(phone.c.workshop_id == workshop_id, phone.c.phone == who)
        ).one_or_none()
        votes = connection.execute(
            select(vote.c.run_id, vote.c.choice).where(vote.c.workshop_id == workshop_id, vote.c.phone == who)
        ).all()
        voices = (
            connection.execute(
                select(voice.c.post_id, voice.c.theme, voice.c.text, voice.c.lon, voice.c.place, voice.c.state)
                .where(voice.c.workshop_id == workshop_id, voice.c.phone == who)
                .order_by(voice.c.posted_at, voice.c.post_id)
            )
            .mappings()
            .all()
        )
    age_band, district = ("", "") if mine is None else (mine.age_band or "", mine.district or "")
    return Own(dict(votes), tuple(dict(row) for row in voices), age_band, district)


def forget(database: Database, workshop_id: str, token: str, post_id: str = "") -> int:
    """
    Delete one voice of a phone, or everything it posted; return how many rows went.

    This holds for closed workshops too. Another phone's post is not found.
    """
    who = name_of(token)
    with database.writing() as connection:
        if post_id:
            own = (voice.c.workshop_id == workshop_id, voice.c.phone == who, voice.c.post_id == post_id)
            gone = connection.execute(delete(voice).where(*own)).rowcount
        else:
            gone = _leave(connection, workshop_id, who)
        if gone:
            touch(connection, workshop_id)
    return gone
