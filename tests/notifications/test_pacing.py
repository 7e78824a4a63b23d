"""Pacing on a simulated clock: what Telegram allows is never exceeded, in any sliding window."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications import pacing


def most_within(times: list[float], seconds: float) -> int:
    """Count the fullest window, its end excluded as a limiter counts."""
    return max(bisect_left(times, start + seconds) - n for n, start in enumerate(times))


def drive(pacer: pacing.Pacer, arrivals: list[tuple[float, str | None]]) -> list[float]:
    """Let each request leave as soon as the pacer lets it, one asking after the other."""
    now, left = 0.0, []
    for gap, chat in arrivals:
        now += gap
        while (wait := pacing.depart(pacer, now, chat)) > 0:
            now += wait
        left.append(now)
    return left


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 0.2) | st.just(0.0), st.sampled_from(["1", "2", "3", "-9"]) | st.none()
        ),
        min_size=1,
        max_size=150,
    ),
    st.sampled_from([1, 7, 25, 30]),
)
def test_no_sliding_second_ever_holds_more_requests_than_the_rate(arrivals, rate):
    left = drive(pacing.Pacer(rates=pacing.telegram(rate)), arrivals)
    assert most_within(left, 1.0) <= rate
    assert all(b - a >= 1.05 / rate - 1e-6 for a, b in pairwise(left))


def test_a_long_queue_leaves_at_nearly_the_full_rate():
    left = drive(pacing.Pacer(rates=pacing.telegram(30)), [(0.0, str(n)) for n in range(286)])
    assert left[-1] == pytest.approx(285 * 0.035)
    assert most_within(left, 1.0) == 29


def converse(chat: str, kind: str, seconds: float) -> list[float]:
    """Say something to one chat whenever a reply (or a push) may be said to it."""
    pacer, now, said = pacing.Pacer(rates=pacing.telegram(30)), 0.0, []
    while now < seconds:
        empty, crowded = pacing.crowded(pacer, now)
        if chat not in (empty if kind == "reply" else crowded):
            while (wait := pacing.depart(pacer, now, chat)) > 0:
                now += wait
            said.append(now)
        else:
            room = pacing.next_room(pacer, now)
            assert room is not None
            now += max(room, 0.001)
    return said


def test_a_private_chat_gets_three_replies_at_once_and_then_one_each_second():
    said = converse("1001", "reply", 20)
    assert most_within(said, 0.9) == 3
    assert len([at for at in said if 5 <= at < 15]) in (9, 10, 11)


def test_a_push_waits_until_its_chat_has_had_a_second_of_peace():
    said = converse("1001", "push", 10)
    assert all(b - a >= 1.0 - 1e-6 for a, b in pairwise(said))
    assert len(said) >= 9


def test_a_reply_finds_room_right_after_a_push():
    pacer = pacing.Pacer(rates=pacing.telegram(30))
    assert pacing.depart(pacer, 0.0, "1001") == 0
    empty, crowded = pacing.crowded(pacer, 0.1)
    assert (empty, crowded) == ([], ["1001"])


@pytest.mark.parametrize("kind", ["reply", "push"])
def test_a_group_gets_at_most_twenty_messages_in_any_minute(kind):
    said = converse("-100123", kind, 200)
    assert most_within(said, 60.0) <= 20
    assert len(said) >= 45


def test_nothing_leaves_during_a_silence_even_with_every_pace_lifted():
    pacer = pacing.Pacer(rates=pacing.telegram(0))
    assert pacing.depart(pacer, 5.0, "1") == 0
    pacing.silence(pacer, 9.5)
    pacing.silence(pacer, 7.0)  # A shorter wish does not end a longer one.
    assert pacing.depart(pacer, 6.0, "1") == 3.5
    assert pacing.depart(pacer, 9.5, "1") == 0


def test_a_rate_of_zero_lifts_every_pace():
    pacer = pacing.Pacer(rates=pacing.telegram(0))
    assert drive(pacer, [(0.0, "1")] * 500)[-1] == 0.0
    assert pacing.crowded(pacer, 0.0) == ([], [])


def test_chats_that_are_quiet_again_are_forgotten():
    pacer = pacing.Pacer(rates=pacing.telegram(30))
    drive(pacer, [(0.0, str(n)) for n in range(200)])
    pacing.crowded(pacer, 100.0)
    assert pacer.full_at == {}
