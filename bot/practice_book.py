"""What a fresh practice book holds: made-up officers and members, their savings, loans and goods."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import demo_loans
from bot.demo_loans import Office
from core import database, everyday, people, practice
from core.calendar import business_date, month_of, next_month, start_of
from core.cooperatives import Cooperative
from core.everyday import Event
from core.goods import catalogue
from core.goods.catalogue import Said
from core.goods.stock import Line
from core.imports import balances as balance_import
from core.imports import members as member_import
from core.people import NewPerson, Standing
from core.permissions import Role
from core.sealing import Keys

SOURCE = "practice"
_STAFF = (("Pak Latihan", "L", Role.KETUA), ("Bu Contoh", "P", Role.BENDAHARA))
_MEMBERS = (
    ("Siti Aminah", "P", 250_000),
    ("Budi Santoso", "L", 400_000),
    ("Fatimah", "P", 1_200_000),
    ("Lahang Ipuy", "L", 1_500_000),
    ("Sugeng Riyadi", "L", 900_000),
    ("Rusmini", "P", 2_500_000),
    ("Mardiana", "P", 650_000),
    ("Abdul Gani", "L", 450_000),
)
_POKOK, _WAJIB = 100_000, 80_000  # rupiah each member brings
_BORROWER = "Budi Santoso"
_APPLICANTS = (("Mardiana", 1_500_000), ("Abdul Gani", 2_000_000))
_CASH = b"kode,jumlah\n111000,10000000\n"
_GOODS = (("Beras", "kg", 15_000, 50, 13_000), ("Minyak goreng", "liter", 18_000, 24, 16_000))
_MONTHS_AGO = 4
_LENT_DAYS_AGO = 70  # two instalments are due


async def fill(db: AsyncConnection, *, cooperative: Cooperative, keys: Keys, at: datetime) -> None:
    """Bring people and money into an empty practice book, by the operations everybody uses."""
    today = business_date(at, cooperative.zone)
    begun = next_month(month_of(today), -_MONTHS_AGO)
    opened = start_of(begun, cooperative.zone) + timedelta(hours=8)
    for name, gender, role in _STAFF:
        person = await people.add(
            db,
            NewPerson(name=name, gender=gender),
            koperasi_id=cooperative.id,
            keys=keys,
            at=opened,
        )
        await practice.hold(
            db, koperasi_id=cooperative.id, person_id=person, role=role, since=begun
        )
    plan = await member_import.check(
        db, _sheet(begun), cooperative=cooperative, keys=keys, on=begun, name="anggota.csv"
    )
    assert not plan.errors, plan.errors
    await member_import.apply(db, plan, keys=keys, at=opened, recorder=SOURCE, source=SOURCE)
    cash = await balance_import.check(db, _CASH, cooperative=cooperative, on=begun, name="kas.csv")
    assert not cash.errors, cash.errors
    await balance_import.apply(db, cash, at=opened, recorder=SOURCE, source=SOURCE)
    office = await office_of(db, cooperative=cooperative, keys=keys, at=at)
    await _stock(office, today)
    members = await demo_loans.members_of(db, cooperative, today)
    await demo_loans.lent(
        office, members[_BORROWER], 1_200_000, today - timedelta(days=_LENT_DAYS_AGO)
    )
    for name, principal in _APPLICANTS:
        await demo_loans.asked(office, members[name], principal, today)


async def office_of(
    db: AsyncConnection, *, cooperative: Cooperative, keys: Keys, at: datetime
) -> Office:
    """Find the made-up officers of a practice book."""
    today = business_date(at, cooperative.zone)
    staff = [await _standing(db, cooperative, name, today) for name, *_ in _STAFF]
    begun = next_month(month_of(today), -_MONTHS_AGO)
    return Office(
        db=db,
        cooperative=cooperative,
        keys=keys,
        ketua=staff[0],
        bendahara=staff[1],
        begun=begun,
        at=at,
    )


async def want_decisions(
    db: AsyncConnection, *, cooperative: Cooperative, keys: Keys, at: datetime
) -> None:
    """Let made-up members apply for a loan again where no request of the made-up treasurer waits any more."""
    office = await office_of(db, cooperative=cooperative, keys=keys, at=at)
    raw = await database.driver(db)
    waits = await raw.fetchval(
        "SELECT EXISTS (SELECT FROM approvals WHERE koperasi_id = $1 AND state = 'waiting'"
        " AND maker_person = $2 AND expires_at > $3)",
        cooperative.id,
        office.bendahara.person_id,
        at,
    )
    if waits:
        return
    today = business_date(at, cooperative.zone)
    members = await demo_loans.members_of(db, cooperative, today)
    for name, principal in _APPLICANTS:
        await demo_loans.asked(office, members[name], principal, today)


def _sheet(joined: date) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        (
            "nama",
            "jenis_kelamin",
            "tanggal_masuk",
            "simpanan_pokok",
            "simpanan_wajib",
            "simpanan_sukarela",
        )
    )
    for name, gender, sukarela in _MEMBERS:
        writer.writerow((name, gender, joined.isoformat(), _POKOK, _WAJIB, sukarela))
    return out.getvalue().encode()


async def _stock(office: Office, today: date) -> None:
    for name, unit, price, count, cost in _GOODS:
        good = await catalogue.keep(
            office.db,
            officer=office.bendahara,
            said=Said(name=name, unit=unit, price=price),
            at=office.at,
        )
        line = Line(good=good.id, quantity=count * 1000, amount=count * cost)
        await everyday.record(
            office.db,
            officer=office.bendahara,
            plan=everyday.plan(Event.PURCHASE, line.amount, lines=(line,)),
            on=today,
            at=office.at,
            operation=f"practice/stock/{good.id}",
            source=SOURCE,
        )


async def _standing(db: AsyncConnection, cooperative: Cooperative, name: str, on: date) -> Standing:
    raw = await database.driver(db)
    person = await raw.fetchval(
        "SELECT p.id FROM people p WHERE p.koperasi_id = $1 AND p.name = $2 AND p.id <> $3"
        " ORDER BY p.id LIMIT 1",
        cooperative.id,
        name,
        practice.LEARNER,
    )
    assert person is not None, name
    found = await people.standing(db, koperasi_id=cooperative.id, person_id=person, on=on)
    assert found is not None, name
    return found
