"""The officers' morning: numbers on working days, nothing when there is nothing."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core import consents, database, documents, everyday, findings, meetings
from core.cooperatives import Cooperative
from core.documents import Document, Kind
from core.goods import suppliers
from core.holidays import known
from core.loans.book import Loan
from core.meetings import Meeting
from core.people import Member
from core.permissions import Role
from core.reminders import answers
from core.reminders.subjects import Subject
from core.rules import in_force, set_rule
from core.treasury import book, events
from core.treasury.events import Event, Terms
from notifications.jobs import digest
from notifications.messages import Content
from tests.builders_core import AT, a_cooperative, a_member, an_officer
from tests.conftest import KEYS
from tests.core.loan_books import a_running_loan
from tests.notifications.test_reminders import VILLAGES, at, changed, linked, owed, rows
from tests.notifications.test_reminding import made, said

DUE = date(2026, 7, 24)  # a Friday: an instalment falls due
CHRISTMAS = date(2026, 12, 25)


class Village:
    """A cooperative with a linked chairman (id ketua) and a member with a loan."""

    def __init__(self, here: Cooperative, ketua: int, member: Member, loan: Loan) -> None:
        self.here, self.ketua, self.member, self.loan = here, ketua, member, loan


async def a_village(owner: AsyncEngine, village: str = VILLAGES[0], **rules: Any) -> Village:
    async with database.transaction(owner) as db:
        here = await a_cooperative(db, village=village, **rules)
        ketua = (await an_officer(db, here, Role.KETUA, name="Haji Udin")).person_id
        await linked(db, here, ketua)
        member = await a_member(db, here)
        await linked(db, here, member.id)
        loan = await a_running_loan(db, member.id, koperasi_id=here.id)
    return Village(here, ketua, member, loan)


async def test_the_morning_counts_what_is_due_late_waiting_disputed_claimed_and_lost(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    here, day = village.here.id, DUE + timedelta(days=31)  # the second falls due, the first is late
    async with database.transaction(owner_engine, koperasi_id=here) as db:
        first = Subject(loan_id=village.loan.id, version=1, n=1)
        early = datetime.fromisoformat("2026-07-01T00:00+00:00")
        who = {"koperasi_id": here, "person_id": village.member.id}
        await answers.say_paid(db, **who, subject=first, at=early)
        lost = await a_member(db, village.here, "Wati")
        await linked(db, village.here, lost.id)
    await changed(
        owner_engine, "UPDATE addresses SET ended_at = now() WHERE person_id = $1", lost.id
    )
    await changed(
        owner_engine,
        'INSERT INTO approvals (koperasi_id, number, kind, operation, request_sealed, "on", source,'
        " maker, voter, needed, state, made_at, expires_at)"
        " SELECT $1, n, 'deposit', 'op' || n, '', $2::date, 'test', 'person:1', 'officer', 1,"
        " CASE n WHEN 3 THEN 'approved' ELSE 'waiting' END, $2::date, $2::date + n - 1"
        " FROM generate_series(1, 3) n",
        here,
        day,
    )  # the first has lapsed by then, the third is decided
    await changed(
        owner_engine,
        "INSERT INTO receipts (koperasi_id, entry, member_id, code, kind, amount, balance_before,"
        " balance, witness, answer, answered_at, made_at)"
        " VALUES ($1, 1, $2, 'A', 'x', 1, 0, 1, true, 'disputed', $3, $3)",
        here,
        village.member.id,
        at(day),
    )
    assert await digest.look(clock_engine, KEYS, at(day, 8)) == 1
    name = f"digest/{day}/{village.ketua}"
    assert await owed(clock_engine) == [name]
    assert (await said(clock_engine, name, at(day, 8))).split("\n") == [
        f"Selamat pagi, Haji Udin. {village.here.name}, 24 Agustus 2026:",
        "Jatuh tempo hari ini: 1 angsuran, Rp112.000",
        "Menunggak: 1 pinjaman, Rp112.000",
        "Menunggu persetujuan: 1",
        "Bukti yang dibantah anggota: 1",
        "Mengaku sudah bayar, belum diperiksa: 1",
        "Anggota yang chatnya terputus: 1",
    ]
    content = await made(clock_engine, name, at(day, 8))
    assert isinstance(content, Content)
    mark = f"eo:{here}:{village.ketua}"
    assert [one.data for line in content.buttons for one in line] == [
        f"{mark}:late:0", f"{mark}:wait:0", f"{mark}:claims:0", f"{mark}:lost:0",
    ]  # fmt: skip


async def test_findings_are_told_to_pengurus_and_pengawas_alone(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    here, day = village.here.id, DUE - timedelta(days=1)
    async with database.transaction(owner_engine, koperasi_id=here) as db:
        readers = [village.ketua]
        for role in (Role.PENGAWAS, Role.PENDAMPING):
            officer = await an_officer(db, village.here, role, name=f"Pak {role.value}")
            await linked(db, village.here, officer.person_id)
            readers.append(officer.person_id)
        for days in (12, 3):
            await findings.mark(
                db, koperasi_id=here, entry=1, person_id=readers[1], words="nota", keys=KEYS,
                at=at(day - timedelta(days=days), 7),
            )  # fmt: skip
    assert await digest.look(clock_engine, KEYS, at(day, 8)) == 3
    told = "Temuan pengawas yang terbuka: 2"
    for reader in readers[:2]:
        assert told in await said(clock_engine, f"digest/{day}/{reader}", at(day, 8))
    assert await made(clock_engine, f"digest/{day}/{readers[2]}", at(day, 8)) == "nothing"


async def test_a_quiet_morning_says_nothing(owner_engine: AsyncEngine, clock_engine: AsyncEngine):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        ketua = await an_officer(db, here, Role.KETUA)
        await linked(db, here, ketua.person_id)
    assert await digest.look(clock_engine, KEYS, at(DUE, 8)) == 0


async def test_a_document_that_expires_is_told_thirty_days_before_and_not_again_the_next_morning(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        sari = await an_officer(db, here, Role.SEKRETARIS)
        await linked(db, here, sari.person_id)
        nib = Document(kind=Kind.NIB, number="9120001122334", expires_on=DUE + timedelta(days=30))
        await documents.keep(db, officer=sari, document=nib, today=DUE, at=AT)
    assert await digest.look(clock_engine, KEYS, at(DUE - timedelta(days=1), 8)) == 0
    assert await digest.look(clock_engine, KEYS, at(DUE, 8)) == 1
    told = await said(clock_engine, f"digest/{DUE}/{sari.person_id}", at(DUE, 8))
    assert told.split("\n")[1:] == ["NIB habis 23 Agustus 2026: perpanjang"]
    monday = DUE + timedelta(days=3)
    assert await digest.look(clock_engine, KEYS, at(monday, 8)) == 0


async def test_what_suppliers_wait_for_longer_than_thirty_days_is_told_to_who_may_pay(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        keeper = await an_officer(db, here, Role.PENGELOLA, name="Joko")
        rina = await an_officer(db, here, name="Rina")
        for one in (keeper, rina):
            await linked(db, here, one.person_id)
        makmur = await suppliers.keep(db, officer=keeper, name="Toko Makmur", at=at(DUE))
        await everyday.record(
            db,
            officer=keeper,
            plan=everyday.plan(
                everyday.Event.PURCHASE, 700_000, on_credit=True, supplier=makmur.id
            ),
            on=DUE,
            at=at(DUE),
            operation="rice",
            source="test",
        )
    monday = DUE + timedelta(days=31)
    assert await digest.look(clock_engine, KEYS, at(monday - timedelta(days=4), 8)) == 0
    assert await digest.look(clock_engine, KEYS, at(monday, 8)) == 2
    told = await said(clock_engine, f"digest/{monday}/{rina.person_id}", at(monday, 8))
    assert told.split("\n")[1:] == ["Utang pemasok lebih dari 30 hari: Rp700.000 ke 1 pemasok"]
    mute = f"digest/{monday}/{keeper.person_id}"
    assert await made(clock_engine, mute, at(monday, 8)) == "nothing"


async def test_the_annual_meeting_is_told_to_who_holds_it_until_it_was_held(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    due = date(2027, 6, 30)
    async with database.transaction(owner_engine) as db:
        here = await a_cooperative(db)
        await a_member(db, here, joined=date(2026, 5, 4))
        sari = await an_officer(db, here, Role.SEKRETARIS)
        rina = await an_officer(db, here, name="Rina")
        for one in (sari, rina):
            await linked(db, here, one.person_id)
    for days in (90, 30, 7):  # Thursday, Monday, Wednesday
        day = due - timedelta(days=days)
        assert await digest.look(clock_engine, KEYS, at(day - timedelta(days=1), 8)) == 0, days
        assert await digest.look(clock_engine, KEYS, at(day, 8)) == 2, days
        told = await said(clock_engine, f"digest/{day}/{sari.person_id}", at(day, 8))
        assert f"RAT tahun buku 2026 paling lambat 30 Juni 2027: {days} hari lagi" in told
        assert "16 Juni 2027" in told  # the invitations
        mute = f"digest/{day}/{rina.person_id}"
        assert await made(clock_engine, mute, at(day, 8)) == "nothing"
    async with database.transaction(owner_engine, koperasi_id=here.id) as db:
        held = Meeting(year=2026, held_on=date(2027, 3, 15), present=1, minutes="1/RAT")
        await meetings.keep(db, officer=sari, meeting=held, today=due, at=at(due))
        await set_rule(
            db, koperasi_id=here.id, name="meeting_months", value="3", since=date(2026, 1, 1),
            by="person:1", at=AT,
        )  # fmt: skip
        rules = await in_force(db, here.id, date(2026, 12, 31))
        assert meetings.calendar(2026, rules) == meetings.Calendar(
            year=2026, report=date(2027, 2, 28), invite=date(2027, 3, 17), due=date(2027, 3, 31)
        )
    name = f"digest/{due - timedelta(days=7)}/{sari.person_id}"
    assert await made(clock_engine, name, at(due - timedelta(days=7), 9)) == "nothing"


async def test_it_is_said_in_the_morning_alone_and_once_by_two_clocks(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await a_village(owner_engine)
    for hour, minute in ((6, 0), (7, 29), (12, 0), (18, 0)):
        assert await digest.look(clock_engine, KEYS, at(DUE, hour, minute)) == 0
    found = await asyncio.gather(
        *(digest.look(clock_engine, KEYS, at(DUE, 7, 30)) for _ in range(3))
    )
    assert sum(found) == 1
    assert await digest.look(clock_engine, KEYS, at(DUE, 11, 50)) == 0
    (row,) = await rows(clock_engine)
    assert row["expires_at"] == at(DUE, 12)
    assert row["purpose"] == "reminder"


async def test_each_zone_has_its_own_half_past_seven(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await a_village(owner_engine)
    await changed(owner_engine, "UPDATE cooperatives SET zone = 'Asia/Jayapura'")
    assert await digest.look(clock_engine, KEYS, at(DUE, 6, 29)) == 0
    assert await digest.look(clock_engine, KEYS, at(DUE, 6, 30)) == 1


@pytest.mark.parametrize(
    ("day", "rest_days", "said_"),
    [
        (CHRISTMAS, "sabtu,minggu", 0),
        (date(2026, 12, 26), "sabtu,minggu", 0),  # Saturday
        (date(2026, 12, 26), "minggu", 1),
        (date(2026, 12, 27), "minggu", 0),
        (date(2026, 12, 27), "none", 1),
        (date(2026, 12, 28), "sabtu,minggu", 1),
    ],
)
async def test_days_of_rest_and_holidays_have_no_morning(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine, day: date, rest_days: str, said_: int
):
    assert CHRISTMAS in known()
    await a_village(owner_engine, rest_days=rest_days)
    assert await digest.look(clock_engine, KEYS, at(day, 8)) == said_


async def test_it_goes_to_who_may_see_the_books_and_is_reached(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    async with database.transaction(owner_engine, koperasi_id=village.here.id) as db:
        for role in (Role.BENDAHARA, Role.PENGAWAS, Role.PENDAMPING):
            officer = await an_officer(db, village.here, role, name=f"Pak {role.value}")
            await linked(db, village.here, officer.person_id)
        await an_officer(db, village.here, Role.SEKRETARIS, name="Tanpa Chat")
    assert await digest.look(clock_engine, KEYS, at(DUE, 8)) == 4
    assert f"digest/{DUE}/{village.member.id}" not in await owed(clock_engine)


async def test_an_office_that_ended_an_empty_morning_and_stop_drop_the_row(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    assert await digest.look(clock_engine, KEYS, at(DUE, 8)) == 1
    name, now = f"digest/{DUE}/{village.ketua}", at(DUE, 8)
    await changed(owner_engine, "UPDATE loans SET state = 'settled'")
    assert await made(clock_engine, name, now) == "nothing"
    await changed(owner_engine, "UPDATE loans SET state = 'running'")
    await changed(owner_engine, "UPDATE officers SET until = $1", DUE)
    assert await made(clock_engine, name, now) == "left"
    await changed(owner_engine, "UPDATE officers SET until = NULL")
    async with database.transaction(owner_engine, koperasi_id=village.here.id) as db:
        here, who = village.here.id, village.ketua
        await consents.withdraw(db, koperasi_id=here, person_id=who, channel="telegram", at=AT)
    assert await made(clock_engine, name, now) == "consent-withdrawn"


async def test_an_operator_may_ask_for_a_morning_at_any_hour(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    await a_village(owner_engine)
    assert await digest.digest_job(owner_engine, KEYS, at(DUE, 15)) == 1
    (row,) = await rows(clock_engine)
    assert row["expires_at"] > at(DUE, 15)


async def test_the_treasurer_reads_of_the_bank_a_week_and_a_day_before(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    here = village.here.id
    async with database.transaction(owner_engine, koperasi_id=here) as db:
        rina = await an_officer(db, village.here)
        await linked(db, village.here, rina.person_id)
        hendra = await an_officer(db, village.here, Role.SEKRETARIS, name="Hendra")
        plan = events.plan(
            Event.BANK_LOAN, 9_000_000, place="112100", account="221000", consent="RA 3",
            terms=Terms(lender="himbara", rate=Decimal(6), months=72, grace=8),
        )  # fmt: skip
        given = date(2026, 7, 2)
        await book.record(
            db, officer=rina, plan=plan, on=given, at=at(given, 10), operation="borrows",
            source="telegram", approver=hendra.recorder,
        )  # fmt: skip
    for day in (date(2026, 8, 5), date(2026, 8, 11)):  # of 12 August
        await digest.look(clock_engine, KEYS, at(day, 8))
        text = await said(clock_engine, f"digest/{day}/{rina.person_id}", at(day, 8))
        assert "Angsuran Pinjaman bank Himbara jatuh tempo 12 Agustus 2026" in text
        assert "sekitar Rp45.000" in text


async def test_a_month_nobody_closed_is_named_on_the_third_working_day(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    village = await a_village(owner_engine)
    here, late = village.here.id, "Juli 2026 belum ditutup. Ketik: tutup bulan"
    for day in (date(2026, 8, 3), date(2026, 8, 4), date(2026, 8, 5), date(2026, 8, 6)):
        await digest.look(clock_engine, KEYS, at(day, 8))
        name = f"digest/{day}/{village.ketua}"
        text = (
            await said(clock_engine, name, at(day, 8)) if name in await owed(clock_engine) else ""
        )
        assert (late in text) == (day == date(2026, 8, 5)), (day, text)
    await changed(
        owner_engine,
        "UPDATE ledger.books SET closed_through = '2026-07-31' WHERE koperasi_id = $1",
        here,
    )
    assert late not in await said(clock_engine, f"digest/2026-08-05/{village.ketua}", at(day, 8))
