"""The ledger over a thousand cooperatives against pgbench's TPC-B on the same server."""

from __future__ import annotations

import asyncio
import random
import re
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from core import database, ledger
from core.accounts import CASH, SavingsKind
from core.ledger import Posting
from tests.bench import house
from tests.bench.report import Report
from tests.bench.rounds import Contest, Work, interleaved, side_by_side

Line: TypeAlias = "asyncpg.Connection[Any]"
_SCALE = 32  # branches of TPC-B: no fewer than connections, or it waits for itself
# The cooperative is named and the function called in one statement: nothing but the function's own cost.
_BARE = (
    "SELECT p.number FROM set_config('kopdes.koperasi_id', $1::integer::text, true) AS named (k),"
    " LATERAL ledger.post(named.k::integer, $2, 'deposit-sukarela', $3, $4, 'person:21', 'telegram',"
    " $5, $6, $7) AS p"
)


async def run(report: Report, server: house.Server) -> None:
    """Measure the bare function, the product's call, and one hot cooperative."""
    report.title(
        "Ledger, 1,000 cooperatives, against pgbench TPC-B (simple protocol), sync commit on"
    )
    urls = await house.province(server, "ledger")
    await server.make("tpcb")
    await asyncio.to_thread(house.pgbench, server, "tpcb", "-i", "-q", "-s", str(_SCALE))
    lines = [await asyncpg.connect(urls.app) for _ in range(32)]
    engine = database.make_engine(urls.app, size=8)
    try:
        await interleaved({"warm": bare(lines), "up": product(engine, 8)}, rounds=1, seconds=1.0)
        for connections in (1, 8, 32):
            contest = {"tpcb": tpcb(server, connections), "bare": bare(lines[:connections])}
            if connections == 8:
                contest["product"] = product(engine, 8)
            found = await interleaved(contest)
            report.note(f"{connections} connections: {found.said()}")
            ceiling = found.ratio("bare", "tpcb")
            report.tell(
                f"ledger: bare function, {connections} connections", f"{ceiling:.2f}x TPC-B"
            )
            if connections == 8:
                called = found.ratio("product", "tpcb")
                report.ratio("ledger: as the product calls it, 8", called, least=0.65, aim=1)
        hot = {"tpcb": tpcb(server, 8), "hot": product(engine, 8, cooperatives=1)}
        found = await interleaved(hot, rounds=3)
        report.tell("ledger: one hot cooperative, 8", f"{found.ratio('hot', 'tpcb'):.2f}x TPC-B")
    finally:
        await engine.dispose()
        for line in lines:
            await line.close()
    report.limit(
        "ledger: violations after the runs", await house.violations(urls.owner), most=0, unit=""
    )


def tpcb(server: house.Server, clients: int) -> Contest:
    """Make a contest of pgbench's TPC-B; it counts in whole seconds."""

    async def contest(seconds: float) -> float:
        said = await asyncio.to_thread(
            house.pgbench, server, "tpcb", "-n", "-M", "simple", "-c", str(clients), "-j",
            str(min(2, clients)), "-T", str(max(1, round(seconds))),
        )  # fmt: skip
        found = re.search(r"tps = ([\d.]+) \(without", said)
        assert found, said
        return float(found[1])

    return contest


def bare(lines: Sequence[Line]) -> Contest:
    """Make a contest of the bare SQL function through the driver: one round trip, no transaction block."""

    def make(number: int) -> Work:
        return partial(_post_bare, lines[number])

    return side_by_side(len(lines), make)


async def _post_bare(line: Line) -> None:
    member = random.randint(1, house.MEMBERS)
    await line.fetchval(
        _BARE,
        random.randint(1, house.COOPERATIVES),
        uuid.uuid4().hex,
        house.today(),
        datetime.now(UTC),
        [CASH],
        [SavingsKind.SUKARELA.account(member)],
        [50_000],
    )


def product(
    engine: AsyncEngine, connections: int, *, cooperatives: int = house.COOPERATIVES
) -> Contest:
    """Make a contest of deposits as the product posts them: BEGIN, SET LOCAL and COMMIT included."""

    def make(_: int) -> Work:
        return partial(deposit, engine, cooperatives)

    return side_by_side(connections, make)


async def deposit(engine: AsyncEngine, cooperatives: int) -> None:
    """Post one deposit of a member of one of so many cooperatives."""
    koperasi_id = random.randint(1, cooperatives)
    member = random.randint(1, house.MEMBERS)
    posting = Posting(debit=CASH, credit=SavingsKind.SUKARELA.account(member), amount=50_000)
    async with database.transaction(engine, koperasi_id=koperasi_id) as db:
        await ledger.post(
            db,
            [posting],
            koperasi_id=koperasi_id,
            kind="deposit-sukarela",
            on=house.today(),
            at=datetime.now(UTC),
            zone=house.ZONE,
            recorder="person:21",
            source="telegram",
            operation=uuid.uuid4().hex,
        )
