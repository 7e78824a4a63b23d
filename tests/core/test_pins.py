"""PINs: six digits that are not guessed first, kept as a hash, locked after five wrong tries."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database, pins
from core.pins import Answer, BadPin, Checked
from core.sealing import Keys
from tests.builders_core import AT, a_cooperative, a_member
from tests.conftest import KEYS

PIN, OTHER = "804713", "804731"


async def somebody(db: AsyncConnection) -> dict[str, int]:
    here = await a_cooperative(db)
    return {"koperasi_id": here.id, "person_id": (await a_member(db, here)).id}


async def sets(
    db: AsyncConnection, who: dict[str, int], pin: str, again: str | None = None
) -> bool:
    await pins.propose(db, **who, pin=pin, keys=KEYS)
    return await pins.confirm(db, **who, pin=again or pin, keys=KEYS, at=AT)


async def tries(
    db: AsyncConnection, who: dict[str, int], pin: str, hours: float = 0, keys: Keys = KEYS
) -> Checked:
    return await pins.check(db, **who, pin=pin, keys=keys, at=AT + timedelta(hours=hours))


@pytest.mark.parametrize(
    "pin",
    ["", "12345", "1234567", "12a456", "１２３４５６", "٨٠٤٧١٣", "804 713", "-80471", "000000", "111111",
     "121212", "112211", "123456", "987654", "567890", "109876", "123123", "804804", "804700", "500000"],
)  # fmt: skip
async def test_what_is_no_pin_or_a_silly_one_is_refused(db: AsyncConnection, pin: str):
    who = await somebody(db)
    with pytest.raises(BadPin):
        await pins.propose(db, **who, pin=pin, keys=KEYS)
    assert not await pins.has_one(db, **who)


async def test_a_pin_holds_once_it_was_typed_twice(db: AsyncConnection):
    who = await somebody(db)
    assert (await tries(db, who, PIN)).answer is Answer.NONE
    await pins.propose(db, **who, pin=PIN, keys=KEYS)
    assert not await pins.has_one(db, **who)
    assert (await tries(db, who, PIN)).answer is Answer.NONE
    assert await pins.confirm(db, **who, pin=PIN, keys=KEYS, at=AT)
    assert await pins.has_one(db, **who)
    assert (await tries(db, who, PIN)).answer is Answer.RIGHT
    assert (await tries(db, who, OTHER)).answer is Answer.WRONG


async def test_a_slip_of_the_finger_sets_nothing_and_the_old_one_holds(db: AsyncConnection):
    who = await somebody(db)
    assert await sets(db, who, PIN)
    assert not await sets(db, who, OTHER, again="804137")
    assert not await pins.confirm(db, **who, pin=OTHER, keys=KEYS, at=AT)
    assert (await tries(db, who, PIN)).answer is Answer.RIGHT


async def test_five_wrong_ones_lock_for_an_hour_even_the_right_one(db: AsyncConnection):
    who = await somebody(db)
    await sets(db, who, PIN)
    left = [(await tries(db, who, OTHER)).left for _ in range(4)]
    assert left == [4, 3, 2, 1]
    assert (await tries(db, who, OTHER)).answer is Answer.LOCKED
    locked = await tries(db, who, PIN, hours=0.99)
    assert (locked.answer, locked.until) == (Answer.LOCKED, AT + timedelta(hours=1))
    assert (await tries(db, who, PIN, hours=1)).answer is Answer.RIGHT


async def test_a_right_one_forgets_the_wrong_ones_before(db: AsyncConnection):
    who = await somebody(db)
    await sets(db, who, PIN)
    for _ in range(3):
        for _ in range(4):
            await tries(db, who, OTHER)
        assert (await tries(db, who, PIN)).answer is Answer.RIGHT


async def test_tries_from_many_chats_at_once_are_all_counted(
    owner_engine: AsyncEngine, app_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        who = await somebody(db)
        await sets(db, who, PIN)

    async def one() -> Answer:
        async with database.transaction(app_engine, koperasi_id=who["koperasi_id"]) as db:
            return (await tries(db, who, OTHER)).answer

    answers = await asyncio.gather(*[one() for _ in range(8)])
    assert answers.count(Answer.WRONG) == 4
    assert answers.count(Answer.LOCKED) == 4


async def test_what_is_kept_is_no_pin_and_useless_without_the_key_or_for_another(
    db: AsyncConnection,
):
    who = await somebody(db)
    await sets(db, who, PIN)
    (row,) = (await db.execute(text("SELECT t::text, hash FROM pins t"))).all()
    assert PIN not in row[0]
    assert row.hash.startswith("$argon2id$")
    wrong_key = Keys("another secret key, long enough too")
    assert (await tries(db, who, PIN, keys=wrong_key)).answer is Answer.WRONG
    await db.execute(
        text(
            "INSERT INTO pins (koperasi_id, person_id, hash) SELECT :here, :other, hash FROM pins"
        ),
        {"here": who["koperasi_id"], "other": (await _another(db, who["koperasi_id"]))},
    )
    copied = who | {"person_id": who["person_id"] + 1}
    assert (await tries(db, copied, PIN)).answer is Answer.WRONG


async def _another(db: AsyncConnection, here: int) -> int:
    await db.execute(
        text(
            "INSERT INTO people (koperasi_id, id, name, created_at)"
            " SELECT koperasi_id, max(id) + 1, 'Budi', now() FROM people WHERE koperasi_id = :here"
            " GROUP BY koperasi_id"
        ),
        {"here": here},
    )
    found = await db.scalar(
        text("SELECT max(id) FROM people WHERE koperasi_id = :here"), {"here": here}
    )
    assert isinstance(found, int)
    return found


async def test_a_forgotten_one_is_set_anew_without_the_old_one(db: AsyncConnection):
    who = await somebody(db)
    assert not await pins.forget(db, **who)
    await sets(db, who, PIN)
    for _ in range(5):
        await tries(db, who, OTHER)
    assert await pins.forget(db, **who)
    assert (await tries(db, who, PIN, hours=2)).answer is Answer.NONE
    assert await sets(db, who, OTHER)
    assert (await tries(db, who, OTHER)).answer is Answer.RIGHT  # the lock went with the old one


async def test_a_spent_pin_is_right_and_spent_until_it_is_changed_or_forgotten(
    db: AsyncConnection,
) -> None:
    who = await somebody(db)
    assert await sets(db, who, PIN)
    assert not (await tries(db, who, PIN)).spent
    await pins.spend(db, **who, at=AT)
    found = await tries(db, who, PIN)
    assert (found.answer, found.spent) == (Answer.RIGHT, True)
    assert not (await tries(db, who, OTHER)).spent
    assert not await sets(db, who, OTHER, again=PIN)
    assert (await tries(db, who, PIN)).spent
    assert await sets(db, who, OTHER)
    assert not (await tries(db, who, OTHER)).spent
    await pins.spend(db, **who, at=AT)
    await pins.forget(db, **who)
    assert await sets(db, who, PIN)
    assert not (await tries(db, who, PIN)).spent
