"""From nothing to ready: the embedded database, the service, and a command beside it."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import house
from tests.bench.processes import HERE, beside, free_port, outside
from tests.bench.report import Report
from tests.bench.turn import resident, serve

_TIMES = 3
_CHANNELS = ("aiogram", "telegram", "pywa")


async def run(report: Report, _server: house.Server) -> None:
    """Start cold once per fresh directory, warm in the same one; a command while the service runs."""
    report.title("Start of the service on the embedded database, and a command beside it")
    cold: list[float] = []
    warm: list[float] = []
    memory: list[float] = []
    command: list[float] = []
    async with AsyncExitStack() as stack:
        api = free_port()
        far = await stack.enter_async_context(
            beside(sys.executable, str(HERE / "far_side.py"), str(api))
        )
        await far.line()
        for number in range(_TIMES):
            with _folder() as folder:
                cold.append((await _start(folder, api))[0])
                if number == 0:
                    await _run(folder, "seed", "kaltim")
                    for _ in range(_TIMES):
                        seconds, used = await _start(folder, api, command)
                        warm.append(seconds)
                        memory.append(used)
                    await _loaded(report, folder)
    report.limit("start: cold, embedded, to ready", statistics.median(cold), most=12, unit=" s")
    report.limit("start: warm, to ready", statistics.median(warm), most=7, unit=" s")
    report.limit(
        "start: resident memory when ready", statistics.median(memory), most=320, unit=" MiB"
    )
    listing = statistics.median(command)
    report.limit("start: kopdes koperasi list --json beside it", listing, most=1, unit=" s")


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="kopdes-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # The server does not run as root.
        yield folder


async def _start(folder: Path, api: int, command: list[float] | None = None) -> tuple[float, float]:
    """Start the service, wait until it is ready; return seconds and MiB. `command` takes commands' seconds."""
    port = free_port()
    begun = time.perf_counter()
    async with serve(port, api=f"http://127.0.0.1:{api}", data_dir=str(folder)) as service:
        await service.answers(f"http://127.0.0.1:{port}/readyz")
        seconds = time.perf_counter() - begun
        if command is not None:
            for _ in range(_TIMES):
                asked = time.perf_counter()
                await _run(folder, "koperasi", "list", "--json")
                command.append(time.perf_counter() - asked)
        return seconds, resident(service)


async def _run(folder: Path, *words: str, flags: tuple[str, ...] = ()) -> str:
    """Run a command; return what it wrote on stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *flags, "-m", "bot.cli", *words,
        env=outside({"data_dir": str(folder), "secret_key": house.KEYS.secret}),
        cwd=house.ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def _loaded(report: Report, folder: Path) -> None:
    """Look which channel libraries a command imports: none."""
    said = await _run(folder, "koperasi", "list", "--json", flags=("-X", "importtime"))
    modules = [line.rpartition("|")[2].strip() for line in said.splitlines() if "|" in line]
    found = [name for name in modules if name.partition(".")[0] in _CHANNELS]
    report.limit("start: channel modules a command imports", len(found), most=0, unit="")
