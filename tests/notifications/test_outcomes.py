"""What follows an outcome, purpose by purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from notifications import outcomes
from notifications.messages import Purpose
from notifications.outbox import Claimed, State
from notifications.senders import SendError

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
NO_ANSWER = SendError("no-answer", unknown=True)
SERVER = SendError("server", retryable=True, unknown=True)
AGAIN = [p for p in Purpose if p not in (Purpose.REMINDER, Purpose.STATEMENT)]


def a_row(purpose=Purpose.RECEIPT, **more) -> Claimed:
    given = {
        "koperasi_id": 7,
        "id": uuid4(),
        "fence": 3,
        "channel": "telegram",
        "chat": "1001",
        "person_id": 1,
        "purpose": purpose,
        "priority": purpose.priority,
        "facts": b"",
        "edit": None,
        "attempts": 1,
        "resent": False,
        "not_before": NOW - timedelta(minutes=1),
    }
    return Claimed(**(given | more))


def after(row, error, *, edited=False):
    return outcomes.after_error(row, error, edited=edited, now=NOW, jitter=0.0)


@pytest.mark.parametrize("purpose", AGAIN)
def test_an_unknown_outcome_is_followed_by_one_more_sending_that_is_marked(purpose):
    first = after(a_row(purpose), NO_ANSWER)
    assert (first.state, first.resent, first.not_before) == (State.WAITING, True, NOW)
    second = after(replace(first.row, resent=True, attempts=2), NO_ANSWER)
    assert (second.state, second.reason) == (State.UNKNOWN, "no-answer")


@pytest.mark.parametrize("purpose", [Purpose.REMINDER, Purpose.STATEMENT])
@pytest.mark.parametrize("error", [NO_ANSWER, SERVER])
def test_a_reminder_or_statement_of_unknown_outcome_is_dropped(purpose, error):
    outcome = after(a_row(purpose), error)
    assert (outcome.state, outcome.resent) == (State.UNKNOWN, False)


def test_an_unknown_edit_is_simply_tried_again_unmarked():
    outcome = after(a_row(Purpose.REMINDER, edit="55"), NO_ANSWER, edited=True)
    assert (outcome.state, outcome.resent, outcome.edit) == (State.WAITING, False, "55")
    assert after(a_row(edit="55", attempts=12), NO_ANSWER, edited=True).state is State.UNKNOWN


def test_a_server_that_answers_with_its_own_failure_is_asked_for_longer():
    row = a_row()
    seen = []
    while True:
        outcome = after(row, SERVER)
        seen.append(outcome.state)
        if outcome.state is not State.WAITING:
            break
        assert outcome.resent
        row = replace(row, resent=True, attempts=row.attempts + 1)
    assert (len(seen), seen[-1]) == (12, State.UNKNOWN)


def test_what_never_left_is_tried_until_it_expires_and_never_marked():
    outcome = after(a_row(attempts=3000), SendError("unreachable", retryable=True))
    assert (outcome.state, outcome.resent) == (State.WAITING, False)
    assert outcome.not_before == NOW + timedelta(seconds=60)


def test_a_flood_counts_no_attempt_and_keeps_the_place_in_the_queue():
    row = a_row(attempts=4)
    outcome = after(row, SendError("flood", retry_after=5))
    assert (outcome.state, outcome.attempts) == (State.WAITING, 3)
    assert outcome.not_before == row.not_before


def test_an_edit_that_cannot_be_done_becomes_a_new_message():
    outcome = after(a_row(edit="55"), SendError("uneditable", uneditable=True), edited=True)
    assert (outcome.state, outcome.edit, outcome.attempts) == (State.WAITING, None, 0)


GONE = SendError("blocked", gone=True)
WAITING = [Purpose.RECEIPT, Purpose.APPROVAL, Purpose.NOTICE]


@pytest.mark.parametrize("purpose", Purpose)
def test_what_the_channel_will_never_take_has_failed(purpose):
    outcome = after(a_row(purpose), SendError("rejected"))
    assert (outcome.state, outcome.reason) == (State.FAILED, "rejected")


@pytest.mark.parametrize("purpose", WAITING)
def test_what_a_person_is_owed_outlives_the_chat(purpose):
    outcome = after(a_row(purpose, edit="55", attempts=3, resent=True), GONE)
    assert (outcome.state, outcome.reason) == (State.UNADDRESSED, "blocked")
    assert (outcome.edit, outcome.attempts, outcome.resent) == (None, 0, True)


@pytest.mark.parametrize("purpose", [p for p in Purpose if p not in WAITING])
def test_what_was_said_into_the_chat_fails_with_it(purpose):
    assert after(a_row(purpose), GONE).state is State.FAILED


def test_what_is_owed_to_nobody_known_fails_with_the_chat():
    assert after(a_row(Purpose.NOTICE, person_id=None), GONE).state is State.FAILED


def test_backoff_grows_to_a_minute_and_jitter_takes_up_to_half_away():
    assert [outcomes.backoff(n, 0.0) for n in (1, 2, 3, 10, 900)] == [1, 2, 4, 60, 60]
    assert outcomes.backoff(3, 1.0) == 2
