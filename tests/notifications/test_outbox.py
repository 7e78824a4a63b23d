"""The outbox's statements on a real PostgreSQL: what is owed, who may claim it, who may not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database
from notifications import in_flight, lease, messages, outbox, outcomes, upkeep
from notifications.lease import Lease
from notifications.messages import Attachment, Button, Content, Purpose, Say
from notifications.senders import SendError
from tests.conftest import KEYS
from tests.notifications.conftest import ACCOUNT, ago, owed, put, row, saying, states, to


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def speaker(engine: AsyncEngine, *, holder: str = "a") -> AsyncIterator[tuple[AsyncConnection, Lease]]:  # fmt: skip
    async with engine.connect() as db:
        held = await lease.take(db, channel="telegram", account=ACCOUNT, holder=holder)
        assert held is not None
        yield db, held


async def said(db: AsyncConnection, held: Lease, **more) -> list[str]:
    """Claim and name what was claimed by its text."""
    rows = await outbox.claim(db, held, now=now(), **more)
    return [str(messages.unseal(one.facts, KEYS).lines[0].facts["link"]) for one in rows]


async def finish(db: AsyncConnection, held: Lease) -> None:
    """Record everything in flight as sent."""
    raw = await database.driver(db)
    await raw.execute("UPDATE outbox SET state = 'sent', done_at = now() WHERE state = 'claimed'")


async def test_content_comes_back_from_the_row_as_it_was_put(app_engine, clock_engine):
    content = Content(
        lines=(Say("a", {"n": 5, "d": now().date(), "b": True, "x": None}), Say("")),
        buttons=((Button(label=Say("ok"), data="ok:1"),),),
        contact_button=Say("share"),
        remove_keyboard=True,
        attachment=Attachment(kind="qr", facts={"link": "https://t.me/x"}),
    )
    message = owed(1001, content)
    await put(app_engine, message)
    stored = await row(clock_engine, message.id)
    assert messages.unseal(stored["facts"], KEYS) == content
    assert b"t.me" not in stored["facts"]


async def test_the_same_dedupe_key_is_owed_once_per_cooperative(app_engine, clock_engine):
    await put(app_engine, owed(1001, dedupe="x"), owed(1001, dedupe="y"))
    await put(app_engine, owed(1001, dedupe="x"), owed(1001, dedupe="z"))
    await put(app_engine, owed(1001, dedupe="x", koperasi_id=8))
    assert len(await states(clock_engine)) == 4


async def test_a_turn_cannot_owe_a_message_in_another_cooperative(app_engine):
    async with database.transaction(app_engine, koperasi_id=7) as db:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await outbox.put(db, [owed(1001, koperasi_id=8)], KEYS)
        raw = await database.driver(db)
        await raw.execute("ROLLBACK; BEGIN")


async def test_what_waits_for_a_person_is_addressed_by_the_linking_but_not_when_expired(
    app_engine, clock_engine
):
    fresh = owed(None, "masih", person_id=5)
    late = owed(None, "basi", person_id=5, expires_at=ago(minutes=1))
    other = owed(None, "orang lain", person_id=6)
    await put(app_engine, fresh, late, other)
    assert await states(clock_engine) == ["unaddressed"] * 3
    async with database.transaction(app_engine, koperasi_id=7) as db:
        assert await outbox.address_waiting(db, 7, 5, to(1004), now()) == 1
    async with speaker(clock_engine) as (db, held):
        assert await said(db, held) == ["masih"]
    assert (await row(clock_engine, fresh.id))["chat"] == "1004"


async def test_a_chat_has_one_row_in_flight_and_hears_its_messages_in_order(
    app_engine, clock_engine
):
    await put(app_engine, *(owed(1001, f"a{n}") for n in range(3)), owed(1002, "b0"))
    async with speaker(clock_engine) as (db, held):
        assert await said(db, held) == ["a0", "b0"]
        assert await said(db, held) == []
        await finish(db, held)
        assert await said(db, held) == ["a1"]
        await finish(db, held)
        assert await said(db, held) == ["a2"]


async def test_replies_come_before_receipts_before_reminders_before_announcements(
    app_engine, clock_engine
):
    order = [
        (1001, Purpose.ANNOUNCEMENT),
        (1002, Purpose.STATEMENT),
        (1003, Purpose.REMINDER),
        (1004, Purpose.RECEIPT),
        (1005, Purpose.REPLY),
        (1001, Purpose.REPLY),
    ]
    await put(app_engine, *(owed(chat, f"{p}-{chat}", purpose=p) for chat, p in order))
    async with speaker(clock_engine) as (db, held):
        assert await said(db, held, limit=1) == ["reply-1005"]
        assert await said(db, held) == [
            "reply-1001",
            "receipt-1004",
            "reminder-1003",
            "statement-1002",
        ]
        await finish(db, held)
        assert await said(db, held) == ["announcement-1001"]


async def test_at_most_eight_rows_are_claimed_at_once(app_engine, clock_engine):
    await put(app_engine, *(owed(2000 + n, str(n)) for n in range(12)))
    async with speaker(clock_engine) as (db, held):
        assert await said(db, held) == [str(n) for n in range(8)]


async def test_a_row_that_is_tried_again_later_is_not_overtaken_within_its_chat(
    app_engine, clock_engine
):
    await put(app_engine, owed(1001, "satu", purpose=Purpose.RECEIPT))
    async with speaker(clock_engine) as (db, held):
        (first,) = await outbox.claim(db, held, now=now())
        error = SendError("unreachable", retryable=True)
        later = outcomes.after_error(first, error, edited=False, now=now(), jitter=0)
        assert await outbox.record(db, [later], now()) == 1
        await put(
            app_engine,
            owed(1001, "dua", purpose=Purpose.RECEIPT),
            owed(1001, "umum", purpose=Purpose.ANNOUNCEMENT),
            owed(1001, "jawaban"),
            owed(1002, "lain", purpose=Purpose.RECEIPT),
        )
        assert await said(db, held) == ["jawaban", "lain"]
        await finish(db, held)
        assert await said(db, held) == []
        later_still = now() + timedelta(seconds=5)
        rows = await outbox.claim(db, held, now=later_still)
        assert [one.id for one in rows] == [first.id]


async def test_what_is_planned_for_later_holds_nobody_up(app_engine, clock_engine):
    tomorrow = now() + timedelta(days=1)
    await put(app_engine, owed(1001, "besok", not_before=tomorrow), owed(1001, "kini"))
    async with speaker(clock_engine) as (db, held):
        assert await said(db, held) == ["kini"]


async def test_an_expired_row_is_never_claimed_holds_nobody_up_and_is_given_up(
    app_engine, clock_engine
):
    late = owed(1001, "basi", expires_at=ago(seconds=1))
    unaddressed = owed(None, "basi juga", expires_at=ago(seconds=1))
    await put(app_engine, late, unaddressed, owed(1001, "segar"))
    async with speaker(clock_engine) as (db, held):
        assert await said(db, held) == ["segar"]
        assert await upkeep.expire(db, now()) == 2
        assert await upkeep.expire(db, now()) == 0
    assert await states(clock_engine) == ["expired", "expired", "claimed"]


async def test_full_chats_are_passed_over_pushes_sooner_than_replies(app_engine, clock_engine):
    await put(
        app_engine,
        owed(1001, "jawab 1"),
        owed(1002, "jawab 2"),
        owed(1002, "umum 2", purpose=Purpose.ANNOUNCEMENT),
        owed(1003, "umum 3", purpose=Purpose.ANNOUNCEMENT),
        owed(1004, "umum 4", purpose=Purpose.ANNOUNCEMENT),
    )
    async with speaker(clock_engine) as (db, held):
        chats = {"empty": ["1001"], "crowded": ["1001", "1002", "1003"]}
        assert await said(db, held, **chats) == ["jawab 2", "umum 4"]
        assert await said(db, held, levels=[0]) == ["jawab 1"]


async def test_a_holder_that_was_overtaken_claims_nothing_and_writes_nothing(
    app_engine, clock_engine
):
    await put(app_engine, owed(1001, "satu"), owed(1002, "dua"))
    async with clock_engine.connect() as db:
        old = await lease.take(
            db, channel="telegram", account=ACCOUNT, holder="old", seconds=-0.001
        )
        assert old is not None
        assert await outbox.claim(db, old, now=now()) == []  # It has lapsed.
        assert await lease.renew(db, old, 0.05)
        (first, _) = await outbox.claim(db, old, now=now())
        assert await lease.renew(db, old, -0.001)
        async with speaker(clock_engine, holder="new") as (other, new):
            assert new.fence == old.fence + 1
            adopted = await in_flight.adopt(other, new)
            assert {one.fence for one in adopted} == {new.fence}
            assert not await lease.renew(db, old)
            assert await outbox.claim(db, old, now=now()) == []
            assert await in_flight.adopt(db, old) == []
            assert await outbox.record(db, [outcomes.after_sent(first, "9")], now()) == 0
            mine = next(one for one in adopted if one.id == first.id)
            assert await outbox.record(other, [outcomes.after_sent(mine, "10")], now()) == 1
    stored = await row(clock_engine, first.id)
    assert (stored["state"], stored["message_id"]) == ("sent", "10")


async def test_nothing_is_claimed_before_the_silence_is_over_whoever_asks(app_engine, clock_engine):
    await put(app_engine, owed(1001, "satu"))
    async with speaker(clock_engine) as (db, held):
        assert await lease.be_silent(db, held, now() + timedelta(seconds=60))
        assert await lease.be_silent(db, held, now() + timedelta(seconds=5))
        assert await outbox.claim(db, held, now=now() + timedelta(seconds=59)) == []
        assert len(await outbox.claim(db, held, now=now() + timedelta(seconds=61))) == 1
        assert await lease.release(db, held)
    async with speaker(clock_engine, holder="b") as (_, after):
        assert after.silent_until is not None
        assert after.silent_until > now() + timedelta(seconds=50)


async def test_a_claim_whose_answer_was_lost_waits_again(app_engine, clock_engine):
    await put(app_engine, owed(1001, "satu"), owed(1002, "dua"))
    async with speaker(clock_engine) as (db, held):
        first, second = await outbox.claim(db, held, now=now())
        assert await in_flight.give_back(db, held, [second.id]) == 1
        (again,) = await outbox.claim(db, held, now=now())
        assert (again.id, again.attempts) == (first.id, 1)


async def test_words_and_facts_are_erased_after_ninety_days_and_not_before(
    app_engine, clock_engine, owner_engine
):
    old, new, waiting = owed(1001, "lama"), owed(1002, "baru"), owed(1003, "menunggu")
    await put(app_engine, old, new, waiting)
    async with owner_engine.connect() as db:
        raw = await database.driver(db)
        for message, days in ((old, 91), (new, 89)):
            await raw.execute(
                "UPDATE outbox SET state = 'sent', words = 'x', done_at = $2 WHERE id = $1",
                message.id,
                ago(days=days),
            )
    async with clock_engine.connect() as db:
        assert await upkeep.erase_words(db, now()) == 1
        assert await upkeep.erase_words(db, now()) == 0
    erased = await row(clock_engine, old.id)
    assert (erased["words"], erased["facts"], erased["state"]) == (None, b"", "sent")
    assert (await row(clock_engine, new.id))["words"] == b"x"
    assert (await row(clock_engine, waiting.id))["facts"] != b""


async def test_the_queue_is_counted_by_priority(app_engine, clock_engine):
    due = ago(minutes=5)
    await put(
        app_engine,
        owed(1001, made_at=due, purpose=Purpose.ANNOUNCEMENT),
        owed(1002, purpose=Purpose.ANNOUNCEMENT),
        owed(1003, content=saying("x")),
    )
    async with clock_engine.connect() as db:
        found = await upkeep.queue(db)
    assert [(priority, rows) for priority, rows, _ in found] == [(0, 1), (4, 2)]
    assert found[1][2] == due


async def test_the_claim_reads_a_few_rows_of_a_long_queue(app_engine, clock_engine, owner_engine):
    """Half a million members' announcement must not be sorted for each message."""
    async with owner_engine.connect() as db:
        raw = await database.driver(db)
        await raw.execute(
            "INSERT INTO outbox (koperasi_id, id, channel, account, chat, person_id, purpose,"
            " priority, facts, dedupe, not_before, state, made_at)"
            " SELECT 7, gen_random_uuid(), 'telegram', $1, n::text, n, 'announcement', 4, 'x',"
            " n::text, now() - interval '1 minute', 'waiting', now() FROM generate_series(1, 20000) n",
            ACCOUNT,
        )
        await raw.execute("ANALYZE outbox")
    async with speaker(clock_engine) as (db, held):
        raw = await database.driver(db)
        plan = await raw.fetch(
            "EXPLAIN (ANALYZE, BUFFERS OFF, COSTS OFF, TIMING OFF, FORMAT TEXT) " + outbox._CLAIM,
            "telegram", ACCOUNT, held.holder, held.fence, now(), list(outbox.LEVELS), [], [], 8,
        )  # fmt: skip
        text = "\n".join(line[0] for line in plan)
        assert "Seq Scan on outbox" not in text, text
        assert "Sort Method: external" not in text
        assert "rows=20000" not in text, text
        assert len(await outbox.claim(db, held, now=now())) == 8
