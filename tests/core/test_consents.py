"""Consents per purpose and channel: withdrawn at once, given anew, each time on record."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core import consents, database, identities, texts
from core.consents import Answer, Consent, Use
from tests.conftest import Database
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


async def answered(db: AsyncConnection, use: Use) -> Answer:
    said, _ = await consents.answer(db, koperasi_id=1, person_id=1, use=use)
    return said


async def test_a_use_is_refused_without_having_been_asked_and_each_change_stays_on_record(
    db: AsyncConnection,
):
    await a_book(db, 1)
    who: Any = {"koperasi_id": 1, "person_id": 1, "use": Use.NAMED}
    assert await answered(db, Use.NAMED) is Answer.NEVER
    for hour, (change, answer) in enumerate(
        [
            (consents.refuse, Answer.NO),
            (consents.refuse, Answer.NO),
            (consents.allow, Answer.YES),
            (consents.allow, Answer.YES),
            (consents.refuse, Answer.NO),
        ]
    ):
        await change(db, **who, at=AT + timedelta(hours=hour))
        assert await answered(db, Use.NAMED) is answer
    assert await answered(db, Use.KTP) is Answer.NEVER
    raw = await database.driver(db)
    kept = await raw.fetch(
        "SELECT text_version, given_at, withdrawn_at FROM consents WHERE purpose = 'named' ORDER BY given_at"
    )
    hours = [AT + timedelta(hours=hour) for hour in range(5)]
    assert [tuple(row) for row in kept] == [
        (consents.USES_TEXT, hours[0], hours[0]),
        (consents.USES_TEXT, hours[2], hours[4]),
    ]


async def test_withdrawing_the_ktp_erases_the_nik_of_that_person_alone(db: AsyncConnection):
    await a_book(db, 1)
    raw = await database.driver(db)
    await raw.execute("UPDATE people SET nik_sealed = 'x', nik_hash = 'y'")
    await consents.refuse(db, koperasi_id=1, person_id=1, use=Use.NAMED, at=AT)
    await consents.refuse(db, koperasi_id=1, person_id=1, use=Use.KTP, at=AT)
    held = await raw.fetch(
        "SELECT id, nik_sealed IS NULL AND nik_hash IS NULL AS gone FROM people ORDER BY id"
    )
    assert [tuple(row) for row in held] == [(1, True), (2, False), (3, False)]


@pytest.mark.parametrize("role", ["app", "clock"])
async def test_no_login_rewrites_a_consent(own_database: Database, role: str):
    engine = database.make_engine(own_database.urls.owner, size=1)
    async with database.transaction(engine) as db:
        await a_book(db, 1)
        await consents.refuse(db, koperasi_id=1, person_id=1, use=Use.NAMED, at=AT)
        await consents.allow(db, koperasi_id=1, person_id=2, use=Use.NAMED, at=AT)
    await engine.dispose()
    login = await asyncpg.connect(getattr(own_database.urls, role))
    try:
        await login.execute("SET kopdes.koperasi_id TO '1'")
        for change in ("purpose = 'x'", "text_version = 'x'", "given_at = now()", "channel = 'x'"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await login.execute(f"UPDATE consents SET {change}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await login.execute("UPDATE consents SET withdrawn_at = NULL")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await login.execute("DELETE FROM consents")
        again = "UPDATE consents SET withdrawn_at = now() WHERE person_id = {}"
        assert await login.execute(again.format(1)) == "UPDATE 0"
        assert await login.execute(again.format(2)) == "UPDATE 1"
    finally:
        await login.close()


def test_the_words_of_a_consent_change_with_their_version_alone():
    """A new wording is a new version of USES_TEXT: write its digest here beside it."""
    words = "\n".join(texts.render(f"use-{use.value}", {"said": ""}) for use in (*Use, *Consent))
    digests = {"2026-11": "43310e94af2f541c"}
    assert hashlib.sha256(words.encode()).hexdigest()[:16] == digests[consents.USES_TEXT]
