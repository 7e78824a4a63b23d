"""The entries of a surplus: shared out after the RAT, a loss covered, members' parts paid or put to savings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core import closing, database, ledger, year_end
from core.accounts import SUKARELA, key
from core.cooperatives import Cooperative
from core.errors import Refusal
from core.ledger import Posting
from core.money import Rupiah
from core.people import Member
from core.shu import plan, policy
from core.shu.plan import MEMBERS, RESERVE, Plan, Share
from core.tables.surplus import parts, splits

SPLIT, COVER, PAYMENT, TO_SAVINGS = "shu-split", "shu-loss", "withdraw-shu", "shu-to-savings"
SOURCE = year_end.OF_LAST_YEAR


class YearNotClosed(Refusal):
    """A surplus is shared out after its year was closed. Facts: year."""

    text = "refusal-shu-year-open"


class SharedBefore(Refusal):
    """A year's surplus is shared out once. Facts: year."""

    text = "refusal-shu-shared-before"


class NothingToShare(Refusal):
    """A year that brought nothing, or whose surplus earlier losses used up. Facts: year."""

    text = "refusal-shu-nothing"


class NoPartLeft(Refusal):
    """The member has no unpaid part. Facts: member."""

    text = "refusal-shu-no-part"


class MoreThanPart(Refusal):
    """No more is paid than the member's unpaid part. Facts: member, available."""

    text = "refusal-shu-more-than-part"


class NobodyHasParts(Refusal):
    """No member has an unpaid part."""

    text = "refusal-shu-nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What was booked: the plan, entries, and of a loss what the reserve covered. Rupiah."""

    plan: Plan
    entries: tuple[int, ...]
    covered: Rupiah = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A part that was paid: the entry, what is left of it. Rupiah."""

    entry: int
    amount: Rupiah
    left: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSavings:
    """All unpaid parts, put to savings."""

    entries: tuple[int, ...]
    members: int
    amount: Rupiah


async def shareable(db: AsyncConnection, *, koperasi_id: int, year: int, today: date) -> Plan:
    """Make the plan of a closed year that is not shared out yet.

    Refuses SharedBefore, YearNotClosed, NoPolicy (of this very year; a loss needs none), NothingToShare.
    """
    if await policy.is_shared(db, koperasi_id=koperasi_id, year=year):
        raise SharedBefore(year=str(year))
    if not await closing.year_entries(db, koperasi_id=koperasi_id, year=year):
        raise YearNotClosed(year=str(year))
    lost = (await year_end.result(db, koperasi_id=koperasi_id, year=year)).surplus
    if lost < 0:
        return plan.of_loss(year, lost)
    if await policy.of_year(db, koperasi_id=koperasi_id, year=year) is None:
        raise policy.NoPolicy(year=str(year))
    found = await plan.plan(db, koperasi_id=koperasi_id, year=year, today=today)
    if found.shu <= 0:
        raise NothingToShare(year=str(year))
    return found


async def cover_of(db: AsyncConnection, *, koperasi_id: int, lost: Rupiah) -> Rupiah:
    """Return what the reserve covers of a loss: as far as 340000 reaches (Juklak Menkop 1/2025)."""
    raw = await database.driver(db)
    reserve: Rupiah = await raw.fetchval(
        "SELECT coalesce(sum(balance), 0)::bigint FROM ledger.accounts WHERE koperasi_id = $1 AND code = $2",
        koperasi_id, RESERVE,
    )  # fmt: skip
    carried = -min(0, await plan.undivided(db, koperasi_id))
    return max(0, min(reserve, lost, carried))


async def share(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    year: int,
    on: date,
    today: date,
    at: datetime,
    recorder: str,
    approver: str,
    source: str,
    operation: str,
) -> Shared:
    """Share a year's surplus out as its policy says; debits 361000, credits the pools and each member's 216500.

    A loss is not divided: 340000 covers it as far as it reaches, the rest stays in 361000. Refuses what
    shareable refuses.
    """
    here = cooperative.id
    found = await shareable(db, koperasi_id=here, year=year, today=today)
    covered = 0
    if found.shu < 0:
        covered = await cover_of(db, koperasi_id=here, lost=-found.shu)
        lines = [Posting(debit=RESERVE, credit=SOURCE, amount=covered)] if covered else []
    else:
        lines = [
            *(Posting(debit=SOURCE, credit=code, amount=sum_) for code, sum_ in found.accounts().items()),
            *(
                Posting(debit=SOURCE, credit=key(MEMBERS, member=one.member_id), amount=one.total)
                for one in found.paid
            ),
        ]  # fmt: skip
    entries = []
    for n, part in enumerate(closing.chunks(lines), 1):
        made = await ledger.post(
            db, part, koperasi_id=here, kind=COVER if found.shu < 0 else SPLIT, on=on, at=at,
            zone=cooperative.zone, recorder=recorder, approver=approver, source=source,
            operation=f"{operation}/{n}", reason=found.policy.minutes or None,
        )  # fmt: skip
        entries.append(made.number)
    await _keep(db, here, found, entries[0] if entries else None, at)
    return Shared(plan=found, entries=tuple(entries), covered=covered)


async def _keep(
    db: AsyncConnection, koperasi_id: int, found: Plan, entry: int | None, at: datetime
) -> None:
    await db.execute(
        insert(splits).values(
            koperasi_id=koperasi_id, year=found.year, shu=found.shu, outside=found.outside,
            total_simpanan=found.total_simpanan, total_usaha=found.total_usaha, entry=entry, at=at,
        )
    )  # fmt: skip
    rows = [_row(koperasi_id, found.year, share) for share in found.paid]
    if rows:
        await db.execute(insert(parts), rows)


def _row(koperasi_id: int, year: int, one: Share) -> dict[str, Any]:
    return {
        "koperasi_id": koperasi_id, "year": year, "member_id": one.member_id,
        "simpanan": one.simpanan, "usaha": one.usaha, "jasa_modal": one.jasa_modal,
        "jasa_usaha": one.jasa_usaha,
    }  # fmt: skip


async def unpaid(db: AsyncConnection, *, koperasi_id: int, member_id: int) -> Rupiah:
    """Read a member's unpaid part: the balance of 216500."""
    raw = await database.driver(db)
    found: Rupiah | None = await raw.fetchval(
        "SELECT balance FROM ledger.accounts WHERE koperasi_id = $1 AND key = $2",
        koperasi_id, key(MEMBERS, member=member_id),
    )  # fmt: skip
    return found or 0


async def require_part(
    db: AsyncConnection, *, koperasi_id: int, member: Member, amount: Rupiah | None
) -> Rupiah:
    """Return what would be paid: `amount`, else all of the part. Refuses NoPartLeft, MoreThanPart."""
    held = await unpaid(db, koperasi_id=koperasi_id, member_id=member.id)
    if not held:
        raise NoPartLeft(member=member.name)
    if amount is not None and amount > held:
        raise MoreThanPart(member=member.name, available=held)
    return held if amount is None else amount


async def pay(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    member: Member,
    amount: Rupiah,
    place: str,
    on: date,
    at: datetime,
    recorder: str,
    source: str,
    operation: str,
    approver: str | None = None,
) -> Paid:
    """Pay of a member's part; debits 216500 and credits `place`: cash, a bank, or 211000 for sukarela.

    Refuses NoPartLeft, MoreThanPart and what ledger.post refuses. Who left may still be paid.
    """
    assert amount > 0, amount
    raw = await database.driver(db)
    done = await raw.fetchval(
        "SELECT true FROM ledger.entries WHERE koperasi_id = $1 AND operation = $2",
        cooperative.id, operation,
    )  # fmt: skip
    if not done:
        await require_part(db, koperasi_id=cooperative.id, member=member, amount=amount)
    source_key = key(MEMBERS, member=member.id)
    target = key(SUKARELA, member=member.id) if place == SUKARELA else place
    made = await ledger.post(
        db, [Posting(debit=source_key, credit=target, amount=amount)], koperasi_id=cooperative.id,
        kind=PAYMENT, on=on, at=at, zone=cooperative.zone, recorder=recorder, source=source,
        operation=operation, approver=approver,
    )  # fmt: skip
    return Paid(entry=made.number, amount=amount, left=made.balance_of(source_key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A member with an unpaid part, in rupiah."""

    name: str
    number: str
    amount: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTaken:
    """Unpaid parts: of how many members, together in rupiah, the largest of them."""

    count: int
    amount: Rupiah
    largest: tuple[Waiting, ...]


async def not_taken(db: AsyncConnection, *, koperasi_id: int, most: int) -> NotTaken:
    """Count the unpaid parts (216500), who left included, and list the `most` largest."""
    raw = await database.driver(db)
    rows = await raw.fetch(_NOT_TAKEN, koperasi_id, MEMBERS, most)
    return NotTaken(
        count=rows[0]["count"] if rows else 0,
        amount=rows[0]["whole"] if rows else 0,
        largest=tuple(
            Waiting(name=row["name"], number=row["number"], amount=row["balance"]) for row in rows
        ),
    )


_NOT_TAKEN = """
SELECT p.name, m.number, a.balance, count(*) OVER () AS count, (sum(a.balance) OVER ())::bigint AS whole
  FROM ledger.accounts a
  JOIN members m ON m.koperasi_id = $1 AND m.id = a.member_id
  JOIN people p ON p.koperasi_id = $1 AND p.id = a.member_id
 WHERE a.koperasi_id = $1 AND a.code = $2 AND a.balance > 0
 ORDER BY a.balance DESC, m.number LIMIT $3
"""


async def all_unpaid(
    db: AsyncConnection, *, koperasi_id: int, today: date
) -> list[tuple[int, Rupiah]]:
    """List the unpaid parts of everybody who is a member. Refuses NobodyHasParts."""
    raw = await database.driver(db)
    rows = await raw.fetch(_UNPAID, koperasi_id, MEMBERS, today)
    if not rows:
        raise NobodyHasParts
    return [(row["member_id"], row["balance"]) for row in rows]


_UNPAID = """
SELECT a.member_id, a.balance FROM ledger.accounts a
  JOIN members m ON m.koperasi_id = $1 AND m.id = a.member_id AND (m.left_on IS NULL OR m.left_on > $3)
 WHERE a.koperasi_id = $1 AND a.code = $2 AND a.balance > 0 ORDER BY a.member_id LIMIT 100000
"""


async def all_to_savings(
    db: AsyncConnection,
    *,
    cooperative: Cooperative,
    on: date,
    today: date,
    at: datetime,
    recorder: str,
    approver: str,
    source: str,
    operation: str,
) -> ToSavings:
    """Put the unpaid parts of all members to their sukarela; debits 216500, credits 211000 of each.

    Refuses NobodyHasParts. One entry holds 900 members.
    """
    held = await all_unpaid(db, koperasi_id=cooperative.id, today=today)
    lines = [
        Posting(debit=key(MEMBERS, member=one), credit=key(SUKARELA, member=one), amount=amount)
        for one, amount in held
    ]
    entries = []
    for n, part in enumerate(closing.chunks(lines), 1):
        made = await ledger.post(
            db, part, koperasi_id=cooperative.id, kind=TO_SAVINGS, on=on, at=at,
            zone=cooperative.zone, recorder=recorder, approver=approver, source=source,
            operation=f"{operation}/{n}",
        )  # fmt: skip
        entries.append(made.number)
    return ToSavings(
        entries=tuple(entries), members=len(held), amount=sum(amount for _, amount in held)
    )
