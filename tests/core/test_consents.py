"""Consents per purpose and channel: withdrawn at once, given anew, each time on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import consents, database, identities
from core.consents import Consent
from tests.core.books import AT, a_book

CHAT = ("telegram", "7", "501")


async def allowed(db: AsyncConnection, person: int = 1, channel: str = "telegram") -> set[str]:
    return {
        purpose.value
        for purpose in Consent
        if await consents.allows(
            db, koperasi_id=1, person_id=person, purpose=purpose, channel=channel
        )
    }


async def test_linking_a_chat_gives_every_consent_on_its_channel_alone(db: AsyncConnection):
    await a_book(db, 1)
    assert await allowed(db) == set()
    await identities.link(db, koperasi_id=1, person_id=1, chat=CHAT, at=AT)
    assert await allowed(db) == {"reminder", "statement", "announcement"}
    assert await allowed(db, channel="whatsapp") == set()
    assert await allowed(db, person=2) == set()


async def test_one_purpose_is_withdrawn_alone_and_given_anew(db: AsyncConnection):
    await a_book(db, 1)
    await identities.link(db, koperasi_id=1, person_id=1, chat=CHAT, at=AT)
    here: Any = {"koperasi_id": 1, "person_id": 1, "channel": "telegram"}
    later = AT + timedelta(hours=1)
    assert await consents.withdraw(db, **here, at=later, purposes=[Consent.REMINDER]) == 1
    assert await allowed(db) == {"statement", "announcement"}
    assert await consents.withdraw(db, **here, at=later) == 2
    assert await consents.withdraw(db, **here, at=later) == 0
    assert await allowed(db) == set()
    again = later + timedelta(days=1)
    assert await consents.give(db, **here, text_version="1", at=again) == 3
    assert await consents.give(db, **here, text_version="1", at=again) == 0
    assert await allowed(db) == {"reminder", "statement", "announcement"}
    raw = await database.driver(db)
    kept = await raw.fetch(
        "SELECT given_at, withdrawn_at FROM consents WHERE purpose = 'reminder' ORDER BY given_at"
    )
    assert [tuple(row) for row in kept] == [(AT, later), (again, None)]


async def test_one_purpose_is_given_anew_beside_others_that_were_never_withdrawn(
    db: AsyncConnection,
):
    await a_book(db, 1)
    await identities.link(db, koperasi_id=1, person_id=1, chat=CHAT, at=AT)
    here: Any = {"koperasi_id": 1, "person_id": 1, "channel": "telegram"}
    one: Any = {"purposes": [Consent.STATEMENT]}
    await consents.withdraw(db, **here, **one, at=AT + timedelta(hours=1))
    again: Any = {"text_version": "1", "at": AT + timedelta(hours=2)}
    assert await consents.give(db, **here, **one, **again) == 1
    assert await allowed(db) == {"reminder", "statement", "announcement"}
    assert await consents.give(db, **here, **one, **again) == 0
