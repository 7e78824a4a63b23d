"""Which chat a number or a BSUID is: given once, kept through every shape, never another person's."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from tests.conftest import KEYS, Database

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
ACCOUNT = "1080"
SITI, BUDI = "6281200000001", "6281200000002"


async def _resolve(
    db: AsyncConnection | asyncpg.Connection[Any],
    phone: str | None = None,
    bsuid: str | None = None,
    *,
    at: datetime = AT,
) -> str:
    raw = await database.driver(db) if isinstance(db, AsyncConnection) else db
    found: str = await raw.fetchval(
        "SELECT found_chat FROM chat.resolve($1, $2, $3, $4, $5, $6)",
        ACCOUNT,
        "w" + KEYS.fingerprint("whatsapp", bsuid or phone or "").hex()[:24],
        KEYS.fingerprint("phone", phone) if phone else None,
        KEYS.seal(phone.encode()) if phone else None,
        bsuid,
        at,
    )
    return found


async def _known(db: AsyncConnection, chat: str) -> tuple[str | None, str | None, datetime]:
    raw = await database.driver(db)
    row = await raw.fetchrow(
        "SELECT phone_sealed, bsuid, heard_at FROM chat.contacts WHERE chat = $1", chat
    )
    assert row is not None
    sealed = row["phone_sealed"]
    return KEYS.unseal(sealed).decode() if sealed else None, row["bsuid"], row["heard_at"]


async def _link(db: AsyncConnection, chat: str) -> None:
    raw = await database.driver(db)
    await raw.execute(
        "INSERT INTO chat.links (channel, account, chat, koperasi_id, person_id, linked_at)"
        " VALUES ('whatsapp', $1, $2, 1, 1, $3)",
        ACCOUNT,
        chat,
        AT,
    )


async def test_one_person_has_one_chat_in_every_shape(db: AsyncConnection):
    chat = await _resolve(db, SITI)
    assert chat.startswith("w")
    assert SITI not in chat
    assert await _resolve(db, SITI, "ID.1") == chat  # the BSUID is learnt
    assert await _resolve(db, None, "ID.1") == chat
    assert await _resolve(db, SITI) == chat
    assert await _known(db, chat) == (SITI, "ID.1", AT)


async def test_who_hid_the_number_keeps_the_chat_when_it_shows_again(db: AsyncConnection):
    chat = await _resolve(db, None, "ID.1")
    assert await _resolve(db, SITI, "ID.1") == chat
    assert (await _known(db, chat))[:2] == (SITI, "ID.1")
    assert await _resolve(db, SITI) == chat


async def test_the_newest_message_is_remembered_and_an_older_one_changes_nothing(
    db: AsyncConnection,
):
    chat = await _resolve(db, SITI, at=AT)
    await _resolve(db, SITI, at=AT + timedelta(hours=1))
    await _resolve(db, SITI, at=AT - timedelta(days=2))
    assert (await _known(db, chat))[2] == AT + timedelta(hours=1)


async def test_a_number_that_was_given_to_somebody_else_is_another_chat(db: AsyncConnection):
    old = await _resolve(db, SITI, "ID.1")
    new = await _resolve(db, SITI, "ID.2")
    assert new != old
    assert (await _known(db, old))[:2] == (None, "ID.1")
    assert (await _known(db, new))[:2] == (SITI, "ID.2")
    assert await _resolve(db, None, "ID.1") == old


async def test_an_id_made_of_a_number_is_never_given_to_the_next_owner_of_the_number(
    db: AsyncConnection,
):
    first = await _resolve(db, SITI)
    await _resolve(db, SITI, "ID.1")
    second = await _resolve(db, SITI, "ID.2")  # the number changed hands
    await _resolve(db, BUDI, "ID.2")  # and was left
    third = await _resolve(db, SITI)
    assert len({first, second, third}) == 3
    assert (await _known(db, first))[:2] == (None, "ID.1")


async def test_two_that_were_heard_apart_become_one_when_one_speaks_for_nobody(
    db: AsyncConnection,
):
    linked = await _resolve(db, SITI)
    await _link(db, linked)
    await _resolve(db, None, "ID.1")
    assert await _resolve(db, SITI, "ID.1") == linked
    assert await _resolve(db, None, "ID.1") == linked


async def test_a_chat_that_speaks_for_somebody_is_not_given_away(db: AsyncConnection):
    first, second = await _resolve(db, SITI), await _resolve(db, None, "ID.1")
    await _link(db, first)
    await _link(db, second)
    assert await _resolve(db, SITI, "ID.1") == second
    assert (await _known(db, first))[:2] == (None, None)


async def _renumber(db: AsyncConnection, chat: str, phone: str, bsuid: str | None) -> bool:
    raw = await database.driver(db)
    moved: bool = await raw.fetchval(
        "SELECT chat.renumber($1, $2, $3, $4, $5)",
        ACCOUNT,
        chat,
        KEYS.fingerprint("phone", phone),
        KEYS.seal(phone.encode()),
        bsuid,
    )
    return moved


async def test_a_new_number_keeps_the_chat_even_when_it_wrote_first(db: AsyncConnection):
    chat = await _resolve(db, SITI, "ID.1")
    await _resolve(db, BUDI, "ID.9")  # the same person, from the new number
    assert await _renumber(db, chat, BUDI, "ID.9")
    assert await _resolve(db, BUDI, "ID.9") == chat
    assert await _resolve(db, SITI) != chat


async def test_a_number_of_a_linked_chat_is_not_taken_from_it(db: AsyncConnection):
    chat, other = await _resolve(db, SITI, "ID.1"), await _resolve(db, BUDI, "ID.9")
    await _link(db, other)
    assert not await _renumber(db, chat, BUDI, "ID.9")
    assert await _resolve(db, BUDI, "ID.9") == other


async def test_twenty_first_messages_at_once_are_one_contact(own_database: Database):
    async def once(number: int) -> str:
        connection = await asyncpg.connect(own_database.urls.app)
        try:
            return await _resolve(connection, SITI if number % 3 else None, "ID.1")
        finally:
            await connection.close()

    assert len(set(await asyncio.gather(*map(once, range(20))))) == 1


async def test_a_message_is_claimed_once_whatever_chat_it_came_by(own_database: Database):
    connection = await asyncpg.connect(own_database.urls.app)
    opened = "SELECT seen FROM chat.open($1, $2, $3, $4, $5, NULL)"
    try:
        assert not await connection.fetchval(opened, "whatsapp", ACCOUNT, "w1", "wamid.1", AT)
        assert await connection.fetchval(opened, "whatsapp", ACCOUNT, "w2", "wamid.1", AT)
        assert not await connection.fetchval(opened, "telegram", ACCOUNT, "1", "1", AT)
        assert not await connection.fetchval(opened, "telegram", ACCOUNT, "2", "1", AT)
    finally:
        await connection.close()


@pytest.mark.parametrize("statement", ["SELECT 1", "DELETE", "UPDATE"])
async def test_turns_reach_contacts_through_the_door_only(own_database: Database, statement: str):
    words = {
        "SELECT 1": "SELECT 1 FROM chat.contacts",
        "DELETE": "DELETE FROM chat.contacts",
        "UPDATE": "UPDATE chat.contacts SET bsuid = 'x'",
    }
    for url in (own_database.urls.app, own_database.urls.clock):
        if url == own_database.urls.clock and statement == "SELECT 1":
            continue  # the mouth reads whom it writes to
        connection = await asyncpg.connect(url)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(words[statement])
        await connection.close()
