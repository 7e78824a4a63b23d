"""What is held after a restore: released once, in order, or dropped for ever; nothing is deleted."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core import database
from notifications import holding
from notifications.holding import Released, Which
from notifications.messages import Purpose
from tests.notifications.conftest import ago, owed, put, row, states, until


async def hold(engine: AsyncEngine, reason: str | None = "restored", *ids: Any) -> None:
    async with database.transaction(engine) as db:
        raw = await database.driver(db)
        await raw.execute(
            "UPDATE outbox SET state = 'held', reason = $1 WHERE $2::uuid[] = '{}' OR id = ANY ($2)",
            reason,
            list(ids),
        )


async def release(engine: AsyncEngine, most: int = holding.PART, **which: Any) -> Released:
    async with database.transaction(engine) as db:
        return await holding.release(db, Which(**which), now=datetime.now(UTC), most=most)


async def drop(engine: AsyncEngine, **which: Any) -> int:
    async with database.transaction(engine) as db:
        return await holding.drop(db, Which(**which), now=datetime.now(UTC))


async def test_what_is_held_is_not_said_until_released_and_then_once(
    app_engine, clock_engine, owner_engine, village, speak
):
    messages = [owed(1001, "satu"), owed(1001, "dua"), owed(1002, "tiga")]
    await put(app_engine, *messages)
    await hold(owner_engine)
    speak()
    after = owed(1003, "baru")
    await put(app_engine, after)

    async def said() -> bool:
        return bool((await row(clock_engine, after.id))["state"] == "sent")

    await until(said)
    assert village.texts(1001) == village.texts(1002) == []
    assert await release(owner_engine) == Released(waiting=3)
    assert await release(owner_engine) == Released()

    async def all_said() -> bool:
        return await states(clock_engine) == ["sent"] * 4

    await until(all_said)
    assert village.texts(1001) == ["satu", "dua"]
    assert village.texts(1002) == ["tiga"]


async def test_what_is_dropped_stays_as_a_row_and_is_never_said(
    app_engine, owner_engine, clock_engine
):
    message = owed(1001)
    await put(app_engine, message)
    await hold(owner_engine)
    assert await drop(owner_engine) == 1
    assert await drop(owner_engine) == 0
    assert (await release(owner_engine)).rows == 0
    kept = await row(clock_engine, message.id)
    assert (kept["state"], kept["reason"], kept["done_at"] is None) == (
        "cancelled", "dropped", False,
    )  # fmt: skip


async def test_what_came_too_late_expires_instead(app_engine, owner_engine, clock_engine):
    late = owed(1001, expires_at=ago(hours=1))
    await put(app_engine, late)
    await hold(owner_engine)
    assert await release(owner_engine) == Released(expired=1)
    assert (await row(clock_engine, late.id))["state"] == "expired"


async def test_only_the_purposes_and_the_age_that_were_asked_for(
    app_engine, owner_engine, clock_engine
):
    old = owed(1001, purpose=Purpose.REMINDER, made_at=ago(days=3))
    new = owed(1001, purpose=Purpose.REMINDER)
    receipt = owed(1001, purpose=Purpose.RECEIPT, made_at=ago(days=3))
    await put(app_engine, old, new, receipt)
    await hold(owner_engine)
    which: dict[str, Any] = {"purposes": [Purpose.REMINDER], "older_than": timedelta(days=1)}
    assert await drop(owner_engine, **which) == 1
    assert [(await row(clock_engine, one.id))["state"] for one in (old, new, receipt)] == [
        "cancelled", "held", "held",
    ]  # fmt: skip
    assert await release(owner_engine, purposes=[Purpose.RECEIPT]) == Released(waiting=1)
    assert await release(owner_engine, most=1) == Released(waiting=1)


async def test_what_was_being_sent_goes_out_marked_or_not_again(
    app_engine, owner_engine, clock_engine
):
    receipt, reminder = (
        owed(1001, purpose=Purpose.RECEIPT),
        owed(1002, purpose=Purpose.REMINDER),
    )
    await put(app_engine, receipt, reminder)
    await hold(owner_engine, "restored-in-flight")
    assert await release(owner_engine) == Released(waiting=1, unknown=1)
    kept = [await row(clock_engine, one.id) for one in (receipt, reminder)]
    assert [(one["state"], one["resent"]) for one in kept] == [("waiting", True), ("unknown", True)]


async def test_what_had_no_chat_goes_where_its_person_is_reached_by_now(
    app_engine, owner_engine, clock_engine
):
    waits, linked = owed(None, person_id=1), owed(None, person_id=2)
    await put(app_engine, waits, linked)
    await hold(owner_engine)
    async with database.transaction(owner_engine) as db:
        raw = await database.driver(db)
        await raw.execute(
            "INSERT INTO cooperatives (koperasi_id, code, name, region, zone, created_at)"
            " VALUES (7, '64-0007', 'K', '64.72', 'Asia/Makassar', now())"
        )
        await raw.execute(
            "INSERT INTO people (koperasi_id, id, name, created_at) VALUES (7, 2, 'A', now())"
        )
        await raw.execute(
            "INSERT INTO addresses (koperasi_id, person_id, channel, account, chat, linked_at)"
            " VALUES (7, 2, 'telegram', '42', '1005', now())"
        )
    assert await release(owner_engine) == Released(waiting=1, unaddressed=1)
    assert (await row(clock_engine, waits.id))["state"] == "unaddressed"
    kept = await row(clock_engine, linked.id)
    assert (kept["state"], kept["chat"]) == ("waiting", "1005")


@pytest.mark.parametrize("reason", ["restored", None])
async def test_what_a_paused_announcement_holds_is_its_composers(
    app_engine, owner_engine, clock_engine, reason
):
    message, this = owed(1001, purpose=Purpose.ANNOUNCEMENT), uuid4()
    await put(app_engine, message)
    async with database.transaction(owner_engine) as db:
        raw = await database.driver(db)
        await raw.execute("UPDATE outbox SET announcement = $1", this)
        await raw.execute(
            "INSERT INTO announcements (koperasi_id, id, number, composer, content_sealed, region,"
            " audience, people, state, channel, account, chat, told_in, told, made_at, expires_at)"
            " VALUES (0, $1, 1, 'official:1', '', '64', '{}', 1, 'paused', 't', 't', 't', 0, 'x',"
            " now(), now())",
            this,
        )
    await hold(owner_engine, reason)
    assert asdict(await release(owner_engine))["paused"] == (1 if reason else 0)
    kept = await row(clock_engine, message.id)
    assert (kept["state"], kept["reason"]) == ("held", None)
    assert await drop(owner_engine) == 0
