"""Each login connects and tries what it may not: the tables are found in the catalogue, so new ones count too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core import database, unread, wishes
from core.accounts import CASH
from tests.conftest import Database
from tests.core.books import AT, TODAY, sukarela

Connection: TypeAlias = "asyncpg.Connection[Any]"
LOGINS = ("app", "clock", "province")
OWN = (
    "(koperasi_id = (NULLIF(current_setting('kopdes.koperasi_id'::text, true), ''::text))::integer)"
)
# What the clock may see of every cooperative: whom to reach, what is owed, which there are, whose day has begun;
# and how old what is erased after 90 days is, not what it says.
OPEN_TO_THE_CLOCK = {
    "cooperatives", "addresses", "consents", "outbox", "loan_assessments",
    "integrity_checks", "announcements",
    "announcement_files", "unread", "wishes", "looks", "note_photos", "book_heads", "legal_files",
}  # fmt: skip

# The chat directory names cooperatives too, but belongs to no one of them: its doors are two functions.
_TENANT_TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) AS name, c.oid, c.relrowsecurity AS guarded,
  (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = c.oid AND i.indisprimary) AS first_key
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'chat')
  AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'koperasi_id')
ORDER BY 1
"""
_VALUES: dict[str, Any] = {
    "text": "x",
    "integer": 1,
    "bigint": 1,
    "smallint": 1,
    "numeric": 1,
    "boolean": True,
    "date": date(2026, 1, 1),
    "timestamp with time zone": datetime(2026, 1, 1, tzinfo=UTC),
    "bytea": b"x",
    "uuid": UUID(int=1),
    "json": "{}",
    "jsonb": "{}",
    "text[]": [],
    "integer[]": [],
    "bigint[]": [],
}


@dataclass(frozen=True)
class Table:
    name: str
    columns: dict[str, Any]  # a value for each that a row may be given

    def insert(self, koperasi_id: int) -> tuple[str, list[Any]]:
        values = self.columns | {"koperasi_id": koperasi_id}
        if "code" in values:
            values["code"] = f"x{koperasi_id}"
        if self.name == "ledger.accounts":
            values["key"] = "112100"
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(f"${n}" for n in range(1, len(values) + 1))
        return f"INSERT INTO {self.name} ({names}) VALUES ({marks})", list(values.values())


async def _tables(owner: Connection) -> list[Table]:
    found = []
    for table in await owner.fetch(_TENANT_TABLES):
        columns = await owner.fetch(
            "SELECT attname, format_type(atttypid, NULL) AS type FROM pg_attribute"
            " WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
            " AND attidentity = ''",
            table["oid"],
        )
        found.append(
            Table(name=table["name"], columns={c["attname"]: _VALUES[c["type"]] for c in columns})
        )
    return found


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def _fill(owner: Connection) -> list[Table]:
    """Put one row of cooperative 1 and one of cooperative 2 into every tenant table."""
    tables = await _tables(owner)
    checks = await owner.fetch(
        "SELECT conrelid::regclass::text AS name, conname FROM pg_constraint WHERE contype = 'c'"
        " AND connamespace IN ('public'::regnamespace, 'ledger'::regnamespace) AND conrelid <> 0"
    )
    for check in checks:  # The rows are nonsense; who may see them is the question.
        await owner.execute(f"ALTER TABLE {check['name']} DROP CONSTRAINT {check['conname']}")
    async with owner.transaction():
        await owner.execute("SET LOCAL session_replication_role TO replica")
        for table in tables:
            for koperasi_id in (1, 2):
                statement, values = table.insert(koperasi_id)
                await owner.execute(statement, *values)
        await owner.execute("UPDATE ledger.books SET entries = 1")
    return tables


async def _denied(connection: Connection, statement: str, *values: Any) -> str | None:
    """Try a statement; return what it did when it was not refused for lack of a privilege."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        status = await connection.execute(statement, *values)
    except asyncpg.InsufficientPrivilegeError:
        return None
    except asyncpg.PostgresError as error:
        return f"{statement}: {error}"
    else:
        return f"{statement}: {status}"
    finally:
        await transaction.rollback()


async def test_every_tenant_table_is_guarded_and_keyed_by_its_cooperative(own_database: Database):
    async with _connected(own_database.urls.owner) as owner:
        rows = await owner.fetch(_TENANT_TABLES)
        assert {"members", "ledger.entries", "ledger.postings"} <= {
            row["name"].removeprefix("public.") for row in rows
        }
        assert [row["name"] for row in rows if not row["guarded"]] == []
        assert [row["name"] for row in rows if row["first_key"] != "koperasi_id"] == []


async def test_what_binds_tenant_tables_together_names_the_cooperative(own_database: Database):
    """So that Citus can keep a cooperative on one worker."""
    async with _connected(own_database.urls.owner) as owner:
        rows = await owner.fetch(
            "SELECT c.conname, c.contype::text AS kind, c.conrelid::regclass::text AS name FROM pg_constraint c"
            f" JOIN ({_TENANT_TABLES}) t ON t.oid = c.conrelid"
            " WHERE (c.contype IN ('p', 'u') OR (c.contype = 'f' AND c.confrelid IN"
            f" (SELECT oid FROM ({_TENANT_TABLES}) r)))"
            " AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.conrelid"
            " AND a.attnum = ANY (c.conkey) AND a.attname = 'koperasi_id')"
        )
        assert [row["conname"] for row in rows] == ["cooperatives_code_key"]
        triggers = await owner.fetch("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        assert triggers == []


async def test_policies_open_to_all_cooperatives_are_the_clocks_few(own_database: Database):
    async with _connected(own_database.urls.owner) as owner:
        rows = await owner.fetch(
            "SELECT tablename, roles::text[] AS roles, qual, with_check FROM pg_policies"
            " WHERE permissive = 'PERMISSIVE'"  # a restrictive one opens nothing
        )
        for row in rows:
            if row["qual"] == OWN and row["with_check"] in (None, OWN):
                continue
            assert row["roles"] == ["kopdes_clock"], row
            assert row["tablename"] in OPEN_TO_THE_CLOCK, row


async def test_the_logins_are_nothing_but_members_of_their_group(own_database: Database):
    async with _connected(own_database.urls.owner) as owner:
        for role in LOGINS:
            login, _ = own_database.keys.login(role)
            row = await owner.fetchrow("SELECT * FROM pg_roles WHERE rolname = $1", login)
            assert row is not None
            for power in (
                "rolsuper",
                "rolcreaterole",
                "rolcreatedb",
                "rolreplication",
                "rolbypassrls",
            ):
                assert not row[power], (login, power)
            groups = await owner.fetch(
                "SELECT roleid::regrole::text AS name, admin_option FROM pg_auth_members WHERE member = $1",
                row["oid"],
            )
            assert [tuple(group) for group in groups] == [(f"kopdes_{role}", False)]
            owned = await owner.fetchval(
                "SELECT count(*) FROM pg_class WHERE relowner = $1", row["oid"]
            )
            assert owned == 0


async def test_the_app_sees_its_named_cooperative_and_nothing_with_none_named(
    own_database: Database,
):
    async with (
        _connected(own_database.urls.owner) as owner,
        _connected(own_database.urls.app) as app,
    ):
        tables = await _fill(owner)
        readable = 0
        for table in tables:
            if not await app.fetchval("SELECT has_table_privilege($1, 'SELECT')", table.name):
                assert await _denied(app, f"SELECT FROM {table.name}") is None
                continue
            readable += 1
            count = f"SELECT array_agg(koperasi_id) FROM {table.name}"
            assert await app.fetchval(count) is None, table.name
            for named in (1, 2):
                async with app.transaction():
                    await app.execute(f"SET LOCAL kopdes.koperasi_id TO '{named}'")
                    assert await app.fetchval(count) == [named], table.name
            assert await app.fetchval(count) is None, (
                table.name
            )  # the name ends with its transaction
            async with app.transaction():
                await app.execute("SET LOCAL kopdes.koperasi_id TO '0'")
                assert await app.fetchval(count) is None, table.name
        assert readable >= 15


async def _all_rows(owner: Connection, tables: list[Table], koperasi_id: int) -> list[Any]:
    return [
        await owner.fetch(f"SELECT * FROM {table.name} WHERE koperasi_id = $1", koperasi_id)
        for table in tables
    ]


async def test_the_app_cannot_write_into_another_cooperative(own_database: Database):
    async with (
        _connected(own_database.urls.owner) as owner,
        _connected(own_database.urls.app) as app,
    ):
        tables = await _fill(owner)
        for table in tables:
            await owner.execute(f"DELETE FROM {table.name} WHERE koperasi_id = 3")
        before = await _all_rows(owner, tables, 2)
        await app.execute("SET kopdes.koperasi_id TO '1'")
        for table in tables:
            statement, values = table.insert(3)
            assert await _denied(app, statement, *values) is None, table.name
            column = next(name for name in reversed(table.columns) if name != "koperasi_id")
            for attempt in (
                f'UPDATE {table.name} SET "{column}" = "{column}" WHERE koperasi_id = 2',
                f"DELETE FROM {table.name} WHERE koperasi_id = 2",
            ):
                done = await _denied(app, attempt)
                assert done is None or done.endswith((": UPDATE 0", ": DELETE 0")), done
            moved = await _denied(
                app, f"UPDATE {table.name} SET koperasi_id = 2 WHERE koperasi_id = 1"
            )
            assert moved is None, moved
        assert await _all_rows(owner, tables, 2) == before


@pytest.mark.parametrize("role", LOGINS)
async def test_no_login_writes_the_ledger_but_through_its_door(own_database: Database, role: str):
    async with (
        _connected(own_database.urls.owner) as owner,
        _connected(getattr(own_database.urls, role)) as login,
    ):
        tables = await _fill(owner)
        before = [await _all_rows(owner, tables, 1), await _all_rows(owner, tables, 2)]
        await login.execute("SET kopdes.koperasi_id TO '1'")
        mine = [table for table in tables if table.name.startswith("ledger.")]
        assert len(mine) >= 5
        for table in [*mine, Table(name="ledger.chart", columns={"name": "x"})]:
            column = next(iter(reversed(table.columns)))
            attempts = [
                f'UPDATE {table.name} SET "{column}" = DEFAULT',
                f"DELETE FROM {table.name}",
                f"TRUNCATE {table.name} CASCADE",
                f"SELECT FROM {table.name} FOR UPDATE",
                f"LOCK TABLE {table.name} IN ROW EXCLUSIVE MODE",
                f"ALTER TABLE {table.name} DISABLE ROW LEVEL SECURITY",
                f"ALTER TABLE {table.name} DISABLE TRIGGER ALL",
                f"CREATE POLICY mine ON {table.name} USING (true)",
                f"DROP TABLE {table.name} CASCADE",
                f"INSERT INTO {table.name} DEFAULT VALUES",
                f"COPY {table.name} FROM STDIN",
            ]
            for attempt in attempts:
                assert await _denied(login, attempt) is None
            if table.name != "ledger.chart":
                statement, values = table.insert(1)
                assert await _denied(login, statement, *values) is None
        assert [await _all_rows(owner, tables, 1), await _all_rows(owner, tables, 2)] == before


_POST = "SELECT ledger.post($1, 'a', 'deposit', $2, $3, 'officer:1', 'chat', $4, $5, $6)"
_ONE = (TODAY, AT, [CASH], [sukarela(1)], [1_000])


async def _found(owner: Connection) -> None:
    await owner.execute(
        "INSERT INTO cooperatives (koperasi_id, code, name, region, zone, created_at)"
        " VALUES (1, 'a', 'A', '64', 'Asia/Makassar', now()), (2, 'b', 'B', '64', 'Asia/Makassar', now());"
        "INSERT INTO ledger.books (koperasi_id, head) VALUES (1, 'x'), (2, 'x');"
        "INSERT INTO people (koperasi_id, id, name, created_at) VALUES (1, 1, 'S', now()), (2, 1, 'S', now());"
        "INSERT INTO members (koperasi_id, id, number, joined_on, dues_from)"
        " VALUES (1, 1, 'A-1', now(), now()), (2, 1, 'A-1', now(), now())"
    )


@pytest.mark.parametrize("role", ["app", "clock"])
async def test_the_door_opens_only_to_the_cooperative_that_was_named(
    own_database: Database, role: str
):
    async with (
        _connected(own_database.urls.owner) as owner,
        _connected(getattr(own_database.urls, role)) as login,
    ):
        await _found(owner)
        for named in (None, "", "2", "01", "1 "):
            async with login.transaction():
                if named is not None:
                    await login.execute(f"SET LOCAL kopdes.koperasi_id TO '{named}'")
                with pytest.raises(asyncpg.PostgresError, match="not the cooperative"):
                    async with login.transaction():
                        await login.execute(_POST, 1, *_ONE)
        with pytest.raises(asyncpg.PostgresError, match="not the cooperative"):
            await login.execute(_POST, None, *_ONE)
        assert await owner.fetchval("SELECT count(*) FROM ledger.entries") == 0
        async with login.transaction():
            await login.execute("SET LOCAL kopdes.koperasi_id TO '1'")
            await login.execute(_POST, 1, *_ONE)
            assert await login.fetchval("SELECT count(*) FROM ledger.entries") == 1
        assert await login.fetchval("SELECT count(*) FROM ledger.entries") == 0
        assert await login.fetchval("SELECT count(*) FROM ledger.accounts") == 0
        assert await owner.fetchval("SELECT count(*) FROM ledger.entries") == 1


@pytest.mark.parametrize("role", LOGINS)
async def test_no_login_gets_out_of_its_role(own_database: Database, role: str):
    async with (
        _connected(own_database.urls.owner) as owner,
        _connected(getattr(own_database.urls, role)) as login,
    ):
        master = await owner.fetchval("SELECT current_user")
        name, _ = own_database.keys.login(role)
        others = [other for other in LOGINS if other != role]
        attempts = [
            f"SET ROLE {master}",
            f"SET SESSION AUTHORIZATION {master}",
            *(f"SET ROLE kopdes_{other}" for other in others),
            *(f"GRANT kopdes_{other} TO {name}" for other in others),
            f"ALTER ROLE {name} BYPASSRLS",
            f"ALTER ROLE {name} SUPERUSER",
            "CREATE ROLE another",
            "CREATE SCHEMA another",
            "CREATE TABLE public.another (id integer)",
            "CREATE TABLE ledger.another (id integer)",
            "CREATE FUNCTION ledger.field(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            "ALTER FUNCTION ledger.post SECURITY INVOKER",
            "DROP FUNCTION ledger.post",
            "DROP SCHEMA ledger CASCADE",
            "SET session_replication_role TO replica",
            f"ALTER DATABASE {own_database.name} SET row_security TO off",
            "SET row_security TO off; SELECT FROM members",
            "SELECT pg_read_file('PG_VERSION')",
            "COPY (SELECT 1) TO PROGRAM 'true'",
            *(
                ["SELECT ledger.close(1, '2026-01-01', now(), 'me', 'me')"]
                if role == "clock"
                else []
            ),
            "SELECT ledger.field('x')",
            "SELECT FROM province_users",
            "SELECT FROM chat.chats",
            "SELECT FROM chat.links",
            "SELECT FROM chat.invites",
            "INSERT INTO chat.updates VALUES ('t', 'b', 'c', 'u', now())",
            "UPDATE chat.chats SET koperasi_id = 1",
            "SELECT passwd FROM pg_shadow",
        ]
        for attempt in attempts:
            assert await _denied(login, attempt) is None


async def test_the_app_may_not_read_which_updates_were_claimed(own_database: Database):
    async with _connected(own_database.urls.app) as app:
        assert await _denied(app, "SELECT FROM chat.updates") is None
        assert await _denied(app, "DELETE FROM chat.updates") is None


async def test_the_province_reads_nothing_of_members(own_database: Database):
    async with (
        _connected(own_database.urls.owner) as owner,
        _connected(own_database.urls.province) as province,
    ):
        await province.execute("SET kopdes.koperasi_id TO '1'")
        for table in await _tables(owner):
            assert await _denied(province, f"SELECT FROM {table.name}") is None
        assert await _denied(province, _POST, 1, *_ONE) is None
        assert await _denied(province, "SELECT chat.open('t', 'b', 'c', 'u', now(), NULL)") is None
        readable = await province.fetch(
            "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'ledger', 'chat')"
            " AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') ORDER BY 1"
        )
        assert [row["name"] for row in readable] == ["regions", "villages"]


_VIEWS = """
SELECT format('%I.%I', n.nspname, c.relname) AS name,
  (SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0) AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""


async def test_the_provinces_views_name_no_person_and_are_closed_to_a_cooperatives_turns(
    own_database: Database,
):
    async with (
        _connected(own_database.urls.owner) as owner,
        _connected(own_database.urls.app) as app,
    ):
        views = await owner.fetch(_VIEWS)
        assert views
        for view in views:
            if view["name"].startswith("province."):
                for column in view["columns"]:
                    for word in (
                        "member_id",
                        "person",
                        "number",
                        "phone",
                        "nik",
                        "address",
                        "sealed",
                    ):
                        assert word not in column, view["name"]
            assert await _denied(app, f"SELECT FROM {view['name']}") is None


async def test_the_owner_reads_every_cooperative_with_none_named(own_database: Database):
    async with _connected(own_database.urls.owner) as owner:
        await _found(owner)
        assert await owner.fetchval("SELECT count(*) FROM members") == 2


@pytest.mark.parametrize("table", ["unread", "wishes"])
async def test_the_clock_erases_words_it_may_not_read(own_database: Database, table: str) -> None:
    clock = await asyncpg.connect(own_database.urls.clock)
    try:
        assert await clock.fetch(f"SELECT koperasi_id, id, at FROM {table}") == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await clock.fetch(f"SELECT said_sealed FROM {table}")
        assert await clock.execute(f"DELETE FROM {table} WHERE at <= now()") == "DELETE 0"
    finally:
        await clock.close()


async def test_forgetting_is_done_by_the_clocks_own_login(clock_engine: AsyncEngine) -> None:
    async with database.transaction(clock_engine) as db:
        assert await unread.forget(db, AT) == 0
        assert await wishes.forget(db, AT) == 0
