"""Term and holiday savings whose day is near or has come: their members are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.term_savings import Term, TermKind

DAYS = timedelta(days=7)  # before its day, and after it as long as it is worth saying
_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Maturing:
    """A term near its day, and where its member is reached: channel, account and chat."""

    term: Term
    chat: tuple[str, str, str]


async def maturing(db: AsyncConnection, *, koperasi_id: int, today: date) -> list[Maturing]:
    """List open terms whose day is less than a week away or a week past, of members who have a chat."""
    raw = await database.driver(db)
    rows = await raw.fetch(_NEAR, koperasi_id, today - DAYS, today + DAYS, _MOST)
    return [
        Maturing(
            term=Term(
                entry=row["entry"],
                member_id=row["member_id"],
                kind=TermKind(row["kind"]),
                amount=row["amount"],
                rate=row["rate"],
                months=row["months"],
                opened_on=row["opened_on"],
                matures_on=row["matures_on"],
            ),
            chat=(row["channel"], row["account"], row["chat"]),
        )
        for row in rows
    ]


_NEAR = """
SELECT t.entry, t.member_id, t.kind, t.amount, t.rate, t.months, t.opened_on, t.matures_on,
       a.channel, a.account, a.chat
  FROM term_savings t
  CROSS JOIN LATERAL (SELECT x.channel, x.account, x.chat FROM addresses x
    WHERE x.koperasi_id = t.koperasi_id AND x.person_id = t.member_id AND x.ended_at IS NULL
    ORDER BY x.linked_at DESC LIMIT 1) AS a
 WHERE t.koperasi_id = $1 AND t.closed_by IS NULL AND t.matures_on > $2 AND t.matures_on <= $3
 ORDER BY t.matures_on, t.entry LIMIT $4
"""
