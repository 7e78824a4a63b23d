"""backup and restore at the command line: what was kept comes back whole, or nothing does."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import stat
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from core import backup, database, restoring, schema
from core.backup import BackupError
from core.restoring import SCHEMAS
from core.sealed_file import Writer
from tests.bot.test_cli import ROOT, Operator
from tests.conftest import KEYS, Database, _execute, _named
from tests.core.books import a_book, deposit
from tests.notifications.conftest import until

COUNTED = "SELECT count(*) FILTER (WHERE state = 'held'), count(*) FILTER (WHERE state = 'sent') FROM outbox"


@pytest.fixture
def operator(own_database: Database) -> Operator:
    return _operator(own_database.urls.owner)


def _operator(url: str, secret: str = KEYS.secret) -> Operator:
    return Operator({"KOPDES_DATABASE_URL": url, "KOPDES_SECRET_KEY": secret})


@pytest.fixture
async def new_url(server_url: str) -> AsyncIterator[str]:
    """A database without a single table."""
    name = f"kopdes_new_{uuid.uuid4().hex[:8]}"
    await _execute(server_url, f"CREATE DATABASE {name}")
    yield _named(server_url, name)
    await _execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def two_books(own: Database, deposits: int = 3) -> None:
    """Two cooperatives, one with entries, and messages in every state."""
    engine = database.make_engine(own.urls.owner, size=1)
    async with database.transaction(engine) as db:
        await a_book(db, 2)
        await a_book(db, 1)
        for n in range(deposits):
            await deposit(db, 1, 50_000 + n, f"d{n}")
        for n, state in enumerate(("waiting", "claimed", "sent", "unaddressed", "failed")):
            await db.execute(
                text(
                    "INSERT INTO outbox (koperasi_id, id, channel, account, chat, person_id, purpose,"
                    " priority, facts, dedupe, not_before, state, fence, made_at)"
                    " VALUES (1, gen_random_uuid(), CAST(:channel AS text), :channel, :channel, 1,"
                    " 'receipt', 1, 'x', CAST(:n AS text), now(), :state, 9, now())"
                ),
                {"n": str(n), "state": state, "channel": None if state == "unaddressed" else "t"},
            )
        await db.execute(
            text("INSERT INTO mouths VALUES ('t', 't', 'x', 9, now() + '1 h', NULL, 'kopdes_bot')")
        )
    await engine.dispose()


async def rows(url: str, statement: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(statement)]
    finally:
        await connection.close()


async def everything(url: str) -> dict[str, list[Any]]:
    """Every row of every table, in an order, but what a restore changes on purpose."""
    tables = await rows(
        url,
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname IN ('public', 'announce', 'chat', 'ledger', 'province')",
    )
    assert len(tables) > 40
    return {
        name: sorted(await rows(url, f"SELECT t::text FROM {name} t"))
        for (name,) in tables
        if name not in ("outbox", "mouths")
    }


async def test_what_was_kept_comes_back_whole_and_what_waited_is_held(
    operator: Operator, own_database: Database, new_url: str, tmp_path: Path
):
    await two_books(own_database)
    to = tmp_path / "malam.kopdes"
    kept = await operator.runs("backup", str(to), "--json")
    assert (kept.code, kept.err) == (0, "")
    assert (kept.json["entries"], kept.json["version"]) == (3, schema.latest())
    assert [book["koperasi"] for book in kept.json["books"]] == ["64-0001", "64-0002"]
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert kept.json["bytes"] == to.stat().st_size
    assert names(tmp_path) == ["malam.kopdes"]
    assert b"Anggota" not in to.read_bytes()

    there = _operator(new_url)
    heads = tmp_path / "heads.json"
    heads.write_text(json.dumps(kept.json))
    back = await there.runs("restore", str(to), "--heads", str(heads), "--json")
    assert (back.code, back.err) == (0, "")
    assert back.json["ok"]
    assert (back.json["held"], back.json["in_flight"], back.json["missing"]) == (3, 1, [])
    assert {book["koperasi"]: book["head"] for book in back.json["books"]} == {
        book["koperasi"]: book["head"] for book in kept.json["books"]
    }
    assert await everything(new_url) == await everything(own_database.urls.owner)
    assert await rows(new_url, COUNTED) == [(3, 1)]
    assert await rows(new_url, "SELECT username, until < now(), fence FROM mouths") == [
        ("kopdes_bot", True, 9)
    ]
    engine = database.make_engine(new_url, size=1)
    async with database.transaction(engine, koperasi_id=1) as db:  # numbers go on where they were
        await deposit(db, 1, 1_000, "d9")
    await engine.dispose()
    assert (await there.runs("verify")).code == 0
    shown = await there.runs("outbox")
    assert re.search(r"(?m)^held +3  receipt +oldest [0-9]+[smh]$", shown.out)
    young = await there.runs(
        "outbox", "drop", "--purpose", "receipt", "--older-than", "2d", "--json"
    )
    assert young.json == {"dropped": 0}
    let_go = await there.runs("outbox", "release", "--json")
    assert let_go.json == {"waiting": 2, "unaddressed": 1, "unknown": 0, "expired": 0, "paused": 0}
    assert (await there.runs("outbox", "drop")).out == "0 dropped\n"
    assert (await there.runs("outbox", "release")).out == "nothing is held\n"
    logins = database.derive_urls(new_url, KEYS)
    assert await rows(logins.app, "SELECT count(*) FROM outbox") == [(0,)]  # no cooperative named


async def test_heads_noted_since_then_name_what_is_missing(
    operator: Operator, own_database: Database, new_url: str, tmp_path: Path
):
    await two_books(own_database)
    to = tmp_path / "malam"
    assert (await operator.runs("backup", str(to))).code == 0
    engine = database.make_engine(own_database.urls.owner, size=1)
    async with database.transaction(engine, koperasi_id=1) as db:
        for n in (7, 8):
            await deposit(db, 1, 1_000, f"d{n}")
    await engine.dispose()
    noted = tmp_path / "heads.txt"
    noted.write_text((await operator.runs("verify")).out)
    head = noted.read_text().splitlines()[0].rpartition(" ")[2]

    back = await _operator(new_url).runs(
        "restore", str(to), "--heads", str(noted), "--since", "64-0009=00112233"
    )
    assert back.code == 1
    assert back.out.splitlines()[-2:] == [
        f"missing: 64-0001: entries 4 to 5 are missing: the head {head} is not in this backup",
        "missing: 64-0009: not in this backup at all",
    ]
    assert "3 entries in order" in back.out


@pytest.mark.parametrize(
    ("given", "named"),
    [("64-0001", "CODE=HEAD"), ("64-0001=xyz", "CODE=HEAD"), ("64-0001=12", "CODE=HEAD")],
)
async def test_a_head_that_is_none_is_not_understood(operator: Operator, given: str, named: str):
    told = await operator.runs("restore", "x", "--since", given)
    assert told.code == 2
    assert named in told.err


@pytest.mark.parametrize(
    "typed", [("release", "--purpose", "letter"), ("drop", "--older-than", "soon")]
)
async def test_what_is_held_is_chosen_by_purposes_and_ages_that_exist(
    operator: Operator, typed: tuple[str, ...]
):
    told = await operator.runs("outbox", *typed)
    assert (told.code, told.out) == (2, "")
    assert typed[1] in told.err


async def test_a_backup_overwrites_nothing_and_leaves_nothing_behind(
    operator: Operator, tmp_path: Path
):
    to = tmp_path / "malam"
    to.write_text("mine")
    told = await operator.runs("backup", str(to))
    assert (told.code, told.out) == (1, "")
    assert told.err == f"kopdes: {to} exists: a backup overwrites nothing\n"
    assert to.read_text() == "mine"
    nowhere = await operator.runs("backup", str(tmp_path / "none" / "malam"))
    assert nowhere.code == 1
    assert nowhere.err.endswith("No such file or directory\n")
    assert names(tmp_path) == ["malam"]


async def is_untouched(url: str) -> bool:
    """No cooperative, nobody; not a table, or a fresh migration that can be restored into."""
    (found,) = await rows(url, "SELECT to_regclass('public.cooperatives') IS NULL")
    if found[0]:
        return True
    (counts,) = await rows(
        url, "SELECT (SELECT count(*) FROM cooperatives) + (SELECT count(*) FROM ledger.entries)"
    )
    return bool(counts[0] == 0)


async def test_another_key_a_damaged_or_a_cut_file_restore_nothing_and_the_whole_one_then_does(
    operator: Operator, own_database: Database, new_url: str, tmp_path: Path
):
    await two_books(own_database)
    to = tmp_path / "malam"
    assert (await operator.runs("backup", str(to))).code == 0
    whole = to.read_bytes()
    other = await _operator(new_url, "another secret key, as long").runs("restore", str(to))
    assert (other.code, other.out) == (1, "")
    assert "was made with another secret key" in other.err
    assert other.err.count("\n") == 1
    assert await is_untouched(new_url)
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 4
    for written in (bytes(flipped), whole[: len(whole) // 2], whole[:-1], b"no backup at all"):
        broken = tmp_path / "broken"
        broken.write_bytes(written)
        told = await _operator(new_url).runs("restore", str(broken))
        assert (told.code, told.out, told.err.count("\n")) == (1, "", 1), told.err
        assert "nothing was restored" in told.err
        assert await is_untouched(new_url)
    gone = await _operator(new_url).runs("restore", str(tmp_path / "none"))
    assert gone.err.endswith("No such file or directory\n")
    assert (await _operator(new_url).runs("restore", str(to))).code == 0


async def test_a_piece_damaged_at_the_very_end_undoes_what_was_loaded_before_it(
    own_database: Database, new_url: str, tmp_path: Path
):
    """The dump of this database is more than a piece, so psql has most of it when the damage shows."""
    await two_books(own_database)
    engine = database.make_engine(own_database.urls.owner, size=1)
    async with database.transaction(engine) as db:
        await db.execute(
            text(
                "INSERT INTO chat.updates SELECT 't', 't', md5(n::text), md5((n + 1)::text), now()"
                " FROM generate_series(1, 50000) n"
            )
        )
    await engine.dispose()
    to = tmp_path / "malam"
    await backup.write(own_database.urls.owner, KEYS, to)
    written = bytearray(to.read_bytes())
    assert len(written) > 3 * 256 * 1024
    written[-1] ^= 1
    to.write_bytes(written)
    urls = database.derive_urls(new_url, KEYS)
    with pytest.raises(BackupError, match=r"damaged.*nothing was restored"):
        await restoring.restore(urls, KEYS, to)
    assert await is_untouched(new_url)


async def test_only_an_empty_database_that_nobody_works_on_is_restored_into(
    operator: Operator, own_database: Database, new_url: str, tmp_path: Path
):
    await two_books(own_database)
    to = tmp_path / "malam"
    assert (await operator.runs("backup", str(to))).code == 0
    before = await everything(own_database.urls.owner)
    taken = await operator.runs("restore", str(to))
    assert (taken.code, taken.out) == (1, "")
    assert "is not empty, it has cooperatives or people" in taken.err
    assert await everything(own_database.urls.owner) == before

    await rows(new_url, "CREATE TABLE theirs (n int)")
    strange = await _operator(new_url).runs("restore", str(to))
    assert "is not empty, it has theirs: make a new one" in strange.err
    await rows(new_url, "DROP TABLE theirs")

    await schema.migrate(database.derive_urls(new_url, KEYS), KEYS)
    service = await asyncpg.connect(new_url, server_settings={"application_name": "kopdes bot"})
    used = await _operator(new_url).runs("restore", str(to))
    assert "stop it first" in used.err
    await service.close()
    assert (await _operator(new_url).runs("restore", str(to))).code == 0


async def test_an_older_backup_is_migrated_and_a_newer_one_refused(
    new_url: str, server_url: str, own_database: Database, tmp_path: Path
):
    name = f"kopdes_old_{uuid.uuid4().hex[:8]}"
    await _execute(server_url, f"CREATE DATABASE {name}")
    old = database.derive_urls(_named(server_url, name), KEYS)
    try:
        await schema.migrate(old, KEYS, through="0007")
        await rows(
            old.owner,
            "INSERT INTO regions (code, name, zone) VALUES ('64.72', 'Samarinda', 'Asia/Makassar')",
        )
        engine = database.make_engine(old.owner, size=1)
        async with database.transaction(engine) as db:
            await a_book(db, 1)
        await engine.dispose()
        kept = await backup.write(old.owner, KEYS, tmp_path / "old")
    finally:
        await _execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")
    assert kept.version == "0007"
    back = await _operator(new_url).runs("restore", str(tmp_path / "old"), "--json")
    assert (back.code, back.err) == (0, "")
    assert (back.json["version"], back.json["books"][0]["ok"]) == ("0007", True)
    assert await rows(new_url, "SELECT version_num FROM alembic_version") == [(schema.latest(),)]

    with (tmp_path / "new").open("wb") as file:
        sealed = Writer(file, KEYS, backup.PURPOSE)
        head = json.dumps(json.loads(kept.as_json()) | {"version": "9999"}).encode()
        sealed.write(len(head).to_bytes(4, "big") + head)
        sealed.end()
    told = await _operator(own_database.urls.owner).runs("restore", str(tmp_path / "new"))
    assert (told.code, told.out) == (1, "")
    assert "the backup is of schema 9999" in told.err


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
async def test_a_restore_that_is_broken_off_leaves_an_empty_database(
    operator: Operator, own_database: Database, new_url: str, tmp_path: Path, number: int
):
    await two_books(own_database)
    to = tmp_path / "malam"
    assert (await operator.runs("backup", str(to))).code == 0
    await schema.migrate(database.derive_urls(new_url, KEYS), KEYS)
    barring = await asyncpg.connect(new_url)
    await barring.execute("BEGIN; LOCK TABLE dues IN ACCESS SHARE MODE")  # it waits at the drop
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", "restore", str(to), cwd=ROOT, start_new_session=True,
        env=dict(os.environ) | _operator(new_url).settings, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip

    async def waits() -> bool:
        found = await barring.fetchval(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'dues'::regclass"
        )
        return bool(found)

    await until(waits, seconds=30)
    process.send_signal(number)
    assert await process.wait() != 0
    await barring.execute("ROLLBACK")
    await barring.close()

    async def alone() -> bool:
        others = "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database()"
        return await rows(new_url, others) == [(0,)]

    await until(alone, seconds=30)
    assert await is_untouched(new_url)
    assert (await _operator(new_url).runs("restore", str(to))).code == 0


async def test_every_schema_of_ours_is_known_to_a_restore(own_database: Database):
    found = await rows(
        own_database.urls.owner,
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'",
    )
    assert {name for (name,) in found} == {*SCHEMAS, "public"}


@pytest.fixture
def open_path(tmp_path: Path) -> Path:
    """A folder that the account of an embedded server can reach."""
    tmp_path.chmod(0o755)
    return tmp_path


async def test_the_embedded_database_is_kept_and_brought_back_with_its_key(open_path: Path):
    tmp_path = open_path
    here = Operator({"KOPDES_DATA_DIR": str(tmp_path / "a")})
    await here.founds()
    to = tmp_path / "malam"
    kept = await here.runs("backup", str(to), "--json")
    assert (kept.code, kept.err) == (0, "")
    there = Operator({"KOPDES_DATA_DIR": str(tmp_path / "b")})
    refused = await there.runs("restore", str(to))
    assert "another secret key" in refused.err
    (key,) = [path for path in _homes(tmp_path / "a") if path.exists()]
    back = await there.runs(
        "restore", str(to), "--json", SECRET_KEY=key.read_text(encoding="ascii").strip()
    )
    assert (back.code, back.err) == (0, "")
    assert [book["koperasi"] for book in back.json["books"]] == ["64-0001"]


def _homes(data_dir: Path) -> list[Path]:
    note = data_dir / "postgres.home"
    homes = [data_dir] + ([Path(note.read_text().strip())] if note.exists() else [])
    return [home / "secret.key" for home in homes]
