"""Practice books: an officer's own cooperative with made-up members, its lessons, and how far everybody is.

A practice book is a cooperative like any other and is written by the same operations; it belongs to one
officer, lies in no region, and neither the province nor the clock knows it. What was passed is kept in
the real cooperative.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from sqlalchemy.ext.asyncio import AsyncConnection

from core import cooperatives, database, people
from core.cooperatives import PRACTICE
from core.identities import Chat
from core.people import NewPerson, Standing
from core.permissions import Role
from core.sealing import Keys

LEARNER = 1  # whose book it is: the first person of it
QUIZZES = ("kas", "saldo", "anggota")  # the answer is a figure of the book


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """An officer's practice book; `made`: it was made just now and is empty."""

    koperasi_id: int
    made: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    """A figure to be read from the practice book: rupiah or a number, and the member it is of."""

    answer: int
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many of the lessons of their offices somebody has passed."""

    person_id: int
    name: str
    roles: tuple[Role, ...]
    done: int
    of: int


def is_practice(koperasi_id: int | None) -> bool:
    """Say whether a cooperative's id is a practice book's."""
    return koperasi_id is not None and koperasi_id >= PRACTICE


@cache
def courses() -> dict[Role, tuple[str, ...]]:
    """Return the lessons of each office in their order."""
    source = files("core.data").joinpath("lessons.csv").read_text(encoding="utf-8")
    found: dict[Role, tuple[str, ...]] = {}
    for row in csv.DictReader(source.splitlines()):
        role = Role(row["role"])
        found[role] = (*found.get(role, ()), row["lesson"])
    return found


def lessons_of(roles: Iterable[Role]) -> tuple[str, ...]:
    """List the lessons of somebody's offices, each once."""
    return tuple(
        dict.fromkeys(lesson for role in roles for lesson in courses().get(Role(role), ()))
    )


async def enter(
    db: AsyncConnection,
    *,
    officer: Standing,
    chat: Chat,
    on: date,
    at: datetime,
    keys: Keys,
    fresh: bool = False,
) -> Book:
    """Open an officer's practice book; the transaction names it from here on.

    The first time, and with `fresh`, a new one is made: an older one stays as it is and is opened no more.
    The officer has the same offices there from `on`, and speaks in it from `chat`. What is recorded of
    them here is the name alone. The transaction names the officer's real cooperative before.
    """
    assert officer.roles, "practice is for officers"
    raw = await database.driver(db)
    row = await raw.fetchrow(
        "SELECT * FROM chat.practise($1, $2, $3)", officer.person_id, at, fresh
    )
    assert row is not None
    here: int = row["koperasi_id"]
    await database.enter(db, here)
    if row["made"]:
        learner = NewPerson(name=officer.name, gender=officer.gender)
        number = await people.add(db, learner, koperasi_id=here, keys=keys, at=at)
        assert number == LEARNER, number
    await _wear(db, here, officer.roles, on)
    await raw.execute(_SPEAK, here, LEARNER, *chat, at)
    return Book(koperasi_id=here, made=row["made"])


_SPEAK = """
INSERT INTO addresses (koperasi_id, person_id, channel, account, chat, linked_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (koperasi_id, person_id, channel, account, chat)
DO UPDATE SET ended_at = NULL, reason = NULL, linked_at = excluded.linked_at
"""
_HELD = "SELECT id, role FROM officers WHERE koperasi_id = $1 AND person_id = $2 AND until IS NULL"


async def _wear(db: AsyncConnection, here: int, roles: Collection[Role], on: date) -> None:
    """Give the learner the offices of the real cooperative, and end those that ended there."""
    raw = await database.driver(db)
    held = {row["role"]: row["id"] for row in await raw.fetch(_HELD, here, LEARNER)}
    for role in roles:
        if role.value not in held:
            await hold(db, koperasi_id=here, person_id=LEARNER, role=role, since=on)
    for role, number in held.items():
        if role not in roles:
            await raw.execute(
                "UPDATE officers SET until = since WHERE koperasi_id = $1 AND id = $2", here, number
            )


async def hold(
    db: AsyncConnection, *, koperasi_id: int, person_id: int, role: Role, since: date
) -> None:
    """Give somebody of a practice book an office: nobody made up has a phone to be appointed by."""
    assert is_practice(koperasi_id), koperasi_id
    raw = await database.driver(db)
    await raw.execute(
        "INSERT INTO officers (koperasi_id, id, person_id, role, since) VALUES ($1, $2, $3, $4, $5)",
        koperasi_id,
        await cooperatives.take_ids(db, koperasi_id, "officer"),
        person_id,
        role.value,
        since,
    )


async def home(db: AsyncConnection, koperasi_id: int) -> tuple[int, int]:
    """Say whose practice book this is: (real cooperative, person there)."""
    raw = await database.driver(db)
    row = await raw.fetchrow(
        "SELECT practice_of, practice_for FROM cooperatives WHERE koperasi_id = $1", koperasi_id
    )
    assert row is not None, koperasi_id
    return row["practice_of"], row["practice_for"]


_PASSED = """
WITH mine AS (SELECT * FROM ledger.entries WHERE koperasi_id = $1 AND recorder = $2),
votes AS (
  SELECT v.approved FROM approval_votes v
    JOIN approvals a ON a.koperasi_id = v.koperasi_id AND a.number = v.number
   WHERE v.koperasi_id = $1 AND v.person_id = $3)
SELECT EXISTS (SELECT FROM mine WHERE kind = 'deposit-wajib') AS "wajib",
  EXISTS (SELECT FROM mine WHERE kind LIKE 'deposit-%' GROUP BY at HAVING count(*) > 1) AS "setoran",
  EXISTS (SELECT FROM mine WHERE kind = 'withdraw-sukarela') AS "penarikan",
  EXISTS (SELECT FROM mine WHERE kind = 'expense') AS "belanja",
  EXISTS (SELECT FROM mine WHERE kind = 'sale') AS "penjualan",
  EXISTS (SELECT FROM mine WHERE kind IN ('loan-payment', 'loan-settlement')) AS "angsuran",
  EXISTS (SELECT FROM mine WHERE reverses IS NOT NULL) AS "batal",
  EXISTS (SELECT FROM cash_seals WHERE koperasi_id = $1 AND counter_id = $3) AS "tutup-kas",
  EXISTS (SELECT FROM votes WHERE approved) AS "setujui",
  EXISTS (SELECT FROM votes WHERE NOT approved) AS "tolak"
"""


async def passed(db: AsyncConnection, koperasi_id: int) -> frozenset[str]:
    """Read from a practice book which lessons its officer has done in it; answers to quizzes leave no trace there."""
    raw = await database.driver(db)
    row = await raw.fetchrow(_PASSED, koperasi_id, f"person:{LEARNER}", LEARNER)
    assert row is not None
    return frozenset(lesson for lesson, done in row.items() if done)


_QUIZ = {
    "kas": (
        "SELECT coalesce(sum(balance), 0)::bigint AS answer, '' AS member FROM ledger.accounts"
        " WHERE koperasi_id = $1 AND code = '111000'"
    ),
    "anggota": (
        "SELECT count(*) AS answer, '' AS member FROM members WHERE koperasi_id = $1 AND left_on IS NULL"
    ),
    "saldo": (
        "SELECT a.balance AS answer, p.name AS member FROM ledger.accounts a"
        " JOIN people p ON p.koperasi_id = a.koperasi_id AND p.id = a.member_id"
        " WHERE a.koperasi_id = $1 AND a.code = '211000' ORDER BY a.member_id LIMIT 1"
    ),
}


async def quiz(db: AsyncConnection, koperasi_id: int, lesson: str) -> Quiz:
    """Read what a quiz asks for from the practice book as it stands now."""
    raw = await database.driver(db)
    row = await raw.fetchrow(_QUIZ[lesson], koperasi_id)
    assert row is not None, lesson
    return Quiz(answer=row["answer"], member=row["member"])


async def keep(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    person_id: int,
    lessons: Collection[str],
    at: datetime,
) -> tuple[str, ...]:
    """Write down in the real cooperative what somebody passed; returns what was not passed before."""
    if not lessons:
        return ()
    raw = await database.driver(db)
    rows = await raw.fetch(
        "INSERT INTO lessons_done (koperasi_id, person_id, lesson, done_at)"
        " SELECT $1, $2, lesson, $4 FROM unnest($3::text[]) AS lesson"
        " ON CONFLICT DO NOTHING RETURNING lesson",
        koperasi_id,
        person_id,
        sorted(lessons),
        at,
    )
    return tuple(row["lesson"] for row in rows)


async def done(db: AsyncConnection, *, koperasi_id: int, person_id: int) -> frozenset[str]:
    """Read which lessons somebody of a real cooperative has passed."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT lesson FROM lessons_done WHERE koperasi_id = $1 AND person_id = $2"
        " ORDER BY lesson LIMIT 100",
        koperasi_id,
        person_id,
    )
    return frozenset(row["lesson"] for row in rows)


_PROGRESS = """
SELECT p.id, p.name, array_agg(o.role ORDER BY o.id) AS roles,
       ARRAY (SELECT d.lesson FROM lessons_done d WHERE d.koperasi_id = $1 AND d.person_id = p.id) AS done
  FROM officers o JOIN people p ON p.koperasi_id = o.koperasi_id AND p.id = o.person_id
 WHERE o.koperasi_id = $1 AND o.since <= $2 AND (o.until IS NULL OR o.until > $2)
 GROUP BY p.id, p.name ORDER BY min(o.id) LIMIT 100
"""


async def progress(db: AsyncConnection, *, koperasi_id: int, on: date) -> list[Progress]:
    """List how far the officers of a real cooperative are, in the order their offices were given."""
    raw = await database.driver(db)
    found = []
    for row in await raw.fetch(_PROGRESS, koperasi_id, on):
        roles = tuple(Role(role) for role in row["roles"])
        course = lessons_of(roles)
        found.append(
            Progress(
                person_id=row["id"],
                name=row["name"],
                roles=roles,
                done=len(set(course) & set(row["done"])),
                of=len(course),
            )
        )
    return found
