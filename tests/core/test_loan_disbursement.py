"""Disbursements: whole journals, the schedule, and everything that stands in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, corrections, holds, ledger, rules
from core.accounts import SavingsKind
from core.cooperatives import Cooperative
from core.ledger import BookIsClosed, FutureDate, OperationDiffers
from core.loans import applications, book, disbursement, guarantors, schedule
from core.loans.applications import ChecklistFails
from core.loans.book import Loan, State
from core.loans.disbursement import (
    BeforeApplication,
    DisbursedBefore,
    LoanNotApproved,
    NetNotPositive,
    NotApprovedAmount,
)
from core.loans.hands import OwnLoan
from core.loans.products import DEFAULT, Product
from core.loans.terms import Method, Terms
from core.loans.top_up import NotToppedUp, PaidAfter
from core.money import Rupiah
from core.people import Member, MemberHasLeft, Standing
from core.permissions import NotAllowed, Role
from core.savings import BackDated
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
from tests.builders_core import (
    book as journal_of,
)
from tests.conftest import KEYS
from tests.core.loan_life import again, applied, approved, decided, everything, pays_out, running


@pytest.fixture
async def rina(db: AsyncConnection) -> Standing:
    """A treasurer of a licensed cooperative."""
    return await an_officer(db, await a_cooperative(db))


@pytest.fixture
async def siti(db: AsyncConnection, rina: Standing) -> Member:
    return await a_member(db, rina.cooperative, "Siti Aminah")


def product(**terms: object) -> Product:
    return replace(DEFAULT, terms=replace(Terms(), **terms))  # type: ignore[arg-type]


def principal_of(loan: Loan) -> str:
    return accounts.key("113100", member=loan.member_id, loan=loan.id)


async def test_a_loan_without_fees_is_one_entry_against_cash(
    db: AsyncConnection, rina: Standing, siti: Member
):
    loan = await approved(db, rina.cooperative, siti)
    done = await pays_out(db, rina, loan, note="modal warung")
    assert await journal_of(db, rina.cooperative) == [
        (1, "loan-disbursement", TODAY, rina.recorder, "113100:m2:l1", "111000", 6_000_000)
    ]
    assert (done.entry, done.net, done.principal, done.repeated) == (1, 6_000_000, 6_000_000, False)
    assert done.loan == await again(db, loan)
    assert done.loan.state is State.RUNNING
    assert (done.loan.outstanding, done.loan.disbursed_on, done.loan.version, done.loan.entry) == (
        6_000_000,
        TODAY,
        1,
        1,
    )
    assert done.loan.oldest_due == done.first_due == date(2026, 12, 24) + timedelta(days=4)


async def test_fees_are_kept_back_cash_stands_first(
    db: AsyncConnection, rina: Standing, siti: Member
):
    fees = product(provisi=Decimal(1), administrasi=25_000)
    loan = await approved(db, rina.cooperative, siti, 5_000_000, 10, product=fees)
    done = await pays_out(db, rina, loan)
    own = principal_of(loan)
    assert await journal(db, rina.cooperative) == [
        (own, "111000", 4_925_000),
        (own, "411100", 50_000),
        (own, "411200", 25_000),
    ]
    assert (done.net, done.provisi, done.administrasi, done.topped_up) == (
        4_925_000,
        50_000,
        25_000,
        0,
    )
    assert done.loan.outstanding == 5_000_000


async def test_provisi_that_is_spread_waits_in_its_own_account(
    db: AsyncConnection, rina: Standing, siti: Member
):
    spread = product(provisi=Decimal("1.25"), provisi_spread=True)
    loan = await approved(db, rina.cooperative, siti, 1_000_010, 10, product=spread)
    await pays_out(db, rina, loan)
    own = principal_of(loan)
    # 1.25 % of 1,000,010 is 12,500.125
    assert await journal(db, rina.cooperative) == [
        (own, "111000", 987_510),
        (own, "113120", 12_500),
    ]
    version = await book.version(db, await again(db, loan))
    assert version.deferred == 12_500


async def test_the_schedule_is_kept_with_the_terms_that_made_it(
    db: AsyncConnection, rina: Standing, siti: Member
):
    terms = product(method=Method.ANUITAS, rate=Decimal("1.5"), due_day=10, round_to=500)
    loan = await approved(db, rina.cooperative, siti, 7_000_000, 9, product=terms)
    done = await pays_out(db, rina, loan)
    version = await book.version(db, done.loan)
    made = schedule.make(
        principal=7_000_000,
        count=9,
        terms=terms.terms,
        disbursed=TODAY,
        rest_days=frozenset({6, 7}),
    )
    assert version.rows == done.rows == made
    assert version.terms == terms.terms
    assert (version.starts_on, version.principal, version.opening_paid) == (TODAY, 7_000_000, 0)
    assert sum(row.principal for row in version.rows) == 7_000_000


@pytest.mark.parametrize(
    ("rest", "moves", "due"),
    [
        ("sabtu,minggu", True, date(2026, 12, 28)),  # 26 December 2026 is a Saturday
        ("minggu", True, date(2026, 12, 26)),
        ("sabtu,minggu", False, date(2026, 12, 26)),
    ],
)
async def test_due_dates_move_by_the_days_of_rest_the_cooperative_set(
    db: AsyncConnection, rest: str, moves: bool, due: date
):
    rina = await an_officer(db, await a_cooperative(db, rest_days=rest))
    siti = await a_member(db, rina.cooperative)
    terms = product(moves_holidays=moves, due_day=26)
    loan = await approved(db, rina.cooperative, siti, product=terms)
    assert (await pays_out(db, rina, loan)).first_due == due


async def test_the_same_card_pressed_again_gives_the_same_result(
    db: AsyncConnection, rina: Standing, siti: Member
):
    old = await running(db, rina, siti, 1_000_000, 10, on=date(2026, 10, 24))
    fees = product(provisi=Decimal(1), administrasi=25_000)
    loan = await approved(db, rina.cooperative, siti, 5_000_000, 10, product=fees, tops_up=old.id)
    first = await pays_out(db, rina, loan, operation="kartu")
    before = await everything(db)
    second = await pays_out(db, rina, loan, operation="kartu")
    assert second == replace(first, repeated=True)
    assert await everything(db) == before


async def test_a_bank_may_pay_a_loan_out(db: AsyncConnection, rina: Standing, siti: Member):
    loan = await approved(db, rina.cooperative, siti, product=product(provisi=Decimal(1)))
    first = await pays_out(db, rina, loan, operation="kartu", cash="112100")
    lines = [row[-2:] for row in await journal_of(db, rina.cooperative)]
    assert (first.cash, *lines) == ("112100", ("112100", 5_940_000), ("411100", 60_000))
    assert (await pays_out(db, rina, loan, operation="kartu")).cash == "112100"


async def test_a_loan_is_paid_out_once(db: AsyncConnection, rina: Standing, siti: Member):
    loan = await running(db, rina, siti)
    before = await everything(db)
    async with refused(db, DisbursedBefore, loan="P-0001", on=TODAY):
        await pays_out(db, rina, loan)
    other = await approved(db, rina.cooperative, siti)
    with pytest.raises(OperationDiffers):
        await pays_out(db, rina, other, operation=await _operation(db, 1))
    assert (await everything(db))[-3:] == before[-3:]  # the ledger


async def _operation(db: AsyncConnection, entry: int) -> str:

    found = await db.scalar(select(entries.c.operation).where(entries.c.number == entry))
    assert found is not None
    return found


async def test_what_is_not_approved_is_not_paid_out(
    db: AsyncConnection, rina: Standing, siti: Member
):
    waiting = await applied(db, rina.cooperative, siti)
    rejected = await applied(db, rina.cooperative, siti)
    cancelled = await approved(db, rina.cooperative, siti)
    here = rina.cooperative.id
    await applications.reject(
        db, koperasi_id=here, loan_id=rejected.id, because="tanah", by="person:901", at=AT
    )
    await applications.cancel(db, koperasi_id=here, loan_id=cancelled.id, at=AT)
    before = await everything(db)
    for loan, state in ((waiting, "applied"), (rejected, "rejected"), (cancelled, "cancelled")):
        async with refused(db, LoanNotApproved, loan=loan.label, state=state):
            await pays_out(db, rina, loan)
    assert await everything(db) == before


async def test_only_the_approved_amount_is_paid_out(
    db: AsyncConnection, rina: Standing, siti: Member
):
    loan = await approved(db, rina.cooperative, siti)
    disbursement.require_amount(loan, None)
    disbursement.require_amount(loan, 6_000_000)
    with pytest.raises(NotApprovedAmount) as caught:
        disbursement.require_amount(loan, 5_000_000)
    assert caught.value.facts == {"loan": "P-0001", "approved": 6_000_000}


async def test_nobody_pays_out_the_own_loan_or_one_they_approved_alone(
    db: AsyncConnection, rina: Standing, siti: Member
):
    here = rina.cooperative
    member = await a_member(db, here, rina.name, person_id=rina.person_id)
    own = await approved(db, here, member)
    hers = await decided(
        db, here, await applied(db, here, siti), approvers=(rina.recorder, "person:902")
    )
    before = await everything(db)
    for loan in (own, hers):
        async with refused(db, OwnLoan, loan=loan.label, who="ketua, bendahara"):
            await pays_out(db, rina, loan)
        async with refused(db, OwnLoan):  # nor by approving it themselves
            await pays_out(db, rina, loan, approver=rina.recorder)
    async with refused(db, OwnLoan):
        await pays_out(db, rina, own, approver=f"person:{member.id}")
    assert await everything(db) == before
    for loan in (own, hers):
        done = await pays_out(db, rina, loan, approver="person:901")
        assert done.loan.state is State.RUNNING


async def test_offices_without_cash_pay_nothing_out(
    db: AsyncConnection, siti: Member, rina: Standing
):
    loan = await approved(db, rina.cooperative, siti)
    for role in (Role.SEKRETARIS, Role.PENGAWAS, Role.PENGELOLA):
        officer = await an_officer(db, rina.cooperative, role, name=f"Pengurus {role}")
        async with refused(db, NotAllowed, who="ketua, bendahara"):
            await pays_out(db, officer, loan)


async def test_who_left_meanwhile_gets_nothing(db: AsyncConnection, rina: Standing, siti: Member):
    loan = await approved(db, rina.cooperative, siti)
    await leaves(db, siti, rina.cooperative, TODAY)
    before = await everything(db)
    async with refused(db, MemberHasLeft):
        await pays_out(db, rina, loan)
    assert await everything(db) == before


async def test_the_check_list_is_looked_at_again_at_that_moment(
    db: AsyncConnection, rina: Standing, siti: Member
):
    loan = await approved(db, rina.cooperative, siti)
    late = await running(db, rina, siti, on=date(2026, 9, 1))
    before = await everything(db)
    async with refused(db, ChecklistFails, loan=loan.label, codes="arrears", what="arrears"):
        await pays_out(db, rina, loan)
    assert await everything(db) == before
    assert late.outstanding == 6_000_000


async def test_a_licence_taken_away_meanwhile_stops_it(
    db: AsyncConnection, rina: Standing, siti: Member
):
    loan = await approved(db, rina.cooperative, siti)
    now = await sets_rule(db, rina.cooperative, "usp", "none")
    async with refused(db, ChecklistFails, codes="licence"):
        await pays_out(db, now, loan)


async def test_it_may_be_dated_back_but_not_before_the_application(
    db: AsyncConnection, rina: Standing, siti: Member
):
    asked = date(2026, 8, 3)
    loan = await approved(db, rina.cooperative, siti, on=asked)
    async with refused(db, BeforeApplication, loan=loan.label, applied_on=asked):
        await pays_out(db, rina, loan, on=asked - timedelta(days=1))
    async with refused(db, FutureDate):
        await pays_out(db, rina, loan, on=TODAY + timedelta(days=1))
    done = await pays_out(db, rina, loan, on=asked)
    assert done.loan.disbursed_on == asked
    assert done.first_due == date(2026, 9, 3)
    # 82 days past due today: the class of today is the right one.
    assert (done.loan.klass, done.loan.oldest_due) == ("perhatian", date(2026, 9, 3))


async def test_further_back_than_one_officer_may_date_it_needs_a_second(db: AsyncConnection):
    rina = await an_officer(db, await a_cooperative(db, backdate_days=7))
    siti = await a_member(db, rina.cooperative)
    loan = await approved(db, rina.cooperative, siti, on=date(2026, 11, 2))
    async with refused(db, BackDated, days=7):
        await pays_out(db, rina, loan, on=date(2026, 11, 16))
    await pays_out(db, rina, loan, on=date(2026, 11, 16), approver="person:901")


async def test_nothing_is_paid_out_into_closed_books(
    db: AsyncConnection, rina: Standing, siti: Member
):
    loan = await approved(db, rina.cooperative, siti, on=date(2026, 10, 1))
    await ledger.close(
        db,
        koperasi_id=rina.cooperative.id,
        through=date(2026, 10, 31),
        at=AT,
        by="cli",
        reason="Oktober",
    )
    before = await everything(db)
    async with refused(db, BookIsClosed):
        await pays_out(db, rina, loan, on=date(2026, 10, 31))
    assert await everything(db) == before


async def test_fees_that_eat_everything_up_are_refused(
    db: AsyncConnection, rina: Standing, siti: Member
):
    dear = product(administrasi=100_000)
    loan = await approved(db, rina.cooperative, siti, 100_000, 2, product=dear)
    before = await everything(db)
    async with refused(db, NetNotPositive, net=0, fees=100_000, topped_up=0):
        await pays_out(db, rina, loan)
    assert await everything(db) == before


async def test_a_new_loan_settles_the_old_one_by_its_figure_of_that_day(
    db: AsyncConnection, rina: Standing, siti: Member
):
    old = await running(db, rina, siti, 1_200_000, 12, on=date(2026, 11, 9))
    fees = product(provisi=Decimal(1), administrasi=10_000)
    loan = await approved(db, rina.cooperative, siti, 5_000_000, 10, product=fees, tops_up=old.id)
    foreseen = await disbursement.preview(
        db,
        cooperative=rina.cooperative,
        rules=rina.rules.on(TODAY),
        loan=loan,
        on=TODAY,
        keys=KEYS,
    )
    done = await pays_out(db, rina, loan)
    # 15 of the 30 days until 9 December: half of 12,000
    assert (await journal(db, rina.cooperative))[1:] == [
        ("113100:m2:l2", "111000", 3_734_000),
        ("113100:m2:l2", "411100", 50_000),
        ("113100:m2:l2", "411200", 10_000),
        ("113100:m2:l2", "113100:m2:l1", 1_200_000),
        ("113100:m2:l2", "411000", 6_000),
    ]
    assert (done.topped_up, done.net) == (1_206_000, 3_734_000)
    assert (foreseen.topped_up, foreseen.net, foreseen.rows) == (
        done.topped_up,
        done.net,
        done.rows,
    )
    assert [check.code for check in foreseen.checks if check.passed is False] == []
    settled = await again(db, old)
    assert (settled.state, settled.outstanding, settled.settled_on) == (State.SETTLED, 0, TODAY)
    (move,) = await book.moved(db, settled)
    assert (move.kind, move.entry, move.amount) == ("settlement", done.entry, 1_206_000)
    assert (move.principal, move.interest, move.penalty) == (1_200_000, 6_000, 0)


async def test_the_rest_of_a_spread_provisi_is_income_when_a_new_loan_settles_it(
    db: AsyncConnection, rina: Standing, siti: Member
):
    spread = product(provisi=Decimal(2), provisi_spread=True)
    old = await running(db, rina, siti, 1_000_000, 10, product=spread)
    loan = await approved(db, rina.cooperative, siti, 2_000_000, 10, tops_up=old.id)
    await pays_out(db, rina, loan)
    assert (await journal(db, rina.cooperative))[2:] == [
        ("113100:m2:l2", "111000", 1_000_000),
        ("113100:m2:l2", "113100:m2:l1", 1_000_000),
        ("113120", "411100", 20_000),
    ]


async def test_a_new_loan_smaller_than_the_old_one_is_refused(
    db: AsyncConnection, rina: Standing, siti: Member
):
    old = await running(db, rina, siti, 3_000_000, 10)
    loan = await approved(db, rina.cooperative, siti, 3_000_000, 10, tops_up=old.id)
    before = await everything(db)
    async with refused(db, NetNotPositive, net=0, topped_up=3_000_000):
        await pays_out(db, rina, loan)
    assert await everything(db) == before


async def test_only_an_own_running_loan_is_topped_up(
    db: AsyncConnection, rina: Standing, siti: Member
):
    budi = await a_member(db, rina.cooperative, "Budi")
    his = await running(db, rina, budi, 1_000_000, 10)
    waiting = await approved(db, rina.cooperative, siti)
    for old in (his, waiting):
        async with refused(db, NotToppedUp, loan=old.label):
            await applied(db, rina.cooperative, siti, tops_up=old.id)
    hers = await running(db, rina, siti, 1_000_000, 10)
    first = await approved(db, rina.cooperative, siti, 2_000_000, 10, tops_up=hers.id)
    second = await approved(db, rina.cooperative, siti, 2_000_000, 10, tops_up=hers.id)
    await pays_out(db, rina, first)
    async with refused(db, NotToppedUp, loan=hers.label):  # it is settled now
        await pays_out(db, rina, second)


async def test_a_guarantors_savings_are_counted_again_at_the_disbursement(
    db: AsyncConnection, rina: Standing, siti: Member
):
    here = rina.cooperative
    budi = await a_member(db, here, "Budi")
    await pays(db, rina, budi, SavingsKind.SUKARELA, 1_000_000)
    loans = []
    for _ in range(2):
        loan = await applied(db, here, siti, 2_000_000, 10)
        await guarantors.add(
            db,
            koperasi_id=here.id,
            loan_id=loan.id,
            member=budi,
            amount=700_000,
            on=TODAY,
            at=AT,
            on_paper=True,
        )
        loans.append(await decided(db, here, loan))
    await pays_out(db, rina, loans[0])
    assert await held_of(db, budi, here.id) == 700_000
    async with refused(db, ChecklistFails, codes="guarantors"):  # 300,000 are free
        await pays_out(db, rina, loans[1])


async def held_of(db: AsyncConnection, member: Member, here: int) -> Rupiah:
    return await holds.held(db, koperasi_id=here, member_id=member.id)


async def test_a_preview_says_what_a_disbursement_would_and_records_nothing(
    db: AsyncConnection, rina: Standing, siti: Member
):
    loan = await approved(db, rina.cooperative, siti)
    before = await everything(db)
    facts = {"cooperative": rina.cooperative, "rules": rina.rules.on(TODAY), "keys": KEYS}
    seen = await disbursement.preview(db, loan=loan, on=TODAY, **facts)  # type: ignore[arg-type]
    assert (seen.net, seen.principal, seen.topped_up, len(seen.rows)) == (
        6_000_000,
        6_000_000,
        0,
        12,
    )
    assert [check.code for check in seen.checks][:2] == ["licence", "rate-cap"]
    assert await everything(db) == before
    done = await pays_out(db, rina, loan)
    async with refused(db, DisbursedBefore):
        await disbursement.preview(db, loan=done.loan, on=TODAY, **facts)  # type: ignore[arg-type]


async def test_an_old_loan_paid_after_that_day_has_no_figure_of_it(
    db: AsyncConnection, rina: Standing, siti: Member
):
    old = await running(db, rina, siti, 1_000_000, 10, on=date(2026, 11, 2))
    loan = await approved(
        db, rina.cooperative, siti, 5_000_000, 10, tops_up=old.id, on=date(2026, 11, 1)
    )
    async with refused(db, PaidAfter, loan=old.label, on=date(2026, 11, 1)):
        await pays_out(db, rina, loan, on=date(2026, 11, 1))


async def sets_rule(db: AsyncConnection, here: Cooperative, name: str, value: str) -> Standing:
    """Set a rule from today on; returns an officer who knows it."""
    await rules.set_rule(
        db, koperasi_id=here.id, name=name, value=value, since=TODAY, by="cli", at=AT
    )
    return await an_officer(db, here, Role.KETUA, name="Pak Ketua")


async def test_a_second_loan_beyond_the_bmpp_is_not_paid_out(db: AsyncConnection):
    rina = await an_officer(db, await a_cooperative(db))
    siti = await a_member(db, rina.cooperative)
    first = await approved(db, rina.cooperative, siti, 4_000_000)
    second = await approved(db, rina.cooperative, siti, 2_000_001)
    await pays_out(db, rina, first)
    rina = await sets_rule(db, rina.cooperative, "modal_tetap", "40000000")
    before = await everything(db)
    async with refused(db, ChecklistFails, codes="bmpp"):  # 15 % are six million
        await pays_out(db, rina, second)
    assert await everything(db) == before


async def reverses(db: AsyncConnection, here: Cooperative, number: int) -> None:
    ketua = await an_officer(db, here, Role.KETUA, name="Pak Ketua")
    await corrections.reverse(
        db, officer=ketua, number=number, on=TODAY, at=AT, operation=f"batal-{number}",
        source="telegram", reason="salah orang", approver="person:901",
    )  # fmt: skip


async def test_reversed_it_waits_again_and_a_second_disbursement_makes_the_next_version(
    db: AsyncConnection, rina: Standing, siti: Member
):
    fees = product(provisi=Decimal(1), provisi_spread=True, administrasi=25_000)
    loan = await approved(db, rina.cooperative, siti, product=fees)
    first = await pays_out(db, rina, loan, operation="kartu")
    await reverses(db, rina.cooperative, first.entry)
    assert await again(db, loan) == loan
    with pytest.raises(OperationDiffers):
        await pays_out(db, rina, loan, operation="kartu")  # that card is used up
    second = await pays_out(db, rina, loan)
    assert (second.loan.version, second.loan.entry, second.net) == (2, 3, first.net)
    assert second.rows == first.rows
    assert (await verify(db, rina.cooperative.id)).finding is None


async def test_reversed_a_top_up_lets_the_old_loan_run_as_before(
    db: AsyncConnection, rina: Standing, siti: Member
):
    spread = product(provisi=Decimal(2), provisi_spread=True)
    old = await running(db, rina, siti, 1_200_000, 12, on=date(2026, 11, 9), product=spread)
    loan = await approved(db, rina.cooperative, siti, 5_000_000, 10, tops_up=old.id)
    done = await pays_out(db, rina, loan)
    assert (await verify(db, rina.cooperative.id)).finding is None
    await reverses(db, rina.cooperative, done.entry)
    assert await again(db, old) == old
    assert await again(db, loan) == loan
    assert (await verify(db, rina.cooperative.id)).finding is None
    await pays_out(db, rina, loan)
    assert (await again(db, old)).state is State.SETTLED
    assert (await verify(db, rina.cooperative.id)).finding is None
