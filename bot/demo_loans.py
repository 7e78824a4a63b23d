"""Loans of the sample village: one paid on time, one in arrears with its fine, one to pay out, one to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversations import loan_words
from core import people
from core.approvals import asking
from core.calendar import business_date, start_of
from core.cooperatives import Cooperative
from core.imports import balances as balance_import
from core.loans import applications, disbursement, payments, products, schedule
from core.loans.applications import Told
from core.loans.book import Loan
from core.loans.products import Product
from core.loans.terms import Fine, Penalty, Terms
from core.people import Member, Standing
from core.sealing import Keys
from notifications import requests
from notifications.messages import Say

# Cash, and the reserve of the years before: with what the members brought in, 399000 is zero.
_CASH = b"kode,jumlah\n111000,25000000\n340000,13850000\n"
_TERMS = Terms(
    administrasi=10_000,
    penalty=Penalty(kind=Fine.PERCENT_DAILY, value=Decimal("0.1"), grace_days=3, cap=Decimal(10)),
)
_LENT_DAYS_AGO = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who lends in the sample village, and since when its books run."""

    db: AsyncConnection
    cooperative: Cooperative
    keys: Keys
    ketua: Standing
    bendahara: Standing
    begun: date
    at: datetime


async def lend(office: Office, members: dict[str, Member]) -> None:
    """Bring cash and a product, and let four members borrow."""
    today = business_date(office.at, office.cooperative.zone)
    plan = await balance_import.check(
        office.db, _CASH, cooperative=office.cooperative, on=office.begun, name="kas.csv"
    )
    assert not plan.errors, plan.errors
    opened = start_of(office.begun) + timedelta(hours=1)
    await balance_import.apply(office.db, plan, at=opened, recorder="demo", source="demo")
    await products.set_product(
        office.db,
        koperasi_id=office.cooperative.id,
        product=Product(
            code="umum",
            name="Pinjaman umum",
            since=office.begun,
            terms=_TERMS,
            tenor=10,
            longest=24,
            most=None,
            offered=True,
        ),
        by="demo",
        at=office.at,
    )
    day = today - timedelta(days=_LENT_DAYS_AGO)
    on_time = await lent(office, members["Lahang Ipuy"], 2_000_000, day)
    await _paid_until(office, on_time, day, today)
    await lent(office, members["Budi Santoso"], 1_200_000, day)
    await _approved(office, members["Mardiana"], 1_500_000, today)
    await asked(office, members["Sugeng Riyadi"], 3_000_000, today)


async def _applied(office: Office, member: Member, principal: int, on: date, purpose: str) -> Loan:
    return await applications.apply(
        office.db,
        koperasi_id=office.cooperative.id,
        member=member,
        product=await products.find(office.db, koperasi_id=office.cooperative.id, on=on),
        principal=principal,
        count=10,
        on=on,
        at=min(start_of(on) + timedelta(hours=2), office.at),
        by=office.bendahara.recorder,
        source="demo",
        operation=f"demo/loan/{member.number}/{office.at.isoformat()}",
        keys=office.keys,
        told=Told(purpose=purpose),
    )


async def _approved(office: Office, member: Member, principal: int, on: date) -> Loan:
    loan = await _applied(office, member, principal, on, "modal warung")
    return await applications.decide(
        office.db,
        cooperative=office.cooperative,
        loan_id=loan.id,
        approvers=(office.ketua.recorder,),
        on=on,
        at=min(start_of(on) + timedelta(hours=3), office.at),
        keys=office.keys,
    )


async def lent(office: Office, member: Member, principal: int, on: date) -> Loan:
    """Let a member borrow on a day: applied for, approved and paid out."""
    loan = await _approved(office, member, principal, on)
    done = await disbursement.disburse(
        office.db,
        officer=office.bendahara,
        loan_id=loan.id,
        on=on,
        at=start_of(on) + timedelta(hours=4),
        operation=f"demo/disbursement/{member.number}",
        source="demo",
        keys=office.keys,
    )
    return done.loan


async def _paid_until(office: Office, loan: Loan, lent_on: date, today: date) -> None:
    """Pay every instalment due by today on its day."""
    rows = schedule.make(
        principal=loan.principal,
        count=loan.count,
        terms=loan.terms,
        disbursed=lent_on,
        rest_days=office.bendahara.rules.on(lent_on).rest_days,
    )
    for row in rows:
        if row.due > today:
            return
        await payments.pay(
            office.db,
            officer=office.bendahara,
            loan_id=loan.id,
            amount=row.principal + row.interest,
            on=row.due,
            at=min(start_of(row.due) + timedelta(hours=2), office.at),
            operation=f"demo/instalment/{loan.id}/{row.n}",
            source="demo",
        )


async def asked(office: Office, member: Member, principal: int, on: date) -> None:
    """Let an application wait for the ketua, as the treasurer's card would have."""
    loan = await _applied(office, member, principal, on, "bibit dan pupuk")
    rows = schedule.make(
        principal=principal,
        count=loan.count,
        terms=loan.terms,
        disbursed=on,
        rest_days=office.bendahara.rules.on(on).rest_days,
    )
    found = await applications.checklist(
        office.db,
        cooperative=office.cooperative,
        rules=office.bendahara.rules.on(on),
        loan=loan,
        keys=office.keys,
        on=on,
    )
    lines = [
        Say("operation-pengajuan"),
        Say("loan-label", {"loan": loan.label}),
        Say("card-member", {"name": member.name, "number": member.number}),
        Say("card-amount", {"amount": principal}),
        Say("card-date", {"on": on}),
        *loan_words.terms_lines("Pinjaman umum", loan.terms, loan.count),
        *loan_words.schedule_lines(rows),
        Say("loan-purpose", {"purpose": "bibit dan pupuk"}),
        *loan_words.check_lines(found),
    ]
    await asking.submit(
        office.db,
        maker=office.bendahara,
        chat=None,
        kind="loan",
        facts={"loan": loan.id},
        shown=requests.shown(lines, ()),
        operation=loan.operation,
        on=on,
        today=on,
        at=office.at,
        keys=office.keys,
        member_id=member.id,
        loan_id=loan.id,
    )


async def members_of(db: AsyncConnection, cooperative: Cooperative, on: date) -> dict[str, Member]:
    """Find the sample's members by name."""
    found = await people.active_members(db, koperasi_id=cooperative.id, on=on)
    return {member.name: member for member in found}
