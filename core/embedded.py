"""The embedded PostgreSQL: one server per data directory, there while anybody needs it.

Every process holds a shared lock on postgres.lock: the first to come starts the server in a session
of its own, later ones attach, the last to leave stops it. Coming and leaving are decided one at a
time, under an exclusive lock on DATA_DIR/postgres.start. The kernel drops both locks of a process
that dies, so a server left behind is found running and taken over.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core import embedded_cluster as cluster
from core.embedded_account import (
    STATE_DIR,
    EmbeddedError,
    Place,
    keeper,
    open_private,
    program,
    settle,
)

__all__ = [
    "EmbeddedError",
    "Server",
    "close",
    "open_server",
    "private_dir",
    "program",
    "revive",
    "running",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server that this process keeps running until it leaves."""

    url: str = field(repr=False)  # the owner's, with the password, for libpq, asyncpg, SQLAlchemy
    data_dir: Path  # the real path
    private_dir: Path  # where cluster and password lie: data_dir, or below /var/lib/kopdes
    socket_dir: Path
    log: Path
    place: Place = field(repr=False)
    durable: bool = field(repr=False)
    locks: tuple[int, int] = field(repr=False)  # descriptors of postgres.start and postgres.lock


@contextmanager
def running(
    data_dir: Path, *, durable: bool = True, state_dir: Path = STATE_DIR
) -> Iterator[Server]:
    """Keep the server of `data_dir` running inside the block; see `open_server` and `close`."""
    server = open_server(data_dir, durable=durable, state_dir=state_dir)
    try:
        yield server
    finally:
        close(server)


def open_server(data_dir: Path, *, durable: bool = True, state_dir: Path = STATE_DIR) -> Server:
    """Come to the server of `data_dir`: make it the first time, start or attach, wait until ready.

    Blocks, for minutes after a crash of a busy server. Every call needs its own `close`. Raises
    EmbeddedError. `durable=False` is for tests: the server that this call starts may lose all.
    """
    data_dir = _real(data_dir)
    start_lock = _start_lock(data_dir)
    try:
        place = settle(data_dir, state_dir)
        lock = open_private(place.home / "postgres.lock", keeper(place.home))
        try:
            alone = _is_free(lock)
            fcntl.flock(lock, fcntl.LOCK_SH)
            socket_dir, password = cluster.have(place, durable=durable, alone=alone)
        except BaseException:
            _leave(place, lock)
            raise
        fcntl.flock(start_lock, fcntl.LOCK_UN)
    except OSError as error:
        os.close(start_lock)
        raise EmbeddedError(f"no database in {data_dir}: {error}") from error
    except BaseException:
        os.close(start_lock)
        raise
    return Server(
        url=f"postgresql://kopdes:{password}@/kopdes?host={socket_dir}&port={cluster.PORT}",
        data_dir=data_dir,
        private_dir=place.home,
        socket_dir=socket_dir,
        log=place.log,
        place=place,
        durable=durable,
        locks=(start_lock, lock),
    )


def close(server: Server) -> None:
    """Leave the server; the last to leave stops it, ending connections that are still open."""
    start_lock, lock = server.locks
    try:
        fcntl.flock(start_lock, fcntl.LOCK_EX)
        _leave(server.place, lock)
    finally:
        os.close(start_lock)


def revive(server: Server) -> None:
    """Start the server again if it died while we hold it; its URL stays the same."""
    start_lock, _ = server.locks
    fcntl.flock(start_lock, fcntl.LOCK_EX)
    try:
        cluster.have(server.place, durable=server.durable, alone=False)
    except OSError as error:
        raise EmbeddedError(f"no database in {server.data_dir}: {error}") from error
    finally:
        fcntl.flock(start_lock, fcntl.LOCK_UN)


def private_dir(data_dir: Path, *, state_dir: Path = STATE_DIR) -> Path:
    """Say where the private files of `data_dir` lie, without starting anything."""
    data_dir = _real(data_dir)
    start_lock = _start_lock(data_dir)
    try:
        return settle(data_dir, state_dir).home
    finally:
        os.close(start_lock)


def _real(data_dir: Path) -> Path:
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(f"KOPDES_DATA_DIR {data_dir}: {error.strerror}") from error
    data_dir = data_dir.resolve()
    if re.search(r'["$`\\\n]', str(data_dir)):  # pg_ctl puts the path into a shell's words.
        raise EmbeddedError(f"KOPDES_DATA_DIR {data_dir!s} has a character PostgreSQL cannot take")
    return data_dir


def _start_lock(data_dir: Path) -> int:
    try:
        descriptor = open_private(data_dir / "postgres.start", keeper(data_dir))
    except OSError as error:
        raise EmbeddedError(f"KOPDES_DATA_DIR {data_dir}: {error}") from error
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _is_free(lock: int) -> bool:
    """Take the lock for ourselves if nobody else holds it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _leave(place: Place, lock: int) -> None:
    try:
        if _is_free(lock):
            cluster.stop(place)
    finally:
        os.close(lock)
