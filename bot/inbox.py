"""The chat directory's two doors: chat.open locks and claims, chat.close keeps what the turn leaves behind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.talk import Chat, Incoming, LinkChange, Moved, NewInvite, ProvinceUser
from core import database
from core.identities import code_hash
from core.sealing import Keys
from notifications import outbox
from notifications.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the directory knows of a chat; `seen` when this update was claimed before."""

    chat: Chat
    seen: bool
    heard_before: datetime | None  # its message before this one, where the channel counts the hours
    koperasi_id: int | None
    person_id: int | None
    state: bytes | None
    province: ProvinceUser | None
    links: tuple[tuple[int, int], ...]
    names: dict[int, str]  # of the cooperatives linked
    invite: dict[str, Any] | None


_OPENED = "seen, koperasi_id, person_id, state, province, links, invite"
_OPEN = f"SELECT {_OPENED}, $3 AS chat, NULL AS heard_before FROM chat.open($1, $2, $3, $4, $5, $6)"
_RESOLVE_AND_OPEN = f"""
SELECT {_OPENED}, known.found_chat AS chat, known.heard_before
  FROM chat.resolve($2, $3, $7, $8, $9, $10) AS known,
       LATERAL chat.open($1, $2, known.found_chat, $4, $5, $6)
"""
_UNHEARD = datetime(2000, 1, 1, tzinfo=UTC)  # news of a person is no message from it


async def open_chat(
    db: AsyncConnection, incoming: Incoming, keys: Keys, *, code: bytes | None, now: datetime
) -> Opening:
    """Lock the chat and claim the update: until the commit nobody else speaks in this chat.

    A sender known by number or lasting name is found in the directory of contacts by the same call.
    """
    raw = await database.driver(db)
    given = (*incoming.chat.key, incoming.update, now, code)
    if incoming.phone is None and incoming.user is None:
        row = await raw.fetchrow(_OPEN, *given)
    else:
        heard = _UNHEARD if incoming.moved else min(incoming.at, now)
        row = await raw.fetchrow(
            _RESOLVE_AND_OPEN, *given, *_sealed(incoming.phone, keys), incoming.user, heard
        )
    assert row is not None
    links = row["links"] or []  # the pool decodes JSON
    province = row["province"]
    return Opening(
        chat=replace(incoming.chat, id=row["chat"]),
        seen=row["seen"],
        heard_before=row["heard_before"],
        koperasi_id=row["koperasi_id"],
        person_id=row["person_id"],
        state=row["state"],
        province=ProvinceUser(**province) if province else None,
        links=tuple((koperasi, person) for koperasi, person, _ in links),
        names={koperasi: name for koperasi, _, name in links},
        invite=row["invite"],
    )


def _sealed(phone: str | None, keys: Keys) -> tuple[bytes | None, bytes | None]:
    if phone is None:
        return None, None
    return keys.fingerprint("phone", phone), keys.seal(phone.encode())


async def renumber(db: AsyncConnection, chat: Chat, moved: Moved, keys: Keys) -> bool:
    """Let a chat go on under another number; False when somebody else is linked under that one already."""
    raw = await database.driver(db)
    done: bool = await raw.fetchval(
        "SELECT chat.renumber($1, $2, $3, $4, $5)",
        chat.account,
        chat.id,
        *_sealed(moved.phone, keys),
        moved.user,
    )
    return done


_CLOSE = f"""
WITH owed AS ({outbox.PUT})
SELECT linked FROM chat.close($16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)
"""


async def close_chat(
    db: AsyncConnection,
    chat: Chat,
    *,
    speaks_for: tuple[int | None, int | None],
    province_user: int | None,
    state: bytes | None,
    change: LinkChange | None,
    invites: tuple[NewInvite, ...],
    keys: Keys,
    made_by: str,
    now: datetime,
    owed: Sequence[Message],
) -> bool:
    """Keep where the conversation stands and owe messages, in one round trip.

    False when the invite was used up in between: then all of it is to be undone.
    """
    raw = await database.driver(db)
    linked: bool = await raw.fetchval(
        _CLOSE,
        *outbox.columns(owed, keys),
        *chat.key,
        now,
        *speaks_for,
        province_user,
        state,
        change.use if change else None,
        json.dumps(change.add) if change and change.add else None,
        json.dumps(change.remove) if change and change.remove else None,
        _written(invites, keys, made_by) if invites else None,
    )
    return linked


def _written(invites: tuple[NewInvite, ...], keys: Keys, made_by: str) -> str:
    return json.dumps(
        [
            {
                "code_hash": code_hash(new.invite.code, keys).hex(),
                "person_id": new.person_id,
                "expires_at": new.invite.expires_at.isoformat(),
                "made_by": made_by,
            }
            for new in invites
        ]
    )
