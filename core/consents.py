"""What a person agreed to be sent, per purpose and channel, and by which channel; answers and receipts need no consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database


class Consent(StrEnum):
    """What can be switched off by itself (UU 27/2022 Pasal 40)."""

    REMINDER = "reminder"
    STATEMENT = "statement"
    ANNOUNCEMENT = "announcement"


async def allows(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, purpose: Consent, channel: str
) -> bool:
    """Say whether a person may be sent this on a channel: the newest consent given has not been withdrawn."""
    raw = await database.driver(db)
    row = await raw.fetchrow(
        "SELECT withdrawn_at FROM consents WHERE koperasi_id = $1 AND person_id = $2"
        " AND purpose = $3 AND channel = $4 ORDER BY given_at DESC LIMIT 1",
        koperasi_id,
        person_id,
        purpose.value,
        channel,
    )
    return row is not None and row["withdrawn_at"] is None


async def withdraw(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    person_id: int,
    channel: str,
    at: datetime,
    purposes: Sequence[Consent] = tuple(Consent),
) -> int:
    """Withdraw consents from this instant on; return how many were given until then."""
    raw = await database.driver(db)
    status = await raw.execute(
        "UPDATE consents SET withdrawn_at = $5 WHERE koperasi_id = $1 AND person_id = $2"
        " AND channel = $3 AND purpose = ANY ($4) AND withdrawn_at IS NULL",
        koperasi_id,
        person_id,
        channel,
        [purpose.value for purpose in purposes],
        at,
    )
    return int(status.rpartition(" ")[2])


async def give(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    person_id: int,
    channel: str,
    text_version: str,
    at: datetime,
    purposes: Sequence[Consent] = tuple(Consent),
) -> int:
    """Give consents anew: a row of their own, so that the time without one stays on record; return how many."""
    raw = await database.driver(db)
    status = await raw.execute(
        "INSERT INTO consents (koperasi_id, person_id, purpose, channel, text_version, given_at)"
        " SELECT $1, $2, wanted.purpose, $3, $5, $6 FROM unnest($4::text[]) AS wanted (purpose)"
        " WHERE NOT EXISTS (SELECT FROM consents c WHERE c.koperasi_id = $1 AND c.person_id = $2"
        "   AND c.channel = $3 AND c.purpose = wanted.purpose AND c.withdrawn_at IS NULL)"
        " ON CONFLICT DO NOTHING",
        koperasi_id,
        person_id,
        channel,
        [purpose.value for purpose in purposes],
        text_version,
        at,
    )
    return int(status.rpartition(" ")[2])


async def hush_official(
    db: AsyncConnection, chat: tuple[str, str, str], *, stopped_at: datetime | None
) -> None:
    """Tell an official's chat (channel, account, chat) of no month any more; None: of every month again."""
    raw = await database.driver(db)
    await raw.execute("SELECT chat.hush($1, $2, $3, $4)", *chat, stopped_at)


async def prefer(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, channel: str, at: datetime
) -> bool:
    """Send a person what nobody asked for by this channel from now on; False when there is no chat on it."""
    raw = await database.driver(db)
    status = await raw.execute(
        "UPDATE addresses SET chosen_at = CASE WHEN channel = $3 THEN $4::timestamptz END,"
        " linked_at = CASE WHEN channel = $3 THEN $4::timestamptz ELSE linked_at END"
        " WHERE koperasi_id = $1 AND person_id = $2 AND ended_at IS NULL AND EXISTS ("
        "   SELECT FROM addresses a WHERE a.koperasi_id = $1 AND a.person_id = $2"
        "      AND a.channel = $3 AND a.ended_at IS NULL)",
        koperasi_id,
        person_id,
        channel,
        at,
    )
    return bool(status != "UPDATE 0")
