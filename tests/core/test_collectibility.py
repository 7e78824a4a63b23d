"""Classes by days past due, their history across missed nights, payments, reversals, new tables and floors."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import database, rules
from core.cooperatives import Cooperative
from core.ledger import BookIsClosed
from core.loans import allowances, assessment, book, collectibility, portfolio
from core.loans.book import Loan
from core.loans.collectibility import Cause, class_of, reassess
from core.loans.terms import Every, Terms
from core.rules import CLASSES, DEFAULTS, RuleBook
from tests.core.books import AT, a_book, post, refused
from tests.core.loan_books import a_running_loan, balances

DISBURSED = date(2026, 1, 10)
DUE = date(2026, 2, 10)  # of the first instalment of a monthly loan
SHORT = Terms(every=Every(1, "w"))
PLAIN = RuleBook(())
STRICT = "lancar:0 perhatian:1 kurang-lancar:31 diragukan:61 macet:91"
MILD = "lancar:0 perhatian:31 kurang-lancar:91 diragukan:181 macet:271"


def after(days: int) -> date:
    """Return the day on which a loan that pays nothing is so many days past due."""
    return DUE + timedelta(days=days)


async def night(db: AsyncConnection, through: date, steps: RuleBook = PLAIN) -> int:
    return await assessment.assess(db, koperasi_id=1, book=steps, through=through, at=AT)


async def again(db: AsyncConnection, loan: Loan) -> Loan:
    return await book.loan(db, koperasi_id=1, loan_id=loan.id)


async def told(db: AsyncConnection, loan: Loan) -> list[tuple[date, str, int, str]]:
    """Return the history of a loan, without the row that a disbursement may have written."""
    return [
        (one.on, one.klass, one.overdue_days, one.cause)
        for one in await portfolio.history(db, loan)
        if one.on != loan.disbursed_on
    ]


async def moves(
    db: AsyncConnection, loan: Loan, oldest_due: date, on: date, cause: Cause, paid_rows: int = 0
) -> None:
    """Do to a loan's caches what an operation does: another oldest instalment, then its class."""
    before = await again(db, loan)
    raw = await database.driver(db)
    await raw.execute(
        "UPDATE loans SET oldest_due = $2 WHERE koperasi_id = 1 AND id = $1", loan.id, oldest_due
    )
    await reassess(
        db, before, overdue_days=max(0, (on - oldest_due).days), paid_rows=paid_rows, on=on, at=AT,
        cause=cause,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "monthly", "weekly"),
    [
        (0, "lancar", "lancar"),
        (1, "perhatian", "perhatian"),
        (30, "perhatian", "perhatian"),
        (31, "perhatian", "kurang-lancar"),
        (60, "perhatian", "kurang-lancar"),
        (61, "perhatian", "diragukan"),
        (90, "perhatian", "diragukan"),
        (91, "kurang-lancar", "macet"),
        (180, "kurang-lancar", "macet"),
        (181, "diragukan", "macet"),
        (270, "diragukan", "macet"),
        (271, "macet", "macet"),
        (3000, "macet", "macet"),
    ],
)
async def test_each_day_past_due_has_its_class(
    db: AsyncConnection, days: int, monthly: str, weekly: str
):
    held = PLAIN.on(DUE)
    assert class_of(days, held.classes) == monthly
    assert class_of(days, held.classes_short) == weekly
    await a_book(db)
    slow, quick = (
        await a_running_loan(db, disbursed=DISBURSED),
        await a_running_loan(db, terms=SHORT, disbursed=DISBURSED),
    )
    await night(db, after(days))
    assert (await again(db, slow)).klass == monthly
    assert (await again(db, quick)).klass == weekly


async def test_a_late_night_writes_each_crossing_with_its_own_day(db: AsyncConnection):
    await a_book(db)
    loan = await a_running_loan(db, disbursed=DISBURSED)
    on_time = await a_running_loan(db, disbursed=date(2026, 10, 31))
    assert await night(db, date(2026, 11, 24)) == 4
    assert await told(db, loan) == [
        (date(2026, 2, 11), "perhatian", 1, "days"),
        (date(2026, 5, 12), "kurang-lancar", 91, "days"),
        (date(2026, 8, 10), "diragukan", 181, "days"),
        (date(2026, 11, 8), "macet", 271, "days"),
    ]
    assert await told(db, on_time) == []
    assert await assessment.assessed_through(db, koperasi_id=1) == date(2026, 11, 24)


async def test_nights_one_by_one_write_what_one_late_night_writes(db: AsyncConnection):
    await a_book(db)
    loan = await a_running_loan(db, disbursed=DISBURSED)
    first = date(2026, 4, 25)
    await night(db, first)
    written = [await night(db, first + timedelta(days=n)) for n in range(1, 40)]
    assert sum(written) == 1
    assert written[16] == 1  # 12 May
    assert (await told(db, loan))[-1] == (date(2026, 5, 12), "kurang-lancar", 91, "days")


async def test_a_night_done_before_or_an_earlier_one_changes_nothing(db: AsyncConnection):
    await a_book(db)
    loan = await a_running_loan(db, disbursed=DISBURSED)
    await night(db, after(95))
    before = await told(db, loan)
    for days in (95, 94, 0):
        assert await night(db, after(days)) == 0
    assert await told(db, loan) == before
    assert await assessment.assessed_through(db, koperasi_id=1) == after(95)


async def test_two_nights_at_once_write_every_change_once(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        await a_book(db)
        loans = [await a_running_loan(db, disbursed=DISBURSED) for _ in range(20)]

    async def one() -> int:
        async with database.transaction(clock_engine, koperasi_id=1) as db:
            return await night(db, after(200))

    counts = await asyncio.gather(*(one() for _ in range(4)))
    assert sorted(counts) == [0, 0, 0, 60]
    async with database.transaction(owner_engine) as db:
        assert [len(await told(db, loan)) for loan in loans] == [3] * 20


async def test_a_night_waits_for_an_operation_on_a_loan_and_takes_it_as_it_stands_then(
    owner_engine: AsyncEngine, clock_engine: AsyncEngine
):
    async with database.transaction(owner_engine) as db:
        await a_book(db)
        loan, other = [await a_running_loan(db, disbursed=DISBURSED) for _ in range(2)]
        assert await night(db, after(85)) == 2

    async def the_night() -> int:
        async with database.transaction(clock_engine, koperasi_id=1) as db:
            return await night(db, after(95))

    async with database.transaction(owner_engine) as db:
        await book.loan(db, koperasi_id=1, loan_id=loan.id, lock=True)
        waiting = asyncio.create_task(the_night())
        await asyncio.sleep(0.3)  # it has found both loans turning
        assert not waiting.done()
        await moves(db, loan, date(2026, 3, 10), after(95), Cause.PAYMENT)
    assert await waiting == 1  # the other's
    async with database.transaction(owner_engine) as db:
        assert [row[1:] for row in await told(db, loan)] == [
            ("perhatian", 1, "days"),
            ("kurang-lancar", 91, "days"),
            ("perhatian", 67, "payment"),
        ]
        assert [row[1] for row in await told(db, other)] == ["perhatian", "kurang-lancar"]


async def test_a_payment_before_the_night_has_the_crossings_of_the_days_before_it(
    db: AsyncConnection,
):
    await a_book(db)
    loan = await a_running_loan(db, disbursed=DISBURSED)
    await night(db, after(85))
    # Nobody looks for ten days; on the 95th the first instalment is paid: the next is 67 days past due.
    await moves(db, loan, date(2026, 3, 10), after(95), Cause.PAYMENT)
    assert (await told(db, loan))[1:] == [
        (after(91), "kurang-lancar", 91, "days"),
        (after(95), "perhatian", 67, "payment"),
    ]
    assert await night(db, after(97)) == 0
    assert await night(db, date(2026, 3, 10) + timedelta(days=91)) == 1
    assert (await told(db, loan))[-1] == (date(2026, 6, 9), "kurang-lancar", 91, "days")


async def test_the_history_is_the_same_whether_or_not_the_nights_were_missed(db: AsyncConnection):
    await a_book(db)
    missed, seen = [await a_running_loan(db, disbursed=DISBURSED) for _ in range(2)]
    raw = await database.driver(db)
    for loan in (missed, seen):
        if loan is seen:
            await raw.execute("DELETE FROM loan_assessments")
            await raw.execute("UPDATE loans SET state = 'settled' WHERE id = $1", missed.id)
            for days in range(120):
                await night(db, after(days))
        await moves(db, loan, date(2026, 4, 10), after(120), Cause.PAYMENT)
    assert await told(db, missed) == await told(db, seen)
    assert [row[1] for row in await told(db, seen)] == ["perhatian", "kurang-lancar", "perhatian"]


async def test_an_operation_without_a_change_of_class_writes_no_history(db: AsyncConnection):
    await a_book(db)
    loan = await a_running_loan(db, disbursed=DISBURSED)
    await moves(db, loan, date(2026, 3, 10), after(0), Cause.PAYMENT)
    assert await told(db, loan) == []
    assert await night(db, date(2026, 3, 10)) == 0


async def test_the_first_operation_of_a_cooperative_lets_the_night_look_there(db: AsyncConnection):
    await a_book(db)
    loan = await a_running_loan(db, disbursed=DISBURSED)
    noon = datetime(2026, 2, 11, 4, tzinfo=UTC)
    assert await assessment.due(db, now=noon, after=0, most=10) == []
    await moves(db, loan, DUE, DISBURSED, Cause.DAYS)
    found = await assessment.due(db, now=noon, after=0, most=10)
    assert [one.koperasi_id for one in found] == [1]
    await night(db, after(1))
    assert await assessment.due(db, now=noon, after=0, most=10) == []
    midnight = datetime(2026, 2, 11, 16, tzinfo=UTC)  # in Kaltim the 12th begins
    assert await assessment.due(db, now=midnight - timedelta(seconds=1), after=0, most=10) == []
    assert len(await assessment.due(db, now=midnight, after=0, most=10)) == 1


async def test_a_reversal_gives_the_class_back_and_both_stand_in_the_history(db: AsyncConnection):
    await a_book(db)
    loan = await a_running_loan(db, disbursed=DISBURSED)
    await night(db, after(100))
    await moves(db, loan, date(2026, 6, 10), after(100), Cause.PAYMENT)
    assert (await again(db, loan)).klass == "lancar"
    await moves(db, loan, DUE, after(101), Cause.REVERSAL)
    assert (await again(db, loan)).klass == "kurang-lancar"
    assert [row[1:] for row in await told(db, loan)] == [
        ("perhatian", 1, "days"),
        ("kurang-lancar", 91, "days"),
        ("lancar", 0, "payment"),
        ("kurang-lancar", 101, "reversal"),
    ]


async def test_a_table_that_changed_in_a_gap_holds_from_its_own_day(db: AsyncConnection):
    await a_book(db)
    loan = await a_running_loan(db, disbursed=DISBURSED)
    steps = RuleBook((("classes", after(40), STRICT), ("classes", after(95), MILD)))
    await night(db, after(10), steps)
    await night(db, after(200), steps)
    assert await told(db, loan) == [
        (after(1), "perhatian", 1, "days"),
        (after(40), "kurang-lancar", 40, "rules"),
        (after(61), "diragukan", 61, "days"),
        (after(91), "macet", 91, "days"),
        (after(95), "kurang-lancar", 95, "rules"),
        (after(181), "diragukan", 181, "days"),
    ]


async def test_a_table_set_after_its_day_was_assessed_holds_from_the_next(db: AsyncConnection):
    await a_book(db)
    loan = await a_running_loan(db, disbursed=DISBURSED)
    await night(db, after(50))
    await night(db, after(60), RuleBook((("classes", after(20), STRICT),)))
    assert (await told(db, loan))[1:] == [(after(51), "kurang-lancar", 51, "rules")]


async def test_a_new_table_for_monthly_loans_leaves_weekly_ones_alone(db: AsyncConnection):
    await a_book(db)
    loan = await a_running_loan(db, terms=SHORT, disbursed=DISBURSED)
    await night(db, after(45))
    assert await night(db, after(50), RuleBook((("classes", after(46), MILD),))) == 0
    assert (await again(db, loan)).klass == "kurang-lancar"


async def _restructured(db: AsyncConnection, floor: str) -> Loan:
    loan = await a_running_loan(db, disbursed=DISBURSED)
    raw = await database.driver(db)
    await raw.execute("UPDATE loans SET class_floor = $2, class = $2 WHERE id = $1", loan.id, floor)
    return loan


async def test_after_a_restructuring_three_instalments_are_paid_before_the_class_is_better(
    db: AsyncConnection,
):
    await a_book(db)
    loan = await _restructured(db, "kurang-lancar")
    raw = await database.driver(db)
    for n, klass in ((1, "kurang-lancar"), (2, "kurang-lancar"), (3, "lancar")):
        on = date(2026, 1 + n, 10)
        await raw.execute("UPDATE loan_instalments SET paid_on = $1 WHERE n = $2", on, n)
        await moves(db, loan, date(2026, 2 + n, 10), on, Cause.PAYMENT, paid_rows=n)
        assert (await again(db, loan)).klass == klass
        await night(db, on + timedelta(days=3))
        assert (await again(db, loan)).klass == klass
    # The third is taken back: the floor counts again, and arrears make it worse than the floor.
    await raw.execute("UPDATE loan_instalments SET paid_on = NULL WHERE n = 3")
    await moves(db, loan, date(2026, 4, 10), date(2026, 4, 14), Cause.REVERSAL, paid_rows=2)
    assert (await again(db, loan)).klass == "kurang-lancar"
    await night(db, date(2026, 4, 10) + timedelta(days=181))
    assert [row[1:] for row in await told(db, loan)] == [
        ("lancar", 0, "payment"),
        ("kurang-lancar", 4, "reversal"),
        ("diragukan", 181, "days"),
    ]


async def test_settled_and_written_off_loans_are_left_alone(db: AsyncConnection):
    await a_book(db)
    raw = await database.driver(db)
    for state in ("settled", "written-off"):
        loan = await a_running_loan(db, disbursed=DISBURSED)
        await raw.execute(
            "UPDATE loans SET state = $2, class = 'diragukan' WHERE id = $1", loan.id, state
        )
        assert await night(db, after(300 if state == "settled" else 301)) == 0
        assert (await again(db, loan)).klass == "diragukan"


def _day_by_day(
    klass: str, oldest_due: date, floor: str | None, known: date, through: date, steps: RuleBook,
    *, short: bool,
) -> list[tuple[date, str, int, str]]:  # fmt: skip
    """Walk every day, as nobody would compute it: what the set-based statement is held against."""
    found = []
    for n in range(1, (through - known).days + 1):
        day = known + timedelta(days=n)
        days = max(0, (day - oldest_due).days)
        new, old = (
            collectibility.worse(
                class_of(days, collectibility.table_on(steps, at, short=short)), floor
            )
            for at in (day, day - timedelta(days=1))
        )
        if new != klass:
            found.append((day, new, days, "days" if new == old else "rules"))
            klass = new
    return found


@pytest.mark.parametrize("seed", range(6))
async def test_the_night_says_what_walking_every_day_says(db: AsyncConnection, seed: int):
    chance = random.Random(seed)
    await a_book(db)
    tables = [DEFAULTS["classes"], STRICT, MILD]
    steps = RuleBook(
        tuple(
            sorted(
                (
                    (name, after(chance.randrange(-20, 300)), chance.choice(tables))
                    for name in ("classes", "classes_short") * 2
                ),
                key=lambda step: step[1],
            )
        )
    )
    raw = await database.driver(db)
    nights = sorted(after(chance.randrange(-5, 330)) for _ in range(chance.randrange(1, 5)))
    loans: dict[int, tuple[Loan, date, str | None, bool]] = {}
    for _ in range(25):
        short, floor = chance.random() < 0.3, chance.choice([None, None, None, *CLASSES[1:4]])
        loan = await a_running_loan(db, terms=SHORT if short else None, disbursed=DISBURSED)
        oldest = after(chance.randrange(0, 250))
        await raw.execute(
            "UPDATE loans SET oldest_due = $2, class_floor = $3, class = coalesce($3, 'lancar')"
            " WHERE id = $1",
            loan.id,
            oldest,
            floor,
        )
        loans[loan.id] = (loan, oldest, floor, short)
    for through in nights:
        await night(db, through, steps)
    for loan, oldest, floor, short in loans.values():
        expected = _day_by_day(
            floor or "lancar", oldest, floor, DISBURSED, nights[-1], steps, short=short
        )
        assert await told(db, loan) == expected, (loan.id, oldest, floor, short)
        assert (await again(db, loan)).klass == (expected[-1][1] if expected else floor or "lancar")


async def test_the_portfolio_is_added_up_by_class(db: AsyncConnection):
    await a_book(db)
    on = date(2026, 11, 24)
    for days, principal in ((0, 1_000_000), (30, 700_000), (31, 500_000), (91, 300_000)):
        loan = await a_running_loan(db, principal=principal, disbursed=DISBURSED)
        raw = await database.driver(db)
        await raw.execute(
            "UPDATE loans SET oldest_due = $2 WHERE id = $1", loan.id, on - timedelta(days=days)
        )
    await night(db, on)
    found = await portfolio.summary(db, koperasi_id=1, on=on)
    assert [(one.klass, one.count, one.outstanding) for one in found.classes] == [
        ("lancar", 1, 1_000_000),
        ("perhatian", 2, 1_200_000),
        ("kurang-lancar", 1, 300_000),
        ("diragukan", 0, 0),
        ("macet", 0, 0),
    ]
    assert (found.count, found.outstanding) == (4, 2_500_000)
    assert (found.non_performing, found.npl) == (300_000, Decimal("12.00"))
    assert (found.at_risk, found.par30) == (800_000, Decimal("32.00"))
    empty = await portfolio.summary(db, koperasi_id=2, on=on)
    assert (empty.count, empty.npl, empty.par30) == (0, Decimal(0), Decimal(0))


async def _in_every_class(db: AsyncConnection) -> Cooperative:
    await a_book(db)
    for days, principal in ((0, 1_000_101), (5, 2_000_050), (91, 300_005), (181, 40_001), (271, 7)):
        loan = await a_running_loan(db, principal=principal, count=1, disbursed=DISBURSED)
        raw = await database.driver(db)
        await raw.execute(
            "UPDATE loans SET oldest_due = $2 WHERE id = $1",
            loan.id,
            date(2026, 11, 24) - timedelta(days=days),
        )
    await night(db, date(2026, 11, 24))
    return Cooperative(id=1, code="64-0001", name="Koperasi", region="64.72", zone="Asia/Makassar")


async def test_the_allowance_is_per_cent_of_each_class_half_up(db: AsyncConnection):
    await _in_every_class(db)
    found = await allowances.allowance(
        db, koperasi_id=1, rules=PLAIN.on(AT.date()), on=date(2026, 11, 24)
    )
    assert [(part.klass, part.outstanding, part.amount) for part in found.parts] == [
        ("lancar", 1_000_101, 5_001),  # 5,000.505
        ("perhatian", 2_000_050, 60_002),  # 60,001.5: half-up
        ("kurang-lancar", 300_005, 30_001),  # 30,000.5: half-up
        ("diragukan", 40_001, 20_001),  # 20,000.5: half-up
        ("macet", 7, 7),
    ]
    assert (found.target, found.booked, found.difference) == (115_012, 0, 115_012)


async def _book(db: AsyncConnection, here: Cooperative, on: date, month: str, **own: Any) -> Any:
    return await allowances.book_allowance(
        db, cooperative=here, rules=RuleBook(own.pop("steps", ())).on(on), on=on, at=AT,
        operation=f"allowance/{month}", approver="person:2",
    )  # fmt: skip


async def test_the_allowance_goes_up_and_down_and_is_booked_once(db: AsyncConnection):
    here = await _in_every_class(db)
    on = date(2026, 11, 24)
    up = await _book(db, here, on, "2026-11")
    assert up.entry is not None
    held = await balances(db)
    assert (held["527000"], held["113110"]) == (115_012, 115_012)
    nothing = await _book(db, here, on, "2026-11-again")
    assert (nothing.entry, nothing.allowance.difference) == (None, 0)
    half = ("allowance", on, "lancar:0 perhatian:0 kurang-lancar:0 diragukan:50 macet:100")
    down = await _book(db, here, on, "2026-12", steps=(half,))
    assert down.allowance.difference == 20_008 - 115_012
    held = await balances(db)
    assert (held["527000"], held["113110"]) == (20_008, 20_008)
    raw = await database.driver(db)
    kinds = await raw.fetch(
        "SELECT kind, recorder, approver, source FROM ledger.entries WHERE kind = 'loan-allowance'"
    )
    assert [tuple(row) for row in kinds] == [("loan-allowance", "clock", "person:2", "clock")] * 2


async def test_the_allowance_of_a_day_knows_nothing_of_the_days_after_it(db: AsyncConnection):
    await a_book(db)
    loan = await a_running_loan(db, principal=1_000_000, count=1, disbursed=DISBURSED)
    await night(db, after(91))
    await post(
        db, ("111000", loan.account, 400_000), operation="later", kind="loan-payment", on=after(95)
    )
    for days, klass, outstanding, amount in (
        (0, "lancar", 1_000_000, 5_000),
        (90, "perhatian", 1_000_000, 30_000),
        (91, "kurang-lancar", 1_000_000, 100_000),
        (95, "kurang-lancar", 600_000, 60_000),
    ):
        found = await allowances.allowance(
            db, koperasi_id=1, rules=PLAIN.on(after(days)), on=after(days)
        )
        parts = {part.klass: part for part in found.parts if part.outstanding}
        assert list(parts) == [klass]
        assert (parts[klass].outstanding, found.target) == (outstanding, amount)


async def test_no_allowance_is_booked_into_a_closed_month(db: AsyncConnection):
    here = await _in_every_class(db)
    raw = await database.driver(db)
    await raw.execute("UPDATE ledger.books SET closed_through = '2026-11-24'")
    async with refused(db, BookIsClosed):
        await _book(db, here, date(2026, 11, 24), "2026-11")


async def test_the_table_of_a_rule_is_the_one_that_is_used(db: AsyncConnection):
    await a_book(db)
    loan = await a_running_loan(db, disbursed=DISBURSED)
    await rules.set_rule(
        db, koperasi_id=1, name="classes", value=STRICT, since=after(31), by="test", at=AT
    )
    await moves(db, loan, DUE, after(31), Cause.DAYS)
    assert [row[1:] for row in await told(db, loan)] == [
        ("perhatian", 1, "days"),
        ("kurang-lancar", 31, "rules"),
    ]
