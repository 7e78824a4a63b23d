"""The office's other money: whole journals, who may, what needs a second person, what is never more than there is."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core import assets, corrections
from core.cooperatives import Cooperative
from core.errors import Refusal
from core.everyday import AboveExpenseLimit, BeforeFounding
from core.people import Standing
from core.permissions import NotAllowed, Role
from core.rules import FOUNDED, RuleBook
from core.savings import BackDated, OwnSavings
from core.treasury import book, events, held, limits
from core.treasury.book import Recorded
from core.treasury.events import Bought, Event, Terms
from core.verify import verify
from tests.builders_core import AT, TODAY, a_cooperative, a_member, an_officer, journal, refused

LOAN = Terms(lender="himbara", rate=Decimal(6), months=72, grace=8)


async def records(
    db: AsyncConnection, officer: Standing, event: Event, amount: int, **facts: Any
) -> Recorded:
    told = {key: facts.pop(key) for key in ("on", "operation", "approver", "note") if key in facts}
    default: dict[str, Any] = {"on": TODAY, "at": AT, "source": "telegram"}
    default["operation"] = f"{event}-{amount}"
    plan = events.plan(event, amount, **facts)
    return await book.record(db, officer=officer, plan=plan, **(default | told))


async def no(
    db: AsyncConnection, error: type[Refusal], step: Awaitable[object], **facts: object
) -> None:
    async with refused(db, error, **facts):
        await step


async def an_office(db: AsyncConnection, **rules: Any) -> tuple[Cooperative, Standing]:
    here = await a_cooperative(db, **rules)
    return here, await an_officer(db, here)


async def test_each_event_moves_its_accounts_and_no_others(db: AsyncConnection) -> None:
    here, rina = await an_office(db)
    hendra = await an_officer(db, here, Role.KETUA, name="Hendra")
    budi = (await a_member(db, here, "Budi")).id
    second = {"approver": hendra.recorder}
    await records(db, rina, Event.GRANT, 900_000, account="330000")
    await records(db, rina, Event.BANK_LOAN, 9_000_000, place="112100", account="221000",
                  consent="RA 3", terms=LOAN, **second)  # fmt: skip
    await records(db, rina, Event.INSTALMENT, 500_000, place="112100", account="221000",
                  interest=45_000)  # fmt: skip
    await records(db, rina, Event.INSTALMENT, 45_000, place="112100", account="221000",
                  interest=45_000)  # fmt: skip
    await records(db, rina, Event.VILLAGE, 300_000, account="221000", interest=40_000, **second)
    await records(db, rina, Event.ADVANCED, 70_000, account="524000", member=budi)
    await records(db, rina, Event.REPAID, 70_000, member=budi)
    await records(db, rina, Event.ASSET, 480_000, account="124000", place="212000",
                  bought=Bought(name="Kulkas", months=48))  # fmt: skip
    assert await journal(db, here) == [
        ("111000", "330000", 900_000),
        ("112100", "221000", 9_000_000),
        ("221000", "112100", 455_000),
        ("512100", "112100", 45_000),
        ("512100", "112100", 45_000),
        ("221000", "221900", 260_000),
        ("512100", "221900", 40_000),
        ("524000", f"221900:m{budi}", 70_000),
        (f"221900:m{budi}", "111000", 70_000),
        ("124000", "212000", 480_000),
    ]
    (kulkas,) = await assets.listed(db, koperasi_id=here.id, on=TODAY)
    assert assets.depreciation_of(kulkas, TODAY) == 10_000
    await corrections.reverse(
        db, officer=hendra, number=kulkas.entry, on=TODAY, at=AT, operation="back",
        source="telegram", reason="salah", approver="person:9",
    )  # fmt: skip
    assert not await assets.listed(db, koperasi_id=here.id, on=TODAY)
    assert (await verify(db, here.id)).finding is None


async def test_what_was_recorded_once_is_recorded_once(db: AsyncConnection) -> None:
    here, rina = await an_office(db)
    first = await records(db, rina, Event.HELD, 250_000, place="112100")
    again = await records(db, rina, Event.HELD, 250_000, place="112100")
    assert (again.entry, again.repeated) == (first.entry, True)
    assert [one.amount for one in await held.open_receipts(db, koperasi_id=here.id)] == [250_000]
    old = TODAY + timedelta(days=1)
    assert await held.waiting(db, koperasi_id=here.id, since=old) == (1, 250_000)
    assert await held.waiting(db, koperasi_id=here.id, since=TODAY) == (0, 0)


async def test_what_one_officer_may_not_do_alone(db: AsyncConnection) -> None:
    here, rina = await an_office(db, expense_limit=100_000, backdate_days=7)
    kasir = await an_officer(db, here, Role.PENGELOLA, name="Kasir")
    budi = (await a_member(db, here, "Budi")).id
    await no(db, NotAllowed, records(db, kasir, Event.BANK_INTEREST, 1_000))
    early = FOUNDED - timedelta(days=1)
    await no(db, BeforeFounding, records(db, rina, Event.INCOME, 1_000, on=early))
    ago = TODAY - timedelta(days=8)
    await no(db, BackDated, records(db, rina, Event.INCOME, 1_000, on=ago))
    await records(db, rina, Event.ADVANCED, 60_000, account="524000", member=budi)
    more = records(db, rina, Event.ADVANCED, 50_000, account="524000", member=budi)
    await no(db, AboveExpenseLimit, more, amount=110_000)
    own = records(db, rina, Event.ADVANCED, 5_000, account="524000", member=rina.person_id)
    await no(db, OwnSavings, own)
    facts: dict[str, Any] = {"place": "112100", "account": "221000", "terms": LOAN}
    await no(db, limits.NeedsMeeting, records(db, rina, Event.BANK_LOAN, 9_000, **facts))
    alone = records(db, rina, Event.BANK_LOAN, 9_000, consent="RA 3", **facts)
    await no(db, book.NeedsSecond, alone)


async def test_nothing_gives_more_than_it_holds_and_what_was_used_stays(
    db: AsyncConnection,
) -> None:
    here, rina = await an_office(db)
    given = await records(db, rina, Event.CONDITIONAL_GRANT, 500_000, place="112100")
    more = records(db, rina, Event.GRANT_MET, 500_001)
    await no(db, book.MoreThanThere, more, there=500_000)
    met = await records(db, rina, Event.GRANT_MET, 400_000)
    assert met.left == 100_000
    used = corrections.reversible(db, koperasi_id=here.id, number=given.entry)
    await no(db, book.UsedSince, used)
    fund = records(db, rina, Event.FUND_USE, 1, account="216000")
    await no(db, book.MoreThanThere, fund)


@pytest.mark.parametrize(
    ("terms", "amount", "wrong"),
    [
        (LOAN, 3_000_000_000, []),
        (LOAN, 3_000_000_001, ["amount"]),
        (Terms(lender="himbara", rate=Decimal("6.5"), months=73, grace=9), 1, ["rate", "months", "grace"]),
        (Terms(lender="lpdb", rate=Decimal(9), months=120, grace=12), 4_000_000_000, []),
    ],
)  # fmt: skip
def test_a_himbara_loan_is_held_against_the_programme(
    terms: Terms, amount: int, wrong: list[str]
) -> None:
    assert limits.outside(terms, amount, RuleBook(()).on(TODAY)) == wrong


async def test_a_gift_of_more_than_a_quarter_of_the_assets_needs_the_meeting(
    db: AsyncConnection,
) -> None:
    _, rina = await an_office(db)
    await records(db, rina, Event.INCOME, 400_000)
    await records(db, rina, Event.GRANT, 100_000, account="330000")
    great = records(db, rina, Event.GRANT, 125_001, account="330000")
    await no(db, limits.NeedsMeeting, great, percent=25)


async def test_the_agency_passes_money_on_and_earns_only_its_fee(db: AsyncConnection) -> None:
    here, rina = await an_office(db, expense_limit=100_000)
    kasir = await an_officer(db, here, Role.PENGELOLA, name="Kasir")
    await records(db, rina, Event.HELD, 70_000, place="112100")
    await records(db, kasir, Event.AGENT_IN, 500_000, fee=5_000)
    await records(db, kasir, Event.AGENT_OUT, 600_000, fee=7_000)
    await records(db, kasir, Event.AGENT_FEE, 45_000)
    await records(db, kasir, Event.AGENT_RECEIVED, 90_000, place="112100")
    await records(db, kasir, Event.AGENT_SETTLED, 60_000, place="112100")
    more = records(db, kasir, Event.AGENT_SETTLED, 50_000, place="112100")
    await no(db, AboveExpenseLimit, more, amount=110_000)
    await no(db, book.FeeTooLarge, records(db, kasir, Event.AGENT_IN, 5_000, fee=5_000))
    assert await journal(db, here) == [
        ("112100", "215000", 70_000),
        ("111000", "215000:u1", 500_000),
        ("111000", "413000", 5_000),
        ("215000:u1", "111000", 600_000),
        ("111000", "413000", 7_000),
        ("111000", "413000", 45_000),
        ("112100", "215000:u1", 90_000),
        ("215000:u1", "112100", 60_000),
    ]
    assert await held.waiting(db, koperasi_id=here.id, since=TODAY + timedelta(days=1)) == (
        1,
        70_000,
    )
    assert (await verify(db, here.id)).finding is None
