"""A backup of a service at work: what comes back is the books of one instant, and nothing is said twice."""

from __future__ import annotations

import asyncio
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from core import database
from core.permissions import Role
from tests.bot.test_cli import Operator
from tests.builders import a_village
from tests.conftest import KEYS, Database, _execute, _named
from tests.house import SECRET_KEY, a_database, running_house
from tests.notifications.conftest import until

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


@pytest_asyncio.fixture(loop_scope="module")
async def other(server_url: str):
    """An empty database beside the service's."""
    name = f"kopdes_new_{uuid.uuid4().hex[:8]}"
    await _execute(server_url, f"CREATE DATABASE {name}")
    url = _named(server_url, name)
    yield Database(urls=database.derive_urls(url, KEYS), keys=KEYS, name=name)
    await _execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def operator(given: Database) -> Operator:
    return Operator({"KOPDES_DATABASE_URL": given.urls.owner, "KOPDES_SECRET_KEY": SECRET_KEY})


async def test_a_backup_while_deposits_are_recorded_is_one_instant_and_is_said_once(
    server_url: str, template: str, other: Database, tmp_path: Path
):
    to = tmp_path / "malam"
    async with a_database(server_url, template) as given, running_house(given) as house:
        village = await a_village(house)
        rina = await village.officer("Rina Kartika", Role.BENDAHARA)
        siti = await village.member("Siti Aminah")
        stop = asyncio.Event()

        async def records() -> int:
            n = 0
            while not stop.is_set():
                n += 1
                await rina.says(f"sukarela Siti {1_000 + n}")
                await rina.presses("✅ Simpan")
            return n

        at_work = asyncio.create_task(records())

        async def under_way() -> bool:
            return await village.entries() >= 3

        await until(under_way)
        # One that waits for its time, so that something waits whenever the backup is made.
        await house.change(
            "INSERT INTO outbox (koperasi_id, id, channel, account, chat, person_id, purpose, priority, facts,"
            " dedupe, not_before, state, made_at) SELECT koperasi_id, gen_random_uuid(), channel, account, chat,"
            " person_id, purpose, priority, facts, 'waits', now() + interval '1 h', 'waiting', now() FROM outbox"
            " WHERE chat = :chat AND purpose = 'receipt' AND state = 'sent' ORDER BY seq LIMIT 1",
            chat=str(siti.chat),
        )
        kept = await operator(given).runs("backup", str(to), "--json")
        during = await village.entries()
        stop.set()
        recorded = await at_work
        assert (kept.code, kept.err) == (0, "")
        entries = kept.json["entries"]
        assert 3 <= entries <= during <= recorded
        live = {row[0]: row[1] for row in await house.rows(
            "SELECT entry, sum(amount) OVER (ORDER BY entry) FROM ledger.postings"
        )}  # fmt: skip
        await house.stop()

        back = await operator(other).runs("restore", str(to), "--json")
        assert (back.code, back.err) == (0, "")
        assert back.json["books"] == [
            {**book, "ok": True, "entry": None, "what": None} for book in kept.json["books"]
        ]
        assert back.json["held"] >= 1
        await _is_said_once(house, other, back.json["held"], live[entries], siti.chat)


async def _is_said_once(house: Any, other: Database, held: int, saved: int, chat: int) -> None:
    """A new service on what was restored says nothing that is held, then what was released, once."""
    house.database = other
    await house.owner.dispose()
    house.owner = database.make_engine(other.urls.owner, size=4)
    assert (
        await house.value("SELECT sum(balance) FROM ledger.accounts WHERE code LIKE '21%'") == saved
    )
    assert (
        await house.value("SELECT count(*) FROM outbox WHERE state IN ('waiting', 'claimed')") == 0
    )
    await house.change("UPDATE outbox SET not_before = now()")  # the hour is over
    before = len(house.world.find_bot(7000000042).chats[chat].messages)
    await house.start()
    await asyncio.sleep(1)
    assert await house.value("SELECT count(*) FROM outbox WHERE state = 'held'") == held
    owed = await house.value(
        "SELECT count(*) FROM outbox WHERE state = 'held' AND chat = :chat", chat=str(chat)
    )
    released = await operator(other).runs("outbox", "release", "--json")
    assert sum(released.json.values()) == held

    async def all_said() -> bool:
        left = "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'claimed')"
        return bool(await house.value(left) == 0)

    await until(all_said, seconds=20)
    assert (
        await house.value("SELECT count(*) FROM outbox WHERE dedupe = 'waits' AND state = 'sent'")
        == 1
    )
    after = len(house.world.find_bot(7000000042).chats[chat].messages)
    assert after == before + owed  # receipts: each a message of its own
    told = await operator(other).runs("outbox", "--json")
    assert (told.json["held"], json.loads(told.out)["open"]) == (0, [])
