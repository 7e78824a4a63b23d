"""The same deposit in django-hordak and python-accounting, each in its own process on the same server."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from core import database
from tests.bench import house, ledger
from tests.bench.processes import HERE, NotStarted, beside
from tests.bench.report import Report
from tests.bench.rounds import Contest, interleaved

_PEERS = {  # module to import: (our name of it, connections, goal)
    "hordak": ("django-hordak 2.0", 8, 5),
    "python_accounting": ("python-accounting 2.0", 1, 50),
}
_SCRIPTS = {"hordak": "peer_hordak.py", "python_accounting": "peer_accounting.py"}


async def run(report: Report, server: house.Server) -> None:
    """Let each peer post against our product's own call at the same number of connections."""
    report.title("The same deposit elsewhere, same server")
    urls = await house.province(server, "peers")
    for module, (name, connections, goal) in _PEERS.items():
        line = f"peers: deposit against {name}, {connections} connections"
        engine = database.make_engine(urls.app, size=connections)
        try:
            async with AsyncExitStack() as stack:
                url = await server.make(f"peer_{module}")
                peer = await stack.enter_async_context(_process(module, url, connections))
                contest = {"ours": ledger.product(engine, connections), "peer": peer}
                await interleaved(contest, rounds=1, seconds=0.6)
                found = await interleaved(contest, seconds=1.5)
                report.note(f"{name}, {connections} connections: {found.said()}")
                report.ratio(line, found.ratio("ours", "peer"), least=goal)
        except NotStarted as why:
            report.missing(line, f"PEER NOT AVAILABLE ({why})")
        finally:
            await engine.dispose()


@asynccontextmanager
async def _process(module: str, url: str, connections: int) -> AsyncIterator[Contest]:
    """Start a peer in the interpreter that has it: KOPDES_BENCH_PYTHON, or our own."""
    python = os.environ.get("KOPDES_BENCH_PYTHON") or sys.executable
    async with beside(python, str(HERE / _SCRIPTS[module]), url) as peer:
        await peer.line()

        async def contest(seconds: float) -> float:
            answer = await peer.ask({"seconds": seconds, "threads": connections})
            return float(answer["tps"])

        yield contest
