"""A small cooperative's year: months closed, the year closed, its surplus shared out and paid; a year of loss."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import checklist, closing, ledger, rules, year_end
from core.accounts import SUKARELA
from core.cooperatives import Cooperative
from core.goods import shopping
from core.ledger import BookIsClosed, Posting
from core.people import Member
from core.shu import plan, policy, sharing, undoing
from core.shu.policy import Policy
from core.verify import verify
from tests.builders_core import a_cooperative, a_member, journal, leaves, refused

AT = datetime(2027, 2, 10, 2, 0, tzinfo=UTC)
TODAY = date(2027, 2, 10)
BY: dict[str, Any] = {
    "at": AT,
    "recorder": "person:1",
    "approver": "person:2",
    "source": "telegram",
}


async def booked(
    db: AsyncConnection, here: Cooperative, on: date, *lines: tuple[str, str, int]
) -> int:
    made = await ledger.post(
        db,
        [Posting(debit=debit, credit=credit, amount=amount) for debit, credit, amount in lines],
        koperasi_id=here.id, kind="test", on=on, at=AT, zone=here.zone, recorder="person:1",
        source="test", operation=f"{on}/{lines}",
    )  # fmt: skip
    return made.number


async def a_year(db: AsyncConnection, year: int = 2026) -> tuple[Cooperative, list[Member]]:
    """Siti and Budi save 300,000 and 100,000 and buy for 600,000 and 200,000; strangers buy for 200,000."""
    here = await a_cooperative(db)
    siti, budi, dewi = [await a_member(db, here, name) for name in ("Siti", "Budi", "Dewi")]
    await booked(
        db, here, date(year, 3, 5),
        ("111000", f"320000:m{siti.id}", 300_000), ("111000", f"320000:m{budi.id}", 100_000),
        ("114000", "111000", 400_000),
    )  # fmt: skip
    await booked(
        db, here, date(year, 10, 7),
        ("111000", f"412000:m{siti.id}", 600_000), ("111000", f"412000:m{budi.id}", 200_000),
        ("111000", "412100", 200_000), ("511000", "114000", 240_000), ("511100", "114000", 60_000),
        ("522000", "111000", 200_000),
    )  # fmt: skip
    return here, [siti, budi, dewi]


async def months_closed(db: AsyncConnection, here: Cooperative, month: date) -> closing.Closed:
    return await closing.close_month(
        db, cooperative=here, rules=await rules.in_force(db, here.id, month), month=month,
        today=TODAY, explanation=None, **BY,
    )  # fmt: skip


async def year_closed(db: AsyncConnection, here: Cooperative, year: int = 2026) -> Any:
    return await year_end.close_year(
        db, cooperative=here, year=year, operation=f"tahun-{year}", **BY
    )


def decided(**facts: Any) -> Policy:
    shares = {"cadangan": 40, "jasa_modal": 20, "jasa_usaha": 30, "pendidikan": 5, "desa": 5}
    return Policy(
        year=2026, pools={name: Decimal(share) for name, share in shares.items()},
        minutes="12/RAT/2027", decided_on=date(2027, 2, 1), **facts,
    )  # fmt: skip


async def keep(db: AsyncConnection, here: Cooperative, what: Policy) -> None:
    await policy.keep(
        db, koperasi_id=here.id, policy=what, set_by="person:1", approved_by="person:2", at=AT
    )


async def shared(db: AsyncConnection, here: Cooperative) -> sharing.Shared:
    return await sharing.share(
        db, cooperative=here, year=2026, on=TODAY, today=TODAY, operation="bagi-2026", **BY
    )


async def balances(db: AsyncConnection, here: Cooperative) -> dict[str, int]:
    held: dict[str, int] = {}
    for debit, credit, amount in await journal(db, here):
        held[debit] = held.get(debit, 0) + amount
        held[credit] = held.get(credit, 0) - amount
    return {account: amount for account, amount in held.items() if amount}


async def test_a_month_is_closed_in_turn_locked_and_reopened_with_a_reason(db: AsyncConnection):
    here, (siti, *_) = await a_year(db)
    async with refused(db, closing.MonthNotOver, month=date(2027, 2, 1)):
        await months_closed(db, here, date(2027, 2, 1))
    assert await closing.next_to_close(db, here.id, TODAY) == date(2027, 1, 1)
    done = await months_closed(db, here, date(2026, 10, 1))
    assert done.through == date(2026, 10, 31)
    assert await closing.last_closed_month(db, here.id) == date(2026, 10, 1)
    async with refused(db, closing.MonthClosed):
        await months_closed(db, here, date(2026, 9, 1))
    async with refused(db, closing.MonthBefore, month=date(2026, 11, 1)):
        await months_closed(db, here, date(2026, 12, 1))
    async with refused(db, BookIsClosed):
        await booked(db, here, date(2026, 10, 31), ("111000", f"320000:m{siti.id}", 1))
    async with refused(db, closing.MonthOpen):
        await closing.reopen(
            db, koperasi_id=here.id, month=date(2026, 11, 1), at=AT, by="p", reason="salah"
        )
    await closing.reopen(
        db, koperasi_id=here.id, month=date(2026, 10, 1), at=AT, by="p", reason="salah catat"
    )
    assert await closing.last_closed_month(db, here.id) == date(2026, 9, 1)
    await booked(db, here, date(2026, 10, 31), ("111000", f"320000:m{siti.id}", 1))


async def test_what_is_missing_stands_on_the_list_and_some_of_it_stops_the_closing(
    db: AsyncConnection,
):
    here, (siti, *_) = await a_year(db)
    await booked(db, here, date(2026, 10, 8), ("399000", f"211000:m{siti.id}", 50_000))
    found = await closing.checks(
        db, cooperative=here, month=date(2026, 10, 1), today=TODAY, explained=False
    )
    missing = {check.item: dict(check.facts) for check in found if not check.ok}
    assert missing[checklist.Item.OPENING] == {"amount": 50_000}
    assert missing[checklist.Item.CASH]["days"] == [date(2026, 10, 7)]
    assert [check.item for check in found if check.stops] == [checklist.Item.OPENING]
    async with refused(db, checklist.NotReady, count=1):
        await months_closed(db, here, date(2026, 10, 1))
    facts: dict[str, Any] = {
        "cooperative": here,
        "rules": await rules.in_force(db, here.id, TODAY),
        "today": TODAY,
    }
    await closing.close_month(
        db, month=date(2026, 10, 1), explanation="simpanan lama tanpa kas", **facts, **BY
    )


async def test_a_year_is_closed_shared_out_and_paid_to_the_last_rupiah(db: AsyncConnection):
    here, (siti, budi, dewi) = await a_year(db)
    async with refused(db, year_end.NothingToClose, year="2025"):  # before the book began
        await year_end.require_closable(db, koperasi_id=here.id, year=2025)
    async with refused(db, year_end.MonthsOpen, month=date(2026, 12, 1)):
        await year_closed(db, here)
    await months_closed(db, here, date(2026, 12, 1))
    before = await year_end.result(db, koperasi_id=here.id, year=2026)
    assert (before.income, before.costs, before.surplus) == (1_000_000, 500_000, 500_000)
    done = await year_closed(db, here)
    assert done.surplus == 500_000
    assert len(done.entries) == 2
    assert await year_end.result(db, koperasi_id=here.id, year=2026) == before
    held = await balances(db, here)
    assert held["361000"] == -500_000
    assert not [account for account in held if account[0] in "45" or account.startswith("390")]
    assert await closing.closed_through(db, here.id) == date(2026, 12, 31)
    async with refused(db, year_end.YearClosed):
        await year_closed(db, here)
    bought = await shopping.by_member(
        db, koperasi_id=here.id, first=date(2026, 1, 1), through=date(2026, 12, 31)
    )
    assert bought == {siti.id: 600_000, budi.id: 200_000}

    async with refused(db, policy.NoPolicy, year="2026"):
        await shared(db, here)
    await keep(db, here, decided())
    # Others than members brought 140,000 of the gross 700,000: 100,000 of 500,000 go to the reserve.
    seen = await plan.plan(db, koperasi_id=here.id, year=2026, today=TODAY)
    assert (seen.outside, seen.shared) == (100_000, 400_000)
    out = await shared(db, here)
    assert out.plan.shares == seen.shares
    held = await balances(db, here)
    assert {account: -held.get(account, 0) for account in ("361000", "340000", "216000", "216400")} == {
        "361000": 0, "340000": 260_000, "216000": 20_000, "216400": 20_000,
    }  # fmt: skip
    assert held[f"216500:m{siti.id}"] == -(60_000 + 90_000)
    assert held[f"216500:m{budi.id}"] == -(20_000 + 30_000)
    async with refused(db, sharing.SharedBefore):
        await shared(db, here)
    async with refused(db, policy.PolicyUsed):
        await keep(db, here, decided())
    async with refused(db, year_end.SurplusShared):
        await year_end.reopen_year(
            db, cooperative=here, year=2026, operation="buka", reason="salah", **BY
        )

    facts: dict[str, Any] = {
        "cooperative": here,
        "on": TODAY,
        "at": AT,
        "recorder": "person:1",
        "source": "t",
    }
    assert await plan.as_shared(db, koperasi_id=here.id, year=2026) == replace(
        seen, shares=tuple(one for one in seen.shares if one.total)
    )
    undone: dict[str, Any] = {
        "cooperative": here,
        "year": 2026,
        "on": TODAY,
        "reason": "salah persentase",
    } | BY
    async with refused(db, undoing.NotShared, year="2025"):
        await undoing.take_back(db, operation="batal-1", **undone | {"year": 2025})
    written = await journal(db, here)
    back = await undoing.take_back(db, operation="batal-1", **undone)
    assert len(back) == len(out.entries)
    moved = (await journal(db, here))[len(written) :]
    assert moved == [(credit, debit, amount) for debit, credit, amount in written[-len(moved) :]]
    assert (await balances(db, here))["361000"] == -500_000
    assert await plan.as_shared(db, koperasi_id=here.id, year=2026) is None
    again = await sharing.share(
        db, cooperative=here, year=2026, on=TODAY, today=TODAY, operation="bagi-2026-lagi", **BY
    )
    assert again.plan.shares == seen.shares

    async with refused(db, sharing.MoreThanPart, available=50_000):
        await sharing.pay(db, member=budi, amount=50_001, place="111000", operation="b1", **facts)
    paid = await sharing.pay(
        db, member=budi, amount=20_000, place="111000", operation="b2", **facts
    )
    assert paid.left == 30_000
    async with refused(db, undoing.SplitUsed, amount=20_000):
        await undoing.take_back(db, operation="batal-2", **undone)
    async with refused(db, sharing.NoPartLeft):
        await sharing.pay(db, member=dewi, amount=1, place=SUKARELA, operation="b3", **facts)
    rest = await sharing.all_to_savings(
        db, cooperative=here, on=TODAY, today=TODAY, operation="semua", **BY
    )
    assert (rest.members, rest.amount) == (2, 180_000)
    held = await balances(db, here)
    assert -held[f"211000:m{siti.id}"] == 150_000
    assert (await verify(db, here.id)).finding is None


async def test_a_closed_year_is_reopened_entry_by_entry_and_closed_again(db: AsyncConnection):
    here, _ = await a_year(db)
    await months_closed(db, here, date(2026, 12, 1))
    await months_closed(db, here, date(2027, 1, 1))
    before = await balances(db, here)
    await year_closed(db, here)
    async with refused(db, closing.YearIsClosed, year="2026"):
        await closing.reopen(
            db, koperasi_id=here.id, month=date(2026, 12, 1), at=AT, by="p", reason="salah"
        )
    await year_end.reopen_year(
        db, cooperative=here, year=2026, operation="buka", reason="salah", **BY
    )
    assert await balances(db, here) == before
    assert await closing.closed_through(db, here.id) == date(2027, 1, 31)
    again = await year_end.close_year(db, cooperative=here, year=2026, operation="lagi", **BY)
    assert again.surplus == 500_000
    assert (await verify(db, here.id)).finding is None


async def test_who_left_gets_the_part_where_the_policy_says_so(db: AsyncConnection):
    here, (siti, budi, _) = await a_year(db)
    await leaves(db, budi, here, date(2027, 1, 20))
    await months_closed(db, here, date(2026, 12, 1))
    await year_closed(db, here)
    await keep(db, here, decided(departed=policy.Departed.RESERVE, outside=policy.Outside.SHARED))
    seen = await plan.plan(db, koperasi_id=here.id, year=2026, today=TODAY)
    assert [share.member_id for share in seen.paid] == [siti.id]
    assert seen.reserve == 200_000 + 25_000 + 37_500
    assert sum(seen.accounts().values()) + sum(share.total for share in seen.paid) == 500_000
    await keep(db, here, decided(departed=policy.Departed.PAID, outside=policy.Outside.SHARED))
    seen = await plan.plan(db, koperasi_id=here.id, year=2026, today=TODAY)
    assert seen.reserve == 200_000
    assert [share.total for share in seen.paid] == [75_000 + 112_500, 25_000 + 37_500]


async def test_a_loss_is_covered_by_the_reserve_and_the_rest_carried_forward(db: AsyncConnection):
    here, _ = await a_year(db)
    await booked(db, here, date(2026, 11, 3), ("111000", "340000", 30_000))
    await booked(db, here, date(2026, 11, 4), ("521000", "111000", 600_000))
    await months_closed(db, here, date(2026, 12, 1))
    assert (await year_closed(db, here)).surplus == -100_000
    out = await shared(db, here)
    assert (out.covered, out.plan.shares) == (30_000, ())
    held = await balances(db, here)
    assert (held.get("340000", 0), held["361000"]) == (0, 70_000)
    assert (await plan.plan(db, koperasi_id=here.id, year=2026, today=TODAY)).shu == -100_000
    await undoing.take_back(
        db, cooperative=here, year=2026, on=TODAY, operation="batal", reason="salah", **BY
    )
    held = await balances(db, here)
    assert (held["340000"], held["361000"]) == (-30_000, 100_000)
    assert (await verify(db, here.id)).finding is None
