"""Chats that are lost: the person's other one, strikes, and who is not reached."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.simulator.faults import Kind
from core import database
from notifications import addresses, lease
from notifications.messages import Address, Purpose
from tests.notifications.conftest import ACCOUNT, owed, put, row, to
from tests.notifications.test_delivery import done

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
BULK = (Purpose.REMINDER, Purpose.STATEMENT, Purpose.ANNOUNCEMENT)
OWED = (Purpose.RECEIPT, Purpose.APPROVAL, Purpose.NOTICE)


async def execute(engine, *statements: tuple[Any, ...]) -> None:
    """Write what is no subject of the test, its foreign keys unseen."""
    async with engine.connect() as db:
        raw = await database.driver(db)
        await raw.execute("SET session_replication_role = replica")
        for statement, *values in statements:
            await raw.execute(statement, *values)
        await raw.execute("RESET session_replication_role")


def reached(chat: str, *, person: int = 1, here: int = 7, days_ago: int = 1, channel: str = "telegram", account: str = ACCOUNT) -> tuple[Any, ...]:  # fmt: skip
    return (
        ("INSERT INTO addresses (koperasi_id, person_id, channel, account, chat, linked_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)"),
        here, person, channel, account, chat, NOW - timedelta(days=days_ago),
    )  # fmt: skip


def agreed(purpose: str, *, channel: str = "telegram", withdrawn: bool = False) -> tuple[Any, ...]:
    return (
        ("INSERT INTO consents (koperasi_id, person_id, purpose, channel, text_version, given_at,"
        " withdrawn_at) VALUES (7, 1, $1, $2, 'x', $3, $4)"),
        purpose, channel, NOW, NOW if withdrawn else None,
    )  # fmt: skip


@pytest.mark.parametrize("purpose", [*BULK, *OWED])
async def test_a_push_to_a_blocked_chat_goes_to_the_persons_newest_other_one(
    app_engine, clock_engine, owner_engine, village, speak, purpose
):
    chats = [reached("1001", days_ago=1), reached("1002", days_ago=9), reached("1003", days_ago=5)]
    await execute(owner_engine, *chats, agreed(purpose.value))
    village.bot.chats[1001].blocked = True
    message = owed(1001, "ini", purpose=purpose)
    await put(app_engine, message, owed(1001, "jawaban"))
    speak()
    await done(clock_engine, message)
    assert [village.texts(chat) for chat in (1001, 1002, 1003)] == [[], [], ["ini"]]
    stored = await row(clock_engine, message.id)
    assert (stored["state"], stored["chat"], stored["attempts"]) == ("sent", "1003", 1)


async def test_what_was_not_agreed_to_on_the_other_channel_fails_there_with_its_reason(
    app_engine, clock_engine, owner_engine, village, speak
):
    await execute(
        owner_engine, reached("1001"), reached("1002"), agreed("reminder", withdrawn=True),
    )  # fmt: skip
    village.bot.chats[1001].blocked = True
    message = owed(1001, purpose=Purpose.REMINDER)
    await put(app_engine, message, receipt := owed(1001, "bukti", purpose=Purpose.RECEIPT))
    speak()
    await done(clock_engine, message, receipt)
    stored = await row(clock_engine, message.id)
    assert (stored["state"], stored["reason"]) == ("failed", "blocked")
    assert village.texts(1002) == ["bukti"]


async def test_a_reply_belongs_to_its_chat_and_goes_nowhere_else(
    app_engine, clock_engine, owner_engine, village, speak
):
    await execute(owner_engine, reached("1001"), reached("1002"))
    village.fault(Kind.BLOCKED, chat_id=1001)
    await put(app_engine, reply := owed(1001, "jawaban"))
    speak()
    await done(clock_engine, reply)
    assert (await row(clock_engine, reply.id))["state"] == "failed"
    assert village.texts(1002) == []


async def test_another_chat_counts_only_where_somebody_speaks(owner_engine, clock_engine):
    await execute(
        owner_engine, reached("1001", days_ago=9), reached("62", channel="whatsapp", account="628"),
        reached("1004", days_ago=3, account="old-bot"),
    )  # fmt: skip

    async def other(than: str = "1001", consent: str | None = None) -> Address | None:
        async with clock_engine.connect() as db:
            return await addresses.other(
                db, koperasi_id=7, person_id=1, than=to(int(than)), consent=consent
            )

    assert await other() is None
    async with clock_engine.connect() as db:
        await lease.take(db, channel="whatsapp", account="628", holder="one")
        await lease.take(db, channel="telegram", account=ACCOUNT, holder="two")
    assert await other() == Address(channel="whatsapp", account="628", chat="62")
    assert await other("62") == Address(channel="whatsapp", account="628", chat="62")
    assert await other(consent="reminder") is None
    await execute(owner_engine, agreed("reminder", channel="whatsapp"))
    assert (await other(consent="reminder")) is not None


async def test_the_second_strike_within_thirty_days_ends_an_address(owner_engine, clock_engine):
    await execute(owner_engine, reached("1001"), reached("1001", here=8), reached("1002"))

    async def strike(at: datetime) -> bool:
        async with clock_engine.connect() as db:
            return await addresses.strike(db, to(1001), reason="undeliverable", now=at)

    assert await strike(NOW) is False
    assert await strike(NOW + timedelta(days=31)) is False
    assert await strike(NOW + timedelta(days=60)) is True
    async with owner_engine.connect() as db:
        raw = await database.driver(db)
        found = await raw.fetch(
            "SELECT chat, ended_at IS NOT NULL AS ended, reason FROM addresses ORDER BY 1, koperasi_id"
        )
    assert [tuple(one) for one in found] == [
        ("1001", True, "undeliverable"),
        ("1001", True, "undeliverable"),
        ("1002", False, None),
    ]
