"""Corrections of one's own data: what is read of a sentence, what an answer changes, and who may not give it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, identities, people, rights
from core.rights import Field, Request
from tests.conftest import KEYS, Database
from tests.core.books import AT, a_book

NIK = "6402015506900001"


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ("nama saya harusnya Siti Aminah", Field.NAME, "Siti Aminah"),
        ("nama saya salah tulis, yang benar Siti Aminah.", Field.NAME, "Siti Aminah"),
        ("Nama: Siti Aminah, bukan Siti Aminnah", Field.NAME, "Siti Aminah"),
        ("nomor hp saya sekarang 0812-3456-7890", Field.PHONE, "0812-3456-7890"),
        ("NIK saya salah harusnya 6402015506900001", Field.NIK, NIK),
        ("alamat saya Jalan Mawar 7 RT 03", Field.ADDRESS, "Jalan Mawar 7 RT 03"),
    ],
)
def test_a_sentence_names_the_field_and_its_new_value(said: str, field: Field, value: str) -> None:
    assert rights.field_of(said) == (field, value)


def test_a_sentence_about_something_else_names_no_field() -> None:
    for said in ("tanggal masuknya bukan Maret", "saldo saya kurang", "namanya lucu"):
        assert rights.field_of(said) is None, said


def test_numbers_are_kept_as_the_profile_keeps_them() -> None:
    assert rights.normal(Field.PHONE, "0812-3456-7890") == "6281234567890"
    assert rights.normal(Field.NIK, "6402 0155 0690 0001") == NIK
    with pytest.raises(identities.NotAPhone):
        rights.normal(Field.PHONE, "tidak tahu")
    with pytest.raises(rights.NotANik):
        rights.normal(Field.NIK, "640201550690")


async def ask(db: AsyncConnection, person: int, **what: Any) -> Request:
    facts: dict[str, Any] = {"said": "salah", "field": None, "value": None, "hours": 72} | what
    return await rights.ask(db, koperasi_id=1, person_id=person, at=AT, keys=KEYS, **facts)


async def decide(db: AsyncConnection, number: int, **what: Any) -> Request:
    facts: dict[str, Any] = {"by": 3, "done": True, "because": None} | what
    return await rights.decide(
        db, koperasi_id=1, number=number, at=AT + timedelta(hours=1), keys=KEYS, **facts
    )


async def test_done_changes_the_profile_and_keeps_what_it_held(db: AsyncConnection) -> None:
    await a_book(db, 1)
    raw = await database.driver(db)
    for field, value in (
        (Field.NAME, "Siti Aminah"),
        (Field.PHONE, "6281234567890"),
        (Field.NIK, NIK),
        (Field.ADDRESS, "Jalan Mawar 7"),
    ):
        made = await ask(db, 1, field=field, value=value)
        assert made.due_at == AT + timedelta(hours=72)
        await decide(db, made.number)
    row = await raw.fetchrow("SELECT * FROM people WHERE koperasi_id = 1 AND id = 1")
    assert row is not None
    assert row["name"] == "Siti Aminah"
    assert KEYS.unseal_text(row["phone_sealed"]) == "6281234567890"
    assert row["phone_hash"] == KEYS.fingerprint("phone", "6281234567890")
    assert KEYS.unseal_text(row["nik_sealed"]) == NIK
    assert row["nik_hash"] == KEYS.fingerprint("nik", NIK)
    assert KEYS.unseal_text(row["address_sealed"]) == "Jalan Mawar 7"
    before = await raw.fetchval(
        "SELECT before_sealed FROM data_requests WHERE koperasi_id = 1 AND number = 1"
    )
    assert KEYS.unseal_text(before) == "Anggota A-001"
    with pytest.raises(rights.NikIsTaken):
        await decide(db, (await ask(db, 2, field=Field.NIK, value=NIK)).number)


async def test_refused_changes_nothing_and_a_ticket_is_answered_once_by_somebody_else(
    db: AsyncConnection,
) -> None:
    await a_book(db, 1)
    made = await ask(db, 1, field=Field.NAME, value="Siti Aminah")
    with pytest.raises(rights.OwnRequest):
        await decide(db, made.number, by=1)
    await decide(db, made.number, done=False, because="KTP lain")
    assert await people.name(db, koperasi_id=1, person_id=1) == "Anggota A-001"
    with pytest.raises(rights.RequestDecided):
        await decide(db, made.number)
    with pytest.raises(rights.NoSuchRequest):
        await decide(db, 99)
    assert await rights.waiting(db, koperasi_id=1, most=9, keys=KEYS) == []


async def test_one_person_has_few_open_tickets_and_the_oldest_is_listed_first(
    db: AsyncConnection,
) -> None:
    await a_book(db, 1)
    for n in range(rights.MOST_OPEN):
        await ask(db, 1, said=f"salah {n}", hours=72 - n)
    with pytest.raises(rights.TooManyRequests):
        await ask(db, 1)
    other = await ask(db, 2, hours=1)
    found = await rights.waiting(db, koperasi_id=1, most=9, keys=KEYS)
    assert [one.number for one in found] == [other.number, 5, 4, 3, 2, 1]
    mine = await rights.waiting(db, koperasi_id=1, most=9, keys=KEYS, person_id=2)
    assert [one.number for one in mine] == [other.number]


async def test_the_province_counts_what_is_late_by_region(
    own_database: Database,
) -> None:
    engine = database.make_engine(own_database.urls.owner, size=1)
    async with database.transaction(engine) as db:
        await a_book(db, 2)
        await a_book(db, 1)
        for person, hours in ((1, 1), (2, 1), (3, 72)):
            await ask(db, person, hours=hours)
        await decide(db, 2)
    province = await asyncpg.connect(own_database.urls.province)
    late = "SELECT * FROM province.requests_late($1, $2)"
    at = AT + timedelta(hours=2)
    try:
        for region, found in (("64", (1, 1)), ("64.72", (1, 1)), ("64.01", (0, 0))):
            row = await province.fetchrow(late, region, at)
            assert row is not None
            assert tuple(row) == found, region
    finally:
        await province.close()
        await engine.dispose()
