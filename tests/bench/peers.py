"""The same deposit in django-hordak and python-accounting, each in its own process on the same server."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from core import database
from tests.bench import house, ledger
from tests.bench.report import Report
from tests.bench.rounds import Contest, interleaved

_PEERS = {  # module to import: (our name of it, connections, goal)
    "hordak": ("django-hordak 2.0", 8, 5),
    "python_accounting": ("python-accounting 2.0", 1, 50),
}
_SCRIPTS = {"hordak": "peer_hordak.py", "python_accounting": "peer_accounting.py"}
_SETTING_UP = 120  # seconds


class NotAvailable(Exception):  # noqa: N818 - said as it is
    """A peer is not installed or does not start."""


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
        except NotAvailable as why:
            report.missing(line, f"PEER NOT AVAILABLE ({why})")
        finally:
            await engine.dispose()


@asynccontextmanager
async def _process(module: str, url: str, connections: int) -> AsyncIterator[Contest]:
    """Start a peer in the interpreter that has it: KOPDES_BENCH_PYTHON, or our own."""
    python = os.environ.get("KOPDES_BENCH_PYTHON") or sys.executable
    script = house.ROOT / "tests" / "bench" / _SCRIPTS[module]
    process = await asyncio.create_subprocess_exec(
        python, str(script), url,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=script.parent,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    assert process.stderr
    try:
        async with asyncio.timeout(_SETTING_UP):
            ready = await process.stdout.readline()
        if ready.strip() != b"ready":
            said = (await process.stderr.read()).decode().strip().splitlines()
            raise NotAvailable(said[-1][:100] if said else "no answer")

        async def contest(seconds: float) -> float:
            assert process.stdin
            assert process.stdout
            asked = {"seconds": seconds, "threads": connections}
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            return float(json.loads(await process.stdout.readline())["tps"])

        yield contest
    finally:
        process.stdin.close()
        if process.returncode is None:
            process.kill()
        await process.wait()
