"""Who may decide what needs a second person: ketua, else another pengurus; never whom it concerns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database, permissions
from core.identities import Chat
from core.permissions import Action, Role, roles_that_may

NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligible:
    """Somebody who may decide; `chat` is where the person is reached, if anywhere."""

    person_id: int
    name: str
    roles: tuple[Role, ...]
    chat: Chat | None

    @property
    def said(self) -> str:
        """Name person and office, as refusals do."""
        return f"{self.name} ({permissions.said(*self.roles)})" if self.roles else self.name


def named(found: Collection[Eligible]) -> str:
    """Name who may decide, for a refusal; the texts know what to say of NOBODY."""
    return ", ".join(one.said for one in found) or NOBODY


_OFFICERS = """
SELECT p.id, p.name, array_agg(o.role ORDER BY o.id) AS roles
  FROM officers o JOIN people p ON p.koperasi_id = o.koperasi_id AND p.id = o.person_id
 WHERE o.koperasi_id = $1 AND o.role = ANY ($2) AND o.since <= $3
   AND (o.until IS NULL OR o.until > $3)
 GROUP BY p.id, p.name ORDER BY min(o.id) LIMIT 100
"""
_CHATS = """
SELECT person_id, channel, account, chat FROM addresses
 WHERE koperasi_id = $1 AND person_id = ANY ($2) AND ended_at IS NULL ORDER BY linked_at
"""


async def officers(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    on: date,
    barred: Collection[int],
    chats: Collection[Chat] = (),
    voted: Collection[int] = (),
) -> tuple[Eligible, ...]:
    """List who of the pengurus may decide, in the order the offices were given.

    Ketua; where every ketua is among the `barred` persons, or speaks from a chat of theirs or one of
    `chats`, any other pengurus. After the first of two (`voted`) any other pengurus than those.
    """
    found = await any_officer(
        db, koperasi_id=koperasi_id, on=on, barred=barred, chats=chats, voted=voted
    )
    ketua = tuple(one for one in found if Role.KETUA in one.roles)
    return ketua if ketua and not voted else found


async def any_officer(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    on: date,
    barred: Collection[int],
    chats: Collection[Chat] = (),
    voted: Collection[int] = (),
) -> tuple[Eligible, ...]:
    """List who of the pengurus may decide, ketua or not, in the order the offices were given."""
    raw = await database.driver(db)
    allowed = [role.value for role in roles_that_may(Action.APPROVE)]
    held = await raw.fetch(_OFFICERS, koperasi_id, allowed, on)
    return await _with_chats(
        db,
        koperasi_id,
        [(row["id"], row["name"], tuple(Role(role) for role in row["roles"])) for row in held],
        barred={*barred, *voted},
        chats=chats,
    )


async def ketua_and_pengawas(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    on: date,
    barred: Collection[int],
    chats: Collection[Chat] = (),
    voted: Collection[int] = (),
) -> tuple[Eligible, ...]:
    """List who may decide what the ketua and a pengawas decide together: after one of them the other.

    Where every ketua is barred another pengurus stands in, as in officers; nobody stands in for the pengawas.
    """
    raw = await database.driver(db)
    held = await raw.fetch(_OFFICERS, koperasi_id, [Role.PENGAWAS.value], on)
    roles: tuple[Role, ...] = (Role.PENGAWAS,)
    watching = [(row["id"], row["name"], roles) for row in held]
    watchers = {person for person, *_ in watching}
    pengurus: tuple[Eligible, ...] = ()
    if not set(voted) - watchers:  # nobody of the pengurus has said yes
        pengurus = await officers(
            db, koperasi_id=koperasi_id, on=on, barred={*barred, *watchers}, chats=chats
        )
    if watchers & set(voted):
        return pengurus
    return (
        *pengurus,
        *await _with_chats(db, koperasi_id, watching, barred={*barred, *voted}, chats=chats),
    )


async def member(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    member_id: int,
    on: date,
    barred: Collection[int],
    chats: Collection[Chat] = (),
) -> tuple[Eligible, ...]:
    """Return the member whose own consent is asked, unless it would come from a barred person's chat."""
    raw = await database.driver(db)
    row = await raw.fetchrow(
        "SELECT p.id, p.name FROM members m JOIN people p ON p.koperasi_id = m.koperasi_id"
        " AND p.id = m.id WHERE m.koperasi_id = $1 AND m.id = $2 AND m.joined_on <= $3"
        " AND (m.left_on IS NULL OR m.left_on > $3)",
        koperasi_id,
        member_id,
        on,
    )
    if row is None:
        return ()
    return await _with_chats(
        db, koperasi_id, [(row["id"], row["name"], ())], barred=barred, chats=chats
    )


async def _with_chats(
    db: AsyncConnection,
    koperasi_id: int,
    found: list[tuple[int, str, tuple[Role, ...]]],
    *,
    barred: Collection[int],
    chats: Collection[Chat],
) -> tuple[Eligible, ...]:
    """Leave out the barred, and whoever speaks from a chat of theirs."""
    raw = await database.driver(db)
    rows = await raw.fetch(_CHATS, koperasi_id, [*(one[0] for one in found), *barred])
    linked: dict[int, list[Chat]] = {}
    for person, channel, account, chat in rows:
        linked.setdefault(person, []).append((channel, account, chat))
    closed = {*chats, *(chat for person in barred for chat in linked.get(person, ()))}
    return tuple(
        Eligible(
            person_id=person,
            name=name,
            roles=roles,
            chat=linked[person][-1] if person in linked else None,
        )
        for person, name, roles in found
        if person not in barred and not closed.intersection(linked.get(person, ()))
    )
