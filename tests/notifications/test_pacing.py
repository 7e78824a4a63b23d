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
    """Let each request leave as soon as the pacer lets it, one asking after the other; answers come at once."""
    now, left = 0.0, []
    for gap, chat in arrivals:
        now += gap
        while (wait := pacing.depart(pacer, now, chat)) > 0:
            now += wait
        pacing.answered(pacer, pacing.departure(pacer), now)
        left.append(now)
    return left


def race(pacer: pacing.Pacer, ways: list[float], *, paid: bool = False) -> list[float]:
    """Let requests leave as soon as they may; each is counted by the channel when its way there ends.

    The way back takes no time. Returns when they were counted.
    """
    now, counted = 0.0, list[float]()
    open_: list[tuple[pacing.Departure | None, float]] = []
    for way in ways:
        while True:
            for departed, at in [one for one in open_ if one[1] <= now]:
                pacing.answered(pacer, departed, at)
                open_.remove((departed, at))
            if (wait := pacing.depart(pacer, now, paid=paid)) <= 0:
                break
            now += min(wait, 0.001)
        counted.append(now + way)
        open_.append((pacing.departure(pacer, paid=paid), now + way))
    return sorted(counted)


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
    assert all(b - a >= 1.05 / rate - 0.02 - 1e-6 for a, b in pairwise(left))


def test_a_long_queue_leaves_at_nearly_the_full_rate():
    left = drive(pacing.Pacer(rates=pacing.telegram(30)), [(0.0, str(n)) for n in range(286)])
    assert left[-1] == pytest.approx(285 * 0.035)
    assert most_within(left, 1.0) == 29


def test_the_full_rate_holds_although_every_sleep_is_a_little_too_long():
    pacer, now, left = pacing.Pacer(rates=pacing.telegram(30)), 0.0, list[float]()
    while len(left) < 600:
        while (wait := pacing.depart(pacer, now)) > 0:
            now += wait + 0.002
        pacing.answered(pacer, pacing.departure(pacer), now)
        left.append(now)
    assert 599 / (left[-1] - left[0]) >= 0.95 * 30
    assert most_within(left, 1.0) <= 30


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.floats(0, 0.01) | st.floats(0, 0.01) | st.floats(0, 0.49), min_size=40, max_size=150
    )
)
def test_however_uneven_the_way_is_the_channel_counts_no_more_than_the_rate_in_any_second(ways):
    counted = race(pacing.Pacer(rates=pacing.telegram(30)), ways)
    assert most_within(counted, 1.0) <= 30


def test_a_way_that_is_long_but_even_costs_no_pace():
    counted = race(pacing.Pacer(rates=pacing.telegram(30)), [0.2] * 300)
    assert 299 / (counted[-1] - counted[0]) >= 0.93 * 30
    assert most_within(counted[60:], 1.0) <= 30


def test_what_is_paid_for_has_the_full_rate_and_the_rest_keeps_its_own():
    pacer = pacing.Pacer(rates=pacing.telegram(200))
    now, left = 0.0, list[tuple[float, bool]]()
    while now < 5:
        for paid in (False, True, True):
            if pacing.depart(pacer, now, paid=paid) <= 0:
                pacing.answered(pacer, pacing.departure(pacer, paid=paid), now)
                left.append((now, paid))
        now += 0.001
    every, free = [at for at, _ in left], [at for at, paid in left if not paid]
    assert most_within(every, 1.0) <= 200
    assert most_within(free, 1.0) <= 30
    assert len(every) >= 0.93 * 200 * 5
    assert len(free) >= 0.93 * 30 * 5


def test_a_complaint_about_the_rate_halves_it_and_each_quiet_minute_brings_half_back():
    pacer = pacing.Pacer(rates=pacing.telegram(30))
    pacing.slow_down(pacer, 0.0)
    pacing.slow_down(pacer, 0.0)
    now, left = 0.0, []
    while now < 130:
        wait = pacing.depart(pacer, now)
        if wait <= 0:
            pacing.answered(pacer, pacing.departure(pacer), now)
            left.append(now)
        now += max(wait, 0.0001)
    rate = [sum(start <= at < start + 20 for at in left) / 20 for start in (10, 70, 125)]
    assert rate[0] == pytest.approx(7.1, abs=0.3)
    assert rate[1] == pytest.approx(14.3, abs=0.3)
    assert rate[2] * 4 == pytest.approx(28.6, abs=1)


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


def test_whatsapp_speaks_eighty_a_second_and_to_one_person_every_six_seconds_after_twenty():
    pacer = pacing.Pacer(rates=pacing.whatsapp())
    now = 0.0
    sent: list[float] = []
    while now < 1.0:
        wait = pacing.depart(pacer, now, f"w{len(sent)}")
        sent += [now] if wait <= 0 else []
        now += max(wait, 0.0005)
    assert 70 <= len(sent) <= 80
    one = pacing.Pacer(rates=pacing.whatsapp(per_second=1000))
    for n in range(20):
        assert pacing.crowded(one, n / 100)[0] == []
        pacing.remember(one, "w1", n / 100)
    assert pacing.crowded(one, 0.2)[0] == ["w1"]
    assert pacing.crowded(one, 6.3)[0] == []
    assert pacing.crowded(one, 6.3)[1] == ["w1"]  # A push leaves ten for replies.
    busy = pacing.Pacer(rates=pacing.whatsapp())
    for n in range(10):
        assert pacing.crowded(busy, 0.0) == ([], []), n
        pacing.remember(busy, "w1", 0.0)
    assert pacing.crowded(busy, 0.0) == ([], ["w1"])
    assert pacing.next_room(busy, 0.0) == 6.0
    assert pacing.crowded(busy, 6.0) == ([], [])
