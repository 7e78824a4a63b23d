"""Connections: one engine per login role, one transaction with its cooperative named."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from core.sealing import Keys

LOGINS = ("app", "clock", "province")
_OUTSIDE = 0  # the cooperative of strangers and of the province: nobody's


@dataclass(frozen=True, slots=True, kw_only=True)
class Urls:
    """Where each login role connects: `postgresql://…` each."""

    owner: str = field(repr=False)
    app: str = field(repr=False)
    clock: str = field(repr=False)
    province: str = field(repr=False)


def derive_urls(owner: str, keys: Keys, overrides: dict[str, str | None] | None = None) -> Urls:
    """Make the logins' addresses from the owner's, with the passwords the secret key gives."""
    named: dict[str, str] = {}
    for role in LOGINS:
        given = (overrides or {}).get(role)
        named[role] = given or _with_login(owner, *keys.login(role))
    return Urls(owner=owner, **named)


def _with_login(url: str, user: str, password: str) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user)}:{quote(password)}@{place}"))


_LIMITS = {  # milliseconds; a process that hangs must not hold a book's lock for ever
    "lock_timeout": "30000",  # below the next: waiting for others passes, working too long does not
    "statement_timeout": "60000",
    "idle_in_transaction_session_timeout": "60000",
}


def make_engine(
    url: str, *, size: int = 8, name: str = "kopdes", limited: bool = False
) -> AsyncEngine:
    """Make a pool of `size` connections; transactions are begun by `transaction` alone.

    `limited` ends statements and idle transactions after a minute: for services, not for operators.

    The driver parses the address itself (sockets, sslmode). The pool hands connections out in
    autocommit mode, so `transaction` can begin, name the cooperative and commit in the driver.
    """

    async def connect() -> asyncpg.Connection[Any]:
        settings = {"application_name": name, "jit": "off", "timezone": "UTC"}
        if limited:
            settings |= _LIMITS
        return await asyncpg.connect(url, timeout=10, server_settings=settings)

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # what is bound is personal: it has no place in an error's text
        pool_size=size,
        max_overflow=0,
        pool_timeout=30,
        pool_reset_on_return=None,  # `transaction` leaves none open; a reset would cost each turn
    )


async def driver(db: AsyncConnection) -> asyncpg.Connection[Any]:
    """Return the driver's own connection: for the calls that every turn makes."""
    here = db.sync_connection
    if here is None or here.closed or here.invalidated:
        raw = await db.get_raw_connection()
    else:  # It is at hand: the library would change to another greenlet for it.
        raw = here.connection
    return cast("asyncpg.Connection[Any]", raw.driver_connection)


@asynccontextmanager
async def transaction(
    engine: AsyncEngine, *, koperasi_id: int | None = None
) -> AsyncIterator[AsyncConnection]:
    """Begin, hand out the connection, commit; undo everything when anything is raised.

    With `koperasi_id` the cooperative is named in the same round trip as BEGIN.
    """
    async with engine.connect() as db:
        raw = await driver(db)
        if raw.is_closed():  # The server went away while it lay in the pool.
            await db.invalidate()
            raw = await driver(db)
        try:
            await raw.execute("BEGIN" if koperasi_id is None else f"BEGIN;{naming(koperasi_id)}")
            yield db
            status = await raw.execute("COMMIT")
            if status != "COMMIT":  # A failed statement was swallowed: PostgreSQL undid everything.
                raise RuntimeError("the transaction was rolled back at its commit")  # noqa: TRY301
        except BaseException:
            await _undo(db, raw)
            raise


async def _undo(db: AsyncConnection, raw: asyncpg.Connection[Any]) -> None:
    try:
        if not raw.is_closed():
            await raw.execute("ROLLBACK")
    except Exception:  # noqa: BLE001 - whatever it is, the connection is not to be used again
        raw.terminate()
    if raw.is_closed():
        await db.invalidate()


def naming(koperasi_id: int) -> str:
    """Name the cooperative for the rest of the transaction; SET LOCAL reaches Citus workers too."""
    return f"SET LOCAL kopdes.koperasi_id TO '{int(koperasi_id)}'"


async def enter(db: AsyncConnection, koperasi_id: int | None) -> None:
    """Name the cooperative whose rows this transaction may see; none means nobody's."""
    raw = await driver(db)
    await raw.execute(naming(_OUTSIDE if koperasi_id is None else koperasi_id))


def is_passing(error: BaseException) -> bool:
    """Say whether the database is out of reach, restarting or in a deadlock: later it will work.

    A statement that ran into our own statement_timeout would do so again: that is a bug.
    """
    while error is not None:
        if isinstance(error, asyncpg.QueryCanceledError):
            return False
        if isinstance(
            error,
            asyncpg.PostgresConnectionError
            | asyncpg.InterfaceError
            | asyncpg.InternalClientError  # The server said goodbye; the connection is not closed yet.
            | asyncpg.DeadlockDetectedError
            | asyncpg.SerializationError
            | asyncpg.LockNotAvailableError
            | asyncpg.InsufficientResourcesError
            | asyncpg.OperatorInterventionError
            | OSError
            | TimeoutError
            | PoolTimeout,
        ):
            return True
        cause = error.__cause__ or error.__context__
        if cause is None:
            return False
        error = cause
    return False
