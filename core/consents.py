"""What a person agreed to be sent, per purpose and channel; what the own data may be used for; answers and receipts need no consent."""

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


class Use(StrEnum):
    """What the own data is used for beside the books, whatever the channel; refused or withdrawn by itself."""

    KTP = "ktp"  # the NIK is kept
    NAMED = "named"  # name and NIK stand in the tables for SIMKOPDES


USES_TEXT = "2026-11"  # version of the texts use-…; tests/core/test_consents.py holds them together
EVERYWHERE = "-"  # the channel of a consent that is not about one


class Answer(StrEnum):
    """What a person last said of a use."""

    NEVER = "never"  # nobody asked yet: membership and the duty to report are the reason
    YES = "yes"
    NO = "no"


# That a person refused a use: of a row with koperasi_id and person id as given.
def refused(koperasi_id: str, person_id: str, use: Use) -> str:
    """Write the condition that somebody said no to a use, or withdrew it, last."""
    return (
        f"coalesce((SELECT c.withdrawn_at IS NOT NULL FROM consents c WHERE c.koperasi_id = {koperasi_id}"
        f" AND c.person_id = {person_id} AND c.purpose = '{use.value}' AND c.channel = '{EVERYWHERE}'"
        " ORDER BY c.given_at DESC LIMIT 1), false)"
    )


async def answer(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, use: Use
) -> tuple[Answer, datetime | None]:
    """Read what a person last said of a use, and when."""
    raw = await database.driver(db)
    row = await raw.fetchrow(
        "SELECT given_at, withdrawn_at FROM consents WHERE koperasi_id = $1 AND person_id = $2"
        " AND purpose = $3 AND channel = $4 ORDER BY given_at DESC LIMIT 1",
        koperasi_id,
        person_id,
        use.value,
        EVERYWHERE,
    )
    if row is None:
        return Answer.NEVER, None
    if row["withdrawn_at"] is not None:
        return Answer.NO, row["withdrawn_at"]
    return Answer.YES, row["given_at"]


async def allow(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, use: Use, at: datetime
) -> None:
    """Say yes to a use from now on; said again it changes nothing."""
    said, _ = await answer(db, koperasi_id=koperasi_id, person_id=person_id, use=use)
    if said is not Answer.YES:
        await _write(db, koperasi_id, person_id, use, at, withdrawn_at=None)


async def refuse(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, use: Use, at: datetime
) -> None:
    """Say no to a use, or withdraw it: at once, of the KTP by erasing the NIK (UU 27/2022 Pasal 40 and 43)."""
    raw = await database.driver(db)
    said, _ = await answer(db, koperasi_id=koperasi_id, person_id=person_id, use=use)
    if said is Answer.NEVER:
        await _write(db, koperasi_id, person_id, use, at, withdrawn_at=at)
    elif said is Answer.YES:
        await raw.execute(
            "UPDATE consents SET withdrawn_at = greatest($5, given_at) WHERE koperasi_id = $1 AND person_id = $2"
            " AND purpose = $3 AND channel = $4 AND withdrawn_at IS NULL",
            koperasi_id,
            person_id,
            use.value,
            EVERYWHERE,
            at,
        )
    if use is Use.KTP:
        await raw.execute(
            "UPDATE people SET nik_sealed = NULL, nik_hash = NULL WHERE koperasi_id = $1 AND id = $2",
            koperasi_id,
            person_id,
        )


async def _write(
    db: AsyncConnection,
    koperasi_id: int,
    person_id: int,
    use: Use,
    at: datetime,
    *,
    withdrawn_at: datetime | None,
) -> None:
    raw = await database.driver(db)
    await raw.execute(
        "INSERT INTO consents (koperasi_id, person_id, purpose, channel, text_version, given_at, withdrawn_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        koperasi_id,
        person_id,
        use.value,
        EVERYWHERE,
        USES_TEXT,
        at,
        withdrawn_at,
    )
