"""Owns the tables of the workshop; nobody's name, address of a device or token is among them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.database import Moment, metadata

ID_LENGTH = 32


def _workshop() -> Column[str]:
    """Return the column that every table of a workshop begins with; with the workshop all of it goes."""
    owner = ForeignKey("workshop.workshop_id", ondelete="CASCADE")
    return Column("workshop_id", String(ID_LENGTH), owner, primary_key=True)


def _phone() -> ForeignKeyConstraint:
    """Return what ties a row to a phone: with the phone it goes."""
    columns = ["workshop_phone.workshop_id", "workshop_phone.phone"]
    return ForeignKeyConstraint(["workshop_id", "phone"], columns, ondelete="CASCADE")


workshop = Table(
    "workshop",
    metadata,
    Column("workshop_id", String(ID_LENGTH), primary_key=True),
    Column("code", String(8), nullable=False),  # what is typed on a phone
    Column("title", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("place", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("themes", JSON, nullable=False),  # names, in order
    Column("runs", JSON, nullable=False),  # run ids, in the order of the story
    Column("step", Integer, nullable=False),  # of the story, now on the wall
    Column("results_shown", Boolean, nullable=False),  # whether phones see the counts
    Column("revision", Integer, nullable=False),  # grows with whatever the wall or a phone shows
    Column("draft", Text, nullable=False),  # of the minutes, not yet noted
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("expires_on", Date, nullable=False),
    UniqueConstraint("code"),
    Index("ix_workshop_expires_on", "expires_on"),
)

wall = Table(  # what was to be seen when somebody voted
    "workshop_wall",
    metadata,
    _workshop(),
    Column("run_id", Text, primary_key=True),
    Column("run_key", String(64), primary_key=True),  # of the files of the run
    Column("digests", JSON, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("first_at", Moment, nullable=False),
)

phone = Table(
    "workshop_phone",
    metadata,
    _workshop(),
    Column("phone", String(64), primary_key=True),  # hash of the token, which only the phone has
    Column("age_band", String(16)),
    Column("district", Text),
    Column("joined_at", Moment, nullable=False),
)

joined = Table(  # that a phone opened the page, and nothing else: it stays when the phone leaves
    "workshop_joined",
    metadata,
    _workshop(),
    Column("phone", String(64), primary_key=True),
)

vote = Table(  # one a phone and scenario
    "workshop_vote",
    metadata,
    _workshop(),
    Column("phone", String(64), primary_key=True),
    Column("run_id", Text, primary_key=True),
    Column("post_id", String(ID_LENGTH), nullable=False),
    Column("turn", Integer, nullable=False),  # of the phone: an older one that comes late changes nothing
    Column("choice", SmallInteger, nullable=False),  # 1 for, −1 against, 0 taken back
    Column("run_key", String(64), nullable=False),
    Column("cast_at", Moment, nullable=False),
    _phone(),
    Index("ix_workshop_vote_run", "workshop_id", "run_id"),
)

voice = Table(
    "workshop_voice",
    metadata,
    _workshop(),
    Column("post_id", String(ID_LENGTH), primary_key=True),  # made by the phone: the same one twice is one
    Column("phone", String(64), nullable=False),
    Column("theme", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("lon", Float),  # about 100 m
    Column("lat", Float),
    Column("place", Text),  # district
    Column("run_id", Text, nullable=False),
    Column("run_key", String(64), nullable=False),
    Column("state", String(8), nullable=False),  # waiting, approved, hidden
    Column("reason", Text, nullable=False),
    Column("posted_at", Moment, nullable=False),
    _phone(),
    Index("ix_workshop_voice_state", "workshop_id", "state", "posted_at"),
    Index("ix_workshop_voice_phone", "workshop_id", "phone"),
)

judgement = Table(  # each decision of the moderator, so that the last one can be taken back
    "workshop_judgement",
    metadata,
    _workshop(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("post_id", String(ID_LENGTH), nullable=False),
    Column("before", String(8), nullable=False),
    Column("before_reason", Text, nullable=False),
    Column("after", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("judged_at", Moment, nullable=False),
)

minute = Table(
    "workshop_minute",
    metadata,
    _workshop(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("noted_at", Moment, nullable=False),
    Column("text", Text, nullable=False),
    Column("run_id", Text, nullable=False),  # on the wall at that moment, "" for none
)
