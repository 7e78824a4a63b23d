"""Bring a database up to date: migrations, logins, and the data everybody shares."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from core import accounts, practice
from core.calendar import WITA
from core.database import LOGINS, Urls
from core.sealing import Keys

MIGRATING = 7_370_001  # advisory lock: two migrations at once would meet in the middle
PROVINCE = ("64", "Kalimantan Timur")


def latest() -> str:
    """Return the number of the newest migration this release brings: files are named by it."""
    names = [file.name for file in files("migrations").joinpath("versions").iterdir()]
    numbers = [name[:4] for name in names if name[:4].isdigit() and name.endswith(".py")]
    assert numbers, "the release brings no migrations"
    return max(numbers)


async def migrate(urls: Urls, keys: Keys, *, through: str = "head") -> None:
    """Run the migrations as the owner, make the logins, load chart, regions and villages; again and again, safely."""

    async def connect() -> asyncpg.Connection[Any]:
        return await asyncpg.connect(urls.owner, timeout=10)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect)
    try:
        async with engine.connect() as lock:
            await lock.execute(text(f"SELECT pg_advisory_lock({MIGRATING})"))
            async with engine.connect() as db:
                await db.run_sync(_upgrade, through)
                await db.commit()
            if through == "head":
                async with engine.begin() as db:
                    await _make_logins(db, keys)
                    await _load_shared_data(db)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, through: str) -> None:
    # Alembic takes half a second to import, and most commands only ask whether it is needed.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(str(files("migrations")))))
    config.attributes["connection"] = connection
    command.upgrade(config, through)


async def is_current(db: AsyncConnection) -> bool:
    """Say whether the database has every migration of this release."""
    found = await db.scalar(text("SELECT to_regclass('public.alembic_version')"))
    if found is None:
        return False
    version = await db.scalar(text("SELECT version_num FROM public.alembic_version"))
    return bool(version == latest())


async def _make_logins(db: AsyncConnection, keys: Keys) -> None:
    """Make this installation's logins: members of the group roles, nothing more."""
    for role in LOGINS:
        name, password = keys.login(role)
        found = await db.scalar(
            text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}
        )
        verb = "ALTER" if found else "CREATE"
        await db.execute(text(f"{verb} ROLE {name} LOGIN NOSUPERUSER PASSWORD '{password}'"))
        await db.execute(text(f"GRANT kopdes_{role} TO {name}"))
    await db.execute(text("GRANT SELECT ON public.alembic_version TO kopdes_app, kopdes_clock"))


async def _load_shared_data(db: AsyncConnection) -> None:
    await db.execute(
        text(
            "INSERT INTO ledger.chart (code, name, normal, line, cash_flow, subledger, floor)"
            " VALUES (:code, :name, :normal, :line, :cash_flow, :subledger, :floor)"
            " ON CONFLICT (code) DO UPDATE SET name = excluded.name, line = excluded.line,"
            " cash_flow = excluded.cash_flow"
        ),
        [
            {
                "code": account.code,
                "name": account.name,
                "normal": account.normal,
                "line": account.line,
                "cash_flow": account.cash_flow,
                "subledger": account.subledger,
                "floor": account.floor,
            }
            for account in accounts.chart().values()
        ],
    )
    source = files("core.data").joinpath("kaltim_villages.csv").read_text(encoding="utf-8")
    villages = list(csv.DictReader(source.splitlines()))
    regions = {PROVINCE[0]: PROVINCE[1]} | {row["code"][:5]: row["regency"] for row in villages}
    await db.execute(
        text(
            "INSERT INTO regions (code, name, zone) VALUES (:code, :name, :zone)"
            " ON CONFLICT (code) DO UPDATE SET name = excluded.name"
        ),
        [{"code": code, "name": name, "zone": WITA} for code, name in sorted(regions.items())],
    )
    await db.execute(
        text(
            "INSERT INTO villages (code, name, district, region, kind)"
            " VALUES (:code, :village, :district, :region, :kind)"
            " ON CONFLICT (code) DO UPDATE SET name = excluded.name, district = excluded.district"
        ),
        [row | {"region": row["code"][:5]} for row in villages],
    )
    await db.execute(text("DELETE FROM lessons"))
    await db.execute(
        text("INSERT INTO lessons (role, lesson, place) VALUES (:role, :lesson, :place)"),
        [
            {"role": role.value, "lesson": lesson, "place": place}
            for role, course in practice.courses().items()
            for place, lesson in enumerate(course, 1)
        ],
    )
