"""A day of 200 mixed entries through the protocol, against as many plain deposits of savings by the same hands."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from core import database, everyday, ledger, people
from core.everyday import Event
from core.goods import catalogue
from core.goods.catalogue import Said
from core.goods.stock import Line
from core.ledger import Posting
from tests.bench import house, turn
from tests.bench.processes import HERE, Beside, beside, free_port
from tests.bench.report import Report
from tests.bench.rounds import Contest, interleaved, percentile
from tests.core.loan_books import a_running_loan

ENTRIES = 200
KINDS = (
    "wajib",
    "sukarela",
    "sale",
    "expense",
    "instalment",
    "withdrawal",
    "purchase",
    "to the bank",
)
BORROWER = 10  # Siti Santoso
_SLOWER = 1.3


async def run(report: Report, server: house.Server) -> None:
    """Measure the two days with 1 and 8 officers at once, taking turns."""
    report.title(f"A day of {ENTRIES} mixed entries against {ENTRIES} deposits")
    urls = await house.province(server, "day")
    await turn.link(urls.owner)
    await _stock(urls.owner)
    await house.tidy(urls.owner)
    api, ours = free_port(), free_port()
    async with AsyncExitStack() as stack:
        far = await stack.enter_async_context(
            beside(sys.executable, str(HERE / "far_side.py"), str(api))
        )
        await far.line()
        service = await stack.enter_async_context(
            turn.serve(ours, api=f"http://127.0.0.1:{api}", database_url=server.named("day"))
        )
        await service.answers(f"http://127.0.0.1:{ours}/readyz")
        for posters in (1, 8):
            await _compare(report, far, posters, f"http://127.0.0.1:{ours}/telegram/webhook")
    report.limit("day: violations after", await house.violations(urls.owner), most=0, unit="")


async def _compare(report: Report, far: Beside, posters: int, url: str) -> None:
    took: dict[str, list[float]] = {}

    def play(kind: str) -> Contest:
        asked = {
            "url": url, "secret": turn.SECRET, "kind": kind, "chats": turn.CHATS, "posters": posters,
            "seconds": 60, "turns": 2 * ENTRIES,
        }  # fmt: skip

        async def contest(_seconds: float) -> float:
            answer = await far.ask(asked)
            took.setdefault(kind, []).extend(answer["took"])
            return len(answer["took"]) / 2 / float(answer["seconds"])

        return contest

    contest = {kind: play(kind) for kind in ("deposit", "day")}
    await interleaved(contest, rounds=1)
    took.clear()
    found = await interleaved(contest)
    late = {kind: percentile(took[kind], 0.95) * 1000 for kind in contest}
    report.note(
        f"{posters} at once: {found.said()} entries;"
        f" p95 of a turn {late['day']:.1f} ms, of a deposit's {late['deposit']:.1f}"
    )
    if posters == 1:  # then they come back in the order of the day
        report.note(", ".join(_each(took["day"])))
    line = f"day: {ENTRIES} mixed entries, {posters} at once, against deposits"
    slower = found.ratio("deposit", "day")
    report.limit(f"{line}, time an entry", slower, most=_SLOWER, unit="x")
    report.limit(f"{line}, p95", late["day"] / late["deposit"], most=_SLOWER, unit="x")


def _each(took: list[float]) -> list[str]:
    """Say what each kind of entry took: the middle of its card and of its ✅."""
    kinds = len(KINDS)
    said = []
    for n, kind in enumerate(KINDS):
        card, done = (percentile(took[2 * n + at :: 2 * kinds], 0.5) * 1000 for at in (0, 1))
        said.append(f"{kind} {card:.1f} + {done:.1f} ms")
    return said


async def _stock(owner: str) -> None:
    """Give the cooperatives that have chats rice to sell, a loan that runs, and a member's savings."""
    engine = database.make_engine(owner, size=1)
    at = datetime.now(UTC)
    on = at.date() - timedelta(days=1)
    try:
        for here in range(1, turn.CHATS + 1):
            async with database.transaction(engine, koperasi_id=here) as db:
                rina = await people.standing(
                    db, koperasi_id=here, person_id=house.TREASURER, on=house.today()
                )
                assert rina is not None
                said = Said(name="beras", unit="kg", price=15_000)
                rice = await catalogue.keep(db, officer=rina, said=said, at=at)
                amount = 1_200_000
                line = Line(good=rice.id, quantity=100_000, amount=amount)
                bought = everyday.plan(Event.PURCHASE, amount, lines=(line,))
                await everyday.record(
                    db, officer=rina, plan=bought, on=on, at=at, operation="stock", source="bench"
                )
                await a_running_loan(
                    db, BORROWER, principal=60_000_000, count=24, disbursed=on, koperasi_id=here
                )
                saved = Posting(debit="111000", credit="211000:m1", amount=5_000_000)
                await ledger.post(
                    db, [saved], koperasi_id=here, kind="deposit-sukarela", on=on, at=at,
                    zone=house.ZONE, recorder=rina.recorder, source="bench", operation="saved",
                )  # fmt: skip
    finally:
        await engine.dispose()
