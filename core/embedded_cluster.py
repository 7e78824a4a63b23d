"""One cluster of the embedded PostgreSQL: made, started, looked at and stopped, by its own programs.

Beside the cluster (`postgres`, 0700) lie postgres.password and postgres.log (0600) and postgres.run,
the folder of its only socket; where that path is too long for a socket, it is a folder in /tmp.
Every function here is called under the start lock of the data directory.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import time
from pathlib import Path

from core.embedded_account import (
    EmbeddedError,
    Place,
    give_tree,
    keeper,
    make_folder,
    open_private,
    program,
    run,
)

PORT = 5432  # Only the socket's name: the server listens on no network.

_PATIENCE = 600  # Seconds for a crash recovery or a last checkpoint.
_GOING = 5.0  # Seconds: a killed server's last child may hold its socket a moment longer.
_NO_PID = 999_999_999  # Above any system's highest process number.
_LOG_LIMIT = 1_000_000  # Bytes; what was logged before is kept once more.

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


def have(place: Place, *, durable: bool, alone: bool) -> tuple[Path, str]:
    """Have a server that answers; return its socket's folder and the owner's password.

    Makes the cluster the first time, waits for a server that is coming up or going down, starts one
    where none lives. One that somebody started, or left, is used as it is. `alone`: nobody else
    holds it, so whoever left it may not have come as far as making the database.
    """
    _trim(place)
    password = _password(place)
    if not place.cluster.exists():
        _create(place, password, durable=durable)
    elif place.account and place.cluster.stat().st_uid == 0:
        give_tree(place.cluster, place.account)  # A copy that root brought back.
    lives = _wait(place)
    if not lives:
        _start(place, durable=durable)
    if alone or not lives:
        _ensure_database(place, password)
    return _socket_dir_of(place), password


def stop(place: Place) -> None:
    """Stop the server, if one lives, ending the connections it still has."""
    if _status(place) is None:
        return
    socket_dir = _socket_dir_of(place)
    command = [*_pg_ctl(place, "stop"), "-m", "fast"]
    stopped = run(place.account, command)
    if stopped.returncode and _status(place) is not None:
        said = _reason(stopped.stdout.decode(errors="replace"))
        raise EmbeddedError(f"PostgreSQL does not stop: {said}")
    if socket_dir.parent != place.home:
        shutil.rmtree(socket_dir, ignore_errors=True)


def _password(place: Place) -> str:
    path = place.home / "postgres.password"
    if path.exists():
        return path.read_text().strip()
    if place.cluster.exists():
        raise EmbeddedError(f"{path} is missing: without it the database cannot be opened")
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    password = secrets.token_urlsafe(24)
    descriptor = open_private(fresh, keeper(place.home))
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{password}\n")
        file.flush()
        os.fsync(descriptor)
    fresh.replace(path)
    _sync(place.home)
    return password


def _create(place: Place, password: str, *, durable: bool) -> None:
    """Make the cluster under another name first: an interrupted one is never mistaken for it."""
    words = place.home / "postgres.words"
    words.unlink(missing_ok=True)
    # An initdb whose starter was killed may still be at work: each has a name of its own.
    fresh = place.home / f"postgres.new-{secrets.token_hex(4)}"
    builder = place.builder
    make_folder(fresh, builder)
    with os.fdopen(open_private(words, builder), "w") as file:
        file.write(f"{password}\n")
    command: list[str | Path] = [place.programs / "initdb", f"--pgdata={fresh}"]
    command += ["--username=kopdes", f"--pwfile={words}"]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += [f"--set={name}={value}" for name, value in _SETTINGS.items()]
    try:
        made = run(builder, command if durable else [*command, "--no-sync"])
    finally:
        words.unlink(missing_ok=True)
    if made.returncode:
        raise EmbeddedError(f"initdb failed: {_reason(made.stdout.decode(errors='replace'))}")
    if place.account and place.account != builder:
        give_tree(fresh, place.account)
    fresh.rename(place.cluster)
    if durable:
        _sync(place.home)


def _start(place: Place, *, durable: bool) -> None:
    for leftover in place.home.glob("postgres.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    socket_dir = _socket_dir_for(place)
    make_folder(socket_dir, place.account)  # A killed server's socket names a pid as well.
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0600",
        "port": str(PORT),
    } | ({} if durable else _UNSAFE)
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    command = [*_pg_ctl(place, "start"), "-o", options]
    deadline = time.monotonic() + 60
    while True:
        with os.fdopen(open_private(place.log, keeper(place.home), flags=os.O_APPEND), "ab") as log:
            before = place.log.stat().st_size
            if run(place.account, command, output=log).returncode == 0 or _wait(place):
                return
        said = place.log.read_bytes()[before:].decode(errors="replace")
        # The children of a killed server need a moment to notice.
        if "pre-existing shared memory" not in said or time.monotonic() > deadline:
            raise EmbeddedError(f"PostgreSQL does not start: {_reason(said)} ({place.log})")
        time.sleep(0.2)


def _pg_ctl(place: Place, action: str) -> list[str | Path]:
    patience = ["-s", "-w", "-t", str(_PATIENCE)]
    return [place.programs / "pg_ctl", action, *patience, "-D", place.cluster]


def _ensure_database(place: Place, password: str) -> None:
    question = "SELECT count(*) FROM pg_database WHERE datname = 'kopdes'"
    if _psql(place, password, question) == "0":
        _psql(place, password, "CREATE DATABASE kopdes")


def _psql(place: Place, password: str, statement: str) -> str:
    address = f"host={_socket_dir_of(place)} port={PORT} user=kopdes dbname=postgres"
    said = run(
        None,
        [program("psql"), "-XAtqw", "-v", "ON_ERROR_STOP=1", "-c", statement, address],
        environment={"PGPASSWORD": password},
    )
    answer = said.stdout.decode(errors="replace").strip()
    if said.returncode:
        raise EmbeddedError(f"PostgreSQL refuses: {_reason(answer)}")
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

    A dead server's number may belong to a stranger by now, or to a zombie that a container without
    an init never reaps, and PostgreSQL takes either for a server. The file then gets a number that
    no process can have; without the file PostgreSQL could not check that no child is left.
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
    if _keeps_answering(_socket_dir_of(place)):
        raise EmbeddedError(
            f"the server of {place.cluster} was started elsewhere, in another container perhaps:"
            " work there, or set KOPDES_DATABASE_URL"
        )
    if pid != _NO_PID:
        descriptor = os.open(file, os.O_WRONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "w") as stale:
            stale.truncate()
            stale.write("\n".join([str(_NO_PID), *lines[1:], ""]))
    return None


def _keeps_answering(socket_dir: Path) -> bool:
    deadline = time.monotonic() + _GOING
    while _answers(socket_dir):
        if time.monotonic() > deadline:
            return True
        time.sleep(0.05)
    return False


def _answers(socket_dir: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(socket_dir / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


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


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _trim(place: Place) -> None:
    if not place.log.exists() or place.log.stat().st_size <= _LOG_LIMIT:
        return
    former = place.log.with_suffix(".log.old")
    former.unlink(missing_ok=True)
    with (
        os.fdopen(open_private(place.log, None), "r+b") as log,
        os.fdopen(open_private(former, keeper(place.home)), "wb") as kept,
    ):
        shutil.copyfileobj(log, kept)
        log.truncate(0)  # The server appends, so it goes on at the start of the emptied file.


def _reason(said: str) -> str:
    """Find the line that matters in what a program of PostgreSQL said, and the one before it."""
    lines = [re.sub(r"^[-\d]+ [:.\d]+ \S+ \[\d+\] ", "", line) for line in said.splitlines()]
    for number, line in enumerate(lines):
        if "FATAL" in line or "rror:" in line:
            return "; ".join(lines[max(number - 1, 0) : number + 1])
    return lines[-1] if lines else "it says nothing"
