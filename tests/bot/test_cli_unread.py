"""kopdes unread: what could not be read, the most frequent first, nothing of anybody in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core import database, unread
from tests.bot.test_cli import Operator
from tests.conftest import KEYS, Database

HERE, ELSEWHERE = 1, 2


@pytest.fixture
def operator(own_database: Database) -> Operator:
    return Operator(
        {"KOPDES_DATABASE_URL": own_database.urls.owner, "KOPDES_SECRET_KEY": KEYS.secret}
    )


async def _kept(given: Database) -> None:
    engine = database.make_engine(given.urls.owner, size=1)
    said = (
        (HERE, "member", "blokir kartuku", None),
        (ELSEWHERE, "officer", "blokir kartuku", "amount"),
        (HERE, "officer", "ngeteri bukune <nama>", None),
    )
    async with database.transaction(engine) as db:
        for koperasi_id, role, words, asked in said:
            await unread.keep(
                db,
                koperasi_id=koperasi_id,
                role=role,
                said=words,
                asked=asked,
                at=datetime(2026, 11, 24, tzinfo=UTC),
                keys=KEYS,
            )
    await engine.dispose()


async def test_texts_are_added_up_over_all_cooperatives_or_told_of_one(
    operator: Operator, own_database: Database
) -> None:
    koperasi = await operator.founds()
    nothing = await operator.runs("unread")
    assert (nothing.code, nothing.out) == (0, "everything was read\n")
    await _kept(own_database)
    told = await operator.runs("unread", "--json")
    assert told.json[0] == {
        "said": "blokir kartuku",
        "times": 2,
        "roles": ["member", "officer"],
        "asked": ["amount"],
        "last": "2026-11-24T00:00:00+00:00",
    }
    assert [one["said"] for one in told.json] == ["blokir kartuku", "ngeteri bukune <nama>"]
    here = await operator.runs("unread", "--koperasi", koperasi, "--json")
    assert [one["times"] for one in here.json] == [1, 1]
    one = await operator.runs("unread", "--most", "1")
    assert one.out.split() == ["2", "member,", "officer", "blokir", "kartuku"]
    unknown = await operator.runs("unread", "--koperasi", "64-9999")
    assert unknown.code == 1
