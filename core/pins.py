"""PINs: six digits, hashed with argon2id over a keyed digest; five wrong ones lock for an hour."""

from __future__ import annotations

import asyncio
import hmac
import itertools
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from argon2 import PasswordHasher, profiles
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import Refusal
from core.sealing import Keys
from core.tables.approvals import pins

TRIES = 5
LOCKED_FOR = timedelta(hours=1)
_HASHER = PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)


class BadPin(Refusal):
    """A PIN is six digits that nobody guesses first, and no amount of money."""

    text = "refusal-bad-pin"


class Answer(StrEnum):
    """What became of a typed PIN."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"  # not even looked at
    NONE = "none"  # this person has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A typed PIN, checked: how many tries are left, or until when none is taken."""

    answer: Answer
    left: int = TRIES
    until: datetime | None = None
    spent: bool = False  # used where it stays readable: a new one must be set first


def require_good(pin: str) -> None:
    """Refuse what is no PIN or a silly one: BadPin.

    Silly are one or two digits alone, runs up or down and repeated halves; what ends with 00 is taken for
    an amount of rupiah.
    """
    if not re.fullmatch(r"[0-9]{6}", pin, re.ASCII):
        raise BadPin
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
    if len(set(pin)) <= 2 or steps in ({1}, {9}) or pin[:3] == pin[3:] or pin.endswith("00"):
        raise BadPin


async def has_one(db: AsyncConnection, *, koperasi_id: int, person_id: int) -> bool:
    """Say whether a person has a PIN."""
    found = await db.scalar(
        select(pins.c.hash).where(pins.c.koperasi_id == koperasi_id, pins.c.person_id == person_id)
    )
    return found is not None


async def locked_until(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, at: datetime
) -> datetime | None:
    """Say until when no PIN of this person is taken; none when one is."""
    until = await db.scalar(
        select(pins.c.locked_until).where(
            pins.c.koperasi_id == koperasi_id, pins.c.person_id == person_id
        )
    )
    return until if until is not None and until > at else None


async def check(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, pin: str, keys: Keys, at: datetime
) -> Checked:
    """Check a typed PIN and count a wrong one; the caller must commit, whatever the answer is.

    The row is held meanwhile, so that tries from two chats count one after the other.
    """
    row = (
        await db.execute(
            select(pins.c.hash, pins.c.wrong, pins.c.locked_until, pins.c.spent_at)
            .where(pins.c.koperasi_id == koperasi_id, pins.c.person_id == person_id)
            .with_for_update()
        )
    ).one_or_none()
    if row is None or row.hash is None:
        return Checked(answer=Answer.NONE)
    if row.locked_until is not None and row.locked_until > at:
        return Checked(answer=Answer.LOCKED, left=0, until=row.locked_until)
    if await _is(row.hash, _digest(pin, koperasi_id, person_id, keys)):
        await _set(db, koperasi_id, person_id, wrong=0, locked_until=None)
        return Checked(answer=Answer.RIGHT, spent=row.spent_at is not None)
    wrong = row.wrong + 1
    if wrong < TRIES:
        await _set(db, koperasi_id, person_id, wrong=wrong, locked_until=None)
        return Checked(answer=Answer.WRONG, left=TRIES - wrong)
    await _set(db, koperasi_id, person_id, wrong=0, locked_until=at + LOCKED_FOR)
    return Checked(answer=Answer.LOCKED, left=0, until=at + LOCKED_FOR)


async def propose(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, pin: str, keys: Keys
) -> None:
    """Take a new PIN down; it holds once `confirm` saw it a second time. Refuses BadPin."""
    require_good(pin)
    hashed = await asyncio.to_thread(_HASHER.hash, _digest(pin, koperasi_id, person_id, keys))
    await db.execute(
        insert(pins)
        .values(koperasi_id=koperasi_id, person_id=person_id, fresh=hashed, wrong=0)
        .on_conflict_do_update(index_elements=["koperasi_id", "person_id"], set_={"fresh": hashed})
    )


async def confirm(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, pin: str, keys: Keys, at: datetime
) -> bool:
    """Let the new PIN hold when it is typed the same again; either way it is proposed no more."""
    fresh = await db.scalar(
        select(pins.c.fresh)
        .where(pins.c.koperasi_id == koperasi_id, pins.c.person_id == person_id)
        .with_for_update()
    )
    same = fresh is not None and await _is(fresh, _digest(pin, koperasi_id, person_id, keys))
    await _set(
        db,
        koperasi_id,
        person_id,
        fresh=None,
        **(
            {"hash": fresh, "wrong": 0, "locked_until": None, "set_at": at, "spent_at": None}
            if same
            else {}
        ),
    )
    return same


async def spend(db: AsyncConnection, *, koperasi_id: int, person_id: int, at: datetime) -> None:
    """Note that a PIN was used in a chat nobody can take it out of: it opens nothing until it is changed."""
    await _set(db, koperasi_id, person_id, spent_at=at)


async def forget(db: AsyncConnection, *, koperasi_id: int, person_id: int) -> bool:
    """Let a person set a new PIN without the old one; says whether there was one."""
    there = await has_one(db, koperasi_id=koperasi_id, person_id=person_id)
    await _set(
        db,
        koperasi_id,
        person_id,
        hash=None,
        fresh=None,
        wrong=0,
        locked_until=None,
        set_at=None,
        spent_at=None,
    )
    return there


async def _set(db: AsyncConnection, koperasi_id: int, person_id: int, **values: object) -> None:
    await db.execute(
        update(pins)
        .where(pins.c.koperasi_id == koperasi_id, pins.c.person_id == person_id)
        .values(**values)
    )


def _digest(pin: str, koperasi_id: int, person_id: int, keys: Keys) -> bytes:
    """A million PINs are soon tried: what is hashed needs the installation's key as well."""
    return hmac.digest(keys.derive("pin"), f"{koperasi_id}/{person_id}/{pin}".encode(), "sha256")


async def _is(hashed: str, digest: bytes) -> bool:
    try:
        return await asyncio.to_thread(_HASHER.verify, hashed, digest)
    except VerifyMismatchError:
        return False
