"""A receipt: where it stands, who answers it, its check code, and the share nobody confirmed."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database, receipts
from core.accounts import SavingsKind
from core.cooperatives import Cooperative
from core.people import Member, Standing
from core.permissions import Role
from core.receipts import Answer, AnsweredBefore, NotYourReceipt, Receipt, State, Unconfirmed
from core.savings import Recorded
from core.sealing import Keys
from core.tables.savings import receipts as table
from tests.builders_core import AT, TODAY, a_cooperative, a_member, an_officer, pays, refused
from tests.conftest import KEYS


class Village(NamedTuple):
    """A cooperative, its treasurer, a member."""

    here: Cooperative
    rina: Standing
    siti: Member


@pytest.fixture
async def village(db: AsyncConnection) -> Village:
    here = await a_cooperative(db)
    return Village(here, await an_officer(db, here), await a_member(db, here))


async def told(
    db: AsyncConnection,
    village: Village,
    amount: int = 50_000,
    *,
    message: str | None = "waiting",
    witness: bool = True,
    on: date = TODAY,
) -> Recorded:
    """Record a deposit and write its receipt, with a message in this state."""
    here, rina, siti = village
    done = await pays(db, rina, siti, SavingsKind.SUKARELA, amount, on=on)
    outbox_id = None if message is None else await a_message(db, here, message)
    await receipts.make(
        db, koperasi_id=here.id, entry=done.entry, member_id=siti.id, officer_id=rina.person_id,
        code=receipts.check_code(KEYS, here.id, done.entry, done.hash), kind="deposit-sukarela",
        amount=done.amount, before=done.before, balance=done.balance, outbox_id=outbox_id,
        witness=witness, at=AT,
    )  # fmt: skip
    return done


async def a_message(db: AsyncConnection, here: Cooperative, state: str) -> UUID:
    made = uuid4()
    await db.execute(
        text(
            "INSERT INTO outbox (koperasi_id, id, purpose, priority, facts, dedupe, not_before, state, made_at)"
            " VALUES (:here, :id, 'receipt', 1, '', :dedupe, :at, :state, :at)"
        ),
        {"here": here.id, "id": made, "dedupe": str(made), "at": AT, "state": state},
    )
    return made


async def answer(
    db: AsyncConnection,
    village: Village,
    entry: int,
    said: Answer,
    *,
    own_chat: bool = False,
    member_id: int | None = None,
) -> Receipt:
    return await receipts.answer(
        db, koperasi_id=village.here.id, entry=entry, member_id=member_id or village.siti.id,
        answer=said, own_chat=own_chat, at=AT,
    )  # fmt: skip


async def read(db: AsyncConnection, village: Village, entry: int) -> Receipt:
    found = await receipts.of_entry(db, koperasi_id=village.here.id, entry=entry)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("message", "state"),
    [
        (None, State.NO_CHAT),
        ("unaddressed", State.NO_CHAT),
        ("failed", State.NO_CHAT),
        ("expired", State.NO_CHAT),
        ("cancelled", State.NO_CHAT),
        ("waiting", State.SENT),
        ("claimed", State.SENT),
        ("unknown", State.SENT),
        ("held", State.SENT),
        ("sent", State.DELIVERED),
    ],
)
async def test_a_receipt_stands_where_its_message_stands_until_it_is_answered(
    db: AsyncConnection, village: Village, message: str | None, state: State
):
    done = await told(db, village, message=message)
    assert (await read(db, village, done.entry)).state is state
    await answer(db, village, done.entry, Answer.CONFIRMED)
    assert (await read(db, village, done.entry)).state is State.CONFIRMED
    await answer(db, village, done.entry, Answer.DISPUTED)
    assert (await read(db, village, done.entry)).state is State.DISPUTED


async def test_both_sides_hold_the_same_receipt(db: AsyncConnection, village: Village):
    here, rina, siti = village
    await told(db, village, 10_000)
    done = await told(db, village, 50_000, on=date(2026, 11, 20))
    code = receipts.check_code(KEYS, here.id, done.entry, done.hash)
    expected = Receipt(
        entry=2, member_id=siti.id, member=siti.name, number=siti.number, officer_id=rina.person_id,
        code=code, kind="deposit-sukarela", amount=50_000, before=10_000, balance=60_000,
        on=date(2026, 11, 20), witness=True, state=State.SENT,
    )  # fmt: skip
    assert await read(db, village, 2) == expected
    assert await receipts.by_code(db, koperasi_id=here.id, code=code) == expected
    assert await receipts.of_entry(db, koperasi_id=here.id, entry=3) is None


async def test_an_answer_is_given_once(db: AsyncConnection, village: Village):
    done = await told(db, village)
    before = await answer(db, village, done.entry, Answer.CONFIRMED)
    assert before.state is State.SENT
    async with refused(db, AnsweredBefore, entry=done.entry, answer="confirmed"):
        await answer(db, village, done.entry, Answer.CONFIRMED)


async def test_a_confirmed_receipt_may_be_disputed_a_disputed_one_not_confirmed(
    db: AsyncConnection, village: Village
):
    done = await told(db, village)
    await answer(db, village, done.entry, Answer.CONFIRMED)
    await answer(db, village, done.entry, Answer.DISPUTED)
    for said in Answer:
        async with refused(db, AnsweredBefore, answer="disputed"):
            await answer(db, village, done.entry, said)
    assert (await read(db, village, done.entry)).state is State.DISPUTED


async def test_a_receipt_is_answered_by_its_member_alone(db: AsyncConnection, village: Village):
    done = await told(db, village)
    budi = await a_member(db, village.here, "Budi")
    for member_id, entry in ((budi.id, done.entry), (village.rina.person_id, done.entry), (village.siti.id, 99)):  # fmt: skip
        async with refused(db, NotYourReceipt):
            await answer(db, village, entry, Answer.CONFIRMED, member_id=member_id)
    there = await a_cooperative(db, village="64.72.05.1002")
    async with refused(db, NotYourReceipt):
        await answer(db, village._replace(here=there), done.entry, Answer.CONFIRMED)
    await database.enter(db, village.here.id)
    assert (await read(db, village, done.entry)).state is State.SENT


async def test_an_answer_from_the_recorders_own_chat_is_no_witness(
    db: AsyncConnection, village: Village
):
    done = await told(db, village)
    await answer(db, village, done.entry, Answer.CONFIRMED, own_chat=True)
    assert not (await read(db, village, done.entry)).witness
    await answer(db, village, done.entry, Answer.DISPUTED)
    found = await read(db, village, done.entry)
    assert (found.witness, found.state) == (False, State.DISPUTED)


async def test_a_receipt_that_went_to_the_recorders_chat_never_becomes_a_witness(
    db: AsyncConnection, village: Village
):
    done = await told(db, village, witness=False)
    await answer(db, village, done.entry, Answer.CONFIRMED)
    assert not (await read(db, village, done.entry)).witness


async def test_the_newest_unanswered_receipt_is_what_a_bare_answer_means(
    db: AsyncConnection, village: Village
):
    here, _, siti = village

    async def newest() -> int | None:
        found = await receipts.newest_unanswered(db, koperasi_id=here.id, member_id=siti.id)
        return found.entry if found else None

    assert await newest() is None
    for _ in range(3):
        await told(db, village)
    budi = village._replace(siti=await a_member(db, here, "Budi"))
    await told(db, budi)
    assert await newest() == 3
    await answer(db, village, 3, Answer.DISPUTED)
    assert await newest() == 2
    await answer(db, village, 1, Answer.CONFIRMED)
    await answer(db, village, 2, Answer.CONFIRMED)
    assert await newest() is None


_HASHES = st.binary(min_size=32, max_size=32)


@given(st.integers(1, 2000), st.integers(1, 10**9), _HASHES, _HASHES)
def test_codes_differ_by_key_cooperative_entry_and_content(
    here: int, entry: int, content: bytes, other: bytes
):
    code = receipts.check_code(KEYS, here, entry, content)
    assert code == receipts.check_code(Keys(KEYS.secret), here, entry, content)
    assert len(code) == receipts.CODE_LENGTH
    changed = {
        receipts.check_code(Keys("another secret key, long enough"), here, entry, content),
        receipts.check_code(KEYS, here + 1, entry, content),
        receipts.check_code(KEYS, here, entry + 1, content),
    }
    if other != content:
        changed.add(receipts.check_code(KEYS, here, entry, other))
    assert code not in changed


def test_where_the_cooperative_ends_and_the_entry_begins_is_part_of_a_code():
    content = bytes(32)
    assert receipts.check_code(KEYS, 1, 23, content) != receipts.check_code(KEYS, 12, 3, content)


async def test_a_code_is_found_however_it_is_typed_and_in_its_own_cooperative_only(
    db: AsyncConnection, village: Village
):
    done = await told(db, village)
    here = village.here
    code = receipts.check_code(KEYS, here.id, done.entry, done.hash)
    for typed in (code, code.lower(), f"{code[:4]}-{code[4:]}", f" {code[:4]} – {code[4:]} \n"):
        found = await receipts.by_code(db, koperasi_id=here.id, code=typed)
        assert found is not None
        assert found.entry == done.entry
    for wrong in (code[:-1], code + "A", "", "-", "%", "x' OR '1'='1"):
        assert await receipts.by_code(db, koperasi_id=here.id, code=wrong) is None
    there = await a_cooperative(db, village="64.72.05.1002")
    assert await receipts.by_code(db, koperasi_id=there.id, code=code) is None


async def test_what_members_confirmed_is_added_up_per_officer(
    db: AsyncConnection, village: Village
):
    here, rina, siti = village
    for amount, message, witness, said, own in (
        (100_000, "sent", True, Answer.CONFIRMED, False),
        (50_000, "sent", True, Answer.DISPUTED, False),
        (30_000, "sent", True, None, False),
        (20_000, "unaddressed", True, None, False),
        (10_000, None, True, None, False),
        (5_000, "cancelled", True, None, False),
        (4_000, "sent", False, None, False),
        (1_000, "sent", True, Answer.CONFIRMED, True),
    ):
        done = await told(db, village, amount, message=message, witness=witness)
        if said:
            await answer(db, village, done.entry, said, own_chat=own)
    hendra = village._replace(rina=await an_officer(db, here, Role.KETUA, name="Hendra"))
    done = await told(db, hendra, 70_000)
    await answer(db, hendra, done.entry, Answer.CONFIRMED)
    first, second = await receipts.unconfirmed_by_officer(db, koperasi_id=here.id, since=TODAY)
    assert (first.officer, first.unconfirmed_percent) == ("Hendra", 0)
    assert second == Unconfirmed(
        officer_id=rina.person_id, officer=rina.name, receipts=8, amount=220_000,
        confirmed=100_000, disputed=50_000, no_witness=40_000,
    )  # fmt: skip
    assert second.unconfirmed_percent == 55
    assert siti.id != rina.person_id


async def test_only_what_was_recorded_since_the_day_counts(db: AsyncConnection, village: Village):
    await told(db, village, 10_000, on=TODAY - timedelta(days=1))
    await told(db, village, 20_000)
    here = village.here

    async def amounts(since: date) -> list[int]:
        found = await receipts.unconfirmed_by_officer(db, koperasi_id=here.id, since=since)
        return [one.amount for one in found]

    assert await amounts(TODAY) == [20_000]
    assert await amounts(TODAY - timedelta(days=1)) == [30_000]
    assert await amounts(TODAY + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("amount", "confirmed", "percent"),
    [(0, 0, 0), (3, 1, 67), (3, 2, 33), (200, 199, 1), (201, 200, 0), (2**62, 0, 100), (7, 7, 0)],
)
def test_the_unconfirmed_share_is_rounded_to_whole_per_cents(
    amount: int, confirmed: int, percent: int
):
    share = Unconfirmed(
        officer_id=1, officer="R", receipts=1, amount=amount, confirmed=confirmed, disputed=0,
        no_witness=0,
    )  # fmt: skip
    assert share.unconfirmed_percent == percent


async def test_two_answers_at_the_same_moment_end_in_the_dispute(
    owner_engine: AsyncEngine, app_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        village = Village(here, await an_officer(db, here), await a_member(db, here))
        entries = [(await told(db, village)).entry for _ in range(4)]

    async def says(entry: int, said: Answer) -> None:
        try:
            async with database.transaction(app_engine, koperasi_id=here.id) as db:
                await answer(db, village, entry, said)
        except AnsweredBefore:
            pass

    await asyncio.gather(*(says(entry, said) for entry in entries for said in Answer))
    async with database.transaction(app_engine, koperasi_id=here.id) as db:
        for entry in entries:
            assert (await read(db, village, entry)).state is State.DISPUTED
        assert {row.answer for row in await db.execute(table.select())} == {"disputed"}
