"""What a bank is given: six months that agree with the statements, documents, debts; and what falls due to the bank."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core import cooperatives, documents, holidays, meetings, rules
from core.calendar import last_day
from core.documents import Document, Kind
from core.meetings import Meeting
from core.permissions import Role
from core.rules import RuleBook
from core.statements import bank_package, checks
from core.statements.bank_package import NothingRecorded, package, printed
from core.statements.figures import Period
from core.statements.tables import Report, shown
from core.treasury import bank_loans
from core.treasury.bank_loans import BankLoan
from core.treasury.events import Event
from tests.builders_core import AT, TODAY, a_cooperative, a_member, an_officer
from tests.core.test_statements import _of, _two_years
from tests.core.test_statements_on_paper import _pages
from tests.core.test_treasury import LOAN, an_office, records

HELD = RuleBook(()).on(date(2026, 1, 1))
TAKEN = BankLoan(
    entry=1, lender="himbara", amount=1_000_000, rate=Decimal(6), months=9, grace=6,
    received_on=date(2026, 1, 20), consent="RA 3", left=1_000_000,
)  # fmt: skip


def test_a_bank_loan_pays_interest_first_and_then_equal_payments_on_working_days():
    plan = TAKEN.schedule(HELD)
    assert [one.principal for one in plan] == [0, 0, 0, 0, 0, 0, 331_672, 333_330, 334_998]
    assert [one.interest for one in plan] == [5000] * 7 + [3342, 1675]
    for n, one in enumerate(plan, start=2):
        twelfth = date(2026, n, 12)
        assert one.due == holidays.next_working_day(twelfth, HELD.rest_days) >= twelfth
    assert any(one.due.day != 12 for one in plan)  # of nine months some twelfth is no working day
    assert (
        sum(one.principal for one in replace(TAKEN, months=3, grace=5).schedule(HELD)) == 1_000_000
    )


@pytest.mark.parametrize(
    ("left", "today", "late", "due", "principal", "interest"),
    [
        (1_000_000, date(2026, 1, 20), 0, 2, 0, 5000),
        (1_000_000, date(2026, 8, 1), 0, 8, 331_672, 5000),
        (1_000_000, date(2026, 9, 1), 331_672, 9, 333_330, 5000),
        (500_000, date(2026, 9, 1), 0, 9, 165_002, 2500),  # 168,328 were paid ahead
        (1_000_000, date(2027, 1, 1), 1_000_000, None, 0, 0),
        (0, date(2026, 3, 1), 0, None, 0, 0),
    ],
)
def test_what_is_late_and_what_comes_next(
    left: int, today: date, late: int, due: int | None, principal: int, interest: int
):
    one = replace(TAKEN, left=left)
    assert one.late(HELD, today) == late
    found = one.next(HELD, today)
    if due is None:
        assert found is None
    else:
        assert found is not None
        assert (found.due.month, found.principal, found.interest) == (due, principal, interest)


async def test_the_oldest_loan_is_paid_first_and_the_village_is_owed_what_it_paid(
    db: AsyncConnection,
):
    here, rina = await an_office(db)
    hendra = await an_officer(db, here, Role.KETUA, name="Hendra Dua")
    second = {"approver": hendra.recorder}
    bank = {"place": "112100", "account": "221000"}
    assert (await bank_loans.debts(db, here.id)).is_empty
    for amount in (9_000_000, 5_000_000):
        await records(
            db, rina, Event.BANK_LOAN, amount, consent="RA 3", terms=LOAN, **bank, **second
        )
    await records(db, rina, Event.INSTALMENT, 2_000_000, interest=45_000, **bank)
    await records(db, rina, Event.VILLAGE, 300_000, account="221000", interest=40_000, **second)
    found = await bank_loans.debts(db, here.id)
    assert [(one.amount, one.left) for one in found.loans] == [
        (9_000_000, 9_000_000 - 1_955_000 - 260_000),
        (5_000_000, 5_000_000),
    ]
    assert (found.village, found.other, found.total) == (300_000, {}, 14_000_000 - 2_215_000)
    other = await a_cooperative(db)
    assert (await bank_loans.debts(db, other.id)).is_empty


def _column(found: Report, n: int) -> dict[str, object]:
    return {row.key: row.cells[n] for row in found.rows if row.cells}


async def test_six_months_beside_each_other_are_the_statements_of_each(db: AsyncConnection):
    await _two_years(db)
    here = await cooperatives.by_code(db, "64-0001")
    until, today = date(2025, 6, 30), date(2026, 4, 1)
    made = await package(db, cooperative=here, until=until, today=today)
    named = {one.name: one for one in made.reports}
    for name in ("neraca", "phu", "arus-kas"):
        found = named[name]
        for n, column in enumerate(found.columns[:6], start=1):
            period = Period(first=date(2025, n, 1), last=last_day(date(2025, n, 1)))
            assert column.key == f"2025-{n:02d}"
            alone = _column(await _of(db, name, period), 0)
            beside = _column(found, n - 1)
            assert {key: cell for key, cell in alone.items() if cell} == {
                key: cell for key, cell in beside.items() if cell
            }, (name, n)
    for key, cells in {row.key: row.cells for row in named["phu"].rows if row.cells}.items():
        assert cells[6] == sum(int(str(cell)) for cell in cells[:6]), key
    cash = named["arus-kas"]
    assert cash.value("opening", "total") == cash.value("opening", "2025-01")
    assert cash.value("closing", "total") == named["neraca"].value("KAS", "2025-06")
    assert named["rasio"].value("own_capital", "2025-01") == "100,0%"
    assert named["kolektibilitas"].value("total", "2025-06") == 550_000
    late = await package(db, cooperative=here, until=None, today=date(2025, 3, 10))
    assert [one.key for one in late.reports[1].columns] == ["2025-01", "2025-02"]
    data = await printed(db, made, today=today)
    assert data == await printed(db, made, today=today)
    pages = _pages(data)
    for number, page in enumerate(pages, start=1):
        assert page.endswith(f"Halaman {number} dari {len(pages)}")
    said = "\n".join(pages).split("\n")
    contents = pages[0].split("\n")
    for found in made.reports:
        if found.name != bank_package.NAME:  # the list of contents names its page
            begins = int(contents[contents.index(found.title) + 1])
            assert found.title in pages[begins - 1].split("\n"), found.name
        figures = {shown(cell) for row in found.rows for cell in row.cells if cell is not None}
        assert figures <= set(said), found.name
    assert checks.UNFIT in said  # a loan without a register
    assert all(one.said in said for one in made.checked)
    assert {"Ketua", "Bendahara", "Pengawas"} <= set(said)


async def test_documents_that_are_missing_or_expired_and_the_borrower_are_said(
    db: AsyncConnection,
):
    here, rina = await an_office(db)
    with pytest.raises(NothingRecorded):
        await package(db, cooperative=here, until=None, today=TODAY)
    sari = await an_officer(db, here, Role.SEKRETARIS, name="Sari Dua")
    hendra = await an_officer(db, here, Role.KETUA, name="Hendra Dua")
    await a_member(db, here, "Siti", joined=date(2025, 6, 1))
    for one in (
        Document(kind=Kind.NIB, number="9120001122334", issued_on=date(2025, 5, 3)),
        Document(kind=Kind.PERMIT, permit="apotek", number="503/1", expires_on=date(2026, 1, 1)),
    ):
        await documents.keep(db, officer=sari, document=one, today=TODAY, at=AT)
    rat = Meeting(year=TODAY.year - 1, held_on=date(TODAY.year, 3, 1), present=1, minutes="7/RAT")
    held = await meetings.checked(db, koperasi_id=here.id, meeting=rat, today=TODAY)
    await meetings.keep(db, officer=sari, meeting=rat, today=TODAY, at=AT)
    await rules.set_rule(
        db,
        koperasi_id=here.id,
        name="borrower",
        value="agrinas",
        since=date(2026, 1, 1),
        by="t",
        at=AT,
    )
    await records(
        db, rina, Event.BANK_LOAN, 9_000_000, place="112100", account="221100", consent="RA 3",
        terms=replace(LOAN, lender="lpdb"), approver=hendra.recorder,
    )  # fmt: skip
    made = await package(db, cooperative=here, until=None, today=TODAY)
    named = {one.name: one for one in made.reports}
    cells = {row.key: row.cells for row in named["dokumen"].rows if row.cells}
    assert cells["nib:"] == ("9120001122334", date(2025, 5, 3), "tetap", "tidak ada")
    assert cells["izin:apotek"] == ("503/1", None, "HABIS 01-01-2026", "tidak ada")
    assert cells["npwp:"][0] == "BELUM ADA"
    assert cells[f"meeting:{TODAY.year - 1}"][:3] == (
        "7/RAT", date(TODAY.year, 3, 1), f"hadir 1 dari {held.members}",
    )  # fmt: skip
    assert cells[f"meeting:{TODAY.year - 2}"][0] == "BELUM DICATAT"
    (row, total) = named["pinjaman-bank"].rows
    assert row.name.startswith("Pinjaman LPDB, 6% setahun")
    assert (row.cells[1:4], total.cells[2]) == ((9_000_000, 9_000_000, 0), 9_000_000)
    cover = [row.name for row in named[bank_package.NAME].rows]
    assert any("Agrinas" in said and "bukan peminjam" in said for said in cover)
    assert any("atas nama koperasi: belum ada" in said for said in cover)
    assert "NIB: 9120001122334, tanggal 03-05-2025" in cover
