"""Write-offs take a loan out of the books and not out of mind; what is recovered is income."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core import corrections, ledger
from core.cooperatives import Cooperative
from core.ledger import FutureDate, OperationDiffers, Posting
from core.loans import book, payments, write_offs
from core.loans.applications import ChecklistFails
from core.loans.book import Loan, State
from core.loans.hands import OwnLoan
from core.loans.previews import BeforeDisbursement, LoanIsSettled, LoanNotRunning, PaidSince
from core.loans.products import DEFAULT
from core.loans.terms import Fine, Penalty, Terms
from core.loans.write_offs import (
    BeforeWriteOff,
    NotWrittenOff,
    Recovered,
    RecoveryTooMuch,
    WrittenOff,
)
from core.people import Member, Standing
from core.permissions import NotAllowed, Role
from core.verify import verify
from tests.builders_core import (
    AT,
    TODAY,
    a_cooperative,
    a_member,
    an_officer,
    journal,
    refused,
)
from tests.builders_core import book as journal_of
from tests.core.loan_life import again, applied, decided, everything, pays_out, running

EARLIER = date(2026, 9, 1)
LATE = replace(DEFAULT, terms=Terms(penalty=Penalty(kind=Fine.FIXED_ONCE, value=Decimal(5_000))))


@pytest.fixture
async def rina(db: AsyncConnection) -> Standing:
    """A treasurer of a licensed cooperative."""
    return await an_officer(db, await a_cooperative(db))


@pytest.fixture
async def siti(db: AsyncConnection, rina: Standing) -> Member:
    return await a_member(db, rina.cooperative, "Siti Aminah")


async def writes_off(
    db: AsyncConnection, officer: Standing, loan: Loan, **facts: object
) -> WrittenOff:
    said = {
        "on": TODAY,
        "at": AT,
        "operation": f"hapus-{loan.id}",
        "source": "telegram",
        "reason": "peminjam wafat",
        "approver": "person:901",
    }
    return await write_offs.write_off(db, officer=officer, loan_id=loan.id, **(said | facts))  # type: ignore[arg-type]


async def recovers(
    db: AsyncConnection, officer: Standing, loan: Loan, amount: int, **facts: object
) -> Recovered:
    said = {
        "on": TODAY,
        "at": AT,
        "operation": f"pulih-{loan.id}-{amount}",
        "source": "telegram",
    }
    return await write_offs.recover(
        db,
        officer=officer,
        loan_id=loan.id,
        amount=amount,
        **(said | facts),  # type: ignore[arg-type]
    )


async def allows(db: AsyncConnection, here: Cooperative, amount: int) -> None:
    """Set an allowance aside."""
    await ledger.post(
        db,
        [Posting(debit=book.ALLOWANCE_EXPENSE, credit=book.ALLOWANCE, amount=amount)],
        koperasi_id=here.id,
        kind="loan-allowance",
        on=TODAY,
        at=AT,
        zone=here.zone,
        recorder="clock",
        source="clock",
        operation="penyisihan",
    )


async def in_order(db: AsyncConnection, here: Cooperative) -> None:
    assert (await verify(db, here.id)).finding is None


@pytest.mark.parametrize(
    ("allowance", "lines"),
    [
        (0, [("527000", 6_000_000)]),
        (2_500_000, [("113110", 2_500_000), ("527000", 3_500_000)]),
        (6_000_000, [("113110", 6_000_000)]),
        (9_000_000, [("113110", 6_000_000)]),
    ],
)
async def test_the_allowance_pays_as_far_as_it_reaches(
    db: AsyncConnection,
    rina: Standing,
    siti: Member,
    allowance: int,
    lines: list[tuple[str, int]],
):
    loan = await running(db, rina, siti, on=EARLIER)
    if allowance:
        await allows(db, rina.cooperative, allowance)
    begun = len(await journal(db, rina.cooperative))
    done = await writes_off(db, rina, loan)
    assert (await journal_of(db, rina.cooperative))[begun:] == [
        (done.entry, "loan-write-off", TODAY, rina.recorder, account, "113100:m2:l1", amount)
        for account, amount in lines
    ]
    assert (done.principal, done.from_allowance + done.loss) == (6_000_000, 6_000_000)
    assert done.from_allowance == min(allowance, 6_000_000)
    assert (done.loan.state, done.loan.outstanding, done.loan.written_off) == (
        State.WRITTEN_OFF,
        0,
        6_000_000,
    )
    await in_order(db, rina.cooperative)


async def test_interest_and_fines_stay_claimed_beside_the_books(
    db: AsyncConnection, rina: Standing, siti: Member
):
    loan = await running(db, rina, siti, on=EARLIER, product=LATE)
    done = await writes_off(db, rina, loan)
    claim = await write_offs.claimed(db, done.loan)
    assert claim is not None
    # two months' interest are due (1 October, 2 November), 22 of 29 days of the third; two fines
    assert (claim.principal, claim.interest, claim.penalty) == (
        6_000_000,
        120_000 + 45_517,
        10_000,
    )
    assert claim.left == 6_175_517
    accounts = {key for line in await journal(db, rina.cooperative) for key in line[:2]}
    assert "411000" not in accounts
    assert "411300" not in accounts


async def test_provisi_that_was_still_deferred_becomes_income(
    db: AsyncConnection, rina: Standing, siti: Member
):
    spread = replace(DEFAULT, terms=Terms(provisi=Decimal(1), provisi_spread=True))
    loan = await running(db, rina, siti, product=spread)
    await payments.pay(
        db, officer=rina, loan_id=loan.id, amount=560_000, on=TODAY, at=AT, operation="a",
        source="telegram",
    )  # fmt: skip
    await writes_off(db, rina, loan)
    assert (await journal(db, rina.cooperative))[-2:] == [
        ("527000", "113100:m2:l1", 5_500_000),
        ("113120", "411100", 55_000),
    ]
    await in_order(db, rina.cooperative)


async def test_a_recovery_through_a_bank_is_booked_there(
    db: AsyncConnection, rina: Standing, siti: Member
):
    loan = await running(db, rina, siti, on=EARLIER)
    await writes_off(db, rina, loan)
    first = await recovers(db, rina, loan, 500_000, cash="112100")
    booked = (await journal_of(db, rina.cooperative))[-1]
    assert booked[-3:] == ("112100", "419000", 500_000)
    assert first.cash == "112100"
    again = await recovers(db, rina, loan, 500_000, cash="112100")
    assert (again.repeated, again.entry) == (True, first.entry)


async def test_what_is_recovered_is_income_and_never_more_than_is_claimed(
    db: AsyncConnection, rina: Standing, siti: Member
):
    loan = await running(db, rina, siti, on=EARLIER)
    await writes_off(db, rina, loan)
    first = await recovers(db, rina, loan, 500_000)
    assert (await journal_of(db, rina.cooperative))[-1] == (
        first.entry,
        "loan-recovery",
        TODAY,
        rina.recorder,
        "111000",
        "419000",
        500_000,
    )
    assert (first.claimed, first.loan.recovered) == (5_665_517, 500_000)
    before = await everything(db)
    async with refused(db, RecoveryTooMuch, loan="P-0001", claimed=5_665_517):
        await recovers(db, rina, loan, 5_665_518)
    assert await everything(db) == before
    last = await recovers(db, rina, loan, 5_665_517)
    assert last.claimed == 0
    async with refused(db, RecoveryTooMuch, claimed=0):
        await recovers(db, rina, loan, 1)
    await in_order(db, rina.cooperative)


async def test_the_same_cards_pressed_again_record_nothing_more(
    db: AsyncConnection, rina: Standing, siti: Member
):
    loan = await running(db, rina, siti, on=EARLIER)
    await allows(db, rina.cooperative, 1_000_000)
    off = await writes_off(db, rina, loan)
    back = await recovers(db, rina, loan, 500_000)
    before = await everything(db)
    assert await writes_off(db, rina, loan) == replace(
        off, repeated=True, loan=await again(db, loan)
    )
    assert await recovers(db, rina, loan, 500_000) == replace(back, repeated=True)
    assert await everything(db) == before
    other = await running(db, rina, await a_member(db, rina.cooperative, "Budi"))
    with pytest.raises(OperationDiffers):
        await writes_off(db, rina, other, operation=f"hapus-{loan.id}")


async def test_only_a_running_loan_is_written_off_and_once(
    db: AsyncConnection, rina: Standing, siti: Member
):
    loan = await running(db, rina, siti, on=EARLIER)
    waiting = await applied(db, rina.cooperative, siti)
    settled = await running(db, rina, await a_member(db, rina.cooperative, "Budi"), 1_000_000, 10)
    await payments.settle(
        db, officer=rina, loan_id=settled.id, amount=1_000_000, on=TODAY, at=AT, operation="l",
        source="telegram",
    )  # fmt: skip
    await writes_off(db, rina, loan)
    before = await everything(db)
    for one, error in (
        (loan, LoanNotRunning),
        (waiting, LoanNotRunning),
        (settled, LoanIsSettled),
    ):
        async with refused(db, error, loan=one.label):
            await writes_off(db, rina, one, operation="lain")
    for one in (waiting, settled):
        async with refused(db, NotWrittenOff, loan=one.label):
            await recovers(db, rina, one, 1_000)
    async with refused(db, LoanNotRunning):  # what comes in now is a recovery
        await payments.pay(
            db, officer=rina, loan_id=loan.id, amount=1_000, on=TODAY, at=AT, operation="b",
            source="telegram",
        )  # fmt: skip
    assert await everything(db) == before


async def test_its_day_lies_between_the_last_payment_and_today(
    db: AsyncConnection, rina: Standing, siti: Member
):
    loan = await running(db, rina, siti, on=EARLIER)
    await payments.pay(
        db, officer=rina, loan_id=loan.id, amount=560_000, on=date(2026, 10, 5), at=AT,
        operation="a", source="telegram",
    )  # fmt: skip
    before = await everything(db)
    for day, error in (
        (date(2026, 8, 31), BeforeDisbursement),
        (date(2026, 10, 4), PaidSince),
        (date(2026, 11, 25), FutureDate),
    ):
        async with refused(db, error):
            await writes_off(db, rina, loan, on=day)
    assert await everything(db) == before
    await writes_off(db, rina, loan, on=date(2026, 10, 5))
    async with refused(db, BeforeWriteOff, loan=loan.label, on=date(2026, 10, 5)):
        await recovers(db, rina, loan, 1_000, on=date(2026, 10, 4))


async def test_a_second_person_who_is_not_the_borrower_has_approved_it(
    db: AsyncConnection, rina: Standing, siti: Member
):
    loan = await running(db, rina, siti, on=EARLIER)
    before = await everything(db)
    for approver in (rina.recorder, f"person:{siti.id}"):
        async with refused(db, OwnLoan, loan="P-0001"):
            await writes_off(db, rina, loan, approver=approver)
    clerk = await an_officer(db, rina.cooperative, Role.SEKRETARIS, name="Pak Joko")
    async with refused(db, NotAllowed):
        await writes_off(db, clerk, loan)
    async with refused(db, NotAllowed):
        await recovers(db, clerk, loan, 1_000)
    assert (await everything(db))[:6] == before[:6]


async def test_reversed_a_write_off_lets_the_loan_run_and_a_recovery_lets_the_claim_grow(
    db: AsyncConnection, rina: Standing, siti: Member
):
    here = rina.cooperative
    loan = await running(db, rina, siti, on=EARLIER)
    stood = await again(db, loan)
    off = await writes_off(db, rina, loan)
    back = await recovers(db, rina, loan, 500_000)
    ketua = await an_officer(db, here, Role.KETUA, name="Pak Ketua")
    for number in (back.entry, off.entry):
        await corrections.reverse(
            db,
            officer=ketua,
            number=number,
            on=TODAY,
            at=AT,
            operation=f"batal-{number}",
            source="telegram",
            reason="salah",
            approver="person:901",
        )
    assert await again(db, loan) == stood
    assert await write_offs.claimed(db, stood) is None
    await in_order(db, here)
    again_off = await writes_off(db, rina, loan, operation="hapus-lagi")
    assert again_off.principal == 6_000_000
    await in_order(db, here)


async def test_a_loan_lost_and_not_recovered_bars_a_new_one(
    db: AsyncConnection, rina: Standing, siti: Member
):
    loan = await running(db, rina, siti, on=EARLIER)
    await writes_off(db, rina, loan)
    new = await applied(db, rina.cooperative, siti, 500_000)
    async with refused(db, ChecklistFails, codes="arrears"):
        await decided(db, rina.cooperative, new)
    await recovers(db, rina, loan, 6_000_000)
    await pays_out(db, rina, await decided(db, rina.cooperative, new))
