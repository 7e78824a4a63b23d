"""Bills of simpanan wajib: figures reckoned by hand for members who pay all, part, late or nothing."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from sqlalchemy.ext.asyncio import AsyncConnection

from core import bills, rules
from core.accounts import SavingsKind
from core.bills import Bill, Totals
from tests.builders_core import AT, a_cooperative, a_member, an_officer, pays

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
WAJIB = SavingsKind.WAJIB


class Asked(TypedDict):
    """What every question names."""

    koperasi_id: int
    month: date


def said(found: list[Bill]) -> list[tuple[str, int, int, int, int]]:
    """(name, due, paid, earlier, owed)."""
    return [(one.name, one.due, one.paid, one.earlier, one.owed) for one in found]


async def test_a_month_says_who_paid_how_much_and_what_is_left_of_before(
    db: AsyncConnection,
) -> None:
    here = await a_cooperative(db, wajib=20_000)
    await rules.set_rule(
        db, koperasi_id=here.id, name="wajib", value="25000", since=NOVEMBER, by="test", at=AT
    )
    rina = await an_officer(db, here)
    siti = await a_member(db, here, "Siti", joined=SEPTEMBER)
    budi = await a_member(db, here, "Budi", joined=SEPTEMBER)
    await a_member(db, here, "Joko", joined=OCTOBER)
    dewi = await a_member(db, here, "Dewi", joined=date(2026, 11, 20))
    await a_member(db, here, "Ani", joined=SEPTEMBER, left=date(2026, 11, 5))
    await a_member(db, here, "Eko", joined=date(2026, 12, 1))
    await pays(db, rina, siti, WAJIB, 65_000)  # three months: 20, 20, 25
    await pays(db, rina, budi, WAJIB, 40_000)  # two months
    await pays(db, rina, dewi, WAJIB, 10_000)  # part of one
    asked = Asked(koperasi_id=here.id, month=NOVEMBER)
    assert said(await bills.bills(db, **asked)) == [
        ("Siti", 25_000, 25_000, 0, 0),
        ("Budi", 25_000, 0, 0, 25_000),
        ("Joko", 25_000, 0, 20_000, 45_000),
        ("Dewi", 25_000, 10_000, 0, 15_000),
    ]
    assert [one.name for one in await bills.bills(db, **asked, paid=True)] == ["Siti"]
    unpaid = await bills.bills(db, **asked, paid=False, limit=2, offset=1)
    assert [one.name for one in unpaid] == ["Joko", "Dewi"]
    assert await bills.totals(db, **asked) == Totals(
        members=4, paid_members=1, due=100_000, paid=35_000, earlier=20_000
    )


async def test_what_is_paid_ahead_counts_for_its_own_month_only(db: AsyncConnection) -> None:
    here = await a_cooperative(db, wajib=20_000)
    rina = await an_officer(db, here)
    siti = await a_member(db, here, "Siti", joined=OCTOBER)
    await pays(db, rina, siti, WAJIB, 60_000)
    for month in (OCTOBER, NOVEMBER, date(2026, 12, 1)):
        sums = await bills.totals(db, koperasi_id=here.id, month=month)
        assert (sums.due, sums.paid, sums.earlier) == (20_000, 20_000, 0)
    before = await bills.totals(db, koperasi_id=here.id, month=SEPTEMBER)
    assert before.members == 0
