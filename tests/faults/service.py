"""A real `kopdes serve`: started, waited for, killed, started again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

_ROOT = Path(__file__).parents[2]
_SECRET = "webhook-secret"
_PATIENCE = 60.0  # seconds until a service on a busy machine is ready

Start = Callable[[dict[str, str], Path], int]  # environment, log -> process id


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def command() -> list[str]:
    """Name the console script beside this Python, as `make install` leaves it."""
    script = Path(sys.executable).with_name("kopdes")
    return [str(script)] if script.exists() else [sys.executable, "-c", "from bot.cli import main; main()"]  # fmt: skip


@contextmanager
def console_script() -> Iterator[Start]:
    """Start services as an operator does."""
    started: list[subprocess.Popen[bytes]] = []

    def start(env: dict[str, str], log: Path) -> int:
        with log.open("ab") as out:
            started.append(subprocess.Popen([*command(), "serve"], env=env, stdout=out, stderr=out))
        return started[-1].pid

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.wait()


@contextmanager
def forks() -> Iterator[Start]:
    """Start services as forks of one process that has imported everything: see zygote."""
    zygote = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.zygote"],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert zygote.stdin is not None
    assert zygote.stdout is not None
    ask, answer = zygote.stdin, zygote.stdout

    def start(env: dict[str, str], log: Path) -> int:
        ask.write(json.dumps({"env": env, "log": str(log)}) + "\n")
        ask.flush()
        return int(answer.readline())

    try:
        yield start
    finally:
        ask.close()
        zygote.wait()
        answer.close()


@dataclass(slots=True, kw_only=True)
class Service:
    """One service on one port; its log goes on over restarts."""

    env: dict[str, str] = field(repr=False)
    port: int
    log: Path
    launch: Start
    pid: int | None = None
    starts: int = 0

    async def start(self) -> None:
        """Start the process, without waiting for it."""
        assert self.pid is None
        self.starts += 1
        self.pid = await asyncio.to_thread(self.launch, self.env, self.log)

    async def ready(self) -> None:
        """Wait until /readyz says so."""
        async with aiohttp.ClientSession() as session, asyncio.timeout(_PATIENCE):
            while True:
                assert self.is_alive, self.log.read_text()[-3000:]
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, ConnectionError):
                    pass
                await asyncio.sleep(0.05)

    @property
    def is_alive(self) -> bool:
        """Whether the process runs; one that ended and was not asked for yet does not."""
        if self.pid is None:
            return False
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return False
        return stat.rpartition(")")[2].split()[0] != "Z"

    async def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        await self.end(signal.SIGKILL)

    async def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the process, if it has not ended by itself."""
        assert self.pid is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)
        async with asyncio.timeout(30):
            while self.is_alive:  # noqa: ASYNC110 - a process of another parent sets no event
                await asyncio.sleep(0.005)
        self.pid = None

    def events(self, *levels: str) -> list[dict[str, Any]]:
        """Read the log's lines of these levels."""
        found = []
        for line in self.log.read_text(errors="replace").splitlines():
            try:
                event = json.loads(line)
            except ValueError:  # The half line of a killed one.
                continue
            if event.get("level") in levels:
                found.append(event)
        return found

    async def run(self, *words: str) -> tuple[int, str]:
        """Run a command beside the service; return exit code and stdout."""
        process = await asyncio.create_subprocess_exec(
            *command(), *words, env=self.env, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, said.decode()


def environment(*, api_url: str, token: str, port: int, webhook: bool, **more: str) -> dict[str, str]:  # fmt: skip
    """Make a service's environment: nothing of ours but what is said here; every pace lifted."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("KOPDES_")}
    env |= {
        "KOPDES_HTTP_PORT": str(port),
        "KOPDES_TELEGRAM_TOKEN": token,
        "KOPDES_TELEGRAM_API_URL": api_url,
        "KOPDES_TELEGRAM_RATE": "0",
        "KOPDES_SEND_HOURS": "always",
    }
    if webhook:
        env["KOPDES_TELEGRAM_WEBHOOK_URL"] = f"http://127.0.0.1:{port}/telegram/webhook"
        env["KOPDES_TELEGRAM_WEBHOOK_SECRET"] = _SECRET
    return env | {f"KOPDES_{name.upper()}": value for name, value in more.items()}


@asynccontextmanager
async def serving(
    launch: Start, env: dict[str, str], port: int, log: Path
) -> AsyncIterator[Service]:
    """Have a service that is ready; whatever is left of it at the end is killed."""
    service = Service(env=env, port=port, log=log, launch=launch)
    try:
        await service.start()
        await service.ready()
        yield service
    finally:
        if service.pid is not None:
            await service.kill()
