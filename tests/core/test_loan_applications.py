"""Applications: written down, decided by others, and never twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database
from core.cooperatives import Cooperative
from core.loans import applications, book
from core.loans.applications import (
    AboveCeiling,
    ChecklistFails,
    LoanDecided,
    OwnApplication,
    TenorTooLong,
    Told,
    TooFewApprovers,
)
from core.loans.book import NoSuchLoan, State
from core.loans.products import DEFAULT
from core.loans.terms import BadTerms, Terms
from core.people import Member, MemberHasLeft, NotYetMember
from tests.builders_core import AT, TODAY, a_cooperative, a_member, journal, leaves, refused
from tests.conftest import KEYS
from tests.core.loan_life import again, applied, approved, decided, everything


@pytest.fixture
async def here(db: AsyncConnection) -> Cooperative:
    """A licensed cooperative."""
    return await a_cooperative(db)


@pytest.fixture
async def siti(db: AsyncConnection, here: Cooperative) -> Member:
    return await a_member(db, here, "Siti Aminah")


async def test_an_application_keeps_the_terms_of_its_day_and_books_nothing(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    loan = await applied(db, here, siti, 6_000_000, 12)
    assert (loan.id, loan.label, loan.state) == (1, "P-0001", State.APPLIED)
    assert (loan.principal, loan.count, loan.product, loan.terms) == (
        6_000_000,
        12,
        "umum",
        Terms(),
    )
    assert (loan.applied_on, loan.applied_by, loan.approvers) == (TODAY, "person:900", ())
    assert (loan.version, loan.outstanding, loan.disbursed_on) == (0, 0, None)
    assert await journal(db, here) == []


async def test_what_the_applicant_told_is_sealed_and_read_back(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    said = Told(purpose="modal warung", income=3_500_000)
    loan = await applied(db, here, siti, told=said)
    assert applications.told(loan, KEYS) == said
    assert loan.told_sealed is not None
    assert b"warung" not in loan.told_sealed
    silent = await applied(db, here, siti)
    assert silent.told_sealed is None
    assert applications.told(silent, KEYS) == Told()


async def test_the_same_card_makes_one_application(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    first = await applied(db, here, siti, operation="kartu-1")
    before = await everything(db)
    assert await applied(db, here, siti, operation="kartu-1") == first
    assert await everything(db) == before
    assert (await applied(db, here, siti, operation="kartu-2")).id == 2


@pytest.mark.parametrize("principal", [0, -1, -5_000_000, 10**12 + 1, 10**20])
async def test_a_principal_that_makes_no_sense_is_refused(
    db: AsyncConnection, here: Cooperative, siti: Member, principal: int
):
    before = await everything(db)
    async with refused(db, BadTerms):
        await applied(db, here, siti, principal, 12)
    assert await everything(db) == before


@pytest.mark.parametrize(
    ("count", "error"),
    [(0, BadTerms), (-3, BadTerms), (37, TenorTooLong), (600, TenorTooLong), (10**6, BadTerms)],
)
async def test_a_tenor_that_makes_no_sense_is_refused(
    db: AsyncConnection, here: Cooperative, siti: Member, count: int, error: type[Any]
):
    before = await everything(db)
    async with refused(db, error):
        await applied(db, here, siti, 6_000_000, count)
    assert await everything(db) == before


async def test_a_products_ceiling_and_longest_tenor_hold_to_the_rupiah(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    small = replace(DEFAULT, most=2_000_000, longest=12)
    await applied(db, here, siti, 2_000_000, 12, product=small)
    async with refused(db, AboveCeiling, product="Pinjaman umum", most=2_000_000):
        await applied(db, here, siti, 2_000_001, 12, product=small)
    async with refused(db, TenorTooLong, product="Pinjaman umum", longest=12):
        await applied(db, here, siti, 2_000_000, 13, product=small)


async def test_a_loan_too_small_to_be_divided_is_refused(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    rounded = replace(DEFAULT, terms=replace(Terms(), round_to=1_000))
    await applied(db, here, siti, 12_000, 12, product=rounded)
    async with refused(db, BadTerms):
        await applied(db, here, siti, 11_999, 12, product=rounded)


async def test_only_members_of_that_day_apply(db: AsyncConnection, here: Cooperative):
    gone = await leaves(db, await a_member(db, here, "Budi"), here, TODAY)
    async with refused(db, MemberHasLeft):
        await applied(db, here, gone)
    new = await a_member(db, here, "Ani", joined=date(2026, 11, 20))
    async with refused(db, NotYetMember):
        await applied(db, here, new, on=date(2026, 11, 19))
    await applied(db, here, new, on=date(2026, 11, 20))


async def test_an_application_is_approved_by_others(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    loan = await applied(db, here, siti)
    done = await decided(db, here, loan, approvers=("person:901",))
    assert (done.state, done.approvers) == (State.APPROVED, ("person:901",))
    assert done == await again(db, loan)
    assert await journal(db, here) == []


async def test_neither_borrower_nor_recorder_decides(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    loan = await applied(db, here, siti, by="person:900")
    before = await everything(db)
    for approvers in (
        (f"person:{siti.id}",),
        ("person:900",),
        ("person:901", "person:900"),
        ("person:901", f"person:{siti.id}"),
    ):
        async with refused(db, OwnApplication, loan="P-0001"):
            await decided(db, here, loan, approvers=approvers)
    async with refused(db, OwnApplication):
        await applications.reject(
            db,
            koperasi_id=here.id,
            loan_id=loan.id,
            because="-",
            by=f"person:{siti.id}",
            at=AT,
        )
    assert await everything(db) == before


async def test_above_the_limit_two_different_officers_decide(
    db: AsyncConnection, siti: Member, here: Cooperative
):
    rules_of_day = 50_000_000
    at_limit = await applied(db, here, siti, rules_of_day)
    above = await applied(db, here, siti, rules_of_day + 1)
    await decided(db, here, at_limit, approvers=("person:901",))
    for approvers in (("person:901",), ("person:901", "person:901")):
        async with refused(db, TooFewApprovers, loan=above.label, above=rules_of_day):
            await decided(db, here, above, approvers=approvers)
    done = await decided(db, here, above, approvers=("person:901", "person:902"))
    assert done.approvers == ("person:901", "person:902")


async def test_a_decision_is_made_once(db: AsyncConnection, here: Cooperative, siti: Member):
    loan = await approved(db, here, siti)
    async with refused(db, LoanDecided, loan=loan.label, state="approved"):
        await decided(db, here, loan)
    async with refused(db, LoanDecided, state="approved"):
        await applications.reject(
            db, koperasi_id=here.id, loan_id=loan.id, because="-", by="person:901", at=AT
        )
    other = await applied(db, here, siti)
    turned = await applications.reject(
        db, koperasi_id=here.id, loan_id=other.id, because="jaminan", by="person:901", at=AT
    )
    assert turned.state is State.REJECTED
    async with refused(db, LoanDecided, state="rejected"):
        await decided(db, here, other)
    because = await db.scalar(text("SELECT decided_because FROM loans WHERE id = 2"))
    assert because == "jaminan"


async def test_an_application_and_an_approved_loan_are_taken_back_until_paid_out(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    for loan in (await applied(db, here, siti), await approved(db, here, siti)):
        done = await applications.cancel(db, koperasi_id=here.id, loan_id=loan.id, at=AT)
        assert done.state is State.CANCELLED
        async with refused(db, LoanDecided, state="cancelled"):
            await applications.cancel(db, koperasi_id=here.id, loan_id=loan.id, at=AT)


async def test_who_left_since_applying_is_not_approved(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    loan = await applied(db, here, siti)
    await leaves(db, siti, here, TODAY)
    async with refused(db, MemberHasLeft):
        await decided(db, here, loan)
    assert (await again(db, loan)).state is State.APPLIED


async def test_a_line_that_is_not_fulfilled_stops_the_decision_not_the_application(
    db: AsyncConnection,
):
    here = await a_cooperative(db, usp="none", rate_cap=11)
    siti = await a_member(db, here)
    loan = await applied(db, here, siti)
    before = await everything(db)
    async with refused(db, ChecklistFails, loan="P-0001", codes="licence,rate-cap", what="licence"):
        await decided(db, here, loan)
    assert await everything(db) == before


async def test_a_loan_there_is_not_is_not_decided(db: AsyncConnection, here: Cooperative):
    async with refused(db, NoSuchLoan, loan="P-0009"):
        await applications.decide(
            db,
            cooperative=here,
            loan_id=9,
            approvers=("person:901",),
            on=TODAY,
            at=AT,
            keys=KEYS,
        )


async def test_two_decisions_at_once_make_one(app_engine: AsyncEngine, owner_engine: AsyncEngine):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        siti = await a_member(db, here)
        loan = await applied(db, here, siti)

    async def decide(approver: str) -> object:
        async with database.transaction(app_engine) as db:
            await database.enter(db, here.id)
            return await decided(db, here, loan, approvers=(approver,))

    ended = await asyncio.gather(decide("person:901"), decide("person:902"), return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == ["Loan", "LoanDecided"]


async def test_the_same_card_pressed_at_once_makes_one_application(
    app_engine: AsyncEngine, owner_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        siti = await a_member(db, here)

    async def ask() -> book.Loan:
        async with database.transaction(app_engine) as db:
            await database.enter(db, here.id)
            return await applied(db, here, siti, operation="kartu")

    first, second = await asyncio.gather(ask(), ask())
    assert first == second
