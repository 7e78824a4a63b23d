"""The way to the database that the settings give: the operator's server, or the embedded one and its key."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.settings import BadSettings, Settings, setting
from core import database, embedded, schema
from core.database import Urls
from core.embedded import Server
from core.sealing import Keys

KEY_FILE = "secret.key"


class DatabaseAway(Exception):  # noqa: N818 - said to the operator as it is
    """The database does not answer or does not let us in; the message is one line."""


class NotMigrated(Exception):  # noqa: N818 - said to the operator as it is
    """The operator's database lacks migrations of this release; the message is one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The way to the database: every login's address, and the keys. `server` when it is ours."""

    urls: Urls = field(repr=False)
    keys: Keys = field(repr=False)
    server: Server | None = field(repr=False, default=None)


@contextmanager
def database_access(settings: Settings) -> Iterator[Access]:
    """Have the database while the block runs: the embedded server is started or attached to.

    Blocks. Migrates nothing. Raises core.embedded.EmbeddedError, BadSettings.
    """
    given = settings.secret_key and settings.secret_key.get_secret_value()
    if settings.database_url is not None:
        keys = Keys(given or "")
        named = {
            "app": settings.database_app_url,
            "clock": settings.database_clock_url,
            "province": settings.database_province_url,
        }
        overrides = {login: url.get_secret_value() if url else None for login, url in named.items()}
        urls = database.derive_urls(settings.database_url.get_secret_value(), keys, overrides)
        yield Access(urls=urls, keys=keys)
        return
    keys = Keys(given or kept_key(settings.data_dir))
    with embedded.running(settings.data_dir) as server:
        yield Access(urls=database.derive_urls(server.url, keys), keys=keys, server=server)


def kept_key(data_dir: Path) -> str:
    """Read the embedded database's secret key; made once, before its database, for its owner alone."""
    near = data_dir / KEY_FILE
    if near.exists():
        return _read_key(near)
    folder = embedded.private_dir(data_dir)
    path = folder / KEY_FILE
    if not path.exists():
        if (folder / "postgres").exists():
            raise BadSettings(
                f"{setting('secret_key')} is missing: the database in {data_dir} was made with it,"
                f" and {path} is gone"
            )
        _make_key(path)
    return _read_key(path)


def _make_key(path: Path) -> None:
    """Write a new key whole or not at all; of two makers the first one's stays."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{secrets.token_urlsafe(32)}\n")
            file.flush()
            os.fsync(file.fileno())
        owner = path.parent.stat()
        if os.geteuid() == 0:  # What root makes in a user's directory is that user's.
            os.chown(fresh, owner.st_uid, owner.st_gid)
        try:
            os.link(fresh, path)
        except FileExistsError:
            return
    finally:
        fresh.unlink()


def _read_key(path: Path) -> str:
    try:
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path} cannot be read: {error}") from error
    if len(key) < 20:
        raise BadSettings(f"{path} holds no key")
    return key


async def reach(engine: AsyncEngine) -> None:
    """Connect once, so that a database out of reach is told from a failure in the work. Raises DatabaseAway."""
    try:
        async with engine.connect():
            pass
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
        said = " ".join(str(error).split()) or type(error).__name__
        raise DatabaseAway(f"the database cannot be reached: {said}") from error


async def require_current(access: Access, engine: AsyncEngine) -> None:
    """Let the embedded database migrate by itself; raise NotMigrated for the operator's own, or DatabaseAway."""
    await reach(engine)
    async with engine.connect() as db:
        is_current = await schema.is_current(db)
    if is_current:
        return
    if access.server is None:
        raise NotMigrated(
            f"the database of {setting('database_url')} is not up to date: run `kopdes migrate`"
        )
    await schema.migrate(access.urls, access.keys)
