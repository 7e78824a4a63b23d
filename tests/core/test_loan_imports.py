"""Loans that ran before the books began: every error at once, warnings that stop nothing, exact books."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, balances, ledger
from core.cooperatives import Cooperative
from core.imports import loan_books, loan_cells, loans
from core.imports.cells import BadCell
from core.imports.loan_books import Imported
from core.imports.loans import LoansImportedBefore, Plan
from core.imports.rows import FileImportedBefore, Remark
from core.ledger import BookIsClosed
from core.loans import book, payments, products, schedule
from core.loans.applications import ChecklistFails
from core.loans.book import Loan, State
from core.loans.terms import Fine, Method, Penalty, Share, Terms
from core.people import Member
from core.permissions import Role
from core.sheets import ColumnMissing
from core.tables.loans import loan_classes
from core.verify import verify
from tests.builders_core import (
    AT,
    TODAY,
    a_cooperative,
    a_member,
    an_officer,
    journal,
    leaves,
    refused,
)
from tests.builders_core import book as journal_of
from tests.core.loan_life import everything, pays_out

HEADING = (
    "no_anggota", "pokok", "bunga", "per", "metode", "tenor", "tanggal_cair", "angsuran_terbayar",
    "status",
)  # fmt: skip
FLAT = ("A-001", "6.000.000", "1", "bulan", "flat", "12", "24/6/2026", "4", "")


@pytest.fixture
async def here(db: AsyncConnection) -> Cooperative:
    return await a_cooperative(db)


@pytest.fixture
async def siti(db: AsyncConnection, here: Cooperative) -> Member:
    """A-001, a member since 15 January 2026."""
    return await a_member(db, here, "Siti Aminah")


def a_csv(*rows: Sequence[object], heading: Sequence[str] = HEADING) -> bytes:
    return "\n".join(";".join(map(str, row)) for row in (heading, *rows)).encode()


def row(**changes: object) -> tuple[object, ...]:
    """The row of FLAT with other cells."""
    cells: dict[str, object] = dict(zip(HEADING, FLAT, strict=True)) | changes
    return tuple(cells.values())


async def checked(db: AsyncConnection, here: Cooperative, *rows: Sequence[object]) -> Plan:
    return await loans.check(db, a_csv(*rows), cooperative=here, on=TODAY)


async def imported(db: AsyncConnection, here: Cooperative, *rows: Sequence[object]) -> Imported:
    plan = await checked(db, here, *rows)
    assert plan.errors == ()
    return await loan_books.apply(db, plan, at=AT, recorder="cli", source="cli")


async def the_loan(db: AsyncConnection, here: Cooperative, number: int = 1) -> Loan:
    return await book.loan(db, koperasi_id=here.id, loan_id=number)


def places(remarks: Sequence[Remark]) -> list[tuple[int, str, str]]:
    return [(remark.row, remark.column, remark.reason) for remark in remarks]


async def in_order(db: AsyncConnection, here: Cooperative) -> None:
    assert (await verify(db, here.id)).finding is None


async def test_a_running_loan_comes_with_what_is_left_of_it_against_399000_and_never_cash(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    done = await imported(db, here, FLAT)
    assert done == Imported(running=1, approved=0, entries=(1,), outstanding=4_000_000)
    assert await journal_of(db, here) == [
        (1, "opening-loans", TODAY, "cli", "113100:m1:l1", "399000", 4_000_000)
    ]
    cash = await balances.of_account(db, koperasi_id=here.id, key=accounts.CASH)
    assert cash == 0
    loan = await the_loan(db, here)
    assert (loan.state, loan.principal, loan.outstanding, loan.count) == (
        State.RUNNING,
        6_000_000,
        4_000_000,
        12,
    )
    assert (loan.imported, loan.disbursed_on, loan.entry) == (True, date(2026, 6, 24), 1)
    assert (loan.oldest_due, loan.klass, loan.approvers) == (
        date(2026, 11, 24),
        "lancar",
        ("import",),
    )
    version = await book.version(db, loan)
    assert (version.opening_paid, version.starts_on, len(version.rows)) == (
        4,
        date(2026, 6, 24),
        12,
    )
    # 24 October 2026 is a Saturday, 24 December a day off: no holiday rule moves imported dates.
    assert [version.rows[3].due, version.rows[5].due] == [date(2026, 10, 24), date(2026, 12, 24)]
    await in_order(db, here)


@pytest.mark.parametrize(
    ("said", "method"),
    [
        ("flat", Method.FLAT),
        ("Menurun", Method.MENURUN),
        ("ANUITAS", Method.ANUITAS),
        ("jatuh tempo", Method.JATUH_TEMPO),
        ("jatuh_tempo", Method.JATUH_TEMPO),
    ],
)
async def test_every_method_keeps_the_schedule_the_engine_makes(
    db: AsyncConnection, here: Cooperative, siti: Member, said: str, method: Method
):
    await imported(db, here, row(metode=said, bunga="18", per="Tahun", tanggal_cair="2026-07-31"))
    loan = await the_loan(db, here)
    made = schedule.make(
        principal=6_000_000,
        count=12,
        terms=Terms(method=method, rate=Decimal(18), rate_per="year", moves_holidays=False),
        disbursed=date(2026, 7, 31),
    )
    assert (await book.version(db, loan)).rows == made
    assert loan.outstanding == sum(line.principal for line in made[4:])
    await in_order(db, here)


async def test_an_approved_loan_waits_for_its_disbursement_and_is_then_one_of_ours(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    waiting = row(tanggal_cair="", angsuran_terbayar="", status="disetujui", bunga="1,5")
    done = await imported(db, here, waiting)
    assert done == Imported(running=0, approved=1, entries=(), outstanding=0)
    assert await journal(db, here) == []
    loan = await the_loan(db, here)
    assert (loan.state, loan.approvers, loan.imported, loan.version) == (
        State.APPROVED,
        ("import",),
        False,
        0,
    )
    assert loan.terms.rate == Decimal("1.5")
    await in_order(db, here)
    rina = await an_officer(db, here)
    paid_out = await pays_out(db, rina, loan)
    assert (paid_out.net, paid_out.loan.state) == (6_000_000, State.RUNNING)
    await in_order(db, here)


async def test_arrears_at_the_import_give_the_class_they_have(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    for paid in (5, 4, 2, 0):
        await imported(
            db, here, row(tanggal_cair="2026-01-24", angsuran_terbayar=paid, pokok=6_000_000 + paid)
        )
    found = [
        (loan.klass, loan.oldest_due)
        for loan in [await the_loan(db, here, number) for number in (1, 2, 3, 4)]
    ]
    assert found == [
        ("kurang-lancar", date(2026, 7, 24)),  # 123 days
        ("kurang-lancar", date(2026, 6, 24)),  # 153
        ("diragukan", date(2026, 4, 24)),  # 214
        ("macet", date(2026, 2, 24)),  # 273
    ]
    causes = await db.execute(
        select(loan_classes.c.klass, loan_classes.c.cause, loan_classes.c.overdue_days).order_by(
            loan_classes.c.loan_id
        )
    )
    assert [tuple(one) for one in causes] == [
        ("kurang-lancar", "import", 123),
        ("kurang-lancar", "import", 153),
        ("diragukan", "import", 214),
        ("macet", "import", 273),
    ]
    await in_order(db, here)


async def test_payments_go_on_where_the_paper_stopped_even_before_the_day_of_the_import(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    await imported(db, here, row(angsuran_terbayar=3))
    rina = await an_officer(db, here)
    done = await payments.pay(
        db, officer=rina, loan_id=1, amount=560_000, on=date(2026, 10, 24), at=AT, operation="a",
        source="telegram",
    )  # fmt: skip
    assert (done.principal, done.interest, done.penalty) == (500_000, 60_000, 0)
    assert (await journal(db, here))[1:] == [
        ("111000", "113100:m1:l1", 500_000),
        ("111000", "411000", 60_000),
    ]
    now = await the_loan(db, here)
    assert (now.oldest_due, now.outstanding, now.klass) == (
        date(2026, 11, 24),
        4_000_000,
        "lancar",
    )
    await in_order(db, here)


async def test_fines_and_the_order_of_payments_are_those_of_the_first_product(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    fined = replace(
        products.DEFAULT,
        terms=Terms(
            penalty=Penalty(kind=Fine.FIXED_ONCE, value=Decimal(5_000)),
            order=(Share.PRINCIPAL, Share.INTEREST, Share.PENALTY),
            settlement_instalments=2,
            round_to=1_000,
            provisi=Decimal(1),
        ),
        since=date(2026, 1, 1),
    )
    await products.set_product(db, koperasi_id=here.id, product=fined, by="cli", at=AT)
    await imported(db, here, FLAT)
    terms = (await the_loan(db, here)).terms
    assert (terms.penalty, terms.order, terms.settlement_instalments) == (
        fined.terms.penalty,
        fined.terms.order,
        2,
    )
    assert (terms.round_to, terms.provisi) == (1, Decimal(0))  # the schedule is the paper's
    assert (terms.rate, terms.moves_holidays) == (Decimal(1), False)


async def test_every_rows_errors_are_listed_at_once_and_nothing_is_written(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    before = await everything(db)
    plan = await checked(
        db,
        here,
        FLAT,
        row(no_anggota="A-999"),
        row(no_anggota=""),
        row(pokok="0"),
        row(pokok="-5"),
        row(pokok="lima juta"),
        row(bunga="satu"),
        row(bunga="1.2345678"),
        row(per="minggu"),
        row(metode="bulat"),
        row(tenor="0"),
        row(tenor="12,5"),
        row(tenor="601", angsuran_terbayar="0"),
        row(tanggal_cair=""),
        row(tanggal_cair="31/2/2026"),
        row(tanggal_cair="25/11/2026"),
        row(angsuran_terbayar="12"),
        row(angsuran_terbayar="13"),
        row(status="lunas"),
        row(status="disetujui"),
        row(pokok="10", angsuran_terbayar="11"),
        row(no_anggota="A-998", bunga="x", tenor=""),
    )
    assert places(plan.errors) == [
        (3, "no_anggota", "import-no-such-member"),
        (4, "no_anggota", "import-empty"),
        (5, "pokok", "import-zero"),
        (6, "pokok", "import-negative"),
        (7, "pokok", "import-not-an-amount"),
        (8, "bunga", "import-not-a-rate"),
        (9, "bunga", "import-not-a-rate"),
        (10, "per", "import-not-a-period"),
        (11, "metode", "import-not-a-method"),
        (12, "tenor", "import-zero-count"),
        (13, "tenor", "import-not-a-count"),
        (14, "tenor", "import-bad-terms"),
        (15, "tanggal_cair", "import-empty"),
        (16, "tanggal_cair", "import-not-a-date"),
        (17, "tanggal_cair", "import-date-in-future"),
        (18, "angsuran_terbayar", "import-all-paid"),
        (19, "angsuran_terbayar", "import-all-paid"),
        (20, "status", "import-not-a-state"),
        (21, "tanggal_cair", "import-waiting-but-dated"),
        (21, "angsuran_terbayar", "import-waiting-but-paid"),
        (22, "angsuran_terbayar", "import-nothing-left"),
        (23, "no_anggota", "import-no-such-member"),
        (23, "bunga", "import-not-a-rate"),
        (23, "tenor", "import-empty"),
    ]
    with pytest.raises(AssertionError):
        await loan_books.apply(db, plan, at=AT, recorder="cli", source="cli")
    assert await everything(db) == before


async def test_what_exists_is_pointed_out_and_never_refused(db: AsyncConnection):
    here = await a_cooperative(db, usp="none", rate_cap=12, modal_tetap=40_000_000)
    siti = await a_member(db, here, joined=date(2026, 7, 1))
    budi = await leaves(db, await a_member(db, here, "Budi"), here, TODAY)
    ketua = await an_officer(db, here, Role.KETUA, name="Pak Amir")
    amir = await a_member(db, here, "Pak Amir", person_id=ketua.person_id)
    rows = (
        row(bunga="1,01"),
        row(),
        row(no_anggota=budi.number, bunga="0.05", tanggal_cair="24/8/2026", angsuran_terbayar="0"),
        row(no_anggota=amir.number, tanggal_cair="24/8/2026", angsuran_terbayar="1"),
    )
    plan = await checked(db, here, *rows)
    assert plan.errors == ()
    assert places(plan.warnings) == [
        (0, "status", "import-no-licence"),
        (2, "bunga", "import-rate-above-cap"),
        (2, "tanggal_cair", "import-before-joining"),
        (3, "tanggal_cair", "import-before-joining"),
        (3, "no_anggota", "import-loan-twice"),
        (3, "pokok", "import-above-bmpp"),
        (4, "bunga", "import-rate-small"),
        (4, "no_anggota", "import-member-left"),
        (5, "pokok", "import-above-bmpp"),
    ]
    facts = {remark.reason: dict(remark.facts) for remark in plan.warnings}
    assert facts["import-rate-above-cap"] == {"rate": "12,12", "cap": "12"}
    assert facts["import-before-joining"] == {"joined_on": date(2026, 7, 1)}
    assert facts["import-above-bmpp"] == {"owed": 5_500_000, "limit": 4_000_000}  # pengurus: 10 %
    done = await loan_books.apply(db, plan, at=AT, recorder="cli", source="cli")
    assert done.running == 4
    assert siti.id == 1
    await in_order(db, here)


async def test_a_loan_the_book_has_is_pointed_out(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    await imported(db, here, FLAT)
    plan = await checked(db, here, row(angsuran_terbayar="5"))
    assert places(plan.warnings) == [(2, "no_anggota", "import-loan-in-book")]
    assert plan.warnings[0].facts == {"loan": "P-0001"}


async def test_the_same_file_is_refused(db: AsyncConnection, here: Cooperative, siti: Member):
    await imported(db, here, FLAT)
    before = await everything(db)
    async with refused(db, FileImportedBefore, entry=1, on=TODAY):
        await checked(db, here, FLAT)
    assert await everything(db) == before


async def test_the_same_file_of_loans_that_wait_is_refused_too(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    waiting = row(tanggal_cair="", angsuran_terbayar="", status="disetujui")
    await imported(db, here, waiting)
    before = await everything(db)
    async with refused(db, LoansImportedBefore, on=TODAY):
        await checked(db, here, waiting)
    assert await everything(db) == before


async def test_headings_come_in_any_order_and_spelling_and_unknown_ones_are_pointed_out(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    content = a_csv(
        ["menurun", "a-001", "catatan", 10, "1,5%", "5000000", "per bulan", "1 Jul 2026"],
        heading=["Metode", "No Anggota", "Keterangan", "TENOR", "Bunga", "Pokok", "PER", "Tanggal Cair"],
    )  # fmt: skip
    plan = await loans.check(db, content, cooperative=here, on=TODAY)
    assert plan.errors == ()
    assert places(plan.warnings) == [(0, "Keterangan", "import-unknown-column")]
    (loan,) = plan.loans
    assert (loan.principal, loan.count, loan.paid, loan.terms.rate) == (
        5_000_000,
        10,
        0,
        Decimal("1.5"),
    )


async def test_a_spreadsheets_own_numbers_and_dates_are_read(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    book_ = Workbook()
    sheet = book_.active
    assert sheet is not None
    sheet.append(HEADING)
    sheet.append(
        ["A-001", 6_000_000, 1.25, "Bulan", "Anuitas", 12.0, datetime(2026, 6, 24), 4, None]  # noqa: DTZ001
    )
    content = io.BytesIO()
    book_.save(content)
    plan = await loans.check(
        db, content.getvalue(), cooperative=here, on=TODAY, name="pinjaman.xlsx"
    )
    assert plan.errors == ()
    (loan,) = plan.loans
    assert (loan.principal, loan.terms.rate, loan.count, loan.disbursed, loan.paid) == (
        6_000_000,
        Decimal("1.25"),
        12,
        date(2026, 6, 24),
        4,
    )


async def test_a_file_without_a_column_it_needs_is_refused(db: AsyncConnection, here: Cooperative):
    async with refused(db, ColumnMissing):
        await loans.check(db, b"no_anggota;pokok\nA-001;5000000", cooperative=here, on=TODAY)


async def test_a_closed_book_takes_no_loans(db: AsyncConnection, here: Cooperative, siti: Member):
    plan = await checked(db, here, FLAT)
    await ledger.close(db, koperasi_id=here.id, through=TODAY, at=AT, by="cli", reason="tutup buku")
    before = await everything(db)
    async with refused(db, BookIsClosed):
        await loan_books.apply(db, plan, at=AT, recorder="cli", source="cli")
    assert await everything(db) == before


async def test_more_loans_than_an_entry_holds_become_several_entries(
    db: AsyncConnection, here: Cooperative, siti: Member
):
    done = await imported(db, here, *(row(pokok=1_200_000 + 12 * n) for n in range(1_001)))
    assert (done.running, done.entries) == (1_001, (1, 2))
    assert done.outstanding == sum((1_200_000 + 12 * n) * 8 // 12 for n in range(1_001))
    opening = await balances.of_account(db, koperasi_id=here.id, key=accounts.OPENING)
    assert opening == done.outstanding
    assert (await the_loan(db, here, 1_001)).entry == 2
    await in_order(db, here)


async def test_an_approved_loan_of_a_file_is_paid_out_whatever_licence_cap_and_bmpp_say(
    db: AsyncConnection,
):
    here = await a_cooperative(db, usp="none", modal_tetap="100000")
    await a_member(db, here)
    waiting = row(tanggal_cair="", angsuran_terbayar="", status="disetujui", bunga="3")
    await imported(db, here, waiting)
    rina = await an_officer(db, here)
    loan = await the_loan(db, here)
    done = await pays_out(db, rina, loan)
    assert (done.loan.state, done.loan.outstanding) == (State.RUNNING, loan.principal)
    await in_order(db, here)


async def test_an_approved_loan_of_a_file_is_stopped_by_arrears_of_another(db: AsyncConnection):
    here = await a_cooperative(db, usp="none")
    await a_member(db, here)
    await imported(
        db,
        here,
        row(tanggal_cair="2026-06-01", angsuran_terbayar="0"),
        row(tanggal_cair="", angsuran_terbayar="", status="disetujui"),
    )
    rina = await an_officer(db, here)
    loan = await the_loan(db, here, 2)
    async with refused(db, ChecklistFails, codes="arrears"):
        await pays_out(db, rina, loan)


@pytest.mark.parametrize(
    ("cell", "rate"),
    [
        (1, "1"), (1.5, "1.5"), (0.9, "0.9"), (0, "0"), ("1,25", "1.25"), ("18%", "18"),
        ("1.500000", "1.5"), (" 2 ", "2"), (0.1 + 0.2, None), ("1e1", None), ("-1", None), ("", None),
        ("1001", None), (True, None), (float("nan"), None), (1e-7, None),
    ],
)  # fmt: skip
def test_a_rate_is_read_exactly_or_not_at_all(cell: Any, rate: str | None):
    if rate is None:
        with pytest.raises(BadCell):
            loan_cells.rate(cell)
    else:
        assert loan_cells.rate(cell) == Decimal(rate)
