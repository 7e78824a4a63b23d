"""The embedded PostgreSQL: one server per data directory, there while anybody needs it.

Every process holds a shared lock on postgres.lock: the first to come starts the server in a session
of its own, later ones attach, the last to leave stops it. Coming and leaving are decided one at a
time, under an exclusive lock on DATA_DIR/postgres.start. The kernel drops both locks of a process
that dies, so a server left behind is found running and taken over.

Beside the cluster (`postgres`, 0700) lie postgres.password and postgres.log (0600) and postgres.run,
the folder of its only socket; where that path is too long for a socket, it is a folder in /tmp.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.embedded_account import (
    STATE_DIR,
    Account,
    EmbeddedError,
    Place,
    give_tree,
    make_folder,
    program,
    run,
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

_PORT = 5432  # Only the socket's name: the server listens on no network.
_PATIENCE = 600  # Seconds for a crash recovery or a last checkpoint.
_LOG_LIMIT = 1_000_000  # Bytes; the log before it is kept once more.

# Written when the cluster is made; an operator may change them in postgresql.conf.
_SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "128MB",
    "huge_pages": "off",
    "wal_compression": "on",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # Our log carries every error; this one says how the server fares, and never a row's content.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}
_UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


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
    start_lock = -1
    lock = -1
    try:
        data_dir = _real(data_dir)
        start_lock = _open_private(data_dir / "postgres.start", _keeper(data_dir))
        fcntl.flock(start_lock, fcntl.LOCK_EX)
        place = settle(data_dir, state_dir)
        lock = _open_private(place.home / "postgres.lock", _keeper(data_dir))
        fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            socket_dir, password = _ready(place, durable=durable)
        except BaseException:
            _leave(place, lock)
            lock = -1
            raise
        fcntl.flock(start_lock, fcntl.LOCK_UN)
        return Server(
            url=f"postgresql://kopdes:{password}@/kopdes?host={socket_dir}&port={_PORT}",
            data_dir=data_dir,
            private_dir=place.home,
            socket_dir=socket_dir,
            log=place.home / "postgres.log",
            place=place,
            durable=durable,
            locks=(start_lock, lock),
        )
    except BaseException as error:
        for descriptor in (lock, start_lock):
            if descriptor >= 0:
                os.close(descriptor)
        if isinstance(error, OSError):
            raise EmbeddedError(f"no database in {data_dir}: {error}") from error
        raise


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
        _ready(server.place, durable=server.durable)
    except OSError as error:
        raise EmbeddedError(f"no database in {server.data_dir}: {error}") from error
    finally:
        fcntl.flock(start_lock, fcntl.LOCK_UN)


def private_dir(data_dir: Path, *, state_dir: Path = STATE_DIR) -> Path:
    """Say where the private files of `data_dir` lie, without starting anything."""
    data_dir = _real(data_dir)
    start_lock = _open_private(data_dir / "postgres.start", _keeper(data_dir))
    try:
        fcntl.flock(start_lock, fcntl.LOCK_EX)
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


def _keeper(data_dir: Path) -> Account | None:
    """Whose the files beside the cluster are: what root makes in a user's directory is the user's."""
    found = data_dir.stat()
    return Account(uid=found.st_uid, gid=found.st_gid) if os.geteuid() == 0 else None


def _open_private(path: Path, keeper: Account | None, *, flags: int = 0) -> int:
    flags |= os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        descriptor = os.open(path, flags | os.O_CREAT, 0o600)
        if keeper:
            os.fchown(descriptor, keeper.uid, keeper.gid)
        return descriptor


def _ready(place: Place, *, durable: bool) -> tuple[Path, str]:
    """Have a server that answers; return its socket's folder and the owner's password."""
    _trim(place.home / "postgres.log")
    password = _password(place)
    if not place.cluster.exists():
        _create(place, password, durable=durable)
    elif place.account and place.cluster.stat().st_uid == 0:
        give_tree(place.cluster, place.account)  # A copy that root brought back.
    if not _wait(place):
        _start(place, durable=durable)
        _ensure_database(place, password)
    return _socket_dir_of(place), password


def _leave(place: Place, lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        _stop(place)
    finally:
        os.close(lock)


def _password(place: Place) -> str:
    path = place.home / "postgres.password"
    if path.exists():
        return path.read_text().strip()
    if place.cluster.exists():
        raise EmbeddedError(f"{path} is missing: without it the database cannot be opened")
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    password = secrets.token_urlsafe(24)
    descriptor = _open_private(fresh, _keeper(place.data_dir))
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{password}\n")
        file.flush()
        os.fsync(descriptor)
    fresh.replace(path)
    return password


def _create(place: Place, password: str, *, durable: bool) -> None:
    """Make the cluster under another name first: one that was interrupted is never mistaken for it."""
    fresh = place.home / "postgres.new"
    words = place.home / "postgres.words"
    if fresh.exists():
        shutil.rmtree(fresh)
    words.unlink(missing_ok=True)
    builder = place.builder
    make_folder(fresh, builder)
    with os.fdopen(_open_private(words, builder), "w") as file:
        file.write(f"{password}\n")
    command = [place.programs / "initdb", "-D", fresh, "-U", "kopdes", f"--pwfile={words}"]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += [f"--set={name}={value}" for name, value in _SETTINGS.items()]
    try:
        made = run(builder, command if durable else [*command, "--no-sync"])
    finally:
        words.unlink(missing_ok=True)
    if made.returncode:
        raise EmbeddedError(f"initdb failed: {_last_line(made.stdout.decode(errors='replace'))}")
    if place.account and place.account != builder:
        give_tree(fresh, place.account)
    fresh.rename(place.cluster)


def _start(place: Place, *, durable: bool) -> None:
    socket_dir = _socket_dir_for(place)
    make_folder(socket_dir, place.account)
    for leftover in socket_dir.iterdir():  # Of a server that was killed: its pid may be another's.
        leftover.unlink()
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0600",
        "port": str(_PORT),
    } | ({} if durable else _UNSAFE)
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    command = [place.programs / "pg_ctl", "start", "-s", "-w", "-t", str(_PATIENCE)]
    command += ["-D", place.cluster, "-o", options]
    log = place.home / "postgres.log"
    deadline = time.monotonic() + 60
    while True:
        with os.fdopen(
            _open_private(log, _keeper(place.data_dir), flags=os.O_APPEND), "ab"
        ) as output:
            before = log.stat().st_size
            if run(place.account, command, output=output).returncode == 0:
                return
        said = log.read_bytes()[before:].decode(errors="replace")
        # The children of a killed server need a moment to notice.
        if "pre-existing shared memory" not in said or time.monotonic() > deadline:
            raise EmbeddedError(f"PostgreSQL does not start: {_last_line(said)} ({log})")
        time.sleep(0.2)


def _stop(place: Place) -> None:
    if _status(place) is None:
        return
    socket_dir = _socket_dir_of(place)
    command = [place.programs / "pg_ctl", "stop", "-s", "-m", "fast", "-w", "-t", str(_PATIENCE)]
    stopped = run(place.account, [*command, "-D", place.cluster])
    if stopped.returncode and _status(place) is not None:
        said = _last_line(stopped.stdout.decode(errors="replace"))
        raise EmbeddedError(f"PostgreSQL does not stop: {said}")
    if socket_dir.parent != place.home:
        shutil.rmtree(socket_dir, ignore_errors=True)


def _ensure_database(place: Place, password: str) -> None:
    question = "SELECT count(*) FROM pg_database WHERE datname = 'kopdes'"
    if _psql(place, password, question) == "0":
        _psql(place, password, "CREATE DATABASE kopdes")


def _psql(place: Place, password: str, statement: str) -> str:
    address = f"host={_socket_dir_of(place)} port={_PORT} user=kopdes dbname=postgres"
    said = run(
        None,
        [program("psql"), "-XAtqw", "-v", "ON_ERROR_STOP=1", "-c", statement, address],
        environment={"PGPASSWORD": password},
    )
    answer = said.stdout.decode(errors="replace").strip()
    if said.returncode:
        raise EmbeddedError(f"PostgreSQL refuses: {_last_line(answer)}")
    return answer


def _wait(place: Place) -> bool:
    """Wait while a server comes up or goes down; say whether there is one that answers."""
    deadline = time.monotonic() + _PATIENCE
    while (status := _status(place)) != "ready":
        if status is None:
            return False
        if time.monotonic() > deadline:
            raise EmbeddedError(f"PostgreSQL in {place.cluster} is still {status or 'starting'}")
        time.sleep(0.02)
    return True


def _status(place: Place) -> str | None:
    """What the server says of itself in postmaster.pid; None: no server of this cluster lives.

    A dead server's number may since belong to any program. The file then gets a number no
    process can have: PostgreSQL would take the stranger for a server, and removing the file would
    take away its own check that no child of the dead one is left.
    """
    file = place.cluster / "postmaster.pid"
    try:
        lines = file.read_text().splitlines()
    except FileNotFoundError:
        return None
    pid = int(lines[0]) if lines and lines[0].strip().isdigit() else 0
    words = _words_of(pid) if pid else ""
    if f" -D {place.cluster} " in f"{words} " and "postgres" in words.partition(" -D ")[0]:
        return lines[7].strip() if len(lines) > 7 else ""
    if words and "\n".join(lines[1:]):
        descriptor = os.open(file, os.O_WRONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "w") as stale:
            stale.truncate()
            stale.write("\n".join(["999999999", *lines[1:], ""]))
    return None


def _words_of(pid: int) -> str:
    """The command line of a process; empty for one that is gone or a zombie."""
    if Path("/proc/self/cmdline").exists():
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return line.replace(b"\0", b" ").decode(errors="surrogateescape").strip()
    command = ["ps", "-ww", "-p", str(pid), "-o", "command="]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()  # noqa: S603


def _socket_dir_of(place: Place) -> Path:
    try:
        return Path((place.cluster / "postmaster.pid").read_text().splitlines()[4])
    except (FileNotFoundError, IndexError):
        return _socket_dir_for(place)


def _socket_dir_for(place: Place) -> Path:
    folder = place.home / "postgres.run"
    # A socket's path has 104 bytes on the smallest system; `,` and `:` mean something in a URL.
    if len(str(folder)) <= 85 and re.fullmatch(r"[A-Za-z0-9_./-]+", str(folder)):
        return folder
    name = hashlib.sha256(os.fsencode(place.home)).hexdigest()[:16]
    return Path("/tmp") / f"kopdes-{name}"  # noqa: S108 - make_folder refuses one that is not ours


def _trim(log: Path) -> None:
    # The server appends to the open file, so it goes on at the start of the emptied one.
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        shutil.copy2(log, log.with_suffix(".log.old"))
        os.truncate(log, 0)


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    for line in lines:
        if "FATAL" in line or "error:" in line:
            return line
    return lines[-1] if lines else "it says nothing"
