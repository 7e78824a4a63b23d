"""A real `kopdes serve`: started, waited for, killed, started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

_KOPDES = [sys.executable, "-c", "from bot.cli import main; main()"]
_SECRET = "webhook-secret"
_PATIENCE = 60.0  # seconds until a service on a busy machine is ready


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def command() -> list[str]:
    """Name the console script beside this Python, as `make install` leaves it."""
    script = Path(sys.executable).with_name("kopdes")
    return [str(script)] if script.exists() else _KOPDES


@dataclass(slots=True, kw_only=True)
class Service:
    """One service on one port; its log goes on over restarts."""

    env: dict[str, str] = field(repr=False)
    port: int
    log: Path
    process: asyncio.subprocess.Process | None = None
    starts: int = 0

    async def start(self) -> None:
        """Start the process, without waiting for it."""
        assert self.process is None
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command(), "serve", env=self.env, stdout=log, stderr=log
            )
        self.starts += 1

    async def ready(self) -> None:
        """Wait until /readyz says so."""
        until = asyncio.get_running_loop().time() + _PATIENCE
        async with aiohttp.ClientSession() as session:
            while asyncio.get_running_loop().time() < until:
                assert self.process is not None
                assert self.process.returncode is None, self.log.read_text()[-3000:]
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, ConnectionError):
                    pass
                await asyncio.sleep(0.05)
        raise TimeoutError(f"not ready: {self.log.read_text()[-3000:]}")

    async def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM, as an operator stops it; return the exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> int:
        assert self.process is not None
        process, self.process = self.process, None
        if process.returncode is None:
            process.send_signal(number)
        try:
            async with asyncio.timeout(30):
                return await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise

    def events(self, *levels: str) -> list[dict[str, Any]]:
        """Read the log's lines of these levels."""
        found = []
        for line in self.log.read_text(errors="replace").splitlines():
            try:
                event = json.loads(line)
            except (
                ValueError
            ):  # Not a line of ours: a crash of the interpreter, half a line of a killed one.
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
async def serving(env: dict[str, str], port: int, log: Path) -> AsyncIterator[Service]:
    """Have a service that is ready; whatever is left of it at the end is killed."""
    service = Service(env=env, port=port, log=log)
    try:
        await service.start()
        await service.ready()
        yield service
    finally:
        if service.process is not None:
            await service.kill()
