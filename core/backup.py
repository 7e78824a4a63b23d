"""A backup: the whole database as of one instant, written by pg_dump, compressed, and encrypted by the secret key.

One snapshot gives both the books' heads, which stand first, and what pg_dump reads, while the service
runs on. Names are plain in the database, so the file is encrypted as a whole; the key is not in it.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import asyncpg

from core.embedded import program
from core.sealed_file import Writer
from core.sealing import Keys

PURPOSE = "backup"
_READ = 256 * 1024  # bytes at once from pg_dump
_DUMP = (
    "--format=plain", "--compress=gzip:3", "--encoding=UTF8", "--no-owner", "--no-tablespaces",
    "--no-security-labels", "--no-publications", "--no-subscriptions", "--lock-wait-timeout=60000",
)  # fmt: skip


class BackupError(Exception):
    """A backup cannot be written or restored; the message is one line for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A cooperative's book in a backup: its head is the hash after so many entries."""

    koperasi: str
    entries: int
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds, as of its snapshot."""

    at: datetime
    version: str  # of the schema
    kopdes: str
    postgresql: str
    books: tuple[Book, ...]

    def as_json(self) -> bytes:
        """Write it down."""
        return json.dumps(asdict(self) | {"at": self.at.isoformat()}).encode()


def manifest_of(written: bytes) -> Manifest:
    """Read what as_json wrote."""
    plain = json.loads(written)
    books = tuple(Book(**book) for book in plain.pop("books"))
    return Manifest(**plain | {"at": datetime.fromisoformat(plain["at"]), "books": books})


async def write(url: str, keys: Keys, to: Path) -> Manifest:
    """Write a backup of the owner's database at `url` into the new file `to`, for its owner's eyes alone.

    Until it is whole and on the disk it is called `to`.partial. Uses a few megabytes of memory
    whatever the size. Raises BackupError: the file exists, no place, PostgreSQL refuses.
    """
    raw = await asyncpg.connect(url, timeout=10, server_settings={"timezone": "UTC"})
    try:
        async with raw.transaction(isolation="repeatable_read", readonly=True):
            manifest = await _manifest(raw)
            snapshot = await raw.fetchval("SELECT pg_export_snapshot()")
            with _new_file(to) as file:
                sealed = Writer(file, keys, PURPOSE)
                head = manifest.as_json()
                sealed.write(len(head).to_bytes(4, "big") + head)
                await _dump(url, snapshot, sealed)
                sealed.end()
    finally:
        await raw.close()
    return manifest


async def _manifest(raw: asyncpg.Connection[Any]) -> Manifest:
    rows = await raw.fetch(
        "SELECT c.code, b.entries, encode(b.head, 'hex') AS head FROM ledger.books b"
        " JOIN public.cooperatives c USING (koperasi_id) ORDER BY c.code"
    )
    return Manifest(
        at=await raw.fetchval("SELECT clock_timestamp()"),
        version=await raw.fetchval("SELECT version_num FROM public.alembic_version"),
        kopdes=version("kopdes"),
        postgresql=await raw.fetchval("SHOW server_version"),
        books=tuple(
            Book(koperasi=row["code"], entries=row["entries"], head=row["head"]) for row in rows
        ),
    )


async def _dump(url: str, snapshot: str, sealed: Writer) -> None:
    async with running("pg_dump", url, *_DUMP, f"--snapshot={snapshot}") as dump:
        assert dump.stdout is not None
        saying = asyncio.create_task(said(dump))
        while data := await dump.stdout.read(_READ):
            sealed.write(data)
        told = await saying
        if await dump.wait() != 0:
            raise BackupError(f"no backup: {reason(told)}")


@contextmanager
def _new_file(to: Path) -> Iterator[IO[bytes]]:
    """Open a file that is named `to` only when the block has ended well; another one stays as it is."""
    partial = to.with_name(f"{to.name}.partial")
    if to.exists():
        raise BackupError(f"{to} exists: a backup overwrites nothing")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BackupError(
            f"{partial} exists: another backup is being written, or one broke off: remove it"
        ) from None
    except OSError as error:
        raise BackupError(f"{partial}: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        _name(partial, to)
    except OSError as error:
        raise BackupError(f"{partial}: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _name(partial: Path, to: Path) -> None:
    try:
        os.link(partial, to)
    except FileExistsError:
        raise BackupError(f"{to} exists: a backup overwrites nothing") from None
    except OSError:  # A file system without links, of a USB stick perhaps.
        partial.rename(to)
    folder = os.open(to.parent, os.O_RDONLY)
    try:
        with suppress(OSError):  # Not every file system can; the file itself is on the disk.
            os.fsync(folder)
    finally:
        os.close(folder)


@asynccontextmanager
async def running(name: str, url: str, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Have a program of PostgreSQL connected to `url` run beside the block; it does not outlive the block.

    The password goes by the environment, which nobody else reads; a Ctrl-C meant for us does not reach it.
    """
    address, password = _without_password(url)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KOPDES_")}
    process = await asyncio.create_subprocess_exec(
        program(name),
        f"--dbname={address}",
        "--no-password",
        *options,
        stdin=asyncio.subprocess.PIPE if name == "psql" else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=kept | {"LC_ALL": "C"} | ({"PGPASSWORD": password} if password else {}),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await process.wait()


async def said(process: asyncio.subprocess.Process) -> str:
    """Read what a program says on stderr to its end, and keep its last words."""
    assert process.stderr is not None
    kept = b""
    while data := await process.stderr.read(8192):
        kept = (kept + data)[-8192:]
    return kept.decode(errors="replace")


def reason(told: str) -> str:
    """Find the line that matters in what a program of PostgreSQL said."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    for line in lines:
        if "rror:" in line or "ERROR:" in line or "FATAL:" in line:
            return line
    return lines[-1] if lines else "it says nothing"


def _without_password(url: str) -> tuple[str, str | None]:
    parts = urlsplit(url)
    login, _, place = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    named = parse_qsl(parts.query)
    given = [value for name, value in named if name == "password"]
    kept = urlencode([one for one in named if one[0] != "password"], quote_via=quote)
    where = f"{user}@{place}" if login else place
    address = f"{parts.scheme}://{where}{parts.path}" + (f"?{kept}" if kept else "")
    return address, (given[-1] if given else unquote(password)) or None
