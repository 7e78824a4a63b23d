"""Term and holiday savings: days and interest reckoned by hand, the entries, early withdrawal, the way back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import leaving, term_savings
from core.cooperatives import Cooperative
from core.people import Member, Standing
from core.permissions import NotAllowed, Role
from core.rules import RuleBook
from core.savings import AboveLimit, OwnSavings
from core.term_savings import (
    FiguresDiffer,
    NothingPutAway,
    NotMatured,
    PaidOutSince,
    Payout,
    RateAboveCap,
    Term,
    TermKind,
)
from core.verify import verify
from tests.builders_core import AT, TODAY, a_cooperative, a_member, an_officer, journal, refused
from tests.core.loan_village import Village as Lent
from tests.core.loan_village import takes_back

MAY = date(2026, 5, 24)
RULES = RuleBook(()).on(TODAY)


class Village(NamedTuple):
    """A cooperative, its treasurer, its chair, a member."""

    here: Cooperative
    rina: Standing
    hendra: Standing
    siti: Member


@pytest.fixture
async def village(db: AsyncConnection) -> Village:
    here = await a_cooperative(db)
    return Village(
        here,
        await an_officer(db, here),
        await an_officer(db, here, Role.KETUA, name="Hendra"),
        await a_member(db, here),
    )


async def puts(db: AsyncConnection, village: Village, amount: int, **facts: Any) -> Term:
    default: dict[str, Any] = {
        "officer": village.rina, "member": village.siti, "kind": TermKind.TERM, "rate": Decimal(6),
        "months": 6, "on": MAY, "at": AT, "operation": f"simpan-{amount}", "source": "telegram",
    }  # fmt: skip
    return await term_savings.put_away(db, amount=amount, **(default | facts))


async def gets(
    db: AsyncConnection, village: Village, expected: int, **facts: Any
) -> tuple[int, Payout]:
    default: dict[str, Any] = {
        "officer": village.rina, "member": village.siti, "kind": TermKind.TERM, "on": TODAY, "at": AT,
        "operation": "cair", "source": "telegram",
    }  # fmt: skip
    return await term_savings.pay_out(db, expected=expected, **(default | facts))


async def test_a_term_that_is_over_pays_its_interest_less_the_tax(
    db: AsyncConnection, village: Village
):
    own = f"211100:m{village.siti.id}"
    term = await puts(db, village, 20_000_000)
    assert (term.matures_on, term.interest_on(TODAY)) == (TODAY, 600_000)
    entry, paid = await gets(db, village, 20_540_000, approver=village.hendra.recorder)
    assert (paid.gross, paid.tax, paid.early) == (600_000, 60_000, 0)
    assert await journal(db, village.here) == [
        ("111000", own, 20_000_000),
        (own, "111000", 20_000_000),
        ("512000", "111000", 540_000),
        ("512000", "214000", 60_000),
    ]
    assert entry == 2
    assert (await verify(db, village.here.id)).finding is None
    async with refused(db, NothingPutAway):
        await gets(db, village, 0, operation="cair-2")


async def test_before_its_day_only_what_was_put_away_is_paid_or_nothing(
    db: AsyncConnection, village: Village
):
    term = await puts(db, village, 4_000_000, on=date(2026, 5, 25))
    early = term_savings.payout([term], on=TODAY, rules=RULES)
    assert (early.net, early.gross, early.early) == (4_000_000, 0, 1)
    strict = RuleBook((("term_early", MAY, "refused"),)).on(TODAY)
    with pytest.raises(NotMatured) as caught:
        term_savings.payout([term], on=TODAY, rules=strict)
    assert caught.value.facts["on"] == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("kind", "on", "months", "until"),
    [
        (TermKind.TERM, date(2026, 8, 31), 6, (6, date(2027, 2, 28))),
        (TermKind.TERM, date(2026, 11, 24), None, (12, date(2027, 11, 24))),
        (TermKind.HOLIDAY, date(2026, 11, 24), None, (4, date(2027, 3, 1))),
        (TermKind.HOLIDAY, date(2026, 3, 1), None, (12, date(2027, 3, 1))),
        (TermKind.HOLIDAY, date(2026, 11, 24), 2, (2, date(2027, 1, 24))),
    ],
)
def test_the_day_it_is_over(kind: TermKind, on: date, months: int | None, until: tuple[int, date]):
    assert term_savings.matures(kind, on, months, RULES) == until


async def test_what_is_due_is_paid_else_the_first_and_of_holiday_savings_everything(
    db: AsyncConnection, village: Village
):
    due = await puts(db, village, 1_000_000)
    later = await puts(db, village, 2_000_000, months=12)
    last = await puts(db, village, 3_000_000, months=24)
    kind = TermKind.TERM
    assert term_savings.chosen([due, later, last], kind, TODAY) == [due]
    assert term_savings.chosen([later, last], kind, TODAY) == [later]
    assert term_savings.chosen([later, last], TermKind.HOLIDAY, TODAY) == [later, last]


async def test_a_payout_is_reversed_and_then_what_put_the_money_away(
    db: AsyncConnection, village: Village
):
    term = await puts(db, village, 1_000_000)
    entry, _ = await gets(db, village, 1_030_000)
    asked: dict[str, Any] = {"koperasi_id": village.here.id, "member_id": village.siti.id}
    lent = Lent(village.here, village.rina, village.hendra, village.siti, None)  # type: ignore[arg-type]  # no loan is touched
    with pytest.raises(PaidOutSince) as caught:
        await takes_back(db, lent, term.entry)
    assert caught.value.facts["entry"] == entry
    await takes_back(db, lent, entry)
    assert await term_savings.open_terms(db, **asked) == [term]
    await takes_back(db, lent, term.entry)
    assert await term_savings.open_terms(db, **asked) == []
    assert (await verify(db, village.here.id)).finding is None


async def test_who_leaves_gets_what_was_put_away(db: AsyncConnection, village: Village):
    await puts(db, village, 1_000_000, kind=TermKind.HOLIDAY, months=None)
    done = await leaving.leave(
        db, officer=village.rina, member=village.siti, kind=leaving.EXIT, on=TODAY, at=AT,
        operation="keluar", source="telegram", expected=1_000_000, reason=None,
        approver=village.hendra.recorder,
    )  # fmt: skip
    assert done.account.held == {"211200": 1_000_000}
    asked: dict[str, Any] = {"koperasi_id": village.here.id, "member_id": village.siti.id}
    assert await term_savings.open_terms(db, **asked) == []
    assert done.entry is not None
    lent = Lent(village.here, village.rina, village.hendra, village.siti, None)  # type: ignore[arg-type]  # no loan is touched
    dewi = await an_officer(db, village.here, Role.KETUA, name="Dewi")
    await takes_back(db, lent, done.entry, officer=dewi)
    assert len(await term_savings.open_terms(db, **asked)) == 1


async def test_what_is_refused(db: AsyncConnection, village: Village):
    async with refused(db, RateAboveCap):
        await puts(db, village, 1_000, rate=Decimal("9.01"))
    dewi = await an_officer(db, village.here, Role.SEKRETARIS, name="Dewi")
    async with refused(db, NotAllowed):
        await puts(db, village, 1_000, officer=dewi)
    await puts(db, village, 6_000_000)
    async with refused(db, FiguresDiffer):
        await gets(db, village, 6_179_999)
    async with refused(db, AboveLimit):
        await gets(db, village, 6_180_000)
    mine = await a_member(db, village.here, "Rina", person_id=village.rina.person_id)
    async with refused(db, OwnSavings):
        await puts(db, village, 1_000, member=mine)


async def test_the_same_card_is_recorded_once(db: AsyncConnection, village: Village):
    first = await puts(db, village, 1_000_000)
    assert await puts(db, village, 1_000_000) == first
    assert len(await journal(db, village.here)) == 1


async def test_verify_names_the_account_whose_terms_were_changed(
    db: AsyncConnection, village: Village
):
    term = await puts(db, village, 1_000_000)
    assert (await verify(db, village.here.id)).finding is None
    await db.execute(text("UPDATE term_savings SET amount = 900000"))
    finding = (await verify(db, village.here.id)).finding
    assert finding is not None
    assert (finding.entry, finding.what) == (
        term.entry,
        f"account 211100:m{village.siti.id} holds 1000000, its open terms give 900000 (entry 1)",
    )


@pytest.mark.parametrize(
    ("day", "terms"),
    [
        (date(2026, 2, 27), 0),
        (date(2026, 2, 28), 1),
        (date(2026, 8, 30), 1),
        (date(2026, 8, 31), 2),
    ],
)
def test_a_term_that_runs_on_earns_for_every_whole_term(day: date, terms: int) -> None:
    term = Term(
        entry=1, member_id=1, kind=TermKind.TERM, amount=1_000_000, rate=Decimal(6), months=6,
        opened_on=date(2025, 8, 31), matures_on=date(2026, 2, 28),
    )  # fmt: skip
    assert term.interest_on(day, rolls=True) == terms * 30_000
    assert term.interest_on(day) == min(terms, 1) * 30_000


async def test_what_its_card_promised_holds_when_the_rule_changes(
    db: AsyncConnection, village: Village
):
    """Only terms opened while the rule said so run on, and no holiday savings do."""
    steps = (("term_after", date(2026, 5, 1), "rollover"), ("term_after", date(2026, 6, 1), "rest"))
    book = RuleBook(steps)
    run = await puts(db, village, 1_000_000)
    rests = await puts(db, village, 2_000_000, on=date(2026, 6, 2))
    feast = await puts(db, village, 3_000_000, kind=TermKind.HOLIDAY)
    assert term_savings.rolling([run, rests, feast], book) == {run.entry}
