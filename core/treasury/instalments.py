"""When a bank is to be paid next: the instalments of loans the cooperative took (PMK 49/2025, domain 1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import balances, database, holidays
from core.calendar import month_of, months_between, next_month
from core.money import Rupiah
from core.rules import Rules
from core.tables.treasury import bank_loans
from core.treasury.events import LENDERS, Event

_MOST = 20  # loans of one cooperative that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class BankDue:
    """An instalment that a bank waits for; `amount` in rupiah as the terms have it: the bank's paper decides."""

    lender: str
    on: date
    amount: Rupiah


def instalment(amount: Rupiah, *, rate: Decimal, months: int, grace: int, number: int) -> Rupiah:
    """Return the payment of a month, half-up to the rupiah: interest alone in the grace, then equal payments.

    `rate` is per cent a year, a twelfth of it a month.
    """
    monthly, payments = rate / 1200, months - grace
    if number <= grace:
        return _whole(amount * monthly)
    if not monthly:
        return _whole(Decimal(amount) / payments)
    return _whole(amount * monthly / (1 - (1 + monthly) ** -payments))


def due_on(received: date, number: int, rules: Rules) -> date:
    """Return the day of a payment: that of the rule bank_due_day in the month, or the next working day."""
    day = next_month(month_of(received), number).replace(day=rules.bank_due_day)
    return holidays.next_working_day(day, rules.rest_days)


async def warned(
    db: AsyncConnection, *, koperasi_id: int, rules: Rules, today: date, since: date
) -> list[BankDue]:
    """List the instalments to warn of today: so many days before as the rule bank_reminder_days says.

    One whose day to warn came after `since` is warned of too; nothing of one that was paid since the last.
    """
    rows = await db.execute(
        select(bank_loans)
        .where(bank_loans.c.koperasi_id == koperasi_id, bank_loans.c.received_on <= today)
        .order_by(bank_loans.c.entry)
        .limit(_MOST)
    )
    found = []
    loans = rows.all()
    for loan in loans:
        next_one = months_between(month_of(loan.received_on), month_of(today))
        for number in (next_one - 1, next_one):  # this month's and the next one's
            if not 1 <= number <= loan.months:
                continue
            on = due_on(loan.received_on, number, rules)
            if not any(since < on + timedelta(days=d) <= today for d in rules.bank_reminder_days):
                continue
            code = LENDERS[loan.lender]
            before = due_on(loan.received_on, number - 1, rules) if number > 1 else loan.received_on
            alone = None if len(loans) == 1 else code
            if await _paid(db, koperasi_id, code=alone, after=before, until=today):
                continue
            if await balances.of_account(db, koperasi_id=koperasi_id, key=code) <= 0:
                continue
            payment = instalment(
                loan.amount, rate=loan.rate, months=loan.months, grace=loan.grace, number=number
            )
            found.append(BankDue(lender=loan.lender, on=on, amount=payment))
    return found


async def _paid(
    db: AsyncConnection, koperasi_id: int, *, code: str | None, after: date, until: date
) -> bool:
    """Whether a bank was paid, this lender's principal where there are several."""
    raw = await database.driver(db)
    paid: bool = await raw.fetchval(
        "SELECT EXISTS (SELECT FROM ledger.entries e WHERE e.koperasi_id = $1 AND e.kind = ANY ($2)"
        ' AND e."on" > $3 AND e."on" <= $4 AND NOT EXISTS (SELECT FROM ledger.entries v'
        "  WHERE v.koperasi_id = $1 AND v.reverses = e.number)"
        " AND ($5::text IS NULL OR EXISTS (SELECT FROM ledger.postings p JOIN ledger.accounts a"
        "  ON a.koperasi_id = $1 AND a.id = p.debit AND a.code = $5"
        "  WHERE p.koperasi_id = $1 AND p.entry = e.number)))",
        koperasi_id,
        [Event.INSTALMENT.value, Event.VILLAGE.value],
        after,
        until,
        code,
    )
    return paid


def _whole(amount: Decimal) -> Rupiah:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
