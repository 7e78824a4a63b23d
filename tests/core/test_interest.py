"""Interest on savings: figures reckoned by hand, the tax test of a month, the entry, and what verify says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core import interest, people, rules
from core.accounts import SavingsKind
from core.cooperatives import Cooperative
from core.interest import Interest
from core.reports.statement import statement
from core.rules import BadRule, RuleBook
from core.verify import verify
from tests.builders_core import (
    AT,
    TODAY,
    a_cooperative,
    a_member,
    an_officer,
    journal,
    leaves,
    pays,
    takes,
)

OCTOBER = date(2026, 10, 1)
SUKARELA = SavingsKind.SUKARELA


async def a_village(db: AsyncConnection, **facts: str) -> Cooperative:
    """Siti's balance moves in October, Budi's is large from the 1st, Joko comes on the 16th, Dewi left since."""
    here = await a_cooperative(db, savings_rate="6", **facts)
    rina = await an_officer(db, here)
    siti, budi, joko, dewi = [
        await a_member(db, here, name) for name in ("Siti", "Budi", "Joko", "Dewi")
    ]
    for member, amount, on in (
        (siti, 1_000_000, date(2026, 9, 15)),
        (siti, 500_000, date(2026, 10, 11)),
        (siti, 9_000_000, date(2026, 11, 5)),
        (budi, 60_000_000, OCTOBER),
        (joko, 1_000_000, date(2026, 10, 16)),
        (dewi, 1_000_000, date(2026, 9, 1)),
    ):
        await pays(db, rina, member, SUKARELA, amount, on=on)
    await takes(db, rina, siti, 200_000, on=date(2026, 10, 21))
    await leaves(db, dewi, here, date(2026, 11, 2))
    return here


async def of_october(db: AsyncConnection, here: Cooperative) -> Interest:
    return await interest.interest(
        db,
        koperasi_id=here.id,
        rules=await rules.in_force(db, here.id, date(2026, 10, 31)),
        month=OCTOBER,
        today=TODAY,
    )


async def test_the_average_of_the_daily_balances_bears_interest(db: AsyncConnection):
    # Siti 31 x 1,000,000 + 21 x 500,000 - 11 x 200,000 = 39,300,000; x 6 / 36,500 = 6,460.27
    # Budi 31 x 60,000,000 x 6 / 36,500 = 305,753.42; Joko 16 x 1,000,000 x 6 / 36,500 = 2,630.14
    found = await of_october(db, await a_village(db))
    assert [(one.gross, one.tax, one.net) for one in found.earned] == [
        (6_460, 0, 6_460),
        (305_753, 30_575, 275_178),
        (2_630, 0, 2_630),
    ]
    assert (found.gross, found.tax, found.taxed) == (314_843, 30_575, 1)


async def test_the_lowest_balance_of_the_month_bears_interest(db: AsyncConnection):
    found = await of_october(db, await a_village(db, savings_interest_method="lowest"))
    assert [(one.gross, one.tax) for one in found.earned] == [(5_000, 0), (300_000, 30_000)]


async def test_the_entry_adds_the_net_to_savings_and_owes_the_tax(db: AsyncConnection):
    here = await a_village(db)
    before = len(await journal(db, here))
    ids = [one.member_id for one in (await of_october(db, here)).earned]
    done = await interest.record(
        db, cooperative=here, rules=await rules.in_force(db, here.id, OCTOBER), month=OCTOBER,
        today=TODAY, at=AT, operation="bunga", approver="person:1",
    )  # fmt: skip
    assert len(done.entries) == 1
    assert (await journal(db, here))[before:] == [
        ("512000", f"211000:m{ids[0]}", 6_460),
        ("512000", f"211000:m{ids[1]}", 275_178),
        ("512000", f"211000:m{ids[2]}", 2_630),
        ("512000", "214000", 30_575),
    ]
    (row,) = await db.execute(
        text('SELECT kind, "on", recorder FROM ledger.entries WHERE number = :n'),
        {"n": done.entries[0]},
    )
    assert tuple(row) == ("savings-interest", date(2026, 10, 31), "clock")
    assert (await verify(db, here.id)).finding is None
    siti = await people.member(db, koperasi_id=here.id, member_id=ids[0])
    told = await statement(db, cooperative=here, member=siti, month=OCTOBER)
    assert (told.interest, told.savings[SUKARELA].closing) == (6_460, 1_306_460)


@pytest.mark.parametrize(
    ("gross", "tax"),
    [(0, 0), (240_000, 0), (240_001, 24_000), (240_005, 24_001), (305_753, 30_575)],
)
def test_tax_is_on_the_whole_once_a_month_is_above_240_000(gross: int, tax: int):
    assert interest.tax_on(gross) == tax


def test_half_a_rupiah_is_rounded_up():
    assert interest.earned_on(100, Decimal(6), "lowest") == 1  # 0.5
    assert interest.earned_on(99, Decimal(6), "lowest") == 0
    assert interest.earned_on(-5, Decimal(6), "average") == 0


async def test_many_members_take_several_entries(
    db: AsyncConnection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(interest, "_CHUNK", 2)
    here = await a_village(db)
    done = await interest.record(
        db, cooperative=here, rules=await rules.in_force(db, here.id, OCTOBER), month=OCTOBER,
        today=TODAY, at=AT, operation="bunga", approver="person:1",
    )  # fmt: skip
    assert len(done.entries) == 2
    assert sum(line[2] for line in (await journal(db, here))[-4:]) == 314_843


async def test_months_are_due_from_the_first_with_a_rate_to_the_last_that_is_over(
    db: AsyncConnection,
):
    here = await a_cooperative(db)
    await db.execute(text("UPDATE cooperatives SET created_at = '2026-07-20T00:00Z'"))
    await rules.set_rule(
        db, koperasi_id=here.id, name="savings_rate", value="4.50", since=date(2026, 9, 10),
        by="test", at=AT,
    )  # fmt: skip
    book = RuleBook((("savings_rate", date(2026, 9, 10), "4.5"),))
    due = await interest.months_due(db, koperasi_id=here.id, book=book, today=TODAY)
    assert due == [date(2026, 9, 1), OCTOBER]
    assert book.on(TODAY).savings_rate == Decimal("4.5")


@pytest.mark.parametrize("value", ["9.01", "10", "-1", "4,5", "abc", "1.234", ".5", "4."])
def test_no_rate_above_nine_per_cent_is_kept(value: str):
    with pytest.raises(BadRule):
        rules.checked("savings_rate", value)


def test_a_rate_is_kept_in_its_shortest_form():
    assert rules.checked("savings_rate", "4.50") == "4.5"
    assert rules.checked("savings_rate", "9") == "9"
