"""Restore a backup into a database that holds nothing: everything in one transaction, or nothing.

What the database had of a fresh migration goes, what the backup has comes, and before the commit all that
waited to be said is held: perhaps it was said after the backup. Then the migrations of this release run.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import asyncpg

from core import backup, schema
from core.backup import BackupError, Manifest
from core.database import Urls
from core.sealed_file import Reader, SealedFileError
from core.sealing import Keys

# Why a row of the outbox is held: it waited, or a mouth had it and nobody knows whether it was said.
RESTORED, IN_FLIGHT = "restored", "restored-in-flight"
SCHEMAS = ("announce", "chat", "ledger", "province")  # and public
_MOST = 16 * 1024 * 1024  # bytes a manifest may have
_PART = 1024 * 1024  # bytes of the dump at once
_TIMEOUT = (
    b"SET transaction_timeout = 0;\n"  # pg_dump 18 writes it; PostgreSQL 17 was first to know it
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was brought back, and how many messages are held: those that waited, those that were being sent."""

    manifest: Manifest
    held: int
    in_flight: int


def look(source: Path, keys: Keys) -> Manifest:
    """Read what a backup says of itself. Raises BackupError: no backup, another key, a newer release."""
    with _opened(source, keys) as sealed:
        return _manifest(sealed)


async def restore(urls: Urls, keys: Keys, source: Path) -> Restored:
    """Bring back the whole backup into the owner's database, which may hold no cooperative and nobody.

    It is migrated to this release afterwards. Broken off at any moment before the commit, it leaves
    no cooperative; a file that is damaged anywhere brings nothing. Raises BackupError.
    """
    look(source, keys)
    await _require_empty(urls.owner)
    await schema.migrate(
        urls, keys
    )  # A new server has no roles yet, and the backup grants to them.
    with _opened(source, keys) as sealed:
        manifest = _manifest(sealed)
        await _load(urls.owner, sealed)
    await schema.migrate(urls, keys)
    raw = await asyncpg.connect(urls.owner, timeout=10)
    try:
        await raw.execute("ANALYZE")
        counts = await raw.fetch(
            "SELECT reason, count(*) AS rows FROM outbox WHERE state = 'held' AND reason = ANY ($1)"
            " GROUP BY reason",
            [RESTORED, IN_FLIGHT],
        )
    finally:
        await raw.close()
    held = {row["reason"]: row["rows"] for row in counts}
    return Restored(manifest=manifest, held=held.get(RESTORED, 0), in_flight=held.get(IN_FLIGHT, 0))


@contextmanager
def _opened(source: Path, keys: Keys) -> Iterator[Reader]:
    try:
        with source.open("rb") as file:
            yield _reader(file, keys)
    except SealedFileError as error:
        hint = ": give that one as KOPDES_SECRET_KEY" if "key" in str(error) else ""
        raise BackupError(f"{source} {error}{hint}; nothing was restored") from error
    except OSError as error:
        raise BackupError(f"{source}: {error.strerror or error}") from error


def _reader(file: IO[bytes], keys: Keys) -> Reader:
    return Reader(file, keys, backup.PURPOSE)


def _manifest(sealed: Reader) -> Manifest:
    size = int.from_bytes(sealed.exactly(4), "big")
    assert size <= _MOST, size
    manifest = backup.manifest_of(sealed.exactly(size))
    if manifest.version > schema.latest():
        raise BackupError(
            f"the backup is of schema {manifest.version} (kopdes {manifest.kopdes}), this release knows"
            f" {schema.latest()}: install that release; nothing was restored"
        )
    return manifest


async def _require_empty(url: str) -> None:
    """Hold the database against what a restore may take away. Raises BackupError."""
    raw = await asyncpg.connect(url, timeout=10)
    try:
        if await raw.fetchval("SELECT to_regclass('public.alembic_version') IS NULL"):
            found = await raw.fetchval(_STRANGE)
            if found:
                raise BackupError(f"the database is not empty, it has {found}: make a new one")
            return
        version = await raw.fetchval("SELECT version_num FROM public.alembic_version")
        if version > schema.latest():
            raise BackupError(f"the database is at {version}, newer than this release")
        if await raw.fetchval(_TAKEN):
            raise BackupError(
                "the database is not empty, it has cooperatives or people:"
                " restore into a new one; nothing was changed"
            )
        if await raw.fetchval(_USED):
            raise BackupError("a service or a command works on the database: stop it first")
    finally:
        await raw.close()


# Not of an extension: those are the operator's.
_OURS = (
    "NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '{0}'::regclass AND d.objid = {1}.oid"
    " AND d.deptype = 'e')"
)
_STRANGE = f"""
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND {_OURS.format("pg_class", "c")}
 ORDER BY 1 LIMIT 1
"""
_TAKEN = (
    "SELECT EXISTS (SELECT FROM public.cooperatives) OR EXISTS (SELECT FROM public.province_users)"
    " OR EXISTS (SELECT FROM public.people) OR EXISTS (SELECT FROM ledger.entries)"
)
# A command's own connection is open already: it did what brought us here.
_USED = (
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name LIKE 'kopdes %' AND application_name <> 'kopdes command')"
)


async def _load(url: str, sealed: Reader) -> None:
    """Feed psql the backup; it commits only after the last byte was found to be as it was written."""
    raw = await asyncpg.connect(url, timeout=10)
    try:
        knows_timeout = raw.get_server_version().major >= 17
    finally:
        await raw.close()
    options = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    async with backup.running("psql", url, *options) as psql:
        assert psql.stdin is not None
        assert psql.stdout is not None
        saying = asyncio.create_task(backup.said(psql))
        try:
            psql.stdin.write(_BEFORE.encode())
            async for part in _unpacked(sealed):
                told = part if knows_timeout else part.replace(_TIMEOUT, b"", 1)
                psql.stdin.write(told)
                await psql.stdin.drain()
            psql.stdin.write(_AFTER.encode())
            psql.stdin.close()
            await psql.stdin.wait_closed()
        except (BrokenPipeError, ConnectionResetError):
            pass  # It stopped, and says why.
        except BaseException:
            psql.kill()  # Its transaction is open: PostgreSQL undoes it.
            await saying
            raise
        told_why = await saying
        if await psql.wait() != 0:
            raise BackupError(f"nothing was restored: {backup.reason(told_why)}")


async def _unpacked(sealed: Reader) -> AsyncIterator[bytes]:
    """Unpack the dump in parts. Raises SealedFileError unless it ends where the file ends."""
    unpack = zlib.decompressobj(wbits=31)
    for data in sealed:
        packed = data
        while packed:
            if part := unpack.decompress(packed, _PART):
                yield part
            packed = unpack.unconsumed_tail
    if part := unpack.flush():
        yield part
    if not unpack.eof or unpack.unused_data:
        raise SealedFileError("is damaged: what is in it has no end")


# The first lock keeps another restore or migration away, the second look is at what nobody changes now.
_BEFORE = f"""
BEGIN;
SELECT pg_advisory_xact_lock({schema.MIGRATING});
LOCK TABLE public.cooperatives, public.people, public.province_users, ledger.entries;
DO $$
DECLARE name text;
BEGIN
  IF ({_TAKEN}) THEN
    RAISE EXCEPTION 'somebody wrote into the database meanwhile';
  END IF;
  FOREACH name IN ARRAY ARRAY(SELECT nspname FROM pg_namespace WHERE nspname = ANY ('{{{",".join(SCHEMAS)}}}')) LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY(SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
      AND c.relkind = 'r' AND {_OURS.format("pg_class", "c")}) LOOP
    EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY(SELECT p.oid::regprocedure::text FROM pg_proc p
      WHERE p.pronamespace = 'public'::regnamespace AND {_OURS.format("pg_proc", "p")}) LOOP
    EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', name);
  END LOOP;
END $$;
"""

# Announcements on their way are paused, or the clock would owe them to whoever the backup does not know they
# were said to. Fences go on: a mouth of before the restore can hold no lease that a new one has.
_AFTER = f"""
UPDATE public.outbox SET state = 'held', fence = NULL, claimed_at = NULL,
  reason = CASE state WHEN 'claimed' THEN '{IN_FLIGHT}' ELSE '{RESTORED}' END
 WHERE state IN ('waiting', 'claimed', 'unaddressed');
UPDATE public.mouths SET until = '-infinity', silent_until = NULL;
DO $$
BEGIN
  IF to_regclass('public.announcements') IS NOT NULL THEN
    UPDATE public.announcements SET state = 'paused', because = NULL WHERE state IN ('pilot', 'sending');
  END IF;
END $$;
COMMIT;
"""


async def missing(
    db: asyncpg.Connection[Any], manifest: Manifest, noted: dict[str, tuple[str, int | None]]
) -> list[str]:
    """Say which heads noted elsewhere (by cooperative: head in hex, entries if known) the books do not have."""
    books = {book.koperasi: book for book in manifest.books}
    told = []
    for koperasi, (head, entries) in noted.items():
        book = books.get(koperasi)
        if book is None:
            told.append(f"{koperasi}: not in this backup at all")
            continue
        found = book.head.startswith(head) or await db.fetchval(
            "SELECT EXISTS (SELECT FROM ledger.entries e JOIN public.cooperatives c USING (koperasi_id)"
            " WHERE c.code = $1 AND starts_with(encode(e.hash, 'hex'), $2))",
            koperasi,
            head,
        )
        if found or entries == 0:
            continue
        told.append(f"{koperasi}: {_gap(book, head, entries)}")
    return told


def _gap(book: backup.Book, head: str, entries: int | None) -> str:
    if entries is None:
        return f"entries after {book.entries} are missing: the head {head} is not in this backup"
    if entries <= book.entries:
        return (
            f"entry {entries} is not the one that was noted: the head {head} is not in this backup"
        )
    first = book.entries + 1
    which = f"entry {first} is" if first == entries else f"entries {first} to {entries} are"
    return f"{which} missing: the head {head} is not in this backup"
