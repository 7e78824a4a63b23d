"""What must be true at the end, whatever went wrong in between; looked at by the database's owner."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

import asyncpg

from bot.simulator.world import World
from core import cooperatives, database
from core import verify as verification
from tests.faults.conftest import FULL
from tests.faults.crowd import MARK, Crowd
from tests.faults.service import Service
from tests.faults.village import TOKEN

_ENDED = {"sent", "unknown"}


@dataclass(slots=True, kw_only=True)
class Counts:
    """What was found, for the line that is printed."""

    entries: int
    outbox: Counter[str]
    resent: int


async def quiet(url: str, world: World, *, patience: float = 60.0) -> None:
    """Wait until every update was taken and nothing waits in the outbox or is on its way."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    pending = world.bots[TOKEN].pending
    left: list[Any] = []
    while loop.time() < until:
        await asyncio.sleep(0.2)
        try:
            connection = await asyncpg.connect(url, timeout=5)
        except (OSError, asyncpg.PostgresError):
            continue
        try:
            left = await connection.fetch(
                "SELECT purpose, state, attempts, reason, count(*) FROM outbox"
                " WHERE state IN ('waiting', 'claimed') GROUP BY 1, 2, 3, 4"
            )
        finally:
            await connection.close()
        if not left and not pending:
            return
    raise TimeoutError(f"{len(pending)} updates not taken, outbox: {[dict(row) for row in left]}")


async def check(url: str, crowd: Crowd, service: Service) -> Counts:
    """Hold book, outbox, chats and log against what the people did; returns what was counted."""
    connection = await asyncpg.connect(url)
    try:
        counts = await _book(connection, crowd)
        counts.outbox = await _outbox(connection, crowd.world)
    finally:
        await connection.close()
    counts.resent = _said(crowd.world)
    await verify(url, service)
    assert service.events("error", "critical") == []
    return counts


async def verify(url: str, service: Service) -> None:
    """Recompute every book: by the operator's command in full size, by what it calls in small, which is quicker."""
    if FULL:
        code, said = await service.run("verify")
        assert code == 0, said
        return
    engine = database.make_engine(url, size=1)
    try:
        async with database.transaction(engine) as db:
            for cooperative in await cooperatives.list_all(db):
                found = await verification.verify(db, cooperative.id)
                assert found.finding is None, (cooperative.code, found.finding)
    finally:
        await engine.dispose()


async def _book(connection: asyncpg.Connection[Any], crowd: Crowd) -> Counts:
    """Every ✅ that was pressed is one entry, of the card's amount; nothing else is in the book."""
    rows = await connection.fetch(
        "SELECT e.koperasi_id, e.number, e.operation, p.amount"
        " FROM ledger.entries e JOIN ledger.postings p"
        "   ON p.koperasi_id = e.koperasi_id AND p.entry = e.number"
    )
    booked = {row["operation"]: row for row in rows}
    assert len(booked) == len(rows), "an operation stands in the book twice"
    assert booked.keys() - crowd.pressed.keys() == set(), "recorded without a ✅"
    assert crowd.pressed.keys() - booked.keys() == set(), "a ✅ that recorded nothing"
    for card, pressed in crowd.pressed.items():
        row = booked[card]
        assert (row["koperasi_id"], row["amount"]) == (pressed.officer.koperasi_id, pressed.amount)
        assert pressed.entry in (None, row["number"]), (card, pressed, row)
    return Counts(entries=len(rows), outbox=Counter(), resent=0)


async def _outbox(connection: asyncpg.Connection[Any], world: World) -> Counter[str]:
    """Every update has one answer, every entry one receipt; each was said, or nobody knows."""
    updates = {str(number) for number in world.bots[TOKEN].updates}
    claimed = [row[0] for row in await connection.fetch("SELECT update_key FROM chat.updates")]
    assert Counter(claimed) == Counter(updates), "an update was taken twice, or never"
    replies = await connection.fetch("SELECT dedupe, state FROM outbox WHERE purpose = 'reply'")
    answered = Counter(row["dedupe"].rpartition("/")[2] for row in replies)
    assert answered == Counter(updates), "an update was answered twice, or never"
    assert {row["state"] for row in replies} <= _ENDED, Counter(row["state"] for row in replies)
    receipts = await connection.fetch(
        "SELECT e.number, r.entry, o.state, a.chat IS NOT NULL AS linked"
        " FROM ledger.entries e"
        " LEFT JOIN receipts r ON r.koperasi_id = e.koperasi_id AND r.entry = e.number"
        " LEFT JOIN outbox o ON o.koperasi_id = r.koperasi_id AND o.id = r.outbox_id"
        " LEFT JOIN addresses a ON a.koperasi_id = r.koperasi_id AND a.person_id = r.member_id"
    )
    for row in receipts:
        assert row["entry"] is not None, f"entry {row['number']} has no receipt"
        assert row["state"] in (_ENDED if row["linked"] else {"unaddressed"}), dict(row)
    states = await connection.fetch("SELECT state FROM outbox")
    return Counter(row["state"] for row in states)


def _said(world: World) -> int:
    """No chat saw a message twice without the mark; returns how many came with it."""
    plain: Counter[tuple[int, str]] = Counter()
    resent = 0
    for chat in world.bots[TOKEN].chats.values():
        for message in chat.messages.values():
            text = message.content.text
            if message.sender is not None or not _is_unique(text):
                continue
            if MARK in text:
                resent += 1
            else:
                plain[chat.id, text] += 1
    twice = [said for said, times in plain.items() if times > 1]
    assert not twice, twice[:3]
    return resent


def _is_unique(text: str) -> bool:
    """Cards and receipts name an amount or a number of their own; other answers may be alike."""
    return "Jumlah: Rp" in text
