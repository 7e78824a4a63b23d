"""Who would get what of a year's surplus: the same reckoning for the estimate, the preview and the entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from core import closing, database, year_end
from core.money import Rupiah, share_out
from core.shu import bases, policy
from core.shu.policy import ACCOUNTS, Departed, Outside, Policy
from core.surplus import JASA_MODAL, JASA_USAHA, parts, pools

RESERVE, MEMBERS = "340000", "216500"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One member's part, and what it is measured by; whole rupiah."""

    member_id: int
    number: str
    name: str
    simpanan: Rupiah
    usaha: Rupiah
    jasa_modal: Rupiah
    jasa_usaha: Rupiah
    gone: bool  # a member no more: by the policy the part may go to the reserve

    @property
    def total(self) -> Rupiah:
        """Both parts together."""
        return self.jasa_modal + self.jasa_usaha


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A year's surplus divided. `shared` is what the percentages are of, `outside` goes to the reserve before."""

    year: int
    policy: Policy
    shu: Rupiah  # below zero: a loss, nothing is divided
    outside: Rupiah
    pools: Mapping[str, Rupiah]
    shares: tuple[Share, ...]
    total_simpanan: Rupiah
    total_usaha: Rupiah
    estimate: bool  # of a year that is not closed

    @property
    def shared(self) -> Rupiah:
        """Return what the percentages are of."""
        return max(0, self.shu) - self.outside

    @property
    def reserve(self) -> Rupiah:
        """Return what 340000 gets: its pool, the outside surplus, and parts nobody gets."""
        members = self.pools.get(JASA_MODAL, 0) + self.pools.get(JASA_USAHA, 0)
        unshared = members - sum(share.total for share in self.paid)
        return self.pools.get("cadangan", 0) + self.outside + unshared

    @property
    def paid(self) -> tuple[Share, ...]:
        """Return the parts members get."""
        keeps = self.policy.departed is Departed.PAID
        return tuple(share for share in self.shares if share.total and (keeps or not share.gone))

    def accounts(self) -> dict[str, Rupiah]:
        """Return what each account besides the members' gets, in rupiah more than zero."""
        sums = {RESERVE: self.reserve}
        for name, code in ACCOUNTS.items():
            if code != RESERVE and self.pools.get(name):
                sums[code] = sums.get(code, 0) + self.pools[name]
        return {code: amount for code, amount in sums.items() if amount}

    def of(self, member_id: int) -> Share | None:
        """Find one member's share."""
        return next((share for share in self.shares if share.member_id == member_id), None)


async def plan(db: AsyncConnection, *, koperasi_id: int, year: int, today: date) -> Plan:
    """Divide a year's surplus as its policy says, or the last one before; while the year is open an estimate.

    Of a closed year no more is divided than 361000 holds: a loss carried forward comes off first. A loss is
    not divided; a year that was shared out is told as it was. Refuses NoPolicy.
    """
    if (done := await as_shared(db, koperasi_id=koperasi_id, year=year)) is not None:
        return done
    closed = bool(await closing.year_entries(db, koperasi_id=koperasi_id, year=year))
    shu = (await year_end.result(db, koperasi_id=koperasi_id, year=year)).surplus
    if closed and shu < 0:
        return of_loss(year, shu)
    decided = await policy.latest(db, koperasi_id=koperasi_id, year=year)
    if decided is None:
        raise policy.NoPolicy(year=str(year))
    if closed and shu > 0:
        shu = min(shu, await undivided(db, koperasi_id))
    outside = 0
    if decided.outside is Outside.RESERVE and shu > 0:
        outside = await _outside(db, koperasi_id, year, shu)
    through = min(today, date(year, 12, 31))
    simpanan = await bases.savings(
        db, koperasi_id=koperasi_id, base=decided.modal_base, year=year, through=through
    )
    usaha = await bases.business(
        db, koperasi_id=koperasi_id, base=decided.usaha_base, first=date(year, 1, 1), through=through
    )  # fmt: skip
    divided = pools(shu - outside if shu > 0 else 0, decided.pools)
    return Plan(
        year=year,
        policy=decided,
        shu=shu,
        outside=outside,
        pools=divided,
        shares=await _shares(db, koperasi_id, divided, simpanan, usaha, today),
        total_simpanan=sum(simpanan.values()),
        total_usaha=sum(usaha.values()),
        estimate=not closed,
    )


def of_loss(year: int, lost: Rupiah) -> Plan:
    """Return the plan of a year that lost something: nothing is divided."""
    nobody = Policy(year=year, pools={}, minutes="", decided_on=date(year, 12, 31))
    return Plan(
        year=year, policy=nobody, shu=lost, outside=0, pools={}, shares=(), total_simpanan=0,
        total_usaha=0, estimate=False,
    )  # fmt: skip


async def as_shared(
    db: AsyncConnection, *, koperasi_id: int, year: int, member_id: int | None = None
) -> Plan | None:
    """Read what a year's split gave and why, to everybody or to one member; none while it is not shared out."""
    raw = await database.driver(db)
    split = await raw.fetchrow(
        "SELECT shu, outside, total_simpanan, total_usaha FROM surplus_splits"
        " WHERE koperasi_id = $1 AND year = $2",
        koperasi_id, year,
    )  # fmt: skip
    if split is None:
        return None
    decided = await policy.of_year(db, koperasi_id=koperasi_id, year=year)
    if split["shu"] < 0 or decided is None:
        return of_loss(year, split["shu"])
    rows = await raw.fetch(_PARTS, koperasi_id, year, member_id)
    return Plan(
        year=year,
        policy=decided,
        shu=split["shu"],
        outside=split["outside"],
        pools=pools(split["shu"] - split["outside"], decided.pools),
        shares=tuple(Share(**row, gone=False) for row in rows),
        total_simpanan=split["total_simpanan"],
        total_usaha=split["total_usaha"],
        estimate=False,
    )


_PARTS = """
SELECT s.member_id, m.number, p.name, s.simpanan, s.usaha, s.jasa_modal, s.jasa_usaha
  FROM surplus_parts s
  JOIN members m ON m.koperasi_id = $1 AND m.id = s.member_id
  JOIN people p ON p.koperasi_id = $1 AND p.id = s.member_id
 WHERE s.koperasi_id = $1 AND s.year = $2 AND ($3::integer IS NULL OR s.member_id = $3)
 ORDER BY m.number LIMIT 100000
"""


async def _shares(
    db: AsyncConnection,
    koperasi_id: int,
    divided: Mapping[str, Rupiah],
    simpanan: Mapping[int, Rupiah],
    usaha: Mapping[int, Rupiah],
    today: date,
) -> tuple[Share, ...]:
    raw = await database.driver(db)
    rows = await raw.fetch(_WHO, koperasi_id, sorted({*simpanan, *usaha}), today)
    numbers = {row["id"]: row["number"] for row in rows}
    modal = parts(
        divided.get(JASA_MODAL, 0), {numbers[one]: held for one, held in simpanan.items()}
    )
    jasa = parts(divided.get(JASA_USAHA, 0), {numbers[one]: done for one, done in usaha.items()})
    return tuple(
        Share(
            member_id=row["id"],
            number=row["number"],
            name=row["name"],
            simpanan=simpanan.get(row["id"], 0),
            usaha=usaha.get(row["id"], 0),
            jasa_modal=modal.get(row["number"], 0),
            jasa_usaha=jasa.get(row["number"], 0),
            gone=row["gone"],
        )
        for row in rows
    )


_WHO = """
SELECT m.id, m.number, p.name, (m.left_on IS NOT NULL AND m.left_on <= $3) AS gone
  FROM members m JOIN people p ON p.koperasi_id = m.koperasi_id AND p.id = m.id
 WHERE m.koperasi_id = $1 AND m.id = ANY ($2) ORDER BY m.number LIMIT 100000
"""


async def undivided(db: AsyncConnection, koperasi_id: int) -> Rupiah:
    """Return what 361000 holds now: below zero a loss carried forward."""
    raw = await database.driver(db)
    found: Rupiah = await raw.fetchval(
        "SELECT coalesce(sum(balance), 0)::bigint FROM ledger.accounts WHERE koperasi_id = $1 AND code = $2",
        koperasi_id, year_end.OF_LAST_YEAR,
    )  # fmt: skip
    return found


async def _outside(db: AsyncConnection, koperasi_id: int, year: int, shu: Rupiah) -> Rupiah:
    """Return the surplus of sales to others than members, in rupiah.

    It is the part of the surplus that their margin (412100 less 511100) is of all the gross result (income
    less the costs of what was sold).
    """
    raw = await database.driver(db)
    row = await raw.fetchrow(
        _GROSS, koperasi_id, date(year, 1, 1), date(year, 12, 31), year_end.KIND
    )
    assert row is not None
    gross, margin = row["gross"], min(row["outside"], row["gross"])
    return share_out(shu, [margin, gross - margin])[0] if margin > 0 else 0


_GROSS = """
SELECT coalesce(sum(s.amount) FILTER (WHERE a.code < '500000' OR a.code LIKE '511%'), 0)::bigint AS gross,
       coalesce(sum(s.amount) FILTER (WHERE a.code IN ('412100', '511100')), 0)::bigint AS outside
  FROM ledger.entries e
  JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
  CROSS JOIN LATERAL (VALUES (p.debit, -p.amount), (p.credit, p.amount)) s(account, amount)
  JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id = s.account AND a.code >= '400000'
 WHERE e.koperasi_id = $1 AND e."on" BETWEEN $2 AND $3 AND e.kind <> $4
   AND NOT EXISTS (SELECT FROM ledger.entries o WHERE o.koperasi_id = $1 AND o.number = e.reverses AND o.kind = $4)
"""
