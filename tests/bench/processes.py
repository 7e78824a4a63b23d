"""Processes beside the benchmark: started, waited for, asked by lines of JSON, ended."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import aiohttp

HERE = Path(__file__).parent
_LINE = 64 * 1024 * 1024  # bytes of a line of JSON: a round's latencies


class NotStarted(Exception):  # noqa: N818 - said as it is
    """A process ended before it was ready; the message is its last line."""


def outside(settings: Mapping[str, str]) -> dict[str, str]:
    """Make the environment of a kopdes process: these settings and no others."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("KOPDES_")}
    return plain | {f"KOPDES_{name.upper()}": value for name, value in settings.items()}


def free_port() -> int:
    """Find a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Beside:
    """A process that runs beside us. Its log goes to a file: a reader at the other end of a pipe costs it time."""

    process: Process
    log: IO[bytes]

    @property
    def last_words(self) -> str:
        """The end of its log."""
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else "no answer"

    def spent(self) -> float:
        """Return the seconds of processor time it has used."""
        parts = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")

    async def line(self, seconds: float = 120) -> bytes:
        """Read its next line of output; raises NotStarted when it ended instead."""
        assert self.process.stdout
        async with asyncio.timeout(seconds):
            said = await self.process.stdout.readline()
        if not said:
            raise NotStarted(self.last_words)
        return said

    async def ask(self, question: object) -> Any:
        """Ask by a line of JSON, return the answer."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        return json.loads(await self.line())

    async def answers(self, url: str, seconds: float = 60) -> float:
        """Wait until an address answers 200; return the seconds that took."""
        begun = time.perf_counter()
        async with aiohttp.ClientSession() as session:
            while time.perf_counter() < begun + seconds:
                if self.process.returncode is not None:
                    break
                try:
                    async with session.get(url) as response:
                        if response.status == 200:
                            return time.perf_counter() - begun
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.02)
        raise NotStarted(self.last_words)


@asynccontextmanager
async def beside(
    *command: str, environment: Mapping[str, str] | None = None, cwd: Path = HERE
) -> AsyncIterator[Beside]:
    """Run a process for the length of the block; ended by SIGTERM, or SIGKILL when that takes long."""
    with TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=log, env=environment, cwd=cwd, limit=_LINE
        )
        try:
            yield Beside(process, log)
        finally:
            if process.returncode is None:
                process.terminate()
            try:
                async with asyncio.timeout(15):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
