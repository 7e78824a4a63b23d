"""Whatever is changed in loans behind the door's back is found, and named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, verify_loans
from core.loans import payments, restructuring, undo, write_offs
from core.loans.book import Loan
from core.loans.products import DEFAULT
from core.loans.terms import Fine, Penalty, Terms
from core.people import Standing
from core.verify import Verification, verify
from tests.builders_core import AT, TODAY, a_cooperative, a_member, an_officer
from tests.core.loan_books import a_running_loan
from tests.core.loan_life import running

LONG_AGO = date(2026, 6, 24)
FEES = Terms(
    provisi=Decimal(1), provisi_spread=True, administrasi=25_000,
    penalty=Penalty(kind=Fine.PERCENT_ONCE, value=Decimal(2)),
)  # fmt: skip


async def _pays(
    db: AsyncConnection, rina: Standing, loan: Loan, amount: int, name: str, **own: Any
) -> payments.PaidLoan:
    facts: dict[str, Any] = {"on": TODAY, "at": AT, "operation": name, "source": "telegram"}
    return await payments.pay(db, officer=rina, loan_id=loan.id, amount=amount, **(facts | own))


async def _village(db: AsyncConnection) -> int:
    """A late loan with fees and fines (P-0001): paid, one payment reversed, one back-dated before it. A loan settled by a top-up (2, 3)."""
    here = await a_cooperative(db)
    rina = await an_officer(db, here)
    siti, budi = await a_member(db, here), await a_member(db, here, "Budi Santoso")
    fees = replace(DEFAULT, terms=FEES)
    late = await running(db, rina, siti, 1_200_000, on=LONG_AGO, product=fees)  # entry 1
    await _pays(db, rina, late, 400_000, "bayar-2")
    wrong = await _pays(db, rina, late, 150_000, "bayar-3")
    await _pays(db, rina, late, 112_000, "bayar-4", on=date(2026, 8, 24))
    await undo.reverse(
        db, officer=rina, number=wrong.entry, on=TODAY, at=AT, operation="batal-3",
        source="telegram", reason="salah orang",
    )  # fmt: skip
    old = await running(db, rina, budi, 6_000_000, on=date(2026, 10, 24))
    await running(db, rina, budi, 9_000_000, tops_up=old.id)
    raw = await database.driver(db)
    loans = await raw.fetch("SELECT id, state FROM loans ORDER BY id")
    assert [tuple(row) for row in loans] == [(1, "running"), (2, "settled"), (3, "running")]
    return here.id


async def _forged(db: AsyncConnection, *statements: str) -> Verification:
    """Do as a thief with the owner's password and no constraints would."""
    here = await _village(db)
    raw = await database.driver(db)
    await raw.execute("SET LOCAL session_replication_role TO replica")  # no foreign keys
    for statement in statements:
        assert (await raw.execute(statement)).rpartition(" ")[2] not in ("", "0"), statement
    await raw.execute("SET LOCAL session_replication_role TO origin")
    return await verify(db, here)


async def test_loans_paid_reversed_back_dated_and_topped_up_are_in_order(db: AsyncConnection):
    found = await verify(db, await _village(db))
    assert found.finding is None
    assert found.entries >= 7


async def test_a_loan_of_a_disbursement_that_was_taken_back_is_in_order(db: AsyncConnection):
    here = await a_cooperative(db)
    rina = await an_officer(db, here)
    siti = await a_member(db, here)
    loan = await running(db, rina, siti, product=replace(DEFAULT, terms=FEES))
    assert loan.entry is not None
    await undo.reverse(
        db, officer=rina, number=loan.entry, on=TODAY, at=AT, operation="batal", source="telegram",
        reason="salah orang",
    )  # fmt: skip
    assert (await verify(db, here.id)).finding is None


@pytest.mark.parametrize("capitalise", [False, True])
async def test_a_restructured_loan_is_in_order_and_its_earlier_schedule_too(
    db: AsyncConnection, capitalise: bool
):
    here = await a_cooperative(db)
    rina = await an_officer(db, here)
    siti = await a_member(db, here)
    fees = replace(DEFAULT, terms=FEES)
    loan = await running(db, rina, siti, 1_200_000, on=LONG_AGO, product=fees)
    await _pays(db, rina, loan, 130_000, "bayar-2")
    await restructuring.restructure(
        db, officer=rina, loan_id=loan.id, terms=FEES, count=18, on=TODAY, at=AT,
        operation="baru", source="telegram", reason="gagal panen", approver="person:901",
        capitalise=capitalise,
    )  # fmt: skip
    await _pays(db, rina, loan, 200_000, "bayar-3")
    assert (await verify(db, here.id)).finding is None
    raw = await database.driver(db)
    await raw.execute("UPDATE loan_instalments SET interest = interest + 1 WHERE version = 1")
    found = (await verify(db, here.id)).finding
    assert found is not None
    assert "loan P-0001: schedule 1: its entries moved" in found.what


async def test_a_write_off_a_recovery_and_their_reversals_are_in_order(db: AsyncConnection):
    here = await a_cooperative(db)
    rina = await an_officer(db, here)
    siti = await a_member(db, here)
    fees = replace(DEFAULT, terms=FEES)
    loan = await running(db, rina, siti, 1_200_000, on=LONG_AGO, product=fees)
    await _pays(db, rina, loan, 130_000, "bayar-2")
    facts: dict[str, Any] = {"on": TODAY, "at": AT, "source": "telegram"}
    lost = await write_offs.write_off(
        db, officer=rina, loan_id=loan.id, operation="hapus", reason="pindah, tidak ditemukan",
        approver="person:901", **facts,
    )  # fmt: skip
    assert (await verify(db, here.id)).finding is None
    found = await write_offs.recover(
        db, officer=rina, loan_id=loan.id, amount=75_000, operation="pulih", **facts
    )
    assert (await verify(db, here.id)).finding is None
    raw = await database.driver(db)
    for forgery, words in (
        (
            "UPDATE loans SET state = 'running'",
            f"is running, {lost.principal} of it is written off",
        ),
        ("UPDATE loans SET recovered = 0", "0 recovered, its entries say 75000"),
        ("UPDATE loan_payments SET amount = 1 WHERE kind = 'recovery'", "on 419000, booked 75000"),
    ):
        await raw.execute("SAVEPOINT honest")
        await raw.execute(forgery)
        wrong = (await verify(db, here.id)).finding
        assert wrong is not None
        assert words in wrong.what
        await raw.execute("ROLLBACK TO SAVEPOINT honest")
    for entry in (found.entry, lost.entry):
        await undo.reverse(
            db, officer=rina, number=entry, operation=f"batal-{entry}", reason="keliru", **facts
        )
        assert (await verify(db, here.id)).finding is None


async def test_an_imported_loan_is_in_order(db: AsyncConnection):
    here = await a_cooperative(db)
    siti = await a_member(db, here)
    raw = await database.driver(db)
    loan = await a_running_loan(db, siti.id, koperasi_id=here.id, opening_paid=4)
    await raw.execute("DELETE FROM loan_classes")
    assert (loan.outstanding, (await verify(db, here.id)).finding) == (800_000, None)


# Each forgery, the entry that must be named if any, and words of what is said of it.
FORGERIES: dict[str, tuple[list[str], int | None, str]] = {
    "interest moved from one instalment to another": (
        [
            (
                "UPDATE loan_instalments SET interest = interest + CASE n WHEN 11 THEN 500 ELSE -500 END"
                " WHERE loan_id = 3 AND n IN (11, 12)"
            )
        ],
        None,
        "loan P-0003: schedule 1: instalment 11 is 750000 + 90500, its terms give 750000 + 90000",
    ),
    "principal moved to a later instalment": (
        [
            (
                "UPDATE loan_instalments SET principal = principal + CASE n WHEN 12 THEN 700 ELSE -700 END"
                " WHERE loan_id = 3 AND n IN (9, 12)"
            )
        ],
        None,
        "loan P-0003: schedule 1: instalment 9 is 749300 + 90000, its terms give 750000 + 90000",
    ),
    "a later instalment put off": (
        ["UPDATE loan_instalments SET due = due + 40 WHERE loan_id = 3 AND n = 12"],
        None,
        "loan P-0003: schedule 1: instalment 12 is due ",
    ),
    "a whole schedule put off": (
        ["UPDATE loan_instalments SET due = due + 20 WHERE loan_id = 3"],
        None,
        "loan P-0003: schedule 1: instalment 1 is due ",
    ),
    "another rate written under a schedule": (
        [
            """UPDATE loan_versions SET terms = jsonb_set(terms, '{rate}', '"2"') WHERE loan_id = 3""",
            """UPDATE loans SET terms = jsonb_set(terms, '{rate}', '"2"') WHERE id = 3""",
        ],
        None,
        "loan P-0003: schedule 1: instalment 1 is 750000 + 90000, its terms give 750000 + 180000",
    ),
    "another method written under a schedule": (
        [
            """UPDATE loan_versions SET terms = jsonb_set(terms, '{method}', '"menurun"') WHERE loan_id = 3""",
        ],
        None,
        "loan P-0003: schedule 1: instalment 2 is 750000 + 90000, its terms give 750000 + 82500",
    ),
    "terms that make no schedule": (
        [
            "UPDATE loan_versions SET terms = jsonb_set(terms, '{grace_principal}', '99') WHERE loan_id = 3",
        ],
        None,
        "loan P-0003: schedule 1: its terms make no schedule",
    ),
    "a loan's terms that are not its schedule's": (
        [
            "UPDATE loans SET terms = jsonb_set(terms, '{settlement_instalments}', '3') WHERE id = 3",
        ],
        None,
        "loan P-0003: its terms are not those of its schedule",
    ),
    "a payment's row deleted": (
        ["DELETE FROM loan_payments WHERE entry = 2"],
        2,
        "loan P-0001 says 0 of principal came back, booked",
    ),
    "a disbursement's schedule deleted": (
        ["DELETE FROM loan_versions WHERE loan_id = 1"],
        1,
        "loan P-0001 says 0 of principal came back, booked -1200000",
    ),
    "principal and interest of a row exchanged": (
        [
            (
                "UPDATE loan_payments SET principal = principal + 7, interest = interest - 7"
                " WHERE entry = 4"
            )
        ],
        4,
        "loan P-0001",
    ),
    "interest and fines of a row exchanged": (
        ["UPDATE loan_payments SET interest = interest + 3, penalty = penalty - 3 WHERE entry = 2"],
        2,
        "on 411000, booked",
    ),
    "the provisi of a row changed": (
        ["UPDATE loan_payments SET provisi = provisi + 1 WHERE entry = 2"],
        2,
        "on 113120, booked",
    ),
    "the amount of a row changed": (
        ["UPDATE loan_payments SET amount = amount + 1 WHERE entry = 2"],
        2,
        "its parts give",
    ),
    "the day of a row changed": (
        ['UPDATE loan_payments SET "on" = "on" - 60 WHERE entry = 2'],
        2,
        "is dated 2026-09-25, the entry 2026-11-24",
    ),
    "a payment made a settlement": (
        ["UPDATE loan_payments SET kind = 'settlement' WHERE entry = 4"],
        4,
        "is a settlement, it is loan-payment",
    ),
    "a row given to another loan": (
        ["UPDATE loan_payments SET loan_id = 3 WHERE entry = 4"],
        4,
        "loan P-0001",
    ),
    "the row of a reversal deleted": (
        ["DELETE FROM loan_payments WHERE kind = 'reversal'"],
        5,
        "loan P-0001",
    ),
    "a reversal's row that takes back another": (
        ["UPDATE loan_payments SET reverses = 2 WHERE kind = 'reversal'"],
        5,
        "takes back 2, not 3",
    ),
    "the fee of a disbursement's terms changed": (
        [
            (
                "UPDATE loan_versions SET terms = jsonb_set(terms, '{administrasi}', '5000')"
                " WHERE loan_id = 1"
            )
        ],
        1,
        "on 411200, booked 25000",
    ),
    "a principal changed in the schedule's head": (
        ["UPDATE loan_versions SET principal = principal + 1 WHERE loan_id = 1"],
        1,
        "loan P-0001",
    ),
    "an instalment's principal changed": (
        ["UPDATE loan_instalments SET principal = principal - 1 WHERE loan_id = 1 AND n = 12"],
        None,
        "loan P-0001: schedule 1: its instalments give 1199999 of principal, it is for 1200000",
    ),
    "the interest of a paid instalment changed": (
        ["UPDATE loan_instalments SET interest = interest - 1000 WHERE loan_id = 1 AND n = 1"],
        None,
        "loan P-0001: schedule 1: its entries moved",
    ),
    "an instalment marked as paid": (
        [
            (
                "UPDATE loan_instalments SET principal_paid = principal, interest_paid = interest,"
                " paid_on = '2026-11-24' WHERE loan_id = 1 AND n = 12"
            )
        ],
        None,
        "loan P-0001: schedule 1: instalment 12 is kept as paid 100000 + 12000 + 0, done 2026-11-24",
    ),
    "a fine that was paid forgotten": (
        [
            (
                "UPDATE loan_instalments SET penalty_paid = 0"
                " WHERE loan_id = 1 AND n = (SELECT min(n) FROM loan_instalments"
                "  WHERE loan_id = 1 AND penalty_paid > 0)"
            )
        ],
        None,
        "loan P-0001: schedule 1: instalment",
    ),
    "the stored outstanding changed": (
        ["UPDATE loans SET outstanding = outstanding - 50000 WHERE id = 3"],
        None,
        "loan P-0003: 8950000 outstanding, its account holds 9000000",
    ),
    "the oldest due day moved on": (
        ["UPDATE loans SET oldest_due = oldest_due + 90 WHERE id = 1"],
        None,
        "loan P-0001: owes since",
    ),
    "a running loan called settled": (
        ["UPDATE loans SET state = 'settled' WHERE id = 1"],
        None,
        "loan P-0001: is settled, replay says running; the last to move it is entry",
    ),
    "a settled loan let run again": (
        ["UPDATE loans SET state = 'running' WHERE id = 2"],
        None,
        "loan P-0002: is running, replay says settled",
    ),
    "the day of a settlement changed": (
        ["UPDATE loans SET settled_on = settled_on - 1 WHERE id = 2"],
        None,
        "loan P-0002: settled on",
    ),
    "a class made better": (
        ["UPDATE loans SET class = 'macet' WHERE id = 3"],
        None,
        "loan P-0003: is macet, its history ends with lancar",
    ),
    "a write-off nobody booked": (
        ["UPDATE loans SET written_off = 1 WHERE id = 1"],
        None,
        "loan P-0001: 1 written off, its entries say 0",
    ),
    "a recovery nobody booked": (
        ["UPDATE loans SET recovered = 1 WHERE id = 1"],
        None,
        "loan P-0001: 1 recovered, its entries say 0",
    ),
    "a loan given to somebody else": (
        ["UPDATE loans SET member_id = 1 WHERE id = 2"],
        None,
        "belongs to no loan of that member",
    ),
    "a loan deleted": (
        ["DELETE FROM loans WHERE id = 3"],
        None,
        "belongs to no loan of that member",
    ),
    "a loan put back to approved": (
        ["UPDATE loans SET state = 'approved', version = 0 WHERE id = 3"],
        None,
        "loan P-0003: its schedule is missing",
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_every_forgery_is_found_and_named(db: AsyncConnection, forgery: str):
    statements, entry, words = FORGERIES[forgery]
    found = (await _forged(db, *statements)).finding
    assert found is not None
    assert words in found.what
    if entry is not None:
        assert found.entry == entry


async def test_a_posting_on_a_loan_that_no_loan_knows_of_is_found(db: AsyncConnection):
    from tests.core.books import post  # noqa: PLC0415 - only here

    here = await _village(db)
    raw = await database.driver(db)
    account = await raw.fetchval("SELECT key FROM ledger.accounts WHERE loan_id = 3")
    entry = await post(
        db, ("111000", account, 500_000), operation="sendiri", kind="loan-payment",
        koperasi_id=here, recorder="person:1",
    )  # fmt: skip
    found = (await verify(db, here)).finding
    assert found is not None
    assert found.entry == entry.number
    assert "loan P-0003 says 0 of principal came back, booked 500000" in found.what


async def test_income_of_a_loans_entry_that_no_row_has_is_found(db: AsyncConnection):
    from tests.core.books import post  # noqa: PLC0415 - only here

    here = await _village(db)
    entry = await post(
        db, ("111000", "411000", 7_000), operation="jasa", kind="loan-payment", koperasi_id=here,
        recorder="person:1",
    )  # fmt: skip
    found = (await verify(db, here)).finding
    assert found is not None
    assert (found.entry, found.what) == (
        entry.number,
        f"entry {entry.number}: its loans say 0 on 411000, booked 7000",
    )


async def test_loans_are_read_page_by_page(db: AsyncConnection, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(verify_loans, "_PAGE", 1)
    here = await _village(db)
    assert (await verify(db, here)).finding is None
    raw = await database.driver(db)
    await raw.execute("UPDATE loans SET outstanding = 1 WHERE id = 3")
    found = (await verify(db, here)).finding
    assert found is not None
    assert "loan P-0003" in found.what
