"""The private server of a run, and a province in it: cooperatives with members, filled by set-based SQL."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit, urlunsplit

import asyncpg

from core import cooperatives, database, embedded, schema
from core.database import Urls
from core.sealing import Keys

KEYS = Keys("a secret key for benchmarks, long enough")
ZONE = "Asia/Makassar"
COOPERATIVES = 1000
MEMBERS = 20  # of each cooperative: people 1 to 20; its treasurer is person 21
TREASURER = MEMBERS + 1
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A PostgreSQL of our own, with fsync on."""

    url: str  # the owner's, of the database that is always there

    def named(self, name: str) -> str:
        """Return the owner's address of another database."""
        return urlunsplit(urlsplit(self.url)._replace(path="/" + name))

    async def make(self, name: str) -> str:
        """Make an empty database; return the owner's address of it."""
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(f"CREATE DATABASE {name}")
        finally:
            await connection.close()
        return self.named(name)

    def environment(self, name: str) -> dict[str, str]:
        """Say to libpq's programs how a database is reached."""
        parts = urlsplit(self.url)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        return os.environ | {
            "PGHOST": query["host"],
            "PGPORT": query["port"],
            "PGUSER": parts.username or "",
            "PGPASSWORD": parts.password or "",
            "PGDATABASE": name,
        }


@contextmanager
def server() -> Iterator[Server]:
    """Start the embedded PostgreSQL in a folder of its own, as it is shipped; gone afterwards."""
    with TemporaryDirectory(prefix="kopdes-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # The server does not run as root.
        with embedded.running(folder) as running:
            yield Server(url=running.url)


async def province(server: Server, name: str) -> Urls:
    """Make a migrated database with every village's cooperative and members in the first thousand."""
    urls = database.derive_urls(await server.make(name), KEYS)
    await schema.migrate(urls, KEYS)
    engine = database.make_engine(urls.owner, size=1)
    try:
        async with database.transaction(engine) as db:
            await cooperatives.seed_kaltim(db, at=datetime.now(UTC))
            raw = await database.driver(db)
            await raw.execute(_PEOPLE)
    finally:
        await engine.dispose()
    await tidy(urls.owner)
    return urls


_PEOPLE = f"""
INSERT INTO people (koperasi_id, id, name, gender, created_at)
SELECT k, n, CASE WHEN n > {MEMBERS} THEN 'Rina Kartika' ELSE
         (ARRAY['Siti','Budi','Fatimah','Lahang','Sugeng','Rusmini','Daeng','Mardiana','Abdul','Petrus'])[1 + n % 10]
         || ' ' || (ARRAY['Aminah','Santoso'])[1 + n / 10 % 2] END, 'P', now()
  FROM generate_series(1, {COOPERATIVES}) AS k, generate_series(1, {TREASURER}) AS n;
INSERT INTO members (koperasi_id, id, number, joined_on, dues_from)
SELECT koperasi_id, id, 'A-' || lpad(id::text, 4, '0'), '2025-01-01', '2025-01-01'
  FROM people WHERE id <= {MEMBERS};
INSERT INTO officers (koperasi_id, id, person_id, role, since)
SELECT k, 1, {TREASURER}, 'bendahara', '2025-01-01' FROM generate_series(1, {COOPERATIVES}) AS k;
UPDATE counters SET last = CASE noun WHEN 'officer' THEN 1 WHEN 'person' THEN {TREASURER} ELSE {MEMBERS} END
 WHERE koperasi_id <= {COOPERATIVES};
UPDATE cooperatives SET people_version = 1 WHERE koperasi_id <= {COOPERATIVES};
"""


async def tidy(owner: str) -> None:
    """Let the planner know the tables, and begin every measurement after a checkpoint."""
    connection = await asyncpg.connect(owner)
    try:
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def violations(owner: str) -> int:
    """Count books whose entries have gaps and accounts whose balance is not the sum of their postings."""
    connection = await asyncpg.connect(owner)
    try:
        return int(await connection.fetchval(_VIOLATIONS))
    finally:
        await connection.close()


_VIOLATIONS = """
SELECT (SELECT count(*) FROM ledger.books b
         WHERE b.entries <> (SELECT count(*) FROM ledger.entries e WHERE e.koperasi_id = b.koperasi_id))
     + (SELECT count(*) FROM ledger.accounts a
          LEFT JOIN (SELECT koperasi_id, account, sum(amount) AS moved FROM (
                       SELECT koperasi_id, debit AS account, amount FROM ledger.postings
                       UNION ALL SELECT koperasi_id, credit, -amount FROM ledger.postings) AS both_sides
                      GROUP BY koperasi_id, account) AS s
            ON s.koperasi_id = a.koperasi_id AND s.account = a.id
         WHERE a.balance <> coalesce(CASE a.normal WHEN 'D' THEN s.moved ELSE -s.moved END, 0))
"""


def pgbench(server: Server, name: str, *arguments: str) -> str:
    """Run pgbench of the server's own release; return what it printed."""
    command = [str(embedded.program("pgbench")), *arguments]
    done = subprocess.run(
        command, env=server.environment(name), capture_output=True, text=True, check=True
    )
    return done.stdout


def today() -> date:
    """Return the day everything is recorded on."""
    return datetime.now(UTC).date()
