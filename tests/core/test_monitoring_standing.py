"""What the province watches besides the postings: deadlines, meetings, documents, training, counts of cash, BMPP, and their limits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, documents, ledger, meetings, practice, rules
from core.accounts import CASH, SavingsKind
from core.calendar import WITA, month_of
from core.cooperatives import Cooperative
from core.documents import Document, Kind
from core.ledger import Posting
from core.meetings import Meeting
from core.monitoring import deadlines, keeping, reading
from core.monitoring.deadlines import Closed
from core.monitoring.figures import BY_NAME
from core.monitoring.reading import Total, Watched
from core.people import Member, Standing
from core.permissions import Role
from core.rules import RuleBook
from core.seals import BOXES
from tests.builders_core import AT, TODAY, a_cooperative, a_member, an_officer, pays
from tests.core.loan_books import a_running_loan

NUMBERS = {
    Kind.DEED: "12", Kind.DECREE: "AHU-0017736.AH.01.29.TAHUN 2025", Kind.NIK: "1" * 13, Kind.NPWP: "2" * 16,
    Kind.ACCOUNT: "3" * 10, Kind.NIB: "4" * 13, Kind.PERMIT: "IUMK-5",
}  # fmt: skip
BACK = date(2025, 12, 3)


async def a_place(
    db: AsyncConnection, village: str, *, papers: int, expired: int, held: date | None, counts: tuple[int, ...],
    borrowed: tuple[int, ...], lessons: int, disputed: int = 0, waiting: int = 0, **set_rules: int,
) -> Cooperative:  # fmt: skip
    """Found a cooperative of six members that began in December 2025; the last cash difference is taken back."""
    here = await a_cooperative(db, village=village, **set_rules)
    rina = await an_officer(db, here, since=BACK)
    await an_officer(db, here, Role.KETUA, name="Hendra", since=BACK)
    sari = await an_officer(db, here, Role.SEKRETARIS, name="Sari", since=BACK)
    people = [await a_member(db, here, f"Warga {n}", joined=BACK) for n in range(6)]
    for member in people:
        await pays(db, rina, member, SavingsKind.SUKARELA, 100_000, on=BACK)
    for number, kind in enumerate([*Kind][:papers]):
        ends = TODAY - timedelta(days=1) if number < expired else TODAY
        said = Document(kind=kind, number=NUMBERS[kind], issued_on=BACK, expires_on=ends)
        await documents.keep(db, officer=sari, document=said, today=TODAY, at=AT)
    if held:
        meeting = Meeting(year=2025, held_on=held, present=6, minutes="1/RAT")
        await meetings.keep(db, officer=sari, meeting=meeting, today=TODAY, at=AT)
    for member, amount in zip(people, borrowed, strict=False):
        await a_running_loan(db, member.id, principal=amount, koperasi_id=here.id)
    for number, amount in enumerate(counts):
        await _differs(db, here, rina, amount, last=number == len(counts) - 1)
    await _left_open(db, here, people, disputed, waiting)
    await practice.keep(
        db, koperasi_id=here.id, person_id=rina.person_id, at=AT,
        lessons=practice.courses()[Role.BENDAHARA][:lessons],
    )  # fmt: skip
    await keeping.refresh(db, koperasi_id=here.id, zone=WITA, at=AT)
    return here


async def _differs(
    db: AsyncConnection, here: Cooperative, rina: Standing, amount: int, *, last: bool
) -> None:  # fmt: skip
    posting = (
        Posting(debit=CASH, credit="419000", amount=amount)
        if amount > 0
        else Posting(debit="529000", credit=CASH, amount=-amount)
    )
    entry = await ledger.post(
        db, [posting], koperasi_id=here.id, kind="cash-count", on=TODAY - timedelta(days=30), at=AT, zone=WITA,
        recorder=rina.recorder, source="telegram", operation=f"hitung-{amount}",
    )  # fmt: skip
    if last:
        await ledger.reverse(
            db, number=entry.number, koperasi_id=here.id, on=TODAY, at=AT, zone=WITA, recorder=rina.recorder,
            operation="batal", source="telegram", reason="salah hitung",
        )  # fmt: skip


async def _left_open(
    db: AsyncConnection, here: Cooperative, people: list[Member], disputed: int, waiting: int
) -> None:
    """Let the members of the first entries dispute them, and leave requests to wait; the last one has run out."""
    for entry, member in enumerate(people[:disputed], start=1):
        await db.execute(
            text(
                "INSERT INTO receipts (koperasi_id, entry, member_id, code, kind, amount, balance_before, balance,"
                " witness, answer, answered_at, made_at) VALUES (:here, :entry, :member, :code,"
                " 'deposit-sukarela', 100000, 0, 100000, true, 'disputed', :at, :at)"
            ),
            {"here": here.id, "entry": entry, "member": member.id, "code": f"C{entry}", "at": AT},
        )
    for number in range(1, waiting + 1):
        await db.execute(
            text(
                'INSERT INTO approvals (koperasi_id, number, kind, operation, request_sealed, "on", source, maker,'
                " voter, needed, state, made_at, expires_at) VALUES (:here, :number, 'expense', :operation,"
                " ''::bytea, :on, 'telegram', 'person:1', 'officer', 1, 'waiting', :at, :until)"
            ),
            {
                "here": here.id, "number": number, "operation": f"ask/{number}", "on": TODAY, "at": AT - timedelta(days=9),
                "until": AT + timedelta(days=1 if number < waiting else 0),
            },
        )  # fmt: skip


async def recomputed(db: AsyncConnection, here: Cooperative) -> dict[str, Any]:
    """Read the same off the tables, one row after the other."""
    at = {"here": here.id, "today": TODAY}

    async def rows(statement: str) -> list[Any]:
        return list(await db.execute(text(statement), at))

    papers = {
        row.kind: row.expires_on
        for row in await rows("SELECT * FROM legal_documents WHERE koperasi_id = :here ORDER BY n")
    }
    entries = await rows("SELECT * FROM ledger.entries WHERE koperasi_id = :here")
    back = {entry.reverses for entry in entries}
    off = {e.number for e in entries if e.kind == "cash-count" and (TODAY - e.on).days <= 30} - back
    moved = await rows("SELECT entry, amount FROM ledger.postings WHERE koperasi_id = :here")
    lessons: dict[int, set[str]] = {}
    for row in await rows("SELECT person_id, role FROM officers WHERE koperasi_id = :here"):
        lessons.setdefault(row.person_id, set()).update(practice.courses()[Role(row.role)])
    passed: dict[int, set[str]] = {}
    for row in await rows("SELECT person_id, lesson FROM lessons_done WHERE koperasi_id = :here"):
        passed.setdefault(row.person_id, set()).add(row.lesson)
    owed: dict[int, int] = {}
    for row in await rows("SELECT member_id, outstanding FROM loans WHERE koperasi_id = :here"):
        owed[row.member_id] = owed.get(row.member_id, 0) + row.outstanding
    held = await rules.in_force(db, here.id, TODAY)
    limit = held.modal_tetap * held.bmpp_percent // 100
    boxes = {
        row.id
        for row in await rows("SELECT id, code FROM ledger.accounts WHERE koperasi_id = :here")
        if row.code in BOXES
    }
    touched = {
        row.entry
        for row in await rows(
            "SELECT entry, debit, credit FROM ledger.postings WHERE koperasi_id = :here"
        )
        if {row.debit, row.credit} & boxes
    }
    lately = {e.on for e in entries if e.number in touched and 1 <= (TODAY - e.on).days <= 30}
    receipts = await rows("SELECT entry, answer FROM receipts WHERE koperasi_id = :here")
    asked = await rows("SELECT state, expires_at FROM approvals WHERE koperasi_id = :here")
    met = await rows(
        "SELECT held_on FROM annual_meetings WHERE koperasi_id = :here AND year = 2025"
    )
    return {
        "documents": sum(ends is None or ends >= TODAY for ends in papers.values()),
        "documents_needed": 7,
        "unsealed": len(lately),
        "disputed": sum(one.answer == "disputed" and one.entry not in back for one in receipts),
        "waiting": sum(one.state == "waiting" and one.expires_at > AT for one in asked),
        "cash_off": sum(row.amount for row in moved if row.entry in off),
        "officers": len(lessons),
        "trained": sum(needed <= passed.get(who, set()) for who, needed in lessons.items()),
        "bmpp": sum(amount > limit for amount in owed.values()) if limit else None,
        "meetings_due": 1,
        "meetings_met": sum(row.held_on <= date(2026, 6, 30) for row in met),
        "deadlines_due": 5,
        "deadlines_met": 0,
        "unclosed": 11,  # December to October
    }


async def test_what_is_watched_is_what_the_tables_say_of_each_of_a_region_and_of_all(
    db: AsyncConnection,
):
    facts: list[dict[str, Any]] = [
        {"papers": 7, "expired": 0, "held": date(2026, 6, 30), "counts": (5_000, -2_000, 900), "lessons": 99, "disputed": 3, "waiting": 2,
         "borrowed": (1_600_000, 1_500_000, 300_000, 300_000, 300_000), "modal_tetap": 10_000_000},
        {"papers": 7, "expired": 2, "held": date(2026, 7, 1), "counts": (), "lessons": 3, "waiting": 3, "borrowed": ()},
        {"papers": 3, "expired": 0, "held": None, "counts": (-700, 1), "lessons": 0, "disputed": 1, "waiting": 1,
         "borrowed": (600_000, 200_000), "modal_tetap": 3_000_000},
    ]  # fmt: skip
    villages = ("64.72.05.1003", "64.72.05.1003", "64.01.01.2009")
    made = []
    for village, said in zip(villages, facts, strict=True):
        made.append(await a_place(db, village, **said))
    told: dict[str, dict[str, Any]] = {}
    for here in made:
        await database.enter(db, here.id)
        told[here.code] = await recomputed(db, here)
    assert [one["documents"] for one in told.values()] == [7, 5, 3]
    assert [one["cash_off"] for one in told.values()] == [7_000, 0, 700]
    assert [one["trained"] for one in told.values()] == [1, 0, 0]
    assert [one["disputed"] for one in told.values()] == [3, 0, 1]
    assert [one["waiting"] for one in told.values()] == [1, 2, 0]
    assert [one["unsealed"] for one in told.values()] == [1, 0, 1]
    assert [one["bmpp"] for one in told.values()] == [1, None, 1]
    assert [one["meetings_met"] for one in told.values()] == [1, 0, 0]
    month = month_of(TODAY)
    listed = {one.code: one for one in await reading.cooperatives(db, region="64", month=month)}
    assert {
        code: {name: getattr(listed[code], name) for name in expected}
        for code, expected in told.items()
    } == told
    sums = await reading.totals(db, region="64", first=month, last=month)
    parts = {"64.72": made[:2], "64.01": made[2:], None: made}
    assert {one.region for one in sums} == set(parts)
    for total in sums:
        of_it = [told[here.code] for here in parts[total.region]]
        for name in of_it[0]:
            assert getattr(total, name) == sum(one[name] or 0 for one in of_it), (
                total.region,
                name,
            )
        assert total.complete == sum(one["documents"] == 7 for one in of_it)
    whole = next(one for one in sums if one.region is None)
    first = listed[made[0].code]
    assert [str(_of(name, whole)) for name in ("meetings", "documents", "training")] == [
        "33.3", "71.4", "11.1",
    ]  # fmt: skip
    assert [str(_of(name, first)) for name in ("meetings", "documents", "training")] == [
        "100.0", "100.0", "33.3",
    ]  # fmt: skip


def _of(name: str, one: Watched | Total) -> object:
    return BY_NAME[name].of(one, TODAY)


async def test_the_limits_of_an_alert_are_the_rules_of_the_day(db: AsyncConnection):
    here = await a_cooperative(db)
    month = month_of(TODAY)

    async def limits() -> tuple[int, int, int]:
        await keeping.refresh(db, koperasi_id=here.id, zone=WITA, at=AT)
        (one,) = await reading.cooperatives(db, region="64.72", month=month)
        return one.silence_days, one.liquidity_floor, one.dispute_days

    assert await limits() == (7, 20, 7)
    for name, value, since in (
        ("silence_days", "14", TODAY),
        ("liquidity_floor", "35", TODAY),
        ("dispute_days", "3", TODAY),
        ("dispute_days", "2", TODAY + timedelta(days=1)),
    ):
        await rules.set_rule(
            db, koperasi_id=here.id, name=name, value=value, since=since, by="test", at=AT
        )
    assert await limits() == (14, 35, 3)


def test_a_report_and_a_meeting_are_in_time_by_the_day_that_held_when_their_period_ended():
    begun, book = date(2026, 2, 3), RuleBook(())
    asked = deadlines.passed(date(2026, 7, 21), begun, book)
    assert [(one.name, one.due.isoformat()) for one in asked] == [
        ("quarter", "2026-04-20"), ("quarter", "2026-07-20"), ("half-year", "2026-07-20"),
    ]  # fmt: skip
    assert [one.name for one in deadlines.passed(date(2026, 7, 20), begun, book)] == ["quarter"]
    whole = deadlines.passed(date(2027, 7, 1), begun, book)
    assert [one.due.isoformat()[5:] for one in whole] == [
        "07-20", "07-20", "10-20", "04-20", "04-30", "06-30",
    ]  # fmt: skip
    assert deadlines.passed(date(2026, 7, 21), None, book) == []
    closings = [
        Closed(through=date(2026, 3, 31), on=date(2026, 4, 20)),
        Closed(through=date(2026, 6, 30), on=date(2026, 7, 21)),
        Closed(through=None, on=date(2026, 7, 1)),
    ]
    assert [deadlines.is_met(one, closings) for one in asked] == [True, False, False]
    changed = RuleBook(
        (("meeting_months", date(2027, 1, 1), "3"), ("report_day", date(2026, 5, 1), "25"))
    )
    due = {
        (one.name, one.through): one.due
        for year in (2026, 2027)
        for one in deadlines.of_book_year(year, changed)
    }
    assert due["meeting", date(2026, 12, 31)] == date(2027, 6, 30)
    assert due["meeting", date(2027, 12, 31)] == date(2028, 3, 31)
    assert due["quarter", date(2026, 3, 31)] == date(2026, 4, 20)
    assert due["half-year", date(2026, 6, 30)] == date(2026, 7, 25)
    (meeting,) = (one for one in whole if one.name == deadlines.MEETING)
    for held, expected in ((date(2027, 6, 30), True), (date(2027, 7, 1), False)):
        assert deadlines.is_held(meeting, {2026: held}) is expected
    assert not deadlines.is_held(meeting, {2025: date(2027, 1, 1)})
