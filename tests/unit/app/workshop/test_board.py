"""Workshops open, step, close, are judged, noted, undone, and go; on both databases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.features.workshop.board import CODE_SIGNS, MOST_KEPT_DAYS
from app.features.workshop.errors import Refusal
from app.features.workshop.minutes import keep_draft, list_notes, note, strike
from app.features.workshop.moderation import can_undo, judge, list_voices, undo
from app.features.workshop.posts import take_message
from app.features.workshop.story import build_story, step_now
from app.features.workshop.tables import judgement, minute, phone, voice, vote
from app.features.workshop.tables import workshop as workshops
from tests.unit.app.workshop import sending
from tests.unit.app.workshop.sending import hexed, message


@pytest.fixture
def two_voices(database, workshop, wall, clock):
    sent = [sending.voice("1", "一つ目"), sending.voice("2", "二つ目"), sending.vote("3", "plan-a", 1, 1)]
    take_message(database, workshop, message("a", *sent), wall, clock())
    return workshop


def test_a_workshop_has_a_code_that_can_be_read_aloud(board, workshop):
    assert len(workshop.code) == 6
    assert set(workshop.code) <= set(CODE_SIGNS)
    assert not {"0", "O", "1", "I", "L"} & set(CODE_SIGNS)
    assert board.find_code(f" {workshop.code[:3].lower()}-{workshop.code[3:]} ").workshop_id == workshop.workshop_id
    assert board.find_code("ZZZZZZ9") is None
    assert board.find_code("") is None


def test_what_is_missing_is_told(board, plan):
    for changed, code in (
        ({"title": " \u200b "}, "no_title"),
        ({"runs": ()}, "no_runs"),
        ({"place": "あ" * 121}, "too_long"),
    ):
        with pytest.raises(Refusal, match=code):
            board.open(replace(plan, **changed))
    assert board.list_all() == []


def test_themes_are_cleaned_and_kept_in_order(board, plan):
    made = board.open(replace(plan, themes=(" バス ", "", "医療", "バス", "a\u202eb")))
    assert made.themes == ("バス", "医療", "ab")


def test_the_story_goes_through_figures_and_maps_and_passes_over_what_is_gone(board, workshop):
    story = build_story(workshop, {"baseline", "plan-b"})
    assert [(step.kind, step.run_id) for step in story] == [
        ("join", ""),
        ("figures", "baseline"),
        ("map", "baseline"),
        ("figures", "plan-b"),
        ("map", "plan-b"),
        ("voices", ""),
    ]
    board.show_step(workshop.workshop_id, 99)
    assert step_now(board.get(workshop.workshop_id), {"baseline"})[0] == 3
    board.show_step(workshop.workshop_id, -5)
    assert board.get(workshop.workshop_id).step == 0


def test_whatever_is_shown_grows_the_revision(board, workshop):
    board.show_step(workshop.workshop_id, 1)
    board.show_results(workshop.workshop_id, shown=True)
    found = board.get(workshop.workshop_id)
    assert (found.revision, found.step, found.results_shown) == (workshop.revision + 2, 1, True)


def test_a_closed_workshop_is_only_read(board, database, two_voices, clock):
    of = two_voices.workshop_id
    note(database, of, "メモ", "", clock())
    board.close(of)
    for write in (
        lambda: board.show_step(of, 1),
        lambda: board.close(of),
        lambda: judge(database, of, hexed("1"), "approved", clock()),
        lambda: undo(database, of),
        lambda: note(database, of, "あとから", "", clock()),
        lambda: keep_draft(database, of, "あとから"),
        lambda: strike(database, of, 1),
    ):
        with pytest.raises(Refusal, match="closed"):
            write()
    assert board.get(of).closed_at == clock()
    assert len(list_notes(database, of)) == 1


def test_only_approved_voices_are_shown_and_decisions_can_be_taken_back(database, two_voices, clock):
    of = two_voices.workshop_id
    assert list_voices(database, of, "approved") == []
    judge(database, of, hexed("1"), "approved", clock())
    judge(database, of, hexed("2"), "approved", clock())
    judge(database, of, hexed("2"), "hidden", clock(), "personal")
    assert [one.text for one in list_voices(database, of, "approved")] == ["一つ目"]
    assert undo(database, of)
    assert len(list_voices(database, of, "approved")) == 2
    assert list_voices(database, of, "approved")[1].reason == ""
    assert undo(database, of)
    assert undo(database, of)
    assert len(list_voices(database, of, "waiting")) == 2
    assert not can_undo(database, of)
    assert not undo(database, of)


def test_hiding_needs_a_reason(database, two_voices, clock):
    with pytest.raises(Refusal, match="no_reason"):
        judge(database, two_voices.workshop_id, hexed("1"), "hidden", clock(), " ")
    with pytest.raises(Refusal, match="gone"):
        judge(database, two_voices.workshop_id, hexed("nobody"), "approved", clock())


def test_notes_have_their_moment_and_a_deleted_one_comes_back_as_draft(board, database, workshop, clock):
    of = workshop.workshop_id
    keep_draft(database, of, "書きか")
    assert board.get(of).draft == "書きか"
    note(database, of, "書きかけを終えた", "plan-a", clock())
    assert board.get(of).draft == ""
    clock.moment += dt.timedelta(minutes=5)
    note(database, of, "次のメモ", "", clock())
    found = list_notes(database, of)
    assert [(one.text, one.run_id) for one in found] == [("書きかけを終えた", "plan-a"), ("次のメモ", "")]
    assert found[1].noted_at - found[0].noted_at == dt.timedelta(minutes=5)
    strike(database, of, found[0].number)
    assert board.get(of).draft == "書きかけを終えた"
    strike(database, of, found[1].number)
    assert board.get(of).draft == "書きかけを終えた"  # a draft is never written over
    for text, code in ((" ", "empty"), ("あ" * 2_001, "too_long")):
        with pytest.raises(Refusal, match=code):
            note(database, of, text, "", clock())


def rows_of(database, table):
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_deleting_takes_everything_of_one_workshop_only(board, database, two_voices, plan, wall, clock):
    other = board.open(plan)
    take_message(database, other, message("a", sending.voice("9", "ほかの会")), wall, clock())
    judge(database, two_voices.workshop_id, hexed("1"), "approved", clock())
    note(database, two_voices.workshop_id, "メモ", "", clock())
    board.delete(two_voices.workshop_id)
    assert [rows_of(database, table) for table in (workshops, phone, voice, vote, judgement, minute)] == [
        1,
        1,
        1,
        0,
        0,
        0,
    ]
    with pytest.raises(Refusal, match="gone"):
        board.show_step(two_voices.workshop_id, 1)


def test_a_workshop_goes_by_itself_when_its_time_is_over(board, database, two_voices, clock):
    last = two_voices.expires_on
    assert (last - two_voices.held_on).days == 90
    clock.moment = dt.datetime.combine(last, dt.time(12), tzinfo=dt.UTC)
    assert board.expire() == 0
    assert board.find_code(two_voices.code) is not None
    clock.moment += dt.timedelta(days=2)
    assert board.find_code(two_voices.code) is None  # even before anybody cleaned up
    assert board.expire() == 1
    assert rows_of(database, voice) == 0


def test_nothing_is_kept_for_ever(board, plan):
    made = board.open(replace(plan, kept_days=100_000))
    assert (made.expires_on - made.held_on).days == MOST_KEPT_DAYS


def test_the_turnout_counts_what_counts(board, database, two_voices, wall, clock):
    take_message(database, two_voices, message("b", sending.vote("7", "plan-a", 0, 1)), wall, clock())
    found = board.turnout(two_voices.workshop_id)
    assert (found.sent, found.votes, found.waiting, found.approved, found.hidden) == (2, 1, 2, 0, 0)
