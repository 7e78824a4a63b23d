"""A member's month as it closed: savings by kind, loans, what moved, what falls due next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import balances, database, dues, interest, rules
from core.accounts import SavingsKind
from core.calendar import last_day, month_of
from core.cooperatives import Cooperative
from core.money import Rupiah
from core.people import Member
from core.reports import lent
from core.reports.flow import Flow, Moved, flow
from core.reports.lent import Lent, Paid

KINDS = (SavingsKind.SUKARELA, SavingsKind.WAJIB, SavingsKind.POKOK)  # as people ask for them


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanOfMonth:
    """A loan at the end of the month, in rupiah; nothing of its class, which is no business of a statement."""

    label: str
    outstanding: Rupiah  # principal
    lent: Rupiah  # paid out in this month
    paid: Paid
    late: Rupiah  # principal and interest due before the end and unpaid
    late_since: date | None
    penalty_left: Rupiah
    next_due: date | None
    next_amount: Rupiah
    settled_on: date | None
    claim: Rupiah  # of a loan that was written off


@dataclass(frozen=True, slots=True, kw_only=True)
class Wajib:
    """Simpanan wajib at the end of the month: paid through which month, and the months still owed."""

    through: date | None
    months_owed: int
    owed_since: date | None
    owed: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A member's month. Entries count by their date, whenever they were written down."""

    cooperative: Cooperative
    member: Member
    month: date
    savings: dict[SavingsKind, Flow]
    interest: Rupiah  # what came in of it, net, is in the sukarela
    wajib: Wajib
    loans: tuple[LoanOfMonth, ...]
    moves: tuple[Moved, ...]  # of savings and of loans' principal, by day and entry
    last_entry: int  # of the book when it was read

    @property
    def through(self) -> date:
        """Return the last day of the month."""
        return last_day(self.month)

    @property
    def total(self) -> Rupiah:
        """Return all savings at the end of the month."""
        return sum(one.closing for one in self.savings.values())


async def statement(
    db: AsyncConnection, *, cooperative: Cooperative, member: Member, month: date
) -> Statement:
    """Work out a member's month, which is over in the cooperative's zone."""
    assert month == month_of(month), month
    keys = {kind.account(member.id): kind for kind in KINDS}
    opening, moves, last_entry = await _moves(db, cooperative.id, list(keys), month)
    by_key = {kind: key for key, kind in keys.items()}
    found = await lent.of_member(
        db, koperasi_id=cooperative.id, member_id=member.id, first=month, through=last_day(month)
    )
    of_loans = await _moves(db, cooperative.id, [one.loan.account for one in found], month)
    return Statement(
        cooperative=cooperative,
        member=member,
        month=month,
        savings={
            kind: flow(
                opening.get(by_key[kind], 0), [m for key, m in moves if key == by_key[kind]], month
            )
            for kind in KINDS
        },
        interest=await _interest(
            db, cooperative.id, SavingsKind.SUKARELA.account(member.id), month
        ),
        wajib=await _wajib(db, cooperative, member, month),
        loans=tuple([await _own(db, one, month) for one in found]),
        moves=tuple(
            sorted(
                (move for _, move in (*moves, *of_loans[1])), key=lambda move: (move.on, move.entry)
            )
        ),
        last_entry=last_entry,
    )


async def _moves(
    db: AsyncConnection, koperasi_id: int, keys: list[str], month: date
) -> tuple[dict[str, Rupiah], list[tuple[str, Moved]], int]:
    """Read accounts: what each held before the month, what moved in it; and the book's last number."""
    raw = await database.driver(db)
    rows: list[Any] = await raw.fetch(_MOVES, koperasi_id, keys, month, last_day(month))
    opening = {row["key"]: row["amount"] for row in rows if row["entry"] is None}
    moves = [
        (
            row["key"],
            Moved(
                entry=row["entry"],
                on=row["on"],
                code=row["code"],
                amount=row["amount"],
                reverses=row["reverses"],
                reversed_on=row["reversed_on"],
            ),
        )
        for row in rows
        if row["entry"] is not None
    ]
    last = await raw.fetchval(
        "SELECT entries FROM ledger.books WHERE koperasi_id = $1", koperasi_id
    )
    return opening, moves, int(last or 0)


# Positive is the account's normal side: what a member saved, what a loan was paid out.
_MOVES = """
WITH own AS (
  SELECT a.id, a.key, a.code, CASE a.normal WHEN 'D' THEN 1 ELSE -1 END AS side
    FROM ledger.accounts a WHERE a.koperasi_id = $1 AND a.key = ANY ($2)
), moved AS (
  SELECT o.key, o.code, p.entry, p.line, o.side * p.amount AS amount
    FROM own o JOIN ledger.postings p ON p.koperasi_id = $1 AND p.debit = o.id
  UNION ALL
  SELECT o.key, o.code, p.entry, p.line, -o.side * p.amount
    FROM own o JOIN ledger.postings p ON p.koperasi_id = $1 AND p.credit = o.id
), dated AS (
  SELECT m.*, e."on", e.reverses FROM moved m
    JOIN ledger.entries e ON e.koperasi_id = $1 AND e.number = m.entry
   WHERE e."on" <= $4
)
SELECT d.key, NULL AS code, NULL::bigint AS entry, NULL::date AS "on", NULL::bigint AS reverses,
       NULL::date AS reversed_on, sum(d.amount)::bigint AS amount
  FROM dated d WHERE d."on" < $3 GROUP BY d.key
UNION ALL
(SELECT d.key, d.code, d.entry, d."on", d.reverses, r."on", d.amount
   FROM dated d LEFT JOIN ledger.entries r ON r.koperasi_id = $1 AND r.number = d.reverses
  WHERE d."on" >= $3 ORDER BY d."on", d.entry, d.line)
"""


async def _interest(db: AsyncConnection, koperasi_id: int, key: str, month: date) -> Rupiah:
    """Read the interest on savings that is dated in the month."""
    raw = await database.driver(db)
    return int(
        await raw.fetchval(_INTEREST, koperasi_id, key, month, last_day(month), interest.KIND)
    )


_INTEREST = """
SELECT coalesce(sum(p.amount), 0)::bigint
  FROM ledger.accounts a
  JOIN ledger.postings p ON p.koperasi_id = $1 AND p.credit = a.id
  JOIN ledger.entries e ON e.koperasi_id = $1 AND e.number = p.entry
 WHERE a.koperasi_id = $1 AND a.key = $2 AND e."on" BETWEEN $3 AND $4 AND e.kind = $5
"""


async def _wajib(
    db: AsyncConnection, cooperative: Cooperative, member: Member, month: date
) -> Wajib:
    raw = await database.driver(db)
    row = await raw.fetchrow(_DUES, cooperative.id, member.id, last_day(month))
    assert row is not None
    stands = dues.Position(
        due_from=month_of(member.dues_from),
        paid=dict(row["paid"]),
        rates=rules.rates_of(row["rates"]),
    )
    late = stands.arrears(month)
    return Wajib(
        through=stands.paid_through(),
        months_owed=len(late),
        owed_since=late[0] if late else None,
        owed=sum(stands.owed(one) for one in late),
    )


_DUES = f"""
SELECT ARRAY(SELECT ROW(d.month, sum(d.amount)::bigint) FROM dues d
               JOIN ledger.entries e ON e.koperasi_id = d.koperasi_id AND e.number = d.entry
              WHERE d.koperasi_id = $1 AND d.member_id = $2 AND e."on" <= $3 GROUP BY d.month) AS paid,
       {rules.WAJIB_STEPS} AS rates
"""


async def _own(db: AsyncConnection, one: Lent, month: date) -> LoanOfMonth:
    """Say how a loan stood; its principal is what the book holds of it."""
    loan, stands = one.loan, one.position
    until = last_day(month)
    outstanding = await balances.of_account(
        db, koperasi_id=loan.koperasi_id, key=loan.account, on=until
    )
    lent_now = loan.disbursed_on is not None and loan.disbursed_on >= month and not loan.imported
    owing = stands if one.runs else None
    coming = next((line for line in one.lines if line.due > until and line.left), None)
    return LoanOfMonth(
        label=loan.label,
        outstanding=outstanding,
        lent=loan.principal if lent_now else 0,
        paid=one.paid(month),
        late=owing.overdue if owing else 0,
        late_since=owing.oldest_due if owing and owing.overdue else None,
        penalty_left=owing.penalty_left if owing else 0,
        next_due=coming.due if coming else None,
        next_amount=coming.left if coming else 0,
        settled_on=stands.settled_on if stands else None,
        claim=one.claim,
    )
