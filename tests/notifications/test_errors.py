"""The table of errors, row by row: what each one's message becomes, and what the account does."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from notifications import errors, metrics, outcomes, pacing, trouble
from notifications.errors import TABLES, TELEGRAM, WHATSAPP, Action
from notifications.messages import Address, Purpose
from notifications.outbox import Outcome, State
from notifications.senders import SendError, by_rule
from tests.notifications.test_outcomes import a_row

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
OTHER = Address(channel="whatsapp", account="62", chat="6281")
DAY = timedelta(days=1)
BULK = (Purpose.REMINDER, Purpose.STATEMENT, Purpose.ANNOUNCEMENT)
OWED = (Purpose.RECEIPT, Purpose.APPROVAL, Purpose.NOTICE)
TEMPLATES = ("132015", "132016", "132000", "132001", "132007", "132012")
BROKEN = ("0", "190", "3", "10", "131005", "131057", "131042", "131031", "368")
Became = Callable[[Outcome], bool]


def error_of(channel: str, code: str) -> SendError:
    return by_rule(errors.find(channel, code), retry_after=7.0 if code == "429" else None)


def becomes(channel: str, code: str, purpose: Purpose, **more: Any) -> Outcome:
    other = more.pop("other", None)
    row = replace(a_row(purpose, attempts=2, channel=channel), **more)
    return outcomes.after_error(
        row, error_of(channel, code), edited=False, now=NOW, jitter=0.0, other=other
    )


def uncounted(outcome: Outcome) -> bool:
    """It keeps its place and the attempt does not count."""
    same = outcome.not_before == outcome.row.not_before
    return outcome.state is State.WAITING and same and outcome.attempts == 1


def again_in(seconds: float) -> Became:
    def check(outcome: Outcome) -> bool:
        at = NOW + timedelta(seconds=seconds)
        return outcome.state is State.WAITING and outcome.not_before == at

    return check


def ends(state: State) -> Became:
    return lambda outcome: outcome.state is state


# What a reply, a receipt and an announcement become, in this order, when the person has no other chat.
EXPECTED: dict[str, dict[str, tuple[Became, Became, Became]]] = {
    "telegram": {
        "429": (uncounted,) * 3,
        "403": (ends(State.FAILED), ends(State.UNADDRESSED), ends(State.FAILED)),
        "403 deactivated": (ends(State.FAILED), ends(State.UNADDRESSED), ends(State.FAILED)),
        "400 chat not found": (ends(State.FAILED), ends(State.UNADDRESSED), ends(State.FAILED)),
        "400 migrated": (ends(State.FAILED), ends(State.UNADDRESSED), ends(State.FAILED)),
        "400 uneditable": (uncounted,) * 3,
        "400": (ends(State.FAILED),) * 3,
        "401": (uncounted,) * 3,
        "5xx": (again_in(2),) * 3,
        "unreachable": (again_in(2),) * 3,
        "other": (again_in(0),) * 3,
    },
    "whatsapp": {
        **dict.fromkeys(("4", "80007", "130429"), (uncounted,) * 3),
        "131056": (again_in(12),) * 3,
        "131048": (again_in(2), again_in(2), again_in(3600)),
        "131047": (lambda o: o.state is State.WAITING and o.reason == "window-closed",) * 3,
        "131026": (ends(State.FAILED),) * 3,  # the address lives after the first
        "131049": (again_in(86400),) * 3,
        "131050": (ends(State.CANCELLED),) * 3,
        "130472": (ends(State.FAILED),) * 3,
        "131064": (again_in(2), again_in(2), again_in(3600)),
        "131062": (ends(State.FAILED),) * 3,
        **dict.fromkeys(TEMPLATES, (again_in(2), again_in(2), again_in(3600))),
        **dict.fromkeys(BROKEN, (uncounted,) * 3),
        "unreachable": (again_in(2),) * 3,
        **dict.fromkeys(("131000", "131016", "5xx", "no answer"), (again_in(60),) * 3),
        "other": (ends(State.FAILED),) * 3,
    },
}


def test_every_row_of_the_table_is_expected_here():
    assert {name: set(table) for name, table in TABLES.items()} == {
        name: set(table) for name, table in EXPECTED.items()
    }


@pytest.mark.parametrize(
    ("channel", "code"), [(name, code) for name, table in EXPECTED.items() for code in table]
)
def test_a_row_of_the_table_decides_what_a_message_becomes(channel, code):
    purposes = (Purpose.REPLY, Purpose.RECEIPT, Purpose.ANNOUNCEMENT)
    for purpose, expected in zip(purposes, EXPECTED[channel][code], strict=True):
        outcome = becomes(channel, code, purpose)
        assert expected(outcome), (purpose, outcome)
        if outcome.state is not State.WAITING or "uneditable" not in code:
            assert outcome.reason == TABLES[channel][code].reason


@pytest.mark.parametrize("code", ["403", "131026", "131049", "130472"])
@pytest.mark.parametrize("purpose", [*BULK, *OWED])
def test_what_loses_its_chat_goes_to_the_persons_other_one(code, purpose):
    channel = "telegram" if code in TELEGRAM else "whatsapp"
    outcome = becomes(channel, code, purpose, other=OTHER, edit="55", resent=True)
    assert (outcome.state, outcome.to, outcome.edit) == (State.WAITING, OTHER, None)
    assert (outcome.attempts, outcome.resent) == (0, True)
    assert outcome.not_before == outcome.row.not_before


def test_a_template_that_is_refused_for_the_window_too_has_failed():
    first = becomes("whatsapp", "131047", Purpose.REMINDER)
    again = becomes("whatsapp", "131047", Purpose.REMINDER, reason=first.reason)
    assert (first.state, again.state) == (State.WAITING, State.FAILED)


def test_the_second_strike_leaves_a_receipt_waiting_for_the_next_chat():
    error = error_of("whatsapp", "131026")
    error.gone = True
    outcome = outcomes.after_error(a_row(Purpose.RECEIPT), error, edited=False, now=NOW, jitter=0.0)
    assert outcome.state is State.UNADDRESSED


@pytest.mark.parametrize("channel", TABLES)
def test_codes_nobody_knows_have_a_rule(channel):
    assert errors.find(channel, "503") is TABLES[channel]["5xx"]
    assert errors.find(channel, "999999") is TABLES[channel]["other"]
    assert errors.find(channel, "5999") is TABLES[channel]["other"]


def test_what_a_person_must_look_at_raises_an_alarm():
    alarmed = {code for table in TABLES.values() for code, rule in table.items() if rule.alarm}
    assert alarmed == {"401", "131048", *TEMPLATES, *BROKEN} - {"131057"}


def a_mouth(channel: str = "whatsapp") -> Any:
    """A mouth without a database: what it keeps of the channel's wishes."""
    return SimpleNamespace(
        sender=SimpleNamespace(channel=channel, account="62"), now=lambda: NOW, silent_until=None,
        pacer=pacing.Pacer(rates=pacing.telegram(30)), troubles=0, shut={},
    )  # fmt: skip


def silent_for(mouth: Any) -> float:
    return float(mouth.pacer.silent_until) - time.monotonic()


async def test_throughput_pauses_the_account_and_halves_its_rate():
    mouth = a_mouth()
    await trouble.follow(mouth, a_row(), error_of("whatsapp", "130429"), edited=False)
    assert silent_for(mouth) == pytest.approx(30, abs=1)
    assert mouth.pacer.slower == 2
    assert mouth.silent_until == NOW + timedelta(seconds=30)  # For the next holder too.


async def test_a_pair_rate_leaves_the_others_alone():
    mouth = a_mouth()
    await trouble.follow(mouth, a_row(), error_of("whatsapp", "131056"), edited=False)
    assert silent_for(mouth) < 0
    assert mouth.shut == {}


@pytest.mark.parametrize(
    ("code", "purpose", "levels"),
    [
        ("131048", Purpose.STATEMENT, {2, 3, 4}),
        ("131048", Purpose.REPLY, {2, 3, 4}),
        ("132015", Purpose.STATEMENT, {3}),
        ("132015", Purpose.REPLY, set()),
    ],
)
async def test_bulk_is_held_with_an_alarm(code, purpose, levels):
    mouth, name = a_mouth(), WHATSAPP[code].alarm
    assert name is not None
    before = metrics.ALARMS.labels(name)._value.get()
    await trouble.follow(mouth, a_row(purpose), error_of("whatsapp", code), edited=False)
    assert set(mouth.shut) == levels
    assert all(at - time.monotonic() == pytest.approx(3600, abs=5) for at in mouth.shut.values())
    assert metrics.ALARMS.labels(name)._value.get() == before + 1


@pytest.mark.parametrize("code", BROKEN)
async def test_a_broken_account_falls_silent_with_an_alarm(code):
    mouth, rule = a_mouth(), WHATSAPP[code]
    await trouble.follow(mouth, a_row(), error_of("whatsapp", code), edited=False)
    assert rule.action is Action.BREAK
    assert silent_for(mouth) == pytest.approx(rule.seconds, abs=1)
    assert mouth.silent_until is None  # A restart with a new token speaks at once.
