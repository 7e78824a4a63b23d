"""In the evening the head of a book is in the chat of its pengawas, and those of a region in an official's, as one file."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core import database, heads
from core.permissions import Role
from core.verify import verify
from notifications.jobs.heads import heads_job
from tests.builders import a_village, an_official
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_head_that_pengawas_read_is_the_books_own(house: House) -> None:
    village = await a_village(house)
    ahmad = await village.officer("Ahmad Yani", Role.PENGAWAS)
    await village.member("Siti Aminah", sukarela=500_000)
    official = await an_official(house, "Ibu Ratna", "64")
    await heads_job(house.owner, house.keys, datetime.now(UTC))
    told = await ahmad.sees("Sidik buku")
    kept = heads.read(told.lines[1])
    assert kept is not None
    assert (kept.code, kept.entries) == (village.cooperative.code, 1)
    async with database.transaction(house.owner) as db:
        assert (await verify(db, village.cooperative.id, since=kept)).finding is None
        other = heads.Head(code=kept.code, entries=1, hash="0" * 64)
        found = (await verify(db, village.cooperative.id, since=other)).finding
        assert found is not None
        assert found.entry == 1
    listed = await official.sees("Sidik buku")
    assert listed.file is not None
