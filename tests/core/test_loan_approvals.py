"""What a second person approves of loans is done once, as of that moment, with both names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import people
from core.accounts import SavingsKind
from core.approvals import asking, queue
from core.approvals import waiting as open_requests
from core.approvals.queue import Decided
from core.approvals.request import OwnApproval
from core.approvals.request import State as RequestState
from core.loans import book
from core.loans.applications import ChecklistFails, LoanDecided
from core.loans.book import Loan, State
from core.loans.disbursement import Disbursed
from core.loans.payments import PaidLoan
from core.loans.write_offs import WrittenOff
from core.people import Member, Standing
from core.permissions import Role
from core.tables.ledger import entries
from core.verify import verify
from tests.builders_core import (
    AT,
    TODAY,
    a_cooperative,
    a_member,
    an_officer,
    journal,
    leaves,
    pays,
    refused,
)
from tests.conftest import KEYS
from tests.core.loan_life import again, applied, approved, decided, everything, running

EARLIER = date(2026, 9, 1)


class Village(NamedTuple):
    """A treasurer, a chair, a secretary, and a member."""

    rina: Standing
    hendra: Standing
    dewi: Standing
    siti: Member


@pytest.fixture
async def village(db: AsyncConnection) -> Village:
    here = await a_cooperative(db)
    return Village(
        await an_officer(db, here, Role.BENDAHARA),
        await an_officer(db, here, Role.KETUA, name="Hendra"),
        await an_officer(db, here, Role.SEKRETARIS, name="Dewi"),
        await a_member(db, here, "Siti Aminah"),
    )


async def asks(
    db: AsyncConnection,
    maker: Standing | None,
    kind: str,
    facts: Mapping[str, Any],
    loan: Loan | None = None,
    **more: Any,
) -> int:
    """Ask for a second person; returns the request's number."""
    said: dict[str, Any] = {
        "chat": None, "shown": {}, "operation": f"kartu-{kind}", "on": TODAY, "today": TODAY,
        "at": AT, "keys": KEYS, "member_id": loan.member_id if loan else None,
        "loan_id": loan.id if loan else None,
    }  # fmt: skip
    made = await asking.submit(db, maker=maker, kind=kind, facts=facts, **(said | more))
    return made.approval.number


async def yes(db: AsyncConnection, voter: Standing, number: int, on: date = TODAY) -> Decided:
    return await queue.approve(
        db, number=number, voter=voter, chat=None, today=on, at=AT, keys=KEYS
    )


async def signed(db: AsyncConnection) -> tuple[str, str | None, str, str]:
    """Read who recorded and approved the newest entry, by which operation and kind."""
    row = (
        await db.execute(
            select(entries.c.recorder, entries.c.approver, entries.c.operation, entries.c.kind)
            .order_by(entries.c.number.desc())
            .limit(1)
        )
    ).one()
    return (row.recorder, row.approver, row.operation, row.kind)


async def in_order(db: AsyncConnection, village: Village) -> None:
    assert (await verify(db, village.rina.cooperative.id)).finding is None


async def test_an_application_is_approved_by_the_chair(db: AsyncConnection, village: Village):
    here = village.rina.cooperative
    loan = await applied(db, here, village.siti, by=village.rina.recorder)
    number = await asks(db, village.rina, "loan", {"loan": loan.id}, loan)
    async with refused(db, OwnApproval):
        await yes(db, village.rina, number)
    done = await yes(db, village.hendra, number)
    assert done.result == await again(db, loan)
    assert (done.result.state, done.result.approvers) == (
        State.APPROVED,
        (village.hendra.recorder,),
    )
    assert await journal(db, here) == []


async def test_a_large_application_needs_two_and_keeps_both(db: AsyncConnection, village: Village):
    loan = await applied(
        db, village.rina.cooperative, village.siti, 60_000_000, by=village.rina.recorder
    )
    number = await asks(db, village.rina, "loan", {"loan": loan.id}, loan, needed=2)
    first = await yes(db, village.hendra, number)
    assert (first.done, (await again(db, loan)).state) == (False, State.APPLIED)
    second = await yes(db, village.dewi, number)
    assert second.done
    assert (await again(db, loan)).approvers == (village.hendra.recorder, village.dewi.recorder)


async def test_a_member_asks_for_the_own_loan(db: AsyncConnection, village: Village):
    here = village.rina.cooperative
    own = await people.standing(db, koperasi_id=here.id, person_id=village.siti.id, on=TODAY)
    assert own is not None
    loan = await applied(db, here, village.siti, by=own.recorder)
    number = await asks(db, own, "loan", {"loan": loan.id}, loan)
    assert (await yes(db, village.hendra, number)).result.state is State.APPROVED


async def test_what_changed_since_the_application_is_seen_when_it_is_approved(
    db: AsyncConnection, village: Village
):
    here = village.rina.cooperative
    loan = await applied(db, here, village.siti, by=village.rina.recorder)
    number = await asks(db, village.rina, "loan", {"loan": loan.id}, loan)
    other = await running(db, village.rina, village.siti, on=EARLIER)
    before = await everything(db)
    async with refused(db, ChecklistFails, codes="arrears"):
        await yes(db, village.hendra, number)
    await leaves(db, village.siti, here, TODAY)
    async with refused(db, people.MemberHasLeft):
        await yes(db, village.hendra, number)
    assert await everything(db) == before
    waits = await queue.read(db, koperasi_id=here.id, number=number, keys=KEYS)
    assert waits.state is RequestState.WAITING
    assert other.state is State.RUNNING


async def test_a_rejected_application_keeps_the_reason(db: AsyncConnection, village: Village):
    loan = await applied(db, village.rina.cooperative, village.siti, by=village.rina.recorder)
    number = await asks(db, village.rina, "loan", {"loan": loan.id}, loan)
    await queue.reject(
        db, number=number, voter=village.hendra, chat=None, reason="sudah punya pinjaman",
        today=TODAY, at=AT, keys=KEYS,
    )  # fmt: skip
    assert (await again(db, loan)).state is State.REJECTED
    because = await db.scalar(text("SELECT decided_because FROM loans"))
    assert because == "sudah punya pinjaman"


async def test_a_request_taken_back_cancels_the_application(db: AsyncConnection, village: Village):
    loan = await applied(db, village.rina.cooperative, village.siti, by=village.rina.recorder)
    number = await asks(db, village.rina, "loan", {"loan": loan.id}, loan)
    await queue.withdraw(db, number=number, maker=village.rina, at=AT, keys=KEYS)
    assert (await again(db, loan)).state is State.CANCELLED


async def test_a_request_of_a_loan_decided_otherwise_can_still_be_closed(
    db: AsyncConnection, village: Village
):
    here = village.rina.cooperative
    loan = await applied(db, here, village.siti, by=village.rina.recorder)
    number = await asks(db, village.rina, "loan", {"loan": loan.id}, loan)
    await decided(db, here, loan)
    async with refused(db, LoanDecided, state="approved"):
        await yes(db, village.hendra, number)
    await queue.reject(
        db, number=number, voter=village.hendra, chat=None, reason="sudah", today=TODAY, at=AT,
        keys=KEYS,
    )  # fmt: skip
    assert (await again(db, loan)).state is State.APPROVED


async def test_a_disbursement_carries_both_names_and_happens_once(
    db: AsyncConnection, village: Village
):
    here = village.rina.cooperative
    loan = await decided(
        db,
        here,
        await applied(db, here, village.siti),
        approvers=(village.rina.recorder,),
    )
    facts = {"loan": loan.id, "on": TODAY.isoformat(), "note": "kas pagi"}
    number = await asks(db, village.rina, "disbursement", facts, loan)
    done = await yes(db, village.hendra, number)
    assert isinstance(done.result, Disbursed)
    assert await signed(db) == (
        village.rina.recorder,
        village.hendra.recorder,
        "kartu-disbursement",
        "loan-disbursement",
    )
    assert len(await journal(db, here)) == 1
    await in_order(db, village)


async def test_a_payment_from_savings_waits_for_the_members_own_consent(
    db: AsyncConnection, village: Village
):
    here = village.rina.cooperative
    await pays(db, village.rina, village.siti, SavingsKind.SUKARELA, 1_000_000)
    loan = await running(db, village.rina, village.siti)
    facts = {
        "loan": loan.id, "amount": 560_000, "on": TODAY.isoformat(), "settles": False,
        "from_savings": True, "to_savings": 0, "note": None,
    }  # fmt: skip
    number = await asks(db, village.rina, "loan-payment", facts, loan, voter="member")
    siti = await people.standing(db, koperasi_id=here.id, person_id=village.siti.id, on=TODAY)
    assert siti is not None
    done = await yes(db, siti, number)
    assert isinstance(done.result, PaidLoan)
    assert (done.result.outstanding, done.result.savings) == (5_500_000, 440_000)
    assert (await signed(db))[1] == siti.recorder
    await in_order(db, village)


async def test_a_new_schedule_on_the_terms_there_are(db: AsyncConnection, village: Village):
    loan = await running(db, village.rina, village.siti, on=EARLIER)
    facts = {
        "loan": loan.id, "count": 18, "first_due": "2026-12-28", "on": TODAY.isoformat(),
        "reason": "gagal panen", "capitalise": False,
    }  # fmt: skip
    number = await asks(db, village.rina, "restructuring", facts, loan)
    done = await yes(db, village.hendra, number)
    now = await again(db, loan)
    version = await book.version(db, now)
    assert done.result == version
    assert (now.version, version.version, len(version.rows)) == (2, 2, 18)
    assert version.rows[0].due == date(2026, 12, 28)
    assert version.terms == loan.terms
    await in_order(db, village)


async def test_a_write_off_and_who_approved_it(db: AsyncConnection, village: Village):
    loan = await running(db, village.rina, village.siti, on=EARLIER)
    facts = {"loan": loan.id, "on": TODAY.isoformat(), "reason": "pindah"}
    number = await asks(db, village.rina, "write-off", facts, loan)
    done = await yes(db, village.hendra, number)
    assert isinstance(done.result, WrittenOff)
    assert (await again(db, loan)).state is State.WRITTEN_OFF
    assert (await signed(db))[:2] == (village.rina.recorder, village.hendra.recorder)
    await in_order(db, village)


async def test_the_allowance_of_a_month_is_the_clocks_and_the_chairs(
    db: AsyncConnection, village: Village
):
    here = village.rina.cooperative
    await running(db, village.rina, village.siti, on=EARLIER)
    month_end = date(2026, 10, 31)
    number = await asks(
        db,
        None,
        "allowance",
        {"month": "2026-10", "on": month_end.isoformat(), "difference": 180_000},
        koperasi_id=here.id,
        on=month_end,
    )
    done = await yes(db, village.hendra, number)
    assert done.result.entry is not None
    assert (await journal(db, here))[-1][:2] == ("527000", "113110")
    assert (await signed(db))[:2] == ("clock", village.hendra.recorder)
    await in_order(db, village)


async def test_an_expired_application_is_let_go(db: AsyncConnection, village: Village):
    here = village.rina.cooperative
    loan = await applied(db, here, village.siti, by=village.rina.recorder)
    waiting = await approved(db, here, village.siti)
    await asks(db, village.rina, "loan", {"loan": loan.id}, loan)
    await open_requests.expire(db, koperasi_id=here.id, at=AT + timedelta(days=8), keys=KEYS)
    assert (await again(db, loan)).state is State.CANCELLED
    assert (await again(db, waiting)).state is State.APPROVED
