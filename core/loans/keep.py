"""Keep what replay says: the one end of every operation that changes a running loan."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.loans import collectibility
from core.loans.book import Loan, State, Version
from core.loans.replay import Position

_INSTALMENTS = """
UPDATE loan_instalments i
   SET principal_paid = said.principal, interest_paid = said.interest, penalty_paid = said.penalty,
       paid_on = said.paid_on
  FROM unnest($4::smallint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::date[])
       AS said (n, principal, interest, penalty, paid_on)
 WHERE i.koperasi_id = $1 AND i.loan_id = $2 AND i.version = $3 AND i.n = said.n
   AND (i.principal_paid, i.interest_paid, i.penalty_paid, i.paid_on)
       IS DISTINCT FROM (said.principal, said.interest, said.penalty, said.paid_on)
"""
_LOAN = """
UPDATE loans SET outstanding = $3, oldest_due = $4, state = $5, settled_on = $6, version = $7
 WHERE koperasi_id = $1 AND id = $2
"""


async def keep(
    db: AsyncConnection,
    loan: Loan,
    version: Version,
    position: Position,
    *,
    on: date,
    at: datetime,
    cause: str,
) -> None:
    """Write down how a loan stands, and give it the class of its days past due.

    `loan` as it was read, locked, before the operation; `version` the schedule that holds now; `position`
    its replay on `on`, the day the operation is recorded (today: later payments would be missing).
    The loan runs, or is settled on the day of what ended it; a reversal lets it run again. `cause` as in
    collectibility.Cause.
    """
    assert position.on == on, (position.on, on)
    raw = await database.driver(db)
    lines = position.lines
    await raw.execute(
        _INSTALMENTS,
        loan.koperasi_id,
        loan.id,
        version.version,
        [line.n for line in lines],
        [line.principal_paid for line in lines],
        [line.interest_paid for line in lines],
        [line.penalty_paid for line in lines],
        [line.paid_on for line in lines],
    )
    await raw.execute(
        _LOAN,
        loan.koperasi_id,
        loan.id,
        position.principal_left,
        position.oldest_due,
        State.SETTLED if position.settled else State.RUNNING,
        position.settled_on,
        version.version,
    )
    await collectibility.reassess(
        db,
        loan,
        overdue_days=position.overdue_days,
        paid_rows=position.paid_rows,
        on=on,
        at=at,
        cause=cause,
    )
