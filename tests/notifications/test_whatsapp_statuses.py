"""What WhatsApp tells later of a message: forward only, in any order, any number of times."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core import database
from notifications import in_flight, metrics, outbox, outcomes, statuses
from notifications import lease as leases
from notifications.lease import Lease
from notifications.messages import Address, Purpose
from notifications.outbox import Claimed, Outcome
from notifications.senders import SendError
from notifications.statuses import Status, TemplateStatus
from tests.notifications.conftest import owed, put, row

PHONE_ID = "106540352242922"
CHAT = Address(channel="whatsapp", account=PHONE_ID, chat="w0f3a")
NOW = datetime.now(UTC).replace(microsecond=0)
LADDER = ("sent", "delivered", "read")


@pytest.fixture
def engine(clock_engine: AsyncEngine) -> AsyncEngine:
    return clock_engine


async def held(engine: AsyncEngine) -> Lease:
    async with engine.connect() as db:
        found = await leases.take(db, channel="whatsapp", account=PHONE_ID, holder="me", seconds=60)
    assert found is not None
    return found


async def a_claimed(engine: AsyncEngine, lease: Lease, **more: Any) -> Claimed:
    await put(engine, owed(None, to=CHAT, **more))
    async with engine.connect() as db:
        (claimed,) = await outbox.claim(db, lease, now=datetime.now(UTC) + timedelta(minutes=5))
    return claimed


async def record(engine: AsyncEngine, outcome: Outcome) -> None:
    async with engine.begin() as db:
        await outbox.record(db, [outcome], NOW)


async def a_sent(engine: AsyncEngine, lease: Lease, message_id: str = "wamid.A") -> Claimed:
    claimed = await a_claimed(engine, lease)
    await record(engine, outcomes.after_sent(claimed, message_id))
    return claimed


def told(id_: UUID, state: str, *, message_id: str = "wamid.A", seconds: int = 0, **more: Any):
    given: dict[str, Any] = {
        "account": PHONE_ID,
        "tracker": f"7/{id_}",
        "at": NOW + timedelta(seconds=seconds),
    }
    return Status(**(given | {"message_id": message_id, "state": state} | more))


async def take(engine: AsyncEngine, *told: Status) -> int:
    async with database.transaction(engine) as db:
        return await statuses.take(db, *told)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_the_ladder_ends_the_same_in_any_order_and_however_often_it_is_told(engine, order):
    sent = await a_sent(engine, await held(engine))
    ladder = [told(sent.id, state, seconds=n) for n, state in enumerate(LADDER)]
    for n in order:
        await take(engine, ladder[n])
    assert await take(engine, *ladder, *reversed(ladder)) == 0
    found = await row(engine, sent.id)
    assert (found["state"], found["message_id"]) == ("sent", "wamid.A")
    assert (found["delivered_at"], found["read_at"]) == (NOW + timedelta(seconds=1), NOW + timedelta(seconds=2))  # fmt: skip


async def test_read_alone_says_that_it_was_delivered(engine):
    sent = await a_sent(engine, await held(engine))
    assert await take(engine, told(sent.id, "read")) == 1
    assert (await row(engine, sent.id))["delivered_at"] == NOW


@pytest.mark.parametrize(
    "more",
    [
        {"account": "other"},
        {"tracker": None},
        {"tracker": "7/not-a-uuid"},
        {"tracker": f"7/{uuid4()}"},
        {"message_id": "wamid.OTHER"},
        {"state": "warning"},
    ],
)
async def test_what_is_told_of_other_messages_changes_nothing(engine, more):
    sent = await a_sent(engine, await held(engine))
    before = dict(await row(engine, sent.id))
    assert await take(engine, told(sent.id, **({"state": "read"} | more))) == 0
    assert dict(await row(engine, sent.id)) == before


@pytest.mark.parametrize("state", LADDER)
async def test_an_unknown_outcome_is_resolved_by_its_status_and_not_said_again(engine, state):
    lease = await held(engine)
    claimed = await a_claimed(engine, lease, purpose=Purpose.RECEIPT)
    unknown = SendError("no-answer", unknown=True)
    again = outcomes.after_error(claimed, unknown, edited=False, now=NOW, jitter=0.0)
    await record(engine, again)
    assert (await row(engine, claimed.id))["state"] == "waiting"
    assert await take(engine, told(claimed.id, state)) == 1
    found = await row(engine, claimed.id)
    assert (found["state"], found["message_id"], found["reason"]) == ("sent", "wamid.A", None)
    assert found["done_at"] == NOW


async def test_a_reminder_of_unknown_outcome_was_said_after_all(engine):
    claimed = await a_claimed(engine, await held(engine), purpose=Purpose.REMINDER)
    unknown = SendError("no-answer", unknown=True)
    gone = outcomes.after_error(claimed, unknown, edited=False, now=NOW, jitter=0.0)
    await record(engine, gone)
    await take(engine, told(claimed.id, "delivered"))
    assert (await row(engine, claimed.id))["state"] == "sent"


async def test_a_status_that_overtakes_the_answer_makes_a_lost_answer_a_message_that_was_said(
    engine,
):
    claimed = await a_claimed(engine, await held(engine))
    assert await take(engine, told(claimed.id, "delivered")) == 1
    assert (await row(engine, claimed.id))["state"] == "claimed"
    lost = SendError("no-answer", unknown=True)
    again = outcomes.after_error(claimed, lost, edited=False, now=NOW, jitter=0.0)
    await record(engine, again)
    found = await row(engine, claimed.id)
    assert (found["state"], found["message_id"]) == ("sent", "wamid.A")
    assert (found["delivered_at"], found["done_at"], found["reason"]) == (NOW, NOW, None)


async def test_a_failure_is_claimed_once_by_the_mouth_with_its_code(engine):
    lease = await held(engine)
    sent = await a_sent(engine, lease)
    failure = told(sent.id, "failed", code="131026")
    assert await take(engine, failure, failure) == 1
    async with engine.connect() as db:
        ((claimed, code),) = await in_flight.claim_failed(db, lease)
        assert await in_flight.claim_failed(db, lease) == []
    assert (claimed.id, code) == (sent.id, "131026")
    await record(engine, outcomes.after_error(claimed, SendError("x", retryable=True), edited=False, now=NOW, jitter=0.0))  # fmt: skip
    assert (await row(engine, sent.id))["state"] == "waiting"
    assert await take(engine, failure, told(sent.id, "sent")) == 0  # The failed one's, told late.
    assert (await row(engine, sent.id))["state"] == "waiting"


async def test_what_reached_somebody_has_not_failed(engine):
    lease = await held(engine)
    sent = await a_sent(engine, lease)
    await take(engine, told(sent.id, "delivered"))
    assert await take(engine, told(sent.id, "failed", code="131026")) == 0
    async with engine.connect() as db:
        assert await in_flight.claim_failed(db, lease) == []


async def test_a_failure_told_before_the_answer_is_acted_upon_after_it(engine):
    lease = await held(engine)
    claimed = await a_claimed(engine, lease)
    await take(engine, told(claimed.id, "failed", code="131047"))
    async with engine.connect() as db:
        assert await in_flight.claim_failed(db, lease) == []
    await record(engine, outcomes.after_sent(claimed, "wamid.A"))
    async with engine.connect() as db:
        ((found, code),) = await in_flight.claim_failed(db, lease)
    assert (found.id, code) == (claimed.id, "131047")


async def test_a_mouth_without_the_lease_claims_no_failure(engine):
    lease = await held(engine)
    sent = await a_sent(engine, lease)
    await take(engine, told(sent.id, "failed", code="131026"))
    async with engine.connect() as db:
        other = Lease(channel=lease.channel, account=PHONE_ID, holder="them", fence=lease.fence, silent_until=None)  # fmt: skip
        assert await in_flight.claim_failed(db, other) == []


async def test_a_template_that_stops_raises_the_alarm_once_and_approval_lets_go_what_it_held(
    engine,
):
    alarms = metrics.ALARMS.labels("template")
    before = alarms._value.get()
    lease = await held(engine)
    claimed = await a_claimed(engine, lease, purpose=Purpose.RECEIPT)
    waits = outcomes.held(claimed, "template", template="kopdes_bukti")
    await record(engine, waits)

    async def state_of(state: str, seconds: int) -> bool:
        async with database.transaction(engine) as db:
            return await statuses.take_template(
                db,
                TemplateStatus(
                    account=PHONE_ID,
                    name="kopdes_bukti",
                    state=state,
                    reason=None,
                    at=NOW + timedelta(seconds=seconds),
                ),
            )

    assert await state_of("PAUSED", 5) is False
    assert alarms._value.get() == before + 1
    assert await state_of("APPROVED", 1) is True  # Older than the pause: changes nothing.
    assert (await row(engine, claimed.id))["state"] == "held"
    assert await state_of("APPROVED", 9) is True
    assert (await row(engine, claimed.id))["state"] == "waiting"


@pytest.mark.parametrize(("name", "most"), [("TIER_1K", 1000), ("TIER_UNLIMITED", -1), ("TIER_X", None)])  # fmt: skip
async def test_the_tier_is_kept_with_the_mouth(engine, name, most):
    await held(engine)
    async with database.transaction(engine) as db:
        assert await statuses.take_tier(db, PHONE_ID, name) == most
    async with engine.connect() as db:
        raw = await database.driver(db)
        assert await raw.fetchval("SELECT tier FROM mouths") == most
