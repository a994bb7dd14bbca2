"""What phones send is taken once, never lost, bounded, and can be taken back; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import ValidationError
from sqlalchemy import func, insert, select

from app.features.workshop import posts
from app.features.workshop.errors import Refusal
from app.features.workshop.joining import name_of
from app.features.workshop.moderation import judge, list_voices
from app.features.workshop.posts import forget, own_posts, take_message
from app.features.workshop.summary import summarize
from app.features.workshop.tables import phone as phones
from app.features.workshop.tables import voice as voices
from app.features.workshop.tables import vote as votes
from app.features.workshop.tables import wall as walls
from tests.unit.app.workshop.sending import about, hexed, message, voice, vote


@pytest.fixture
def send(database, workshop, wall, clock):
    def sent(who, *given):
        return [one.code for one in take_message(database, workshop, message(who, *given), wall, clock())]

    return sent


@pytest.fixture
def counts(database, workshop):
    def read():
        found = summarize(database, workshop, 10).runs
        return {run: (count.up, count.down) for run, count in found.items()}

    return read


def test_a_phone_has_one_vote_a_scenario_and_may_change_it(send, counts):
    assert send("a", vote("1", "plan-a", 1, 1), vote("2", "plan-b", -1, 2)) == ["ok", "ok"]
    assert send("b", vote("3", "plan-a", 1, 1)) == ["ok"]
    assert counts() == {"baseline": (0, 0), "plan-a": (2, 0), "plan-b": (0, 1)}
    send("a", vote("4", "plan-a", -1, 3))
    assert counts()["plan-a"] == (1, 1)
    send("a", vote("5", "plan-a", 0, 4))  # taken back
    assert counts()["plan-a"] == (1, 0)


def test_the_same_vote_again_and_an_old_one_that_comes_late_change_nothing(send, counts):
    first, second = vote("1", "plan-a", 1, 1), vote("2", "plan-a", -1, 2)
    assert send("a", second) == ["ok"]
    assert send("a", first) == ["ok"]
    assert send("a", first, second) == ["ok", "ok"]
    assert counts()["plan-a"] == (0, 1)


def test_the_city_as_it_is_and_unknown_scenarios_cannot_be_voted_on(send, counts):
    assert send("a", vote("1", "baseline", 1, 1), vote("2", "nowhere", 1, 2)) == ["no_such_run", "no_such_run"]
    assert counts() == {"baseline": (0, 0), "plan-a": (0, 0), "plan-b": (0, 0)}


def test_a_vote_holds_the_result_that_was_on_the_wall_and_no_other(send, database, workshop, clock):
    row = {"run_id": "plan-a", "run_key": "a0", "digests": {}, "figures": {}, "first_at": clock()}
    with database.writing() as connection:
        connection.execute(insert(walls).values(workshop_id=workshop.workshop_id, **row))
    send("earlier", vote("1", "plan-a", 1, 1, key="a0"), voice("2", "前の結果を見た", key="a0"))
    send("now", vote("3", "plan-a", 1, 1))
    send("made-up", vote("4", "plan-a", 1, 1, key="090-1234-5678"), voice("5", "x", key="090-1234-5678"))
    send("another", vote("6", "plan-b", 1, 1, key="a0"))
    with database.reading() as connection:
        of_votes = sorted(connection.execute(select(votes.c.run_id, votes.c.run_key)).all())
        of_voices = sorted(connection.execute(select(voices.c.run_key)).scalars())
    assert of_votes == [("plan-a", "a0"), ("plan-a", "a1"), ("plan-a", "a1"), ("plan-b", "b1")]
    assert of_voices == ["a0", "a1"]


def test_thirty_phones_at_once_lose_nothing(database, workshop, wall, clock, counts):
    """Each phone votes on both plans and comments, and sends everything twice, as if an answer had been lost."""

    def take_part(number):
        who = f"phone-{number}"
        given = (
            vote(f"{who}-a", "plan-a", 1 if number % 3 else -1, 1),
            vote(f"{who}-b", "plan-b", -1, 2),
            voice(f"{who}-c", f"声 {number}"),
        )
        return [take_message(database, workshop, message(who, *given), wall, clock()) for _ in range(2)]

    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(take_part, range(30)))
    assert all(one.code == "ok" for twice in answers for taken in twice for one in taken)
    assert counts() == {"baseline": (0, 0), "plan-a": (20, 10), "plan-b": (0, 30)}
    told = {one.text for one in list_voices(database, workshop.workshop_id)}
    assert told == {f"声 {number}" for number in range(30)}


def test_a_comment_is_cleaned_and_nothing_personal_is_kept(send, database, workshop):
    text = "バス\u200bが\u202e来ない\x00 090-1234-5678 まで\r\n\r\n\r\n\r\na@b.example ね e\u0301\u0301\u0301\u0301"
    assert send("a", voice("1", text, theme="バス")) == ["masked"]
    (kept,) = list_voices(database, workshop.workshop_id)
    assert kept.text == "バスが来ない 〇〇 まで\n\n〇〇 ね é\u0301\u0301"
    assert (kept.theme, kept.state, kept.run_key) == ("バス", "waiting", "a1")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"text": "あ" * 281}, "comment_too_long"),
        ({"text": "  \u200b "}, "empty"),
        ({"text": "x", "theme": "ほかのテーマ"}, "no_such_theme"),
        ({"text": "x", "place": "mars"}, "no_such_district"),
        ({"text": "x", "lon": 10.0, "lat": 36.5}, "outside"),
        ({"text": "x", "run": "nowhere"}, "no_such_run"),
    ],
)
def test_what_cannot_be_taken_is_told(send, database, workshop, given, code):
    assert send("a", {**voice("1"), **given}) == [code]
    assert list_voices(database, workshop.workshop_id) == []


def test_a_refused_post_leaves_the_others_in(send, counts):
    assert send("a", voice("1", ""), vote("2", "plan-a", 1, 1)) == ["empty", "ok"]
    assert counts()["plan-a"] == (1, 0)


def test_a_pin_is_coarse_and_needs_no_words(send, database, workshop):
    assert send("a", voice("1", lon=140.61234, lat=36.56789), voice("2", place="west")) == ["ok", "ok"]
    pin, named = list_voices(database, workshop.workshop_id)
    assert (pin.lon, pin.lat, pin.place) == (140.612, 36.568, "east")
    assert (named.lon, named.lat, named.place) == (None, None, "west")


def test_unknown_fields_and_tokens_are_not_read():
    with pytest.raises(ValidationError):
        message("a", {**voice("1", "x"), "name": "who"})
    with pytest.raises(ValidationError):
        posts.Message.model_validate({"token": "short", "posts": []})
    with pytest.raises(ValidationError):
        message("a", *(vote(str(n), "plan-a", 1, n) for n in range(posts.MOST_POSTS + 1)))


def test_one_phone_and_all_of_them_have_a_limit(send, monkeypatch):
    monkeypatch.setattr(posts, "MOST_VOICES", 2)
    monkeypatch.setattr(posts, "MOST_PHONES", 2)
    assert send("a", voice("1", "x"), voice("2", "y"), voice("3", "z")) == ["ok", "ok", "too_many"]
    assert send("b", voice("4", "x")) == ["ok"]
    with pytest.raises(Refusal, match="full"):
        send("c", voice("5", "x"))
    assert send("a", vote("6", "plan-a", 1, 1)) == ["ok"]  # who is in stays in


def test_a_phone_deletes_what_it_posted_and_nothing_else(send, database, workshop, clock):
    send("a", voice("1", "一つ目"), voice("2", "二つ目"), vote("3", "plan-a", 1, 1), about("4", "75+", "east"))
    send("b", voice("5", "ほかの人"))
    judge(database, workshop.workshop_id, hexed("1"), "approved", clock())
    assert forget(database, workshop.workshop_id, hexed("b"), hexed("1")) == 0  # not theirs
    assert forget(database, workshop.workshop_id, hexed("a"), hexed("1")) == 1
    own = own_posts(database, workshop.workshop_id, hexed("a"))
    assert [row["text"] for row in own.voices] == ["二つ目"]
    assert (own.votes, own.age_band, own.district) == ({"plan-a": 1}, "75+", "east")
    assert forget(database, workshop.workshop_id, hexed("a")) == 1
    with database.reading() as connection:
        for table in (phones, votes, voices):
            of_a = select(func.count()).select_from(table).where(table.c.phone == name_of(hexed("a")))
            assert connection.scalar(of_a) == 0, table.name
    assert [one.text for one in list_voices(database, workshop.workshop_id)] == ["ほかの人"]


def test_a_closed_workshop_takes_nothing_but_still_forgets(send, board, database, workshop):
    send("a", voice("1", "前に書いた"))
    board.close(workshop.workshop_id)
    with pytest.raises(Refusal, match="closed"):
        send("a", vote("2", "plan-a", 1, 1))
    assert forget(database, workshop.workshop_id, hexed("a")) == 1
    assert list_voices(database, workshop.workshop_id) == []


def test_the_token_is_nowhere_in_the_tables(send, database):
    send("a", vote("1", "plan-a", 1, 1))
    with database.reading() as connection:
        assert hexed("a") not in {*connection.execute(select(phones.c.phone)).scalars()}
